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

	// liveGroups are those of live that are in a group of another article's id.
	liveGroups   map[data.ArticleID][]data.ArticleID
	translations bool // there may be groups of two articles and more

	revision data.Revision // of the store, when live and overrides were read

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

// ownLists are the keys of those lists in a view's maps that no older view has.
type ownLists struct {
	urls   map[string]bool
	groups map[data.ArticleID]bool
}

// setLive notes the present card of an article. The maps of v are its own, and
// so are the lists in liveURLs and liveGroups under the keys in own; others may
// be an older view's.
func (v *view) setLive(card data.Card, own ownLists) {
	old, known := v.live[card.ID]
	v.live[card.ID] = card
	if !known {
		old.Group = card.ID // listed under no other
		old.ID = card.ID
	}
	list(v.liveURLs, own.urls, data.CanonicalURL(old.URL), data.CanonicalURL(card.URL), card.ID)
	list(v.liveGroups, own.groups, translates(&old), translates(&card), card.ID)
	if !v.translations {
		for range v.versions(&card, noRow) {
			v.translations = true
		}
	}
}

// list moves id from the list under one key to that under another, "" being
// none.
func list[K ~string](lists map[K][]data.ArticleID, own map[K]bool, before, after K, id data.ArticleID) {
	if before == after {
		return
	}
	for _, changed := range []K{before, after} {
		if !own[changed] {
			own[changed] = true
			lists[changed] = slices.Clone(lists[changed])
		}
	}
	lists[after] = append(lists[after], id)
	lists[before] = slices.DeleteFunc(lists[before], func(other data.ArticleID) bool { return other == id })
	delete(lists, "")
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

// ranked yields the links of the algorithm under source, which is in row, for r,
// as far as they score the threshold: those in its own language by ranking
// score, newer first, then by id; then those in others. No group is in it twice.
func (v *view) ranked(source *data.Card, row int, r *reader, threshold int, now time.Time) iter.Seq[Link] {
	return func(yield func(Link) bool) {
		scale, others := v.snapshot.Manifest().Scales.Of(source.Lang), r.wantsOthers()
		var (
			shown []data.ArticleID // groups
			ties  []Link           // those of one ranking score
			fill  []filling
		)
		show := func(link Link) bool {
			if v.translations || others {
				if slices.Contains(shown, link.Card.Group) {
					return true
				}
				shown = append(shown, link.Card.Group)
			}
			return yield(link)
		}
		flush := func() bool {
			slices.SortStableFunc(ties, func(a, b Link) int { return compareCards(&a.Card, &b.Card) })
			for _, link := range ties {
				if !show(link) {
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
			link, ok := v.linkOf(c, source, r, now)
			link.Score = score
			switch {
			case !ok:
			case link.Source == Algorithm:
				ties = append(ties, link)
			default:
				fill = append(fill, filling{link, share(scale, c.cosine)})
			}
		}
		if !flush() || !others {
			return
		}
		scale = v.snapshot.Manifest().CrossScales.Of(source.Lang)
		for _, c := range v.crossCandidates(source.ID, row) {
			score := scale.Score(c.Cosine)
			if score < threshold {
				break
			}
			if link, ok := v.linkOf(candidate{row: int(c.Row), cosine: c.Cosine}, source, r, now); ok {
				link.Score = score
				fill = append(fill, filling{link, share(scale, c.Cosine)})
			}
		}
		slices.SortStableFunc(fill, func(a, b filling) int {
			return cmp.Or(cmp.Compare(r.foreign(a.Card.Lang), r.foreign(b.Card.Lang)), cmp.Compare(b.share, a.share),
				cmp.Compare(b.Rank, a.Rank), compareCards(&a.Card, &b.Card))
		})
		for _, f := range fill {
			if !show(f.Link) {
				return
			}
		}
	}
}

// A filling is a link that fills a list up, with its unrounded score: cosines of
// different spaces say nothing beside one another.
type filling struct {
	Link
	share float64
}

// share is s.Score before it is rounded: 0–100.
func share(s snapshot.Scale, cosine float32) float64 {
	score := s.Score(cosine)
	if score == 0 || score == 100 || len(s.Quantiles) <= score+1 {
		return float64(score)
	}
	low, high := float64(s.Quantiles[score]), float64(s.Quantiles[score+1]) // low < cosine <= high
	return float64(score) + (float64(cosine)-low)/(high-low)
}

// compareCards orders links of one score: newer first, then by id.
func compareCards(a, b *data.Card) int {
	return cmp.Or(b.PublishedAt.Compare(a.PublishedAt), cmp.Compare(a.ID, b.ID))
}

// linkOf is the link, without its score, from source to the version of candidate
// c that r wants, if there is one that may be shown at time now.
func (v *view) linkOf(c candidate, source *data.Card, r *reader, now time.Time) (link Link, ok bool) {
	link = Link{Rank: c.cosine, Source: Algorithm, Card: v.cardOf(c)}
	if !source.MayLink(&link.Card) || !v.choose(&link.Card, c.row, r, now) {
		return Link{}, false
	}
	link.Provisional = c.row == noRow || v.overlay.holds(link.Card.ID)
	if !source.SameLanguage(&link.Card) {
		link.Source = OtherLanguage
	}
	return link, true
}

// pinned is the link from source, which is in row, to the version that r wants of
// the article target, if that may be shown at time now. With named it is the
// version for readers of target if r wants none.
func (v *view) pinned(source *data.Card, row int, target data.ArticleID, named bool, r *reader, now time.Time) (Link, bool) {
	card, at, ok := v.find(target)
	if !ok || !source.MayLink(&card) {
		return Link{}, false
	}
	if !v.choose(&card, at, r, now) && !(named && v.choose(&card, at, newReader(card.Lang, OwnLanguage), now)) {
		return Link{}, false
	}
	if card.ID != target {
		card, at, _ = v.find(card.ID)
	}
	link := Link{Card: card, Provisional: v.overlay.holds(card.ID)}
	vector, scales := v.vector, v.snapshot.Manifest().Scales
	if !source.SameLanguage(&card) {
		vector, scales = v.crossVector, v.snapshot.Manifest().CrossScales
	}
	if from, to := vector(source.ID, row), vector(card.ID, at); from != nil && to != nil {
		link.Rank = knn.Cosine(from, to)
		link.Score = scales.Of(source.Lang).Score(link.Rank)
	}
	return link, true
}

// vector is that of an article, which is in row, in the space of its language;
// nil if it is not known.
func (v *view) vector(id data.ArticleID, row int) []float32 {
	if f := v.overlay.of(id); f != nil {
		return f.vector
	}
	if row == noRow {
		return nil
	}
	return v.snapshot.Vector(row)
}

// crossVector is that of an article, which is in row, in the space of all
// languages; nil if it is not known.
func (v *view) crossVector(id data.ArticleID, row int) []float32 {
	if f := v.overlay.of(id); f != nil {
		return f.crossVector
	}
	if row == noRow || !v.snapshot.HasCross() {
		return nil
	}
	return v.snapshot.CrossVector(row)
}

// crossCandidates is the candidates of an article, which is in row, among those
// in other languages.
func (v *view) crossCandidates(id data.ArticleID, row int) []knn.Neighbour {
	if f := v.overlay.of(id); f != nil {
		return f.cross
	}
	if row == noRow {
		return nil
	}
	return v.snapshot.CrossCandidates(row)
}
