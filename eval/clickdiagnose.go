package eval

import (
	"fmt"
	"math"

	"github.com/alsolike/alsolike/eval/estimate"
)

// diagnose says how far the estimates of a weighed ranking can be trusted, and
// why they cannot, if they break a limit.
func (v *clickEval) diagnose(w *weighed) (d *Diagnostics, refusal string) {
	x, m := v.x, w.mixture
	sum, cluster := make([]float64, 0, m.n), make([]int32, 0, m.n)
	number := make([]int32, x.clusters) // among those that take part, from 1
	next := int32(0)
	expected := 0.0
	for t, c := range x.cluster {
		if m.of[t] < 0 {
			continue
		}
		if number[c] == 0 {
			next++
			number[c] = next
		}
		sum, cluster = append(sum, float64(w.lists[t].sum)), append(cluster, number[c]-1)
		expected += float64(w.lists[t].supported)
	}
	e := estimate.Diagnose(sum, cluster, expected/float64(len(sum)))
	// The expected sum differs from impression to impression.
	n := v.count(m)
	off := estimate.Ratio(v.control(w).cluster, n)
	if off.SE > 0 && !math.IsInf(off.SE, 0) {
		e.MeanWeightZ = off.Value / off.SE
	}
	if expected > 0 {
		e.MeanWeight = estimate.Sum(sum) / expected
	}
	clicks := 0
	e.MinPropensity = math.Inf(1)
	var weights []float64
	for c, k := range x.clicks {
		if w.weight[c] == 0 {
			continue
		}
		clicks++
		weights = append(weights, w.weight[c])
		f := &m.contexts[m.of[k.impression]]
		e.MinPropensity = min(e.MinPropensity, f.seen[m.at[k.shown]])
	}
	e.Clicks = float64(clicks)
	if w.attention > 0 {
		e.Unsupported = w.unsupported / w.attention
	}
	e.CalibrationZ = v.calibrationZ
	if clicks == 0 {
		e.MinPropensity = math.NaN()
	}
	d = &Diagnostics{
		Impressions: e.N, Clicks: clicks, Clusters: e.Clusters, ESS: e.ESS, MaxWeightShare: e.MaxWeightShare,
		MeanWeight: e.MeanWeight, MeanWeightZ: known(e.MeanWeightZ), Unsupported: known(e.Unsupported),
		MinPropensity: known(e.MinPropensity), Histogram: histogram(weights),
	}
	return d, v.opts.Limits.Refusal(e)
}

// known is x, or 0 if it is not a finite number: what reports print must be one.
func known(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}

// histogram counts weights in bins that grow by factors of two from a quarter to
// 64; smaller and larger ones are in the first and the last.
func histogram(weights []float64) []Bin {
	const first, bins = 0.25, 10
	h := make([]Bin, bins)
	from, to := 0.0, first
	for i := range h {
		h[i] = Bin{From: from, To: to}
		from, to = to, 2*to
	}
	for _, w := range weights {
		i := 0
		for i < bins-1 && w >= h[i].To {
			i++
		}
		h[i].N++
		h[bins-1].To = max(h[bins-1].To, w)
	}
	return h
}

// findCalibration compares what the lists drawn at random say of the baseline with
// what its readers did, where the baseline was served.
func (v *clickEval) findCalibration() {
	w := v.base.drawn
	if w == nil {
		return
	}
	_, observed, ok := v.observed(v.base)
	if !ok {
		return
	}
	est := v.compare(v.drawn, w, w, v.rewards[0].value, v.nDrawn).value.result
	if se := math.Hypot(est.SE, observed.SE); se > 0 && !math.IsInf(se, 0) {
		v.calibrationZ = (est.Value - observed.Value) / se
	}
}

// alternatives adds what other estimators say of the clicks of a ranking, and
// whether they disagree with m.
func (v *clickEval) alternatives(m *Measure, r *ranked, rw reward) {
	var others []Alternative
	limits := v.opts.Limits
	slot := Alternative{Estimator: bySlot}
	if share := r.main.unsupportedSlot / r.main.attention; share > limits.Unsupported {
		slot.Refusal = fmt.Sprintf("%s of the attention would go to links that were never shown in that slot (limit %s)", percent(share), percent(limits.Unsupported))
	} else {
		a, b := v.slotTotal(r.main, rw.value), v.slotTotal(v.base.main, rw.value)
		c := v.estimateAll(v.main, a, b, v.n)
		slot.Value, slot.Delta = c.value.result, c.delta.result
	}
	others = append(others, slot)
	if r.drawn != nil {
		drawn := Alternative{Estimator: byDrawn}
		if _, drawn.Refusal = v.diagnose(r.drawn); drawn.Refusal == "" {
			c := v.compare(v.drawn, r.drawn, v.base.drawn, rw.value, v.nDrawn)
			drawn.Value, drawn.Delta = c.value.result, c.delta.result
		}
		others = append(others, drawn)
	}
	a, b := v.modelTotal(r.main, rw.value), v.modelTotal(v.base.main, rw.value)
	c := v.estimateAll(v.main, a, b, v.n)
	others = append(others, Alternative{Estimator: byModel, Value: c.value.result, Delta: c.delta.result})
	m.Others = others
	for _, o := range others {
		if o.Refusal == "" && disagree(m.Delta, o.Delta) {
			m.Contested = contest(m, o)
			return
		}
	}
}

// contest says that an estimator disagrees with m.
func contest(m *Measure, o Alternative) string {
	return fmt.Sprintf("%s gives the difference %s, but %s gives %s: they do not agree, so what both assume may not hold",
		m.Estimator, spell(m.Delta), o.Estimator, spell(o.Delta))
}

// disagree reports whether two estimates are further apart than their joint
// interval, the root of the sum of the squares of both half widths.
func disagree(a, b estimate.Result) bool {
	return math.Abs(a.Value-b.Value) > math.Hypot((a.High-a.Low)/2, (b.High-b.Low)/2)
}

// slotTotal is total with weights by slot alone, which need no curve.
func (v *clickEval) slotTotal(w *weighed, reward []float64) totals {
	x := v.x
	t := totals{cluster: make([]float64, x.clusters), seed: make([]float64, len(x.seeds))}
	for c, k := range x.clicks {
		t.cluster[x.cluster[k.impression]] += reward[c] * w.slotWeight[c]
		t.seed[x.seedOf[k.impression]] += reward[c] * w.slotWeight[c]
	}
	return t
}

// modelTotal is total with a table of clicks that says what is expected, so that
// only what differs from it is weighed.
func (v *clickEval) modelTotal(w *weighed, reward []float64) totals {
	t := v.total(w.mixture, w, reward)
	for i, c := range v.x.cluster {
		if w.mixture.of[i] >= 0 {
			t.cluster[c] += float64(w.model[i])
			t.seed[v.x.seedOf[i]] += float64(w.model[i])
		}
	}
	return t
}
