package editor

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend"
)

// ruleForm is the view of rules-new.html: the form for a new rule or one that is there, and
// what it would do.
type ruleForm struct {
	Title string

	Rule *data.Rule // as it is; nil: the form is for a new one
	Path string     // of the form
	Tag  string     // of Rule as the form was made of it

	Form       url.Values
	Fields     []formField // those that are filled in
	Known      []knownNames
	Placements []string
	Zone       string
	MayEdit    bool

	Fault   string // why it is no rule yet; empty where it is one, or nothing is filled in
	What    string // the rule in a sentence
	Nowhere string // a placement of the rule that the settings do not name; empty: there is none
	Count   int    // articles under which it holds
	Changed int    // of the samples
	Samples []ruleSample
}

// PageTitle says which rule it is about.
func (v *ruleForm) PageTitle() string { return v.Title }

// Names are the values of a field for names and, where another is to be typed, "".
func (v *ruleForm) Names(field string) []string { return append(slices.Clip(v.Form[field]), "") }

// Has reports whether a field has that value.
func (v *ruleForm) Has(field, value string) bool { return slices.Contains(v.Form[field], value) }

// DateType is the type of a field for a date: that of times where it holds such.
func (v *ruleForm) DateType(field string) string {
	if strings.Contains(v.Form.Get(field), "T") {
		return "datetime-local"
	}
	return "date"
}

// LongNote reports whether the note does not fit into one line.
func (v *ruleForm) LongNote() bool {
	note := v.Form.Get("note")
	return len(note) > 500 || strings.Contains(note, "\n")
}

// formFields are the fields of values in the order of the form.
func formFields(values url.Values) (fields []formField) {
	for _, name := range ruleFields {
		for _, value := range values[name] {
			fields = append(fields, formField{name, value})
		}
	}
	return fields
}

// A formField is a field that is sent along.
type formField struct{ Name, Value string }

// A ruleSample is the list under one article, without and with a rule.
type ruleSample struct {
	Card    data.Card
	Now     []sampleLink
	With    []sampleLink
	Differs bool
}

// A sampleLink is a link in one of two lists.
type sampleLink struct {
	Card data.Card
	Only bool // the other list does not have it
}

const (
	mostSamples = 5
	mostTried   = 50 // articles, the newest, whose lists are compared to find samples that differ

	// Where a rule makes lists look at all articles, each of them takes long: longestTrying
	// after the beginning no more than leastTried are.
	leastTried    = 3
	longestTrying = 60 * time.Millisecond
)

// handleRuleNew serves GET /editor/rules/new: the form for a rule and, where it is filled
// in, what the rule would do.
func (s *Server) handleRuleNew(c echo.Context) error {
	return s.ruleForm(c, &ruleForm{Path: rulesNewPath, Form: slimValues(c.QueryParams())})
}

// ruleForm answers with v and what else its page shows.
func (s *Server) ruleForm(c echo.Context, v *ruleForm) error {
	m, err := s.Links.Engine.Moment()
	if errors.Is(err, data.ErrNoSnapshot) {
		return s.page(c, "nothing-yet", nil)
	}
	if err != nil {
		return err
	}
	w := s.words(c)
	if v.Title = w.T("rules-new.title"); v.Rule != nil {
		v.Title = w.T("rules-new.edit-title", v.Rule.ID)
	}
	v.Fields, v.Zone, v.MayEdit = formFields(v.Form), s.Location.String(), Who(c).Role.May(account.Editor)
	v.Placements = slices.Clone(s.Links.Placements)
	for _, name := range v.Form["placement"] {
		if !slices.Contains(v.Placements, name) {
			v.Placements, v.Nowhere = append(v.Placements, name), name
		}
	}
	if v.Known, err = s.ruleNames.of(m, s.Now()); err != nil {
		return err
	}
	if len(v.Form) == 0 && v.Rule == nil {
		return s.page(c, "rules-new", v)
	}
	r, key, err := s.ruleParser(v.Rule).parse(v.Form)
	switch {
	case key != "" || isInvalid(err):
		v.Fault = w.RuleFault(v.Form, key, err)
	case err != nil:
		return err
	default:
		v.What = w.RuleSentence(r, titlesOf(m, []data.Rule{r}))
		if err := s.preview(c.Request().Context(), m, v, r); err != nil {
			return err
		}
	}
	return s.page(c, "rules-new", v)
}

// preview tells in v what r would do: to the newest of the articles that it is about or
// was, first those whose lists it changes.
func (s *Server) preview(ctx context.Context, m *recommend.Moment, v *ruleForm, r data.Rule) error {
	placement := ""
	for _, name := range r.Under.Placements {
		if placement = name; slices.Contains(s.Links.Placements, name) {
			break
		}
	}
	known := placement == "" || slices.Contains(s.Links.Placements, placement)
	var about newest
	now := s.Now()
	err := m.Articles(func(k recommend.Known) bool {
		if !k.Card.Visible(now) || k.Card.NoLinks {
			return true
		}
		holds := r.Under.Holds(&k.Card, placement)
		if holds {
			v.Count++
		}
		if holds || v.Rule != nil && v.Rule.Under.Holds(&k.Card, placement) {
			about.add(k.Card)
		}
		return true
	})
	if err != nil || !known {
		return err
	}
	with := m.WithRule(r)
	unchanged := v.Rule != nil && v.Rule.Active(now) && effectTag(*v.Rule) == effectTag(r)
	var same []ruleSample
	for i, card := range about.list() {
		if unchanged && i == mostSamples || i >= leastTried && s.Now().Sub(now) > longestTrying {
			break
		}
		q := recommend.Query{ID: card.ID, Placement: placement}
		before, err := m.Related(ctx, q)
		if err != nil {
			return err
		}
		after := before
		if !unchanged {
			if after, err = with.Related(ctx, q); err != nil {
				return err
			}
		}
		one := ruleSample{Card: card, Now: sampleLinks(before, after), With: sampleLinks(after, before), Differs: !slices.Equal(shown(before.Links), shown(after.Links))}
		if !one.Differs {
			same = append(same, one)
		} else if v.Samples = append(v.Samples, one); len(v.Samples) == mostSamples {
			break
		}
	}
	v.Changed = len(v.Samples)
	v.Samples = append(v.Samples, same[:min(mostSamples-len(v.Samples), len(same))]...)
	return nil
}

// effectTag is the entity tag of what r does while it holds.
func effectTag(r data.Rule) string {
	r.From, r.Until, r.Paused, r.Note = time.Time{}, time.Time{}, false, ""
	return editTag(r)
}

// newest keeps the mostTried newest articles of those that are added.
type newest struct {
	cards []data.Card
	since time.Time // as many have come that are no older
}

func (n *newest) add(c data.Card) {
	if c.PublishedAt.Before(n.since) {
		return
	}
	if n.cards = append(n.cards, c); len(n.cards) == 4*mostTried {
		n.cards = n.list()
		n.since = n.cards[mostTried-1].PublishedAt
	}
}

// list is the articles, the newest first.
func (n *newest) list() []data.Card {
	slices.SortFunc(n.cards, func(a, b data.Card) int {
		return cmp.Or(b.PublishedAt.Compare(a.PublishedAt), cmp.Compare(a.ID, b.ID))
	})
	return n.cards[:min(mostTried, len(n.cards))]
}

func sampleLinks(list, other recommend.List) []sampleLink {
	there := shown(other.Links)
	links := make([]sampleLink, len(list.Links))
	for i := range list.Links {
		card := list.Links[i].Card
		links[i] = sampleLink{card, !slices.Contains(there, card.ID)}
	}
	return links
}
