package knn

import (
	"cmp"
	"math"
	"slices"
)

// compare orders neighbours, better ones first: by cosine, largest first, then
// by rank (nil: none), then by row.
func compare(a, b Neighbour, rank []uint32) int {
	if c := cmp.Compare(b.Cosine, a.Cosine); c != 0 {
		return c
	}
	if rank != nil {
		if c := cmp.Compare(rank[a.Row], rank[b.Row]); c != 0 {
			return c
		}
	}
	return cmp.Compare(a.Row, b.Row)
}

// worse reports whether compare orders a after b.
func worse(a, b Neighbour, rank []uint32) bool {
	if a.Cosine != b.Cosine {
		return a.Cosine < b.Cosine
	}
	return compare(a, b, rank) > 0
}

// lowest is the least cosine with which a row may still get into the heap h of
// at most k neighbours.
func lowest(h []Neighbour, k int) float32 {
	if len(h) < k {
		return math.SmallestNonzeroFloat32
	}
	return h[0].Cosine
}

// push adds n to h, which has room for k neighbours and is a heap with the
// worst at its root; of k+1 neighbours the worst falls out.
func push(h []Neighbour, k int, n Neighbour, rank []uint32) []Neighbour {
	if len(h) < k {
		h = append(h, n)
		for i := len(h) - 1; i > 0; {
			parent := (i - 1) / 2
			if !worse(n, h[parent], rank) {
				break
			}
			h[parent], h[i] = n, h[parent]
			i = parent
		}
		return h
	}
	if worse(n, h[0], rank) {
		return h
	}
	h[0] = n
	sink(h, 0, rank)
	return h
}

// sink restores the heap h after the neighbour at i has become a better one.
func sink(h []Neighbour, i int, rank []uint32) {
	n := h[i]
	for {
		child := 2*i + 1
		if child >= len(h) {
			break
		}
		if child+1 < len(h) && worse(h[child+1], h[child], rank) {
			child++
		}
		if !worse(h[child], n, rank) {
			break
		}
		h[i] = h[child]
		i = child
	}
	h[i] = n
}

// take puts n into the list of row, which is a heap until all is done, if it is good
// enough, and returns the least cosine that the list takes now.
func (s *search) take(row int32, n Neighbour) float32 {
	list := s.lists.Row(int(row))
	if len(list) == s.K && worse(n, list[0], s.Rank) || s.Allowed != nil && !s.Allowed(int(row), int(n.Row)) {
		return s.lists.lowest(int(row))
	}
	if i := s.sameClass(list, n.Row); i < 0 {
		list = s.lists.Data[int(row)*s.K : (int(row)+1)*s.K]
		s.lists.Len[row] = int32(len(push(list[:s.lists.Len[row]], s.K, n, s.Rank)))
	} else if worse(list[i], n, s.Rank) {
		list[i] = n
		sink(list, i, s.Rank)
	}
	return s.lists.lowest(int(row))
}

// sameClass is the place in list of the row that is of the class of row, or -1.
func (s *search) sameClass(list []Neighbour, row int32) int {
	if s.Class == nil {
		return -1
	}
	return slices.IndexFunc(list, func(n Neighbour) bool { return s.Class[n.Row] == s.Class[row] })
}

// lowest is the least cosine with which a row may get into the list of row i, a heap.
func (l Lists) lowest(i int) float32 { return lowest(l.Row(i), l.K) }
