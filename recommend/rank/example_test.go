package rank_test

import (
	"context"
	"fmt"
	"log"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/rank"
)

func Example() {
	ctx := context.Background()
	c := &rank.Corpus{
		Cards: []data.Card{
			{ID: "ice", State: data.Published, Series: "The Arctic", Part: 1},
			{ID: "floes", State: data.Published},
			{ID: "whales", State: data.Published, Series: "The Arctic", Part: 2},
		},
		Vectors: embed.Dense{Rows: 3, Dim: 2, Data: []float32{1, 0, .96, .28, .6, .8}},
	}
	var err error
	if c.Own, err = knn.All(ctx, c.Vectors, knn.Options{}); err != nil {
		log.Fatal(err)
	}
	lists, health, err := rank.Rank(ctx, c, rank.Options{})
	if err != nil {
		log.Fatal(err)
	}
	scorer, err := rank.NewScorer(c, rank.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, link := range lists.Row(0) {
		fmt.Printf("%s %.2f:", c.Cards[link.Row].ID, link.Score)
		for _, f := range scorer.Features(scorer.Article(0), scorer.Article(int(link.Row))) {
			fmt.Printf(" %v %+.2f", f.Kind, f.Contribution)
		}
		fmt.Println()
	}
	fmt.Println(health.Orphans, "orphans")
	// Output:
	// whales 4.03: cosine +0.60 series +0.50 next_part +3.00 hubness -0.07
	// floes 0.80: cosine +0.96 hubness -0.09
	// 0 orphans
}
