package inventory

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// A book has what is asked of every article, newest first.
type book struct {
	pile
	entries []entry
	places  map[data.ArticleID]int32 // of entries
}

// An entry is an article in a book.
type entry struct {
	id, group   data.ArticleID
	published   time.Time
	onSite      bool
	linkable    bool // from published on
	series      bool
	twins       bool // it has near-duplicates
	provisional bool
}

// newBook makes a book of articles, in whatever order. It panics if they are too many
// for its text to be 4 GB.
func newBook(all []recommend.Known) *book {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := &all[i].Card, &all[j].Card
		return cmp.Or(b.PublishedAt.Compare(a.PublishedAt), cmp.Compare(a.ID, b.ID))
	})
	b := &book{entries: make([]entry, len(all)), places: make(map[data.ArticleID]int32, len(all))}
	b.spans = make([]span, 0, len(all))
	members := make(map[data.ArticleID]int, len(all))
	for i := range all {
		members[all[i].Story]++
	}
	for i, at := range order {
		k := &all[at]
		id := data.ArticleID(strings.Clone(string(k.Card.ID))) // which would keep all of the card
		e := entry{
			id: id, group: id, published: k.Card.PublishedAt,
			onSite: k.Card.State != data.Unpublished, linkable: k.Card.State == data.Published && !k.Card.NoLinkTo,
			series: k.Card.Series != "", twins: members[k.Story] > 1, provisional: k.Provisional || k.Waiting,
		}
		if k.Card.Group != id {
			e.group = data.ArticleID(strings.Clone(string(k.Card.Group)))
		}
		b.add(&k.Card)
		b.entries[i], b.places[id] = e, int32(i)
	}
	if int64(len(b.text)) > 1<<32-1 {
		panic("inventory: too many articles")
	}
	return b
}

// A stand is the articles of a moment: those of a snapshot, and those changed since,
// which stand for the ones of the same id in base.
type stand struct {
	snapshot    string
	version     uint64
	base, fresh *book
}

// newStand is the stand of m. What old has of the same snapshot is not made anew; old
// may be nil.
func newStand(m *recommend.Moment, old *stand) (*stand, error) {
	s := &stand{snapshot: m.Snapshot(), version: m.Version()}
	list := func(all *[]recommend.Known) func(recommend.Known) bool {
		return func(k recommend.Known) bool {
			*all = append(*all, k)
			return true
		}
	}
	var all, changed []recommend.Known
	if old == nil || old.snapshot != s.snapshot {
		if err := m.Articles(list(&all)); err != nil {
			return nil, err
		}
		s.base, s.fresh = newBook(all), newBook(nil)
		return s, nil
	}
	if err := m.Changed(list(&changed)); err != nil {
		return nil, err
	}
	s.base, s.fresh = old.base, newBook(changed)
	for i := range s.fresh.entries {
		if place, known := s.base.places[s.fresh.entries[i].id]; known {
			s.fresh.entries[i].twins = s.base.entries[place].twins
		}
	}
	return s, nil
}

// all yields every article, newest first, by its book and place.
func (s *stand) all() iter.Seq2[*book, int] {
	return func(yield func(*book, int) bool) {
		next := 0 // of fresh
		for i := range s.base.entries {
			e := &s.base.entries[i]
			for next < len(s.fresh.entries) && s.fresh.entries[next].published.After(e.published) {
				if !yield(s.fresh, next) {
					return
				}
				next++
			}
			if len(s.fresh.places) > 0 {
				if _, changed := s.fresh.places[e.id]; changed {
					continue
				}
			}
			if !yield(s.base, i) {
				return
			}
		}
		for ; next < len(s.fresh.entries); next++ {
			if !yield(s.fresh, next) {
				return
			}
		}
	}
}

// of yields the articles of ids, as far as there are such.
func (s *stand) of(ids iter.Seq[data.ArticleID]) iter.Seq2[*book, int] {
	return func(yield func(*book, int) bool) {
		for id := range ids {
			b := s.fresh
			place, known := b.places[id]
			if !known {
				b = s.base
				place, known = b.places[id]
			}
			if known && !yield(b, int(place)) {
				return
			}
		}
	}
}

// len is how many articles there are.
func (s *stand) len() int {
	n := len(s.base.entries)
	for id := range s.fresh.places {
		if _, known := s.base.places[id]; !known {
			n++
		}
	}
	return n
}
