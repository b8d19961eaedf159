package lsa

import (
	"context"
	"iter"

	"github.com/alsolike/alsolike/embed"
)

// FitTerms is Fit that also returns what it decomposed: column i of terms (greatest
// vocabulary × texts) is the weighted terms of text i, of length 1, or zero where it
// holds no known term. Its rows are numbered as in the Space of the text's language, so
// that columns of texts in different languages cannot be compared.
//
// Of texts in one language terms is the matrix that was decomposed; of several it is a
// copy, made after the decomposition, whose memory is greater by far.
func FitTerms(ctx context.Context, texts iter.Seq2[embed.Text, error], opts Options) (model *Model, vectors embed.Dense, terms *embed.Sparse, err error) {
	model, vectors, languages, err := fit(ctx, texts, opts)
	if err != nil {
		return nil, embed.Dense{}, nil, err
	}
	return model, vectors, overlay(languages, vectors.Rows), nil
}

// overlay makes the matrices of all languages one of n texts, in which the rows of each
// begin at 0. It uses languages up.
func overlay(languages []counted, n int) *embed.Sparse {
	s := placeColumns(languages, n)
	for _, l := range languages {
		s.Rows = max(s.Rows, l.matrix.Rows)
	}
	if len(languages) == 1 {
		s.Index, s.Value = languages[0].matrix.Index, languages[0].matrix.Value
		return s
	}
	s.Index, s.Value = make([]uint32, s.Ptr[n]), make([]float32, s.Ptr[n])
	for i, l := range languages {
		for column, text := range l.texts {
			index, value := l.matrix.Col(column)
			toIndex, toValue := s.Col(text)
			copy(toIndex, index)
			copy(toValue, value)
		}
		languages[i] = counted{}
	}
	return s
}

// Weigh returns the weighted terms of a text, numbered as in the Space of its language,
// ascending, and scaled to length 1: what FitTerms makes of a text that m was fitted to.
// Both are empty where m knows no term of the text. It is cheap beside Fold.
func (m *Model) Weigh(text embed.Text) (index []uint32, value []float32) {
	s := m.Space(text.Lang)
	if s == nil {
		return nil, nil
	}
	index, value, _ = s.weigh(text, m.rules, nil, nil)
	return index, value
}

// WeighAll is Weigh of n texts, each asked for once, by several goroutines: column i of
// what it returns (greatest vocabulary × n) is that of text(i). Workers is the number of
// goroutines, on which the result does not depend. It returns the context's error if
// that ends.
func (m *Model) WeighAll(ctx context.Context, n int, text func(i int) embed.Text, workers int) (*embed.Sparse, error) {
	s := &embed.Sparse{Cols: n, Ptr: make([]int, n+1)}
	for _, space := range m.spaces {
		s.Rows = max(s.Rows, space.Terms())
	}
	type part struct {
		index []uint32
		value []float32
	}
	parts := make([]part, (n+chunkRows-1)/chunkRows)
	err := inChunks(ctx, workers, n, chunkRows, func(lo, hi int) {
		var p part
		for i := lo; i < hi; i++ {
			one := text(i)
			if space := m.Space(one.Lang); space != nil {
				before := len(p.index)
				p.index, p.value, _ = space.weigh(one, m.rules, p.index, p.value)
				s.Ptr[i+1] = len(p.index) - before
			}
		}
		parts[lo/chunkRows] = p
	})
	if err != nil {
		return nil, err
	}
	for i := range n {
		s.Ptr[i+1] += s.Ptr[i]
	}
	s.Index, s.Value = make([]uint32, 0, s.Ptr[n]), make([]float32, 0, s.Ptr[n])
	for _, p := range parts {
		s.Index, s.Value = append(s.Index, p.index...), append(s.Value, p.value...)
	}
	return s, nil
}
