package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/alsolike/alsolike/data/ingest"
)

const (
	goodLine  = `{"id":"good","title":"Rents rise again","body":"Rents rose by four per cent in the year."}` + "\n"
	otherLine = `{"id":"other","title":"A bridge opens","body":"The new bridge opened to trams this morning."}` + "\n"
)

// One bad record is named with its file, line and reason; the good ones around
// it are stored.
func TestBadRecords(t *testing.T) {
	big := fmt.Sprintf(`{"id":"big","title":"Too much","body":%q}`, strings.Repeat("word ", 11<<20/5))
	for _, test := range []struct {
		name, line, reason string
	}{
		{"broken JSON", `{"id":"x","title":"Half`, "JSON"},
		{"no text", `{"id":"x","title":" ","body":"<p>…</p>"}`, "no text"},
		{"invalid UTF-8", "{\"id\":\"x\",\"title\":\"caf\xe9\"}", "UTF-8"},
		{"id with a newline", `{"id":"x\ny","title":"News"}`, "control character"},
		{"no id", `{"title":"News"}`, "id is missing"},
		{"long id", `{"id":"` + strings.Repeat("x", 513) + `","title":"News"}`, "512"},
		{"11 MB", big, "10 MB"},
		{"unknown state", `{"id":"x","title":"News","state":"live"}`, "published, unpublished or hidden"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newShell(t)
			path := s.file("articles.jsonl", goodLine+test.line+"\n"+otherLine)
			r := s.fails(1, []string{path + ":2: ", test.reason}, "import", path)
			if !strings.Contains(r.stdout, "Stored 2 articles") || !strings.Contains(r.stdout, "1 record refused") {
				t.Errorf("the summary says %q", r.stdout)
			}
			if got := strings.Count(s.ok("export", "articles"), "\n"); got != 2 {
				t.Errorf("%d articles stored, want the 2 good ones", got)
			}
		})
	}
}

func TestBadDateIsCounted(t *testing.T) {
	s := newShell(t)
	path := s.file("articles.jsonl", `{"id":"x","title":"News","published_at":"next Tuesday"}`+"\n")
	if got := s.ok("import", path); !strings.Contains(got, "1 record with an unreadable date") {
		t.Errorf("the summary says %q", got)
	}
}

func TestDuplicateLaterWins(t *testing.T) {
	s := newShell(t)
	path := s.file("articles.jsonl", goodLine+`{"id":"good","title":"Rents fall"}`+"\n")
	if got := s.ok("import", path); !strings.Contains(got, "1 record replaced by a later one") {
		t.Errorf("the summary says %q", got)
	}
	if got := s.ok("export", "articles"); !strings.Contains(got, "Rents fall") || strings.Contains(got, "rise") {
		t.Errorf("stored %s", got)
	}
	if got := s.ok("import", path); !strings.Contains(got, "Nothing changed") {
		t.Errorf("the second import says %q", got)
	}
}

func TestTruncatedGzipKeepsWhatIsGood(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	for i := range 2000 {
		fmt.Fprintf(z, `{"id":"a%d","title":"Story %d of the day %x"}`+"\n", i, i, i*i*7919)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	s := newShell(t)
	path := s.file("articles.jsonl.gz", b.String()[:b.Len()/2])
	s.fails(1, []string{path, "compressed", "cut off"}, "import", path)
	if got := strings.Count(s.ok("export", "articles"), "\n"); got < 500 || got >= 2000 {
		t.Errorf("%d articles stored, want about half of 2000", got)
	}
}

func TestBadSources(t *testing.T) {
	s := newShell(t)
	s.fails(1, []string{"nowhere.jsonl", "no such file"}, "import", "nowhere.jsonl")
	s.fails(1, []string{"holds no"}, "import", s.file("empty.jsonl", ""))
	s.fails(1, []string{"folder"}, "import", t.TempDir())
	csv := s.file("articles.csv", "nr,headline,text\n1,Rents,Rents rose.\n")
	s.fails(1, []string{"headlin", "headline"}, "import", csv, "--map", "id=nr,title=headlin")
	s.fails(1, []string{"titel", "title"}, "import", csv, "--map", "id=nr,titel=headline")
	s.fails(2, []string{"field=column"}, "import", csv, "--map", "id")
	s.fails(2, []string{"tlh-inner-core-of-nothing"}, "import", csv, "--lang", "tlh-inner-core-of-nothing")
	s.fails(2, []string{"SOURCE"}, "import")
	if _, err := os.Stat(filepath.Join(s.data, storeFile)); err == nil {
		if got := s.ok("export", "articles"); got != "" {
			t.Errorf("a refused source left %s", got)
		}
	}
}

func TestTooManyErrorsStoreNothing(t *testing.T) {
	s := newShell(t)
	path := s.file("articles.jsonl", goodLine+"{\n{\n"+otherLine)
	s.fails(1, []string{path + ":2: ", "max-errors"}, "import", path, "--max-errors", "2")
	if got := s.ok("export", "articles"); got != "" {
		t.Errorf("stored %s", got)
	}
	s.fails(1, []string{path + ":3: "}, "import", path, "--max-errors", "3")
	if got := strings.Count(s.ok("export", "articles"), "\n"); got != 2 {
		t.Errorf("%d articles stored, want 2", got)
	}
}

func TestWrongUsage(t *testing.T) {
	s := withSample(t)
	s.fails(2, []string{"refrsh", "did you mean refresh?"}, "refrsh")
	s.fails(2, []string{"--limt", "did you mean limit?"}, "related", "en/harbour-cranes", "--limt", "3")
	s.fails(2, []string{"-1", "1 to 50"}, "related", "en/harbour-cranes", "--limit", "-1")
	s.fails(2, []string{"999", "1 to 50"}, "related", "en/harbour-cranes", "--limit", "999")
	s.fails(2, []string{"ID|URL"}, "related")
	s.fails(1, []string{"no article", "en/no-such"}, "related", "en/no-such")
	s.fails(2, []string{"--progress"}, "refresh", "--progress", "loud")
	s.fails(2, []string{"--format"}, "export", "related", "--format", "xml")
	s.fails(2, []string{"--out"}, "export", "vectors", "--format", "npy")
	s.fails(1, []string{"nowhere"}, "export", "vectors", "--format", "npy", "--out", filepath.Join("nowhere", "v.npy"))

	s.fails(2, []string{"position"}, "override", "add", "--article", "en/harbour-cranes", "--target", "en/cod-quota", "--action", "pin", "--position", "0")
	s.fails(2, []string{"action", "pin, hide, boost, bury or off"}, "override", "add", "--article", "*", "--target", "en/cod-quota", "--action", "burn")
	s.fails(2, []string{"itself"}, "override", "add", "--article", "en/cod-quota", "--target", "en/cod-quota", "--action", "pin")
	s.fails(2, []string{"until"}, "override", "add", "--article", "*", "--target", "en/cod-quota", "--action", "hide", "--from", "2026-02-01", "--until", "2026-01-01")
	s.fails(2, []string{"--until", "2026-12-31"}, "override", "add", "--article", "*", "--target", "en/cod-quota", "--action", "hide", "--until", "soon")
	s.fails(2, []string{"--until", "2026-12-31"}, "override", "add", "--article", "*", "--target", "en/cod-quota", "--action", "hide", "--until", "9999-12-31T23:59:59-05:00")
	s.fails(1, []string{"en/no-such"}, "override", "add", "--article", "*", "--target", "en/no-such", "--action", "hide")
	s.fails(2, []string{"--target is missing"}, "override", "add", "--article", "*")
	s.fails(1, []string{"no override 77"}, "override", "remove", "77")
	s.fails(1, []string{"no override 77"}, "override", "pause", "77")
	s.fails(2, []string{"seven"}, "override", "resume", "seven")
	s.fails(2, []string{"--action", "did you mean boost?"}, "override", "add", "--article", "*", "--target", "en/cod-quota", "--action", "bost")
	s.fails(2, []string{"--strength is missing", "1.0 to 10.0"}, "override", "add", "--article", "*", "--target", "en/cod-quota", "--action", "boost")
	s.fails(2, []string{"--strength is 11"}, "override", "add", "--article", "*", "--target", "en/cod-quota", "--action", "boost", "--strength", "11")
	s.fails(2, []string{"--strength", "a number"}, "override", "add", "--article", "*", "--target", "en/cod-quota", "--action", "boost", "--strength", "much")
	s.fails(2, []string{"--strength belongs"}, "override", "add", "--article", "*", "--target", "en/cod-quota", "--action", "hide", "--strength", "2")
	s.fails(2, []string{"--target belongs"}, "override", "add", "--article", "en/harbour-cranes", "--target", "en/cod-quota", "--action", "off")
	s.fails(2, []string{"--article is *"}, "override", "add", "--article", "*", "--action", "off")
	s.fails(2, []string{"--lang", "no language tag"}, "override", "add", "--article", "*", "--target", "en/cod-quota", "--action", "hide", "--lang", "klingon")
	s.fails(2, []string{"--format", "csv or jsonl"}, "export", "overrides", "--format", "xml")
	s.fails(1, []string{"nowhere.csv"}, "override", "import", "nowhere.csv")
	s.fails(2, []string{"seven"}, "override", "remove", "seven")
}

func TestBeforeAnything(t *testing.T) {
	s := newShell(t)
	for _, args := range [][]string{{"refresh"}, {"serve", "--addr", "127.0.0.1:0"}, {"related", "a1"}, {"export", "articles"}, {"snapshot", "list"}, {"override", "list"}, {"status"}} {
		s.fails(1, []string{"no data folder", "alsolike import"}, args...)
	}
	s.ok("import", s.file("one.jsonl", goodLine))
	s.fails(1, []string{"no snapshot", "alsolike refresh"}, "related", "good")
	s.fails(1, []string{"no snapshot", "alsolike refresh"}, "snapshot", "show")
	s.ok("refresh")
	s.ok("related", "good")
	s.fails(1, []string{"before"}, "snapshot", "rollback")
}

func TestConfiguration(t *testing.T) {
	oneByOne(t)
	s := newShell(t)
	s.ok("import", s.sampleFile())
	check := func(name, yaml string, parts ...string) {
		t.Helper()
		path := s.file("alsolike.yaml", yaml)
		s.fails(2, append(parts, path), "refresh", "--config", path)
	}
	check("unknown key", "lsa:\n  rnak: 3\n", ":2:", "lsa.rnak", "did you mean lsa.rank?")
	check("unknown section", "lsb:\n  rank: 3\n", ":1:", "lsb")
	check("section without keys", "lsa: 3\n", ":1:", "lsa holds other keys")
	check("dotted", "lsa.rank: many\n", ":1:", `"many"`, "whole number")
	check("out of range", "lsa:\n  max_df: 1.5\n", "at most 1")
	check("no mapping", "- lsa\n", "keys and values")
	check("no YAML", "lsa: [\n")
	check("duration", "refresh:\n  every: often\n", "15m")
	check("one value of a list", "cors:\n  origins: [https://example.org, example.com]\n", ":2:", "cors.origins", `"example.com" is none`)
	check("no network", "proxies.trusted: localhost\n", ":1:", "10.0.0.0/8", `"localhost" is none`)
	check("no rate", "limits:\n  per_address: 10/s\n", ":2:", "requests a second")
	check("no rate of keys", "limits:\n  per_key: -1\n", ":2:", "requests a second")
	check("no access log", "log:\n  access: some\n", ":2:", "off, errors or all")
	check("a list where one value is due", "lsa:\n  rank: [1, 2]\n", `"1,2"`, "whole number")

	var m struct{ Rank int }
	s.decode(&m, "refresh", "--json", "--config", s.file("alsolike.yaml", "lsa:\n  rank: 12\n"))
	if m.Rank != 12 {
		t.Errorf("rank %d, want 12 from the file", m.Rank)
	}
	s.environ = []string{"ALSOLIKE_LSA_RANK=9"}
	s.decode(&m, "refresh", "--json")
	if m.Rank != 9 {
		t.Errorf("rank %d, want 9 from the environment", m.Rank)
	}
	s.environ = []string{"ALSOLIKE_LSA_RNAK=9"}
	s.fails(2, []string{"ALSOLIKE_LSA_RNAK", "did you mean ALSOLIKE_LSA_RANK?"}, "refresh")
}

// A second server or refresh on the same folder is refused and names the first.
func TestSecondProcessIsRefused(t *testing.T) {
	s := withSample(t)
	server := program(t.Context(), "--data", s.data, "serve", "--addr", "127.0.0.1:0")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer server.Wait()
	defer server.Process.Kill()
	pid := fmt.Sprint(server.Process.Pid)
	waitFor(t, "the server holds its lock", func() bool {
		b, err := os.ReadFile(filepath.Join(s.data, serveLock))
		return err == nil && strings.TrimSpace(string(b)) == pid
	})
	s.fails(1, []string{"process " + pid, "server"}, "serve", "--addr", "127.0.0.1:0")

	e := &env{dataDir: s.data}
	unlock, err := e.lock(refreshLock, "a refresh")
	if err != nil {
		t.Fatal(err)
	}
	s.fails(1, []string{fmt.Sprintf("process %d", os.Getpid()), "refresh"}, "refresh")
	unlock()
	s.ok("refresh")
}

func TestAddressInUse(t *testing.T) {
	s := withSample(t)
	ln, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	s.fails(1, []string{ln.Addr().String(), "--addr"}, "serve", "--addr", ln.Addr().String())
}

// A snapshot file cut short is refused by name, and the last good one answers.
func TestBrokenSnapshot(t *testing.T) {
	s := withSample(t)
	good := s.published()
	s.ok("refresh")
	broken := s.published()
	files, err := filepath.Glob(filepath.Join(s.data, snapshotFolder, broken, "vectors*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("vectors: %v, %v", files, err)
	}
	if err := os.Truncate(files[0], 100); err != nil {
		t.Fatal(err)
	}
	r := s.run("related", "en/harbour-cranes", "--json")
	if r.code != 0 || !strings.Contains(r.stdout, good) {
		t.Errorf("the last good snapshot does not answer: %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if !strings.Contains(r.stderr, broken) || !strings.Contains(r.stderr, filepath.Base(files[0])) {
		t.Errorf("the broken file is not named: %s", r.stderr)
	}
	if list := s.ok("snapshot", "list"); !strings.Contains(list, "broken") {
		t.Errorf("snapshot list:\n%s", list)
	}
	s.fails(1, []string{broken, filepath.Base(files[0])}, "snapshot", "publish", broken)
}

// On a folder that cannot be written, what only reads works, and what writes
// says why not.
func TestReadOnlyFolder(t *testing.T) {
	s := withSample(t)
	locked := func() {
		if err := filepath.WalkDir(s.data, func(path string, d os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				return os.Chmod(path, 0o555)
			}
			return os.Chmod(path, 0o444)
		}); err != nil {
			t.Fatal(err)
		}
	}
	locked()
	t.Cleanup(func() {
		filepath.WalkDir(s.data, func(path string, _ os.DirEntry, err error) error { return os.Chmod(path, 0o755) })
	})
	// The superuser may write anywhere: then somebody else runs the program.
	nobody := func(args ...string) (string, error) {
		cmd := program(t.Context(), append([]string{"--data", s.data}, args...)...)
		if os.Getuid() == 0 {
			openWay(t, s.data)
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			cmd.Path = copyForAll(t, cmd.Path)
		}
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := nobody("related", "en/harbour-cranes"); err != nil {
		t.Errorf("related: %v\n%s", err, out)
	}
	path := s.file("one.jsonl", goodLine)
	openWay(t, path)
	for _, args := range [][]string{{"import", path}, {"refresh"}, {"serve", "--addr", "127.0.0.1:0"}, {"override", "add", "--article", "*", "--target", "en/cod-quota", "--action", "hide"}} {
		out, err := nobody(args...)
		var exit *exec.ExitError
		if err == nil || !strings.Contains(out, s.data) {
			t.Errorf("%s: %v\n%s", args[0], err, out)
		} else if !asExit(err, &exit) || exit.ExitCode() != 1 {
			t.Errorf("%s: %v, want exit code 1", args[0], err)
		}
	}
}

func asExit(err error, to **exec.ExitError) bool {
	e, ok := err.(*exec.ExitError)
	*to = e
	return ok
}

// openWay lets everybody pass through the folders above path.
func openWay(t *testing.T, path string) {
	for dir := filepath.Dir(path); len(dir) > len(os.TempDir()); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// copyForAll copies the program to where everybody may run it.
func copyForAll(t *testing.T, program string) string {
	b, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "alsolike")
	if err := os.WriteFile(path, b, 0o755); err != nil {
		t.Fatal(err)
	}
	openWay(t, path)
	return path
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 3000 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("waited in vain until %s", what)
}

func TestSourcesConfiguration(t *testing.T) {
	s := newShell(t)
	s.ok("import", s.sampleFile())
	check := func(name, yaml string, parts ...string) {
		t.Helper()
		path := s.file("alsolike.yaml", yaml)
		s.fails(2, append(parts, path), "status", "--config", path)
	}
	check("no list", "sources: feed.xml\n", ":1:", "sources is a list")
	check("no keys", "sources:\n  - feed.xml\n", ":2:", "keys and values")
	check("no source", "sources:\n  - every: 1h\n", ":2:", "names no source")
	check("no web address", "sources:\n  - source: ftp://a.example/feed.xml\n", ":2:", "no address on the web")
	check("no host", "sources:\n  - source: https:///feed.xml\n", ":2:", "no address on the web")
	check("unknown key", "sources:\n  - source: feed.xml\n    evry: 1h\n", ":3:", "evry", "did you mean every?")
	check("format", "sources:\n  - {source: feed.xml, format: rss}\n", `format is "rss"`, "feed, sitemap")
	check("every", "sources:\n  - {source: feed.xml, every: often}\n", "15m")
	check("mirror", "sources:\n  - {source: feed.xml, mirror: perhaps}\n", "true or false")
	check("lang", "sources:\n  - {source: feed.xml, lang: English!}\n", "zh-Hant")
	check("map", "sources:\n  - {source: a.csv, map: id}\n", "field=column")
	check("list as value", "sources:\n  - {source: [a, b]}\n", "single value")
	check("same name", "sources:\n  - source: a.csv\n  - source: b.csv\n    name: a.csv\n", ":3:", "two sources", "a.csv")
	check("misspelt", "source:\n  - a.csv\n", "did you mean sources?")

	s.environ = []string{`ALSOLIKE_SOURCES=[{"source":"feed.xml","format":"rss"}]`}
	s.fails(2, []string{"ALSOLIKE_SOURCES:1", "rss"}, "status")
}

func TestSources(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "alsolike.yaml")
	if err := os.WriteFile(path, []byte(`
sources:
  - source: https://example.org/feed.xml
  - name: archive
    source: posts
    format: markdown
    every: 90m
    mirror: true
    lang: zh_TW
    section: "News: all"
    permalink: /:year/:title/
  - source: /srv/articles.csv
    map:
      id: nr
      body: text
    allow_private: true
`), 0o644); err != nil {
		t.Fatal(err)
	}
	e := &env{configFile: path}
	conf, err := e.loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	want := []watchedSource{
		{Name: "https://example.org/feed.xml", Path: "https://example.org/feed.xml", Every: time.Hour},
		{
			Name: "archive", Path: filepath.Join(folder, "posts"), Every: 90 * time.Minute, Mirror: true,
			Options: ingest.SourceOptions{Format: ingest.Markdown, Lang: "zh-Hant", Section: "News: all", Permalink: "/:year/:title/"},
		},
		{
			Name: "/srv/articles.csv", Path: "/srv/articles.csv", Every: time.Hour, AllowPrivate: true,
			Options: ingest.SourceOptions{Map: map[string]string{"id": "nr", "body": "text"}},
		},
	}
	if diff := cmp.Diff(want, conf.Sources, cmpopts.IgnoreUnexported(watchedSource{})); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	secret := watchedSource{Path: "https://mei:secret@example.org/feed.xml"}
	if got := secret.hide("https://mei:secret@example.org/feed.xml: no page https://mei:secret@example.org/1"); strings.Contains(got, "secret") {
		t.Errorf("status shows a password: %s", got)
	}
	e.environ = []string{`ALSOLIKE_SOURCES=[{"source":"feed.xml"}]`}
	if conf, err = e.loadConfig(); err != nil || len(conf.Sources) != 1 || conf.Sources[0].Path != "feed.xml" {
		t.Errorf("from the environment: %+v, %v", conf, err)
	}
}
