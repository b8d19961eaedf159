package eval

import (
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/pack"
)

const opeReference = "../../shared/reference/eval/ope"

// A slotRow is one line of a log of single slots.
type slotRow struct {
	source, item, reader string
	p                    float64
	clicked              bool
}

// readSlotRows maps the columns of a CSV file, or skips the test.
func readSlotRows(t *testing.T, name string, row func(cell func(column string) string) slotRow) []slotRow {
	t.Helper()
	f, err := os.Open(filepath.Join(opeReference, name))
	if err != nil {
		t.Skip("no reference data:", err)
	}
	defer f.Close()
	r := io.Reader(f)
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	table, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []slotRow
	for _, cells := range table[1:] {
		rows = append(rows, row(func(column string) string { return cells[slices.Index(table[0], column)] }))
	}
	return rows
}

// slotPack packs a log of single slots.
func slotPack(rows []slotRow) *pack.Pack {
	p := &pack.Pack{Variants: []string{""}, Widgets: []string{""}, Devices: []string{""}, Referrers: []string{""}, Languages: []string{""}}
	ids := map[string]bool{}
	for _, r := range rows {
		ids[r.source], ids[r.item] = true, true
	}
	for id := range ids {
		p.Articles = append(p.Articles, pack.Article{ID: id, Died: pack.Never})
	}
	slices.SortFunc(p.Articles, func(a, b pack.Article) int { return cmp.Compare(a.ID, b.ID) })
	at, readers := map[string]int32{}, map[string]int32{}
	for i, a := range p.Articles {
		at[a.ID] = int32(i)
	}
	im := &p.Impressions
	im.Start = []int32{0}
	for _, r := range rows {
		reader, ok := readers[r.reader]
		if !ok {
			reader = int32(len(readers))
			readers[r.reader] = reader
		}
		var flags pack.Flags
		if r.clicked {
			flags = pack.Clicked
		}
		im.Source, im.Hour, im.Moment = append(im.Source, at[r.source]), append(im.Hour, 450000), append(im.Moment, 0)
		im.Variant, im.Snapshot, im.Policy = append(im.Variant, 0), append(im.Snapshot, -1), append(im.Policy, -1)
		im.Reader, im.Session = append(im.Reader, reader), append(im.Session, reader)
		im.Widget, im.Device, im.Referrer, im.Lang = append(im.Widget, 0), append(im.Device, 0), append(im.Referrer, 0), append(im.Lang, 0)
		im.Seen = append(im.Seen, false)
		im.Item, im.P, im.Flags = append(im.Item, at[r.item]), append(im.P, r.p), append(im.Flags, flags)
		im.Start = append(im.Start, int32(len(im.Item)))
	}
	return p
}

func parse(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// clicksOf is the measure of clicks of a ranking.
func clicksOf(t *testing.T, r *ClickResult, ranking string) Measure {
	t.Helper()
	i := slices.IndexFunc(r.Measures, func(m Measure) bool { return m.Ranking == ranking && m.Metric == "clicks" })
	if i < 0 {
		t.Fatalf("no clicks of %s", ranking)
	}
	return r.Measures[i]
}

// The greedy policies of the reference log show one item in every context, so they
// are rankings; the expected values are of the Open Bandit Pipeline.
func TestSlotLogReference(t *testing.T) {
	rows := readSlotRows(t, "slot/log.csv", func(cell func(string) string) slotRow {
		return slotRow{"context " + cell("context"), "action " + cell("action"), cell("user"), parse(t, cell("pscore")), cell("click") == "1"}
	})
	var policies struct{ Policies map[string][][]float64 }
	var want struct {
		OnPolicy float64 `json:"on_policy_mean"`
		Policies map[string]struct{ OBP, Own map[string]float64 }
	}
	for name, into := range map[string]any{"policies.json": &policies, "expected.json": &want} {
		text, err := os.ReadFile(filepath.Join(opeReference, "slot", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatal(err)
		}
	}
	var candidates []Entry
	for _, name := range []string{"greedy", "greedy2"} {
		lists := Lists{}
		for context, pi := range policies.Policies[name] {
			lists[data.ArticleID("context "+strconv.Itoa(context))] = []data.ArticleID{data.ArticleID("action " + strconv.Itoa(slices.Index(pi, 1)))}
		}
		candidates = append(candidates, Entry{Name: name, Ranker: lists})
	}
	// The greedy policies have a dozen clicks: numbers are wanted all the same.
	limits := estimate.Limits{Clusters: 50}
	result, err := Clicks(t.Context(), slotPack(rows), candidates, nil, ClickOptions{Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, got, want float64) {
		t.Helper()
		if !(math.Abs(got-want) <= 1e-9*math.Abs(want)) {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	for _, e := range candidates {
		m, w := clicksOf(t, result, e.Name), want.Policies[e.Name]
		if m.Refusal != "" || m.Level != LevelDrawn {
			t.Fatalf("%s: got level %s, refusal %q", e.Name, m.Level, m.Refusal)
		}
		check(e.Name+": β-IPS", m.Value.Value, w.Own["beta_ips"])
		check(e.Name+": baseline", m.Baseline.Value, want.OnPolicy)
		check(e.Name+": effective sample size", m.Diagnostics.ESS, w.Own["ess"])
		got := map[string]estimate.Result{}
		for _, o := range m.Others {
			got[o.Estimator] = o.Value
			if o.Delta.Value == 0 {
				t.Errorf("%s: %s gives no difference", e.Name, o.Estimator)
			}
		}
		check(e.Name+": IPS", got[slotIPS].Value, w.OBP["ipw"])
		check(e.Name+": SNIPS", got[slotSNIPS].Value, w.OBP["snipw"])
		check(e.Name+": standard error of IPS", got[slotIPS].SE, w.Own["se_cluster_ipw"])
		check(e.Name+": standard error of SNIPS", got[slotSNIPS].SE, w.Own["se_cluster_snipw"])
		if dr := got[slotDR]; math.Abs(dr.Value-m.Value.Value) > 2*dr.SE {
			t.Errorf("%s: doubly robust %+v, β-IPS %+v", e.Name, dr, m.Value)
		}
		if _, ok := got[slotReplay]; ok {
			t.Errorf("%s: replay of a log that is not uniform", e.Name)
		}
	}
	served := clicksOf(t, result, servedName)
	check("what was served", served.Value.Value, want.OnPolicy)
	if served.Delta.Value != 0 || served.Delta.SE != 0 {
		t.Errorf("what was served differs from itself by %+v", served.Delta)
	}
	named, err := Clicks(t.Context(), slotPack(rows), candidates, nil, ClickOptions{Limits: limits, Baseline: "greedy"})
	if err != nil {
		t.Fatal(err)
	}
	if m := clicksOf(t, named, "greedy"); m.Delta.Value != 0 || m.Delta.SE != 0 {
		t.Errorf("greedy differs from itself by %+v", m.Delta)
	}
	if _, err := Clicks(t.Context(), slotPack(rows), candidates, nil, ClickOptions{Baseline: "nobody"}); err == nil {
		t.Error("a baseline that is not there was found")
	}
}

// The logs of the Open Bandit Dataset: the one of women drawn by Thompson sampling
// cannot be used, and those drawn uniformly are fit for replay.
func TestOpenBanditLogs(t *testing.T) {
	names := []string{"bts-women", "random-women"}
	if testing.Short() {
		names = names[:1]
	}
	for _, name := range names {
		reader := 0
		rows := readSlotRows(t, "obd/"+name+".csv.gz", func(cell func(string) string) slotRow {
			reader++
			return slotRow{"", cell("item_id"), strconv.Itoa(reader), parse(t, cell("propensity_score")), cell("click") == "1"}
		})
		shown := map[string]int{}
		best := ""
		for _, r := range rows {
			if shown[r.item]++; shown[r.item] > shown[best] {
				best = r.item
			}
		}
		entry := Entry{Name: "one for all", Ranker: Lists{"": {data.ArticleID(best)}}}
		result, err := Clicks(t.Context(), slotPack(rows), []Entry{entry}, nil, ClickOptions{})
		if err != nil {
			t.Fatal(err)
		}
		m := clicksOf(t, result, "one for all")
		if m.Refusal == "" || m.Value != (estimate.Result{}) {
			t.Errorf("%s: got %+v, refusal %q", name, m.Value, m.Refusal)
		}
		if chance := strings.Contains(m.Refusal, "shown with a chance of only 1e-06"); chance != (name == "bts-women") {
			t.Errorf("%s: refused for %q", name, m.Refusal)
		}
		if name == "random-women" {
			// With the limits off, replay is the click rate of the link where it was shown.
			result, err := Clicks(t.Context(), slotPack(rows), []Entry{entry}, nil, ClickOptions{Limits: estimate.Limits{Clusters: 1}})
			if err != nil {
				t.Fatal(err)
			}
			clicks := 0.0
			for _, r := range rows {
				if r.item == best && r.clicked {
					clicks++
				}
			}
			m := clicksOf(t, result, "one for all")
			i := slices.IndexFunc(m.Others, func(o Alternative) bool { return o.Estimator == slotReplay })
			if i < 0 || math.Abs(m.Others[i].Value.Value-clicks/float64(shown[best])) > 1e-12 {
				t.Errorf("replay: got %+v, want %v", m.Others, clicks/float64(shown[best]))
			}
		}
	}
}
