package snapshot

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
)

// quickDir is a Dir whose disk does not wait for what it syncs.
func quickDir(t *testing.T) *Dir {
	d := testDir(t)
	d.fs = quick{}
	return d
}

// dated is contents of a snapshot that was made so many seconds after the others of
// the test.
func dated(seconds int) Contents {
	c := contents(3)
	c.Manifest.Created = created.Add(time.Duration(seconds) * time.Second)
	return c
}

// stateOf is that of snapshot id.
func stateOf(t testing.TB, d *Dir, id string) Info {
	t.Helper()
	all, err := d.States()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(i Info) bool { return i.ID == id })
	if i < 0 {
		t.Fatalf("there is no snapshot %s", id)
	}
	return all[i]
}

// propose proposes id and demands that it is published, or the reason why not.
func propose(t *testing.T, d *Dir, id, reason string) {
	t.Helper()
	why, err := d.Propose(id)
	if err != nil {
		t.Fatal(err)
	}
	if (why == "") != (reason == "") || !strings.Contains(why, reason) {
		t.Errorf("propose %s: waits for %q, want %q", id, why, reason)
	}
	if got := stateOf(t, d, id).State == InService; got != (reason == "") {
		t.Errorf("propose %s: in service: %v", id, got)
	}
}

// What editors hold or roll back stops what would go into service by itself, until they
// publish something newer or let go.
func TestReview(t *testing.T) {
	d := quickDir(t)
	var ids []string
	for i := range 6 {
		ids = append(ids, write(t, d, dated(i)))
	}
	state := func(want ...State) {
		t.Helper()
		for i, want := range want {
			if got := stateOf(t, d, ids[i]).State; got != want {
				t.Errorf("snapshot %d is %s, want %s", i, got, want)
			}
		}
	}
	mei := d.By("mei", "too many of one section")
	state(AwaitsReview, AwaitsReview)
	if err := d.Leave(ids[0]); err != nil {
		t.Fatal(err)
	}
	propose(t, d, ids[1], "")
	state(PassedOver, InService, AwaitsReview)
	propose(t, d, ids[0], "which is newer")

	if err := mei.Hold(ids[2]); err != nil {
		t.Fatal(err)
	}
	propose(t, d, ids[2], "it is held by mei: too many of one section")
	propose(t, d, ids[3], ids[2]+", newer than the one in service, is held by mei")
	if why := stateOf(t, d, ids[3]).Decision.Note; !strings.Contains(why, "held by mei") {
		t.Errorf("why the fourth waits is told as %q", why)
	}
	state(PassedOver, InService, Held, AwaitsReview)
	if err := d.Release(ids[2]); err != nil {
		t.Fatal(err)
	}
	propose(t, d, ids[3], "")
	state(PassedOver, Retired, PassedOver, InService)

	back, err := mei.Rollback()
	if err != nil || back != ids[1] {
		t.Fatalf("rolled back to %s, %v", back, err)
	}
	state(PassedOver, InService, AwaitsReview, RolledBack, AwaitsReview)
	propose(t, d, ids[3], "it is rolled back by mei")
	propose(t, d, ids[4], ids[3]+", newer than the one in service, was rolled back by mei: too many")
	if err := d.Leave(ids[3]); err != nil { // changes nothing of what mei said
		t.Fatal(err)
	}
	state(PassedOver, InService, AwaitsReview, RolledBack, AwaitsReview)
	if err := d.Publish(ids[4]); err != nil {
		t.Fatal(err)
	}
	propose(t, d, ids[5], "")
	state(PassedOver, Retired, PassedOver, RolledBack, Retired, InService)

	// To publish an older one is to roll the present one back.
	if err := d.Publish(ids[4]); err != nil {
		t.Fatal(err)
	}
	state(PassedOver, Retired, PassedOver, RolledBack, InService, RolledBack)
	if err := d.Release(ids[5]); err != nil {
		t.Fatal(err)
	}
	state(PassedOver, Retired, PassedOver, RolledBack, InService, Retired)
	propose(t, d, write(t, d, dated(9)), "")

	for what, err := range map[string]error{
		"hold the one in service":   d.Hold(func() string { id, _ := d.Published(); return id }()),
		"release what is not held":  d.Release(ids[0]),
		"hold what is not there":    d.Hold("20200101T000000Z-000000"),
		"propose what is not there": func() error { _, err := d.Propose("20200101T000000Z-000000"); return err }(),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
		if strings.HasSuffix(what, "not there") && !errors.Is(err, data.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Whatever is decided in whatever order, what goes into service by itself is never a
// snapshot that an editor holds or has rolled back, nor one past it, nor one that has
// waited until a newer one was published.
func TestReviewNeverPassesEditorsOver(t *testing.T) {
	d := quickDir(t)
	ids := make([]string, 5)
	for i := range ids {
		ids[i] = write(t, d, dated(i))
	}
	rapid.Check(t, func(t *rapid.T) {
		if err := os.Remove(filepath.Join(d.path, PointerFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		stopped, waits, served := map[int]bool{}, map[int]bool{}, map[int]bool{} // stopped by an editor
		current, history := -1, []int{}
		stop := func() bool {
			for i := range stopped {
				if stopped[i] && i > current {
					return true
				}
			}
			return false
		}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			i := rapid.IntRange(0, len(ids)-1).Draw(t, "snapshot")
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				why, err := d.Propose(ids[i])
				if err != nil {
					t.Fatal(err)
				}
				free := !stopped[i] && !stop()
				if want := current == i || free && (!waits[i] || i > current); (why == "") != want {
					t.Fatalf("propose %d after %v with %v stopped and %v waiting: %q", i, history, stopped, waits, why)
				}
				if why == "" && current != i {
					history, current = append(history, i), i
					waits[i], served[i] = false, true
				}
				if why != "" && !stopped[i] && stop() {
					waits[i] = true
				}
			case 1:
				if err := d.Publish(ids[i]); err != nil {
					t.Fatal(err)
				}
				if current == i {
					break
				}
				if back := current; back > i {
					stopped[back], waits[back] = true, false
					history = slices.DeleteFunc(history, func(j int) bool { return j == back })
				}
				if n := len(history); n == 0 || history[n-1] != i {
					history = append(history, i)
				}
				stopped[i], waits[i], served[i] = false, false, true
				current = i
			case 2:
				before := slices.DeleteFunc(slices.Clone(history), func(j int) bool { return j == current })
				if _, err := d.Rollback(); (err == nil) != (len(before) > 0) {
					t.Fatalf("roll back %v: %v", history, err)
				}
				if len(before) > 0 {
					stopped[current], waits[current] = true, false
					history, current = before, before[len(before)-1]
					stopped[current], waits[current] = false, false
				}
			case 3:
				if err := d.Hold(ids[i]); (err == nil) != (current != i) {
					t.Fatalf("hold %d while %d is in service: %v", i, current, err)
				}
				if current != i {
					stopped[i], waits[i] = true, false
				}
			case 4:
				if err := d.Release(ids[i]); (err == nil) != stopped[i] {
					t.Fatalf("release %d of %v: %v", i, stopped, err)
				}
				if stopped[i] {
					stopped[i], waits[i] = false, true
				}
			case 5:
				if err := d.Leave(ids[i]); err != nil {
					t.Fatal(err)
				}
				if i > current && !stopped[i] && !served[i] {
					waits[i] = true
				}
			}
			published, err := d.Published()
			if err != nil || (current < 0) != (published == "") || current >= 0 && published != ids[current] {
				t.Fatalf("published %s, %v; want %d of %v", published, err, current, ids)
			}
		}
	})
}

// What older versions have left is read; what nobody has decided about waits.
func TestReviewOfOlderFolders(t *testing.T) {
	d := quickDir(t)
	first, second, third := write(t, d, dated(0)), write(t, d, dated(1)), write(t, d, dated(2))
	if err := os.WriteFile(filepath.Join(d.path, PointerFile), []byte(`{"published": ["`+first+`", "`+second+`"]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]State{first: Retired, second: InService, third: AwaitsReview} {
		if got := stateOf(t, d, id); got.State != want || !got.Decision.Time.IsZero() {
			t.Errorf("%s is %s, want %s; %+v", id, got.State, want, got.Decision)
		}
	}
	if back, err := d.Rollback(); err != nil || back != first {
		t.Fatalf("rolled back to %s, %v", back, err)
	}
	propose(t, d, third, second+", newer than the one in service, was rolled back")
}

// Decisions about snapshots that are gone are forgotten, and those beyond the limit.
func TestDecisionsAreForgotten(t *testing.T) {
	p := pointer{Published: []string{"20261101T000000Z-000000"}, Decisions: map[string]Decision{}}
	for i := range maxDecisions + 10 {
		at := created.Add(time.Duration(i) * time.Hour)
		p.Decisions[at.Format(idTime)+"-000000"] = Decision{State: AwaitsReview, Time: at}
	}
	p.Decisions["20261101T000000Z-000000"] = Decision{State: InService, Time: created.Add(-time.Hour)}
	gone := created.Add((maxDecisions + 9) * time.Hour).Format(idTime)
	p.forget(func(id string) bool { return strings.HasPrefix(id, gone) })
	if n := len(p.Decisions); n != maxDecisions+1 || p.Decisions["20261101T000000Z-000000"].State != InService {
		t.Errorf("%d decisions are left, and %+v of the one in service", n, p.Decisions["20261101T000000Z-000000"])
	}
}

// A held snapshot that somebody deletes stops nothing any more.
func TestHeldAndDeleted(t *testing.T) {
	d := quickDir(t)
	publish(t, d, dated(0))
	held, next := write(t, d, dated(1)), write(t, d, dated(2))
	if err := d.Hold(held); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(d.path, held)); err != nil {
		t.Fatal(err)
	}
	propose(t, d, next, "")
}

// A decision of somebody who has not seen the last one is refused.
func TestIf(t *testing.T) {
	d := quickDir(t)
	a, b := write(t, d, dated(0)), write(t, d, dated(1))
	if previous, err := d.Previous(); err != nil || previous != "" {
		t.Errorf("before %q, %v", previous, err)
	}
	revision := func() string {
		t.Helper()
		r, err := d.Revision()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	seen := revision()
	if err := d.If(seen).Publish(a); err != nil {
		t.Fatal(err)
	}
	for what, decide := range map[string]func(*Dir) error{
		"publish": func(d *Dir) error { return d.Publish(b) }, "hold": func(d *Dir) error { return d.Hold(b) },
		"roll back": func(d *Dir) error { _, err := d.Rollback(); return err },
	} {
		if _, ok := errors.AsType[*data.ConflictError](decide(d.If(seen))); !ok {
			t.Errorf("%s: got no conflict", what)
		}
	}
	if got := stateOf(t, d, b).State; got != AwaitsReview || revision() == seen {
		t.Errorf("%s is %s", b, got)
	}
	if err := d.If(revision()).By("mei", "").Publish(b); err != nil {
		t.Fatal(err)
	}
	if previous, err := d.Previous(); err != nil || previous != a {
		t.Errorf("before %q, %v", previous, err)
	}
}
