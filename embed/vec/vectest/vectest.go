// Package vectest holds the tests that every implementation of package vec's
// functions must pass.
package vectest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// lengths cover what an unrolled loop can get wrong: nothing, every rest, a whole
// number of steps, and a step and a rest.
func lengths() []int {
	var n []int
	for i := range 68 {
		n = append(n, i)
	}
	return append(n, 100, 127, 128, 129, 191, 192, 193, 255, 256, 257, 1000)
}

// guard stands before and after a vector, to show writes outside.
const guard = 101

// number is what vectors are made of.
type number interface{ float32 | int32 | int8 }

// vector is n numbers at a place that is off numbers from an allocation's start, with
// guards around.
func vector[T number](n, off int, draw func() T) (v []T, intact func() bool) {
	space := make([]T, off+1+n+1)
	v = space[off+1 : off+1+n : off+1+n]
	for i := range v {
		v[i] = draw()
	}
	space[off], space[off+1+n] = guard, guard
	return v, func() bool { return space[off] == guard && space[off+1+n] == guard }
}

// normal draws from a normal distribution.
func normal(random *rand.Rand) func() float32 {
	return func() float32 { return float32(random.NormFloat64()) }
}

// small draws whole numbers of which sums and products are exact in float32.
func small(random *rand.Rand) func() float32 {
	return func() float32 { return float32(random.IntN(41) - 20) }
}

// anyInt8 draws all numbers alike, the least included.
func anyInt8(random *rand.Rand) func() int8 {
	return func() int8 { return int8(random.IntN(256) - 128) }
}

// each runs f for all lengths and some alignments.
func each(t *testing.T, f func(t *testing.T, random *rand.Rand, n, off int)) {
	t.Helper()
	for _, n := range lengths() {
		t.Run(fmt.Sprintf("n=%d", n), func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(n), 1))
			for off := range 9 {
				f(t, random, n, off)
			}
		})
	}
}

// near reports whether got is want up to the rounding of a sum of n terms whose
// magnitudes add up to size, in any order.
func near(got float32, want float64, n int, size float64) bool {
	return math.Abs(float64(got)-want) <= float64(n+1)*size/(1<<24)
}

// product is Σ aᵢ·bᵢ in float64, and the sum of the terms' magnitudes.
func product(a, b []float32) (sum, size float64) {
	for i, v := range a {
		term := float64(v) * float64(b[i])
		sum += term
		size += math.Abs(term)
	}
	return sum, size
}

// productInt8 is Σ aᵢ·bᵢ.
func productInt8(a, b []int8) (sum int32) {
	for i, v := range a {
		sum += int32(v) * int32(b[i])
	}
	return sum
}

// same reports whether a and b are one number, bit for bit.
func same(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }

// panics tests that arguments that do not fit are not let pass.
func panics(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", what)
		}
	}()
	f()
}
