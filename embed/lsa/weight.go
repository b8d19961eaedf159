package lsa

import (
	"math"
	"slices"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
	"github.com/james-bowman/nlp"
	"gonum.org/v1/gonum/mat"
)


// Scheme is for measuring.
var Scheme = "tfidf"
var Local = "log"

type Weighting struct {
	Global []float32 // by term; set by Fit
}

var _ nlp.Transformer = (*Weighting)(nil)

func (w *Weighting) Fit(counts mat.Matrix) nlp.Transformer {
	w.fit(embed.SparseOf(counts))
	return w
}

func (w *Weighting) Transform(counts mat.Matrix) (mat.Matrix, error) {
	if w.Global == nil {
		return nil, errNotFitted
	}
	s := withOwnValues(embed.SparseOf(counts))
	w.apply(s)
	return s, nil
}

func (w *Weighting) FitTransform(counts mat.Matrix) (mat.Matrix, error) {
	return w.Fit(counts).Transform(counts)
}

func (w *Weighting) fit(counts *embed.Sparse) {
	w.Global = make([]float32, counts.Rows)
	switch Scheme {
	case "tfidf", "idf0", "idf2":
		freq := make([]int, counts.Rows)
		for _, i := range counts.Index {
			freq[i]++
		}
		n := float64(counts.Cols)
		for i, df := range freq {
			v := math.Log((1+n)/(1+float64(df)))
			if Scheme == "tfidf" { v++ }
			if Scheme == "idf2" { v *= v }
			w.Global[i] = float32(v)
		}
	case "entropy", "entropy1":
		sum := make([]float64, counts.Rows)
		for e, i := range counts.Index {
			sum[i] += float64(counts.Value[e])
		}
		ent := make([]float64, counts.Rows)
		for e, i := range counts.Index {
			p := float64(counts.Value[e]) / sum[i]
			ent[i] += p * math.Log(p)
		}
		for i := range ent {
			w.Global[i] = float32(1 + ent[i]/math.Log(float64(counts.Cols)+1))
			if Scheme == "entropy1" { w.Global[i] += 0.1 }
		}
	}
}

func (w *Weighting) apply(counts *embed.Sparse) {
	for e, i := range counts.Index {
		counts.Value[e] = weigh(counts.Value[e], w.Global[i])
	}
}

func weigh(count, global float32) float32 {
	switch Local {
	case "log": return float32(math.Log1p(float64(count))) * global
	case "1+log": return float32(1+math.Log(max(1,float64(count)))) * global
	case "sqrt": return float32(math.Sqrt(float64(count))) * global
	}
	return count*global
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
