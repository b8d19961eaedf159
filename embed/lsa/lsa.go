package lsa

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"runtime"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/token"
	"github.com/alsolike/alsolike/embed/vec"
)

// ErrEmptyCorpus is returned by Fit and TFIDF when no text holds a term.
var ErrEmptyCorpus = errors.New("lsa: no text holds a term")

// Options are the settings of Fit. The zero value works.
type Options struct {
	Rank int    // dimensions of the vectors; 0: see Fit
	Seed uint64 // of the random start of the decomposition; 0: 1

	// A term counts if it occurs in at least MinDocFreq texts of its language and in at
	// most the share MaxDocFreq of them, though that is never taken to be fewer than
	// MinDocFreq texts. If no term of the language is within the bounds, as in a single
	// text, all are.
	MinDocFreq int     // 0: 2
	MaxDocFreq float64 // in (0, 1]; 0: 0.5

	// More of either brings the decomposition nearer to the exact one, and takes longer:
	// see TruncatedSVD.
	Oversample int // dimensions beyond Rank to seek it in; 0: as TruncatedSVD
	Iterations int // 0: 17

	Rules token.Rules // how texts are cut into terms; kept in the Model

	Workers int // goroutines; 0: GOMAXPROCS. Results do not depend on it

	// Progress, if not nil, is told now and then how far a stage ("count",
	// "decompose", "project") has come, over all languages. The total is 0 while it is
	// not known. Calls do not overlap.
	Progress func(stage string, done, total int64)

	// Fitted, if not nil, is shown the weighted matrix (terms × texts) of each language
	// and its decomposition as soon as that is made. Both are lent: it must not change
	// or keep them.
	Fitted func(lang string, a *embed.Sparse, svd *TruncatedSVD)
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

// Fit counts the terms of texts, weights the counts and, for the texts of each
// language by themselves, factorises the matrix A (terms × texts) as
//
//	A ≈ U·Σ·Vᵀ,  U: terms×k, Σ: k×k, V: texts×k
//
// Texts are of one language if the primary subtags of their tags are equal, as those
// of zh-Hans and zh-Hant; texts without a tag and those of "und" are of one as well.
//
// It returns every U in a Model, with all it takes to analyse further texts, and one
// vector per text in their order: the rows of Aᵀ·U = V·Σ (texts×k), each scaled to
// length 1. A text without a known term, or of which nothing lies in the space of U,
// has the zero vector. k is min(rank, rank of A), where rank is opts.Rank or, if that
// is 0, min(256, all texts/8) and no more than a quarter of the language's own texts or
// 64, whichever is more; it is at least 1. Vectors have as many dimensions as the greatest k;
// those of a language with fewer end in zeros. Cosines of texts in different
// languages mean nothing.
//
// Equal texts and options give equal bytes, whatever opts.Workers is, and the space of
// a language does not depend on texts in others but through the default rank. Time is
// O(nnz·k + (terms+texts)·k²), memory O(nnz + (terms+texts)·k), where nnz is the
// number of distinct terms summed over the texts; the texts are not kept.
//
// It returns ErrEmptyCorpus if no text holds a term, the context's error if that
// ends, and the error that texts yields.
func Fit(ctx context.Context, texts iter.Seq2[embed.Text, error], opts Options) (*Model, embed.Dense, error) {
	model, vectors, _, err := fit(ctx, texts, opts)
	return model, vectors, err
}

// fit is Fit that also returns the weighted texts of each language.
func fit(ctx context.Context, texts iter.Seq2[embed.Text, error], opts Options) (*Model, embed.Dense, []counted, error) {
	opts = opts.withDefaults()
	if err := opts.validate(); err != nil {
		return nil, embed.Dense{}, nil, err
	}
	languages, n, err := weighted(ctx, texts, opts, entropyWeights)
	if err != nil {
		return nil, embed.Dense{}, nil, err
	}
	spaces := make([]*Space, len(languages))
	for i, l := range languages {
		space := spaceRoom{lang: l.lang, terms: l.terms}
		svd := opts.svd()
		svd.room = space.u
		setDefault(&svd.K, min(defaultRank(n), max(64, len(l.texts)/4)))
		err := svd.fit(ctx, l.matrix, func(done, total int64) {
			opts.Progress("decompose", int64(i)*total+done, int64(len(languages))*total)
		})
		if err != nil {
			return nil, embed.Dense{}, nil, fmt.Errorf("lsa: decompose the texts in %q: %w", l.lang, err)
		}
		if opts.Fitted != nil {
			opts.Fitted(l.lang, l.matrix, svd)
		}
		spaces[i] = space.fill(l.global, svd.Sigma, svd.Energy)
	}
	model := newModel(opts.Rules, spaces)

	vectors, err := project(ctx, languages, spaces, n, opts)
	if err != nil {
		return nil, embed.Dense{}, nil, err
	}
	return model, vectors, languages, nil
}

// TFIDF counts the terms of texts as Fit does and weights a term counted c times in a
// text, and found in f of the n texts of its language, by ln(1+c)·(1 + ln((1+n)/(1+f))),
// what rankings by LSA are compared with. Each column is a text's vector of length 1,
// or zero. Terms of different languages have different rows.
func TFIDF(ctx context.Context, texts iter.Seq2[embed.Text, error], opts Options) (*embed.Sparse, error) {
	opts = opts.withDefaults()
	if err := opts.validate(); err != nil {
		return nil, err
	}
	languages, n, err := weighted(ctx, texts, opts, inverseFrequencies)
	if err != nil {
		return nil, err
	}
	return stack(languages, n), nil
}

// Counts counts the terms of texts as Fit does: a column for each text, with the
// weights of its fields in the counts. Terms of different languages have different
// rows.
func Counts(ctx context.Context, texts iter.Seq2[embed.Text, error], opts Options) (*embed.Sparse, error) {
	opts = opts.withDefaults()
	if err := opts.validate(); err != nil {
		return nil, err
	}
	corpora, n, err := count(ctx, texts, opts)
	if err != nil {
		return nil, err
	}
	languages := make([]counted, len(corpora))
	for i := range corpora {
		languages[i] = corpora[i].assemble(opts)
		corpora[i] = corpus{} // its memory is free for the next
	}
	return stack(languages, n), nil
}

// weighted is the texts of each language as a matrix of counts, weighted by what
// weights makes of them and by ln(1+c), its columns scaled to length 1 or zero; and the
// number of all texts.
func weighted(ctx context.Context, texts iter.Seq2[embed.Text, error], opts Options, weights func(counts *embed.Sparse, workers int) []float32) ([]counted, int, error) {
	corpora, n, err := count(ctx, texts, opts)
	if err != nil {
		return nil, 0, err
	}
	languages := make([]counted, len(corpora))
	for i := range corpora {
		l := corpora[i].assemble(opts)
		corpora[i] = corpus{} // its memory is free for the next
		l.global = weights(l.matrix, opts.Workers)
		eachChunk(l.matrix.Cols, opts.Workers, chunkRows, func(lo, hi int) {
			weighColumns(l.matrix, l.global, lo, hi)
			unitRange(l.matrix, 0, lo, hi)
		})
		languages[i] = l
	}
	return languages, n, nil
}

// stack puts matrices below one another: their columns become those of one matrix of
// n texts.
func stack(languages []counted, n int) *embed.Sparse {
	s := placeColumns(languages, n)
	s.Index, s.Value = make([]uint32, s.Ptr[n]), make([]float32, s.Ptr[n])
	for _, l := range languages {
		for column, text := range l.texts {
			index, value := l.matrix.Col(column)
			toIndex, toValue := s.Col(text)
			for e, row := range index {
				toIndex[e] = uint32(s.Rows) + row
			}
			copy(toValue, value)
		}
		s.Rows += l.matrix.Rows
	}
	return s
}

// placeColumns is a matrix without rows or entries that says where the columns of the
// languages belong among those of n texts.
func placeColumns(languages []counted, n int) *embed.Sparse {
	s := &embed.Sparse{Cols: n, Ptr: make([]int, n+1)}
	for _, l := range languages {
		for column, text := range l.texts {
			s.Ptr[text+1] = l.matrix.Ptr[column+1] - l.matrix.Ptr[column]
		}
	}
	for j := range n {
		s.Ptr[j+1] += s.Ptr[j]
	}
	return s
}

// project returns the unit rows of aᵀ·u for the matrix a and the space of each
// language, as rows of n texts.
func project(ctx context.Context, languages []counted, spaces []*Space, n int, opts Options) (embed.Dense, error) {
	vectors := embed.NewDense(n, longest(spaces))
	done := 0
	for i, l := range languages {
		opts.Progress("project", int64(done), int64(n))
		u := spaces[i].U()
		err := inChunks(ctx, opts.Workers, len(l.texts), chunkRows, func(lo, hi int) {
			for j := lo; j < hi; j++ {
				index, value := l.matrix.Col(j)
				projectOne(index, value, u, vectors.Row(l.texts[j])[:u.Dim])
			}
		})
		if err != nil {
			return embed.Dense{}, err
		}
		done += len(l.texts)
	}
	opts.Progress("project", int64(n), int64(n)) // texts in languages without a term among them
	return vectors, nil
}

// leastShare is the length that a column of length 1 must keep when it is projected.
// Below it, the projection is float32's rounding and not the text's direction.
const leastShare = 1e-4

// projectOne sets dst to the projection of a weighted text of length 1 onto the
// columns of u, scaled to length 1 or zero, and returns its length before.
func projectOne(index []uint32, value []float32, u embed.Dense, dst []float32) (length float32) {
	vec.Combine(dst, u.Data, index, value)
	length = vec.Norm(dst)
	if length < leastShare {
		clear(dst)
	}
	vec.Normalise(dst)
	return length
}

// isPositive reports whether w is a finite number above 0.
func isPositive(w float32) bool {
	return w > 0 && !math.IsInf(float64(w), 1)
}
