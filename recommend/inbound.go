package recommend

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/rank"
)

// An Inbound is an article that has another one among its links, or should have.
type Inbound struct {
	Card     data.Card
	Position int     // of the other article in the list that its readers get; 0: below the first DefaultLimit links
	Rank     float32 // the ranking score of the link
	Score    int     // 0–100
}

// Inbound is the articles that should link to the one of q.ID or q.URL, at most q.Limit
// of them: those whose ranked lists have it, the most fitting first, as far as they
// are on the site, show links and were published before it. What an editor reads it
// for is which older articles to link back from.
//
// It looks at all lists, so it takes time in proportion to the corpus. Errors are
// those of Related.
func (e *Engine) Inbound(ctx context.Context, q Query) (target data.Card, all []Inbound, err error) {
	v := e.view.Load()
	if v.snapshot == nil {
		return data.Card{}, nil, fmt.Errorf("recommend: %w", data.ErrNoSnapshot)
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { err = faultError(recover(), v.snapshot, err) }()
	target, row, ok := v.find(q.ID)
	if q.ID == "" {
		target, row, ok = v.findURL(q.URL)
	}
	if !ok {
		return data.Card{}, nil, fmt.Errorf("recommend: article %q: %w", cmp.Or(string(q.ID), q.URL), data.ErrNotFound)
	}
	scale := v.snapshot.Manifest().Scales.Of(target.Lang)
	consider := func(source data.Card, score, cosine float32) {
		older := source.PublishedAt.IsZero() || target.PublishedAt.IsZero() || !source.PublishedAt.After(target.PublishedAt)
		if source.State == data.Unpublished || source.NoLinks || !older || !source.MayLink(&target) {
			return
		}
		all = append(all, Inbound{Card: source, Rank: score, Score: scale.Score(score, cosine)})
	}
	switch f := v.overlay.of(target.ID); {
	case f != nil:
		for _, host := range f.hosts {
			list := v.links(int(host.Row))
			consider(v.card(int(host.Row)), rankAmong(list, 1)(host.Cosine), host.Cosine)
		}
	default:
		for source := range v.snapshot.Len() {
			list := v.links(source)
			if at := slices.IndexFunc(list, func(l rank.Link) bool { return int(l.Row) == row }); at >= 0 {
				consider(v.card(source), list[at].Score, list[at].Cosine)
			}
		}
	}
	slices.SortFunc(all, func(a, b Inbound) int { return cmp.Or(cmp.Compare(b.Rank, a.Rank), compareCards(&a.Card, &b.Card)) })
	all = all[:min(len(all), cmp.Or(q.Limit, DefaultLimit))]
	for i := range all {
		list, err := e.related(ctx, v, Query{ID: all[i].Card.ID}, nil)
		if err != nil {
			return data.Card{}, nil, err
		}
		at := slices.IndexFunc(list.Links, func(l Link) bool { return l.Card.Group == target.Group })
		all[i].Position = at + 1
	}
	return target, all, nil
}
