package recommend

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/boilerplate"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A folder folds articles into one snapshot: it has what is needed of every row
// at hand. It is never changed, and its methods may be called by several
// goroutines at a time.
type folder struct {
	snapshot *snapshot.Snapshot
	model    *lsa.Model
	blocks   *boilerplate.Blocks // left out of every text
	err      error               // why nothing can be folded in

	vectors  embed.Dense          // mapped
	langs    []uint32             // of every row, as numbers
	number   map[data.Lang]uint32 // of a language's Base
	eligible []bool               // rows that may be linked to, as the snapshot has it
	floors   []float32            // of every row, the least cosine above 0 that a guest must reach
	groups   []int32              // of every row, its translation group

	cross *crossFolder // nil: the snapshot has no cross-language space
}

// newFolder looks at every row of the snapshot once. Beside what is mapped, it
// takes 13 bytes for each.
func newFolder(s *snapshot.Snapshot) *folder {
	n := s.Len()
	f := &folder{
		snapshot: s, vectors: s.Vectors(),
		langs: make([]uint32, n), number: map[data.Lang]uint32{}, eligible: make([]bool, n), floors: make([]float32, n), groups: make([]int32, n),
	}
	f.model, f.err = lsa.ReadVerifiedModel(s.ModelBytes())
	if file := s.BoilerplateBytes(); len(file) > 0 && f.err == nil {
		f.blocks, f.err = boilerplate.Read(file)
	}
	if s.HasCross() && f.err == nil {
		f.cross, f.err = newCrossFolder(s)
	}
	if f.err != nil {
		f.err = fmt.Errorf("snapshot %s: articles changed since cannot be folded in: %w", s.ID(), f.err)
	}
	for row, t := range s.Traits() {
		base := t.Lang.Base()
		if _, ok := f.number[base]; !ok {
			f.number[base] = uint32(len(f.number))
		}
		f.langs[row], f.eligible[row], f.groups[row] = f.number[base], t.State == data.Published && !t.NoLinkTo, int32(s.Group(row))
		f.floors[row] = max(s.Floor(row), math.SmallestNonzeroFloat32)
	}
	return f
}

// mayBeLinked reports whether a refresh would look at the article for links.
func mayBeLinked(c *data.Card) bool { return c.State == data.Published && !c.NoLinkTo }

// canFold reports whether s has a model to fold articles in with.
func canFold(s *snapshot.Snapshot) bool { return len(s.ModelBytes()) > 0 }

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

// foldTogether is how many articles one goroutine compares with the rows of a
// snapshot at a time: the rows come from memory once for all of them.
const foldTogether = 8

// fold makes of the articles of these ids, as the store has them now, what stands
// for each in an overlay: nil where it is off the site, or as the snapshot has
// it. With an error those before the one that it is about are returned.
func (f *folder) fold(ctx context.Context, store Store, ids []data.ArticleID) ([]*folded, error) {
	fresh, failed := make([]*folded, len(ids)), make([]error, len(ids))
	var group errgroup.Group
	for lo := 0; lo < len(ids); lo += foldTogether {
		hi := min(lo+foldTogether, len(ids))
		group.Go(func() error { return f.foldPart(ctx, store, ids[lo:hi], fresh[lo:hi], failed[lo:hi]) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i, err := range failed {
		if err != nil {
			return fresh[:i], err
		}
	}
	return fresh, nil
}

// foldPart does that for a few, and tells what failed of each. It returns an
// error where the snapshot cannot be read.
func (f *folder) foldPart(ctx context.Context, store Store, ids []data.ArticleID, fresh []*folded, failed []error) (err error) {
	defer runtime.KeepAlive(f.snapshot) // model and vectors are mapped
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { err = faultError(recover(), f.snapshot, err) }()
	var own, cross []*placer
	var done []func()
	for i, id := range ids {
		a, err := store.Article(ctx, id)
		if errors.Is(err, data.ErrNotFound) { // a store that was restored from a backup
			continue
		}
		if err != nil {
			failed[i] = err
			break
		}
		card := a.Card()
		if card.State == data.Unpublished {
			continue
		}
		text, _ := CleanText(&a, f.blocks)
		vector := f.model.FoldIn(text)
		if f.same(&card, vector) {
			continue
		}
		one := &folded{id: id, lang: card.Lang.Base(), group: card.Group, linked: mayBeLinked(&card), vector: vector}
		fresh[i] = one
		if p := f.placer(&card, vector); p != nil {
			own = append(own, p)
			done = append(done, func() { one.placing = p.placing() })
		}
		if f.cross != nil {
			one.crossVector = f.cross.model.FoldIn(text)
			p := f.crossPlacer(&card, one.crossVector)
			cross = append(cross, p)
			done = append(done, func() { one.cross = p.list })
		}
	}
	place(f.vectors, own)
	if f.cross != nil {
		place(f.cross.vectors, cross)
	}
	for _, note := range done {
		note()
	}
	return nil
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
	pick := &picker{edit: edit, pending: v.pending, most: e.opts.MostProvisional}
	if len(named) > 0 {
		pick.named = make(map[data.ArticleID]bool, len(named))
		for _, id := range named {
			pick.named[id] = true
		}
	}
	var problem error
	for problem == nil && (len(named) > 0 || time.Since(start) < foldFor) {
		ids := pick.next(foldTogether * runtime.GOMAXPROCS(0))
		if len(ids) == 0 {
			break
		}
		var fresh []*folded
		if problem = ctx.Err(); problem == nil {
			fresh, problem = v.folder.fold(ctx, e.store, ids)
		}
		for i, one := range fresh {
			edit.remove(ids[i])
			if one != nil {
				edit.add(one)
			}
		}
		pick.left = append(pick.left, ids[len(fresh):]...)
	}
	v.overlay, v.pending = edit.overlay, append(pick.left, pick.pending...)
	return problem
}

// A picker picks of pending articles those that are to be folded in now.
type picker struct {
	edit    *overlayEdit
	pending []data.ArticleID        // not looked at yet
	left    []data.ArticleID        // looked at, and for later
	named   map[data.ArticleID]bool // nil: all, but no more than most in the overlay
	most    int
}

// next is the next few. They are folded in before it is called again.
func (p *picker) next(most int) (ids []data.ArticleID) {
	added := 0 // to the overlay, at most
	for ; len(p.pending) > 0 && len(ids) < most; p.pending = p.pending[1:] {
		id := p.pending[0]
		switch {
		case p.named != nil && !p.named[id]:
			p.left = append(p.left, id)
		case p.named == nil && !p.edit.holds(id) && len(p.edit.folded)+added >= p.most:
			if added > 0 {
				return ids // there may be room yet
			}
			p.left = append(p.left, id)
		default:
			ids = append(ids, id)
			if !p.edit.holds(id) {
				added++
			}
		}
	}
	return ids
}
