package token

import (
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"
)

// forEachToken calls word with the words of s, which is normalised, that hold a letter
// or a digit, and run with the runs of characters of unspaced scripts, in their order.
//
// Words are those of UAX #29. Where all characters are plain, as in most texts in
// alphabets, they are found by their classes in a table; pieces with any others, from
// white space to white space, at which no rule of UAX #29 looks across, go to the library.
func forEachToken(s string, word, run func(string)) {
	for s != "" {
		plain, hard := cutHard(s, isPlain)
		forEachPlainWord(s[:plain], word)
		forEachHardWord(s[plain:hard], word, run)
		s = s[hard:]
	}
}

// cutHard cuts s into s[:easy], where all characters beyond ASCII are easy,
// s[easy:hard], where some are not, and the rest. The first two end in front of white
// space that has no mark, or where s ends.
func cutHard(s string, isEasy func(rune) bool) (easy, hard int) {
	at := nextHard(s, isEasy)
	if at == len(s) {
		return at, at
	}
	easy = max(0, strings.LastIndexAny(s[:at], whiteSpace))
	for hard = at; ; {
		space := strings.IndexAny(s[hard:], whiteSpace)
		if space < 0 {
			return easy, len(s)
		}
		hard += space
		if end := hard + 1; end < len(s) && s[end] < utf8.RuneSelf {
			return easy, hard
		}
		hard++
	}
}

const whiteSpace = " \n\t"

// nextHard is the place of the first character of s beyond ASCII that is not easy, or
// len(s).
func nextHard(s string, isEasy func(rune) bool) int {
	for i := 0; i < len(s); {
		if i += lengthOfASCII(s[i:]); i == len(s) {
			break
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isEasy(r) {
			return i
		}
		i += size
	}
	return len(s)
}

// lengthOfASCII is the number of bytes of ASCII that s starts with.
func lengthOfASCII(s string) int {
	n := 0
	for len(s)-n >= 8 && load64(s[n:])&highBits == 0 {
		n += 8
	}
	for n < len(s) && s[n] < utf8.RuneSelf {
		n++
	}
	return n
}

// forEachPlainWord calls f with the words of s, all of whose characters are plain: runs
// of letters, digits and _, and among letters or digits what may stand between two.
func forEachPlainWord(s string, f func(word string)) {
	for i := 0; i < len(s); {
		for i < len(s) && byteClass[s[i]] == between {
			i++
		}
		if i == len(s) {
			return
		}
		c, size := classAt(s, i)
		if c > low {
			i += size
			continue
		}
		start, named := i, false
		for {
			for i += size; i < len(s) && byteClass[s[i]] == c; i++ {
			}
			named = named || c != low
			if i == len(s) {
				break
			}
			before := c
			if c, size = classAt(s, i); c <= low {
				continue
			}
			if c == between || i+size == len(s) {
				break
			}
			after, next := classAt(s, i+size)
			if after != before || !c.joins(after) {
				break
			}
			c, i, size = after, i+size, next
		}
		if named && i-start <= maxWordBytes {
			f(s[start:i])
		}
		i += size
	}
}

// forEachHardWord is forEachToken by the library.
func forEachHardWord(s string, word, run func(string)) {
	for s != "" {
		start, end := nextRun(s)
		for it := words.FromString(s[:start]); it.Next(); {
			if w := it.Value(); len(w) <= maxWordBytes && strings.ContainsFunc(w, isAlphanumeric) {
				word(w)
			}
		}
		if start < end {
			run(s[start:end])
		}
		s = s[end:]
	}
}
