package estimate_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/alsolike/alsolike/eval/estimate"
)

func TestClicksNeeded(t *testing.T) {
	// 1.95996398² · 0.5 / half².
	for half, want := range map[float64]float64{0.05: 768.29, 0.03: 2134.15, 0.02: 4801.82, 0.01: 19207.29} {
		if got := estimate.ClicksForWidth(half, estimate.ClicksVariance); math.Abs(got-want) > 0.01 {
			t.Errorf("± %v: got %v clicks, want %v", half, got, want)
		}
		if back := estimate.HalfWidth(want, estimate.ClicksVariance); math.Abs(back-half) > 1e-6 {
			t.Errorf("%v clicks: got ± %v, want %v", want, back, half)
		}
	}
	// (1.64485363 + 0.84162123)² · 0.5 / 0.03².
	if got := estimate.ClicksForMargin(0.03, 0, 0.05, 0.8, estimate.ClicksVariance); math.Abs(got-3434.76) > 0.01 {
		t.Errorf("margin 3 %%: got %v clicks, want 3434.76", got)
	}
	if got := estimate.ClicksForMargin(0.03, -0.03, 0.05, 0.8, 0.5); !math.IsInf(got, 1) {
		t.Errorf("a candidate at the margin: got %v clicks, want +Inf", got)
	}
}

// The number of clusters asked for must give the power, by simulation, and one
// that is clearly smaller must not.
func TestClustersGivePower(t *testing.T) {
	const margin, sd, alpha, power, runs = 0.1, 0.4, 0.05, 0.8, 2000
	n := int(estimate.ClustersForMargin(margin, 0, sd, alpha, power))
	passed := func(n int) float64 {
		rng := rand.New(rand.NewPCG(8, uint64(n)))
		const predictions = 100 // of power, from the first logs
		pass, predicted := 0, 0.0
		for run := range runs {
			x := make([]float64, n)
			for i := range x {
				x[i] = sd * rng.NormFloat64()
			}
			r := estimate.Mean(x)
			if low, _ := r.Bounds(alpha); low > -margin {
				pass++
			}
			if run < predictions {
				predicted += r.PowerAt(margin, 0, alpha) / predictions
			}
		}
		if got := float64(pass) / runs; math.Abs(got-predicted) > 0.03 {
			t.Errorf("%d clusters: %v passed, predicted %v", n, got, predicted)
		}
		return float64(pass) / runs
	}
	if got := passed(n); got < 0.77 || got > 0.83 {
		t.Errorf("%d clusters: %v passed, want 0.8", n, got)
	}
	if got := passed(n / 2); got > 0.65 {
		t.Errorf("%d clusters: %v passed, want far less than 0.8", n/2, got)
	}
	if got := estimate.ClustersForMargin(margin, -2*margin, sd, alpha, power); !math.IsInf(got, 1) {
		t.Errorf("a candidate worse than the margin: got %v clusters, want +Inf", got)
	}
}

func TestDataNeeded(t *testing.T) {
	// SE 0.02, margin 0.03: (2.48647/0.03·0.02)².
	r := estimate.Result{SE: 0.02, Clusters: 500}
	if got := r.DataNeeded(0.03, 0.05, 0.8); math.Abs(got-2.74781) > 1e-4 {
		t.Errorf("got %v times the data, want 2.748", got)
	}
	if got := (estimate.Result{SE: math.Inf(1)}).DataNeeded(0.03, 0.05, 0.8); !math.IsInf(got, 1) {
		t.Errorf("nothing known: got %v, want +Inf", got)
	}
}

func TestPAboveAndPowerWithoutDoubt(t *testing.T) {
	exact := estimate.Result{Value: 0.1, Low: 0.1, High: 0.1, Clusters: 3}
	unknown := estimate.Mean([]float64{0.1})
	got := fmt.Sprint(exact.PAbove(0), exact.PAbove(0.1), unknown.PAbove(0), exact.PowerAt(0.1, 0, 0.05), exact.PowerAt(0.1, -0.1, 0.05), unknown.PowerAt(0.1, 0, 0.05))
	if want := "0 1 1 1 0 0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestGuardrailPower(t *testing.T) {
	if got := estimate.GuardrailPower(0.8, 4); math.Abs(got-0.95) > 1e-12 {
		t.Errorf("got %v, want 0.95", got)
	}
}
