package embed

import (
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Sparse is a matrix of terms × documents in compressed sparse columns: the
// entries of document j are Index[Ptr[j]:Ptr[j+1]] (terms, strictly ascending)
// and Value[Ptr[j]:Ptr[j+1]]. What is not stored is zero.
//
// A *Sparse is a gonum mat.Matrix, so that it can pass through an nlp.Pipeline.
type Sparse struct {
	Rows, Cols int       // terms, documents
	Ptr        []int     // Cols+1 offsets, ascending, from 0 to len(Index)
	Index      []uint32  // term of each entry
	Value      []float32 // value of each entry
}

var _ mat.Matrix = (*Sparse)(nil)

// Dims returns the number of terms and of documents.
func (s *Sparse) Dims() (terms, docs int) { return s.Rows, s.Cols }

// At is the value of a term in a document. It takes O(log of the document's
// number of terms).
func (s *Sparse) At(term, doc int) float64 {
	if uint(term) >= uint(s.Rows) || uint(doc) >= uint(s.Cols) {
		panic("embed: index out of range")
	}
	index, value := s.Col(doc)
	i, ok := slices.BinarySearch(index, uint32(term))
	if !ok {
		return 0
	}
	return float64(value[i])
}

// T is the transpose, documents × terms. It aliases s.
func (s *Sparse) T() mat.Matrix { return mat.Transpose{Matrix: s} }

// Col is document doc: its terms, strictly ascending, and their values. Both
// alias s.
func (s *Sparse) Col(doc int) (index []uint32, value []float32) {
	lo, hi := s.Ptr[doc], s.Ptr[doc+1]
	return s.Index[lo:hi:hi], s.Value[lo:hi:hi]
}

// NNZ is the number of stored entries.
func (s *Sparse) NNZ() int { return len(s.Index) }

// Transposed is the transpose of s in storage of its own, documents × terms: its
// columns are the rows of s. It takes time and memory of the order of s.
func (s *Sparse) Transposed() *Sparse {
	t := &Sparse{
		Rows: s.Cols, Cols: s.Rows,
		Ptr: make([]int, s.Rows+1), Index: make([]uint32, s.NNZ()), Value: make([]float32, s.NNZ()),
	}
	for _, i := range s.Index {
		t.Ptr[i+1]++
	}
	for i := range s.Rows {
		t.Ptr[i+1] += t.Ptr[i]
	}
	next := slices.Clone(t.Ptr)
	for j := range s.Cols {
		index, value := s.Col(j)
		for e, i := range index {
			t.Index[next[i]], t.Value[next[i]] = uint32(j), value[e]
			next[i]++
		}
	}
	return t
}

// SparseOf is m as a *Sparse: m itself if it is one, else a copy of what is not
// zero in m, rounded to float32.
func SparseOf(m mat.Matrix) *Sparse {
	if s, ok := m.(*Sparse); ok {
		return s
	}
	rows, cols := m.Dims()
	s := &Sparse{Rows: rows, Cols: cols, Ptr: make([]int, 1, cols+1)}
	for j := range cols {
		for i := range rows {
			if v := float32(m.At(i, j)); v != 0 {
				s.Index = append(s.Index, uint32(i))
				s.Value = append(s.Value, v)
			}
		}
		s.Ptr = append(s.Ptr, len(s.Index))
	}
	return s
}
