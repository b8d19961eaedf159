package reason

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alsolike/alsolike/data"
)

// A Feature is one of the numbers that rank a candidate.
type Feature struct {
	Name         Name
	Value        float32
	Contribution float32 // to the ranking score, against an article of which nothing is known
}

// A Name names a feature.
type Name string

// The features.
const (
	Cosine     Name = "cosine"     // of the vectors
	Lexical    Name = "lexical"    // cosine of the terms
	Title      Name = "title"      // terms in both titles
	Section    Name = "section"    // the same
	Tags       Name = "tags"       // in common
	Author     Name = "author"     // the same
	Series     Name = "series"     // the same
	NextPart   Name = "next_part"  // of the same series
	Popularity Name = "popularity" // read much
	NextRead   Name = "next_read"  // read next
	CoRead     Name = "co_read"    // read by the same readers
	Age        Name = "age"        // how old it is, which is never told for a link
	Hubness    Name = "hubness"    // near to everything, neither
)

// The sources of links, as answers have them.
const (
	FromAlgorithm     = "algorithm"
	FromEditor        = "editor"
	FromSeries        = "series"
	FromOtherLanguage = "fallback:language"
	FromSection       = "fallback:section"
	FromLatest        = "fallback:latest"
	FromPopular       = "fallback:popular"
)

// A Link is what is told of a link. What is empty is left out.
type Link struct {
	Source   string    // one of the above; any other counts as the algorithm
	Features []Feature // in any order

	Terms    []string  // Explanation.Terms
	Concepts [2]string // Explanation.Concepts

	Section string   // of both articles; with FromSection, of which the newest are shown
	Tags    []string // of both
	Author  string   // of both
	Series  string   // of both
	Pool    int      // above 0: the link was drawn at random from that many
	Weight  Weight   // an editor's, on the algorithm's ranking score
}

// A Weight is which way an editor moved a link.
type Weight int

// The weights.
const (
	Unweighed Weight = iota
	Boosted
	Buried
)

// Text says in the language, or in English if the phrases of that are not known, why a
// link is there: "Same subject: housing, rent control". Of the algorithm's links it
// names the one or two features that matter: the one that gives most to the ranking
// score, and the next if that gives at least half of it. Cosine and Lexical are one, the
// subject. An editor's Weight comes first: "Boosted by an editor; same subject: housing".
func Text(lang data.Lang, l Link) string {
	t := tongueOf(lang)
	text := t.source(l)
	switch l.Weight {
	case Boosted:
		text = t.of("boosted") + t.of("semicolon") + text
	case Buried:
		text = t.of("buried") + t.of("semicolon") + text
	}
	if l.Pool > 0 {
		text = t.phrase("drawn", "n", strconv.Itoa(l.Pool)) + t.of("semicolon") + text
	}
	return capital(text)
}

// leastSecond is the share that a second feature must have of what the first gives.
const leastSecond = 0.5

func (t tongue) source(l Link) string {
	switch l.Source {
	case FromEditor:
		return t.of("editor")
	case FromSeries:
		return t.phrase("next_part", "series", oneLine(l.Series))
	case FromOtherLanguage:
		return t.of("other_language")
	case FromSection:
		return t.phrase("newest_in_section", "section", oneLine(l.Section))
	case FromLatest:
		return t.of("newest")
	case FromPopular:
		return t.of("most_read")
	}
	given := gathered(l.Features)
	if len(given) == 0 {
		return t.feature(Cosine, l)
	}
	text := t.feature(given[0].Name, l)
	if len(given) > 1 && given[1].Contribution >= leastSecond*given[0].Contribution {
		text += t.of("semicolon") + t.feature(given[1].Name, l)
	}
	return text
}

// gathered is the features that speak for a link, those that give most first, with
// Lexical as part of Cosine.
func gathered(features []Feature) (given []Feature) {
	for _, f := range features {
		if f.Name == Lexical {
			f.Name = Cosine
		}
		if _, known := featurePhrases[f.Name]; !known || !(f.Contribution > 0) {
			continue
		}
		if i := slices.IndexFunc(given, func(g Feature) bool { return g.Name == f.Name }); i >= 0 {
			given[i].Contribution += f.Contribution
			continue
		}
		given = append(given, f)
	}
	slices.SortFunc(given, func(f, g Feature) int {
		return cmp.Or(cmp.Compare(g.Contribution, f.Contribution), cmp.Compare(f.Name, g.Name))
	})
	return given
}

// featurePhrases are the phrases of the features that can speak for a link.
var featurePhrases = map[Name]string{
	Cosine: "subject", Title: "title", Section: "section", Tags: "tags", Author: "author", Series: "series",
	NextPart: "next_part", Popularity: "popularity", NextRead: "next_read", CoRead: "co_read",
}

func (t tongue) feature(name Name, l Link) string {
	key := featurePhrases[name]
	switch name {
	case Cosine:
		if len(l.Terms) == 0 && l.Concepts[0] != "" && l.Concepts[1] != "" {
			return t.phrase("concepts", "a", oneLine(l.Concepts[0]), "b", oneLine(l.Concepts[1]))
		}
		return t.phrase(key, "terms", t.list(l.Terms))
	case Section:
		return t.phrase(key, "section", oneLine(l.Section))
	case Tags:
		return t.phrase(key, "tags", t.list(l.Tags))
	case Author:
		return t.phrase(key, "author", oneLine(l.Author))
	case Series, NextPart:
		return t.phrase(key, "series", oneLine(l.Series))
	}
	return t.of(key)
}

// mostListed is how many of a list are named.
const mostListed = 3

func (t tongue) list(items []string) string {
	var lines []string
	for _, item := range items[:min(len(items), mostListed)] {
		lines = append(lines, oneLine(item))
	}
	return strings.Join(lines, t.of("comma"))
}

// A Code is why a candidate is no link, as List.Withheld counts them.
type Code string

// The codes.
const (
	TooOld        Code = "too_old"        // beyond the window
	NotOlder      Code = "not_older"      // newer than the article, which links to older ones only
	NearDuplicate Code = "near_duplicate" // the same story as the article or as another link
	Translation   Code = "translation"    // of the article
	Unpublished   Code = "unpublished"    // off the site
	Scheduled     Code = "scheduled"      // its day of publication is ahead
	NoLinkTo      Code = "no_link_to"     // the source says that nothing links to it
	Hidden        Code = "hidden"         // by an editor
	Excluded      Code = "excluded"       // by the request
	Threshold     Code = "threshold"      // scores too low
	LinksIn       Code = "links_in"       // too many lists have it
	SameAuthor    Code = "author"         // too many of the list
	SameSection   Code = "section"        // too many of the list
	Language      Code = "language"       // another than the reader wants
	Filtered      Code = "filter"         // the request's or the placement's
	Sensitive     Code = "sensitive"      // a light piece under a sensitive one, or what the site will not link from there
	Variety       Code = "variety"        // too like a link above
	Outranked     Code = "outranked"      // the list was full

	// These are of articles, whichever list is asked for.

	Waiting  Code = "waiting"   // its text has changed since the snapshot and is not looked at yet
	Wordless Code = "wordless"  // the model knows none of its words
	NoneNear Code = "none_near" // no other article is near it
	NoLinks  Code = "no_links"  // the source says that it shows none
	Off      Code = "off"       // an editor switched its links off
)

// Codes are all of them.
func Codes() []Code {
	return []Code{
		TooOld, NotOlder, NearDuplicate, Translation, Unpublished, Scheduled, NoLinkTo, Hidden, Excluded, Threshold,
		LinksIn, SameAuthor, SameSection, Language, Filtered, Sensitive, Variety, Outranked,
		Waiting, Wordless, NoneNear, NoLinks, Off,
	}
}

// A Rejection is what is told of a candidate that is no link. What is empty is left out.
type Rejection struct {
	Code  Code
	Days  int    // TooOld: beyond the window
	Title string // NearDuplicate, Variety: of the other article
	Name  string // SameAuthor, SameSection, Language: which
	Score int    // Threshold: of the candidate
	Least int    // Threshold: that it needs; 0: not told
	Most  int    // LinksIn, SameAuthor, SameSection: the limit
}

// Text says in the language, or in English if the phrases of that are not known, why
// the candidate is no link: "too old by 40 days". It begins with a small letter, as it
// follows the candidate's title. A code that is not known stands for itself.
func (r Rejection) Text(lang data.Lang) string {
	t := tongueOf(lang)
	switch r.Code {
	case TooOld:
		return t.phrase("too_old", "n", count(r.Days))
	case NearDuplicate, Variety:
		return t.phrase(string(r.Code), "title", oneLine(r.Title))
	case SameAuthor, SameSection:
		return t.phrase("many_"+string(r.Code), "n", count(r.Most), "name", oneLine(r.Name))
	case Language:
		return t.phrase("language", "name", oneLine(r.Name))
	case Threshold:
		return t.phrase("threshold", "least", count(r.Least), "score", strconv.Itoa(r.Score))
	case LinksIn:
		return t.phrase("links_in", "n", count(r.Most))
	}
	if slices.Contains(Codes(), r.Code) {
		return t.of(string(r.Code))
	}
	return string(r.Code)
}

// count is n in words, or nothing.
func count(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// longestLine is how many characters of a title or a term are told.
const longestLine = 80

// oneLine is s on one line, cut if it is long.
func oneLine(s string) string {
	s = strings.Join(strings.FieldsFunc(clip(s, 8*longestLine), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError
	}), " ")
	if utf8.RuneCountInString(s) <= longestLine {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:longestLine-1]), " ") + "…"
}

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
