package estimate_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/eval/estimate"
)

// TestRatioReference compares the delta method of clicks per impression and the
// clustered difference with values computed by scipy.
func TestRatioReference(t *testing.T) {
	var want struct {
		CTR struct {
			Clicks, Impressions []float64
			CTR                 float64
			SE                  float64 `json:"se_delta"`
		} `json:"ratio_ctr"`
		Clustered struct {
			Rows, Clusters int
			Diff           float64   `json:"mean_diff"`
			IID            float64   `json:"se_iid"`
			CR0            float64   `json:"se_cluster_cr0"`
			CR1            float64   `json:"se_cluster_cr1"`
			Interval       []float64 `json:"ci95_t_cr1_df_G-1"`
			P              float64   `json:"noninferiority_margin_0.01_one_sided_p"`
		}
	}
	readReference(t, "stats/expected.json", &want)
	ctr := estimate.Ratio(want.CTR.Clicks, want.CTR.Impressions)
	check(t, "click rate", ctr.Value, want.CTR.CTR, 1e-12)
	check(t, "standard error of the click rate", ctr.SE, want.CTR.SE, 1e-9)

	table := readTable(t, "stats/clustered.csv")
	cluster, a, b := codes(table["cluster"]), numbers(t, table["candidate"]), numbers(t, table["baseline"])
	sumA, sumB, n := make([]float64, want.Clustered.Clusters), make([]float64, want.Clustered.Clusters), make([]float64, want.Clustered.Clusters)
	for i, c := range cluster {
		sumA[c] += a[i]
		sumB[c] += b[i]
		n[c]++
	}
	got := estimate.RatioDifference(sumA, sumB, n)
	check(t, "difference", got.Value, want.Clustered.Diff, 1e-9)
	check(t, "CR1", got.SE, want.Clustered.CR1, 1e-9)
	g := float64(got.Clusters)
	check(t, "CR0", got.SE*math.Sqrt((g-1)/g), want.Clustered.CR0, 1e-9)
	check(t, "low", got.Low, want.Clustered.Interval[0], 1e-9)
	check(t, "high", got.High, want.Clustered.Interval[1], 1e-9)
	check(t, "p", got.PAbove(-0.01), want.Clustered.P, 1e-9)
	check(t, "rows as clusters", estimate.Difference(a, b).SE, want.Clustered.IID, 1e-9)
	low, _ := got.Bounds(want.Clustered.P)
	check(t, "bound at the p-value", low, -0.01, 1e-9)
}

func TestRatioByHand(t *testing.T) {
	// R = 6/8; ψ = (2−0.75·2, 4−0.75·6)/8 = ±0.0625, SE² = 2/1·2·0.0625².
	r := estimate.Ratio([]float64{2, 4, 0}, []float64{2, 6, 0})
	if r.Value != 0.75 || r.SE != 0.125 || r.Clusters != 2 || r.Dominance != 0.5 {
		t.Errorf("got %+v, want 0.75 ± 0.125 of 2 clusters, each half of the variance", r)
	}
	if none := estimate.Ratio([]float64{0}, []float64{0}); !math.IsNaN(none.Value) || !math.IsInf(none.SE, 1) {
		t.Errorf("nothing shown: got %+v, want NaN", none)
	}
}

func TestRatioDifferenceProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "clusters")
		draw := func(name string) []float64 {
			return rapid.SliceOfN(rapid.Float64Range(0, 9), n, n).Draw(t, name)
		}
		a, b := draw("a"), draw("b")
		den := rapid.SliceOfN(rapid.Float64Range(1, 9), n, n).Draw(t, "den")
		if r := estimate.RatioDifference(a, a, den); r.Value != 0 || (n > 1 && (r.Low != 0 || r.High != 0 || r.SE != 0)) {
			t.Errorf("equal values: got %+v, want exactly 0", r)
		}
		ab, ba := estimate.RatioDifference(a, b, den), estimate.RatioDifference(b, a, den)
		if ab.Value != -ba.Value || ab.SE != ba.SE {
			t.Errorf("got %+v and the other way round %+v", ab, ba)
		}
		if diff := math.Abs(ab.Value - (estimate.Ratio(a, den).Value - estimate.Ratio(b, den).Value)); diff > 1e-12 {
			t.Errorf("the difference is %v off that of the values", diff)
		}
		// With one impression a cluster a ratio is a mean.
		ones := make([]float64, n)
		for i := range ones {
			ones[i] = 1
		}
		r, m := estimate.Ratio(a, ones), estimate.Mean(a)
		if n > 1 && (math.Abs(r.Value-m.Value) > 1e-12 || math.Abs(r.SE-m.SE) > 1e-12) {
			t.Errorf("ratio %+v, mean %+v", r, m)
		}
	})
}

func TestWider(t *testing.T) {
	reader, seed := estimate.Result{SE: 1, Clusters: 500}, estimate.Result{SE: 1.3, Clusters: 60}
	if got := reader.Wider(seed); got.SE != 1.3 {
		t.Errorf("got %v, want the larger standard error", got.SE)
	}
	if got := seed.Wider(reader); got.SE != 1.3 {
		t.Errorf("got %v, want the larger standard error", got.SE)
	}
	if got := reader.Wider(estimate.Mean([]float64{2})); got.SE != 1 {
		t.Errorf("got %v, want that of readers: there is only one other cluster", got.SE)
	}
	seed.SE = 1.15
	if got := reader.Wider(seed); got.SE != 1 {
		t.Errorf("got %v, want that of readers: the other is not a fifth larger", got.SE)
	}
}
