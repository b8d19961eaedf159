package rank

import (
	"slices"

	"github.com/alsolike/alsolike/data"
)

// Authors counts what authors have written.
type Authors struct {
	articles map[data.Lang]int
	written  map[authorIn]int
}

type authorIn struct {
	lang data.Lang // Base
	name string
}

// NewAuthors counts from zero.
func NewAuthors() *Authors {
	return &Authors{articles: map[data.Lang]int{}, written: map[authorIn]int{}}
}

// Add counts an article.
func (a *Authors) Add(c *data.Card) {
	lang := c.Lang.Base()
	a.articles[lang]++
	for name := range c.Authors.All() {
		a.written[authorIn{lang, name}]++
	}
}

// Prolific reports whether an author has written more than a quarter of the articles
// in a language. No cap holds for such a one: a site of one author would have hardly
// any links.
func (a *Authors) Prolific(lang data.Lang, name string) bool {
	lang = lang.Base()
	return 4*a.written[authorIn{lang, name}] > a.articles[lang]
}

// cappedAuthors is, by row, the authors that PerAuthor holds for: those who are not
// prolific.
func (r *ranking) cappedAuthors() [][]uint64 {
	all := NewAuthors()
	for i := range r.c.Cards {
		all.Add(&r.c.Cards[i])
	}
	free := map[data.Lang][]uint64{}
	for by := range all.written {
		if all.Prolific(by.lang, by.name) {
			free[by.lang] = append(free[by.lang], hash(by.name))
		}
	}
	capped := make([][]uint64, len(r.c.Cards))
	for i := range capped {
		authors := r.scorer.articles[i].authors
		if free := free[r.c.Cards[i].Lang.Base()]; len(free) > 0 {
			authors = slices.DeleteFunc(slices.Clone(authors), func(author uint64) bool { return slices.Contains(free, author) })
		}
		capped[i] = authors
	}
	return capped
}
