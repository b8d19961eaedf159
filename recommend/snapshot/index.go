package snapshot

import (
	"hash/maphash"

	"github.com/alsolike/alsolike/data"
)

// An index finds the row of an id with one look at the ids, or a little more: a hash
// table with open addressing and linear probing, half empty at least. Bisection
// takes as many looks as the number of rows has bits, each into memory that nothing
// else has read of late.
type index struct {
	seed maphash.Seed
	rows []uint32 // row + 1, 0 being free; their number is a power of 2
}

func newIndex(f *files) index {
	size := 1
	for size < 2*f.n {
		size *= 2
	}
	x := index{maphash.MakeSeed(), make([]uint32, size)}
	for row := range f.n {
		place := x.place(f.field(row, idField))
		for x.rows[place] != 0 {
			place = (place + 1) % len(x.rows)
		}
		x.rows[place] = uint32(row) + 1
	}
	return x
}

func (x *index) place(id []byte) int { return int(maphash.Bytes(x.seed, id) % uint64(len(x.rows))) }

// row is the row of article id.
func (f *files) row(id data.ArticleID) (row int, ok bool) {
	x := &f.index
	for place := int(maphash.String(x.seed, string(id)) % uint64(len(x.rows))); x.rows[place] != 0; place = (place + 1) % len(x.rows) {
		if row := int(x.rows[place]) - 1; string(f.field(row, idField)) == string(id) {
			return row, true
		}
	}
	return 0, false
}
