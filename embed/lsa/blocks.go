package lsa

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/alsolike/alsolike/embed"
	"gonum.org/v1/gonum/lapack/lapack64"
	"gonum.org/v1/gonum/mat"
)

// blocks does arithmetic on blocks of vectors: tall matrices in float32 with few
// columns, spread over workers by rows, in an order that does not depend on the number
// of workers.
//
// The first error sticks; after it, results hold no meaning.
type blocks struct {
	ctx     context.Context
	workers int
	err     error
}

func (w *blocks) inChunks(n, size int, f func(lo, hi int)) {
	if w.err == nil {
		w.err = inChunks(w.ctx, w.workers, n, size, f)
	}
}

// gaussian is a matrix of independent standard normal numbers. Every row has a
// generator of its own.
func (w *blocks) gaussian(rows, columns int, seed uint64) embed.Dense {
	x := embed.NewDense(rows, columns)
	w.inChunks(rows, chunkRows, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			random := rand.New(rand.NewPCG(seed, uint64(i)))
			for j := range x.Row(i) {
				x.Row(i)[j] = float32(random.NormFloat64())
			}
		}
	})
	return x
}

// width is the number of columns of blocks that stand side by side.
func width(xs []embed.Dense) (n int) {
	for _, x := range xs {
		n += x.Dim
	}
	return n
}

// crossRows is the number of rows over which cross sums in float32. What it sums of
// them, and all the rest, it sums in float64.
const crossRows = 512

// stripes is the number of parts whose products are summed apart.
const stripes = 16

// cross is [xs…]ᵀ·y, row major.
func (w *blocks) cross(xs []embed.Dense, y embed.Dense) []float64 {
	p, q := width(xs), y.Dim
	perStripe := (y.Rows + stripes - 1) / stripes
	parts := make([][]float64, stripes)
	w.inChunks(y.Rows, max(perStripe, 1), func(first, end int) {
		sum := make([]float64, p*q)
		tiles := newTiles(q)
		for lo := first; lo < end; lo += crossRows {
			tiles.cross(sum, xs, y, lo, min(lo+crossRows, end))
		}
		parts[first/perStripe] = sum
	})
	if w.err != nil {
		return make([]float64, p*q)
	}
	return total(parts)
}

// total is the sum of parts, of which those at the end may be missing.
func total(parts [][]float64) []float64 {
	for _, part := range parts[1:] {
		for i, v := range part {
			parts[0][i] += v
		}
	}
	return parts[0]
}

// products is xᵀ·x, by cross.
func (w *blocks) products(x embed.Dense) *mat.SymDense {
	return mat.NewSymDense(x.Dim, w.cross([]embed.Dense{x}, x))
}

// setColumns sets so many columns of g, from column at on, to the first rows of c, down
// to the diagonal.
func setColumns(g *mat.SymDense, at int, c []float64, columns int) {
	for i := range at + columns {
		for j := max(i-at, 0); j < columns; j++ {
			g.SetSym(i, at+j, c[i*columns+j])
		}
	}
}

// greatestLength is that of the columns of x.
func (w *blocks) greatestLength(x embed.Dense) (greatest float64) {
	g := w.products(x)
	for i := range g.SymmetricDim() {
		greatest = max(greatest, g.At(i, i))
	}
	return math.Sqrt(greatest)
}

// subtract takes [xs…]·c from y.
func (w *blocks) subtract(y embed.Dense, xs []embed.Dense, c []float64) {
	if w.err != nil {
		return
	}
	t := embed.NewDense(width(xs), y.Dim)
	for i, v := range c {
		t.Data[i] = float32(-v)
	}
	w.times([]embed.Dense{y}, xs, t, true)
}

// times sets [ys…] to [xs…]·t, or adds it. A block of xs may be one of ys.
func (w *blocks) times(ys, xs []embed.Dense, t embed.Dense, add bool) {
	padded := padColumns(t)
	w.inChunks(xs[0].Rows, chunkRows, func(lo, hi int) {
		tiles := newTiles(t.Dim)
		tiles.times(ys, xs, padded, lo, hi, add)
	})
}

// turn is [xs…]·t for orthogonal columns t, in the storage of the first of xs, and for
// blocks of their widths.
func (w *blocks) turn(xs []embed.Dense, t embed.Dense) []embed.Dense {
	n := 1
	for width(xs[:n]) < t.Dim {
		n++
	}
	padded := embed.NewDense(t.Rows, width(xs[:n]))
	copyColumns(padded, 0, t)
	w.times(xs[:n], xs, padded, false)
	return xs[:n]
}

// orthonormal returns an orthonormal basis of the columns of x, up to about 1e-7·κ²,
// where κ is the ratio of the greatest to the least singular value of x with its
// columns scaled to length 1, and the least length that a direction of it had in x.
// Columns no longer than floor are dropped, and directions of the scaled columns whose
// squared length is drop or less. It overwrites x.
//
// From the eigenvectors of xᵀx: Stathopoulos and Wu (2002), "A block
// orthogonalization procedure with constant synchronization requirements".
func (w *blocks) orthonormal(x embed.Dense, floor, drop float64) (q embed.Dense, least float64) {
	none := embed.Dense{Rows: x.Rows}
	n := x.Dim
	if n == 0 {
		return none, 0
	}
	g := w.products(x)
	length := make([]float64, n)
	for i := range n {
		length[i] = math.Sqrt(g.At(i, i))
		if math.IsNaN(length[i]) || math.IsInf(length[i], 0) {
			w.err = errZero
			return none, 0
		}
	}
	for i := range n {
		for j := i; j < n; j++ {
			v := 0.0
			if length[i] > floor && length[j] > floor {
				v = g.At(i, j) / length[i] / length[j]
			}
			g.SetSym(i, j, v)
		}
	}
	values, turn := w.eigen(g, n)
	for len(values) > 0 && !(values[len(values)-1] > drop) {
		values = values[:len(values)-1]
	}
	turn = firstColumns(turn, len(values))
	least = math.Inf(1)
	for i := range n {
		if !(length[i] > floor) {
			continue
		}
		for j, v := range values {
			turn.Row(i)[j] /= float32(math.Sqrt(v) * length[i])
			least = min(least, math.Sqrt(v)*length[i])
		}
	}
	q = x
	if q.Dim != turn.Dim {
		q = embed.NewDense(x.Rows, turn.Dim)
	}
	w.times([]embed.Dense{q}, []embed.Dense{x}, turn, false)
	return q, least
}

// leastSigma is the share of the greatest singular value below which one counts as
// zero: products in float32 leave about 1e-6 of it in every direction.
const leastSigma = 1e-5

// gram is xᵀ·x, summed in float64.
func (w *blocks) gram(x embed.Dense) *mat.SymDense {
	n := x.Dim
	perStripe := max((x.Rows+stripes-1)/stripes, 1)
	parts := make([][]float64, stripes)
	w.inChunks(x.Rows, perStripe, func(lo, hi int) {
		sum := make([]float64, n*n)
		for i := lo; i < hi; i++ {
			row := x.Row(i)
			for i, v := range row {
				to := sum[i*n:][:n]
				for j := i; j < n; j++ {
					to[j] += float64(v) * float64(row[j])
				}
			}
		}
		parts[lo/perStripe] = sum
	})
	if w.err != nil {
		return mat.NewSymDense(n, nil)
	}
	return mat.NewSymDense(n, total(parts))
}

// inverseCholesky is R⁻¹ where g = RᵀR with R upper triangular. It says no if g is
// too near to singular.
func inverseCholesky(g *mat.SymDense) (embed.Dense, bool) {
	r, ok := lapack64.Potrf(g.RawSymmetric())
	if !ok || !lapack64.Trtri(r) {
		return embed.Dense{}, false
	}
	n := r.N
	inverse := embed.NewDense(n, n)
	for i := range n {
		for j := i; j < n; j++ {
			inverse.Row(i)[j] = float32(r.Data[i*r.Stride+j])
		}
	}
	return inverse, true
}

// firstColumns is x with no more than n columns.
func firstColumns(x embed.Dense, n int) embed.Dense {
	if x.Dim <= n {
		return x
	}
	y := embed.NewDense(x.Rows, n)
	copyColumns(y, 0, x)
	return y
}

// copyColumns copies x into y from column at on, as far as there is room.
func copyColumns(y embed.Dense, at int, x embed.Dense) {
	for i := range x.Rows {
		copy(y.Row(i)[at:], x.Row(i))
	}
}
