package check_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"testing"

	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/data/record"
	"github.com/alsolike/alsolike/eval/check"
	"github.com/alsolike/alsolike/eval/pack"
)

func reference(t testing.TB, elem ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "shared", "reference", "eval"}, elem...)...)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("there is no %s", path)
	}
	return path
}

// catalogue reads the id and dates of articles.
func catalogue(t testing.TB, path string) (articles []pack.Article) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		var a struct{ ID, Published, Unpublished, Section string }
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		article := pack.Article{ID: a.ID, Section: a.Section}
		article.Published, _ = record.ParseTime(a.Published)
		article.Unpublished, _ = record.ParseTime(a.Unpublished)
		articles = append(articles, article)
	}
	return articles
}

func run(t testing.TB, events iter.Seq2[clicklog.Event, *clicklog.Fault], opts check.Options) *check.Result {
	t.Helper()
	r, err := check.Run(context.Background(), events, opts)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Pack.Validate(); err != nil {
		t.Error(err)
	}
	return r
}

func TestRunDirtyLog(t *testing.T) {
	var want struct{ Counts map[string]int }
	b, err := os.ReadFile(reference(t, "dirty-log", "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	events := clicklog.ReadEvents(context.Background(), []string{reference(t, "dirty-log", "events.ndjson")}, clicklog.EventOptions{})
	r := run(t, events, check.Options{Catalogue: catalogue(t, reference(t, "dirty-log", "articles.ndjson"))})
	for name, n := range want.Counts {
		if r.Counts[name] != n {
			t.Errorf("%s: got %d, want %d; examples: %+v", name, r.Counts[name], n, r.Findings)
		}
	}
	for name, n := range r.Counts {
		if _, known := want.Counts[name]; !known && n > 0 {
			t.Logf("beside: %s %d", name, n)
		}
	}
}

func TestRunSiteSim(t *testing.T) {
	events := clicklog.ReadEvents(context.Background(), []string{reference(t, "site-sim", "events.ndjson.gz")}, clicklog.EventOptions{})
	r := run(t, events, check.Options{Catalogue: catalogue(t, reference(t, "site-sim", "articles.ndjson"))})
	if len(r.Findings) > 0 {
		t.Errorf("a clean log has findings: %+v", r.Findings)
	}
	// truth.json: on_policy.
	clicks, lists := map[string]int{}, map[string]int{}
	im := &r.Pack.Impressions
	for i := range im.Len() {
		v := r.Pack.Variants[im.Variant[i]]
		lists[v]++
		from, to := im.Items(i)
		for _, f := range im.Flags[from:to] {
			if f&pack.Clicked != 0 {
				clicks[v]++
			}
		}
	}
	if got, want := fmt.Sprint(lists, clicks), "map[A:4290 B:599 X:1111] map[A:576 B:65 X:134]"; got != want {
		t.Errorf("impressions and clicks by variant: got %s, want %s", got, want)
	}
	if got, want := r.From+" "+r.To, "2026-03-02 2026-03-15"; got != want {
		t.Errorf("days: got %s, want %s", got, want)
	}
}
