package eval

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/pack"
)

const siteSim = "../../shared/reference/eval/site-sim"

// siteSimPack joins the small publisher of the reference data, as checking and
// packing its log would.
func siteSimPack(t *testing.T) *pack.Pack {
	t.Helper()
	if _, err := os.Stat(siteSim); err != nil {
		t.Skip("no reference data:", err)
	}
	p := &pack.Pack{Variants: []string{"A", "B", "X"}, Widgets: []string{"", "related"}, Devices: []string{""}, Referrers: []string{""}, Languages: []string{""}}
	rowOf := map[string]int32{}
	var times []time.Time
	eachLine(t, filepath.Join(siteSim, "articles.ndjson"), func(line []byte) {
		var a struct {
			ID, Section string
			Published   time.Time
		}
		decode(t, line, &a)
		rowOf[a.ID] = int32(len(p.Articles))
		p.Articles = append(p.Articles, pack.Article{ID: a.ID, Section: a.Section, Published: a.Published, Died: pack.Never})
		times = append(times, a.Published)
	})
	slices.SortFunc(times, time.Time.Compare)
	times = slices.CompactFunc(times, time.Time.Equal)
	moment := func(at time.Time) int32 {
		n, found := slices.BinarySearchFunc(times, at, time.Time.Compare)
		if found {
			n++
		}
		return int32(n)
	}
	for i := range p.Articles {
		p.Articles[i].Born = moment(p.Articles[i].Published)
	}
	for _, name := range []string{"snap-a", "snap-b"} {
		lists := make([][]any, len(p.Articles))
		eachLine(t, filepath.Join(siteSim, "snapshots", name+".ndjson"), func(line []byte) {
			var l struct {
				Seed  string
				Items []any
			}
			decode(t, line, &l)
			lists[rowOf[l.Seed]] = l.Items
		})
		s := pack.Snapshot{Name: name, Start: []int32{0}}
		for _, items := range lists {
			for _, it := range items {
				pair := it.([]any)
				s.Item = append(s.Item, rowOf[pair[0].(string)])
				s.Score = append(s.Score, pair[1].(float64))
			}
			s.Start = append(s.Start, int32(len(s.Item)))
		}
		p.Snapshots = append(p.Snapshots, s)
	}
	im := &p.Impressions
	im.Start = []int32{0}
	readers, rows := map[string]int32{}, map[string]int{}
	policies := map[string]int32{}
	eachLine(t, filepath.Join(siteSim, "events.ndjson.gz"), func(line []byte) {
		var e struct {
			T, ID, Src, User, Var, Snap, Imp, Item string
			Ts                                     time.Time
			Pos                                    int
			Pol                                    json.RawMessage
			Items                                  []struct {
				ID string
				P  float64
			}
		}
		decode(t, line, &e)
		if e.T == "clk" {
			im.Flags[int(im.Start[rows[e.Imp]])+e.Pos-1] |= pack.Clicked
			return
		}
		rows[e.ID] = im.Len()
		number, ok := readers[e.User]
		if !ok {
			number = int32(len(readers))
			readers[e.User] = number
		}
		policy, ok := policies[string(e.Pol)]
		if !ok {
			var logged struct {
				Kind   string
				Pool   []string
				Logits []float64
				Keep   int
			}
			decode(t, e.Pol, &logged)
			pol := pack.Policy{Kind: logged.Kind, Logits: logged.Logits, Keep: logged.Keep}
			for _, id := range logged.Pool {
				pol.Pool = append(pol.Pool, rowOf[id])
			}
			policy = int32(len(p.Policies))
			policies[string(e.Pol)] = policy
			p.Policies = append(p.Policies, pol)
		}
		im.Source = append(im.Source, rowOf[e.Src])
		im.Hour = append(im.Hour, int32(e.Ts.Unix()/3600))
		im.Moment = append(im.Moment, moment(e.Ts))
		im.Variant = append(im.Variant, uint8(slices.Index(p.Variants, e.Var)))
		im.Snapshot = append(im.Snapshot, int16(strings.Index("ab", e.Snap[5:])))
		im.Policy = append(im.Policy, policy)
		im.Reader = append(im.Reader, number)
		im.Session = append(im.Session, int32(im.Len()))
		im.Widget = append(im.Widget, 1)
		for _, code := range []*[]uint8{&im.Device, &im.Referrer, &im.Lang} {
			*code = append(*code, 0)
		}
		im.Seen = append(im.Seen, false)
		for _, it := range e.Items {
			im.Item = append(im.Item, rowOf[it.ID])
			im.P = append(im.P, it.P)
			im.Flags = append(im.Flags, 0)
		}
		im.Start = append(im.Start, int32(len(im.Item)))
	})
	return p
}

func decode(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func eachLine(t *testing.T, path string, f func(line []byte)) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	if strings.HasSuffix(path, ".gz") {
		text, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		lines = bufio.NewScanner(text)
	}
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		f(lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// candidate reads a ranking of the reference data.
func candidate(t *testing.T, name string) Entry {
	t.Helper()
	file, err := os.Open(filepath.Join(siteSim, "candidates", name+".ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lists, err := ReadLists(file)
	if err != nil {
		t.Fatal(err)
	}
	return Entry{Name: name, Ranker: lists}
}

// find is the measure of a ranking, without a slice.
func find(t *testing.T, r *ClickResult, ranking, metric string) Measure {
	t.Helper()
	i := slices.IndexFunc(r.Measures, func(m Measure) bool {
		return m.Ranking == ranking && m.Metric == metric && m.Slice == ""
	})
	if i < 0 {
		t.Fatalf("no measure %s of %s", metric, ranking)
	}
	return r.Measures[i]
}

type siteSimTruth struct {
	Relative  map[string]float64         `json:"true_relative_to_same_as_A"`
	Reference map[string]json.RawMessage `json:"reference_estimates"`
}

type siteSimEstimate struct {
	Value       float64
	SE          float64
	Unsupported float64 `json:"unsupported_share"`
	Delta       float64 `json:"delta_vs_same_as_A"`
	SEDelta     float64 `json:"se_delta"`
}

func readTruth(t *testing.T) (truth siteSimTruth, theta []float64, balanced, drawn map[string]siteSimEstimate) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(siteSim, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	decode(t, text, &truth)
	decode(t, truth.Reference["theta"], &theta)
	decode(t, truth.Reference["ABX-balanced"], &balanced)
	decode(t, truth.Reference["X"], &drawn)
	return truth, theta, balanced, drawn
}

var siteSimCandidates = []string{"same-as-A", "better", "slightly-worse", "worse", "random"}

// The reference estimates of the small publisher, made by another program: with the
// position curve found here, but taken as known for the standard errors, and without a
// control variate.
func TestSiteSimReference(t *testing.T) {
	p := siteSimPack(t)
	_, theta, balanced, drawn := readTruth(t)
	v := newClickEval(p, ClickOptions{Planned: map[string]float64{"A": .72, "B": .1, "X": .18}}.withDefaults())
	if v.reason != "" || v.note != "" {
		t.Fatal(v.reason, v.note)
	}
	for k, want := range theta {
		if got := v.curve.theta[k]; math.Abs(got-want) > 1e-9 {
			t.Errorf("theta %d: got %v, want %v", k+1, got, want)
		}
	}
	v.opts.plain = true
	v.curve.byCluster, v.curve.bySeed = nil, nil // known
	if err := v.setBaseline(t.Context(), candidate(t, "same-as-A")); err != nil {
		t.Fatal(err)
	}
	for _, name := range siteSimCandidates {
		r, err := v.rank(t.Context(), candidate(t, name), true)
		if err != nil {
			t.Fatal(err)
		}
		check := func(what string, m *mixture, w, base *weighed, n []float64, want siteSimEstimate) {
			c := v.estimateAll(m, v.total(m, w, v.rewards[0].value), v.total(m, base, v.rewards[0].value), n)
			for _, x := range []struct {
				name      string
				got, want float64
			}{
				{"value", c.value.result.Value, want.Value},
				{"delta", c.delta.result.Value, want.Delta},
				{"unsupported", w.unsupported / w.attention, want.Unsupported},
				{"SE", c.value.result.SE, want.SE},
				{"SE of delta", standardError(c.delta.psi, n), want.SEDelta},
			} {
				tolerance := 1e-6 * math.Max(1e-3, math.Abs(x.want))
				if x.name == "unsupported" {
					// One impression lies in the very second in which an article was published.
					tolerance = 4e-5
				}
				if math.Abs(x.got-x.want) > tolerance {
					t.Errorf("%s, %s, %s: got %.10g, want %.10g", name, what, x.name, x.got, x.want)
				}
			}
		}
		check("mixture", v.served, r.main, v.base.main, v.n, balanced[name])
		check("drawn", v.drawn, r.drawn, v.base.drawn, v.nDrawn, drawn[name])
	}
}

// standardError is the clustered standard error by influences.
func standardError(psi, n []float64) float64 {
	g := float64(count(n))
	sum := 0.0
	for _, p := range psi {
		sum += p * p
	}
	return math.Sqrt(g / (g - 1) * sum)
}

// What the description of the reference data demands of any sound tool, with a
// margin of 3 %.
func TestSiteSim(t *testing.T) {
	p := siteSimPack(t)
	truth, _, _, _ := readTruth(t)
	var candidates []Entry
	for _, name := range siteSimCandidates {
		candidates = append(candidates, candidate(t, name))
	}
	r, err := Clicks(t.Context(), p, candidates, nil, ClickOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range siteSimCandidates {
		m := find(t, r, name, "clicks")
		if m.Level != LevelDrawn {
			t.Errorf("%s: level %s, want L3", name, m.Level)
		}
		if m.Contested != "" {
			t.Errorf("%s: %s", name, m.Contested)
		}
		d := m.Delta
		margin := 0.03 * m.Baseline.Value
		switch name {
		case "same-as-A":
			if d.Value != 0 || d.Low != 0 || d.High != 0 || m.Refusal != "" {
				t.Errorf("%s: got %+v (%s), want exactly 0", name, d, m.Refusal)
			}
		case "better":
			if want := truth.Relative[name] * m.Baseline.Value; m.Refusal != "" || d.Low > want || want > d.High {
				t.Errorf("%s: got %+v (%s), want an interval that holds %v", name, d, m.Refusal, want)
			}
		case "slightly-worse":
			if m.Refusal != "" || d.High < 0 {
				t.Errorf("%s: got %+v (%s), want no fall", name, d, m.Refusal)
			}
		default:
			if m.Refusal == "" && d.High >= -margin {
				t.Errorf("%s: got %+v, want worse or not measurable", name, d)
			}
			if m.Refusal != "" && m.Value.Value != 0 {
				t.Errorf("%s: refused, but there is a number: %+v", name, m.Value)
			}
		}
	}
	if len(r.Backtest) != 2 || r.Backtest[0].Ranking != "same-as-A" || r.Backtest[0].Variant != "A" {
		t.Errorf("backtests %+v, want that same-as-A and production were served as A", r.Backtest)
	}
	for _, b := range r.Backtest {
		if b.Estimated.Low > b.Observed.Value || b.Observed.Value > b.Estimated.High {
			t.Errorf("backtest of %s: estimated %+v, observed %+v", b.Ranking, b.Estimated, b.Observed)
		}
	}
	if r.Experiment.AA < 0.93 || r.Experiment.AA > 0.97 {
		t.Errorf("%v of the halvings hold 0", r.Experiment.AA)
	}
	if len(r.Daily) != 3*14 || r.Log.Impressions != 6000 || r.Log.Clicks != 775 {
		t.Errorf("%d points of days, log %+v", len(r.Daily), r.Log)
	}
}

// With the curve found again in every sample, the error is about what it is to first
// order, and a ranking equal to production still differs by exactly 0.
func TestThorough(t *testing.T) {
	if testing.Short() {
		t.Skip("200 curves")
	}
	p := siteSimPack(t)
	candidates := []Entry{candidate(t, "same-as-A"), candidate(t, "better")}
	var se []float64
	for _, thorough := range []bool{false, true} {
		r, err := Clicks(t.Context(), p, candidates, nil, ClickOptions{Thorough: thorough, Cluster: ClusterSeed})
		if err != nil {
			t.Fatal(err)
		}
		if d := find(t, r, "same-as-A", "clicks").Delta; d.Low != 0 || d.High != 0 {
			t.Errorf("same-as-A: got %+v", d)
		}
		se = append(se, find(t, r, "better", "clicks").Value.SE)
	}
	if se[0] == se[1] || se[1]/se[0] < 0.7 || se[1]/se[0] > 1.6 {
		t.Errorf("standard error %v to first order, %v with the curve found again", se[0], se[1])
	}
}

// Equal bytes from one worker and from two.
func TestClicksWorkers(t *testing.T) {
	p := siteSimPack(t)
	var texts []string
	for _, workers := range []int{1, 2} {
		r, err := Clicks(t.Context(), p, []Entry{candidate(t, "better")}, []Entry{candidate(t, "worse")}, ClickOptions{replicates: 100, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}

		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err) // such as a number that is none
		}
		texts = append(texts, string(text))
	}
	if texts[0] != texts[1] {
		t.Error("one worker and two give different results")
	}
}

// Without the snapshots, nothing says what else readers could have been shown: the
// drawn lists alone tell of a candidate, but not of production.
func TestNoSnapshots(t *testing.T) {
	p := siteSimPack(t)
	for i := range p.Snapshots {
		p.Snapshots[i] = pack.Snapshot{Name: p.Snapshots[i].Name}
	}
	candidates := []Entry{candidate(t, "better"), candidate(t, "same-as-A")}
	r, err := Clicks(t.Context(), p, candidates, nil, ClickOptions{replicates: 100})
	if err != nil {
		t.Fatal(err)
	}
	if m := find(t, r, "better", "clicks"); !strings.Contains(m.Refusal, "attach") {
		t.Errorf("got %+v", m)
	}
	limits := estimate.DefaultLimits
	limits.Clicks = 50
	if r, err = Clicks(t.Context(), p, candidates, nil, ClickOptions{replicates: 100, Baseline: "same-as-A", Limits: limits}); err != nil {
		t.Fatal(err)
	}
	m := find(t, r, "better", "clicks")
	_, _, _, drawn := readTruth(t)
	if m.Refusal != "" || math.Abs(m.Value.Value-drawn["better"].Value) > 1e-6 || !strings.HasPrefix(m.Estimator, overDrawn) {
		t.Errorf("got %+v by %q (%s), want %v", m.Value, m.Estimator, m.Refusal, drawn["better"].Value)
	}
}

// Rankings made at some time are judged on what was served from then on, with the
// curve of the whole log.
func TestFrom(t *testing.T) {
	p := siteSimPack(t)
	from := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
	late := 0
	for _, hour := range p.Impressions.Hour {
		if int64(hour)*3600 >= from.Unix() {
			late++
		}
	}
	all, err := Clicks(t.Context(), p, []Entry{candidate(t, "better")}, nil, ClickOptions{replicates: 100})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Clicks(t.Context(), p, []Entry{candidate(t, "better")}, nil, ClickOptions{replicates: 100, From: from})
	if err != nil {
		t.Fatal(err)
	}
	m := find(t, r, "better", "clicks")
	if m.Refusal != "" || m.Diagnostics.Impressions != late || m.Value == find(t, all, "better", "clicks").Value {
		t.Errorf("got %+v of %d impressions (%s), want %d", m.Value, m.Diagnostics.Impressions, m.Refusal, late)
	}
	if r.Curve.Theta[1] != all.Curve.Theta[1] {
		t.Errorf("another curve: %+v", r.Curve)
	}
	if len(r.Backtest) != 1 || r.Backtest[0].Ranking != "production" {
		t.Errorf("backtests %+v", r.Backtest)
	}
	if r, err = Clicks(t.Context(), p, []Entry{candidate(t, "better")}, nil, ClickOptions{replicates: 100, From: from.AddDate(1, 0, 0)}); err != nil {
		t.Fatal(err)
	}
	if m := find(t, r, "better", "clicks"); !strings.Contains(m.Refusal, "since 2027-03-09") {
		t.Errorf("got %+v", m)
	}
}

// A log without clicks says nothing, and says so.
func TestNoClicks(t *testing.T) {
	p := siteSimPack(t)
	clear(p.Impressions.Flags)
	for _, theta := range [][]float64{nil, {1, 0.5, 0.5, 0.5, 0.5}} {
		r, err := Clicks(t.Context(), p, []Entry{candidate(t, "better")}, nil, ClickOptions{replicates: 100, Theta: theta})
		if err != nil {
			t.Fatal(err)
		}
		if m := find(t, r, "better", "clicks"); m.Refusal == "" {
			t.Errorf("curve %v: got %+v", theta, m)
		}
	}
}

// A log of one variant that shows its lists as they stand cannot tell the places
// from what stands there.
func TestOneRanker(t *testing.T) {
	p := keepVariant(siteSimPack(t), 0)
	r, err := Clicks(t.Context(), p, []Entry{candidate(t, "better")}, nil, ClickOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Curve != nil || !strings.Contains(r.CurveRefusal, "position curve") {
		t.Errorf("got a curve %+v, refusal %q", r.Curve, r.CurveRefusal)
	}
	if m := find(t, r, "better", "clicks"); m.Refusal != r.CurveRefusal || m.Value != (estimate.Result{}) {
		t.Errorf("got %+v", m)
	}
}

// keepVariant leaves the impressions of one variant.
func keepVariant(p *pack.Pack, variant uint8) *pack.Pack {
	im, all := pack.Impressions{Start: []int32{0}}, &p.Impressions
	for t := range all.Len() {
		if all.Variant[t] != variant {
			continue
		}
		from, to := all.Items(t)
		im.Source, im.Hour, im.Moment = append(im.Source, all.Source[t]), append(im.Hour, all.Hour[t]), append(im.Moment, all.Moment[t])
		im.Variant, im.Snapshot, im.Policy = append(im.Variant, variant), append(im.Snapshot, all.Snapshot[t]), append(im.Policy, all.Policy[t])
		im.Reader, im.Session, im.Widget = append(im.Reader, all.Reader[t]), append(im.Session, all.Session[t]), append(im.Widget, all.Widget[t])
		im.Device, im.Referrer, im.Lang, im.Seen = append(im.Device, 0), append(im.Referrer, 0), append(im.Lang, 0), append(im.Seen, false)
		im.Item, im.P, im.Flags = append(im.Item, all.Item[from:to]...), append(im.P, all.P[from:to]...), append(im.Flags, all.Flags[from:to]...)
		im.Start = append(im.Start, int32(len(im.Item)))
	}
	p.Impressions = im
	return p
}
