package snapshot

import (
	"fmt"
	"io"
	"runtime"
	"slices"

	"github.com/alsolike/alsolike/embed"
)

// writeTerms writes how many entries every column has, the terms of all entries,
// and their weights; nothing of no matrix.
func writeTerms(w io.Writer, m *embed.Sparse) error {
	if m == nil {
		return nil
	}
	lengths := make([]uint32, m.Cols)
	for row := range lengths {
		lengths[row] = uint32(m.Ptr[row+1] - m.Ptr[row])
	}
	if err := writeNumbers(w, lengths); err != nil {
		return err
	}
	if err := writeNumbers(w, m.Index); err != nil {
		return err
	}
	return writeNumbers(w, m.Value)
}

// termMatrix is the matrix that b is the file of, with a column for each of n rows and
// so many terms; nil of an empty file. Terms and weights are mapped, where they start is not.
func termMatrix(b []byte, n, terms int) (*embed.Sparse, error) {
	if len(b) == 0 {
		return nil, nil
	}
	m := &embed.Sparse{Rows: terms, Cols: n, Ptr: make([]int, n+1)}
	for row, length := range numbers[uint32](b, n) {
		m.Ptr[row+1] = m.Ptr[row] + int(length)
	}
	entries := (len(b) - 4*n) / 8
	if m.Ptr[n] != entries {
		return nil, fmt.Errorf("%s: its rows have %d entries together, and it holds %d", termsFile, m.Ptr[n], entries)
	}
	m.Index = numbers[uint32](b[4*n:], entries)
	m.Value = numbers[float32](b[4*(n+entries):], entries)
	return m, nil
}

// mostWeight is what a weight of a vector of length 1 may come to by rounding.
const mostWeight = 1 + 1e-3

// checkTerms looks at every column of m, if there is one.
func checkTerms(m *embed.Sparse) error {
	if m == nil {
		return nil
	}
	for row := range m.Cols {
		index, value := m.Col(row)
		next := 0 // least term that may come
		for e, term := range index {
			if int(term) < next || int(term) >= m.Rows || !(value[e] >= 0 && value[e] <= mostWeight) {
				return fmt.Errorf("%s: row %d has the weight %v of term %d where %d to %d may stand", termsFile, row, value[e], term, next, m.Rows-1)
			}
			next = int(term) + 1
		}
	}
	return nil
}

// HasTerms reports whether the snapshot holds the weighted terms of its articles.
func (s *Snapshot) HasTerms() bool { return s.terms != nil }

// Terms is a copy of the weighted terms of the article in row: their numbers in the
// lsa.Space of its language, ascending, and their weights, a vector of length 1 or
// zero. Without terms both are empty.
func (s *Snapshot) Terms(row int) (index []uint32, value []float32) {
	defer runtime.KeepAlive(s)
	if !s.HasTerms() {
		return nil, nil
	}
	index, value = s.terms.Col(row)
	return slices.Clone(index), slices.Clone(value)
}

// TermMatrix is the weighted terms of all articles, terms × rows; nil without terms.
// Columns of articles in different languages (data.Lang.Base) cannot be compared.
// See Vectors for what must not be done with it.
func (s *Snapshot) TermMatrix() *embed.Sparse { return s.terms }
