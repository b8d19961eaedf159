package editor

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
)

// ruleFields are the fields of the form for a rule.
var ruleFields = []string{
	"under_section", "under_tag", "under_author", "under_type", "under_lang", "placement", "published_from", "published_until",
	"action", "target", "target_section", "target_tag", "target_author", "target_type", "position", "strength",
	"only", "max_age_days", "max_per_section", "max_per_author", "from", "until", "note",
}

// ruleNameFields are those of them that may be there several times, a name in each.
var ruleNameFields = []string{
	"under_section", "under_tag", "under_author", "under_type", "under_lang", "placement", "target_section", "target_tag", "target_author", "target_type",
}

// slimValues is what of values is a field that is filled in.
func slimValues(values url.Values) url.Values {
	slim := url.Values{}
	for _, name := range ruleFields {
		for _, text := range values[name] {
			if text = strings.TrimSpace(text); text != "" && (len(slim[name]) == 0 || slices.Contains(ruleNameFields, name)) {
				slim.Add(name, text)
			}
		}
	}
	return slim
}

// ruleValues is the form that asks for r; times are those of zone.
func ruleValues(r *data.Rule, zone *time.Location) url.Values {
	values := url.Values{}
	set := func(name, text string) {
		if text != "" {
			values.Set(name, text)
		}
	}
	names := func(name string, all []string) {
		if len(all) > 0 {
			values[name] = slices.Clone(all)
		}
	}
	selection := func(prefix string, k *data.Selection) {
		names(prefix+"section", k.Sections)
		names(prefix+"tag", k.Tags)
		names(prefix+"author", k.Authors)
		names(prefix+"type", k.Types)
	}
	moment := func(name string, at time.Time, day bool) {
		if at.IsZero() {
			return
		}
		at = at.In(zone)
		layout := "2006-01-02T15:04"
		if hour, minute, second := at.Clock(); second > 0 {
			layout += ":05"
		} else if day && hour == 0 && minute == 0 {
			layout = time.DateOnly
		}
		set(name, at.Format(layout))
	}
	number := func(name string, n int) {
		if n > 0 {
			set(name, strconv.Itoa(n))
		}
	}
	selection("under_", &r.Under.Selection)
	for _, lang := range r.Under.Langs {
		values.Add("under_lang", string(lang))
	}
	names("placement", r.Under.Placements)
	moment("published_from", r.Under.PublishedFrom, true)
	moment("published_until", r.Under.PublishedUntil, true)
	set("action", string(r.Action))
	set("target", string(r.Target))
	selection("target_", &r.Targets)
	number("position", r.Position)
	if r.Action.Weighs() {
		set("strength", strconv.FormatFloat(r.Strength, 'f', -1, 64))
	}
	set("only", string(r.Only))
	number("max_age_days", r.MaxAgeDays)
	number("max_per_section", r.MaxPerSection)
	number("max_per_author", r.MaxPerAuthor)
	moment("from", r.From, false)
	moment("until", r.Until, false)
	set("note", r.Note)
	return values
}

// A ruleParser reads forms.
type ruleParser struct {
	zone   *time.Location
	target func(name string) (data.ArticleID, error) // the article of that id or address
	old    *data.Rule                                // that the form changes; nil: it is for a new one
}

// parse is the rule that a form asks for; or the key of a text, or an error, that says why
// it is none. What a form has no field for is as in the old rule, and so is what the form
// has as it would show that: spaces around a name and parts of a second are in no form.
func (p ruleParser) parse(form url.Values) (r data.Rule, key string, err error) {
	old, shown := data.Rule{}, url.Values{}
	if p.old != nil {
		old, shown = *p.old, ruleValues(p.old, p.zone)
	}
	names := func(name string) []string {
		if was := shown[name]; slices.Equal(form[name], slimValues(url.Values{name: was})[name]) {
			return was
		}
		return form[name]
	}
	selection := func(prefix string) data.Selection {
		return data.Selection{Sections: names(prefix + "section"), Tags: names(prefix + "tag"), Authors: names(prefix + "author"), Types: names(prefix + "type")}
	}
	r = data.Rule{
		ID: old.ID, Order: old.Order, Author: old.Author, Paused: old.Paused, Created: old.Created,
		Under: data.Condition{Selection: selection("under_"), Placements: names("placement")}, Action: data.Action(form.Get("action")),
		Only: data.SectionLimit(form.Get("only")), Note: strings.ReplaceAll(form.Get("note"), "\r\n", "\n"),
	}
	if r.Note == strings.TrimSpace(old.Note) {
		r.Note = old.Note
	}
	for _, text := range form["under_lang"] {
		lang, err := data.ParseScope(text)
		if err != nil {
			return r, "", &data.InvalidError{Field: "under_lang", Reason: err.Error()}
		}
		r.Under.Langs = append(r.Under.Langs, lang)
	}
	for _, one := range []struct {
		name string
		was  time.Time
		into *time.Time
	}{
		{"published_from", old.Under.PublishedFrom, &r.Under.PublishedFrom},
		{"published_until", old.Under.PublishedUntil, &r.Under.PublishedUntil},
		{"from", old.From, &r.From},
		{"until", old.Until, &r.Until},
	} {
		if text := form.Get(one.name); text == shown.Get(one.name) {
			*one.into = one.was // of which the form may lack a part of a second
		} else if *one.into, err = parseRuleTime(one.name, text, p.zone); err != nil {
			return r, "", err
		}
	}
	for _, one := range []struct {
		name string
		most int64
		into *int
	}{{"max_age_days", mostRuleDays, &r.MaxAgeDays}, {"max_per_section", mostRuleLinks, &r.MaxPerSection}, {"max_per_author", mostRuleLinks, &r.MaxPerAuthor}} {
		n, err := parseNumber(form, one.name, 0, 1, one.most)
		if err != nil {
			return r, "", err
		}
		*one.into = int(n)
	}
	if r.Action != "" && r.Action != data.Off {
		if r.Targets = selection("target_"); form.Get("target") != "" {
			if r.Target, err = p.target(form.Get("target")); err != nil {
				return r, "", err
			}
		}
	}
	switch {
	case r.Action == data.Pin:
		n, err := parseNumber(form, "position", 1, 1, max(mostRulePosition, int64(old.Position)))
		if err != nil {
			return r, "", err
		}
		r.Position = int(n)
	case r.Action.Weighs():
		text := form.Get("strength")
		if text == "" {
			text = map[data.Action]string{data.Boost: "2", data.Bury: "0.5"}[r.Action]
		}
		if r.Strength, err = strconv.ParseFloat(text, 64); err != nil {
			return r, "", &data.InvalidError{Field: "strength", Reason: "is " + data.Quote(text) + "; it must be a number"}
		}
	}
	switch published := &r.Under; {
	case r.Action == "" && !r.Limits():
		return r, "rules-new.nothing", nil
	case r.Action != "" && r.Action != data.Off && r.Target == "" && r.Targets.Empty():
		return r, "rules-new.no-target", nil
	case r.Target != "" && !r.Targets.Empty():
		return r, "rules-new.two-targets", nil
	case r.Action == data.Off && r.Under.Empty():
		return r, "rules-new.off-everywhere", nil
	case r.Action == data.Off && r.Limits():
		return r, "rules-new.off-limited", nil
	case !r.Until.IsZero() && !r.From.Before(r.Until):
		return r, "rules-new.no-time", nil
	case !published.PublishedUntil.IsZero() && !published.PublishedFrom.Before(published.PublishedUntil):
		return r, "rules-new.no-published", nil
	}
	return r, "", r.Validate()
}

// The most that the form takes, of which the numbers of days and links are data.Rule's.
const (
	mostRuleDays     = 36_500
	mostRuleLinks    = 1000
	mostRulePosition = 100
)

// parseRuleTime is a time as the fields of browsers have it, or as parseTime does.
func parseRuleTime(name, text string, zone *time.Location) (time.Time, error) {
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at, nil
		}
	}
	return parseTime(name, text, zone)
}

// ruleTarget is the id of the article that an editor names by id or address.
func (s *Server) ruleTarget(name string) (data.ArticleID, error) {
	m, err := s.Links.Engine.Moment()
	if err != nil {
		return "", err
	}
	k, ok, err := m.Find(name)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", &data.InvalidError{Field: "target", Reason: "is " + data.Quote(name) + ", which is no article's id or address"}
	}
	return k.Card.ID, nil
}

// ruleParser reads forms about the old rule; nil: about a new one.
func (s *Server) ruleParser(old *data.Rule) ruleParser {
	return ruleParser{s.Location, s.ruleTarget, old}
}

// RuleFault says why a form is no rule: the text of key or, where that is empty, what is
// wrong with the field that err names.
func (w words) RuleFault(form url.Values, key string, err error) string {
	if key != "" {
		return w.T(key)
	}
	invalid, ok := errors.AsType[*data.InvalidError](err)
	if !ok || !slices.Contains(ruleFields, invalid.Field) {
		return err.Error()
	}
	label := w.T("rules-new." + invalid.Field)
	switch field := invalid.Field; field {
	case "under_lang":
		return w.T("rules-new.bad-lang", strings.Join(form[field], ", "))
	case "published_from", "published_until", "from", "until":
		return w.T("rules-new.bad-time", label)
	case "max_age_days":
		return w.T("rules-new.bad-number", label, mostRuleDays)
	case "max_per_section", "max_per_author":
		return w.T("rules-new.bad-number", label, mostRuleLinks)
	case "position":
		return w.T("rules-new.bad-number", label, mostRulePosition)
	case "strength":
		return w.T("rules-new.bad-strength")
	case "note":
		return w.T("rules-new.bad-note")
	case "target":
		return w.T("rules-new.bad-target", form.Get(field))
	case "action", "only":
		return w.T("rules-new.bad-choice", label, form.Get(field))
	}
	return w.T("rules-new.bad-names", label)
}
