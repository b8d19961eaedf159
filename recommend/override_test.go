package recommend

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
)

var now = time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)

// drawOverrides draws overrides about few articles within few days, so that
// they meet.
func drawOverrides(ids []data.ArticleID) *rapid.Generator[[]data.Override] {
	return rapid.Custom(func(t *rapid.T) []data.Override {
		day := rapid.Custom(func(t *rapid.T) time.Time {
			days := rapid.IntRange(-2, 2).Draw(t, "days")
			if days == -2 {
				return time.Time{}
			}
			return now.AddDate(0, 0, days)
		})
		list := make([]data.Override, rapid.IntRange(0, 7).Draw(t, "overrides"))
		for i := range list {
			list[i] = data.Override{
				ID:      int64(i + 1),
				Article: rapid.SampledFrom([]data.ArticleID{ids[0], ids[0], data.Everywhere, ids[1]}).Draw(t, "article"),
				Target:  rapid.SampledFrom(ids).Draw(t, "target"),
				Action:  rapid.SampledFrom([]data.Action{data.Pin, data.Pin, data.Pin, data.Hide, data.Boost, data.Bury, data.Off}).Draw(t, "action"),
				From:    day.Draw(t, "from"), Until: day.Draw(t, "until"), Created: day.Draw(t, "created"),
				Lang:      rapid.SampledFrom([]data.Lang{"", "", "", "zh", "zh-Hans", "zh-Hant"}).Draw(t, "lang"),
				Placement: rapid.SampledFrom([]string{"", "", "", "side", "top"}).Draw(t, "placement"),
				Paused:    rapid.IntRange(0, 5).Draw(t, "paused") == 0,
			}
			switch list[i].Action {
			case data.Pin:
				list[i].Position = rapid.IntRange(1, 7).Draw(t, "position")
			case data.Boost:
				list[i].Strength = rapid.SampledFrom([]float64{1, 1.5, 4}).Draw(t, "strength")
			case data.Bury:
				list[i].Strength = rapid.SampledFrom([]float64{0, 0.25, 0.5}).Draw(t, "strength")
			}
		}
		return list
	})
}

// translations are the groups of articles, and what is shown of them.
type translations struct {
	of    map[data.ArticleID]data.ArticleID
	shown map[data.ArticleID]data.ArticleID // of a group, the version in the languages of the answer, if any
	alone map[data.ArticleID]bool           // articles that may be shown to readers of another language
}

func drawGroups(ids []data.ArticleID) *rapid.Generator[translations] {
	return rapid.Custom(func(t *rapid.T) translations {
		g := translations{map[data.ArticleID]data.ArticleID{}, map[data.ArticleID]data.ArticleID{}, map[data.ArticleID]bool{}}
		for i, id := range ids {
			g.of[id] = id
			if i > 0 && rapid.IntRange(0, 2).Draw(t, "translation") == 0 {
				g.of[id] = g.of[rapid.SampledFrom(ids[:i]).Draw(t, "of")]
			}
			if rapid.IntRange(0, 3).Draw(t, "shown") > 0 {
				g.shown[g.of[id]] = id
			}
			g.alone[id] = rapid.IntRange(0, 3).Draw(t, "alone") > 0
		}
		delete(g.shown, g.of[ids[0]]) // of the article itself
		return g
	})
}

func (g translations) group(id data.ArticleID) data.ArticleID { return g.of[id] }

func (g translations) card(id data.ArticleID) data.Card {
	return data.Card{ID: id, Group: g.of[id], Section: modelSection[id]}
}

// modelSection is the sections of the articles that have one.
var modelSection = map[data.ArticleID]string{"b": "city", "c": "sport", "d": "city", "e": "sport"}

// version is what a pin of target shows under source; "" if nothing.
func (g translations) version(source, target data.ArticleID, named bool) data.ArticleID {
	if shown := g.shown[g.of[target]]; shown != "" || g.of[target] == g.of[source] {
		return shown
	}
	if named && g.alone[target] {
		return target
	}
	return ""
}

// modelHolds says which overrides are in force for a list.
func modelHolds(w wish, o data.Override, g translations) bool {
	langs := map[data.Lang][]data.Lang{"": {"", "zh-Hans", "zh-Hant", "en"}, "zh": {"zh-Hans", "zh-Hant"}, "zh-Hans": {"zh-Hans"}, "zh-Hant": {"zh-Hant"}}
	return (o.Article == "*" || g.of[o.Article] == g.of[w.source.ID]) && !o.From.After(w.now) && (o.Until.IsZero() || o.Until.After(w.now)) &&
		!o.Paused && (o.Placement == "" || o.Placement == w.placement) && slices.Contains(langs[o.Lang], w.source.Lang)
}

// modelBefore says which of two overrides of one group counts.
func modelBefore(a, b data.Override) bool {
	if (a.Article == "*") != (b.Article == "*") {
		return b.Article == "*"
	}
	return a.Created.After(b.Created) || a.Created.Equal(b.Created) && a.ID > b.ID
}

// drawRules draws rules about few articles and sections, so that they meet.
func drawRules(ids []data.ArticleID) *rapid.Generator[[]data.Rule] {
	return rapid.Custom(func(t *rapid.T) []data.Rule {
		list := make([]data.Rule, rapid.IntRange(0, 6).Draw(t, "rules"))
		for i := range list {
			r := data.Rule{
				ID: int64(10 - i), Order: i + 1,
				Action: rapid.SampledFrom([]data.Action{data.Pin, data.Pin, data.Hide, data.Boost, data.Bury, data.Off}).Draw(t, "action"),
				From:   now.AddDate(0, 0, rapid.SampledFrom([]int{-1, -1, -1, 0, 1}).Draw(t, "from")), Paused: rapid.IntRange(0, 5).Draw(t, "paused") == 0,
				Under: data.Condition{
					Langs:      rapid.SampledFrom([][]data.Lang{nil, nil, {"zh"}, {"zh-Hans", "en"}}).Draw(t, "langs"),
					Placements: rapid.SampledFrom([][]string{nil, nil, {"side"}, {"side", "top"}}).Draw(t, "placements"),
				},
			}
			if days := rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "days"); days > 0 {
				r.Until = r.From.AddDate(0, 0, days)
			}
			switch r.Action {
			case data.Pin:
				r.Position = rapid.IntRange(1, 7).Draw(t, "position")
			case data.Boost:
				r.Strength = rapid.SampledFrom([]float64{1, 3}).Draw(t, "strength")
			}
			if section := rapid.SampledFrom([]string{"", "city", "sport"}).Draw(t, "target section"); section != "" {
				r.Targets.Sections = []string{section}
			} else {
				r.Target = rapid.SampledFrom(ids).Draw(t, "target")
			}
			list[i] = r
		}
		return list
	})
}

// modelRules says which rules are in force for a list.
func modelRules(w wish, all []data.Rule) (in []data.Rule) {
	langs := map[data.Lang][]data.Lang{"zh": {"zh-Hans", "zh-Hant"}, "zh-Hans": {"zh-Hans"}, "en": {"en"}}
	for _, r := range all {
		lang := func(l data.Lang) bool { return slices.Contains(langs[l], w.source.Lang) }
		if !r.Paused && !r.From.After(w.now) && (r.Until.IsZero() || r.Until.After(w.now)) &&
			(len(r.Under.Langs) == 0 || slices.ContainsFunc(r.Under.Langs, lang)) &&
			(len(r.Under.Placements) == 0 || slices.Contains(r.Under.Placements, w.placement)) {
			in = append(in, r)
		}
	}
	return in
}

// isAbout reports whether r is about the article id.
func (g translations) isAbout(r data.Rule, id data.ArticleID) bool {
	if r.Target != "" {
		return g.of[r.Target] == g.of[id]
	}
	return slices.Contains(r.Targets.Sections, modelSection[id])
}

// A modelPin is a pin of an override, or of a rule.
type modelPin struct {
	override data.Override
	rule     data.Rule
	position int
	shows    data.ArticleID
}

// power is that of pins of one group: own > rule > everywhere.
func (p modelPin) power() int {
	switch {
	case p.rule.ID > 0:
		return 2
	case p.override.Article == "*":
		return 1
	}
	return 3
}

// before says which of two pins of one power, or on one position, comes first.
func (p modelPin) before(q modelPin) bool {
	switch a, b := p.override, q.override; {
	case p.rule.ID > 0 && q.rule.ID > 0:
		return p.rule.Order < q.rule.Order
	case p.rule.ID > 0 || q.rule.ID > 0:
		return q.rule.ID > 0
	default:
		return a.Created.After(b.Created) || a.Created.Equal(b.Created) && a.ID > b.ID
	}
}

// modelApply is what the package comment says of overrides and rules, in the plainest
// words.
func modelApply(w wish, all []data.Override, rules []data.Rule, ranked []data.ArticleID, g translations) (list []string) {
	holds := func(o data.Override) bool { return modelHolds(w, o, g) }
	rules = modelRules(w, rules)
	off := slices.ContainsFunc(rules, func(r data.Rule) bool { return r.Action == data.Off })
	barred := map[data.ArticleID]bool{} // 1
	for _, group := range w.exclude {
		barred[group] = true
	}
	for _, o := range all {
		if o.Action == data.Hide && holds(o) {
			barred[g.of[o.Target]] = true
		}
	}
	ruledOut := func(id data.ArticleID) bool {
		return slices.ContainsFunc(rules, func(r data.Rule) bool { return r.Action == data.Hide && g.isAbout(r, id) })
	}
	pins := map[data.ArticleID]modelPin{} // by group
	add := func(p modelPin) {
		group := g.of[p.shows]
		if p.shows == "" || barred[group] || p.power() < 3 && (off || ruledOut(p.shows)) { // 2 and 3
			return
		}
		other, twice := pins[group]
		if !twice || p.power() > other.power() || p.power() == other.power() && p.before(other) { // 4
			pins[group] = p
		}
	}
	for _, o := range all {
		if o.Action == data.Pin && holds(o) {
			add(modelPin{override: o, position: min(o.Position, w.limit), shows: g.version(w.source.ID, o.Target, o.Article == w.source.ID)})
		}
	}
	var kinds []data.Rule
	for _, r := range rules {
		switch {
		case r.Action != data.Pin:
		case r.Target == "":
			kinds = append(kinds, r)
		default:
			add(modelPin{rule: r, position: min(r.Position, w.limit), shows: g.version(w.source.ID, r.Target, false)})
		}
	}
	var rest []data.ArticleID
	for _, id := range ranked {
		if _, pinned := pins[g.of[id]]; !pinned && !barred[g.of[id]] && !ruledOut(id) && !off {
			rest = append(rest, id)
		}
	}
	for _, r := range kinds {
		if at := slices.IndexFunc(rest, func(id data.ArticleID) bool { return g.isAbout(r, id) }); at >= 0 {
			pins[g.of[rest[at]]] = modelPin{rule: r, position: min(r.Position, w.limit), shows: rest[at]}
			rest = slices.Delete(rest, at, at+1)
		}
	}
	first := func(slot int) (found modelPin) { // 5
		for _, p := range pins {
			if p.position <= slot && (found.shows == "" || p.position < found.position || p.position == found.position && p.before(found)) {
				found = p
			}
		}
		return found
	}
	for len(list) < w.limit { // 6 and 7
		slot := len(list) + 1
		p := first(slot)
		if p.shows == "" && len(rest) > 0 {
			list = append(list, fmt.Sprint(slot, " algorithm ", rest[0], 0))
			rest = rest[1:]
			continue
		}
		if p.shows == "" {
			p = first(w.limit)
		}
		if p.shows == "" {
			return list
		}
		list = append(list, fmt.Sprint(slot, " editor ", p.shows, p.rule.ID))
		delete(pins, g.of[p.shows])
	}
	return list
}

func TestApply(t *testing.T) {
	ids := []data.ArticleID{"source", "b", "c", "d", "e", "f", "g"}
	property := func(t *rapid.T) {
		g := drawGroups(ids).Draw(t, "groups")
		all := drawOverrides(ids).Draw(t, "overrides")
		w := wish{
			source: &data.Card{ID: ids[0], Group: g.of[ids[0]], Lang: rapid.SampledFrom([]data.Lang{"zh-Hans", "zh-Hant", "en", ""}).Draw(t, "lang")}, limit: rapid.IntRange(1, 5).Draw(t, "limit"), now: now,
			placement: rapid.SampledFrom([]string{"", "side", "top"}).Draw(t, "placement"),
			exclude:   rapid.SliceOfN(rapid.SampledFrom(ids), 0, 2).Draw(t, "exclude"),
		}
		rules := drawRules(ids).Draw(t, "rules")
		index := indexOverrides(all, rules, g.group)
		w.ruling = index.ruling(w.source, w.placement, w.now)
		checkWeights(t, w, all, rules, g, ids)
		ranked := slices.Sorted(maps.Values(g.shown))
		ranked = rapid.Permutation(ranked).Draw(t, "ranked")[:rapid.IntRange(0, len(ranked)).Draw(t, "how many")]

		if w.ruling.switchesOff() {
			ranked = nil
		}
		if w.ruling.pinsKinds() {
			w.pickable = func(yield func(Link) bool) {
				for _, id := range ranked {
					if !yield(Link{Source: Algorithm, Card: g.card(id)}) {
						return
					}
				}
			}
		}
		taken := 0
		links := func(yield func(Link) bool) {
			for _, id := range ranked {
				taken++
				if !yield(Link{Source: Algorithm, Card: g.card(id)}) {
					return
				}
			}
		}
		var got []string
		last := 0 // of ranked, in got
		for _, l := range index.apply(w, links, func(id data.ArticleID, named bool) (Link, bool) {
			shown := g.version(w.source.ID, id, named)
			return Link{Card: g.card(shown)}, shown != ""
		}) {
			got = append(got, fmt.Sprint(l.Position, " ", l.Source, " ", l.Card.ID, l.Rule))
			if l.Source == Algorithm {
				last = slices.Index(ranked, l.Card.ID) + 1
			}
		}
		if want := modelApply(w, all, rules, ranked, g); !slices.Equal(got, want) {
			t.Fatalf("got %q\nwant %q", got, want)
		}
		if len(got) == w.limit && got[len(got)-1][2] == 'a' && taken > last {
			t.Fatalf("%d links were ranked and %d needed", taken, last)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		for range 20 { // most draws are too tame
			property(t)
		}
	})
}

// checkWeights compares what boosts, buries and off do with what the package comment says.
func checkWeights(t *rapid.T, w wish, all []data.Override, rules []data.Rule, g translations, ids []data.ArticleID) {
	index := indexOverrides(all, rules, g.group)
	rules = modelRules(w, rules)
	off, weighs := false, slices.ContainsFunc(rules, func(r data.Rule) bool { return r.Action.Weighs() })
	for _, o := range all {
		holds := modelHolds(w, o, g)
		off = off || holds && o.Action == data.Off && o.Article != "*"
		weighs = weighs || holds && (o.Action == data.Boost || o.Action == data.Bury)
	}
	if got := index.off(w); got != off {
		t.Fatalf("off is %v, want %v", got, off)
	}
	if got := index.weighs(w); got != weighs {
		t.Fatalf("weighs is %v, want %v", got, weighs)
	}
	for _, id := range ids {
		var counts data.Override
		for _, o := range all {
			if (o.Action == data.Boost || o.Action == data.Bury) && g.of[o.Target] == g.of[id] && modelHolds(w, o, g) && (counts.ID == 0 || modelBefore(o, counts)) {
				counts = o
			}
		}
		want, by := float32(1), int64(0)
		if counts.ID > 0 {
			want = float32(counts.Strength)
		}
		if counts.ID == 0 || counts.Article == "*" {
			if at := slices.IndexFunc(rules, func(r data.Rule) bool { return r.Action.Weighs() && g.isAbout(r, id) }); at >= 0 {
				want, by = float32(rules[at].Strength), rules[at].ID
			}
		}
		if got, rule := index.weight(w, new(g.card(id))); got != want || rule.id() != by {
			t.Fatalf("the weight of %s is %v by rule %d, want %v by %d", id, got, rule.id(), want, by)
		}
	}
}

func TestApplyByExample(t *testing.T) {
	check := func(name string, limit int, want string, all ...data.Override) {
		t.Helper()
		for i := range all {
			all[i].ID = int64(i + 1)
			if all[i].Article == "" {
				all[i].Article = "source"
			}
			if all[i].Action == "" {
				all[i].Action = data.Pin
			}
		}
		ranked := func(yield func(Link) bool) {
			for _, id := range []data.ArticleID{"a", "b", "c"} {
				if !yield(Link{Card: data.Card{ID: id, Group: id}}) {
					return
				}
			}
		}
		got := ""
		own := func(id data.ArticleID) data.ArticleID { return id }
		for _, l := range indexOverrides(all, nil, own).apply(wish{source: &data.Card{ID: "source", Group: "source"}, limit: limit, now: now}, ranked,
			func(id data.ArticleID, _ bool) (Link, bool) { return Link{Card: data.Card{ID: id, Group: id}}, true }) {
			got += string(l.Card.ID) + strconv.Itoa(l.Position) + " "
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	check("none", 5, "a1 b2 c3 ")
	check("pin", 5, "a1 x2 b3 c4 ", data.Override{Target: "x", Position: 2})
	check("pin of what is ranked", 5, "c1 a2 b3 ", data.Override{Target: "c", Position: 1})
	check("past the end", 5, "a1 b2 c3 x4 ", data.Override{Target: "x", Position: 9})
	check("past the limit", 2, "a1 x2 ", data.Override{Target: "x", Position: 9})
	check("two past the limit", 2, "a1 y2 ", data.Override{Target: "x", Position: 8}, data.Override{Target: "y", Position: 9})
	check("two on one position", 5, "y1 x2 a3 b4 c5 ", data.Override{Target: "x", Position: 1}, data.Override{Target: "y", Position: 1})
	check("hide beats pin", 5, "a1 c2 ", data.Override{Target: "b", Position: 1}, data.Override{Target: "b", Action: data.Hide, Article: "*"})
	check("own pin beats everywhere", 5, "a1 b2 x3 c4 ",
		data.Override{Target: "x", Position: 3}, data.Override{Target: "x", Position: 1, Article: "*"})
	check("expired", 5, "a1 b2 c3 ", data.Override{Target: "x", Position: 1, Until: now})
	check("not yet", 5, "a1 b2 c3 ", data.Override{Target: "x", Position: 1, From: now.Add(1)})
	check("for another article", 5, "a1 b2 c3 ", data.Override{Target: "a", Action: data.Hide, Article: "b"})
}
