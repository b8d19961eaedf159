package reason

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed/token"
)

// MaxTextBytes is how much of a text is read.
const MaxTextBytes = 200_000

// A lexicon is the terms of two articles by their places in the list of contributions.
type lexicon struct {
	list   []Contribution
	number []uint32 // by the id of the term: 1 + place in list, or 0
	strong []uint8  // by number: 1 + rank among the terms that carry the most; 0: none of these
	ranked []int32  // the numbers of those, by rank
}

// mostStrong is how many terms may be named or marked. Ranks are bytes.
const mostStrong = 48

func (e *Explainer) lexicon(list []Contribution) *lexicon {
	l := &lexicon{list: list, strong: make([]uint8, len(list))}
	for i := range list {
		id := e.id(list[i].Term)
		if need := int(id) + 1 - len(l.number); need > 0 {
			l.number = append(l.number, make([]uint32, need)...)
		}
		l.number[id] = uint32(i + 1)
		if list[i].Share > 0 && len(l.ranked) < mostStrong {
			l.ranked = append(l.ranked, int32(i))
			l.strong[i] = uint8(len(l.ranked))
		}
	}
	return l
}

// marked reports whether that term carries so much that it is marked in a sentence.
func (l *lexicon) marked(number uint32) bool {
	return l.strong[number] > 0 && l.list[number].Share >= leastMarked*l.list[0].Share
}

// leastMarked is the share of a term that is marked, of that of the first.
const leastMarked = 0.1

// of is the contribution of that rank.
func (l *lexicon) of(rank byte) *Contribution { return &l.list[l.ranked[rank]] }

// A reading is an article's texts, with the terms found in them.
type reading struct {
	tokeniser *token.Tokeniser
	fields    []field // title, summary, tags and body, those that are not empty
}

type field struct {
	kind  kind
	text  string
	found []mention // of all terms, in their order
	named []mention // of the strong ones alone, mostNamed of them; numbers are ranks
}

// mostNamed bounds the mentions of a text that phrases are sought among.
const mostNamed = 2048

type kind uint8

const (
	title kind = iota
	summary
	tags
	body
)

// A mention is the place of a term in a text.
type mention struct {
	number     uint32
	start, end int32
}

// A reader finds terms in the texts of one language. It remembers what words become.
type reader struct {
	tokeniser *token.Tokeniser
	indexer   *token.Indexer    // gives the ids of terms
	known     map[string]uint32 // what pieces of texts have become: 1 + id, or 0
	ids       []uint32          // scratch: of one piece, mostly one or none
}

func (e *Explainer) reader(lang data.Lang) *reader {
	r := e.readers[lang]
	if r == nil {
		tokeniser := token.For(string(lang), e.rules)
		r = &reader{tokeniser: tokeniser, known: make(map[string]uint32)}
		r.indexer = tokeniser.Indexer(func(term string) (uint32, bool) { return e.id(term), true })
		e.readers[lang] = r
	}
	return r
}

// id is the id of term, given out if it is new.
func (e *Explainer) id(term string) uint32 {
	id, ok := e.ids[term]
	if !ok {
		id = uint32(len(e.ids))
		e.ids[strings.Clone(term)] = id
	}
	return id
}

// read finds the terms of l in the texts of an article.
func (r *reader) read(a *data.Article, l *lexicon) *reading {
	found := &reading{tokeniser: r.tokeniser}
	for k, text := range []string{a.Title, a.Summary, strings.Join(a.Tags, "\n\n"), a.Body} {
		if text = data.PlainText(clip(text, MaxTextBytes)); text != "" {
			found.fields = append(found.fields, r.scan(field{kind: kind(k), text: text}, l))
		}
	}
	return found
}

func (r *reader) scan(f field, l *lexicon) field {
	token.Pieces(f.text, func(start, end int) {
		after := r.term(f.text[start:end])
		if int(after) > len(l.number) || after == 0 || l.number[after-1] == 0 {
			return
		}
		m := mention{l.number[after-1] - 1, int32(start), int32(end)}
		f.found = append(f.found, m)
		if rank := l.strong[m.number]; rank > 0 && len(f.named) < mostNamed {
			m.number = uint32(rank - 1)
			f.named = append(f.named, m)
		}
	})
	return f
}

// term is 1 + the id of the term that piece becomes, or 0 if it becomes none.
func (r *reader) term(piece string) uint32 {
	after, ok := r.known[piece]
	if ok {
		return after
	}
	if r.ids = r.indexer.Append(r.ids[:0], piece); len(r.ids) > 0 {
		after = 1 + r.ids[0]
	}
	r.known[piece] = after
	return after
}

// clip is the first bytes of text that are whole characters, at most n.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// joins reports whether two mentions that follow one another in text, with no term
// between, belong together: as words with a space, a hyphen or the end of a line
// between, or as characters of which some are in both.
func joins(text string, m, next mention) bool {
	if next.start <= m.end {
		return true
	}
	gap := text[m.end:next.start]
	return gap == " " || gap == "-" || gap == "\n"
}

// within reports whether what stands at that place is neither at the beginning of a
// sentence or a line nor in a headline: its capitals are its own.
func (f *field) within(at mention) bool {
	if f.kind == title || f.kind == tags {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(strings.TrimRight(f.text[:at.start], " "))
	return unicode.IsLetter(before) || unicode.IsNumber(before) || before == ',' || before == ';'
}
