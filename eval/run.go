package eval

import (
	"context"
	"fmt"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/metric"
)

// A Ranker makes the list of links under an article.
type Ranker interface {
	// Rank returns the articles to link under seed, best first: the first k of
	// them, or more, or all there are when they are fewer. It may return none.
	Rank(ctx context.Context, seed data.ArticleID, k int) ([]data.ArticleID, error)
}

// An Entry is one ranking of an evaluation.
type Entry struct {
	Name   string
	Note   string // what one must know about it, such as "optimistic"; may be empty
	Ranker Ranker
}

// Options are the settings of Run. The zero value works.
type Options struct {
	K []int // cut-offs of the measures; nil: 10

	// SliceOf names the slice of an article, such as its language. What starts
	// at the articles of a slice is measured apart too; nil: nothing is.
	SliceOf func(data.ArticleID) string

	// Progress is told how many of the total lists of an entry are made.
	Progress func(entry string, done, total int64)
}

const (
	defaultK = 10
	maxK     = 1000
)

func (o Options) withDefaults() Options {
	if len(o.K) == 0 {
		o.K = []int{defaultK}
	}
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	return o
}

// Validate reports what is wrong with the options, as a *data.InvalidError.
func (o Options) Validate() error {
	for i, k := range o.K {
		switch {
		case k < 1 || k > maxK:
			return &data.InvalidError{Field: "k", Reason: fmt.Sprintf("is %d; it may be 1 to %d", k, maxK)}
		case slices.Contains(o.K[:i], k):
			return &data.InvalidError{Field: "k", Reason: fmt.Sprintf("holds %d twice", k)}
		}
	}
	return nil
}

// hubWindow is the part of every list in which links to an article are counted.
const hubWindow = 10

// A Result is the outcome of Run.
type Result struct {
	Truth       *Truth
	K           []int
	Metrics     []string // the names of all values below, in order: "hr@10", "mrr@10", …
	Slices      []Slice  // by name; none without Options.SliceOf
	Candidates  []Ranking
	Baselines   []Ranking
	Differences []Difference // every candidate to every baseline
}

// A Slice is a part of the articles, and of the pairs those that start there.
type Slice struct {
	Name     string
	Articles int
	Pairs    int
	Readers  int // with any of the pairs
}

// A Ranking is what was measured of one Entry.
type Ranking struct {
	Name, Note  string
	Values      []estimate.Result // one for each of Result.Metrics; clusters are readers
	MostLinked  data.ArticleID    // the article with the most links in; empty if there are no links
	MostLinksIn int               // over the first ten of every list
	WithoutList int               // articles whose list is empty
	Dropped     Dropped
	Slices      []Part // one for each of Result.Slices

	perReader [][]float64 // metric × reader
}

// A Part is what was measured of a Ranking within one Slice.
type Part struct {
	Values      []estimate.Result // one for each of Result.Metrics; none if the slice has no pairs
	WithoutList int
}

// Dropped counts what was taken out of lists before they were measured.
type Dropped struct {
	Unknown  int // no article with text
	Itself   int // the article whose list it is
	Repeated int // stood further up already
}

// A Difference is a candidate minus a baseline, reader by reader.
type Difference struct {
	Candidate, Baseline string
	Values              []estimate.Result // one for each of Result.Metrics
}

// Run measures candidates and baselines against the truth. Equal input gives
// an equal result.
func Run(ctx context.Context, truth *Truth, candidates, baselines []Entry, opts Options) (*Result, error) {
	opts = opts.withDefaults()
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	m := newMeasurement(truth, opts)
	result := &Result{Truth: truth, K: opts.K, Metrics: m.names, Slices: m.slices}
	for _, part := range []struct {
		entries []Entry
		to      *[]Ranking
	}{{candidates, &result.Candidates}, {baselines, &result.Baselines}} {
		for _, e := range part.entries {
			ranking, err := m.measure(ctx, e)
			if err != nil {
				return nil, fmt.Errorf("eval: %s: %w", e.Name, err)
			}
			*part.to = append(*part.to, ranking)
		}
	}
	for _, c := range result.Candidates {
		for _, b := range result.Baselines {
			d := Difference{Candidate: c.Name, Baseline: b.Name}
			for i := range m.names {
				d.Values = append(d.Values, estimate.Difference(c.perReader[i], b.perReader[i]))
			}
			result.Differences = append(result.Differences, d)
		}
	}
	return result, nil
}

// A measurement is what all entries of one run share.
type measurement struct {
	truth  *Truth
	opts   Options
	row    map[data.ArticleID]int32
	from   [][]int32 // by article: the pairs that start there
	depth  int       // links of a list that matter
	names  []string
	values [][]float64 // metric × rank: what a hit there is worth; rank 0 is no hit
	slices []Slice
	slice  []int // of slices, by article; nil without slices
}

func newMeasurement(truth *Truth, opts Options) *measurement {
	m := &measurement{
		truth: truth, opts: opts,
		row:   make(map[data.ArticleID]int32, len(truth.Articles)),
		from:  make([][]int32, len(truth.Articles)),
		depth: max(hubWindow, slices.Max(opts.K)),
	}
	for i, id := range truth.Articles {
		m.row[id] = int32(i)
	}
	for i, p := range truth.pairs {
		m.from[p.from] = append(m.from[p.from], int32(i))
	}
	for _, k := range opts.K {
		m.add("hr", k, metric.HR)
		m.add("mrr", k, metric.RR)
		m.add("ndcg", k, func(grades []float64, k int) float64 { return metric.NDCG(grades, []float64{1}, k) })
	}
	if opts.SliceOf != nil {
		m.cut()
	}
	return m
}

// cut puts every article into its slice, and counts what is in each.
func (m *measurement) cut() {
	names := make([]string, len(m.truth.Articles))
	for i, id := range m.truth.Articles {
		names[i] = m.opts.SliceOf(id)
	}
	sorted := slices.Compact(slices.Sorted(slices.Values(names)))
	m.slices, m.slice = make([]Slice, len(sorted)), make([]int, len(names))
	for i, name := range sorted {
		m.slices[i].Name = name
	}
	for i, name := range names {
		m.slice[i], _ = slices.BinarySearch(sorted, name)
		m.slices[m.slice[i]].Articles++
	}
	for _, p := range m.truth.pairs {
		m.slices[m.slice[p.from]].Pairs++
	}
	for s := range m.slices {
		m.slices[s].Readers = len(m.readers(m.values[0], make([]int, len(m.truth.pairs)), m.within(s)))
	}
}

// within says which pairs start in a slice.
func (m *measurement) within(slice int) func(pair) bool {
	return func(p pair) bool { return m.slice[p.from] == slice }
}

func everywhere(pair) bool { return true }

// add tabulates a metric of a list with one relevant item by that item's rank.
func (m *measurement) add(name string, k int, f func(grades []float64, k int) float64) {
	values := make([]float64, m.depth+1)
	grades := make([]float64, m.depth)
	for rank := 1; rank <= m.depth; rank++ {
		grades[rank-1] = 1
		values[rank] = f(grades, k)
		grades[rank-1] = 0
	}
	m.names = append(m.names, fmt.Sprintf("%s@%d", name, k))
	m.values = append(m.values, values)
}

// measure makes and measures every list of one entry.
func (m *measurement) measure(ctx context.Context, e Entry) (Ranking, error) {
	r := Ranking{Name: e.Name, Note: e.Note, Slices: make([]Part, len(m.slices))}
	linksIn := make([]int, len(m.truth.Articles))
	ranks := make([]int, len(m.truth.pairs)) // 0: not in the list
	seen := make([]int, len(m.truth.Articles))
	total := int64(len(m.truth.Articles))
	for i, seed := range m.truth.Articles {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		ids, err := e.Ranker.Rank(ctx, seed, m.depth)
		if err != nil {
			return r, err
		}
		list := m.clean(int32(i), ids, seen, &r.Dropped)
		if len(list) == 0 {
			r.WithoutList++
			if m.slice != nil {
				r.Slices[m.slice[i]].WithoutList++
			}
		}
		for _, row := range list[:min(len(list), hubWindow)] {
			linksIn[row]++
		}
		for _, p := range m.from[i] {
			ranks[p] = 1 + slices.Index(list, m.truth.pairs[p].to)
		}
		m.opts.Progress(e.Name, int64(i+1), total)
	}
	if most := slices.Max(linksIn); most > 0 {
		r.MostLinksIn, r.MostLinked = most, m.truth.Articles[slices.Index(linksIn, most)]
	}
	for _, values := range m.values {
		perReader := m.readers(values, ranks, everywhere)
		r.perReader = append(r.perReader, perReader)
		r.Values = append(r.Values, estimate.Mean(perReader))
		for s := range m.slices {
			if m.slices[s].Readers > 0 {
				r.Slices[s].Values = append(r.Slices[s].Values, estimate.Mean(m.readers(values, ranks, m.within(s))))
			}
		}
	}
	return r, nil
}

// clean is the list of rows that ids stand for, at most m.depth of them. In
// seen, every row that the list of seed holds is marked with seed+1.
func (m *measurement) clean(seed int32, ids []data.ArticleID, seen []int, dropped *Dropped) []int32 {
	var list []int32
	for _, id := range ids {
		if len(list) == m.depth {
			break
		}
		row, known := m.row[id]
		switch {
		case !known:
			dropped.Unknown++
		case row == seed:
			dropped.Itself++
		case seen[row] == int(seed)+1:
			dropped.Repeated++
		default:
			seen[row] = int(seed) + 1
			list = append(list, row)
		}
	}
	return list
}

// readers is, for every reader with a pair that counts, the mean over these pairs
// of what their ranks are worth.
func (m *measurement) readers(values []float64, ranks []int, counts func(pair) bool) []float64 {
	var means, worth []float64
	for i := range m.truth.ReadersWithPairs() {
		worth = worth[:0]
		for p := m.truth.starts[i]; p < m.truth.starts[i+1]; p++ {
			if counts(m.truth.pairs[p]) {
				worth = append(worth, values[ranks[p]])
			}
		}
		if len(worth) > 0 {
			means = append(means, estimate.Sum(worth)/float64(len(worth)))
		}
	}
	return means
}
