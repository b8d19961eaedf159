package snapshot

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/edsrzf/mmap-go"

	"github.com/alsolike/alsolike/recommend/knn"
)

// lists is a mapped file of candidates: those of n rows, at most k of each.
type lists struct {
	mmap.MMap
	n, k int
}

func (l *lists) count(row int) int { return int(binary.LittleEndian.Uint32(l.MMap[4*row:])) }

func (l *lists) at(row, i int) knn.Neighbour {
	b := l.MMap[4*l.n+8*(row*l.k+i):]
	return knn.Neighbour{
		Row:    int32(binary.LittleEndian.Uint32(b)),
		Cosine: math.Float32frombits(binary.LittleEndian.Uint32(b[4:])),
	}
}

// row is a copy of the list of row.
func (l *lists) row(row int) []knn.Neighbour {
	list := make([]knn.Neighbour, l.count(row))
	for i := range list {
		list[i] = l.at(row, i)
	}
	return list
}

// check looks at every list of the file of that name.
func (l *lists) check(name string) error {
	for row := range l.n {
		length := l.count(row)
		if length > l.k {
			return fmt.Errorf("%s: row %d has %d candidates, and %d is the most", name, row, length, l.k)
		}
		before := float32(1)
		for i := range length {
			c := l.at(row, i)
			if !sound(c, l.n, before) {
				return fmt.Errorf("%s: row %d has the candidate %v after one of %v", name, row, c, before)
			}
			before = c.Cosine
		}
	}
	return nil
}
