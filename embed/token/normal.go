package token

import (
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// normalise maps texts that readers of l take for the same to the same string:
// compatibility forms are composed (full-width Latin, half-width kana, ligatures),
// case is folded, what is invisible and the vowel points of Hebrew and Arabic are
// removed and apostrophes are made one.
//
// It is toNFKC_Casefold of the Unicode Standard, section 3.13, but for points,
// apostrophes, letters of l, and for U+200B, a word boundary in Thai and Khmer, which
// becomes a space. Invalid UTF-8 becomes U+FFFD.
func (l *language) normalise(s string) string {
	s = norm.NFKC.String(strings.Map(visible, strings.ToValidUTF8(s, "\uFFFD")))
	s = strings.Map(withoutPoints, s)
	if l.letters != nil {
		s = strings.Map(l.letters, s)
	}
	// Folding may leave a string that can be composed once more.
	return norm.NFKC.String(cases.Fold().String(s))
}

// appendNormal appends to dst what normalise makes of s. Characters that normalise
// changes by themselves alone are looked up; pieces with any others, from white space to
// white space, go to normalise.
func (l *language) appendNormal(dst []byte, s string) []byte {
	if l.letters != nil && l.letters('I') != 'I' {
		return append(dst, l.normalise(s)...)
	}
	for s != "" {
		simple, hard := cutHard(s, l.isSimple)
		dst = l.appendSimple(dst, s[:simple])
		if simple < hard {
			dst = append(dst, l.normalise(s[simple:hard])...)
		}
		s = s[hard:]
	}
	return dst
}

// appendSimple appends to dst what normalise makes of s, all of which is simple.
func (l *language) appendSimple(dst []byte, s string) []byte {
	for {
		n := len(dst)
		dst = appendLower(dst, s)
		if s = s[len(dst)-n:]; s == "" {
			return dst
		}
		for s != "" && s[0] >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s)
			if isItself(r) {
				dst = append(dst, s[:size]...)
			} else {
				dst = append(dst, l.foldOf(r)...)
			}
			s = s[size:]
		}
	}
}

// isItself reports whether r is one of the ideographs and syllables that normalise
// leaves as they are.
func isItself(r rune) bool { return isIdeograph(r) || isHangul(r) }

// appendLower appends to dst the ASCII that s starts with, in lower case.
func appendLower(dst []byte, s string) []byte {
	for ; len(s) >= 8; s = s[8:] {
		x := load64(s)
		if x&highBits != 0 {
			break
		}
		// The high bit of a byte is set in from where it is A or above, in beyond above Z.
		from, beyond := x+(0x80-'A')*eachByte, x+(0x7F-'Z')*eachByte
		dst = binary.LittleEndian.AppendUint64(dst, x|(from&^beyond)&highBits>>2)
	}
	for i := 0; i < len(s) && s[i] < utf8.RuneSelf; i++ {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// Numbers of eight bytes, each of them 1 or 0x80.
const (
	eachByte = 0x0101010101010101
	highBits = 0x80 * eachByte
)

// load64 is the first eight bytes of s, little endian.
func load64(s string) uint64 { return load32(s) | load32(s[4:])<<32 }

func load32(s string) uint64 {
	_ = s[3]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

// A foldTable has what normalise makes of characters beyond ASCII, or notSimple where
// that depends on the characters beside them.
type foldTable [tabled]string

const notSimple = "\xff"

// plainFolds are those of languages without letters of their own.
var plainFolds lazy[foldTable]

func (l *language) newFoldTable() (table foldTable) {
	for i, r := range tabledRunes {
		table[i] = notSimple
		if !norm.NFKC.PropertiesString(string(r)).BoundaryBefore() {
			continue
		}
		if to := l.normalise(string(r)); to == "" || norm.NFKC.PropertiesString(to).BoundaryBefore() {
			table[i] = to
		}
	}
	return table
}

// foldOf is what normalise makes of r, which is beyond ASCII, or notSimple.
func (l *language) foldOf(r rune) string {
	i, ok := tableIndex(r)
	if !ok {
		return notSimple
	}
	if l.letters == nil {
		return plainFolds.get(l.newFoldTable)[i]
	}
	return l.folds.get(l.newFoldTable)[i]
}

func (l *language) isSimple(r rune) bool {
	return isItself(r) || l.foldOf(r) != notSimple
}

func visible(r rune) rune {
	switch {
	case r < 0xAD || 0x4E00 <= r && r <= 0xD7A3:
		return r
	case r == '\u2019' || r == '\u02BC': // ’ and ʼ, as typesetters write it's
		return '\''
	case r == '\u200B':
		return ' '
	case unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
		return -1
	}
	return r
}

// withoutPoints removes what tells readers how to speak or to stretch Hebrew and
// Arabic words, and is written now and then.
func withoutPoints(r rune) rune {
	switch {
	case r < 0x0591 || r > 0x0670:
		return r
	case r <= 0x05C7 && unicode.Is(unicode.M, r),
		r == 0x0640, // tatweel
		0x064B <= r && r <= 0x0652, r == 0x0670:
		return -1
	}
	return r
}
