package metric_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/eval/metric"
)

func TestSpreadByHand(t *testing.T) {
	check := func(name string, got, want float64) {
		t.Helper()
		if !near(got, want) && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("%s = %v, want %v", name, got, want)
		}
	}
	even, one, none := []float64{2, 2, 2, 2}, []float64{0, 0, 0, 9}, []float64{0, 0}
	check("coverage of all", metric.Coverage(even), 1)
	check("coverage of one in four", metric.Coverage(one), 0.25)
	check("Gini of equals", metric.Gini(even), 0)
	check("Gini of one", metric.Gini(one), 0.75)
	check("Gini of nothing", metric.Gini(none), math.NaN())
	check("Gini of 3 and 1", metric.Gini([]float64{3, 1}), 0.25) // (1·3 − 1·1)/(2·4)
	check("entropy of equals", metric.Entropy(even), 2)
	check("entropy of one", metric.Entropy(one), 0)
	check("entropy of nothing", metric.Entropy(none), math.NaN())
	check("head of equals", metric.HeadShare(even, 0.5), 0.5)
	check("head is one at least", metric.HeadShare([]float64{1, 3, 0}, 0.1), 0.75)
	check("a tenth of thirty is three", metric.HeadShare(slices.Repeat([]float64{1}, 30), 0.1), 0.1)
	check("a tenth of 31 is four", metric.HeadShare(slices.Repeat([]float64{1}, 31), 0.1), 4.0/31)

	if got := metric.Lorenz([]float64{3, 1}, 5); !slices.Equal(got, []float64{0, 0.125, 0.25, 0.625, 1}) {
		t.Errorf("Lorenz curve of 3 and 1: got %v", got)
	}
	if got := metric.Lorenz(none, 5); got != nil {
		t.Errorf("Lorenz curve of nothing: got %v", got)
	}
	check("median", metric.WeightedMedian([]float64{1, 2, 8}, []float64{1, 1, 1}), 2)
	check("median of four", metric.WeightedMedian([]float64{1, 2, 8, 9}, []float64{1, 1, 1, 1}), 2)
	check("heavy median", metric.WeightedMedian([]float64{1, 2, 8}, []float64{1, 1, 3}), 8)
	check("median without weight first", metric.WeightedMedian([]float64{1, 2}, []float64{0, 1}), 2)
	check("median of nothing", metric.WeightedMedian(nil, nil), math.NaN())

	if got := metric.Percentiles([]float64{5, 0, 5, 9}); !slices.Equal(got, []float64{0.5, 0.125, 0.5, 0.875}) {
		t.Errorf("percentiles: got %v", got)
	}
	check("the unseen count as seen once", metric.SelfInformation([]float64{0, 3})[0], 2)
	check("tags in common", metric.JaccardDistance([]string{"a", "b"}, []string{"b", "c", "d"}), 0.75)
	check("no tags", metric.JaccardDistance[string](nil, nil), 0)
	check("no direction", metric.CosineDistance([]float64{0, 0}, []float64{1, 0}), 1)
	check("calibrated", metric.Calibration([]float64{2, 2}, []float64{5, 5}, 0.01), 0)
	check("half missing", metric.Calibration([]float64{1, 1}, []float64{1, 0}, 0.01), 0.5*math.Log2(0.5/0.995)+0.5*math.Log2(100))
	check("nothing to calibrate", metric.Calibration([]float64{1, 1}, []float64{0, 0}, 0.01), math.NaN())
}

// exposures draws exposures of different articles that differ by at least 1, so
// that a small step changes no order.
func exposures(t *rapid.T) []float64 {
	x := make([]float64, rapid.IntRange(2, 12).Draw(t, "n"))
	for i, v := range rapid.Permutation(slices.Collect(func(yield func(int) bool) {
		for i := range x {
			if !yield(i) {
				return
			}
		}
	})).Draw(t, "order") {
		x[i] = float64(v+1) * rapid.Float64Range(1, 1.001).Draw(t, "stretch")
	}
	return x
}

// A gradient must be the slope of its measure.
func TestGradients(t *testing.T) {
	head := func(x []float64) float64 { return metric.HeadShare(x, 0.25) }
	for name, f := range map[string]struct {
		value    func([]float64) float64
		gradient func([]float64) []float64
	}{
		"Gini":    {metric.Gini, metric.GiniGradient},
		"entropy": {metric.Entropy, metric.EntropyGradient},
		"head":    {head, func(x []float64) []float64 { return metric.HeadShareGradient(x, 0.25) }},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				x := exposures(t)
				const step = 1e-5
				for i, got := range f.gradient(x) {
					up, down := slices.Clone(x), slices.Clone(x)
					up[i] += step
					down[i] -= step
					if want := (f.value(up) - f.value(down)) / (2 * step); math.Abs(got-want) > 1e-7 {
						t.Fatalf("slope at %d of %v: got %v, want %v", i, x, got, want)
					}
				}
			})
		})
	}
}

// All three say how uneven exposure is, so scaling it changes nothing, and the area
// under the Lorenz curve is (1 − Gini)/2.
func TestSpreadProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(0, 100), 1, 40).Draw(t, "x")
		x[0] += 0.5
		scaled := slices.Clone(x)
		for i := range scaled {
			scaled[i] *= 8
		}
		slices.Reverse(scaled)
		for name, f := range map[string]func([]float64) float64{
			"coverage": metric.Coverage, "Gini": metric.Gini, "entropy": metric.Entropy,
			"head": func(x []float64) float64 { return metric.HeadShare(x, 0.1) },
		} {
			if a, b := f(x), f(scaled); math.Abs(a-b) > 1e-9 {
				t.Fatalf("%s of %v is %v, in another order and scale %v", name, x, a, b)
			}
		}
		if h := metric.Entropy(x); h < -1e-12 || h > math.Log2(float64(len(x)))+1e-9 {
			t.Fatalf("entropy %v of %d articles", h, len(x))
		}
		curve, area := metric.Lorenz(x, len(x)+1), 0.0
		for i := 1; i < len(curve); i++ {
			if curve[i] < curve[i-1] {
				t.Fatalf("the Lorenz curve %v falls", curve)
			}
			area += (curve[i] + curve[i-1]) / 2 / float64(len(x))
		}
		if g := metric.Gini(x); math.Abs(g-(1-2*area)) > 1e-9 {
			t.Fatalf("Gini %v, by the area %v", g, 1-2*area)
		}
	})
}

// slowRBO is RBO as its definition reads.
func slowRBO(a, b []int32, p float64) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	s, l := float64(len(a)), float64(len(b))
	overlap := func(d int) float64 {
		n := 0.0
		for _, item := range a[:min(d, len(a))] {
			if slices.Contains(b[:d], item) {
				n++
			}
		}
		return n
	}
	total := 0.0
	for d := 1; d <= len(b); d++ {
		total += overlap(d) / float64(d) * math.Pow(p, float64(d))
		if d > len(a) {
			total += overlap(len(a)) * (float64(d) - s) / (s * float64(d)) * math.Pow(p, float64(d))
		}
	}
	return (1-p)/p*total + ((overlap(len(b))-overlap(len(a)))/l+overlap(len(a))/s)*math.Pow(p, l)
}

func TestStability(t *testing.T) {
	items := rapid.SliceOfNDistinct(rapid.Int32Range(0, 14), 0, 12, rapid.ID[int32])
	rapid.Check(t, func(t *rapid.T) {
		a, b := items.Draw(t, "a"), items.Draw(t, "b")
		p := rapid.Float64Range(0.05, 0.95).Draw(t, "p")
		got := metric.RBO(a, b, p)
		if len(a) > 0 && len(b) > 0 {
			if want := slowRBO(a, b, p); math.Abs(got-want) > 1e-12 {
				t.Fatalf("RBO(%v, %v, %v) = %v, want %v", a, b, p, got, want)
			}
		}
		if again := metric.RBO(b, a, p); got != again {
			t.Fatalf("RBO is %v one way and %v the other", got, again)
		}
		if got < 0 || got > 1+1e-12 || metric.RBO(a, a, p) != 1 {
			t.Fatalf("RBO(%v, %v, %v) = %v", a, b, p, got)
		}
		if j := metric.Jaccard(a, b); j < 0 || j > 1 || j != metric.Jaccard(b, a) || metric.Jaccard(a, a) != 1 {
			t.Fatalf("Jaccard(%v, %v) = %v", a, b, j)
		}
	})
	if got := metric.RBO(nil, []int32{1}, 0.9); got != 0 {
		t.Errorf("RBO with an empty list = %v, want 0", got)
	}
}
