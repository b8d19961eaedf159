package inventory

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed/token"
)

// folding is how titles and what is typed are read, whatever their language.
var folding = token.For("zh", token.Rules{})

// marks are accents, which few people type.
var marks = runes.Predicate(func(r rune) bool { return r >= 0x300 && r < 0x370 })

// appendFolded appends s as it is compared.
func appendFolded(dst []byte, s string) []byte {
	start := len(dst)
	dst = folding.AppendNormal(dst, s)
	if accented(dst[start:]) {
		plain, _, err := transform.Bytes(transform.Chain(norm.NFD, runes.Remove(marks), norm.NFC), dst[start:])
		if err == nil {
			dst = append(dst[:start], plain...)
		}
	}
	return dst
}

// accented reports whether b may hold letters with accents: it holds any of the
// alphabets, beyond ASCII, that have them.
func accented(b []byte) bool {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r >= 0xC0 && r < 0x600 || r >= 0x1E00 && r < 0x2000 {
			return true
		}
		b = b[size:]
	}
	return false
}

// A pile is the texts of articles, one after the other.
type pile struct {
	text  []byte
	spans []span
}

// A span is where the text of an article stands: its title, and then, each on a line,
// its id and its address.
type span struct{ start, title, id, end uint32 } // title is the end of the title, and id that of the id

func (p *pile) add(c *data.Card) {
	s := span{start: uint32(len(p.text))}
	p.text = appendFolded(p.text, data.PlainText(c.Title))
	s.title = uint32(len(p.text))
	p.text = appendFolded(append(p.text, '\n'), string(c.ID))
	s.id = uint32(len(p.text))
	p.text = appendFolded(append(p.text, '\n'), c.URL)
	s.end = uint32(len(p.text))
	p.spans = append(p.spans, s)
}

// A typed text is what is searched for.
type typed struct {
	whole []byte   // folded
	words [][]byte // of it, each after a space, the longest first, as it is the rarest
}

func newTyped(s string) typed {
	whole := appendFolded(nil, strings.TrimSpace(s))
	words := bytes.Fields(whole)
	for i, word := range words {
		words[i] = append([]byte{' '}, word...)
	}
	slices.SortStableFunc(words, func(a, b []byte) int { return len(b) - len(a) })
	return typed{whole, words}
}

// How well an article fits what is typed, the best first.
const (
	exactly  = iota // its id or address
	begins          // its title
	atWords         // words of its title begin with what is typed
	anywhere        // in its title, id or address
	fits            // how many there are
	not      = fits
)

// fit is how well article i of p fits t. Whether words begin so is looked at with
// words only; without, anywhere stands for atWords.
func (p *pile) fit(i int, t *typed, words bool) int {
	s := p.spans[i]
	text, title := p.text[s.start:s.end], p.text[s.start:s.title]
	for _, word := range t.words {
		if !bytes.Contains(text, word[1:]) {
			return not
		}
	}
	switch {
	case len(t.words) == 0:
		return anywhere
	case bytes.Equal(p.text[s.title+1:s.id], t.whole), bytes.Equal(p.text[s.id+1:s.end], t.whole):
		return exactly
	case bytes.HasPrefix(title, t.whole):
		return begins
	case !words:
		return anywhere
	}
	for _, word := range t.words {
		if !beginsWord(title, word) {
			return anywhere
		}
	}
	return atWords
}

// shortWord is below how many bytes words are too common for each of their places to be
// looked at.
const shortWord = 3

// beginsWord reports whether a word in text begins with what stands in spaced after a
// space. In Chinese one may begin anywhere.
func beginsWord(text, spaced []byte) bool {
	word := spaced[1:]
	if len(word) < shortWord {
		return bytes.HasPrefix(text, word) || bytes.Contains(text, spaced)
	}
	first, _ := utf8.DecodeRune(word)
	for at := 0; ; {
		i := bytes.Index(text[at:], word)
		if i < 0 {
			return false
		}
		at += i
		before, _ := utf8.DecodeLastRune(text[:at])
		if at == 0 || !unicode.IsLetter(before) && !unicode.IsNumber(before) || unicode.Is(unicode.Han, first) {
			return true
		}
		_, size := utf8.DecodeRune(text[at:])
		at += size
	}
}
