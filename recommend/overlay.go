package recommend

import (
	"cmp"
	"maps"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/knn"
)

// An overlay is how the articles changed since the snapshot change its lists:
// what was folded in has a list of its own and stands as a guest in the lists
// that it belongs to. It never changes; nil is an empty one.
//
// It depends on the snapshot and on the present articles alone, not on the
// order in which they changed, so that a restart makes the same again.
type overlay struct {
	folded map[data.ArticleID]*folded
	guests []*page // by row / pageRows; nil: no guests in those rows
}

// A page is the guests of neighbouring rows: few enough to be copied whenever
// one of them changes, many enough for the table of pages to be short.
type page [pageRows][]guest

const pageRows = 64

// A guest is a folded article in the list of another article.
type guest struct {
	id     data.ArticleID
	cosine float32
}

// A folded article has a vector that is not the snapshot's.
type folded struct {
	id     data.ArticleID
	lang   data.Lang // Base
	group  data.ArticleID
	vector []float32
	placing
	guests []guest // in its own list, best first
}

// A placing is where an article stands among those of the snapshot.
type placing struct {
	own   []knn.Neighbour // its candidates, best first
	floor float32         // what a guest must reach to be in its list
	hosts []knn.Neighbour // the rows in whose lists it is a guest
}

// holds reports whether the article was folded in.
func (o *overlay) holds(id data.ArticleID) bool { return o.of(id) != nil }

func (o *overlay) of(id data.ArticleID) *folded {
	if o == nil {
		return nil
	}
	return o.folded[id]
}

func (o *overlay) size() int {
	if o == nil {
		return 0
	}
	return len(o.folded)
}

// guestsOf is the folded articles in the list of row, best first.
func (o *overlay) guestsOf(row int) []guest {
	if o == nil || o.guests[row/pageRows] == nil {
		return nil
	}
	return o.guests[row/pageRows][row%pageRows]
}

// An overlayEdit makes an overlay out of another, which stays as it is.
type overlayEdit struct {
	*overlay
	ownPages  map[int]bool            // the pages that only this edit has seen
	ownFolded map[data.ArticleID]bool // likewise
}

// edit starts from o, over a snapshot of so many rows.
func (o *overlay) edit(rows int) *overlayEdit {
	fresh := &overlay{folded: map[data.ArticleID]*folded{}, guests: make([]*page, (rows+pageRows-1)/pageRows)}
	if o != nil {
		fresh.folded = maps.Clone(o.folded)
		copy(fresh.guests, o.guests)
	}
	return &overlayEdit{fresh, map[int]bool{}, map[data.ArticleID]bool{}}
}

// remove takes the article out of the overlay, if it is there.
func (e *overlayEdit) remove(id data.ArticleID) {
	old := e.folded[id]
	if old == nil {
		return
	}
	delete(e.folded, id)
	is := func(g guest) bool { return g.id == id }
	for _, host := range old.hosts {
		list := e.writable(int(host.Row))
		*list = slices.DeleteFunc(slices.Clone(*list), is)
	}
	for other, f := range e.folded {
		if slices.ContainsFunc(f.guests, is) {
			mine := e.writableFolded(other)
			mine.guests = slices.DeleteFunc(slices.Clone(mine.guests), is)
		}
	}
}

// add puts f, which is not there yet and has no guests, into the overlay.
func (e *overlayEdit) add(f *folded) {
	for _, host := range f.hosts {
		list := e.writable(int(host.Row))
		*list = insert(*list, guest{f.id, host.Cosine})
	}
	for id, other := range e.folded {
		if other.lang != f.lang || other.group == f.group {
			continue
		}
		cosine := knn.Cosine(f.vector, other.vector)
		if cosine <= 0 {
			continue
		}
		if cosine >= other.floor {
			mine := e.writableFolded(id)
			mine.guests = insert(mine.guests, guest{f.id, cosine})
		}
		if cosine >= f.floor {
			f.guests = insert(f.guests, guest{id, cosine})
		}
	}
	e.folded[f.id] = f
	e.ownFolded[f.id] = true
}

// writable is the guests of row, in a page of this edit's own.
func (e *overlayEdit) writable(row int) *[]guest {
	p := row / pageRows
	if !e.ownPages[p] {
		fresh := new(page)
		if old := e.overlay.guests[p]; old != nil {
			*fresh = *old
		}
		e.overlay.guests[p], e.ownPages[p] = fresh, true
	}
	return &e.overlay.guests[p][row%pageRows]
}

// writableFolded is a folded article that this edit may change.
func (e *overlayEdit) writableFolded(id data.ArticleID) *folded {
	if !e.ownFolded[id] {
		fresh := *e.folded[id]
		e.folded[id], e.ownFolded[id] = &fresh, true
	}
	return e.folded[id]
}

// insert is a copy of list, which is sorted, with g in its place.
func insert(list []guest, g guest) []guest {
	at, _ := slices.BinarySearchFunc(list, g, func(a, b guest) int {
		return cmp.Or(cmp.Compare(b.cosine, a.cosine), cmp.Compare(a.id, b.id))
	})
	fresh := make([]guest, 0, len(list)+1)
	return append(append(append(fresh, list[:at]...), g), list[at:]...)
}
