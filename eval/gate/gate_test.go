package gate_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/gate"
)

// result is an estimate whose ends, at the one-sided level of 5 %, are low and high.
func result(low, value, high float64) estimate.Result {
	r := estimate.Result{Value: value, Low: -1, High: 1, Clusters: 1000}
	zero := estimate.Result{Value: 0, Low: -1, High: 1, Clusters: 1000}
	_, scale := zero.Bounds(0.05)
	r.Low, r.High = value-(value-low)/scale, value+(high-value)/scale
	r.SE = (r.High - r.Low) / (2 * 1.96)
	return r
}

// outcome is one candidate with that measure.
func outcome(m eval.Measure) *eval.Outcome {
	m.Ranking = "pr"
	return &eval.Outcome{
		Baseline: "production",
		Rankings: []eval.RankingInfo{{Name: "pr", Role: "candidate"}, {Name: "production", Role: "baseline"}},
		Measures: []eval.Measure{m},
	}
}

// clicks is a measure of clicks with the baseline at 1, so that percentages are
// plain shares.
func clicks(low, value, high float64) eval.Measure {
	return eval.Measure{
		Metric: "clicks", Level: eval.LevelDrawn,
		Value: result(1+low, 1+value, 1+high), Baseline: result(0.9, 1, 1.1), Delta: result(low, value, high),
	}
}

func amount(t *testing.T, s string) *gate.Amount {
	t.Helper()
	a, err := gate.ParseAmount(s)
	if err != nil {
		t.Fatal(err)
	}
	return &a
}

func one(t *testing.T, out *eval.Outcome, r gate.Rule) gate.Verdict {
	t.Helper()
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	verdicts := gate.Judge(out, []gate.Rule{r})
	if len(verdicts) != 1 {
		t.Fatalf("got %d verdicts, want 1", len(verdicts))
	}
	return verdicts[0]
}

func TestVerdicts(t *testing.T) {
	for _, test := range []struct {
		name             string
		low, value, high float64
		word             gate.Word
		effect           gate.Effect
		reason           string
	}{
		{"better", 0.004, 0.02, 0.04, gate.Better, gate.Passes, "Better than production, by at least 0.4 %."},
		{"no worse", -0.02, 0.01, 0.04, gate.NoWorse, gate.Passes, "at most 2 % is lost, and 3 % is allowed"},
		{"equal", 0, 0, 0, gate.NoWorse, gate.Passes, "Exactly equal to production."},
		{"slightly worse", -0.02, -0.015, -0.01, gate.NoWorse, gate.Passes, "Slightly worse, within the margin: between 1 % and 2 % is lost"},
		{"worse", -0.08, -0.06, -0.04, gate.Worse, gate.Fails, "Worse: at least 4 % is lost, and 3 % is allowed."},
		{"size unclear", -0.08, -0.04, -0.01, gate.Worse, gate.Fails, "by how much is unclear: between 1 % and 8 %"},
		{"inconclusive", -0.05, -0.01, 0.03, gate.Inconclusive, gate.Warns, "the difference lies between −5 % and +3 %"},
		{"nothing known", math.Inf(-1), 0.01, math.Inf(1), gate.Inconclusive, gate.Warns, "too few readers"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := one(t, outcome(clicks(test.low, test.value, test.high)), gate.Rule{Metric: "Clicks", Margin: amount(t, "3%")})
			if v.Word != test.word || v.Effect != test.effect {
				t.Errorf("got %s (%s), want %s (%s)", v.Word, v.Effect, test.word, test.effect)
			}
			if !strings.Contains(v.Reason, test.reason) {
				t.Errorf("reason %q does not say %q", v.Reason, test.reason)
			}
			if v.Delta != test.value || v.Name != "clicks (L3): at most 3 % lost" || v.Candidate != "pr" {
				t.Errorf("got delta %v, name %q, candidate %q", v.Delta, v.Name, v.Candidate)
			}
		})
	}
}

// Turned over, with less being better, an interval has the same verdict.
func TestMirrored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) float64 { return rapid.Float64Range(-0.2, 0.2).Draw(t, name) }
		low := draw("low")
		width := math.Abs(draw("width"))
		m := clicks(low, low+width/3, low+width)
		rule := gate.Rule{Metric: "clicks", Margin: &gate.Amount{Value: 0.001 + math.Abs(draw("margin"))}}
		want := gate.Judge(outcome(m), []gate.Rule{rule})[0]
		m.Delta = result(-low-width, -low-width/3, -low)
		m.LowerIsBetter = true
		if got := gate.Judge(outcome(m), []gate.Rule{rule})[0]; got.Word != want.Word || got.Effect != want.Effect {
			t.Fatalf("mirrored by the measure: got %s, want %s", got.Word, want.Word)
		}
		m.LowerIsBetter, rule.Better = false, "lower"
		if got := gate.Judge(outcome(m), []gate.Rule{rule})[0]; got.Word != want.Word {
			t.Fatalf("mirrored by the rule: got %s, want %s", got.Word, want.Word)
		}
	})
}

func TestPolicies(t *testing.T) {
	open := clicks(-0.05, -0.01, 0.03)
	worse := clicks(-0.08, -0.06, -0.04)
	better := clicks(0.01, 0.02, 0.03)
	for _, test := range []struct {
		name    string
		measure eval.Measure
		policy  gate.Policy
		warn    bool
		want    gate.Effect
	}{
		{"warn", open, gate.Warn, false, gate.Warns},
		{"pass", open, gate.Pass, false, gate.Passes},
		{"fail", open, gate.Fail, false, gate.Open},
		{"fail, but it only warns", open, gate.Fail, true, gate.Warns},
		{"pass, and it only warns", open, gate.Pass, true, gate.Passes},
		{"worse is worse whatever the policy", worse, gate.Pass, false, gate.Fails},
		{"worse, but it only warns", worse, gate.Fail, true, gate.Warns},
		{"better", better, gate.Fail, true, gate.Passes},
	} {
		v := one(t, outcome(test.measure), gate.Rule{Metric: "clicks", Margin: amount(t, "3%"), OnInconclusive: test.policy, WarnOnly: test.warn})
		if v.Effect != test.want {
			t.Errorf("%s: got %s, want %s", test.name, v.Effect, test.want)
		}
	}
}

func TestLimits(t *testing.T) {
	share := func(x float64) eval.Measure {
		return eval.Measure{Metric: "hygiene.short_lists", Level: eval.LevelList, Exact: true, Value: estimate.Result{Value: x}}
	}
	rbo := func(low, high float64) eval.Measure {
		return eval.Measure{Metric: "stability.rbo", Level: eval.LevelList, Value: result(low, (low+high)/2, high)}
	}
	for _, test := range []struct {
		name    string
		measure eval.Measure
		rule    gate.Rule
		want    gate.Word
		reason  string
	}{
		{"at the limit", share(0.005), gate.Rule{Max: amount(t, "0.5%")}, gate.NoWorse, "Keeps the limit: 0.5 %, where at most 0.5 % is allowed."},
		{"beyond", share(0.006), gate.Rule{Max: amount(t, "0.5%")}, gate.Worse, "Beyond the limit: 0.6 %"},
		{"none at all", share(0), gate.Rule{Max: amount(t, "0")}, gate.NoWorse, "Keeps the limit: 0, where at most 0 is allowed."},
		{"one is too many", share(1), gate.Rule{Max: amount(t, "0")}, gate.Worse, "Beyond the limit: 1"},
		{"above the least", rbo(0.7, 0.8), gate.Rule{Min: amount(t, "0.6")}, gate.NoWorse, "0.75 (between 0.7 and 0.8)"},
		{"below the least", rbo(0.4, 0.5), gate.Rule{Min: amount(t, "0.6")}, gate.Worse, "at least 0.6 is allowed"},
		{"across", rbo(0.5, 0.7), gate.Rule{Min: amount(t, "0.6")}, gate.Inconclusive, "Undecided"},
	} {
		test.rule.Metric = test.measure.Metric
		v := one(t, outcome(test.measure), test.rule)
		if v.Word != test.want || !strings.Contains(v.Reason, test.reason) {
			t.Errorf("%s: got %s, %q; want %s, %q", test.name, v.Word, v.Reason, test.want, test.reason)
		}
	}
}

// What cannot be judged says why, and has no number at all.
func TestNotMeasurable(t *testing.T) {
	rule := gate.Rule{Metric: "clicks", Margin: amount(t, "3%"), OnInconclusive: gate.Fail}
	level2 := rule
	level2.Level = eval.LevelShown
	tail := rule
	tail.Slice = "tail"
	refused := clicks(0.01, 0.02, 0.03)
	refused.Refusal = "the most of its attention is on articles that were never shown"
	ungated := clicks(0.01, 0.02, 0.03)
	ungated.Ungated = "no time split."
	nothing := clicks(0.01, 0.02, 0.03)
	nothing.Baseline.Value = 0
	unsound := outcome(clicks(0.01, 0.02, 0.03))
	unsound.Experiment = &eval.Experiment{P: 1e-9}
	for _, test := range []struct {
		name    string
		outcome *eval.Outcome
		rule    gate.Rule
		reason  string
	}{
		{"refused", outcome(refused), rule, "The most of its attention is on articles that were never shown."},
		{"never judged", outcome(ungated), rule, "never judged: no time split."},
		{"baseline of 0", outcome(nothing), rule, "needs a baseline above 0"},
		{"other level", outcome(clicks(0, 0, 0)), level2, "asks for level L2, and this log gives it at level L3 only"},
		{"no such slice", outcome(clicks(0, 0, 0)), tail, "not measured for the slice tail"},
		{"nothing there", outcome(eval.Measure{Metric: "hr@10"}), rule, "was not measured"},
		{"unsound split", unsound, rule, "not split as planned"},
	} {
		v := one(t, test.outcome, test.rule)
		if v.Word != gate.NotMeasurable || v.Effect != gate.Open || !strings.Contains(v.Reason, test.reason) {
			t.Errorf("%s: got %s (%s), %q; want %q", test.name, v.Word, v.Effect, v.Reason, test.reason)
		}
		for i, x := range []float64{v.Delta, v.Low, v.High, v.Value, v.ValueLow, v.ValueHigh, v.Reference, v.Margin, v.Limit} {
			if !math.IsNaN(x) {
				t.Errorf("%s: number %d is %v", test.name, i, x)
			}
		}
		if v.Fault != (test.name == "unsound split") {
			t.Errorf("%s: fault is %v", test.name, v.Fault)
		}
	}
}

// Estimators that disagree leave what looks good open, and what looks bad bad.
func TestContested(t *testing.T) {
	rule := gate.Rule{Metric: "clicks", Margin: amount(t, "3%")}
	for _, test := range []struct {
		measure eval.Measure
		want    gate.Word
	}{
		{clicks(0.01, 0.02, 0.03), gate.Inconclusive},
		{clicks(-0.01, 0.02, 0.03), gate.Inconclusive},
		{clicks(-0.08, -0.06, -0.04), gate.Worse},
	} {
		test.measure.Contested = "slot IPS says −9 %."
		v := one(t, outcome(test.measure), rule)
		if v.Word != test.want {
			t.Errorf("%v: got %s, want %s", test.measure.Delta, v.Word, test.want)
		}
		if v.Word == gate.Inconclusive && !strings.Contains(v.Reason, "slot IPS says −9 %") {
			t.Errorf("reason %q", v.Reason)
		}
	}
}

// Agreement with reading fails a candidate, and never praises one.
func TestReadingIsAGuardrail(t *testing.T) {
	m := clicks(0.01, 0.02, 0.03)
	m.Metric, m.Level = "ndcg@5", eval.LevelReads
	rule := gate.Rule{Metric: "nDCG@5", Margin: amount(t, "2%")}
	if v := one(t, outcome(m), rule); v.Word != gate.NoWorse || !strings.Contains(v.Reason, "nothing of clicks") {
		t.Errorf("got %s, %q", v.Word, v.Reason)
	}
	m.Delta = result(-0.08, -0.06, -0.04)
	if v := one(t, outcome(m), rule); v.Word != gate.Worse {
		t.Errorf("got %s, want worse", v.Word)
	}
}

// Without a level the strongest one that can be measured counts, and of averages
// the one by traffic.
func TestWhichMeasure(t *testing.T) {
	drawn, shown := clicks(0.01, 0.02, 0.03), clicks(-0.08, -0.06, -0.04)
	shown.Level = eval.LevelShown
	out := outcome(drawn)
	shown.Ranking = "pr"
	out.Measures = append([]eval.Measure{shown}, out.Measures...)
	rule := gate.Rule{Metric: "clicks", Margin: amount(t, "3%")}
	if v := one(t, out, rule); v.Level != eval.LevelDrawn {
		t.Errorf("got level %s, want L3", v.Level)
	}
	out.Measures[1].Refusal = "too few clicks"
	if v := one(t, out, rule); v.Level != eval.LevelShown {
		t.Errorf("got level %s, want L2, as L3 is refused", v.Level)
	}
	seed, traffic := clicks(0, 0, 0), clicks(0.01, 0.02, 0.03)
	seed.Average, traffic.Average, traffic.Ranking = "seed", "traffic", "pr"
	out = outcome(seed)
	out.Measures = append(out.Measures, traffic)
	if v := one(t, out, rule); v.Word != gate.Better {
		t.Errorf("got %s, want better, by traffic", v.Word)
	}
	rule.Average = "seed"
	if v := one(t, out, rule); v.Word != gate.NoWorse {
		t.Errorf("got %s, want no worse, by article", v.Word)
	}
}

func TestMissingData(t *testing.T) {
	m := clicks(-0.05, -0.01, 0.03)
	m.Delta.SE = 0.0241 // twice the 0.03/(1.6449+0.8416) that 80 % power wants
	m.Diagnostics = &eval.Diagnostics{Clicks: 1000}
	out := outcome(m)
	out.Log = &eval.LogSummary{From: "2026-03-02", To: "2026-03-08"}
	rule := gate.Rule{Metric: "clicks", Margin: amount(t, "3%")}
	if v := one(t, out, rule); !strings.Contains(v.Reason, "about 3,000 more clicks (21 more days like these)") {
		t.Errorf("got %q, want three times the data more", v.Reason)
	}
	out.Measures[0].Delta.SE = 0.01
	if v := one(t, out, rule); !strings.Contains(v.Reason, "near the margin") {
		t.Errorf("got %q", v.Reason)
	}
}

func TestRuleRefuses(t *testing.T) {
	three := amount(t, "3%")
	for _, test := range []struct {
		rule gate.Rule
		want string
	}{
		{gate.Rule{Margin: three}, "metric is missing"},
		{gate.Rule{Metric: "clicks"}, "one of margin, max and min"},
		{gate.Rule{Metric: "clicks", Margin: three, Max: three}, "one of margin, max and min"},
		{gate.Rule{Metric: "clicks", Margin: &gate.Amount{}}, "above 0"},
		{gate.Rule{Metric: "clicks", Margin: three, Level: "L4"}, "level is"},
		{gate.Rule{Metric: "clicks", Margin: three, Better: "up"}, "better is"},
		{gate.Rule{Metric: "clicks", Max: three, Better: "lower"}, "goes with margin"},
		{gate.Rule{Metric: "clicks", Margin: three, OnInconclusive: "ignore"}, "on_inconclusive is"},
		{gate.Rule{Metric: "clicks", Margin: three, Average: "mean"}, "average is"},
		{gate.Rule{Metric: "clicks", Margin: three, Alpha: 0.5}, "alpha is"},
		{gate.Rule{Metric: "clicks", Margin: three, Alpha: math.NaN()}, "alpha is"},
	} {
		if err := test.rule.Validate(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: got %v, want %q", test.rule, err, test.want)
		}
	}
	for _, s := range []string{"", "%", "three", "NaN", "inf", "3%%"} {
		if a, err := gate.ParseAmount(s); err == nil {
			t.Errorf("%q is taken for %v", s, a)
		}
	}
}

func TestSummary(t *testing.T) {
	all := func(effects ...gate.Effect) (verdicts []gate.Verdict) {
		for _, e := range effects {
			verdicts = append(verdicts, gate.Verdict{Effect: e})
		}
		return verdicts
	}
	for _, test := range []struct {
		verdicts []gate.Verdict
		want     gate.Effect
	}{
		{nil, gate.Passes},
		{all(gate.Passes, gate.Warns), gate.Warns},
		{all(gate.Open, gate.Warns), gate.Open},
		{all(gate.Open, gate.Fails, gate.Passes), gate.Fails},
	} {
		if got := gate.Summarise(test.verdicts).Effect(); got != test.want {
			t.Errorf("%v: got %s, want %s", test.verdicts, got, test.want)
		}
	}
}
