package check

// A column grows without being copied, since one of a large log that is copied takes
// its room twice. Its rows lie in blocks.
type column[T any] struct {
	blocks [][]T
	n      int
}

const (
	blockBits = 15
	blockRows = 1 << blockBits
)

func (c *column[T]) add(v T) {
	switch {
	case c.n == 0:
		c.blocks = append(c.blocks, nil) // of which a few rows may be enough
	case c.n&(blockRows-1) == 0:
		c.blocks = append(c.blocks, make([]T, 0, blockRows))
	}
	last := &c.blocks[len(c.blocks)-1]
	*last = append(*last, v)
	c.n++
}

func (c *column[T]) at(i int32) *T { return &c.blocks[i>>blockBits][i&(blockRows-1)] }

// drop gives the blocks back that lie wholly before row i.
func (c *column[T]) drop(i int32) {
	for b := int(i>>blockBits) - 1; b >= 0 && c.blocks[b] != nil; b-- {
		c.blocks[b] = nil
	}
}
