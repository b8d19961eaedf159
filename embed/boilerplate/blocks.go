package boilerplate

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"strings"
	"sync"
)

// Blocks is the boilerplate of a site: hashes of blocks within groups. It never
// changes, and may be used by several goroutines at a time. A nil *Blocks holds
// nothing.
type Blocks struct {
	keys   []uint64 // ascending
	filter []uint64 // bits of which those of the keys are set; a power of two of them
	shift  int      // of a key to its bit
}

// newBlocks takes over keys, in any order and each once.
func newBlocks(keys []uint64) *Blocks {
	slices.Sort(keys)
	b := &Blocks{keys: keys}
	if len(keys) == 0 {
		return b
	}
	width := max(6, bits.Len(uint(len(keys)))+4) // at least 16 bits a key
	b.filter, b.shift = make([]uint64, 1<<(width-6)), 64-width
	for _, key := range keys {
		bit := key >> b.shift
		b.filter[bit>>6] |= 1 << (bit & 63)
	}
	return b
}

func (b *Blocks) has(key uint64) bool {
	bit := key >> b.shift
	if b.filter[bit>>6]>>(bit&63)&1 == 0 {
		return false
	}
	_, found := slices.BinarySearch(b.keys, key)
	return found
}

// Len is the number of blocks, passages that overlap counted each.
func (b *Blocks) Len() int {
	if b == nil {
		return 0
	}
	return len(b.keys)
}

// scans are those whose storage waits for the next text.
var scans = sync.Pool{New: func() any { return new(scan) }}

// Strip returns text, of a page in these groups, without boilerplate, and what
// was taken out, piece by piece in order: a piece stands on one line and aliases
// text. If there is none, kept is text itself and pieces is nil.
func (b *Blocks) Strip(groups Groups, text string) (kept string, pieces []string) {
	if b.Len() == 0 || text == "" {
		return text, nil
	}
	s := scans.Get().(*scan)
	defer scans.Put(s)
	s.read(text)
	in := groups.hashes()
	var out []bool // by word: part of boilerplate
	for _, found := range s.blocks {
		if !slices.ContainsFunc(in, func(group uint64) bool { return b.has(inGroup(found.hash, group)) }) {
			continue
		}
		if out == nil {
			out = make([]bool, len(s.words))
		}
		for i := found.lo; i < found.hi; i++ {
			out[i] = true
		}
	}
	if out == nil {
		return text, nil
	}
	return s.cut(text, out)
}

// cut takes the words that are out, with what is between them, out of text.
func (s *scan) cut(text string, out []bool) (kept string, pieces []string) {
	var b strings.Builder
	from := 0 // what is before it is in b or taken out
	for _, line := range s.lines {
		for lo := line.start; lo < line.end; lo++ {
			if !out[lo] {
				continue
			}
			hi := lo + 1
			for hi < line.end && out[hi] {
				hi++
			}
			piece := word{s.words[lo].start, s.words[hi-1].end}
			b.WriteString(text[from:piece.start])
			b.WriteByte(' ') // or the words beside it would become one
			pieces = append(pieces, text[piece.start:piece.end])
			from, lo = piece.end, hi
		}
	}
	b.WriteString(text[from:])
	return b.String(), pieces
}

// magic starts the file of Blocks; its last byte is the version of the format.
const magic = "alsoblk\x01"

// WriteTo writes b: eight bytes that name the format, then the hashes, ascending
// and little endian.
func (b *Blocks) WriteTo(w io.Writer) (int64, error) {
	out := make([]byte, 0, len(magic)+8*b.Len())
	out = append(out, magic...)
	if b != nil {
		for _, key := range b.keys {
			out = binary.LittleEndian.AppendUint64(out, key)
		}
	}
	n, err := w.Write(out)
	return int64(n), err
}

// Read is the inverse of WriteTo. It copies what it needs of file. No bytes at
// all are Blocks that hold nothing.
func Read(file []byte) (*Blocks, error) {
	if len(file) == 0 {
		return newBlocks(nil), nil
	}
	if len(file) < len(magic) || string(file[:len(magic)]) != magic {
		return nil, errors.New("boilerplate: this is no file of boilerplate that this version of alsolike reads; refresh anew")
	}
	file = file[len(magic):]
	if len(file)%8 != 0 {
		return nil, fmt.Errorf("boilerplate: %d bytes are no number of hashes", len(file))
	}
	keys := make([]uint64, len(file)/8)
	for i := range keys {
		keys[i] = binary.LittleEndian.Uint64(file[8*i:])
		if i > 0 && keys[i-1] >= keys[i] {
			return nil, fmt.Errorf("boilerplate: hashes %d and %d are out of order", i-1, i)
		}
	}
	return newBlocks(keys), nil
}
