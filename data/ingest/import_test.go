package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/ingest"
)

// langCounts are counts of articles whose language their source says.
func langCounts(all map[data.Lang]int) data.LangCounts {
	counts := data.NewLangCounts()
	counts.All = all
	return counts
}

func importFiles(t testing.TB, store ingest.Store, o ingest.Options, paths ...string) (ingest.Summary, error) {
	t.Helper()
	var sources []*ingest.Source
	for _, path := range paths {
		sources = append(sources, openSource(t, path, ingest.SourceOptions{}))
	}
	return ingest.Import(context.Background(), sources, store, o)
}

func TestImport(t *testing.T) {
	one := write(t, "one.jsonl", []byte(`{"id":"1","title":"first"}
{"id":"2","title":"x","lang":"en","published_at":"soon","colour":"red"}
{"id":"1","title":"second","lang":"??"}
{"id":"3"
{"id":"1"}
`))
	two := write(t, "two.csv", []byte("id,title,lang,colour\n4,x,en,blue\n2,\"the\nlater\",en,\n"))
	empty := write(t, "empty.jsonl", nil)
	store := datatest.NewStore(time.Now)
	var reported []string
	o := ingest.Options{Report: func(e *ingest.RecordError) { reported = append(reported, filepath.Base(e.Error())) }}

	want := ingest.Summary{
		Read: 8, Refused: 3, Files: 1, Duplicates: 2, Changes: data.Changes{Added: 3}, BadDates: 1, BadLangs: 1,
		Unknown: map[string]int{"colour": 2}, Languages: langCounts(map[data.Lang]int{"en": 2, "und": 1}),
	}
	dry := o
	dry.DryRun, dry.Report = true, nil
	for _, before := range []ingest.Store{nil, store} {
		if got, err := importFiles(t, before, dry, one, two, empty); err != nil || cmp.Diff(want, got) != "" {
			t.Errorf("dry run: %v (-want +got)\n%s", err, cmp.Diff(want, got))
		}
	}
	if rev, _ := store.Revision(context.Background()); rev != (data.Revision{}) {
		t.Errorf("a dry run changed the store: %+v", rev)
	}
	got, err := importFiles(t, store, o, one, two, empty)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	wantReported := []string{
		"one.jsonl:4: broken JSON: the line ends before its object does",
		"one.jsonl:5: body holds no text, and neither does the title", "empty.jsonl: the source holds no articles",
	}
	if !slices.Equal(reported, wantReported) {
		t.Errorf("reported %q, want %q", reported, wantReported)
	}
	for id, title := range map[data.ArticleID]string{"1": "second", "2": "the\nlater", "4": "x"} {
		if a, err := store.Article(context.Background(), id); err != nil || a.Title != title {
			t.Errorf("article %s: got %q, %v; want %q", id, a.Title, err, title)
		}
	}

	rev, _ := store.Revision(context.Background())
	want.Changes = data.Changes{Unchanged: 3}
	for _, again := range []ingest.Options{dry, o} {
		if got, err := importFiles(t, store, again, one, two, empty); err != nil || cmp.Diff(want, got) != "" {
			t.Errorf("again: %v (-want +got)\n%s", err, cmp.Diff(want, got))
		}
	}
	if after, _ := store.Revision(context.Background()); after != rev {
		t.Errorf("the same import changed the store: %+v -> %+v", rev, after)
	}
}

func TestMaxErrors(t *testing.T) {
	path := write(t, "a.jsonl", []byte(strings.Repeat(`{"id":"1","title":"t"}`+"\nbad\n", 5)))
	for limit, fails := range map[int]bool{0: false, 1: true, 5: true, 6: false} {
		store := datatest.NewStore(time.Now)
		summary, err := importFiles(t, store, ingest.Options{MaxErrors: limit}, path)
		if (err != nil) != fails {
			t.Errorf("limit %d: got %v", limit, err)
		}
		if fails && (summary.Refused != limit || !strings.Contains(err.Error(), "nothing was stored")) {
			t.Errorf("limit %d: got %d refused, %v", limit, summary.Refused, err)
		}
		if count, _ := datatest.Count(context.Background(), store); (count == 0) != fails {
			t.Errorf("limit %d: got %v stored", limit, count)
		}
	}
}

// many writes a file of n small articles.
func many(t testing.TB, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"id":"%d","title":"number %d"}`+"\n", i, i)
	}
	return write(t, "many.jsonl", []byte(b.String()))
}

func TestProgress(t *testing.T) {
	ctx := context.Background()
	path := many(t, 1700)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	store := datatest.NewStore(time.Now)
	var last ingest.Progress
	var stored []int
	_, err = importFiles(t, store, ingest.Options{Progress: func(p ingest.Progress) {
		if p.Stage == last.Stage && (p.Bytes < last.Bytes || p.Articles < last.Articles) || p.Bytes > p.Total || p.Total != info.Size() {
			t.Errorf("progress went from %+v to %+v", last, p)
		}
		count, _ := datatest.Count(ctx, store)
		if p.Stored != count {
			t.Errorf("told of %d stored articles, the store has %v", p.Stored, count)
		}
		if p.Stored != last.Stored {
			stored = append(stored, p.Stored)
		}
		last = p
	}}, path)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{500, 1000, 1500, 1700}; !slices.Equal(stored, want) {
		t.Errorf("got batches up to %d, want %d", stored, want)
	}
	if want := (ingest.Progress{Stage: ingest.Storing, Bytes: info.Size(), Total: info.Size(), Articles: 1700, Stored: 1700}); last != want {
		t.Errorf("got %+v in the end, want %+v", last, want)
	}
}

// brokenStore takes some batches and then none.
type brokenStore struct {
	*datatest.Store
	batches int
}

var errDisk = errors.New("the disk is full")

func (s *brokenStore) PutArticles(ctx context.Context, articles []data.Article) (data.Changes, error) {
	if s.batches--; s.batches < 0 {
		return data.Changes{}, errDisk
	}
	return s.Store.PutArticles(ctx, articles)
}

func TestStoreBreaksInTheMiddle(t *testing.T) {
	path := many(t, 1700)
	store := &brokenStore{datatest.NewStore(time.Now), 2}
	summary, err := importFiles(t, store, ingest.Options{}, path)
	if !errors.Is(err, errDisk) || !strings.Contains(err.Error(), "1000 articles are stored") {
		t.Errorf("got %v, want the cause and how much is stored", err)
	}
	if count, _ := datatest.Count(context.Background(), store); count != 1000 || summary.Added != 1000 {
		t.Errorf("got %v stored and %+v, want 1000", count, summary)
	}
	store.batches = 99
	if summary, err := importFiles(t, store, ingest.Options{}, path); err != nil || summary.Unchanged != 1000 || summary.Added != 700 {
		t.Errorf("again: got %+v, %v", summary, err)
	}
}

func TestImportCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	store := datatest.NewStore(time.Now)
	source := openSource(t, many(t, 1700), ingest.SourceOptions{})
	summary, err := ingest.Import(ctx, []*ingest.Source{source}, store, ingest.Options{Progress: func(p ingest.Progress) {
		if p.Stored == 500 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || summary.Added != 500 {
		t.Errorf("got %+v, %v; want context.Canceled after 500 articles", summary, err)
	}
}

func TestFileChangesMeanwhile(t *testing.T) {
	path := many(t, 1700)
	changed := false
	_, err := importFiles(t, datatest.NewStore(time.Now), ingest.Options{Progress: func(p ingest.Progress) {
		if !changed && p.Articles == 1700 {
			changed = true
			if err := os.WriteFile(path, []byte(`{"id":"1","title":"t"}`), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}}, path)
	if err == nil || !strings.Contains(err.Error(), "1700 articles could not be read a second time") {
		t.Errorf("got %v", err)
	}
}

// The real articles of the IBM community, with all their quirks.
func TestImportIBM(t *testing.T) {
	path := dataset(t, "ibm_community/articles_community.csv")
	store := openStore(t, filepath.Join(t.TempDir(), "alsolike.db"))
	for _, want := range []data.Changes{{Added: 1051}, {Unchanged: 1051}} {
		source := openSource(t, path, ingest.SourceOptions{Map: ibmColumns})
		got, err := ingest.Import(context.Background(), []*ingest.Source{source}, store, ingest.Options{})
		if err != nil || got.Read != 1056 || got.Duplicates != 5 || got.Refused != 0 || got.Changes != want {
			t.Errorf("got %+v, %v; want 1056 read, 5 duplicates, %+v", got, err, want)
		}
		if got.Unknown["doc_status"] != 1056 || len(got.Unknown) != 1 {
			t.Errorf("unknown fields: got %v", got.Unknown)
		}
	}
}

// What export writes imports as the same articles.
func TestExportImport(t *testing.T) {
	ctx := context.Background()
	path := dataset(t, "ibm_community/articles_community.csv")
	store := openStore(t, filepath.Join(t.TempDir(), "alsolike.db"))
	source := openSource(t, path, ingest.SourceOptions{Map: ibmColumns})
	if _, err := ingest.Import(ctx, []*ingest.Source{source}, store, ingest.Options{}); err != nil {
		t.Fatal(err)
	}
	var exported []byte
	for a, err := range store.Articles(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		exported = ingest.AppendJSONL(exported, a)
	}
	again := write(t, "export.jsonl", exported)
	if got, err := importFiles(t, store, ingest.Options{}, again); err != nil || got.Changes != (data.Changes{Unchanged: 1051}) {
		t.Errorf("got %+v, %v; want 1051 unchanged", got, err)
	}
}

// Import keeps the id of every article, but no article.
func TestImportHoldsNoTexts(t *testing.T) {
	const articles, size = 100, 100 << 10
	var csv, lines strings.Builder
	csv.WriteString("id,title,body\n")
	for i := range articles {
		body := strings.Repeat("word ", size/5)
		fmt.Fprintf(&csv, "%d,Title,%s\n", i, body)
		fmt.Fprintf(&lines, "{\"id\":\"%d\",\"body\":%q}\n", i, body)
	}
	paths := []string{write(t, "a.csv", []byte(csv.String())), write(t, "a.jsonl", []byte(lines.String()))}
	csv.Reset()
	lines.Reset()
	for _, path := range paths {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		checked := false
		o := ingest.Options{DryRun: true, Progress: func(p ingest.Progress) {
			if p.Stage == ingest.Checking && p.Articles == articles && !checked {
				checked = true
				runtime.GC()
				runtime.ReadMemStats(&after)
			}
		}}
		if sum, err := importFiles(t, nil, o, path); err != nil || sum.Added != articles || !checked {
			t.Fatalf("%s: got %+v, %v", path, sum, err)
		}
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > articles*size/4 {
			t.Errorf("%s: %d bytes are held after %d were read", filepath.Base(path), grown, articles*size)
		}
	}
}
