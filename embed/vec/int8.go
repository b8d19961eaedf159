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

// PackInt8 copies rows of a matrix of dim columns, a multiple of 4, into a panel for
// TileInt8, in groups of four depths:
//
//	dst[(l/4)*width*4 + i*4 + l%4] = matrix[rows[i]*dim+l],  l < dim, i < len(rows)
//
// and fills the panel up with zeros for len(rows) ≤ i < width. It panics if the panel
// does not hold the rows, or the matrix does not have them.
func PackInt8(dst, matrix []int8, dim int, rows []int32, width int) {
	if dim < 0 || dim%4 != 0 || len(rows) > width || dim*width > len(dst) {
		panic(outside)
	}
	for i, r := range rows {
		row := matrix[int(r)*dim:][:dim]
		for l := 0; l < dim; l += 4 {
			*(*[4]int8)(dst[l*width+4*i:]) = [4]int8(row[l:])
		}
	}
	if len(rows) < width {
		for l := 0; l < dim; l += 4 {
			clear(dst[l*width+4*len(rows) : (l+4)*width])
		}
	}
}
