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
	most   int     // guests in one list: the best of all that may be
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
	linked bool // it may be a guest at all
	vector []float32
	placing
	guests []guest // in its own list, best first

	crossVector []float32       // in the space of all languages; nil without one
	cross       []knn.Neighbour // its candidates in other languages, best first
}

// A placing is where an article stands among those of the snapshot.
type placing struct {
	own   []knn.Neighbour // its candidates, best first
	floor float32         // what a guest must reach to be in its list
	hosts []knn.Neighbour // the rows in whose lists it may be a guest, in order
}

// guestIn is f as a guest in the list of host, if it may be one.
func (f *folded) guestIn(host *folded) (g guest, ok bool) {
	if !f.mayMeet(host) {
		return guest{}, false
	}
	return f.guest(host, knn.Cosine(f.vector, host.vector))
}

// mayMeet reports whether f and other may be in one another's lists at all.
func (f *folded) mayMeet(other *folded) bool { return f.lang == other.lang && f.group != other.group }

// guest is f as a guest in the list of host, which it may meet at that cosine, if
// it may be one.
func (f *folded) guest(host *folded, cosine float32) (g guest, ok bool) {
	return guest{f.id, cosine}, f.linked && cosine > 0 && cosine >= host.floor
}

// guestAt is f as a guest in the list of row, if it may be one.
func (f *folded) guestAt(row int32) (g guest, ok bool) {
	at, ok := slices.BinarySearchFunc(f.hosts, row, func(host knn.Neighbour, row int32) int { return cmp.Compare(host.Row, row) })
	if !ok {
		return guest{}, false
	}
	return guest{f.id, f.hosts[at].Cosine}, true
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

// edit starts from o, over a snapshot of so many rows, with at most so many
// guests in a list.
func (o *overlay) edit(rows, most int) *overlayEdit {
	fresh := &overlay{folded: map[data.ArticleID]*folded{}, guests: make([]*page, (rows+pageRows-1)/pageRows), most: most}
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
	for _, host := range old.hosts {
		if list := e.guestsOf(int(host.Row)); holdsGuest(list, id) {
			*e.writable(int(host.Row)) = e.without(list, id, func(f *folded) (guest, bool) { return f.guestAt(host.Row) })
		}
	}
	for other, host := range e.folded {
		if holdsGuest(host.guests, id) {
			e.writableFolded(other).guests = e.without(host.guests, id, func(f *folded) (guest, bool) { return f.guestIn(host) })
		}
	}
}

func holdsGuest(list []guest, id data.ArticleID) bool {
	return slices.ContainsFunc(list, func(g guest) bool { return g.id == id })
}

// without is list without the article of id. Where there was no room for more,
// it is made anew of all that may be in it.
func (e *overlayEdit) without(list []guest, id data.ArticleID, as func(*folded) (guest, bool)) []guest {
	if len(list) < e.most {
		return slices.DeleteFunc(slices.Clone(list), func(g guest) bool { return g.id == id })
	}
	var fresh []guest
	for _, f := range e.folded {
		if g, ok := as(f); ok && e.fits(fresh, g) {
			fresh = e.insert(fresh, g)
		}
	}
	return fresh
}

// add puts f, which is not there yet and has no guests, into the overlay.
func (e *overlayEdit) add(f *folded) {
	for _, host := range f.hosts {
		g, row := guest{f.id, host.Cosine}, int(host.Row)
		if list := e.guestsOf(row); e.fits(list, g) {
			*e.writable(row) = e.insert(list, g)
		}
	}
	for id, other := range e.folded {
		if !f.mayMeet(other) {
			continue
		}
		cosine := knn.Cosine(f.vector, other.vector)
		if g, ok := f.guest(other, cosine); ok && e.fits(other.guests, g) {
			e.writableFolded(id).guests = e.insert(other.guests, g)
		}
		if g, ok := other.guest(f, cosine); ok && e.fits(f.guests, g) {
			f.guests = e.insert(f.guests, g)
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

// compareGuests orders the guests of a list.
func compareGuests(a, b guest) int {
	return cmp.Or(cmp.Compare(b.cosine, a.cosine), cmp.Compare(a.id, b.id))
}

// fits reports whether g is among the best of list and itself.
func (o *overlay) fits(list []guest, g guest) bool {
	return len(list) < o.most || o.most > 0 && compareGuests(g, list[o.most-1]) < 0
}

// insert is a copy of list, which is sorted, with g in its place, which fits.
func (o *overlay) insert(list []guest, g guest) []guest {
	at, _ := slices.BinarySearchFunc(list, g, compareGuests)
	list = list[:min(len(list), o.most-1)]
	fresh := make([]guest, 0, len(list)+1)
	return append(append(append(fresh, list[:at]...), g), list[at:]...)
}
