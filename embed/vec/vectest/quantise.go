package vectest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// QuantiseInt8 tests the rounding of a vector to int8, against float64.
func QuantiseInt8(t *testing.T, quantise func(dst []int8, x []float32) (scale, lost, norm float32)) {
	each(t, func(t *testing.T, random *rand.Rand, n, off int) {
		magnitude := []float32{1, 1e-9, 1e-11, 1e-40, 1e15, 0, 3, 1, 1}[off]
		x, _ := vector(n, off, func() float32 { return magnitude * float32(random.NormFloat64()) })
		dst, intact := vector(n+off%3, off, anyInt8(random))
		scale, lost, norm := quantise(dst, x)
		quantised(t, dst, x, scale, lost, norm)
		if !intact() {
			t.Errorf("offset %d: wrote outside", off)
		}
		edge := beside(t, slices.Repeat([]int8{1}, n), off%2 == 0)
		quantise(edge, beside(t, x, off%2 == 0))
		if !slices.Equal(edge, dst[:n]) {
			t.Errorf("offset %d: differs at the edge of memory", off)
		}
	})
	for _, x := range [][]float32{{127, 0.5, 1.5, -0.5, -2.5, 126.5}, slices.Repeat([]float32{-127, 63.5}, 20)} {
		dst := make([]int8, len(x))
		if scale, _, _ := quantise(dst, x); scale != 1 {
			t.Fatalf("%v: scale %v, want 1", x, scale)
		}
		for i, got := range dst {
			if want := math.RoundToEven(float64(x[i])); float64(got) != want {
				t.Errorf("%v: got %v, want %v", x[i], got, want)
			}
		}
	}
	panics(t, "dst too short", func() { quantise(make([]int8, 3), make([]float32, 4)) })
}

// quantised tests dst and the bounds.
func quantised(t *testing.T, dst []int8, x []float32, scale, lost, norm float32) {
	t.Helper()
	var greatest, loss2, norm2 float64
	for i, v := range x {
		greatest = max(greatest, math.Abs(float64(v)))
		off := float64(v) - float64(scale)*float64(dst[i])
		loss2 += off * off
		norm2 += float64(v) * float64(v)
		if scale > 0 && math.Abs(off) > 0.50001*float64(scale) {
			t.Fatalf("number %d: %v is %v times %v", i, v, dst[i], scale)
		}
	}
	if scale == 0 && (greatest > 1e-9 || slices.ContainsFunc(dst, func(v int8) bool { return v != 0 })) {
		t.Fatalf("scale 0, greatest magnitude %v, got %v", greatest, dst)
	}
	for _, v := range dst[len(x):] {
		if v != 0 {
			t.Fatalf("past the vector: got %v", v)
		}
	}
	for _, bound := range [][2]float64{{float64(lost), math.Sqrt(loss2)}, {float64(norm), math.Sqrt(norm2)}} {
		if got, want := bound[0], bound[1]; got < want || scale > 0 && got > want*(1+1e-4)+1e-8*greatest {
			t.Fatalf("got a bound of %v, want %v or little more", got, want)
		}
	}
}
