package lsa

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
	"github.com/james-bowman/nlp"
	"gonum.org/v1/gonum/mat"
)

// TruncatedSVD is the best approximation of a sparse matrix by one of rank K, as a
// transformer of nlp pipelines:
//
//	A ≈ U·Σ·Vᵀ,  A: m×n,  U: m×k,  Σ: k×k,  V: n×k
//
// where k is the least of K, m, n and the rank of A as far as float32 can tell
// (σ above 1e-5·σ₁). Transform returns Uᵀ·A (k×n), as nlp.TruncatedSVD does, for
// the A of Fit and for others with its rows.
//
// A is never made dense: memory is O(nnz + min(m,n)·(k+Oversample) + m·k), time
// O((nnz + min(m,n)·(k+Oversample))·(k+Oversample) + m·k²). The result comes near the
// exact one with both settings, the faster the more σ fall off beyond σₖ; where
// k+Oversample reaches m or n it is exact up to rounding. Of each column of U, the entry
// of greatest magnitude is positive.
//
// Rayleigh–Ritz in a block Krylov space with random start: Musco and Musco (2015),
// "Randomized block Krylov methods for stronger and faster approximate singular value
// decomposition".
type TruncatedSVD struct {
	K          int    // 0: min(256, columns of A / 8), at least 1
	Seed       uint64 // of the random start; 0: 1
	Oversample int    // dimensions of the Krylov space beyond k; 0: k+32, and all there are of a matrix of up to 512 rows or columns
	Iterations int    // multiplications by AᵀA, in blocks of as few columns as fill the space; 0: 17. More is nearer, but slower, at one size of the space
	Workers    int    // 0: GOMAXPROCS. Results do not depend on it

	U     embed.Dense // m×k, columns orthonormal; set by Fit
	Sigma []float32   // k, descending; set by Fit

	// Energy is the share ‖UΣVᵀ‖²/‖A‖² (Frobenius) of the sum of squares of A that the
	// approximation holds, 0 to 1; set by Fit. UᵀA holds as much or slightly more.
	Energy float64

	room func(rows, columns int) embed.Dense // where U is to be; nil: embed.NewDense
	err  error
}

var _ nlp.Transformer = (*TruncatedSVD)(nil)

var errZero = errors.New("lsa: the matrix is zero or not finite")

func (o Options) svd() *TruncatedSVD {
	return &TruncatedSVD{K: o.Rank, Seed: o.Seed, Oversample: o.Oversample, Iterations: o.Iterations, Workers: o.Workers}
}

// Fit factorises a. An error is kept for Transform to return, since nlp leaves no
// room for it here.
func (t *TruncatedSVD) Fit(a mat.Matrix) nlp.Transformer {
	t.err = t.fit(context.Background(), embed.SparseOf(a), func(int64, int64) {})
	return t
}

// Transform returns Uᵀ·a (k×n), a *mat.Dense.
func (t *TruncatedSVD) Transform(a mat.Matrix) (mat.Matrix, error) {
	switch rows, _ := a.Dims(); {
	case t.err != nil:
		return nil, t.err
	case t.U.Data == nil:
		return nil, errNotFitted
	case rows != t.U.Rows:
		return nil, mat.ErrShape
	}
	s := embed.SparseOf(a)
	product := mat.NewDense(t.U.Dim, s.Cols, nil)
	row := make([]float32, t.U.Dim)
	for j := range s.Cols {
		index, value := s.Col(j)
		vec.Combine(row, t.U.Data, index, value)
		for i, v := range row {
			product.Set(i, j, float64(v))
		}
	}
	return product, nil
}

// FitTransform is Fit and then Transform of the same matrix.
func (t *TruncatedSVD) FitTransform(a mat.Matrix) (mat.Matrix, error) {
	return t.Fit(a).Transform(a)
}

// Residual is ‖A − UΣVᵀ‖/‖A‖ (Frobenius) for the A of Fit.
func (t *TruncatedSVD) Residual() float64 { return math.Sqrt(1 - t.Energy) }

// exactSide is the most rows or columns of a matrix that is decomposed exactly unless
// Oversample says otherwise.
const exactSide = 512

// withDefaults is the settings of t for a matrix of so many rows and columns.
func (t *TruncatedSVD) withDefaults(rows, cols int) TruncatedSVD {
	o := TruncatedSVD{K: t.K, Seed: t.Seed, Oversample: t.Oversample, Iterations: t.Iterations, Workers: t.Workers, room: t.room}
	if o.room == nil {
		o.room = embed.NewDense
	}
	setDefault(&o.K, defaultRank(cols))
	setDefault(&o.Seed, 1)
	if short := min(rows, cols); short <= exactSide {
		setDefault(&o.Oversample, short)
	}
	setDefault(&o.Oversample, o.K+32)
	setDefault(&o.Iterations, 17)
	setDefault(&o.Workers, runtime.GOMAXPROCS(0))
	return o
}

func defaultRank(texts int) int { return max(1, min(256, texts/8)) }

// fit sets U, Sigma and Energy.
func (t *TruncatedSVD) fit(ctx context.Context, a *embed.Sparse, progress func(done, total int64)) error {
	t.U, t.Sigma, t.Energy = embed.Dense{}, nil, 0
	o := t.withDefaults(a.Rows, a.Cols)
	k := min(o.K, a.Rows, a.Cols)
	if k < 1 {
		return errZero
	}
	w := &blocks{ctx: ctx, workers: o.Workers}
	u, values := w.leading(a, k, o, progress)
	if w.err != nil {
		return w.err
	}
	w.fixSigns(u)
	t.Sigma = make([]float32, len(values))
	var held float64
	for i, v := range values {
		t.Sigma[i] = float32(math.Sqrt(v))
		held += v
	}
	t.U, t.Energy = u, min(held/squares(a), 1)
	return w.err
}

// leading returns the leading left singular vectors of a, at most k, as columns, and the
// squares of their singular values.
func (w *blocks) leading(a *embed.Sparse, k int, o TruncatedSVD, progress func(done, total int64)) (embed.Dense, []float64) {
	terms, texts := w.rowsOf(a), columns{a}
	space := krylov{blocks: w, a: terms, transposed: texts} // of the shorter side
	if a.Rows < a.Cols {
		space.a, space.transposed = texts, terms
	}
	dims := min(k+o.Oversample, a.Rows, a.Cols)
	width := (dims + o.Iterations - 1) / o.Iterations
	space.grow(dims, width, o.Seed, progress)
	values, vectors := w.eigen(space.t, k)
	if w.err != nil {
		return embed.Dense{}, nil
	}
	u := o.room(a.Rows, k)
	if a.Rows < a.Cols {
		w.times([]embed.Dense{u}, space.basis, vectors, false)
	} else {
		turned := w.turn(space.basis, vectors)
		space.basis = nil
		at, y := 0, embed.NewDense(a.Rows, width)
		for _, x := range turned {
			y.Dim, y.Data = x.Dim, y.Data[:a.Rows*x.Dim]
			terms.times(w, y, x)
			copyColumns(u, at, y)
			at += x.Dim
		}
	}
	if values[k-1] > leastSquare*values[0] {
		if turn, ok := inverseCholesky(w.products(u)); ok {
			w.times([]embed.Dense{u}, []embed.Dense{u}, turn, false)
			return u, values
		}
	}
	return w.refined(texts, u, o.room)
}

// leastSquare is the share of the greatest squared singular value down to which squares
// are told from rounding.
const leastSquare = 1e-4

// refined is leading in the space of the columns of u, for singular values whose squares
// are not told from rounding.
func (w *blocks) refined(transposed side, u embed.Dense, room func(rows, columns int) embed.Dense) (embed.Dense, []float64) {
	u, _ = w.orthonormal(u, leastSigma*w.greatestLength(u), 1e-5)
	u, _ = w.orthonormal(u, 0, 1e-5)
	if w.err == nil && u.Dim == 0 {
		w.err = errZero
	}
	if w.err != nil {
		return embed.Dense{}, nil
	}
	texts, _ := transposed.dims()
	y := embed.NewDense(texts, u.Dim)
	transposed.times(w, y, u)
	values, vectors := w.eigen(w.gram(y), u.Dim)
	if w.err != nil {
		return embed.Dense{}, nil
	}
	least := leastSigma * leastSigma * values[0]
	for len(values) > 0 && !(values[len(values)-1] > least) {
		values = values[:len(values)-1]
	}
	if len(values) == 0 {
		w.err = errZero
	}
	turned := room(u.Rows, len(values))
	w.times([]embed.Dense{turned}, []embed.Dense{u}, firstColumns(vectors, len(values)), false)
	return turned, values
}

// fixSigns makes the entry of greatest magnitude of each column positive, the first
// of them where there are several: a factorisation leaves the signs open.
func (w *blocks) fixSigns(u embed.Dense) {
	extremes := make([][]float32, (u.Rows+chunkRows-1)/chunkRows)
	w.inChunks(u.Rows, chunkRows, func(lo, hi int) {
		extreme := slices.Clone(u.Row(lo))
		for i := lo + 1; i < hi; i++ {
			moreExtreme(extreme, u.Row(i))
		}
		extremes[lo/chunkRows] = extreme
	})
	if w.err != nil {
		return
	}
	for _, extreme := range extremes[1:] {
		moreExtreme(extremes[0], extreme)
	}
	w.inChunks(u.Rows, chunkRows, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			for j := range u.Row(i) {
				if extremes[0][j] < 0 {
					u.Row(i)[j] *= -1
				}
			}
		}
	})
}

// moreExtreme puts those numbers of row into extreme that are of greater magnitude.
func moreExtreme(extreme, row []float32) {
	for j, v := range row {
		if max(v, -v) > max(extreme[j], -extreme[j]) {
			extreme[j] = v
		}
	}
}

// squares is the sum of the squares of the numbers of a.
func squares(a *embed.Sparse) (sum float64) {
	for _, v := range a.Value {
		sum += float64(v) * float64(v)
	}
	return sum
}
