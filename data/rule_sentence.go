package data

import (
	"fmt"
	"strings"
	"time"
)

// In is r with all its times in that zone, which Sentence then tells them in.
func (r Rule) In(zone *time.Location) Rule {
	for _, t := range []*time.Time{&r.From, &r.Until, &r.Created, &r.Under.PublishedFrom, &r.Under.PublishedUntil} {
		if !t.IsZero() {
			*t = t.In(zone)
		}
	}
	return r
}

// Normal is r as a store keeps it: with times in UTC, without what a clock in them says
// beside the time.
func (r Rule) Normal() Rule {
	for _, t := range []*time.Time{&r.From, &r.Until, &r.Created, &r.Under.PublishedFrom, &r.Under.PublishedUntil} {
		*t = t.Round(0).UTC()
	}
	return r
}

// Sentence says in English what r does, for people to read: "Under articles of section
// Politics: only links of the same section, at most 1 per author".
func (r *Rule) Sentence() string {
	s := r.Under.phrase() + ": " + strings.Join(r.effects(), ", ")
	if period := period(r.From, r.Until, "from", "until"); period != "" {
		s += " (" + period + ")"
	}
	return s
}

// phrase says which lists are in s.
func (s *Condition) phrase() string {
	text := "Under every article"
	if about := s.Selection.phrase(); about != "" {
		text = "Under articles " + about
	}
	if len(s.Langs) > 0 {
		langs := make([]string, len(s.Langs))
		for i, lang := range s.Langs {
			langs[i] = string(lang)
		}
		text += " in " + either(langs)
	}
	if published := period(s.PublishedFrom, s.PublishedUntil, "from", "before"); published != "" {
		text += " published " + published
	}
	if len(s.Placements) > 0 {
		text += " in placement " + either(s.Placements)
	}
	return text
}

// phrase says which articles are of that kind; "" if all are.
func (k *Selection) phrase() string {
	var parts []string
	for _, part := range []struct {
		word  string
		names []string
	}{{"of section", k.Sections}, {"tagged", k.Tags}, {"by", k.Authors}, {"of type", k.Types}} {
		if len(part.names) > 0 {
			parts = append(parts, part.word+" "+either(part.names))
		}
	}
	return strings.Join(parts, " ")
}

func (r *Rule) effects() (all []string) {
	links, article := "the links", string(r.Target)
	if r.Target == "" {
		links += " " + r.Targets.phrase()
		article = "the best link " + r.Targets.phrase()
	} else {
		links += " to " + article
	}
	switch r.Action {
	case Pin:
		all = append(all, fmt.Sprintf("%s at position %d", article, r.Position))
	case Hide:
		all = append(all, "no"+strings.TrimPrefix(links, "the"))
	case Boost:
		all = append(all, links+" boosted by "+StrengthText(r.Strength))
	case Bury:
		all = append(all, links+" buried by "+StrengthText(r.Strength))
	case Off:
		all = append(all, "no links at all")
	}
	switch r.Only {
	case SameSection:
		all = append(all, "only links of the same section")
	case OtherSections:
		all = append(all, "only links of other sections")
	}
	if r.MaxAgeDays == 1 {
		all = append(all, "no link older than a day")
	} else if r.MaxAgeDays > 1 {
		all = append(all, fmt.Sprintf("no link older than %d days", r.MaxAgeDays))
	}
	for _, limit := range []struct {
		most int
		per  string
	}{{r.MaxPerSection, "section"}, {r.MaxPerAuthor, "author"}} {
		if limit.most > 0 {
			all = append(all, fmt.Sprintf("at most %d per %s", limit.most, limit.per))
		}
	}
	return all
}

// either lists names of which one is enough. Those that hold a comma are in quotes then.
func either(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	all := make([]string, len(names))
	for i, name := range names {
		if all[i] = name; strings.Contains(name, ",") {
			all[i] = `"` + name + `"`
		}
	}
	last := len(all) - 1
	return strings.Join(all[:last], ", ") + " or " + all[last]
}

// period says from when until when; "" for always.
func period(from, until time.Time, since, before string) string {
	var parts []string
	if !from.IsZero() {
		parts = append(parts, since+" "+moment(from))
	}
	if !until.IsZero() {
		parts = append(parts, before+" "+moment(until))
	}
	return strings.Join(parts, " ")
}

// moment is a time, in the zone that it is in: a date if the day begins then.
func moment(t time.Time) string {
	if year, month, day := t.Date(); t.Equal(time.Date(year, month, day, 0, 0, 0, 0, t.Location())) {
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02 15:04 MST")
}
