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

// AtLeastInt8 tests the selection of great products of an int32 with a scale.
func AtLeastInt8(t *testing.T, atLeast func(dst, sums []int32, scale []float32, least float32) int) {
	each(t, func(t *testing.T, random *rand.Rand, n, off int) {
		sums, _ := vector(n, off, func() int32 { return random.Int32N(1<<25) - 1<<24 })
		scale, _ := vector(n, (off*5)%9, func() float32 { return random.Float32() })
		for _, least := range []float32{0, 1e6, -1e6, 3e7} {
			var want []int32
			for i, v := range sums {
				if float32(float32(v)*scale[i]) >= least {
					want = append(want, int32(i))
				}
			}
			dst, intact := vector(n, off, random.Int32)
			if got := dst[:atLeast(dst, sums, scale, least)]; !slices.Equal(got, want) {
				t.Fatalf("at least %v: got %v, want %v", least, got, want)
			}
			if !intact() {
				t.Errorf("at least %v: wrote outside", least)
			}
			edge := beside(t, dst, off%2 == 0)
			got := edge[:atLeast(edge, beside(t, sums, off%2 == 0), beside(t, scale, off%2 == 0), least)]
			if !slices.Equal(got, want) {
				t.Fatalf("at the edge of memory, at least %v: got %v, want %v", least, got, want)
			}
		}
	})
	panics(t, "dst too short", func() { atLeast(make([]int32, 3), make([]int32, 4), make([]float32, 4), 0) })
	panics(t, "scale of another length", func() { atLeast(make([]int32, 4), make([]int32, 4), make([]float32, 3), 0) })
}
