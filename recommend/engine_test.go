package recommend_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

var now = time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)

// A memory is a store whose state a test sets as it likes.
type memory struct {
	revision  data.Revision
	changes   []change
	overrides []data.Override
	rules     []data.Rule
	err       error // that every method returns
}

type change struct {
	revision int64
	card     data.Card
}

func (m *memory) Revision(context.Context) (data.Revision, error)    { return m.revision, m.err }
func (m *memory) Overrides(context.Context) ([]data.Override, error) { return m.overrides, m.err }
func (m *memory) Rules(context.Context) ([]data.Rule, error)         { return m.rules, m.err }

func (m *memory) CardsSince(_ context.Context, rev int64) iter.Seq2[data.Card, error] {
	return func(yield func(data.Card, error) bool) {
		if m.err != nil {
			yield(data.Card{}, m.err)
			return
		}
		for _, c := range m.changes {
			if c.revision > rev && !yield(c.card, nil) {
				return
			}
		}
	}
}

func (m *memory) Article(context.Context, data.ArticleID) (data.Article, error) {
	return data.Article{}, cmp.Or(m.err, data.ErrNotFound)
}

type noModel struct{}

func (noModel) WriteTo(io.Writer) (int64, error) { return 0, nil }

// linear scales every language so that a cosine of 0.87 scores about 87.
func linear() snapshot.Scales {
	s := snapshot.Scale{Quantiles: make([]float32, 101)}
	for p := range s.Quantiles {
		s.Quantiles[p] = float32(p) / 100
	}
	return snapshot.Scales{"en": s, "de": s, "fr": s, "zh": s, data.Undetermined: s}
}

// ring is a snapshot in which every card's candidates are the k cards after it
// in a ring, with falling cosines; vectors point in as many directions.
func ring(cards []data.Card, k int, revision int64) snapshot.Contents {
	n := len(cards)
	c := snapshot.Contents{
		Cards: cards, Model: noModel{},
		Vectors:    embed.Dense{Rows: n, Dim: 2, Data: make([]float32, 2*n)},
		Candidates: knn.Lists{K: k, Len: make([]int32, n), Data: make([]knn.Neighbour, n*k)},
		Manifest:   snapshot.Manifest{Created: now.Add(-time.Hour), StoreRevision: revision, Scales: linear()},
	}
	for i := range n {
		c.Vectors.Row(i)[i%2] = 1
		c.Candidates.Len[i] = int32(min(k, n-1))
		for j := range int(c.Candidates.Len[i]) {
			c.Candidates.Data[i*k+j] = knn.Neighbour{Row: int32((i + j + 1) % n), Cosine: 1 - float32(j)/float32(k+1)}
		}
	}
	return c
}

// cards are n cards of English articles "a0" to "a9", each with the section.
func cards(n int, section string) []data.Card {
	cards := make([]data.Card, n)
	for i := range cards {
		id := data.ArticleID(fmt.Sprintf("a%d", i))
		cards[i] = data.Card{
			ID: id, Title: "Title of " + string(id), URL: "https://example.org/" + string(id), Section: section, Lang: "en",
			Group: id, State: data.Published, PublishedAt: now.AddDate(0, 0, -i-1),
		}
	}
	return cards
}

func openDir(t testing.TB) (dir *snapshot.Dir, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "snapshots")
	dir, err := snapshot.OpenDir(path)
	if err != nil {
		t.Fatal(err)
	}
	return dir, path
}

func publish(t testing.TB, dir *snapshot.Dir, c snapshot.Contents) string {
	t.Helper()
	id, err := dir.Write(t.Context(), c)
	if err == nil {
		err = dir.Publish(id)
	}
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func newEngine(t testing.TB, store recommend.Store, dir *snapshot.Dir, change func(*recommend.Options)) *recommend.Engine {
	t.Helper()
	opts := recommend.Options{
		Secret: []byte("secret"), Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
		PerAuthor: -1,
	}
	if change != nil {
		change(&opts)
	}
	e, err := recommend.New(store, dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func load(t testing.TB, e *recommend.Engine) {
	t.Helper()
	if err := e.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func related(t testing.TB, e *recommend.Engine, q recommend.Query) recommend.List {
	t.Helper()
	list, err := e.Related(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// ids are those of a list's links, such as "a1 a2".
func ids(l recommend.List) string {
	var ids []string
	for _, link := range l.Links {
		ids = append(ids, string(link.Card.ID))
	}
	return strings.Join(ids, " ")
}

func TestNewRefuses(t *testing.T) {
	dir, _ := openDir(t)
	for name, opts := range map[string]recommend.Options{
		"no secret":          {},
		"threshold":          {Secret: []byte("s"), Threshold: 101},
		"negative threshold": {Secret: []byte("s"), Threshold: -1},
		"poll":               {Secret: []byte("s"), Poll: -1},
	} {
		if _, err := recommend.New(&memory{}, dir, opts); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestLoad(t *testing.T) {
	dir, path := openDir(t)
	store := &memory{revision: data.Revision{Articles: 5, Overrides: 1}}
	var log bytes.Buffer
	clock := now
	e := newEngine(t, store, dir, func(o *recommend.Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		o.Now = func() time.Time { return clock }
	})
	check := func(step, snapshot, problem string) {
		t.Helper()
		if s := e.Status(); s.Snapshot != snapshot || (problem == "") != (s.Problem == "") || !strings.Contains(s.Problem, problem) {
			t.Fatalf("%s: %q is in service with problem %q; want %q with %q", step, s.Snapshot, s.Problem, snapshot, problem)
		}
		if e.Ready() != (snapshot != "") {
			t.Fatalf("%s: ready: %v", step, e.Ready())
		}
	}
	check("new", "", "")
	if err := e.Load(t.Context()); !errors.Is(err, data.ErrNoSnapshot) {
		t.Errorf("got error %v, want %v", err, data.ErrNoSnapshot)
	}
	check("nothing published", "", "no snapshot in service")
	if _, err := e.Related(t.Context(), recommend.Query{ID: "a1"}); !errors.Is(err, data.ErrNoSnapshot) {
		t.Errorf("got error %v, want %v", err, data.ErrNoSnapshot)
	}

	first := publish(t, dir, ring(cards(4, "first"), 3, 5))
	store.err = errors.New("the disk is gone")
	if err := e.Load(t.Context()); !errors.Is(err, store.err) {
		t.Errorf("got error %v, want %v", err, store.err)
	}
	check("store broken from the start", "", "the disk is gone")
	store.err = nil
	load(t, e)
	check("first", first, "")

	second := publish(t, dir, ring(cards(5, "second"), 3, 5))
	store.err = errors.New("the disk is gone")
	load(t, e)
	check("store broken later", first, "the disk is gone")
	store.err = nil
	load(t, e)
	check("second", second, "")

	third := publish(t, dir, ring(cards(6, "third"), 3, 5))
	manifest := filepath.Join(path, third, "manifest.json")
	sound, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(manifest, 10); err != nil {
		t.Fatal(err)
	}
	log.Reset()
	for range 3 {
		load(t, e)
		check("third is broken", second, third)
	}
	if n := strings.Count(log.String(), third); n != 1 {
		t.Errorf("%s is logged %d times, want once:\n%s", third, n, log.String())
	}
	restarted := newEngine(t, store, dir, nil)
	load(t, restarted)
	if s := restarted.Status(); s.Snapshot != second || !strings.Contains(s.Problem, third) {
		t.Errorf("after a restart %q is in service with problem %q", s.Snapshot, s.Problem)
	}
	if err := os.WriteFile(manifest, sound, 0o644); err != nil {
		t.Fatal(err)
	}
	load(t, e)
	check("third is not verified over and over", second, third)
	clock = clock.Add(time.Minute)
	load(t, e)
	check("third is mended", third, "")

	if _, err := dir.Rollback(); err != nil {
		t.Fatal(err)
	}
	load(t, e)
	check("rolled back", second, "")
	if err := os.WriteFile(filepath.Join(path, "published.json"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	load(t, e)
	check("damaged pointer", second, "published.json")
	if err := os.Remove(filepath.Join(path, "published.json")); err != nil {
		t.Fatal(err)
	}
	load(t, e)
	check("no pointer", second, "publish one again")
}

// A store that was restored from a backup knows less than before.
func TestRestoredStore(t *testing.T) {
	dir, _ := openDir(t)
	all := cards(3, "s")
	publish(t, dir, ring(all, 2, 5))
	gone := all[1]
	gone.State = data.Unpublished
	store := &memory{revision: data.Revision{Articles: 7}, changes: []change{{6, gone}}}
	e := newEngine(t, store, dir, nil)
	load(t, e)
	if got := ids(related(t, e, recommend.Query{ID: "a0"})); got != "a2" {
		t.Errorf("got %s, want a2", got)
	}
	store.revision.Articles, store.changes = 5, nil
	load(t, e)
	if got := ids(related(t, e, recommend.Query{ID: "a0"})); got != "a1 a2" {
		t.Errorf("after the store was restored: got %s, want a1 a2", got)
	}

	// Older than the snapshot, it has changed in ways that no revision tells.
	other := all[2]
	other.State = data.Unpublished
	store.revision.Articles, store.changes = 3, []change{{2, all[1]}, {3, other}}
	load(t, e)
	started := newEngine(t, store, dir, nil)
	load(t, started)
	for name, e := range map[string]*recommend.Engine{"running": e, "just started": started} {
		if got := ids(related(t, e, recommend.Query{ID: "a0"})); got != "a1" {
			t.Errorf("after the restore of a store older than the snapshot, %s: got %s, want a1", name, got)
		}
	}
	store.revision.Articles, store.changes = 4, []change{{2, all[1]}, {3, other}, {4, gone}}
	load(t, e)
	if got := ids(related(t, e, recommend.Query{ID: "a0"})); got != "" {
		t.Errorf("after a change of the restored store: got %s, want none", got)
	}
}

func TestStatus(t *testing.T) {
	dir, _ := openDir(t)
	all := cards(4, "s")
	all[3].Lang = "zh-Hant"
	id := publish(t, dir, ring(all, 3, 5))
	store := &memory{revision: data.Revision{Articles: 6, Overrides: 2}, overrides: make([]data.Override, 3)}
	e := newEngine(t, store, dir, nil)
	load(t, e)
	got := e.Status()
	if got.Snapshot != id || !got.Created.Equal(now.Add(-time.Hour)) || got.Age != time.Hour || got.Articles != 4 ||
		got.Languages["en"] != 3 || got.Languages["zh-Hant"] != 1 || got.StoreRevision != store.revision || got.Overrides != 3 || got.Problem != "" || !got.Behind {
		t.Errorf("got %+v", got)
	}
	same := newEngine(t, &memory{revision: data.Revision{Articles: 5, Overrides: 9}}, dir, nil)
	load(t, same)
	if same.Status().Behind {
		t.Error("no article has changed since the snapshot, and it is behind")
	}
}

// A running engine must follow what other processes do within a second.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, _ := openDir(t)
		store := datatest.NewStore(time.Now)
		put := func(id data.ArticleID, state data.State) {
			t.Helper()
			if _, err := store.PutArticles(t.Context(), []data.Article{{ID: id, Title: "Title", Lang: "en", State: state}}); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range cards(4, "s") {
			put(c.ID, data.Published)
		}
		e := newEngine(t, store, dir, func(o *recommend.Options) { o.Now = time.Now })
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		done := make(chan error, 1)
		go func() { done <- e.Watch(ctx) }()
		check := func(step, want string) {
			t.Helper()
			time.Sleep(time.Second)
			synctest.Wait()
			if got := ids(related(t, e, recommend.Query{ID: "a0"})); got != want {
				t.Fatalf("%s: got %s, want %s", step, got, want)
			}
		}
		some := cards(4, "s")
		for i := range some {
			some[i].PublishedAt = time.Time{}
		}
		publish(t, dir, ring(some, 3, 4))
		check("published", "a1 a2 a3")
		pin, err := store.AddOverride(t.Context(), data.Override{Article: "a0", Target: "a3", Action: data.Pin, Position: 1})
		if err != nil {
			t.Fatal(err)
		}
		check("pinned", "a3 a1 a2")
		put("a1", data.Unpublished)
		check("unpublished", "a3 a2")
		put("a2", data.Unpublished)
		check("unpublished another", "a3")
		put("a1", data.Published)
		put("a2", data.Published)
		put("a4", data.Published) // newer than the snapshot
		if _, err := store.AddOverride(t.Context(), data.Override{Article: "*", Target: "a4", Action: data.Pin, Position: 2}); err != nil {
			t.Fatal(err)
		}
		check("pinned a new one", "a3 a4 a1 a2")
		if err := store.RemoveOverride(t.Context(), pin.ID); err != nil {
			t.Fatal(err)
		}
		check("removed", "a1 a4 a2 a3")
		publish(t, dir, ring(some, 1, 8))
		check("published another", "a1 a4")

		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Watch returned %v", err)
		}
	})
}

// Requests that run while snapshots and the store change must each be answered
// from one state: all links of a list tell of the snapshot that it names.
func TestSwapUnderLoad(t *testing.T) {
	dir, _ := openDir(t)
	store := datatest.NewStore(time.Now)
	sections := map[string]string{} // by snapshot
	var published []string
	for i := range 4 {
		section := fmt.Sprint("section ", i)
		id := publish(t, dir, ring(cards(10, section), 5+i, 0))
		sections[id], published = section, append(published, id)
	}
	e := newEngine(t, store, dir, nil)
	load(t, e)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			signed := map[string]string{}
			for ctx.Err() == nil {
				list, err := e.Related(ctx, recommend.Query{ID: "a3", Limit: 20})
				if err != nil {
					t.Error(err)
					return
				}
				want := sections[list.Snapshot]
				if len(list.Links) != 5+int(want[len(want)-1]-'0') || list.Article.Section != want {
					t.Errorf("%s: got %d links of an article in %q", list.Snapshot, len(list.Links), list.Article.Section)
				}
				for _, l := range list.Links {
					if l.Card.Section != want {
						t.Errorf("%s: link to an article of %q, want %q", list.Snapshot, l.Card.Section, want)
					}
				}
				if before, ok := signed[list.RecommendationID]; ok && before != list.Snapshot {
					t.Errorf("%s and %s share the id %s", before, list.Snapshot, list.RecommendationID)
				}
				signed[list.RecommendationID] = list.Snapshot
				e.Status()
			}
		})
	}
	for i := range 60 {
		if err := dir.Publish(published[i%len(published)]); err != nil {
			t.Fatal(err)
		}
		if _, err := store.PutArticles(ctx, []data.Article{{ID: "other", Title: fmt.Sprint("Title ", i)}}); err != nil {
			t.Fatal(err)
		}
		load(t, e)
	}
	cancel()
	wg.Wait()
	if s := e.Status(); s.Problem != "" {
		t.Errorf("problem: %s", s.Problem)
	}
}
