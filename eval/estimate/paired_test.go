package estimate_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/eval/estimate"
)

func TestPairedReference(t *testing.T) {
	type paired struct {
		A, B     []float64
		T        float64
		P        float64 `json:"p_t_two_sided"`
		W        float64 `json:"wilcoxon_W"`
		Wilcoxon float64 `json:"p_wilcoxon_normal_approx"`
		Sign     float64 `json:"p_sign_test_two_sided"`
		Cohen    float64 `json:"cohen_dz"`
	}
	var want struct {
		N12 paired `json:"paired_n12"`
		N16 paired `json:"paired_n16"`
	}
	readReference(t, "stats/expected.json", &want)
	for name, p := range map[string]paired{"n12": want.N12, "n16": want.N16} {
		d := make([]float64, len(p.A))
		for i := range d {
			d[i] = p.B[i] - p.A[i]
		}
		r := estimate.Difference(p.B, p.A)
		check(t, name+": t", r.Value/r.SE, p.T, 1e-9)
		check(t, name+": d_z", r.Value/r.SE/math.Sqrt(float64(r.Clusters)), p.Cohen, 1e-9)
		check(t, name+": p of t", r.PValue(), p.P, 1e-9)
		w, pw := estimate.Wilcoxon(d)
		check(t, name+": W", w, p.W, 1e-9)
		check(t, name+": p of W", pw, p.Wilcoxon, 1e-9)
		check(t, name+": p of signs", estimate.SignTest(d), p.Sign, 1e-9)
	}
}

func TestPairedProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := make([]float64, rapid.IntRange(0, 12).Draw(t, "n"))
		for i := range d {
			d[i] = float64(rapid.IntRange(-3, 3).Draw(t, "d"))
		}
		minus := mapped(d, func(v float64) float64 { return -v })
		w, p := estimate.Wilcoxon(d)
		if w2, p2 := estimate.Wilcoxon(minus); w != w2 || p != p2 || p < 0 || p > 1 {
			t.Errorf("W %v, p %v; of the opposite %v, %v", w, p, w2, p2)
		}
		if s, s2 := estimate.SignTest(d), estimate.SignTest(minus); s != s2 || s <= 0 || s > 1 {
			t.Errorf("sign test %v, of the opposite %v", s, s2)
		}
	})
}
