package reads

import (
	"cmp"
	"math"
	"slices"
)

// Two articles in a reader's order count window at most apart, and decay times as
// much with every one between them.
const (
	window = 5
	decay  = 0.7
)

// A near is another row and how much it is read near the row that it is kept for.
type near struct {
	row    int32
	weight float64
}

// exact rounds w so that sums of such weights are exact, and do not depend on the
// order of what is added up.
func exact(w float64) float64 { return math.Round(w*(1<<20)) / (1 << 20) }

// Signals are what the reads taken so far say. It may be called again later.
func (c *Collector) Signals() *Signals {
	s := &Signals{
		near: make([][]near, c.n), total: make([]float64, c.n), readers: slices.Clone(c.views), links: c.opts.Links,
		counts: c.counts,
	}
	s.counts.Forgotten = c.reads.lost + c.follows.lost
	add := func(i, j int32, w float64) {
		s.near[i] = append(s.near[i], near{j, w})
		s.near[j] = append(s.near[j], near{i, w})
	}
	reads := c.reads.inOrder()
	for i := range reads {
		reads[i].number = int32(i)
	}
	slices.SortFunc(reads, func(a, b read) int {
		if a.reader != b.reader {
			return cmp.Compare(a.reader, b.reader)
		}
		return cmp.Compare(a.number, b.number)
	})
	var room reader
	for len(reads) > 0 {
		end := 1
		for end < len(reads) && reads[end].reader == reads[0].reader {
			end++
		}
		if room.take(reads[:end], c.opts.MaxArticles) {
			s.counts.Readers++
			for _, row := range room.distinct {
				s.readers[row] += exact(1 / math.Sqrt(float64(len(room.distinct))))
			}
			for _, p := range room.pairs {
				add(p.low, p.high, p.weight)
			}
		} else {
			s.counts.Robots++
		}
		reads = reads[end:]
	}
	for _, f := range c.follows.of {
		add(f.from, f.to, float64(f.weight))
	}
	s.finish()
	return s
}

// A reader is what one reader read. Its room is used for one after the other.
type reader struct {
	order    []int32 // rows, none after itself
	distinct []int32 // ascending
	pairs    []pair  // each once
}

// A pair of rows that were read near each other.
type pair struct {
	low, high int32
	weight    float64
}

// take works out the pairs of a reader's reads, unless they are of too many articles.
func (r *reader) take(reads []read, most int) bool {
	r.order, r.pairs = r.order[:0], r.pairs[:0]
	for _, one := range reads {
		if n := len(r.order); n == 0 || r.order[n-1] != one.row {
			r.order = append(r.order, one.row)
		}
	}
	r.distinct = append(r.distinct[:0], r.order...)
	slices.Sort(r.distinct)
	r.distinct = slices.Compact(r.distinct)
	if len(r.distinct) > most {
		return false
	}
	weight := 1 / math.Sqrt(float64(max(len(r.distinct)-1, 1)))
	for i, a := range r.order {
		w := weight
		for _, b := range r.order[i+1 : min(i+1+window, len(r.order))] {
			if a != b {
				r.pairs = append(r.pairs, pair{min(a, b), max(a, b), exact(w)})
			}
			w *= decay
		}
	}
	// Of a pair that comes up more than once the nearest counts.
	slices.SortFunc(r.pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.low, b.low), cmp.Compare(a.high, b.high), cmp.Compare(b.weight, a.weight))
	})
	r.pairs = slices.CompactFunc(r.pairs, func(a, b pair) bool { return a.low == b.low && a.high == b.high })
	return true
}
