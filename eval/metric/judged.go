package metric

// The grades of items that nobody judged.
const (
	Unjudged = -1.0 // not set aside for judging
	Pooled   = -2.0 // set aside for judging, then left out of the sample
)

// Judged is the share of the first k items that somebody judged, over the
// length of the list when that is shorter. Where it is low, the other measures
// say little. ir_measures calls it Judged@k; trec_eval's unj_k counts the others
// and always divides by k.
func Judged(grades []float64, k int) float64 {
	shown := top(grades, k)
	judged := 0
	for _, g := range shown {
		if g >= 0 {
			judged++
		}
	}
	return ratio(judged, len(shown))
}

// BPref is how often the judged irrelevant items stay below the relevant ones,
//
//	(1/R) Σ over relevant of 1 - min(above, R)/min(N, R)
//
// where above counts the judged irrelevant items before it and N all of them,
// in the list or not: Buckley and Voorhees (2004), as trec_eval. An item with
// none above it counts 1, also when N is 0 (ranx says not a number there).
func BPref(grades []float64, relevant, irrelevant int) float64 {
	sum, above := 0.0, 0
	for _, g := range grades {
		switch {
		case g == 0:
			above++
		case g > 0 && above == 0:
			sum++
		case g > 0:
			sum += 1 - float64(min(above, relevant))/float64(min(irrelevant, relevant))
		}
	}
	if relevant == 0 {
		return 0
	}
	return sum / float64(relevant)
}

// InfAP estimates the average precision when only a sample of the pool was
// judged (Yilmaz and Aslam 2006). At each relevant rank i it expects
//
//	1/i + (i-1)/i · (pool above)/(i-1) · (relevant above + ε)/(judged above + 2ε)
//
// with ε = 0.00001, as trec_eval.
func InfAP(grades []float64, relevant int) float64 {
	const epsilon = 0.00001
	sum := 0.0
	hits, misses, pooled := 0, 0, 0 // above this rank
	for i, g := range grades {
		switch {
		case g == Unjudged:
		case g < 0:
			pooled++
		case g == 0:
			misses++
		case i == 0:
			sum++
			hits++
		default:
			above := float64(i)
			sum += 1/(above+1) + (above/(above+1))*
				(float64(hits+misses+pooled)/above)*
				((float64(hits)+epsilon)/(float64(hits+misses)+2*epsilon))
			hits++
		}
	}
	if relevant == 0 {
		return 0
	}
	return sum / float64(relevant)
}
