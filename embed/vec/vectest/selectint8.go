package vectest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// SelectInt8 tests the selection of sums that matter to their row or their column, on
// numbers that are not rounded.
func SelectInt8(t *testing.T, selectInt8 func(hits, sums []int32, ld, rows, cols int, rowScale, rowAdd, rowLeast, colScale, colAdd, colLeast []float32) int) {
	inf := math.Inf(1)
	random := rand.New(rand.NewPCG(1, 5))
	pick := func(n int, from ...float64) []float32 {
		s := make([]float32, n)
		for i := range s {
			s[i] = float32(from[random.IntN(len(from))])
		}
		return s
	}
	for _, rows := range []int{0, 1, 5, 14} {
		for _, cols := range []int{0, 1, 7, 8, 16, 24, 32, 80, 256} {
			for _, gap := range []int{0, 3} {
				ld := cols + gap
				sums, _ := vector(max(0, rows*ld-gap), gap, func() int32 { return random.Int32N(2000) - 1000 })
				rowScale, rowAdd, rowLeast := pick(rows, 0.5, 1, 2), pick(rows, -inf, 0, 8, 64), pick(rows, inf, 512, 1024, -100)
				colScale, colAdd, colLeast := pick(cols, 0, 0.25, 1), pick(cols, -inf, 0, 16, 32), pick(cols, inf, inf, 512, 2048)
				var want []int32
				for i := range rows {
					for j := range cols {
						estimate := sums[i*ld+j]
						if float32(estimate)*colScale[j]*rowScale[i]+colAdd[j]+rowAdd[i] >= min(rowLeast[i], colLeast[j]) {
							want = append(want, int32(i*ld+j))
						}
					}
				}
				hits, intact := vector(rows*cols, gap, random.Int32)
				got := hits[:selectInt8(hits, sums, ld, rows, cols, rowScale, rowAdd, rowLeast, colScale, colAdd, colLeast)]
				if !slices.Equal(got, want) {
					t.Fatalf("%d × %d of %d: got %v, want %v", rows, cols, ld, got, want)
				}
				if !intact() {
					t.Errorf("%d × %d of %d: wrote outside", rows, cols, ld)
				}
				edge := beside(t, hits, false)
				got = edge[:selectInt8(edge, beside(t, sums, false), ld, rows, cols, beside(t, rowScale, false), beside(t, rowAdd, false),
					beside(t, rowLeast, false), beside(t, colScale, false), beside(t, colAdd, false), beside(t, colLeast, false))]
				if !slices.Equal(got, want) {
					t.Fatalf("at the edge of memory, %d × %d of %d: got %v, want %v", rows, cols, ld, got, want)
				}
			}
		}
	}
	f := make([]float32, 8)
	panics(t, "hits too short", func() { selectInt8(make([]int32, 63), make([]int32, 64), 8, 8, 8, f, f, f, f, f, f) })
	panics(t, "sums too short", func() { selectInt8(make([]int32, 64), make([]int32, 63), 8, 8, 8, f, f, f, f, f, f) })
	panics(t, "column too short", func() { selectInt8(make([]int32, 64), make([]int32, 64), 8, 8, 8, f, f, f, f, f, f[:7]) })
	panics(t, "row too short", func() { selectInt8(make([]int32, 64), make([]int32, 64), 8, 8, 8, f, f, f[:7], f, f, f) })
}
