package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/recommend"
)

// An answer is what related --json prints.
type answer struct {
	RecommendationID string `json:"recommendation_id"`
	Snapshot         string `json:"snapshot"`
	Items            []struct {
		ID       data.ArticleID `json:"id"`
		Position int            `json:"position"`
		Score    int            `json:"score"`
		Source   string         `json:"source"`
	} `json:"items"`
}

func (a answer) ids() []data.ArticleID {
	var ids []data.ArticleID
	for _, item := range a.Items {
		ids = append(ids, item.ID)
	}
	return ids
}

// The subject of every sample article is known, so the links can be judged:
// with two articles or three to a subject, the first link has to be of the same
// one nearly always, and the second mostly, in every language.
func TestSampleLinks(t *testing.T) {
	oneByOne(t)
	s := withSample(t)
	right, all := map[data.Lang][2]int{}, map[data.Lang]int{}
	subject, cards, versions := map[data.ArticleID]string{}, map[data.ArticleID]data.Card{}, map[[2]string]bool{}
	for _, a := range sample.Articles() {
		card := a.Card()
		subject[a.ID], cards[a.ID], versions[[2]string{string(card.Group), string(card.Lang)}] = subjectOf(a), card, true
	}
	for _, a := range sample.Articles() {
		var got answer
		s.decode(&got, "related", string(a.ID), "--json")
		for _, item := range got.Items {
			from, to := a.Card(), cards[item.ID]
			if !from.SameLanguage(&to) {
				t.Errorf("%s links to %s, in another language", a.ID, item.ID)
			}
			if to.Lang != a.Lang && versions[[2]string{string(to.Group), string(a.Lang)}] {
				t.Errorf("%s links to %s, of which there is a version in %s", a.ID, item.ID, a.Lang)
			}
			if !from.MayLink(&to) {
				t.Errorf("%s links to itself or a translation: %s", a.ID, item.ID)
			}
		}
		all[a.Lang]++
		for i, item := range got.Items[:min(len(got.Items), 2)] {
			if subject[item.ID] == subject[a.ID] {
				n := right[a.Lang]
				n[i]++
				right[a.Lang] = n
			}
		}
	}
	for lang, n := range all {
		for i, least := range []float64{0.95, 0.75} { // measured: .98 to .99, and .80 to .85
			if share := float64(right[lang][i]) / float64(n); share < least {
				t.Errorf("%s: link %d is of the same subject under %d of %d articles, want %.2f", lang, i+1, right[lang][i], n, least)
			}
		}
	}
}

// subjectOf is the subject of a sample article: the name of its picture
// without its number.
func subjectOf(a data.Article) string {
	name, _, _ := strings.Cut(filepath.Base(a.Image.Src), "-")
	return name
}

func TestImportTwiceChangesNothing(t *testing.T) {
	s := newShell(t)
	path := s.sampleFile()
	if got := s.ok("import", path); !strings.Contains(got, fmt.Sprintf("Stored %d articles", len(sample.Articles()))) {
		t.Errorf("first import says %q", got)
	}
	if got := s.ok("import", path); !strings.Contains(got, "Nothing changed") {
		t.Errorf("second import says %q", got)
	}
}

func TestExportArticlesImportsAgain(t *testing.T) {
	s := newShell(t)
	s.ok("import", s.sampleFile())
	exported := s.ok("export", "articles")
	other := newShell(t)
	other.ok("import", other.file("exported.jsonl", exported))
	if again := other.ok("export", "articles"); again != exported {
		t.Error("export, import, export does not give the same lines")
	}
}

func TestDryRunStoresNothing(t *testing.T) {
	s := newShell(t)
	if got := s.ok("import", "--dry-run", s.sampleFile()); !strings.Contains(got, "Would store") {
		t.Errorf("dry run says %q", got)
	}
	if _, err := os.Stat(s.data); !os.IsNotExist(err) {
		t.Errorf("a dry run made the data folder: %v", err)
	}
}

func TestOverrides(t *testing.T) {
	oneByOne(t)
	s := withSample(t)
	const article = "en/harbour-cranes"
	var before, after answer
	s.decode(&before, "related", article, "--json")
	stranger := data.ArticleID("en/cod-quota")

	s.ok("override", "add", "--article", article, "--target", string(stranger), "--action", "pin", "--position", "2", "--author", "mei", "--note", "read together")
	s.ok("override", "add", "--article", article, "--target", string(before.Items[0].ID), "--action", "hide")
	s.decode(&after, "related", article, "--json")
	if got := after.ids(); len(got) < 2 || got[1] != stranger || after.Items[1].Source != "editor" {
		t.Errorf("pinned to 2: got %v", after.Items)
	}
	for _, id := range after.ids() {
		if id == before.Items[0].ID {
			t.Errorf("%s is hidden and still linked", id)
		}
	}

	s.ok("refresh")
	var refreshed answer
	s.decode(&refreshed, "related", article, "--json")
	if got, want := fmt.Sprint(refreshed.ids()), fmt.Sprint(after.ids()); got != want {
		t.Errorf("after a refresh: %s, want %s", got, want)
	}

	if list := s.ok("override", "list"); !strings.Contains(list, "mei") || !strings.Contains(list, "read together") {
		t.Errorf("override list does not say who and why:\n%s", list)
	}
	s.ok("override", "remove", "1")
	s.ok("override", "remove", "2")
	var removed answer
	s.decode(&removed, "related", article, "--json")
	if got, want := fmt.Sprint(removed.ids()), fmt.Sprint(before.ids()); got != want {
		t.Errorf("after removing the overrides: %s, want %s", got, want)
	}
}

func TestSnapshotsPublishAndRollBack(t *testing.T) {
	oneByOne(t)
	s := withSample(t)
	first := s.published()
	s.ok("refresh")
	second := s.published()
	if first == second {
		t.Fatal("two refreshes made one snapshot")
	}
	s.ok("snapshot", "rollback")
	if got := s.published(); got != first {
		t.Errorf("after rollback: %s, want %s", got, first)
	}
	s.ok("snapshot", "publish", second)
	if got := s.published(); got != second {
		t.Errorf("after publish: %s, want %s", got, second)
	}
	if list := s.ok("snapshot", "list"); !strings.Contains(list, first) || strings.Count(list, "in service") != 1 {
		t.Errorf("snapshot list:\n%s", list)
	}
	s.fails(1, []string{"20200101T000000Z-000000"}, "snapshot", "publish", "20200101T000000Z-000000")
}

func (s *shell) published() string {
	s.t.Helper()
	var rows []snapshotRow
	s.decode(&rows, "snapshot", "list", "--json")
	for _, r := range rows {
		if r.Published {
			return r.ID
		}
	}
	s.t.Fatal("no snapshot is published")
	return ""
}

// The same articles, configuration and seed give the same bytes in every file
// but the manifest.
func TestRefreshIsReproducible(t *testing.T) {
	oneByOne(t)
	s := withSample(t)
	s.ok("refresh")
	folders, err := filepath.Glob(filepath.Join(s.data, snapshotFolder, "2*"))
	if err != nil || len(folders) != 2 {
		t.Fatalf("snapshots: %v, %v", folders, err)
	}
	files, err := os.ReadDir(folders[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name() == "manifest.json" {
			continue
		}
		a, errA := os.ReadFile(filepath.Join(folders[0], f.Name()))
		b, errB := os.ReadFile(filepath.Join(folders[1], f.Name()))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs between two refreshes (%v, %v)", f.Name(), errA, errB)
		}
	}
}

func TestExportRelated(t *testing.T) {
	s := withSample(t)
	lines := strings.Split(strings.TrimSpace(s.ok("export", "related", "--limit", "3")), "\n")
	if got, want := len(lines), 3*len(sample.Articles()); got != want {
		t.Errorf("%d lines, want %d", got, want)
	}
	last := ""
	for _, line := range lines {
		fields := strings.Split(line, "\t")
		if len(fields) != 3 {
			t.Fatalf("line %q has %d fields, want 3", line, len(fields))
		}
		if fields[0] < last {
			t.Errorf("%s comes after %s", fields[0], last)
		}
		last = fields[0]
	}
	if trec := s.ok("export", "related", "--limit", "1", "--format", "trec"); !strings.Contains(trec, " Q0 ") {
		t.Errorf("no run: %q", trec[:min(len(trec), 80)])
	}
}

func TestExportRelatedStops(t *testing.T) {
	s := withSample(t)
	e := &env{dataDir: s.data, now: time.Now, logFormat: "text", logLevel: "info", stderr: io.Discard}
	engine, closeStore, err := e.openEngine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out bytes.Buffer
	w := bufio.NewWriter(&out)
	if err := e.exportRelated(ctx, w, engine, recommend.Query{Limit: 5}, listWriters["tsv"]); !errors.Is(err, context.Canceled) || w.Buffered() != 0 {
		t.Errorf("got %v and %d bytes, want an end at once", err, w.Buffered())
	}
}

func TestExportVectors(t *testing.T) {
	s := withSample(t)
	path := filepath.Join(t.TempDir(), "v.npy")
	s.ok("export", "vectors", "--format", "npy", "--out", path)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n, header := len(sample.Articles()), int(binary.LittleEndian.Uint16(b[8:]))
	if !bytes.HasPrefix(b, []byte("\x93NUMPY\x01\x00")) || (10+header)%64 != 0 {
		t.Errorf("the header is not NumPy's: % x", b[:10])
	}
	rank := n / 8 // by default
	if shape := fmt.Sprintf("'shape': (%d, %d)", n, rank); !strings.Contains(string(b[10:10+header]), shape) {
		t.Errorf("header %q, want %s", b[10:10+header], shape)
	}
	if got, want := len(b), 10+header+n*rank*4; got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
	ids, err := os.ReadFile(path + ".ids")
	if err != nil || strings.Count(string(ids), "\n") != n {
		t.Errorf("ids: %d lines, %v", strings.Count(string(ids), "\n"), err)
	}
	if lines := s.ok("export", "vectors", "--format", "jsonl"); strings.Count(lines, "\n") != n {
		t.Errorf("%d JSON lines, want %d", strings.Count(lines, "\n"), n)
	}
}

// Every verb explains itself with an example.
func TestHelp(t *testing.T) {
	s := newShell(t)
	for _, verb := range []string{
		"demo", "import", "refresh", "serve", "related", "export articles", "export related", "export vectors", "export overrides",
		"snapshot list", "snapshot show", "snapshot diff", "snapshot publish", "snapshot rollback", "snapshot hold", "snapshot release", "snapshot prune",
		"override add", "override list", "override remove", "override pause", "override resume",
		"override import", "override export",
		"rule add", "rule list", "rule remove", "rule pause", "rule resume", "rule move", "rule import", "rule export", "eval run", "status", "help", "version",
	} {
		help := s.ok(append(strings.Fields(verb), "--help")...)
		if !strings.Contains(help, "Examples:") || !strings.Contains(help, "alsolike "+verb) {
			t.Errorf("alsolike %s --help shows no example:\n%s", verb, help)
		}
	}
}
