package knn

import (
	"math"
	"slices"

	"github.com/alsolike/alsolike/embed/vec"
)

// seed compares a block of queries with positions lo to hi of the candidates, the
// best first. No other worker may touch the lists of the block meanwhile.
func (w *worker) seed(block, lo, hi int) {
	w.load(block, nil)
	for first := 0; first < len(w.of); first += w.rows {
		w.multiply(first, w.candidates, lo, hi)
		for i := first; i < min(first+w.rows, len(w.of)); i++ {
			least := &w.product.least[w.queries.starts[block]+i]
			if !math.IsInf(float64(*least), 1) {
				*least = w.seedRow(i, w.sums[(i-first)*(hi-lo):][:hi-lo], lo, *least)
			}
		}
	}
	w.count()
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
	kth, cut := float32(math.Inf(-1)), float32(math.Inf(-1))
	if len(w.near) > w.K {
		kth = largest(append(w.scratch[:0], w.upper...), w.K)
		cut = kth - 2*(w.product.slack+w.strips.slack[i])
	}
	for _, best := range []bool{true, false} {
		for n, j := range w.near {
			if upper := w.upper[n]; (upper >= kth) == best && upper >= cut && upper >= least {
				least = w.offer(i, c.rows[lo+int(j)], least)
			}
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
	s.rowLeast[0] = least
	return s.hits[:vec.SelectInt8(s.hits, s.sums, n, 1, n, s.rowScale, s.rowAdd, s.rowLeast[:], s.scale, s.add, s.never[:n])]
}

// offer offers row to to the list of the row at i, which takes what is at least least.
func (w *worker) offer(i int, to int32, least float32) float32 {
	from := w.of[i]
	if to < 0 || from == to || !w.mayBeListed(to) {
		return least
	}
	w.decided++
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
