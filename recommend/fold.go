package recommend

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/boilerplate"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/embed/vec"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A folder folds articles into one snapshot: it has what is needed of every row
// at hand. Its methods may be called by one goroutine at a time.
type folder struct {
	snapshot *snapshot.Snapshot
	model    *lsa.Model
	blocks   *boilerplate.Blocks // left out of every text
	err      error               // why nothing can be folded in

	vectors  embed.Dense
	langs    []uint32             // of every row, as numbers
	number   map[data.Lang]uint32 // of a language's Base
	eligible []bool               // rows that may be linked to, as the snapshot has it
	floors   []float32
	groups   []int32 // of every row, its translation group

	cross *crossFolder // nil: the snapshot has no cross-language space

	cosines []float32 // scratch: of every row
	best    []int32   // scratch: of every group, a row + 1
}

// newFolder reads the snapshot once: O(n), and the bytes of its model.
func newFolder(s *snapshot.Snapshot) *folder {
	n := s.Len()
	f := &folder{
		snapshot: s, vectors: s.Vectors(),
		langs: make([]uint32, n), number: map[data.Lang]uint32{}, eligible: make([]bool, n), floors: make([]float32, n),
		groups: make([]int32, n), cosines: make([]float32, n), best: make([]int32, s.Manifest().Counts.Groups),
	}
	f.model, f.err = lsa.ReadModel(s.ModelBytes())
	if file := s.BoilerplateBytes(); len(file) > 0 && f.err == nil {
		f.blocks, f.err = boilerplate.Read(file)
	}
	if s.HasCross() && f.err == nil {
		f.cross, f.err = newCrossFolder(s)
	}
	if f.err != nil {
		f.err = fmt.Errorf("snapshot %s: articles changed since cannot be folded in: %w", s.ID(), f.err)
	}
	for row := range n {
		card := s.Card(row)
		base := card.Lang.Base()
		if _, ok := f.number[base]; !ok {
			f.number[base] = uint32(len(f.number))
		}
		f.langs[row], f.eligible[row], f.floors[row], f.groups[row] = f.number[base], mayBeLinked(&card), s.Floor(row), int32(s.Group(row))
	}
	return f
}

// mayBeLinked reports whether a refresh would look at the article for links.
func mayBeLinked(c *data.Card) bool { return c.State == data.Published && !c.NoLinkTo }

// canFold reports whether s has a model to fold articles in with.
func canFold(s *snapshot.Snapshot) bool { return len(s.ModelBytes()) > 0 }

// put makes e hold what the article is now.
func (f *folder) put(e *overlayEdit, a *data.Article) {
	defer runtime.KeepAlive(f.snapshot) // model and vectors are mapped
	card := a.Card()
	e.remove(a.ID)
	if card.State == data.Unpublished {
		return
	}
	text, _ := CleanText(a, f.blocks)
	vector := f.model.FoldIn(text)
	if f.same(&card, vector) {
		return
	}
	fresh := &folded{id: a.ID, lang: card.Lang.Base(), group: card.Group, linked: mayBeLinked(&card), vector: vector}
	fresh.placing = f.place(&card, vector)
	if f.cross != nil {
		fresh.crossVector = f.cross.model.FoldIn(text)
		fresh.cross = f.placeCross(&card, fresh.crossVector)
	}
	e.add(fresh)
}

// same reports whether the article has the links that the snapshot gives it:
// nothing that they depend on has changed.
func (f *folder) same(card *data.Card, vector []float32) bool {
	row, ok := f.snapshot.Row(card.ID)
	if !ok {
		return false
	}
	old := f.snapshot.Card(row)
	return old.Lang.Base() == card.Lang.Base() && old.Group == card.Group &&
		(f.eligible[row] || !mayBeLinked(card)) && slices.Equal(f.vectors.Row(row), vector)
}

// place compares an article with every row of the snapshot.
func (f *folder) place(card *data.Card, vector []float32) placing {
	var p placing
	lang, ok := f.number[card.Lang.Base()]
	if !ok {
		return p
	}
	self, group := f.find(card)
	linked, k := mayBeLinked(card), f.snapshot.Manifest().Neighbours
	knn.Cosines(f.vectors, vector, f.cosines)
	may := func(row int) bool { return f.langs[row] == lang && row != self && f.groups[row] != group }
	if linked {
		for row, cosine := range f.cosines {
			if cosine > 0 && cosine >= f.floors[row] && may(row) {
				p.hosts = append(p.hosts, knn.Neighbour{Row: int32(row), Cosine: cosine})
			}
		}
	}
	p.own = f.nearest(k, may)
	if len(p.own) == k && k > 0 {
		p.floor = p.own[k-1].Cosine
	}
	return p
}

// find is the row of the article itself and the number of its group, noRow where
// the snapshot has none.
func (f *folder) find(card *data.Card) (self int, group int32) {
	self, ok := f.snapshot.Row(card.ID)
	if !ok {
		self = noRow
	}
	if members := f.snapshot.MembersOf(card.Group); len(members) > 0 {
		return self, f.groups[members[0]]
	}
	return self, noRow
}

// nearest is the k rows that may be linked to of the highest cosines above 0, as
// they stand in f.cosines, best first and one of a group.
func (f *folder) nearest(k int, may func(row int) bool) []knn.Neighbour {
	clear(f.best)
	for row, cosine := range f.cosines {
		if cosine <= 0 || !f.eligible[row] {
			continue
		}
		best := &f.best[f.groups[row]]
		if (*best == 0 || cosine > f.cosines[*best-1]) && may(row) {
			*best = int32(row) + 1
		}
	}
	top := vec.NewTop(k)
	for _, best := range f.best {
		if best > 0 {
			top.Push(int(best-1), f.cosines[best-1])
		}
	}
	var list []knn.Neighbour
	for _, item := range top.Sorted() {
		list = append(list, knn.Neighbour{Row: int32(item.Row), Cosine: item.Score})
	}
	return list
}

// foldFor bounds how long one step folds, so that other changes get into
// service meanwhile.
const foldFor = 100 * time.Millisecond

// fold works off pending articles of v, which nobody else sees yet: those that
// are named or, if none is, as many as one step has time and room for. What an
// error leaves behind is sound, and what was not folded is pending still.
func (e *Engine) fold(ctx context.Context, v *view, named []data.ArticleID) error {
	if len(v.pending) == 0 {
		return nil
	}
	if !canFold(v.snapshot) {
		v.pending = nil
		return nil
	}
	if v.folder == nil {
		v.folder = newFolder(v.snapshot)
	}
	if v.folder.err != nil {
		return v.folder.err
	}
	edit, start := v.overlay.edit(v.snapshot.Len(), v.snapshot.Manifest().Neighbours), time.Now()
	left := make([]data.ArticleID, 0, len(v.pending))
	wanted := make(map[data.ArticleID]bool, len(named))
	for _, id := range named {
		wanted[id] = true
	}
	var problem error
	for i, id := range v.pending {
		_, known := edit.folded[id]
		switch {
		case len(named) > 0 && !wanted[id],
			len(named) == 0 && len(edit.folded) >= e.opts.MostProvisional && !known:
			left = append(left, id)
			continue
		case len(named) == 0 && time.Since(start) > foldFor, ctx.Err() != nil:
			problem = ctx.Err()
		default:
			var a data.Article
			a, problem = e.store.Article(ctx, id)
			switch {
			case problem == nil:
				v.folder.put(edit, &a)
				continue
			case errors.Is(problem, data.ErrNotFound): // a store that was restored from a backup
				edit.remove(id)
				problem = nil
				continue
			}
		}
		left = append(left, v.pending[i:]...)
		break
	}
	v.overlay, v.pending = edit.overlay, left
	return problem
}
