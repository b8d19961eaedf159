package vec

const outside = "vec: tile out of range"

// TileSize is the shape of the block that Tile computes.
func TileSize() (rows, cols int) { return active.tileRows, active.tileCols }

// Tile adds a block of a matrix product to c:
//
//	c[i*ldc+j] += Σ a[l*lda+i]·b[l*ldb+j],  l < depth, i < rows, j < cols of TileSize
//
// Each sum is taken in ascending l, in one accumulator that starts from zero, and then
// added to c. Both factors lie depth-major: a Gram matrix XᵀX takes them straight from
// row-major X; A·Bᵀ takes A and B transposed, a panel of rows or cols vectors at a
// time, with what is missing at the end filled up with zeros.
//
// It panics if a factor or c ends before the block does, or if depth or a stride is
// negative. c must not overlap a or b.
func Tile(depth int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int) {
	rows, cols := active.tileRows, active.tileCols
	if lda|ldb|ldc < 0 || !holds(len(a), depth, lda, rows) || !holds(len(b), depth, ldb, cols) || !holds(len(c), rows, ldc, cols) {
		panic(outside)
	}
	active.tile(depth, a, lda, b, ldb, c, ldc)
}

// holds reports whether rows of the given width, stride apart, end within n numbers.
func holds(n, rows, stride, width int) bool {
	return rows == 0 || rows > 0 && (rows-1)*stride+width <= n
}
