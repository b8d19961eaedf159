package knn_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
	"github.com/alsolike/alsolike/recommend/knn"
)

// unit is n rows of length 1 around a few common directions, so that cosines
// spread as those of articles do; every 17th row is zero and every 13th a copy
// of an earlier one.
func unit(n, dim int, seed uint64) embed.Dense {
	rng := rand.New(rand.NewPCG(seed, 1))
	topics := make([][]float64, max(1, n/20))
	for t := range topics {
		topics[t] = make([]float64, dim)
		for k := range topics[t] {
			topics[t][k] = rng.NormFloat64()
		}
	}
	v := embed.Dense{Rows: n, Dim: dim, Data: make([]float32, n*dim)}
	for i := range n {
		row := v.Row(i)
		switch {
		case i%17 == 16:
			continue
		case i%13 == 12:
			copy(row, v.Row(rng.IntN(i)))
			continue
		}
		topic, sum := topics[rng.IntN(len(topics))], 0.0
		for k := range row {
			x := topic[k] + rng.NormFloat64()
			row[k] = float32(x)
			sum += x * x
		}
		for k := range row {
			row[k] /= float32(math.Sqrt(sum))
		}
	}
	return v
}

// naive is All in the plainest words: every cosine, then a sort.
func naive(v embed.Dense, o knn.Options) [][]knn.Neighbour {
	lists := make([][]knn.Neighbour, v.Rows)
	for i := range v.Rows {
		for j := range v.Rows {
			sum := vec.Dot(v.Row(i), v.Row(j))
			switch {
			case i == j, sum <= 0,
				o.Queries != nil && !slices.Contains(o.Queries, int32(i)),
				o.Group != nil && o.Match == nil && o.Group[i] != o.Group[j],
				o.Match != nil && !o.Match(o.Group[i], j),
				o.Eligible != nil && !o.Eligible[j],
				o.Allowed != nil && !o.Allowed(i, j):
			default:
				lists[i] = append(lists[i], knn.Neighbour{Row: int32(j), Cosine: min(sum, 1)})
			}
		}
		slices.SortFunc(lists[i], func(a, b knn.Neighbour) int {
			switch {
			case a.Cosine > b.Cosine:
				return -1
			case a.Cosine < b.Cosine:
				return 1
			case o.Rank != nil && o.Rank[a.Row] != o.Rank[b.Row]:
				return int(o.Rank[a.Row]) - int(o.Rank[b.Row])
			}
			return int(a.Row - b.Row)
		})
		if o.Class != nil {
			taken := map[uint32]bool{}
			lists[i] = slices.DeleteFunc(lists[i], func(n knn.Neighbour) bool {
				class := o.Class[n.Row]
				defer func() { taken[class] = true }()
				return taken[class]
			})
		}
		lists[i] = lists[i][:min(o.K, len(lists[i]))]
	}
	return lists
}

func rows(l knn.Lists) [][]knn.Neighbour {
	out := make([][]knn.Neighbour, len(l.Len))
	for i := range out {
		if l.Len[i] > 0 {
			out[i] = l.Row(i)
		}
	}
	return out
}

// filters draws options for n rows, every combination of filters.
func filters(t *rapid.T, n int) knn.Options {
	o := knn.Options{K: rapid.IntRange(1, 12).Draw(t, "k"), Workers: rapid.IntRange(1, 5).Draw(t, "workers")}
	numbers := rapid.SliceOfN(rapid.Uint32Range(0, 2), n, n)
	if rapid.Bool().Draw(t, "grouped") {
		o.Group = numbers.Draw(t, "group")
		if rapid.Bool().Draw(t, "matched") {
			o.Match = func(group uint32, to int) bool { return o.Group[to] != group && (group+uint32(to))%5 != 0 }
		}
	}
	if rapid.Bool().Draw(t, "classed") {
		o.Class = rapid.SliceOfN(rapid.Uint32Range(0, uint32(max(1, n/2))), n, n).Draw(t, "class")
	}
	if rapid.Bool().Draw(t, "ranked") {
		o.Rank = numbers.Draw(t, "rank")
	}
	if rapid.Bool().Draw(t, "some ineligible") {
		o.Eligible = rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "eligible")
	}
	if rapid.Bool().Draw(t, "some asked") {
		o.Queries = []int32{}
		for i := range int32(n) {
			if rapid.IntRange(0, 3).Draw(t, "asked") == 0 {
				o.Queries = append(o.Queries, i)
			}
		}
	}
	if rapid.Bool().Draw(t, "some forbidden") {
		o.Allowed = func(from, to int) bool { return (from+to)%3 != 0 }
	}
	return o
}

// TestAll compares with the naive search, to the bit, over sizes on both sides
// of the block sizes and every combination of filters.
func TestAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.IntRange(0, 40), rapid.IntRange(180, 200), rapid.IntRange(250, 270)).Draw(t, "n")
		v := unit(n, rapid.SampledFrom([]int{0, 1, 3, 8, 65}).Draw(t, "dim"), rapid.Uint64().Draw(t, "seed"))
		o := filters(t, n)
		lists, err := knn.All(context.Background(), v, o)
		if err != nil {
			t.Fatal(err)
		}
		want := naive(v, o)
		for i, got := range rows(lists) {
			if !slices.Equal(got, want[i]) {
				t.Fatalf("row %d: got %v, want %v", i, got, want[i])
			}
		}
	})
}

// TestAllOfMany compares with the naive search where blocks are many and ordered by
// cells, and where a worker is at the lists of a block while another multiplies it.
func TestAllOfMany(t *testing.T) {
	const n = 2600
	v := unit(n, 10, 3)
	thirds, few := make([]uint32, n), make([]uint32, n)
	eligible := make([]bool, n)
	var some []int32
	for i := range n {
		thirds[i], few[i], eligible[i] = uint32(i%3), uint32(i%700), i%4 > 0
		if i%90 == 7 {
			some = append(some, int32(i))
		}
	}
	allowed := func(from, to int) bool { return (from*to)%5 != 0 }
	for name, o := range map[string]knn.Options{
		"plain":    {K: 20},
		"filtered": {K: 20, Class: few, Eligible: eligible, Allowed: allowed, Rank: thirds},
		"groups":   {K: 5, Group: thirds, Match: func(group uint32, to int) bool { return to%3 != int(group) }, Class: few},
		"some":     {K: 40, Queries: some, Class: few},
	} {
		t.Run(name, func(t *testing.T) {
			o.Workers = 3
			lists, err := knn.All(t.Context(), v, o)
			if err != nil {
				t.Fatal(err)
			}
			want := naive(v, o)
			for i, got := range rows(lists) {
				if !slices.Equal(got, want[i]) {
					t.Fatalf("row %d: got %v, want %v", i, got, want[i])
				}
			}
		})
	}
}

// The bytes must hang neither on the number of workers nor on where in the
// corpus a row stands.
func TestAllIsDeterministic(t *testing.T) {
	const n, dim, k = 700, 256, 20
	v := unit(n, dim, 1)
	lists := func(v embed.Dense, o knn.Options) knn.Lists {
		t.Helper()
		o.K = k
		l, err := knn.All(t.Context(), v, o)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	want := lists(v, knn.Options{Workers: 1})
	for _, workers := range []int{2, 5} {
		if diff := cmp.Diff(want, lists(v, knn.Options{Workers: workers})); diff != "" {
			t.Errorf("%d workers differ from one:\n%s", workers, diff)
		}
	}

	old := rand.New(rand.NewPCG(2, 2)).Perm(n) // old[i] is the row that becomes row i
	shuffled := embed.Dense{Rows: n, Dim: dim}
	rank := make([]uint32, n)
	for i, r := range old {
		shuffled.Data = append(shuffled.Data, v.Row(r)...)
		rank[i] = uint32(r)
	}
	for i, list := range rows(lists(shuffled, knn.Options{Rank: rank})) {
		for j := range list {
			list[j].Row = int32(old[list[j].Row])
		}
		if w := want.Row(old[i]); !slices.Equal(list, w) {
			t.Fatalf("row %d of the shuffled corpus: got %v, want %v", old[i], list, w)
		}
	}

	const part = 301
	half := lists(embed.Dense{Rows: part, Dim: dim, Data: v.Data[:part*dim]}, knn.Options{})
	for i, list := range naive(v, knn.Options{K: k, Allowed: func(_, to int) bool { return to < part }})[:part] {
		if got := half.Row(i); !slices.Equal(got, list) {
			t.Fatalf("row %d of a part of the corpus: got %v, want %v", i, got, list)
		}
	}
}

func TestAllRefusesWhatIsNoNumber(t *testing.T) {
	for _, x := range []float32{float32(math.NaN()), float32(math.Inf(1))} {
		_, err := knn.All(t.Context(), embed.Dense{Rows: 2, Dim: 2, Data: []float32{1, 0, 0, x}}, knn.Options{})
		if err == nil {
			t.Errorf("%v was taken", x)
		}
	}
}

func TestAllStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, err := knn.All(ctx, unit(2000, 8, 1), knn.Options{Workers: 1, Progress: func(done, total int64) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}

func TestAllReportsProgress(t *testing.T) {
	const n = 1000
	var last int64
	_, err := knn.All(t.Context(), unit(n, 4, 1), knn.Options{Workers: 3, Progress: func(done, total int64) {
		if done <= last || total != n {
			t.Errorf("got %d of %d after %d", done, total, last)
		}
		last = done
	}})
	if err != nil || last != n {
		t.Errorf("ended at %d with error %v, want %d", last, err, n)
	}
}

func TestSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "n")
		v := unit(n, rapid.IntRange(1, 9).Draw(t, "dim"), rapid.Uint64().Draw(t, "seed"))
		i := rapid.IntRange(0, n-1).Draw(t, "query")
		k := rapid.IntRange(1, 12).Draw(t, "k")
		allowed := func(_, to int) bool { return to%5 != 0 }

		got := knn.Search(v, v.Row(i), k, func(row int) bool { return row != i && allowed(i, row) })
		if want := naive(v, knn.Options{K: k, Allowed: allowed})[i]; !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func ExampleAll() {
	v := embed.Dense{Rows: 4, Dim: 2, Data: []float32{
		1, 0,
		0.6, 0.8,
		0.8, 0.6,
		0, 0,
	}}
	lists, err := knn.All(context.Background(), v, knn.Options{K: 2})
	if err != nil {
		fmt.Println(err)
	}
	for i := range v.Rows {
		fmt.Print(i)
		for _, n := range lists.Row(i) {
			fmt.Printf("  row %d %.2f", n.Row, n.Cosine)
		}
		fmt.Println()
	}
	// Output:
	// 0  row 2 0.80  row 1 0.60
	// 1  row 2 0.96  row 0 0.60
	// 2  row 1 0.96  row 0 0.80
	// 3
}
