package lsa

// Operations is how many floating-point operations Fit takes for an m×n matrix with so
// many values: multiplications and additions of the products with the matrix, of two
// triangles for each time that columns are made orthonormal, and of the turn into
// singular vectors. What is done to a matrix of k+Oversample rows and columns alone is
// left out.
func (t *TruncatedSVD) Operations(m, n, values int) float64 {
	o := t.withDefaults(n)
	k := min(o.K, m, n)
	columns := float64(min(k+o.Oversample, m, n))
	products := 2 * float64(values) * columns * float64(2*o.Iterations+2)
	orthonormal := 2 * columns * columns * (float64(m)*float64(o.Iterations+2) + float64(n)*float64(o.Iterations))
	turn := float64(n)*columns*columns + 2*float64(m)*columns*float64(k)
	return products + orthonormal + turn
}
