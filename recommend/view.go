package recommend

import (
	"cmp"
	"iter"
	"slices"
	"sort"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/reason"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A view is all that a request looks at. It never changes.
type view struct {
	snapshot  *snapshot.Snapshot           // nil: nothing is in service
	catalog   *catalog                     // of snapshot
	live      map[data.ArticleID]data.Card // of the articles changed since the snapshot
	liveURLs  map[string][]data.ArticleID  // of live, by canonical URL
	liveDates []dated                      // live, newest first
	overrides *overrides

	// liveGroups are those of live that are in a group of another article's id.
	liveGroups   map[data.ArticleID][]data.ArticleID
	translations bool // there may be groups of two articles and more
	stories      bool // there may be stories of two articles and more

	temperature float64 // of lists drawn at random, see Explore

	revision data.Revision // of the store, when live and overrides were read
	version  uint64        // that no other view has
	until    time.Time     // when time alone may change a list

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

// rowOf is the row of an article, noRow if it is newer than the snapshot.
func (v *view) rowOf(id data.ArticleID) int {
	row, ok := v.snapshot.Row(id)
	if !ok {
		return noRow
	}
	return row
}

// find is the present card of an article, and rowOf.
func (v *view) find(id data.ArticleID) (card data.Card, row int, ok bool) {
	row = v.rowOf(id)
	card, changed := v.live[id]
	if !changed && row != noRow {
		card = v.snapshot.Card(row)
	}
	return card, row, changed || row != noRow
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
	row          int
	id           data.ArticleID
	rank, cosine float32
}

// candidates yields the candidates of an article, which is in row: those of the
// snapshot, but for the ones that were folded in since, and the folded ones in
// the places that they have among them. They end where others might come first
// that neither list has room for, if all are to be sure.
func (v *view) candidates(id data.ArticleID, row int, sure bool) iter.Seq[candidate] {
	var list []rank.Link
	var guests []guest
	var floor float32
	switch f := v.overlay.of(id); {
	case f != nil:
		list, guests, floor = v.ranksOf(f), f.guests, f.floor
	case row != noRow:
		list, guests, floor = v.links(row), v.overlay.guestsOf(row), v.snapshot.Floor(row)
	}
	if sure && (!v.snapshot.HasLinks() || v.overlay.holds(id)) {
		if len(guests) > 0 && len(guests) == v.overlay.most {
			floor = max(floor, guests[len(guests)-1].cosine)
		}
		list = list[:sort.Search(len(list), func(i int) bool { return list[i].Cosine <= floor })]
		guests = guests[:sort.Search(len(guests), func(i int) bool { return guests[i].cosine <= floor })]
	}
	rankOf := rankAmong(list, len(guests))
	return func(yield func(candidate) bool) {
		list, guests := list, guests // it may be gone through again
		for len(list)+len(guests) > 0 {
			var c candidate
			if len(list) == 0 || len(guests) > 0 && rankOf(guests[0].cosine) > list[0].Score {
				c, guests = candidate{noRow, guests[0].id, rankOf(guests[0].cosine), guests[0].cosine}, guests[1:]
			} else {
				c, list = candidate{int(list[0].Row), "", list[0].Score, list[0].Cosine}, list[1:]
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

// links is the ranked list of a row, which is mapped: v keeps it so.
func (v *view) links(row int) []rank.Link {
	if v.snapshot.HasLinks() {
		return v.snapshot.LinkLists().Row(row)
	}
	return v.snapshot.Links(row)
}

// ranksOf is the candidates of a folded article, ranked by their cosines.
func (v *view) ranksOf(f *folded) []rank.Link {
	scale := v.snapshot.Manifest().Scales.Of(f.lang)
	list := make([]rank.Link, len(f.own))
	for i, n := range f.own {
		list[i] = rank.Link{Row: n.Row, Score: scale.Rank(n.Cosine), Cosine: n.Cosine}
	}
	return list
}

// rankAmong says which ranking score a cosine is worth among the links of a list: it
// stands among their scores where it stands among their cosines. For no guests it is
// not made.
func rankAmong(list []rank.Link, guests int) func(cosine float32) float32 {
	if guests == 0 {
		return nil
	}
	cosines := make([]float32, len(list)) // descending, as the scores are
	for i := range list {
		cosines[i] = list[i].Cosine
	}
	slices.SortFunc(cosines, func(a, b float32) int { return cmp.Compare(b, a) })
	return func(cosine float32) float32 {
		at := sort.Search(len(cosines), func(i int) bool { return cosines[i] <= cosine })
		switch {
		case len(cosines) == 0:
			return cosine
		case at < len(cosines) && cosines[at] == cosine:
			return list[at].Score
		case at == 0:
			return float32(float64(list[0].Score) + float64(cosine) - float64(cosines[0]))
		case at == len(cosines):
			return float32(float64(list[at-1].Score) / float64(cosines[at-1]) * float64(cosine))
		}
		share := (float64(cosine) - float64(cosines[at])) / (float64(cosines[at-1]) - float64(cosines[at]))
		return float32(float64(list[at].Score) + share*(float64(list[at-1].Score)-float64(list[at].Score)))
	}
}

// cardOf is the present card of a candidate.
func (v *view) cardOf(c candidate) data.Card {
	if c.row == noRow {
		return v.live[c.id]
	}
	return v.card(c.row)
}

// ranked yields the links of the algorithm that own and across, candidates in the
// article's language and in others, the best first, give: those in its own language
// by ranking score, newer first, then by id; then those in others. They score the
// threshold, and no group is among them twice. Where a boost or bury is in force all of
// own is looked at before the first link, else no more than is asked for.
func (a *request) ranked(own iter.Seq[candidate], across []knn.Neighbour) iter.Seq[Link] {
	return func(yield func(Link) bool) {
		scale, others := a.view.snapshot.Manifest().Scales.Of(a.source.Lang), a.reader.wantsOthers()
		var (
			shown []data.ArticleID // groups
			ties  []Link           // those of one ranking score; all, if any is weighed
			fill  []filling
		)
		if a.weighs {
			ties = make([]Link, 0, mostWeighed)
		}
		show := func(link Link) bool {
			if a.view.translations || others {
				if slices.Contains(shown, link.Card.Group) {
					return true
				}
				shown = append(shown, link.Card.Group)
			}
			return yield(link)
		}
		flush := func() bool {
			slices.SortStableFunc(ties, func(a, b Link) int {
				return cmp.Or(cmp.Compare(b.Rank, a.Rank), compareCards(&a.Card, &b.Card))
			})
			for _, link := range ties {
				if !show(link) {
					return false
				}
			}
			ties = ties[:0]
			return true
		}
		for c := range own {
			if !a.weighs && len(ties) > 0 && ties[0].Rank != c.rank && !flush() {
				return
			}
			score := scale.Score(c.rank, c.cosine)
			if score < a.threshold {
				if a.withheld == nil && scale.Score(c.rank, 1) < a.threshold {
					break // and so does all that follows
				}
				a.belowThreshold(c, score)
				continue
			}
			link, ok := a.linkOf(c)
			link.Score = score
			switch {
			case !ok:
			case link.Source == Algorithm:
				ties = append(ties, link)
			default:
				fill = append(fill, a.filling(link, share(scale, c.rank, c.cosine)))
			}
		}
		if !flush() || !others {
			return
		}
		scale = a.view.snapshot.Manifest().CrossScales.Of(a.source.Lang)
		for _, c := range across {
			score := scale.Score(c.Cosine, c.Cosine)
			if score < a.threshold {
				if a.withheld == nil {
					break
				}
				a.belowThreshold(candidate{row: int(c.Row)}, score)
				continue
			}
			if link, ok := a.linkOf(candidate{row: int(c.Row), rank: c.Cosine, cosine: c.Cosine}); ok {
				link.Score = score
				fill = append(fill, a.filling(link, share(scale, c.Cosine, c.Cosine)))
			}
		}
		foreign := a.reader.foreign
		slices.SortStableFunc(fill, func(a, b filling) int {
			return cmp.Or(cmp.Compare(foreign(a.Card.Lang), foreign(b.Card.Lang)), cmp.Compare(b.share, a.share),
				cmp.Compare(b.Rank, a.Rank), compareCards(&a.Card, &b.Card))
		})
		for _, f := range fill {
			if !show(f.Link) {
				return
			}
		}
	}
}

// A filling is a link that fills a list up, with its unrounded score, times the
// strength of a boost or bury: cosines of different spaces say nothing beside one
// another.
type filling struct {
	Link
	share float64
}

func (a *request) filling(l Link, share float64) filling {
	if a.weighs {
		weight, _ := a.rules.weight(a.wish(), &l.Card)
		share *= float64(weight)
	}
	return filling{l, share}
}

// share is s.Score before it is rounded: 0–100.
func share(s snapshot.Scale, rank, cosine float32) float64 {
	score := s.Score(rank, cosine)
	if score == 0 || score == 100 || len(s.Quantiles) <= score+1 {
		return float64(score)
	}
	low, high := float64(s.Quantiles[score]), float64(s.Quantiles[score+1]) // low < rank <= high
	return float64(score) + (float64(rank)-low)/(high-low)
}

// compareCards orders links of one score: newer first, then by id.
func compareCards(a, b *data.Card) int {
	return cmp.Or(b.PublishedAt.Compare(a.PublishedAt), cmp.Compare(a.ID, b.ID))
}

// linkOf is the link, without its score, to the version of candidate c that the
// reader wants, if there is one that may be shown and passes the filters.
func (a *request) linkOf(c candidate) (link Link, ok bool) {
	link = Link{Rank: c.rank, Base: c.rank, Cosine: c.cosine, Source: Algorithm, Card: a.view.cardOf(c)}
	if r, by := a.rejects(&link.Card, c.row); r.Code != "" {
		a.withheld.addBy(&link.Card, r, by)
		return Link{}, false
	}
	link.Provisional = c.row == noRow || a.view.overlay.holds(link.Card.ID)
	if !a.source.SameLanguage(&link.Card) {
		link.Source = OtherLanguage
	}
	if a.weighs {
		weight, by := a.rules.weight(a.wish(), &link.Card)
		link.Rank *= weight
		link.Rule = by.id()
	}
	return link, true
}

// rejects makes of card, which is that of row, the version that the reader wants, or
// says why it is no link, and by which rule.
func (a *request) rejects(card *data.Card, row int) (r reason.Rejection, by rule) {
	v := a.view
	switch {
	case !a.source.MayLink(card):
		return reason.Rejection{Code: reason.Translation}, by
	case !v.choose(card, row, a.reader, a.now):
		if a.withheld == nil {
			return reason.Rejection{Code: reason.Unpublished}, by
		}
		return absence(card, a), by
	case !a.asked.passes(card):
		return reason.Rejection{Code: reason.Filtered}, by
	case !a.sieve.passes(card):
		return a.ruling.breach(card)
	case a.row != noRow && row != noRow && v.stories && v.snapshot.Story(a.row) == v.snapshot.Story(row):
		return reason.Rejection{Code: reason.NearDuplicate, Title: a.source.Title}, by
	}
	return a.policy.rejects(a.source, card, a.now), by
}

// belowThreshold tells of a candidate that scores too low.
func (a *request) belowThreshold(c candidate, score int) {
	if a.withheld == nil {
		return
	}
	card := a.view.cardOf(c)
	a.withheld.add(&card, reason.Rejection{Code: reason.Threshold, Score: score, Least: a.threshold})
}

// pinned is the link to the version that the reader wants of the article target,
// if that may be shown and passes the filters that are asked for. With named it is the version for
// readers of target if the reader wants none.
func (a *request) pinned(target data.ArticleID, named bool) (Link, bool) {
	card, row, ok := a.view.find(target)
	if !ok || !a.source.MayLink(&card) {
		return Link{}, false
	}
	if !a.view.choose(&card, row, a.reader, a.now) && !(named && a.view.choose(&card, row, newReader(card.Lang, OwnLanguage), a.now)) {
		return Link{}, false
	}
	if !a.asked.passes(&card) {
		return Link{}, false
	}
	return a.linkTo(card), true
}

// linkTo is the link to an article that the algorithm need not have proposed. It
// scores by the cosine of the two vectors, if both are known.
func (a *request) linkTo(card data.Card) Link {
	v := a.view
	link := Link{Card: card, Provisional: v.overlay.holds(card.ID)}
	vector, scales := v.vector, v.snapshot.Manifest().Scales
	if !a.source.SameLanguage(&card) {
		vector, scales = v.crossVector, v.snapshot.Manifest().CrossScales
	}
	if from, to := vector(a.source.ID, a.row), vector(card.ID, v.rowOf(card.ID)); from != nil && to != nil {
		scale := scales.Of(a.source.Lang)
		link.Cosine = knn.Cosine(from, to)
		link.Rank = scale.Rank(link.Cosine)
		link.Base = link.Rank
		link.Score = scale.Score(link.Rank, link.Cosine)
	}
	return link
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
