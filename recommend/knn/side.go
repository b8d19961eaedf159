package knn

import (
	"math"
	"slices"

	"github.com/alsolike/alsolike/embed/vec"
)

// blockRows is the most rows of a block. The sums of a strip of it, some 12 rows of
// one block by the rows of another, stay in the first cache.
const blockRows = 256

// A side is one factor of a product: rows in blocks, each block packed for
// vec.TileInt8 into panels of as many columns as it takes. What fills up a panel has
// row -1 and matches nothing.
type side struct {
	*quantised
	width  int     // of a panel
	starts []int   // the first position of each block, and the end
	rows   []int32 // of each position
	panels []int8
	scale  []float32
	slack  []float32 // -Inf where row is -1
}

// newSide packs the rows of blocks, each of at most blockRows.
func newSide(q *quantised, blocks [][]int32) *side {
	_, width := vec.TileInt8Size()
	s := &side{quantised: q, width: width, starts: make([]int, 1, len(blocks)+1)}
	for _, b := range blocks {
		end := s.starts[len(s.starts)-1] + (len(b)+width-1)/width*width
		s.starts = append(s.starts, end)
	}
	n := s.starts[len(blocks)]
	s.rows, s.panels = make([]int32, n), make([]int8, n*q.depth)
	s.scale, s.slack = make([]float32, n), make([]float32, n)
	for i, b := range blocks {
		lo, hi := s.starts[i], s.starts[i+1]
		fill(s.rows[lo:hi], b)
		q.pack(s.panels[lo*q.depth:hi*q.depth], b, width)
		q.bounds(s.scale[lo:hi], s.slack[lo:hi], b)
	}
	return s
}

func (s *side) blocks() int { return len(s.starts) - 1 }

// fill sets the first numbers of dst to rows and the others to -1.
func fill(dst, rows []int32) {
	for i := range dst {
		dst[i] = -1
	}
	copy(dst, rows)
}

// pack packs rows into panels of the width given.
func (q *quantised) pack(dst []int8, rows []int32, width int) {
	for panel := range slices.Chunk(rows, width) {
		vec.PackInt8(dst, q.data, q.depth, panel, width)
		dst = dst[width*q.depth:]
	}
}

// bounds looks up scale and slack of rows; what follows them matches nothing.
func (q *quantised) bounds(scale, slack []float32, rows []int32) {
	for i := range scale {
		scale[i], slack[i] = 0, float32(math.Inf(-1))
	}
	for i, r := range rows {
		scale[i], slack[i] = q.scale[r], q.slack[r]
	}
}
