package vectest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// AtLeast tests the selection of the places of great numbers.
func AtLeast(t *testing.T, atLeast func(dst []int32, s []float32, least float32) int) {
	each(t, func(t *testing.T, random *rand.Rand, n, off int) {
		s, _ := vector(n, off, odd(random))
		for _, least := range []float32{0, float32(math.Inf(-1)), float32(math.Inf(1)), float32(math.NaN()), 1, 2} {
			var want []int32
			for i, v := range s {
				if v >= least {
					want = append(want, int32(i))
				}
			}
			dst, intact := vector(n, off, random.Int32)
			if got := dst[:atLeast(dst, s, least)]; !slices.Equal(got, want) {
				t.Fatalf("at least %v of %v: got %v, want %v", least, s, got, want)
			}
			if !intact() {
				t.Errorf("at least %v: wrote outside", least)
			}
			edge := beside(t, dst, off%2 == 0)
			if got := edge[:atLeast(edge, beside(t, s, off%2 == 0), least)]; !slices.Equal(got, want) {
				t.Fatalf("at the edge of memory, at least %v of %v: got %v, want %v", least, s, got, want)
			}
		}
	})
	panics(t, "dst too short", func() { atLeast(make([]int32, 3), make([]float32, 4), 0) })
}

// odd draws few distinct numbers, some of them unusual.
func odd(random *rand.Rand) func() float32 {
	numbers := []float32{
		-1, 0, 0.5, 1, 2, 3, float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)),
		float32(math.Copysign(0, -1)), math.SmallestNonzeroFloat32, math.MaxFloat32,
	}
	return func() float32 { return numbers[random.IntN(len(numbers))] }
}

// A SelectInt8Func is vec.SelectInt8.
type SelectInt8Func func(hits, sums []int32, ld, rows, cols int, rowScale, rowAdd, rowLeast, colScale, colAdd, colLeast []float32) int

// SelectInt8 tests the selection of pairs by estimates of their scalar products.
func SelectInt8(t *testing.T, selectInt8 SelectInt8Func) {
	each(t, func(t *testing.T, random *rand.Rand, cols, rows int) {
		ld := cols + rows%3
		sums, _ := vector(extent(rows, ld, cols), rows, func() int32 { return random.Int32N(1<<22) - 1<<21 })
		uniform := func(lo, hi float32) func() float32 { return func() float32 { return lo + (hi-lo)*random.Float32() } }
		var row, col [3][]float32 // scale, add, least
		for i, draw := range []func() float32{uniform(0.001, 0.002), uniform(0, 0.1), uniform(1, 3)} {
			row[i], _ = vector(rows, i, draw)
			col[i], _ = vector(cols, 3-i, draw)
		}
		for i := range rows / 2 {
			row[2][i] = float32(math.Inf(1))
		}
		for j := range cols / 3 {
			col[2][j] = float32(math.Inf(1))
		}
		if cols > 1 {
			col[2][cols-1] = float32(math.Inf(-1)) // all of them: as many as there is room for
		}
		hits, intact := vector(rows*cols, rows, random.Int32)
		got := hits[:selectInt8(hits, sums, ld, rows, cols, row[0], row[1], row[2], col[0], col[1], col[2])]
		pairs(t, slices.Clone(got), sums, ld, rows, cols, row, col)
		if !intact() {
			t.Error("wrote outside")
		}
		at := func(v []float32) []float32 { return beside(t, v, false) }
		edge := beside(t, hits, false)
		n := selectInt8(edge, beside(t, sums, false), ld, rows, cols, at(row[0]), at(row[1]), at(row[2]), at(col[0]), at(col[1]), at(col[2]))
		if !slices.Equal(edge[:n], got) {
			t.Error("differs at the edge of memory")
		}
	})
	f := func(n int) []float32 { return make([]float32, n) }
	panics(t, "hits too short", func() { selectInt8(make([]int32, 5), make([]int32, 6), 3, 2, 3, f(2), f(2), f(2), f(3), f(3), f(3)) })
	panics(t, "sums too short", func() { selectInt8(make([]int32, 6), make([]int32, 6), 4, 2, 3, f(2), f(2), f(2), f(3), f(3), f(3)) })
	panics(t, "a row's least missing", func() { selectInt8(make([]int32, 6), make([]int32, 6), 3, 2, 3, f(2), f(2), f(1), f(3), f(3), f(3)) })
	panics(t, "a column's scale missing", func() { selectInt8(make([]int32, 6), make([]int32, 6), 3, 2, 3, f(2), f(2), f(2), f(2), f(3), f(3)) })
}

// pairs tests which pairs were selected, but for those that rounding decides.
func pairs(t *testing.T, got, sums []int32, ld, rows, cols int, row, col [3][]float32) {
	t.Helper()
	if !slices.IsSorted(got) {
		t.Fatalf("not ascending: %v", got)
	}
	for i := range rows {
		for j := range cols {
			place := int32(i*ld + j)
			_, selected := slices.BinarySearch(got, place)
			product := float64(sums[place]) * float64(col[0][j]) * float64(row[0][i])
			over := product + float64(col[1][j]) + float64(row[1][i]) - float64(min(row[2][i], col[2][j]))
			if math.Abs(over) > 1e-5 && selected != (over > 0) {
				t.Fatalf("row %d, column %d: over by %v, selected %v", i, j, over, selected)
			}
			if selected {
				got = got[1:]
			}
		}
	}
	if len(got) > 0 {
		t.Fatalf("selected twice or outside: %v", got)
	}
}
