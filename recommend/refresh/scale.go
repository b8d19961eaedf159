package refresh

import (
	"math/rand/v2"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// scales measures the scale of every language by its ranked links and by random pairs
// of its articles.
func (c *corpus) scales() snapshot.Scales {
	scales := snapshot.Scales{}
	for lang, rows := range c.rowsByLanguage() {
		var scores, cosines []float32
		for _, row := range rows {
			list := c.links.Row(row)
			for _, link := range list[:min(len(list), snapshot.ScaleRanks)] {
				scores, cosines = append(scores, link.Score), append(cosines, link.Cosine)
			}
		}
		scales[lang] = snapshot.NewScale(scores, cosines, c.random[lang])
	}
	return scales
}

// drawRandom draws the random pairs of every language that its scale is measured by, and
// returns the noise.
func (c *corpus) drawRandom(seed uint64) map[data.Lang]float32 {
	noise := map[data.Lang]float32{}
	c.random = map[data.Lang][]float32{}
	for lang, rows := range c.rowsByLanguage() {
		c.random[lang] = c.randomCosines(c.vectors, c.own, rows, rows, seed)
		noise[lang] = snapshot.NewScale(nil, nil, c.random[lang]).Noise
	}
	return noise
}

// crossScales measures the scale of links out of every language by its
// candidate links to others and by random pairs of its articles and others'.
func (c *corpus) crossScales(seed uint64) snapshot.Scales {
	scales := snapshot.Scales{}
	for lang, rows := range c.rowsByLanguage() {
		var others []int
		for row := range c.cards {
			if onSite(c.cards[row]) && c.cards[row].Lang.Base() != lang {
				others = append(others, row)
			}
		}
		if len(others) > 0 {
			scales[lang] = c.crossScale(rows, others, seed)
		}
	}
	return scales
}

// rowsByLanguage is the rows of the articles on the site in every language.
func (c *corpus) rowsByLanguage() map[data.Lang][]int {
	rows := map[data.Lang][]int{}
	for row := range c.cards {
		if onSite(c.cards[row]) {
			base := c.cards[row].Lang.Base()
			rows[base] = append(rows[base], row)
		}
	}
	return rows
}

// crossScale measures the scale of links from the rows from to the rows to, in other
// languages.
func (c *corpus) crossScale(from, to []int, seed uint64) snapshot.Scale {
	var cosines []float32
	for _, row := range from {
		for _, n := range candidates(c.across, row) {
			cosines = append(cosines, n.Cosine)
		}
	}
	return snapshot.NewScale(cosines, nil, c.randomCosines(c.cross.vectors, c.across, from, to, seed))
}

// candidates are the candidate links of a row that a scale is measured by.
func candidates(lists knn.Lists, row int) []knn.Neighbour {
	list := lists.Row(row)
	return list[:min(len(list), snapshot.ScaleRanks)]
}

// randomCosines draws pairs of an article in from and one in to and returns
// their cosines: what a link made by chance looks like. Pairs that are candidate
// links of one another are no chance; on a small site they would be the top
// percent.
func (c *corpus) randomCosines(vectors embed.Dense, lists knn.Lists, from, to []int, seed uint64) []float32 {
	const draws = 25_000 // of which the 99th percentile lies between the 98.9th and the 99.1th of all
	rng := rand.New(rand.NewPCG(seed, uint64(len(from))))
	members := c.members()
	cosines := make([]float32, 0, draws)
	for range draws {
		i, j := from[rng.IntN(len(from))], to[rng.IntN(len(to))]
		if i == j || c.groups[i] == c.groups[j] {
			continue
		}
		cosine := knn.Cosine(vectors.Row(i), vectors.Row(j))
		if !c.linked(lists, i, j, cosine, members) && !c.linked(lists, j, i, cosine, members) {
			cosines = append(cosines, cosine)
		}
	}
	return cosines
}

// linked reports whether the row to, or a translation of it, is among the
// candidate links of from, given the cosine of the two and the number of articles
// of every group.
func (c *corpus) linked(lists knn.Lists, from, to int, cosine float32, members []int) bool {
	list := candidates(lists, from)
	if len(list) == 0 || cosine < list[len(list)-1].Cosine && members[c.groups[to]] < 2 {
		return false
	}
	return slices.ContainsFunc(list, func(n knn.Neighbour) bool { return c.groups[n.Row] == c.groups[to] })
}
