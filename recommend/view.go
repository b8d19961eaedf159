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
	liveURLs  map[string][]data.ArticleID  // of live, by canonical URL
	overrides *overrides
	revision  data.Revision // of the store, when live and overrides were read

	overlay *overlay         // of the live articles as far as they were folded in
	pending []data.ArticleID // the live articles that are yet to be looked at for that
	folder  *folder          // into snapshot; nil: not needed so far. For the engine, not for requests
}

// await adds changed articles to the pending ones.
func (v *view) await(changed []data.ArticleID) {
	if len(changed) == 0 {
		return
	}
	known := make(map[data.ArticleID]bool, len(v.pending))
	for _, id := range v.pending {
		known[id] = true
	}
	v.pending = slices.Clip(v.pending)
	for _, id := range changed {
		if !known[id] {
			known[id] = true
			v.pending = append(v.pending, id)
		}
	}
}

// setLive notes the present card of an article. The maps of v are its own, and
// so are the lists in liveURLs under the keys in own; others may be an older
// view's.
func (v *view) setLive(card data.Card, own map[string]bool) {
	key, before := data.CanonicalURL(card.URL), ""
	if old, known := v.live[card.ID]; known {
		before = data.CanonicalURL(old.URL)
	}
	v.live[card.ID] = card
	if key == before {
		return
	}
	for _, changed := range []string{key, before} {
		if !own[changed] {
			own[changed] = true
			v.liveURLs[changed] = slices.Clone(v.liveURLs[changed])
		}
	}
	v.liveURLs[key] = append(v.liveURLs[key], card.ID)
	v.liveURLs[before] = slices.DeleteFunc(v.liveURLs[before], func(id data.ArticleID) bool { return id == card.ID })
	delete(v.liveURLs, "") // no address
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
	for _, id := range v.liveURLs[data.CanonicalURL(url)] {
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
	return source.MayLink(card) && source.SameLanguage(card) && card.Visible(now)
}

// A candidate is a possible link: an article of the snapshot, by its row, or a
// folded one, by its id, whose row is noRow.
type candidate struct {
	row    int
	id     data.ArticleID
	cosine float32
}

// candidates yields the candidates of an article, which is in row: those of the
// snapshot, but for the ones that were folded in since, and the folded ones in
// the places that they have among them.
func (v *view) candidates(id data.ArticleID, row int) iter.Seq[candidate] {
	var list []knn.Neighbour
	var guests []guest
	switch f := v.overlay.of(id); {
	case f != nil:
		list, guests = f.own, f.guests
	case row != noRow:
		list, guests = v.snapshot.Candidates(row), v.overlay.guestsOf(row)
	}
	return func(yield func(candidate) bool) {
		for len(list)+len(guests) > 0 {
			var c candidate
			if len(list) == 0 || len(guests) > 0 && guests[0].cosine > list[0].Cosine {
				c, guests = candidate{noRow, guests[0].id, guests[0].cosine}, guests[1:]
			} else {
				c, list = candidate{int(list[0].Row), "", list[0].Cosine}, list[1:]
				if v.overlay.size() > 0 && v.overlay.holds(v.snapshot.ArticleID(c.row)) {
					continue
				}
			}
			if !yield(c) {
				return
			}
		}
	}
}

// cardOf is the present card of a candidate.
func (v *view) cardOf(c candidate) data.Card {
	if c.row == noRow {
		return v.live[c.id]
	}
	return v.card(c.row)
}

// ranked yields the links of the algorithm under source, which is in row, as
// far as they score the threshold: by ranking score, newer first, then by id.
func (v *view) ranked(source *data.Card, row, threshold int, now time.Time) iter.Seq[Link] {
	return func(yield func(Link) bool) {
		scale := v.snapshot.Manifest().Scales.Of(source.Lang)
		var ties []Link // those of one ranking score
		flush := func() bool {
			slices.SortFunc(ties, func(a, b Link) int {
				return cmp.Or(b.Card.PublishedAt.Compare(a.Card.PublishedAt), cmp.Compare(a.Card.ID, b.Card.ID))
			})
			for _, link := range ties {
				if !yield(link) {
					return false
				}
			}
			ties = ties[:0]
			return true
		}
		for c := range v.candidates(source.ID, row) {
			if len(ties) > 0 && ties[0].Rank != c.cosine && !flush() {
				return
			}
			score := scale.Score(c.cosine)
			if score < threshold {
				break // and so does all that follows
			}
			if card := v.cardOf(c); mayLink(source, &card, now) {
				ties = append(ties, Link{Score: score, Rank: c.cosine, Source: Algorithm, Card: card, Provisional: c.row == noRow})
			}
		}
		flush()
	}
}

// link is the link from source, which is in row, to the article target, if
// that may be shown at time now.
func (v *view) link(source *data.Card, row int, target data.ArticleID, now time.Time) (Link, bool) {
	card, targetRow, ok := v.find(target)
	if !ok || !mayLink(source, &card, now) {
		return Link{}, false
	}
	link := Link{Card: card, Provisional: v.overlay.holds(target)}
	from, to := v.vector(source.ID, row), v.vector(target, targetRow)
	if from != nil && to != nil {
		link.Rank = knn.Cosine(from, to)
		link.Score = v.snapshot.Manifest().Scales.Of(source.Lang).Score(link.Rank)
	}
	return link, true
}

// vector is that of an article, which is in row; nil if it is not known.
func (v *view) vector(id data.ArticleID, row int) []float32 {
	if f := v.overlay.of(id); f != nil {
		return f.vector
	}
	if row == noRow {
		return nil
	}
	return v.snapshot.Vector(row)
}
