package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// siteSimCandidates are the rankings of the simulated site, with the verdicts on
// their clicks that its description allows.
var siteSimCandidates = []struct {
	name     string
	verdicts []string
}{
	{"same-as-A", []string{"no worse"}},
	{"better", []string{"better", "no worse", "inconclusive"}},
	{"slightly-worse", []string{"better", "no worse", "inconclusive"}}, // in truth 0.2 % better
	{"worse", []string{"worse", "not measurable"}},
	{"random", []string{"worse", "not measurable"}},
}

// siteSimConfig is the configuration of a run over all candidates, whose data are
// as source says and whose reports go into folder.
func siteSimConfig(t *testing.T, s *shell, source, folder string) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\n%sk: 5\ncompare: []\ngates:\n  - {metric: clicks, margin: 3%%}\ncandidates:\n", source)
	for _, c := range siteSimCandidates {
		fmt.Fprintf(&b, "  - {name: %s, ranking: %s}\n", c.name, evalReference(t, "site-sim", "candidates", c.name+".ndjson"))
	}
	b.WriteString("reports:\n")
	for _, form := range []string{"json", "md", "junit", "html"} {
		fmt.Fprintf(&b, "  %s: %s\n", form, filepath.Join(folder, "eval."+form))
	}
	return s.file("eval.yaml", b.String())
}

// A siteSimReport is what the tests look at of a report.
type siteSimReport struct {
	Gates []struct {
		Candidate, Level, Verdict, Reason string
		Delta, Low, High, Value           *float64
	}
	Metrics map[string]map[string]float64
}

func readSiteSim(t *testing.T, folder string) (r siteSimReport) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "eval.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Gates) != len(siteSimCandidates) {
		t.Fatalf("got %d gates, want one for every candidate", len(r.Gates))
	}
	return r
}

// From events over the checks and a pack to verdicts.
func TestEvalSiteSim(t *testing.T) {
	s := newShell(t)
	s.ok("eval", "check", evalReference(t, "site-sim", "events.ndjson.gz"), "--articles", evalReference(t, "site-sim", "articles.ndjson"))
	path, _ := packSiteSim(t, s, "--seed", "1")
	folder := t.TempDir()
	config := siteSimConfig(t, s, "pack: "+path+"\n", folder)
	s.ok("eval", "run", "--config", config)
	report := readSiteSim(t, folder)
	for i, c := range siteSimCandidates {
		gate := report.Gates[i]
		allowed := false
		for _, verdict := range c.verdicts {
			allowed = allowed || gate.Verdict == verdict
		}
		if gate.Candidate != c.name || gate.Level != "L3" || !allowed {
			t.Errorf("%s is %q at level %s (%s); want %s to be one of %q at level L3", gate.Candidate, gate.Verdict, gate.Level, gate.Reason, c.name, c.verdicts)
		}
		shown := 0
		for _, number := range []*float64{gate.Delta, gate.Low, gate.High, gate.Value} {
			if number != nil {
				shown++
			}
		}
		_, inMetrics := report.Metrics[c.name]["clicks"]
		measurable := gate.Verdict != "not measurable"
		if measurable != (shown == 4) || measurable != inMetrics || !measurable && shown > 0 {
			t.Errorf("%s is %s, shown with %d numbers; among the metrics: %v", c.name, gate.Verdict, shown, inMetrics)
		}
	}
	if same := report.Gates[0]; same.Delta == nil || *same.Delta != 0 || *same.Low != 0 || *same.High != 0 {
		t.Errorf("the same lists differ: %+v", same)
	}

	if testing.Short() {
		return
	}
	// The same again, on one processor: the same bytes.
	again := t.TempDir()
	cmd := program(t.Context(), "--data", s.data, "eval", "run", "--config", siteSimConfig(t, s, "pack: "+path+"\n", again))
	cmd.Env = append(cmd.Env, "GOMAXPROCS=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, form := range []string{"json", "md", "junit", "html"} {
		first, err1 := os.ReadFile(filepath.Join(folder, "eval."+form))
		second, err2 := os.ReadFile(filepath.Join(again, "eval."+form))
		if err1 != nil || err2 != nil || string(first) != string(second) {
			t.Errorf("%s: the second run wrote other bytes (%v, %v)", form, err1, err2)
		}
	}
}

// The log itself gives the same estimates as its pack, in which some lists have
// lost their hour, and as a pack in which rows and readers stand otherwise.
func TestEvalSiteSimPackKeeps(t *testing.T) {
	if testing.Short() {
		t.Skip("three runs")
	}
	s := newShell(t)
	ref := func(name ...string) string { return evalReference(t, append([]string{"site-sim"}, name...)...) }
	sources := map[string]string{"the log": fmt.Sprintf("log: %s\narticles: %s\nsnapshots: {snap-a: %s, snap-b: %s}\n",
		ref("events.ndjson.gz"), ref("articles.ndjson"), ref("snapshots", "snap-a.ndjson"), ref("snapshots", "snap-b.ndjson"))}
	for _, seed := range []string{"1", "2"} {
		path, _ := packSiteSim(t, s, "--seed", seed)
		sources["pack "+seed] = "pack: " + path + "\n"
	}
	reports := map[string]siteSimReport{}
	for name, source := range sources {
		folder := t.TempDir()
		s.ok("eval", "run", "--config", siteSimConfig(t, s, source, folder))
		reports[name] = readSiteSim(t, folder)
	}
	want := reports["the log"]
	for name, got := range reports {
		for i, gate := range got.Gates {
			a, b := want.Gates[i].Delta, gate.Delta
			if (a == nil) != (b == nil) || a != nil && math.Abs(*a-*b) > 1e-9 {
				t.Errorf("%s: the difference of %s is %v, from the log %v", name, gate.Candidate, b, a)
			}
		}
		for candidate, metrics := range want.Metrics {
			for metric, value := range metrics {
				if math.Abs(got.Metrics[candidate][metric]-value) > 1e-9 {
					t.Errorf("%s: %s of %s is %g, from the log %g", name, metric, candidate, got.Metrics[candidate][metric], value)
				}
			}
		}
	}
}
