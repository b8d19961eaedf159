package eval

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alsolike/alsolike/eval/pack"
)

// ListOptions are the settings of MeasureLists. The zero value works.
type ListOptions struct {
	K        int    // links of a list that are shown; 0: 10
	Baseline string // name of the entry to compare with; empty: the first baseline, or else the first candidate

	// From is when the measured part of the log begins: what is known of readers,
	// such as how often an article is read, is from before. Zero: 7 days before
	// the log's end. At is the moment in which lists are looked at; zero: the end
	// of the log, or without one that of the last publication.
	From, At time.Time

	// Theta is how much attention each slot gets, for exposure; slots beyond it
	// get as much as its last. Nil: all get the same.
	Theta []float64

	// Progress is told how many of the total lists of an entry are made.
	Progress func(entry string, done, total int64)
}

func (o ListOptions) withDefaults() ListOptions {
	if o.K == 0 {
		o.K = defaultK
	}
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	return o
}

// A ListResult is what MeasureLists found.
type ListResult struct {
	Measures []Measure
	Exposure []Exposure // of every ranking, in order
	Changed  []Change   // the lists that changed most, candidate by candidate
}

// MeasureLists measures the lists themselves: how much of the site they show and
// how evenly, how new, alike and well known their links are, what is wrong with
// them, and how far they are from those of the baseline. A list is measured by
// what a reader could have been shown in one moment; what is wrong, by the first
// K links as the ranking has them.
//
// A pack without impressions and page views is a catalogue: what needs readers is
// then refused in words. Every article that exists in that moment has its list
// made. Means over lists are given twice: each list counting the same ("seed"),
// and by how often its article was shown with a list or, without such a log, read
// ("traffic"). The lists of one article are a cluster. Counts over lists are
// exact.
func MeasureLists(ctx context.Context, p *pack.Pack, candidates, baselines []Entry, opts ListOptions) (*ListResult, error) {
	opts = opts.withDefaults()
	if err := (Options{K: []int{opts.K}}).Validate(); err != nil {
		return nil, err
	}
	s, err := newScene(p, opts)
	if err != nil {
		return nil, err
	}
	entries := slices.Concat(candidates, baselines)
	if len(entries) == 0 {
		return &ListResult{}, nil
	}
	rankings := make([]*madeLists, len(entries))
	for i, e := range entries {
		if rankings[i], err = s.makeLists(ctx, p.Articles, e); err != nil {
			return nil, fmt.Errorf("eval: %s: %w", e.Name, err)
		}
	}
	base := slices.IndexFunc(entries, func(e Entry) bool { return e.Name == opts.Baseline })
	if base < 0 {
		base = 0
		if len(baselines) > 0 {
			base = len(candidates)
		}
	}
	s.obvious = obviousLists(rankings)
	result := &ListResult{Changed: s.changed(rankings[:len(candidates)], rankings[base])}
	if result.Measures, err = s.measureAll(ctx, rankings, rankings[base]); err != nil {
		return nil, err
	}
	for _, r := range rankings {
		result.Exposure = append(result.Exposure, s.lorenz(r))
	}
	return result, nil
}

// measureAll makes all measures of all rankings, by ranking and then in the order
// of listMetrics. Metrics are independent of one another, so that their order of
// working changes nothing.
func (s *scene) measureAll(ctx context.Context, rankings []*madeLists, base *madeLists) ([]Measure, error) {
	metrics := s.listMetrics(base)
	found := make([][][]Measure, len(metrics)) // metric × ranking
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, metric := range metrics {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			found[i] = metric.measure(s, rankings, base)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var measures []Measure
	for r := range rankings {
		for i := range metrics {
			measures = append(measures, found[i][r]...)
		}
	}
	return measures, nil
}

// madeLists are the lists of one ranking under all seeds of a scene.
type madeLists struct {
	name   string
	start  []int32 // the list of the i-th seed is item[start[i]:start[i+1]]
	item   []int32 // places in pack.Articles
	faults []fault // by seed
	pinned []int32 // by seed: pins among its first links
}

func (l *madeLists) list(seed int) []int32 { return l.item[l.start[seed]:l.start[seed+1]] }

// makeLists asks a ranking of articles of the catalogue for its lists.
func (s *scene) makeLists(ctx context.Context, catalogue []pack.Article, e Entry) (*madeLists, error) {
	l := &madeLists{
		name: e.Name, start: make([]int32, len(s.seeds)+1),
		faults: make([]fault, len(s.seeds)), pinned: make([]int32, len(s.seeds)),
	}
	lister := newLister(e.Ranker, catalogue, s.row)
	items := make([][]int32, seedBlocks(len(s.seeds))) // by block
	var mu sync.Mutex                                  // of done
	done := 0
	err := eachBlock(len(s.seeds), runtime.GOMAXPROCS(0), func() func(int, int, int) error {
		var raw []int32
		return func(block, from, to int) (err error) {
			made := make([]int32, 0, (to-from)*s.k)
			for i, seed := range s.seeds[from:to] {
				if raw, err = lister.list(ctx, raw[:0], seed, hourTime(s.hour), spare*s.k); err != nil {
					return err
				}
				unknown := slices.Contains(raw[:min(len(raw), s.k)], unknownPlace)
				raw = slices.DeleteFunc(raw, func(item int32) bool { return item == unknownPlace })
				before := len(made)
				made = asOf(made, raw, seed, s.moment, s.articles, s.blocks.under(seed, s.hour), s.k, nil)
				first := raw[:min(len(raw), s.k)]
				i += from
				l.start[i+1] = int32(len(made) - before)
				l.faults[i] = s.faults(seed, first, len(made)-before)
				if unknown {
					l.faults[i] |= faultUnknown
				}
				for _, pin := range s.pins[seed] {
					if slices.Contains(first, pin) {
						l.pinned[i]++
					}
				}
			}
			items[block] = made
			mu.Lock()
			done += to - from
			s.opts.Progress(e.Name, int64(done), int64(len(s.seeds)))
			mu.Unlock()
			return ctx.Err()
		}
	})
	for i := range s.seeds {
		l.start[i+1] += l.start[i]
	}
	l.item = slices.Concat(items...)
	return l, err
}
