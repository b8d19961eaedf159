package knn

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
)

// A product is the search of one set of rows, the queries, among another, the
// candidates. If both are the same side, each pair of blocks is multiplied once and
// both rows of a pair may list the other.
type product struct {
	*search
	queries, candidates *side
	symmetric           bool
	least               []float32    // of each position of queries: the least cosine that its list takes
	locks               []sync.Mutex // of each block of queries: its rows' lists and least
	slack               float32      // the largest of candidates
	candidate           []bool       // of each row: whether it may be a neighbour; nil: every one on the side of candidates may
	seeds               [][2]int     // of each block of queries: the range of blocks of candidates that it is compared with first
	wants               int          // rows whose lists are wanted
	done, total         atomic.Int64 // blocks compared with blocks
}

// newProduct is the search of queries among candidates. Lists get those rows of queries
// that wanted marks; nil: all.
func newProduct(s *search, queries, candidates *side, wanted []bool) *product {
	p := &product{
		search: s, queries: queries, candidates: candidates, symmetric: queries == candidates,
		least: make([]float32, len(queries.rows)), locks: make([]sync.Mutex, queries.blocks()),
	}
	for i, r := range queries.rows {
		p.least[i] = float32(math.Inf(1))
		if r >= 0 && (wanted == nil || wanted[r]) {
			p.least[i] = s.lists.lowest(int(r))
			p.wants++
		}
	}
	for _, e := range candidates.slack {
		p.slack = max(p.slack, e)
	}
	for b := range queries.blocks() {
		lo := 0
		if p.symmetric {
			lo = b / seedBlocks * seedBlocks
		}
		p.seeds = append(p.seeds, [2]int{lo, min(lo+seedBlocks, candidates.blocks())})
	}
	return p
}

// mayBeListed reports whether row may be a neighbour.
func (p *product) mayBeListed(row int32) bool { return p.candidate == nil || p.candidate[row] }

// A task multiplies a block of queries by blocks of candidates.
type task struct{ query, lo, hi int }

// taskBlocks is how many blocks of candidates a task has at most: enough to pay for
// the packing of the block of queries.
const taskBlocks = 64

// seed fills the lists of every row from blocks of rows that may be near, so that
// most of what comes later can be passed over.
func (p *product) seed(ctx context.Context) error {
	return parallel(ctx, p.queries.blocks(), 1, p.Workers, func() func(lo, hi int) {
		w := newWorker(p)
		return func(lo, _ int) {
			from, to := p.seeds[lo][0], p.seeds[lo][1]
			w.seed(lo, p.candidates.starts[from], p.candidates.starts[to])
			p.add(to - from)
		}
	})
}

// all compares every pair of blocks, those of the seeds first and then near ones; of
// a symmetric product each pair once.
func (p *product) all(ctx context.Context) error {
	var tasks []task
	blocks := p.candidates.blocks()
	for _, seeds := range p.seeds {
		p.total.Add(int64(seeds[1] - seeds[0]))
	}
	for first := 0; first < blocks; first += taskBlocks {
		for query := range p.queries.blocks() {
			lo := p.seeds[query][1] + first
			if hi := min(lo+taskBlocks, blocks); lo < hi {
				tasks = append(tasks, task{query, lo, hi})
				p.total.Add(int64(hi - lo))
			}
		}
	}
	if err := p.seed(ctx); err != nil {
		return err
	}
	return parallel(ctx, len(tasks), 1, p.Workers, func() func(lo, hi int) {
		w := newWorker(p)
		return func(lo, _ int) {
			t := tasks[lo]
			w.load(t.query, nil)
			for b := t.lo; b < t.hi; b++ {
				w.pair(b, nil)
			}
			p.add(t.hi - t.lo)
		}
	})
}

// add notes that blocks have been compared.
func (p *product) add(blocks int) {
	p.report(p.wants, float64(p.done.Add(int64(blocks)))/float64(p.total.Load()))
}
