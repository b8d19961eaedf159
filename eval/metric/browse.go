package metric

import "math"

// Measures of a reader who goes down the list and stops somewhere.

// RBP is the rank-biased precision,
//
//	RBP = (1-p) Σ g_i p^(i-1)
//
// of a reader who goes on to the next item with probability p: Moffat and Zobel
// (2008), as ranx. The grades are the gains; for relevant or not, pass 1 and 0.
// trec_eval 10.0 divides by the highest gain where one is above 1.
func RBP(grades []float64, p float64) float64 {
	sum, reach := 0.0, 1.0
	for _, g := range grades {
		if g > 0 {
			sum += g * reach
		}
		reach *= p
	}
	return (1 - p) * sum
}

// RBPResidual is how much RBP could gain if everything that is not judged,
// including what lies beyond the end of the list, had gain 1.
func RBPResidual(grades []float64, p float64) float64 {
	sum, reach := 0.0, 1.0
	for _, g := range grades {
		if g < 0 {
			sum += reach
		}
		reach *= p
	}
	return reach + (1-p)*sum
}

// ERR is the expected reciprocal rank at which a reader finds enough,
//
//	ERR@k = Σ_{i≤k} (1/i)·s_i·Π_{j<i}(1-s_j),  s = (2^g - 1)/2^highest
//
// of Chapelle and others (2009). highest is the highest grade of the scale, not
// of this list; gdeval takes 4.
func ERR(grades []float64, highest float64, k int) float64 {
	sum, unsatisfied := 0.0, 1.0
	for i, g := range top(grades, k) {
		if g > 0 {
			s := (math.Exp2(g) - 1) / math.Exp2(highest)
			sum += unsatisfied * s / float64(i+1)
			unsatisfied *= 1 - s
		}
	}
	return sum
}

// ERRIA is ERR for a query of several intents, each with its own 0 or 1 grades
// of the same list: the mean over the intents, divided by what a list of items
// that serve every intent would have,
//
//	Σ_{i≤k} 1/(i·2^i)
//
// as ndeval's ERR-IA@k.
func ERRIA(intents [][]float64, k int) float64 {
	if len(intents) == 0 {
		return 0
	}
	best, sum := 0.0, 0.0
	for i := 1; i <= k; i++ {
		best += 1 / (float64(i) * math.Exp2(float64(i)))
	}
	for _, grades := range intents {
		sum += ERR(grades, 1, k)
	}
	return sum / float64(len(intents)) / best
}

// Continue is the chance that a reader goes on below a rank, counted from 1,
// after an item of this gain, with this much gained in all.
type Continue func(rank int, gain, gained float64) float64

// cwlDepth is how many ranks CWL looks at, as cwl_eval does.
const cwlDepth = 1000

// CWL is the gain per item that a reader looks at,
//
//	Σ w_i g_i / Σ w_i,  w_1 = 1, w_(i+1) = w_i · continue(i)
//
// over the first thousand ranks: the C/W/L framework of Moffat and others
// (2017), as cwl_eval's expected utility. Gains lie between 0 and 1.
func CWL(gains []float64, goOn Continue) float64 {
	reach, looked, sum, gained := 1.0, 0.0, 0.0, 0.0
	for rank := 1; rank <= cwlDepth && reach > 0; rank++ {
		gain := 0.0
		if rank <= len(gains) {
			gain = max(0, gains[rank-1])
		}
		gained += gain
		looked += reach
		sum += reach * gain
		reach *= goOn(rank, gain, gained)
	}
	return sum / looked
}

// BPM: a reader who stops once target is gained, or after k items (the
// bejeweled player model, Zhang and others 2017).
func BPM(target float64, k int) Continue {
	return func(rank int, _, gained float64) float64 {
		if gained < target && rank < k {
			return 1
		}
		return 0
	}
}

// SDCG: a reader who goes on as the discount of DCG falls, up to rank k.
func SDCG(k int) Continue {
	return func(rank int, _, _ float64) float64 {
		if rank >= k {
			return 0
		}
		return Discount(rank) / Discount(rank+1)
	}
}

// INSQ: a reader who wants target and does not look at what was gained (Moffat
// and others 2012).
func INSQ(target float64) Continue {
	return func(rank int, _, _ float64) float64 {
		x := float64(rank) + 2*target
		return (x - 1) / x * ((x - 1) / x)
	}
}

// INST: a reader who wants target and is the readier to stop the more of it is
// gained (Moffat and others 2015).
func INST(target float64) Continue {
	return func(rank int, _, gained float64) float64 {
		x := float64(rank) + 2*target - gained
		return (x - 1) / x * ((x - 1) / x)
	}
}

// The four measures near to ERR of Azzopardi and others (2021), by the number
// of their equation there. The reader stops at an item with the chance of its
// gain; else goes on up to rank k (8), with the chance rank/(rank+1) up to rank
// k (9), with the chance p (10), or as in INSQ (11).

// NERR8 goes on up to rank k.
func NERR8(k int) Continue {
	return func(rank int, gain, _ float64) float64 {
		if rank >= k {
			return 0
		}
		return 1 - gain
	}
}

// NERR9 goes on with the chance rank/(rank+1) up to rank k.
func NERR9(k int) Continue {
	return func(rank int, gain, _ float64) float64 {
		if rank >= k {
			return 0
		}
		return float64(rank) / float64(rank+1) * (1 - gain)
	}
}

// NERR10 goes on with the chance p.
func NERR10(p float64) Continue {
	return func(_ int, gain, _ float64) float64 { return p * (1 - gain) }
}

// NERR11 goes on as INSQ does.
func NERR11(target float64) Continue {
	insq := INSQ(target)
	return func(rank int, gain, gained float64) float64 { return insq(rank, gain, gained) * (1 - gain) }
}
