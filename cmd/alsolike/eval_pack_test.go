package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/eval/pack"
)

// evalReference is the path of reference data for evaluations.
func evalReference(t *testing.T, name ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "shared", "reference", "eval"}, name...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the reference data are not there: %v", err)
	}
	return path
}

// packSiteSim packs the log of the simulated site.
func packSiteSim(t *testing.T, s *shell, args ...string) (path, stdout string) {
	t.Helper()
	ref := func(name ...string) string { return evalReference(t, append([]string{"site-sim"}, name...)...) }
	path = filepath.Join(t.TempDir(), "site.evp")
	stdout = s.ok(append([]string{
		"eval", "pack", ref("events.ndjson.gz"), "--articles", ref("articles.ndjson"),
		"--snapshot", "snap-a=" + ref("snapshots", "snap-a.ndjson"), "--snapshot", "snap-b=" + ref("snapshots", "snap-b.ndjson"),
		"--out", path,
	}, args...)...)
	return path, stdout
}

func TestEvalPack(t *testing.T) {
	s := newShell(t)
	path, stdout := packSiteSim(t, s, "--simulated", "a made-up site")
	for _, want := range []string{
		"made up      a made-up site", "6,000 of 5.0 items", "clicks       775", "readers      944", "2026-03-02 to 2026-03-15",
		"120, 120 with a vector", "A 71.5 %, B 10.0 %, X 18.5 %", "snap-a: 6,000 links of 120 articles", "hash         sha256:",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the summary does not say %q:\n%s", want, stdout)
		}
	}
	if again := s.ok("eval", "pack", "--show", path); again != stdout {
		t.Errorf("--show says\n%s\nand not\n%s", again, stdout)
	}
	var summary struct {
		RawEach float64 `json:"bytes_an_impression_raw"`
	}
	s.decode(&summary, "eval", "pack", "--show", path, "--json")
	if limit := 20 + 3*5.0; summary.RawEach > limit {
		t.Errorf("an impression of five items takes %.1f bytes before compression, want at most %g", summary.RawEach, limit)
	}
	p, _, err := pack.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if items, scores := p.Snapshots[0].List(0); len(items) != 50 || p.Articles[items[0]].ID != "art-0082" || scores[0] != 1.1425 {
		t.Errorf("the first list of %s has %d links, the first to %s with %g", p.Snapshots[0].Name, len(items), p.Articles[items[0]].ID, scores[0])
	}
}

// Nothing in a pack, before compression, is the id of a reader, a session or a
// list of the log.
func TestEvalPackHoldsNoReader(t *testing.T) {
	oneByOne(t)
	f, err := os.Open(evalReference(t, "site-sim", "events.ndjson.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	log, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for line := range bytes.Lines(log) {
		var event struct{ ID, User, Sess string }
		if err := json.Unmarshal(line, &event); err != nil {
			t.Fatal(err)
		}
		ids[event.ID], ids[event.User], ids[event.Sess] = true, true, true
	}
	delete(ids, "") // of clicks
	if len(ids) < 6000+944 {
		t.Fatalf("the log has %d ids", len(ids))
	}
	path, _ := packSiteSim(t, newShell(t))
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	blocks, _, err := pack.Blocks(file)
	if err != nil {
		t.Fatal(err)
	}
	var raw []byte
	for _, b := range blocks {
		raw = append(raw, b.Raw...)
	}
	if !bytes.Contains(raw, []byte("art-0082")) {
		t.Fatal("not even articles' ids are found")
	}
	for id := range ids {
		if bytes.Contains(raw, []byte(id)) || bytes.Contains(file, []byte(id)) {
			t.Errorf("the pack holds %q", id)
		}
	}
}

func TestEvalPackSeed(t *testing.T) {
	oneByOne(t)
	s := newShell(t)
	read := func(args ...string) string {
		path, _ := packSiteSim(t, s, args...)
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(file)
	}
	first, second := read("--seed", "1"), read("--seed", "1")
	if first != second {
		t.Error("two packs with one seed differ")
	}
	if first, second = read(), read(); first == second {
		t.Error("two packs without a seed are equal")
	}
}

// Without a log and articles, the site's own events, articles, vectors and
// snapshots are packed.
func TestEvalPackSite(t *testing.T) {
	oneByOne(t)
	s := withSample(t)
	var snapshots []struct{ ID string }
	s.decode(&snapshots, "snapshot", "list", "--json")
	if err := os.Mkdir(filepath.Join(s.data, "events"), 0o755); err != nil {
		t.Fatal(err)
	}
	articles := sample.Articles()
	event := fmt.Sprintf(
		`{"t":"imp","id":"i1","ts":"2030-01-01T10:00:00Z","src":%q,"user":"u1","snap":%q,"items":[{"id":%q,"pos":1}]}`+"\n",
		articles[0].ID, snapshots[0].ID, articles[1].ID)
	lost := strings.NewReplacer("i1", "i2", snapshots[0].ID, "20200101T000000Z-aaaaaa").Replace(event)
	if err := os.WriteFile(filepath.Join(s.data, "events", "2030-01-01.ndjson"), []byte(event+lost), 0o644); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "site.evp")
	r := s.run("eval", "pack", "--out", path)
	if r.code != 0 || !strings.Contains(r.stderr, "snapshot 20200101T000000Z-aaaaaa is not there") {
		t.Fatalf("exit code %d, and said\n%s", r.code, r.stderr)
	}
	p, _, err := pack.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	vectors := 0
	for _, a := range p.Articles {
		if a.Vector != nil {
			vectors++
		}
	}
	if len(p.Articles) != len(articles) || vectors != len(articles) {
		t.Errorf("got %d articles, %d with a vector; want %d", len(p.Articles), vectors, len(articles))
	}
	if n := len(p.Snapshots[1].Item); p.Snapshots[1].Name != snapshots[0].ID || n == 0 {
		t.Errorf("snapshot %s has %d links", p.Snapshots[1].Name, n)
	}
	group := func(i int32) string { return p.Articles[i].Group }
	for a := range p.Articles {
		items, cosines := p.Snapshots[1].List(int32(a))
		used := map[string]bool{group(int32(a)): true}
		for i, item := range items {
			if used[group(item)] {
				t.Errorf("the list of %s links to %s, which is a translation", p.Articles[a].ID, p.Articles[item].ID)
			}
			used[group(item)] = true
			if i > 0 && cosines[i] > cosines[i-1] {
				t.Errorf("the list of %s is not best first", p.Articles[a].ID)
			}
		}
	}
	if stdout := s.ok("eval", "pack", "--no-vectors", "--out", path); !strings.Contains(stdout, ", 0 with a vector") {
		t.Errorf("--no-vectors left some:\n%s", stdout)
	}
}

func TestEvalPackRefuses(t *testing.T) {
	s := newShell(t)
	dirty, articles := evalReference(t, "dirty-log", "events.ndjson"), evalReference(t, "dirty-log", "articles.ndjson")
	out := filepath.Join(t.TempDir(), "out.evp")
	s.fails(3, []string{"not fit", "item_not_yet_published", "--anyway"}, "eval", "pack", dirty, "--articles", articles, "--out", out)
	if _, err := os.Stat(out); err == nil {
		t.Error("it was packed all the same")
	}
	s.ok("eval", "pack", dirty, "--articles", articles, "--out", out, "--anyway")

	s.fails(2, []string{"--out is missing"}, "eval", "pack", dirty)
	s.fails(2, []string{"takes no LOG"}, "eval", "pack", dirty, "--show", out)
	s.fails(2, []string{"NAME=FILE"}, "eval", "pack", dirty, "--articles", articles, "--out", out, "--snapshot", "a")
	s.fails(2, []string{"a twice"}, "eval", "pack", dirty, "--articles", articles, "--out", out, "--snapshot", "a=b", "--snapshot", "a=c")
	s.fails(2, []string{"names no such snapshot"}, "eval", "pack", dirty, "--articles", articles, "--out", out, "--anyway", "--snapshot", "zz=b")
	s.fails(2, []string{"cannot read the articles"}, "eval", "pack", dirty, "--articles", articles+"x", "--out", out)
	s.fails(2, []string{"no log is named"}, "eval", "pack", "--out", out)
	s.fails(2, []string{"--min-cell is 0"}, "eval", "pack", dirty, "--out", out, "--min-cell", "0")
	s.fails(2, []string{"--depth is 0"}, "eval", "pack", dirty, "--out", out, "--depth", "0")
	s.fails(2, []string{"cannot read the pack"}, "eval", "pack", "--show", out+"x")
	s.fails(3, []string{"is no pack"}, "eval", "pack", "--show", articles)

	catalogue := func(text string, want ...string) {
		t.Helper()
		s.fails(3, want, "eval", "pack", dirty, "--articles", s.file("articles.ndjson", text), "--out", out)
	}
	catalogue("", "holds no articles")
	catalogue("{\"id\":\"a\"}\n[]\n", "articles.ndjson:2: is no article")
	catalogue("{\"published\":\"2026-01-01\"}\n", ":1: id is missing")
	catalogue(`{"id":"a","published":"soon"}`, `published is "soon"`)
	catalogue(`{"id":"a","vector":[1,2]}`+"\n"+`{"id":"b","vector":[1]}`, ":2: its vector has 1 numbers")
}

func TestParseCatalogue(t *testing.T) {
	check := func(line, want string) {
		t.Helper()
		dim := 0
		a, reason := parseCatalogue([]byte(line), &dim)
		if reason != "" {
			t.Errorf("%s: %s", line, reason)
			return
		}
		got := "nothing"
		if a != nil {
			got = fmt.Sprintf("%s of %s, %s, %s to %s, %q by %s", a.ID, a.Group, a.Section, a.Published.Format("2006-01-02T15"), a.Unpublished.Format("2006"), a.Tags, a.Author)
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", line, got, want)
		}
	}
	check(`{"id":"a","published":"2026-03-02T06:00:00+01:00","section":"sport","tags":["x"],"author":"Ann"}`, `a of a, sport, 2026-03-02T05 to 0001, ["x"] by Ann`)
	check(`{"id":12,"published_at":"2026-03-02","unpublished":"2027-01-01","authors":["Ann","Ben"],"translation_of":"9"}`, `12 of 9, , 2026-03-02T00 to 2027, [] by Ann, Ben`)
	check(`{"t":"art","id":"a"}`, `a of a, , 0001-01-01T00 to 0001, [] by `)
	check(`{"t":"imp","id":"i1"}`, "nothing")
}
