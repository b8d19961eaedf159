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
// spaces between words, or is a Korean syllable.
func isUnspaced(r rune) bool {
	switch {
	case r < 0x0E01:
		return false
	case isIdeograph(r) || isHangul(r):
		return true
	case r == 'ー': // lengthens a vowel of either kana, and so belongs to neither script
		return true
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) && (unicode.IsLetter(r) || unicode.IsNumber(r))
}

// isIdeograph reports whether r is one of the ideographs that nearly all Chinese is
// written with.
func isIdeograph(r rune) bool { return 0x4E00 <= r && r <= 0x9FFF }

// isHangul reports whether r is a Korean syllable.
func isHangul(r rune) bool { return 0xAC00 <= r && r <= 0xD7A3 }

// gramOf is the number of characters in a token of the script of r: two in Chinese,
// Japanese and Korean, three where a character is about a consonant.
func gramOf(r rune) int {
	if 0x0E01 <= r && r <= 0x0EFF || unicode.In(r, unicode.Myanmar, unicode.Khmer) {
		return 3
	}
	return 2
}

// forEachNgram calls f with each few neighbouring characters of run, or with all of a
// run of fewer. A character keeps the marks that follow it.
func forEachNgram(run string, f func(gram string)) {
	first, _ := utf8.DecodeRuneInString(run)
	start, end := 0, 0
	for n := gramOf(first); n > 0 && end < len(run); n-- {
		end = nextCharacter(run, end)
	}
	for {
		f(run[start:end])
		if end == len(run) {
			return
		}
		start, end = nextCharacter(run, start), nextCharacter(run, end)
	}
}

// isStopped reports whether gram is in stop, or each of its characters is.
func isStopped(stop map[string]bool, gram string) bool {
	if len(stop) == 0 || stop[gram] {
		return stop[gram]
	}
	for i := 0; i < len(gram); {
		next := nextCharacter(gram, i)
		if !stop[gram[i:next]] {
			return false
		}
		i = next
	}
	return true
}

// nextCharacter is the offset in run after the character at i and its marks.
func nextCharacter(run string, i int) int {
	_, size := utf8.DecodeRuneInString(run[i:])
	for i += size; i < len(run); i += size {
		var r rune
		if r, size = utf8.DecodeRuneInString(run[i:]); isIdeograph(r) || !unicode.Is(unicode.M, r) {
			break
		}
	}
	return i
}
