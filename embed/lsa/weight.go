package lsa

import (
	"math"
	"slices"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
	"github.com/james-bowman/nlp"
	"gonum.org/v1/gonum/mat"
)

// Weighting turns counts into sublinear tf-idf, as a transformer of nlp pipelines:
//
//	a = ln(1 + c) · g,   g = 1 + ln((1 + n) / (1 + f))
//
// for a term counted c times in a text and found in f of the n texts of Fit. Both
// factors are positive wherever c is, so that a term found in every text still counts.
type Weighting struct {
	Global []float32 // g by term; set by Fit
}

var _ nlp.Transformer = (*Weighting)(nil)

// Fit learns the terms' weights from counts, terms × texts.
func (w *Weighting) Fit(counts mat.Matrix) nlp.Transformer {
	w.fit(embed.SparseOf(counts))
	return w
}

// Transform returns counts weighted, as an *embed.Sparse, and leaves counts as they are.
func (w *Weighting) Transform(counts mat.Matrix) (mat.Matrix, error) {
	switch rows, _ := counts.Dims(); {
	case w.Global == nil:
		return nil, errNotFitted
	case rows != len(w.Global):
		return nil, mat.ErrShape
	}
	s := withOwnValues(embed.SparseOf(counts))
	w.apply(s)
	return s, nil
}

// FitTransform is Fit and then Transform of the same counts.
func (w *Weighting) FitTransform(counts mat.Matrix) (mat.Matrix, error) {
	return w.Fit(counts).Transform(counts)
}

func (w *Weighting) fit(counts *embed.Sparse) {
	freq := make([]int, counts.Rows)
	for _, i := range counts.Index {
		freq[i]++
	}
	w.Global = make([]float32, counts.Rows)
	for i, f := range freq {
		w.Global[i] = float32(1 + math.Log(float64(1+counts.Cols)/float64(1+f)))
	}
}

// apply weighs counts in place.
func (w *Weighting) apply(counts *embed.Sparse) {
	for e, i := range counts.Index {
		counts.Value[e] = weigh(counts.Value[e], w.Global[i])
	}
}

func weigh(count, global float32) float32 {
	return float32(math.Log1p(float64(count))) * global
}

// unitColumns scales the columns of s to length 1 in place. Those shorter than least
// become zero.
func unitColumns(s *embed.Sparse, least float64) {
	for j := range s.Cols {
		_, value := s.Col(j)
		if float64(vec.Norm(value)) < least {
			clear(value)
		}
		vec.Normalise(value)
	}
}

// withOwnValues is a copy of s that shares its structure but not its values.
func withOwnValues(s *embed.Sparse) *embed.Sparse {
	c := *s
	c.Value = slices.Clone(s.Value)
	return &c
}
