package metric

import "math"

// DCG is the discounted cumulative gain of the first k items,
//
//	DCG@k = Σ_{i≤k} g_i / log2(i+1)
//
// with the grades themselves as gains: Järvelin and Kekäläinen (2002), with the
// discount that trec_eval and ranx use.
func DCG(grades []float64, k int) float64 {
	sum := 0.0
	for i, g := range top(grades, k) {
		if g > 0 {
			sum += g / Discount(i+1)
		}
	}
	return sum
}

// NDCG is DCG@k over that of the best possible list. ideal holds the grades of
// everything that is relevant, the highest first; where nothing is relevant,
// NDCG is 0.
func NDCG(grades, ideal []float64, k int) float64 {
	best := DCG(ideal, k)
	if best == 0 {
		return 0
	}
	return DCG(grades, k) / best
}

// DCGX is DCG with the gains 2^g - 1 (Burges and others 2005), which weigh the
// highest grades more: ranx's dcg_burges.
func DCGX(grades []float64, k int) float64 {
	sum := 0.0
	for i, g := range top(grades, k) {
		if g > 0 {
			sum += (math.Exp2(g) - 1) / Discount(i+1)
		}
	}
	return sum
}

// NDCGX is NDCG with the gains 2^g - 1: ranx's ndcg_burges and gdeval's nDCG,
// and MIND's, whose ideal is made from the shown items alone.
func NDCGX(grades, ideal []float64, k int) float64 {
	best := DCGX(ideal, k)
	if best == 0 {
		return 0
	}
	return DCGX(grades, k) / best
}

// Discount is what DCG divides the gain at a rank by: log2(rank+1).
func Discount(rank int) float64 {
	if rank < len(discounts) {
		return discounts[rank]
	}
	return math.Log2(float64(rank + 1))
}

// discounts holds those of the ranks that most lists end before.
var discounts = func() (d [256]float64) {
	for rank := range d {
		d[rank] = math.Log2(float64(rank + 1))
	}
	return d
}()
