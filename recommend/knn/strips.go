package knn

import "github.com/alsolike/alsolike/embed/vec"

// seedBlocks is how many blocks, neighbours of one another, are searched for one
// another first.
const seedBlocks = 4

// strips is the memory to multiply one block, strip by strip, by others.
type strips struct {
	depth, rows, cols int // of a tile
	panel             []int8
	scale, slack      []float32 // of the block, filled up to whole strips
	sums              []int32   // of one strip and up to seedBlocks blocks
	hits              []int32
}

func newStrips(depth int) *strips {
	rows, cols := vec.TileInt8Size()
	n := (blockRows + rows - 1) / rows * rows
	sums := rows * seedBlocks * (blockRows + cols)
	return &strips{
		depth: depth, rows: rows, cols: cols, panel: make([]int8, n*depth),
		scale: make([]float32, n), slack: make([]float32, n), sums: make([]int32, sums), hits: make([]int32, sums),
	}
}

// load takes a block of rows as the one to multiply.
func (s *strips) load(q *quantised, rows []int32) {
	q.pack(s.panel, rows, s.rows)
	q.bounds(s.scale, s.slack, rows)
}

// multiply sets sums to the products of the strip that begins with row first of the
// block and positions lo to hi of c, whole blocks: rows × (hi-lo).
func (s *strips) multiply(first int, c *side, lo, hi int) {
	a := s.panel[first*s.depth:][:s.rows*s.depth]
	ld := hi - lo
	for j := 0; j < ld; j += s.cols {
		vec.TileInt8(s.depth, a, c.panels[(lo+j)*s.depth:][:s.cols*s.depth], s.sums[j:], ld)
	}
}
