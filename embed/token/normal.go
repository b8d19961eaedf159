package token

import (
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
	if isASCII(s) && l.letters == nil {
		return strings.ToLower(s)
	}
	s = norm.NFKC.String(strings.Map(visible, strings.ToValidUTF8(s, "\uFFFD")))
	s = strings.Map(withoutPoints, s)
	if l.letters != nil {
		s = strings.Map(l.letters, s)
	}
	// Folding may leave a string that can be composed once more.
	return norm.NFKC.String(cases.Fold().String(s))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
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
