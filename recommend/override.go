package recommend

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
)

// overrides are all overrides of a store, such that a request touches only
// those for its own group, the pins for everywhere, and the hides of what is
// about to be linked. Groups are translation groups. The zero value holds none.
type overrides struct {
	all    []data.Override
	named  map[data.ArticleID]bool        // the articles and targets
	own    map[data.ArticleID][]groupWish // for articles of one group, by it
	pinned []groupWish                    // everywhere
	hidden map[data.ArticleID][]groupWish // everywhere, by the group of the target
}

// A groupWish is an override, of a target in that group.
type groupWish struct {
	*data.Override
	group data.ArticleID
}

// indexOverrides makes overrides of all of them, which must not change any more;
// groupOf is the group of an article.
func indexOverrides(all []data.Override, groupOf func(data.ArticleID) data.ArticleID) *overrides {
	o := &overrides{
		all: all, named: map[data.ArticleID]bool{},
		own: map[data.ArticleID][]groupWish{}, hidden: map[data.ArticleID][]groupWish{},
	}
	for i := range all {
		one := groupWish{&all[i], groupOf(all[i].Target)}
		o.named[one.Article], o.named[one.Target] = true, true
		switch {
		case one.Article != data.Everywhere:
			group := groupOf(one.Article)
			o.own[group] = append(o.own[group], one)
		case one.Action == data.Pin:
			o.pinned = append(o.pinned, one)
		case one.Action == data.Hide:
			o.hidden[one.group] = append(o.hidden[one.group], one)
		}
	}
	return o
}

// name reports whether any of the overrides is about one of the articles.
func (o *overrides) name(articles []data.ArticleID) bool {
	return slices.ContainsFunc(articles, func(id data.ArticleID) bool { return o.named[id] })
}

// A wish is what a request asks of the overrides.
type wish struct {
	article data.ArticleID // that shows the links
	group   data.ArticleID // of article
	limit   int
	exclude []data.ArticleID // groups
	now     time.Time
}

// mostAtOnce bounds the room that a list has before it is known how long it is.
const mostAtOnce = 64

// apply is the list of links that the overrides make of ranked, the links of
// the algorithm in order; the package comment has the rules. link is the link
// to a pinned article, if it may be shown; named, whether the pin names the
// article that shows it. apply takes no more of ranked than it needs and sets
// positions.
func (o *overrides) apply(w wish, ranked iter.Seq[Link], link func(target data.ArticleID, named bool) (Link, bool)) []Link {
	waiting := o.pins(w, link)
	pinned := make([]data.ArticleID, len(waiting)) // groups
	for i := range waiting {
		pinned[i] = waiting[i].link.Card.Group
	}
	var list []Link
	full := func() bool { return len(list) == w.limit }
	place := func(l Link) {
		if list == nil {
			list = make([]Link, 0, min(w.limit, mostAtOnce)) // most lists are full
		}
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
		if o.bars(w, l.Card.Group) || slices.Contains(pinned, l.Card.Group) {
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

// pins are the pins that hold and may be shown, in the order in which they are
// placed.
func (o *overrides) pins(w wish, link func(data.ArticleID, bool) (Link, bool)) []pin {
	var holding []groupWish
	links := map[*data.Override]Link{}
	for _, list := range [][]groupWish{o.own[w.group], o.pinned} {
		for _, one := range list {
			if one.Action != data.Pin || !one.Active(w.now) || o.bars(w, one.group) {
				continue
			}
			if l, ok := link(one.Target, one.Article == w.article); ok {
				holding, links[one.Override] = append(holding, one), l
			}
		}
	}
	if len(holding) == 0 {
		return nil
	}
	slices.SortFunc(holding, func(a, b groupWish) int { // those of one group together, the one that counts first
		return cmp.Or(cmp.Compare(a.group, b.group), -cmp.Compare(specific(a), specific(b)), newer(a, b))
	})
	holding = slices.CompactFunc(holding, func(a, b groupWish) bool { return a.group == b.group })
	slices.SortFunc(holding, func(a, b groupWish) int {
		return cmp.Or(cmp.Compare(min(a.Position, w.limit), min(b.Position, w.limit)), newer(a, b))
	})
	pins := make([]pin, len(holding))
	for i, one := range holding {
		l := links[one.Override]
		l.Source = Editor
		pins[i] = pin{l, min(one.Position, w.limit)}
	}
	return pins
}

func specific(o groupWish) int {
	if o.Article == data.Everywhere {
		return 0
	}
	return 1
}

// newer orders overrides, those made later first.
func newer(a, b groupWish) int {
	return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(b.ID, a.ID))
}

// bars reports whether articles of that group must not be linked: the request
// excludes it, or it is hidden.
func (o *overrides) bars(w wish, group data.ArticleID) bool {
	if slices.Contains(w.exclude, group) {
		return true
	}
	for _, list := range [][]groupWish{o.own[w.group], o.hidden[group]} {
		for _, one := range list {
			if one.Action == data.Hide && one.group == group && one.Active(w.now) {
				return true
			}
		}
	}
	return false
}
