package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sqlite"
)

// What is kept of a source comes back, in another process too, and the later
// replaces the earlier.
func TestSourceRuns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at := time.Date(2026, 11, 23, 20, 0, 0, 5, time.UTC)
	first := data.SourceRun{Name: "feed", Started: at}
	want := []data.SourceRun{
		{Name: "archive"},
		{
			Name: "feed", Started: at, Finished: at.Add(time.Minute), Succeeded: at.Add(-time.Hour), Failures: 2,
			Problem: `feed: "gone"`, Refused: 3, Changes: data.Changes{Added: 4, Updated: 5, Unchanged: 6}, Unpublished: 7,
		},
	}
	for _, r := range []data.SourceRun{first, want[1], want[0]} {
		if err := s.PutSourceRun(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	other, err := sqlite.Open(t.Context(), path, sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	got, err := other.SourceRuns(t.Context())
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v; want -, got +\n%s", err, diff)
	}
}
