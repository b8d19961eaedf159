package recommend

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A view is all that a request looks at. It never changes.
type view struct {
	snapshot  *snapshot.Snapshot           // nil: nothing is in service
	live      map[data.ArticleID]data.Card // of the articles changed since the snapshot
	liveURLs  map[string][]data.ArticleID  // of live, by URL
	overrides *overrides
	revision  data.Revision // of the store, when live and overrides were read
}

func (v *view) indexURLs() {
	v.liveURLs = map[string][]data.ArticleID{}
	for id, card := range v.live {
		if card.URL != "" {
			v.liveURLs[card.URL] = append(v.liveURLs[card.URL], id)
		}
	}
}

// noRow is the row of an article that is not in the snapshot.
const noRow = -1

// find is the present card of an article and its row, noRow if it is newer
// than the snapshot.
func (v *view) find(id data.ArticleID) (card data.Card, row int, ok bool) {
	row, inSnapshot := v.snapshot.Row(id)
	if !inSnapshot {
		row = noRow
	}
	card, changed := v.live[id]
	if !changed && inSnapshot {
		card = v.snapshot.Card(row)
	}
	return card, row, changed || inSnapshot
}

// findURL is find by URL; see the package comment for which of several it is.
func (v *view) findURL(url string) (card data.Card, row int, ok bool) {
	var found []data.Card
	for _, id := range v.liveURLs[url] {
		found = append(found, v.live[id])
	}
	for row := range v.snapshot.RowsByURL(url) {
		if card := v.snapshot.Card(row); !v.changed(card.ID) {
			found = append(found, card)
		}
	}
	if len(found) == 0 {
		return data.Card{}, noRow, false
	}
	return v.find(slices.MinFunc(found, func(a, b data.Card) int {
		return cmp.Or(cmp.Compare(offSite(a), offSite(b)), cmp.Compare(a.ID, b.ID))
	}).ID)
}

func offSite(c data.Card) int {
	if c.State == data.Unpublished {
		return 1
	}
	return 0
}

func (v *view) changed(id data.ArticleID) bool {
	_, changed := v.live[id]
	return changed
}

// card is the present card of the article in row.
func (v *view) card(row int) data.Card {
	if len(v.live) > 0 {
		if live, changed := v.live[v.snapshot.ArticleID(row)]; changed {
			return live
		}
	}
	return v.snapshot.Card(row)
}

// mayLink reports whether a link from source to card may be shown at time now.
func mayLink(source, card *data.Card, now time.Time) bool {
	return source.MayLink(card) && card.Visible(now)
}

// ranked yields the links of the algorithm under source, which is in row, as
// far as they score the threshold: by ranking score, newer first, then by id.
func (v *view) ranked(source *data.Card, row, threshold int, now time.Time) iter.Seq[Link] {
	return func(yield func(Link) bool) {
		if row == noRow {
			return
		}
		scale := v.snapshot.Manifest().Scales.Of(source.Lang)
		var ties []Link // those of one ranking score
		for list := v.snapshot.Candidates(row); len(list) > 0; {
			rank, score := list[0].Cosine, scale.Score(list[0].Cosine)
			if score < threshold {
				return // and so does all that follows
			}
			ties = ties[:0]
			for len(list) > 0 && list[0].Cosine == rank {
				if card := v.card(int(list[0].Row)); mayLink(source, &card, now) {
					ties = append(ties, Link{Score: score, Rank: rank, Source: Algorithm, Card: card})
				}
				list = list[1:]
			}
			slices.SortFunc(ties, func(a, b Link) int {
				return cmp.Or(b.Card.PublishedAt.Compare(a.Card.PublishedAt), cmp.Compare(a.Card.ID, b.Card.ID))
			})
			for _, link := range ties {
				if !yield(link) {
					return
				}
			}
		}
	}
}

// link is the link from source, which is in row, to the article target, if
// that may be shown at time now.
func (v *view) link(source *data.Card, row int, target data.ArticleID, now time.Time) (Link, bool) {
	card, targetRow, ok := v.find(target)
	if !ok || !mayLink(source, &card, now) {
		return Link{}, false
	}
	link := Link{Card: card}
	if row != noRow && targetRow != noRow {
		link.Rank = knn.Cosine(v.snapshot.Vector(row), v.snapshot.Vector(targetRow))
		link.Score = v.snapshot.Manifest().Scales.Of(source.Lang).Score(link.Rank)
	}
	return link, true
}
