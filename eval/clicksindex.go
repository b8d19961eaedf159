package eval

import (
	"cmp"
	"slices"

	"github.com/alsolike/alsolike/eval/pack"
)

// rareSlot is the share of lists that must reach a slot for it to count. What a
// few overlong lists showed further down is left out of everything.
const rareSlot = 0.01

// A clickIndex is a pack sorted for the walks of Clicks.
type clickIndex struct {
	p  *pack.Pack
	im *pack.Impressions

	hour []int32 // of every impression, see likelyHours

	slots int   // that count, see rareSlot
	width []int // by widget: slots of its longest list, at most slots

	order []int32 // impressions by source, then time
	stops []stop  // what walks in this order look at, beside order
	seeds []int32 // sources with impressions, ascending
	start []int32 // order[start[i]:start[i+1]] stand under seeds[i]

	cluster  []int32 // of every impression, numbered by first appearance
	clusters int
	by       string
	seedOf   []int32 // place in seeds of every impression's source

	clicks    []click // by impression, then slot; without pinned slots
	clickFrom []int32 // clicks[clickFrom[t]:clickFrom[t+1]] are those of impression t

	pins        int   // most pinned items of one list
	firstMoment int32 // of an impression
	lastMoment  int32

	clickedOrder []int32 // order and start of impressions with clicks alone
	clickedStart []int32

	strata  int
	stratum []int32 // of every shown item: same source, item and widget; -1 for pinned ones and slots that do not count
}

// A stop is an impression on a walk: what stands together in memory is not looked up
// in one column after the other, where each is far away.
type stop struct {
	hour, moment int32
	from         int32 // the first of its items
	n            uint8 // how many of these count
	clicked      bool
}

// A click is one clicked item.
type click struct {
	impression int32
	shown      int32 // its number in Impressions.Item
	slot       uint8 // from 0
}

func newClickIndex(p *pack.Pack, by string) *clickIndex {
	x := &clickIndex{p: p, im: &p.Impressions, by: by, hour: likelyHours(p)}
	x.sort()
	x.countSlots()
	x.findClusters()
	x.findClicks()
	x.findStops()
	x.findClicked()
	x.findStrata()
	return x
}

// timeKey puts hours and moments in the order of time.
func timeKey(hour, moment int32) int64 { return int64(hour)<<32 | int64(moment) }

func (x *clickIndex) sort() {
	n := x.im.Len()
	from := make([]int32, len(x.p.Articles)+1)
	for _, s := range x.im.Source {
		from[s+1]++
	}
	for s := range x.p.Articles {
		if from[s+1] > 0 {
			x.seeds = append(x.seeds, int32(s))
			x.start = append(x.start, from[s])
		}
		from[s+1] += from[s]
	}
	x.start = append(x.start, int32(n))
	x.order = make([]int32, n)
	x.seedOf = make([]int32, n)
	for t, s := range x.im.Source {
		x.order[from[s]] = int32(t)
		from[s]++
	}
	for i := range x.seeds {
		rows := x.order[x.start[i]:x.start[i+1]]
		slices.SortFunc(rows, func(a, b int32) int {
			if c := cmp.Compare(timeKey(x.hour[a], x.im.Moment[a]), timeKey(x.hour[b], x.im.Moment[b])); c != 0 {
				return c
			}
			return cmp.Compare(a, b)
		})
		for _, t := range rows {
			x.seedOf[t] = int32(i)
		}
	}
}

func (x *clickIndex) countSlots() {
	var reach []int // lists of at least i+1 items
	for t := range x.im.Len() {
		from, to := x.im.Items(t)
		for len(reach) < int(to-from) {
			reach = append(reach, 0)
		}
		for i := range reach[:to-from] {
			reach[i]++
		}
	}
	for _, n := range reach {
		if float64(n) >= rareSlot*float64(x.im.Len()) {
			x.slots++
		}
	}
	x.slots = min(x.slots, maxSlots)
	x.width = make([]int, max(1, len(x.p.Widgets)))
	for t := range x.im.Len() {
		from, to := x.im.Items(t)
		w := x.im.Widget[t]
		x.width[w] = max(x.width[w], min(int(to-from), x.slots))
		pins := 0
		for j := from; j < to; j++ {
			if x.im.Flags[j]&pack.Pinned != 0 {
				pins++
			}
		}
		x.pins = max(x.pins, pins)
	}
	x.firstMoment, x.lastMoment = slices.Min(x.im.Moment), slices.Max(x.im.Moment)
}

// maxSlots bounds the slots that count, so that one fits a byte.
const maxSlots = 200

func (x *clickIndex) findClusters() {
	n := x.im.Len()
	x.cluster = make([]int32, n)
	var of []int32
	switch x.by {
	case ClusterSeed:
		of = x.im.Source
	case ClusterSession:
		of = x.im.Session
	case ClusterReader:
		of = x.im.Reader
	default:
		for t := range x.cluster {
			x.cluster[t] = int32(t)
		}
		x.clusters = n
		return
	}
	number := map[int32]int32{}
	for t, id := range of {
		c, ok := number[id]
		if !ok {
			c = int32(len(number))
			number[id] = c
		}
		x.cluster[t] = c
	}
	x.clusters = len(number)
}

func (x *clickIndex) findClicks() {
	n := x.im.Len()
	x.clickFrom = make([]int32, n+1)
	for t := range n {
		from, to := x.im.Items(t)
		for j := from; j < min(to, from+int32(x.slots)); j++ {
			if x.im.Flags[j]&(pack.Clicked|pack.Pinned) == pack.Clicked {
				x.clicks = append(x.clicks, click{int32(t), j, uint8(j - from)})
			}
		}
		x.clickFrom[t+1] = int32(len(x.clicks))
	}
}

func (x *clickIndex) findStops() {
	x.stops = make([]stop, len(x.order))
	for i, t := range x.order {
		from, to := x.im.Items(int(t))
		x.stops[i] = stop{
			hour: x.hour[t], moment: x.im.Moment[t], from: from, n: uint8(min(int(to-from), x.slots)),
			clicked: x.clickFrom[t] < x.clickFrom[t+1],
		}
	}
}

// findClicked fills clickedOrder and clickedStart.
func (x *clickIndex) findClicked() {
	for i := range x.seeds {
		x.clickedStart = append(x.clickedStart, int32(len(x.clickedOrder)))
		for _, t := range x.order[x.start[i]:x.start[i+1]] {
			if x.clickFrom[t] < x.clickFrom[t+1] {
				x.clickedOrder = append(x.clickedOrder, t)
			}
		}
	}
	x.clickedStart = append(x.clickedStart, int32(len(x.clickedOrder)))
}

func (x *clickIndex) findStrata() {
	widgets := len(x.width)
	x.stratum = make([]int32, len(x.im.Item))
	for j := range x.stratum {
		x.stratum[j] = -1
	}
	number := make([]int32, widgets*len(x.p.Articles)) // 0: none yet under this source
	var touched []int32
	for i := range x.seeds {
		for _, t := range x.order[x.start[i]:x.start[i+1]] {
			from, to := x.im.Items(int(t))
			for j := from; j < min(to, from+int32(x.slots)); j++ {
				if x.im.Flags[j]&pack.Pinned != 0 {
					continue
				}
				cell := int32(widgets)*x.im.Item[j] + int32(x.im.Widget[t])
				if number[cell] == 0 {
					x.strata++
					number[cell] = int32(x.strata)
					touched = append(touched, cell)
				}
				x.stratum[j] = number[cell] - 1
			}
		}
		for _, cell := range touched {
			number[cell] = 0
		}
		touched = touched[:0]
	}
}
