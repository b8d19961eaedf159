package lsa

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
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

// product is aᵀ·x.
func (w *blocks) product(a *embed.Sparse, x embed.Dense) embed.Dense {
	y := embed.NewDense(a.Cols, x.Dim)
	w.inChunks(a.Cols, chunkRows, func(lo, hi int) {
		for j := lo; j < hi; j++ {
			index, value := a.Col(j)
			vec.Combine(y.Row(j), x.Data, index, value)
		}
	})
	return y
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

// subtract takes [xs…]·c from y.
func (w *blocks) subtract(y embed.Dense, xs []embed.Dense, c []float64) {
	if w.err != nil {
		return
	}
	t := embed.NewDense(width(xs), y.Dim)
	for i, v := range c {
		t.Data[i] = float32(-v)
	}
	w.addTimes(y, xs, t)
}

// times is [xs…]·t.
func (w *blocks) times(xs []embed.Dense, t embed.Dense) embed.Dense {
	y := embed.NewDense(xs[0].Rows, t.Dim)
	w.addTimes(y, xs, t)
	return y
}

// addTimes adds [xs…]·t to y.
func (w *blocks) addTimes(y embed.Dense, xs []embed.Dense, t embed.Dense) {
	padded := padColumns(t)
	w.inChunks(y.Rows, chunkRows, func(lo, hi int) {
		tiles := newTiles(t.Dim)
		tiles.addTimes(y, xs, padded, lo, hi)
	})
}

// orthonormal returns an orthonormal basis of the columns of x, up to about 1e-7·κ²,
// where κ is the ratio of the greatest to the least singular value of x with its
// columns scaled to length 1, and the least length that a direction of it had in x.
// Columns no longer than floor are dropped, and directions of the scaled columns whose
// squared length is least or less.
//
// From the eigenvectors of xᵀx: Stathopoulos and Wu (2002), "A block
// orthogonalization procedure with constant synchronization requirements".
func (w *blocks) orthonormal(x embed.Dense, floor, drop float64) (q embed.Dense, least float64) {
	none := embed.Dense{Rows: x.Rows}
	if x.Dim == 0 {
		return none, 0
	}
	g := w.cross([]embed.Dense{x}, x)
	n := x.Dim
	length := make([]float64, n)
	for i := range n {
		length[i] = math.Sqrt(g[i*n+i])
		if math.IsNaN(length[i]) || math.IsInf(length[i], 0) {
			w.err = errZero
			return none, 0
		}
	}
	scaled := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			if length[i] > floor && length[j] > floor {
				scaled.SetSym(i, j, g[i*n+j]/length[i]/length[j])
			}
		}
	}
	values, turn, err := eigen(scaled, n)
	if err != nil {
		w.err = err
		return none, 0
	}
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
	return w.times([]embed.Dense{x}, turn), least
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

// eigen returns the greatest k eigenvalues of g, descending, and their eigenvectors as
// columns.
func eigen(g *mat.SymDense, k int) ([]float64, embed.Dense, error) {
	n := g.SymmetricDim()
	for i := range n {
		if v := g.At(i, i); math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, embed.Dense{}, errZero
		}
	}
	var e mat.EigenSym
	if !e.Factorize(g, true) {
		return nil, embed.Dense{}, errZero
	}
	values := e.Values(nil)
	slices.Reverse(values)
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	turn := embed.NewDense(n, k)
	for i := range n {
		for j := range k {
			turn.Row(i)[j] = float32(vectors.At(i, n-1-j))
		}
	}
	return values[:k], turn, nil
}
