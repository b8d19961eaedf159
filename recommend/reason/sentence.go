package reason

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"
)

// A Sentence of an article.
type Sentence struct {
	Text  string  // without white space at its ends, line breaks as spaces
	Share float32 // what its terms give to the cosine
	Marks []Mark  // the terms that carry the most of the cosine, in their order
}

// A Mark is the place of terms in a Sentence: Text[Start:End].
type Mark struct{ Start, End int }

// longestSentence is how many bytes a sentence may have. What is longer, as lists are and
// texts without full stops, is cut.
const longestSentence = 400

// best is the sentence of the body that carries the most, the first of equals; without
// one there that of the summary, else the title.
func (l *lexicon) best(r *reading) Sentence {
	seen := make([]int32, len(l.list)) // by number: the last sentence that holds the term
	sentence := int32(0)
	for _, k := range []kind{body, summary, title} {
		for i := range r.fields {
			f := &r.fields[i]
			if f.kind != k {
				continue
			}
			var start, end int
			highest := 0.0
			at := 0
			eachSentence(f.text, func(lo, hi int) {
				sentence++
				share := 0.0
				for ; at < len(f.found) && int(f.found[at].start) < hi; at++ {
					if n := f.found[at].number; seen[n] != sentence {
						seen[n] = sentence
						share += float64(l.list[n].Share)
					}
				}
				if share > highest {
					start, end, highest = lo, hi, share
				}
			})
			if highest > 0 {
				return l.sentence(r, f, start, end, highest)
			}
		}
	}
	return Sentence{}
}

// sentence is what stands in f, a text of r, from start to end, with its marks.
func (l *lexicon) sentence(r *reading, f *field, start, end int, share float64) Sentence {
	s := Sentence{Text: unbroken(f.text[start:end]), Share: float32(share)}
	for _, m := range f.found {
		lo, hi := int(m.start), int(m.end)
		if lo < start || hi > end || !l.marked(m.number) || !r.isName(f.text[lo:hi]) {
			continue
		}
		mark := Mark{lo - start, hi - start}
		if last := len(s.Marks) - 1; last >= 0 && mark.Start <= s.Marks[last].End {
			s.Marks[last].End = max(s.Marks[last].End, mark.End)
			continue
		}
		s.Marks = append(s.Marks, mark)
	}
	return s
}

// unbroken is s with its line breaks as spaces.
func unbroken(s string) string { return lineBreaks.Replace(s) }

var lineBreaks = strings.NewReplacer("\n", " ", "\r", " ")

// eachSentence calls f with the places of the sentences in text, after UAX #29, without
// white space at their ends. But a full stop after what looks like an abbreviation ends
// none, nor does the end of a line that looks wrapped; and an opening quotation mark after
// a full stop of Chinese begins one.
func eachSentence(text string, f func(start, end int)) {
	start := 0
	for it := sentences.FromString(text); it.Next(); {
		end := it.End()
		if end < len(text) && text[end] != '\n' && (abbreviated(text[start:end]) || wrapped(text[start:end], text[end:])) {
			continue
		}
		if s := strings.TrimRight(text[start:end], "“‘「『《（"); endsChinese(s) {
			end = start + len(s)
		}
		eachPiece(text, start, end, f)
		start = end
	}
	eachPiece(text, start, len(text), f)
}

// eachPiece calls f with the places of a sentence, which stands in text from start to
// end: the whole, or, if it is long, pieces that end where there is white space.
func eachPiece(text string, start, end int, f func(start, end int)) {
	for {
		s := text[start:end]
		start += len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace))
		piece := clip(text[start:end], longestSentence)
		if start+len(piece) < end {
			if space := strings.LastIndexFunc(piece, unicode.IsSpace); space > 0 {
				piece = piece[:space]
			}
		}
		if piece == "" {
			return
		}
		f(start, start+len(strings.TrimRightFunc(piece, unicode.IsSpace)))
		start += len(piece)
	}
}

func endsChinese(s string) bool {
	return strings.HasSuffix(s, "。") || strings.HasSuffix(s, "！") || strings.HasSuffix(s, "？")
}

// wrappedFrom is how many bytes a line has at least that is wrapped where the next word
// begins with a capital.
const wrappedFrom = 55

// wrapped reports whether before ends in a line that goes on in after, as in texts that
// are set to some width: before a small letter or a digit, or a long line before any
// letter, unless it is Chinese or ends as sentences do.
func wrapped(before, after string) bool {
	line, found := strings.CutSuffix(before, "\n")
	if !found {
		return false
	}
	line = strings.TrimRight(line, " \r")
	line = line[strings.LastIndexByte(line, '\n')+1:]
	last, _ := utf8.DecodeLastRuneInString(line)
	next, _ := utf8.DecodeRuneInString(after)
	switch {
	case isCharacter(last) || !(unicode.IsLetter(last) || unicode.IsNumber(last) || last == ',' || last == '-'):
		return false
	case unicode.IsLower(next) || unicode.IsNumber(next):
		return true
	}
	return len(line) >= wrappedFrom && unicode.IsLetter(next)
}

// abbreviated reports whether s ends in a full stop after a single capital letter, up to
// three letters without a vowel, or letters with a full stop between: J., Mrs., U.S.
func abbreviated(s string) bool {
	word, found := strings.CutSuffix(strings.TrimRight(s, " \r\n"), ".")
	if !found {
		return false
	}
	word = word[strings.LastIndexAny(word, " \n\t")+1:]
	switch {
	case word == "" || word[0] < 'A' || word[0] > 'Z' && word[0] < 'a' || word[0] > 'z' || len(word) > 7:
		return false
	case strings.Contains(word, "."):
		return true
	case word[0] >= 'a':
		return false
	}
	return len(word) == 1 || len(word) <= 3 && !strings.ContainsAny(word, "AEIOUaeiouy")
}
