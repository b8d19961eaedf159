package lsa

import (
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
)

// A side is a sparse matrix A, or its transpose, to multiply blocks by.
type side interface {
	// times sets y to A·x.
	times(w *blocks, y, x embed.Dense)
	// dims is those of A.
	dims() (rows, columns int)
}

// columns is the side Aᵀ of a matrix that is given as A, in columns. Where these are
// texts, most of their terms are the same few thousand, whose rows of x stay in the
// cache.
type columns struct{ *embed.Sparse }

func (c columns) dims() (rows, columns int) { return c.Cols, c.Rows }

func (c columns) times(w *blocks, y, x embed.Dense) {
	w.inChunks(c.Cols, chunkRows, func(lo, hi int) {
		for j := lo; j < hi; j++ {
			index, value := c.Col(j)
			vec.Combine(y.Row(j), x.Data, index, value)
		}
	})
}

// rows is the side A of the same matrix, its columns parted in ranges whose rows of x
// stay in the cache while all rows of A pass by.
type rows struct {
	parts []*embed.Sparse // of each range, the transpose
	a     *embed.Sparse
	size  int // columns of a range; of the last, fewer
}

const (
	partColumns = 12 << 10 // with blocks of 32 numbers a column, 1.5 MiB
	mostParts   = 8
	partRows    = 4096 // rows of A that a worker takes at a time
)

func (w *blocks) rowsOf(a *embed.Sparse) rows {
	parts := min(max(a.Cols/partColumns, 1), mostParts)
	return w.parted(a, (a.Cols+parts-1)/parts)
}

func (w *blocks) parted(a *embed.Sparse, size int) rows {
	r := rows{a: a, size: size, parts: make([]*embed.Sparse, (a.Cols+size-1)/size)}
	w.inChunks(a.Cols, size, func(lo, hi int) {
		part := embed.Sparse{Rows: a.Rows, Cols: hi - lo, Ptr: make([]int, hi-lo+1)}
		for j := range part.Ptr {
			part.Ptr[j] = a.Ptr[lo+j] - a.Ptr[lo]
		}
		part.Index, part.Value = a.Index[a.Ptr[lo]:a.Ptr[hi]], a.Value[a.Ptr[lo]:a.Ptr[hi]]
		r.parts[lo/size] = part.Transposed()
	})
	return r
}

func (r rows) dims() (rows, columns int) { return r.a.Rows, r.a.Cols }

func (r rows) times(w *blocks, y, x embed.Dense) {
	w.inChunks(r.a.Rows, partRows, func(lo, hi int) {
		sum := make([]float32, x.Dim)
		for p, part := range r.parts {
			own := x.Data[p*r.size*x.Dim:][:part.Rows*x.Dim]
			for i := lo; i < hi; i++ {
				index, value := part.Col(i)
				switch {
				case p == 0:
					vec.Combine(y.Row(i), own, index, value)
				case len(index) > 0:
					vec.Combine(sum, own, index, value)
					vec.Axpy(1, sum, y.Row(i))
				}
			}
		}
	})
}
