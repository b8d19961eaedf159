package recommend

import (
	"cmp"
	"iter"
	"time"

	"github.com/alsolike/alsolike/data"
)

// groupOf is the present translation group of an article; that of an unknown one
// is its own.
func (v *view) groupOf(id data.ArticleID) data.ArticleID {
	if card, _, ok := v.find(id); ok {
		return card.Group
	}
	return id
}

// versions yields the present cards of the other articles in the group of card,
// which is that of row.
func (v *view) versions(card *data.Card, row int) iter.Seq[data.Card] {
	return func(yield func(data.Card) bool) {
		var rows []int32
		if row != noRow && !v.changed(card.ID) {
			rows = v.snapshot.Members(row)
		} else {
			rows = v.snapshot.MembersOf(card.Group)
		}
		for _, other := range rows {
			if len(v.live) > 0 && v.changed(v.snapshot.ArticleID(int(other))) || int(other) == row {
				continue
			}
			if !yield(v.snapshot.Card(int(other))) {
				return
			}
		}
		if original, ok := v.live[card.Group]; ok && original.Group == card.Group && original.ID != card.ID && !yield(original) {
			return
		}
		for _, id := range v.liveGroups[card.Group] {
			if id != card.ID && !yield(v.live[id]) {
				return
			}
		}
	}
}

// choose makes of card, which is that of row, the version that r wants most, and
// reports whether one may be shown at time now; if none may, card stays. Of those
// wanted alike it is the one whose language comes first by its tag, then card's
// own, then the one with the smallest id.
func (v *view) choose(card *data.Card, row int, r *reader, now time.Time) bool {
	bestTier := none
	if card.Visible(now) {
		bestTier = r.tier(card.Lang)
	}
	if !v.translations || bestTier == 0 && r.wants[0].exact { // then nothing can be better
		return bestTier != none
	}
	own := *card
	for other := range v.versions(&own, row) {
		if !other.Visible(now) {
			continue
		}
		tier := r.tier(other.Lang)
		better := cmp.Or(cmp.Compare(tier, bestTier), cmp.Compare(other.Lang, card.Lang))
		if better == 0 && card.ID != own.ID {
			better = cmp.Compare(other.ID, card.ID)
		}
		if tier != none && better < 0 {
			*card, bestTier = other, tier
		}
	}
	return bestTier != none
}

// translates is the group of an article that is not named after it, else "".
func translates(c *data.Card) data.ArticleID {
	if c.Group == c.ID {
		return ""
	}
	return c.Group
}
