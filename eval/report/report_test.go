package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// small is the log that eval's tests work out by hand, with some reads more
// that do not count.
func small(t *testing.T) *report.Report {
	t.Helper()
	articles := []data.ArticleID{"a", "b", "3", "d"}
	truth, err := eval.NewTruth(articles, eval.Log{Unreadable: 1, Reads: slices.Values([]eval.Read{
		{Reader: "anna", Item: "a"},
		{Reader: "anna", Item: "gone"},
		{Reader: "anna", Item: "b"},
		{Reader: "anna", Item: "3.0"},
		{Reader: "bert", Item: "a"},
		{Reader: "bert", Item: "3"},
		{Reader: "", Item: "a"},
		{Reader: "carl", Item: "3"},
		{Reader: "carl", Item: "d"},
	})})
	if err != nil {
		t.Fatal(err)
	}
	result, err := eval.Run(t.Context(), truth,
		[]eval.Entry{{Name: "ours | new", Ranker: eval.Lists{"a": {"b", "a", "3"}, "b": {"nowhere", "d"}, "3": {"a", "b", "a", "d"}}}},
		[]eval.Entry{{Name: "constant", Note: "always the same", Ranker: eval.Lists{"a": {"d"}, "b": {"d"}, "3": {"d"}}}},
		eval.Options{K: []int{2, 3}, SliceOf: func(id data.ArticleID) string {
			return map[data.ArticleID]string{"a": "en", "b": "zh-Hans", "3": "en", "d": "und"}[id]
		}})
	if err != nil {
		t.Fatal(err)
	}
	return report.New(&eval.Outcome{
		Reading: result, JoinRate: truth.Join.Rate(), Seed: 1,
		Rankings: []eval.RankingInfo{{Name: "ours | new", Role: "candidate"}, {Name: "constant", Role: "baseline", Note: "always the same"}},
		Inputs:   []eval.Input{{Role: report.RoleReads, Name: "reads.csv", Hash: "sha256:1f2e"}, {Role: report.RoleCandidate, Name: "ours | new", Hash: "sha256:3d4c"}},
	}, nil)
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; rewrite with -update):\n%s", name, diff)
	}
}

func TestGolden(t *testing.T) {
	var markdown, asJSON bytes.Buffer
	if err := small(t).WriteMarkdown(&markdown); err != nil {
		t.Fatal(err)
	}
	if err := small(t).WriteJSON(&asJSON); err != nil {
		t.Fatal(err)
	}
	golden(t, "small.golden.md", markdown.Bytes())
	golden(t, "small.golden.json", asJSON.Bytes())
	if !strings.HasPrefix(markdown.String(), "**70.00 % of reads join to articles with text**") {
		t.Errorf("the first line is not the share of reads that join:\n%s", markdown.String())
	}
}

// One reader gives values without intervals, which no reader of JSON may take
// for numbers.
func TestUnknownInterval(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	truth, err := eval.NewTruth([]data.ArticleID{"a", "b"}, eval.Log{Reads: slices.Values([]eval.Read{
		{Reader: "anna", Item: "b", Time: noon.Add(time.Hour)}, {Reader: "anna", Item: "a", Time: noon},
	})})
	if err != nil {
		t.Fatal(err)
	}
	result, err := eval.Run(t.Context(), truth, []eval.Entry{{Name: "ours", Ranker: eval.Lists{"a": {"b"}}}},
		[]eval.Entry{{Name: "none", Ranker: eval.Lists{}}}, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := report.New(&eval.Outcome{Reading: result, JoinRate: 1, Rankings: []eval.RankingInfo{{Name: "ours", Role: "candidate"}, {Name: "none", Role: "baseline"}}}, nil)
	var markdown, asJSON bytes.Buffer
	if err := r.WriteMarkdown(&markdown); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(markdown.String(), "Inf") || !strings.Contains(markdown.String(), " 1.0000 |") {
		t.Errorf("want a bare 1.0000:\n%s", markdown.String())
	}
	if !strings.Contains(markdown.String(), "reads in order of time") {
		t.Errorf("want a word on times:\n%s", markdown.String())
	}
	if err := r.WriteJSON(&asJSON); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Metrics   map[string]map[string]float64
		Intervals map[string]map[string][]*float64
	}
	if err := json.Unmarshal(asJSON.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if v := got.Metrics["ours"]["hr@10"]; v != 1 {
		t.Errorf("hr@10 = %v, want 1", v)
	}
	if bounds := got.Intervals["ours"]["hr@10"]; len(bounds) != 2 || bounds[0] != nil || bounds[1] != nil {
		t.Errorf("interval %v, want two nulls", bounds)
	}
}
