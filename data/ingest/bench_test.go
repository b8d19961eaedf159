package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data/ingest"
	"github.com/alsolike/alsolike/data/sqlite"
)

// dataset is the path of a file of real articles, which are not part of the
// repository.
func dataset(t testing.TB, name string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("real articles take long")
	}
	path := filepath.Join("..", "..", "..", "shared", "datasets", filepath.FromSlash(name))
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("there is no %s", path)
	}
	return path
}

func openStore(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func openSource(t testing.TB, path string, o ingest.SourceOptions) *ingest.Source {
	t.Helper()
	s, err := ingest.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var ibmColumns = map[string]string{"id": "article_id", "title": "doc_full_name", "body": "doc_body", "summary": "doc_description"}

func BenchmarkImport(b *testing.B) {
	for _, set := range []struct {
		name, file string
		options    ingest.SourceOptions
		articles   int // that the set has
	}{
		{"format=jsonl/set=reuters21578", "reuters21578/articles.jsonl.gz", ingest.SourceOptions{}, 19043},
		{"format=markdown/set=ruby_lang_news", "ruby_lang_news", ingest.SourceOptions{}, 4723},
		{"format=wxr/set=cc_labs_wxr", "cc_labs_wxr/wordpress.redacted.xml", ingest.SourceOptions{}, 224},
		{"format=csv/set=ibm_community", "ibm_community/articles_community.csv", ingest.SourceOptions{Map: ibmColumns}, 1051},
	} {
		b.Run(set.name, func(b *testing.B) {
			source := openSource(b, dataset(b, set.file), set.options)
			read := 0
			for b.Loop() {
				store := openStore(b, filepath.Join(b.TempDir(), "alsolike.db"))
				summary, err := ingest.Import(context.Background(), []*ingest.Source{source}, store, ingest.Options{})
				if err != nil || summary.Added != set.articles {
					b.Fatalf("got %+v, %v; want %d articles", summary, err, set.articles)
				}
				read += summary.Read
				store.Close()
			}
			b.ReportMetric(float64(read)/b.Elapsed().Seconds(), "articles/s")
		})
	}
}

// A folder of plain pages; there is but one real one.
func BenchmarkImportText(b *testing.B) {
	const pages = 1000
	files := map[string]string{}
	for i := range pages {
		files[fmt.Sprintf("%d.txt", i)] = fmt.Sprintf(textPage, strings.Repeat(prose+" ", 20))
	}
	source := openSource(b, folder(b, files), ingest.SourceOptions{})
	for b.Loop() {
		store := openStore(b, filepath.Join(b.TempDir(), "alsolike.db"))
		if sum, err := ingest.Import(context.Background(), []*ingest.Source{source}, store, ingest.Options{}); err != nil || sum.Added != pages {
			b.Fatalf("got %+v, %v", sum, err)
		}
		store.Close()
	}
	b.ReportMetric(pages*float64(b.N)/b.Elapsed().Seconds(), "articles/s")
}
