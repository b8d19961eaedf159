package eval

import (
	"context"
	"fmt"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/estimate"
)

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

	// SliceBy is what SliceOf names, such as "lang"; Result.Measures writes it
	// before the name of a slice. Empty: nothing is written.
	SliceBy string

	// Average is the way of averaging that slices and bands are measured by:
	// "reader" (each reader counts the same, the default), "seed" (each article
	// with a list) or "traffic" (each pair).
	Average string

	// Baseline is the name of the entry that Result.Measures compares with; empty:
	// the first baseline, or the first candidate if there are none.
	Baseline string

	// Progress is told how many of the total lists of an entry are made.
	Progress func(entry string, done, total int64)
}

// The ways of averaging.
const (
	AverageReader  = "reader"
	AverageSeed    = "seed"
	AverageTraffic = "traffic"
)

// Averages are all ways of averaging.
var Averages = []string{AverageReader, AverageSeed, AverageTraffic}

const (
	defaultK = 10
	maxK     = 1000
)

func (o Options) withDefaults() Options {
	if len(o.K) == 0 {
		o.K = []int{defaultK}
	}
	if o.Average == "" {
		o.Average = AverageReader
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
	if o.Average != "" && !slices.Contains(Averages, o.Average) {
		return &data.InvalidError{Field: "average", Reason: fmt.Sprintf("is %s; it may be reader, seed or traffic", data.Quote(o.Average))}
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
	Bands       []Slice      // of the articles read next, by how often they are read; see BandNames

	m *measurement
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
	AsOf        AsOfDropped // what lists lost in the moments of the reads, over the first of Options.K places of each; only where reads have times
	Slices      []Part      // one for each of Result.Slices

	ranks []uint16 // by pair: where its second article stands in the list of its first; 0: nowhere
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

func (d *Dropped) add(e Dropped) {
	d.Unknown += e.Unknown
	d.Itself += e.Itself
	d.Repeated += e.Repeated
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
	result := &Result{Truth: truth, K: opts.K, Metrics: m.names, Slices: m.slices, Bands: m.bands, m: m}
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
				d.Values = append(d.Values, estimate.Difference(m.readers(m.values[i], c.ranks, nil), m.readers(m.values[i], b.ranks, nil)))
			}
			result.Differences = append(result.Differences, d)
		}
	}
	return result, nil
}
