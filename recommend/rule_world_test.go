package recommend_test

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

func drawAuthors(t *rapid.T) data.TagList {
	return rapid.SampledFrom([]data.TagList{"", "mei", "jo", "mei\njo"}).Draw(t, "authors")
}

// drawRules draws rules about few articles and kinds of articles, so that they meet. deep
// ones look at all that is known of an article; narrow ones limit what its links may be.
func drawRules(t *rapid.T, known []data.ArticleID, deep, narrow bool) []data.Rule {
	names := func(label string, of ...string) []string {
		return rapid.SampledFrom([][]string{nil, nil, of[:1], of}).Draw(t, label)
	}
	kind := func(label string) data.Selection {
		return data.Selection{
			Sections: names(label+" sections", "city", "sport"), Tags: names(label+" tags", "rent", "bus"),
			Authors: names(label+" authors", "mei", "jo"), Types: rapid.SampledFrom([][]string{nil, nil, nil, nil, {"news"}}).Draw(t, label+" types"),
		}
	}
	day := rapid.SampledFrom([]time.Time{{}, {}, {}, now.AddDate(0, 0, -2), now, now.AddDate(0, 0, 2)})
	actions := []data.Action{data.Pin, data.Hide, "", data.Off}
	if deep {
		actions = append(actions, data.Boost, data.Bury, data.Boost)
	}
	rules := make([]data.Rule, rapid.IntRange(0, 5).Draw(t, "rules"))
	for i := range rules {
		r := data.Rule{
			ID: int64(100 + (i*7)%10), Order: i + 1, Action: rapid.SampledFrom(actions).Draw(t, "action"),
			Under: data.Condition{
				Langs:      rapid.SampledFrom([][]data.Lang{nil, nil, nil, {"en"}, {"zh", "en-GB"}, {"zh-Hant"}}).Draw(t, "under langs"),
				Placements: rapid.SampledFrom([][]string{nil, nil, nil, {"side"}, {"side", "top"}}).Draw(t, "under placements"),
			},
			From: day.Draw(t, "from"), Until: day.Draw(t, "until"), Paused: rapid.IntRange(0, 5).Draw(t, "paused") == 0,
		}
		if rapid.Bool().Draw(t, "under some") {
			r.Under.Selection, r.Under.PublishedFrom, r.Under.PublishedUntil = kind("under"), day.Draw(t, "published from"), day.Draw(t, "published until")
		}
		switch r.Action {
		case data.Pin:
			r.Position = rapid.IntRange(1, 4).Draw(t, "position")
		case data.Boost:
			r.Strength = rapid.SampledFrom([]float64{1, 2, 10}).Draw(t, "strength")
		case data.Bury:
			r.Strength = rapid.SampledFrom([]float64{0, 0.5}).Draw(t, "strength")
		}
		if r.Action != data.Off && r.Action != "" {
			r.Targets = kind("target")
			if r.Targets.Empty() || r.Action == data.Pin && !deep {
				r.Target, r.Targets = rapid.SampledFrom(known).Draw(t, "target"), data.Selection{}
			}
		}
		if narrow && r.Action != data.Off && rapid.Bool().Draw(t, "narrow") {
			r.Only = rapid.SampledFrom([]data.SectionLimit{data.AnySection, data.SameSection, data.OtherSections}).Draw(t, "only")
			r.MaxAgeDays = rapid.SampledFrom([]int{0, 1, 2}).Draw(t, "age")
		}
		if deep && r.Action != data.Off {
			r.MaxPerSection = rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "per section")
			r.MaxPerAuthor = rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "per author")
		}
		rules[i] = r
	}
	return rules
}

// ruled is the rules in force for one list, in their order.
type ruled []data.Rule

func (rs ruled) any(is func(data.Rule) bool) bool { return slices.ContainsFunc(rs, is) }

// ruling is the model of rules being in force for a list.
func (w *world) ruling(source data.Card, q recommend.Query) (in ruled) {
	if q.Raw {
		return nil
	}
	for _, r := range w.store.rules {
		lang := cmp.Or(source.Lang, "und")
		isOf := func(l data.Lang) bool { return l == lang || !strings.Contains(string(l), "-") && l == base(lang) }
		at := source.PublishedAt
		switch u := r.Under; {
		case r.Paused, r.From.After(now), !r.Until.IsZero() && !r.Until.After(now), !isKind(u.Selection, source),
			len(u.Langs) > 0 && !slices.ContainsFunc(u.Langs, isOf), len(u.Placements) > 0 && !slices.Contains(u.Placements, q.Placement),
			at.IsZero() && !(u.PublishedFrom.IsZero() && u.PublishedUntil.IsZero()), at.Before(u.PublishedFrom),
			!u.PublishedUntil.IsZero() && !at.Before(u.PublishedUntil):
			continue
		}
		in = append(in, r)
	}
	return in
}

// isKind is the model of data.Selection.
func isKind(k data.Selection, c data.Card) bool {
	for _, field := range []struct {
		wanted []string
		is     string
	}{{k.Sections, c.Section}, {k.Tags, string(c.Tags)}, {k.Authors, string(c.Authors)}, {k.Types, c.Type}} {
		common := func(name string) bool { return slices.Contains(strings.Split(field.is, "\n"), name) }
		if len(field.wanted) > 0 && !slices.ContainsFunc(field.wanted, common) {
			return false
		}
	}
	return true
}

// about reports whether the rule's action is about the article with that card.
func (w *world) about(r data.Rule, card data.Card) bool {
	if r.Target != "" {
		return cmp.Or(w.present[r.Target].Group, r.Target) == card.Group
	}
	return isKind(r.Targets, card)
}

// limits is what the links under source must pass by the rules.
func (rs ruled) limits(source data.Card) (f recommend.Filter) {
	for _, r := range slices.Backward(rs) { // the first says the last word
		if r.Only != data.AnySection {
			f.Sections, f.NotSections = nil, nil
			if source.Section != "" && r.Only == data.SameSection {
				f.Sections = []string{source.Section}
			}
			if source.Section != "" && r.Only == data.OtherSections {
				f.NotSections = []string{source.Section}
			}
		}
		if r.MaxAgeDays > 0 {
			f.Since = now.AddDate(0, 0, -r.MaxAgeDays)
		}
	}
	return f
}

// caps says of one link after the other whether the rules have room for it.
func (rs ruled) caps() func(data.Card) bool {
	var perSection, perAuthor int
	for _, r := range slices.Backward(rs) {
		perSection, perAuthor = cmp.Or(r.MaxPerSection, perSection), cmp.Or(r.MaxPerAuthor, perAuthor)
	}
	sections, authors := map[string]int{}, map[string]int{}
	return func(c data.Card) bool {
		names := strings.Fields(string(c.Authors))
		if perSection > 0 && c.Section != "" && sections[c.Section] >= perSection ||
			perAuthor > 0 && slices.ContainsFunc(names, func(name string) bool { return authors[name] >= perAuthor }) {
			return false
		}
		sections[c.Section]++
		for _, name := range names {
			authors[name]++
		}
		return true
	}
}
