package recommend

import (
	"cmp"
	"iter"
	"maps"
	"runtime/debug"
	"slices"
	"sort"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A catalog knows the rows of a snapshot by language, section and tag, and by
// date. It never changes.
type catalog struct {
	snapshot *snapshot.Snapshot
	rows     []int32               // newest first, of one date by id; an index into it is a place
	langs    []data.Lang           // Bases, sorted
	inOrder  map[data.Lang][]int32 // the rows of a language, as their vectors lie in memory
	shelves  map[shelf][]int32     // places, ascending: newest first
	authors  *rank.Authors
}

// A shelf is the articles of one language (Base), or those of a section or with a
// tag among them.
type shelf struct {
	lang data.Lang
	by   shelving
	name string
}

type shelving byte

const (
	byLanguage shelving = iota // no name
	bySection
	byTag
)

// newCatalog looks at every card of s once. It takes 8 bytes for every row, and 4
// for every shelf that the row stands on.
func newCatalog(s *snapshot.Snapshot) (c *catalog, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { err = faultError(recover(), s, err) }()
	c = &catalog{snapshot: s, rows: make([]int32, s.Len()), shelves: map[shelf][]int32{}, inOrder: map[data.Lang][]int32{}, authors: rank.NewAuthors()}
	type stamp struct { // what a time.Time is, in half the room
		seconds    int64
		nanos, row int32
	}
	stamps := make([]stamp, s.Len())
	for row := range stamps {
		at := s.PublishedAt(row)
		stamps[row] = stamp{at.Unix(), int32(at.Nanosecond()), int32(row)}
	}
	slices.SortFunc(stamps, func(a, b stamp) int {
		return cmp.Or(cmp.Compare(b.seconds, a.seconds), cmp.Compare(b.nanos, a.nanos), cmp.Compare(a.row, b.row))
	})
	for place, one := range stamps {
		c.rows[place] = one.row
		card := s.Card(int(one.row))
		c.authors.Add(&card)
		for key := range shelvesOf(&card) {
			c.shelves[key] = append(c.shelves[key], int32(place))
		}
	}
	for key, places := range c.shelves {
		c.shelves[key] = slices.Clone(places) // without room for more
	}
	for row, t := range s.Traits() {
		lang := t.Lang.Base()
		c.inOrder[lang] = append(c.inOrder[lang], int32(row))
	}
	c.langs = slices.Sorted(maps.Keys(c.inOrder))
	return c, nil
}

// shelvesOf yields those that an article with card c stands on, each once.
func shelvesOf(c *data.Card) iter.Seq[shelf] {
	return func(yield func(shelf) bool) {
		lang := c.Lang.Base()
		if !yield(shelf{lang: lang}) || !yield(shelf{lang, bySection, c.Section}) {
			return
		}
		var seen []string
		for tag := range c.Tags.All() {
			if slices.Contains(seen, tag) {
				continue
			}
			if seen = append(seen, tag); !yield(shelf{lang, byTag, tag}) {
				return
			}
		}
	}
}

// shelvesFor are shelves that hold all articles in lang that pass the filters: the
// few that do.
func (c *catalog) shelvesFor(lang data.Lang, s sieve) []shelf {
	best := []shelf{{lang: lang}}
	fewest := c.count(best)
	narrow := func(by shelving, names []string) {
		if len(names) == 0 {
			return
		}
		keys := make([]shelf, len(names))
		for i, name := range names {
			keys[i] = shelf{lang, by, name}
		}
		if n := c.count(keys); n < fewest {
			best, fewest = keys, n
		}
	}
	for _, f := range s {
		narrow(bySection, f.Sections)
		narrow(byTag, f.Tags)
	}
	return best
}

// passing yields rows among which are all those in lang that pass the filters.
func (c *catalog) passing(lang data.Lang, s sieve) iter.Seq[int] {
	keys, since := c.shelvesFor(lang, s), s.since()
	if len(keys) > 1 || keys[0].by != byLanguage || !since.IsZero() {
		return c.newest(keys, since)
	}
	return func(yield func(int) bool) {
		for _, row := range c.inOrder[lang] {
			if !yield(int(row)) {
				return
			}
		}
	}
}

// count is how many articles stand on the shelves.
func (c *catalog) count(keys []shelf) (n int) {
	for _, key := range keys {
		n += len(c.shelves[key])
	}
	return n
}

// newest yields the rows on those shelves that were published since then, newest
// first, each once.
func (c *catalog) newest(keys []shelf, since time.Time) iter.Seq[int] {
	end := len(c.rows) // the place of the first that is too old
	if !since.IsZero() {
		end = sort.Search(len(c.rows), func(place int) bool { return c.snapshot.PublishedAt(int(c.rows[place])).Before(since) })
	}
	left := make([][]int32, 0, len(keys))
	for _, key := range keys {
		if places := c.shelves[key]; len(places) > 0 {
			left = append(left, places)
		}
	}
	return func(yield func(int) bool) {
		for last := int32(-1); len(left) > 0; {
			first := 0
			for i := range left {
				if left[i][0] < left[first][0] {
					first = i
				}
			}
			place := left[first][0]
			if int(place) >= end {
				return
			}
			if place != last && !yield(int(c.rows[place])) {
				return
			}
			last = place
			if left[first] = left[first][1:]; len(left[first]) == 0 {
				left = slices.Delete(left, first, first+1)
			}
		}
	}
}

// A dated article is one of a view's live ones by its date of publication.
type dated struct {
	at time.Time
	id data.ArticleID
}

func compareDated(a, b dated) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(a.id, b.id)) }

// redate is old, which is sorted, with the changed articles where they belong by
// the dates that live has.
func redate(old []dated, changed []data.ArticleID, live map[data.ArticleID]data.Card) []dated {
	fresh, again := make([]dated, 0, len(changed)), make(map[data.ArticleID]bool, len(changed))
	for _, id := range changed {
		if !again[id] {
			again[id] = true
			fresh = append(fresh, dated{live[id].PublishedAt, id})
		}
	}
	slices.SortFunc(fresh, compareDated)
	merged := make([]dated, 0, len(old)+len(fresh))
	for _, one := range old {
		if again[one.id] {
			continue
		}
		for len(fresh) > 0 && compareDated(fresh[0], one) < 0 {
			merged, fresh = append(merged, fresh[0]), fresh[1:]
		}
		merged = append(merged, one)
	}
	return append(merged, fresh...)
}
