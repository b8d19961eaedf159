package lsa

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"

	"github.com/alsolike/alsolike/embed"
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
// A is never made dense: memory is O(nnz + (m+n)·(k+Oversample)), time
// O(Iterations·(nnz + (m+n)·k)·k). The result comes near the exact one as the
// σ beyond k+Oversample are small beside σₖ, and with Iterations; where k+Oversample
// reaches m or n it is exact up to rounding. Of each column of U, the entry of
// greatest magnitude is positive.
//
// Randomised subspace iteration: Halko, Martinsson, Tropp (2011), "Finding structure
// with randomness", algorithms 4.4 and 5.1.
type TruncatedSVD struct {
	K          int    // 0: min(256, columns of A / 8), at least 1
	Seed       uint64 // 0: 1
	Oversample int    // 0: 16
	Iterations int    // 0: 4
	Workers    int    // 0: GOMAXPROCS

	U     embed.Dense // m×k, columns orthonormal; set by Fit
	Sigma []float32   // k, descending; set by Fit

	err error
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
		combineRows(index, value, t.U, row)
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

// withDefaults is the settings of t for a matrix of so many columns.
func (t *TruncatedSVD) withDefaults(cols int) TruncatedSVD {
	o := TruncatedSVD{K: t.K, Seed: t.Seed, Oversample: t.Oversample, Iterations: t.Iterations, Workers: t.Workers}
	setDefault(&o.K, defaultRank(cols))
	setDefault(&o.Seed, 1)
	setDefault(&o.Oversample, 16)
	setDefault(&o.Iterations, 4)
	setDefault(&o.Workers, runtime.GOMAXPROCS(0))
	return o
}

func defaultRank(texts int) int { return max(1, min(256, texts/8)) }

// fit sets U and Sigma.
func (t *TruncatedSVD) fit(ctx context.Context, a *embed.Sparse, progress func(done, total int64)) error {
	t.U, t.Sigma = embed.Dense{}, nil
	o := t.withDefaults(a.Cols)

	k := min(o.K, a.Rows, a.Cols)
	columns := min(k+o.Oversample, a.Rows, a.Cols)
	if k < 1 {
		return errZero
	}
	w := blocks{ctx: ctx, workers: o.Workers}
	steps := int64(o.Iterations + 2)
	step := func(i int) { progress(int64(i), steps) }
	step(0)

	// q spans, better with every iteration, the leading left singular vectors.
	rows := a.Transposed()
	q := w.orthonormal(w.product(rows, w.gaussian(a.Cols, columns, o.Seed)))
	for i := range o.Iterations {
		step(i + 1)
		v := w.orthonormal(w.product(a, q))
		q = w.orthonormal(w.product(rows, v))
	}
	q = w.orthonormal(q) // once more: the first pass leaves errors of the order of 1e-7·κ
	step(o.Iterations + 1)

	// Rayleigh–Ritz: the eigenvectors of (Aᵀq)ᵀ(Aᵀq) turn q into singular vectors.
	gram := w.gram(w.product(a, q))
	if w.err != nil {
		return w.err
	}
	values, turn, err := eigen(gram, k)
	if err != nil {
		return err
	}
	q = w.times(q, turn)
	if w.err != nil {
		return w.err
	}
	t.U = q
	fixSigns(t.U)
	t.Sigma = make([]float32, len(values))
	for i, v := range values {
		t.Sigma[i] = float32(math.Sqrt(v))
	}
	step(o.Iterations + 2)
	return nil
}

// fixSigns makes the entry of greatest magnitude of each column positive, the first
// of them where there are several: a factorisation leaves the signs open.
func fixSigns(u embed.Dense) {
	extreme := slices.Clone(u.Row(0))
	for i := range u.Rows {
		for j, v := range u.Row(i) {
			if math.Abs(float64(v)) > math.Abs(float64(extreme[j])) {
				extreme[j] = v
			}
		}
	}
	for i := range u.Rows {
		for j := range u.Row(i) {
			if extreme[j] < 0 {
				u.Row(i)[j] *= -1
			}
		}
	}
}
