package lsa

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"runtime"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
)

// ErrEmptyCorpus is returned by Fit and TFIDF when no text holds a term.
var ErrEmptyCorpus = errors.New("lsa: no text holds a term")

// Options are the settings of Fit. The zero value works.
type Options struct {
	Rank int    // dimensions of the vectors; 0: min(256, texts/8), at least 1
	Seed uint64 // of the random start of the decomposition; 0: 1

	// A term counts if it occurs in at least MinDocFreq texts and in at most the
	// share MaxDocFreq of them, though that is never taken to be fewer than
	// MinDocFreq texts. If no term is within the bounds, as in a single text, all are.
	MinDocFreq int     // 0: 2
	MaxDocFreq float64 // in (0, 1]; 0: 0.5

	// More of either brings the decomposition nearer to the exact one, and takes longer.
	Oversample int // columns beyond Rank; 0: 16
	Iterations int // of the subspace; 0: 4

	Workers int // goroutines; 0: GOMAXPROCS. Results do not depend on it

	// Progress, if not nil, is told now and then how far a stage ("count",
	// "decompose", "project") has come. The total is 0 while it is not known. Calls
	// do not overlap.
	Progress func(stage string, done, total int64)
}

// withDefaults sets what counting needs; TruncatedSVD has the defaults of the rest.
func (o Options) withDefaults() Options {
	setDefault(&o.MinDocFreq, 2)
	setDefault(&o.MaxDocFreq, 0.5)
	setDefault(&o.Workers, runtime.GOMAXPROCS(0))
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	return o
}

func setDefault[T comparable](v *T, byDefault T) {
	var zero T
	if *v == zero {
		*v = byDefault
	}
}

func (o Options) validate() error {
	switch {
	case o.Rank < 0:
		return fmt.Errorf("lsa: rank is %d; it must be positive, or 0 for the default", o.Rank)
	case o.MinDocFreq < 0:
		return fmt.Errorf("lsa: lower bound of document frequency is %d; it must be positive, or 0 for the default", o.MinDocFreq)
	case !(o.MaxDocFreq > 0 && o.MaxDocFreq <= 1):
		return fmt.Errorf("lsa: upper bound of document frequency is %v; it is a share above 0 and at most 1", o.MaxDocFreq)
	case o.Oversample < 0, o.Iterations < 0, o.Workers < 0:
		return fmt.Errorf("lsa: oversample %d, iterations %d, workers %d: none may be negative", o.Oversample, o.Iterations, o.Workers)
	}
	return nil
}

// Fit counts the terms of texts, weights the counts and factorises the matrix A
// (terms × texts) as
//
//	A ≈ U·Σ·Vᵀ,  U: terms×k, Σ: k×k, V: texts×k
//
// It returns U in a Model, with all it takes to analyse further texts, and one
// vector per text in their order: the rows of Aᵀ·U = V·Σ (texts×k), each scaled to
// length 1. A text without a known term, or of which nothing lies in the space of U,
// has the zero vector. k is min(opts.Rank, rank of A).
//
// Equal texts and options give equal bytes, whatever opts.Workers is. Time is
// O(nnz·k + (terms+texts)·k²), memory O(nnz + (terms+texts)·k), where nnz is the
// number of distinct terms summed over the texts; the texts are not kept.
//
// It returns ErrEmptyCorpus if no text holds a term, the context's error if that
// ends, and the error that texts yields.
func Fit(ctx context.Context, texts iter.Seq2[embed.Text, error], opts Options) (*Model, embed.Dense, error) {
	opts = opts.withDefaults()
	if err := opts.validate(); err != nil {
		return nil, embed.Dense{}, err
	}
	terms, counts, err := count(ctx, texts, opts)
	if err != nil {
		return nil, embed.Dense{}, err
	}
	var weighting Weighting
	weighting.fit(counts)
	weighting.apply(counts)
	unitColumns(counts, 0)

	svd := opts.svd()
	if err := svd.fit(ctx, counts, opts.Progress); err != nil {
		return nil, embed.Dense{}, err
	}
	model := newModel(terms, weighting.Global, svd)

	vectors, err := project(ctx, counts, svd.U, opts)
	if err != nil {
		return nil, embed.Dense{}, err
	}
	return model, vectors, nil
}

// TFIDF counts the terms of texts and weights them as Fit does, without the
// decomposition: each column is a text's vector of length 1, or zero.
func TFIDF(ctx context.Context, texts iter.Seq2[embed.Text, error], opts Options) (*embed.Sparse, error) {
	opts = opts.withDefaults()
	if err := opts.validate(); err != nil {
		return nil, err
	}
	_, counts, err := count(ctx, texts, opts)
	if err != nil {
		return nil, err
	}
	var weighting Weighting
	weighting.fit(counts)
	weighting.apply(counts)
	unitColumns(counts, 0)
	return counts, nil
}

// project returns the unit rows of aᵀ·u.
func project(ctx context.Context, a *embed.Sparse, u embed.Dense, opts Options) (embed.Dense, error) {
	vectors := embed.NewDense(a.Cols, u.Dim)
	total := int64(a.Cols)
	opts.Progress("project", 0, total)
	err := inChunks(ctx, opts.Workers, a.Cols, chunkRows, func(lo, hi int) {
		for j := lo; j < hi; j++ {
			index, value := a.Col(j)
			projectOne(index, value, u, vectors.Row(j))
		}
	})
	if err != nil {
		return embed.Dense{}, err
	}
	opts.Progress("project", total, total)
	return vectors, nil
}

// leastShare is the length that a column of length 1 must keep when it is projected.
// Below it, the projection is float32's rounding and not the text's direction.
const leastShare = 1e-4

// projectOne sets dst to the projection of a weighted text of length 1 onto the
// columns of u, scaled to length 1 or zero.
func projectOne(index []uint32, value []float32, u embed.Dense, dst []float32) {
	combineRows(index, value, u, dst)
	if vec.Norm(dst) < leastShare {
		clear(dst)
	}
	vec.Normalise(dst)
}

// combineRows sets dst to Σ value[e]·x.Row(index[e]).
func combineRows(index []uint32, value []float32, x embed.Dense, dst []float32) {
	clear(dst)
	for e, i := range index {
		vec.Axpy(value[e], x.Row(int(i)), dst)
	}
}

// isPositive reports whether w is a finite number above 0.
func isPositive(w float32) bool {
	return w > 0 && !math.IsInf(float64(w), 1)
}
