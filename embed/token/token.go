package token

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"
	"github.com/james-bowman/nlp"
)

// A Tokeniser cuts the texts of one language into tokens. It is safe for
// concurrent use.
type Tokeniser struct {
	lang  *language
	rules Rules
}

var _ nlp.Tokeniser = (*Tokeniser)(nil)

// Rules switch parts of the analysis off. The zero value has all of it.
type Rules struct {
	KeepStopWords bool // words such as "the" are tokens too
	KeepEndings   bool // words are not stemmed
}

// For returns the tokeniser for texts in lang, a BCP 47 tag such as "en-GB".
// Languages without rules of their own, the empty tag and "und" among them, get
// the Unicode default.
func For(lang string, rules Rules) *Tokeniser {
	return &Tokeniser{languageOf(lang), rules}
}

// Tokenise returns the tokens of text in their order.
func (t *Tokeniser) Tokenise(text string) []string {
	var tokens []string
	t.ForEachIn(text, func(token string) { tokens = append(tokens, token) })
	return tokens
}

// ForEachIn calls f with each token of text in their order. A token may alias
// text, or a normalised copy of it: clone those kept for long.
func (t *Tokeniser) ForEachIn(text string, f func(token string)) {
	rest := t.lang.normalise(text)
	if t.lang.chinese != nil && t.lang.chinese(rest) {
		rest = foldHan(rest)
	}
	var stop map[string]bool
	if !t.rules.KeepStopWords {
		stop = t.lang.stopWords()
	}
	emit := f
	if !t.rules.KeepEndings {
		ending := t.lang.newEnding()
		emit = func(word string) { f(ending(word)) }
	}
	for rest != "" {
		start, end := nextRun(rest)
		forEachWord(rest[:start], func(word string) {
			if i := strings.IndexByte(word, '\''); i > 0 && i < len(word)-1 && stop[word[:i+1]] {
				word = word[i+1:]
			}
			if !stop[word] {
				emit(word)
			}
		})
		forEachNgram(rest[start:end], stop, f)
		rest = rest[end:]
	}
}

// maxWordBytes is the length beyond which a word is taken for data.
const maxWordBytes = 64

// forEachWord calls f with the words of s that hold a letter or a digit.
func forEachWord(s string, f func(word string)) {
	for it := words.FromString(s); it.Next(); {
		if word := it.Value(); len(word) <= maxWordBytes && strings.ContainsFunc(word, isAlphanumeric) {
			f(word)
		}
	}
}

func isAlphanumeric(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r)
}

func notInWords(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }
