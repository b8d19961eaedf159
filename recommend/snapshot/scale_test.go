package snapshot

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/recommend/knn"
)

// A score must be exactly the share of links that rank lower.
func TestScale(t *testing.T) {
	cosine := rapid.OneOf(rapid.Float32Range(0.001, 1), rapid.SampledFrom([]float32{0.25, 0.5, 0.75}))
	rapid.Check(t, func(t *rapid.T) {
		const k = 25
		n := rapid.IntRange(0, 30).Draw(t, "n")
		lists := knn.Lists{K: k, Len: make([]int32, n), Data: make([]knn.Neighbour, n*k)}
		var links []float32
		for i := range n {
			cosines := rapid.SliceOfN(cosine, 0, k).Draw(t, "cosines")
			slices.SortFunc(cosines, func(a, b float32) int { return int(math.Copysign(1, float64(b-a))) })
			lists.Len[i] = int32(len(cosines))
			for j, c := range cosines {
				lists.Data[i*k+j].Cosine = c
			}
			links = append(links, cosines[:min(20, len(cosines))]...)
		}
		random := rapid.SliceOfN(rapid.Float32Range(-1, 0.5), 0, 200).Draw(t, "random")
		s := NewScale(lists, random)

		for _, c := range append(links, cosine.Draw(t, "another"), -1, 0, 1, 2) {
			lower := 0
			for _, link := range links {
				if link < c {
					lower++
				}
			}
			noisy := 0 // random pairs above c
			for _, r := range random {
				if r > c {
					noisy++
				}
			}
			want := 0
			// c is below the 99th percentile when more than 1 % of the pairs are above it
			if len(links) > 0 && noisy*100 <= len(random) {
				want = lower * 100 / len(links)
			}
			if got := s.Score(c); got != want {
				t.Fatalf("Score(%v) = %d, want %d (%d of %d links are lower, noise %v)", c, got, want, lower, len(links), s.Noise)
			}
		}
	})
}
