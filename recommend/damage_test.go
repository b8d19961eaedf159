package recommend_test

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/recommend"
)

// A file that is cut short while its snapshot is in service, as a careless copy
// does it, costs neither the process nor, from the next look on, an answer.
func TestCutShortInService(t *testing.T) {
	dir, path := openDir(t)
	all := cards(500, "s") // more than a page of every file
	slices.SortFunc(all, func(a, b data.Card) int { return cmp.Compare(a.ID, b.ID) })
	first, second := publish(t, dir, ring(all, 5, 5)), publish(t, dir, ring(all, 4, 5))
	e := newEngine(t, &memory{revision: data.Revision{Articles: 5}}, dir, nil)
	load(t, e)

	cut(t, path, second)
	if _, err := e.Related(t.Context(), recommend.Query{ID: "a1"}); !errors.Is(err, data.ErrNoSnapshot) || !strings.Contains(err.Error(), second) {
		t.Errorf("before anybody looked: got error %v, want %v that names %s", err, data.ErrNoSnapshot, second)
	}
	load(t, e)
	if list := related(t, e, recommend.Query{ID: "a1"}); list.Snapshot != first || len(list.Links) == 0 {
		t.Errorf("got %d links of %s, want those of %s", len(list.Links), list.Snapshot, first)
	}
	if s := e.Status(); !strings.Contains(s.Problem, second) || !strings.Contains(s.Problem, "bytes instead of") {
		t.Errorf("the problem is %q", s.Problem)
	}

	cut(t, path, first)
	if err := e.Load(t.Context()); err == nil || e.Ready() {
		t.Errorf("ready: %v, error %v, with every snapshot cut short", e.Ready(), err)
	}
	third := publish(t, dir, ring(all, 3, 5))
	load(t, e)
	if list := related(t, e, recommend.Query{ID: "a1"}); list.Snapshot != third {
		t.Errorf("got links of %s, want those of the new %s", list.Snapshot, third)
	}
}

// Nor does a push that finds them so.
func TestCutShortBeforeAPush(t *testing.T) {
	for _, before := range []int{0, 1} { // articles that were folded in while all was well
		store := datatest.NewStore(time.Now)
		corpus := datatest.Corpus(datatest.CorpusOptions{Texts: 300})
		put := func(articles ...data.Article) {
			t.Helper()
			if _, err := store.PutArticles(t.Context(), articles); err != nil {
				t.Fatal(err)
			}
		}
		put(corpus[:250]...)
		contents, _ := fitted(t, store, 64)
		dir, path := openDir(t)
		id := publish(t, dir, contents)
		e := newEngine(t, store, dir, nil)
		put(corpus[250 : 250+before]...)
		load(t, e)

		cut(t, path, id)
		put(corpus[299])
		if err := e.Update(t.Context(), corpus[299].ID); !errors.Is(err, data.ErrNoSnapshot) || !strings.Contains(err.Error(), id) {
			t.Errorf("got error %v, want %v that names %s", err, data.ErrNoSnapshot, id)
		}
	}
}

// cut cuts every binary file of a snapshot short.
func cut(t *testing.T, path, id string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(path, id, "*.bin"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		if err := os.Truncate(file, 0); err != nil {
			t.Fatal(err)
		}
	}
}

// Damage to what is in service, while a newer snapshot has just been refused,
// brings the last good one back at once and not when the refusal is over.
func TestCutShortAfterRefusal(t *testing.T) {
	dir, path := openDir(t)
	first, second := publish(t, dir, ring(cards(4, "s"), 3, 5)), publish(t, dir, ring(cards(4, "s"), 2, 5))
	e := newEngine(t, &memory{revision: data.Revision{Articles: 5}}, dir, nil)
	load(t, e)
	for _, next := range []struct{ cut, serves string }{{publish(t, dir, ring(cards(4, "s"), 1, 5)), second}, {second, first}} {
		cut(t, path, next.cut)
		load(t, e)
		if got := e.Status().Snapshot; got != next.serves {
			t.Errorf("with %s cut short, %q is in service, want %s", next.cut, got, next.serves)
		}
	}
}

// What is deleted while it is in service is served on, and the loss is told.
func TestDeletedInService(t *testing.T) {
	dir, path := openDir(t)
	id := publish(t, dir, ring(cards(4, "s"), 3, 5))
	e := newEngine(t, &memory{revision: data.Revision{Articles: 5}}, dir, nil)
	load(t, e)
	if err := os.RemoveAll(filepath.Join(path, id)); err != nil {
		t.Fatal(err)
	}
	load(t, e)
	if list := related(t, e, recommend.Query{ID: "a1"}); list.Snapshot != id || len(list.Links) == 0 {
		t.Errorf("got %d links of %q", len(list.Links), list.Snapshot)
	}
	if s := e.Status(); !strings.Contains(s.Problem, id) || !strings.Contains(s.Problem, "no longer on disk") {
		t.Errorf("the problem is %q", s.Problem)
	}
}

// Nor does a look at all articles at one moment.
func TestCutShortAtAMoment(t *testing.T) {
	dir, path := openDir(t)
	id := publish(t, dir, ring(cards(8, "s"), 3, 5))
	e := newEngine(t, &memory{revision: data.Revision{Articles: 5}}, dir, nil)
	if _, err := e.Moment(); !errors.Is(err, data.ErrNoSnapshot) {
		t.Errorf("before a snapshot: got error %v", err)
	}
	load(t, e)
	m, err := e.Moment()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := m.Articles(func(recommend.Known) bool { n++; return n < 4 }); err != nil || n != 4 {
		t.Errorf("%d articles, %v; want to stop after 4", n, err)
	}
	cut(t, path, id)
	if err := m.Articles(func(recommend.Known) bool { return true }); !errors.Is(err, data.ErrNoSnapshot) || !strings.Contains(err.Error(), id) {
		t.Errorf("all articles: got error %v, want %v that names %s", err, data.ErrNoSnapshot, id)
	}
	if _, _, err := m.Find("a1"); !errors.Is(err, data.ErrNoSnapshot) {
		t.Errorf("one article: got error %v, want %v", err, data.ErrNoSnapshot)
	}
}
