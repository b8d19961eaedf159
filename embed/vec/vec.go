package vec

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"
)

// Dot is the scalar product Σ aᵢ·bᵢ of two vectors of one length, summed in
// float32. It panics if the lengths differ.
func Dot(a, b []float32) float32 {
	if len(a) != len(b) {
		panic("vec: length mismatch")
	}
	return blas32.Dot(vector(a), vector(b))
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

// Scale multiplies a by alpha, in place.
func Scale(alpha float32, a []float32) {
	blas32.Scal(alpha, vector(a))
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
