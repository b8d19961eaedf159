package editor

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
)

// ruleFields are the fields of the form for a new rule.
var ruleFields = []string{
	"under_section", "under_tag", "under_author", "under_type", "under_lang", "placement", "published_from", "published_until",
	"action", "target", "target_section", "target_tag", "target_author", "target_type", "position", "strength",
	"only", "max_age_days", "max_per_section", "max_per_author", "from", "until", "note",
}

// slimValues is what of values is a field that is filled in.
func slimValues(values url.Values) url.Values {
	slim := url.Values{}
	for _, name := range ruleFields {
		if text := strings.TrimSpace(values.Get(name)); text != "" {
			slim.Set(name, text)
		}
	}
	return slim
}

// parseRule is the rule that a form asks for; or the key of a text, or an error, that says
// why it is none.
func (s *Server) parseRule(form url.Values) (r data.Rule, key string, err error) {
	names := func(name string) []string {
		return slices.DeleteFunc(splitNames(form.Get(name)), func(one string) bool { return one == "" })
	}
	selection := func(prefix string) data.Selection {
		return data.Selection{Sections: names(prefix + "section"), Tags: names(prefix + "tag"), Authors: names(prefix + "author"), Types: names(prefix + "type")}
	}
	r = data.Rule{
		Under: data.Condition{Selection: selection("under_"), Placements: names("placement")}, Action: data.Action(form.Get("action")),
		Only: data.SectionLimit(form.Get("only")), Note: form.Get("note"),
	}
	for _, text := range names("under_lang") {
		lang, err := data.ParseScope(text)
		if err != nil {
			return r, "", err
		}
		r.Under.Langs = append(r.Under.Langs, lang)
	}
	for _, one := range []struct {
		name string
		into *time.Time
	}{{"published_from", &r.Under.PublishedFrom}, {"published_until", &r.Under.PublishedUntil}, {"from", &r.From}, {"until", &r.Until}} {
		if *one.into, err = time.ParseInLocation("2006-01-02T15:04", form.Get(one.name), s.Location); err == nil {
			continue
		}
		if *one.into, err = parseTime(one.name, form.Get(one.name), s.Location); err != nil {
			return r, "", err
		}
	}
	for _, one := range []struct {
		name string
		into *int
	}{{"max_age_days", &r.MaxAgeDays}, {"max_per_section", &r.MaxPerSection}, {"max_per_author", &r.MaxPerAuthor}} {
		n, err := parseNumber(form, one.name, 0, 1, 36_500)
		if err != nil {
			return r, "", err
		}
		*one.into = int(n)
	}
	if r.Action != "" && r.Action != data.Off {
		if r.Targets = selection("target_"); form.Get("target") != "" {
			if r.Target, err = s.ruleTarget(form.Get("target")); err != nil {
				return r, "", err
			}
		}
	}
	switch {
	case r.Action == data.Pin:
		n, err := parseNumber(form, "position", 1, 1, 100)
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
	switch {
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
	}
	return r, "", r.Validate()
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

// splitNames is a list of names as people write one, with commas of their script.
func splitNames(text string) []string {
	names := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，、\n", r) })
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names
}
