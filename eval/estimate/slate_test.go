package estimate_test

import (
	"fmt"
	"testing"

	"github.com/alsolike/alsolike/eval/estimate"
)

// TestSlateReference compares with what the Open Bandit Pipeline computes on logs
// of three of six items, and with true values by enumeration.
func TestSlateReference(t *testing.T) {
	for _, folder := range []string{"ope/slate-pbm", "ope/slate-cascade"} {
		var spec struct {
			Slots, Items int
			Logits       map[string][][]float64 `json:"policies_plackett_luce_logits"`
			Theta        []float64
		}
		var want struct {
			Policies map[string]struct {
				True float64 `json:"true_value"`
				OBP  map[string]float64
				Own  struct {
					PBM    *float64  `json:"pbm_ips_true_theta"`
					Max    float64   `json:"pbm_max_w"`
					ESS    []float64 `json:"ess_iips_by_position"`
					ESSAll float64   `json:"ess_sips"`
				}
			}
		}
		readReference(t, folder+"/expected.json", &want)
		readReference(t, folder+"/spec.json", &spec)
		log := readTable(t, folder+"/log.csv")
		context, item, click := indices(t, log["context"]), indices(t, log["item"]), numbers(t, log["click"])
		slots, rows := spec.Slots, len(item)
		var users []string
		for i := 0; i < rows; i += slots {
			users = append(users, log["user"][i])
		}
		cluster := codes(users)
		// The files keep 12 digits of the chances: tell them from our own by 1e-11.
		logged := numbers(t, log["p_marginal"])
		known := map[string][]float64{}
		chance := func(policy string, i int) []float64 { // of the item of row i, at every slot
			key := fmt.Sprint(policy, context[i])
			marginals, ok := known[key]
			if !ok {
				marginals = estimate.PlackettLuceMarginals(spec.Logits[policy][context[i]], slots)
				known[key] = marginals
			}
			at := make([]float64, slots)
			for k := range at {
				at[k] = marginals[k*spec.Items+item[i]]
			}
			return at
		}
		for policy, p := range want.Policies {
			bySlot, byPosition := make([]float64, rows), make([]float64, rows)
			largest := 0.0
			for i := range rows {
				pi, mu := chance(policy, i), chance("behaviour", i)
				k := i % slots
				check(t, folder+": logged marginal", mu[k], logged[i], 1e-9)
				bySlot[i] = pi[k] / mu[k]
				if spec.Theta != nil {
					byPosition[i] = estimate.PositionWeight(spec.Theta, pi, mu)
					largest = max(largest, byPosition[i])
				}
			}
			what := folder + ": " + policy
			check(t, what+": slot IPS", estimate.SlateIPS(bySlot, click, slots, cluster).Value, p.OBP["iips"], 1e-9)
			for k := range slots {
				var w []float64
				for i := k; i < rows; i += slots {
					w = append(w, bySlot[i])
				}
				check(t, what+": effective sample size of a slot", estimate.Diagnose(w, cluster, 1).ESS, p.Own.ESS[k], 1e-9)
			}
			if p.Own.PBM == nil {
				continue
			}
			r := estimate.SlateIPS(byPosition, click, slots, cluster)
			check(t, what+": position model", r.Value, *p.Own.PBM, 1e-9)
			check(t, what+": largest weight", largest, p.Own.Max, 1e-9)
			if low, high := r.Bounds(0.005); low > p.True || high < p.True {
				t.Errorf("%s: %+v does not hold the true %v", what, r, p.True)
			}
		}
	}
}

func TestPositionWeightOfUnseen(t *testing.T) {
	if w := estimate.PositionWeight([]float64{1, 0.5}, []float64{1, 0}, []float64{0, 0}); w != 0 {
		t.Errorf("got %v, want 0 for an item that is never shown", w)
	}
}
