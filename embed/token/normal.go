package token

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// normalise maps texts that readers take for the same to the same string:
// compatibility forms are composed (full-width Latin, half-width kana, ligatures),
// case is folded, what is invisible is removed and apostrophes are made one.
//
// It is toNFKC_Casefold of the Unicode Standard, section 3.13, but for
// apostrophes and for U+200B, a word boundary in Thai and Khmer, which becomes a
// space. Invalid UTF-8 becomes U+FFFD.
func normalise(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	s = strings.Map(visible, strings.ToValidUTF8(s, "\uFFFD"))
	// Folding may leave a string that can be composed once more.
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s)))
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
	case r < 0xAD:
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
