package vec

// DotInt8 is the scalar product Σ aᵢ·bᵢ of two vectors of one length, exact as long
// as it is within the range of an int32, as it is up to a length of 131,071. It
// panics if the lengths differ.
func DotInt8(a, b []int8) int32 {
	if len(a) != len(b) {
		panic(mismatch)
	}
	return active.dotInt8(a, b)
}

// DotsInt8 sets out[i] to the scalar product of query and row i of rows, a matrix of
// len(out) rows by len(query) columns. It panics if rows has another length.
func DotsInt8(out []int32, query, rows []int8) {
	if len(rows) != len(out)*len(query) {
		panic(mismatch)
	}
	active.dotsInt8(out, query, rows)
}

// Int8Pays reports whether TileInt8 is so much faster than Tile that a first pass in
// int8 pays, with the few pairs that it cannot decide computed again.
func Int8Pays() bool { return active.int8Pays }

// TileInt8Size is the shape of the block that TileInt8 computes.
func TileInt8Size() (rows, cols int) { return active.tileInt8Rows, active.tileInt8Cols }

// TileInt8 sets c to a block of a matrix product, exact as DotInt8 is:
//
//	c[i*ldc+j] = Σ aᵢ·bⱼ,  i < rows, j < cols of TileInt8Size
//
// where aᵢ and bⱼ are vectors of depth numbers, a multiple of 4, packed by PackInt8
// into panels of width rows and cols. It panics if a panel or c ends before the block
// does.
func TileInt8(depth int, a, b []int8, c []int32, ldc int) {
	rows, cols := active.tileInt8Rows, active.tileInt8Cols
	if depth < 0 || depth%4 != 0 || ldc < 0 || depth*rows > len(a) || depth*cols > len(b) || !holds(len(c), rows, ldc, cols) {
		panic(outside)
	}
	active.tileInt8(depth, a, b, c, ldc)
}

// PackInt8 copies n rows of dim numbers, a multiple of 4, into a panel for TileInt8,
// in groups of four depths:
//
//	dst[(l/4)*width*4 + i*4 + l%4] = rows[i*dim+l],  l < dim, i < n
//
// and fills the panel up with zeros for n ≤ i < width. It panics if the rows do not
// fit.
func PackInt8(dst, rows []int8, dim, n, width int) {
	if dim < 0 || dim%4 != 0 || n < 0 || n > width || n*dim > len(rows) || dim*width > len(dst) {
		panic(outside)
	}
	for l := 0; l < dim; l += 4 {
		group := dst[l*width:][:4*width]
		for i := range n {
			*(*[4]int8)(group[4*i:]) = [4]int8(rows[i*dim+l:])
		}
		clear(group[4*n:])
	}
}
