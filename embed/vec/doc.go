// Package vec is the arithmetic of float32 vectors: dot product, length, scaling,
// selection of the best k.
//
// Package vectest holds the test that every implementation of these functions must
// pass.
//
// # Decisions
//
// Dot, Axpy and Scale go through gonum's blas32, whose SSE assembly ran the dot
// product of 256 numbers 6 times as fast as a plain loop here. Norm sums in float64
// in plain Go: a vector is scaled once, but compared with thousands.
package vec
