package baseline

import (
	"cmp"
	"slices"
)

// Followed lists the rows that readers of a row went on to most often.
type Followed struct{ of map[int32][]int }

// NewFollowed ranks by how often each pair of from[i] and to[i] comes up.
func NewFollowed(from, to []int32) *Followed {
	type link struct{ from, to int32 }
	counts := map[link]int{}
	for i := range from {
		if from[i] != to[i] {
			counts[link{from[i], to[i]}]++
		}
	}
	f := &Followed{of: map[int32][]int{}}
	for l := range counts {
		f.of[l.from] = append(f.of[l.from], int(l.to))
	}
	for row, others := range f.of {
		slices.SortFunc(others, func(a, b int) int {
			return cmp.Or(cmp.Compare(counts[link{row, int32(b)}], counts[link{row, int32(a)}]), cmp.Compare(a, b))
		})
	}
	return f
}

// Rank is the at most k rows that readers of row went on to most often; of equals
// the smaller comes first.
func (f *Followed) Rank(row, k int) []int {
	others := f.of[int32(row)]
	return slices.Clone(others[:min(k, len(others))])
}
