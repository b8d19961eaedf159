package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What is wrong with a command line is said in its own words, with exit code 2.
func TestUsageInPlainWords(t *testing.T) {
	s := newShell(t)
	path := s.file("one.jsonl", goodLine)
	for _, test := range []struct {
		want string
		args []string
	}{
		{"an argument is missing; usage: alsolike import SOURCE... [flags]", []string{"import"}},
		{"an argument is missing; usage: alsolike related ID|URL [flags]", []string{"related"}},
		{`the argument "b" is one too many`, []string{"related", "a", "b"}},
		{`the argument "x" is one too many`, []string{"refresh", "x"}},
		{"is empty", []string{"related", ""}},
		{`"x" for "--limit" flag: a whole number is expected`, []string{"related", "a", "--limit", "x"}},
		{`"maybe" for "--json" flag: true or false is expected`, []string{"related", "a", "--json=maybe"}},
		{`--format is "xml"`, []string{"import", path, "--format", "xml"}},
		{`--progress is "loud"`, []string{"version", "--progress", "loud"}},
		{`--log-level is "loud"`, []string{"version", "--log-level", "loud"}},
		{`--log-format is "xml"`, []string{"version", "--log-format", "xml"}},
		{`unknown verb or topic "imprt"; did you mean import? (see alsolike help help)`, []string{"help", "imprt"}},
		{`unknown verb "x" (see alsolike import --help)`, []string{"help", "import", "x"}},
		{`unknown verb "bsh"; did you mean bash?`, []string{"completion", "bsh"}},
		{`--addr is "8080"; write HOST:PORT`, []string{"demo", "--addr", "8080"}},
	} {
		r := s.fails(2, []string{test.want}, test.args...)
		if strings.Contains(r.stderr, "strconv") || strings.Contains(r.stderr, "arg(s)") {
			t.Errorf("%s: %s", strings.Join(test.args, " "), r.stderr)
		}
	}
	if _, err := os.Stat(s.data); err == nil {
		t.Error("wrong usage made a data folder")
	}
	s.ok("help", "import")
	s.ok("completion", "bash")
}

func TestAddressErrorsAreShort(t *testing.T) {
	ln, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	addr := ln.Addr().String()
	if _, err := listen(addr); err == nil || strings.Count(err.Error(), addr) != 1 {
		t.Errorf("got error %v, want one that names %s once", err, addr)
	}
}

// An empty file is a file refused, not a record.
func TestEmptyFileIsNoRecord(t *testing.T) {
	s := newShell(t)
	path := s.file("empty.jsonl", "\n")
	r := s.fails(1, []string{path + ": the source holds no articles", "check        0 records"}, "import", path)
	if !strings.Contains(r.stdout, "1 file refused, named above.") || strings.Contains(r.stdout, "record") {
		t.Errorf("the summary says %q", r.stdout)
	}
}

func TestJSONArrayIsExplained(t *testing.T) {
	s := newShell(t)
	path := s.file("array.json", "[\n"+goodLine+"]\n")
	s.fails(1, []string{path + " is one JSON document over many lines", "one object {…} a line"}, "import", path)
}

// A dry run stores nothing, and does not say that it did.
func TestDryRunDoesNotClaimToStore(t *testing.T) {
	s := newShell(t)
	r := s.run("import", "--dry-run", s.file("one.jsonl", goodLine))
	if r.code != 0 || strings.Contains(r.stderr, "store") || !strings.Contains(r.stdout, "Would store 1 article") {
		t.Errorf("%d\n%s%s", r.code, r.stdout, r.stderr)
	}
}

// A stage that was not finished is not reported as if it were.
func TestFailedStageIsSilent(t *testing.T) {
	s := newShell(t)
	path := s.file("bad.jsonl", goodLine+"{\n")
	r := s.fails(1, []string{"stopped at refused record 1"}, "import", path, "--max-errors", "1")
	if strings.Contains(r.stderr, " in ") {
		t.Errorf("a stage is told as done:\n%s", r.stderr)
	}
}

// Where the published snapshot cannot be told, the list still shows the ids that
// mending it takes.
func TestSnapshotListWithDamagedPointer(t *testing.T) {
	s := withSample(t)
	id := s.published()
	if err := os.WriteFile(filepath.Join(s.data, snapshotFolder, "published.json"), []byte("{garbage"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := s.fails(1, []string{"published.json", "publish a snapshot again"}, "snapshot", "list"); !strings.Contains(r.stdout, id) {
		t.Errorf("the list does not name %s:\n%s", id, r.stdout)
	}
	s.ok("snapshot", "publish", id)
	s.ok("related", "en/harbour-cranes")
	s.fails(1, []string{"alsolike snapshot list"}, "snapshot", "publish", "20261123T200000Z-7f3a9c")
	s.fails(1, []string{"alsolike snapshot list"}, "snapshot", "show", "20261123T200000Z-7f3a9c")
}

// An override that does not do what its author may expect is taken, with a word
// on it.
func TestDoubtfulOverrides(t *testing.T) {
	s := withSample(t)
	add := func(target string, more ...string) string {
		t.Helper()
		r := s.run(append([]string{"override", "add", "--article", "en/harbour-cranes", "--target", target, "--action", "pin"}, more...)...)
		if r.code != 0 {
			t.Fatalf("%s: %s", target, r.stderr)
		}
		return r.stderr
	}
	for _, test := range []struct{ got, want string }{
		{add("zh-Hans/cod-quota"), "another language (zh-Hans) than en/harbour-cranes (en): readers get its version in their language"},
		{add("zh-Hans/harbour-cranes"), "translations of one another"},
		{add("en/cod-quota", "--until", "2020-01-01"), "its end has passed"},
	} {
		if !strings.Contains(test.got, test.want) {
			t.Errorf("got %q, want a word of %q", test.got, test.want)
		}
	}
	if got := add("en/cod-quota", "--note", "two\nlines"); got != "" {
		t.Errorf("a good pin is doubted: %q", got)
	}
	if got := s.ok("override", "list"); strings.Count(got, "\n") != 5 || !strings.Contains(got, "two lines") {
		t.Errorf("a note breaks the table:\n%s", got)
	}
	hidden := s.run("override", "add", "--article", "en/harbour-cranes", "--target", "zh-Hant/cod-quota", "--action", "hide")
	if hidden.code != 0 || !strings.Contains(hidden.stderr, "another language (zh-Hant) than en/harbour-cranes (en): its translations are hidden there too") {
		t.Errorf("got %q", hidden.stderr)
	}
	s.fails(1, []string{`"nope"`, "alsolike export articles"}, "override", "add", "--article", "*", "--target", "nope", "--action", "hide")
}

func TestFigures(t *testing.T) {
	for _, test := range []struct {
		name string
		at   reading
		now  time.Duration
		want string
	}{
		{"just begun", reading{}, 0, ""},
		{"nothing yet", reading{total: 7}, time.Second, "  0%"},
		{"total unknown", reading{n: 6096, took: 2 * time.Second}, 2 * time.Second, "6,096 articles  3,048/s"},
		{"too early for a rate", reading{done: 1, total: 4, n: 1, took: 100 * time.Millisecond}, 100 * time.Millisecond, " 25%  1 article"},
		{"half way", reading{done: 50, total: 100, n: 20, took: 4 * time.Second}, 4 * time.Second, " 50%  20 articles  5/s  4s left"},
		{"time goes on between readings", reading{done: 50, total: 100, n: 2, took: 4 * time.Second}, 7 * time.Second, " 50%  2 articles  1s left"},
		{"longer than thought", reading{done: 50, total: 100, n: 2, took: 4 * time.Second}, 20 * time.Second, " 50%  2 articles"},
		{"done", reading{done: 100, total: 100, n: 20, took: 4 * time.Second}, 4 * time.Second, "100%  20 articles  5/s"},
	} {
		if got := test.at.figures("article", test.now); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
