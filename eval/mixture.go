package eval

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/pack"
)

// A mixture is what readers could have been shown: the lists of all variants that
// were live, each with its share, or those drawn at random alone.
type mixture struct {
	contexts []frame
	of       []int32  // context of every impression; −1: it takes no part
	at       []uint16 // of every shown item, its number in the frame; absent if it is not there
	n        int      // impressions that take part
	slots    int
}

// absent is the mixture.at of an item that the mixture could not have shown.
const absent = math.MaxUint16

// A frame is one context: a seed, a time in which nothing changed, a widget and
// its pinned articles.
type frame struct {
	free   []uint8 // slots, from 0, without the pinned ones
	pinned []int32
	items  []int32   // that could have been shown
	chance []float64 // items × slots: that the item stood in the slot

	stratum []int32   // of every item; −1: it never was shown
	seen    []float64 // of every item: the attention that it can expect, see look
}

// mixer builds a mixture, one block of seeds at a time.
type mixer struct {
	x      *clickIndex
	e      *experiment
	blocks *standing
	m      *mixture

	frames   []frame
	wrong    []int // by arm: impressions that showed something else than the arm says
	cached   map[string][]float64
	shown    []shownFrame
	line     timeline
	eligible []int32
	stratum  []int32   // of the items under the seed, from 1, by item·widgets+widget
	set      []int32   // where stratum is not 0
	items    []int32   // of the frame at hand
	chance   []float64 // of the frame at hand
}

// A shownFrame is the frame of some impressions before it is filled in.
type shownFrame struct {
	widget uint8
	pins   []int32 // by slot; −1: free
	policy int32
	rows   []int32
}

// newMixture builds the mixture of all live arms; with drawnOnly, that of the
// lists drawn at random by the policies as they were logged. wrong counts, by arm,
// the impressions that showed something else than the arm's snapshot says.
func newMixture(x *clickIndex, e *experiment, b *standing, drawnOnly bool, workers int) (m *mixture, wrong []int) {
	m = &mixture{of: make([]int32, x.im.Len()), at: make([]uint16, len(x.im.Item)), slots: x.slots}
	for j := range m.at {
		m.at[j] = absent
	}
	parts := make([]*mixer, seedBlocks(len(x.seeds)))
	eachSeedBlock(len(x.seeds), workers, func(block, from, to int) {
		mx := &mixer{x: x, e: e, blocks: b, m: m, wrong: make([]int, len(e.arms)), cached: map[string][]float64{}, stratum: make([]int32, len(x.width)*len(x.p.Articles))}
		for i := from; i < to; i++ {
			mx.enter(i)
			if drawnOnly {
				mx.drawnSeed(i)
			} else {
				mx.seed(i)
			}
		}
		parts[block] = mx
	})
	wrong = make([]int, len(e.arms))
	for block, mx := range parts {
		from, to := seedBlock(block, len(x.seeds))
		for _, t := range x.order[x.start[from]:x.start[to]] {
			if m.of[t] >= 0 {
				m.of[t] += int32(len(m.contexts))
				m.n++
			}
		}
		m.contexts = append(m.contexts, mx.frames...)
		for a, n := range mx.wrong {
			wrong[a] += n
		}
	}
	return m, wrong
}

// enter gets ready for seed number i.
func (mx *mixer) enter(i int) {
	clear(mx.cached)
	for _, c := range mx.set {
		mx.stratum[c] = 0
	}
	mx.set = mx.set[:0]
	x := mx.x
	for _, t := range x.order[x.start[i]:x.start[i+1]] {
		from, to := x.im.Items(int(t))
		for j := from; j < to; j++ {
			if n := x.stratum[j]; n >= 0 {
				c := mx.cell(x.im.Item[j], x.im.Widget[t])
				if mx.stratum[c] == 0 {
					mx.stratum[c] = n + 1
					mx.set = append(mx.set, c)
				}
			}
		}
	}
}

func (mx *mixer) cell(item int32, widget uint8) int32 {
	return item*int32(len(mx.x.width)) + int32(widget)
}

// look works out how much attention every item can expect, for a position curve.
func (m *mixture) look(theta []float64) {
	for c := range m.contexts {
		f := &m.contexts[c]
		if f.seen == nil {
			f.seen = make([]float64, len(f.items))
		}
		for i := range f.seen {
			f.seen[i] = 0
			for k, p := range f.chance[i*m.slots : (i+1)*m.slots] {
				f.seen[i] += theta[k] * p
			}
		}
	}
}

// seed adds the contexts of seed number i.
func (mx *mixer) seed(i int) {
	x := mx.x
	rows := x.order[x.start[i]:x.start[i+1]]
	current, begin := -1, 0
	var lists [][]int32
	for r, t := range rows {
		hour, moment := x.hour[t], x.im.Moment[t]
		s := mx.e.at(hour)
		changed := s != current
		if changed {
			current = s
			lists = lists[:0]
			depth := x.slots
			for _, a := range mx.e.spans[s].arms {
				arm := &mx.e.arms[a]
				if hasLists(x.p, arm.snapshot) {
					items, _ := x.p.Snapshots[arm.snapshot].List(x.seeds[i])
					lists = append(lists, items)
					depth = max(depth, arm.policy.pool)
				}
			}
			mx.line.watch(mx.blocks, x.p.Articles, x.seeds[i], depth+x.pins, x.firstMoment, x.lastMoment, lists...)
		}
		if mx.line.move(hour, moment) {
			changed = true
		}
		if changed && r > begin {
			mx.group(x.seeds[i], rows[begin:r])
			begin = r
		}
	}
	mx.group(x.seeds[i], rows[begin:])
}

// group adds the contexts of impressions between which nothing changed but
// widget and pins.
func (mx *mixer) group(seed int32, rows []int32) {
	mx.shown = mx.shown[:0]
	for _, t := range rows {
		if !hasLists(mx.x.p, mx.e.arms[mx.e.armOf[t]].snapshot) {
			mx.m.of[t] = -1
			continue
		}
		mx.sortIn(t, -1)
	}
	for i := range mx.shown {
		mx.fill(seed, &mx.shown[i])
	}
}

// sortIn puts impression t to those with the same widget, pins and policy.
func (mx *mixer) sortIn(t, policy int32) {
	widget := mx.x.im.Widget[t]
	from, to := mx.x.im.Items(int(t))
	to = min(to, from+int32(mx.x.slots))
	var pins []int32
	for j := from; j < to; j++ {
		if mx.x.im.Flags[j]&pack.Pinned == 0 {
			continue
		}
		for len(pins) <= int(j-from) {
			pins = append(pins, -1)
		}
		pins[j-from] = mx.x.im.Item[j]
	}
	for i := range mx.shown {
		if s := &mx.shown[i]; s.widget == widget && s.policy == policy && slices.Equal(s.pins, pins) {
			s.rows = append(s.rows, t)
			return
		}
	}
	mx.shown = append(mx.shown, shownFrame{widget: widget, pins: pins, policy: policy, rows: []int32{t}})
}

// newFrame is the frame of s, without items.
func (mx *mixer) newFrame(s *shownFrame) frame {
	f := frame{items: mx.items[:0], chance: mx.chance[:0]}
	for k := range mx.x.width[s.widget] {
		if k < len(s.pins) && s.pins[k] >= 0 {
			f.pinned = append(f.pinned, s.pins[k])
		} else {
			f.free = append(f.free, uint8(k))
		}
	}
	return f
}

// fill makes the frame of s from the arms that were live.
func (mx *mixer) fill(seed int32, s *shownFrame) {
	x := mx.x
	f := mx.newFrame(s)
	hour, moment := x.hour[s.rows[0]], x.im.Moment[s.rows[0]]
	live := &mx.e.spans[mx.e.at(hour)]
	for i, a := range live.arms {
		arm := &mx.e.arms[a]
		if !hasLists(x.p, arm.snapshot) {
			continue
		}
		items, scores := x.p.Snapshots[arm.snapshot].List(seed)
		want := len(f.free)
		if arm.drawn {
			want = arm.policy.pool
		}
		list := mx.asOf(items, seed, hour, moment, want, f.pinned)
		if !arm.drawn {
			mx.checkFixed(a, list, &f, s.rows)
			for k, item := range list {
				f.add(x.slots, item, f.free[k], live.share[i])
			}
			continue
		}
		ranks := make([]float64, len(list))
		for k, item := range list {
			ranks[k] = scores[slices.Index(items, item)]
		}
		logits := mx.checkDrawn(a, list, arm.policy.logits(ranks), s.rows)
		f.addDrawn(x.slots, list, logits, arm.policy.keep, live.share[i], mx.cached)
	}
	mx.keep(f, s)
}

// asOf is the first want of list that could have been shown besides what is pinned.
func (mx *mixer) asOf(list []int32, seed, hour, moment int32, want int, pinned []int32) []int32 {
	mx.eligible = asOf(mx.eligible[:0], list, seed, moment, mx.x.p.Articles, mx.blocks.under(seed, hour), want+len(pinned), nil)
	if len(pinned) > 0 {
		mx.eligible = slices.DeleteFunc(mx.eligible, func(item int32) bool { return slices.Contains(pinned, item) })
	}
	return mx.eligible[:min(want, len(mx.eligible))]
}

// checkFixed counts the impressions of arm a that showed something else than the
// beginning of list in the free slots. What a fallback filled in is not looked at.
func (mx *mixer) checkFixed(a int, list []int32, f *frame, rows []int32) {
	im := mx.x.im
	for _, t := range rows {
		if int(mx.e.armOf[t]) != a {
			continue
		}
		from, to := im.Items(int(t))
		for i, k := range f.free {
			j := from + int32(k)
			if j >= to {
				break
			}
			if im.Flags[j]&pack.Filled == 0 && (i >= len(list) || im.Item[j] != list[i]) {
				mx.wrong[a]++
				break
			}
		}
	}
}

// checkDrawn counts the impressions of arm a whose logged policy is another than
// pool with logits. It returns the logged logits if there are any, else logits.
func (mx *mixer) checkDrawn(a int, pool []int32, logits []float64, rows []int32) []float64 {
	best := logits
	last := int32(-1)
	lastRight := false
	for _, t := range rows {
		if int(mx.e.armOf[t]) != a {
			continue
		}
		if p := mx.x.im.Policy[t]; p != last {
			last = p
			var logged []float64
			if logged, lastRight = mx.e.arms[a].policy.match(pool, logits, &mx.x.p.Policies[p]); lastRight {
				best = logged
			}
		}
		if !lastRight {
			mx.wrong[a]++
		}
	}
	return best
}

// drawnSeed adds the contexts of the drawn lists under seed number i.
func (mx *mixer) drawnSeed(i int) {
	x := mx.x
	mx.shown = mx.shown[:0]
	byPolicy := map[int32][]int32{}
	var policies []int32
	for _, t := range x.order[x.start[i]:x.start[i+1]] {
		mx.m.of[t] = -1
		if mx.e.arms[mx.e.armOf[t]].drawn {
			p := x.im.Policy[t]
			if byPolicy[p] == nil {
				policies = append(policies, p)
			}
			byPolicy[p] = append(byPolicy[p], t)
		}
	}
	for _, p := range policies {
		mx.shown = mx.shown[:0]
		for _, t := range byPolicy[p] {
			mx.sortIn(t, p)
		}
		for k := range mx.shown {
			s := &mx.shown[k]
			f := mx.newFrame(s)
			policy := &x.p.Policies[p]
			var pool []int32
			var logits []float64
			for k, item := range policy.Pool {
				if !slices.Contains(f.pinned, item) {
					pool, logits = append(pool, item), append(logits, policy.Logits[k])
				}
			}
			f.addDrawn(x.slots, pool, logits, policy.Keep, 1, mx.cached)
			mx.keep(f, s)
		}
	}
}

// keep makes f the context of the impressions of s.
func (mx *mixer) keep(f frame, s *shownFrame) {
	im := mx.x.im
	mx.items, mx.chance = f.items, f.chance
	f.items, f.chance = slices.Clone(f.items), slices.Clone(f.chance)
	f.stratum = make([]int32, len(f.items))
	for i, item := range f.items {
		f.stratum[i] = mx.stratum[mx.cell(item, s.widget)] - 1
	}
	for _, t := range s.rows {
		mx.m.of[t] = int32(len(mx.frames))
		from, to := im.Items(int(t))
		for j := from; j < min(to, from+int32(mx.x.slots)); j++ {
			if im.Flags[j]&pack.Pinned != 0 {
				continue
			}
			if i := slices.Index(f.items, im.Item[j]); i >= 0 {
				mx.m.at[j] = uint16(i)
			}
		}
	}
	mx.frames = append(mx.frames, f)
}

// add makes it more likely by share that item stands in slot.
func (f *frame) add(slots int, item int32, slot uint8, share float64) {
	i := slices.Index(f.items, item)
	if i < 0 {
		i = len(f.items)
		f.items = append(f.items, item)
		f.chance = append(f.chance, make([]float64, slots)...)
	}
	f.chance[i*slots+int(slot)] += share
}

// addDrawn adds, with share, a list drawn from pool: the first keep as they are,
// the rest by logits.
func (f *frame) addDrawn(slots int, pool []int32, logits []float64, keep int, share float64, cached map[string][]float64) {
	keep = min(keep, len(pool), len(f.free))
	for i, item := range pool[:keep] {
		f.add(slots, item, f.free[i], share)
	}
	pool, logits = pool[keep:], logits[keep:]
	free := f.free[keep:]
	key := make([]byte, 0, 8*len(logits)+1)
	for _, v := range logits {
		key = binary.LittleEndian.AppendUint64(key, math.Float64bits(v))
	}
	key = append(key, byte(len(free)))
	marginals, ok := cached[string(key)]
	if !ok {
		marginals = estimate.PlackettLuceMarginals(logits, len(free))
		cached[string(key)] = marginals
	}
	for k, slot := range free {
		for i, item := range pool {
			if p := marginals[k*len(pool)+i]; p > 0 {
				f.add(slots, item, slot, share*p)
			}
		}
	}
}
