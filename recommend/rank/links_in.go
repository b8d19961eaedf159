package rank

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// chooseAll makes the lists of all rows.
func (r *ranking) chooseAll(ctx context.Context) error {
	n := len(r.pools)
	r.barred, r.chosen, r.in = make([]uint64, n), make([]picks, n), make([]int, n)
	err := r.parallel(ctx, n, func() func(i int) {
		c := r.newChooser()
		return func(i int) { r.chosen[i] = c.choose(i, nil) }
	})
	for i := range r.chosen {
		r.count(i, 1)
	}
	return err
}

// count adds by to the links in of the first places of row i's list.
func (r *ranking) count(i, by int) {
	for _, p := range r.chosen[i].first() {
		r.in[r.pools[i][p.at].Row] += by
	}
}

// first is the picks in the first places.
func (p picks) first() picks { return p[:min(FirstPlaces, len(p))] }

// limit holds the links into any article to MaxLinksIn: it keeps those of the highest
// scores. The lists of the others are made anew, row after row, where only articles
// that have room get a first place.
func (r *ranking) limit() {
	if r.MaxLinksIn < 0 {
		return
	}
	type in struct {
		from  int
		at    uint8
		score float32
	}
	over := map[int32][]in{}
	for i, list := range r.chosen {
		for _, p := range list.first() {
			if link := r.pools[i][p.at]; r.in[link.Row] > r.MaxLinksIn {
				over[link.Row] = append(over[link.Row], in{i, p.at, link.Score})
			}
		}
	}
	var again []int
	for _, links := range over { // in any order: each only bars its own
		slices.SortFunc(links, func(a, b in) int {
			return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(r.tie[a.from], r.tie[b.from]))
		})
		for _, l := range links[r.MaxLinksIn:] {
			r.barred[l.from] |= 1 << l.at
			again = append(again, l.from)
			r.moved++
		}
	}
	slices.Sort(again)
	again = slices.Compact(again)
	for _, i := range again {
		r.count(i, -1)
	}
	c := r.newChooser()
	for _, i := range again {
		r.chosen[i] = c.choose(i, func(row int32) bool { return r.in[row] >= r.MaxLinksIn })
		r.count(i, 1)
	}
}

// rescue gives each article that may be linked, and that no list has among its first
// places, the last of these in the list where it fits best: where its score is nearest
// to, and at least the share Rescue of, that of the link that it displaces. A list
// takes in one at most, and no other article is made an orphan by it.
func (r *ranking) rescue() {
	if r.Rescue < 0 {
		return
	}
	taken := make([]bool, len(r.pools))
	for j := range r.pools {
		if r.in[j] > 0 || !r.sites.eligible[j] {
			continue
		}
		best, bestShare, bestAt := -1, float32(r.Rescue), 0
		for _, link := range r.pools[j] {
			i := int(link.Row)
			if taken[i] || r.c.Cards[i].NoLinks || !r.sites.may(link.Row, int32(j)) {
				continue
			}
			at, share := r.room(i, int32(j))
			if share > bestShare || share == bestShare && best >= 0 && i < best {
				best, bestShare, bestAt = i, share, at
			}
		}
		if best >= 0 {
			r.place(best, bestAt)
			taken[best] = true
			r.rescued++
		}
	}
}

// room is the place of row j in the pool of row i, and its score there as a share of
// that of the link that it would displace; 0 if it cannot.
func (r *ranking) room(i int, j int32) (at int, share float32) {
	from, list := r.pools[i], r.chosen[i]
	at = slices.IndexFunc(from, func(l Link) bool { return l.Row == j })
	if at < 0 || len(list) == 0 {
		return at, 0
	}
	last := min(FirstPlaces, len(list)) - 1
	if r.in[from[list[last].at].Row] < 2 || !r.fits(from, list, last, at) {
		return at, 0
	}
	return at, from[at].Score / from[list[last].at].Score
}

// place puts candidate at of row i on the last of its first places. What follows is
// chosen anew.
func (r *ranking) place(i, at int) {
	list := r.chosen[i]
	last := min(FirstPlaces, len(list)) - 1
	r.count(i, -1)
	rest := slices.Clone(list[last:])
	score := list[last].score
	list = append(list[:last], pick{uint8(at), score})
	for _, p := range rest {
		if int(p.at) != at && len(list) < r.K && len(list) >= FirstPlaces && r.fits(r.pools[i], list, len(list), int(p.at)) {
			list = append(list, p)
		}
	}
	for n := last + 1; n < len(list); n++ {
		if list[n].score >= list[n-1].score {
			list[n].score = math.Nextafter32(list[n-1].score, 0)
		}
	}
	r.chosen[i] = list
	r.count(i, 1)
}
