package editor

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend"
)

// ruleForm is the view of rules-new.html: the form for a new rule, and what that rule
// would do.
type ruleForm struct {
	Form       url.Values
	Fields     []formField // those that are filled in
	Placements []string
	Zone       string
	MayEdit    bool

	Fault   string // why it is no rule yet; empty where it is one, or nothing is filled in
	What    string // the rule in a sentence
	Count   int    // articles under which it holds
	Changed int    // of the samples
	Samples []ruleSample
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
)

// handleRuleNew serves GET /editor/rules/new: the form for a rule and, where it is filled
// in, what the rule would do.
func (s *Server) handleRuleNew(c echo.Context) error {
	m, err := s.Links.Engine.Moment()
	if errors.Is(err, data.ErrNoSnapshot) {
		return s.page(c, "nothing-yet", nil)
	}
	if err != nil {
		return err
	}
	form := slimValues(c.QueryParams())
	v := ruleForm{Form: form, Placements: s.Links.Placements, Zone: s.Location.String(), MayEdit: Who(c).Role.May(account.Editor)}
	if len(form) == 0 {
		return s.page(c, "rules-new", v)
	}
	for _, name := range ruleFields {
		if form.Has(name) {
			v.Fields = append(v.Fields, formField{name, form.Get(name)})
		}
	}
	r, key, err := s.parseRule(form)
	invalid, isInvalid := errors.AsType[*data.InvalidError](err)
	switch {
	case key != "":
		v.Fault = s.text(c, key)
	case isInvalid:
		v.Fault = invalid.Error()
	case err != nil:
		return err
	default:
		told := r.In(s.Location)
		v.What = told.Sentence()
		if err := s.preview(c.Request().Context(), m, &v, r); err != nil {
			return err
		}
	}
	return s.page(c, "rules-new", v)
}

// preview tells in v what r would do: to the newest of the articles that it is about,
// first those whose lists it changes.
func (s *Server) preview(ctx context.Context, m *recommend.Moment, v *ruleForm, r data.Rule) error {
	placement := ""
	if len(r.Under.Placements) > 0 {
		placement = r.Under.Placements[0]
	}
	var about []data.Card
	now := s.Now()
	err := m.Articles(func(k recommend.Known) bool {
		if k.Card.Visible(now) && !k.Card.NoLinks && r.Under.Holds(&k.Card, placement) {
			v.Count++
			about = append(about, k.Card)
		}
		return true
	})
	if err != nil {
		return err
	}
	slices.SortFunc(about, func(a, b data.Card) int {
		return cmp.Or(b.PublishedAt.Compare(a.PublishedAt), cmp.Compare(a.ID, b.ID))
	})
	with := m.WithRule(r)
	var same []ruleSample
	for _, card := range about[:min(mostTried, len(about))] {
		q := recommend.Query{ID: card.ID, Placement: placement}
		before, err := m.Related(ctx, q)
		if err != nil {
			return err
		}
		after, err := with.Related(ctx, q)
		if err != nil {
			return err
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

func sampleLinks(list, other recommend.List) []sampleLink {
	there := shown(other.Links)
	links := make([]sampleLink, len(list.Links))
	for i := range list.Links {
		card := list.Links[i].Card
		links[i] = sampleLink{card, !slices.Contains(there, card.ID)}
	}
	return links
}
