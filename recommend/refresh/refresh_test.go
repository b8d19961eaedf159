package refresh_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

var now = time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

// newStore holds a corpus of known subjects in three scripts.
func newStore(t *testing.T, more ...data.Article) *datatest.Store {
	t.Helper()
	store := datatest.NewStore(clock)
	corpus := datatest.Corpus(datatest.CorpusOptions{Texts: 64, Langs: []data.Lang{"en", "zh-Hans", "zh-Hant"}})
	if _, err := store.PutArticles(t.Context(), append(corpus, more...)); err != nil {
		t.Fatal(err)
	}
	return store
}

// refreshed is the snapshot that a refresh of store publishes.
func refreshed(t *testing.T, store refresh.Store, opts refresh.Options) (*snapshot.Snapshot, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "snapshots")
	dir, err := snapshot.OpenDir(path)
	if err != nil {
		t.Fatal(err)
	}
	opts.Now = clock
	m, err := refresh.Run(t.Context(), store, dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	if published, err := dir.Published(); err != nil || published != m.ID {
		t.Fatalf("published %q, %v; want %s", published, err, m.ID)
	}
	s, err := dir.Open(m.ID)
	if err != nil {
		t.Fatal(err)
	}
	return s, filepath.Join(path, m.ID)
}

// The links are of the article's subject and language, never of its group.
func TestRun(t *testing.T) {
	store := newStore(t)
	s, _ := refreshed(t, store, refresh.Options{LSA: lsa.Options{Rank: 32}, K: 10})
	subject := map[data.ArticleID]string{}
	for a, err := range store.Articles(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		subject[a.ID] = a.Section
	}
	if got, want := s.Len(), 192; got != want {
		t.Fatalf("%d articles, want %d", got, want)
	}
	right, all := 0, 0
	for row := range s.Len() {
		from := s.Card(row)
		list := s.Candidates(row)
		if len(list) == 0 {
			t.Errorf("%s has no candidates", from.ID)
		}
		for i, n := range list {
			to := s.Card(int(n.Row))
			if !from.MayLink(&to) {
				t.Errorf("%s links to %s", from.ID, to.ID)
			}
			if i < 3 {
				all++
				if subject[from.ID] == subject[to.ID] {
					right++
				}
			}
		}
	}
	if right < all*95/100 {
		t.Errorf("%d of %d first links are of the article's subject, want 95 %%", right, all)
	}
}

// Same input, configuration and seed: the same bytes in every file but the
// manifest, however many workers there are; another seed, other bytes.
func TestRunIsReproducible(t *testing.T) {
	files := func(opts refresh.Options) map[string][]byte {
		_, path := refreshed(t, storeOf(t, partlyTranslated()), opts)
		content := map[string][]byte{}
		names, err := filepath.Glob(filepath.Join(path, "*.bin"))
		if err != nil || len(names) < 11 {
			t.Fatalf("files %v, %v", names, err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			content[filepath.Base(name)] = b
		}
		return content
	}
	one := files(refresh.Options{Workers: 1})
	for _, workers := range []int{2, 5} {
		for name, b := range files(refresh.Options{Workers: workers}) {
			if !bytes.Equal(b, one[name]) {
				t.Errorf("%s differs between 1 and %d workers", name, workers)
			}
		}
	}
	other := files(refresh.Options{Workers: 1, LSA: lsa.Options{Seed: 7}})
	for _, name := range []string{"vectors.bin", "cross-vectors.bin"} {
		if bytes.Equal(other[name], one[name]) {
			t.Errorf("the seed changes nothing in %s", name)
		}
	}
}

// Only what is published is linked to; a hidden article has links of its own,
// an unpublished one has none but is known.
func TestRunStates(t *testing.T) {
	text := "The harbour cranes of the port lift containers from the ships all night."
	article := func(id data.ArticleID, state data.State) data.Article {
		return data.Article{ID: id, Title: "Harbour cranes", Body: text, Lang: "en", State: state}
	}
	noLinkTo := article("x-nolinkto", data.Published)
	noLinkTo.NoLinkTo = true
	s, _ := refreshed(t, newStore(t,
		article("x-a", data.Published), article("x-b", data.Published), noLinkTo,
		article("x-hidden", data.Hidden), article("x-unpublished", data.Unpublished)), refresh.Options{})

	links := func(id data.ArticleID) map[data.ArticleID]bool {
		row, ok := s.Row(id)
		if !ok {
			t.Fatalf("%s is not in the snapshot", id)
		}
		to := map[data.ArticleID]bool{}
		for _, n := range s.Candidates(row) {
			to[s.ArticleID(int(n.Row))] = true
		}
		return to
	}
	if got := links("x-a"); !got["x-b"] || got["x-hidden"] || got["x-unpublished"] || got["x-nolinkto"] {
		t.Errorf("x-a links to %v", got)
	}
	if got := links("x-hidden"); !got["x-a"] || !got["x-b"] {
		t.Errorf("the hidden article links to %v, want x-a and x-b among them", got)
	}
	if got := links("x-unpublished"); len(got) != 0 {
		t.Errorf("the unpublished article links to %v", got)
	}
	if got := len(s.Manifest().Scales); got != 2 {
		t.Errorf("%d scales, want one a language", got)
	}
}

// Of equal cosines the newer article comes first, then the smaller id.
func TestRunTies(t *testing.T) {
	store := datatest.NewStore(clock)
	same := func(id data.ArticleID, day int) data.Article {
		return data.Article{ID: id, Title: "Trams return", Body: "Trams return to the old bridge.", Lang: "en", PublishedAt: now.AddDate(0, 0, day)}
	}
	if _, err := store.PutArticles(t.Context(), []data.Article{same("a", -9), same("b", -3), same("c", -1), same("d", -3)}); err != nil {
		t.Fatal(err)
	}
	s, _ := refreshed(t, store, refresh.Options{})
	var got []data.ArticleID
	for _, n := range s.Candidates(0) {
		got = append(got, s.ArticleID(int(n.Row)))
	}
	if len(got) != 3 || got[0] != "c" || got[1] != "b" || got[2] != "d" {
		t.Errorf("a links to %v, want c, b, d", got)
	}
}

func TestRunNothing(t *testing.T) {
	dir, err := snapshot.OpenDir(filepath.Join(t.TempDir(), "snapshots"))
	if err != nil {
		t.Fatal(err)
	}
	store := datatest.NewStore(clock)
	if _, err := refresh.Run(t.Context(), store, dir, refresh.Options{}); !errors.Is(err, refresh.ErrNoArticles) {
		t.Errorf("empty store: %v, want ErrNoArticles", err)
	}
	if _, err := store.PutArticles(t.Context(), []data.Article{{ID: "draft", Title: "Draft", State: data.Unpublished}}); err != nil {
		t.Fatal(err)
	}
	if _, err := refresh.Run(t.Context(), store, dir, refresh.Options{}); !errors.Is(err, refresh.ErrNoArticles) {
		t.Errorf("nothing but a draft: %v, want ErrNoArticles", err)
	}
}

// One article is a site, too: its list is empty.
func TestRunOneArticle(t *testing.T) {
	store := datatest.NewStore(clock)
	if _, err := store.PutArticles(t.Context(), []data.Article{{ID: "only", Title: "The only story"}}); err != nil {
		t.Fatal(err)
	}
	if s, _ := refreshed(t, store, refresh.Options{}); len(s.Candidates(0)) != 0 {
		t.Errorf("the only article links to %v", s.Candidates(0))
	}
}

// A store that breaks, or a stop, leaves what was published before.
func TestRunBroken(t *testing.T) {
	dir, err := snapshot.OpenDir(filepath.Join(t.TempDir(), "snapshots"))
	if err != nil {
		t.Fatal(err)
	}
	store := newStore(t)
	first, err := refresh.Run(t.Context(), store, dir, refresh.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the disk is gone")
	if _, err := refresh.Run(t.Context(), breaking{store, broken}, dir, refresh.Options{}); !errors.Is(err, broken) {
		t.Errorf("a broken store: %v, want %v", err, broken)
	}
	ctx, stop := context.WithCancel(t.Context())
	opts := refresh.Options{Progress: func(stage string, _, _ int64) {
		if stage == "decompose" {
			stop()
		}
	}}
	if _, err := refresh.Run(ctx, store, dir, opts); !errors.Is(err, context.Canceled) {
		t.Errorf("a stop: %v, want context.Canceled", err)
	}
	if published, err := dir.Published(); err != nil || published != first.ID {
		t.Errorf("published %q, %v; want %s", published, err, first.ID)
	}
	if infos, err := dir.List(); err != nil || len(infos) != 1 {
		t.Errorf("%d snapshots, %v; want the first alone", len(infos), err)
	}
}

// breaking is a store whose articles end in an error.
type breaking struct {
	*datatest.Store
	err error
}

func (b breaking) ReadArticles(ctx context.Context, f func(data.Revision, iter.Seq2[data.Article, error]) error) error {
	return b.Store.ReadArticles(ctx, func(rev data.Revision, articles iter.Seq2[data.Article, error]) error {
		return f(rev, func(yield func(data.Article, error) bool) {
			n := 0
			for a, err := range articles {
				if n++; n == 20 {
					yield(data.Article{}, b.err)
					return
				}
				if !yield(a, err) {
					return
				}
			}
		})
	})
}
