package simulate

import (
	"math"
	"slices"

	"github.com/alsolike/alsolike/eval/pack"
)

// A taste is how attractive every link is, times scale:
//
//	exp(0.6·place + 0.4·section + 0.3·tags + 0.8·pair + 0.6·item)
//
// where place is the mean over the snapshots of exp(-place/15), 0 where the link
// does not stand; section is 1 if both articles are in the same one; tags is how
// many they share, at most 2; and pair and item are drawn evenly between -1 and 1.
// The draws go by the articles' ids, so that they stay when others come and go.
type taste struct {
	seed  uint64
	scale float64
	id    []uint64 // hashes of the articles' ids

	section []uint64   // hashes of their sections; 0 if they have none
	tags    [][]uint64 // hashes of their tags, ascending

	// The links that stand in a snapshot, those of article a being
	// item[start[a]:start[a+1]] in ascending order.
	start []int32
	item  []int32
	place []float64
}

func newTaste(seed uint64, articles []pack.Article, snapshots []pack.Snapshot) taste {
	t := taste{seed: seed, scale: 1, start: make([]int32, 1, len(articles)+1)}
	places := make([]float64, len(articles))
	for a := range int32(len(articles)) {
		t.describe(&articles[a])
		first := len(t.item)
		for i := range snapshots {
			items, _ := snapshots[i].List(a)
			for p, item := range items {
				if places[item] == 0 {
					t.item = append(t.item, item)
				}
				places[item] += math.Exp(-float64(p)/15) / float64(len(snapshots))
			}
		}
		slices.Sort(t.item[first:])
		for _, item := range t.item[first:] {
			t.place = append(t.place, places[item])
			places[item] = 0
		}
		t.start = append(t.start, int32(len(t.item)))
	}
	return t
}

// describe notes what there is to know of the next article.
func (t *taste) describe(a *pack.Article) {
	t.id = append(t.id, hashText(a.ID))
	section := uint64(0)
	if a.Section != "" {
		section = hashText(a.Section)
	}
	t.section = append(t.section, section)
	var tags []uint64
	for _, tag := range a.Tags {
		tags = append(tags, hashText(tag))
	}
	slices.Sort(tags)
	t.tags = append(t.tags, slices.Compact(tags))
}

// alike is what the sections and tags of two articles add.
func (t *taste) alike(a, b int32) (sum float64) {
	if t.section[a] != 0 && t.section[a] == t.section[b] {
		sum = .4
	}
	shared := 0
	for x, y := t.tags[a], t.tags[b]; len(x) > 0 && len(y) > 0 && shared < 2; {
		switch {
		case x[0] < y[0]:
			x = x[1:]
		case x[0] > y[0]:
			y = y[1:]
		default:
			shared++
			x, y = x[1:], y[1:]
		}
	}
	return sum + .3*float64(shared)
}

// of is the attraction of the link from seed to item.
func (t *taste) of(seed, item int32) float64 {
	var place float64
	from, to := t.start[seed], t.start[seed+1]
	if i, ok := slices.BinarySearch(t.item[from:to], item); ok {
		place = t.place[from+int32(i)]
	}
	pair := 2*unit(hash(t.seed, seedPair, t.id[seed], t.id[item])) - 1
	own := 2*unit(hash(t.seed, seedItem, t.id[item])) - 1
	return t.scale * math.Exp(.6*place+t.alike(seed, item)+.8*pair+.6*own)
}

// most is an upper bound of the attraction of any link.
func (t *taste) most() float64 { return t.scale * math.Exp(.6+.4+2*.3+.8+.6) }

// Attraction is how often a reader of mean eagerness who looks at the link from
// seed to item clicks it; both are places in Articles.
func (w *World) Attraction(seed, item int32) float64 { return w.taste.of(seed, item) }
