package main

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// An editor boosts, buries, switches off and pauses, and the lists follow.
func TestOverrideActions(t *testing.T) {
	oneByOne(t)
	s := withSample(t)
	s.ok("refresh")
	const article = "en/harbour-cranes"
	links := func(args ...string) (ids []string) {
		t.Helper()
		var list struct {
			Items []struct{ ID string }
		}
		s.decode(&list, append([]string{"related", article, "--json"}, args...)...)
		for _, item := range list.Items {
			ids = append(ids, item.ID)
		}
		return ids
	}
	all := links("--limit", "20")
	if len(all) < 6 {
		t.Fatalf("only %d links", len(all))
	}
	first, last := all[0], all[5]
	if got := s.ok("override", "add", "--article", article, "--target", last, "--action", "boost", "--strength", "10", "--author", "mei"); got != "Override 1: "+last+" is boosted by 10.0 under "+article+".\n" {
		t.Errorf("got %q", got)
	}
	s.ok("override", "add", "--article", "*", "--target", first, "--action", "bury", "--strength", "0")
	got := links("--limit", "20")
	if got[0] != last || got[1] != all[1] || slices.Contains(got[:len(got)-1], first) {
		t.Errorf("boosted %s and buried %s: %q", last, first, got)
	}
	s.ok("override", "pause", "1")
	if got := links(); got[0] != all[1] {
		t.Errorf("with the boost paused %s is first, want %s", got[0], all[1])
	}
	if table := s.ok("override", "list"); !strings.Contains(table, "paused") || !strings.Contains(table, "buried by 0.0 everywhere") {
		t.Errorf("override list:\n%s", table)
	}
	s.ok("override", "resume", "1")
	if got := links(); got[0] != last {
		t.Errorf("with the boost resumed %s is first, want %s", got[0], last)
	}
	if err := os.WriteFile(filepath.Join(s.data, "alsolike.yaml"), []byte("placements:\n  sidebar: {count: 5}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := s.run("override", "add", "--article", article, "--action", "off", "--placement", "sidbar", "--lang", "en")
	if r.code != 0 || !strings.Contains(r.stderr, `no placement "sidbar"`) || !strings.Contains(r.stderr, "did you mean sidebar?") {
		t.Errorf("a placement that is not known: %+v", r)
	}
	s.ok("override", "add", "--article", article, "--action", "off", "--placement", "sidebar")
	if got := links("--placement", "sidebar"); len(got) != 0 {
		t.Errorf("switched off, it shows %q", got)
	}
	if got := links(); len(got) == 0 {
		t.Error("switched off in one placement, it shows no links elsewhere")
	}
	var rows []overrideRow
	s.decode(&rows, "override", "list", "--json")
	if len(rows) != 4 || rows[0].Strength == nil || *rows[0].Strength != 10 || rows[1].Strength == nil || *rows[1].Strength != 0 || rows[3].Strength != nil || rows[3].Placement != "sidebar" || !rows[3].Enabled || !rows[3].Active {
		t.Errorf("override list --json: %+v", rows)
	}
}

// All overrides go from one site to another by way of a file, and give the same lists.
func TestOverrideFile(t *testing.T) {
	oneByOne(t)
	s := withSample(t)
	s.ok("refresh")
	before := s.ok("export", "related")
	add := func(args ...string) { s.ok(append([]string{"override", "add"}, args...)...) }
	add("--article", "en/harbour-cranes", "--target", "en/cod-quota", "--action", "pin", "--position", "2", "--note", "=HYPERLINK(\"x\")", "--author", "@mei")
	add("--article", "*", "--target", "en/grey-bank-turbines", "--action", "boost", "--strength", "2.5", "--from", "2026-01-01", "--note", "two\r\nlines, \"quoted\"")
	add("--article", "*", "--target", "en/sixty-seven-and-a-half", "--action", "hide", "--until", "2099-01-01", "--lang", "en")
	add("--article", "en/cod-quota", "--action", "off")
	s.ok("override", "pause", "3")
	file := s.ok("override", "export")
	if want := "article,target,action,position,strength,from,until,lang,placement,note,author,enabled\n" +
		"en/harbour-cranes,en/cod-quota,pin,2,,,,,,\"'=HYPERLINK(\"\"x\"\")\",'@mei,true\n"; !strings.HasPrefix(file, want) {
		t.Errorf("got\n%s\nwant it to begin with\n%s", file, want)
	}
	if other := s.ok("export", "overrides"); other != file {
		t.Errorf("export overrides writes another file:\n%s", other)
	}
	if lines := s.ok("export", "overrides", "--format", "jsonl"); strings.Count(lines, "\n") != 4 || !strings.Contains(lines, `"strength":2.5`) {
		t.Errorf("as JSON lines:\n%s", lines)
	}
	lists := s.ok("export", "related")
	if lists == before {
		t.Error("the overrides change nothing")
	}
	path := s.file("overrides.csv", file)
	if got := s.ok("override", "import", path); got != "Stored 0 overrides; 4 unchanged, 0 refused.\n" {
		t.Errorf("imported again: %q", got)
	}
	for _, id := range []string{"1", "2", "3", "4"} {
		s.ok("override", "remove", id)
	}
	if got := s.ok("export", "related"); got != before {
		t.Error("without overrides the lists are not those of before")
	}
	if got := s.ok("override", "import", path); got != "Stored 4 overrides; 0 unchanged, 0 refused.\n" {
		t.Errorf("imported: %q", got)
	}
	if got := s.ok("override", "export"); got != file {
		t.Errorf("exported again:\n%s\nbefore:\n%s", got, file)
	}
	if got := s.ok("export", "related"); got != lists {
		t.Error("the lists differ from those before the export")
	}
}

func TestOverrideImportReports(t *testing.T) {
	oneByOne(t)
	s := withSample(t)
	path := s.file("o.csv", "article,target,action,position,placement\n"+
		"en/harbour-cranes,en/no-such,hide,,\n"+
		"en/harbour-cranes,en/cod-quota,pin,0,\n"+
		"en/harbour-cranes,en/cod-quota,pin,1,sidebar\n")
	r := s.fails(1, []string{path + `:2: article "en/no-such": not found; alsolike export articles`, path + ":3: position is 0", `no placement "sidebar"`}, "override", "import", path)
	if r.stdout != "Stored 1 override; 0 unchanged, 2 refused.\n" {
		t.Errorf("got %q", r.stdout)
	}
	lines := strings.Split(r.stderr, "\n")
	if at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, path+":3") }); at != 1 {
		t.Errorf("the report does not follow the file:\n%s", r.stderr)
	}
	var n importedOverrides
	s.decode(&n, "override", "import", s.file("p.csv", "article,target,action\nen/harbour-cranes,en/cod-quota,hide\n"), "--json")
	if n.Added != 1 || n.Unchanged+n.Refused != 0 || n.Change == 0 {
		t.Errorf("as JSON: %+v", n)
	}
	s.fails(1, []string{":1: ", "did you mean target?"}, "override", "import", s.file("q.csv", "article,tarket,action\n"))
}

// A file is looked at, imported, and taken back as a whole but for what was changed since.
func TestOverrideImportAndBack(t *testing.T) {
	oneByOne(t)
	s := withSample(t)
	path := s.file("o.csv", "article,target,action\nen/harbour-cranes,en/cod-quota,hide\n*,en/cod-quota,hide\nen/harbour-cranes,en/no-such,hide\n")
	r := s.fails(1, []string{path + `:4: article "en/no-such": not found`}, "override", "import", path, "--dry-run")
	if r.stdout != "Would store 2 overrides; 0 unchanged, 1 refused. Nothing was stored.\n" {
		t.Errorf("got %q", r.stdout)
	}
	if all := s.ok("override", "list", "--json"); strings.TrimSpace(all) != "[]" {
		t.Errorf("a dry run has stored %s", all)
	}
	s.fails(1, []string{"To take all of it back: alsolike history revert --batch 2"}, "override", "import", path)
	if file := s.ok("override", "export"); strings.Count(file, "\n") != 3 {
		t.Errorf("got\n%s", file)
	}
	s.ok("override", "pause", "2", "--author", "jo")
	r = s.fails(1, []string{"Left alone: override 2 has been changed again since", "by jo (change 4)"}, "history", "revert", "--batch", "3")
	if r.stdout != "Change 3 and what was made at once with it: 1 reverted (by change 5), 1 left alone.\n" {
		t.Errorf("got %q", r.stdout)
	}
	s.ok("override", "add", "--article", "en/harbour-cranes", "--target", "en/cod-quota", "--action", "hide")
	if got := s.ok("history", "revert", "6", "--batch"); got != "Change 6 and what was made at once with it: 1 reverted (by change 7), 0 left alone.\n" {
		t.Errorf("got %q", got)
	}
	s.fails(1, []string{"there is no change 99"}, "history", "revert", "--batch", "99")
	s.fails(2, []string{"--batch is -1; it is the number of a change"}, "history", "list", "--batch", "-1")
	if table := s.ok("history", "list", "--batch", "2"); strings.Count(table, "\n") != 3 {
		t.Errorf("got\n%s", table)
	}

	rules := s.file("r.jsonl", `{"max_per_author":1}`+"\n"+`{"max_per_section":2}`+"\n")
	if got := s.ok("rule", "import", rules, "--dry-run"); got != "Would store 2 rules; 0 unchanged, 0 refused. Nothing was stored.\n" {
		t.Errorf("got %q", got)
	}
	s.ok("rule", "import", rules)
	var rows []historyRow
	s.decode(&rows, "history", "list", "--kind", "rule", "--json")
	if len(rows) != 2 || rows[0].Batch != rows[1].ID || rows[1].Batch != rows[1].ID {
		t.Fatalf("got %+v", rows)
	}
	if got := s.ok("history", "revert", "--batch", strconv.FormatInt(rows[0].ID, 10)); !strings.Contains(got, ": 2 reverted (by changes ") || s.ok("rule", "export") != "" {
		t.Errorf("got %q", got)
	}
}

// A date that says no zone is one of the newsroom's.
func TestOverrideDatesAreTheNewsrooms(t *testing.T) {
	oneByOne(t)
	s := withSample(t)
	if err := os.WriteFile(filepath.Join(s.data, "alsolike.yaml"), []byte("newsroom:\n  timezone: Asia/Taipei\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.ok("override", "add", "--article", "*", "--target", "en/cod-quota", "--action", "hide", "--from", "2026-12-01", "--until", "2026-12-31T18:30")
	s.ok("override", "import", s.file("o.csv", "article,target,action,from,until\n*,en/cod-quota,hide,2026-12-01,2026-12-31 18:30\n*,en/cod-quota,hide,2026-12-01T00:00:00Z,\n"))
	file := s.ok("override", "export")
	if strings.Count(file, ",2026-11-30T16:00:00Z,2026-12-31T10:30:00Z,") != 1 || !strings.Contains(file, ",2026-12-01T00:00:00Z,,") {
		t.Errorf("got\n%s", file) // the first row of the file is there already
	}
	if got := s.ok("override", "import", s.file("p.csv", file)); got != "Stored 0 overrides; 2 unchanged, 0 refused.\n" {
		t.Errorf("imported again: %q", got)
	}
}
