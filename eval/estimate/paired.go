package estimate

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// PValue is the two-sided p-value of Student's t against "the truth is 0".
func (r Result) PValue() float64 {
	return min(1, 2*min(r.PAbove(0), Result{Value: -r.Value, SE: r.SE, Clusters: r.Clusters}.PAbove(0)))
}

// Wilcoxon is the signed rank test of differences d, those of 0 left out: W is the
// smaller of the rank sums of positive and negative differences, p the two-sided
// p-value by the normal approximation with the correction for ties, without one for
// continuity.
//
// Wilcoxon (1945).
func Wilcoxon(d []float64) (w, p float64) {
	var sizes []float64
	var signs []float64
	for _, v := range d {
		if v != 0 {
			sizes, signs = append(sizes, math.Abs(v)), append(signs, sign(v))
		}
	}
	n := float64(len(sizes))
	if n == 0 {
		return 0, 1
	}
	up, down, variance := 0.0, 0.0, 0.0
	for i, r := range ranks(sizes) {
		if signs[i] > 0 {
			up += r
		} else {
			down += r
		}
		variance += r * r / 4
	}
	w = min(up, down)
	return w, math.Min(1, 2*distuv.UnitNormal.CDF((w-n*(n+1)/4)/math.Sqrt(variance)))
}

// SignTest is the exact two-sided p-value of as many, or as few, positive
// differences among those that are not 0, if both signs were equally likely.
func SignTest(d []float64) float64 {
	up, n := 0.0, 0.0
	for _, v := range d {
		if v != 0 {
			n++
		}
		if v > 0 {
			up++
		}
	}
	fewer := min(up, n-up)
	return math.Min(1, 2*distuv.Binomial{N: n, P: 0.5}.CDF(fewer))
}
