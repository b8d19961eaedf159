package lsa

import (
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
)

// tiles multiplies parts of blocks by vec.Tile, in one goroutine. It has the room to
// pack them as that takes them.
type tiles struct {
	rows, cols int       // of a tile
	width      int       // columns of the products, a multiple of cols
	left       []float32 // a panel of the left factor, depth-major
	right      []float32 // a right factor of width columns
	sum        []float32 // rows × width
}

func newTiles(columns int) *tiles {
	rows, cols := vec.TileSize()
	t := &tiles{rows: rows, cols: cols, width: (columns + cols - 1) / cols * cols}
	t.sum = make([]float32, rows*t.width)
	return t
}

// padColumns is t with zeros for columns up to a multiple of a tile's.
func padColumns(t embed.Dense) embed.Dense {
	_, cols := vec.TileSize()
	padded := embed.NewDense(t.Rows, (t.Dim+cols-1)/cols*cols)
	for i := range t.Rows {
		copy(padded.Row(i), t.Row(i))
	}
	return padded
}

// multiply sets the sums to the product of a left factor, whose depths are lda numbers
// apart, and right, whose are ldb.
func (t *tiles) multiply(depth int, left []float32, lda int, right []float32, ldb int) {
	clear(t.sum)
	for j := 0; j < t.width; j += t.cols {
		vec.Tile(depth, left, lda, right[j:], ldb, t.sum[j:], t.width)
	}
}

// cross adds rows lo to hi of the blocks, [xs…]ᵀ·y, to total.
func (t *tiles) cross(total []float64, xs []embed.Dense, y embed.Dense, lo, hi int) {
	depth := hi - lo
	right, ldb := y.Data[lo*y.Dim:], y.Dim
	if ldb != t.width {
		right, ldb = t.padded(y, lo, hi), t.width
	}
	row := 0
	for _, x := range xs {
		for i := 0; i < x.Dim; i += t.rows {
			n := min(t.rows, x.Dim-i)
			left, lda := x.Data[lo*x.Dim+i:], x.Dim
			if (depth-1)*lda+t.rows > len(left) { // else what a tile takes too much of is in rows below
				left, lda = t.panel(x, i, n, lo, hi), t.rows
			}
			t.multiply(depth, left, lda, right, ldb)
			for r := range n {
				to := total[row*y.Dim:][:y.Dim]
				for j, v := range t.sum[r*t.width:][:y.Dim] {
					to[j] += float64(v)
				}
				row++
			}
		}
	}
}

// padded is rows lo to hi of y with t.width columns.
func (t *tiles) padded(y embed.Dense, lo, hi int) []float32 {
	t.right = resized(t.right, (hi-lo)*t.width)
	for l := range hi - lo {
		copy(t.right[l*t.width:], y.Row(lo+l))
	}
	return t.right
}

// panel is columns i to i+n of rows lo to hi of x, with t.rows columns.
func (t *tiles) panel(x embed.Dense, i, n, lo, hi int) []float32 {
	t.left = resized(t.left, (hi-lo)*t.rows)
	for l := range hi - lo {
		copy(t.left[l*t.rows:][:n], x.Row(lo + l)[i:])
	}
	return t.left
}

// times sets rows lo to hi of [ys…] to [xs…]·right, or adds it. The rows of right are of
// t.width numbers.
func (t *tiles) times(ys, xs []embed.Dense, right embed.Dense, lo, hi int, add bool) {
	t.left = resized(t.left, right.Rows*t.rows)
	for ; lo < hi; lo += t.rows {
		n := min(t.rows, hi-lo)
		panel := t.left
		for _, x := range xs {
			transpose(panel, t.rows, x.Data[lo*x.Dim:][:n*x.Dim], x.Dim)
			panel = panel[x.Dim*t.rows:]
		}
		t.multiply(right.Rows, t.left, t.rows, right.Data, t.width)
		for r := range n {
			sum := t.sum[r*t.width:]
			for _, y := range ys {
				if add {
					vec.Axpy(1, sum[:y.Dim], y.Row(lo+r))
				} else {
					copy(y.Row(lo+r), sum)
				}
				sum = sum[y.Dim:]
			}
		}
	}
}

// transpose sets to[j*stride+i] to from[i*columns+j].
func transpose(to []float32, stride int, from []float32, columns int) {
	i := 0
	for ; len(from) >= 4*columns; i += 4 {
		a, b, c, d := from[:columns], from[columns:][:columns], from[2*columns:][:columns], from[3*columns:][:columns]
		for j := range a {
			*(*[4]float32)(to[j*stride+i:]) = [4]float32{a[j], b[j], c[j], d[j]}
		}
		from = from[4*columns:]
	}
	for ; len(from) > 0; i++ {
		for j, v := range from[:columns] {
			to[j*stride+i] = v
		}
		from = from[columns:]
	}
}

// resized is a slice of n numbers, s itself if that is large enough.
func resized(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}
