package refresh

import (
	"math/rand/v2"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// scales measures the scale of every language by its candidate links and by
// random pairs of its articles.
func (c *corpus) scales(lists knn.Lists, seed uint64) snapshot.Scales {
	rows := map[data.Lang][]int{}
	for row := range c.cards {
		if onSite(c.cards[row]) {
			base := c.cards[row].Lang.Base()
			rows[base] = append(rows[base], row)
		}
	}
	scales := snapshot.Scales{}
	for lang, rows := range rows {
		var links []float32
		for _, row := range rows {
			for _, n := range candidates(lists, row) {
				links = append(links, n.Cosine)
			}
		}
		scales[lang] = snapshot.NewScale(links, c.randomCosines(rows, lists, seed))
	}
	return scales
}

// candidates are the candidate links of a row that a scale is measured by.
func candidates(lists knn.Lists, row int) []knn.Neighbour {
	list := lists.Row(row)
	return list[:min(len(list), snapshot.ScaleRanks)]
}

// randomCosines draws pairs of the articles in rows and returns their cosines:
// what a link made by chance looks like. Pairs that are candidate links of one
// another are no chance; on a small site they would be the top percent.
func (c *corpus) randomCosines(rows []int, lists knn.Lists, seed uint64) []float32 {
	const draws = 100_000
	rng := rand.New(rand.NewPCG(seed, uint64(len(rows))))
	var cosines []float32
	for range draws {
		i, j := rows[rng.IntN(len(rows))], rows[rng.IntN(len(rows))]
		if c.cards[i].MayLink(&c.cards[j]) && !links(lists, i, j) && !links(lists, j, i) {
			cosines = append(cosines, knn.Cosine(c.vectors.Row(i), c.vectors.Row(j)))
		}
	}
	return cosines
}

// links reports whether the row to is among the candidate links of from.
func links(lists knn.Lists, from, to int) bool {
	return slices.ContainsFunc(candidates(lists, from), func(n knn.Neighbour) bool { return int(n.Row) == to })
}
