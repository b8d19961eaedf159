package resample

import "math"

// A Randomisation is the outcome of a randomisation test.
type Randomisation struct {
	TwoSided float64 // p-value against "no difference"
	Greater  float64 // p-value against "no difference or less than 0"
	Exact    bool    // all assignments of signs were looked at
}

// exactUpTo is how many clusters that differ are tested exactly.
const exactUpTo = 16

// SignFlip tests whether the differences d, one for each cluster, are centred at
// 0: if they were, every sign could as well be the other. p is the share of
// assignments of signs with a sum at least as far from 0 (or as large). With up
// to 16 clusters that differ all assignments are counted; else o.Draws are drawn
// and the log itself counted among them:
//
//	p = (1 + hits)/(1 + draws)
//
// Phipson and Smyth (2010).
func SignFlip(d []float64, o Options) Randomisation {
	o = o.withDefaults()
	var differ []float64
	size := 0.0
	for _, v := range d {
		if v != 0 {
			differ = append(differ, v)
			size += math.Abs(v)
		}
	}
	observed := flipped(differ, func(int) uint64 { return 0 })
	// Sums that are equal but for rounding are equal.
	slack := 1e-12 * size
	var two, greater, n float64
	count := func(signs func(word int) uint64) {
		s := flipped(differ, signs)
		n++
		if s >= observed-slack {
			greater++
		}
		if math.Abs(s) >= math.Abs(observed)-slack {
			two++
		}
	}
	exact := len(differ) <= exactUpTo
	if exact {
		for signs := range uint64(1) << len(differ) {
			count(func(int) uint64 { return signs })
		}
	} else {
		count(func(int) uint64 { return 0 })
		for draw := range o.Draws {
			k := key(o.Seed, draw)
			count(func(word int) uint64 { return mix(k + uint64(word)) })
		}
	}
	return Randomisation{TwoSided: two / n, Greater: greater / n, Exact: exact}
}

// flipped is the sum of d with the signs turned where the bits of signs, 64
// differences a word, are set.
func flipped(d []float64, signs func(word int) uint64) float64 {
	s := 0.0
	for at := 0; at < len(d); at += 64 {
		bits := signs(at / 64)
		for _, v := range d[at:min(at+64, len(d))] {
			s += math.Float64frombits(math.Float64bits(v) ^ bits<<63)
			bits >>= 1
		}
	}
	return s
}
