package lsa

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/alsolike/alsolike/embed"
	"pgregory.net/rapid"
)

// What is packed comes out as it was, from whichever block.
func TestTalliesKeepCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type doc struct {
			terms []uint32
			value []float32
		}
		var all []doc
		var packed tallies
		for range rapid.IntRange(1, 30).Draw(t, "texts") {
			var d doc
			for range rapid.SampledFrom([]int{0, 1, 5, 700}).Draw(t, "terms") {
				d.terms = append(d.terms, rapid.Uint32Max(noRow-1).Draw(t, "term"))
				d.value = append(d.value, rapid.OneOf(
					rapid.SampledFrom([]float32{1, 2, 3, 4, 0, 0.5, math.SmallestNonzeroFloat32, math.MaxFloat32}),
					rapid.Float32Min(0)).Draw(t, "count"))
			}
			packed.add(len(all), d.terms, d.value)
			all = append(all, d)
		}
		for i, want := range all {
			var got doc
			packed.each(packed.docs[i], func(term uint32, count float32) {
				got.terms, got.value = append(got.terms, term), append(got.value, count)
			})
			if packed.docs[i].doc != i || !slices.Equal(got.terms, want.terms) || !slices.Equal(got.value, want.value) {
				t.Fatalf("text %d: got %v, want %v", i, got, want)
			}
		}
	})
}

func TestSortRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SampledFrom([]int{1, 255, 256, 257, 70_000, 1 << 24, noRow}).Draw(t, "rows")
		var entries, scratch []uint64
		for _, row := range rapid.SliceOfNDistinct(rapid.Uint32Max(uint32(rows-1)), 0, min(rows, 300), rapid.ID).Draw(t, "of entries") {
			entries = append(entries, uint64(row)<<32|rapid.Uint64Max(math.MaxUint32).Draw(t, "value"))
		}
		want := slices.Sorted(slices.Values(entries))
		for range 2 { // the second time in storage that was used
			if entries, scratch = sortRows(entries, scratch, rows); !slices.Equal(entries, want) {
				t.Fatalf("got %x, want %x", entries, want)
			}
		}
	})
}

// Goroutines that number the same terms at once agree.
func TestTermTableOfManyGoroutines(t *testing.T) {
	const terms = 20_000
	table := newTermTable()
	step := []int{1, 3, 7, 9} // each goroutine takes the terms in another order
	ids := make([][]uint32, len(step))
	var wg sync.WaitGroup
	for g := range ids {
		ids[g] = make([]uint32, terms)
		wg.Go(func() {
			for i := range terms {
				n := i * step[g] % terms
				ids[g][n], _ = table.id(fmt.Sprint("term", n))
			}
		})
	}
	wg.Wait()
	seen := make(map[uint32]bool)
	for n := range terms {
		id := ids[0][n]
		if seen[id] || int(id) >= table.bound() {
			t.Fatalf("term %d has id %d, which another has or is not below %d", n, id, table.bound())
		}
		seen[id] = true
		if got, want := table.term(id), fmt.Sprint("term", n); got != want {
			t.Fatalf("term of id %d: got %q, want %q", id, got, want)
		}
		for g := range ids {
			if ids[g][n] != id {
				t.Fatalf("term %d: got ids %d and %d", n, id, ids[g][n])
			}
		}
	}
}

// A long text between short ones, beyond the size that the scratch of a bag has.
func TestBagOfTextsOfAllLengths(t *testing.T) {
	bag := bag{}
	ids := make(map[string]uint32)
	id := func(term string) (uint32, bool) {
		n, ok := ids[term]
		if !ok {
			n = uint32(len(ids))
			ids[strings.Clone(term)] = n
		}
		return n, term != "left"
	}
	for _, words := range []int{3, 5 * leastPlaces, 10, 0, 3 * leastPlaces} {
		var text strings.Builder
		for i := range words {
			fmt.Fprintf(&text, "w%d left w%d ", i, i)
		}
		index, value := bag.count(embed.Text{Fields: []embed.Field{{Text: text.String(), Weight: 2}, {Text: "w0"}}}, id, nil, nil)
		if len(index) != max(words, 1) || !slices.IsSorted(index) {
			t.Fatalf("%d words: got %d terms, sorted: %v", words, len(index), slices.IsSorted(index))
		}
		for e, i := range index {
			want := float32(4)
			switch {
			case i == ids["w0"] && words == 0:
				want = 1
			case i == ids["w0"]:
				want = 5
			}
			if value[e] != want {
				t.Errorf("%d words, term %d: got %v, want %v", words, i, value[e], want)
			}
		}
	}
}
