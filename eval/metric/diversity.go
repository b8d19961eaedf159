package metric

import (
	"cmp"
	"math"
)

// ILD is the diversity within a list of n items: the mean of distance over all
// pairs of them. A list under two items has none, and ILD is NaN: such lists are
// to be left out and counted.
func ILD(n int, distance func(i, j int) float64) float64 {
	distances := make([]float64, 0, n*max(n-1, 0)/2)
	for i := range n {
		for j := i + 1; j < n; j++ {
			distances = append(distances, distance(i, j))
		}
	}
	return sum(distances) / float64(len(distances))
}

// ILDOfUnits is ILD with distance 1 − cosine, of n vectors of length 1 of which
// total is the sum:
//
//	ILD = 1 − (|Σ u|² − n) / (n(n−1))
//
// which takes n·dim steps where the pairs would take n²·dim/2.
func ILDOfUnits(total []float64, n int) float64 {
	squares := 0.0
	for _, v := range total {
		squares += v * v
	}
	return 1 - (squares-float64(n))/float64(n*(n-1))
}

// CosineDistance is 1 − a·b/(|a||b|), 0 to 2. A vector of length 0 points nowhere
// and is at distance 1 from all.
func CosineDistance(a, b []float64) float64 {
	dot, aa, bb := 0.0, 0.0, 0.0
	for i := range a {
		dot += a[i] * b[i]
		aa += a[i] * a[i]
		bb += b[i] * b[i]
	}
	if aa == 0 || bb == 0 {
		return 1
	}
	return 1 - dot/math.Sqrt(aa*bb)
}

// JaccardDistance is 1 − |a∩b|/|a∪b| of two ascending sets, such as the tags of
// two articles; two empty sets are at distance 0.
func JaccardDistance[T cmp.Ordered](a, b []T) float64 {
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch cmp.Compare(a[i], b[j]) {
		case -1:
			i++
		case 1:
			j++
		default:
			both, i, j = both+1, i+1, j+1
		}
	}
	union := len(a) + len(b) - both
	if union == 0 {
		return 0
	}
	return 1 - float64(both)/float64(union)
}
