package reason

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	mostTerms   = 3   // that are named
	leastOfBest = 0.2 // the share of a named term, of that of the first

	longestWords = 4 // words of a phrase
	longestGrams = 5 // n-grams of one
	plainGrams   = 3 // n-grams of one that need not come twice in an article
	mostPhrases  = 256
)

// A phrase is one term or several that stand together, by their ranks.
type phrase struct {
	ranks string // a byte each
	grams bool   // they overlap: n-grams of a script without spaces
	a, b  int    // occurrences in either article

	cut   bool // it stands within one longer phrase wherever it stands
	holds bool // its terms are mostly found in it
}

// subjects are the phrases of a, spelt as it spells them, that b has too and that carry
// the most of the cosine. Each term counts in one of them only. A phrase is named for
// its terms if these are mostly found in it: see judge.
func (l *lexicon) subjects(a, b *reading) (named []string) {
	phrases := slices.DeleteFunc(l.phrases(a, b), func(p phrase) bool { return p.cut || !p.holds })
	slices.SortStableFunc(phrases, func(p, q phrase) int {
		return cmp.Compare(l.share(q.ranks, nil), l.share(p.ranks, nil))
	})
	phrases = phrases[:min(len(phrases), mostPhrases)]

	var (
		covered [mostStrong]bool
		places  = make([][]mention, len(a.fields)) // of what is named
		first   float64
	)
	for len(named) < mostTerms && len(phrases) > 0 {
		shares := make([]float64, len(phrases))
		best := 0
		for i, p := range phrases {
			shares[i] = l.share(p.ranks, &covered)
			if shares[i] > shares[best] {
				best = i
			}
		}
		if shares[best] <= 0 || shares[best] < leastOfBest*first {
			break
		}
		p := phrases[best]
		phrases = slices.Delete(phrases, best, best+1)
		spelt := a.spell(p.ranks, b)
		if !a.isName(spelt) || a.overlaps(p.ranks, places) {
			continue
		}
		if unspaced(spelt) {
			spelt = a.grown(spelt, p.ranks, b)
			if a.within(spelt, named) {
				continue
			}
			named = slices.DeleteFunc(named, func(part string) bool { return a.within(part, []string{spelt}) })
		}
		named = append(named, spelt)
		first = max(first, shares[best])
		for _, rank := range []byte(p.ranks) {
			covered[rank] = true
		}
		a.each(p.ranks, func(field int, at mention) { places[field] = append(places[field], at) })
	}
	return named
}

// judge sets cut and holds of phrases. A phrase holds its terms if it has at least half
// of the occurrences of the rarest one. Of n-grams, most of which are no words, it must
// have three quarters of those of the most frequent one; a long run of them must come
// twice in one of the articles, and two or more are cut as 房费用 is if it is always in
// 住房费用.
func judge(phrases map[string]*phrase) {
	for _, p := range phrases {
		all := p.a + p.b
		least, most := all, all
		for i := range len(p.ranks) {
			if single := phrases[p.ranks[i:i+1]]; single != nil {
				least, most = min(least, single.a+single.b), max(most, single.a+single.b)
			}
		}
		p.holds = 2*all >= least
		if p.grams {
			p.holds = 4*all >= 3*most && (len(p.ranks) <= plainGrams || max(p.a, p.b) > 1)
		}
		if n := len(p.ranks) - 1; p.grams && n > 1 {
			for _, part := range []string{p.ranks[1:], p.ranks[:n]} {
				if q := phrases[part]; q != nil && q.grams && q.a+q.b == all {
					q.cut = true
				}
			}
		}
	}
}

// share is what the terms of those ranks give to the cosine, without what is covered;
// nil: nothing is.
func (l *lexicon) share(ranks string, covered *[mostStrong]bool) (share float64) {
	var counted [mostStrong]bool
	if covered != nil {
		counted = *covered
	}
	for _, rank := range []byte(ranks) {
		if !counted[rank] {
			counted[rank] = true
			share += float64(l.of(rank).Share)
		}
	}
	return share
}

// phrases are those of terms in both articles that both have, those of few terms first,
// then by the ranks of these.
func (l *lexicon) phrases(a, b *reading) []phrase {
	counts := make(map[string]*phrase)
	l.eachPhrase(a, func(ranks []byte, grams bool) {
		p := counts[string(ranks)]
		if p == nil {
			p = &phrase{ranks: string(ranks), grams: grams}
			counts[p.ranks] = p
		}
		p.a++
	})
	l.eachPhrase(b, func(ranks []byte, _ bool) {
		if p := counts[string(ranks)]; p != nil {
			p.b++
		}
	})
	judge(counts)
	var both []phrase
	for p := range maps.Values(counts) {
		if p.b > 0 {
			both = append(both, *p)
		}
	}
	slices.SortFunc(both, func(p, q phrase) int {
		return cmp.Or(cmp.Compare(len(p.ranks), len(q.ranks)), cmp.Compare(p.ranks, q.ranks))
	})
	return both
}

// eachPhrase calls f with the ranks of all phrases of terms in both articles that r has.
func (l *lexicon) eachPhrase(r *reading, f func(ranks []byte, grams bool)) {
	for i := range r.fields {
		text, named := r.fields[i].text, r.fields[i].named
		for j := range named {
			var ranks [longestGrams]byte
			grams := false
			for n := 0; n < longestGrams && j+n < len(named); n++ {
				m := named[j+n]
				if !l.of(byte(m.number)).Shared() {
					break
				}
				if n > 0 {
					if !joins(text, named[j+n-1], m) {
						break
					}
					grams = grams || m.start < named[j+n-1].end
					if !grams && n == longestWords {
						break
					}
				}
				ranks[n] = byte(m.number)
				f(ranks[:n+1], grams)
			}
		}
	}
}

// each calls f with the fields of r and the places in them where the terms of those
// ranks follow one another.
func (r *reading) each(ranks string, f func(field int, at mention)) {
	for i := range r.fields {
		text, named := r.fields[i].text, r.fields[i].named
	next:
		for j := range named {
			if j+len(ranks) > len(named) {
				break
			}
			for n := range len(ranks) {
				if byte(named[j+n].number) != ranks[n] || n > 0 && !joins(text, named[j+n-1], named[j+n]) {
					continue next
				}
			}
			f(i, mention{start: named[j].start, end: named[j+len(ranks)-1].end})
		}
	}
}

// A spelling is how a phrase stands in the texts: as often in all, within sentences.
type spelling struct{ all, within int }

// spell is how r spells the terms of those ranks where they follow one another: in the
// form that the title has, else in the most frequent one, with the capitals that this
// has within sentences, be it of r or of other.
func (r *reading) spell(ranks string, other *reading) string {
	type form struct {
		titled    int // 1: it is in the title
		all       int
		spellings map[string]spelling
	}
	forms := make(map[string]*form)
	r.each(ranks, func(i int, at mention) {
		field := &r.fields[i]
		spelt := unbroken(field.text[at.start:at.end])
		small := strings.ToLower(spelt)
		f := forms[small]
		if f == nil {
			f = &form{spellings: make(map[string]spelling)}
			forms[small] = f
		}
		s := f.spellings[spelt]
		f.all, s.all = f.all+1, s.all+1
		if field.kind == title {
			f.titled = 1
		}
		if field.within(at) {
			s.within++
		}
		f.spellings[spelt] = s
	})
	if len(forms) == 0 {
		return ""
	}
	other.each(ranks, func(i int, at mention) {
		field := &other.fields[i]
		spelt := unbroken(field.text[at.start:at.end])
		if f := forms[strings.ToLower(spelt)]; f != nil && field.within(at) {
			s := f.spellings[spelt]
			s.within++
			f.spellings[spelt] = s
		}
	})
	best := slices.MinFunc(slices.Sorted(maps.Keys(forms)), func(a, b string) int {
		f, g := forms[a], forms[b]
		return cmp.Or(cmp.Compare(g.titled, f.titled), cmp.Compare(g.all, f.all))
	})
	spellings := forms[best].spellings
	return slices.MinFunc(slices.Sorted(maps.Keys(spellings)), func(a, b string) int {
		s, t := spellings[a], spellings[b]
		return cmp.Or(cmp.Compare(t.within, s.within), cmp.Compare(t.all, s.all))
	})
}

// mostSpelt is of how many contributions the spelling is looked for.
const mostSpelt = 12

// spell notes how a spells the terms in both articles that carry the most.
func (l *lexicon) spell(a, b *reading) {
	left := mostSpelt
	for rank := range l.ranked {
		if c := l.of(byte(rank)); c.Shared() && left > 0 {
			left--
			c.Spelt = a.spell(string([]byte{byte(rank)}), b)
		}
	}
}

// isName reports whether what was found names something: not a number or a single
// letter, and, in Chinese and Japanese, where n-grams run across the bounds of words,
// without stop characters.
func (r *reading) isName(spelt string) bool {
	if utf8.RuneCountInString(spelt) < 2 || !strings.ContainsFunc(spelt, unicode.IsLetter) {
		return false
	}
	for _, c := range spelt {
		if isCharacter(c) && r.character(c) == "" {
			return false
		}
	}
	return true
}

// isCharacter reports whether c is one of Chinese or Japanese.
func isCharacter(c rune) bool { return unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana) }

// unspaced reports whether s begins with such a character.
func unspaced(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return isCharacter(first)
}

// character is what c is counted as; nothing if it is a stop character.
func (r *reading) character(c rune) string {
	for _, token := range r.tokeniser.Tokenise(string(c)) {
		return token
	}
	return ""
}

// within reports whether spelt, in either script, is part of what is named.
func (r *reading) within(spelt string, named []string) bool {
	part := r.counted(spelt)
	return part != "" && slices.ContainsFunc(named, func(whole string) bool { return strings.Contains(r.counted(whole), part) })
}

// counted is what the characters of s are counted as.
func (r *reading) counted(s string) string {
	var b strings.Builder
	for _, c := range s {
		b.WriteString(r.character(c))
	}
	return b.String()
}

// grown is spelt, which is how r spells the terms of those ranks, with the characters
// that stand before or behind them nearly everywhere in both articles: 海艦隊 becomes
// 北海艦隊.
func (r *reading) grown(spelt, ranks string, other *reading) string {
	mine, others := r.spots(ranks), other.spots(ranks)
	if len(mine) < leastGrown {
		return spelt
	}
	for range mostGrown {
		for _, beside := range []func(spot) (rune, spot){before, behind} {
			if c := r.common(mine, beside); c != "" && c == other.common(others, beside) {
				mine, others = r.with(mine, beside, c), other.with(others, beside, c)
				spelt = mine[0].text[mine[0].start:mine[0].end]
			}
		}
	}
	return spelt
}

const (
	mostGrown  = 3 // characters that are added on either side
	leastGrown = 2 // occurrences that tell of them
)

// A spot is a place in a text.
type spot struct {
	text       string
	start, end int
}

func (r *reading) spots(ranks string) (spots []spot) {
	r.each(ranks, func(i int, at mention) {
		spots = append(spots, spot{r.fields[i].text, int(at.start), int(at.end)})
	})
	return spots
}

// before and behind are the character beside s, and s with it.
func before(s spot) (rune, spot) {
	c, size := utf8.DecodeLastRuneInString(s.text[:s.start])
	s.start -= size
	return c, s
}

func behind(s spot) (rune, spot) {
	c, size := utf8.DecodeRuneInString(s.text[s.end:])
	s.end += size
	return c, s
}

// common is what the character beside three quarters of spots or more is counted as, if
// that is one and the same; else nothing.
func (r *reading) common(spots []spot, beside func(spot) (rune, spot)) (common string) {
	counts := make(map[string]int)
	for _, s := range spots {
		if c, _ := beside(s); isCharacter(c) {
			counts[r.character(c)]++
		}
	}
	for c, n := range counts {
		if 4*n >= 3*len(spots) {
			common = c
		}
	}
	return common
}

// with is the spots beside which c is, with it.
func (r *reading) with(spots []spot, beside func(spot) (rune, spot), c string) (grown []spot) {
	for _, s := range spots {
		if next, larger := beside(s); isCharacter(next) && r.character(next) == c {
			grown = append(grown, larger)
		}
	}
	return grown
}

// overlaps reports whether half or more of the places of those ranks overlap with what
// is named, as 租管 does with 房租 and 管制.
func (r *reading) overlaps(ranks string, places [][]mention) bool {
	all, inside := 0, 0
	r.each(ranks, func(i int, at mention) {
		all++
		if slices.ContainsFunc(places[i], func(p mention) bool { return at.start < p.end && p.start < at.end }) {
			inside++
		}
	})
	return 2*inside >= all
}

// concept is the term that carries the most of those that r's article alone holds, as
// it spells it; inA: the article is the first of the two.
func (l *lexicon) concept(r *reading, inA bool) string {
	for rank := range l.ranked {
		c := l.of(byte(rank))
		if c.Shared() || c.InA != inA {
			continue
		}
		if spelt := r.spell(string([]byte{byte(rank)}), r); r.isName(spelt) {
			return spelt
		}
	}
	return ""
}
