package simulate

import (
	"fmt"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/pack"
)

// Clicks is the truth: how many clicks a list served from these lists gets, on
// the mean over all readers and moments that logs of this world are drawn from,
//
//	Σ over moments and articles of chance × Σ over slots k of theta_k · attraction of the item there
//
// Items that do not exist at a moment are left out, and what follows moves up;
// what editors pinned and blocked holds for these lists too. The snapshot is over
// Articles. The sum is exact but for the minutes by which the lists of one
// session follow each other.
func (w *World) Clicks(lists pack.Snapshot) float64 {
	var clicks float64
	chance := make([]float64, len(w.Articles))
	w.periods(chance, func(at when) {
		var places []int32
		var pins []pin
		for a, c := range chance {
			if c == 0 {
				continue
			}
			seed := int32(a)
			chance[a] = 0
			pins = w.pins(pins[:0], seed, at)
			places = w.eligible(places[:0], &lists, seed, at, len(w.opts.Theta)-len(pins))
			items, _ := lists.List(seed)
			slot := 0
			look := func(item int32) {
				clicks += c * w.opts.Theta[slot] * w.Attraction(seed, item)
				slot++
			}
			for _, place := range places {
				for len(pins) > 0 && pins[0].at <= slot {
					look(pins[0].item)
					pins = pins[1:]
				}
				look(items[place])
			}
			for _, p := range pins {
				look(p.item)
			}
		}
	})
	return clicks
}

// periods calls visit for every span of time in which the articles and editors'
// wishes stay the same, with the chance of a list to be served under each
// article within it in chance. Over all spans the chances sum to 1. visit sets
// them back to 0.
func (w *World) periods(chance []float64, visit func(at when)) {
	served := make([]bool, len(w.Articles))
	var now when
	wishes := -1
	for at := w.from; at < w.to; {
		hour := at / 3600
		end := (hour + 1) * 3600
		moment := w.moment(at)
		if int(moment) < len(w.moments) {
			end = min(end, w.moments[moment])
		}
		if at == w.from || moment != now.moment || w.wishes(int32(hour)) != wishes {
			if at != w.from {
				visit(now)
			}
			now, wishes = when{moment, int32(hour)}, w.wishes(int32(hour))
			for a := range served {
				served[a] = w.served(int32(a), now)
			}
		}
		w.addChance(chance, served, at, end)
		at = end
	}
	visit(now)
}

// addChance adds the chance of a list served between these seconds of one hour
// under each of the articles.
func (w *World) addChance(chance []float64, served []bool, from, to int64) {
	sums := w.seeds[(from-w.from)/day]
	var all, before float64
	for a, sum := range sums {
		if served[a] {
			all += sum - before
		}
		before = sum
	}
	of := float64(to-from) / 3600 * hours[from/3600%24] / hoursSum / float64(w.opts.Days) / all
	before = 0
	for a, sum := range sums {
		if served[a] {
			chance[a] += of * (sum - before)
		}
		before = sum
	}
}

// servedSums is sums, of the weights of articles, without those that have no list
// then.
func (w *World) servedSums(sums []float64, at when) []float64 {
	left := make([]float64, len(sums))
	var sum, before float64
	for a, upTo := range sums {
		if w.served(int32(a), at) {
			sum += upTo - before
		}
		left[a], before = sum, upTo
	}
	return left
}

// wishes changes with what editors wish in that hour.
func (w *World) wishes(hour int32) int {
	n := 0
	for _, o := range w.log {
		if o.Hour <= hour {
			n++
		}
		if o.Until <= hour {
			n++
		}
	}
	return n
}

// scale makes the lists of the first snapshot get the clicks that are wanted.
func (w *World) scale() error {
	clicks := w.Clicks(w.Snapshots[0])
	w.taste.scale *= w.opts.ClickRate / clicks
	if most := w.taste.most() * mostEager; most > 1 {
		return &data.InvalidError{Field: "click rate", Reason: fmt.Sprintf("is %v; on these lists at most %.2g can be had", w.opts.ClickRate, w.opts.ClickRate/most)}
	}
	return nil
}
