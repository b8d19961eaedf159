package estimate

import "math"

// PlackettLuceMarginals are the chances P(item i at slot k), as number
// k·len(logits)+i, of a list drawn without replacement with weights
// w_i = exp(logit_i). Slots beyond the number of items hold nothing.
//
// Clocks that ring after exponential times with rates w_i ring in the order of
// such a list, so
//
//	P(i at k) = ∫ w_i·exp(−w_i·t) · P(exactly k of the others rang before t) dt,  k from 0
//
// which the trapezoid rule over x with t = exp(x − exp(−x)) and 81 nodes or more
// gives to about 1e-15. The inner probability is Poisson-binomial, from those of
// the items before and after i. Time O(nodes·items·slots²).
func PlackettLuceMarginals(logits []float64, slots int) []float64 {
	m := len(logits)
	result := make([]float64, slots*m)
	if m == 0 || slots == 0 {
		return result
	}
	w := scaledWeights(logits)
	smallest := w[0]
	for _, v := range w {
		smallest = min(smallest, v)
	}
	const from, coarsest, nothing = -4.2, 0.16, 1e-20
	to := math.Log(45 / smallest)
	nodes := max(81, 2+int((to-from)/coarsest))
	h := (to - from) / float64(nodes-1)
	depth := min(slots, m) // no more than this many can have rung
	rang, silent := make([]float64, m), make([]float64, m)
	before := make([]float64, (m+1)*depth) // before[i*depth+k]: exactly k of the first i items rang
	before[0] = 1
	after := make([]float64, depth) // the same of the items after the one at hand
	for node := range nodes {
		x := from + h*float64(node)
		t := math.Exp(x - math.Exp(-x))
		dt := h * t * (1 + math.Exp(-x))
		if dt < nothing {
			continue
		}
		for i, v := range w {
			silent[i], rang[i] = untilThen(v * t)
			add(before[(i+1)*depth:(i+2)*depth], before[i*depth:(i+1)*depth], silent[i], rang[i])
		}
		if Sum(before[m*depth:]) < nothing {
			break // so many have rung that every slot is taken
		}
		clear(after)
		after[0] = 1
		for i := m - 1; i >= 0; i-- {
			first := before[i*depth : (i+1)*depth]
			density := w[i] * silent[i] * dt
			for k := range depth {
				p := 0.0
				for j, q := range after[:k+1] {
					p += first[k-j] * q
				}
				result[k*m+i] += density * p
			}
			add(after, after, silent[i], rang[i])
		}
	}
	return result
}

// untilThen is the chance that a clock of rate 1 has not rung by time t, and that
// it has.
func untilThen(t float64) (silent, rang float64) {
	if t < 0.5 {
		rang = -math.Expm1(-t)
		return 1 - rang, rang
	}
	silent = math.Exp(-t)
	return silent, 1 - silent
}

// add takes one more item into the chances that exactly k have rung.
func add(into, from []float64, silent, rang float64) {
	for k := len(from) - 1; k > 0; k-- {
		into[k] = from[k]*silent + from[k-1]*rang
	}
	into[0] = from[0] * silent
}

// scaledWeights are exp(logits) scaled to sum 1, none smaller than 1e-300.
func scaledWeights(logits []float64) []float64 {
	highest := math.Inf(-1)
	for _, v := range logits {
		highest = max(highest, v)
	}
	w := make([]float64, len(logits))
	for i, v := range logits {
		w[i] = math.Exp(v - highest)
	}
	sum := Sum(w)
	for i := range w {
		w[i] = max(w[i]/sum, 1e-300)
	}
	return w
}
