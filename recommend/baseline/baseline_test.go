package baseline_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/baseline"
)

func TestPopular(t *testing.T) {
	p := baseline.NewPopular([]int{1, 7, 0, 7})
	check := func(name string, got []int, want ...int) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	check("equals by row, zero last", p.Rank(0, 9), 1, 3, 2)
	check("without itself", p.Rank(1, 2), 3, 0)
	check("none wanted", p.Rank(1, 0))
	check("alone", baseline.NewPopular([]int{5}).Rank(0, 3))
}

func TestRandomProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "n")
		row := rapid.IntRange(0, n-1).Draw(t, "row")
		k := rapid.IntRange(0, 70).Draw(t, "k")
		r := baseline.NewRandom(n, rapid.Uint64().Draw(t, "seed"))
		list := r.Rank(row, k)
		if len(list) != min(k, n-1) {
			t.Fatalf("got %d rows of %d, want %d", len(list), n, min(k, n-1))
		}
		seen := map[int]bool{row: true}
		for _, other := range list {
			if other < 0 || other >= n || seen[other] {
				t.Fatalf("row %d of %d: %v holds %d twice, itself or outside", row, n, list, other)
			}
			seen[other] = true
		}
		if !slices.Equal(list, r.Rank(row, k)) || !slices.Equal(list, r.Rank(row, k+5)[:len(list)]) {
			t.Fatal("a second draw differs")
		}
	})
}

// Every other row must come up equally often in every place.
func TestRandomIsUniform(t *testing.T) {
	const n, k, draws = 6, 3, 30_000
	var at [k][n]int
	for seed := range uint64(draws) {
		for i, other := range baseline.NewRandom(n, seed).Rank(2, k) {
			at[i][other]++
		}
	}
	for i := range at {
		for row, got := range at[i] {
			want := draws / (n - 1)
			if row == 2 {
				want = 0
			}
			if math.Abs(float64(got-want)) > 5*math.Sqrt(float64(want)) {
				t.Errorf("place %d: row %d came up %d times, want about %d", i, row, got, want)
			}
		}
	}
}

// sparse makes a matrix of the given columns.
func sparse(terms int, columns [][]float32) *embed.Sparse {
	s := &embed.Sparse{Rows: terms, Cols: len(columns), Ptr: []int{0}}
	for _, c := range columns {
		for term, v := range c {
			if v != 0 {
				s.Index, s.Value = append(s.Index, uint32(term)), append(s.Value, v)
			}
		}
		s.Ptr = append(s.Ptr, len(s.Index))
	}
	return s
}

func TestTFIDFByHand(t *testing.T) {
	tfidf := baseline.NewTFIDF(sparse(3, [][]float32{
		{1, 0, 0},
		{0.6, 0.8, 0},
		{0.8, 0.6, 0},
		{0, 0, 1},
		{0, 0, 0},
		{0.6, 0.8, 0},
	}))
	check := func(row, k int, want ...int) {
		t.Helper()
		if got := tfidf.Rank(row, k); !slices.Equal(got, want) {
			t.Errorf("row %d, k %d: got %v, want %v", row, k, got, want)
		}
	}
	check(0, 9, 2, 1, 5)
	check(0, 2, 2, 1)
	check(1, 9, 5, 2, 0)
	check(3, 9) // nobody shares its term
	check(4, 9) // no terms at all
	check(1, 0)
}

// The index must give what comparing every pair gives.
func TestTFIDFIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms, n := rapid.IntRange(1, 12).Draw(t, "terms"), rapid.IntRange(1, 25).Draw(t, "n")
		columns := make([][]float32, n)
		for i := range columns {
			columns[i] = rapid.SliceOfN(rapid.SampledFrom([]float32{0, 0, 0, 0.25, 0.5}), terms, terms).Draw(t, "column")
		}
		tfidf := baseline.NewTFIDF(sparse(terms, columns))
		k := rapid.IntRange(0, 30).Draw(t, "k")
		for row := range columns {
			score := make([]float64, n)
			var want []int
			for other := range columns {
				for i, v := range columns[row] {
					score[other] += float64(v) * float64(columns[other][i])
				}
				if other != row && score[other] > 0 {
					want = append(want, other)
				}
			}
			slices.SortStableFunc(want, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
			if got := tfidf.Rank(row, k); !slices.Equal(got, want[:min(k, len(want))]) {
				t.Fatalf("row %d: got %v, want the first %d of %v", row, got, k, want)
			}
		}
	})
}

func ExamplePopular() {
	reads := []int{3, 10, 5} // of each article
	fmt.Println(baseline.NewPopular(reads).Rank(1, 2))
	// Output: [2 0]
}
