package token

import (
	"strings"
	"unicode"

	"github.com/clipperhouse/uax29/v2/words"
)

// Pieces calls f with the places in text, text[start:end], that tokens are made of, in
// their order: words, and each few neighbouring characters of unspaced scripts, which
// overlap. It serves those who show a text with its terms marked.
//
// text is cut as it is written, before it is normalised. The tokens of the pieces, one
// after the other, are those of text, but where normalisation moves the bounds of words
// or a whole text tells what language it is in.
func Pieces(text string, f func(start, end int)) {
	for at := 0; at < len(text); {
		start, end := nextRun(text[at:])
		for it := words.FromString(text[at : at+start]); it.Next(); {
			if strings.ContainsFunc(it.Value(), isLetterOrNumber) {
				f(at+it.Start(), at+it.End())
			}
		}
		if start < end {
			from := at + start
			forEachNgram(text[from:at+end], func(gram string) {
				f(from, from+len(gram))
				from = nextCharacter(text, from)
			})
		}
		at += end
	}
}

func isLetterOrNumber(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
