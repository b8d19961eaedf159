package baseline_test

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/recommend/baseline"
)

// By hand, with shrink 1: rows 0 and 1 share sessions of weight 1 and ½, row 0 is in
// 1.5, row 1 in 2.5, row 2 in 0.5 with 0.
//
//	cosine(0, 1) = 1.5/(√(1.5·2.5) + 1) = .511
//	cosine(0, 2) = 0.5/(√(1.5·0.5) + 1) = .268
func TestTogetherByHand(t *testing.T) {
	sessions := [][]int32{{0, 1, 0}, {2, 1, 0}, {1}, {3}}
	together := baseline.NewTogether(4, sessions, []float64{1, 0.5, 1, 1}, 1)
	check := func(row, k int, want ...int) {
		t.Helper()
		if got := together.Rank(row, k); !slices.Equal(got, want) {
			t.Errorf("row %d, k %d: got %v, want %v", row, k, got, want)
		}
	}
	check(0, 9, 1, 2)
	check(0, 1, 1)
	check(2, 9, 0, 1) // .268 and .5/(√(2.5·.5) + 1) = .236
	check(3, 9)
	check(0, 9, 1, 2) // asked again
}

func TestTogetherIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const n = 6
		sessions := rapid.SliceOfN(rapid.SliceOfN(rapid.Int32Range(0, n-1), 1, 5), 0, 12).Draw(t, "sessions")
		weight := rapid.SliceOfN(rapid.SampledFrom([]float64{1, 0.5, 0.25}), len(sessions), len(sessions)).Draw(t, "weights")
		shrink := rapid.SampledFrom([]float64{0, 1, 10}).Draw(t, "shrink")
		sum := func(rows ...int32) (total float64) {
			for s, session := range sessions {
				if !slices.ContainsFunc(rows, func(row int32) bool { return !slices.Contains(session, row) }) {
					total += weight[s]
				}
			}
			return total
		}
		together := baseline.NewTogether(n, sessions, weight, shrink)
		for row := range int32(n) {
			var want []int
			cosine := map[int]float64{}
			for other := range int32(n) {
				if both := sum(row, other); other != row && both > 0 {
					want = append(want, int(other))
					cosine[int(other)] = both / (math.Sqrt(sum(row)*sum(other)) + shrink)
				}
			}
			slices.SortStableFunc(want, func(a, b int) int { return cmp.Compare(cosine[b], cosine[a]) })
			if got := together.Rank(int(row), n); !slices.Equal(got, want) {
				t.Fatalf("row %d: got %v, want %v by %v", row, got, want, cosine)
			}
		}
	})
}

func TestFollowed(t *testing.T) {
	f := baseline.NewFollowed([]int32{0, 0, 0, 0, 0, 1, 2}, []int32{3, 2, 1, 2, 1, 0, 2})
	for row, want := range [][]int{{1, 2, 3}, {0}, {}, {}} {
		if got := f.Rank(row, 9); !slices.Equal(got, want) {
			t.Errorf("row %d: got %v, want %v", row, got, want)
		}
	}
	if got := f.Rank(0, 1); !slices.Equal(got, []int{1}) {
		t.Errorf("the first: got %v, want 1", got)
	}
}

// Three rows of three terms: term 0 in rows 0 and 1, term 1 in all, term 2 in rows 0
// and 2. By the formula, with lengths 3, 4 and 2 and mean length 3:
//
//	idf of terms 0 and 2: ln(1 + 1.5/2.5) = .47; of term 1: ln(1 + .5/3.5) = .13
//	row 1 for row 0: .47·1·2.2/(1 + 1.2·(.25 + .75·4/3)) + .13·3·2.2/(3 + 1.5) = .414 + .196
//	row 2 for row 0: .47·1·2.2/(1 + 1.2·(.25 + .75·2/3)) + .13·1·2.2/(1 + .9)  = .544 + .155
func TestBM25ByHand(t *testing.T) {
	bm25 := baseline.NewBM25(sparse(3, [][]float32{{1, 1, 1}, {1, 3, 0}, {0, 1, 1}}))
	check := func(row, k int, want ...int) {
		t.Helper()
		if got := bm25.Rank(row, k); !slices.Equal(got, want) {
			t.Errorf("row %d, k %d: got %v, want %v", row, k, got, want)
		}
	}
	check(0, 9, 2, 1)
	check(0, 1, 2)
	check(1, 9, 0, 2) // row 0 holds both of its terms
	if got := baseline.NewBM25(sparse(2, [][]float32{{0, 0}, {0, 0}})).Rank(0, 3); len(got) != 0 {
		t.Errorf("rows without terms: got %v", got)
	}
}

// The lists are what scoring every row by the formula gives, of the 25 most telling
// terms.
func TestBM25IsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms, n := rapid.IntRange(1, 40).Draw(t, "terms"), rapid.IntRange(1, 10).Draw(t, "n")
		columns := make([][]float32, n)
		holds, length, total := make([]float64, terms), make([]float64, n), 0.0
		for i := range columns {
			columns[i] = rapid.SliceOfN(rapid.SampledFrom([]float32{0, 0, 1, 2, 3, 5}), terms, terms).Draw(t, "column")
			for term, c := range columns[i] {
				if c > 0 {
					holds[term]++
				}
				length[i] += float64(c)
			}
			total += length[i]
		}
		idf := func(term int) float64 {
			return math.Log(1 + (float64(n)-holds[term]+0.5)/(holds[term]+0.5))
		}
		bm25 := baseline.NewBM25(sparse(terms, columns))
		for row := range columns {
			var query []int
			for term, c := range columns[row] {
				if c > 0 {
					query = append(query, term)
				}
			}
			slices.SortStableFunc(query, func(a, b int) int {
				return cmp.Compare(float64(columns[row][b])*idf(b), float64(columns[row][a])*idf(a))
			})
			score := make([]float64, n)
			for other := range columns {
				for _, term := range query[:min(25, len(query))] {
					if c := float64(columns[other][term]); c > 0 {
						score[other] += idf(term) * c * 2.2 / (c + 1.2*(0.25+0.75*length[other]*float64(n)/total))
					}
				}
			}
			last := math.Inf(1)
			got := bm25.Rank(row, n)
			for _, other := range got {
				if other == row || score[other] <= 0 || score[other] > last+1e-5 {
					t.Fatalf("row %d: %v by scores %v", row, got, score)
				}
				last = score[other]
			}
			for other, s := range score {
				if other != row && s > 0 && !slices.Contains(got, other) {
					t.Fatalf("row %d: %v leaves out %d of score %v", row, got, other, s)
				}
			}
		}
	})
}
