package lsa

import (
	"sort"
	"unsafe"
)

// A vocabulary is a list of distinct terms in ascending byte order; a term's place
// in it is its row in the matrices. It is kept as it stands in a file: term i is
// text[offset[i]:offset[i+1]].
type vocabulary struct {
	offset []uint32
	text   []byte
}

func (v vocabulary) len() int { return len(v.offset) - 1 }

func (v vocabulary) term(i int) string {
	b := v.text[v.offset[i]:v.offset[i+1]]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// find is the row of term, if it is known.
func (v vocabulary) find(term string) (row uint32, ok bool) {
	i, ok := sort.Find(v.len(), func(i int) int {
		switch other := v.term(i); {
		case term < other:
			return -1
		case term > other:
			return 1
		}
		return 0
	})
	return uint32(i), ok
}
