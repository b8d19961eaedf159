package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sample"
)

// Editors make, order, pause and remove rules, and the lists follow.
func TestRuleActions(t *testing.T) {
	s := withSample(t)
	article := map[data.ArticleID]data.Article{}
	for _, a := range sample.Articles() {
		article[a.ID] = a
	}
	const id = "en/harbour-cranes"
	links := func(args ...string) (ids []data.ArticleID) {
		t.Helper()
		var list struct {
			Items []struct{ ID data.ArticleID }
		}
		s.decode(&list, append([]string{"related", id, "--json"}, args...)...)
		for _, item := range list.Items {
			ids = append(ids, item.ID)
		}
		return ids
	}
	section := article[id].Section
	before := links("--limit", "10")
	if !slices.ContainsFunc(before, func(id data.ArticleID) bool { return article[id].Section != section }) {
		t.Fatalf("all links are of section %s already", section)
	}
	if got, want := s.ok("rule", "add", "--under-section", section, "--only", "same_section", "--author", "mei", "--note", "as agreed"), "Rule 1. Under articles of section "+section+": only links of the same section.\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	same := links("--limit", "10")
	if len(same) == 0 || slices.ContainsFunc(same, func(id data.ArticleID) bool { return article[id].Section != section }) {
		t.Errorf("not only links of section %s: %q", section, same)
	}
	s.ok("rule", "add", "--only", "other_sections")
	if got := links("--limit", "10"); !slices.Equal(got, same) {
		t.Errorf("the second rule counts: %q", got)
	}
	s.ok("rule", "move", "2", "1")
	if got := links("--limit", "10"); len(got) == 0 || slices.ContainsFunc(got, func(id data.ArticleID) bool { return article[id].Section == section }) {
		t.Errorf("the rule that is first now does not count: %q", got)
	}
	s.ok("rule", "pause", "2")
	if table := s.ok("rule", "list"); !strings.Contains(table, "paused") || !strings.Contains(table, "as agreed") || strings.Index(table, "other sections") > strings.Index(table, "same section") {
		t.Errorf("rule list:\n%s", table)
	}
	if r := s.run("related", id, "--explain"); !strings.Contains(r.stderr, "  1. Under articles of section "+section) || !strings.Contains(r.stderr, "(rule 1)") || strings.Contains(r.stderr, "other sections") {
		t.Errorf("related --explain:\n%s", r.stderr)
	}
	s.ok("rule", "resume", "2")
	s.ok("rule", "remove", "2")
	if got := links("--limit", "10"); !slices.Equal(got, same) {
		t.Errorf("with the second rule removed: %q", got)
	}
	s.ok("rule", "remove", "1", "--author", "jo")
	if got := links("--limit", "10"); !slices.Equal(got, before) {
		t.Errorf("without rules: %q, want %q", got, before)
	}
	if history := s.ok("history", "list", "--kind", "rule", "--author", "jo"); !strings.Contains(history, "rule 1") || !strings.Contains(history, "remove") {
		t.Errorf("the history of rules:\n%s", history)
	}
	var changes []historyRow
	s.decode(&changes, "history", "list", "--kind", "rule", "--json")
	for _, c := range changes[:5] { // until the second has been moved
		s.ok("history", "revert", fmt.Sprint(c.ID))
	}
	if got := links("--limit", "10"); !slices.Equal(got, same) {
		t.Errorf("with all but the first two changes taken back: %q, want %q", got, same)
	}
	s.ok("rule", "remove", "1")
	s.ok("rule", "remove", "2")
	s.ok("rule", "add", "--action", "pin", "--target", string(before[4]), "--position", "2", "--placement", "sidebar", "--json")
	s.ok("rule", "add", "--action", "boost", "--target", string(before[6]), "--strength", "10")
	if r := s.run("related", id, "--explain"); !strings.Contains(r.stdout, string(before[6])) || !strings.Contains(r.stdout, "(rule 4)") {
		t.Errorf("a boost by a rule is not told:\n%s", r.stdout)
	}
}

// All rules go from one site to another by way of a file, and give the same lists.
func TestRuleFile(t *testing.T) {
	s := withSample(t)
	if err := os.WriteFile(filepath.Join(s.data, "alsolike.yaml"), []byte("newsroom:\n  timezone: Asia/Taipei\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	before := s.ok("export", "related")
	add := func(args ...string) string { return s.ok(append([]string{"rule", "add"}, args...)...) }
	if got := add("--max-per-section", "1", "--published-from", "2020-01-01", "--from", "2026-01-01 06:30", "--until", "2099-01-01"); !strings.HasSuffix(got, "published from 2020-01-01: at most 1 per section (from 2026-01-01 06:30 CST until 2099-01-01).\n") {
		t.Errorf("the times are not those of the newsroom: %s", got)
	}
	add("--action", "bury", "--strength", "0", "--target", "en/cod-quota", "--note", "two\r\nlines, \"quoted\" <b>", "--author", "=mei")
	add("--under-lang", "zh", "--action", "off", "--until", "2026-01-01T00:00:00+01:00")
	if out := s.ok("status"); !strings.Contains(out, "3; 2 in force, 1 scheduled or ended\n") {
		t.Errorf("status:\n%s", out)
	}
	s.ok("rule", "pause", "3")
	var status siteStatus
	s.decode(&status, "status", "--json")
	if out := s.ok("status"); !strings.Contains(out, "3; 2 in force, 1 paused\n") || status.Rules != (ruleCounts{Total: 3, Active: 2, Paused: 1}) {
		t.Errorf("status: %+v\n%s", status.Rules, out)
	}
	file := s.ok("rule", "export")
	if want := `{"published_from":"2019-12-31T16:00:00Z","max_per_section":1,"from":"2025-12-31T22:30:00Z","until":"2098-12-31T16:00:00Z"}` + "\n" +
		`{"action":"bury","target":"en/cod-quota","strength":0,"note":"two\r\nlines, \"quoted\" <b>","author":"=mei"}` + "\n" +
		`{"under_lang":["zh"],"action":"off","until":"2025-12-31T23:00:00Z","paused":true}` + "\n"; file != want {
		t.Errorf("got\n%s\nwant\n%s", file, want)
	}
	lists := s.ok("export", "related")
	if lists == before {
		t.Error("the rules change nothing")
	}
	path := s.file("rules.jsonl", file)
	if got := s.ok("rule", "import", path); got != "Stored 0 rules; 3 unchanged, 0 refused.\n" {
		t.Errorf("imported again: %q", got)
	}
	for _, id := range []string{"2", "1", "3"} {
		s.ok("rule", "remove", id)
	}
	if got := s.ok("export", "related"); got != before {
		t.Error("without rules the lists are not those of before")
	}
	if got := s.ok("rule", "import", path); got != "Stored 3 rules; 0 unchanged, 0 refused.\n" {
		t.Errorf("imported: %q", got)
	}
	if got := s.ok("rule", "export"); got != file {
		t.Errorf("exported again:\n%s\nbefore:\n%s", got, file)
	}
	if got := s.ok("export", "related"); got != lists {
		t.Error("the lists differ from those before the export")
	}
	var rows []struct {
		Rule     data.Rule
		Sentence string
		Active   bool
	}
	s.decode(&rows, "rule", "list", "--json")
	if len(rows) != 3 || rows[0].Rule.ID != 4 || rows[2].Rule.Order != 3 || !rows[0].Active || rows[2].Active || rows[1].Sentence != "Under every article: the links to en/cod-quota buried by 0.0" {
		t.Errorf("rule list --json: %+v", rows)
	}
}

func TestRuleMessages(t *testing.T) {
	s := newShell(t)
	s.ok("import", s.sampleFile())
	path := s.file("r.jsonl", "[1]\n\n"+`{"only":"same"}`+"\n"+`{"action":"hide","target":"en/no-such"}`+"\n"+`{"max_per_auther":1}`+"\n{\n"+
		`{"max_per_author":1,"placement":["sidebar"]}`+"\n"+`{"max_per_author":1,"from":"9999-12-31T23:59:59-01:00"}`+"\n\xff\n")
	r := s.fails(1, []string{
		path + ":1: rule is no JSON object", path + ":3: only is", path + `:4: article "en/no-such": not found; alsolike export articles`,
		path + ":5: rule has no field", "did you mean max_per_author?", path + ":6: is no JSON object", path + ":8: from is in the year 10000", path + ":9: the record is not valid UTF-8",
		`no placement "sidebar"`,
	}, "rule", "import", path)
	if r.stdout != "Stored 1 rule; 0 unchanged, 7 refused.\n" {
		t.Errorf("got %q", r.stdout)
	}
	var n importedOverrides
	s.decode(&n, "rule", "import", s.file("q.jsonl", `{"max_per_author":2}`), "--json")
	if n.Added != 1 || n.Unchanged+n.Refused != 0 || n.Change == 0 {
		t.Errorf("as JSON: %+v", n)
	}
	for _, c := range []struct {
		want string
		args []string
	}{
		{"--max-per-author is 0; it must be above 0", []string{"add", "--max-per-author", "0"}},
		{"--max-age-days is -1", []string{"add", "--max-age-days", "-1"}},
		{"and so are limits (only, max-age-days, max-per-section, max-per-author)", []string{"add", "--under-section", "x"}},
		{"did you mean same_section?", []string{"add", "--only", "same_sektion"}},
		{"--target is missing; name an article (target), or all of a kind (target-section", []string{"add", "--action", "hide"}},
		{"--strength is missing", []string{"add", "--action", "bury", "--target", "a"}},
		{"--under-lang is \"klingon\"", []string{"add", "--under-lang", "klingon", "--max-per-author", "1"}},
		{"--from is \"soon\"; write a date", []string{"add", "--from", "soon", "--max-per-author", "1"}},
		{"--until must come after from", []string{"add", "--from", "2026-02-01", "--until", "2026-01-01", "--max-per-author", "1"}},
		{`"x" is not the number of a rule`, []string{"remove", "x"}},
		{`"0" is no place in the order`, []string{"move", "1", "0"}},
	} {
		s.fails(2, []string{c.want}, append([]string{"rule"}, c.args...)...)
	}
	s.fails(1, []string{"there is no rule 9; alsolike rule list"}, "rule", "remove", "9")
	s.fails(1, []string{`article "x": not found; alsolike export articles`}, "rule", "add", "--action", "hide", "--target", "x")
	section := sample.Articles()[0].Section
	for _, c := range []struct {
		want string
		args []string
	}{
		{fmt.Sprintf("No article is of section %q; did you mean %s?", section+"s", section), []string{"--under-section", section + "s"}},
		{`No article is tagged "zzz".`, []string{"--action", "hide", "--target-tag", "zzz"}},
		{"changes nothing: its end has passed", []string{"--until", "2026-01-01"}},
	} {
		r := s.run(append([]string{"rule", "add", "--max-per-author", "3"}, c.args...)...)
		if r.code != 0 || !strings.Contains(r.stderr, c.want) {
			t.Errorf("%q: %+v, want %q", c.args, r, c.want)
		}
	}
	s.environ = []string{"ALSOLIKE_NEWSROOM_TIMEZONE=Berlin"}
	s.fails(2, []string{`newsroom.timezone is "Berlin"; it must be the name of a time zone`}, "rule", "list")
}

// A rule that another process makes is in answers soon, and so is its end.
func TestServeFollowsRules(t *testing.T) {
	s := withSample(t)
	r := s.startServe()
	const path = "/v1/related?url=/en/harbour-cranes"
	before := r.related(path)
	first := before.Items[0].ID
	end := time.Now().Add(5 * time.Second) // by when a busy machine has seen the rule too
	s.ok("rule", "add", "--action", "hide", "--target", string(first), "--until", end.Format(time.RFC3339Nano))
	waitFor(t, "the hidden article is gone", func() bool {
		a := r.related(path)
		return a.Items[0].ID != first && a.RecommendationID != before.RecommendationID
	})
	waitFor(t, "it is back again", func() bool { return r.related(path).Items[0].ID == first })
	if now := time.Now(); now.Before(end) {
		t.Errorf("the rule ended %v too early", end.Sub(now))
	}
}
