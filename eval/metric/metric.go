package metric

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

// Hits counts the relevant items among the first k.
func Hits(grades []float64, k int) int {
	hits := 0
	for _, g := range top(grades, k) {
		if g > 0 {
			hits++
		}
	}
	return hits
}

// P is the precision at k: relevant items among the first k, over k.
func P(grades []float64, k int) float64 {
	return ratio(Hits(grades, k), k)
}

// R is the recall at k: the share of all relevant items that is among the first k.
func R(grades []float64, relevant, k int) float64 {
	return ratio(Hits(grades, k), relevant)
}

// RPrec is the precision at the rank where a perfect list would end: at R for R
// relevant items. A shorter list is divided by R all the same.
func RPrec(grades []float64, relevant int) float64 {
	return R(grades, relevant, relevant)
}

// AP is the average precision at k,
//
//	AP@k = (1/R) Σ_{i≤k, i relevant} P@i
//
// divided by all R relevant items also when k is smaller: trec_eval's map and
// map_cut_k, ranx's map@k. RecBole and recommenders divide otherwise: [APMin].
func AP(grades []float64, relevant, k int) float64 {
	if relevant == 0 {
		return 0
	}
	return sumOfPrecisions(grades, k) / float64(relevant)
}

// APMin is AP@k divided by min(R, k), so that a perfect list of k scores 1:
// RecBole's map, recommenders' map_at_k.
func APMin(grades []float64, relevant, k int) float64 {
	return AP(grades, min(relevant, k), k)
}

// F is the weighted harmonic mean of precision and recall,
//
//	F = (x+1)·P·R / (x·P + R)
//
// with x where others have beta², as trec_eval's set_F; x = 1 is F1.
func F(precision, recall, x float64) float64 {
	if precision == 0 || recall == 0 {
		return 0
	}
	return (x + 1) * precision * recall / (x*precision + recall)
}

// Utility is the weighted sum of what a selection did,
//
//	w0·(relevant, selected) + w1·(irrelevant, selected) + w2·(relevant, left) + w3·(irrelevant, left)
//
// trec_eval's utility, with the weights in its order.
func Utility(selected, found, relevant, all int, w [4]float64) float64 {
	return w[0]*float64(found) +
		w[1]*float64(selected-found) +
		w[2]*float64(relevant-found) +
		w[3]*float64(all+found-selected-relevant)
}

// IPrec is the interpolated precision once need relevant items are found: the
// highest precision at any rank from there on, 0 when the list ends before.
func IPrec(grades []float64, need int) float64 {
	best, hits := 0.0, 0
	for i, g := range grades {
		if g > 0 {
			hits++
			if hits >= need {
				best = max(best, ratio(hits, i+1))
			}
		}
	}
	return best
}

// Threshold sets grades below level to 0, for measures that know relevant or
// not; items that are not judged stay so.
func Threshold(grades []float64, level float64) []float64 {
	out := make([]float64, len(grades))
	for i, g := range grades {
		if g >= level || g < 0 {
			out[i] = g
		}
	}
	return out
}

// sumOfPrecisions adds up P@i over the relevant ranks i up to k.
func sumOfPrecisions(grades []float64, k int) float64 {
	sum, hits := 0.0, 0
	for i, g := range top(grades, k) {
		if g > 0 {
			hits++
			sum += ratio(hits, i+1)
		}
	}
	return sum
}

// rankOfFirst is the rank, from 1, of the first relevant item among the first
// k; 0 when there is none.
func rankOfFirst(grades []float64, k int) int {
	for i, g := range top(grades, k) {
		if g > 0 {
			return i + 1
		}
	}
	return 0
}

// top is the first k of the list, or all of it.
func top(grades []float64, k int) []float64 {
	return grades[:max(0, min(k, len(grades)))]
}

// ratio is a/b, and 0 where b is 0.
func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
