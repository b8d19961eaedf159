// Package vec holds the arithmetic of vectors: dot products, norms, selection.
package vec

import (
	"math"

	"gonum.org/v1/gonum/blas/blas32"
)

// Dot is the scalar product of a and b, which have the same length.
func Dot(a, b []float32) float32 {
	if len(a) != len(b) {
		panic("vec: length mismatch")
	}
	return blas32.Dot(blas32.Vector{N: len(a), Inc: 1, Data: a}, blas32.Vector{N: len(b), Inc: 1, Data: b})
}

// Norm is the Euclidean length of a, summed in float64.
func Norm(a []float32) float32 {
	var s float64
	for _, v := range a {
		s += float64(v) * float64(v)
	}
	return float32(math.Sqrt(s))
}
