package eval

import (
	"math"
	"slices"

	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/metric"
	"github.com/alsolike/alsolike/eval/pack"
)

// shownSetK is the deepest cut-off of the shown-set measures.
const shownSetK = 10

// shownSet adds the measures that order what was shown by a ranking and look where
// the clicks are, as MIND does: AUC, mean reciprocal rank, nDCG. They only reorder
// what production chose and take over its position bias.
func (v *clickEval) shownSet(r *ranked, of shownSums) {
	names := []string{"shown-set.auc", "shown-set.mrr", "shown-set.ndcg@5", "shown-set.ndcg@10"}
	own, lists, base := of.sums, of.lists, v.baseShown.sums
	if estimate.Sum(lists) == 0 {
		return
	}
	for i, name := range names {
		m := Measure{
			Ranking: r.entry.Name, Metric: name, Level: LevelShown,
			Value:   estimate.Ratio(own[i], lists),
			Doubts:  []string{"orders only what was shown, and takes over its position bias"},
			Ungated: "it orders only what production chose to show",
		}
		if base != nil {
			m.Baseline, m.Delta = estimate.Ratio(base[i], lists), estimate.RatioDifference(own[i], base[i], lists)
		}
		v.add(m)
	}
}

// shownSums are the sums of the four shown-set measures by cluster, and how many lists
// have them: those with both clicked items and others.
type shownSums struct {
	sums  [][]float64
	lists []float64
}

// shownSetSums are those of a ranking; none if it differs from hour to hour.
func (v *clickEval) shownSetSums(of rows) shownSums {
	if of.hourly() {
		return shownSums{}
	}
	x := v.x
	sums := make([][]float64, 4)
	for i := range sums {
		sums[i] = make([]float64, x.clusters)
	}
	lists := make([]float64, x.clusters)
	rank := make([]int32, len(v.p.Articles)) // in the list at hand, from 1; 0: not in it
	var s shownOrder
	for i, seed := range x.seeds {
		var whole []int32
		since, until, known := int32(0), int32(0), false
		for _, t := range x.clickedOrder[x.clickedStart[i]:x.clickedStart[i+1]] {
			if hour := x.hour[t]; !known || hour < since || hour > until {
				for _, item := range whole {
					rank[item] = 0
				}
				whole, until, _ = of.at(seed, hour)
				known, since = true, hour
				for place, item := range whole {
					if rank[item] == 0 {
						rank[item] = int32(place + 1)
					}
				}
			}
			if !s.read(x.im, int(t), rank) {
				continue
			}
			auc, _ := metric.AUC(s.grades, s.scores)
			c := x.cluster[t]
			lists[c]++
			sums[0][c] += auc
			sums[1][c] += metric.MeanRR(s.grades)
			sums[2][c] += metric.NDCG(s.grades, s.ideal, 5)
			sums[3][c] += metric.NDCG(s.grades, s.ideal, 10)
		}
		for _, item := range whole {
			rank[item] = 0
		}
	}
	return shownSums{sums, lists}
}

// A shownOrder is what one impression showed, in the order of a ranking.
type shownOrder struct {
	items         []shownItem
	grades, ideal []float64
	scores        []float64
}

type shownItem struct {
	item, rank int32 // rank 0: not in the list, so below all that are
	clicked    bool
}

// read puts the items of impression t in order: by rank; those that the list does
// not hold stand tied at the end, the greatest id first. It reports whether there
// are both clicked items and others. Pinned ones are left out.
func (s *shownOrder) read(im *pack.Impressions, t int, rank []int32) bool {
	s.items = s.items[:0]
	from, to := im.Items(t)
	clicked := 0
	for j := from; j < to; j++ {
		if im.Flags[j]&pack.Pinned != 0 {
			continue
		}
		it := shownItem{im.Item[j], rank[im.Item[j]], im.Flags[j]&pack.Clicked != 0}
		if it.rank == 0 {
			it.rank = math.MaxInt32
		}
		if it.clicked {
			clicked++
		}
		s.items = append(s.items, it)
	}
	if clicked == 0 || clicked == len(s.items) {
		return false
	}
	slices.SortFunc(s.items, func(a, b shownItem) int {
		if a.rank != b.rank {
			return int(a.rank) - int(b.rank)
		}
		return int(b.item) - int(a.item)
	})
	s.grades, s.ideal, s.scores = s.grades[:0], s.ideal[:0], s.scores[:0]
	for _, it := range s.items {
		g := 0.0
		if it.clicked {
			g = 1
		}
		s.grades, s.scores = append(s.grades, g), append(s.scores, -float64(it.rank))
	}
	for i := range s.items {
		g := 0.0
		if i < clicked {
			g = 1
		}
		s.ideal = append(s.ideal, g)
	}
	return true
}
