package eval

import (
	"cmp"
	"slices"
)

// An arm is what one variant served from one snapshot in one way.
type arm struct {
	variant  uint8
	snapshot int16 // -1: the log names none
	drawn    bool  // by Plackett-Luce; else the list as it stands

	first, last int32 // hours in which it was seen
	from, to    int32 // hours in which it was live
	n           int   // impressions

	policy drawing // how a drawn list is drawn
}

// oneRanking reports whether all lists are of one snapshot as it stands.
func (e *experiment) oneRanking() bool {
	for _, a := range e.arms {
		if a.drawn || a.snapshot < 0 || a.snapshot != e.arms[0].snapshot {
			return false
		}
	}
	return true
}

// line is the arms of one variant served in one way: one after the other, they
// are what a reader drawn into it was shown.
func (a *arm) line() int {
	if a.drawn {
		return int(a.variant)<<1 | 1
	}
	return int(a.variant) << 1
}

// A span is a run of hours in which the same arms were live.
type span struct {
	from, to int32 // hours; to is the last
	arms     []int
	share    []float64 // of the lists, one for each of arms
}

// An experiment is who was served what, when.
type experiment struct {
	arms  []arm
	armOf []int16 // by impression
	spans []span
	spanOf
}

// spanOf finds the span of an hour.
type spanOf struct {
	first int32
	span  []int16 // by hour from first
}

func (s *spanOf) at(hour int32) int { return int(s.span[hour-s.first]) }

// newExperiment finds the arms and the spans. planned holds the planned share of
// each variant by name; where it names all that are live together, it counts
// instead of what was observed.
func newExperiment(x *clickIndex, planned map[string]float64) *experiment {
	e := &experiment{}
	e.findArms(x)
	e.findLive()
	e.findSpans(x, planned)
	return e
}

func (e *experiment) findArms(x *clickIndex) {
	type key struct {
		variant  uint8
		snapshot int16
		drawn    bool
	}
	number := map[key]int{}
	for t := range x.im.Len() {
		k := key{x.im.Variant[t], x.im.Snapshot[t], false}
		if p := x.im.Policy[t]; p >= 0 {
			k.drawn = x.p.Policies[p].Kind == kindDrawn
		}
		hour := x.hour[t]
		i, ok := number[k]
		if !ok {
			i = len(e.arms)
			number[k] = i
			e.arms = append(e.arms, arm{variant: k.variant, snapshot: k.snapshot, drawn: k.drawn, first: hour, last: hour})
		}
		a := &e.arms[i]
		a.first, a.last, a.n = min(a.first, hour), max(a.last, hour), a.n+1
	}
	slices.SortFunc(e.arms, func(a, b arm) int {
		return cmp.Or(cmp.Compare(a.line(), b.line()), cmp.Compare(a.first, b.first), cmp.Compare(a.snapshot, b.snapshot))
	})
	for i, a := range e.arms {
		number[key{a.variant, a.snapshot, a.drawn}] = i
	}
	e.armOf = make([]int16, x.im.Len())
	for t := range e.armOf {
		k := key{x.im.Variant[t], x.im.Snapshot[t], false}
		if p := x.im.Policy[t]; p >= 0 {
			k.drawn = x.p.Policies[p].Kind == kindDrawn
		}
		e.armOf[t] = int16(number[k])
	}
}

const hoursOfDay = 24

// findLive says when every arm was live. A variant is taken as live for whole
// days. In between it went over from a snapshot to the next at an hour that its
// own log may leave open; then at the one in which any variant first showed the
// next.
func (e *experiment) findLive() {
	firstSeen := map[int16]int32{}
	for _, a := range e.arms {
		if h, ok := firstSeen[a.snapshot]; !ok || a.first < h {
			firstSeen[a.snapshot] = a.first
		}
	}
	for from := 0; from < len(e.arms); {
		to := from + 1
		for to < len(e.arms) && e.arms[to].line() == e.arms[from].line() {
			to++
		}
		line := e.arms[from:to]
		last := line[0].last
		line[0].from = line[0].first - line[0].first%hoursOfDay
		for i := range line {
			a := &line[i]
			if i > 0 {
				a.from = a.first
				if last < a.first { // a gap before it, or nothing between
					a.from = min(a.first, max(last+1, firstSeen[a.snapshot]))
					for j := range i {
						if line[j].last == last {
							line[j].to = a.from - 1
						}
					}
				}
			}
			a.to = a.last
			last = max(last, a.last)
		}
		for i := range line {
			if line[i].last == last {
				line[i].to = last - last%hoursOfDay + hoursOfDay - 1
			}
		}
		from = to
	}
}

func (e *experiment) findSpans(x *clickIndex, planned map[string]float64) {
	first, last := e.arms[0].from, e.arms[0].to
	for _, a := range e.arms {
		first, last = min(first, a.from), max(last, a.to)
	}
	days := e.shares(x, planned, first, last)
	var cuts []int32
	for _, a := range e.arms {
		cuts = append(cuts, a.from, a.to+1)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	for i := range len(cuts) - 1 {
		e.spans = append(e.spans, span{from: cuts[i], to: cuts[i+1] - 1})
	}
	e.spanOf = spanOf{first: first, span: make([]int16, last-first+1)}
	for i, s := range e.spans {
		for h := s.from; h <= s.to; h++ {
			e.spanOf.span[h-first] = int16(i)
		}
	}
	counts := make([]float64, len(e.spans)*len(e.arms))
	for t, a := range e.armOf {
		counts[e.at(x.hour[t])*len(e.arms)+int(a)]++
	}
	for i := range e.spans {
		s := &e.spans[i]
		ofLine := map[int]float64{} // impressions of the line in this span
		rivals := map[int]float64{} // its live arms
		for a := range e.arms {
			if e.arms[a].from <= s.from && s.to <= e.arms[a].to {
				s.arms = append(s.arms, a)
				ofLine[e.arms[a].line()] += counts[i*len(e.arms)+a]
				rivals[e.arms[a].line()]++
			}
		}
		for _, a := range s.arms {
			line := e.arms[a].line()
			share := days[(s.from-first)/hoursOfDay][line]
			if ofLine[line] > 0 {
				share *= counts[i*len(e.arms)+a] / ofLine[line]
			} else {
				share /= rivals[line]
			}
			s.share = append(s.share, share)
		}
	}
}

// shares is the share of every line on every day, by line: equal over a run of
// days in which the same lines were live.
func (e *experiment) shares(x *clickIndex, planned map[string]float64, first, last int32) []map[int]float64 {
	n := int(last-first)/hoursOfDay + 1
	live := make([][]int, n)
	counts := make([]map[int]float64, n)
	for d := range n {
		counts[d] = map[int]float64{}
		from := first + int32(d)*hoursOfDay
		for _, a := range e.arms {
			if a.from < from+hoursOfDay && a.to >= from {
				live[d] = append(live[d], a.line())
			}
		}
		slices.Sort(live[d])
		live[d] = slices.Compact(live[d])
	}
	byArm := make([]float64, n*len(e.arms))
	for t, a := range e.armOf {
		byArm[int(x.hour[t]-first)/hoursOfDay*len(e.arms)+int(a)]++
	}
	for i, count := range byArm {
		counts[i/len(e.arms)][e.arms[i%len(e.arms)].line()] += count
	}
	shares := make([]map[int]float64, n)
	for d := 0; d < n; {
		to := d
		total := 0.0
		run := map[int]float64{}
		for ; to < n && slices.Equal(live[to], live[d]); to++ {
			for _, line := range live[d] {
				run[line] += counts[to][line]
				total += counts[to][line]
			}
		}
		share := make(map[int]float64, len(live[d]))
		for _, line := range live[d] {
			share[line] = run[line] / max(1, total)
		}
		plan(x.p.Variants, live[d], share, planned)
		for ; d < to; d++ {
			shares[d] = share
		}
	}
	return shares
}

// plan puts the planned shares of variants in the place of the observed ones, if
// all the lines live are planned; lines of one variant keep their proportion.
func plan(variants []string, live []int, share map[int]float64, planned map[string]float64) {
	observed := map[string]float64{}
	total := 0.0
	for _, line := range live {
		name := variants[line>>1]
		if planned[name] <= 0 || share[line] == 0 {
			return
		}
		if observed[name] == 0 {
			total += planned[name]
		}
		observed[name] += share[line]
	}
	for _, line := range live {
		name := variants[line>>1]
		share[line] *= planned[name] / total / observed[name]
	}
}
