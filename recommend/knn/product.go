package knn

import (
	"context"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/alsolike/alsolike/embed/vec"
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
	wants               int          // rows whose lists are wanted
	done, total         atomic.Int64 // blocks compared with blocks
}

func newProduct(s *search, queries, candidates *side) *product {
	p := &product{
		search: s, queries: queries, candidates: candidates, symmetric: queries == candidates,
		least: make([]float32, len(queries.rows)), locks: make([]sync.Mutex, queries.blocks()),
	}
	for i, r := range queries.rows {
		p.least[i] = float32(math.Inf(1))
		if r >= 0 && s.wanted(r) {
			p.least[i] = s.lists.lowest(int(r))
			p.wants++
		}
	}
	for _, e := range candidates.slack {
		p.slack = max(p.slack, e)
	}
	return p
}

// A task multiplies a block of queries by blocks of candidates.
type task struct {
	query      int
	candidates []int32
}

// taskBlocks is how many blocks of candidates a task has at most: enough to pay for
// the packing of the block of queries.
const taskBlocks = 64

// seeds is the range of blocks of candidates that block b of queries is compared with
// first.
func (p *product) seeds(b int) (lo, hi int) {
	if p.symmetric {
		lo = b / seedBlocks * seedBlocks
	}
	return lo, min(lo+seedBlocks, p.candidates.blocks())
}

// seed fills the lists of every row from blocks of rows that may be near, so that
// most of what comes later can be passed over.
func (p *product) seed(ctx context.Context) error {
	return parallel(ctx, p.queries.blocks(), 1, p.Workers, func() func(lo, hi int) {
		w := newWorker(p)
		return func(lo, _ int) {
			from, to := p.seeds(lo)
			w.seed(lo, p.candidates.starts[from], p.candidates.starts[to])
			p.add(to - from)
		}
	})
}

// rest is all that seed leaves: for a symmetric product each pair of blocks once, near
// ones first.
func (p *product) rest() []task {
	var tasks []task
	blocks := p.candidates.blocks()
	for first := 0; first < blocks; first += taskBlocks {
		for query := range p.queries.blocks() {
			_, lo := p.seeds(query)
			lo += first
			hi := min(lo+taskBlocks, blocks)
			if lo >= hi {
				continue
			}
			t := task{query: query}
			for b := lo; b < hi; b++ {
				t.candidates = append(t.candidates, int32(b))
			}
			tasks = append(tasks, t)
		}
	}
	return tasks
}

// run fills the lists: from the seeds, then by tasks.
func (p *product) run(ctx context.Context, tasks []task) error {
	for b := range p.queries.blocks() {
		lo, hi := p.seeds(b)
		p.total.Add(int64(hi - lo))
	}
	for _, t := range tasks {
		p.total.Add(int64(len(t.candidates)))
	}
	if err := p.seed(ctx); err != nil {
		return err
	}
	return parallel(ctx, len(tasks), 1, p.Workers, func() func(lo, hi int) {
		w := newWorker(p)
		return func(lo, _ int) {
			t := tasks[lo]
			w.load(t.query)
			for _, b := range t.candidates {
				w.pair(int(b))
			}
			p.add(len(t.candidates))
		}
	})
}

// A worker has the memory to multiply blocks, one of queries at a time.
type worker struct {
	*product
	*strips
	block int       // of queries
	base  int       // its first position
	of    []int32   // its rows
	least []float32 // of its rows, as they were a while ago, filled up to whole strips

	candidateLeast []float32 // of a block of candidates, likewise
	upper, scratch []float32 // of one row: the most that its cosines can be
	near           []int32   // columns that upper is of
	never          []float32 // infinity
	offers         [2][]offer
}

// An offer is a neighbour for the list of the row at a position of its block.
type offer struct {
	at int32
	Neighbour
}

func newWorker(p *product) *worker {
	s := newStrips(p.queries.depth)
	w := &worker{product: p, strips: s, least: make([]float32, len(s.scale)), candidateLeast: make([]float32, blockRows+s.cols)}
	for i := range w.candidateLeast {
		w.candidateLeast[i] = float32(math.Inf(1))
	}
	return w
}

// load takes a block of queries.
func (w *worker) load(block int) {
	q := w.queries
	w.block, w.base = block, q.starts[block]
	w.of = q.rows[w.base:q.starts[block+1]]
	if end := slices.Index(w.of, -1); end >= 0 {
		w.of = w.of[:end]
	}
	w.strips.load(q.quantised, w.of)
	for i := range w.least {
		w.least[i] = float32(math.Inf(1))
	}
}

// pair compares the block of queries with a block of candidates.
func (w *worker) pair(block int) {
	c := w.candidates
	lo, hi := c.starts[block], c.starts[block+1]
	w.look(w.block, w.least)
	if w.symmetric {
		w.look(block, w.candidateLeast)
	}
	ld := hi - lo
	for first := 0; first < len(w.of); first += w.rows {
		w.multiply(first, c, lo, hi)
		hits := vec.SelectInt8(w.hits, w.sums, ld, w.rows, ld,
			w.scale[first:first+w.rows], w.strips.slack[first:first+w.rows], w.least[first:first+w.rows],
			c.scale[lo:hi], c.slack[lo:hi], w.candidateLeast[:ld])
		for _, h := range w.hits[:hits] {
			w.decide(first+int(h)/ld, int(h)%ld, c.rows[lo+int(h)%ld])
		}
	}
	w.flush(w.block, &w.offers[0])
	if w.symmetric {
		w.flush(block, &w.offers[1])
	}
}

// look copies what the lists of a block take at present.
func (w *worker) look(block int, dst []float32) {
	lo, hi := w.queries.starts[block], w.queries.starts[block+1]
	w.locks[block].Lock()
	copy(dst, w.product.least[lo:hi])
	w.locks[block].Unlock()
}

// decide computes the cosine of the row at i of the queries and row to, at j of the
// candidates, and offers each to the list of the other.
func (w *worker) decide(i, j int, to int32) {
	from := w.of[i]
	if from == to {
		return
	}
	hits, hears := w.eligible(to), w.symmetric && w.eligible(from)
	if !hits && !hears {
		return
	}
	w.rescored.Add(1)
	cosine := w.cosine(from, to)
	if hits && cosine >= w.least[i] {
		w.offers[0] = append(w.offers[0], offer{int32(i), Neighbour{to, cosine}})
	}
	if hears && cosine >= w.candidateLeast[j] {
		w.offers[1] = append(w.offers[1], offer{int32(j), Neighbour{from, cosine}})
	}
}

// flush puts offers into the lists of a block.
func (w *worker) flush(block int, offers *[]offer) {
	if len(*offers) == 0 {
		return
	}
	base := w.queries.starts[block]
	w.locks[block].Lock()
	for _, o := range *offers {
		at := base + int(o.at)
		w.product.least[at] = w.take(w.queries.rows[at], o.Neighbour)
	}
	w.locks[block].Unlock()
	*offers = (*offers)[:0]
}

// seed compares a block of queries with positions lo to hi of the candidates, the
// best first. No other worker may touch the lists of the block meanwhile.
func (w *worker) seed(block, lo, hi int) {
	w.load(block)
	for first := 0; first < len(w.of); first += w.rows {
		w.multiply(first, w.candidates, lo, hi)
		for i := first; i < min(first+w.rows, len(w.of)); i++ {
			at := w.base + i
			if least := w.product.least[at]; !math.IsInf(float64(least), 1) {
				w.product.least[at] = w.seedRow(i, w.sums[(i-first)*(hi-lo):][:hi-lo], lo, least)
			}
		}
	}
}

// seedRow compares the row at i with the candidates from position lo on, of which it
// has the sums, those first that are among the K best by their estimates.
func (w *worker) seedRow(i int, sums []int32, lo int, least float32) float32 {
	c := w.candidates
	seed := seedRow{
		worker: w, sums: sums, scale: c.scale[lo : lo+len(sums)], add: c.slack[lo : lo+len(sums)],
		rowScale: w.scale[i : i+1], rowAdd: w.strips.slack[i : i+1],
	}
	w.near, w.upper = w.near[:0], w.upper[:0]
	if int(w.lists.Len[w.of[i]]) < w.K {
		w.near = append(w.near, seed.atLeast(seed.guess())...)
	}
	for _, j := range w.near {
		w.upper = append(w.upper, seed.upper(j))
	}
	cut := float32(math.Inf(-1))
	if len(w.near) > w.K {
		cut = largest(append(w.scratch[:0], w.upper...), w.K) - 2*(w.product.slack+w.strips.slack[i])
	}
	for n, j := range w.near {
		if upper := w.upper[n]; upper >= cut && upper >= least {
			least = w.offer(i, c.rows[lo+int(j)], least)
		}
	}
	next := 0 // of near
	for _, j := range seed.atLeast(least) {
		for next < len(w.near) && w.near[next] < j {
			next++
		}
		if next < len(w.near) && w.near[next] == j && w.upper[next] >= cut {
			continue // done
		}
		if seed.upper(j) >= least {
			least = w.offer(i, c.rows[lo+int(j)], least)
		}
	}
	return least
}

// A seedRow is one row of a product.
type seedRow struct {
	*worker
	sums             []int32
	scale, add       []float32 // of each sum's column
	rowScale, rowAdd []float32 // one number
}

// upper is the most that the cosine of column j can be.
func (s *seedRow) upper(j int32) float32 {
	return float32(float32(float32(float32(s.sums[j])*s.scale[j])*s.rowScale[0])+s.add[j]) + s.rowAdd[0]
}

// seedStep is how many columns there are for each that is looked at for a guess.
const seedStep = 8

// guess is a number that, likely, some more than the K largest of upper exceed.
func (s *seedRow) guess() float32 {
	s.scratch = s.scratch[:0]
	for j := int32(0); int(j) < len(s.sums); j += seedStep {
		s.scratch = append(s.scratch, s.upper(j))
	}
	expected := float64(s.K) / seedStep
	return largest(s.scratch, 1+int(expected+2*math.Sqrt(expected)))
}

// atLeast is the columns of which upper, but for rounding, is at least least.
func (s *seedRow) atLeast(least float32) []int32 {
	n := len(s.sums)
	for len(s.never) < n {
		s.never = append(s.never, float32(math.Inf(1)))
	}
	return s.hits[:vec.SelectInt8(s.hits, s.sums, n, 1, n, s.rowScale, s.rowAdd, []float32{least}, s.scale, s.add, s.never[:n])]
}

// offer offers row to to the list of the row at i, which takes what is at least least.
func (w *worker) offer(i int, to int32, least float32) float32 {
	from := w.of[i]
	if to < 0 || from == to || !w.eligible(to) {
		return least
	}
	w.rescored.Add(1)
	if cosine := w.cosine(from, to); cosine >= least {
		return w.take(from, Neighbour{to, cosine})
	}
	return least
}

// largest is the kth largest number of x, or the least if there are fewer. It
// reorders x.
func largest(x []float32, k int) float32 {
	if k >= len(x) {
		return slices.Min(x)
	}
	lo, hi := 0, len(x)-1
	for lo < hi {
		pivot := median(x[lo], x[(lo+hi)/2], x[hi])
		i, j := lo, hi
		for i <= j {
			for x[i] > pivot {
				i++
			}
			for x[j] < pivot {
				j--
			}
			if i <= j {
				x[i], x[j] = x[j], x[i]
				i++
				j--
			}
		}
		switch {
		case k-1 <= j:
			hi = j
		case k-1 >= i:
			lo = i
		default:
			return x[k-1]
		}
	}
	return x[k-1]
}

func median(a, b, c float32) float32 {
	return max(min(a, b), min(max(a, b), c))
}

// add notes that blocks have been compared.
func (p *product) add(blocks int) {
	p.report(p.wants, float64(p.done.Add(int64(blocks)))/float64(p.total.Load()))
}
