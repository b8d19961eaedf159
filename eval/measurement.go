package eval

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/metric"
)

// A measurement is what all entries of one run share.
type measurement struct {
	truth  *Truth
	opts   Options
	row    map[data.ArticleID]int32
	from   [][]int32 // by article: the pairs that start there, in order of time
	depth  int       // links of a list that matter
	want   int       // links to ask for: more where some may not exist yet
	k      int       // the largest cut-off
	names  []string
	values [][]float64 // metric × rank: what a hit there is worth; rank 0 is no hit
	slices []Slice
	slice  []int // of slices, by article; nil without slices
	bands  []Slice
	band   []int // of bands, by article
}

// spare is how many times as many links as matter are asked of a ranking where
// those that did not exist yet drop out.
const spare = 3

func newMeasurement(truth *Truth, opts Options) *measurement {
	m := &measurement{
		truth: truth, opts: opts,
		row:   make(map[data.ArticleID]int32, len(truth.Articles)),
		from:  make([][]int32, len(truth.Articles)),
		depth: max(hubWindow, slices.Max(opts.K)), k: slices.Max(opts.K),
	}
	m.want = m.depth
	if truth.ByTime {
		m.want = spare * m.depth
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
	for _, pairs := range m.from {
		slices.SortStableFunc(pairs, func(a, b int32) int { return cmp.Compare(truth.pairs[a].hour, truth.pairs[b].hour) })
	}
	if opts.SliceOf != nil {
		m.cut()
	}
	m.cutBands()
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
		m.slices[s].Readers = m.countReaders(m.within(s))
	}
}

// within says which pairs start in a slice.
func (m *measurement) within(slice int) func(pair) bool {
	return func(p pair) bool { return m.slice[p.from] == slice }
}

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

// countReaders is how many readers have a pair that counts.
func (m *measurement) countReaders(counts func(pair) bool) int {
	n := 0
	for i := range m.truth.ReadersWithPairs() {
		if slices.ContainsFunc(m.truth.pairs[m.truth.starts[i]:m.truth.starts[i+1]], counts) {
			n++
		}
	}
	return n
}

// A listing is what one goroutine makes and measures of an entry's lists.
type listing struct {
	m      *measurement
	lister *lister
	ranks  []uint16 // of the Ranking

	ids     []int32 // places, as the ranking returns them
	list    []int32
	seen    []int // by article: mark, if list holds it
	mark    int
	linksIn []int // by article
	without []int // by slice, or of everything: articles without a list
	dropped Dropped
	asOf    AsOfDropped
}

// measure makes and measures every list of one entry.
func (m *measurement) measure(ctx context.Context, e Entry) (Ranking, error) {
	r := Ranking{Name: e.Name, Note: e.Note, Slices: make([]Part, len(m.slices)), ranks: make([]uint16, len(m.truth.pairs))}
	lister := newLister(e.Ranker, m.truth.catalog, m.row)
	n := len(m.truth.Articles)
	var all []*listing
	var mu sync.Mutex // of all and done
	done := 0
	err := eachBlock(n, runtime.GOMAXPROCS(0), func() func(int, int, int) error {
		l := &listing{m: m, lister: lister, ranks: r.ranks, seen: make([]int, n), linksIn: make([]int, n), without: make([]int, max(1, len(m.slices)))}
		mu.Lock()
		all = append(all, l)
		mu.Unlock()
		return func(_, from, to int) error {
			for seed := from; seed < to; seed++ {
				if err := l.measure(ctx, int32(seed)); err != nil {
					return err
				}
			}
			mu.Lock()
			done += to - from
			m.opts.Progress(e.Name, int64(done), int64(n))
			mu.Unlock()
			return ctx.Err()
		}
	})
	if err != nil {
		return r, err
	}
	linksIn := make([]int, n)
	for _, l := range all {
		for row, links := range l.linksIn {
			linksIn[row] += links
		}
		for s, n := range l.without {
			r.WithoutList += n
			if m.slice != nil {
				r.Slices[s].WithoutList += n
			}
		}
		r.Dropped.add(l.dropped)
		r.AsOf.add(l.asOf)
	}
	if most := slices.Max(linksIn); most > 0 {
		r.MostLinksIn, r.MostLinked = most, m.truth.Articles[slices.Index(linksIn, most)]
	}
	for _, values := range m.values {
		r.Values = append(r.Values, share(estimate.Mean(m.readers(values, r.ranks, nil))))
		for s := range m.slices {
			if m.slices[s].Readers > 0 {
				r.Slices[s].Values = append(r.Slices[s].Values, share(estimate.Mean(m.readers(values, r.ranks, m.within(s)))))
			}
		}
	}
	return r, nil
}

// measure makes and measures the lists under seed.
func (l *listing) measure(ctx context.Context, seed int32) error {
	m := l.m
	if m.truth.Articles[seed] == "" {
		return nil // what a pack calls an article that is not known
	}
	if err := l.make(ctx, seed, time.Time{}, &l.dropped); err != nil {
		return err
	}
	if len(l.list) == 0 {
		slice := 0
		if m.slice != nil {
			slice = m.slice[seed]
		}
		l.without[slice]++
	}
	for _, row := range l.list[:min(len(l.list), hubWindow)] {
		l.linksIn[row]++
	}
	hour := int32(-1 << 31)
	for _, p := range m.from[seed] {
		if l.lister.timed != nil && m.truth.ByTime && m.truth.pairs[p].hour != hour {
			hour = m.truth.pairs[p].hour
			if err := l.make(ctx, seed, hourTime(hour), new(Dropped)); err != nil {
				return err
			}
		}
		l.ranks[p] = m.rank(l.list, m.truth.pairs[p], &l.asOf)
	}
	return nil
}

// make makes the list under seed at that time, at most m.want long.
func (l *listing) make(ctx context.Context, seed int32, at time.Time, dropped *Dropped) (err error) {
	if l.ids, err = l.lister.list(ctx, l.ids[:0], seed, at, l.m.want); err != nil {
		return err
	}
	l.list = l.list[:0]
	l.mark++
	for _, row := range l.ids {
		if len(l.list) == l.m.want {
			break
		}
		switch {
		case row == unknownPlace:
			dropped.Unknown++
		case row == seed:
			dropped.Itself++
		case l.seen[row] == l.mark:
			dropped.Repeated++
		default:
			l.seen[row] = l.mark
			l.list = append(l.list, row)
		}
	}
	return nil
}

// rank is where the second article of a pair stands among the first m.depth of
// list that the reader could have been shown, from 1; 0 if it does not.
func (m *measurement) rank(list []int32, p pair, dropped *AsOfDropped) uint16 {
	if !m.truth.ByTime {
		return uint16(1 + slices.Index(list[:min(len(list), m.depth)], p.to))
	}
	rank, found := 0, 0
	dropped.Places += min(len(list), m.k)
	for i, item := range list {
		if rank == m.depth {
			break
		}
		var reason *int
		switch a := &m.truth.catalog[item]; {
		case p.moment < a.Born:
			reason = &dropped.NotYetPublished
		case !a.Exists(p.moment):
			reason = &dropped.TakenDown
		case m.truth.blocks.holds(p.from, item, p.hour):
			reason = &dropped.Blocked
		default:
			rank++
			if item == p.to {
				found = rank
			}
			continue
		}
		if i < m.k {
			*reason++
		}
	}
	return uint16(found)
}

// readers is, for every reader with a pair that counts, the mean over these pairs
// of what their ranks are worth; nil counts all.
func (m *measurement) readers(values []float64, ranks []uint16, counts func(pair) bool) []float64 {
	var means, worth []float64
	for i := range m.truth.ReadersWithPairs() {
		worth = worth[:0]
		for p := m.truth.starts[i]; p < m.truth.starts[i+1]; p++ {
			if counts == nil || counts(m.truth.pairs[p]) {
				worth = append(worth, values[ranks[p]])
			}
		}
		if len(worth) > 0 {
			means = append(means, estimate.Sum(worth)/float64(len(worth)))
		}
	}
	return means
}

// share is r with an interval within what a share can be; none for one cluster,
// of which nothing is known.
func share(r estimate.Result) estimate.Result {
	if r.Clusters < 2 {
		return r
	}
	return r.Proportion()
}
