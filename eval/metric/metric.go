package metric

import "math"

// HR is the hit rate at k: 1 if any of the first k items is relevant, else 0.
// trec_eval calls it success_k, ranx hit_rate@k.
func HR(grades []float64, k int) float64 {
	if rankOfFirst(grades, k) > 0 {
		return 1
	}
	return 0
}

// RR is the reciprocal rank at k: 1/rank of the first relevant item, or 0 when
// none is among the first k. Its mean is the MRR at k.
func RR(grades []float64, k int) float64 {
	if rank := rankOfFirst(grades, k); rank > 0 {
		return 1 / float64(rank)
	}
	return 0
}

// DCG is the discounted cumulative gain of the first k items,
//
//	DCG@k = Σ_{i≤k} g_i / log2(i+1)
//
// with the grades themselves as gains: Järvelin and Kekäläinen (2002), with the
// discount that trec_eval and ranx use.
func DCG(grades []float64, k int) float64 {
	sum := 0.0
	for i, g := range grades[:min(k, len(grades))] {
		if g > 0 {
			sum += g / math.Log2(float64(i+2))
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

// rankOfFirst is the rank, from 1, of the first relevant item among the first
// k; 0 when there is none.
func rankOfFirst(grades []float64, k int) int {
	for i, g := range grades[:min(k, len(grades))] {
		if g > 0 {
			return i + 1
		}
	}
	return 0
}
