package recommend

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
)

// overrides are all overrides of a store, such that a request touches only
// those for its own article, the pins for everywhere, and the hides of what is
// about to be linked. The zero value holds none.
type overrides struct {
	count  int
	own    map[data.ArticleID][]data.Override // for one article, by that article
	pinned []data.Override                    // everywhere
	hidden map[data.ArticleID][]data.Override // everywhere, by target
}

func indexOverrides(all []data.Override) *overrides {
	o := &overrides{count: len(all), own: map[data.ArticleID][]data.Override{}, hidden: map[data.ArticleID][]data.Override{}}
	for _, one := range all {
		switch {
		case one.Article != data.Everywhere:
			o.own[one.Article] = append(o.own[one.Article], one)
		case one.Action == data.Pin:
			o.pinned = append(o.pinned, one)
		case one.Action == data.Hide:
			o.hidden[one.Target] = append(o.hidden[one.Target], one)
		}
	}
	return o
}

// A wish is what a request asks of the overrides.
type wish struct {
	article data.ArticleID // that shows the links
	limit   int
	exclude []data.ArticleID
	now     time.Time
}

// apply is the list of links that the overrides make of ranked, the links of
// the algorithm in order; the package comment has the rules. link is the link
// to a pinned article, if it may be shown. apply takes no more of ranked than
// it needs and sets positions.
func (o *overrides) apply(w wish, ranked iter.Seq[Link], link func(target data.ArticleID) (Link, bool)) []Link {
	waiting := o.pins(w, link)
	pinned := make([]data.ArticleID, len(waiting))
	for i := range waiting {
		pinned[i] = waiting[i].link.Card.ID
	}
	var list []Link
	full := func() bool { return len(list) == w.limit }
	place := func(l Link) {
		l.Position = len(list) + 1
		list = append(list, l)
	}
	placeDue := func() {
		for len(waiting) > 0 && !full() && waiting[0].position <= len(list)+1 {
			place(waiting[0].link)
			waiting = waiting[1:]
		}
	}
	placeDue()
	if full() {
		return list
	}
	for l := range ranked {
		if o.bars(w, l.Card.ID) || slices.Contains(pinned, l.Card.ID) {
			continue
		}
		place(l)
		if placeDue(); full() {
			return list
		}
	}
	for len(waiting) > 0 && !full() {
		place(waiting[0].link)
		waiting = waiting[1:]
	}
	return list
}

// A pin is a pinned link that waits for its slot.
type pin struct {
	link     Link
	position int // 1 to the limit
}

// pins are the pins that hold, in the order in which they are placed.
func (o *overrides) pins(w wish, link func(data.ArticleID) (Link, bool)) []pin {
	var holding []data.Override
	for _, list := range [][]data.Override{o.own[w.article], o.pinned} {
		for _, one := range list {
			if one.Action == data.Pin && one.Active(w.now) && !o.bars(w, one.Target) {
				holding = append(holding, one)
			}
		}
	}
	if len(holding) == 0 {
		return nil
	}
	slices.SortFunc(holding, func(a, b data.Override) int { // those of one target together, the one that counts first
		return cmp.Or(cmp.Compare(a.Target, b.Target), -cmp.Compare(specific(a), specific(b)), newer(a, b))
	})
	holding = slices.CompactFunc(holding, func(a, b data.Override) bool { return a.Target == b.Target })
	slices.SortFunc(holding, func(a, b data.Override) int {
		return cmp.Or(cmp.Compare(min(a.Position, w.limit), min(b.Position, w.limit)), newer(a, b))
	})
	var pins []pin
	for _, one := range holding {
		if l, ok := link(one.Target); ok {
			l.Source = Editor
			pins = append(pins, pin{l, min(one.Position, w.limit)})
		}
	}
	return pins
}

func specific(o data.Override) int {
	if o.Article == data.Everywhere {
		return 0
	}
	return 1
}

// newer orders overrides, those made later first.
func newer(a, b data.Override) int {
	return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(b.ID, a.ID))
}

// bars reports whether target must not be linked: the request excludes it, or
// it is hidden.
func (o *overrides) bars(w wish, target data.ArticleID) bool {
	if slices.Contains(w.exclude, target) {
		return true
	}
	for _, list := range [][]data.Override{o.own[w.article], o.hidden[target]} {
		for _, one := range list {
			if one.Action == data.Hide && one.Target == target && one.Active(w.now) {
				return true
			}
		}
	}
	return false
}
