package estimate

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Kendall is the rank correlation τ-b of x and y, −1 to 1, with ties on either
// side left out of its scale; NaN if one side is all ties. Time O(n²).
func Kendall(x, y []float64) float64 {
	if len(x) != len(y) {
		panic("estimate: length mismatch")
	}
	var agree, untiedX, untiedY float64
	for i := range x {
		for j := range i {
			a, b := sign(x[i]-x[j]), sign(y[i]-y[j])
			agree += a * b
			untiedX += a * a
			untiedY += b * b
		}
	}
	return agree / math.Sqrt(untiedX*untiedY)
}

// Spearman is the correlation of the ranks of x and y, tied values sharing the
// mean of their ranks.
func Spearman(x, y []float64) float64 {
	return stat.Correlation(ranks(x), ranks(y), nil)
}

// ranks are the places of x in ascending order, from 1.
func ranks(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(sign(x[a] - x[b])) })
	rank := make([]float64, len(x))
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && x[order[to]] == x[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			rank[i] = float64(from+1+to) / 2
		}
		from = to
	}
	return rank
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}
