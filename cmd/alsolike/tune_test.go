package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/recommend/rank"
)

// simulatedTaste turns the log of eval simulate into one of readers who follow links by
// the chance that taste gives, and by the attention of the position.
func simulatedTaste(t *testing.T, s *shell, lists int, taste func(from, to *data.Card) float64) {
	t.Helper()
	theta := []float64{1, .6, .4, .3, .25}
	s.ok("eval", "simulate", "--out", filepath.Join(s.data, "drawn"), "--impressions", fmt.Sprint(lists), "--explore", "30%")
	files, err := filepath.Glob(filepath.Join(s.data, "drawn", "*.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	cards := map[data.ArticleID]data.Card{}
	for _, a := range sample.Articles() {
		cards[a.ID] = a.Card()
	}
	random := rand.New(rand.NewPCG(1, 1))
	folder := filepath.Join(s.data, eventFolder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		var b bytes.Buffer
		w := clicklog.NewWriter(&b)
		write := func(e clicklog.Event) {
			if err := w.Write(e); err != nil {
				t.Fatal(err)
			}
		}
		for e, fault := range clicklog.ReadEvents(t.Context(), []string{file}, clicklog.EventOptions{Format: clicklog.Own}) {
			if fault != nil {
				t.Fatal(fault)
			}
			switch e := e.(type) {
			case *clicklog.Note:
				write(e)
			case *clicklog.Impression:
				write(e)
				from := cards[e.Source]
				for slot, item := range e.Items {
					if to := cards[item.Item]; random.Float64() < theta[slot]*taste(&from, &to) {
						write(&clicklog.Click{Impression: e.ID, Item: item.Item, Position: slot + 1, Time: e.Time})
					}
				}
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(file)), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Readers who look at sections and tags get weights that do so; a dry run writes
// nothing; the same log gives the same; and --reset takes it all back.
func TestTune(t *testing.T) {
	oneByOne(t)
	s := newSampleShell(t)
	s.fails(exitFailure, []string{"no events", "alsolike serve takes them"}, "tune")
	simulatedTaste(t, s, 60_000, func(from, to *data.Card) float64 {
		like := .02
		if from.Section == to.Section {
			like *= 4
		}
		for tag := range from.Tags.All() {
			if slices.Contains(slices.Collect(to.Tags.All()), tag) {
				like *= 1.5
			}
		}
		return min(like, .5)
	})
	file := filepath.Join(s.data, weightsFile)
	dry := s.ok("tune", "--dry-run", "--progress", "none")
	if _, err := os.Stat(file); err == nil || !strings.HasPrefix(dry, "SIMULATED: ") || !strings.Contains(dry, "without --dry-run") {
		t.Errorf("a dry run writes %s (%v) and says\n%s", file, err, dry)
	}
	var first, second tunedWeights
	s.decode(&first, "tune", "--json", "--progress", "none")
	shipped := rank.DefaultWeights()
	if w := first.Weights; w[rank.Cosine] != 1 || w[rank.Section] <= shipped[rank.Section] || w[rank.Age] > 0 {
		t.Errorf("the weights are %v", w)
	}
	if f := first.Fitted; f.Interval[0] <= 0 || f.Snapshot == "" || f.Simulated == "" || f.Report.Fitted.Clicks < 100 {
		t.Errorf("they were fitted to %+v", f)
	}
	s.decode(&second, "tune", "--json", "--progress", "none")
	first.Fitted.Time, second.Fitted.Time = time.Time{}, time.Time{}
	if a, b := mustJSON(t, first), mustJSON(t, second); a != b {
		t.Errorf("%s the first time, %s the second", a, b)
	}
	e := &env{dataDir: s.data}
	if w, err := e.rankingWeights(); err != nil || w == nil || *w != *second.Weights {
		t.Errorf("the weights in force are %v (%v), want %v", w, err, second.Weights)
	}

	// A fit that is no better leaves what was written, and says so.
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(s.data, "drawn")); err != nil {
		t.Fatal(err)
	}
	simulatedTaste(t, s, 20_000, func(_, _ *data.Card) float64 { return .06 })
	s.fails(exitFailure, []string{"not better", "nothing was written", "stay in force"}, "tune")
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file has changed, or is gone: %v", err)
	}

	if err := os.WriteFile(file, []byte(`{"weights":{"sction":1}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := e.rankingWeights(); err == nil || !strings.Contains(err.Error(), "did you mean section?") || !strings.Contains(err.Error(), "--reset") {
		t.Errorf("of a file with a misspelt name the error is %v", err)
	}
	if got := s.ok("tune", "--reset"); !strings.Contains(got, "removed") {
		t.Errorf("reset says %q", got)
	}
	if w, err := e.rankingWeights(); w != nil || err != nil {
		t.Errorf("after reset the weights are %v (%v)", w, err)
	}
	s.ok("tune", "--reset")
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTuneRefuses(t *testing.T) {
	oneByOne(t)
	s := newShell(t)
	s.fails(exitFailure, []string{"import articles first"}, "tune")
	s.ok("import", s.sampleFile(), "--progress", "none")
	s.fails(exitFailure, []string{"alsolike refresh"}, "tune")
	s.ok("refresh", "--progress", "none")
	s.ok("eval", "simulate", "--out", filepath.Join(s.data, eventFolder), "--impressions", "800")
	s.fails(exitFailure, []string{"of which one was followed", "at least 400 are needed", "the better choice"}, "tune")
	s.fails(exitFailure, []string{"no events"}, "tune", "--since", "2027-01-01")
	s.fails(exitUsage, []string{"--since", "write a date"}, "tune", "--since", "soon")
	s.fails(exitUsage, []string{"--map", "--reads"}, "tune", "--map", "reader=a,item=b")
	s.fails(exitUsage, []string{"--map must say"}, "tune", "--reads", "reads.csv")
	s.fails(exitUsage, []string{"--reset takes no other flag", "--json"}, "tune", "--reset", "--json")
	reads := s.file("reads.csv", "who,what\nann,en/cod-quota\nann,en/book-boat\n")
	s.fails(exitFailure, []string{"holds 1 steps", "at least 400"}, "tune", "--reads", reads, "--map", "reader=who,item=what")
}

// TestRankingPage holds the page on ranking to the weights that ship.
func TestRankingPage(t *testing.T) {
	page, err := os.ReadFile("docs/ranking.md")
	if err != nil {
		t.Fatal(err)
	}
	weights := rank.DefaultWeights()
	for _, kind := range rank.Kinds() {
		weight := strings.Replace(strconv.FormatFloat(float64(weights[kind]), 'g', 4, 32), "-", "−", 1)
		row := regexp.MustCompile("(?m)^\\| `" + kind.String() + "` \\|.*\\| " + regexp.QuoteMeta(weight) + " \\|$")
		if !row.Match(page) {
			t.Errorf("the page has no line of %s with the weight %s", kind, weight)
		}
	}
}
