package knn

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/alsolike/alsolike/embed/vec"
)

// Cells are learned in a few rounds from so many rows for each.
const (
	cellRounds = 3
	cellSample = 16
)

// cells divides rows into at most count cells of rows near one another (spherical
// k-means: Dhillon and Modha 2001) and returns the cells' centres.
func (q *quantised) cells(ctx context.Context, rows []int32, count int, seed uint64, workers int) (*quantised, error) {
	rng := rand.New(rand.NewPCG(seed, 0xce115))
	sample := draw(len(rows), rows, cellSample*count, rng)
	first := draw(len(sample), sample, count, rng)
	centres := &quantised{depth: q.depth}
	for _, r := range first {
		centres.data = append(centres.data, q.data[int(r)*q.depth:][:q.depth]...)
		centres.scale = append(centres.scale, q.scale[r])
	}
	centres.slack = make([]float32, len(first))
	for range cellRounds {
		nearest, err := q.nearestCells(ctx, sample, centres, 1, workers)
		if err != nil {
			return nil, err
		}
		members := membersOf(sample, nearest, len(first))
		err = parallel(ctx, len(members), 8, workers, func() func(lo, hi int) {
			mean := make([]float32, q.depth)
			return func(lo, hi int) {
				for c := lo; c < hi; c++ {
					if q.mean(mean, members[c]) {
						centres.scale[c], _, _ = vec.QuantiseInt8(centres.data[c*q.depth:][:q.depth], mean)
					}
				}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return centres, nil
}

// mean sets dst to the mean direction of rows, or reports that they have none.
func (q *quantised) mean(dst []float32, rows []int32) bool {
	clear(dst)
	for _, r := range rows {
		scale := q.scale[r]
		for i, a := range q.data[int(r)*q.depth:][:q.depth] {
			dst[i] += float32(scale * float32(a))
		}
	}
	return vec.Normalise(dst) > 0
}

// membersOf sorts rows by their cell.
func membersOf(rows, cell []int32, cells int) [][]int32 {
	sizes := make([]int, cells)
	for _, c := range cell {
		sizes[c]++
	}
	all := make([]int32, len(rows))
	members := make([][]int32, cells)
	for c, size := range sizes {
		members[c], all = all[:0:size], all[size:]
	}
	for i, c := range cell {
		members[c] = append(members[c], rows[i])
	}
	return members
}

// nearestCells finds the count centres nearest to each row, about, best first:
// those of rows[i] are [i*count : (i+1)*count]. Of equally near ones the first is
// taken. There are at least count centres.
func (q *quantised) nearestCells(ctx context.Context, rows []int32, centres *quantised, count, workers int) ([]int32, error) {
	all := make([]int32, len(centres.scale))
	for i := range all {
		all[i] = int32(i)
	}
	c := newSide(centres, slices.Collect(slices.Chunk(all, blockRows)))
	for i, slack := range c.slack {
		if slack >= 0 {
			c.slack[i] = 0
		}
	}
	nearest := make([]int32, len(rows)*count)
	err := parallel(ctx, len(rows), blockRows, workers, func() func(lo, hi int) {
		s := newStrips(q.depth)
		near := newNear(s.rows, count)
		return func(lo, hi int) {
			s.load(q, rows[lo:hi])
			for first := 0; first < hi-lo; first += s.rows {
				n := min(s.rows, hi-lo-first)
				near.search(s, c, first)
				for i := range n {
					copy(nearest[(lo+first+i)*count:], near.cells[i*count:(i+1)*count])
				}
			}
		}
	})
	return nearest, err
}

// A near keeps the count best centres of each row of a strip.
type near struct {
	count             int
	cells             []int32
	scores            []float32 // of cells, best first
	scale, add, least []float32 // of the strip's rows
	never             []float32 // as long as a block, infinity
}

func newNear(rows, count int) *near {
	n := &near{
		count: count, cells: make([]int32, rows*count), scores: make([]float32, rows*count),
		scale: make([]float32, rows), add: make([]float32, rows), least: make([]float32, rows), never: make([]float32, 2*blockRows),
	}
	for i := range n.scale {
		n.scale[i] = 1 // of each row the scale is left out: it does not change the order
	}
	for i := range n.never {
		n.never[i] = float32(math.Inf(1))
	}
	return n
}

// search compares the strip of rows that begins with row first of s with all of c.
func (n *near) search(s *strips, c *side, first int) {
	for i := range n.scores {
		n.scores[i] = float32(math.Inf(-1))
	}
	for i := range n.least {
		n.least[i] = float32(math.Inf(-1))
	}
	for b := range c.blocks() {
		lo, hi := c.starts[b], c.starts[b+1]
		s.multiply(first, c, lo, hi)
		ld := hi - lo
		hits := s.hits[:vec.SelectInt8(s.hits, s.sums, ld, s.rows, ld, n.scale, n.add, n.least, c.scale[lo:hi], c.slack[lo:hi], n.never[:ld])]
		for _, h := range hits {
			i, j := int(h)/ld, int(h)%ld
			if cell := c.rows[lo+j]; cell >= 0 {
				n.insert(i, cell, float32(s.sums[h])*c.scale[lo+j])
			}
		}
	}
}

func (n *near) insert(i int, cell int32, score float32) {
	cells, scores := n.cells[i*n.count:(i+1)*n.count], n.scores[i*n.count:(i+1)*n.count]
	at := n.count
	for at > 0 && score > scores[at-1] {
		at--
	}
	if at == n.count {
		return
	}
	copy(cells[at+1:], cells[at:])
	copy(scores[at+1:], scores[at:])
	cells[at], scores[at] = cell, score
	n.least[i] = scores[n.count-1]
}

// tour orders centres so that each is followed by the nearest of those left.
func tour(centres *quantised) []int32 {
	n := len(centres.scale)
	left := make([]int32, n)
	for i := range left {
		left[i] = int32(i)
	}
	order := make([]int32, 0, n)
	at := 0 // in left
	for len(left) > 0 {
		here := left[at]
		order = append(order, here)
		left[at] = left[len(left)-1]
		left = left[:len(left)-1]
		x := centres.data[int(here)*centres.depth:][:centres.depth]
		best := float32(math.Inf(-1))
		for i, c := range left {
			score := float32(vec.DotInt8(x, centres.data[int(c)*centres.depth:][:centres.depth])) * centres.scale[c]
			if score > best {
				best, at = score, i
			}
		}
	}
	return order
}

// From orderedFrom rows on, rows are ordered by cells of about orderedCell.
const (
	orderedFrom = 8 * blockRows
	orderedCell = 2 * blockRows
)

// order puts rows that are near one another side by side, about.
func (q *quantised) order(ctx context.Context, rows []int32, workers int) ([]int32, error) {
	if len(rows) < orderedFrom {
		return rows, nil
	}
	centres, err := q.cells(ctx, rows, len(rows)/orderedCell, 1, workers)
	if err != nil {
		return nil, err
	}
	nearest, err := q.nearestCells(ctx, rows, centres, 1, workers)
	if err != nil {
		return nil, err
	}
	members := membersOf(rows, nearest, len(centres.scale))
	ordered := make([]int32, 0, len(rows))
	for _, c := range tour(centres) {
		ordered = append(ordered, members[c]...)
	}
	return ordered, nil
}
