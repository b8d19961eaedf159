package eval_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval"
)

// Any ranking can be measured, made by whomever: here one that was read from a
// file, beside one that shows the same link everywhere.
func Example() {
	articles := []data.ArticleID{"cup", "final", "rents"}
	log := []eval.Read{
		{Reader: "anna", Item: "cup"},
		{Reader: "bert", Item: "final"},
		{Reader: "anna", Item: "final"},
		{Reader: "bert", Item: "an article long gone"},
		{Reader: "bert", Item: "cup"},
	}
	truth, err := eval.NewTruth(articles, eval.Log{Reads: slices.Values(log)})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := eval.Run(context.Background(), truth,
		[]eval.Entry{{Name: "ours", Ranker: eval.Lists{"cup": {"final"}, "final": {"rents", "cup"}}}},
		[]eval.Entry{{Name: "constant", Ranker: eval.Lists{"cup": {"rents"}, "final": {"rents"}}}},
		eval.Options{K: []int{2}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f %% of reads join\n", 100*truth.Join.Rate())
	for _, r := range append(result.Candidates, result.Baselines...) {
		fmt.Printf("%-8s hr@2 %.2f, mrr@2 %.2f\n", r.Name, r.Values[0].Value, r.Values[1].Value)
	}
	// Output:
	// 80 % of reads join
	// ours     hr@2 1.00, mrr@2 0.75
	// constant hr@2 0.00, mrr@2 0.00
}
