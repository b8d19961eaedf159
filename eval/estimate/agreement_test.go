package estimate_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/eval/estimate"
)

func TestAgreementReference(t *testing.T) {
	var want struct {
		Ranks struct {
			X, Y, Z  []float64
			KendallX float64 `json:"kendall_tau_b_xy"`
			KendallZ float64 `json:"kendall_tau_b_yz"`
			Spearman float64 `json:"spearman_xy"`
		} `json:"rank_agreement"`
	}
	readReference(t, "stats/expected.json", &want)
	check(t, "Kendall", estimate.Kendall(want.Ranks.X, want.Ranks.Y), want.Ranks.KendallX, 1e-9)
	check(t, "Kendall with ties", estimate.Kendall(want.Ranks.Y, want.Ranks.Z), want.Ranks.KendallZ, 1e-9)
	check(t, "Spearman", estimate.Spearman(want.Ranks.X, want.Ranks.Y), want.Ranks.Spearman, 1e-9)
}

func TestAgreementProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 20).Draw(t, "n")
		// Small integers: many ties.
		draw := func(name string) []float64 {
			x := make([]float64, n)
			for i, v := range rapid.SliceOfN(rapid.IntRange(0, 4), n, n).Draw(t, name) {
				x[i] = float64(v)
			}
			return x
		}
		x, y := draw("x"), draw("y")
		for name, f := range map[string]func(x, y []float64) float64{"Kendall": estimate.Kendall, "Spearman": estimate.Spearman} {
			got := f(x, y)
			if math.IsNaN(got) {
				continue // one side is all ties
			}
			if got < -1-1e-12 || got > 1+1e-12 {
				t.Errorf("%s %v", name, got)
			}
			if self := f(x, x); math.Abs(self-1) > 1e-12 {
				t.Errorf("%s with itself %v", name, self)
			}
			// A rank correlation looks at the order alone.
			if cubed := f(mapped(x, func(v float64) float64 { return v * v * v }), y); math.Abs(cubed-got) > 1e-12 {
				t.Errorf("%s %v, of cubes %v", name, got, cubed)
			}
		}
	})
}
