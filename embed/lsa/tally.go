package lsa

import (
	"encoding/binary"
	"math"
)

// A tallies is the counts of many texts, packed: about three bytes for a term of a text.
type tallies struct {
	docs   []tallied
	blocks [][]byte
}

// A tallied is the place of a text's counts: n terms from blocks[block][start:] on.
type tallied struct {
	doc             int // place of the text in the corpus
	n, block, start uint32
}

// mostBlock is the size of blocks once there are many texts. They are not one run of
// bytes, which would be copied as it grows.
const (
	leastBlock = 4 << 10
	mostBlock  = 256 << 10
)

// Each term is a varint, four times its id plus what is known of its count, as most are
// small: 1, 2 or 3 as it is, and anyCount for a count that follows as float32, little
// endian.
const (
	anyCount       = 0
	smallCount     = 3
	mostEntryBytes = 5 + 4
)

// add adds the counts of text doc.
func (t *tallies) add(doc int, terms []uint32, value []float32) {
	last := len(t.blocks) - 1
	if need := mostEntryBytes * len(terms); last < 0 || cap(t.blocks[last])-len(t.blocks[last]) < need {
		t.blocks = append(t.blocks, make([]byte, 0, max(need, min(leastBlock<<min(len(t.blocks), 16), mostBlock))))
		last++
	}
	b := t.blocks[last]
	t.docs = append(t.docs, tallied{doc, uint32(len(terms)), uint32(last), uint32(len(b))})
	for i, term := range terms {
		if v := value[i]; v == 1 || v == 2 || v == smallCount {
			b = binary.AppendUvarint(b, uint64(term)<<2|uint64(v))
		} else {
			b = binary.AppendUvarint(b, uint64(term)<<2|anyCount)
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	t.blocks[last] = b
}

// each calls f with the terms of a text and their counts, in the order they were added.
func (t *tallies) each(doc tallied, f func(term uint32, count float32)) {
	b := t.blocks[doc.block][doc.start:]
	for range doc.n {
		x, size := uint64(b[0]), 1
		if x >= 0x80 {
			x, size = binary.Uvarint(b)
		}
		b = b[size:]
		count := float32(x & 3)
		if count == anyCount {
			count = math.Float32frombits(binary.LittleEndian.Uint32(b))
			b = b[4:]
		}
		f(uint32(x>>2), count)
	}
}
