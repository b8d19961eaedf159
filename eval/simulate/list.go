package simulate

import (
	"errors"
	"slices"

	"github.com/alsolike/alsolike/eval/pack"
)

// when is the time at which a list is asked for.
type when struct{ moment, hour int32 }

// eligible appends to dst the places in the list of seed of the first items that
// a reader could be shown then, at most most of them: the item exists, is not
// the article itself, was not there before, and no editor pinned or blocked it.
func (w *World) eligible(dst []int32, s *pack.Snapshot, seed int32, at when, most int) []int32 {
	items, _ := s.List(seed)
	edited := w.override[seed]
	first := len(dst)
next:
	for i, item := range items {
		if len(dst)-first == most {
			break
		}
		if item == seed || !w.Articles[item].Exists(at.moment) {
			continue
		}
		for _, before := range dst[first:] {
			if items[before] == item {
				continue next
			}
		}
		for _, o := range edited {
			if o.item == item && o.holds(at) {
				continue next
			}
		}
		dst = append(dst, int32(i))
	}
	return dst
}

func (o override) holds(at when) bool { return o.from <= at.hour && at.hour < o.until }

// A pin is an item that an editor put at a position, counted from 0.
type pin struct {
	item int32
	at   int
}

// pins appends to dst the pins that hold under seed then, in the order of their
// positions.
func (w *World) pins(dst []pin, seed int32, at when) []pin {
	for _, o := range w.override[seed] {
		if o.position > 0 && o.holds(at) && w.Articles[o.item].Exists(at.moment) {
			dst = append(dst, pin{o.item, o.position - 1})
		}
	}
	return dst
}

// served reports whether the list of seed has an item then in every variant.
func (w *World) served(seed int32, at when) bool {
	if !w.Articles[seed].Exists(at.moment) {
		return false
	}
	var one [1]int32
	for _, v := range w.opts.Variants {
		if len(w.eligible(one[:0], &w.Snapshots[v.Snapshot], seed, at, 1)) == 0 {
			return false
		}
	}
	return true
}

// edit makes up what editors do: under the articles that are opened most, they
// pin what stands further down production's list, and block what stands at its
// top, in turns.
func (w *World) edit() error {
	sums := w.seeds[0]
	order := make([]int32, len(sums))
	for i := range order {
		order[i] = int32(i)
	}
	weight := func(i int32) float64 {
		if i == 0 {
			return sums[0]
		}
		return sums[i] - sums[i-1]
	}
	slices.SortFunc(order, func(a, b int32) int {
		switch x, y := weight(a), weight(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return int(a - b)
	})
	start := when{w.moment(w.from), int32(w.from / 3600)}
	for _, seed := range order {
		n := len(w.log)
		if n == w.opts.Overrides {
			break
		}
		items, _ := w.Snapshots[0].List(seed)
		if len(items) < len(w.opts.Theta)+3 || !w.served(seed, start) {
			continue
		}
		from := int32(w.from/3600) + 24*(int32(hash(w.opts.Seed, seedEdit, uint64(n)))&0xffff%int32(max(1, w.opts.Days/2))) + 9
		o := override{item: items[0], from: from, until: pack.Never}
		entry := pack.Override{Op: "block", Source: seed, Item: o.item, Hour: from, Until: pack.Never, Moment: w.moment(int64(from) * 3600)}
		if n%2 == 0 {
			o.item, o.position, o.until = items[len(w.opts.Theta)+2], 1+n/2%2, from+7*24
			entry.Op, entry.Item, entry.Position, entry.Until = "pin", o.item, o.position, o.until
		}
		w.override[seed] = append(w.override[seed], o)
		w.log = append(w.log, entry)
	}
	slices.SortStableFunc(w.log, func(a, b pack.Override) int { return int(a.Hour - b.Hour) })
	if len(w.log) < w.opts.Overrides {
		return errors.New("simulate: there are too few articles with long lists for so many overrides")
	}
	return nil
}
