package story

import (
	"context"
	"time"

	"github.com/alsolike/alsolike/data"
)

// Options of Find. The zero value works.
type Options struct {
	// AsOf is the time at which readers may be sent to articles. Those that may not be
	// linked then stand for others only if no other does. Zero: whatever their dates.
	AsOf time.Time

	// Apart are pairs of articles that are never put into one cluster, and of which none
	// is taken for a version of the other. Ids that no card has do no harm.
	Apart [][2]data.ArticleID

	// Text returns the title and the body that a row's sketch was made from. It is asked
	// where the sketches leave in doubt whether two articles are near-duplicates. Nil:
	// the likelier is taken.
	Text func(row int) (title, body string, err error)
}

// Clusters are the near-duplicates of a corpus.
type Clusters struct {
	// Stories has for every row the one that stands for its cluster: the canonical
	// article, else the newest. What has no near-duplicate stands for itself.
	Stories []uint32

	// Versions joins to these clusters what is no near-duplicate but a version: it has for
	// every row the one that stands for all versions of its story, one of the rows in
	// Stories. Rows with the same in Stories have the same here.
	Versions []uint32

	Count    int // clusters of two articles or more
	Articles int // in these
	Largest  int // articles of the largest; 0: there is none
	Joined   int // clusters and articles that are versions of another's story
	Compared int // pairs of articles whose sketches were compared
	Read     int // of these, pairs whose texts decided
}

// Find finds the near-duplicates among articles, given the sketch and the card of each
// row. Only articles of one language (data.Lang.Base) are compared, and none joins its
// translation, such as the other script's version in Chinese.
//
// Every article of a cluster is a near-duplicate of the one that stands for it. No two
// that stand for clusters are near-duplicates, but for translations and Options.Apart, and
// but for one pair in a thousand just at the threshold that is not compared. Where texts
// are not read, either holds as far as sketches tell.
//
// The result depends neither on the order of rows nor on anything but the arguments. Time
// and memory are linear in the number of articles, however many are alike. It returns
// errors of ctx and of Options.Text, and panics if there are more cards than sketches
// or fewer.
func Find(ctx context.Context, sketches []Sketch, cards []data.Card, o Options) (*Clusters, error) {
	if len(sketches) != len(cards) {
		panic("story: length mismatch")
	}
	f := newFinder(sketches, cards, o)
	for i, row := range f.ranked {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := f.place(row); err != nil {
			return nil, err
		}
	}
	f.count()
	return &f.Clusters, nil
}

// A finder goes through the articles in the order in which they would stand for others.
// Each joins the one most like it of those before it that stand for a cluster, or else
// stands for one itself, if need be as a version of one that stands for all versions.
type finder struct {
	Clusters
	sketches []Sketch
	cards    []data.Card
	apart    map[uint32][]uint32 // rows, either way
	buckets  buckets
	ranked   []uint32 // the rows in their order
	rank     []uint32 // by row: its place there
	seen     []uint32 // by row: 1 + the last one that was compared with it
	reader
}

func newFinder(sketches []Sketch, cards []data.Card, o Options) *finder {
	f := &finder{
		Clusters: Clusters{Stories: make([]uint32, len(cards)), Versions: make([]uint32, len(cards))},
		sketches: sketches, cards: cards, rank: make([]uint32, len(cards)), seen: make([]uint32, len(cards)),
		apart: rowsApart(cards, o.Apart), buckets: newBuckets(len(cards)),
		reader: reader{text: o.Text, sets: map[uint32][]uint64{}},
	}
	for row := range f.Stories {
		f.Stories[row], f.Versions[row] = uint32(row), uint32(row)
	}
	f.ranked = f.order(o.AsOf)
	for place, row := range f.ranked {
		f.rank[row] = uint32(place)
	}
	return f
}

// place lets row join the cluster of the leader that is most like it, or makes it one.
func (f *finder) place(row uint32) error {
	if f.sketches[row].Empty() {
		return nil
	}
	keys := f.sketches[row].bandKeys(string(f.cards[row].Lang.Base()))
	near, version := match{row: row}, match{row: row}
	for _, key := range keys {
		for other := range f.buckets.newest(key) {
			if f.seen[other] == row+1 {
				continue
			}
			f.seen[other] = row + 1
			if !f.mayCompare(row, other) {
				continue
			}
			like, isVersion, err := f.relate(row, other)
			if err != nil {
				return err
			}
			m := match{other, like, f.rank[other]}
			if like >= Threshold && m.before(near) && f.mayJoin(row, other, f.Stories) {
				near = m
			}
			if isVersion && f.Versions[other] == other && m.before(version) && f.mayJoin(row, other, f.Versions) {
				version = m
			}
		}
	}
	if near.row != row {
		f.Stories[row], f.Versions[row] = near.row, f.Versions[near.row]
		return nil
	}
	f.Versions[row] = version.row
	for _, key := range keys {
		f.buckets.add(key, row)
	}
	return nil
}

// A match is a leader that a row may join.
type match struct {
	row  uint32
	like float64
	rank uint32
}

// before reports whether m is to be joined rather than other: it is more alike, or would
// sooner stand for others.
func (m match) before(other match) bool {
	return m.like > other.like || m.like == other.like && m.rank < other.rank
}

// mayCompare reports whether two articles may be near-duplicates by their cards.
func (f *finder) mayCompare(a, b uint32) bool {
	return f.cards[a].MayLink(&f.cards[b]) && f.cards[a].SameLanguage(&f.cards[b])
}

// mayJoin reports whether row may come to where head stands for others: nothing is there
// that it is to be kept apart from.
func (f *finder) mayJoin(row, head uint32, heads []uint32) bool {
	for _, other := range f.apart[row] {
		if heads[other] == head {
			return false
		}
	}
	return true
}

func (f *finder) count() {
	size := make([]int, len(f.Stories))
	for row, leader := range f.Stories {
		size[leader]++
		if int(leader) == row && f.Versions[row] != leader {
			f.Joined++
		}
	}
	for _, n := range size {
		if n > 1 {
			f.Count++
			f.Articles += n
			f.Largest = max(f.Largest, n)
		}
	}
}
