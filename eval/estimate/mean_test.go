package estimate_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/alsolike/alsolike/eval/estimate"
)

func near(got, want, relative float64) bool {
	return math.Abs(got-want) <= relative*math.Max(1, math.Abs(want))
}

func TestMeanByHand(t *testing.T) {
	// 1, 2, 3, 4: mean 2.5, s² = 5/3, t(3) = 3.182446305284263 (R: qt(.975, 3)),
	// half width 3.182446305284263·√(5/3)/2.
	r := estimate.Mean([]float64{1, 2, 3, 4})
	half := 3.182446305284263 * math.Sqrt(5.0/3) / 2
	if !near(r.Value, 2.5, 1e-12) || !near(r.Low, 2.5-half, 1e-9) || !near(r.High, 2.5+half, 1e-9) || r.Clusters != 4 {
		t.Errorf("got %+v, want 2.5 ± %v", r, half)
	}
}

func TestFewClusters(t *testing.T) {
	one := estimate.Mean([]float64{0.25})
	if one.Value != 0.25 || !math.IsInf(one.Low, -1) || !math.IsInf(one.High, 1) {
		t.Errorf("one cluster: got %+v, want 0.25 without bounds", one)
	}
	if none := estimate.Mean(nil); !math.IsNaN(none.Value) {
		t.Errorf("no cluster: got %+v, want NaN", none)
	}
	same := estimate.Mean([]float64{1, 1, 1})
	if same.Low != 1 || same.High != 1 {
		t.Errorf("equal values: got %+v, want no width", same)
	}
}

func TestBounds(t *testing.T) {
	r := estimate.Mean([]float64{1, 2, 3, 4})
	low, high := r.Bounds(0.05)
	// t(3) at 0.95 is 2.3533634348018264 (R: qt(.95, 3)).
	half := 2.3533634348018264 * math.Sqrt(5.0/3) / 2
	if !near(low, 2.5-half, 1e-9) || !near(high, 2.5+half, 1e-9) {
		t.Errorf("got %v to %v, want 2.5 ± %v", low, high, half)
	}
	// What no data would tell is not scaled.
	w := r.Widened(0.5, 2)
	if w.Low != r.Low-0.5 || w.High != r.High+2 || w.SE != r.SE {
		t.Errorf("got %+v", w)
	}
	if l, h := w.Bounds(0.05); !near(l, low-0.5, 1e-9) || !near(h, high+2, 1e-9) {
		t.Errorf("got %v to %v, want %v to %v", l, h, low-0.5, high+2)
	}
}

func TestSumKeepsSmallParts(t *testing.T) {
	if got := estimate.Sum([]float64{1, 1e100, 1, -1e100}); got != 2 {
		t.Errorf("got %v, want 2", got)
	}
}

// Of 400 intervals around the mean of 200 skewed values, about 95 in 100 must
// hold the truth.
func TestCoverage(t *testing.T) {
	const runs, n = 400, 200
	rng := rand.New(rand.NewPCG(1, 2))
	held := 0
	for range runs {
		x := make([]float64, n)
		for i := range x {
			x[i] = math.Pow(rng.Float64(), 3) // mean 1/4
		}
		if r := estimate.Mean(x); r.Low <= 0.25 && 0.25 <= r.High {
			held++
		}
	}
	if share := float64(held) / runs; share < 0.92 || share > 0.98 {
		t.Errorf("%.3f of the intervals hold the truth, want about 0.95", share)
	}
}

// TestReference compares with values computed by scipy.
func TestReference(t *testing.T) {
	text, err := os.ReadFile("../../../shared/reference/eval/stats/expected.json")
	if err != nil {
		t.Skip("no reference values:", err)
	}
	type paired struct {
		A, B     []float64
		MeanDiff float64   `json:"mean_diff"`
		CI       []float64 `json:"ci95_t"`
	}
	var want struct {
		Paired12  paired `json:"paired_n12"`
		Paired16  paired `json:"paired_n16"`
		Quantiles struct {
			T map[string]float64 `json:"t_0.975"`
		}
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]paired{"n12": want.Paired12, "n16": want.Paired16} {
		// The file's difference is b − a.
		got := estimate.Difference(p.B, p.A)
		if !near(got.Value, p.MeanDiff, 1e-9) || !near(got.Low, p.CI[0], 1e-9) || !near(got.High, p.CI[1], 1e-9) {
			t.Errorf("%s: got %+v, want %v in %v", name, got, p.MeanDiff, p.CI)
		}
	}
	if len(want.Quantiles.T) == 0 {
		t.Error("the file holds no quantiles")
	}
	for degrees, q := range want.Quantiles.T {
		nu, err := strconv.ParseFloat(degrees, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got := (distuv.StudentsT{Sigma: 1, Nu: nu}).Quantile(0.975); !near(got, q, 1e-9) {
			t.Errorf("t quantile with %v degrees: got %v, want %v", nu, got, q)
		}
	}
}
