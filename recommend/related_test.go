package recommend_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// TestRelated compares lists with the model, for random articles, changes,
// overrides and queries.
func TestRelated(t *testing.T) {
	dir, path := openDir(t)
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt)
		id := publish(t, dir, w.contents)
		threshold := rapid.SampledFrom([]int{0, 0, 40}).Draw(rt, "threshold")
		e := newEngine(t, &w.store, dir, func(o *recommend.Options) { o.Threshold, o.Placements = threshold, placements })
		load(t, e)
		for range 10 {
			q := recommend.Query{
				Limit:   rapid.IntRange(1, 4).Draw(rt, "limit"),
				Exclude: rapid.SliceOfN(rapid.SampledFrom([]data.ArticleID{"a", "b", "c", "d"}), 0, 2).Draw(rt, "exclude"),
				Raw:     rapid.IntRange(0, 4).Draw(rt, "raw") == 0,
				Languages: rapid.SampledFrom([]recommend.Languages{
					"", "", "own", "any", "any", "en", "zh", "zh-Hant", "zh-Hans,en-GB", "fr,en", "own,zh-Hant", "und,zh,en",
				}).Draw(rt, "languages"),
				Placement: rapid.SampledFrom([]string{"", "", "side", "top"}).Draw(rt, "placement"),
			}
			var source data.Card
			known := true
			if rapid.Bool().Draw(rt, "by url") {
				q.URL = rapid.SampledFrom([]string{"/x", "/x/amp", "/y", "/z"}).Draw(rt, "url")
				found := w.sources(q.URL)
				if known = len(found) > 0; known {
					source = found[0]
				}
			} else {
				q.ID = rapid.SampledFrom([]data.ArticleID{"a", "b", "c", "d", "e", "f", "g", "z"}).Draw(rt, "id")
				source, known = w.present[q.ID], w.present[q.ID].ID != ""
			}
			list, err := e.Related(context.Background(), q)
			if !known {
				if !errors.Is(err, data.ErrNotFound) {
					rt.Fatalf("%+v: got error %v, want %v", q, err, data.ErrNotFound)
				}
				continue
			}
			if err != nil || list.Article != source || list.Snapshot != id {
				rt.Fatalf("%+v: got the list of %v in %s, %v; want that of %v in %s", q, list.Article, list.Snapshot, err, source, id)
			}
			var got []string
			for _, link := range list.Links {
				got = append(got, fmt.Sprint(link))
			}
			if want := w.links(source, q, threshold); !slices.Equal(got, want) {
				rt.Fatalf("%+v:\ngot  %q\nwant %q", q, got, want)
			}
		}
		if err := os.RemoveAll(filepath.Join(path, id)); err != nil {
			rt.Fatal(err)
		}
	})
}

func TestRelatedRefuses(t *testing.T) {
	dir, _ := openDir(t)
	publish(t, dir, ring(cards(4, "s"), 3, 1))
	e := newEngine(t, &memory{}, dir, nil)
	load(t, e)
	for field, q := range map[string]recommend.Query{"limit": {ID: "a1", Limit: -1}, "id": {}} {
		var invalid *data.InvalidError
		if _, err := e.Related(t.Context(), q); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%+v: got error %v, want one about %s", q, err, field)
		}
	}
	if got := len(related(t, e, recommend.Query{ID: "a1"}).Links); got != 3 {
		t.Errorf("got %d links, want all 3", got)
	}
}

func TestDefaultLimit(t *testing.T) {
	dir, _ := openDir(t)
	publish(t, dir, ring(cards(10, "s"), 8, 1))
	e := newEngine(t, &memory{}, dir, nil)
	load(t, e)
	if got := len(related(t, e, recommend.Query{ID: "a1"}).Links); got != recommend.DefaultLimit {
		t.Errorf("got %d links, want %d", got, recommend.DefaultLimit)
	}
}

// The same list must have the same id, and another list or question another.
func TestRecommendationID(t *testing.T) {
	dir, _ := openDir(t)
	publish(t, dir, ring(cards(6, "s"), 5, 1))
	store := &memory{revision: data.Revision{Articles: 1, Overrides: 1}}
	id := func(secret string, q recommend.Query) string {
		t.Helper()
		e := newEngine(t, store, dir, func(o *recommend.Options) {
			o.Secret, o.Placements = []byte(secret), map[string]recommend.Placement{"top": {}}
		})
		load(t, e)
		return related(t, e, q).RecommendationID
	}
	q := recommend.Query{ID: "a1", Limit: 3, Exclude: []data.ArticleID{"x", "y"}}
	base := id("secret", q)
	if len(base) != 32 { // 24 bytes in base64
		t.Errorf("id %q has %d characters, want 32", base, len(base))
	}
	for name, same := range map[string]recommend.Query{
		"asked again":            q,
		"by URL":                 {URL: "https://example.org/a1", Limit: 3, Exclude: q.Exclude},
		"order of the excluded":  {ID: "a1", Limit: 3, Exclude: []data.ArticleID{"y", "x"}},
		"the own language":       {ID: "a1", Limit: 3, Exclude: q.Exclude, Languages: "own"},
		"the usual threshold":    {ID: "a1", Limit: 3, Exclude: q.Exclude, Threshold: new(0)},
		"no fallback":            {ID: "a1", Limit: 3, Exclude: q.Exclude, Fallback: "none"},
		"an exclude asked twice": {ID: "a1", Limit: 3, Exclude: []data.ArticleID{"y", "x", "y"}},
	} {
		if got := id("secret", same); got != base {
			t.Errorf("%s: got %s, want %s", name, got, base)
		}
	}
	seen := map[string]string{base: "the first list"}
	differs := func(name, got string) {
		t.Helper()
		if other, ok := seen[got]; ok {
			t.Errorf("%s has the id of %s", name, other)
		}
		seen[got] = name
	}
	differs("another secret", id("secret 2", q))
	differs("another article", id("secret", recommend.Query{ID: "a2", Limit: 3, Exclude: q.Exclude}))
	differs("another limit", id("secret", recommend.Query{ID: "a1", Limit: 4, Exclude: q.Exclude}))
	differs("other excludes", id("secret", recommend.Query{ID: "a1", Limit: 3, Exclude: []data.ArticleID{"x,y"}}))
	differs("no excludes", id("secret", recommend.Query{ID: "a1", Limit: 3}))
	differs("raw", id("secret", recommend.Query{ID: "a1", Limit: 3, Exclude: q.Exclude, Raw: true}))
	differs("other languages", id("secret", recommend.Query{ID: "a1", Limit: 3, Exclude: q.Exclude, Languages: "any"}))
	differs("a placement", id("secret", recommend.Query{ID: "a1", Limit: 3, Exclude: q.Exclude, Placement: "top"}))
	for name, change := range map[string]func(*recommend.Query){
		"a section":            func(q *recommend.Query) { q.Filter.Sections = []string{"s"} },
		"no section":           func(q *recommend.Query) { q.Filter.NotSections = []string{"s"} },
		"a tag":                func(q *recommend.Query) { q.Filter.Tags = []string{"s"} },
		"no tag":               func(q *recommend.Query) { q.Filter.NotTags = []string{"s"} },
		"a date":               func(q *recommend.Query) { q.Filter.Since = now },
		"another date":         func(q *recommend.Query) { q.Filter.Since = now.Add(1) },
		"a page come from":     func(q *recommend.Query) { q.From = "z" },
		"a threshold asked":    func(q *recommend.Query) { q.Threshold = new(2) },
		"a fallback":           func(q *recommend.Query) { q.Fallback = "latest" },
		"another fallback":     func(q *recommend.Query) { q.Fallback = "section" },
		"asked for reasons":    func(q *recommend.Query) { q.Explain = true },
		"sections in one word": func(q *recommend.Query) { q.Filter.Sections = []string{"s,t"} },
		"two sections":         func(q *recommend.Query) { q.Filter.Sections = []string{"s", "t"} },
	} {
		other := q
		change(&other)
		differs(name, id("secret", other))
	}
	turned := recommend.Query{ID: "a1", Limit: 3, Exclude: q.Exclude, Filter: recommend.Filter{Sections: []string{"t", "s", "t"}}}
	if got := seen[id("secret", turned)]; got != "two sections" {
		t.Errorf("the same sections in another order have the id of %q", got)
	}
	lenient := newEngine(t, store, dir, func(o *recommend.Options) { o.Secret, o.Threshold = []byte("secret"), 1 })
	load(t, lenient)
	differs("another threshold", related(t, lenient, q).RecommendationID)
	store.revision.Overrides++
	differs("another state of the overrides", id("secret", q))
	store.overrides = []data.Override{{ID: 1, Article: "a1", Target: "a2", Action: data.Pin, Position: 1}} // where it stands anyhow
	differs("a pin", id("secret", q))
	publish(t, dir, ring(cards(6, "s"), 5, 1))
	differs("another snapshot", id("secret", q))
}

func ExampleEngine_Related() {
	path, err := os.MkdirTemp("", "snapshots")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(path)
	dir, err := snapshot.OpenDir(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	id, err := dir.Write(context.Background(), ring(cards(4, "city"), 3, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := dir.Publish(id); err != nil {
		fmt.Println(err)
		return
	}
	store := &memory{overrides: []data.Override{{ID: 1, Article: "a0", Target: "a3", Action: data.Pin, Position: 1}}}
	engine, err := recommend.New(store, dir, recommend.Options{
		Secret: []byte("a secret of the site"), Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := engine.Load(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	list, err := engine.Related(context.Background(), recommend.Query{ID: "a0"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, link := range list.Links {
		fmt.Println(link.Position, link.Card.ID, link.Score, link.Source)
	}
	// Output:
	// 1 a3 0 editor
	// 2 a1 99 algorithm
	// 3 a2 74 algorithm
}

// What a request throws away does not grow with the corpus.
func TestGarbageOfARequest(t *testing.T) {
	const k, requests = 64, 200
	measure := func(n int) (bytes uint64) {
		all := make([]data.Card, n)
		for i := range all {
			all[i] = cards(1, "city")[0]
			all[i].ID = data.ArticleID(fmt.Sprintf("a%05d", i))
			all[i].Group = all[i].ID
		}
		dir, _ := openDir(t)
		publish(t, dir, ring(all, k, 1))
		e := newEngine(t, &memory{}, dir, nil)
		load(t, e)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for i := range requests {
			related(t, e, recommend.Query{ID: all[i].ID, Limit: 20})
		}
		runtime.ReadMemStats(&after)
		return (after.TotalAlloc - before.TotalAlloc) / requests
	}
	if small, large := measure(500), measure(10_000); large > small*5/4 {
		t.Errorf("%d bytes for each request of 10,000 articles, and %d of 500", large, small)
	}
}

func BenchmarkRelated(b *testing.B) {
	const n, k = 10_000, 64
	for _, translations := range []int{1, 3} { // of each text
		all := make([]data.Card, n)
		for i := range all {
			all[i] = cards(1, "city")[0]
			all[i].ID = data.ArticleID(fmt.Sprintf("a%05d", i))
			all[i].Group = all[i-i%translations].ID
			all[i].Lang = []data.Lang{"zh-Hans", "en", "zh-Hant"}[i%translations]
		}
		dir, _ := openDir(b)
		publish(b, dir, ring(all, k, 1))
		e := newEngine(b, &memory{}, dir, nil)
		load(b, e)
		for _, q := range []recommend.Query{{Limit: 5}, {Limit: 50}, {Limit: 50, Languages: "any"}} {
			b.Run(fmt.Sprintf("n=%d/translations=%d/limit=%d/lang=%s", n, translations, q.Limit, cmp.Or(q.Languages, "own")), func(b *testing.B) {
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					q.ID = all[i%n].ID
					if _, err := e.Related(b.Context(), q); err != nil {
						b.Fatal(err)
					}
					i++
				}
			})
		}
	}
}
