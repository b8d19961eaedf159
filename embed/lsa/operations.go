package lsa

// Operations is about how many floating-point operations Fit takes for an m×n matrix
// with so many values. It counts multiplications and additions: of the products with
// the matrix and its transpose for each dimension of the space; of taking the space so
// far out of each block, and making the block orthonormal twice; and of the turn into
// singular vectors, and making these orthonormal. What is done to matrices of no more
// rows and columns than the space has dimensions is left out.
func (t *TruncatedSVD) Operations(m, n, values int) float64 {
	o := t.withDefaults(m, n)
	short := min(m, n)
	dims := min(min(o.K, short)+o.Oversample, short)
	width := min((dims+o.Iterations-1)/o.Iterations, dims)

	s, d, w, k := float64(short), float64(dims), float64(width), float64(min(o.K, short))
	operations := 4*float64(values)*d + // products
		2*s*d*d + // coefficients in the space, and subtraction: of half as many pairs
		6*s*w*d + // orthonormal blocks
		2*s*d*k + // turn
		3*float64(m)*k*k // orthonormal singular vectors
	if n <= m { // the space is of the other side
		operations += 2 * float64(values) * k
	}
	return operations
}
