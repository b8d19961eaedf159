package estimate_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/eval/estimate"
)

func TestProportionReference(t *testing.T) {
	var want struct {
		CTR struct {
			Clicks, Impressions []float64
			Wilson              []float64 `json:"wilson95"`
			Clopper             []float64 `json:"clopper95"`
		} `json:"ratio_ctr"`
		SRM []struct {
			Counts   []float64
			Expected []float64 `json:"expected_share"`
			Chi2, P  float64
		}
	}
	readReference(t, "stats/expected.json", &want)
	hits, n := estimate.Sum(want.CTR.Clicks), estimate.Sum(want.CTR.Impressions)
	low, high := estimate.Wilson(hits, n, 0.025)
	check(t, "Wilson low", low, want.CTR.Wilson[0], 1e-9)
	check(t, "Wilson high", high, want.CTR.Wilson[1], 1e-9)
	low, high = estimate.ClopperPearson(hits, n, 0.025)
	check(t, "Clopper-Pearson low", low, want.CTR.Clopper[0], 1e-9)
	check(t, "Clopper-Pearson high", high, want.CTR.Clopper[1], 1e-9)
	for _, s := range want.SRM {
		chi, p := estimate.SampleRatio(s.Counts, s.Expected)
		check(t, "chi-square", chi, s.Chi2, 1e-9)
		check(t, "p of chi-square", p, s.P, 1e-9)
	}
	if len(want.SRM) == 0 {
		t.Error("the file holds no sample ratios")
	}
}

func TestClopperPearsonEnds(t *testing.T) {
	// No hit in n trials: high = 1 − alpha^(1/n).
	low, high := estimate.ClopperPearson(0, 20, 0.05)
	if low != 0 || math.Abs(high-(1-math.Pow(0.05, 0.05))) > 1e-9 {
		t.Errorf("no hits: got %v to %v", low, high)
	}
	if low, high := estimate.ClopperPearson(20, 20, 0.05); high != 1 || math.Abs(low-math.Pow(0.05, 0.05)) > 1e-9 {
		t.Errorf("only hits: got %v to %v", low, high)
	}
}

func TestSampleRatioOfUnplanned(t *testing.T) {
	if _, p := estimate.SampleRatio([]float64{10, 1}, []float64{1, 0}); p != 0 {
		t.Errorf("a part that was not planned: got p %v, want 0", p)
	}
	if chi, p := estimate.SampleRatio([]float64{10, 0}, []float64{1, 0}); chi != 0 || p != 1 {
		t.Errorf("one part: got %v, p %v, want 0, 1", chi, p)
	}
}

func TestProportionStaysInRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(0, 1), 2, 30).Draw(t, "x")
		if rapid.Bool().Draw(t, "hits and misses") {
			for i := range x {
				x[i] = math.Round(x[i])
			}
		}
		r := estimate.Mean(x).Proportion()
		if !(0 <= r.Low && r.Low <= r.Value+1e-12 && r.Value-1e-12 <= r.High && r.High <= 1) {
			t.Fatalf("got %+v", r)
		}
		if r.Low == r.High {
			t.Errorf("no width: %+v", r)
		}
		low, high := r.Bounds(0.05)
		if low < 0 || high > 1 || low < r.Low || high > r.High {
			t.Errorf("bounds at 0.05: %v to %v, at 0.025 %+v", low, high, r)
		}
	})
	if one := estimate.Mean([]float64{0.5}).Proportion(); one.Low != 0 || one.High != 1 {
		t.Errorf("one cluster: got %+v, want 0 to 1", one)
	}
	if none := estimate.Mean(nil).Proportion(); !math.IsNaN(none.Value) {
		t.Errorf("no cluster: got %+v", none)
	}
}

// Far from the ends and with many clusters it is the plain interval.
func TestProportionOfMany(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	x := make([]float64, 5000)
	for i := range x {
		x[i] = math.Round(rng.Float64())
	}
	plain := estimate.Mean(x)
	got := plain.Proportion()
	if math.Abs(got.Low-plain.Low) > 1e-4 || math.Abs(got.High-plain.High) > 1e-4 {
		t.Errorf("got %+v, plain %+v", got, plain)
	}
}

// Of intervals for a rare event seen by 25 readers, 95 in 100 should hold the
// truth; those of Student's t hold it in fewer.
func TestProportionCoverage(t *testing.T) {
	const runs, readers, truth = 2000, 25, 0.04
	rng := rand.New(rand.NewPCG(4, 4))
	held, plain := 0, 0
	for range runs {
		x := make([]float64, readers)
		for i := range x {
			if rng.Float64() < truth {
				x[i] = 1
			}
		}
		m := estimate.Mean(x)
		if m.Low <= truth && truth <= m.High {
			plain++
		}
		if p := m.Proportion(); p.Low <= truth && truth <= p.High {
			held++
		}
	}
	if share := float64(held) / runs; share < 0.93 {
		t.Errorf("%.3f of the intervals hold the truth, want 0.95 or more", share)
	}
	if plain >= held {
		t.Errorf("plain intervals hold the truth %d times, these %d", plain, held)
	}
}

func TestBounded(t *testing.T) {
	r := estimate.Result{Value: 0.9, Low: 0.7, High: 1.1, Clusters: 3}
	if got := r.Bounded(0, 1); got.Low != 0.7 || got.High != 1 {
		t.Errorf("got %+v", got)
	}
}
