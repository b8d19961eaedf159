package recommend

import (
	"cmp"
	"runtime"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// search is the best candidates of all articles for links that pass the filters,
// in the article's own language and, if the reader wants any, in others: of each
// as many as the list can hold.
func (a *request) search() (own []candidate, across []knn.Neighbour) {
	v := a.view
	defer runtime.KeepAlive(v.snapshot) // the vectors are mapped
	lang, ok := v.space(a.source.ID, a.row)
	if !ok {
		return nil, nil
	}
	s := &search{request: a, wish: a.wish(), lang: lang, vector: v.vector(a.source.ID, a.row), vectors: v.snapshot.Vectors(), scale: v.snapshot.Manifest().Scales.Of(lang)}
	for _, p := range a.rules.pins(s.wish, a.pinned) {
		s.pinned = append(s.pinned, p.link.Card.Group)
	}
	s.look(s.compare)
	if v.overlay != nil {
		for id, f := range v.overlay.folded {
			if f.lang == lang && f.linked {
				s.consider(s.candidate(noRow, id, knn.Cosine(s.vector, f.vector)))
			}
		}
	}
	own = s.take()
	if s.vector = v.crossVector(a.source.ID, a.row); s.vector == nil || !a.reader.wantsOthers() {
		return own, nil
	}
	s.vectors, s.scale = v.snapshot.CrossVectors(), snapshot.Scale{}
	s.look(s.compareAcross)
	for _, c := range s.take() {
		across = append(across, knn.Neighbour{Row: int32(c.row), Cosine: c.cosine})
	}
	return own, across
}

// space is the language (Base) that the vector of an article, which is in row, is
// of; not ok if it has none.
func (v *view) space(id data.ArticleID, row int) (lang data.Lang, ok bool) {
	if f := v.overlay.of(id); f != nil {
		return f.lang, true
	}
	if row == noRow {
		return "", false
	}
	return v.snapshot.Card(row).Lang.Base(), true
}

// A search keeps the best that it has seen so far.
type search struct {
	*request
	wish   wish
	pinned []data.ArticleID // groups

	lang    data.Lang // of the article's space
	scale   snapshot.Scale
	vector  []float32 // of the article
	vectors embed.Dense
	best    []found // no group twice
}

// A found candidate, with its link.
type found struct {
	candidate
	link Link
}

// look calls compare for every row that may lead to a link that passes the
// filters: those of the articles that pass them and of their translations. base is
// the language that row had in the snapshot.
func (s *search) look(compare func(row int, base data.Lang)) {
	v := s.view
	group := func(card *data.Card, row int) {
		for version := range v.versions(card, row) {
			if other, ok := v.snapshot.Row(version.ID); ok {
				compare(other, v.snapshot.Card(other).Lang.Base())
			}
		}
	}
	for _, lang := range v.catalog.langs {
		if lang != s.source.Lang.Base() && !s.reader.wantsOthers() {
			continue
		}
		for row := range v.catalog.passing(lang, s.sieve) {
			compare(row, lang)
			if v.translations && (len(v.live) > 0 || len(v.snapshot.Members(row)) > 1) {
				card := v.card(row)
				group(&card, row)
			}
		}
	}
	for id, card := range v.live {
		if !card.Visible(s.now) || !s.sieve.passes(&card) {
			continue
		}
		row := v.rowOf(id)
		if row != noRow {
			compare(row, v.snapshot.Card(row).Lang.Base())
		}
		if v.translations {
			group(&card, row)
		}
	}
}

// compare looks at a row in the space of the article's language, as refreshes and
// folding in do.
func (s *search) compare(row int, base data.Lang) {
	v := s.view
	if base != s.lang || !v.snapshot.MayBeLinked(row) {
		return
	}
	c := s.candidate(row, "", knn.Cosine(s.vector, s.vectors.Row(row)))
	if !s.beaten(c) && (v.overlay.size() == 0 || !v.overlay.holds(v.snapshot.ArticleID(row))) {
		s.consider(c)
	}
}

// compareAcross looks at a row in the space of all languages, as refreshes do: a
// group with a version in the article's language is there by that alone.
func (s *search) compareAcross(row int, base data.Lang) {
	v := s.view
	if base == s.lang || !v.snapshot.MayBeLinked(row) {
		return
	}
	c := s.candidate(row, "", knn.Cosine(s.vector, s.vectors.Row(row)))
	if s.beaten(c) {
		return
	}
	for _, version := range v.snapshot.Members(row) {
		if card := v.snapshot.Card(int(version)); card.State != data.Unpublished && card.Lang.Base() == s.lang {
			return
		}
	}
	s.consider(c)
}

// candidate is one of which nothing is known but its cosine.
func (s *search) candidate(row int, id data.ArticleID, cosine float32) candidate {
	return candidate{row, id, s.scale.Rank(cosine), cosine}
}

// beaten reports whether c cannot be among the best, by its cosine alone.
func (s *search) beaten(c candidate) bool {
	if c.cosine <= 0 || len(s.best) < s.depth() {
		return c.cosine <= 0
	}
	last := s.best[len(s.best)-1]
	return last.link.Source == Algorithm && c.cosine < last.cosine
}

// consider keeps c if it leads to one of the best links, which stand as they would
// in a list.
func (s *search) consider(c candidate) {
	if s.beaten(c) {
		return
	}
	link, ok := s.linkOf(c)
	if !ok || s.rules.bars(s.wish, link.Card.Group) != "" || s.ruling.hidden(&link.Card).Rule != nil || slices.Contains(s.pinned, link.Card.Group) {
		return
	}
	one := found{c, link}
	if same := slices.IndexFunc(s.best, func(f found) bool { return f.link.Card.Group == link.Card.Group }); same >= 0 {
		if compareFound(one, s.best[same]) >= 0 {
			return
		}
		s.best = slices.Delete(s.best, same, same+1)
	}
	at, _ := slices.BinarySearchFunc(s.best, one, compareFound)
	s.best = slices.Insert(s.best, at, one)
	s.best = s.best[:min(len(s.best), s.depth())]
}

// compareFound orders as lists do: links in the article's own language first, and
// then by cosine.
func compareFound(a, b found) int {
	class := func(f found) int {
		if f.link.Source == Algorithm {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(class(a), class(b)), cmp.Compare(b.cosine, a.cosine), compareCards(&a.link.Card, &b.link.Card))
}

// take is what was found, by cosine, after which nothing is found.
func (s *search) take() []candidate {
	list := make([]candidate, len(s.best))
	for i := range s.best {
		list[i] = s.best[i].candidate
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(b.cosine, a.cosine) })
	s.best = nil
	return list
}
