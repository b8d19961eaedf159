package token

import (
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"

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

// ForEachIn calls f with each token of text in their order. A token may alias a
// normalised copy of text: clone those kept for long.
func (t *Tokeniser) ForEachIn(text string, f func(token string)) {
	terms := t.newTerms()
	forEachToken(t.normalised(make([]byte, 0, len(text)+len(text)/8), text), func(word string) {
		if term, ok := terms.ofWord(word); ok {
			f(term)
		}
	}, func(run string) {
		forEachNgram(run, func(gram string) {
			if !isStopped(terms.stop, gram) {
				f(gram)
			}
		})
	})
}

// normalised is text normalised, in storage that begins as buf.
func (t *Tokeniser) normalised(buf []byte, text string) string {
	buf = t.lang.appendNormal(buf, text)
	s := unsafe.String(unsafe.SliceData(buf), len(buf))
	if t.lang.chinese != nil && t.lang.chinese(s) {
		return foldHan(s)
	}
	return s
}

// AppendNormal appends to dst text as the tokeniser reads it: normalised, and Chinese
// in Simplified characters.
func (t *Tokeniser) AppendNormal(dst []byte, text string) []byte {
	start := len(dst)
	dst = t.lang.appendNormal(dst, text)
	if normal := dst[start:]; t.lang.chinese != nil && t.lang.chinese(unsafe.String(unsafe.SliceData(normal), len(normal))) {
		return append(dst[:start], foldHan(string(normal))...)
	}
	return dst
}

// terms are the rules that make tokens of words. They hold a buffer and are not for
// concurrent use.
type terms struct {
	stop   map[string]bool // nil: none
	ending func(word string) string
}

func (t *Tokeniser) newTerms() terms {
	r := terms{ending: func(word string) string { return word }}
	if !t.rules.KeepStopWords {
		r.stop = t.lang.stopWords()
	}
	if !t.rules.KeepEndings {
		r.ending = t.lang.newEnding()
	}
	return r
}

// ofWord is the token that word becomes; ok is false if it is left out.
func (r terms) ofWord(word string) (token string, ok bool) {
	if i := strings.IndexByte(word, '\''); i > 0 && i < len(word)-1 && r.stop[word[:i+1]] {
		word = word[i+1:]
	}
	if r.stop[word] {
		return "", false
	}
	return r.ending(word), true
}

// maxWordBytes is the length beyond which a word is taken for data.
const maxWordBytes = 64

func isAlphanumeric(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r)
}

func notInWords(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }
