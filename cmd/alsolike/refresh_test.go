package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/zipf"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// madeUp writes a file of so many articles that are made up, whose ids start with prefix.
func madeUp(t *testing.T, prefix string, seed uint64, articles int) string {
	t.Helper()
	var all []data.Article
	for a := range zipf.Articles(zipf.Options{Seed: seed, Articles: articles, MinWords: 20, MaxWords: 60}) {
		a.ID = data.ArticleID(prefix) + a.ID
		all = append(all, a)
	}
	path := filepath.Join(t.TempDir(), prefix+".jsonl")
	if err := os.WriteFile(path, []byte(jsonLines(all)), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// refreshJSON is the manifest of a refresh.
func (s *shell) refreshJSON(args ...string) snapshot.Manifest {
	s.t.Helper()
	var m snapshot.Manifest
	if err := json.Unmarshal([]byte(s.ok(append([]string{"refresh", "--json"}, args...)...)), &m); err != nil {
		s.t.Fatal(err)
	}
	return m
}

// A refresh goes on from the one before; --full fits anew; status and snapshot show
// say which.
func TestRefreshGoesOn(t *testing.T) {
	s := newShell(t)
	s.environ = []string{"ALSOLIKE_LSA_RANK=24", "ALSOLIKE_NEIGHBOURS_K=8"}
	s.ok("import", madeUp(t, "old", 1, 3100))
	first := s.refreshJSON()
	if first.Refresh.Kind != snapshot.Full || !strings.Contains(first.Refresh.Reason, "no snapshot") {
		t.Errorf("the first refresh: %+v", first.Refresh)
	}
	s.ok("import", madeUp(t, "new", 2, 60))
	out := s.ok("refresh")
	for _, want := range []string{"Went on from " + first.ID, "60 articles analysed", "3,160 articles", "came or changed (1.9 %)"} {
		if !strings.Contains(out, want) {
			t.Errorf("refresh does not say %q:\n%s", want, out)
		}
	}
	for _, verb := range [][]string{{"status"}, {"snapshot", "show"}} {
		out := s.ok(verb...)
		for _, want := range []string{"came or changed (1.9 %)", "exact"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s does not say %q:\n%s", verb, want, out)
			}
		}
	}
	if out := s.ok("refresh", "--full"); !strings.Contains(out, "fitted anew to all articles, because it was asked for") {
		t.Errorf("refresh --full:\n%s", out)
	}
	s.environ[1] = "ALSOLIKE_NEIGHBOURS_K=9"
	if out := s.ok("refresh"); !strings.Contains(out, "because neighbours.k was 8 and is 9") {
		t.Errorf("with another setting:\n%s", out)
	}
}

func TestParseBytes(t *testing.T) {
	check := func(text string, want int64) {
		t.Helper()
		if got, err := parseBytes(text); got != want || (err != nil) != (want == 0) {
			t.Errorf("%q is %d bytes, %v; want %d", text, got, err, want)
		}
	}
	check("2GB", 2e9)
	check("1.5 GiB", 3<<29)
	check("800MB", 8e8)
	check("64kB", 64_000)
	check("123", 123)
	check("1t", 1e12)
	for _, wrong := range []string{"", "GB", "-1GB", "2 apples", "NaN", "1e40GB", "0", "2GBB"} {
		check(wrong, 0)
	}
}

// Wrong settings are named with what they may be.
func TestRefreshSettings(t *testing.T) {
	oneByOne(t)
	s := newShell(t)
	s.ok("import", s.sampleFile())
	check := func(variable, value string, parts ...string) {
		t.Helper()
		s.environ = []string{variable + "=" + value}
		s.fails(2, append(parts, variable, value), "refresh")
	}
	check("ALSOLIKE_NEIGHBOURS_METHOD", "fast", "auto, exact or approximate")
	check("ALSOLIKE_NEIGHBOURS_MIN_RECALL", "1.5", "above 0 and at most 1")
	check("ALSOLIKE_REFRESH_FULL_EVERY", "weekly", "must be off or a duration")
	check("ALSOLIKE_REFRESH_MEMORY_LIMIT", "plenty", "800MB or 2GB")
	s.environ = []string{
		"ALSOLIKE_NEIGHBOURS_METHOD=approximate", "ALSOLIKE_NEIGHBOURS_MIN_RECALL=0.5",
		"ALSOLIKE_REFRESH_FULL_EVERY=168h", "ALSOLIKE_REFRESH_MEMORY_LIMIT=off",
	}
	if out := s.ok("refresh"); !strings.Contains(out, "The search for neighbours was approximate: ") {
		t.Errorf("an approximate search:\n%s", out)
	}
	if out := s.ok("status"); !strings.Contains(out, "approximate: ") {
		t.Errorf("status after an approximate search:\n%s", out)
	}
}

// A server fits the model anew when it is old enough and articles have come since.
func TestFullIsDue(t *testing.T) {
	fitted := time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)
	check := func(name string, want bool, every, later time.Duration, folded int) {
		t.Helper()
		b := &background{e: &env{now: func() time.Time { return fitted.Add(later) }}, conf: &config{FullEvery: every}}
		b.last.Fit.At, b.last.Drift.Folded = fitted, folded
		if got := b.fullIsDue(); got != want {
			t.Errorf("%s: due %v, want %v", name, got, want)
		}
	}
	check("off", false, 0, 1000*time.Hour, 5)
	check("young", false, 24*time.Hour, 23*time.Hour, 5)
	check("old", true, 24*time.Hour, 24*time.Hour, 5)
	check("old, and nothing new", false, 24*time.Hour, 48*time.Hour, 0)
}
