package estimate_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/eval/estimate"
)

// A slotLog is a log of single slots drawn by a known policy.
type slotLog struct {
	context, action []int
	p, r            []float64
	user            []int32
	policies        struct {
		Actions  int
		Policies map[string][][]float64
		Q        [][]float64 `json:"q_hat"`
	}
}

func readSlotLog(t *testing.T) *slotLog {
	t.Helper()
	var l slotLog
	readReference(t, "ope/slot/policies.json", &l.policies)
	log := readTable(t, "ope/slot/log.csv")
	l.context, l.action = indices(t, log["context"]), indices(t, log["action"])
	l.p, l.r, l.user = numbers(t, log["pscore"]), numbers(t, log["click"]), codes(log["user"])
	return &l
}

// weights are π/μ of the items shown, q what the model expects of them, and v of
// the policy.
func (l *slotLog) weights(policy string) (w, q, v []float64, chosen []bool) {
	for i, x := range l.context {
		pi := l.policies.Policies[policy][x]
		w = append(w, pi[l.action[i]]/l.p[i])
		chosen = append(chosen, pi[l.action[i]] == 1)
		q = append(q, l.policies.Q[x][l.action[i]])
		expected := 0.0
		for a, p := range pi {
			expected += p * l.policies.Q[x][a]
		}
		v = append(v, expected)
	}
	return w, q, v, chosen
}

func mapped(x []float64, f func(float64) float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = f(v)
	}
	return y
}

// TestSlotReference compares with what the Open Bandit Pipeline computes. Its
// variants of IPS and DR with changed weights must come out of IPS and DR with
// weights so changed.
func TestSlotReference(t *testing.T) {
	var want struct {
		Policies map[string]struct {
			OBP map[string]float64
			Own map[string]float64
		}
		Delta map[string]map[string]float64 `json:"delta_vs_prod"`
	}
	readReference(t, "ope/slot/expected.json", &want)
	log := readSlotLog(t)
	for policy, p := range want.Policies {
		w, q, v, chosen := log.weights(policy)
		got := map[string]float64{}
		ips, snips := estimate.IPS(w, log.r, log.user), estimate.SNIPS(w, log.r, log.user)
		got["ipw"], got["snipw"] = ips.Value, snips.Value
		got["replay"] = estimate.Replay(chosen, log.r, log.user).Value
		dr := func(f func(float64) float64) float64 { return estimate.DR(mapped(w, f), log.r, q, v, log.user).Value }
		mean := estimate.Sum(w) / float64(len(w))
		got["dm"] = dr(func(float64) float64 { return 0 })
		got["dr"] = dr(func(w float64) float64 { return w })
		got["sndr"] = dr(func(w float64) float64 { return w / mean })
		for _, limit := range []float64{1, 3, 10} {
			clip := func(w float64) float64 { return min(w, limit) }
			got[fmt.Sprintf("ipw_clip_%v", limit)] = estimate.IPS(mapped(w, clip), log.r, log.user).Value
			got[fmt.Sprintf("dr_clip_%v", limit)] = dr(clip)
			got[fmt.Sprintf("dros_%v", limit)] = dr(func(w float64) float64 { return limit * w / (w*w + limit) })
			got[fmt.Sprintf("switch_dr_%v", limit)] = dr(func(w float64) float64 {
				if w > limit {
					return 0
				}
				return w
			})
		}
		for _, part := range []float64{0.05, 0.3} {
			shrink := func(w float64) float64 { return w / (1 - part + part*w) }
			got[fmt.Sprintf("subgauss_ipw_%v", part)] = estimate.IPS(mapped(w, shrink), log.r, log.user).Value
			got[fmt.Sprintf("subgauss_dr_%v", part)] = dr(shrink)
		}
		for name, value := range p.OBP {
			check(t, policy+": "+name, got[name], value, 1e-9)
		}

		own := map[string]float64{}
		d := estimate.Diagnose(w, log.user, 1)
		own["ess"], own["max_w"], own["mean_w"] = d.ESS, d.MaxWeight, d.MeanWeight
		zero := 0
		for _, x := range w {
			if x == 0 {
				zero++
			}
		}
		own["share_w_zero"] = float64(zero) / float64(len(w))
		beta, b := estimate.BetaIPS(w, log.r, 1, log.user)
		own["beta_ips"], own["beta_star"] = beta.Value, b
		own["se_iid_ipw"], own["se_iid_snipw"] = estimate.IPS(w, log.r, nil).SE, estimate.SNIPS(w, log.r, nil).SE
		own["se_cluster_ipw"], own["se_cluster_snipw"] = ips.SE, snips.SE
		for name, value := range p.Own {
			check(t, policy+": "+name, own[name], value, 1e-9)
		}
	}
	production, _, _, _ := log.weights("prod")
	for policy, values := range want.Delta {
		w, _, _, _ := log.weights(policy)
		diff := make([]float64, len(w))
		for i := range w {
			diff[i] = w[i] - production[i]
		}
		beta, b := estimate.BetaIPS(diff, log.r, 0, log.user)
		snips := estimate.SNIPSDifference(w, production, log.r, log.user)
		got := map[string]float64{
			"true": values["true"], "delta_ips": estimate.IPS(diff, log.r, log.user).Value,
			"delta_snips": snips.Value, "se_cluster_delta_snips": snips.SE,
			"beta_star": b, "delta_beta_ips": beta.Value, "se_cluster_delta_beta_ips": beta.SE,
			"clusters": float64(beta.Clusters),
		}
		for name, value := range values {
			check(t, policy+" against production: "+name, got[name], value, 1e-9)
		}
	}
}

// The log was made so that the truth lies within two standard errors.
func TestSlotTruth(t *testing.T) {
	var want struct {
		Policies map[string]struct {
			True float64 `json:"true_value"`
		}
	}
	readReference(t, "ope/slot/expected.json", &want)
	log := readSlotLog(t)
	for policy, p := range want.Policies {
		w, _, _, _ := log.weights(policy)
		if r := estimate.SNIPS(w, log.r, log.user); r.Low > p.True || r.High < p.True {
			t.Errorf("%s: %+v does not hold the true %v", policy, r, p.True)
		}
	}
}

func TestSlotProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 50).Draw(t, "rows")
		w := rapid.SliceOfN(rapid.Float64Range(0, 20), n, n).Draw(t, "w")
		r := rapid.SliceOfN(rapid.Float64Range(0, 1), n, n).Draw(t, "r")
		q := rapid.SliceOfN(rapid.Float64Range(0, 1), n, n).Draw(t, "q")
		cluster := rapid.SliceOfN(rapid.Int32Range(0, 5), n, n).Draw(t, "cluster")
		// The mean of rewards weighted by anything lies between the rewards.
		if s := estimate.SNIPS(w, r, cluster); s.Value < -1e-12 || s.Value > 1+1e-12 {
			t.Errorf("SNIPS %v of rewards from 0 to 1", s.Value)
		}
		if d := estimate.SNIPSDifference(w, w, r, cluster); d.Value != 0 && !math.IsNaN(d.Value) {
			t.Errorf("the same policy: got a difference of %v", d.Value)
		}
		// A model that is always right needs no weights.
		if a, b := estimate.DR(w, r, r, q, cluster), estimate.Ratio(sums(q, cluster), sums(ones(n), cluster)); math.Abs(a.Value-b.Value) > 1e-12 {
			t.Errorf("DR %v with a perfect model, want %v", a.Value, b.Value)
		}
		// Adding a constant to rewards adds it to β-IPS if weights average to what
		// is expected.
		mean := estimate.Sum(w) / float64(n)
		more := mapped(r, func(v float64) float64 { return v + 1 })
		a, _ := estimate.BetaIPS(w, r, mean, cluster)
		b, _ := estimate.BetaIPS(w, more, mean, cluster)
		if math.Abs(b.Value-a.Value-mean) > 1e-9 {
			t.Errorf("β-IPS grows by %v, want %v", b.Value-a.Value, mean)
		}
	})
}

func sums(x []float64, cluster []int32) []float64 {
	s := make([]float64, 6)
	for i, c := range cluster {
		s[c] += x[i]
	}
	return s
}
