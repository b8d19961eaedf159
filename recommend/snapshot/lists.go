package snapshot

import (
	"encoding/binary"
	"fmt"
	"math"
	"runtime"

	"github.com/edsrzf/mmap-go"

	"github.com/alsolike/alsolike/recommend/knn"
)

// lists is a mapped file of candidates: those of n rows, at most k of each.
type lists struct {
	mmap.MMap
	n, k int
}

// count is how many candidates row has; none where the file was pruned.
func (l *lists) count(row int) int {
	if l.n == 0 {
		return 0
	}
	return int(binary.LittleEndian.Uint32(l.MMap[4*row:]))
}

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

// lists is all of them, mapped where the machine writes numbers as the file does.
func (l *lists) lists() knn.Lists {
	all := knn.Lists{K: l.k}
	if l.n == 0 || len(l.MMap) == 0 {
		return all
	}
	all.Len, all.Data = numbers[int32](l.MMap, l.n), numbers[knn.Neighbour](l.MMap[4*l.n:], l.n*l.k)
	return all
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

// Lists is the candidates of all articles. See Vectors for what must not be done
// with them.
func (s *Snapshot) Lists() knn.Lists {
	defer runtime.KeepAlive(s)
	return s.candidates.lists()
}

// CrossLists is the candidates of all articles in other languages; none without a
// cross-language space. See Vectors for what must not be done with them.
func (s *Snapshot) CrossLists() knn.Lists {
	defer runtime.KeepAlive(s)
	return s.crossCandidates.lists()
}
