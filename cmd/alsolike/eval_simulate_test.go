package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data/sample"
)

// newSampleShell is a shell whose data folder holds the sample site and a snapshot.
func newSampleShell(t *testing.T) *shell {
	t.Helper()
	s := newShell(t)
	articles := filepath.Join(t.TempDir(), "articles.jsonl")
	if err := os.WriteFile(articles, []byte(jsonLines(sample.Articles())), 0o644); err != nil {
		t.Fatal(err)
	}
	s.ok("import", articles, "--progress", "none")
	s.ok("refresh", "--progress", "none")
	return s
}

func TestEvalSimulate(t *testing.T) {
	oneByOne(t)
	s := newSampleShell(t)
	s.environ = []string{"ALSOLIKE_LSA_RANK=10"}
	s.ok("refresh", "--full", "--progress", "none")
	dir := t.TempDir()
	log, again := filepath.Join(dir, "log"), filepath.Join(dir, "again")

	var report simulateReport
	s.decode(&report, "eval", "simulate", "--out", log, "--impressions", "3000", "--explore", "10%", "--overrides", "2", "--json")
	if report.Impressions != 3000 || report.Clicks < 200 || report.From != "2026-11-08" || report.To != "2026-11-21" {
		t.Errorf("the log is said to have %d lists and %d clicks from %s to %s", report.Impressions, report.Clicks, report.From, report.To)
	}
	if len(report.Variants) != 3 || report.Variants[1].Snapshot == report.Variants[0].Snapshot || !report.Variants[2].Drawn {
		t.Errorf("the variants are %+v", report.Variants)
	}
	if len(report.Truth) != 2 || math.Abs(report.Truth[0].Clicks-.12) > 1e-9 || report.Truth[1].Relative == 0 {
		t.Errorf("the truth is %+v", report.Truth)
	}

	// Every file of the log begins with the label, and the same command makes the
	// same bytes.
	s.ok("eval", "simulate", "--out", again, "--impressions", "3000", "--explore", "10%", "--overrides", "2")
	files, err := filepath.Glob(filepath.Join(log, "*.ndjson"))
	if err != nil || len(files) != 14 {
		t.Fatalf("the log has the files %v (%v), want one for each of 14 days", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), `{"t":"note","simulated":"made up by alsolike eval simulate with seed 1`) {
			t.Errorf("%s does not begin with the note that it is simulated", file)
		}
		if other, err := os.ReadFile(filepath.Join(again, filepath.Base(file))); err != nil || string(other) != string(text) {
			t.Errorf("%s is not the same the second time (%v)", file, err)
		}
	}
	s.fails(exitUsage, []string{"holds files already", "--out"}, "eval", "simulate", "--out", log)
	s.fails(exitUsage, []string{"click rate is 4", "at most"}, "eval", "simulate", "--truth", "published", "--click-rate", "4")
	s.fails(exitUsage, []string{"no snapshot none"}, "eval", "simulate", "--truth", "none")

	// The truth of a ranking that is exported is that of its snapshot.
	links := filepath.Join(t.TempDir(), "links.tsv")
	if err := os.WriteFile(links, []byte(s.ok("export", "related", "--raw", "--limit", "50")), 0o644); err != nil {
		t.Fatal(err)
	}
	report = simulateReport{}
	s.decode(&report, "eval", "simulate", "--truth", "published", "--truth", links, "--json")
	if truth := report.Truth; len(truth) != 4 || truth[2].Relative != 0 || truth[3].Clicks != truth[0].Clicks {
		t.Errorf("the truth is %+v, want the first, the third and the fourth the same", truth)
	}
}

func TestEvalSimulateRefuses(t *testing.T) {
	s := newShell(t)
	s.fails(exitUsage, []string{"--out"}, "eval", "simulate")
	s.fails(exitUsage, []string{"--explore", "no amount"}, "eval", "simulate", "--out", "log", "--explore", "much")
	s.fails(exitFailure, []string{"import articles first"}, "eval", "simulate", "--out", "log")
}
