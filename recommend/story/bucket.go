package story

import (
	"iter"
	"math/bits"
)

// Buckets hold the leaders by the keys of their bands.
type buckets struct {
	heads   []int32 // by the first bits of a key: 1 + the entry that was added last; 0: none
	shift   int     // of a key, to these bits
	entries []entry
}

type entry struct {
	key  uint64
	row  uint32
	next int32 // 1 + the entry before, of keys with the same bits; 0: none
}

// mostOfBand bounds the leaders of a band that an article is compared with.
const mostOfBand = 16

// newBuckets has room for so many leaders.
func newBuckets(leaders int) buckets {
	n := bits.Len(uint(leaders * bands))
	return buckets{make([]int32, 1<<n), 64 - n, make([]entry, 0, leaders*bands)}
}

func (b *buckets) add(key uint64, row uint32) {
	head := &b.heads[key>>b.shift]
	b.entries = append(b.entries, entry{key, row, *head})
	*head = int32(len(b.entries))
}

// newest yields the leaders with that key that were added last.
func (b *buckets) newest(key uint64) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		left := mostOfBand
		for at := b.heads[key>>b.shift]; at != 0 && left > 0; {
			e := &b.entries[at-1]
			if at = e.next; e.key == key {
				left--
				if !yield(e.row) {
					return
				}
			}
		}
	}
}
