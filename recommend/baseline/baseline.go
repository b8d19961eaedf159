package baseline

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/alsolike/alsolike/embed"
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

// TFIDF lists the rows whose weighted terms are most alike by cosine, exactly.
type TFIDF struct {
	docs  *embed.Sparse
	terms *embed.Sparse // its transpose: for every term the rows that hold it
}

// NewTFIDF ranks the columns of weighted (terms × rows), which must have length
// 1 or, for a row without terms, 0. It keeps weighted and makes an index of the
// same size.
func NewTFIDF(weighted *embed.Sparse) *TFIDF { return &TFIDF{weighted, weighted.Transposed()} }

// Rank is the k rows of the highest cosine with row; rows that share no term
// with it are not listed. Time O(Σ over row's terms of the rows that hold the
// term).
func (t *TFIDF) Rank(row, k int) []int {
	cosine := make([]float64, t.docs.Cols)
	terms, weights := t.docs.Col(row)
	for i, term := range terms {
		rows, others := t.terms.Col(int(term))
		for j, other := range rows {
			cosine[other] += float64(weights[i]) * float64(others[j]) // exact in float64: no rounding to be fused
		}
	}
	cosine[row] = 0
	return top(cosine, k)
}

// top is the k rows of the highest positive score, best first.
func top(score []float64, k int) []int {
	var list []int // ordered, at most k
	for row, s := range score {
		if s <= 0 || k == 0 || len(list) == k && s <= score[list[k-1]] {
			continue
		}
		at, _ := slices.BinarySearchFunc(list, s, func(other int, s float64) int {
			if score[other] >= s { // of equals the smaller row, seen first, stays first
				return -1
			}
			return 1
		})
		if len(list) == k {
			list = list[:k-1]
		}
		list = slices.Insert(list, at, row)
	}
	return list
}
