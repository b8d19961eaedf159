package resample_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/eval/resample"
)

const reference = "../../../shared/reference/eval"

func readReference(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(reference, name))
	if err != nil {
		t.Skip("no reference values:", err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(name, err)
	}
}

func readRows(t *testing.T, name string, comma rune) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(reference, name))
	if err != nil {
		t.Skip("no reference values:", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = comma
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(name, err)
	}
	return rows[1:]
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// check compares with an absolute tolerance.
func check(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// clusteredReference gives the sums of differences and the rows of 60 clusters.
func clusteredReference(t *testing.T) (diff, rows []float64) {
	at := map[string]int{}
	for _, row := range readRows(t, "stats/clustered.csv", ',') {
		c, ok := at[row[0]]
		if !ok {
			c = len(at)
			at[row[0]] = c
			diff, rows = append(diff, 0), append(rows, 0)
		}
		diff[c] += number(t, row[2]) - number(t, row[1])
		rows[c]++
	}
	return diff, rows
}

func TestBootstrapReference(t *testing.T) {
	var want struct {
		Clustered struct {
			Diff         float64   `json:"mean_diff"`
			Jackknife    float64   `json:"se_jackknife"`
			Percentile   []float64 `json:"bootstrap_20000_percentile95"`
			BCa          []float64 `json:"bootstrap_20000_bca95"`
			Acceleration float64   `json:"bca_acceleration"`
			Bias         float64   `json:"bca_z0_about"`
		}
	}
	readReference(t, "stats/expected.json", &want)
	replicates := 50000
	if testing.Short() {
		replicates = 20000
	}
	diff, rows := clusteredReference(t)
	b := resample.Ratio(diff, rows, resample.Options{Seed: 1, Replicates: replicates})
	check(t, "value", b.Value, want.Clustered.Diff, 1e-12)
	check(t, "acceleration", b.Acceleration, want.Clustered.Acceleration, 1e-9)
	// The file drew 60 clusters of 60, 20,000 times, and says that two such runs agree
	// to about 2e-4 in each end. The same method must come within three of that.
	compare := func(what string, b *resample.Bootstrap, tolerance float64) {
		t.Helper()
		check(t, what+": bias", b.Bias(), want.Clustered.Bias, 0.02)
		low, high := b.Percentile(0.025)
		check(t, what+": percentile low", low, want.Clustered.Percentile[0], tolerance)
		check(t, what+": percentile high", high, want.Clustered.Percentile[1], tolerance)
		low, high = b.BCa(0.025)
		check(t, what+": BCa low", low, want.Clustered.BCa[0], tolerance)
		check(t, what+": BCa high", high, want.Clustered.BCa[1], tolerance)
		if l, h := b.Interval(0.025); l != low || h != high {
			t.Errorf("%s of 60 clusters: got %v to %v, want BCa, %v to %v", what, l, h, low, high)
		}
	}
	drawn := *b
	drawn.Replicates = drawClusters(diff, rows, replicates)
	compare("drawn clusters", &drawn, 6e-4)
	// Poisson weights spread a little wider: here by 2.5e-4 at each end.
	compare("Poisson weights", b, 8e-4)
	mean := func(weight []float64) float64 {
		n, d := 0.0, 0.0
		for c, w := range weight {
			n += w * diff[c]
			d += w * rows[c]
		}
		return n / d
	}
	check(t, "jackknife", resample.JackknifeSE(resample.Jackknife(len(diff), mean)), want.Clustered.Jackknife, 1e-11)
	if again := resample.Do(len(diff), mean, resample.Options{Seed: 1, Replicates: replicates}); !slices.Equal(again.Replicates, b.Replicates) {
		t.Error("Do and Ratio differ in their replicates")
	} else {
		check(t, "acceleration of Do", again.Acceleration, b.Acceleration, 1e-12)
	}
}

// drawClusters are the ratios of as many clusters as there are, drawn with
// replacement.
func drawClusters(num, den []float64, replicates int) []float64 {
	rng := rand.New(rand.NewPCG(6, 6))
	values := make([]float64, replicates)
	for r := range values {
		n, d := 0.0, 0.0
		for range num {
			c := rng.IntN(len(num))
			n += num[c]
			d += den[c]
		}
		values[r] = n / d
	}
	slices.Sort(values)
	return values
}

func TestBootstrapIsTheSameForAnyWorkers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 300).Draw(t, "clusters")
		num := rapid.SliceOfN(rapid.Float64Range(0, 5), n, n).Draw(t, "num")
		den := rapid.SliceOfN(rapid.Float64Range(0, 5), n, n).Draw(t, "den")
		o := resample.Options{Seed: rapid.Uint64().Draw(t, "seed"), Replicates: 50, Workers: 1}
		one := resample.Ratio(num, den, o)
		o.Workers = rapid.IntRange(2, 7).Draw(t, "workers")
		more := resample.Ratio(num, den, o)
		if !slices.Equal(one.Replicates, more.Replicates) {
			t.Fatalf("%d workers give other replicates than one", o.Workers)
		}
		low, high := one.Interval(0.025)
		if low > high || math.IsNaN(low) || math.IsNaN(high) {
			t.Errorf("interval from %v to %v", low, high)
		}
	})
}

// Groups of clusters must give the standard error that clusters give.
func TestBootstrapOfMany(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 21))
	num, den := make([]float64, 20000), make([]float64, 20000)
	for c := range num {
		den[c] = math.Floor(math.Pow(rng.Float64(), -0.5))
		num[c] = den[c] * rng.Float64() * float64(rng.IntN(2))
	}
	var all, n, squares float64
	for c := range num {
		all += num[c]
		n += den[c]
	}
	for c := range num {
		d := (num[c] - all/n*den[c]) / n
		squares += d * d
	}
	b := resample.Ratio(num, den, resample.Options{Seed: 2})
	// The variance of 1,000 groups is known to 2·√(2/1000), the replicates add
	// little.
	check(t, "standard error", b.SE()/math.Sqrt(squares), 1, 0.1)
	if b.Clusters != 20000 {
		t.Errorf("got %d clusters, want 20,000", b.Clusters)
	}
}

func BenchmarkRatio(b *testing.B) {
	for _, clusters := range []int{50, 1000, 100000} {
		b.Run("clusters="+strconv.Itoa(clusters), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 1))
			num, den := make([]float64, clusters), make([]float64, clusters)
			for c := range num {
				num[c], den[c] = rng.Float64(), 1
			}
			for b.Loop() {
				resample.Ratio(num, den, resample.Options{Workers: 1})
			}
		})
	}
}

func TestBootstrapOfTooLittle(t *testing.T) {
	for _, n := range []int{0, 1} {
		b := resample.Ratio(make([]float64, n), make([]float64, n), resample.Options{})
		low, high := b.Interval(0.025)
		if !math.IsInf(low, -1) || !math.IsInf(high, 1) || !math.IsInf(b.SE(), 1) {
			t.Errorf("%d clusters: got %v to %v, standard error %v, want no bounds", n, low, high, b.SE())
		}
	}
	same := resample.Ratio([]float64{2, 2, 2}, []float64{1, 1, 1}, resample.Options{})
	if low, high := same.Interval(0.025); low != 2 || high != 2 {
		t.Errorf("equal clusters: got %v to %v, want 2", low, high)
	}
}

func TestPoissonWeights(t *testing.T) {
	const n = 200000
	counts := make([]float64, 10)
	together := 0.0
	for c := range n {
		a, b := resample.PoissonWeight(7, 3, c), resample.PoissonWeight(7, 4, c)
		counts[a]++
		together += float64(a*b) / n
	}
	p := math.Exp(-1)
	for k := range 6 {
		if k > 0 {
			p /= float64(k)
		}
		check(t, "share of weight "+strconv.Itoa(k), counts[k]/n, p, 4*math.Sqrt(p*(1-p)/n))
	}
	// Replicates are independent: E ab = 1, with variance 3.
	check(t, "mean product of two replicates", together, 1, 4*math.Sqrt(3.0/n))
	// The first weights of the first replicates, written down: other ones would
	// change every published interval.
	var got []int
	for c := range 16 {
		got = append(got, resample.PoissonWeight(1, c/8, c%8))
	}
	if want := []int{1, 1, 0, 0, 0, 0, 2, 3, 2, 1, 1, 2, 2, 1, 0, 3}; !slices.Equal(got, want) {
		t.Errorf("got weights %v, want %v", got, want)
	}
}

func TestSignFlipReference(t *testing.T) {
	type paired struct {
		A, B    []float64
		Two     float64 `json:"p_randomisation_exact_two_sided"`
		Greater float64 `json:"p_randomisation_exact_one_sided_greater"`
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
		got := resample.SignFlip(d, resample.Options{})
		if !got.Exact {
			t.Errorf("%s: not exact", name)
		}
		check(t, name+" two-sided", got.TwoSided, p.Two, 1e-9)
		check(t, name+" greater", got.Greater, p.Greater, 1e-9)
		// The same with draws, by adding pairs of differences too small to matter.
		for range 10 {
			d = append(d, 1e-9, -1e-9)
		}
		drawn := resample.SignFlip(d, resample.Options{Seed: 3, Draws: 50000})
		if drawn.Exact {
			t.Errorf("%s: 32 differences tested exactly", name)
		}
		check(t, name+" two-sided, drawn", drawn.TwoSided, p.Two, 4*math.Sqrt(p.Two/50000))
	}
}

// TestSignFlipIsNeverZero has differences for which ranx reports p = 0.
func TestSignFlipIsNeverZero(t *testing.T) {
	var theirs map[string]struct {
		P float64 `json:"fisher_p_1000perm_seed42"`
	}
	readReference(t, "ranx/significance.json", &theirs)
	value := map[string]map[string]map[string]float64{}
	for _, row := range readRows(t, "ranx/expected.tsv", '\t') {
		run, metric, query := row[0], row[1], row[2]
		if query == "all" {
			continue
		}
		if value[metric] == nil {
			value[metric] = map[string]map[string]float64{}
		}
		if value[metric][query] == nil {
			value[metric][query] = map[string]float64{}
		}
		value[metric][query][run] = number(t, row[3])
	}
	zero := 0
	for metric, p := range theirs {
		var d []float64
		for _, v := range value[metric] {
			d = append(d, v["A"]-v["B"])
		}
		slices.Sort(d) // the order of a map is no order
		got := resample.SignFlip(d, resample.Options{Seed: 42, Draws: 1000})
		if got.TwoSided < 1.0/1001 {
			t.Errorf("%s: p = %v of 1,000 draws", metric, got.TwoSided)
		}
		check(t, metric, got.TwoSided, p.P, 0.005)
		if p.P == 0 {
			zero++
		}
	}
	if zero == 0 {
		t.Error("the file holds no p of 0")
	}
}

func TestSignFlipProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SliceOfN(rapid.Float64Range(-1, 1), 0, 10).Draw(t, "d")
		got := resample.SignFlip(d, resample.Options{})
		other := slices.Clone(d)
		for i := range other {
			other[i] = -other[i]
		}
		mirror := resample.SignFlip(other, resample.Options{})
		if got.TwoSided != mirror.TwoSided {
			t.Errorf("two-sided p %v, of the opposite %v", got.TwoSided, mirror.TwoSided)
		}
		if least := math.Pow(2, -10); got.TwoSided < least || got.Greater < least || got.TwoSided > 1 {
			t.Errorf("got %+v", got)
		}
		withZeros := append(slices.Clone(d), make([]float64, 30)...)
		if again := resample.SignFlip(withZeros, resample.Options{}); again != got {
			t.Errorf("got %+v, with zeros %+v", got, again)
		}
	})
}

func TestMultipleReference(t *testing.T) {
	var want struct {
		Multiple struct {
			P, Holm, Bonferroni []float64
			BH                  []float64 `json:"benjamini_hochberg"`
		}
	}
	readReference(t, "stats/expected.json", &want)
	m := want.Multiple
	for i := range m.P {
		check(t, "Holm", resample.Holm(m.P)[i], m.Holm[i], 1e-9)
		check(t, "Bonferroni", resample.Bonferroni(m.P)[i], m.Bonferroni[i], 1e-9)
		check(t, "Benjamini-Hochberg", resample.BenjaminiHochberg(m.P)[i], m.BH[i], 1e-9)
	}
	if len(m.P) == 0 {
		t.Error("the file holds no p-values")
	}
}

func TestMultipleProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOf(rapid.Float64Range(0, 1)).Draw(t, "p")
		holm, all, bh := resample.Holm(p), resample.Bonferroni(p), resample.BenjaminiHochberg(p)
		for i := range p {
			// From the mildest to the strictest.
			if !(p[i] <= bh[i]+1e-15 && bh[i] <= holm[i]+1e-15 && holm[i] <= all[i]+1e-15 && all[i] <= 1) {
				t.Fatalf("p %v: Benjamini-Hochberg %v, Holm %v, Bonferroni %v", p[i], bh[i], holm[i], all[i])
			}
		}
	})
}

func TestHalves(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	num, den := make([]float64, 800), make([]float64, 800)
	for c := range num {
		den[c] = 1 + math.Floor(math.Pow(rng.Float64(), -0.6))
		for range int(den[c]) {
			if rng.Float64() < 0.1 {
				num[c]++
			}
		}
	}
	held := resample.Halves(num, den, 1000, resample.Options{Seed: 1})
	if held < 0.93 || held > 0.97 {
		t.Errorf("0 held in %v of the splits, want 0.93 to 0.97", held)
	}
	if got := resample.Halves(num[:3], den[:3], 10, resample.Options{}); !math.IsNaN(got) {
		t.Errorf("3 clusters: got %v, want NaN", got)
	}
}
