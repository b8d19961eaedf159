package snapshot

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/alsolike/alsolike/data"
)

// Everything that was decided is in the log once, in its order, with who did it and what
// it changed.
func TestLog(t *testing.T) {
	d := quickDir(t)
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	propose := func(d *Dir, id string) {
		t.Helper()
		if why, err := d.Propose(id); err != nil || why != "" {
			t.Fatal(why, err)
		}
	}
	a := write(t, d, dated(1))
	propose(d.By("", "review.publish is always"), a)
	propose(d, a) // changes nothing
	b := write(t, d, dated(2))
	do(d.By("", "few").Leave(b)) // nobody has decided anything
	do(d.By("mei", "asked").Hold(b))
	do(d.By("mei", "asked again").Hold(b)) // as it was
	do(d.By("lin", "").Release(b))
	do(d.By("mei", "all well").Publish(b))
	do(d.Publish(b))
	back, err := d.By("lin", "no").Reverting(7).Rollback()
	if err != nil || back != a {
		t.Fatal(back, err)
	}
	do(d.By("mei", "").Publish(b))
	do(d.By("mei", "").Publish(a)) // which is older
	log, err := d.Log()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, e := range log {
		if i > 0 && !e.Time.After(log[i-1].Time) {
			t.Errorf("entry %d is not after the one before", i)
		}
		if e.Author == "" != e.Itself {
			t.Errorf("%+v", e)
		}
		got = append(got, fmt.Sprintf("%s %s by %s: %s (%s to %s, %d)", e.Action, name(e.ID, a, b), e.Author, e.Note, name(e.Before, a, b), name(e.After, a, b), e.Reverts))
	}
	want := []string{
		"publish a by : review.publish is always ( to a, 0)",
		"hold b by mei: asked (awaits review to held, 0)",
		"release b by lin:  (held to awaits review, 0)",
		"publish b by mei: all well (a to b, 0)",
		"rollback a by lin: no (b to a, 7)",
		"publish b by mei:  (a to b, 0)",
		"publish a by mei:  (b to a, 0)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if d := infoOf(t, d, b).Decision; d.Note == "review.publish is always" {
		t.Error("the rule of a policy is taken for a note")
	}
	for range maxLog {
		do(d.By("mei", "").Publish(b))
		do(d.By("mei", "").Publish(a))
	}
	if log, err = d.Log(); err != nil || len(log) != maxLog {
		t.Errorf("%d entries, %v; want %d", len(log), err, maxLog)
	}
}

func name(s, a, b string) string {
	switch s {
	case a:
		return "a"
	case b:
		return "b"
	}
	return s
}

func infoOf(t *testing.T, d *Dir, id string) Info {
	t.Helper()
	all, err := d.States()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(i Info) bool { return i.ID == id })
	if i < 0 {
		return Info{}
	}
	return all[i]
}

// A file from before there was a log is read, and goes on with one.
func TestLogOfAnOlderFile(t *testing.T) {
	d := quickDir(t)
	a, b := write(t, d, dated(1)), write(t, d, dated(2))
	old := fmt.Sprintf(`{"published":[%q],"decisions":{%[1]q:{"state":"in service","made":"2026-11-23T20:00:00Z","time":"2026-11-23T20:00:01Z","served":true},%q:{"state":"awaits review","made":"2026-11-23T20:00:02Z","time":"2026-11-23T20:00:03Z","note":"review.publish is never"}}}`, a, b)
	if err := os.WriteFile(filepath.Join(d.path, PointerFile), []byte(old), 0o644); err != nil {
		t.Fatal(err)
	}
	if log, err := d.Log(); err != nil || len(log) > 0 {
		t.Errorf("got %v, %v", log, err)
	}
	if got := infoOf(t, d, b); got.State != AwaitsReview || got.Decision.Note != "review.publish is never" {
		t.Errorf("got %+v", got)
	}
	if err := d.Publish(b); err != nil {
		t.Fatal(err)
	}
	if log, err := d.Log(); err != nil || len(log) != 1 || log[0].Before != a {
		t.Errorf("got %v, %v", log, err)
	}
}

// Wherever PublishExcept fails, the snapshot that it makes is in service or not there as
// far as anybody is asked about it; and what a crash leaves, the next one removes.
func TestPublishExceptThatFails(t *testing.T) {
	d := quickDir(t)
	from := publish(t, d, dated(1))
	id := write(t, d, dated(2))
	articles := []data.ArticleID{d.firstArticle(t, id)}
	steps := 0
	for failAt := 1; ; failAt++ {
		broken := *d
		broken.fs = &failingDisk{failAt: failAt}
		made, err := broken.PublishExcept(t.Context(), id, articles)
		if err == nil {
			if got, err := d.Published(); err != nil || got != made || steps < 10 {
				t.Fatalf("%s is in service (%v), want %s; it failed at %d steps", got, err, made, steps)
			}
			break
		}
		steps++
		if !errors.Is(err, errDisk) {
			t.Fatal(err)
		}
		for _, info := range mustStates(t, d) {
			if asked := info.State == AwaitsReview || info.State == Held; asked && info.ID != id {
				t.Errorf("failing at %d leaves %s, which %s", failAt, info.ID, info.State)
			}
		}
		published, err := d.Published()
		if err != nil {
			t.Fatal(err)
		}
		if published != from { // only telling that it is durable failed
			if _, err := d.Rollback(); err != nil {
				t.Fatal(err)
			}
			if err := d.Release(published); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if _, err := d.Prune(t.Context(), 10, 0); err != nil {
			t.Fatal(err)
		}
		for _, info := range mustStates(t, d) {
			if info.Manifest.Except != nil && !info.Decision.Served {
				t.Errorf("failing at %d leaves %s for good", failAt, info.ID)
			}
		}
	}
}

// Where somebody decides something while it is written, nothing is left of it.
func TestPublishExceptWhileSomebodyDecides(t *testing.T) {
	d := quickDir(t)
	publish(t, d, dated(1))
	id := write(t, d, dated(2))
	articles := []data.ArticleID{d.firstArticle(t, id)}
	busy := *d
	busy.fs = &deciding{disk: quick{}, decide: func() error { return d.Hold(id) }}
	_, err := busy.PublishExcept(t.Context(), id, articles)
	if _, ok := errors.AsType[*data.ConflictError](err); !ok {
		t.Fatalf("got %v", err)
	}
	if all := mustStates(t, d); len(all) != 2 {
		t.Errorf("there are %d snapshots, want 2: %+v", len(all), all)
	}

	// A process that ends between the two.
	if _, err := d.WriteExcept(t.Context(), id, infoOf(t, d, id).ID, articles); err != nil {
		t.Fatal(err)
	}
	left := 0
	for _, info := range mustStates(t, d) {
		if info.Leftover {
			left++
			if info.State != PassedOver {
				t.Errorf("it %s", info.State)
			}
		}
	}
	if left != 1 {
		t.Errorf("%d are left over, want 1", left)
	}
	made, err := d.PublishExcept(t.Context(), id, articles)
	if err != nil {
		t.Fatal(err)
	}
	if all := mustStates(t, d); len(all) != 3 || infoOf(t, d, made).State != InService {
		t.Errorf("there are %d snapshots, want 3: %+v", len(all), all)
	}
}

// Where what was decided was lost, nobody knows whether a snapshot was in service: it stays.
func TestLeftoverWithoutDecisions(t *testing.T) {
	d := quickDir(t)
	publish(t, d, dated(1))
	id := write(t, d, dated(2))
	made, err := d.PublishExcept(t.Context(), id, []data.ArticleID{d.firstArticle(t, id)})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(d.path, PointerFile)); err != nil {
		t.Fatal(err)
	}
	if infoOf(t, d, made).Leftover {
		t.Errorf("%s is taken for what a crash has left", made)
	}
	if _, err := d.Prune(t.Context(), 10, 0); err != nil {
		t.Fatal(err)
	}
	infoOf(t, d, made)
}

// deciding decides something as soon as a snapshot is in its place.
type deciding struct {
	disk   fileSystem
	decide func() error
}

func (f *deciding) Mkdir(path string) error          { return f.disk.Mkdir(path) }
func (f *deciding) Create(path string) (file, error) { return f.disk.Create(path) }
func (f *deciding) Link(from, to string) error       { return f.disk.Link(from, to) }
func (f *deciding) SyncDir(path string) error        { return f.disk.SyncDir(path) }
func (f *deciding) Rename(from, to string) (err error) {
	if err = f.disk.Rename(from, to); err == nil && f.decide != nil && idPattern.MatchString(filepath.Base(to)) {
		decide := f.decide
		f.decide = nil
		err = decide()
	}
	return err
}

func (d *Dir) firstArticle(t *testing.T, id string) data.ArticleID {
	t.Helper()
	s, err := d.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	return s.ArticleID(0)
}

func mustStates(t *testing.T, d *Dir) []Info {
	t.Helper()
	all, err := d.States()
	if err != nil {
		t.Fatal(err)
	}
	return all
}
