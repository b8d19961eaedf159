package data

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// An ArticleID names an article within its site: the source's own id, any
// UTF-8 without control characters, at most MaxIDBytes long. It may hold "/".
// Ids are byte strings: "09" is not "9".
type ArticleID string

const (
	// MaxIDBytes bounds an ArticleID.
	MaxIDBytes = 512
	// MaxArticleBytes bounds one article as it stands in its source.
	MaxArticleBytes = 10 << 20
)

// A State says whether readers may see an article.
type State string

// The states of an article. Only a Published one is ever linked to.
const (
	Published   State = "published"   // on the site; the default
	Unpublished State = "unpublished" // a draft, or taken off the site
	Hidden      State = "hidden"      // on the site, but never linked
)

// An Image is the picture shown on an article's card.
type Image struct {
	Src string
	Alt string
}

// An Article is a page of the site. The zero value of a field means that the
// source does not say.
type Article struct {
	ID      ArticleID
	Title   string
	Body    string // plain text or HTML
	Summary string
	URL     string
	Lang    Lang
	// LangConfidence is how sure the detector is of Lang, above 0 and at most 1,
	// where Lang was told by the text; 0: the source or the site's settings say it;
	// AssumedConfidence: nothing says it, and it is taken for the site's main one.
	LangConfidence float64
	PublishedAt    time.Time
	UpdatedAt      time.Time
	Section        string
	Tags           []string
	Authors        []string
	Image          Image
	Type           string
	Series         string
	Part           int

	// TranslationOf is the id of the article that this one translates, or
	// empty. See Group.
	TranslationOf ArticleID
	CanonicalURL  string

	State     State // empty means Published
	Evergreen bool
	NoLinkTo  bool // never the target of a link
	NoLinks   bool // shows no links
}

// Group is the id shared by an article and all its translations: the id of the
// original. Members of one group are never linked to one another. All of them
// must name the same original, which may be missing: a translation that names
// another translation is not of its group.
func (a *Article) Group() ArticleID {
	if a.TranslationOf != "" {
		return a.TranslationOf
	}
	return a.ID
}

// Card is the part of a that serving needs.
func (a *Article) Card() Card {
	state := a.State
	if state == "" {
		state = Published
	}
	return Card{
		ID: a.ID, Title: a.Title, URL: a.URL, Section: a.Section, Tags: NewTagList(a.Tags), Lang: a.Lang, Image: a.Image,
		PublishedAt: a.PublishedAt, Group: a.Group(), State: state, NoLinkTo: a.NoLinkTo, NoLinks: a.NoLinks,
		Authors: NewTagList(a.Authors), Type: a.Type, Series: a.Series, Part: max(0, a.Part), Evergreen: a.Evergreen, Canonical: a.canonicalElsewhere(),
	}
}

// canonicalElsewhere is the CanonicalURL of a if that names another page than its URL.
func (a *Article) canonicalElsewhere() string {
	if a.CanonicalURL == a.URL {
		return ""
	}
	if key := CanonicalURL(a.CanonicalURL); key == "" || key == CanonicalURL(a.URL) {
		return ""
	}
	return a.CanonicalURL
}

// Validate reports the first reason to refuse a, as an *InvalidError, or nil.
// An article needs a sound id and text in its title or body, in valid UTF-8.
func (a *Article) Validate() error {
	if err := ValidateID(a.ID); err != nil {
		return err
	}
	for _, f := range []struct{ name, text string }{
		{"title", a.Title},
		{"body", a.Body},
		{"summary", a.Summary},
		{"url", a.URL},
		{"section", a.Section},
		{"type", a.Type},
		{"series", a.Series},
		{"canonical_url", a.CanonicalURL},
		{"image.src", a.Image.Src},
		{"image.alt", a.Image.Alt},
		{"tags", strings.Join(a.Tags, ",")},
		{"authors", strings.Join(a.Authors, ",")},
	} {
		if !utf8.ValidString(f.text) {
			return &InvalidError{f.name, "is not valid UTF-8"}
		}
	}
	if a.TranslationOf != "" {
		if err := ValidateID(a.TranslationOf); err != nil {
			return &InvalidError{"translation_of", err.(*InvalidError).Reason}
		}
	}
	if err := cmp.Or(validateTime("published_at", a.PublishedAt), validateTime("updated_at", a.UpdatedAt)); err != nil {
		return err
	}
	switch a.State {
	case "", Published, Unpublished, Hidden:
	default:
		return &InvalidError{"state", fmt.Sprintf("is %q; it may be published, unpublished or hidden", a.State)}
	}
	if !hasText(PlainText(a.Title)) && !hasText(PlainText(a.Body)) {
		return &InvalidError{"body", "holds no text, and neither does the title"}
	}
	return nil
}

// ValidateID reports why id cannot name an article, as an *InvalidError, or nil.
func ValidateID(id ArticleID) error {
	switch {
	case id == "":
		return &InvalidError{"id", "is missing"}
	case len(id) > MaxIDBytes:
		return &InvalidError{"id", fmt.Sprintf("is %d bytes long; at most %d are allowed", len(id), MaxIDBytes)}
	case !utf8.ValidString(string(id)):
		return &InvalidError{"id", "is not valid UTF-8"}
	}
	for _, r := range string(id) {
		if unicode.IsControl(r) {
			return &InvalidError{"id", fmt.Sprintf("holds the control character %U", r)}
		}
	}
	return nil
}

// validateTime refuses a time that RFC 3339, and so a store, cannot write down.
func validateTime(field string, t time.Time) error {
	if year := t.UTC().Year(); year < 1 || year > 9999 {
		return &InvalidError{field, fmt.Sprintf("is in the year %d of UTC; it may be 1 to 9999", year)}
	}
	return nil
}

func hasText(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
}

// Hash identifies the content of a: two articles with the same hash are the
// same in every field.
func (a *Article) Hash() [sha256.Size]byte {
	const rest = 512 // bytes of most articles beside their texts
	b := make([]byte, 0, len(a.Title)+len(a.Body)+len(a.Summary)+rest)
	put := func(ss ...string) {
		b = binary.AppendUvarint(b, uint64(len(ss)))
		for _, s := range ss {
			b = binary.AppendUvarint(b, uint64(len(s)))
			b = append(b, s...)
		}
	}
	stamp := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339Nano)
	}
	state := a.State
	if state == "" {
		state = Published
	}
	put(string(a.ID), a.Title, a.Body, a.Summary, a.URL, string(a.Lang), stamp(a.PublishedAt), stamp(a.UpdatedAt),
		a.Section, a.Image.Src, a.Image.Alt, a.Type, a.Series, string(a.TranslationOf), a.CanonicalURL, string(state),
		fmt.Sprint(a.Part, a.Evergreen, a.NoLinkTo, a.NoLinks))
	put(a.Tags...)
	put(a.Authors...)
	if a.LangConfidence != 0 { // so that the hash of an article whose source names the language is what it always was
		put(fmt.Sprint(a.LangConfidence))
	}
	return sha256.Sum256(b)
}
