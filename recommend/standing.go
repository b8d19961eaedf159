package recommend

import (
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/reason"
)

// A Standing is what keeps an article from being linked and from showing links.
type Standing struct {
	NotLinked []reason.Rejection // why no list of the algorithm may have it; empty: any may
	NoLinks   []reason.Rejection // why it shows no links; empty: it may
}

// Standing is that of an article, for whatever placement, but for overrides that hold in
// one placement or one language only.
func (m *Moment) Standing(k *Known) (s Standing, err error) {
	defer m.guard(&err)()
	v, card, now := m.view, &k.Card, m.engine.opts.Now()
	target := func(r reason.Rejection) { s.NotLinked = append(s.NotLinked, r) }
	both := func(code reason.Code) {
		target(reason.Rejection{Code: code})
		s.NoLinks = append(s.NoLinks, reason.Rejection{Code: code})
	}
	if card.State == data.Unpublished {
		both(reason.Unpublished)
	}
	if card.State == data.Hidden || card.NoLinkTo {
		target(reason.Rejection{Code: reason.NoLinkTo})
	}
	if card.PublishedAt.After(now) {
		target(reason.Rejection{Code: reason.Scheduled})
	}
	if k.Story != card.ID {
		leader, _, _ := v.find(k.Story)
		target(reason.Rejection{Code: reason.NearDuplicate, Title: leader.Title})
	}
	policy := &m.engine.opts.Policy
	if late := policy.tooOld(card, now); late > 0 {
		target(policy.rejects(&data.Card{}, card, now))
	}
	w := wish{source: &data.Card{Group: card.Group}, now: now}
	if slices.ContainsFunc(v.overrides.hidden[card.Group], w.holds) {
		target(reason.Rejection{Code: reason.Hidden})
	}
	if card.NoLinks {
		s.NoLinks = append(s.NoLinks, reason.Rejection{Code: reason.NoLinks})
	}
	if v.overrides.off(w) {
		s.NoLinks = append(s.NoLinks, reason.Rejection{Code: reason.Off})
	}
	row := v.rowOf(card.ID)
	switch {
	case card.State == data.Unpublished:
	case k.Waiting && row == noRow:
		both(reason.Waiting)
	case !v.placed(card.ID, row):
		both(reason.Wordless)
	case len(s.NoLinks) == 0 && !v.hasCandidates(card.ID, row):
		s.NoLinks = append(s.NoLinks, reason.Rejection{Code: reason.NoneNear})
	}
	return s, nil
}

// placed reports whether the article has a place in the space of its language.
func (v *view) placed(id data.ArticleID, row int) bool {
	return slices.ContainsFunc(v.vector(id, row), func(x float32) bool { return x != 0 })
}

// hasCandidates reports whether the article's list has any, shown or not.
func (v *view) hasCandidates(id data.ArticleID, row int) bool {
	for range v.candidates(id, row, false) {
		return true
	}
	return len(v.crossCandidates(id, row)) > 0
}
