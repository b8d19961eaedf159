package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data/sample"
)

type checkJSON struct {
	Fit      bool
	Counts   map[string]int
	Findings []struct {
		Name  string
		Fatal bool
		Limit *float64
	}
	Unknown map[string]int `json:"unknown_fields"`
}

func TestEvalCheckDirtyLog(t *testing.T) {
	s := newShell(t)
	articles, events := evalReference(t, "dirty-log", "articles.ndjson"), evalReference(t, "dirty-log", "events.ndjson")
	r := s.fails(3, []string{"not fit for an evaluation: malformed_json"}, "eval", "check", events, "--articles", articles, "--json")
	var got checkJSON
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil {
		t.Fatal(err)
	}
	var want struct{ Counts map[string]int }
	b, err := os.ReadFile(evalReference(t, "dirty-log", "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	for name, n := range want.Counts {
		if got.Counts[name] != n {
			t.Errorf("%s: got %d, want %d", name, got.Counts[name], n)
		}
	}
	if got.Fit || len(got.Findings) == 0 || !got.Findings[0].Fatal {
		t.Errorf("the log is fit, or its first finding is not fatal: %+v", got.Findings)
	}
	text := s.fails(3, nil, "eval", "check", events, "--articles", articles).stdout
	for _, part := range []string{
		"Lists      120 valid of 143", "Clicks     24 valid of 35", "2026-03-10 to 2026-03-14",
		"Fatal: repeated_item_in_list: 3 of 143 impressions (2.1 %).\n  These lists show an article twice", "Examples: i136, i134, i135",
		"Warning: seed_in_own_list: 1 of 143 impressions (0.699 %).",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("the report does not say %q:\n%s", part, text)
		}
	}
	// Every fatal finding is fatal no more with limits above all of them.
	limits := []string{"eval", "check", events, "--articles", articles}
	for _, f := range got.Findings {
		limits = append(limits, "--limit", f.Name+"=100%")
	}
	s.ok(limits...)
}

func TestEvalCheckSiteSim(t *testing.T) {
	s := newShell(t)
	articles, events := evalReference(t, "site-sim", "articles.ndjson"), evalReference(t, "site-sim", "events.ndjson.gz")
	text := s.ok("eval", "check", events, "--articles", articles, "--shares", "A=0.72,B=0.1,X=0.18")
	for _, part := range []string{"Lists      6,000 valid of 6,000", "Clicks     775 valid of 775", "Variants   A, B, X; snapshots snap-a, snap-b", "Nothing is wrong with it."} {
		if !strings.Contains(text, part) {
			t.Errorf("the report does not say %q:\n%s", part, text)
		}
	}
	s.fails(3, []string{"variant_shares_off"}, "eval", "check", events, "--articles", articles, "--shares", "A=0.5,B=0.25,X=0.25")
	mapped := s.ok("eval", "check", events, "--dry-run")
	if lines := strings.Split(strings.TrimSpace(mapped), "\n"); len(lines) != 10 || !strings.HasPrefix(lines[0], `{"t":"imp","id":"i000000","ts":"2026-03-02T01:01:15Z"`) {
		t.Errorf("--dry-run printed %d lines:\n%s", len(lines), mapped)
	}
}

// Without LOG and --articles, the site's own events and articles are taken.
func TestEvalCheckSite(t *testing.T) {
	s := newShell(t)
	s.fails(2, []string{"no log is named"}, "eval", "check")
	s.ok("import", s.sampleFile())
	ids := sample.Articles()
	dir := filepath.Join(s.data, "events")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	a, b := string(ids[0].ID), string(ids[1].ID)
	lines := `{"t":"imp","id":"i1","ts":"2036-03-02T10:00:00Z","src":"` + a + `","items":[{"id":"` + b + `","pos":1,"team":"A"}]}
{"t":"clk","imp":"i1","item":"` + b + `","pos":1,"ts":"2036-03-02T10:00:05Z"}
`
	if err := os.WriteFile(filepath.Join(dir, "2036-03-02.ndjson"), []byte(lines), 0o644); err != nil {
		t.Fatal(err)
	}
	var got checkJSON
	s.decode(&got, "eval", "check", "--json")
	if got.Counts["clicks_valid"] != 1 || !cmp.Equal(got.Unknown, map[string]int{"items.team": 1}) {
		t.Errorf("got %+v", got)
	}
	text := s.ok("eval", "check")
	for _, part := range []string{"1 file with 2 lines", "of the site at", "Not used   the fields items.team", "Warning: single_ranking"} {
		if !strings.Contains(text, part) {
			t.Errorf("the report does not say %q:\n%s", part, text)
		}
	}
}

func TestEvalCheckCSV(t *testing.T) {
	s := newShell(t)
	log := s.file("log.csv", "list,page,sku,slot,click\nl1,p,x,1,1\nl1,p,y,2,0\n")
	columns := []string{"eval", "check", log, "--map", "impression=list,source=page,item=sku,position=slot,clicked=click"}
	if got, want := s.ok(append(columns, "--dry-run")...), `{"t":"imp","id":"l1","src":"p","items":[{"id":"x","pos":1},{"id":"y","pos":2}]}
{"t":"clk","imp":"l1","item":"x","pos":1}
`; got != want {
		t.Errorf("--dry-run: got\n%swant\n%s", got, want)
	}
	text := s.ok(columns...)
	if !strings.HasPrefix(text, "Warning: no_catalogue: 1.\n") || !strings.Contains(text, "Warning: no_times") {
		t.Errorf("the report does not begin with what guards nothing:\n%s", text)
	}
	s.fails(3, []string{"unreadable_file"}, "eval", "check", filepath.Join(s.data, "none.ndjson"))
	s.fails(2, []string{"--format is \"xml\"", "auto, ndjson"}, "eval", "check", log, "--format", "xml")
	s.fails(2, []string{"--map: there is no field \"itme\"", "item"}, "eval", "check", log, "--map", "itme=sku")
	s.fails(2, []string{"--limit: there is no finding \"postion_gap\"", "position_gap"}, "eval", "check", log, "--limit", "postion_gap=0.1")
	s.fails(2, []string{"--shares: A=much is no share"}, "eval", "check", log, "--shares", "A=much")
	s.fails(2, []string{"cannot read the articles"}, "eval", "check", log, "--articles", "none.ndjson")
}
