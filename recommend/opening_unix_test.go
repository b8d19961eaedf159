//go:build unix

package recommend_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
)

// A push does not wait while a new snapshot is read.
func TestPushWhileASnapshotIsOpened(t *testing.T) {
	store := datatest.NewStore(time.Now)
	corpus := datatest.Corpus(datatest.CorpusOptions{Texts: 40})
	if _, err := store.PutArticles(t.Context(), corpus[:30]); err != nil {
		t.Fatal(err)
	}
	contents, _ := fitted(t, store, 10)
	dir, path := openDir(t)
	publish(t, dir, contents)
	e := newEngine(t, store, dir, nil)
	load(t, e)

	// Whoever reads the manifest waits until somebody has written it.
	manifest := filepath.Join(path, publish(t, dir, contents), "manifest.json")
	if err := os.Remove(manifest); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(manifest, 0o600); err != nil {
		t.Skip("no named pipes here:", err)
	}
	loaded := make(chan error)
	go func() { loaded <- e.Load(t.Context()) }()
	var writer *os.File
	for writer == nil { // nobody reads yet
		var err error
		if writer, err = os.OpenFile(manifest, os.O_WRONLY|syscall.O_NONBLOCK, 0); err != nil {
			time.Sleep(time.Millisecond)
		}
	}

	if _, err := store.PutArticles(t.Context(), []data.Article{corpus[35]}); err != nil {
		t.Fatal(err)
	}
	updated := make(chan error)
	go func() { updated <- e.Update(t.Context(), corpus[35].ID) }()
	select {
	case err := <-updated:
		if s := e.Status(); err != nil || s.Provisional != 1 {
			t.Errorf("%d articles are provisional: %v", s.Provisional, err)
		}
	case <-time.After(20 * time.Second):
		t.Error("the push waits")
		defer func() { <-updated }()
	}
	if err := writer.Close(); err != nil { // without a word
		t.Error(err)
	}
	if err := <-loaded; err != nil {
		t.Error(err)
	}
	if s := e.Status(); s.Provisional != 1 || !strings.Contains(s.Problem, "manifest.json") {
		t.Errorf("%d articles are provisional, and the problem is %q", s.Provisional, s.Problem)
	}
}
