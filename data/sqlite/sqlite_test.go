package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sqlite"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 123456789, time.UTC)

func open(t testing.TB, path string, o sqlite.Options) *sqlite.Store {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	s, err := sqlite.Open(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func newStore(t testing.TB) *sqlite.Store {
	return open(t, filepath.Join(t.TempDir(), "a folder?#%", "alsolike.db"), sqlite.Options{})
}

func article(id data.ArticleID, body string) data.Article {
	return data.Article{ID: id, Title: "About " + string(id), Body: body, Lang: "en", State: data.Published}
}

func put(t testing.TB, s *sqlite.Store, articles ...data.Article) data.Changes {
	t.Helper()
	changes, err := s.PutArticles(context.Background(), articles)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}
