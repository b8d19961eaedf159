package baseline

import (
	"cmp"
	"slices"
)

// Recent lists the newest rows, of all or of the same section.
type Recent struct {
	published []int64
	of        [][]int // by section: its rows, the newest first
	section   []int   // by row; −1: none
}

// NewRecent ranks rows by published, such as seconds since 1970; rows for which
// known is false are not listed.
func NewRecent(published []int64, known []bool) *Recent {
	return NewRecentOfSection(published, known, make([]int, len(published)))
}

// NewRecentOfSection is NewRecent within the section of each row; a row of section
// −1 has no list and is in none.
func NewRecentOfSection(published []int64, known []bool, section []int) *Recent {
	r := &Recent{published: published, section: section}
	for row, s := range section {
		if s < 0 || !known[row] {
			continue
		}
		for len(r.of) <= s {
			r.of = append(r.of, nil)
		}
		r.of[s] = append(r.of[s], row)
	}
	for _, rows := range r.of {
		slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(published[b], published[a]) })
	}
	return r
}

// RankAt is the k newest rows other than row that were published at the moment at
// or before; of equals the smaller row comes first.
func (r *Recent) RankAt(row, k int, at int64) []int {
	s := r.section[row]
	if s < 0 || s >= len(r.of) {
		return nil
	}
	rows := r.of[s]
	from, _ := slices.BinarySearchFunc(rows, at, func(row int, at int64) int {
		if r.published[row] > at {
			return -1
		}
		return 1
	})
	list := make([]int, 0, min(k, len(rows)-from))
	for _, other := range rows[from:] {
		if len(list) == k {
			break
		}
		if other != row {
			list = append(list, other)
		}
	}
	return list
}
