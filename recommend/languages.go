package recommend

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/spelling"
)

// Languages are those that the links of a list may be in, as ParseLanguages
// makes them. The empty Languages leave it to the placement, and without one
// mean OwnLanguage.
type Languages string

// Languages that need no tags.
const (
	OwnLanguage  Languages = "own" // the article's, in whatever region or script
	AnyLanguage  Languages = "any" // the article's first
	mostLanguage           = 20    // tags
)

// ParseLanguages reads "own", "any", or language tags in order of preference,
// separated by commas, among which "own" may stand too: "en,zh-Hant". A tag that
// names no script or region, such as "zh", means all of them alike; one that
// does, such as "zh-Hant", means it first and the others of its language where
// there is no such version. What is none of these is a *data.InvalidError about
// "lang".
func ParseLanguages(s string) (Languages, error) {
	refuse := func(format string, args ...any) (Languages, error) {
		return "", &data.InvalidError{Field: "lang", Reason: fmt.Sprintf(format, args...)}
	}
	const choice = "write own, any, or language tags such as en or zh-Hant, separated by commas"
	var tags []string
	for tag := range strings.SplitSeq(s, ",") {
		tag = strings.TrimSpace(tag)
		word := Languages(strings.ToLower(tag))
		lang, err := data.ParseLang(tag)
		switch {
		case tag == "":
			return refuse("is %s, in which a language is missing; %s", data.Quote(s), choice)
		case word == AnyLanguage && strings.Contains(s, ","):
			return refuse("is %s; any stands alone, for it holds all languages", data.Quote(s))
		case word == AnyLanguage, word == OwnLanguage:
			tag = string(word)
		case err != nil:
			hint := ""
			if near := spelling.Nearest(tag, []string{string(AnyLanguage), string(OwnLanguage)}); near != "" {
				hint = "; did you mean " + near + "?"
			}
			return refuse("is %s, and %s is no language; %s%s", data.Quote(s), data.Quote(tag), choice, hint)
		case strings.EqualFold(tag, string(lang.Base())):
			tag = string(lang.Base())
		default:
			tag = string(lang)
		}
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
		if len(tags) > mostLanguage {
			return refuse("holds more than %d languages; any holds all of them", mostLanguage)
		}
	}
	return Languages(strings.Join(tags, ",")), nil
}

// mainLanguage is the one that most articles are in: of the languages the one with
// the most, and of its tags the most frequent; of equal ones the first.
func (v *view) mainLanguage() (main data.Lang) {
	counts := v.snapshot.Manifest().Counts.Languages
	bases := map[data.Lang]int{}
	for lang, n := range counts {
		bases[lang.Base()] += n
	}
	for lang, n := range counts {
		if cmp.Or(cmp.Compare(bases[lang.Base()], bases[main.Base()]), cmp.Compare(n, counts[main]), cmp.Compare(main, lang)) > 0 {
			main = lang
		}
	}
	return main
}

// A reader is whom a list is for, by the languages that its links may be in.
type reader struct {
	own   data.Lang // Base of the article's
	wants []want    // the most wanted first
	any   bool      // all others too
}

// A want is for versions in one language.
type want struct {
	lang  data.Lang
	exact bool // in exactly lang, else in whatever has this Base
}

// newReader is whom a list under an article in lang is for.
func newReader(lang data.Lang, languages Languages) *reader {
	own := []want{{lang, true}, {lang.Base(), false}}
	r := &reader{own: lang.Base(), wants: own}
	switch languages {
	case "", OwnLanguage:
		return r
	case AnyLanguage:
		r.any = true
		return r
	}
	r.wants = nil
	for tag := range strings.SplitSeq(string(languages), ",") {
		switch asked := data.Lang(tag); {
		case Languages(tag) == OwnLanguage, asked == r.own:
			r.wants = append(r.wants, own...)
		case asked == asked.Base():
			r.wants = append(r.wants, want{asked, false})
		default:
			r.wants = append(r.wants, want{asked, true}, want{asked.Base(), false})
		}
	}
	slices.SortStableFunc(r.wants, func(a, b want) int { return cmp.Compare(r.foreign(a.lang), r.foreign(b.lang)) })
	return r
}

// foreign is 0 for a version in the article's language and 1 for any other.
func (r *reader) foreign(lang data.Lang) int {
	if lang.Base() == r.own {
		return 0
	}
	return 1
}

// wantsOthers reports whether the list may hold other languages than the article's.
func (r *reader) wantsOthers() bool {
	return r.any || slices.ContainsFunc(r.wants, func(w want) bool { return r.foreign(w.lang) == 1 })
}

// tier is how much a version in lang is wanted, 0 the most; none if it is not.
func (r *reader) tier(lang data.Lang) int {
	for i, w := range r.wants {
		if w.lang == lang || !w.exact && w.lang == lang.Base() {
			return i
		}
	}
	if r.any {
		return len(r.wants)
	}
	return none
}

// none is the tier of what is not wanted.
const none = 1 << 30
