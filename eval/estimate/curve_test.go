package estimate_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/alsolike/alsolike/eval/estimate"
)

// TestCurveReference fits the curve of a simulated log of five rankers.
func TestCurveReference(t *testing.T) {
	var want struct {
		Theta    []float64 `json:"theta_true"`
		Naive    []float64 `json:"naive_ratio_to_first"`
		Haenszel struct {
			Ratio    [][]float64 `json:"ratio_row_over_column"`
			Variance [][]float64 `json:"var_log_ratio"`
			WLS      []float64   `json:"all_pairs_wls"`
		} `json:"mantel_haenszel"`
	}
	readReference(t, "position-bias/pbm/expected.json", &want)
	log := readTable(t, "position-bias/pbm/log_agg.csv")
	slots := len(want.Theta)
	pair := make([]string, len(log["seed"]))
	for i := range pair {
		pair[i] = log["seed"][i] + "/" + log["item"][i]
	}
	strata, position := codes(pair), indices(t, log["position"])
	shown, clicked := numbers(t, log["impressions"]), numbers(t, log["clicks"])
	counts := estimate.Counts{Slots: slots}
	cells := (int(slices.Max(strata)) + 1) * slots
	counts.Shown, counts.Clicked = make([]float64, cells), make([]float64, cells)
	for i, s := range strata {
		at := int(s)*slots + position[i] - 1
		counts.Shown[at] += shown[i]
		counts.Clicked[at] += clicked[i]
	}
	curve, err := estimate.FitCurve(counts)
	if err != nil {
		t.Fatal(err)
	}
	for k := range slots {
		check(t, "theta", curve.Theta[k], want.Haenszel.WLS[k], 1e-9)
		check(t, "naive", curve.Naive[k], want.Naive[k], 1e-9)
		for j := range slots {
			check(t, fmt.Sprintf("ratio %d/%d", k, j), curve.Rho[k][j], want.Haenszel.Ratio[k][j], 1e-9)
			check(t, fmt.Sprintf("variance %d/%d", k, j), curve.Var[k][j], want.Haenszel.Variance[k][j], 1e-9)
		}
		// The seed of the simulation is not special: the truth is near.
		if off := math.Abs(math.Log(curve.Theta[k] / want.Theta[k])); off > 3*curve.SE[k] {
			t.Errorf("slot %d: θ %v is %v from the true %v, with standard error %v", k, curve.Theta[k], off, want.Theta[k], curve.SE[k])
		}
	}
	if got := curve.Monotone(); !slices.Equal(got, curve.Theta) {
		// Through a logarithm and back.
		for k := range got {
			check(t, "falling curve", got[k], curve.Theta[k], 1e-12)
		}
	}
}

// TestCurveOfSite counts the strata of a log of three variants by itself.
func TestCurveOfSite(t *testing.T) {
	var want struct {
		Slots     int
		Reference struct {
			Theta []float64
			Naive []float64 `json:"theta_naive"`
		} `json:"reference_estimates"`
	}
	readReference(t, "site-sim/truth.json", &want)
	counts := readSite(t, want.Slots).counts()
	curve, err := estimate.FitCurve(counts)
	if err != nil {
		t.Fatal(err)
	}
	for k := range want.Slots {
		check(t, "theta", curve.Theta[k], want.Reference.Theta[k], 1e-9)
		check(t, "naive", curve.Naive[k], want.Reference.Naive[k], 1e-9)
	}
}

// A site is a log as far as the position curve needs it.
type site struct {
	slots, strata int
	users         int
	rows          []siteRow
}

type siteRow struct {
	user, stratum, slot int
	clicked             bool
}

func (s *site) counts() estimate.Counts {
	c := estimate.Counts{
		Slots: s.slots, Shown: make([]float64, s.strata*s.slots), Clicked: make([]float64, s.strata*s.slots),
	}
	for _, r := range s.rows {
		c.Shown[r.stratum*s.slots+r.slot]++
		if r.clicked {
			c.Clicked[r.stratum*s.slots+r.slot]++
		}
	}
	return c
}

func readSite(t *testing.T, slots int) *site {
	t.Helper()
	type event struct {
		T, ID, Src, User, Imp, Item string
		Items                       []struct {
			ID  string
			Pos int
		}
	}
	s := &site{slots: slots}
	stratum, user, row := map[string]int{}, map[string]int{}, map[string]int{}
	lines := bufio.NewScanner(openReference(t, "site-sim/events.ndjson.gz"))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		switch e.T {
		case "imp":
			u, ok := user[e.User]
			if !ok {
				u = len(user)
				user[e.User] = u
			}
			for _, item := range e.Items {
				key := e.Src + "/" + item.ID
				n, ok := stratum[key]
				if !ok {
					n = len(stratum)
					stratum[key] = n
				}
				row[e.ID+"/"+item.ID] = len(s.rows)
				s.rows = append(s.rows, siteRow{u, n, item.Pos - 1, false})
			}
		case "clk":
			s.rows[row[e.Imp+"/"+e.Item]].clicked = true
		}
	}
	s.strata, s.users = len(stratum), len(user)
	return s
}

// simulated is a log in which users differ in how often they come, how much they
// click and how far they look down; rankers differ in the order of the items.
func simulated(seed uint64, users int, theta []float64) *site {
	rng := rand.New(rand.NewPCG(seed, 7))
	const seeds, items = 8, 6
	slots := len(theta)
	s := &site{slots: slots, strata: seeds * items, users: users}
	attraction := make([]float64, s.strata)
	for i := range attraction {
		attraction[i] = 0.1 + 0.5*rng.Float64()
	}
	for u := range users {
		visits := 1 + int(math.Pow(rng.Float64(), -0.7))
		keen := 0.3 + 1.2*rng.Float64()
		for range min(visits, 60) {
			at := rng.IntN(seeds)
			order := rng.Perm(items)
			for k := range slots {
				n := at*items + order[k]
				s.rows = append(s.rows, siteRow{u, n, k, rng.Float64() < min(1, keen*attraction[n])*theta[k]})
			}
		}
	}
	return s
}

// influence is that of every user on ln θ of slot i.
func (s *site) influence(curve *estimate.Curve, i int) []float64 {
	direction := make([]float64, s.slots)
	direction[i] = 1
	shown, clicked := curve.Project(direction)
	psi := make([]float64, s.users)
	for _, r := range s.rows {
		cell := r.stratum*s.slots + r.slot
		psi[r.user] += shown[cell]
		if r.clicked {
			psi[r.user] += clicked[cell]
		}
	}
	return psi
}

// Influences added up by cluster must give the standard error that a bootstrap
// over clusters with a refit of the curve, weights included, gives.
func TestCurveInfluenceAgainstRefit(t *testing.T) {
	theta := []float64{1, 0.6, 0.45, 0.3}
	s := simulated(3, 1500, theta)
	counts := s.counts()
	curve, err := estimate.FitCurve(counts)
	if err != nil {
		t.Fatal(err)
	}
	psi := make([][]float64, s.slots)
	for i := range psi {
		psi[i] = s.influence(curve, i)
		if sum := estimate.Sum(psi[i]); math.Abs(sum) > 1e-10 {
			t.Errorf("slot %d: the influences add up to %v, want 0", i, sum)
		}
	}
	const replicates = 300
	rng := rand.New(rand.NewPCG(5, 5))
	logs := make([][]float64, s.slots)
	for range replicates {
		drawn := make([]int, s.users)
		for range s.users {
			drawn[rng.IntN(s.users)]++
		}
		again := estimate.Counts{Slots: s.slots, Shown: make([]float64, len(counts.Shown)), Clicked: make([]float64, len(counts.Shown))}
		for _, r := range s.rows {
			cell := r.stratum*s.slots + r.slot
			again.Shown[cell] += float64(drawn[r.user])
			if r.clicked {
				again.Clicked[cell] += float64(drawn[r.user])
			}
		}
		refit, err := estimate.FitCurve(again)
		if err != nil {
			t.Fatal(err)
		}
		for k := range logs {
			logs[k] = append(logs[k], math.Log(refit.Theta[k]))
		}
	}
	for k := 1; k < s.slots; k++ {
		got := curve.Interval(k, psi[k])
		want := estimate.Mean(logs[k]).SE * math.Sqrt(replicates)
		// 300 replicates know a standard error to 4 %.
		if ratio := got.SE / got.Value / want; ratio < 0.88 || ratio > 1.12 {
			t.Errorf("slot %d: standard error %v of ln θ, by refits %v", k, got.SE/got.Value, want)
		}
		if got.Low > got.Value || got.High < got.Value || got.Low <= 0 {
			t.Errorf("slot %d: interval %+v", k, got)
		}
	}
}

func TestCurveNotIdentifiable(t *testing.T) {
	// One ranking: every stratum at one slot.
	counts := estimate.Counts{
		Slots:   3,
		Shown:   []float64{10, 0, 0, 0, 10, 0, 0, 0, 10},
		Clicked: []float64{5, 0, 0, 0, 3, 0, 0, 0, 1},
	}
	check := func(counts estimate.Counts, want [][]int) {
		t.Helper()
		_, err := estimate.FitCurve(counts)
		var refusal *estimate.NotIdentifiableError
		if !errors.As(err, &refusal) {
			t.Fatalf("got %v, want a *NotIdentifiableError", err)
		}
		if !slices.EqualFunc(refusal.Components, want, slices.Equal[[]int]) {
			t.Errorf("got components %v, want %v", refusal.Components, want)
		}
	}
	check(counts, [][]int{{1}, {2}, {3}})
	// Slots 1 and 3 share a stratum; slot 2 none.
	counts.Shown[2], counts.Clicked[2] = 10, 1
	check(counts, [][]int{{1, 3}, {2}})
	// Shown at two slots, but never clicked at one of them: no finite variance.
	counts.Shown[1] = 10
	check(counts, [][]int{{1, 3}, {2}})
	counts.Clicked[1] = 1
	if _, err := estimate.FitCurve(counts); err != nil {
		t.Errorf("connected: %v", err)
	}
}

func TestCurveOfOneSlot(t *testing.T) {
	curve, err := estimate.FitCurve(estimate.Counts{Slots: 1, Shown: []float64{4}, Clicked: []float64{1}})
	if err != nil || !slices.Equal(curve.Theta, []float64{1}) || !slices.Equal(curve.Monotone(), []float64{1}) {
		t.Errorf("got %+v, %v", curve, err)
	}
}

func TestMonotone(t *testing.T) {
	curve := estimate.Curve{Theta: []float64{1, 1.2, 0.5, 0.6, 0.1}, SE: []float64{0, 0.1, 0.1, 0.1, 0.1}}
	pooled := math.Sqrt(0.5 * 0.6)
	want := []float64{1, 1, pooled, pooled, 0.1}
	for k, got := range curve.Monotone() {
		check(t, fmt.Sprintf("slot %d", k), got, want[k], 1e-12)
	}
}
