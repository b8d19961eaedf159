package recommend_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A world is a store and a snapshot as rapid draws them.
type world struct {
	old, present map[data.ArticleID]data.Card // as in the snapshot, and as now
	contents     snapshot.Contents
	store        memory
}

func drawCard(id data.ArticleID) *rapid.Generator[data.Card] {
	return rapid.Custom(func(t *rapid.T) data.Card {
		if rapid.Bool().Draw(t, "plain") {
			return data.Card{
				ID: id, URL: "/x", Lang: "en", Group: id, State: data.Published,
				PublishedAt: now.AddDate(0, 0, rapid.IntRange(-3, 0).Draw(t, "day")),
				Section:     rapid.SampledFrom([]string{"", "city", "sport"}).Draw(t, "section"), Authors: drawAuthors(t),
			}
		}
		return data.Card{
			ID: id, Title: rapid.SampledFrom([]string{"one", "two"}).Draw(t, "title"),
			URL:         rapid.SampledFrom([]string{"", "/x", "/x/?utm_source=a", "/y", "/y#b"}).Draw(t, "url"),
			Lang:        rapid.SampledFrom([]data.Lang{"en", "en-GB", "zh-Hans", "zh-Hans", "zh-Hant", "fr", ""}).Draw(t, "lang"),
			Group:       rapid.SampledFrom([]data.ArticleID{id, id, "a", "b", "x"}).Draw(t, "group"),
			State:       rapid.SampledFrom([]data.State{data.Published, data.Published, data.Published, data.Hidden, data.Unpublished}).Draw(t, "state"),
			NoLinkTo:    rapid.IntRange(0, 5).Draw(t, "no link to") == 0,
			NoLinks:     rapid.IntRange(0, 5).Draw(t, "no links") == 0,
			PublishedAt: now.AddDate(0, 0, rapid.SampledFrom([]int{-3, -2, -1, 0, 1}).Draw(t, "day")),
		}
	})
}

func drawWorld(t *rapid.T) *world {
	w := &world{old: map[data.ArticleID]data.Card{}, present: map[data.ArticleID]data.Card{}}
	w.store.revision = data.Revision{Articles: 2, Overrides: 1}
	for _, id := range []data.ArticleID{"a", "b", "c", "d", "e", "f", "g"} {
		inSnapshot := rapid.IntRange(0, 5).Draw(t, "in snapshot") > 0
		if inSnapshot {
			card := drawCard(id).Draw(t, "card")
			w.old[id], w.present[id] = card, card
			w.store.changes = append(w.store.changes, change{1, card})
		}
		if !inSnapshot || rapid.IntRange(0, 3).Draw(t, "changed") == 0 {
			card := drawCard(id).Draw(t, "changed card")
			w.present[id] = card
			w.store.changes = append(w.store.changes, change{2, card})
		}
	}
	known := slices.Sorted(maps.Keys(w.present))
	for i := range rapid.IntRange(0, 5).Draw(t, "overrides") {
		o := data.Override{ID: int64(i + 1), Article: rapid.SampledFrom(append(known, "*", "*")).Draw(t, "article"), Target: rapid.SampledFrom(known).Draw(t, "target")}
		drawAction(t, &o, data.Pin, data.Pin, data.Hide, data.Boost, data.Boost, data.Bury, data.Off)
		w.store.overrides = append(w.store.overrides, o)
	}
	w.store.rules = drawRules(t, known, true, false)

	n := len(w.old)
	w.contents = snapshot.Contents{
		Model: noModel{}, Vectors: embed.Dense{Rows: n, Dim: 2, Data: make([]float32, 2*n)},
		Candidates: knn.Lists{K: n, Len: make([]int32, n), Data: make([]knn.Neighbour, n*n)},
		Manifest:   snapshot.Manifest{Created: now, StoreRevision: 1, Scales: linear()},
	}
	for i, id := range slices.Sorted(maps.Keys(w.old)) {
		w.contents.Cards = append(w.contents.Cards, w.old[id])
		copy(w.contents.Vectors.Row(i), rapid.SampledFrom([][]float32{{1, 0}, {0, 1}, {0.6, 0.8}, {0, 0}}).Draw(t, "vector"))
	}
	// Candidates are whatever they are: the engine must not trust them.
	drawLists := func() knn.Lists {
		lists := knn.Lists{K: n, Len: make([]int32, n), Data: make([]knn.Neighbour, n*n)}
		for i := range n {
			var list []knn.Neighbour
			for j := range n {
				if cosine := rapid.SampledFrom([]float32{0, 0.25, 0.5, 0.75}).Draw(t, "cosine"); cosine > 0 {
					list = append(list, knn.Neighbour{Row: int32(j), Cosine: cosine})
				}
			}
			slices.SortStableFunc(list, func(a, b knn.Neighbour) int { return cmp.Compare(b.Cosine, a.Cosine) })
			lists.Len[i] = int32(copy(lists.Data[i*n:], list))
		}
		return lists
	}
	w.contents.Candidates = drawLists()
	if n > 0 && rapid.Bool().Draw(t, "across languages") {
		w.contents.Cross = &snapshot.Cross{
			Model: noModel{}, Candidates: drawLists(),
			Vectors: embed.Dense{Rows: n, Dim: 2, Data: slices.Repeat([]float32{0.8, 0.6}, n)},
		}
		w.contents.Manifest.Cross, w.contents.Manifest.CrossScales = new(snapshot.CrossSpace), linear()
		for _, scale := range w.contents.Manifest.CrossScales { // twice the score of a cosine
			for p := range scale.Quantiles {
				scale.Quantiles[p] = float32(p) / 200
			}
		}
	}
	return w
}

// drawAction draws what an override does and where; Off is for one article.
func drawAction(t *rapid.T, o *data.Override, actions ...data.Action) {
	o.Action = rapid.SampledFrom(actions).Draw(t, "action")
	switch o.Action {
	case data.Pin:
		o.Position = rapid.IntRange(1, 4).Draw(t, "position")
	case data.Boost:
		o.Strength = rapid.SampledFrom([]float64{1, 1.5, 2, 4, 10}).Draw(t, "strength")
	case data.Bury:
		o.Strength = rapid.SampledFrom([]float64{0, 0, 0.25, 0.5}).Draw(t, "strength")
	case data.Off:
		if o.Target = ""; o.Article == "*" {
			o.Article = "a"
		}
	}
	o.Paused = rapid.IntRange(0, 5).Draw(t, "paused") == 0
	if rapid.IntRange(0, 2).Draw(t, "scoped") == 0 {
		o.Lang = rapid.SampledFrom([]data.Lang{"", "en", "en-GB", "zh", "zh-Hant", "und"}).Draw(t, "for lang")
		o.Placement = rapid.SampledFrom([]string{"", "side", "top"}).Draw(t, "for placement")
	}
}

// placements are those of tests in which placements change nothing but which overrides hold.
var placements = map[string]recommend.Placement{"side": {}, "top": {}}

// holds is the model of an override being in force for a list.
func (w *world) holds(o data.Override, source data.Card, q recommend.Query) bool {
	group := func(id data.ArticleID) data.ArticleID { return cmp.Or(w.present[id].Group, id) }
	lang := cmp.Or(source.Lang, "und")
	switch {
	case q.Raw, o.Paused, o.Article != "*" && (source.ID == "" || group(o.Article) != source.Group), o.Placement != "" && o.Placement != q.Placement:
		return false
	}
	return o.Lang == "" || o.Lang == lang || !strings.Contains(string(o.Lang), "-") && o.Lang == base(lang)
}

func base(l data.Lang) data.Lang {
	return cmp.Or(map[data.Lang]data.Lang{"en-GB": "en", "zh-Hans": "zh", "zh-Hant": "zh", "": "und"}[l], l)
}

// wish is how much a reader of source who asks for those languages wants a
// version in lang: 1 is the most, and 0 is not at all.
func wish(source data.Card, languages recommend.Languages, lang data.Lang) (least int) {
	consider := func(place int) {
		if base(lang) != base(source.Lang) {
			place += 1000 // the own language comes first
		}
		if least == 0 || place < least {
			least = place
		}
	}
	for i, tag := range strings.Split(cmp.Or(string(languages), "own"), ",") {
		exact, specific := data.Lang(tag), strings.Contains(tag, "-")
		if tag == "own" || tag == "any" || exact == base(source.Lang) {
			exact, specific = source.Lang, true
		}
		switch {
		case specific && lang == exact:
			consider(10*i + 1)
		case base(lang) == base(exact):
			consider(10*i + 2)
		case tag == "any":
			consider(10*i + 3)
		}
	}
	return least
}

// version is what a reader of source is shown of the group of target.
func (w *world) version(source, target data.Card, languages recommend.Languages) (best data.Card, ok bool) {
	if target.Group == source.Group || target.ID == source.ID {
		return data.Card{}, false
	}
	for _, c := range w.present {
		want := wish(source, languages, c.Lang)
		if c.Group != target.Group || c.State != data.Published || c.NoLinkTo || c.PublishedAt.After(now) || want == 0 {
			continue
		}
		isTarget := func(c data.Card) int {
			if c.ID == target.ID {
				return 0
			}
			return 1
		}
		if !ok || cmp.Or(want-wish(source, languages, best.Lang), cmp.Compare(c.Lang, best.Lang), isTarget(c)-isTarget(best), cmp.Compare(c.ID, best.ID)) < 0 {
			best, ok = c, true
		}
	}
	return best, ok
}

// links is the model of a list, as its fields print.
func (w *world) links(source data.Card, q recommend.Query, threshold int) (list []string) {
	if source.State == data.Unpublished || source.NoLinks {
		return nil
	}
	if q.Raw {
		threshold = 0
	}
	rules := w.ruling(source, q)
	off := rules.any(func(r data.Rule) bool { return r.Action == data.Off })
	weights := map[data.ArticleID]data.Override{} // by group
	for _, o := range w.store.overrides {
		switch {
		case !w.holds(o, source, q):
		case o.Action == data.Off:
			return nil
		case o.Action == data.Boost || o.Action == data.Bury:
			group := cmp.Or(w.present[o.Target].Group, o.Target)
			if other, twice := weights[group]; !twice || o.Article != "*" || other.Article == "*" { // later ones are newer
				weights[group] = o
			}
		}
	}
	// weight is that of the group of a card, and the rule that says so, if one does.
	weight := func(card data.Card) (float32, int64) {
		o, ok := weights[card.Group]
		if !ok || o.Article == "*" {
			for _, r := range rules {
				if r.Action.Weighs() && w.about(r, card) {
					return float32(r.Strength), r.ID
				}
			}
		}
		if ok {
			return float32(o.Strength), 0
		}
		return 1, 0
	}
	ruledOut := func(card data.Card) bool {
		return rules.any(func(r data.Rule) bool { return r.Action == data.Hide && w.about(r, card) })
	}
	limits := rules.limits(source)
	rowOf := func(id data.ArticleID) int {
		return slices.IndexFunc(w.contents.Cards, func(c data.Card) bool { return c.ID == id })
	}
	group := func(id data.ArticleID) data.ArticleID { return cmp.Or(w.present[id].Group, id) }
	own := func(c data.Card) bool { return wish(source, recommend.OwnLanguage, c.Lang) > 0 }
	row := rowOf(source.ID)

	barred := map[data.ArticleID]bool{} // groups
	for _, id := range q.Exclude {
		barred[group(id)] = true
	}
	if q.From != "" {
		barred[group(q.From)] = true
	}
	// rate gives link the score of a link that the algorithm did not propose.
	rate := func(link *recommend.Link) {
		vectors, scales := w.contents.Vectors, w.contents.Manifest.Scales
		if !own(link.Card) {
			vectors, scales = embed.Dense{}, w.contents.Manifest.CrossScales
			if w.contents.Cross != nil {
				vectors = w.contents.Cross.Vectors
			}
		}
		if target := rowOf(link.Card.ID); row >= 0 && target >= 0 && vectors.Rows > 0 {
			link.Cosine = knn.Cosine(vectors.Row(row), vectors.Row(target))
			link.Rank, link.Base = link.Cosine, link.Cosine
			link.Score = scales.Of(source.Lang).Score(link.Rank, link.Cosine)
		}
	}
	type pin struct {
		data.Override // with Position alone, it stands for a pin of rule
		shown         data.Card
		rule          data.Rule
		link          recommend.Link // of the best of a kind
	}
	var pins []pin
	for _, o := range w.store.overrides {
		switch {
		case !w.holds(o, source, q):
		case o.Action == data.Hide:
			barred[group(o.Target)] = true
		case o.Action == data.Pin:
			target := w.present[o.Target]
			shown, ok := w.version(source, target, q.Languages)
			if !ok && o.Article == source.ID && target.Group != source.Group {
				alone := source // but of the target's language
				alone.Lang = target.Lang
				shown, ok = w.version(alone, target, recommend.OwnLanguage)
			}
			if ok && passes(q.Filter, shown) && (o.Article != "*" || !off && !ruledOut(shown)) {
				pins = append(pins, pin{Override: o, shown: shown})
			}
		}
	}
	for _, r := range rules {
		if r.Action == data.Pin && r.Target != "" && !off {
			if shown, ok := w.version(source, w.present[r.Target], q.Languages); ok && passes(q.Filter, shown) && !ruledOut(shown) {
				pins = append(pins, pin{Override: data.Override{Position: r.Position}, shown: shown, rule: r})
			}
		}
	}
	pins = slices.DeleteFunc(pins, func(p pin) bool { return barred[p.shown.Group] })
	all := slices.Clone(pins)
	power := func(p pin) int {
		switch {
		case p.rule.ID > 0:
			return 2
		case p.Article == "*":
			return 1
		}
		return 3
	}
	first := func(a, b pin) int { // of one power, or on one position
		return cmp.Or(int(b.ID-a.ID), a.rule.Order-b.rule.Order) // those of rules have no ID
	}
	pins = slices.DeleteFunc(pins, func(o pin) bool { // beaten by another pin of the same group
		return slices.ContainsFunc(all, func(p pin) bool {
			return p.shown.Group == o.shown.Group && cmp.Or(power(o)-power(p), first(p, o)) < 0
		})
	})

	type ranked struct {
		recommend.Link
		own   bool    // of the own language and the own candidates
		exact float64 // unrounded score
	}
	var algorithm []ranked
	consider := func(lists knn.Lists, scales snapshot.Scales, factor float64, across bool) {
		for _, n := range lists.Row(row) {
			candidate := w.present[w.contents.Cards[n.Row].ID]
			card, ok := w.version(source, candidate, q.Languages)
			score := scales.Of(source.Lang).Score(n.Cosine, n.Cosine)
			if !ok || barred[card.Group] || score < threshold || !passes(q.Filter, card) || !passes(limits, card) ||
				slices.ContainsFunc(pins, func(p pin) bool { return p.shown.Group == card.Group }) {
				continue
			}
			strength, by := weight(card)
			link := recommend.Link{Score: score, Rank: n.Cosine * strength, Base: n.Cosine, Cosine: n.Cosine, Source: recommend.Algorithm, Card: card, Rule: by}
			if !own(card) {
				link.Source = recommend.OtherLanguage
			}
			algorithm = append(algorithm, ranked{link, own(card) && !across, min(100, factor*float64(n.Cosine)) * float64(strength)})
		}
	}
	if row >= 0 {
		consider(w.contents.Candidates, w.contents.Manifest.Scales, 100, false)
		if w.contents.Cross != nil && q.Languages != "" && q.Languages != recommend.OwnLanguage && !onlyOwn(source, q.Languages) {
			consider(w.contents.Cross.Candidates, w.contents.Manifest.CrossScales, 200, true)
		}
	}
	slices.SortStableFunc(algorithm, func(a, b ranked) int {
		class := func(r ranked) int {
			switch {
			case r.own:
				return 0
			case own(r.Card):
				return 1
			}
			return 2
		}
		return cmp.Or(class(a)-class(b), cmp.Compare(b.exact, a.exact), cmp.Compare(b.Rank, a.Rank),
			b.Card.PublishedAt.Compare(a.Card.PublishedAt), cmp.Compare(a.Card.ID, b.Card.ID))
	})
	seen := map[data.ArticleID]bool{}
	algorithm = slices.DeleteFunc(algorithm, func(r ranked) bool {
		again := seen[r.Card.Group]
		seen[r.Card.Group] = true
		return again
	})
	ranks := slices.DeleteFunc(slices.Clone(algorithm), func(r ranked) bool { return ruledOut(r.Card) })
	for _, r := range rules { // each takes the best of its kind that is left
		at := slices.IndexFunc(ranks, func(l ranked) bool { return w.about(r, l.Card) })
		if r.Action == data.Pin && r.Target == "" && !off && at >= 0 {
			pins = append(pins, pin{Override: data.Override{Position: r.Position}, shown: ranks[at].Card, rule: r, link: ranks[at].Link})
			ranks = slices.Delete(ranks, at, at+1)
		}
	}
	slices.SortFunc(pins, func(a, b pin) int {
		return cmp.Or(min(a.Position, q.Limit)-min(b.Position, q.Limit), first(a, b))
	})
	for _, card := range w.fill(source, q) {
		if !passes(limits, card) {
			continue
		}
		if taken := barred[card.Group] || slices.ContainsFunc(pins, func(p pin) bool { return p.shown.Group == card.Group }); !taken && !seen[card.Group] {
			seen[card.Group] = true
			link := recommend.Link{Source: recommend.Source("fallback:" + q.Fallback), Card: card}
			rate(&link)
			algorithm = append(algorithm, ranked{Link: link})
		}
	}
	algorithm = slices.DeleteFunc(algorithm, func(r ranked) bool {
		return off || ruledOut(r.Card) || slices.ContainsFunc(pins, func(p pin) bool { return p.shown.Group == r.Card.Group })
	})
	most := rules.caps()
	algorithm = slices.DeleteFunc(algorithm, func(r ranked) bool { return !most(r.Card) })
	for len(list) < q.Limit && len(pins)+len(algorithm) > 0 {
		var link recommend.Link
		if len(pins) > 0 && (pins[0].Position <= len(list)+1 || len(list)+1 == q.Limit || len(algorithm) == 0) {
			link = recommend.Link{Source: recommend.Editor, Card: pins[0].shown}
			rate(&link)
			if pins[0].link.Card.ID != "" {
				link = pins[0].link
				link.Source = recommend.Editor
			}
			link.Rule = pins[0].rule.ID
			pins = pins[1:]
		} else {
			link = algorithm[0].Link
			algorithm = algorithm[1:]
		}
		link.Position = len(list) + 1
		list = append(list, fmt.Sprint(link))
	}
	return list
}

// onlyOwn reports whether the languages are all the source's own.
func onlyOwn(source data.Card, languages recommend.Languages) bool {
	for _, lang := range []data.Lang{"en", "zh-Hans", "fr", "und"} {
		if want := wish(source, languages, lang); want > 1000 {
			return false
		}
	}
	return true
}

// sources are the articles that a query by URL may mean, the right one first.
func (w *world) sources(url string) (found []data.Card) {
	for _, c := range w.present {
		if data.CanonicalURL(c.URL) == data.CanonicalURL(url) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b data.Card) int {
		if gone := a.State == data.Unpublished; gone != (b.State == data.Unpublished) {
			if gone {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.ID, b.ID)
	})
	return found
}
