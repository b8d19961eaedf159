package token

import (
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"
)

// A class of characters, after the property Word_Break of UAX #29.
type class uint8

const (
	letter  class = iota // in no script that has rules of its own
	digit                // of ASCII
	low                  // _
	colon                // joins letters
	comma                // joins digits
	dot                  // joins either: . and '
	between              // ends words on either side
	hard                 // any other
)

// beyond stands for a character beyond ASCII in byteClass.
const beyond class = 1<<8 - 1

// joins reports whether c between two characters of class side makes one word of them.
func (c class) joins(side class) bool {
	switch side {
	case letter:
		return c == colon || c == dot
	case digit:
		return c == comma || c == dot
	}
	return false
}

// byteClass is the classes of ASCII, and beyond for the bytes of other characters.
var byteClass = func() (table [256]class) {
	for b := range table {
		switch {
		case b >= utf8.RuneSelf:
			table[b] = beyond
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z':
			table[b] = letter
		case '0' <= b && b <= '9':
			table[b] = digit
		case b == '_':
			table[b] = low
		case b == ':':
			table[b] = colon
		case b == ',' || b == ';':
			table[b] = comma
		case b == '.' || b == '\'':
			table[b] = dot
		default:
			table[b] = between
		}
	}
	return table
}()

// blocks are the characters beyond ASCII that are in tables: alphabets from Latin to
// Arabic, punctuation with other symbols, those of Chinese and Japanese with kana, and
// full-width forms.
var blocks = [...]struct{ first, end rune }{{0x80, 0x700}, {0x2000, 0x2300}, {0x3000, 0x3100}, {0xFF00, 0xFFF0}}

const tabled = 0x700 - 0x80 + 0x300 + 0x100 + 0xF0

// tableIndex is the place of r in the tables; ok is false if it has none.
func tableIndex(r rune) (i int, ok bool) {
	for _, b := range blocks {
		if r < b.first {
			return 0, false
		}
		if r < b.end {
			return i + int(r-b.first), true
		}
		i += int(b.end - b.first)
	}
	return 0, false
}

// tabledRunes are the characters in the tables by their places.
var tabledRunes = func() (runes [tabled]rune) {
	i := 0
	for _, b := range blocks {
		for r := b.first; r < b.end; r++ {
			runes[i] = r
			i++
		}
	}
	return runes
}()

var classTable lazy[[tabled]class]

// classOf is the class of r, which is beyond ASCII.
func classOf(r rune) class {
	i, ok := tableIndex(r)
	if !ok {
		return hard
	}
	return classTable.get(newClassTable)[i]
}

func isPlain(r rune) bool { return classOf(r) != hard }

func newClassTable() (table [tabled]class) {
	for i, r := range tabledRunes {
		table[i] = askClass(r)
	}
	return table
}

// askClass finds the class of r, which is beyond ASCII, by what the library makes of it
// among characters of known classes.
func askClass(r rune) class {
	c := string(r)
	one := func(s string) bool { return firstWord(s) == s }
	switch {
	case isUnspaced(r):
	case !unicode.IsLetter(r):
		if !unicode.IsMark(r) && firstWord("a"+c+"a") == "a" && firstWord("1"+c+"1") == "1" && firstWord("_"+c) == "_" &&
			firstWord(c+"a") == c && firstWord(c+"1") == c && firstWord(c+"_") == c && firstWord(c+c) == c && !unicode.IsNumber(r) {
			return between
		}
	case one("a:"+c+":a") && one("1"+c+"1") && one("_"+c+"_") && one(c+c) && !one("1,"+c) && !one(c+"'"):
		return letter
	}
	return hard
}

func firstWord(s string) string {
	it := words.FromString(s)
	it.Next()
	return it.Value()
}

// classAt is the class of the character at s[i], and the number of its bytes.
func classAt(s string, i int) (c class, size int) {
	if c = byteClass[s[i]]; c != beyond {
		return c, 1
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	return classOf(r), size
}
