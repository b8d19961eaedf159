package eval

import (
	"time"

	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/pack"
	"github.com/alsolike/alsolike/eval/resample"
)

// byRows are the clicks per impression of some impressions, with an interval by
// cluster: what readers did, not an estimate. Only slots that count are, and no
// pinned ones.
type byRows struct {
	v        *clickEval
	num, den []float64 // scratch, by cluster; all 0 between calls
	touched  []int32
}

func (v *clickEval) byRows() *byRows {
	return &byRows{v: v, num: make([]float64, v.x.clusters), den: make([]float64, v.x.clusters)}
}

func (b *byRows) clicks(rows []int32) estimate.Result {
	x := b.v.x
	for _, t := range rows {
		c := x.cluster[t]
		if b.den[c] == 0 {
			b.touched = append(b.touched, c)
		}
		b.den[c]++
		for _, k := range x.clicks[x.clickFrom[t]:x.clickFrom[t+1]] {
			if int(k.slot) < b.v.k {
				b.num[c]++
			}
		}
	}
	num, den := make([]float64, len(b.touched)), make([]float64, len(b.touched))
	for i, c := range b.touched {
		num[i], den[i] = b.num[c], b.den[c]
		b.num[c], b.den[c] = 0, 0
	}
	b.touched = b.touched[:0]
	return estimate.Ratio(num, den)
}

// groups sorts impressions into n groups; of is the group of one, −1 for none.
func (x *clickIndex) groups(n int, of func(t int) int) [][]int32 {
	size := make([]int, n)
	for t := range x.im.Len() {
		if g := of(t); g >= 0 {
			size[g]++
		}
	}
	rows := make([][]int32, n)
	for g := range rows {
		rows[g] = make([]int32, 0, size[g])
	}
	for t := range x.im.Len() {
		if g := of(t); g >= 0 {
			rows[g] = append(rows[g], int32(t))
		}
	}
	return rows
}

// dayOf is the day of an hour, from 1970.
func dayOf(hour int32) int { return int(hour) / hoursOfDay }

// dayName writes a day from 1970 as 2026-03-02.
func dayName(day int) string {
	return time.Unix(int64(day)*hoursOfDay*3600, 0).UTC().Format(time.DateOnly)
}

// days are the first and the last day of the log.
func (x *clickIndex) days() (first, last int) {
	first, last = dayOf(x.im.Hour[0]), dayOf(x.im.Hour[0])
	for _, h := range x.im.Hour {
		first, last = min(first, dayOf(h)), max(last, dayOf(h))
	}
	return first, last
}

func (v *clickEval) summary() *LogSummary {
	x, p := v.x, v.p
	first, last := x.days()
	s := &LogSummary{
		Impressions: x.im.Len(), Articles: len(p.Articles), Snapshots: len(p.Snapshots),
		From: dayName(first), To: dayName(last), ClusteredBy: x.by, Checks: p.Checks,
	}
	for _, f := range x.im.Flags {
		if f&pack.Clicked != 0 {
			s.Clicks++
		}
	}
	readers := map[int32]bool{}
	for _, r := range x.im.Reader {
		readers[r] = true
	}
	s.Readers = len(readers)
	b := v.byRows()
	rows := x.groups(len(p.Variants), func(t int) int { return int(x.im.Variant[t]) })
	for i, name := range p.Variants {
		if len(rows[i]) == 0 {
			continue
		}
		s.Variants = append(s.Variants, Variant{
			Name: name, Policy: v.policyName(i), Impressions: len(rows[i]),
			Share: float64(len(rows[i])) / float64(x.im.Len()), Clicks: b.clicks(rows[i]),
		})
	}
	return s
}

// policyName says how a variant makes its lists.
func (v *clickEval) policyName(variant int) string {
	name := ""
	for _, a := range v.e.arms {
		kind := "fixed"
		if a.drawn {
			kind = kindDrawn
		}
		switch {
		case int(a.variant) != variant || name == kind:
		case name == "":
			name = kind
		default:
			return "fixed and " + kindDrawn
		}
	}
	return name
}

func (v *clickEval) daily() []Day {
	x, p := v.x, v.p
	first, last := x.days()
	variants := len(p.Variants)
	rows := x.groups((last-first+1)*variants, func(t int) int {
		return (dayOf(x.im.Hour[t])-first)*variants + int(x.im.Variant[t])
	})
	b := v.byRows()
	var days []Day
	for i, r := range rows {
		if len(r) > 0 {
			days = append(days, Day{Day: dayName(first + i/variants), Variant: p.Variants[i%variants], Clicks: b.clicks(r), N: len(r)})
		}
	}
	return days
}

// splits is how often the clusters of production are halved at random.
const splits = 1000

// together is how many clusters are halved at most: more are thrown together.
const together = 2000

// soundLimit is the p-value below which the split of readers is not as planned.
const soundLimit = 0.001

func (v *clickEval) soundness() *Experiment {
	e := &Experiment{P: 1, Sound: true, AA: v.halvings()}
	if v.opts.Planned == nil {
		return e
	}
	counts := v.x.units(len(v.p.Variants))
	for _, name := range v.p.Variants {
		e.Planned = append(e.Planned, v.opts.Planned[name])
	}
	e.ChiSquare, e.P = estimate.SampleRatio(counts, e.Planned)
	e.Sound = e.P >= soundLimit
	return e
}

// units counts what was drawn into every variant: readers if every reader saw one
// variant alone, else sessions if those did, else impressions.
func (x *clickIndex) units(variants int) []float64 {
	for _, of := range [][]int32{x.im.Reader, x.im.Session} {
		variant := make(map[int32]uint8, len(of))
		steady := true
		for t, unit := range of {
			if seen, ok := variant[unit]; ok && seen != x.im.Variant[t] {
				steady = false
				break
			}
			variant[unit] = x.im.Variant[t]
		}
		if steady {
			counts := make([]float64, variants)
			for _, w := range variant {
				counts[w]++
			}
			return counts
		}
	}
	counts := make([]float64, variants)
	for _, w := range x.im.Variant {
		counts[w]++
	}
	return counts
}

// halvings is the share of random halves of the largest variant's clusters whose
// difference in clicks has an interval that holds 0.
func (v *clickEval) halvings() float64 {
	x := v.x
	n := make([]int, len(v.p.Variants))
	most := 0
	for _, w := range x.im.Variant {
		n[w]++
		if n[w] > n[most] {
			most = int(w)
		}
	}
	num, den := make([]float64, x.clusters), make([]float64, x.clusters)
	for t, w := range x.im.Variant {
		if int(w) == most {
			c := x.cluster[t]
			den[c]++
			num[c] += float64(x.clickFrom[t+1] - x.clickFrom[t])
		}
	}
	return known(resample.Halves(throwTogether(num), throwTogether(den), splits, resample.Options{Seed: v.opts.Seed, Workers: v.opts.Workers}))
}

// throwTogether adds up clusters in at most so many groups. Clusters are numbered
// in an order that means nothing, so the groups vary as much as they do.
func throwTogether(x []float64) []float64 {
	if len(x) <= together {
		return x
	}
	groups := make([]float64, together)
	for c, v := range x {
		groups[c%together] += v
	}
	return groups
}

// sameShare is the share of a variant's lists that must be just those of a ranking
// for the two to count as the same.
const sameShare = 0.99

// observed is what readers did who were served the lists of r, if a variant did so
// without drawing.
func (v *clickEval) observed(r *ranked) (variant string, clicks estimate.Result, ok bool) {
	if r.main == nil || v.main == v.drawn {
		return "", estimate.Result{}, false
	}
	byArm := make([]int, len(v.e.arms))
	for t, of := range v.main.of {
		if of >= 0 {
			byArm[v.e.armOf[t]]++
		}
	}
	equal, n := map[int]int{}, map[int]int{}
	for i, a := range v.e.arms {
		equal[a.line()] += r.main.equal[i]
		n[a.line()] += byArm[i]
	}
	for _, a := range v.e.arms {
		line := a.line()
		if a.drawn || n[line] == 0 || float64(equal[line]) < sameShare*float64(n[line]) {
			continue
		}
		rows := v.x.groups(1, func(t int) int {
			if v.main.of[t] >= 0 && v.e.arms[v.e.armOf[t]].line() == line {
				return 0
			}
			return -1
		})
		return v.p.Variants[a.variant], v.byRows().clicks(rows[0]), true
	}
	return "", estimate.Result{}, false
}

// backtest compares the estimate m of r with what readers did, if it was served. Where
// there are lists drawn at random the estimate is made of them alone, so that the
// two share no reader's clicks.
func (v *clickEval) backtest(m *Measure, r *ranked) {
	variant, clicks, ok := v.observed(r)
	if !ok {
		return
	}
	value := m.Value
	for _, o := range m.Others {
		if o.Estimator == byDrawn && o.Refusal == "" {
			value = o.Value
		}
	}
	v.result.Backtest = append(v.result.Backtest, Backtest{Ranking: r.entry.Name, Variant: variant, Estimated: value, Observed: clicks})
}
