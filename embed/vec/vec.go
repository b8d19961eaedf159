package vec

import "math"

const mismatch = "vec: length mismatch"

// Dot is the scalar product Σ aᵢ·bᵢ of two vectors of one length, in float32. Sums are
// taken in an order that depends on the length alone, so that equal vectors give
// equal bits wherever they lie in memory, and Dot(a, b) those of Dot(b, a). It panics
// if the lengths differ.
func Dot(a, b []float32) float32 {
	if len(a) != len(b) {
		panic(mismatch)
	}
	return active.dot(a, b)
}

// Dots sets out[i] to the scalar product of query and row i of rows, a matrix of
// len(out) rows by len(query) columns, with the very bits of Dot. It panics if rows
// has another length.
func Dots(out, query, rows []float32) {
	if len(rows) != len(out)*len(query) {
		panic(mismatch)
	}
	active.dots(out, query, rows)
}

// Axpy adds alpha·x to y, in place. It panics if the lengths differ. x may be y, but
// must not overlap it otherwise.
func Axpy(alpha float32, x, y []float32) {
	if len(x) != len(y) {
		panic(mismatch)
	}
	active.axpy(alpha, x, y)
}

// Combine sets dst to a sparse combination of the rows of a matrix x of len(dst)
// columns:
//
//	dst = Σ value[e]·x[index[e]]
//
// Each number of dst is summed in ascending e, in one accumulator that starts from
// zero. dst must not overlap x. It panics if index and value differ in length, or if
// an index is not that of a whole row of x; dst then holds no meaning.
func Combine(dst, x []float32, index []uint32, value []float32) {
	if len(index) != len(value) {
		panic(mismatch)
	}
	if len(dst) == 0 {
		return
	}
	if !active.combine(dst, x, index, value) {
		panic("vec: index out of range")
	}
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
