package data

import (
	"iter"
	"strings"
	"time"
)

// A Card is what serving needs of an article: what a reader sees of a link, and
// what decides whether the article may be linked.
type Card struct {
	ID          ArticleID
	Title       string
	URL         string
	Section     string
	Tags        TagList
	Lang        Lang
	Image       Image
	PublishedAt time.Time
	Group       ArticleID // shared with its translations
	State       State
	NoLinkTo    bool // never the target of a link
	NoLinks     bool // shows no links

	Authors   TagList
	Type      string
	Series    string
	Part      int    // of Series, from 1; 0: not known
	Evergreen bool   // does not age
	Canonical string // the article's CanonicalURL, if that names another page than URL
}

// A TagList is the tags of an article, one a line; a tag that itself has several
// lines counts as so many. As one text it makes cards comparable, and reading one
// costs next to nothing.
type TagList string

// NewTagList is the list of those tags.
func NewTagList(tags []string) TagList { return TagList(strings.Join(tags, "\n")) }

// All yields the tags, without empty ones.
func (l TagList) All() iter.Seq[string] {
	return func(yield func(string) bool) {
		for tag := range strings.SplitSeq(string(l), "\n") {
			if tag != "" && !yield(tag) {
				return
			}
		}
	}
}

// Has reports whether tag is in the list, letter by letter.
func (l TagList) Has(tag string) bool {
	for one := range l.All() {
		if one == tag {
			return true
		}
	}
	return false
}

// Visible reports whether readers may be sent to the article at time now: it
// is published, may be linked to, and its date of publication is not ahead.
func (c *Card) Visible(now time.Time) bool {
	return c.State == Published && !c.NoLinkTo && !c.PublishedAt.After(now)
}

// MayLink reports whether the article with card c may ever link to the one
// with card to, whatever their states and languages: to is another article, and
// no translation of c.
func (c *Card) MayLink(to *Card) bool { return c.ID != to.ID && c.Group != to.Group }

// SameLanguage reports whether both articles are in one language, in whatever
// region or script.
func (c *Card) SameLanguage(to *Card) bool { return c.Lang.Base() == to.Lang.Base() }

// A Revision counts the changes to a store. Two equal revisions of one store
// mean that nothing of that kind has changed between them.
type Revision struct {
	Articles  int64 // of articles: of the whole store, and of every article the one that last changed it
	Overrides int64 // of overrides and of rules
}

// AnyRevision stands for a revision where it does not matter what has changed.
const AnyRevision = -1
