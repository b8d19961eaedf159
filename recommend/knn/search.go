package knn

import (
	"slices"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
)

// searchBlock is how many rows Search multiplies at a time.
const searchBlock = 512

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
	var (
		list    []Neighbour
		cosines [searchBlock]float32
		near    [searchBlock]int32
	)
	for lo := 0; lo < v.Rows; lo += searchBlock {
		hi := min(lo+searchBlock, v.Rows)
		vec.Dots(cosines[:hi-lo], query, v.Data[lo*v.Dim:hi*v.Dim])
		for _, i := range near[:vec.AtLeast(near[:], cosines[:hi-lo], lowest(list, k))] {
			row, cosine := int32(lo)+i, min(cosines[i], 1)
			if cosine >= lowest(list, k) && (keep == nil || keep(int(row))) {
				list = push(list, k, Neighbour{row, cosine}, nil)
			}
		}
	}
	slices.SortFunc(list, func(a, b Neighbour) int { return compare(a, b, nil) })
	return list
}

// Cosine is the cosine of the angle between x and y, both of length 1 or zero,
// in [-1, 1], to the bit that of All.
func Cosine(x, y []float32) float32 {
	return max(-1, min(vec.Dot(x, y), 1))
}
