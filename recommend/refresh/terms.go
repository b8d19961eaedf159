package refresh

import "github.com/alsolike/alsolike/embed"

// spreadColumns moves the columns of m to these rows, ascending, among n; others are
// empty. It shares the entries of m.
func spreadColumns(m *embed.Sparse, rows []int32, n int) *embed.Sparse {
	all := &embed.Sparse{Rows: m.Rows, Cols: n, Ptr: make([]int, n+1), Index: m.Index, Value: m.Value}
	next := 0 // of m
	for row := range n {
		if next < len(rows) && int(rows[next]) == row {
			next++
		}
		all.Ptr[row+1] = m.Ptr[next]
	}
	return all
}

// A columnMerge is a matrix with some of its columns replaced, row after row.
type columnMerge struct {
	old  *embed.Sparse
	made embed.Sparse
}

// mergeColumns begins a merge that is expected to have so many entries.
func mergeColumns(old *embed.Sparse, entries int) *columnMerge {
	return &columnMerge{old, embed.Sparse{
		Rows: old.Rows, Ptr: make([]int, 1, old.Cols+1), Index: make([]uint32, 0, entries), Value: make([]float32, 0, entries),
	}}
}

// replace makes the column of row, which is behind that of the call before.
func (m *columnMerge) replace(row int, index []uint32, value []float32) {
	m.keepUntil(row)
	m.made.Index, m.made.Value = append(m.made.Index, index...), append(m.made.Value, value...)
	m.made.Ptr = append(m.made.Ptr, len(m.made.Index))
	m.made.Cols++
}

// result is the matrix with all columns that were not replaced.
func (m *columnMerge) result() *embed.Sparse {
	m.keepUntil(m.old.Cols)
	return &m.made
}

func (m *columnMerge) keepUntil(row int) {
	from := m.made.Cols
	lo, hi := m.old.Ptr[from], m.old.Ptr[row]
	shift := len(m.made.Index) - lo
	m.made.Index, m.made.Value = append(m.made.Index, m.old.Index[lo:hi]...), append(m.made.Value, m.old.Value[lo:hi]...)
	for ; from < row; from++ {
		m.made.Ptr = append(m.made.Ptr, m.old.Ptr[from+1]+shift)
	}
	m.made.Cols = row
}
