package sqlite_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sqlite"
)

func TestKeys(t *testing.T) {
	ctx := context.Background()
	clock := noon
	path := filepath.Join(t.TempDir(), "alsolike.db")
	s := open(t, path, sqlite.Options{Now: func() time.Time { return clock }})
	cms, secret, err := s.AddKey(ctx, "the CMS", data.WriteArticles)
	if err != nil {
		t.Fatal(err)
	}
	other, otherSecret, err := s.AddKey(ctx, "the CMS", data.WriteArticles)
	if err != nil {
		t.Fatal(err)
	}
	if len(secret) < len("alsolike_")+43 || !strings.HasPrefix(secret, "alsolike_") || secret == otherSecret {
		t.Errorf("secrets %q and %q are not two of 32 random bytes", secret, otherSecret)
	}
	if !cms.May(data.WriteArticles) || cms.May("accounts:write") || !cms.Created.Equal(noon) || !cms.LastUsed.IsZero() {
		t.Errorf("got %+v", cms)
	}
	for _, wrong := range []string{"", "alsolike_", secret + "x", strings.TrimPrefix(secret, "alsolike_")} {
		if _, err := s.KeyBySecret(ctx, wrong); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("%q: got %v, want not found", wrong, err)
		}
	}
	clock = noon.Add(time.Hour)
	used, err := s.KeyBySecret(ctx, secret)
	if err != nil || used.ID != cms.ID || !used.LastUsed.Equal(clock.Truncate(time.Minute)) {
		t.Errorf("got %+v, %v", used, err)
	}
	clock = clock.Add(time.Second)
	if again, err := s.KeyBySecret(ctx, secret); err != nil || !again.LastUsed.Equal(used.LastUsed) {
		t.Errorf("a second later: got %+v, %v", again, err)
	}

	revoked, err := s.RevokeKey(ctx, cms.ID)
	if err != nil || !revoked.Revoked.Equal(clock) || revoked.May(data.WriteArticles) {
		t.Errorf("got %+v, %v", revoked, err)
	}
	clock = clock.Add(time.Hour)
	again, err := s.RevokeKey(ctx, cms.ID)
	if err != nil || !again.Revoked.Equal(revoked.Revoked) {
		t.Errorf("revoked again: got %+v, %v", again, err)
	}
	if dead, err := s.KeyBySecret(ctx, secret); err != nil || dead.May(data.WriteArticles) || !dead.LastUsed.Equal(used.LastUsed) {
		t.Errorf("a revoked key: got %+v, %v", dead, err)
	}
	if _, err := s.RevokeKey(ctx, 99); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("got %v, want not found", err)
	}
	all, err := s.Keys(ctx)
	if diff := cmp.Diff([]data.Key{again, other}, all); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}

	s.Close()
	for _, file := range []string{path, path + "-wal"} {
		if b, err := os.ReadFile(file); err == nil && bytes.Contains(b, []byte(secret)) {
			t.Errorf("%s holds the secret", file)
		}
	}
}

func TestAddKeyRefuses(t *testing.T) {
	s := newStore(t)
	for name, k := range map[string]data.Key{
		"no name": {Scopes: data.Scopes}, "blank name": {Name: " ", Scopes: data.Scopes}, "control": {Name: "a\nb", Scopes: data.Scopes},
		"long": {Name: strings.Repeat("a", 101), Scopes: data.Scopes}, "no scope": {Name: "a"}, "unknown scope": {Name: "a", Scopes: []data.Scope{"all"}},
	} {
		var invalid *data.InvalidError
		if _, _, err := s.AddKey(context.Background(), k.Name, k.Scopes...); !errors.As(err, &invalid) {
			t.Errorf("%s: got %v, want an *InvalidError", name, err)
		}
	}
}

func TestPutEach(t *testing.T) {
	s := newStore(t)
	ctx := context.Background()
	put(t, s, article("a", "one"), article("b", "one"))
	got, err := s.PutEach(ctx, []data.Article{article("b", "two"), article("a", "one"), article("c", "one"), article("c", "two"), article("c", "two")})
	want := []data.Change{data.Updated, data.Unchanged, data.Added, data.Updated, data.Unchanged}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if _, err := s.PutEach(ctx, []data.Article{article("d", "one"), {ID: "e"}}); err == nil {
		t.Error("an article without text is taken")
	}
	if _, err := s.Article(ctx, "d"); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("one of a refused batch is stored: %v", err)
	}
}

func TestChangeArticle(t *testing.T) {
	s := newStore(t)
	ctx := context.Background()
	change := func(id data.ArticleID, f func(*data.Article) (data.Article, error)) data.Change {
		t.Helper()
		c, err := s.ChangeArticle(ctx, id, f)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	set := func(body string) func(*data.Article) (data.Article, error) {
		return func(*data.Article) (data.Article, error) { return article("a", body), nil }
	}
	if got := change("a", set("one")); got != data.Added {
		t.Errorf("got %s, want added", got)
	}
	if got := change("a", set("one")); got != data.Unchanged {
		t.Errorf("got %s, want unchanged", got)
	}
	if got := change("a", func(old *data.Article) (data.Article, error) {
		fresh := *old
		fresh.State = data.Unpublished
		return fresh, nil
	}); got != data.Updated {
		t.Errorf("got %s, want updated", got)
	}
	refused := errors.New("refused")
	if _, err := s.ChangeArticle(ctx, "a", func(old *data.Article) (data.Article, error) {
		if old == nil || old.State != data.Unpublished || old.Body != "one" {
			t.Errorf("old is %+v", old)
		}
		return article("a", "two"), refused
	}); !errors.Is(err, refused) {
		t.Errorf("got %v, want %v", err, refused)
	}
	if _, err := s.ChangeArticle(ctx, "b", func(old *data.Article) (data.Article, error) {
		if old != nil {
			t.Errorf("old is %+v, want none", old)
		}
		return data.Article{}, data.ErrNotFound
	}); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("got %v, want not found", err)
	}
	if a, err := s.Article(ctx, "a"); err != nil || a.Body != "one" {
		t.Errorf("got %+v, %v", a, err)
	}
}
