package knn

import (
	"slices"

	"github.com/alsolike/alsolike/embed"
)

// Search finds the k rows of v nearest to query among those that keep lets
// pass (nil: all), as far as their cosines are above zero, best first and of
// equal ones the smaller row. keep is asked only for rows near enough to be
// listed. query has length 1, or is zero and has no neighbours.
//
// Time O(n·dim), no memory that grows with n.
func Search(v embed.Dense, query []float32, k int, keep func(row int) bool) []Neighbour {
	if len(query) != v.Dim {
		panic("knn: length mismatch")
	}
	if k <= 0 {
		return nil
	}
	var list []Neighbour
	take := func(row int, cosine float32) {
		if cosine >= lowest(list, k) && (keep == nil || keep(row)) {
			list = push(list, k, Neighbour{int32(row), min(cosine, 1)}, nil)
		}
	}
	row := 0
	for ; row+4 <= v.Rows; row += 4 {
		for i, c := range cosines4(query, v.Row(row), v.Row(row+1), v.Row(row+2), v.Row(row+3)) {
			take(row+i, c)
		}
	}
	for ; row < v.Rows; row++ {
		take(row, Cosine(query, v.Row(row)))
	}
	slices.SortFunc(list, func(a, b Neighbour) int { return compare(a, b, nil) })
	return list
}

// Cosine is the cosine of the angle between x and y, both of length 1 or zero,
// in [-1, 1], with the rounding of All.
func Cosine(x, y []float32) float32 {
	if len(x) != len(y) {
		panic("knn: length mismatch")
	}
	var sum float32
	for i, a := range x {
		sum += float32(a * y[i])
	}
	return max(-1, min(sum, 1))
}

// cosines4 is the products of x with four rows, each the same sum as Cosine's.
// A sum waits for each addition before the next; four of them side by side do
// not wait for one another.
func cosines4(x, y0, y1, y2, y3 []float32) [4]float32 {
	y0, y1, y2, y3 = y0[:len(x)], y1[:len(x)], y2[:len(x)], y3[:len(x)]
	var s0, s1, s2, s3 float32
	for i, a := range x {
		s0 += float32(a * y0[i])
		s1 += float32(a * y1[i])
		s2 += float32(a * y2[i])
		s3 += float32(a * y3[i])
	}
	return [4]float32{s0, s1, s2, s3}
}

// Cosines sets out[i] to the cosine of query and row i of v, with the rounding
// of All. query and the rows have length 1 or are zero; out has a place for
// every row.
func Cosines(v embed.Dense, query, out []float32) {
	if len(query) != v.Dim || len(out) != v.Rows {
		panic("knn: length mismatch")
	}
	row := 0
	for ; row+4 <= v.Rows; row += 4 {
		for i, c := range cosines4(query, v.Row(row), v.Row(row+1), v.Row(row+2), v.Row(row+3)) {
			out[row+i] = max(-1, min(c, 1))
		}
	}
	for ; row < v.Rows; row++ {
		out[row] = Cosine(query, v.Row(row))
	}
}
