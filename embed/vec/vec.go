package vec

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"
)

// Dot is the scalar product Σ aᵢ·bᵢ of two vectors of one length, in float32. Sums are
// taken in an order that depends on the length alone, so that equal vectors give
// equal bits wherever they lie in memory. It panics if the lengths differ.
func Dot(a, b []float32) float32 {
	if len(a) != len(b) {
		panic("vec: length mismatch")
	}
	// Eight sums side by side, since one would wait for each addition. Products are
	// converted to keep them from being fused with the sum on machines that can.
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	for len(a) >= 8 && len(b) >= 8 {
		s0 += float32(a[0] * b[0])
		s1 += float32(a[1] * b[1])
		s2 += float32(a[2] * b[2])
		s3 += float32(a[3] * b[3])
		s4 += float32(a[4] * b[4])
		s5 += float32(a[5] * b[5])
		s6 += float32(a[6] * b[6])
		s7 += float32(a[7] * b[7])
		a, b = a[8:], b[8:]
	}
	sum := ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
	for i, v := range a {
		sum += float32(v * b[i])
	}
	return sum
}

// Norm is the Euclidean length √Σ aᵢ², summed in float64: it overflows or
// vanishes only when the result does.
func Norm(a []float32) float32 {
	var sum float64
	for _, v := range a {
		sum += float64(v) * float64(v)
	}
	return float32(math.Sqrt(sum))
}

// Normalise scales a to length 1, in place, and returns its length before. The
// zero vector, and one whose length is not finite, become the zero vector.
func Normalise(a []float32) float32 {
	norm := Norm(a)
	if norm == 0 || math.IsInf(float64(norm), 0) || math.IsNaN(float64(norm)) {
		clear(a)
		return norm
	}
	// Divided and not multiplied by the inverse, which overflows for tiny lengths.
	for i := range a {
		a[i] /= norm
	}
	return norm
}

// Axpy adds alpha·x to y, in place. It panics if the lengths differ.
func Axpy(alpha float32, x, y []float32) {
	if len(x) != len(y) {
		panic("vec: length mismatch")
	}
	blas32.Axpy(alpha, vector(x), vector(y))
}

func vector(a []float32) blas32.Vector {
	return blas32.Vector{N: len(a), Inc: 1, Data: a}
}
