package clicks

import (
	"hash/maphash"
	"maps"
	"math/bits"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
)

// A tally is what events add up to. It may go on from another one, which is not changed.
type tally struct {
	before *tally // nil: none
	since  time.Time
	most   int // pairs

	numbers  map[uint64]int32 // of articles that before does not know, by hash
	first    int32            // number of the first of them
	articles []sums           // by number
	pairs    map[uint64]pair  // by the numbers of both
	rare     bool             // some were forgotten
	lists    memory
}

// sums are those of an article.
type sums struct {
	lists    int32 // of it that were seen
	followed int32 // of these, those of which a link was
	out      int32 // clicks on its links
	shown    int32 // how often it was seen as a link
	in       int32 // clicks on it
}

// A pair is an article and a link under it: how often that was seen and followed.
type pair struct{ seen, clicks int32 }

func newTally(before *tally, since time.Time, most int) *tally {
	t := &tally{before: before, since: since, most: most, numbers: map[uint64]int32{}, pairs: map[uint64]pair{}, lists: newMemory()}
	if before != nil {
		t.first = int32(len(before.articles))
		t.articles = make([]sums, t.first)
	}
	return t
}

// observe takes an event.
func (t *tally) observe(e clicklog.Event) {
	switch e := e.(type) {
	case *clicklog.Impression:
		if !e.Time.Before(t.since) {
			t.impression(e)
		}
	case *clicklog.View:
		t.change(e.Impression, func(l *list, items []item) {
			var seen uint64
			for i := range items {
				for _, p := range e.Positions {
					if int(items[i].position) == p {
						seen |= 1 << i
					}
				}
			}
			if !l.viewed { // until now all counted as seen
				l.viewed = true
				t.unsee(l, items, l.seen&^(seen|l.clicked))
			}
			t.see(l, items, seen&^l.seen)
		})
	case *clicklog.Click:
		to, known := t.find(e.Item)
		if !known {
			return
		}
		t.change(e.Impression, func(l *list, items []item) {
			for i := range items {
				if items[i].article == to && l.clicked&(1<<i) == 0 {
					t.click(l, items, i)
					return
				}
			}
		})
	}
}

func (t *tally) impression(e *clicklog.Impression) {
	name := hash(e.ID)
	if t.lists.has(name) || t.before != nil && t.before.lists.has(name) {
		return
	}
	l := list{source: t.number(e.Source)}
	var items []item
	for _, shown := range e.Items[:min(len(e.Items), mostItems)] {
		items = append(items, item{t.number(shown.Item), int32(shown.Position)})
	}
	t.articles[l.source].lists++
	t.see(&l, items, 1<<len(items)-1)
	t.lists.add(name, l, items)
}

func (t *tally) see(l *list, items []item, which uint64)   { t.count(l, items, which, 1) }
func (t *tally) unsee(l *list, items []item, which uint64) { t.count(l, items, which, -1) }

// count counts items of a list as seen, or no longer so.
func (t *tally) count(l *list, items []item, which uint64, by int32) {
	l.seen ^= which
	for ; which != 0; which &= which - 1 {
		to := items[bits.TrailingZeros64(which)].article
		t.articles[to].shown += by
		t.add(l.source, to, pair{seen: by})
	}
}

func (t *tally) click(l *list, items []item, i int) {
	t.see(l, items, 1<<i&^l.seen)
	to, from := &t.articles[items[i].article], &t.articles[l.source]
	if l.clicked == 0 {
		from.followed++
	}
	l.clicked |= 1 << i
	from.out++
	to.in++
	t.add(l.source, items[i].article, pair{clicks: 1})
}

func key(from, to int32) uint64 { return uint64(from)<<32 | uint64(to) }

func (t *tally) add(from, to int32, p pair) {
	k := key(from, to)
	old, known := t.pairs[k]
	if !known && len(t.pairs) >= t.most {
		t.makeRoom()
	}
	t.pairs[k] = pair{old.seen + p.seen, old.clicks + p.clicks}
}

// makeRoom forgets a quarter of the pairs or more: which, does not depend on any order.
func (t *tally) makeRoom() {
	t.rare = true
	for least := int32(1); len(t.pairs) > t.most-(t.most+3)/4; least *= 2 {
		maps.DeleteFunc(t.pairs, func(_ uint64, p pair) bool { return p.seen <= least && (p.clicks == 0 || least > 1024) })
	}
}

var seed = maphash.MakeSeed()

func hash[S ~string](s S) uint64 { return maphash.String(seed, string(s)) }

// find is the number of an article of which there was an event.
func (t *tally) find(id data.ArticleID) (int32, bool) {
	h := hash(id)
	if t.before != nil {
		if n, known := t.before.numbers[h]; known {
			return n, true
		}
	}
	n, known := t.numbers[h]
	return n, known
}

// number is that of an article.
func (t *tally) number(id data.ArticleID) int32 {
	n, known := t.find(id)
	if !known {
		n = int32(len(t.articles))
		t.numbers[hash(id)] = n
		t.articles = append(t.articles, sums{})
	}
	return n
}

// change lets f change a list that is remembered.
func (t *tally) change(name string, f func(*list, []item)) {
	h := hash(name)
	g, l := t.lists.find(h)
	if g == nil && t.before != nil {
		if older, found := t.before.lists.find(h); older != nil {
			t.lists.add(h, found, older.of(found))
			g, l = t.lists.find(h)
		}
	}
	if g != nil {
		f(&l, g.of(l))
		g.lists[h] = l
	}
}

// mostItems is how many links of a list are counted, which is more than a list has.
const mostItems = 63

// A list is one that was seen.
type list struct {
	source        int32
	first         uint32 // of its items
	items         uint8
	viewed        bool   // some view told which were
	seen, clicked uint64 // a bit for each item
}

type item struct{ article, position int32 }

// A memory has the lists that were seen last: mostLists at least, and twice as many at
// most.
type memory struct{ now, old *generation }

const mostLists = 1 << 16

type generation struct {
	lists map[uint64]list // by the hash of its name
	items []item
}

func newMemory() memory { return memory{&generation{lists: map[uint64]list{}}, &generation{}} }

func (g *generation) of(l list) []item { return g.items[l.first : l.first+uint32(l.items)] }

func (m *memory) find(name uint64) (*generation, list) {
	for _, g := range []*generation{m.now, m.old} {
		if l, known := g.lists[name]; known {
			return g, l
		}
	}
	return nil, list{}
}

func (m *memory) has(name uint64) bool {
	g, _ := m.find(name)
	return g != nil
}

func (m *memory) add(name uint64, l list, items []item) {
	if len(m.now.lists) >= mostLists {
		m.now, m.old = &generation{lists: make(map[uint64]list, mostLists), items: make([]item, 0, len(m.now.items))}, m.now
	}
	l.first, l.items = uint32(len(m.now.items)), uint8(len(items))
	m.now.items = append(m.now.items, items...)
	m.now.lists[name] = l
}
