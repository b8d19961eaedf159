package reason_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/embed/token"
	"github.com/alsolike/alsolike/recommend/reason"
)

func Example() {
	articles := []data.Article{
		{Lang: "en", Title: "Ships in the harbour", Body: "A storm keeps the ships in. The old harbour has room for ten."},
		{Lang: "en", Title: "A harbour in need", Body: "Nobody pays. The old harbour has two cranes that stand still when a storm comes."},
		{Lang: "en", Title: "Wheat", Body: "Farmers sow wheat before the rain."},
		{Lang: "en", Title: "Rain", Body: "Farmers wait for rain, and so does the wheat."},
	}
	texts := func(yield func(embed.Text, error) bool) {
		for _, a := range articles {
			text := embed.Text{Lang: string(a.Lang), Fields: []embed.Field{{Text: a.Title, Weight: 3}, {Text: a.Body, Weight: 1}}}
			if !yield(text, nil) {
				return
			}
		}
	}
	sides := make([]reason.Side, len(articles))
	model, _, err := lsa.Fit(context.Background(), texts, lsa.Options{
		Rank: 2,
		Fitted: func(_ string, terms *embed.Sparse, _ *lsa.TruncatedSVD) {
			for i := range sides {
				index, value := terms.Col(i)
				sides[i] = reason.Side{Index: slices.Clone(index), Value: slices.Clone(value), Article: &articles[i]}
			}
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	why, err := reason.NewExplainer(model.Space("en"), token.Rules{}).Explain(sides[0], sides[1])
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range why.Contributions {
		fmt.Printf("%.2f %s\n", c.Share, c.Term)
	}
	fmt.Println(reason.Text("en", reason.Link{Terms: why.Terms}))
	fmt.Println(reason.Text("de", reason.Link{
		Terms: why.Terms, Section: "Hafen", Features: []reason.Feature{
			{Name: reason.Cosine, Value: why.Cosine, Contribution: 0.8},
			{Name: reason.Section, Value: 1, Contribution: 0.5},
		},
	}))
	fmt.Println(why.B.Text, why.B.Marks)
	fmt.Println(reason.Rejection{Code: reason.TooOld, Days: 40}.Text("en"))
	// Output:
	// 0.73 harbour
	// 0.14 old
	// 0.14 storm
	// Same subject: old harbour
	// Gleiches Thema: old harbour; gleiches Ressort: Hafen
	// The old harbour has two cranes that stand still when a storm comes. [{4 7} {8 15} {55 60}]
	// too old by 40 days
}
