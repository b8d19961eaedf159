// Package vectest holds the tests that every implementation of package vec's
// functions must pass.
package vectest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// lengths cover what an unrolled loop can get wrong: nothing, a rest, a whole number
// of steps, and a step and a rest.
var lengths = []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 255, 256, 257, 1000}

// guard stands before and after a vector, to show writes outside.
const guard = 12345

// vector draws n numbers at a place that is off numbers from an allocation's start,
// with guards around.
func vector(random *rand.Rand, n, off int) (v []float32, intact func() bool) {
	space := make([]float32, off+1+n+1)
	v = space[off+1 : off+1+n : off+1+n]
	for i := range v {
		v[i] = float32(random.NormFloat64())
	}
	space[off], space[off+1+n] = guard, guard
	return v, func() bool { return space[off] == guard && space[off+1+n] == guard }
}

// each runs f for all lengths and alignments.
func each(t *testing.T, f func(t *testing.T, random *rand.Rand, n, off int)) {
	for _, n := range lengths {
		t.Run(fmt.Sprintf("n=%d", n), func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(n), 1))
			for off := range 9 {
				f(t, random, n, off)
			}
		})
	}
}

// near reports whether got is want up to the rounding of float32 sums of terms whose
// magnitudes add up to size.
func near(got float32, want, size float64) bool {
	return math.Abs(float64(got)-want) <= 1e-6*size
}

// Dot tests a scalar product, against a sum in float64.
func Dot(t *testing.T, dot func(a, b []float32) float32) {
	each(t, func(t *testing.T, random *rand.Rand, n, off int) {
		a, _ := vector(random, n, off)
		b, _ := vector(random, n, (off*5)%9)
		var want, size float64
		for i := range a {
			want += float64(a[i]) * float64(b[i])
			size += math.Abs(float64(a[i]) * float64(b[i]))
		}
		if got := dot(a, b); !near(got, want, size) {
			t.Errorf("offset %d: got %v, want %v", off, got, want)
		}
		if dot(a, b) != dot(b, a) {
			t.Errorf("offset %d: not symmetric", off)
		}
		elsewhere, _ := vector(random, n, off+1)
		copy(elsewhere, a)
		if dot(elsewhere, b) != dot(a, b) {
			t.Errorf("offset %d: differs when the vector lies elsewhere", off)
		}
	})
	panics(t, func() { dot(make([]float32, 3), make([]float32, 4)) })
}

// Norm tests a Euclidean length.
func Norm(t *testing.T, norm func(a []float32) float32) {
	each(t, func(t *testing.T, random *rand.Rand, n, off int) {
		a, _ := vector(random, n, off)
		var want float64
		for _, v := range a {
			want = math.Hypot(want, float64(v))
		}
		if got := norm(a); !near(got, want, want) {
			t.Errorf("offset %d: got %v, want %v", off, got, want)
		}
	})
	for _, v := range []float32{1e-30, 1e30} { // the squares leave float32's range
		if got, want := norm([]float32{3 * v, 4 * v}), 5*float64(v); !near(got, want, want) {
			t.Errorf("of numbers like %v: got %v, want %v", v, got, want)
		}
	}
}

// Axpy tests y += alpha·x.
func Axpy(t *testing.T, axpy func(alpha float32, x, y []float32)) {
	each(t, func(t *testing.T, random *rand.Rand, n, off int) {
		x, _ := vector(random, n, (off*5)%9)
		y, intact := vector(random, n, off)
		for _, alpha := range []float32{0, 1, -0.3} {
			want, size := make([]float64, n), make([]float64, n)
			for i := range y {
				want[i] = float64(y[i]) + float64(alpha)*float64(x[i])
				size[i] = math.Abs(float64(y[i])) + math.Abs(float64(alpha)*float64(x[i]))
			}
			axpy(alpha, x, y)
			for i := range y {
				if !near(y[i], want[i], size[i]) {
					t.Fatalf("offset %d, alpha %v, number %d: got %v, want %v", off, alpha, i, y[i], want[i])
				}
			}
		}
		if !intact() {
			t.Errorf("offset %d: wrote outside", off)
		}
	})
	panics(t, func() { axpy(1, make([]float32, 3), make([]float32, 4)) })
}

// panics tests that lengths that differ are not let pass.
func panics(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Error("lengths that differ: no panic")
		}
	}()
	f()
}
