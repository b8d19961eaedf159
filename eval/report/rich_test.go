package report_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/gate"
	"github.com/alsolike/alsolike/eval/report"
)

// about is an estimate with that standard error.
func about(value, se float64) estimate.Result {
	return estimate.Result{Value: value, Low: value - 1.96*se, High: value + 1.96*se, SE: se, Clusters: 20114}
}

func exactly(value float64) estimate.Result {
	return estimate.Result{Value: value, Low: value, High: value, Clusters: 2431}
}

// secret is the value of measures that are refused: no report may hold it.
const secret = 61803.398875

// rich is an outcome in which everything happens, made by hand.
func rich() *eval.Outcome {
	out := &eval.Outcome{
		Simulated: "20,114 readers drawn with seed 7, who click by a position model.",
		Inputs: []eval.Input{
			{Role: "pack", Name: "w10.evp", Hash: "sha256:0c5e0f6b6f2b1a"},
			{Role: report.RoleCandidate, Name: "pr", Hash: "snapshot 20260316T020000Z-7f3a9c"},
			{Role: report.RoleCandidate, Name: "bold", Hash: "sha256:99aa"},
		},
		Seed: 1, K: 5, Baseline: "production", JoinRate: 0.9912,
		Rankings: []eval.RankingInfo{
			{Name: "pr", Role: "candidate"},
			{Name: "bold", Role: "candidate"},
			{Name: "production", Role: "baseline", Note: "what most readers saw"},
			{Name: "popular-24h", Role: "baseline"},
			{Name: "random", Role: "baseline", Note: "drawn with seed 1"},
		},
		Log: &eval.LogSummary{
			Impressions: 41200, Clicks: 5310, Readers: 20114, Articles: 2431, Snapshots: 3, From: "2026-03-02", To: "2026-03-15", ClusteredBy: "user",
			Variants: []eval.Variant{
				{Name: "A", Policy: "fixed", Impressions: 28840, Share: 0.7, Clicks: about(0.131, 0.0021)},
				{Name: "B", Policy: "fixed", Impressions: 4120, Share: 0.1, Clicks: about(0.118, 0.0052)},
				{Name: "X", Policy: "plackett-luce", Impressions: 8240, Share: 0.2, Clicks: about(0.122, 0.0038)},
			},
			Checks: map[string]int{"bots": 12, "malformed_json": 3, "clock_skew": 0},
		},
		Curve: &eval.PositionCurve{
			Theta: []estimate.Result{exactly(1), about(0.68, 0.03), about(0.47, 0.025), about(0.38, 0.03), about(0.30, 0.03)},
			Naive: []float64{1, 0.52, 0.31, 0.22, 0.15}, Pairs: 812,
		},
		Experiment: &eval.Experiment{ChiSquare: 1.9, P: 0.387, Planned: []float64{0.7, 0.1, 0.2}, Sound: true, AA: 0.951},
		Backtest: []eval.Backtest{
			{Ranking: "snap-a", Variant: "A", Estimated: about(0.1305, 0.003), Observed: about(0.131, 0.0021)},
			{Ranking: "snap-b", Variant: "B", Estimated: about(0.121, 0.004), Observed: about(0.118, 0.0052)},
		},
	}
	for i := range 14 {
		for j, variant := range []string{"A", "B", "X"} {
			if variant == "B" && i == 5 {
				continue // a day on which it was off
			}
			value := 0.13 - 0.006*float64(j) + 0.008*math.Sin(float64(i+2*j))
			out.Daily = append(out.Daily, eval.Day{Day: fmt.Sprintf("2026-03-%02d", i+2), Variant: variant, Clicks: about(value, 0.004+0.004*float64(j)), N: 2060 - 600*j})
		}
	}
	for i, name := range []string{"pr", "bold", "production", "popular-24h", "random"} {
		bend := []float64{3, 2.6, 3.6, 12, 1.2}[i]
		lorenz := make([]float64, 101)
		for p := range lorenz {
			lorenz[p] = math.Pow(float64(p)/100, bend)
		}
		out.Exposure = append(out.Exposure, eval.Exposure{Ranking: name, Lorenz: lorenz, Gini: (bend - 1) / (bend + 1)})
	}
	out.Measures = richMeasures()
	for i := range 21 {
		out.Changed = append(out.Changed, richChange(i))
	}
	return out
}

func richMeasures() []eval.Measure {
	const mixture = "Δ-PBM-IPS over the mixture"
	base := about(0.131, 0.0021)
	click := func(ranking, slice string, delta, se float64) eval.Measure {
		return eval.Measure{
			Ranking: ranking, Metric: "clicks", Level: eval.LevelDrawn, Slice: slice, Estimator: mixture,
			Value: about(base.Value+delta, 0.003), Baseline: base, Delta: about(delta, se),
		}
	}
	main := click("pr", "", 0.0041, 0.0019)
	main.Doubts = []string{"One reader made 2 % of all clicks."}
	main.Diagnostics = &eval.Diagnostics{
		Impressions: 41200, Clicks: 4802, Clusters: 20114, ESS: 2210, MaxWeightShare: 0.004, MeanWeight: 1.003, MeanWeightZ: 0.7,
		Unsupported: 0.021, MinPropensity: 0.003, SEBySource: 0.0020, TopReaders: []float64{0.02, 0.011, 0.009},
	}
	for i, n := range []int{3, 9, 41, 160, 402, 911, 1310, 988, 520, 260, 120, 55, 18, 5} {
		main.Diagnostics.Histogram = append(main.Diagnostics.Histogram, eval.Bin{From: float64(i-6) / 2, To: float64(i-5) / 2, N: n})
	}
	main.Others = []eval.Alternative{
		{Estimator: "slot IPS", Value: about(0.136, 0.009), Delta: about(0.006, 0.008)},
		{Estimator: "DR", Refusal: "no table of clicks"},
	}
	bold := click("bold", "", secret, secret)
	bold.Value, bold.Baseline = about(secret, secret), about(secret, secret)
	bold.Refusal = "70 % of its attention lies on links that no variant could have shown; at most 10 % may."
	bold.Diagnostics = &eval.Diagnostics{Impressions: 41200, Clicks: 97, Clusters: 20114, ESS: 41, Unsupported: 0.7, SEBySource: secret}
	bold.Others = []eval.Alternative{{Estimator: "slot IPS", Value: about(secret, secret), Delta: about(secret, secret)}}
	tail := click("pr", "tail", -0.002, 0.006)
	measures := []eval.Measure{
		main, tail, click("pr", "lang=en", 0.005, 0.0024), click("pr", "lang=zh-Hans", 0.001, 0.0042), click("pr", "device=phone", 0.0046, 0.0026), click("pr", "device=desk", 0.0031, 0.0031),
		{
			Ranking: "pr", Metric: "clicked-lists", Level: eval.LevelDrawn, Value: about(0.12, 0.003), Baseline: about(0.118, 0.002), Delta: about(0.002, 0.0014),
			Contested: "slot IPS says −9 %.",
		},
		{Ranking: "pr", Metric: "ndcg@5", Level: eval.LevelReads, Average: "traffic", Value: about(0.214, 0.004), Baseline: about(0.209, 0.004), Delta: about(0.005, 0.0021)},
		{Ranking: "bold", Metric: "ndcg@5", Level: eval.LevelReads, Average: "traffic", Value: about(0.18, 0.004), Baseline: about(0.209, 0.004), Delta: about(-0.029, 0.003)},
		{Ranking: "popular-24h", Metric: "ndcg@5", Level: eval.LevelReads, Average: "traffic", Value: about(0.31, 0.004), Baseline: about(0.209, 0.004), Delta: about(0.101, 0.004)},
		bold,
	}
	list := func(metric string, lower bool, baseline float64, values ...float64) {
		for i, name := range []string{"pr", "bold", "production", "random"} {
			v := append(append([]float64{}, values[:2]...), baseline, values[2])[i]
			measures = append(measures, eval.Measure{
				Ranking: name, Metric: metric, Level: eval.LevelList, LowerIsBetter: lower, Exact: true,
				Value: exactly(v), Baseline: exactly(baseline), Delta: exactly(v - baseline),
			})
		}
	}
	list("coverage@5", false, 0.41, 0.52, 0.6, 0.99)
	list("freshness.median_age_h", true, 71, 83, 412, 3010)
	list("stability.rbo", false, 1, 0.71, 0.12, 0.01)
	list("hygiene.short_lists", true, 0.004, 0.0052, 0.003, 0)
	list("BlockedRate@5", true, 0, 0, 0.0008, 0.001)
	return measures
}

var titles = []string{
	"Night shift at the harbour: who lifts the boxes while the town sleeps", "Bakers sleep at noon", "The price of a loaf", "What the tide tables leave out",
	"A season without finals", "The mill turns again", "Letters from the lighthouse", "How the market hall lost its roof", "夜里的港口", "Ferries & ferrymen: <an argument>",
}

func richChange(i int) eval.Change {
	title := func(n int) eval.Link {
		n = (7*n + i) % len(titles)
		return eval.Link{ID: fmt.Sprintf("art-%04d", 10*n), Title: titles[n]}
	}
	c := eval.Change{Source: eval.Link{ID: fmt.Sprintf("art-%04d", i), Title: titles[i%len(titles)]}, Traffic: 1204 - 41*i, RBO: 0.11 + 0.03*float64(i), Ranking: "pr"}
	for j := range 5 {
		o, n := title(j), title(j+2)
		o.Only, n.Only = j < 2, j > 2
		c.Old, c.New = append(c.Old, o), append(c.New, n)
	}
	if i == 3 {
		c.Old = nil
	}
	if i == 4 {
		c.Source.Title, c.New[0].Title = "", ""
	}
	return c
}

func richRules(t *testing.T) []gate.Rule {
	t.Helper()
	amount := func(s string) *gate.Amount {
		a, err := gate.ParseAmount(s)
		if err != nil {
			t.Fatal(err)
		}
		return &a
	}
	rules := []gate.Rule{
		{Metric: "clicks", Level: eval.LevelDrawn, Margin: amount("3%")},
		{Metric: "clicks", Slice: "tail", Margin: amount("8%"), OnInconclusive: gate.Pass, Candidate: "pr"},
		{Metric: "clicked-lists", Margin: amount("3%"), Candidate: "pr"},
		{Metric: "nDCG@5", Level: eval.LevelReads, Margin: amount("2%")},
		{Metric: "coverage@5", Margin: amount("5%")},
		{Metric: "freshness.median_age_h", Margin: amount("24"), Better: "lower"},
		{Metric: "BlockedRate@5", Max: amount("0")},
		{Metric: "hygiene.short_lists", Max: amount("0.5%")},
		{Metric: "stability.rbo", Min: amount("0.6"), WarnOnly: true},
	}
	for _, r := range rules {
		if err := r.Validate(); err != nil {
			t.Fatal(err)
		}
	}
	return rules
}

func richReport(t *testing.T) *report.Report {
	out := rich()
	return report.New(out, gate.Judge(out, richRules(t)))
}
