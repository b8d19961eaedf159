package trec

import (
	"cmp"
	"slices"
	"strings"

	"github.com/alsolike/alsolike/eval/metric"
)

// A topic is one query as the measures see it: the grades down its list, and
// what was judged. It is reused from query to query.
type topic struct {
	opts *Options

	grades []float64 // as package metric has them: below 0 is not judged
	hits   []float64 // the same with 1 for relevant and 0 for judged and irrelevant
	levels []int     // how many documents were judged of each grade from 0
	ideal  []float64 // all grades above 0, the highest first

	relevant, irrelevant int // judged, in the list or not
	found                int // relevant ones in the list

	byDoc []placed
}

// placed is a document and its rank from 0.
type placed struct {
	doc  string
	rank int
}

// join fills the topic in from the lines of one query; both are sorted on the
// way. It returns the document that occurs twice, and in which file, if any.
func (t *topic) join(judged []judgement, results []result) (twice string, inRun bool) {
	slices.SortFunc(results, func(a, b result) int {
		if c := cmp.Compare(b.score, a.score); c != 0 {
			return c
		}
		return strings.Compare(b.doc, a.doc)
	})
	results = results[:min(len(results), t.opts.MaxRetrieved)]
	t.byDoc = t.byDoc[:0]
	for rank, r := range results {
		t.byDoc = append(t.byDoc, placed{r.doc, rank})
	}
	slices.SortFunc(t.byDoc, func(a, b placed) int { return strings.Compare(a.doc, b.doc) })
	slices.SortFunc(judged, func(a, b judgement) int { return strings.Compare(a.doc, b.doc) })
	for i := 1; i < len(t.byDoc); i++ {
		if t.byDoc[i].doc == t.byDoc[i-1].doc {
			return t.byDoc[i].doc, true
		}
	}
	for i := 1; i < len(judged); i++ {
		if judged[i].doc == judged[i-1].doc {
			return judged[i].doc, false
		}
	}
	t.count(judged)
	t.grades = slices.Grow(t.grades[:0], len(results))[:len(results)]
	next := 0
	for _, p := range t.byDoc {
		for next < len(judged) && judged[next].doc < p.doc {
			next++
		}
		grade := metric.Unjudged
		if next < len(judged) && judged[next].doc == p.doc {
			grade = float64(judged[next].grade)
			if grade < 0 {
				grade = metric.Pooled
			}
		}
		t.grades[p.rank] = grade
	}
	if t.opts.JudgedOnly {
		t.grades = slices.DeleteFunc(t.grades, func(g float64) bool { return g < 0 })
	}
	t.hits = t.hits[:0]
	for _, g := range t.grades {
		switch {
		case g >= float64(t.opts.Level):
			g = 1
		case g > 0:
			g = 0
		}
		t.hits = append(t.hits, g)
	}
	t.found = metric.Hits(t.hits, len(t.hits))
	return "", false
}

// count counts the judgements by grade.
func (t *topic) count(judged []judgement) {
	highest := -1
	for _, j := range judged {
		highest = max(highest, j.grade)
	}
	t.levels = slices.Grow(t.levels[:0], highest+1)[:highest+1]
	clear(t.levels)
	for _, j := range judged {
		if j.grade >= 0 {
			t.levels[j.grade]++
		}
	}
	t.relevant, t.irrelevant = 0, 0
	t.ideal = t.ideal[:0]
	for grade := highest; grade >= 0; grade-- {
		n := t.levels[grade]
		if grade >= t.opts.Level {
			t.relevant += n
		} else {
			t.irrelevant += n
		}
		for ; grade > 0 && n > 0; n-- {
			t.ideal = append(t.ideal, float64(grade))
		}
	}
}

// retrieved is the length of the list.
func (t *topic) retrieved() int { return len(t.grades) }
