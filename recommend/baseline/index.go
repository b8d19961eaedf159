package baseline

import (
	"cmp"
	"slices"
	"sync"

	"github.com/alsolike/alsolike/embed"
)

// An index finds the rows of the highest products with a query,
//
//	score(row) = Σ_t query_t · weight_t(row),  all of them 0 or more
//
// It adds up the scores of all rows, term by term. To stop where the terms left over
// cannot change the list, as MaxScore does (Turtle and Flood 1995), takes two to four
// times as long for the queries here, which are whole texts: the best rows are hardly
// ahead before most terms are added.
type index struct {
	docs  *embed.Sparse // terms × rows
	terms *embed.Sparse // its transpose: for every term the rows that hold it
	rooms sync.Pool     // of *room
}

// A room is where one query is worked out.
type room struct {
	score []float64 // by row, 0 between queries
	best  []float64 // for kth
}

func newIndex(docs *embed.Sparse) *index {
	x := &index{docs: docs, terms: docs.Transposed()}
	x.rooms.New = func() any { return &room{score: make([]float64, docs.Cols)} }
	return x
}

// top is the k rows other than row with the highest positive scores, best first; of
// equals the smaller comes first. Terms and query are of the same length. It is safe
// for use by several goroutines.
func (x *index) top(row int, terms []uint32, query []float32, k int) []int {
	if k == 0 {
		return nil
	}
	r := x.rooms.Get().(*room)
	defer x.rooms.Put(r)
	for i, term := range terms {
		q := float64(query[i])
		rows, weights := x.terms.Col(int(term))
		weights = weights[:len(rows)] // so that no bounds are checked below
		for j, other := range rows {
			r.score[other] += q * float64(weights[j])
		}
	}
	r.score[row] = 0
	limit := r.kth(k)
	var list []int
	for other, s := range r.score {
		if s > 0 && s >= limit {
			list = append(list, other)
		}
	}
	slices.SortFunc(list, func(a, b int) int { return cmp.Or(cmp.Compare(r.score[b], r.score[a]), cmp.Compare(a, b)) })
	clear(r.score)
	return list[:min(k, len(list))]
}

// kth is the k-th highest positive score; 0 if they are fewer.
func (r *room) kth(k int) float64 {
	r.best = r.best[:0] // a heap of the k highest, the lowest of them first
	for _, s := range r.score {
		if s <= 0 || len(r.best) == k && s <= r.best[0] {
			continue
		}
		if len(r.best) < k {
			r.best = append(r.best, s)
			for i := len(r.best) - 1; i > 0 && r.best[i] < r.best[(i-1)/2]; i = (i - 1) / 2 {
				r.best[i], r.best[(i-1)/2] = r.best[(i-1)/2], r.best[i]
			}
			continue
		}
		r.best[0] = s
		for i := 0; ; {
			least := i
			for _, child := range []int{2*i + 1, 2*i + 2} {
				if child < k && r.best[child] < r.best[least] {
					least = child
				}
			}
			if least == i {
				break
			}
			r.best[i], r.best[least] = r.best[least], r.best[i]
			i = least
		}
	}
	if len(r.best) < k {
		return 0
	}
	return r.best[0]
}
