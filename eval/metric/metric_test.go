package metric_test

import (
	"bufio"
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
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

func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		grades := rapid.SliceOfN(rapid.SampledFrom([]float64{0, 0, 0, 1, 2, 3}), 0, 30).Draw(t, "grades")
		k := rapid.IntRange(1, 40).Draw(t, "k")
		ideal := slices.Clone(grades)
		slices.SortFunc(ideal, func(a, b float64) int { return cmp.Compare(b, a) })
		for name, v := range map[string]float64{
			"HR": metric.HR(grades, k), "RR": metric.RR(grades, k), "NDCG": metric.NDCG(grades, ideal, k),
		} {
			if !(v >= 0 && v <= 1+tolerance) {
				t.Fatalf("%s@%d of %v = %v, outside 0 to 1", name, k, grades, v)
			}
		}
		if metric.HR(grades, k) > metric.HR(grades, k+1) || metric.RR(grades, k) > metric.RR(grades, k+1) {
			t.Fatalf("a longer list of %v scores lower", grades)
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

// TestRanx compares with the values that ranx gave for the runs beside them.
func TestRanx(t *testing.T) {
	dir := "../../../shared/reference/eval/ranx"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no reference values:", err)
	}
	judged := map[string]map[string]float64{} // query -> item -> grade
	for _, f := range readFields(t, filepath.Join(dir, "a.qrels")) {
		if judged[f[0]] == nil {
			judged[f[0]] = map[string]float64{}
		}
		judged[f[0]][f[2]] = number(t, f[3])
	}
	lists := map[string][]float64{} // run/query -> grades
	for run, file := range map[string]string{"A": "a.run", "B": "b.run"} {
		for query, items := range readRun(t, filepath.Join(dir, file)) {
			for _, item := range items {
				lists[run+query] = append(lists[run+query], judged[query][item])
			}
		}
	}

	const all = 1 << 20 // no cut
	compared := 0
	for _, f := range readFields(t, filepath.Join(dir, "expected.tsv"))[1:] {
		grades, ok := lists[f[0]+f[2]]
		if !ok { // the means, and lists with ties
			continue
		}
		name, cut, ok := strings.Cut(f[1], "@")
		k := all
		if ok {
			rank, level2 := strings.CutSuffix(cut, "-l2") // relevant from grade 2
			k = int(number(t, rank))
			if level2 {
				grades = slices.Clone(grades)
				for i, g := range grades {
					if g < 2 {
						grades[i] = 0
					}
				}
				if name == "ndcg" {
					continue // a level has no effect on ours
				}
			}
		}
		var got float64
		switch name {
		case "hit_rate":
			got = metric.HR(grades, k)
		case "mrr":
			got = metric.RR(grades, k)
		case "dcg":
			got = metric.DCG(grades, k)
		case "ndcg":
			got = metric.NDCG(grades, idealOf(judged[f[2]]), k)
		default:
			continue
		}
		compared++
		if want := number(t, f[3]); !near(got, want) {
			t.Errorf("run %s, query %s: %s = %v, want %v", f[0], f[2], f[1], got, want)
		}
	}
	if compared < 1000 {
		t.Errorf("compared only %d values", compared)
	}
}

func idealOf(judged map[string]float64) []float64 {
	var grades []float64
	for _, g := range judged {
		grades = append(grades, g)
	}
	slices.SortFunc(grades, func(a, b float64) int { return cmp.Compare(b, a) })
	return grades
}

// readRun reads a TREC run: for every query its items, best first. A query with
// tied scores is left out (run B has two), for ranx's order of ties is chance.
func readRun(t *testing.T, path string) map[string][]string {
	type hit struct {
		item  string
		score float64
	}
	hits := map[string][]hit{}
	for _, f := range readFields(t, path) {
		hits[f[0]] = append(hits[f[0]], hit{f[2], number(t, f[4])})
	}
	run := map[string][]string{}
	for query, h := range hits {
		slices.SortFunc(h, func(a, b hit) int { return cmp.Compare(b.score, a.score) })
		var items []string
		for i, x := range h {
			if i > 0 && x.score == h[i-1].score {
				items = nil
				break
			}
			items = append(items, x.item)
		}
		if items != nil {
			run[query] = items
		}
	}
	return run
}

func readFields(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var lines [][]string
	for s := bufio.NewScanner(file); s.Scan(); {
		lines = append(lines, strings.Fields(s.Text()))
	}
	return lines
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func Example() {
	grades := []float64{0, 1, 0} // the second of three links is what the reader opened next
	fmt.Printf("hr %.2f, rr %.2f, ndcg %.2f\n",
		metric.HR(grades, 3), metric.RR(grades, 3), metric.NDCG(grades, []float64{1}, 3))
	// Output: hr 1.00, rr 0.50, ndcg 0.63
}
