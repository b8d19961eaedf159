package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/sqlite"
)

// A crash is a copy of the files as they lie there while the store is open.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	ctx := context.Background()
	folder := t.TempDir()
	s := open(t, filepath.Join(folder, "alsolike.db"), sqlite.Options{})
	for i := range 20 {
		id := data.ArticleID(fmt.Sprintf("a%d", i))
		put(t, s, article(id, strings.Repeat("text ", i*100)))
		if _, err := s.AddOverride(ctx, data.Override{Article: "*", Target: id, Action: data.Hide}); err != nil {
			t.Fatal(err)
		}
		secret, err := s.Secret(ctx, "list ids")
		if err != nil {
			t.Fatal(err)
		}

		crashed := t.TempDir()
		for _, ending := range []string{"", "-wal"} {
			content, err := os.ReadFile(filepath.Join(folder, "alsolike.db"+ending))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(crashed, "alsolike.db"+ending), content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		// A process that only reads sees the log of the crashed one, too.
		reading := open(t, filepath.Join(crashed, "alsolike.db"), sqlite.Options{ReadOnly: true})
		if count, err := datatest.Count(ctx, reading); err != nil || count != i+1 {
			t.Fatalf("read only after a crash: got %v, %v; want %d articles", count, err, i+1)
		}
		reading.Close()
		again := open(t, filepath.Join(crashed, "alsolike.db"), sqlite.Options{})
		if count, err := datatest.Count(ctx, again); err != nil || count != i+1 {
			t.Fatalf("after a crash: got %v, %v; want %d articles", count, err, i+1)
		}
		if overrides, err := again.Overrides(ctx); err != nil || len(overrides) != i+1 {
			t.Fatalf("after a crash: got %d overrides, %v; want %d", len(overrides), err, i+1)
		}
		if got, err := again.Secret(ctx, "list ids"); err != nil || string(got) != string(secret) {
			t.Fatalf("after a crash: got another secret, %v", err)
		}
		again.Close()
	}
}

func TestDiskFull(t *testing.T) {
	ctx := context.Background()
	s := newStore(t)
	put(t, s, article("first", "text"))
	before, err := s.Revision(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.LimitPages(ctx, 20); err != nil {
		t.Fatal(err)
	}
	var batch []data.Article
	for i := range 100 {
		batch = append(batch, article(data.ArticleID(fmt.Sprintf("a%d", i)), strings.Repeat("text ", 1000)))
	}
	_, err = s.PutArticles(ctx, batch)
	checkError(t, err, "disk", "full", "free some space")
	if count, err := datatest.Count(ctx, s); err != nil || count != 1 {
		t.Errorf("after the error: got %v, %v; want the first article alone", count, err)
	}
	if rev, err := s.Revision(ctx); err != nil || rev != before {
		t.Errorf("after the error: got revision %+v, %v; want %+v", rev, err, before)
	}
	if err := s.LimitPages(ctx, -1); err != nil {
		t.Fatal(err)
	}
	if got, want := put(t, s, batch...), (data.Changes{Added: 100}); got != want {
		t.Errorf("with space again: got %+v, want %+v", got, want)
	}
}

func TestWritersWaitForEachOther(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "alsolike.db")
	one := open(t, path, sqlite.Options{})
	patient := open(t, path, sqlite.Options{})
	hasty := open(t, path, sqlite.Options{BusyTimeout: 50 * time.Millisecond})
	release, err := one.HoldWriteLock(ctx)
	if err != nil {
		t.Fatal(err)
	}

	if _, err := datatest.Count(ctx, hasty); err != nil {
		t.Errorf("a reader beside a writer: %v", err)
	}
	_, err = hasty.PutArticles(ctx, []data.Article{article("a", "text")})
	checkError(t, err, path, "another process", "50ms")
	if !errors.Is(err, data.ErrBusy) {
		t.Errorf("got %v, want data.ErrBusy", err)
	}
	done := make(chan error)
	go func() {
		_, err := patient.PutArticles(ctx, []data.Article{article("a", "text")})
		done <- err
	}()
	select {
	case err := <-done:
		t.Fatalf("a second writer did not wait: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("a writer that waited: %v", err)
	}
}

// Two Stores on one file write and read at once: every view is of one moment,
// and in the end everything is there.
func TestWritersAndReadersAtOnce(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "alsolike.db")
	const batches, each = 25, 8
	var writers, watchers sync.WaitGroup
	stop := make(chan struct{})
	for w := range 2 {
		s := open(t, path, sqlite.Options{})
		writers.Go(func() {
			for b := range batches {
				var batch []data.Article
				for i := range each {
					batch = append(batch, article(data.ArticleID(fmt.Sprintf("%d-%d-%d", w, b, i)), "text"))
				}
				if _, err := s.PutArticles(ctx, batch); err != nil {
					t.Error(err)
				}
			}
		})
		watchers.Go(func() { watch(t, s, each, stop) })
	}
	writers.Wait()
	close(stop)
	watchers.Wait()
	s := open(t, path, sqlite.Options{})
	if rev, err := s.Revision(ctx); err != nil || rev.Articles != 2*batches {
		t.Errorf("got revision %+v, %v; want %d", rev, err, 2*batches)
	}
	if count, err := datatest.Count(ctx, s); err != nil || count != 2*batches*each {
		t.Errorf("got %v, %v; want %d articles", count, err, 2*batches*each)
	}
}

// watch reads until stop is closed and checks that each batch of n articles is
// seen as a whole, and no later than its revision.
func watch(t *testing.T, s *sqlite.Store, n int64, stop chan struct{}) {
	ctx := context.Background()
	for {
		select {
		case <-stop:
			return
		default:
		}
		err := s.ReadArticles(ctx, func(rev data.Revision, articles iter.Seq2[data.Article, error]) error {
			var seen int64
			for _, err := range articles {
				if err != nil {
					return err
				}
				seen++
			}
			if seen != n*rev.Articles {
				t.Errorf("saw %d articles at revision %d, want %d", seen, rev.Articles, n*rev.Articles)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestSecret(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "alsolike.db")
	s := open(t, path, sqlite.Options{})
	one, err := s.Secret(ctx, "list ids")
	if err != nil || len(one) != 32 {
		t.Fatalf("got %x, %v; want 32 bytes", one, err)
	}
	if other, err := s.Secret(ctx, "sessions"); err != nil || string(other) == string(one) {
		t.Errorf("two names have the same secret, %v", err)
	}
	s.Close()
	if again, err := open(t, path, sqlite.Options{ReadOnly: true}).Secret(ctx, "list ids"); err != nil || string(again) != string(one) {
		t.Errorf("got %x, %v after opening anew; want %x", again, err, one)
	}
}

func TestCancelled(t *testing.T) {
	s := newStore(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.PutArticles(ctx, []data.Article{article("a", "text")}); !errors.Is(err, context.Canceled) {
		t.Errorf("PutArticles: got %v, want context.Canceled", err)
	}
	for _, err := range s.Articles(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Articles: got %v, want context.Canceled", err)
		}
	}
	put(t, s, article("a", "text"))
}

func BenchmarkPutArticles(b *testing.B) {
	for _, content := range []string{"new", "same"} {
		b.Run("content="+content, func(b *testing.B) {
			s := newStore(b)
			const n = 500
			batch := make([]data.Article, n)
			round := 0
			for b.Loop() {
				if content == "new" {
					round++
				}
				for i := range batch {
					batch[i] = article(data.ArticleID(fmt.Sprintf("%d-%d", round, i)), strings.Repeat("five word text of ours ", 60))
				}
				put(b, s, batch...)
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "articles/s")
		})
	}
}

func BenchmarkRevision(b *testing.B) {
	s := newStore(b)
	for b.Loop() {
		if _, err := s.Revision(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
