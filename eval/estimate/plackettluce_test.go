package estimate_test

import (
	"fmt"
	"math"
	"math/bits"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/eval/estimate"
)

func TestPlackettLuceReference(t *testing.T) {
	var cases []struct {
		Logits    []float64
		Slots     int
		Marginals [][]float64 `json:"marginals_by_slot"`
	}
	readReference(t, "ope/plackett-luce-marginals.json", &cases)
	if len(cases) == 0 {
		t.Error("the file holds no cases")
	}
	for n, c := range cases {
		got := estimate.PlackettLuceMarginals(c.Logits, c.Slots)
		for k, row := range c.Marginals {
			for i, want := range row {
				if diff := math.Abs(got[k*len(row)+i] - want); diff > 1e-12 {
					t.Errorf("case %d, item %d at slot %d: off by %g", n, i, k, diff)
				}
			}
		}
	}
}

// bySubsets is the same by dynamic programming over the sets already placed.
func bySubsets(logits []float64, slots int) []float64 {
	m := len(logits)
	highest := math.Inf(-1)
	for _, v := range logits {
		highest = max(highest, v)
	}
	result := make([]float64, slots*m)
	reach := make([]float64, 1<<m)
	reach[0] = 1
	for set := range reach {
		k := bits.OnesCount(uint(set))
		if k >= slots || k >= m {
			continue
		}
		rest := 0.0
		for i, v := range logits {
			if set>>i&1 == 0 {
				rest += math.Exp(v - highest)
			}
		}
		for i, v := range logits {
			if set>>i&1 == 0 {
				p := reach[set] * math.Exp(v-highest) / rest
				reach[set|1<<i] += p
				result[k*m+i] += p
			}
		}
	}
	return result
}

func TestPlackettLuceAgainstSubsets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spread := rapid.Float64Range(0, 40).Draw(t, "spread")
		logits := rapid.SliceOfN(rapid.Float64Range(-spread, spread), 1, 9).Draw(t, "logits")
		slots := rapid.IntRange(1, 10).Draw(t, "slots")
		got, want := estimate.PlackettLuceMarginals(logits, slots), bySubsets(logits, slots)
		for i := range want {
			if diff := math.Abs(got[i] - want[i]); diff > 1e-12 {
				t.Fatalf("item %d at slot %d: got %v, want %v", i%len(logits), i/len(logits), got[i], want[i])
			}
		}
	})
}

func BenchmarkPlackettLuceMarginals(b *testing.B) {
	for _, pool := range []int{12, 20} {
		b.Run(fmt.Sprintf("pool=%d/slots=5", pool), func(b *testing.B) {
			logits := make([]float64, pool)
			for i := range logits {
				logits[i] = -float64(i) / 4
			}
			for b.Loop() {
				estimate.PlackettLuceMarginals(logits, 5)
			}
		})
	}
}
