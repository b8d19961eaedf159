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
	left       []float32 // a panel of rows of the left factor, depth-major
	right      []float32 // the right factor, rows of width numbers
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

// multiply sets the sums to the product of the left panel and right, whose rows are of
// t.width numbers.
func (t *tiles) multiply(depth int, right []float32) {
	clear(t.sum)
	for j := 0; j < t.width; j += t.cols {
		vec.Tile(depth, t.left, t.rows, right[j:], t.width, t.sum[j:], t.width)
	}
}

// cross adds rows lo to hi of the blocks, [xs…]ᵀ·y, to total.
func (t *tiles) cross(total []float64, xs []embed.Dense, y embed.Dense, lo, hi int) {
	depth := hi - lo
	t.left = resized(t.left, depth*t.rows)
	t.right = resized(t.right, depth*t.width)
	for l := range depth {
		copy(t.right[l*t.width:], y.Row(lo+l))
	}
	row := 0
	for _, x := range xs {
		for i := 0; i < x.Dim; i += t.rows {
			n := min(t.rows, x.Dim-i)
			for l := range depth {
				copy(t.left[l*t.rows:][:n], x.Row(lo + l)[i:])
			}
			t.multiply(depth, t.right)
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

// addTimes adds rows lo to hi of [xs…]·right to y. The rows of right are of t.width
// numbers.
func (t *tiles) addTimes(y embed.Dense, xs []embed.Dense, right embed.Dense, lo, hi int) {
	t.left = resized(t.left, right.Rows*t.rows)
	for ; lo < hi; lo += t.rows {
		n := min(t.rows, hi-lo)
		panel := t.left
		for _, x := range xs {
			for r := range n {
				at := r
				for _, v := range x.Row(lo + r) {
					panel[at] = v
					at += t.rows
				}
			}
			panel = panel[x.Dim*t.rows:]
		}
		t.multiply(right.Rows, right.Data)
		for r := range n {
			to := y.Row(lo + r)
			for j, v := range t.sum[r*t.width:][:len(to)] {
				to[j] += v
			}
		}
	}
}

// resized is a slice of n numbers, s itself if that is large enough.
func resized(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}
