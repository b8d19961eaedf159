package token

import (
	"unicode"
	"unicode/utf8"
)

// nextRun finds the first run of characters of unspaced scripts in s, as
// s[start:end]. Without one, start and end are len(s).
func nextRun(s string) (start, end int) {
	start = -1
	for i, r := range s {
		switch {
		case isUnspaced(r):
			if start < 0 {
				start = i
			}
		case start >= 0 && !unicode.Is(unicode.M, r):
			return start, i
		}
	}
	if start < 0 {
		start = len(s)
	}
	return start, len(s)
}

// isUnspaced reports whether r is a letter or number of a script that sets no
// spaces between words.
func isUnspaced(r rune) bool {
	if r < 0x0E01 || 0xAC00 <= r && r < 0xF900 { // Latin and its neighbours; Hangul
		return false
	}
	if r == 'ー' { // lengthens a vowel of either kana, and so belongs to neither script
		return true
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) && (unicode.IsLetter(r) || unicode.IsNumber(r))
}

// forEachBigram calls f with each two neighbouring characters of run, or with
// the one that run is. A character keeps the marks that follow it.
func forEachBigram(run string, f func(token string)) {
	if run == "" {
		return
	}
	previous, current := 0, nextCharacter(run, 0)
	if current == len(run) {
		f(run)
		return
	}
	for current < len(run) {
		next := nextCharacter(run, current)
		f(run[previous:next])
		previous, current = current, next
	}
}

// nextCharacter is the offset in run after the character at i and its marks.
func nextCharacter(run string, i int) int {
	_, size := utf8.DecodeRuneInString(run[i:])
	for i += size; i < len(run); i += size {
		var r rune
		if r, size = utf8.DecodeRuneInString(run[i:]); !unicode.Is(unicode.M, r) {
			break
		}
	}
	return i
}
