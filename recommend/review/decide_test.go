package review_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sqlite"
	"github.com/alsolike/alsolike/recommend/review"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

func newStore(t *testing.T) *sqlite.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "alsolike.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// entries are those of the history, oldest first.
func entries(t *testing.T, store *sqlite.Store) (all []data.HistoryEntry) {
	t.Helper()
	for e, err := range store.History(t.Context(), data.HistoryFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	slices.Reverse(all)
	return all
}

// What was decided by processes that ended before they could tell is in the history
// afterwards, once, and in its order.
func TestRecordAfterACrash(t *testing.T) {
	dir, store := newDir(t), newStore(t)
	record := func() {
		t.Helper()
		if err := review.Record(t.Context(), store, dir); err != nil {
			t.Fatal(err)
		}
	}
	record() // without a snapshot
	always := review.Policy{}
	first := write(t, dir, 0)
	settle(t, always, dir, first, "")
	second := write(t, dir, 1)
	settle(t, review.Policy{Publish: review.Never}, dir, second, "never")
	if err := dir.By("mei", "asked\nthe desk").Hold(second); err != nil {
		t.Fatal(err)
	}
	// Both have crashed. Somebody else goes on.
	if err := dir.By("lin \xff", "").Publish(second); err != nil {
		t.Fatal(err)
	}
	record()
	record()
	if _, err := dir.By("lin", "").Rollback(); err != nil {
		t.Fatal(err)
	}
	record()
	var got []string
	for _, e := range entries(t, store) {
		if said, ok := review.ParseSummary(e.Summary); !ok || (said.ID != first) != (said.ID == second) || said.Itself != (e.Author == "") || (said.Note != "") != (e.Action == "hold") {
			t.Errorf("%q is read as %+v, %v", e.Summary, said, ok)
		}
		got = append(got, strings.Join([]string{e.Author, e.Action, e.Subject, e.Summary, string(e.Before), string(e.After)}, "|"))
	}
	want := []string{
		"|publish-itself|published|snapshot " + first + " is in service by itself, since review.publish is always||\"" + first + "\"",
		"mei|hold|" + second + "|snapshot " + second + " is held: asked the desk|\"awaits review\"|\"held\"",
		"lin �|publish|published|snapshot " + second + " is in service|\"" + first + "\"|\"" + second + "\"",
		"lin|rollback|published|snapshot " + first + " is in service again|\"" + second + "\"|\"" + first + "\"",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A decision that is taken back is as if it had not been made, and that can be taken back
// as well.
func TestRevert(t *testing.T) {
	dir, store := newDir(t), newStore(t)
	settle(t, review.Policy{}, dir, write(t, dir, 0), "")
	first := write(t, dir, 0)
	settle(t, review.Policy{}, dir, first, "")
	second := write(t, dir, 1)
	settle(t, review.Policy{}, dir, second, "")
	if err := review.Record(t.Context(), store, dir); err != nil {
		t.Fatal(err)
	}
	revert := func(id int64) (data.HistoryEntry, error) {
		t.Helper()
		e, ok, err := review.DecisionOf(t.Context(), store, id)
		if err != nil || !ok {
			t.Fatalf("change %d: %v, %v", id, ok, err)
		}
		return review.Revert(t.Context(), store, dir.By("mei", ""), e)
	}
	check := func(published string, states ...snapshot.State) {
		t.Helper()
		if got, err := dir.Published(); err != nil || got != published {
			t.Errorf("%s is in service (%v), want %s", got, err, published)
		}
		all, err := dir.States()
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range states {
			if all[i+1].State != want {
				t.Errorf("snapshot %d is %s, want %s", i+1, all[i+1].State, want)
			}
		}
	}
	last := entries(t, store)[2]
	back, err := revert(last.ID)
	if err != nil || back.Reverts != last.ID || back.Author != "mei" || back.Action != snapshot.RollsBack {
		t.Errorf("got %+v, %v", back, err)
	}
	check(first, snapshot.InService, snapshot.RolledBack)
	settle(t, review.Policy{}, dir, write(t, dir, 1), "was rolled back by mei")
	var conflict *data.ConflictError
	if _, err := revert(last.ID); !errors.As(err, &conflict) || conflict.Later == nil || conflict.Later.ID != back.ID {
		t.Errorf("twice: %v", err)
	}
	again, err := revert(back.ID)
	if err != nil || again.Reverts != back.ID || again.Action != snapshot.Publishes {
		t.Errorf("got %+v, %v", again, err)
	}
	check(second, snapshot.Retired, snapshot.InService)

	var invalid *data.InvalidError
	if _, err := revert(1); !errors.As(err, &conflict) {
		t.Errorf("what is long past: %v", err)
	}
	if err := dir.By("lin", "").Release(first); err == nil {
		t.Error("released what is not held")
	}
	lonely, store2 := newDir(t), newStore(t)
	settle(t, review.Policy{}, lonely, write(t, lonely, 0), "")
	dir, store = lonely, store2
	if err := review.Record(t.Context(), store, dir); err != nil {
		t.Fatal(err)
	}
	if _, err := revert(1); !errors.As(err, &invalid) || !strings.Contains(err.Error(), "before which there was none") {
		t.Errorf("the first: %v", err)
	}
	if _, ok, err := review.DecisionOf(t.Context(), store, 2); ok || err != nil {
		t.Errorf("a change that there is not: %v, %v", ok, err)
	}
}

// What is taken back is so, and is told so, also where the history cannot be written.
func TestRevertWithoutHistory(t *testing.T) {
	dir, store := newDir(t), newStore(t)
	first := write(t, dir, 0)
	settle(t, review.Policy{}, dir, first, "")
	settle(t, review.Policy{}, dir, write(t, dir, 1), "")
	if err := review.Record(t.Context(), store, dir); err != nil {
		t.Fatal(err)
	}
	e, _, err := review.DecisionOf(t.Context(), store, 2)
	if err != nil {
		t.Fatal(err)
	}
	lost := lastly{store, 1}
	_, err = review.Revert(t.Context(), &lost, dir, e)
	if err == nil || !strings.Contains(err.Error(), "is taken back, but that is not in the history yet") {
		t.Errorf("got %v", err)
	}
	if published, err := dir.Published(); err != nil || published != first {
		t.Errorf("%s is in service, %v", published, err)
	}
	if err := review.Record(t.Context(), store, dir); err != nil || len(entries(t, store)) != 3 {
		t.Errorf("the history has %d entries, %v", len(entries(t, store)), err)
	}
}

// lastly is a history that can be written so many times.
type lastly struct {
	*sqlite.Store
	left int
}

func (h *lastly) Record(ctx context.Context, entries ...data.HistoryEntry) error {
	if h.left--; h.left < 0 {
		return errors.New("no space left")
	}
	return h.Store.Record(ctx, entries...)
}
