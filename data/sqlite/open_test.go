package sqlite_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/sqlite"
)

// checkError checks that err holds every one of parts.
func checkError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("got no error, want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

func TestOpenTwiceAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "alsolike.db")
	var wait sync.WaitGroup
	for i := range 6 {
		wait.Go(func() {
			s, err := sqlite.Open(context.Background(), path, sqlite.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if _, err := s.PutArticles(context.Background(), []data.Article{article(data.ArticleID(rune('a'+i)), "text")}); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	count, err := datatest.Count(context.Background(), open(t, path, sqlite.Options{}))
	if err != nil || count != 6 {
		t.Errorf("got %v, %v; want 6 published articles", count, err)
	}
}

func TestOpenReadOnly(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "alsolike.db")
	_, err := sqlite.Open(ctx, path, sqlite.Options{ReadOnly: true})
	checkError(t, err, path, "import")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing store: got %v, want fs.ErrNotExist", err)
	}

	put(t, open(t, path, sqlite.Options{}), article("a", "text"))
	s := open(t, path, sqlite.Options{ReadOnly: true})
	if a, err := s.Article(ctx, "a"); err != nil || a.Body != "text" {
		t.Errorf("got %+v, %v", a, err)
	}
	_, err = s.PutArticles(ctx, []data.Article{article("b", "text")})
	checkError(t, err, filepath.Dir(path), "--data")
	_, err = s.AddOverride(ctx, data.Override{Article: "*", Target: "a", Action: data.Hide})
	checkError(t, err, filepath.Dir(path), "--data")
}

func TestOpenBadFile(t *testing.T) {
	ctx := context.Background()
	good := filepath.Join(t.TempDir(), "alsolike.db")
	s := open(t, good, sqlite.Options{})
	for i := range 200 {
		put(t, s, article(data.ArticleID(fmt.Sprint(i)), strings.Repeat("text ", 500)))
	}
	s.Close()
	bytes200, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(bytes200)
	for i := 4096; i < len(damaged); i++ {
		damaged[i] = 0xa5
	}
	for _, bad := range []struct {
		name    string
		content []byte
	}{
		{"text.db", []byte(strings.Repeat("This is no database. ", 100))},
		{"cut.db", bytes200[:5000]},
		{"damaged.db", damaged},
	} {
		for _, readOnly := range []bool{false, true} {
			path := filepath.Join(t.TempDir(), bad.name)
			if err := os.WriteFile(path, bad.content, 0o644); err != nil {
				t.Fatal(err)
			}
			s, err := sqlite.Open(ctx, path, sqlite.Options{ReadOnly: readOnly})
			if err == nil { // the damage shows at the latest when the articles are read
				for _, err = range s.Articles(ctx) {
					if err != nil {
						break
					}
				}
				s.Close()
			}
			checkError(t, err, path, "damaged or is no alsolike store")
		}
	}
}

func TestOpenOtherVersions(t *testing.T) {
	ctx := context.Background()
	changed := func(statement string) string {
		path := filepath.Join(t.TempDir(), "alsolike.db")
		s := open(t, path, sqlite.Options{})
		put(t, s, article("a", "text"))
		if err := s.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
		s.Close()
		return path
	}
	newer := changed(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (900, 1)`)
	foreign := changed(`PRAGMA application_id = 7`)
	for _, o := range []sqlite.Options{{}, {ReadOnly: true}} {
		_, err := sqlite.Open(ctx, newer, o)
		checkError(t, err, newer, "newer version", "900")
		_, err = sqlite.Open(ctx, foreign, o)
		checkError(t, err, foreign, "another program")
	}
}

// A store whose first migration was cut short, as far as it may have come, is
// made whole by the next one to open it.
func TestOpenAfterMigrationWasCutShort(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "alsolike.db")
	s := open(t, path, sqlite.Options{})
	if err := s.DropTables(ctx); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`DELETE FROM goose_db_version WHERE version_id > 0`, `PRAGMA application_id = 0`,
	} {
		if err := s.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	_, err := sqlite.Open(ctx, path, sqlite.Options{ReadOnly: true})
	checkError(t, err, path, "older version", "import")
	put(t, open(t, path, sqlite.Options{}), article("a", "text"))
}

// A store of the first version is brought up to date: its articles are found by
// any spelling of their URLs.
func TestOpenFirstVersion(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "alsolike.db")
	a, b := article("a", "text"), article("b", "text")
	a.URL = "http://Example.org/a/?utm_source=x"
	insert := `INSERT INTO article SELECT NULL, '%s', 1, x'%x', '%s', '%s', '', 'en', '', '', '', '', 'published', 0, 0, '', '', '', 0, '', 0, '[]', '[]', '', 'text'`
	var statements []string
	for _, a := range []data.Article{a, b} {
		statements = append(statements, fmt.Sprintf(insert, a.ID, a.Hash(), a.Title, a.URL))
	}
	if err := sqlite.CreateVersion(ctx, path, 1, statements...); err != nil {
		t.Fatal(err)
	}
	s := open(t, path, sqlite.Options{})
	if got, err := s.ArticleByURL(ctx, "https://example.org/a#b"); err != nil || got.ID != "a" {
		t.Errorf("got %q, %v; want the article", got.ID, err)
	}
	if changes := put(t, s, a, b); changes.Unchanged != 2 {
		t.Errorf("putting the same again: %+v", changes)
	}
}

// Overrides of a store from before they had strengths and scopes hold as they did.
func TestOpenOverridesOfOldVersion(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "alsolike.db")
	insert := `INSERT INTO override (article, target, action, position, since, until, note, author, created)
		VALUES ('*', 'b', 'pin', 2, '', '2027-01-01T00:00:00Z', 'why', 'mei', '2026-11-23T20:00:00Z')`
	if err := sqlite.CreateVersion(ctx, path, 7, insert); err != nil {
		t.Fatal(err)
	}
	got, err := open(t, path, sqlite.Options{}).Overrides(ctx)
	want := []data.Override{{
		ID: 1, Article: "*", Target: "b", Action: data.Pin, Position: 2, Until: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
		Note: "why", Author: "mei", Created: time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC),
	}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestValidators(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	check := func(url, etag, lastModified string) {
		t.Helper()
		gotTag, gotModified, err := s.Validators(ctx, url)
		if err != nil || gotTag != etag || gotModified != lastModified {
			t.Errorf("%s: got %q, %q, %v; want %q, %q", url, gotTag, gotModified, err, etag, lastModified)
		}
	}
	set := func(url, etag, lastModified string) {
		t.Helper()
		if err := s.SetValidators(ctx, url, etag, lastModified); err != nil {
			t.Fatal(err)
		}
	}
	check("https://example.org/a", "", "")
	set("https://example.org/a", `"1"`, "")
	set("https://example.org/b", "", "Wed, 21 Oct 2026 07:28:00 GMT")
	check("https://example.org/a", `"1"`, "")
	check("https://example.org/b", "", "Wed, 21 Oct 2026 07:28:00 GMT")
	set("https://example.org/a", `"2"`, "x")
	check("https://example.org/a", `"2"`, "x")
	set("https://example.org/a", "", "")
	check("https://example.org/a", "", "")
}

// A store whose file was deleted or replaced says so to whoever watches it,
// instead of showing for ever what it was.
func TestReplacedFile(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path := filepath.Join(dir, "alsolike.db")
	put(t, open(t, path, sqlite.Options{}), article("a", "text"))
	s := open(t, path, sqlite.Options{})
	if _, err := s.Revision(ctx); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	_, err := s.Revision(ctx)
	checkError(t, err, path, "restart")
	put(t, open(t, path, sqlite.Options{}), article("b", "text"))
	_, err = s.Revision(ctx)
	checkError(t, err, path, "restart")
	if err := os.Rename(path+".old", path); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Revision(ctx); err != nil {
		t.Errorf("after the file was put back: %v", err)
	}
}
