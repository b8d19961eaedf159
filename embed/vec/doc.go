// Package vec is the arithmetic of float32 vectors: dot product, length, sum,
// selection of the best k.
//
// Package vectest holds the test that every implementation of these functions must
// pass.
//
// # Decisions
//
// Axpy goes through gonum's blas32, whose SSE assembly treats each number by itself. Its dot product is refused though it is faster in the cache: it first adds
// up to three products to reach an aligned address, so that the same two vectors give
// another sum when they lie elsewhere, and equal input no longer gives equal bytes.
// (The same holds for blas32.Gemv, and for Gemm with its second matrix transposed.)
// From memory, where a scan of many vectors finds them, plain Go is about as fast.
//
// Norm sums in float64: a vector is scaled once, but compared with thousands.
package vec
