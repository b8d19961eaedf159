package recommend

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/reason"
)

// A rule is an editors' rule, with the translation group of its target. Without a Rule it
// is none.
type rule struct {
	*data.Rule
	group data.ArticleID // "": the rule is about a kind of articles, or about none
}

// indexRules makes rules of all of them, which must not change any more.
func indexRules(all []data.Rule, groupOf func(data.ArticleID) data.ArticleID) []rule {
	rules := make([]rule, len(all))
	for i := range all {
		rules[i] = rule{Rule: &all[i]}
		if all[i].Target != "" {
			rules[i].group = groupOf(all[i].Target)
		}
	}
	return rules
}

// id is that of the rule; 0 of none.
func (r rule) id() int64 {
	if r.Rule == nil {
		return 0
	}
	return r.ID
}

// about reports whether the rule's action is about the article with card c.
func (r rule) about(c *data.Card) bool {
	if r.group != "" {
		return c.Group == r.group
	}
	return r.Targets.Holds(c)
}

// A ruling is the rules in force for one list, each list of them in their order. nil:
// there are none.
type ruling struct {
	all     []rule
	off     bool
	pins    []rule
	hides   []rule
	weights []rule

	// The first rules that limit each, or none.
	only, age, perSection, perAuthor rule
	limits                           Filter // that only and age make
}

// ruling is what the rules say of a list under the article with card source.
func (o *overrides) ruling(source *data.Card, placement string, now time.Time) *ruling {
	var in *ruling
	for _, r := range o.rules {
		if !r.Active(now) || !r.Under.Holds(source, placement) {
			continue
		}
		if in == nil {
			in = new(ruling)
		}
		in.add(r)
	}
	if in == nil {
		return nil
	}
	if in.only.Rule != nil && source.Section != "" {
		switch section := []string{source.Section}; in.only.Only {
		case data.SameSection:
			in.limits.Sections = section
		case data.OtherSections:
			in.limits.NotSections = section
		}
	}
	if in.age.Rule != nil { // from the beginning of the hour, so that lists change no more often
		in.limits.Since = now.Truncate(time.Hour).Add(-time.Duration(in.age.MaxAgeDays) * 24 * time.Hour)
	}
	return in
}

func (in *ruling) add(r rule) {
	in.all = append(in.all, r)
	switch r.Action {
	case data.Off:
		in.off = true
	case data.Pin:
		in.pins = append(in.pins, r)
	case data.Hide:
		in.hides = append(in.hides, r)
	case data.Boost, data.Bury:
		in.weights = append(in.weights, r)
	}
	for _, limit := range []struct {
		first *rule
		says  bool
	}{{&in.only, r.Only != data.AnySection}, {&in.age, r.MaxAgeDays > 0}, {&in.perSection, r.MaxPerSection > 0}, {&in.perAuthor, r.MaxPerAuthor > 0}} {
		if limit.says && limit.first.Rule == nil {
			*limit.first = r
		}
	}
}

// switchesOff reports whether a rule leaves the list with nothing but the pins of
// overrides for the article.
func (in *ruling) switchesOff() bool { return in != nil && in.off }

// weighs reports whether a rule boosts or buries.
func (in *ruling) weighs() bool { return in != nil && len(in.weights) > 0 }

// hidden is the first rule that hides the article with card c, or none.
func (in *ruling) hidden(c *data.Card) rule {
	if in == nil {
		return rule{}
	}
	return firstAbout(in.hides, c)
}

// weighed is the first rule that boosts or buries the article with card c, or none.
func (in *ruling) weighed(c *data.Card) rule {
	if in == nil {
		return rule{}
	}
	return firstAbout(in.weights, c)
}

func firstAbout(rules []rule, c *data.Card) rule {
	for _, r := range rules {
		if r.about(c) {
			return r
		}
	}
	return rule{}
}

// pinsKinds reports whether a rule pins the best link of a kind.
func (in *ruling) pinsKinds() bool {
	return in != nil && slices.ContainsFunc(in.pins, func(r rule) bool { return r.group == "" })
}

// caps reports whether a rule limits how many links are of one section or author.
func (in *ruling) caps() bool {
	return in != nil && (in.perSection.Rule != nil || in.perAuthor.Rule != nil)
}

// breach is the rule, and why by it an article with card c that does not pass its limits is
// no link.
func (in *ruling) breach(c *data.Card) (reason.Rejection, rule) {
	if since := in.limits.Since; !since.IsZero() && c.PublishedAt.Before(since) {
		if c.PublishedAt.IsZero() {
			return reason.Rejection{Code: reason.Filtered}, in.age
		}
		return tooOld(since.Sub(c.PublishedAt)), in.age
	}
	return reason.Rejection{Code: reason.Filtered}, in.only
}

// capped is ranked without the links that are one too many of their section or author by
// the rules. What is pinned is not counted.
func (a *request) capped(ranked iter.Seq[Link]) iter.Seq[Link] {
	return func(yield func(Link) bool) {
		var sections, authors tally
		if r := a.ruling.perSection; r.Rule != nil {
			sections.rule, sections.most = r, r.MaxPerSection
		}
		if r := a.ruling.perAuthor; r.Rule != nil {
			authors.rule, authors.most = r, r.MaxPerAuthor
		}
		for l := range ranked {
			if name := sections.full(data.TagList(l.Card.Section)); name != "" {
				a.withheld.addBy(&l.Card, reason.Rejection{Code: reason.SameSection, Name: name, Most: sections.most}, sections.rule)
				continue
			}
			if name := authors.full(l.Card.Authors); name != "" {
				a.withheld.addBy(&l.Card, reason.Rejection{Code: reason.SameAuthor, Name: name, Most: authors.most}, authors.rule)
				continue
			}
			sections.count(data.TagList(l.Card.Section))
			authors.count(l.Card.Authors)
			if !yield(l) {
				return
			}
		}
	}
}

// A tally counts the links of each name, of which a rule allows so many at most; 0: any
// number.
type tally struct {
	rule rule
	most int
	seen []string // a name as often as there are links of it
}

// full is the name of which there are as many as may be; "": none.
func (t *tally) full(names data.TagList) string {
	if t.most == 0 {
		return ""
	}
	for name := range names.All() {
		n := 0
		for _, seen := range t.seen {
			if seen == name {
				n++
			}
		}
		if n >= t.most {
			return name
		}
	}
	return ""
}

func (t *tally) count(names data.TagList) {
	if t.most == 0 {
		return
	}
	for name := range names.All() {
		t.seen = append(t.seen, name)
	}
}

// pickable is the links of ranked that a rule may pin as the best of their kind: those
// that are there before a fallback fills up. Nothing of it is told as withheld, for
// ranked is gone through again.
func (a *request) pickable(ranked iter.Seq[Link]) iter.Seq[Link] {
	return func(yield func(Link) bool) {
		told := a.withheld
		a.withheld = nil
		defer func() { a.withheld = told }()
		for l := range ranked {
			if l.Source != OtherLanguage && strings.HasPrefix(string(l.Source), "fallback:") || !yield(l) {
				return
			}
		}
	}
}
