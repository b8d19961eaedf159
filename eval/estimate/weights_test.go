package estimate_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/eval/estimate"
)

// TestOpenBandit reads the logs of the Open Bandit Dataset. Each row is a reader:
// the data name none.
func TestOpenBandit(t *testing.T) {
	type values struct {
		IPW, SNIPW, ESS float64
		MaxWeight       float64 `json:"max_w"`
		MeanWeight      float64 `json:"mean_w"`
	}
	type logger struct {
		Min     float64 `json:"min_propensity"`
		Uniform values  `json:"value_of_uniform"`
	}
	var want map[string]struct {
		Actions     int
		Random, BTS logger
	}
	readReference(t, "ope/obd/expected.json", &want)
	for campaign, w := range want {
		for name, l := range map[string]logger{"random": w.Random, "bts": w.BTS} {
			log := readTable(t, "ope/obd/"+name+"-"+campaign+".csv.gz")
			p, r := numbers(t, log["propensity_score"]), numbers(t, log["click"])
			weight := make([]float64, len(p))
			wr := make([]float64, len(p))
			for i := range p {
				weight[i] = 1 / float64(w.Actions) / p[i]
				wr[i] = weight[i] * r[i]
			}
			what := name + " of " + campaign
			d := estimate.Diagnose(weight, nil, 1)
			check(t, what+": ESS", d.ESS, l.Uniform.ESS, 1e-9)
			check(t, what+": largest weight", d.MaxWeight, l.Uniform.MaxWeight, 1e-9)
			check(t, what+": mean weight", d.MeanWeight, l.Uniform.MeanWeight, 1e-9)
			check(t, what+": IPS", estimate.Ratio(wr, ones(len(p))).Value, l.Uniform.IPW, 1e-9)
			check(t, what+": SNIPS", estimate.Ratio(wr, weight).Value, l.Uniform.SNIPW, 1e-9)
			d.Clicks, d.MinPropensity = estimate.Sum(r), slices.Min(p)
			refusals := estimate.DefaultLimits.Refusals(d)
			switch {
			case what == "bts of women":
				wantFirst := "effective sample size 2 of 10,000 is below 1 %: a handful of impressions decides this number"
				if len(refusals) == 0 || refusals[0] != wantFirst {
					t.Errorf("%s: got refusals %q, want first %q", what, refusals, wantFirst)
				}
			case what == "bts of men":
				// The largest weight is 178, with an effective sample size of 656.
				if len(refusals) != 2 || !strings.HasPrefix(refusals[0], "one impression holds 23 %") {
					t.Errorf("%s: got refusals %q, want one for the largest weight and one for the few clicks", what, refusals)
				}
			default:
				if len(refusals) != 1 || refusals[0] != "46 clicks tell about these links (limit 100): collect more" {
					t.Errorf("%s: got refusals %q, want one, for the few clicks", what, refusals)
				}
			}
		}
	}
}

func ones(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 1
	}
	return x
}

func TestRefusals(t *testing.T) {
	nan := math.NaN()
	sound := estimate.Diagnostics{
		N: 20000, Clusters: 5000, Clicks: 1200, ESS: 9000, MaxWeightShare: 0.01,
		MeanWeight: 1.01, MeanWeightZ: 0.4, Unsupported: 0.02, MinPropensity: 0.003, CalibrationZ: 1,
	}
	check := func(want string, change func(*estimate.Diagnostics)) {
		t.Helper()
		d := sound
		change(&d)
		got := strings.Join(estimate.DefaultLimits.Refusals(d), "\n")
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	check("", func(*estimate.Diagnostics) {})
	check("", func(d *estimate.Diagnostics) {
		d.Clicks, d.MeanWeightZ, d.Unsupported, d.MinPropensity, d.CalibrationZ = nan, nan, nan, nan, nan
	})
	check("effective sample size 120 of 20,000 is below 1 %: a handful of impressions decides this number",
		func(d *estimate.Diagnostics) { d.ESS = 120 })
	check("effective sample size 60 of 2,000 is below 100: a handful of impressions decides this number",
		func(d *estimate.Diagnostics) { d.N, d.ESS = 2000, 60 })
	check("one impression holds 40 % of the squared weights (limit 10 %): it alone decides this number",
		func(d *estimate.Diagnostics) { d.MaxWeightShare = 0.4 })
	check("something was shown with a chance of only 1e-05 (limit 0.0001): its weight drowns the rest",
		func(d *estimate.Diagnostics) { d.MinPropensity = 1e-5 })
	check("the mean weight 0.6 is 5.5 standard errors from what it must be (limit 4.0): the logged chances are wrong",
		func(d *estimate.Diagnostics) { d.MeanWeight, d.MeanWeightZ = 0.6, -5.5 })
	check("84 % of the attention would go to links that readers could not have been shown (limit 10 %): the log says nothing about them",
		func(d *estimate.Diagnostics) { d.Unsupported = 0.8428 })
	check("for the links that readers saw, the estimate is 3.6 standard errors from what they clicked (limit 3.0): the method does not fit this site",
		func(d *estimate.Diagnostics) { d.CalibrationZ = 3.6 })
	check("46 clicks tell about these links (limit 100): collect more\n12 readers (limit 50): collect more",
		func(d *estimate.Diagnostics) { d.Clicks, d.Clusters = 46, 12 })
}

func TestRefusalIsShort(t *testing.T) {
	nan := math.NaN()
	d := estimate.Diagnostics{N: 10000, Clusters: 9000, ESS: 2, MaxWeightShare: 0.7, MeanWeightZ: nan, Unsupported: nan, MinPropensity: nan, CalibrationZ: nan, Clicks: 46}
	got := estimate.DefaultLimits.Refusal(d)
	want := "effective sample size 2 of 10,000 is below 1 %: a handful of impressions decides this number; " +
		"one impression holds 70 % of the squared weights (limit 10 %): it alone decides this number; 1 more of the limits broken"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (estimate.Limits{}).Refusal(d); got != "" {
		t.Errorf("without limits: got %q", got)
	}
}

func TestDiagnoseEqualWeights(t *testing.T) {
	d := estimate.Diagnose([]float64{1, 1, 1, 1}, []int32{0, 0, 1, 2}, 1)
	if d.ESS != 4 || d.MaxWeightShare != 0.25 || d.Clusters != 3 || d.MeanWeight != 1 || d.MeanWeightZ != 0 {
		t.Errorf("got %+v, want 4 equal weights of 3 readers", d)
	}
}
