package metric_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/eval/metric"
)

const tolerance = 1e-12

func near(a, b float64) bool { return math.Abs(a-b) <= tolerance }

func TestByHand(t *testing.T) {
	check := func(name string, got, want float64) {
		t.Helper()
		if !near(got, want) {
			t.Errorf("%s = %v, want %v", name, got, want)
		}
	}
	third := []float64{0, 0, 1, 0}
	check("HR@2 of a hit at 3", metric.HR(third, 2), 0)
	check("HR@3 of a hit at 3", metric.HR(third, 3), 1)
	check("RR@3 of a hit at 3", metric.RR(third, 3), 1.0/3)
	check("RR@2 of a hit at 3", metric.RR(third, 2), 0)
	check("NDCG@3 of a hit at 3", metric.NDCG(third, []float64{1}, 3), 0.5) // 1/log2(4)
	check("NDCG@9 of a short list", metric.NDCG(third, []float64{1}, 9), 0.5)

	check("HR of an empty list", metric.HR(nil, 5), 0)
	check("RR of an empty list", metric.RR(nil, 5), 0)
	check("NDCG of an empty list", metric.NDCG(nil, []float64{1}, 5), 0)
	check("NDCG when nothing is relevant", metric.NDCG([]float64{0, 0}, nil, 5), 0)

	// Grades 3, 2, 3, 0, 1, 2, the example known from Wikipedia's article on
	// discounted cumulative gain, which gives DCG@6 = 6.861 and, with the two
	// further judged items 3 and 2, IDCG@6 = 8.740 and nDCG@6 = 0.785.
	grades, ideal := []float64{3, 2, 3, 0, 1, 2}, []float64{3, 3, 3, 2, 2, 2, 1, 0}
	rounded := func(x float64) float64 { return math.Round(x*1000) / 1000 }
	check("DCG@6", rounded(metric.DCG(grades, 6)), 6.861)
	check("IDCG@6", rounded(metric.DCG(ideal, 6)), 8.740)
	check("NDCG@6", rounded(metric.NDCG(grades, ideal, 6)), 0.785)
}

// bounded is every measure that lies between 0 and 1 and does not fall when a
// relevant item moves up.
func bounded(grades []float64, k int) map[string]float64 {
	hits := make([]float64, len(grades))
	for i, g := range grades {
		hits[i] = min(g, 1)
	}
	ideal := slices.DeleteFunc(slices.Clone(grades), func(g float64) bool { return g <= 0 })
	slices.SortFunc(ideal, func(a, b float64) int { return cmp.Compare(b, a) })
	relevant := len(ideal)
	irrelevant := 0
	for _, g := range grades {
		if g == 0 {
			irrelevant++
		}
	}
	auc, _ := metric.AUC(grades, nil)
	precision, recall := metric.P(grades, k), metric.R(grades, relevant, k)
	return map[string]float64{
		"HR": metric.HR(grades, k), "RR": metric.RR(grades, k), "P": precision, "R": recall,
		"F": metric.F(precision, recall, 1), "RPrec": metric.RPrec(grades, relevant),
		"AP": metric.AP(grades, relevant, k), "APMin": metric.APMin(grades, relevant, k),
		"NDCG": metric.NDCG(grades, ideal, k), "NDCGX": metric.NDCGX(grades, ideal, k),
		"BPref": metric.BPref(grades, relevant, irrelevant), "ERR": metric.ERR(grades, 3, k),
		"RBP": metric.RBP(hits, 0.8), "AUC": auc, "MeanRR": metric.MeanRR(grades),
		"IPrec": metric.IPrec(grades, 1), "INSQ": metric.CWL(hits, metric.INSQ(2)), "SDCG": metric.CWL(hits, metric.SDCG(k)),
	}
}

func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		grades := rapid.SliceOfN(rapid.SampledFrom([]float64{metric.Pooled, metric.Unjudged, 0, 0, 0, 1, 2, 3}), 0, 30).Draw(t, "grades")
		k := rapid.IntRange(1, 40).Draw(t, "k")
		values := bounded(grades, k)
		for name, v := range values {
			if !(v >= 0 && v <= 1+tolerance) {
				t.Fatalf("%s@%d of %v = %v, outside 0 to 1", name, k, grades, v)
			}
		}
		if metric.HR(grades, k) > metric.HR(grades, k+1) || metric.RR(grades, k) > metric.RR(grades, k+1) {
			t.Fatalf("a longer list of %v scores lower", grades)
		}
		hits := slices.Repeat([]float64{0}, len(grades))
		for i, g := range grades {
			hits[i] = min(g, 1)
		}
		if sum := metric.RBP(hits, 0.8) + metric.RBPResidual(hits, 0.8); sum > 1+tolerance {
			t.Fatalf("RBP of %v and its residual are %v", hits, sum)
		}
		for i := 1; i < len(grades); i++ {
			if grades[i] > 0 && grades[i-1] <= 0 {
				better := slices.Clone(grades)
				better[i-1], better[i] = grades[i], grades[i-1]
				for name, v := range bounded(better, k) {
					if v < values[name]-tolerance {
						t.Fatalf("%s@%d falls from %v to %v when the item at rank %d of %v moves up", name, k, values[name], v, i+1, grades)
					}
				}
			}
		}
	})
}

// The AUC of a list and of its reverse make 1, and ties count half.
func TestAUC(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		grades := rapid.SliceOfN(rapid.SampledFrom([]float64{0, 1}), 1, 40).Draw(t, "grades")
		scores := make([]float64, len(grades))
		for i := range scores {
			scores[i] = -float64(i / rapid.IntRange(1, 3).Draw(t, "ties"))
		}
		slices.SortFunc(scores, func(a, b float64) int { return cmp.Compare(b, a) })
		auc, ok := metric.AUC(grades, scores)
		if ok != (slices.Contains(grades, 0) && slices.Contains(grades, 1)) {
			t.Fatalf("AUC of %v is defined: %v", grades, ok)
		}
		slices.Reverse(grades)
		slices.Reverse(scores)
		if reverse, _ := metric.AUC(grades, scores); ok && !near(auc+reverse, 1) {
			t.Fatalf("%v one way, %v the other", auc, reverse)
		}
		sum, pairs := 0.0, 0.0
		for i, a := range grades {
			for j, b := range grades {
				if a > 0 && b == 0 {
					pairs++
					switch { // the list is reversed: the later is the better
					case scores[i] > scores[j]:
						sum++
					case scores[i] == scores[j]:
						sum += 0.5
					}
				}
			}
		}
		if ok && !near(auc, sum/pairs) {
			t.Fatalf("AUC %v, pair by pair %v", auc, sum/pairs)
		}
	})
}

// One relevant item: hr ≥ ndcg ≥ rr, equal at rank 1.
func TestOneRelevantItem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		grades := make([]float64, rapid.IntRange(1, 50).Draw(t, "n"))
		grades[rapid.IntRange(0, len(grades)-1).Draw(t, "at")] = 1
		k := rapid.IntRange(1, 60).Draw(t, "k")
		hr, rr, ndcg := metric.HR(grades, k), metric.RR(grades, k), metric.NDCG(grades, []float64{1}, k)
		if hr < ndcg || ndcg < rr {
			t.Fatalf("%v: hr %v, ndcg %v, rr %v at %d", grades, hr, ndcg, rr, k)
		}
	})
}

func Example() {
	grades := []float64{0, 1, 0} // the second of three links is what the reader opened next
	fmt.Printf("hr %.2f, rr %.2f, ndcg %.2f\n",
		metric.HR(grades, 3), metric.RR(grades, 3), metric.NDCG(grades, []float64{1}, 3))
	// Output: hr 1.00, rr 0.50, ndcg 0.63
}
