package lsa

import (
	"math"
	"runtime"
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

func (w *Weighting) fit(counts *embed.Sparse) {
	w.Global = entropyWeights(counts, runtime.GOMAXPROCS(0))
}

// entropyWeights are the g of Weighting by term. Each worker has a range of the terms,
// and adds up in the order of the texts.
func entropyWeights(counts *embed.Sparse, workers int) []float32 {
	global := make([]float32, counts.Rows)
	eachChunk(counts.Rows, workers, max(1, (counts.Rows+workers-1)/workers), func(lo, hi int) {
		fillEntropyWeights(global[lo:hi], counts, lo, hi)
	})
	return global
}

func fillEntropyWeights(global []float32, counts *embed.Sparse, lo, hi int) {
	n := hi - lo
	total, entropy := make([]float64, n), make([]float64, n)
	eachOfRows(counts, lo, hi, func(i int, count float32) { total[i] += float64(count) })

	// The last p·ln p of a term serves for the next text that holds it as often.
	last, plnp := make([]float32, n), make([]float64, n)
	eachOfRows(counts, lo, hi, func(i int, count float32) {
		if count != last[i] {
			last[i], plnp[i] = count, 0
			if p := float64(count) / total[i]; p > 0 {
				plnp[i] = p * math.Log(p)
			}
		}
		entropy[i] -= plnp[i]
	})
	for i, h := range entropy {
		global[i] = float32(max(leastGlobal, 1+leastGlobal-h/math.Log(float64(counts.Cols+1))))
	}
}

// eachOfRows calls f with the entries of s in the rows lo to hi, hi excluded, column by
// column; i is counted from lo.
func eachOfRows(s *embed.Sparse, lo, hi int, f func(i int, value float32)) {
	for j := range s.Cols {
		index, value := s.Col(j)
		e, _ := slices.BinarySearch(index, uint32(lo))
		for ; e < len(index) && int(index[e]) < hi; e++ {
			f(int(index[e])-lo, value[e])
		}
	}
}

// inverseFrequencies are 1 + ln((1 + n) / (1 + f)) for terms found in f of n texts.
func inverseFrequencies(counts *embed.Sparse, _ int) []float32 {
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
func (w *Weighting) apply(counts *embed.Sparse) { weighColumns(counts, w.Global, 0, counts.Cols) }

// weighColumns weighs the columns lo to hi, hi excluded, of counts in place.
func weighColumns(counts *embed.Sparse, global []float32, lo, hi int) {
	for e := counts.Ptr[lo]; e < counts.Ptr[hi]; e++ {
		counts.Value[e] = weigh(counts.Value[e], global[counts.Index[e]])
	}
}

func weigh(count, global float32) float32 {
	if n := int(count); float32(n) == count && uint(n) < uint(len(smallLogs)) {
		return smallLogs[n] * global
	}
	return float32(math.Log1p(float64(count))) * global
}

// smallLogs[n] is ln(1+n).
var smallLogs = func() (logs [64]float32) {
	for n := range logs {
		logs[n] = float32(math.Log1p(float64(n)))
	}
	return logs
}()

// unitColumns scales the columns of s to length 1 in place. Those shorter than least
// become zero.
func unitColumns(s *embed.Sparse, least float64) { unitRange(s, least, 0, s.Cols) }

func unitRange(s *embed.Sparse, least float64, lo, hi int) {
	for j := lo; j < hi; j++ {
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
