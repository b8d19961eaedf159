package eval

import (
	"slices"

	"github.com/alsolike/alsolike/eval/pack"
)

// A weighed is what a ranking would have shown in the contexts of a mixture, and
// so what the clicks of the log weigh for it.
type weighed struct {
	mixture *mixture

	// Of every click: its weight θ(slot in the ranking)/m, m being the attention
	// that its item could expect from the mixture; the slot in the ranking, noSlot
	// if it has none; and its weight by slot alone, 1/P(item at its slot) if the
	// ranking has it there, else 0.
	weight     []float64
	slot       []uint8
	slotWeight []float64

	lists []weighedList // of every impression

	// Of every impression: what the click table says the ranking gets, less what it
	// says of the items shown: 0 on average. Nil: nobody asks.
	model []float32

	attention       float64 // of the ranking's items, over all impressions
	unsupported     float64 // of it, on items that could not have been shown
	unsupportedSlot float64 // of it, on items that could not have been shown in that slot

	dropped AsOfDropped
	equal   []int // by arm: impressions that showed just what the ranking would have
}

const noSlot = 255

// A weighedList is what was shown once beside what a ranking would have shown.
type weighedList struct {
	sum       float32 // Σ_k θ_k·weight(item shown at k)
	supported float32 // what that is on average: the attention on the ranking's items that could have been shown
	missing   float32 // the attention on those that could not
}

// control is how far the items shown are above what they weigh on average.
func (l weighedList) control() float64 { return float64(l.sum) - float64(l.supported) }

// unknown is the attention on items that could not have been shown over that on
// those that could.
func (w *weighed) unknown() float64 {
	if w.attention <= w.unsupported {
		return 0
	}
	return w.unsupported / (w.attention - w.unsupported)
}

// reset makes w ready for m.
func (w *weighed) reset(m *mixture) {
	clear(w.weight)
	clear(w.slot)
	clear(w.slotWeight)
	clear(w.lists)
	clear(w.equal)
	*w = weighed{
		mixture: m, weight: w.weight, slot: w.slot, slotWeight: w.slotWeight,
		lists: w.lists, equal: w.equal,
	}
}

// weigh weighs the clicks of the log for a ranking. The first k slots count. Without
// a table of clicks, model stays 0.
func (w *weighed) weigh(x *clickIndex, e *experiment, b *standing, lists rows, c *curve, q *clickTable, k, workers int) error {
	parts := make([]*weigher, seedBlocks(len(x.seeds)))
	eachSeedBlock(len(x.seeds), workers, func(block, from, to int) {
		p := &weigher{x: x, e: e, blocks: b, w: w, lists: lists.own(), theta: c.theta, q: q, k: k, equal: make([]int, len(e.arms))}
		for i := from; i < to && p.err == nil; i++ {
			p.err = p.seed(i)
		}
		parts[block] = p
	})
	for _, p := range parts {
		if p.err != nil {
			return p.err
		}
		w.attention += p.attention
		w.unsupported += p.unsupported
		w.unsupportedSlot += p.unsupportedSlot
		w.dropped.add(p.dropped)
		for a, n := range p.equal {
			w.equal[a] += n
		}
	}
	return nil
}

// A weigher walks through one block of seeds.
type weigher struct {
	x      *clickIndex
	e      *experiment
	blocks *standing
	w      *weighed
	lists  rows
	theta  []float64
	q      *clickTable
	k      int

	line timeline
	list []int32 // as of now
	drop AsOfDropped

	// What the list is in the frame at hand.
	place     []int32   // by free slot of the frame: the item
	placeAt   []uint16  // and its number in the frame; absent if it has none
	weight    []float64 // by item of the frame
	slot      []uint8   // by item of the frame
	seen      float64   // attention of all items of the list
	supported float64
	slotless  float64
	model     [2]float64

	attention, unsupported, unsupportedSlot float64
	dropped                                 AsOfDropped
	equal                                   []int
	err                                     error
}

func (p *weigher) seed(i int) error {
	x, m := p.x, p.w.mixture
	seed := x.seeds[i]
	var whole []int32      // the list before anything is dropped
	var since, until int32 // hours for which it holds
	known := false
	frame := int32(-1)
	for n, t := range x.order[x.start[i]:x.start[i+1]] {
		stop := &x.stops[int(x.start[i])+n]
		hour, moment := stop.hour, stop.moment
		if m.of[t] < 0 {
			continue
		}
		fresh := !known || hour < since || hour > until
		if fresh {
			var err error
			if whole, until, err = p.lists.at(seed, hour); err != nil {
				return err
			}
			known, since = true, hour
			p.line.watch(p.blocks, x.p.Articles, seed, p.k+x.pins, x.firstMoment, x.lastMoment, whole)
		}
		if p.line.move(hour, moment) || fresh {
			p.asOf(whole, seed, hour, moment)
			frame = -1
		}
		p.dropped.add(p.drop)
		if m.of[t] != frame {
			frame = m.of[t]
			p.enter(&m.contexts[frame])
		}
		p.impression(t, stop, &m.contexts[frame])
	}
	return nil
}

func (p *weigher) asOf(whole []int32, seed, hour, moment int32) {
	p.drop = AsOfDropped{}
	p.list = asOf(p.list[:0], whole, seed, moment, p.x.p.Articles, p.blocks.under(seed, hour), p.k+p.x.pins, &p.drop)
}

// enter puts the list into the free slots of f and weighs the items of f.
func (p *weigher) enter(f *frame) {
	slots := p.w.mixture.slots
	p.place, p.placeAt = p.place[:0], p.placeAt[:0]
	p.weight = append(p.weight[:0], f.seen...)
	p.slot = p.slot[:0]
	for i := range p.weight {
		p.weight[i] = 0
		p.slot = append(p.slot, noSlot)
	}
	p.seen, p.supported, p.slotless, p.model = 0, 0, 0, [2]float64{}
	for _, item := range p.list {
		n := len(p.place)
		if n == len(f.free) || int(f.free[n]) >= p.k {
			break
		}
		if slices.Contains(f.pinned, item) {
			continue
		}
		slot := f.free[n]
		theta := p.theta[slot]
		p.place = append(p.place, item)
		p.seen += theta
		at := slices.Index(f.items, item)
		if at < 0 || f.chance[at*slots+int(slot)] == 0 {
			p.slotless += theta
		}
		if at < 0 {
			p.placeAt = append(p.placeAt, absent)
			continue
		}
		p.placeAt = append(p.placeAt, uint16(at))
		p.supported += theta
		p.weight[at] = theta / f.seen[at]
		p.slot[at] = slot
		for h := range p.model {
			if p.q == nil {
				break
			}
			p.model[h] += theta * p.q.of(h, f.stratum[at])
		}
	}
}

// impression weighs what impression t showed.
func (p *weigher) impression(t int32, i *stop, f *frame) {
	x, w := p.x, p.w
	p.attention += p.seen
	p.unsupported += p.seen - p.supported
	p.unsupportedSlot += p.slotless
	shown := w.mixture.at[i.from : i.from+int32(i.n)]
	sum := 0.0
	for k, at := range shown {
		if at != absent {
			sum += p.theta[k] * p.weight[at]
		}
	}
	w.lists[t] = weighedList{float32(sum), float32(p.supported), float32(p.seen - p.supported)}
	if w.model != nil {
		h := half(x.cluster[t])
		model := p.model[h]
		for k, at := range shown {
			if at != absent {
				model -= p.theta[k] * p.weight[at] * p.q.of(h, x.stratum[int(i.from)+k])
			}
		}
		w.model[t] = float32(model)
	}
	if i.clicked {
		p.clicks(t, f)
	}
	if p.shows(i, f) {
		p.equal[p.e.armOf[t]]++
	}
}

// clicks weighs the clicks of impression t.
func (p *weigher) clicks(t int32, f *frame) {
	x, w := p.x, p.w
	for c := x.clickFrom[t]; c < x.clickFrom[t+1]; c++ {
		w.slot[c] = noSlot
		at := w.mixture.at[x.clicks[c].shown]
		if at == absent {
			continue
		}
		w.weight[c], w.slot[c] = p.weight[at], p.slot[at]
		if k := x.clicks[c].slot; p.slot[at] == k {
			w.slotWeight[c] = 1 / f.chance[int(at)*w.mixture.slots+int(k)]
		}
	}
}

// shows reports whether an impression showed the list in the first k slots.
func (p *weigher) shows(v *stop, f *frame) bool {
	for i, slot := range f.free {
		if int(slot) >= p.k {
			break
		}
		j, beyond := v.from+int32(slot), slot >= v.n
		switch {
		case i >= len(p.place):
			return beyond || p.x.im.Flags[j]&pack.Filled != 0
		case beyond || p.w.mixture.at[j] != p.placeAt[i]:
			return false
		case p.placeAt[i] == absent && p.x.im.Item[j] != p.place[i]:
			return false
		}
	}
	return true
}
