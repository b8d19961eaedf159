package simulate

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/alsolike/alsolike/eval/pack"
)

// Site makes up n articles and two snapshots of them, "snap-a" and "snap-b", for
// who has none. Half of the articles are there from the start; the others appear
// over the 14 days from 2 March 2026. An article is a direction in eight
// dimensions; each snapshot ranks the 40 nearest, with some error of its own.
// Time n²; for up to some thousand articles.
func Site(n int, seed uint64) ([]pack.Article, []pack.Snapshot) {
	const dimensions = 8
	rng := rand.New(rand.NewPCG(seed, 0))
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	articles := make([]pack.Article, n)
	vectors := make([][dimensions]float64, n)
	for i := range articles {
		published := start.Add(-time.Duration(1+rng.IntN(400)) * time.Hour)
		if i >= n/2 {
			published = start.Add(time.Duration(rng.IntN(14*24*60)) * time.Minute)
		}
		section := rng.IntN(6)
		var norm float64
		for d := range dimensions {
			x := rng.NormFloat64()
			if d == section {
				x += 2
			}
			vectors[i][d] = x
			norm += x * x
		}
		vector := make([]int8, dimensions)
		for d := range dimensions {
			vectors[i][d] /= math.Sqrt(norm)
			vector[d] = int8(math.Round(127 * vectors[i][d]))
		}
		articles[i] = pack.Article{
			ID: fmt.Sprintf("art-%05d", i), Title: fmt.Sprintf("Article %d", i), Lang: "en",
			Section: []string{"culture", "economy", "local", "politics", "science", "sport"}[section],
			Tags:    []string{fmt.Sprintf("tag-%d", rng.IntN(20))}, Published: published, Vector: vector,
		}
	}
	var snapshots []pack.Snapshot
	for _, name := range []string{"snap-a", "snap-b"} {
		s := pack.Snapshot{Name: name, Start: []int32{0}}
		scores := make([]float64, n)
		for i := range n {
			order := make([]int32, 0, n)
			for j := range n {
				var cosine float64
				for d := range dimensions {
					cosine += vectors[i][d] * vectors[j][d]
				}
				scores[j] = math.Round(1e4*(cosine+.15*rng.NormFloat64())) / 1e4
				if j != i {
					order = append(order, int32(j))
				}
			}
			slices.SortFunc(order, func(a, b int32) int {
				return cmp.Or(cmp.Compare(scores[b], scores[a]), cmp.Compare(a, b))
			})
			for _, j := range order[:min(40, len(order))] {
				s.Item = append(s.Item, j)
				s.Score = append(s.Score, scores[j])
			}
			s.Start = append(s.Start, int32(len(s.Item)))
		}
		snapshots = append(snapshots, s)
	}
	return articles, snapshots
}
