package lsa

import (
	"context"
	"errors"
	"iter"
	"math"

	"github.com/alsolike/alsolike/embed"
	"github.com/james-bowman/nlp"
	"gonum.org/v1/gonum/mat"
)

var errNotFitted = errors.New("lsa: used before Fit")

// Pipeline is Fit in the parts of an nlp pipeline: Vectoriser, Weighting, UnitColumns,
// TruncatedSVD and UnitColumns again. Its FitTransform returns the vectors that Fit
// returns, as columns (k × texts), and its Transform those of FoldIn. It takes texts
// of one field and no known language; for those of another, build it of the same parts
// with a Vectoriser that has a Lang.
func (o Options) Pipeline() *nlp.Pipeline {
	return nlp.NewPipeline(&Vectoriser{Options: o}, &Weighting{}, UnitColumns{}, o.svd(), UnitColumns{Least: leastShare})
}

// A Vectoriser turns texts of one language into counts of terms, terms × texts, for nlp
// pipelines. The matrices it returns are *embed.Sparse.
type Vectoriser struct {
	Options Options // bounds of document frequency, rules, workers
	Lang    string  // of all texts, BCP 47

	terms vocabulary
	err   error
}

var _ nlp.Vectoriser = (*Vectoriser)(nil)

// Fit learns the vocabulary of texts. An error is kept for Transform to return, since
// nlp leaves no room for it here.
func (v *Vectoriser) Fit(texts ...string) nlp.Vectoriser {
	v.FitTransform(texts...)
	return v
}

// FitTransform learns the vocabulary of texts and counts its terms in them. It returns
// ErrEmptyCorpus if no text holds a term.
func (v *Vectoriser) FitTransform(texts ...string) (mat.Matrix, error) {
	opts := v.Options.withDefaults()
	if v.err = opts.validate(); v.err != nil {
		return nil, v.err
	}
	var corpora []corpus
	if corpora, _, v.err = count(context.Background(), v.each(texts), opts); v.err != nil {
		return nil, v.err
	}
	made := corpora[0].assemble(opts) // all texts are of one language
	v.terms = made.terms
	return made.matrix, nil
}

// Transform counts the known terms of texts.
func (v *Vectoriser) Transform(texts ...string) (mat.Matrix, error) {
	if v.err != nil {
		return nil, v.err
	}
	if v.terms.len() == 0 {
		return nil, errNotFitted
	}
	counts := &embed.Sparse{Rows: v.terms.len(), Cols: len(texts), Ptr: make([]int, 1, len(texts)+1)}
	scratch := bag{rules: v.Options.Rules}
	for text := range v.each(texts) {
		counts.Index, counts.Value = scratch.count(text, v.terms.find, counts.Index, counts.Value)
		counts.Ptr = append(counts.Ptr, len(counts.Index))
	}
	return counts, nil
}

func (v *Vectoriser) each(texts []string) iter.Seq2[embed.Text, error] {
	return func(yield func(embed.Text, error) bool) {
		for _, text := range texts {
			if !yield(embed.Text{Lang: v.Lang, Fields: []embed.Field{{Text: text}}}, nil) {
				return
			}
		}
	}
}

// UnitColumns scales every column of a matrix to length 1, as a transformer of nlp
// pipelines. Zero columns, and those shorter than Least, become zero.
type UnitColumns struct{ Least float64 }

var _ nlp.Transformer = UnitColumns{}

// Fit has nothing to learn.
func (u UnitColumns) Fit(mat.Matrix) nlp.Transformer { return u }

// Transform returns m with its columns scaled, as an *embed.Sparse if m is one, else
// as a *mat.Dense. It leaves m as it is.
func (u UnitColumns) Transform(m mat.Matrix) (mat.Matrix, error) {
	if s, ok := m.(*embed.Sparse); ok {
		s = withOwnValues(s)
		unitColumns(s, u.Least)
		return s, nil
	}
	d := mat.DenseCopyOf(m)
	_, cols := d.Dims()
	for j := range cols {
		column := d.ColView(j).(*mat.VecDense)
		norm := mat.Norm(column, 2)
		if norm == 0 || norm < u.Least || math.IsInf(norm, 0) || math.IsNaN(norm) {
			column.Zero()
			continue
		}
		column.ScaleVec(1/norm, column)
	}
	return d, nil
}

// FitTransform is Transform.
func (u UnitColumns) FitTransform(m mat.Matrix) (mat.Matrix, error) { return u.Transform(m) }
