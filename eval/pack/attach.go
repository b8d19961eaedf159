package pack

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/alsolike/alsolike/data"
)

// Scored is a ranking: the list of every article.
type Scored map[data.ArticleID]List

// A List is a list of articles, best first, with the scores behind it.
type List struct {
	Items  []data.ArticleID
	Scores []float64 // as many as there are items; nil if the ranking tells none
}

// UnknownItems is the name in Pack.Checks of the number of links of attached
// snapshots that lead to no article of the catalogue.
const UnknownItems = "snapshot_unknown_items"

// Attach puts lists into the snapshot of that name, which the log must name. A
// list without scores gets NaN. Lists of articles that the catalogue does not
// have are left out; links to such articles too, which p.Checks counts.
//
// It is an error if nothing is left.
func Attach(p *Pack, name string, lists Scored) error {
	at, ok := slices.BinarySearchFunc(p.Snapshots, name, func(s Snapshot, name string) int { return strings.Compare(s.Name, name) })
	if !ok {
		return fmt.Errorf("pack: the log names no snapshot %q; it names %s", name, p.snapshotNames())
	}
	for _, id := range slices.Sorted(maps.Keys(lists)) {
		if list := lists[id]; list.Scores != nil && len(list.Scores) != len(list.Items) {
			return fmt.Errorf("pack: snapshot %q: the list of %q has %d items and %d scores", name, id, len(list.Items), len(list.Scores))
		}
	}
	s := Snapshot{Name: name, Start: make([]int32, 1, len(p.Articles)+1)}
	unknown := 0
	for i := range p.Articles {
		list := lists[data.ArticleID(p.Articles[i].ID)]
		for j, id := range list.Items {
			row, ok := p.Row(string(id))
			if !ok {
				unknown++
				continue
			}
			score := math.NaN()
			if list.Scores != nil {
				score = list.Scores[j]
			}
			s.Item, s.Score = append(s.Item, row), append(s.Score, score)
		}
		s.Start = append(s.Start, int32(len(s.Item)))
	}
	if len(s.Item) == 0 {
		return fmt.Errorf("pack: snapshot %q: none of its links leads from one article of the catalogue to another; are the ids the same?", name)
	}
	if unknown > 0 {
		if p.Checks == nil {
			p.Checks = map[string]int{}
		}
		p.Checks[UnknownItems] += unknown
	}
	p.Snapshots[at] = s
	return nil
}

func (p *Pack) snapshotNames() string {
	if len(p.Snapshots) == 0 {
		return "none"
	}
	names := make([]string, len(p.Snapshots))
	for i := range p.Snapshots {
		names[i] = p.Snapshots[i].Name
	}
	return strings.Join(names, ", ")
}

// Row is the place of the article of that id in p.Articles. O(log n).
func (p *Pack) Row(id string) (row int32, ok bool) {
	i := sort.Search(len(p.Articles), func(i int) bool { return p.Articles[i].ID >= id })
	return int32(i), i < len(p.Articles) && p.Articles[i].ID == id
}

// Quantise is the direction of v, scaled so that its largest component is ±127
// and rounded; nil if v has none. The angle between two such vectors of 100
// numbers or more is off by less than a hundredth.
func Quantise[F float32 | float64](v []F) []int8 {
	largest := 0.0
	for _, x := range v {
		if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
			return nil
		}
		largest = max(largest, math.Abs(float64(x)))
	}
	if largest == 0 {
		return nil
	}
	q := make([]int8, len(v))
	for i, x := range v {
		q[i] = int8(math.Round(float64(x) / largest * math.MaxInt8))
	}
	return q
}
