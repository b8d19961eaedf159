package lsa

import (
	"math"
	"slices"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
	"github.com/james-bowman/nlp"
	"gonum.org/v1/gonum/mat"
)

// Weighting turns counts into log-entropy weights, as a transformer of nlp pipelines:
//
//	a = ln(1 + c) · g,   g = 1.1 + Σ p·ln p / ln(n + 1),   p = c / (counts of the term in all texts)
//
// for a term counted c times in one of the n texts of Fit, the sum being over those
// that hold it: 1.1 for a term of a single text, near .1 for one spread evenly over all
// (Dumais 1991, "Improving the retrieval of information from external sources", with
// .1 added). Both factors are positive wherever c is, so that a term found in every
// text still counts.
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

func (w *Weighting) fit(counts *embed.Sparse) { w.Global = entropyWeights(counts) }

func entropyWeights(counts *embed.Sparse) []float32 {
	total, entropy := make([]float64, counts.Rows), make([]float64, counts.Rows)
	for e, i := range counts.Index {
		total[i] += float64(counts.Value[e])
	}
	for e, i := range counts.Index {
		if p := float64(counts.Value[e]) / total[i]; p > 0 {
			entropy[i] -= p * math.Log(p)
		}
	}
	global := make([]float32, counts.Rows)
	for i, h := range entropy {
		global[i] = float32(max(leastGlobal, 1+leastGlobal-h/math.Log(float64(counts.Cols+1))))
	}
	return global
}

// inverseFrequencies are 1 + ln((1 + n) / (1 + f)) for terms found in f of n texts.
func inverseFrequencies(counts *embed.Sparse) []float32 {
	freq := make([]int, counts.Rows)
	for _, i := range counts.Index {
		freq[i]++
	}
	global := make([]float32, counts.Rows)
	for i, f := range freq {
		global[i] = float32(1 + math.Log(float64(1+counts.Cols)/float64(1+f)))
	}
	return global
}

// leastGlobal is the weight of a term that tells nothing.
const leastGlobal = 0.1

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
