package story

import (
	"errors"
	"slices"
	"sync"
)

// SketchBytes is the size of a Sketch.
const SketchBytes = 512

// A Sketch is what is kept of a text to tell how much another has in common with it:
// the smallest of the hashes of its shingles, at most 170 different ones of 23 bits with
// a bit that tells whether the shingle is one of the body. The zero Sketch is that of a
// text without a word; it is like no other. A Sketch may be written to a file and read as
// it is; whoever does not trust the file asks Validate.
//
// Bottom-k sketches: Cohen and Kaplan (2007), "Summarizing data using bottom-k
// sketches"; Broder (1997), "On the resemblance and containment of documents".
type Sketch [SketchBytes]byte // the number of hashes; 1 if there are more of the text; the hashes, ascending, big endian; zeros

const (
	hashBytes = 3
	header    = 2
	held      = (SketchBytes - header) / hashBytes // the most hashes of a sketch
)

func (s *Sketch) len() int { return min(int(s[0]), held) }

// more reports whether the text has more shingles than are in s.
func (s *Sketch) more() bool { return s[1] != 0 }

// hash is the i-th smallest hash, the last bit of which is inTitle or 0.
func (s *Sketch) hash(i int) uint32 {
	b := s[header+hashBytes*i:][:hashBytes]
	return uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2])
}

// NewSketch is the sketch of an article's title and body, as plain text without the site's
// boilerplate, in a language given as a BCP 47 tag. It is safe for concurrent use.
func NewSketch(lang, title, body string) Sketch {
	w := sketchers.Get().(*sketcher)
	defer sketchers.Put(w)
	return w.sketch(lang, title, body)
}

// A sketcher makes one sketch after the other.
type sketcher struct {
	shingler
	hashes, spare []uint32
}

var sketchers = sync.Pool{New: func() any { return new(sketcher) }}

func (w *sketcher) sketch(lang, title, body string) (s Sketch) {
	const most = 4 * held // hashes before all but the smallest are thrown away
	w.hashes = w.hashes[:0]
	below := uint32(1) << (8 * hashBytes)
	w.shingles(lang, title, body, func(hash uint64) {
		h := uint32(hash>>(64-8*hashBytes))&^inTitle | uint32(hash&inTitle)
		if h >= below {
			return
		}
		if w.hashes = append(w.hashes, h); len(w.hashes) == most {
			if w.sort(); len(w.hashes) > held {
				w.hashes, below = w.hashes[:held+1], w.hashes[held]
			}
		}
	})
	w.sort()
	n := min(len(w.hashes), held)
	s[0] = byte(n)
	if len(w.hashes) > held {
		s[1] = 1
	}
	for i, h := range w.hashes[:n] {
		b := s[header+hashBytes*i:]
		b[0], b[1], b[2] = byte(h>>16), byte(h>>8), byte(h)
	}
	return s
}

// sort puts the hashes into order, each once: by their bytes, the last first.
func (w *sketcher) sort() {
	w.spare = slices.Grow(w.spare[:0], len(w.hashes))[:len(w.hashes)]
	from, to := w.hashes, w.spare
	for shift := 0; shift < 8*hashBytes; shift += 8 {
		var end [256]uint32
		for _, h := range from {
			end[h>>shift&0xFF]++
		}
		at := uint32(0)
		for b, n := range end {
			end[b], at = at, at+n
		}
		for _, h := range from {
			b := h >> shift & 0xFF
			to[end[b]] = h
			end[b]++
		}
		from, to = to, from
	}
	w.hashes, w.spare = compact(from), to
}

// ErrSketch is returned for bytes that are not a sketch.
var ErrSketch = errors.New("story: not a sketch")

// Validate returns ErrSketch if no text has s.
func (s *Sketch) Validate() error {
	n := int(s[0])
	if n > held || s[1] > 1 || s.more() && n < held {
		return ErrSketch
	}
	for i := 1; i < n; i++ {
		if s.hash(i-1)|inTitle >= s.hash(i) {
			return ErrSketch
		}
	}
	for _, b := range s[header+hashBytes*n:] {
		if b != 0 {
			return ErrSketch
		}
	}
	return nil
}

// Empty reports whether s is that of a text without a word.
func (s *Sketch) Empty() bool { return s[0] == 0 }
