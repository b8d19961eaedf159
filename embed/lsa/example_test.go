package lsa_test

import (
	"context"
	"fmt"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/embed/vec"
)

func Example() {
	titles := []string{
		"New cranes for the old harbour",
		"Harbour cranes stand still in the storm",
		"A storm keeps ships in the harbour",
		"Wheat fields wait for rain",
		"Farmers sow wheat before the rain",
		"Rain spoils the wheat of farmers",
	}
	texts := func(yield func(embed.Text, error) bool) {
		for _, title := range titles {
			if !yield(english(title), nil) {
				return
			}
		}
	}
	model, vectors, err := lsa.Fit(context.Background(), texts, lsa.Options{Rank: 2})
	if err != nil {
		fmt.Println(err)
		return
	}

	draft := model.FoldIn(english("Ships leave the harbours"))
	for i, title := range titles {
		fmt.Printf("%.2f %s\n", max(vec.Dot(draft, vectors.Row(i)), 0), title)
	}
	// Output:
	// 1.00 New cranes for the old harbour
	// 1.00 Harbour cranes stand still in the storm
	// 1.00 A storm keeps ships in the harbour
	// 0.00 Wheat fields wait for rain
	// 0.00 Farmers sow wheat before the rain
	// 0.00 Rain spoils the wheat of farmers
}

func english(text string) embed.Text {
	return embed.Text{Lang: "en", Fields: []embed.Field{{Text: text, Weight: 1}}}
}
