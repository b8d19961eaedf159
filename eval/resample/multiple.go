package resample

import (
	"cmp"
	"slices"
)

// Bonferroni adjusts p-values for all claims together: min(1, n·p).
func Bonferroni(p []float64) []float64 {
	adjusted := make([]float64, len(p))
	for i, v := range p {
		adjusted[i] = min(1, float64(len(p))*v)
	}
	return adjusted
}

// Holm adjusts p-values so that claiming all those below alpha is wrong, in any
// of them, with a chance of at most alpha: the i-th smallest of n is multiplied
// by n−i+1, and none is smaller than one before it.
//
// Holm (1979).
func Holm(p []float64) []float64 {
	adjusted := make([]float64, len(p))
	highest := 0.0
	for i, at := range ascending(p) {
		highest = max(highest, min(1, float64(len(p)-i)*p[at]))
		adjusted[at] = highest
	}
	return adjusted
}

// BenjaminiHochberg adjusts p-values so that, of those below alpha, a share of at
// most alpha are wrong on average: the i-th smallest of n is multiplied by n/i,
// and none is larger than one after it. For a search over slices.
//
// Benjamini and Hochberg (1995).
func BenjaminiHochberg(p []float64) []float64 {
	adjusted := make([]float64, len(p))
	lowest := 1.0
	order := ascending(p)
	for i := len(order) - 1; i >= 0; i-- {
		lowest = min(lowest, p[order[i]]*float64(len(p))/float64(i+1))
		adjusted[order[i]] = lowest
	}
	return adjusted
}

// ascending are the places of p by its values; equal values keep their order.
func ascending(p []float64) []int {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	return order
}
