package estimate

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Proportion is r with an interval that stays within [0, 1], for a mean of values
// from 0 to 1: that of Wilson with the effective sample size n = v(1−v)/SE² and
// Student's t. Near 0 and 1, and for few clusters, Value ± t·SE would leave the
// range, or have no width where all clusters agree: then n is the number of
// clusters.
//
// Wilson (1927); for clusters: Franco, Little, Louis, Slud (2019).
func (r Result) Proportion() Result {
	if r.Clusters < 2 || math.IsNaN(r.Value) {
		return r.Bounded(0, 1)
	}
	v := min(max(r.Value, 0), 1)
	n := v * (1 - v) / (r.SE * r.SE)
	if r.SE == 0 || n == 0 {
		n = float64(r.Clusters)
	}
	t := distuv.StudentsT{Sigma: 1, Nu: float64(r.Clusters - 1)}.Quantile(0.975)
	r.Low, r.High = wilson(v, n, t)
	return r
}

// Bounded is r with the ends of its interval brought into [low, high], which
// every possible value lies in. Bounds at an alpha below 0.025 may still leave it.
func (r Result) Bounded(low, high float64) Result {
	if !math.IsNaN(r.Value) {
		r.Low, r.High = max(r.Low, low), min(r.High, high)
	}
	return r
}

// Wilson is the score interval, each end of which is wrong in alpha of all
// samples, for the chance of success after hits in n independent trials. For
// trials that are not independent see Result.Proportion.
func Wilson(hits, n, alpha float64) (low, high float64) {
	return wilson(hits/n, n, distuv.UnitNormal.Quantile(1-alpha))
}

func wilson(p, n, z float64) (low, high float64) {
	middle := p + z*z/(2*n)
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	below := 1 + z*z/n
	return min(p, max(0, (middle-half)/below)), max(p, min(1, (middle+half)/below))
}

// ClopperPearson is the exact interval for the same: each end is wrong in at most
// alpha of all samples. It is wider than Wilson's.
//
// Clopper and Pearson (1934).
func ClopperPearson(hits, n, alpha float64) (low, high float64) {
	low, high = 0, 1
	if hits > 0 {
		low = distuv.Beta{Alpha: hits, Beta: n - hits + 1}.Quantile(alpha)
	}
	if hits < n {
		high = distuv.Beta{Alpha: hits + 1, Beta: n - hits}.Quantile(1 - alpha)
	}
	return low, high
}

// SampleRatio is the chi-square test of counts against the planned shares, which
// are scaled to sum 1: was the split of readers done as planned? A p below 0.001
// says no, and nothing that compares the parts can be trusted. Parts that were
// planned as 0 but have counts give p = 0.
func SampleRatio(counts, planned []float64) (chiSquare, p float64) {
	if len(counts) != len(planned) {
		panic("estimate: length mismatch")
	}
	total, shares := Sum(counts), Sum(planned)
	var terms []float64
	for i, n := range counts {
		expected := total * planned[i] / shares
		if expected == 0 {
			if n > 0 {
				return math.Inf(1), 0
			}
			continue
		}
		terms = append(terms, (n-expected)*(n-expected)/expected)
	}
	if len(terms) < 2 {
		return 0, 1
	}
	chiSquare = Sum(terms)
	return chiSquare, distuv.ChiSquared{K: float64(len(terms) - 1)}.Survival(chiSquare)
}
