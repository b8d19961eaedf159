package recommend

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/reason"
)

// overrides are all overrides of a store, such that a request touches only
// those for its own group, the pins for everywhere, and the hides, boosts and
// buries of what is about to be linked. Groups are translation groups. The zero
// value holds none.
type overrides struct {
	all     []data.Override
	named   map[data.ArticleID]bool        // the articles and targets
	own     map[data.ArticleID][]groupWish // for articles of one group, by it
	pinned  []groupWish                    // everywhere
	hidden  map[data.ArticleID][]groupWish // everywhere, by the group of the target
	weighed []groupWish                    // boosts and buries for everywhere
	weights map[data.ArticleID][]groupWish // the same, by the group of the target
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
		own: map[data.ArticleID][]groupWish{}, hidden: map[data.ArticleID][]groupWish{}, weights: map[data.ArticleID][]groupWish{},
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
		case one.Action.Weighs():
			o.weighed = append(o.weighed, one)
			o.weights[one.group] = append(o.weights[one.group], one)
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
	source    *data.Card // of the article that shows the links
	placement string
	limit     int
	exclude   []data.ArticleID // groups
	now       time.Time
	lottery   *lottery // nil: the list is not drawn at random

	spread   func(iter.Seq[Link]) iter.Seq[Link] // of what is not barred; nil: as it is
	withheld *withheld                           // nil: nobody asks for it
}

// holds reports whether o is in force for the list.
func (w *wish) holds(o groupWish) bool {
	return o.Active(w.now) && o.InScope(w.source.Lang, w.placement)
}

// off reports whether the list is switched off.
func (o *overrides) off(w wish) bool {
	for _, one := range o.own[w.source.Group] {
		if one.Action == data.Off && w.holds(one) {
			return true
		}
	}
	return false
}

// weighs reports whether a boost or bury is in force for the list.
func (o *overrides) weighs(w wish) bool {
	for _, list := range [][]groupWish{o.own[w.source.Group], o.weighed} {
		for _, one := range list {
			if one.Action.Weighs() && w.holds(one) {
				return true
			}
		}
	}
	return false
}

// weight is what the ranking score of a link to an article of that group is multiplied
// by.
func (o *overrides) weight(w wish, group data.ArticleID) float32 {
	var counts groupWish
	for _, list := range [][]groupWish{o.own[w.source.Group], o.weights[group]} {
		for _, one := range list {
			if one.Action.Weighs() && one.group == group && w.holds(one) && (counts.Override == nil || prior(one, counts) < 0) {
				counts = one
			}
		}
	}
	if counts.Override == nil {
		return 1
	}
	return float32(counts.Strength)
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
	ranked = o.unbarred(w, pinned, ranked)
	if w.spread != nil {
		ranked = w.spread(ranked)
	}
	if w.lottery != nil {
		ranked = w.lottery.order(ranked)
	}
	for l := range ranked {
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

// unbarred is ranked without the links that must not be shown and without those of
// pinned groups.
func (o *overrides) unbarred(w wish, pinned []data.ArticleID, ranked iter.Seq[Link]) iter.Seq[Link] {
	return func(yield func(Link) bool) {
		for l := range ranked {
			if code := o.bars(w, l.Card.Group); code != "" {
				w.withheld.add(&l.Card, reason.Rejection{Code: code})
				continue
			}
			if !slices.Contains(pinned, l.Card.Group) && !yield(l) {
				return
			}
		}
	}
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
	for _, list := range [][]groupWish{o.own[w.source.Group], o.pinned} {
		for _, one := range list {
			if one.Action != data.Pin || !w.holds(one) || o.bars(w, one.group) != "" {
				continue
			}
			if l, ok := link(one.Target, one.Article == w.source.ID); ok {
				holding, links[one.Override] = append(holding, one), l
			}
		}
	}
	if len(holding) == 0 {
		return nil
	}
	slices.SortFunc(holding, func(a, b groupWish) int { // those of one group together, the one that counts first
		return cmp.Or(cmp.Compare(a.group, b.group), prior(a, b))
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

// prior orders overrides of one group, the one that counts first.
func prior(a, b groupWish) int {
	return cmp.Or(cmp.Compare(specific(b), specific(a)), newer(a, b))
}

// newer orders overrides, those made later first.
func newer(a, b groupWish) int {
	return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(b.ID, a.ID))
}

// bars is the reason why articles of that group must not be linked: the request
// excludes it, or it is hidden; "" if they may be.
func (o *overrides) bars(w wish, group data.ArticleID) reason.Code {
	if slices.Contains(w.exclude, group) {
		return reason.Excluded
	}
	for _, list := range [][]groupWish{o.own[w.source.Group], o.hidden[group]} {
		for _, one := range list {
			if one.Action == data.Hide && one.group == group && w.holds(one) {
				return reason.Hidden
			}
		}
	}
	return ""
}
