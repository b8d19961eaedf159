package eval

import (
	"context"
	"fmt"
	"math"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/pack"
)

// The names of the estimators of single slots.
const (
	slotBeta   = "β-IPS over logged chances"
	slotIPS    = "IPS over logged chances"
	slotSNIPS  = "SNIPS over logged chances"
	slotDR     = "doubly robust over logged chances, with a table of clicks"
	slotReplay = "replay of lists drawn uniformly"
)

// servedName names what readers were shown, as a baseline.
const servedName = "production"

// A slotLog is a log of lists with one link, each with the logged chance of what
// it shows: enough to weigh any ranking without knowing what else there was.
type slotLog struct {
	v    *clickEval
	rows []int32 // impressions that count
	p    []float64
	q    []float64 // what the click table expects of what was shown
	code []int32   // cluster of every row
	seed []int32   // place in seeds of every row

	uniform bool // all chances under an article are equal
	lowest  float64
}

// LoggedChances reports whether every list of the log holds one link with the
// logged chance of its being shown, and some were drawn. Then Clicks needs no
// snapshots, and the baseline is what was served unless another one is named.
func LoggedChances(p *pack.Pack) bool {
	im := &p.Impressions
	drawn := false
	for t := range im.Len() {
		from, to := im.Items(t)
		if to != from+1 || len(im.P) == 0 || !(im.P[from] > 0 && im.P[from] <= 1) {
			return false
		}
		drawn = drawn || im.P[from] < 1
	}
	return drawn
}

// newSlotLog is the slotLog of the log, nil if it is none.
func (v *clickEval) newSlotLog() *slotLog {
	x := v.x
	if v.table == nil || !LoggedChances(v.p) {
		return nil
	}
	s := &slotLog{v: v, uniform: true, lowest: math.Inf(1)}
	chance := map[int32]float64{} // by seed
	for t := range x.im.Len() {
		from, _ := x.im.Items(t)
		if x.stratum[from] < 0 {
			continue // pinned
		}
		p, seed := x.im.P[from], x.seedOf[t]
		if first, ok := chance[seed]; !ok {
			chance[seed] = p
		} else if math.Abs(p-first) > 1e-9 {
			s.uniform = false
		}
		s.lowest = min(s.lowest, p)
		s.rows, s.p = append(s.rows, int32(t)), append(s.p, p)
		s.q = append(s.q, v.table.of(half(x.cluster[t]), x.stratum[from]))
		s.code, s.seed = append(s.code, x.cluster[t]), append(s.seed, seed)
	}
	if len(s.rows) == 0 {
		return nil
	}
	return s
}

// A slotRanking is what a ranking would have shown in every row.
type slotRanking struct {
	name        string
	w           []float64 // 1/p where it shows what was shown, else 0; 1 for what was served
	q           []float64 // what the click table expects of its link
	unsupported float64   // share of rows in which its link was never shown under the article
	dropped     AsOfDropped
}

// served is the ranking that showed what was shown: whatever drew it.
func (s *slotLog) served() *slotRanking {
	r := &slotRanking{name: servedName, w: make([]float64, len(s.rows)), q: s.q}
	for i := range r.w {
		r.w[i] = 1
	}
	return r
}

// rank weighs a ranking.
func (s *slotLog) rank(ctx context.Context, e Entry) (*slotRanking, error) {
	x, b := s.v.x, s.v.blocks
	lists, err := rowsOf(ctx, e, x, s.v.rowOf, 1, s.v.opts.Workers)
	if err != nil {
		return nil, err
	}
	r := &slotRanking{name: e.Name, w: make([]float64, len(s.rows)), q: make([]float64, len(s.rows))}
	place := make([]int32, x.im.Len()) // row of an impression, from 1
	for i, t := range s.rows {
		place[t] = int32(i + 1)
	}
	var top []int32
	never := 0
	for i, seed := range x.seeds {
		stratum := map[int32]int32{} // of what was shown under the article, by item·widgets+widget
		cell := func(item int32, t int32) int32 { return item*int32(len(x.width)) + int32(x.im.Widget[t]) }
		under := x.order[x.start[i]:x.start[i+1]]
		for _, t := range under {
			if place[t] > 0 {
				j := x.im.Start[t]
				stratum[cell(x.im.Item[j], t)] = x.stratum[j]
			}
		}
		var list []int32
		var until int32
		known := false
		for _, t := range under {
			row := int(place[t]) - 1
			if row < 0 {
				continue
			}
			hour := x.im.Hour[t]
			if !known || hour > until {
				if list, until, err = lists.at(seed, hour); err != nil {
					return nil, fmt.Errorf("eval: %s: %w", e.Name, err)
				}
				known = true
			}
			top = asOf(top[:0], list, seed, x.im.Moment[t], x.p.Articles, b.under(seed, hour), 1, &r.dropped)
			if len(top) == 0 {
				continue
			}
			n, shown := stratum[cell(top[0], t)]
			if !shown {
				never++
				n = -1
			}
			r.q[row] = s.v.table.of(half(x.cluster[t]), n)
			if x.im.Item[x.im.Start[t]] == top[0] {
				r.w[row] = 1 / s.p[row]
			}
		}
	}
	r.unsupported = float64(never) / float64(len(s.rows))
	return r, nil
}

// measure adds the measures of every entry to the result; unsound says why none has
// numbers, if so.
func (s *slotLog) measure(ctx context.Context, entries []Entry, unsound string) error {
	v := s.v
	names := map[string]bool{}
	var rankings []*slotRanking
	var base *slotRanking
	for _, e := range entries {
		if names[e.Name] {
			return dataErrorf("two rankings are called %s; give each a name of its own", data.Quote(e.Name))
		}
		names[e.Name] = true
		r, err := s.rank(ctx, e)
		if err != nil {
			return err
		}
		rankings = append(rankings, r)
		v.result.Dropped[e.Name] = r.dropped
		if e.Name == v.opts.Baseline {
			base = r
		}
	}
	switch {
	case base != nil:
	case v.opts.Baseline == "" || v.opts.Baseline == servedName:
		base = s.served()
		rankings = append(rankings, base)
	default:
		return dataErrorf("no ranking is called %s, which the others are to be compared with", data.Quote(v.opts.Baseline))
	}
	for _, r := range rankings {
		for _, rw := range v.rewards {
			m := s.compare(r, base, s.perRow(rw))
			m.Ranking, m.Metric, m.Level = r.name, rw.metric, LevelDrawn
			if unsound != "" {
				m.Refusal, m.Contested, m.Others = unsound, "", nil
			}
			v.add(m)
		}
	}
	return nil
}

// perRow adds up the rewards of the clicks of every row.
func (s *slotLog) perRow(rw reward) []float64 {
	x := s.v.x
	r := make([]float64, len(s.rows))
	for i, t := range s.rows {
		for c := x.clickFrom[t]; c < x.clickFrom[t+1]; c++ {
			r[i] += rw.value[c]
		}
	}
	return r
}

// compare measures a ranking beside the baseline.
func (s *slotLog) compare(r, base *slotRanking, reward []float64) Measure {
	m := Measure{Estimator: slotBeta}
	m.Diagnostics, m.Refusal = s.diagnose(r, reward)
	if _, of := s.diagnose(base, reward); m.Refusal == "" && of != "" {
		m.Refusal = "of the baseline " + base.name + ": " + of
	}
	w := make([]float64, len(reward))
	rest, gained := make([]float64, len(reward)), make([]float64, len(reward)) // r − q, and what the table expects to be gained
	for i := range w {
		w[i] = r.w[i] - base.w[i]
		rest[i], gained[i] = reward[i]-s.q[i], r.q[i]-base.q[i]
	}
	beta := func(w []float64, expected float64) estimate.Result {
		return s.wider(func(cluster []int32) estimate.Result {
			r, _ := estimate.BetaIPS(w, reward, expected, cluster)
			return r
		})
	}
	m.Value, m.Baseline, m.Delta = beta(r.w, 1), beta(base.w, 1), beta(w, 0)
	zero := make([]float64, len(reward))
	m.Others = []Alternative{
		{Estimator: slotSNIPS, Value: estimate.SNIPS(r.w, reward, s.code), Delta: estimate.SNIPSDifference(r.w, base.w, reward, s.code)},
		{Estimator: slotIPS, Value: estimate.IPS(r.w, reward, s.code), Delta: estimate.IPS(w, reward, s.code)},
		{Estimator: slotDR, Value: estimate.DR(r.w, reward, s.q, r.q, s.code), Delta: estimate.DR(w, rest, zero, gained, s.code)},
	}
	if s.uniform {
		chosen := make([]bool, len(reward))
		for i, w := range r.w {
			chosen[i] = w > 0
		}
		m.Others = append(m.Others, Alternative{
			Estimator: slotReplay, Value: estimate.Replay(chosen, reward, s.code), Delta: estimate.SNIPSDifference(r.w, base.w, reward, s.code),
		})
	}
	for _, o := range m.Others {
		if m.Refusal == "" && m.Contested == "" && disagree(m.Delta, o.Delta) {
			m.Contested = contest(&m, o)
		}
	}
	if m.Refusal != "" {
		m.Others = nil
	}
	return m
}

// wider is the result by readers, or by articles if that is more than a fifth
// wider and there are enough of them to tell.
func (s *slotLog) wider(f func(cluster []int32) estimate.Result) estimate.Result {
	r := f(s.code)
	if len(s.v.x.seeds) < fewClusters {
		return r
	}
	return r.Wider(f(s.seed))
}

// diagnose says how far estimates of r can be trusted, and why they cannot.
func (s *slotLog) diagnose(r *slotRanking, reward []float64) (d *Diagnostics, refusal string) {
	// What its weights are on average, if the logged chances are right.
	e := estimate.Diagnose(r.w, s.code, 1-r.unsupported)
	e.Unsupported, e.MinPropensity = r.unsupported, s.lowest
	clicks := 0
	var weights []float64
	for i, w := range r.w {
		if w > 0 && reward[i] > 0 {
			clicks++
			weights = append(weights, w)
		}
	}
	e.Clicks = float64(clicks)
	d = &Diagnostics{
		Impressions: e.N, Clicks: clicks, Clusters: e.Clusters, ESS: e.ESS, MaxWeightShare: e.MaxWeightShare,
		MeanWeight: e.MeanWeight, MeanWeightZ: known(e.MeanWeightZ), Unsupported: e.Unsupported,
		MinPropensity: e.MinPropensity, Histogram: histogram(weights),
	}
	return d, s.v.opts.Limits.Refusal(e)
}
