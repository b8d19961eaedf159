package refresh

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A Method says how neighbours are searched for.
type Method string

// The methods. The zero value is Auto.
const (
	Auto        Method = "auto"        // Exact up to knn.ApproximateFrom articles of one language, else Approximate
	Exact       Method = "exact"       // every article is compared with every other
	Approximate Method = "approximate" // most of the nearest are found, see knn.Approximate
)

// A RecallError is returned when the approximate search found too little.
type RecallError struct {
	Recall, Least float64 // found, and Options.MinRecall
	Sample        int     // articles by which it was measured
}

func (e *RecallError) Error() string {
	return fmt.Sprintf("refresh: the approximate search found %.4f of the nearest articles, by a sample of %d, and at least %.4g is asked for: "+
		"the snapshot is not published, and the one before stays in service; set neighbours.method to exact, or neighbours.min_recall lower",
		e.Recall, e.Sample, e.Least)
}

// method is how to search among these articles.
func (c *corpus) method(asked Method) Method {
	if asked != Auto && asked != "" {
		return asked
	}
	for _, rows := range c.rowsByLanguage() {
		if len(rows) > knn.ApproximateFrom {
			return Approximate
		}
	}
	return Exact
}

// searching are the rules of the search for neighbours in the own language.
func (c *corpus) searching(opts Options) knn.Options {
	return knn.Options{
		K: opts.K, Group: c.languages(), Class: c.classes(), Eligible: c.eligible(), Rank: c.tieRanks(), Workers: opts.Workers,
		Allowed:  func(from, to int) bool { return c.cards[from].MayLink(&c.cards[to]) },
		Progress: func(done, total int64) { opts.Progress("neighbours", done, total) },
	}
}

// searchingAcross are those of the search in other languages: never for a group
// that is on the site in the article's own language.
func (c *corpus) searchingAcross(opts Options) knn.Options {
	languages := c.languages()
	there := c.versions()
	return knn.Options{
		K: max(1, opts.K/2), Group: languages, Class: c.groups, Eligible: c.eligible(), Rank: c.tieRanks(), Workers: opts.Workers,
		Match: func(language uint32, to int) bool {
			return languages[to] != language && !there[version{c.groups[to], language}]
		},
		Progress: func(done, total int64) { opts.Progress("cross neighbours", done, total) },
	}
}

// recallSample is how many articles the recall is measured by: its standard error
// at a recall of .95 is then below .003, for each has 20 neighbours.
const recallSample = 500

// search finds all lists, by that method.
func search(ctx context.Context, v embed.Dense, o knn.Options, method Method, seed uint64) (knn.Lists, error) {
	if method == Approximate {
		return knn.Approximate(ctx, v, o, knn.Approximation{Seed: seed})
	}
	return knn.All(ctx, v, o)
}

// checkRecall says how lists were found, by that method, and refuses those that
// hold too little of the exact ones.
func checkRecall(ctx context.Context, v embed.Dense, o knn.Options, lists knn.Lists, method Method, opts Options) (snapshot.Search, error) {
	if method == Exact {
		return snapshot.Search{Method: string(method), Recall: 1}, nil
	}
	o.Progress = nil
	recall, err := knn.Recall(ctx, v, o, lists, recallSample, opts.LSA.Seed)
	if err != nil {
		return snapshot.Search{}, fmt.Errorf("refresh: measure recall: %w", err)
	}
	found := snapshot.Search{Method: string(method), Recall: recall, Sample: min(recallSample, v.Rows)}
	if recall < opts.MinRecall {
		return found, &RecallError{Recall: recall, Least: opts.MinRecall, Sample: found.Sample}
	}
	return found, nil
}

// eligible says which rows may be candidates.
func (c *corpus) eligible() []bool {
	eligible := make([]bool, len(c.cards))
	for i := range c.cards {
		eligible[i] = c.cards[i].State == data.Published && !c.cards[i].NoLinkTo
	}
	return eligible
}

// languages numbers the language of every row.
func (c *corpus) languages() []uint32 {
	number := map[data.Lang]uint32{}
	group := make([]uint32, len(c.cards))
	for i := range c.cards {
		base := c.cards[i].Lang.Base()
		if _, ok := number[base]; !ok {
			number[base] = uint32(len(number))
		}
		group[i] = number[base]
	}
	return group
}

// tieRanks says which of two rows with the same cosine comes first: the newer
// article, then the one with the smaller id.
func (c *corpus) tieRanks() []uint32 {
	rows := make([]int, len(c.cards))
	for i := range rows {
		rows[i] = i
	}
	slices.SortFunc(rows, func(i, j int) int {
		if by := c.cards[j].PublishedAt.Compare(c.cards[i].PublishedAt); by != 0 {
			return by
		}
		return cmp.Compare(i, j) // rows stand in the order of ids
	})
	rank := make([]uint32, len(rows))
	for r, row := range rows {
		rank[row] = uint32(r)
	}
	return rank
}
