package recommend

import (
	"iter"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/reason"
)

// spread is ranked with one link of a story, and of the algorithm's links no more than
// so many of one author in any rank.Window that follow each other: one too many waits
// for a place where it is not. In the snapshot's lists none has to, but for what has
// changed since.
func (a *request) spread(ranked iter.Seq[Link]) iter.Seq[Link] {
	return func(yield func(Link) bool) {
		s := spreader{request: a}
		for l := range ranked {
			if s.told(&l.Card) {
				continue
			}
			if l.Source != Algorithm {
				if !yield(l) {
					return
				}
				continue
			}
			for next := s.free(); next >= 0; next = s.free() {
				one := s.waiting[next]
				s.waiting = slices.Delete(s.waiting, next, next+1)
				s.see(one.Card.Authors)
				if !yield(one) {
					return
				}
			}
			if s.crowding(&l.Card) != "" {
				s.waiting = append(s.waiting, l)
				continue
			}
			s.see(l.Card.Authors)
			if !yield(l) {
				return
			}
		}
		for i := range s.waiting {
			card := &s.waiting[i].Card
			a.withheld.add(card, reason.Rejection{Code: reason.SameAuthor, Name: s.crowding(card), Most: a.perAuthor})
		}
	}
}

// A spreader knows what a list has so far.
type spreader struct {
	*request
	window  [rank.Window - 1]data.TagList // authors of the last links
	seen    int                           // links so far
	stories []uint32
	titles  []string // of the same links, if anybody asks
	waiting []Link
}

// told reports whether a link of the same story was there before, and notes it.
func (s *spreader) told(c *data.Card) bool {
	if !s.view.stories {
		return false
	}
	row := s.view.rowOf(c.ID)
	if row == noRow {
		return false
	}
	story := s.view.snapshot.Story(row)
	if at := slices.Index(s.stories, story); at >= 0 {
		if s.withheld != nil {
			s.withheld.add(c, reason.Rejection{Code: reason.NearDuplicate, Title: s.titles[at]})
		}
		return true
	}
	if s.stories == nil {
		s.stories = make([]uint32, 0, min(s.limit, mostAtOnce))
	}
	s.stories = append(s.stories, story)
	if s.withheld != nil {
		s.titles = append(s.titles, c.Title)
	}
	return false
}

// see notes who wrote the next link.
func (s *spreader) see(authors data.TagList) {
	s.window[s.seen%len(s.window)] = authors
	s.seen++
}

// free is the first waiting link that may come next; -1: there is none.
func (s *spreader) free() int {
	return slices.IndexFunc(s.waiting, func(l Link) bool { return s.crowding(&l.Card) == "" })
}

// crowding is the author of whom there would be too many; "": none.
func (s *spreader) crowding(c *data.Card) string {
	if c.Authors == "" || s.perAuthor <= 0 {
		return ""
	}
	for author := range c.Authors.All() {
		same := 0
		for i := range s.window {
			if s.window[i].Has(author) {
				same++
			}
		}
		if same >= s.perAuthor && !s.view.catalog.authors.Prolific(c.Lang, author) {
			return author
		}
	}
	return ""
}

// sameStory reports whether the article with that card is a near-duplicate of the one
// that shows the list.
func (a *request) sameStory(card *data.Card) bool {
	if !a.view.stories || a.row == noRow {
		return false
	}
	row := a.view.rowOf(card.ID)
	return row != noRow && a.view.snapshot.Story(a.row) == a.view.snapshot.Story(row)
}
