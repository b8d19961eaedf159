package recommend_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// library is a snapshot of n articles with vectors of 256 numbers and without
// candidates: section "s0" has one of 10, "s1" one of 100, and "s2" of 1,000, and so
// do the tags.
func library(n int) snapshot.Contents {
	const dim = 256
	c := snapshot.Contents{
		Model: noModel{}, Vectors: embed.Dense{Rows: n, Dim: dim, Data: make([]float32, n*dim)},
		Candidates: knn.Lists{K: 1, Len: make([]int32, n), Data: make([]knn.Neighbour, n)},
		Manifest:   snapshot.Manifest{Created: now, StoreRevision: 1, Scales: linear()},
	}
	rng := rand.New(rand.NewPCG(7, 7))
	for i := range n {
		card := cards(1, "other")[0]
		card.ID = data.ArticleID(fmt.Sprintf("a%07d", i))
		card.Group, card.Tags = card.ID, "other"
		card.PublishedAt = now.AddDate(0, 0, -rng.IntN(3000))
		for power, every := range []int{10, 100, 1000} {
			if i%every == power {
				card.Section = fmt.Sprintf("s%d", power)
				card.Tags = data.TagList("other\nt" + card.Section[1:])
			}
		}
		c.Cards = append(c.Cards, card)
		row := c.Vectors.Row(i)
		for j := range row {
			row[j] = float32(rng.NormFloat64()) / 16 // of length 1, or nearly so
		}
	}
	return c
}

// BenchmarkFiltered is a filter that the candidates have nothing for, so that all
// articles are looked at that pass, and of one that nothing passes.
func BenchmarkFiltered(b *testing.B) {
	const n = 100_000
	dir, _ := openDir(b)
	c := library(n)
	publish(b, dir, c)
	e := newEngine(b, &memory{}, dir, nil)
	load(b, e)
	for _, test := range []struct {
		name     string
		filter   recommend.Filter
		fallback recommend.Fallback
		want     int
	}{
		{"section=10000", recommend.Filter{Sections: []string{"s0"}}, "", 5},
		{"section=1000", recommend.Filter{Sections: []string{"s1"}}, "", 5},
		{"section=100", recommend.Filter{Sections: []string{"s2"}}, "", 5},
		{"tag=100", recommend.Filter{Tags: []string{"t2"}}, "", 5},
		{"since=30d", recommend.Filter{Since: now.AddDate(0, 0, -30)}, "", 5},
		{"all", recommend.Filter{NotSections: []string{"s2"}}, "", 5},
		{"none", recommend.Filter{NotTags: []string{"other"}}, "", 0},
		{"none/fallback=latest", recommend.Filter{NotTags: []string{"other"}}, recommend.LatestFallback, 0},
		{"unfiltered/fallback=latest", recommend.Filter{}, recommend.LatestFallback, 5},
		{"unfiltered/fallback=section", recommend.Filter{}, recommend.SectionFallback, 5},
	} {
		b.Run(fmt.Sprintf("n=%d/dim=256/%s", n, test.name), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				list, err := e.Related(b.Context(), recommend.Query{ID: c.Cards[i*7919%n].ID, Filter: test.filter, Fallback: test.fallback})
				if err != nil || len(list.Links) != test.want {
					b.Fatalf("%d links, %v", len(list.Links), err)
				}
			}
		})
	}
}
