package knn

import (
	"math"
	"slices"

	"github.com/alsolike/alsolike/embed/vec"
)

// A worker has the memory to multiply blocks, some rows of one of queries at a time.
type worker struct {
	*product
	*strips
	block   int       // of queries
	at      []int32   // the places in it of the rows that are loaded, if not all are
	of      []int32   // the rows that are loaded
	some    []int32   // memory for them
	least   []float32 // of them, as they were a while ago, filled up to whole strips
	decided int64     // cosines computed and not counted

	candidateLeast []float32 // of a block of candidates, likewise
	masked         []float32 // slack of the candidates, less those that are left out
	upper, scratch []float32 // of one row: the most that its cosines can be
	near           []int32   // columns that upper is of
	never          []float32 // infinity
	rowLeast       [1]float32
	offers         [2][]offer
}

// An offer is a neighbour for the list of the row at a place of its block.
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

// load takes the rows at some places of a block of queries; nil: all its rows.
func (w *worker) load(block int, at []int32) {
	rows := w.queries.rows[w.queries.starts[block]:w.queries.starts[block+1]]
	if end := slices.Index(rows, -1); end >= 0 {
		rows = rows[:end]
	}
	w.block, w.at, w.of = block, at, rows
	if at != nil {
		w.some = w.some[:0]
		for _, place := range at {
			w.some = append(w.some, rows[place])
		}
		w.of = w.some
	}
	w.strips.load(w.queries.quantised, w.of)
	for i := range w.least {
		w.least[i] = float32(math.Inf(1))
	}
}

// pair compares the rows that are loaded with a block of candidates, less those at
// some places of it, ascending.
func (w *worker) pair(block int, without []int32) {
	c := w.candidates
	lo, hi := c.starts[block], c.starts[block+1]
	w.look(block)
	slack := c.slack[lo:hi]
	if len(without) > 0 {
		w.masked = append(w.masked[:0], slack...)
		for _, j := range without {
			w.masked[j] = float32(math.Inf(-1))
		}
		slack = w.masked
	}
	ld := hi - lo
	for first := 0; first < len(w.of); first += w.rows {
		w.multiply(first, c, lo, hi)
		hits := vec.SelectInt8(w.hits, w.sums, ld, w.rows, ld,
			w.scale[first:first+w.rows], w.strips.slack[first:first+w.rows], w.least[first:first+w.rows],
			c.scale[lo:hi], slack, w.candidateLeast[:ld])
		for _, h := range w.hits[:hits] {
			w.decide(first+int(h)/ld, int(h)%ld, c.rows[lo+int(h)%ld])
		}
	}
	w.flush(w.block, &w.offers[0])
	if w.symmetric {
		w.flush(block, &w.offers[1])
	}
	w.count()
}

// count adds up how many cosines have been computed.
func (w *worker) count() {
	w.rescored.Add(w.decided)
	w.decided = 0
}

// look copies what the lists of the rows loaded and of a block of candidates take at
// present.
func (w *worker) look(block int) {
	lo, hi := w.queries.starts[w.block], w.queries.starts[w.block+1]
	w.locks[w.block].Lock()
	if w.at == nil {
		copy(w.least, w.product.least[lo:hi])
	}
	for i, place := range w.at {
		w.least[i] = w.product.least[lo+int(place)]
	}
	w.locks[w.block].Unlock()
	if w.symmetric {
		w.locks[block].Lock()
		copy(w.candidateLeast, w.product.least[w.queries.starts[block]:w.queries.starts[block+1]])
		w.locks[block].Unlock()
	}
}

// decide computes the cosine of row i of those loaded and row to, at j of the
// candidates, and offers each to the list of the other.
func (w *worker) decide(i, j int, to int32) {
	from := w.of[i]
	forward, back := w.mayBeListed(to), w.symmetric && w.mayBeListed(from)
	if from == to || !forward && !back {
		return
	}
	w.decided++
	cosine := w.cosine(from, to)
	if forward && cosine >= w.least[i] {
		at := int32(i)
		if w.at != nil {
			at = w.at[i]
		}
		w.offers[0] = append(w.offers[0], offer{at, Neighbour{to, cosine}})
	}
	if back && cosine >= w.candidateLeast[j] {
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
