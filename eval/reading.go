package eval

import (
	"fmt"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/alsolike/alsolike/eval/estimate"
)

// A weighing says how pairs add up to one number: the mean over clusters of each
// one's mean, or, where pooled, the sum over all pairs by their sum of weights.
type weighing struct {
	slice, average, suffix string
	cluster                []int32   // by pair; −1 does not count
	weight                 []float64 // by pair; nil: 1 each
	clusters               int
	pooled                 bool
}

// Measures are the numbers of all rankings beside those of Options.Baseline: each
// metric in all ways of averaging; then, by Options.Average, in the slices, in
// the bands of the article read next, and by whether that one was linked, where
// the log tells; and corrected for popularity: "hr@10/n^0.5" and "hr@10/n^1"
// weigh every pair by 1/n^0.5 or 1/n of the n reads of the article read next.
//
// Where a ranking gains on the baseline only in the top band, that is among the
// doubts, as a popularity effect.
func (r *Result) Measures() []Measure {
	rankings := slices.Concat(r.Candidates, r.Baselines)
	if len(rankings) == 0 {
		return nil
	}
	base := slices.IndexFunc(rankings, func(x Ranking) bool { return x.Name == r.m.opts.Baseline })
	if base < 0 {
		base = min(len(r.Candidates), len(rankings)-1)
		if len(r.Baselines) == 0 {
			base = 0
		}
	}
	weighings := r.m.weighings()
	found := make([][]Measure, len(rankings)) // metrics × weighings
	for i := range found {
		found[i] = make([]Measure, len(r.m.names)*len(weighings))
	}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for metric := range r.m.names {
		for i, w := range weighings {
			g.Go(func() error {
				baseValue, basePsi := r.m.influence(metric, w, rankings[base].ranks)
				for k, ranking := range rankings {
					found[k][metric*len(weighings)+i] = r.m.compare(metric, w, ranking, rankings[base], baseValue, basePsi)
				}
				return nil
			})
		}
	}
	_ = g.Wait() // none fails
	var measures []Measure
	for k := range rankings {
		for metric := range r.m.names {
			ofRanking := found[k][metric*len(weighings) : (metric+1)*len(weighings)]
			if doubt := popularityEffect(ofRanking, r.m.opts.Average, rankings[base].Name); doubt != "" {
				for i := range ofRanking {
					if ofRanking[i].Slice == "" {
						ofRanking[i].Doubts = append(ofRanking[i].Doubts, doubt)
					}
				}
			}
			measures = append(measures, ofRanking...)
		}
	}
	return measures
}

// weighings are all ways in which pairs are added up.
func (m *measurement) weighings() []weighing {
	all := func(pair) bool { return true }
	var ws []weighing
	for _, average := range Averages {
		ws = append(ws, m.weighing("", average, all))
	}
	for s, slice := range m.slices {
		name := slice.Name
		if m.opts.SliceBy != "" {
			name = m.opts.SliceBy + "=" + name
		}
		if slice.Pairs > 0 {
			ws = append(ws, m.weighing(name, m.opts.Average, m.within(s)))
		}
	}
	for b, band := range m.bands {
		if band.Pairs > 0 {
			ws = append(ws, m.weighing("target="+band.Name, m.opts.Average, m.leadsTo(b)))
		}
	}
	if linked := m.truth.linked; linked != nil {
		was := func(p pair) bool { return linked[p.link()] }
		ws = append(ws, m.weighing("target=linked", m.opts.Average, was))
		ws = append(ws, m.weighing("target=not linked", m.opts.Average, func(p pair) bool { return !was(p) }))
	}
	for _, g := range []float64{0.5, 1} {
		w := m.weighing("", AverageTraffic, all)
		w.average, w.suffix = "", fmt.Sprintf("/n^%g", g)
		w.weight = make([]float64, len(m.truth.pairs))
		for i, p := range m.truth.pairs {
			w.weight[i] = math.Pow(float64(max(m.truth.views[p.to], 1)), -g)
		}
		ws = append(ws, w)
	}
	return slices.DeleteFunc(ws, func(w weighing) bool { return w.clusters == 0 })
}

// weighing is that of the pairs that count, by average.
func (m *measurement) weighing(slice, average string, counts func(pair) bool) weighing {
	w := weighing{slice: slice, average: average, cluster: make([]int32, len(m.truth.pairs)), pooled: average == AverageTraffic}
	number := map[int32]int32{} // of the articles with a list
	for reader := range m.truth.ReadersWithPairs() {
		new := true
		for p := m.truth.starts[reader]; p < m.truth.starts[reader+1]; p++ {
			w.cluster[p] = -1
			if !counts(m.truth.pairs[p]) {
				continue
			}
			if average == AverageSeed {
				from := m.truth.pairs[p].from
				if _, known := number[from]; !known {
					number[from] = int32(len(number))
				}
				w.cluster[p] = number[from]
				continue
			}
			if new {
				w.clusters++
				new = false
			}
			w.cluster[p] = int32(w.clusters - 1)
		}
	}
	w.clusters += len(number)
	return w
}

// influence is what a metric is worth in one ranking, and by cluster.
func (m *measurement) influence(metric int, w weighing, ranks []uint16) (float64, []float64) {
	num, den := make([]float64, w.clusters), make([]float64, w.clusters)
	values := m.values[metric]
	for p, c := range w.cluster {
		switch {
		case c < 0:
		case w.weight == nil:
			num[c] += values[ranks[p]]
			den[c]++
		default:
			num[c] += w.weight[p] * values[ranks[p]]
			den[c] += w.weight[p]
		}
	}
	if !w.pooled {
		for c := range num {
			num[c], den[c] = num[c]/den[c], 1
		}
	}
	return estimate.RatioInfluence(num, den)
}

// compare measures one metric of a ranking beside that of the baseline, which is
// worth baseValue.
func (m *measurement) compare(metric int, w weighing, ranking, base Ranking, baseValue float64, basePsi []float64) Measure {
	value, psi := m.influence(metric, w, ranking.ranks)
	measure := Measure{
		Ranking: ranking.Name, Metric: m.names[metric] + w.suffix, Level: LevelReads, Slice: w.slice, Average: w.average,
		Value:    share(estimate.Clustered(value, psi)),
		Baseline: share(estimate.Clustered(baseValue, basePsi)),
		Delta:    clusteredDifference(value, psi, baseValue, basePsi),
		Ungated:  m.truth.Ungated(),
	}
	if ranking.AsOf.Leaks() && ranking.AsOf.lateShare() > base.AsOf.lateShare()+leakLimit {
		measure.Doubts = append(measure.Doubts, leakDoubt(ranking.AsOf))
	}
	return measure
}

// clusteredDifference is a − b with the interval of what they differ by in every
// cluster.
func clusteredDifference(a float64, psiA []float64, b float64, psiB []float64) estimate.Result {
	psi := make([]float64, len(psiA))
	for i := range psi {
		psi[i] = psiA[i] - psiB[i]
	}
	return estimate.Clustered(a-b, psi)
}

// leakDoubt says that a ranking seems to know what came later.
func leakDoubt(d AsOfDropped) string {
	return fmt.Sprintf("%.1f %% of its first links were not published yet when readers came: it seems to be made from later data", 100*float64(d.NotYetPublished)/float64(d.Places))
}

// popularityEffect is the doubt that a ranking gains on the baseline only where
// readers went to the most read articles; empty if it does not gain, or elsewhere
// too.
func popularityEffect(ofRanking []Measure, average, base string) string {
	gains := func(slice string) bool {
		return slices.ContainsFunc(ofRanking, func(m Measure) bool {
			return m.Slice == slice && m.Average == average && m.Delta.Value > 0
		})
	}
	target := func(band int) string { return "target=" + BandNames[band] }
	if gains("") && gains(target(bandTop)) && !gains(target(bandNext)) && !gains(target(bandRest)) {
		return "popularity effect: it gains on " + base + " only where the article read next is among the most read 1 %"
	}
	return ""
}
