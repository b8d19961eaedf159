package estimate

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// ClicksVariance is c in the relations below for rankings near the one that
// readers see: (SE of the relative difference)² = c/clicks, with the clicks
// collected on lists drawn at random. Over simulated sites it was 0.4 to 0.5; it is 2 for each
// half of a live A/B test.
const ClicksVariance = 0.5

// HalfWidth is half of the interval of 95 % for the relative difference after so
// many clicks on lists drawn at random: 1.96·√(c/clicks).
func HalfWidth(clicks, c float64) float64 {
	return distuv.UnitNormal.Quantile(0.975) * math.Sqrt(c/clicks)
}

// ClicksForWidth is how many clicks on lists drawn at random give an interval of
// 95 % for the relative difference of ± half (0.03 is 3 %):
//
//	c·(1.96/half)²
func ClicksForWidth(half, c float64) float64 {
	z := distuv.UnitNormal.Quantile(0.975)
	return c * z * z / (half * half)
}

// ClicksForMargin is how many clicks on lists drawn at random let a candidate whose true
// relative difference is truth pass a test of non-inferiority with a relative
// margin, one-sided level alpha, in power of all logs:
//
//	c·((z(1−alpha) + z(power)) / (margin + truth))²
//
// It is +Inf if the candidate is worse than the margin.
func ClicksForMargin(margin, truth, alpha, power, c float64) float64 {
	return c * unitsFor(margin+truth, alpha, power)
}

// ClustersForMargin is the same for clusters whose influences have the standard
// deviation sd (SE·√Clusters of a Result), margin and truth in the unit of sd. It
// uses Student's t, and is at least 2.
func ClustersForMargin(margin, truth, sd, alpha, power float64) float64 {
	n := math.Ceil(max(2, sd*sd*unitsFor(margin+truth, alpha, power)))
	for !math.IsInf(n, 0) {
		t := distuv.StudentsT{Sigma: 1, Nu: n - 1}
		if q := (t.Quantile(1-alpha) + t.Quantile(power)) * sd / (margin + truth); q*q <= n {
			break
		}
		n++ // few steps: t asks for two or three clusters more than z
	}
	return n
}

// unitsFor is ((z(1−alpha) + z(power))/gap)², +Inf for no gap.
func unitsFor(gap, alpha, power float64) float64 {
	if gap <= 0 {
		return math.Inf(1)
	}
	z := distuv.UnitNormal.Quantile(1-alpha) + distuv.UnitNormal.Quantile(power)
	return z * z / (gap * gap)
}

// DataNeeded is how many times as much data as lies behind the difference r lets a
// candidate that is truly as good pass with the margin (in the unit of r, > 0),
// one-sided level alpha, in power of all logs. It is +Inf if r knows no standard
// error.
func (r Result) DataNeeded(margin, alpha, power float64) float64 {
	if r.SE == 0 {
		return 0
	}
	return r.SE * r.SE * unitsFor(margin, alpha, power)
}

// PowerAt is the share of logs like that behind r in which a candidate whose true
// difference is truth would pass with the margin, one-sided level alpha.
func (r Result) PowerAt(margin, truth, alpha float64) float64 {
	switch {
	case math.IsInf(r.SE, 0) || math.IsNaN(r.SE) || r.Clusters < 2:
		return 0
	case r.SE == 0:
		if margin+truth > 0 {
			return 1
		}
		return 0
	}
	t := distuv.StudentsT{Sigma: 1, Nu: float64(r.Clusters - 1)}
	return t.CDF((margin+truth)/r.SE - t.Quantile(1-alpha))
}

// GuardrailPower is the power that each of several gates must be planned with so
// that a good candidate passes all of them in at least power of all logs:
// 1 − (1−power)/gates.
func GuardrailPower(power float64, gates int) float64 {
	return 1 - (1-power)/float64(gates)
}
