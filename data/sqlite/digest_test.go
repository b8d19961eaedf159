package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sqlite"
)

// A store of before the digest gets the one that its articles would have given.
func TestDigestOfAnOlderStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alsolike.db")
	s := open(t, path, sqlite.Options{})
	if _, err := s.PutArticles(t.Context(), []data.Article{article("a", "one"), article("b", "two")}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutArticles(t.Context(), []data.Article{article("b", "three")}); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var same, zero bool
	err = db.QueryRow(`SELECT digest = (SELECT article_digest(hash) FROM article), digest = zeroblob(32) FROM revision`).Scan(&same, &zero)
	if err != nil || !same || zero {
		t.Errorf("the digest of the articles is the one kept: %v, zero: %v, %v", same, zero, err)
	}
	var none bool
	if err := db.QueryRow(`SELECT article_digest(hash) = zeroblob(32) FROM article WHERE id = 'c'`).Scan(&none); err != nil || !none {
		t.Errorf("the digest of no article is zero: %v, %v", none, err)
	}
}
