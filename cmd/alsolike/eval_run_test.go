package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/eval/report"
)

// Every mistake in a configuration is told with its place and, for a name, the
// nearest that there is.
func TestEvalConfigRefuses(t *testing.T) {
	s, log, ranking := evalSite(t)
	const head = "version: 1\n"
	candidates := "candidates: [{name: ours, ranking: " + ranking + "}]\n"
	for _, test := range []struct{ config, want string }{
		{head + candidates + "gates:\n  - {metric: clicks, margin: 3%}\n  - {metric: clicks, margn: 3%}\n", "eval.yaml:5: unknown key margn; did you mean margin?"},
		{head + candidates + "reports: {htm: x}\n", "eval.yaml:3: unknown key htm; did you mean html?"},
		{head + "candidates:\n  - name: ours\n    ranking: x\n    snapshots: y\n", "eval.yaml:5: unknown key snapshots; did you mean snapshot?"},
		{head + candidates + "flake_budget: 0.01\n", "eval.yaml:3: unknown key flake_budget"},
		{head + candidates + "gates: [{metric: click, margin: 3%}]\n", "unknown metric click; did you mean clicks?"},
		{head + candidates + "gates:\n  - {metric: clicks, margin: 3%}\n  - {metric: hr@10, margin: 3%, level: L1}\nk: 5\n", "eval.yaml:5: gate 2: metric hr@10 is measured at k 5 only, and not at 10"},
		{head + candidates + "k: [5, 10]\ngates: [{metric: coverage@10, margin: 3%}]\n", "coverage@10 is measured at k 5 only"},
		{head + candidates + "gates: [{metric: hr, margin: 3%}]\n", "unknown metric hr; did you mean hr@k?"},
		{head + candidates + "gates:\n  - metric: clicks\n    margin: three\n", `eval.yaml:4: gate 1: margin: "three" is no amount`},
		{head + candidates + "gates: [{metric: clicks}]\n", "write one of margin, max and min"},
		{head + candidates + "gates: [{metric: clicks, margin: 0}]\n", "margin must be above 0"},
		{head + candidates + "gates: [{metric: clicks, margin: 3%, mode: soft}]\n", "mode is soft"},
		{head + candidates + "gates: [{metric: clicks, margin: 3%, on_inconclusive: ignore}]\n", "it may be warn, pass or fail"},
		{head + candidates + "gates: [{metric: clicks, margin: 3%, level: L5}]\n", "it may be L3 or L2"},
		{head + candidates + "gates: [{metric: clicks, margin: 3%, candidate: our}]\n", "no candidate is called our; did you mean ours?"},
		{head + candidates + "cluster: users\n", "eval.yaml:3: cluster is users; did you mean user?"},
		{head + candidates + "average: readers\n", "average is readers; did you mean reader?"},
		{head + candidates + "as_of: yesterday\n", "as_of is yesterday; it may be auto"},
		{head + candidates + "pack: a.evp\nlog: b.ndjson\n", "name one of them"},
		{head + candidates + "seed: many\n", "eval.yaml:3: "},
		{head + candidates + "gates: clicks\n", "eval.yaml:3: "},
		{head + candidates + "k: [5\n", "eval.yaml:3: "},
		{head + candidates + "baseline: prodction\n", "no ranking is called prodction"},
	} {
		s.fails(exitUsage, []string{test.want}, "eval", "run", "--config", s.file("eval.yaml", test.config), "--reads", log, "--map", "reader=who,item=what")
	}
	s.fails(exitUsage, []string{"it is NAME=SNAPSHOT"}, "eval", "run", "--reads", log, "--map", "reader=who,item=what", "--candidate", "pr")
	s.fails(exitUsage, []string{"no snapshot and no ranking at"}, "eval", "run", "--reads", log, "--map", "reader=who,item=what", "--candidate", "pr=build/nothing")
	s.fails(exitUsage, []string{"cannot read the pack"}, "eval", "run", "--pack", "nowhere.evp")
	s.fails(exitDataUnusable, []string{"reads.csv"}, "eval", "run", "--pack", log)
}

// Reads with gates: what an L1 gate, a limit and a missing measure do to the exit
// code, the files of a GitHub job, and the reports.
func TestEvalRunGates(t *testing.T) {
	s, _, ranking := evalSite(t)
	log := s.file("timed.csv", `who,what,when
anna,a,2026-03-01T10:00:00Z
anna,b,2026-03-01T10:01:00Z
bert,a,2026-03-01T11:00:00Z
bert,b,2026-03-01T11:01:00Z
carl,c,2026-03-01T12:00:00Z
carl,a,2026-03-01T12:01:00Z
`)
	other := s.file("other.tsv", "a\td\t0.9\nc\td\t0.9\n")
	out := t.TempDir()
	run := func(gates string, more ...string) result {
		t.Helper()
		config := s.file("eval.yaml", "version: 1\nk: 2\ncompare: []\nreads: "+log+"\nmap: {reader: who, item: what, time: when}\n"+
			"candidates: [{name: ours, ranking: "+ranking+"}]\ngates: "+gates+
			"\nreports: {json: "+out+"/e.json, md: "+out+"/e.md, junit: "+out+"/e.xml, html: "+out+"/e.html}\n")
		return s.run(append([]string{"eval", "run", "--config", config, "--baseline", "old=" + other}, more...)...)
	}
	lastLine := func(r result) string {
		lines := strings.Split(strings.TrimSpace(r.stderr), "\n")
		return lines[len(lines)-1]
	}
	for _, test := range []struct {
		name, gates string
		flags       []string
		code        int
		last        string
	}{
		{"passes", "[{metric: HR@2, level: L1, margin: 0.1}]", nil, 0, "1 of 1 gate passed"},
		{"fails", "[{metric: hr@2, min: 99%}, {metric: coverage@2, max: 10%}]", nil, exitFailure, "1 of 2 gates failed: ours, coverage@2: at most 10 % (worse)"},
		{"only reported", "[{metric: coverage@2, max: 10%}]", []string{"--report-only"}, 0, "(--report-only)"},
		{"only warns", "[{metric: coverage@2, max: 10%, mode: warn}]", nil, 0, "1 of 1 gate warn: ours"},
		{"cannot be told", "[{metric: clicks, margin: 3%, on_inconclusive: fail}]", nil, exitInconclusive, "1 of 1 gate cannot be told and must be: ours, clicks: at most 3 % lost (not measurable)"},
		{"cannot be told, and that is allowed", "[{metric: clicks, margin: 3%}]", nil, 0, "1 of 1 gate warn"},
		{"worse beats untold", "[{metric: clicks, margin: 3%, on_inconclusive: fail}, {metric: coverage@2, max: 10%}]", nil, exitFailure, "1 of 2 gates failed"},
	} {
		r := run(test.gates, test.flags...)
		if r.code != test.code || !strings.Contains(lastLine(r), test.last) {
			t.Errorf("%s: exit code %d, last line %q; want %d, %q\n%s", test.name, r.code, lastLine(r), test.code, test.last, r.stderr)
		}
	}
	for _, name := range []string{"e.json", "e.md", "e.xml", "e.html"} {
		if text, err := os.ReadFile(filepath.Join(out, name)); err != nil || !strings.Contains(string(text), "coverage@2") {
			t.Errorf("%s: %v, or says nothing of the gate", name, err)
		}
	}

	summary := s.file("summary.md", "what stood there before\n")
	s.environ = append(s.environ, "GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY="+summary)
	r := run("[{metric: coverage@2, max: 10%}, {metric: clicks, margin: 3%}]")
	text, err := os.ReadFile(summary)
	if err != nil || !strings.HasPrefix(string(text), "what stood there before\n**100.00 %") || !strings.Contains(string(text), "❌ Fail") {
		t.Errorf("summary: %v\n%s", err, text)
	}
	for _, line := range []string{"::error title=ours is worse::coverage@2: at most 10 %25. ", "::warning title=ours is not measurable::clicks: at most 3 %25 lost. "} {
		if !strings.Contains(r.stderr, line) {
			t.Errorf("no line %q:\n%s", line, r.stderr)
		}
	}
	var many []string
	for range 12 {
		many = append(many, "{metric: coverage@2, max: 10%}")
	}
	if r := run("[" + strings.Join(many, ", ") + "]"); strings.Count(r.stderr, "::error") != 10 {
		t.Errorf("%d annotations, want 10", strings.Count(r.stderr, "::error"))
	}
}

func TestEvalRunSchema(t *testing.T) {
	if got := newShell(t).ok("eval", "run", "--schema"); got != string(report.Schema()) {
		t.Error("--schema does not print the schema")
	}
}

// Whatever stands in a configuration, it is read or refused, with its name.
func FuzzEvalConfig(f *testing.F) {
	f.Add("version: 1\nk: 5\ncandidates: [{name: pr, snapshot: published}]\ngates: [{metric: clicks, margin: 3%}]\n")
	f.Add("version: 1\nlog: [a, b]\nsnapshots: {x: y}\nplanned: {A: 0.9}\ncompare: []\nreports: {json: a}\n")
	f.Add("gates:\n- metric: &a clicks\n  margin: *a\n")
	path := filepath.Join(f.TempDir(), "eval.yaml")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		c, err := loadEvalConfig(path)
		if err != nil {
			if !strings.Contains(err.Error(), path) {
				t.Fatalf("%q: the message does not name the file: %v", text, err)
			}
			return
		}
		if c.Version != evalConfigVersion || len(c.Candidates) == 0 || len(c.rules) != len(c.Gates) {
			t.Fatalf("%q is read as %+v", text, c)
		}
		for _, r := range c.rules {
			if err := r.Validate(); err != nil {
				t.Fatalf("%q: %v", text, err)
			}
		}
	})
}
