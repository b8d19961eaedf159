package estimate_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/alsolike/alsolike/eval/estimate"
)

// A reader comes d = 1 to 80 times, with a chance that falls with d^1.8; keen
// readers click far more, and those who come often somewhat more.
type readers struct{ chance []float64 }

func newReaders() *readers {
	r := &readers{}
	sum := 0.0
	for d := 1; d <= 80; d++ {
		sum += math.Pow(float64(d), -1.8)
		r.chance = append(r.chance, sum)
	}
	for i := range r.chance {
		r.chance[i] /= sum
	}
	return r
}

func (r *readers) visits(rng *rand.Rand) int {
	u, d := rng.Float64(), 0
	for r.chance[d] < u {
		d++
	}
	return d + 1
}

func rate(visits int, keen float64) float64 {
	if visits > 10 {
		keen *= 1.4
	}
	return 0.1 * keen
}

// truth is the expected clicks over the expected visits.
func (r *readers) truth() float64 {
	num, den, before := 0.0, 0.0, 0.0
	for i, c := range r.chance {
		d := i + 1
		num += (c - before) * float64(d) * rate(d, 1)
		den += (c - before) * float64(d)
		before = c
	}
	return num / den
}

// keenness has the mean 1: half of the readers never click.
func keenness(rng *rand.Rand) float64 {
	if rng.IntN(2) == 0 {
		return 0
	}
	return 0.5 + 3*rng.Float64()
}

// Of 200 logs, 90 to 98.5 % of the intervals must hold the truth; intervals that
// take visits for independent hold it far less often.
func TestCoverageWithHeavyReaders(t *testing.T) {
	const logs, n = 200, 400
	r := newReaders()
	truth := r.truth()
	held := map[string]int{}
	count := func(name string, e estimate.Result, truth float64) {
		if e.Low <= truth && truth <= e.High {
			held[name]++
		}
	}
	for log := range logs {
		rng := rand.New(rand.NewPCG(11, uint64(log)))
		a, b, den := make([]float64, n), make([]float64, n), make([]float64, n)
		var rows []float64
		for c := range n {
			d, keen := r.visits(rng), keenness(rng)
			den[c] = float64(d)
			for range d {
				row := 0.0
				if rng.Float64() < rate(d, keen) {
					row = 1
				}
				rows = append(rows, row)
				a[c] += row
				// The other ranking collects a fifth less, of the same reader.
				if rng.Float64() < 0.8*rate(d, keen) {
					b[c]++
				}
			}
		}
		count("ratio", estimate.Ratio(a, den), truth)
		count("difference", estimate.RatioDifference(a, b, den), truth-0.8*truth)
		count("visits as independent", estimate.Mean(rows), truth)
	}
	for name, n := range held {
		share := float64(n) / logs
		t.Logf("%s: %.3f", name, share)
		if name == "visits as independent" {
			if share > 0.85 {
				t.Errorf("%s: %.3f hold the truth: the log is too tame for this test", name, share)
			}
		} else if share < 0.90 || share > 0.985 {
			t.Errorf("%s: %.3f hold the truth, want 0.90 to 0.985", name, share)
		}
	}
}

// The same for the position curve, by its influences.
func TestCurveCoverage(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds with the race detector")
	}
	const logs = 200
	theta := []float64{1, 0.6, 0.45, 0.3}
	held := make([]int, len(theta))
	for log := range logs {
		s := simulated(uint64(100+log), 400, theta)
		curve, err := estimate.FitCurve(s.counts())
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i < s.slots; i++ {
			if r := curve.Interval(i, s.influence(curve, i)); r.Low <= theta[i] && theta[i] <= r.High {
				held[i]++
			}
		}
	}
	for i := 1; i < len(theta); i++ {
		share := float64(held[i]) / logs
		t.Logf("slot %d: %.3f", i+1, share)
		if share < 0.90 || share > 0.985 {
			t.Errorf("slot %d: %.3f hold the truth, want 0.90 to 0.985", i+1, share)
		}
	}
}
