package lsa

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
	"gonum.org/v1/gonum/mat"
)

// leastSigma is the share of the greatest singular value below which one counts as
// zero: products in float32 leave about 1e-6 of it in every direction.
const leastSigma = 1e-5

// blocks does arithmetic on blocks of vectors: tall matrices in float32 with few
// columns, spread over workers by rows. What it sums over rows it sums in float64,
// and in an order that does not depend on the number of workers.
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
			combineRows(index, value, x, y.Row(j))
		}
	})
	return y
}

// times is x·t, in the storage of x if it fits.
func (w *blocks) times(x embed.Dense, t embed.Dense) embed.Dense {
	y := x
	if t.Dim != x.Dim {
		y = embed.NewDense(x.Rows, t.Dim)
	}
	first := make([]int, t.Rows) // column of the first number of each row that is not 0: t is often triangular
	for l := range first {
		for first[l] < t.Dim && t.Row(l)[first[l]] == 0 {
			first[l]++
		}
	}
	w.inChunks(x.Rows, chunkRows, func(lo, hi int) {
		sum := make([]float32, t.Dim)
		for i := lo; i < hi; i++ {
			clear(sum)
			for l, v := range x.Row(i) {
				vec.Axpy(v, t.Row(l)[first[l]:], sum[first[l]:])
			}
			copy(y.Row(i), sum)
		}
	})
	return y
}

// stripes is the number of parts whose Gram matrices are summed apart.
const stripes = 16

// gram is xᵀ·x in float64, or nil after an error.
func (w *blocks) gram(x embed.Dense) *mat.SymDense {
	n := x.Dim
	parts := make([][]float64, stripes)
	for s := range parts {
		parts[s] = make([]float64, n*n)
	}
	perStripe := (x.Rows + stripes - 1) / stripes
	w.inChunks(x.Rows, perStripe, func(first, end int) {
		part := blas64.General{Rows: n, Cols: n, Stride: n, Data: parts[first/perStripe]}
		wide := make([]float64, chunkRows*n)
		for lo := first; lo < end; lo += chunkRows {
			hi := min(lo+chunkRows, end)
			for i, v := range x.Data[lo*n : hi*n] {
				wide[i] = float64(v)
			}
			addGram(blas64.General{Rows: hi - lo, Cols: n, Stride: n, Data: wide}, part)
		}
	})
	if w.err != nil {
		return nil
	}
	for _, part := range parts[1:] {
		blas64.Axpy(1, blas64.Vector{N: n * n, Inc: 1, Data: part}, blas64.Vector{N: n * n, Inc: 1, Data: parts[0]})
	}
	return mat.NewSymDense(n, parts[0])
}

// addGram adds the upper triangle of xᵀ·x to sum, in tiles small enough that gonum
// multiplies each in one goroutine and in the first cache.
func addGram(x, sum blas64.General) {
	const tile = 64
	part := func(g blas64.General, i, j, rows, cols int) blas64.General {
		return blas64.General{Rows: rows, Cols: cols, Stride: g.Stride, Data: g.Data[i*g.Stride+j:]}
	}
	for i := 0; i < x.Cols; i += tile {
		rows := min(tile, x.Cols-i)
		for j := i; j < x.Cols; j += tile {
			cols := min(tile, x.Cols-j)
			blas64.Gemm(blas.Trans, blas.NoTrans, 1, part(x, 0, i, x.Rows, rows), part(x, 0, j, x.Rows, cols), 1, part(sum, i, j, rows, cols))
		}
	}
}

// orthonormal returns a matrix with the column space of x and columns that are
// orthonormal up to about 1e-7·κ(x), where κ is the ratio of its greatest to its
// least singular value. It overwrites x.
//
// Directions below leastSigma of the greatest are dropped: the result can have fewer
// columns than x. It has none, and an error is set, if x is zero or not finite.
//
// Cholesky QR (xᵀx = RᵀR, q = x·R⁻¹); for ill-conditioned x, from the eigenvectors of
// xᵀx: Stathopoulos and Wu (2002), "A block orthogonalization procedure".
func (w *blocks) orthonormal(x embed.Dense) embed.Dense {
	gram := w.gram(x)
	if gram == nil {
		return x
	}
	turn, ok := inverseCholesky(gram)
	if !ok {
		var values []float64
		if values, turn, w.err = eigen(gram, gram.SymmetricDim()); w.err != nil {
			return x
		}
		for j, v := range values {
			for i := range turn.Rows {
				turn.Row(i)[j] /= float32(math.Sqrt(v))
			}
		}
	}
	return w.times(x, turn)
}

// inverseCholesky is R⁻¹ where g = RᵀR with R upper triangular. It says no if g is
// too near to singular.
func inverseCholesky(g *mat.SymDense) (embed.Dense, bool) {
	n := g.SymmetricDim()
	factor := mat.NewSymDense(n, nil)
	factor.CopySym(g)
	r, ok := lapack64.Potrf(factor.RawSymmetric())
	if !ok {
		return embed.Dense{}, false
	}
	least, greatest := math.Inf(1), 0.0
	for i := range n {
		v := r.Data[i*r.Stride+i]
		least, greatest = min(least, v), max(greatest, v)
	}
	if !(least > leastSigma*greatest) || !lapack64.Trtri(r) {
		return embed.Dense{}, false
	}
	inverse := embed.NewDense(n, n)
	for i := range n {
		for j := i; j < n; j++ {
			inverse.Row(i)[j] = float32(r.Data[i*r.Stride+j])
		}
	}
	return inverse, true
}

// eigen returns the greatest k eigenvalues of g = xᵀx, descending, and their
// eigenvectors as columns; those that are zero as far as float32 can tell are left
// out.
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
	ascending := e.Values(nil)
	var vectors mat.Dense
	e.VectorsTo(&vectors)

	var values []float64
	for len(values) < k {
		v := ascending[n-1-len(values)]
		if !(v > leastSigma*leastSigma*ascending[n-1]) {
			break
		}
		values = append(values, v)
		if len(values) == n {
			break
		}
	}
	if len(values) == 0 {
		return nil, embed.Dense{}, errZero
	}
	turn := embed.NewDense(n, len(values))
	for i := range n {
		for j := range values {
			turn.Row(i)[j] = float32(vectors.At(i, n-1-j))
		}
	}
	return values, turn, nil
}
