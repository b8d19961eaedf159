package eval

import (
	"slices"

	"github.com/alsolike/alsolike/eval/pack"
)

// AsOfDropped counts what lists lost before they were measured, by rule, over
// the part of every list that was looked at: the first k places as they stood in
// the ranking.
type AsOfDropped struct {
	Places          int // places looked at
	NotYetPublished int // the article did not exist yet
	TakenDown       int // the article had been taken down
	Itself          int // the article under which the list stands
	Repeated        int // stood further up already
	Blocked         int // editors had blocked it
}

// leakLimit is the share of its first k that a ranking may lose to "not yet
// published" before it counts as made with later data.
const leakLimit = 0.02

// Leaks reports whether the ranking looks as if it was made with data from after
// the impressions it is judged on: more than 2 % of its first places were not
// published yet.
func (d *AsOfDropped) Leaks() bool {
	return d.lateShare() > leakLimit
}

// lateShare is the share of places that were not published yet.
func (d *AsOfDropped) lateShare() float64 {
	return float64(d.NotYetPublished) / float64(max(1, d.Places))
}

func (d *AsOfDropped) add(e AsOfDropped) {
	d.Places += e.Places
	d.NotYetPublished += e.NotYetPublished
	d.TakenDown += e.TakenDown
	d.Itself += e.Itself
	d.Repeated += e.Repeated
	d.Blocked += e.Blocked
}

// asOf appends to dst the first k of list that a reader could have been shown
// under seed in that moment: articles that existed, without seed itself and those
// that blocked reports (nil: none), each once. What follows moves up. drop, unless
// nil, is told what the first k places of list lost.
func asOf(dst, list []int32, seed, moment int32, articles []pack.Article, blocked func(item int32) bool, k int, drop *AsOfDropped) []int32 {
	if drop == nil {
		drop = new(AsOfDropped)
	}
	start := len(dst)
	drop.Places += min(len(list), k)
	for i, item := range list {
		if len(dst)-start == k {
			break
		}
		reason := &drop.Repeated
		switch {
		case item == seed:
			reason = &drop.Itself
		case moment < articles[item].Born:
			reason = &drop.NotYetPublished
		case !articles[item].Exists(moment):
			reason = &drop.TakenDown
		case slices.Contains(dst[start:], item):
		case blocked != nil && blocked(item):
			reason = &drop.Blocked
		default:
			dst = append(dst, item)
			continue
		}
		if i < k {
			*reason++
		}
	}
	return dst
}
