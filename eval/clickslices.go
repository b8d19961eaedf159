package eval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/resample"
)

// A clickSlice is a part of the impressions.
type clickSlice struct {
	name string
	day  bool // a day: left out where the log cannot tell
	rows []int32
}

// tail is the slice of articles with less traffic than the median.
const tail = "tail"

// Slices with fewer impressions than this are left out.
const smallSlice = 200

// findSlices cuts the impressions that take part by traffic, language, device,
// section and day.
func (v *clickEval) findSlices() {
	if v.main == nil {
		return
	}
	x, p := v.x, v.p
	cut := func(n int, of func(t int) int, name func(g int) string) {
		rows := x.groups(n, func(t int) int {
			if v.main.of[t] < 0 {
				return -1
			}
			return of(t)
		})
		for g, r := range rows {
			if len(r) >= smallSlice && len(r) < v.main.n {
				v.slices = append(v.slices, clickSlice{name(g), strings.HasPrefix(name(g), "day="), r})
			}
		}
	}
	traffic := v.perSeed(v.main)
	median := medianOf(traffic)
	cut(1, func(t int) int {
		if traffic[x.seedOf[t]] < median {
			return 0
		}
		return -1
	}, func(int) string { return tail })
	coded := func(prefix string, codes []uint8, names []string) {
		if len(names) < 2 {
			return
		}
		cut(len(names)-1, func(t int) int { return int(codes[t]) - 1 }, func(g int) string { return prefix + names[g+1] })
	}
	coded("lang=", x.im.Lang, p.Languages)
	coded("device=", x.im.Device, p.Devices)
	var sections []string
	for _, a := range p.Articles {
		sections = append(sections, a.Section)
	}
	slices.Sort(sections)
	sections = slices.Compact(sections)
	number := make([]int, len(p.Articles))
	for i, a := range p.Articles {
		number[i], _ = slices.BinarySearch(sections, a.Section)
		if a.Section == "" {
			number[i] = -1
		}
	}
	cut(len(sections), func(t int) int { return number[x.im.Source[t]] }, func(g int) string { return "section=" + sections[g] })
	first, last := x.days()
	cut(last-first+1, func(t int) int { return dayOf(x.im.Hour[t]) - first }, func(g int) string { return "day=" + dayName(first+g) })
}

// medianOf is the median of the values above 0.
func medianOf(values []float64) float64 {
	var some []float64
	for _, v := range values {
		if v > 0 {
			some = append(some, v)
		}
	}
	if len(some) == 0 {
		return 0
	}
	slices.Sort(some)
	n := len(some)
	return (some[(n-1)/2] + some[n/2]) / 2
}

// measureSlices adds a measure of every slice, with the control variate of the
// whole.
func (v *clickEval) measureSlices(whole Measure, r *ranked, rw reward, beta float64) {
	first := len(v.result.Measures)
	measures := make([]Measure, len(v.slices))
	v.parallel(len(v.slices), func(i int) {
		m := Measure{
			Ranking: whole.Ranking, Metric: whole.Metric, Level: whole.Level, Slice: v.slices[i].name,
			Estimator: whole.Estimator, Refusal: whole.Refusal, Contested: whole.Contested,
		}
		if m.Refusal == "" {
			v.measureSlice(&m, v.slices[i], r, rw, beta)
		}
		measures[i] = m
	})
	var p []float64
	for i, s := range v.slices {
		m := measures[i]
		switch {
		case m.Refusal == "":
			p = append(p, m.Delta.PValue())
		case s.day || whole.Refusal != "" && s.name != tail:
			continue
		}
		v.add(m)
	}
	adjusted := resample.BenjaminiHochberg(p)
	for i := range v.result.Measures[first:] {
		m := &v.result.Measures[first+i]
		if m.Refusal != "" {
			continue
		}
		if adjusted[0] < 0.05 {
			m.Doubts = append(m.Doubts, fmt.Sprintf("of %d slices looked at, this one differs from the baseline (p = %.2g after Benjamini and Hochberg)", len(p), adjusted[0]))
		}
		adjusted = adjusted[1:]
	}
}

func (v *clickEval) measureSlice(m *Measure, s clickSlice, r *ranked, rw reward, beta float64) {
	x := v.x
	n := make([]float64, x.clusters)
	var d estimate.Diagnostics
	var attention, unsupported float64
	for _, t := range s.rows {
		n[x.cluster[t]]++
		missing := float64(r.main.lists[t].missing)
		attention += float64(r.main.lists[t].supported) + missing
		unsupported += missing
		for c := x.clickFrom[t]; c < x.clickFrom[t+1]; c++ {
			if r.main.weight[c] != 0 {
				d.Clicks++
			}
		}
	}
	d.N, d.Clusters = len(s.rows), count(n)
	limits := estimate.Limits{Clicks: v.opts.Limits.Clicks, Clusters: v.opts.Limits.Clusters, Unsupported: v.opts.Limits.Unsupported}
	if attention > 0 {
		d.Unsupported = unsupported / attention
	}
	m.Diagnostics = &Diagnostics{Impressions: d.N, Clicks: int(d.Clicks), Clusters: d.Clusters, Unsupported: d.Unsupported}
	if refusals := limits.Refusals(d); len(refusals) > 0 {
		m.Refusal = refusals[0]
		return
	}
	a, b := v.sliceTotal(s, r.main, rw.value, beta), v.sliceTotal(s, v.base.main, rw.value, beta)
	m.Delta = sliceResult(v.curve, a.less(1, b), n)
	m.Value, m.Baseline = sliceResult(v.curve, a, n), sliceResult(v.curve, b, n)
	// Links that nobody could have been shown may get as many clicks as the others.
	if m.Delta.SE > 0 && attention > unsupported {
		unknown := unsupported / (attention - unsupported) * m.Value.Value
		m.Value, m.Delta = m.Value.Widened(0, unknown), m.Delta.Widened(0, unknown)
	}
}

// sliceTotal is total over the impressions of a slice, less the control variate.
func (v *clickEval) sliceTotal(s clickSlice, w *weighed, reward []float64, beta float64) totals {
	x, m, theta := v.x, v.main, v.curve.theta
	t := totals{cluster: make([]float64, x.clusters), gradient: make([]float64, x.slots)}
	for _, i := range s.rows {
		c := x.cluster[i]
		if beta != 0 {
			t.cluster[c] -= beta * w.lists[i].control()
		}
		for k := x.clickFrom[i]; k < x.clickFrom[i+1]; k++ {
			gain := reward[k] * w.weight[k]
			if gain == 0 {
				continue
			}
			t.cluster[c] += gain
			f := &m.contexts[m.of[i]]
			at := int(m.at[x.clicks[k].shown])
			t.gradient[w.slot[k]] += gain
			for j, p := range f.chance[at*x.slots : (at+1)*x.slots] {
				t.gradient[j] -= gain * theta[j] * p / f.seen[at]
			}
		}
	}
	return t
}

// sliceResult is the mean of t over n impressions. It adds the curve to t.
func sliceResult(c *curve, t totals, n []float64) estimate.Result {
	addCurve(t.cluster, c.byCluster, t.gradient)
	return clickRatio(t.cluster, n)
}
