package resample_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/alsolike/alsolike/eval/resample"
)

// Bootstraps of 40 readers, where Student's t is a rough guess: of 200 logs, 90 to
// 98.5 % of the intervals must hold the truth. Readers come up to 40 times, and half of
// them never click.
func TestBootstrapCoverage(t *testing.T) {
	const logs, n = 200, 40
	held := 0
	for log := range logs {
		rng := rand.New(rand.NewPCG(13, uint64(log)))
		num, den := make([]float64, n), make([]float64, n)
		sumNum, sumDen := 0.0, 0.0
		for c := range n {
			den[c] = min(40, math.Floor(math.Pow(rng.Float64(), -0.6)))
			keen := 0.0
			if rng.IntN(2) == 0 {
				keen = 0.2 + 0.4*rng.Float64() // mean 0.4, so 0.2 over all
			}
			for range int(den[c]) {
				if rng.Float64() < keen {
					num[c]++
				}
			}
			sumNum += num[c]
			sumDen += den[c]
		}
		b := resample.Ratio(num, den, resample.Options{Seed: uint64(log), Replicates: 1000})
		if low, high := b.Interval(0.025); low <= 0.2 && 0.2 <= high {
			held++
		}
	}
	if share := float64(held) / logs; share < 0.90 || share > 0.985 {
		t.Errorf("%.3f hold the truth, want 0.90 to 0.985", share)
	}
}
