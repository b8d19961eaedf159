package eval

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/resample"
)

// The names of the estimators.
const (
	overMixture = "Δ-PBM-IPS over the mixture of variants"
	overDrawn   = "Δ-PBM-IPS over the lists drawn at random"
	controlled  = ", with control variate"

	bySlot  = "slot IPS"
	byDrawn = "PBM-IPS over the lists drawn at random"
	byModel = "doubly robust, with a table of clicks"
)

// measure adds the measures of e to the result.
func (v *clickEval) measure(ctx context.Context, e Entry, candidate bool) error {
	r, err := v.rank(ctx, e, candidate)
	if err != nil {
		return err
	}
	defer v.release(r)
	if v.main == nil || v.reason != "" {
		for _, rw := range v.rewards {
			v.add(Measure{Ranking: e.Name, Metric: rw.metric, Level: v.level, Refusal: v.reason})
		}
		v.shownSet(r, v.shownSetSums(r.rows))
		return nil
	}
	v.result.Dropped[e.Name] = r.main.dropped
	var doubts []string
	if v.note != "" {
		doubts = append(doubts, v.note)
	}
	if d, base := r.main.dropped, v.base.main.dropped; d.lateShare() > base.lateShare()+leakLimit {
		doubts = append(doubts, fmt.Sprintf("%s of its first %d links were not published yet when the lists were served, of the baseline's %s: it was made with later data. They were left out, but what else it knew of later days nobody can tell", percent(d.lateShare()), v.k, percent(base.lateShare())))
	}
	var diagnostics *Diagnostics
	var refusal string
	var attention comparison
	var shown shownSums
	comparisons := make([]comparison, len(v.rewards))
	v.parallel(3+len(v.rewards), func(i int) {
		switch i {
		case 0:
			shown = v.shownSetSums(r.rows)
		case 1:
			diagnostics, refusal = v.diagnose(r.main)
		case 2:
			attention = v.estimateAll(v.main, v.attention(r.main), v.attention(v.base.main), v.n)
		default:
			comparisons[i-3] = v.compare(v.main, r.main, v.base.main, v.rewards[i-3].value, v.n)
		}
	})
	if refusal == "" && v.baseRefusal != "" {
		refusal = v.baseRefusal
	}
	for i, rw := range v.rewards {
		m := Measure{Ranking: e.Name, Metric: rw.metric, Level: v.level, Refusal: refusal, Doubts: slices.Clone(doubts)}
		d := *diagnostics
		m.Diagnostics = &d
		t := comparisons[i]
		v.again(&t, v.main, r.main, v.base.main, rw.value, v.n)
		v.report(&m, t, r.main)
		if rw.metric == "clicks" && refusal == "" {
			if candidate {
				v.alternatives(&m, r, rw)
			}
			v.backtest(&m, r)
		}
		v.add(m)
		if rw.metric == "clicks" && candidate {
			v.measureSlices(m, r, rw, t.beta)
		}
	}
	v.add(Measure{
		Ranking: e.Name, Metric: fmt.Sprintf("attention@%d", v.k), Level: v.level, Doubts: doubts,
		Value: attention.value.result, Baseline: attention.baseline.result, Delta: attention.delta.result,
	})
	v.shownSet(r, shown)
	return nil
}

// add puts a measure into the result; one that is refused has no numbers.
func (v *clickEval) add(m Measure) {
	if m.Refusal != "" {
		m.Value, m.Baseline, m.Delta = estimate.Result{}, estimate.Result{}, estimate.Result{}
	}
	v.result.Measures = append(v.result.Measures, m)
}

// totals are the rewards of a ranking by cluster and by seed, and how their sum
// changes with ln θ of every slot.
type totals struct {
	cluster, seed []float64
	gradient      []float64
}

// baseTotals are totals of the baseline, which every ranking is compared with.
type baseTotals struct {
	w       *weighed
	reward  []float64
	total   totals
	control totals
}

// ofBase finds or makes the totals of the baseline for a reward.
func (v *clickEval) ofBase(m *mixture, base *weighed, reward []float64) *baseTotals {
	for i := range v.known {
		if k := &v.known[i]; k.w == base && &k.reward[0] == &reward[0] {
			return k
		}
	}
	v.known = append(v.known, baseTotals{base, reward, v.total(m, base, reward), v.control(base)})
	return &v.known[len(v.known)-1]
}

// total weighs the rewards of clicks for a ranking.
func (v *clickEval) total(m *mixture, w *weighed, reward []float64) totals {
	x := v.x
	t := totals{make([]float64, x.clusters), make([]float64, len(x.seeds)), make([]float64, x.slots)}
	theta := v.curve.theta
	for c, k := range x.clicks {
		weight := w.weight[c]
		if weight == 0 || reward[c] == 0 {
			continue
		}
		gain := reward[c] * weight
		t.cluster[x.cluster[k.impression]] += gain
		t.seed[x.seedOf[k.impression]] += gain
		f := &m.contexts[m.of[k.impression]]
		at := int(m.at[k.shown])
		t.gradient[w.slot[c]] += gain
		for j, p := range f.chance[at*x.slots : (at+1)*x.slots] {
			t.gradient[j] -= gain * theta[j] * p / f.seen[at]
		}
	}
	return t
}

// control is the control variate of a weighed ranking by cluster and seed: what
// the items shown weigh, less what they weigh on average.
func (v *clickEval) control(w *weighed) totals {
	x := v.x
	t := totals{cluster: make([]float64, x.clusters), seed: make([]float64, len(x.seeds))}
	for i, c := range x.cluster {
		if w.mixture.of[i] >= 0 {
			d := w.lists[i].control()
			t.cluster[c] += d
			t.seed[x.seedOf[i]] += d
		}
	}
	return t
}

// less is t − beta·u, cluster by cluster.
func (t totals) less(beta float64, u totals) totals {
	out := totals{slices.Clone(t.cluster), slices.Clone(t.seed), slices.Clone(t.gradient)}
	for i, b := range u.cluster {
		out.cluster[i] -= beta * b
	}
	for i, b := range u.seed {
		out.seed[i] -= beta * b
	}
	for i, b := range u.gradient {
		out.gradient[i] -= beta * b
	}
	return out
}

// An estimated number, Σnum/Σden over clusters.
type estimated struct {
	result   estimate.Result
	num, den []float64 // behind the interval: by cluster, or by seed
	psi      []float64 // of a difference: influences by cluster
	bySource float64   // of a difference: standard error by seed
	thorough bool      // the interval is by samples with a curve of their own
}

// A comparison is a ranking beside the baseline.
type comparison struct {
	value, baseline, delta estimated
	beta                   float64 // of the control variate; 0: without
}

// gain is how much of the standard error of a difference the control variate must
// take away to be used.
const gain = 0.05

// compare estimates the rewards that a ranking and the baseline collect per
// impression of m, and the difference. n counts the impressions of m by cluster.
func (v *clickEval) compare(m *mixture, w, base *weighed, reward, n []float64) comparison {
	if len(reward) == 0 {
		return comparison{}
	}
	known := v.ofBase(m, base, reward)
	a, b := known.total, known.total
	if w != base {
		a = v.total(m, w, reward)
	}
	c := v.estimateAll(m, a, b, n)
	if v.opts.plain || w == base {
		return c
	}
	ca, cb := v.control(w), known.control
	_, psi := estimate.RatioInfluence(ca.less(1, cb).cluster, n)
	both := make([]float64, len(psi))
	for i := range psi {
		both[i] = psi[i] * c.delta.psi[i]
		psi[i] *= psi[i]
	}
	below := estimate.Sum(psi)
	if below == 0 {
		return c
	}
	beta := estimate.Sum(both) / below
	better := v.estimateAll(m, a.less(beta, ca), b.less(beta, cb), n)
	if better.delta.result.SE < (1-gain)*c.delta.result.SE {
		better.beta = beta
		return better
	}
	return c
}

func (v *clickEval) estimateAll(m *mixture, a, b totals, n []float64) comparison {
	return comparison{
		value:    v.estimated(a, n),
		baseline: v.estimated(b, n),
		delta:    v.wider(m, a.less(1, b), n),
	}
}

// wider is estimated, with the interval by seed if that is more than a fifth wider.
func (v *clickEval) wider(m *mixture, t totals, n []float64) estimated {
	e := v.estimated(t, n)
	_, e.psi = estimate.RatioInfluence(e.num, n)
	perSeed := v.perSeed(m)
	num := slices.Clone(t.seed)
	addCurve(num, v.curve.bySeed, t.gradient)
	other := clickRatio(num, perSeed)
	e.bySource = other.SE
	if wider := e.result.Wider(other); wider.SE > e.result.SE {
		wider.Value = e.result.Value // but for rounding
		e.result, e.num, e.den = wider, num, perSeed
	}
	return e
}

// estimated is the mean of t over n impressions, with an interval by cluster.
func (v *clickEval) estimated(t totals, n []float64) estimated {
	num := slices.Clone(t.cluster)
	addCurve(num, v.curve.byCluster, t.gradient)
	return estimated{result: clickRatio(num, n), num: num, den: n}
}

// perSeed is how many impressions of m stand under every seed.
func (v *clickEval) perSeed(m *mixture) []float64 {
	n := make([]float64, len(v.x.seeds))
	for t, s := range v.x.seedOf {
		if m.of[t] >= 0 {
			n[s]++
		}
	}
	return n
}

// count is how many are not 0.
func count(n []float64) int {
	k := 0
	for _, x := range n {
		if x != 0 {
			k++
		}
	}
	return k
}

// clickRatio is estimate.Ratio, where some clusters have only the curve in common with
// the number: these do not count as degrees of freedom.
func clickRatio(num, den []float64) estimate.Result {
	r := estimate.Ratio(num, den)
	if clusters := count(den); clusters >= 2 && clusters < r.Clusters {
		half := distuv.StudentsT{Sigma: 1, Nu: float64(clusters - 1)}.Quantile(0.975) * r.SE
		r.Clusters, r.Low, r.High = clusters, r.Value-half, r.Value+half
	}
	return r
}

// Below so many clusters, or where one holds more of the variance than this,
// Student's t gives way to a bootstrap.
const (
	fewClusters = 50
	dominating  = 0.05
)

// settle is the result of e, its interval by a bootstrap where Student's t is a
// rough guess.
func (v *clickEval) settle(e estimated) estimate.Result {
	r := e.result
	if !e.thorough && r.SE > 0 && !math.IsInf(r.SE, 0) && r.Clusters >= 2 && (r.Clusters < fewClusters || r.Dominance > dominating) {
		b := resample.Ratio(e.num, e.den, resample.Options{Seed: v.opts.Seed, Workers: v.opts.Workers, Replicates: v.opts.replicates})
		r.Low, r.High = b.Interval(0.025)
	}
	return r
}

// report writes a comparison into m. Links that nobody could have been shown count
// as no clicks, which is too few: the upper end of an interval grants them as many
// as the others get.
func (v *clickEval) report(m *Measure, c comparison, w *weighed) {
	m.Value, m.Baseline, m.Delta = v.settle(c.value), v.settle(c.baseline), v.settle(c.delta)
	own, base := w.unknown()*m.Value.Value, v.base.main.unknown()*m.Baseline.Value
	m.Value, m.Baseline = m.Value.Widened(0, own), m.Baseline.Widened(0, base)
	if m.Delta.SE > 0 {
		m.Delta = m.Delta.Widened(base, own)
	}
	if share := w.unsupported / w.attention; share >= 0.005 && m.Refusal == "" {
		m.Doubts = append(m.Doubts, fmt.Sprintf("%s of its attention is on links that nobody could have been shown; they count as no clicks, and the upper end of the interval grants them as many as the others get", percent(share)))
	}
	m.Estimator = overMixture
	if v.main == v.drawn {
		m.Estimator = overDrawn
	}
	if c.beta != 0 {
		m.Estimator += controlled
	}
	m.Diagnostics.SEBySource = c.delta.bySource
	m.Diagnostics.TopReaders = top(c.delta.psi, 10)
}

// top is the share of the n clusters with the most influence in the sum of squares.
func top(psi []float64, n int) []float64 {
	sum := 0.0
	var most []float64 // squares, the greatest first
	for _, p := range psi {
		sum += p * p
		if len(most) == n && p*p <= most[n-1] {
			continue
		}
		at, _ := slices.BinarySearchFunc(most, p*p, func(a, b float64) int { return cmp.Compare(b, a) })
		most = slices.Insert(most, at, p*p)
		most = most[:min(n, len(most))]
	}
	if sum == 0 {
		return nil
	}
	for i := range most {
		most[i] /= sum
	}
	return most
}

// attention is how much of the readers' attention goes to links of a ranking that
// could have been shown.
func (v *clickEval) attention(w *weighed) totals {
	t := totals{cluster: make([]float64, v.x.clusters), seed: make([]float64, len(v.x.seeds))}
	for i, c := range v.x.cluster {
		if w.mixture.of[i] >= 0 {
			t.cluster[c] += float64(w.lists[i].supported)
			t.seed[v.x.seedOf[i]] += float64(w.lists[i].supported)
		}
	}
	return t
}
