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
// buries of what is about to be linked; and all rules. Groups are translation groups.
// The zero value holds none.
type overrides struct {
	all      []data.Override
	rules    []rule                         // in their order
	allRules []data.Rule                    // the same, as the store has them
	named    map[data.ArticleID]bool        // the articles and targets
	own      map[data.ArticleID][]groupWish // for articles of one group, by it
	pinned   []groupWish                    // everywhere
	hidden   map[data.ArticleID][]groupWish // everywhere, by the group of the target
	weighed  []groupWish                    // boosts and buries for everywhere
	weights  map[data.ArticleID][]groupWish // the same, by the group of the target
}

// A groupWish is an override, of a target in that group.
type groupWish struct {
	*data.Override
	group data.ArticleID
}

// indexOverrides makes overrides of all of them, and of all rules, which must not change
// any more; groupOf is the group of an article.
func indexOverrides(all []data.Override, rules []data.Rule, groupOf func(data.ArticleID) data.ArticleID) *overrides {
	o := &overrides{
		all: all, rules: indexRules(rules, groupOf), allRules: rules, named: map[data.ArticleID]bool{},
		own: map[data.ArticleID][]groupWish{}, hidden: map[data.ArticleID][]groupWish{}, weights: map[data.ArticleID][]groupWish{},
	}
	for i := range rules {
		o.named[rules[i].Target] = true
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

// name reports whether any of the overrides and rules is about one of the articles.
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
	ruling    *ruling
	lottery   *lottery // nil: the list is not drawn at random

	pickable iter.Seq[Link]                      // of which a rule may pin the best of a kind; nil: none does
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
	if w.ruling.weighs() {
		return true
	}
	for _, list := range [][]groupWish{o.own[w.source.Group], o.weighed} {
		for _, one := range list {
			if one.Action.Weighs() && w.holds(one) {
				return true
			}
		}
	}
	return false
}

// weight is what the ranking score of a link to the article with card c is multiplied
// by, and the rule that says so, if one does.
func (o *overrides) weight(w wish, c *data.Card) (float32, rule) {
	counts := w.weighing(o.own[w.source.Group], c.Group)
	if counts == nil {
		if r := w.ruling.weighed(c); r.Rule != nil {
			return float32(r.Strength), r
		}
		counts = w.weighing(o.weights[c.Group], c.Group)
	}
	if counts == nil {
		return 1, rule{}
	}
	return float32(counts.Strength), rule{}
}

// weighing is the newest boost or bury of that group that is in force; nil if none is.
func (w *wish) weighing(list []groupWish, group data.ArticleID) (counts *data.Override) {
	for _, one := range list {
		if one.Action.Weighs() && one.group == group && w.holds(one) && (counts == nil || newer(one.Override, counts) < 0) {
			counts = one.Override
		}
	}
	return counts
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
			if slices.Contains(pinned, l.Card.Group) { // by an override for the article even what a rule hides
				continue
			}
			if r := w.ruling.hidden(&l.Card); r.Rule != nil {
				w.withheld.addBy(&l.Card, reason.Rejection{Code: reason.Hidden}, r)
				continue
			}
			if !yield(l) {
				return
			}
		}
	}
}

// A pin is a pinned link that waits for its slot.
type pin struct {
	link     Link
	position int            // 1 to the limit
	override *data.Override // that pins it; nil: a rule does
	rule     rule
}

// pins are the pins that hold and may be shown, in the order in which they are
// placed.
func (o *overrides) pins(w wish, link func(data.ArticleID, bool) (Link, bool)) (pins []pin) {
	add := func(one pin, target data.ArticleID, position int, named, hideable bool) {
		l, ok := link(target, named)
		if !ok || hideable && w.ruling.hidden(&l.Card).Rule != nil {
			return
		}
		l.Source, l.Rule = Editor, one.rule.id()
		one.link, one.position = l, min(position, w.limit)
		pins = append(pins, one)
	}
	override := func(one groupWish, own bool) {
		if one.Action == data.Pin && w.holds(one) && o.bars(w, one.group) == "" {
			add(pin{override: one.Override}, one.Target, one.Position, one.Article == w.source.ID, !own)
		}
	}
	for _, one := range o.own[w.source.Group] {
		override(one, true)
	}
	if !w.ruling.switchesOff() {
		for _, one := range o.pinned {
			override(one, false)
		}
		if w.ruling != nil {
			for _, r := range w.ruling.pins {
				if r.group != "" && o.bars(w, r.group) == "" {
					add(pin{rule: r}, r.Target, r.Position, false, true)
				}
			}
		}
	}
	slices.SortFunc(pins, func(a, b pin) int { // those of one group together, the one that counts first
		return cmp.Or(cmp.Compare(a.link.Card.Group, b.link.Card.Group), cmp.Compare(b.power(), a.power()), comparePins(a, b))
	})
	pins = slices.CompactFunc(pins, func(a, b pin) bool { return a.link.Card.Group == b.link.Card.Group })
	if w.pickable != nil {
		pins = o.pickKinds(w, pins)
	}
	slices.SortFunc(pins, func(a, b pin) int { return cmp.Or(cmp.Compare(a.position, b.position), comparePins(a, b)) })
	return pins
}

// power says which of several pins of one group counts: one of an override for the
// article before one of a rule, and that before one of an override for everywhere.
func (p pin) power() int {
	switch {
	case p.override == nil:
		return 1
	case p.override.Article == data.Everywhere:
		return 0
	}
	return 2
}

// comparePins orders pins of one power, or on one position: those of overrides first,
// the newer before the older, then those of rules.
func comparePins(a, b pin) int {
	switch {
	case a.override != nil && b.override != nil:
		return newer(a.override, b.override)
	case a.override != nil:
		return -1
	case b.override != nil:
		return 1
	}
	return cmp.Compare(a.rule.Order, b.rule.Order)
}

// pickKinds is pins, and the pins of those rules that are about the best link of a kind:
// each link goes to the first rule that waits for one of its kind.
func (o *overrides) pickKinds(w wish, pins []pin) []pin {
	waiting := slices.DeleteFunc(slices.Clone(w.ruling.pins), func(r rule) bool { return r.group != "" })
	for l := range w.pickable {
		pinned := func(p pin) bool { return p.link.Card.Group == l.Card.Group }
		if o.bars(w, l.Card.Group) != "" || w.ruling.hidden(&l.Card).Rule != nil || slices.ContainsFunc(pins, pinned) {
			continue
		}
		at := slices.IndexFunc(waiting, func(r rule) bool { return r.about(&l.Card) })
		if at < 0 {
			continue
		}
		r := waiting[at]
		l.Source, l.Rule = Editor, r.id()
		pins = append(pins, pin{link: l, position: min(r.Position, w.limit), rule: r})
		if waiting = slices.Delete(waiting, at, at+1); len(waiting) == 0 {
			break
		}
	}
	return pins
}

// newer orders overrides, those made later first.
func newer(a, b *data.Override) int {
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
