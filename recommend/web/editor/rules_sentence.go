package editor

import (
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
)

// RuleSentence says what r does, in English as data.Rule.Sentence does. Its target is
// called what titles has for it, else by its id.
func (w words) RuleSentence(r data.Rule, titles map[data.ArticleID]string) string {
	r = r.In(w.location)
	text := w.T("rule-says", w.ruleUnder(&r.Under), strings.Join(w.ruleEffects(&r, titles), w.T("rule-says.and")))
	return text + w.period("holds", r.From, r.Until)
}

// ruleUnder says which lists are in s.
func (w words) ruleUnder(s *data.Condition) string {
	kinds := w.kinds(&s.Selection)
	if len(s.Langs) > 0 {
		langs := make([]string, len(s.Langs))
		for i, lang := range s.Langs {
			langs[i] = string(lang)
		}
		kinds = append(kinds, w.T("rule-says.lang", w.either(langs, "rule-says.code")))
	}
	if published := w.period("published", s.PublishedFrom, s.PublishedUntil); published != "" {
		kinds = append(kinds, published)
	}
	text := w.T("rule-says.under-all")
	switch every := s.Selection.Empty(); {
	case len(kinds) > 0 && every && w.lang == english: // "every article in en"
		text += " " + w.joined(kinds)
	case len(kinds) > 0:
		text = w.T("rule-says.under", w.joined(kinds))
	}
	if len(s.Placements) > 0 {
		text += w.T("rule-says.placement", w.either(s.Placements, "rule-says.name"))
	}
	return text
}

// kinds says of which kind articles of k are, one condition after the other.
func (w words) kinds(k *data.Selection) (all []string) {
	for _, kind := range []struct {
		key   string
		names []string
	}{{"rule-says.section", k.Sections}, {"rule-says.tag", k.Tags}, {"rule-says.author", k.Authors}, {"rule-says.type", k.Types}} {
		if len(kind.names) > 0 {
			all = append(all, w.T(kind.key, w.either(kind.names, "rule-says.name")))
		}
	}
	return all
}

// joined is conditions that hold together.
func (w words) joined(kinds []string) string {
	text := ""
	for i, kind := range kinds {
		if i == 0 {
			text = kind
		} else {
			text = w.T("rule-says.both", text, kind)
		}
	}
	return text
}

// either lists names of which one is enough, each as key has it.
func (w words) either(names []string, key string) string {
	all := make([]string, len(names))
	for i, name := range names {
		if w.lang == english && len(names) > 1 && strings.Contains(name, ",") { // where others have quotes anyway
			name = `"` + name + `"`
		}
		all[i] = w.T(key, name)
	}
	last := len(all) - 1
	if last == 0 {
		return all[0]
	}
	return w.T("rule-says.or", strings.Join(all[:last], w.T("rule-says.comma")), all[last])
}

// ruleEffects says what r does, one thing after the other.
func (w words) ruleEffects(r *data.Rule, titles map[data.ArticleID]string) (all []string) {
	add := func(key string, args ...any) { all = append(all, w.T("rule-says."+key, args...)) }
	about, of := w.joined(w.kinds(&r.Targets)), ".kind"
	if r.Target != "" {
		about, of = w.T("rule-says.code", r.Target), ""
		if title := titles[r.Target]; title != "" {
			about = w.T("rule-says.title", title)
		}
	}
	switch r.Action {
	case data.Pin:
		add("pin"+of, about, r.Position)
	case data.Hide:
		add("hide"+of, about)
	case data.Boost, data.Bury:
		add(string(r.Action)+of, about, data.StrengthText(r.Strength))
	case data.Off:
		add("off")
	}
	switch r.Only {
	case data.SameSection:
		add("same")
	case data.OtherSections:
		add("others")
	}
	if r.MaxAgeDays == 1 {
		add("age-day")
	} else if r.MaxAgeDays > 1 {
		add("age", r.MaxAgeDays)
	}
	if r.MaxPerSection > 0 {
		add("per-section", r.MaxPerSection)
	}
	if r.MaxPerAuthor > 0 {
		add("per-author", r.MaxPerAuthor)
	}
	return all
}

// period says from when until when something holds or was published, which is key; "" for
// always.
func (w words) period(key string, from, until time.Time) string {
	switch {
	case from.IsZero() && until.IsZero():
		return ""
	case until.IsZero():
		return w.T("rule-says."+key+".from", w.moment(from))
	case from.IsZero():
		return w.T("rule-says."+key+".until", w.moment(until))
	}
	return w.T("rule-says."+key+".between", w.moment(from), w.moment(until))
}

// moment is a time where the newsroom is: a date if the day begins then.
func (w words) moment(at time.Time) string {
	at = at.In(w.location)
	if year, month, day := at.Date(); at.Equal(time.Date(year, month, day, 0, 0, 0, 0, at.Location())) {
		return at.Format([...]string{"2006-01-02", "2006年1月2日", "2006年1月2日"}[w.lang])
	}
	return at.Format([...]string{"2006-01-02 15:04 MST", "2006年1月2日 15:04", "2006年1月2日 15:04"}[w.lang])
}
