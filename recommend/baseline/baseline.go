package baseline

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// Random lists rows by chance.
type Random struct {
	n    int
	seed uint64
}

// NewRandom ranks n rows. Equal seeds give equal lists.
func NewRandom(n int, seed uint64) *Random { return &Random{n, seed} }

// Rank draws k different rows other than row, or all others when they are
// fewer. The draw depends on seed and row alone, and a shorter list is the
// start of a longer one.
func (r *Random) Rank(row, k int) []int {
	k = min(k, r.n-1)
	rng := rand.New(rand.NewPCG(r.seed, uint64(row)))
	// The first k steps of a shuffle of the other rows, of which only the
	// places that were touched are kept.
	moved := make(map[int]int, 2*k)
	at := func(i int) int {
		if v, ok := moved[i]; ok {
			return v
		}
		return i
	}
	list := make([]int, k)
	for i := range list {
		j := i + rng.IntN(r.n-1-i)
		other := at(j)
		moved[j] = at(i)
		if other >= row {
			other++ // the row itself is no place
		}
		list[i] = other
	}
	return list
}

// Popular lists the rows with the highest counts, the same for every row.
type Popular struct{ order []int }

// NewPopular ranks the rows by counts[row], whatever it counts. A row that
// counts 0 is listed like the others, last.
func NewPopular(counts []int) *Popular {
	order := make([]int, len(counts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(counts[b], counts[a]) })
	return &Popular{order}
}

// Rank is the k most popular rows other than row.
func (p *Popular) Rank(row, k int) []int {
	list := make([]int, 0, min(k, len(p.order)))
	for _, other := range p.order {
		if len(list) == k {
			break
		}
		if other != row {
			list = append(list, other)
		}
	}
	return list
}
