package recommend

import (
	"iter"
	"slices"

	"github.com/alsolike/alsolike/data"
)

// filled yields the links of ranked and then those of the fallback: each group
// once, in the version that the reader wants. Of the newest, those in the
// article's language come before those in others.
func (a *request) filled(ranked iter.Seq[Link]) iter.Seq[Link] {
	return func(yield func(Link) bool) {
		var shown []data.ArticleID // groups
		for link := range ranked {
			if shown = append(shown, link.Card.Group); !yield(link) {
				return
			}
		}
		for card := range a.fill() {
			if !a.source.MayLink(&card) || !a.sieve.passes(&card) || slices.Contains(shown, card.Group) || a.policy.rejects(a.source, &card, a.now).Code != "" || a.sameStory(&card) {
				continue
			}
			shown = append(shown, card.Group)
			link := a.linkTo(card)
			link.Source = a.fallback.source()
			if !yield(link) {
				return
			}
		}
	}
}

// fill yields the articles that the fallback has, as readers of the list would get
// them.
func (a *request) fill() iter.Seq[data.Card] {
	switch {
	case a.fallback == PopularFallback && a.popular != nil:
		return a.mostRead
	case a.fallback == LatestFallback, a.fallback == SectionFallback && a.source.Section != "":
		return a.latest
	}
	return func(func(data.Card) bool) {}
}

// mostRead yields the articles most read, in the versions wanted.
func (a *request) mostRead(yield func(data.Card) bool) {
	for _, id := range a.popular() {
		card, row, ok := a.view.find(id)
		if ok && a.view.choose(&card, row, a.reader, a.now) && !yield(card) {
			return
		}
	}
}

// latest yields the newest articles, or those of the article's section: first in
// the languages that the reader names, one after the other, then, if he wants any,
// in all others together.
func (a *request) latest(yield func(data.Card) bool) {
	var named []data.Lang
	for _, w := range a.reader.wants {
		lang := w.lang.Base()
		if slices.Contains(named, lang) {
			continue
		}
		named = append(named, lang)
		for card := range a.newest(func(l data.Lang) bool { return l == lang }) {
			if !yield(card) {
				return
			}
		}
	}
	if a.reader.any {
		a.newest(func(l data.Lang) bool { return !slices.Contains(named, l) })(yield)
	}
}

// newest yields the articles in those languages (Base), newest first, that are the
// version which the reader gets of their group.
func (a *request) newest(in func(data.Lang) bool) iter.Seq[data.Card] {
	v := a.view
	var keys []shelf
	for _, lang := range v.catalog.langs {
		switch {
		case !in(lang):
		case a.fallback == SectionFallback:
			keys = append(keys, shelf{lang, bySection, a.source.Section})
		default:
			keys = append(keys, v.catalog.shelvesFor(lang, a.sieve)...)
		}
	}
	return func(yield func(data.Card) bool) {
		wanted := func(card data.Card, row int) bool {
			if !a.sieve.passes(&card) || !in(card.Lang.Base()) || a.fallback == SectionFallback && card.Section != a.source.Section {
				return false
			}
			version := card
			return v.choose(&version, row, a.reader, a.now) && version.ID == card.ID
		}
		live := v.liveDates
		// next yields the next live article.
		next := func() bool {
			card := v.live[live[0].id]
			live = live[1:]
			return !wanted(card, v.rowOf(card.ID)) || yield(card)
		}
		for row := range v.catalog.newest(keys, a.sieve.since()) {
			card := v.snapshot.Card(row)
			if v.changed(card.ID) {
				continue
			}
			for len(live) > 0 && compareDated(live[0], dated{card.PublishedAt, card.ID}) < 0 {
				if !next() {
					return
				}
			}
			if wanted(card, row) && !yield(card) {
				return
			}
		}
		for len(live) > 0 && next() {
		}
	}
}
