package boilerplate

import (
	"unicode"
	"unicode/utf8"
)

// Lengths of blocks are counted in half words: a character of a script without
// spaces is half a word.
const (
	passage   = 24 // half words of a passage
	shortLine = 10 // a line of fewer half words is short
)

// A word is a place in a text.
type word struct{ start, end int }

// A scan is the words of one text. Its storage is used again by the next text.
type scan struct {
	words  []word
	length []int    // length[i]: half words before word i; one more than there are words
	prefix []uint64 // prefix[i]: hash of the words before word i; one more than there are words
	lines  []word   // as numbers of words, lines without a word left out
	blocks []block
}

// base is what a hash is multiplied with for every further word; power[n] = baseⁿ.
const base = 0x9e3779b97f4a7c15

var power = func() (p [passage + 2]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * base
	}
	return p
}()

// read finds the words and blocks of text.
func (s *scan) read(text string) {
	s.words, s.lines = s.words[:0], s.lines[:0]
	s.length, s.prefix = append(s.length[:0], 0), append(s.prefix[:0], 0)
	const outside = -1
	var (
		start = outside
		hash  uint64
		line  int // the first word of the line
	)
	add := func(start, end, halves int, hash uint64) {
		n := len(s.words)
		s.words = append(s.words, word{start, end})
		s.length = append(s.length, s.length[n]+halves)
		s.prefix = append(s.prefix, s.prefix[n]*base+mix(hash))
	}
	flush := func(end int) {
		if start != outside {
			add(start, end, 2, hash)
			start, hash = outside, 0
		}
	}
	for i := 0; i < len(text); {
		if wordByte[text[i]] != 0 { // of ASCII, as most are
			if start == outside {
				start = i
			}
			for ; i < len(text) && wordByte[text[i]] != 0; i++ {
				hash = (hash ^ uint64(wordByte[text[i]])) * fnvPrime
			}
			continue
		}
		r, size := rune(text[i]), 1
		var what kind
		if r < utf8.RuneSelf {
			what, r = ascii[r].kind, rune(ascii[r].lower)
		} else {
			r, size = utf8.DecodeRuneInString(text[i:])
			what, r = kindOf(r), unicode.ToLower(r)
		}
		switch what {
		case inWord:
			if start == outside {
				start = i
			}
			hash = (hash ^ uint64(r)) * fnvPrime // FNV-1a, by characters
		case wordAlone:
			flush(i)
			add(i, i+size, 1, uint64(r))
		case lineEnd:
			flush(i)
			line = s.endLine(line)
		default:
			flush(i)
		}
		i += size
	}
	flush(len(text))
	s.endLine(line)
	s.findBlocks()
}

// endLine notes the line that starts with word first, and returns the first
// word of the next.
func (s *scan) endLine(first int) int {
	if first < len(s.words) {
		s.lines = append(s.lines, word{first, len(s.words)})
	}
	return len(s.words)
}

// hash is that of the words lo to hi, hi excluded; they are at most a
// passage and the half word behind it.
func (s *scan) hash(lo, hi int) uint64 { return s.prefix[hi] - s.prefix[lo]*power[hi-lo] }

// A class of blocks has a threshold of its own.
type class uint8

const (
	long class = iota
	short
)

// A block is one of a text: its words lo to hi, hi excluded.
type block struct {
	hash   uint64
	lo, hi int32
	class  class
}

// findBlocks finds every block of the text.
func (s *scan) findBlocks() {
	s.blocks = s.blocks[:0]
	hi := 0
	for lo := range s.words {
		last := hi
		for hi < len(s.words) && s.length[hi]-s.length[lo] < passage {
			hi++
		}
		if s.length[hi]-s.length[lo] < passage {
			if lo > 0 && last < hi { // half a word is left
				s.addBlock(lo-1, hi, s.hash(lo-1, hi), long)
			}
			break
		}
		s.addBlock(lo, hi, s.hash(lo, hi), long)
	}
	for _, line := range s.lines {
		switch n := s.length[line.end] - s.length[line.start]; {
		case n >= passage:
		case n >= shortLine:
			s.addBlock(line.start, line.end, ^s.hash(line.start, line.end), long)
		default:
			s.addBlock(line.start, line.end, ^s.hash(line.start, line.end), short)
		}
	}
}

func (s *scan) addBlock(lo, hi int, hash uint64, c class) {
	s.blocks = append(s.blocks, block{mix(hash), int32(lo), int32(hi), c})
}

// A kind of characters.
type kind uint8

const (
	between kind = iota
	inWord
	wordAlone
	lineEnd
)

// ascii is the kind of the first characters, and their lower case.
var ascii = func() (table [utf8.RuneSelf]struct {
	kind  kind
	lower uint8
},
) {
	for r := range rune(utf8.RuneSelf) {
		table[r].kind, table[r].lower = kindOf(r), uint8(unicode.ToLower(r))
	}
	return table
}()

// wordByte is the lower case of the characters of ASCII that are in words, and 0 for all
// other bytes.
var wordByte = func() (table [256]uint8) {
	for r, c := range ascii {
		if c.kind == inWord {
			table[r] = c.lower
		}
	}
	return table
}()

func kindOf(r rune) kind {
	switch {
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		return wordAlone
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
		return inWord
	case r == '\n' || r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029':
		return lineEnd
	}
	return between
}

// mix makes every bit of the result depend on every bit of x: the finaliser of
// SplitMix64 (Steele, Lea and Flood, 2014). It is a bijection.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// The kinds of groups.
const (
	edition = iota
	section
)

// hashes are those of the groups by their kinds; without a section, only the
// first.
func (g Groups) hashes() []uint64 {
	hashes := []uint64{edition: mix(hashString(g.Edition))}
	if g.Section != "" {
		hashes = append(hashes, mix(^hashString(g.Section)))
	}
	return hashes
}

// inGroup is the hash of a block as one of a group's.
func inGroup(block, group uint64) uint64 { return mix(block ^ group) }

const fnvPrime = 0x100000001b3

// hashString is FNV-1a.
func hashString(s string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return h
}
