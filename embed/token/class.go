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

// asciiClass is the classes of ASCII.
var asciiClass = func() (table [utf8.RuneSelf]class) {
	for r := range rune(utf8.RuneSelf) {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			table[r] = letter
		case '0' <= r && r <= '9':
			table[r] = digit
		case r == '_':
			table[r] = low
		case r == ':':
			table[r] = colon
		case r == ',' || r == ';':
			table[r] = comma
		case r == '.' || r == '\'':
			table[r] = dot
		default:
			table[r] = between
		}
	}
	return table
}()

// The characters beyond ASCII that are in tables: alphabets from Latin to Arabic, and
// punctuation with other symbols.
const (
	endAlphabets = 0x0700
	firstSymbol  = 0x2000
	endSymbols   = 0x2300
	tabled       = endAlphabets + endSymbols - firstSymbol
)

// tableIndex is the place of r in the tables; ok is false if it has none.
func tableIndex(r rune) (i int, ok bool) {
	switch {
	case r < endAlphabets:
		return int(r), true
	case firstSymbol <= r && r < endSymbols:
		return int(r) - firstSymbol + endAlphabets, true
	}
	return 0, false
}

func tabledRune(i int) rune {
	if i < endAlphabets {
		return rune(i)
	}
	return rune(i - endAlphabets + firstSymbol)
}

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
	for i := range table {
		table[i] = askClass(tabledRune(i))
	}
	return table
}

// askClass finds the class of r, which is beyond ASCII, by what the library makes of it
// among characters of known classes.
func askClass(r rune) class {
	c := string(r)
	one := func(s string) bool { return firstWord(s) == s }
	switch {
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
	if s[i] < utf8.RuneSelf {
		return asciiClass[s[i]], 1
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	return classOf(r), size
}
