package ingest_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/ingest"
)

func lines(ids ...string) []byte {
	var b strings.Builder
	for _, id := range ids {
		b.WriteString(`{"id":"` + id + `","title":"t"}` + "\n")
	}
	return []byte(b.String())
}

func TestMirror(t *testing.T) {
	ctx := context.Background()
	for name, store := range map[string]interface {
		ingest.Store
		CountArticles(context.Context) (map[data.State]int, error)
	}{
		"memory": datatest.NewStore(time.Now), "file": openStore(t, filepath.Join(t.TempDir(), "a.db")),
	} {
		path, other := write(t, "a.jsonl", lines("1", "2", "3")), write(t, "b.jsonl", lines("3", "4"))
		check := func(content []byte, o ingest.Options, unpublished, notMirrored, published int) {
			t.Helper()
			if err := os.WriteFile(path, content, 0o644); err != nil {
				t.Fatal(err)
			}
			sum, err := importFiles(t, store, o, path)
			counts, _ := store.CountArticles(ctx)
			if err != nil || sum.Unpublished != unpublished || sum.NotMirrored != notMirrored || counts[data.Published] != published {
				t.Errorf("%s: got %+v, %v and %v; want %d unpublished, %d not mirrored, %d published", name, sum, err, counts, unpublished, notMirrored, published)
			}
		}
		mirror := ingest.Options{Mirror: true}
		if _, err := importFiles(t, store, ingest.Options{}, other); err != nil {
			t.Fatal(err)
		}
		check(lines("1", "2", "3"), ingest.Options{}, 0, 0, 4)
		check(lines("1"), ingest.Options{}, 0, 0, 4) // imports add up
		check(nil, mirror, 0, 1, 4)                  // a source that lists nothing
		check([]byte(string(lines("1"))+"broken\n"), mirror, 0, 1, 4)
		check(lines("1"), ingest.Options{Mirror: true, DryRun: true}, 2, 0, 4)
		check(lines("1"), mirror, 1, 0, 3) // 2 is gone; 3 is in the other source too
		check(lines("1"), mirror, 0, 0, 3)
		check(lines("1", "2"), mirror, 0, 0, 4) // 2 is back
		if a, err := store.Article(ctx, "4"); err != nil || a.State != data.Published {
			t.Errorf("%s: an article of another source is %q, %v", name, a.State, err)
		}
		var reported string
		mirror.Report = func(e *ingest.RecordError) { reported = e.Error() }
		check(nil, mirror, 0, 1, 4)
		if !strings.Contains(reported, "a.jsonl: not mirrored, since not all of it could be read") {
			t.Errorf("%s: reported %q", name, reported)
		}
	}
}
