package recommend_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A world is a store and a snapshot as rapid draws them.
type world struct {
	old, present map[data.ArticleID]data.Card // as in the snapshot, and as now
	contents     snapshot.Contents
	store        memory
}

func drawCard(id data.ArticleID) *rapid.Generator[data.Card] {
	return rapid.Custom(func(t *rapid.T) data.Card {
		if rapid.Bool().Draw(t, "plain") {
			return data.Card{
				ID: id, URL: "/x", Lang: "en", Group: id, State: data.Published,
				PublishedAt: now.AddDate(0, 0, rapid.IntRange(-3, 0).Draw(t, "day")),
			}
		}
		return data.Card{
			ID: id, Title: rapid.SampledFrom([]string{"one", "two"}).Draw(t, "title"),
			URL:         rapid.SampledFrom([]string{"", "/x", "/x/?utm_source=a", "/y", "/y#b"}).Draw(t, "url"),
			Lang:        rapid.SampledFrom([]data.Lang{"en", "en-GB", "zh-Hans", "zh-Hans", "zh-Hant", "fr", ""}).Draw(t, "lang"),
			Group:       rapid.SampledFrom([]data.ArticleID{id, id, "a", "b", "x"}).Draw(t, "group"),
			State:       rapid.SampledFrom([]data.State{data.Published, data.Published, data.Published, data.Hidden, data.Unpublished}).Draw(t, "state"),
			NoLinkTo:    rapid.IntRange(0, 5).Draw(t, "no link to") == 0,
			NoLinks:     rapid.IntRange(0, 5).Draw(t, "no links") == 0,
			PublishedAt: now.AddDate(0, 0, rapid.SampledFrom([]int{-3, -2, -1, 0, 1}).Draw(t, "day")),
		}
	})
}

func drawWorld(t *rapid.T) *world {
	w := &world{old: map[data.ArticleID]data.Card{}, present: map[data.ArticleID]data.Card{}}
	w.store.revision = data.Revision{Articles: 2, Overrides: 1}
	for _, id := range []data.ArticleID{"a", "b", "c", "d", "e", "f", "g"} {
		inSnapshot := rapid.IntRange(0, 5).Draw(t, "in snapshot") > 0
		if inSnapshot {
			card := drawCard(id).Draw(t, "card")
			w.old[id], w.present[id] = card, card
			w.store.changes = append(w.store.changes, change{1, card})
		}
		if !inSnapshot || rapid.IntRange(0, 3).Draw(t, "changed") == 0 {
			card := drawCard(id).Draw(t, "changed card")
			w.present[id] = card
			w.store.changes = append(w.store.changes, change{2, card})
		}
	}
	known := slices.Sorted(maps.Keys(w.present))
	for i := range rapid.IntRange(0, 4).Draw(t, "overrides") {
		w.store.overrides = append(w.store.overrides, data.Override{
			ID: int64(i + 1), Article: rapid.SampledFrom(append(known, "*", "*")).Draw(t, "article"),
			Target: rapid.SampledFrom(known).Draw(t, "target"), Action: rapid.SampledFrom([]data.Action{data.Pin, data.Pin, data.Hide}).Draw(t, "action"),
			Position: rapid.IntRange(1, 4).Draw(t, "position"),
		})
	}

	n := len(w.old)
	w.contents = snapshot.Contents{
		Model: noModel{}, Vectors: embed.Dense{Rows: n, Dim: 2, Data: make([]float32, 2*n)},
		Candidates: knn.Lists{K: n, Len: make([]int32, n), Data: make([]knn.Neighbour, n*n)},
		Manifest:   snapshot.Manifest{Created: now, StoreRevision: 1, Scales: linear()},
	}
	for i, id := range slices.Sorted(maps.Keys(w.old)) {
		w.contents.Cards = append(w.contents.Cards, w.old[id])
		copy(w.contents.Vectors.Row(i), rapid.SampledFrom([][]float32{{1, 0}, {0, 1}, {0.6, 0.8}, {0, 0}}).Draw(t, "vector"))
	}
	// Candidates are whatever they are: the engine must not trust them.
	drawLists := func() knn.Lists {
		lists := knn.Lists{K: n, Len: make([]int32, n), Data: make([]knn.Neighbour, n*n)}
		for i := range n {
			var list []knn.Neighbour
			for j := range n {
				if cosine := rapid.SampledFrom([]float32{0, 0.25, 0.5, 0.75}).Draw(t, "cosine"); cosine > 0 {
					list = append(list, knn.Neighbour{Row: int32(j), Cosine: cosine})
				}
			}
			slices.SortStableFunc(list, func(a, b knn.Neighbour) int { return cmp.Compare(b.Cosine, a.Cosine) })
			lists.Len[i] = int32(copy(lists.Data[i*n:], list))
		}
		return lists
	}
	w.contents.Candidates = drawLists()
	if n > 0 && rapid.Bool().Draw(t, "across languages") {
		w.contents.Cross = &snapshot.Cross{
			Model: noModel{}, Candidates: drawLists(),
			Vectors: embed.Dense{Rows: n, Dim: 2, Data: slices.Repeat([]float32{0.8, 0.6}, n)},
		}
		w.contents.Manifest.Cross, w.contents.Manifest.CrossScales = new(snapshot.CrossSpace), linear()
		for _, scale := range w.contents.Manifest.CrossScales { // twice the score of a cosine
			for p := range scale.Quantiles {
				scale.Quantiles[p] = float32(p) / 200
			}
		}
	}
	return w
}

func base(l data.Lang) data.Lang {
	return cmp.Or(map[data.Lang]data.Lang{"en-GB": "en", "zh-Hans": "zh", "zh-Hant": "zh", "": "und"}[l], l)
}

// wish is how much a reader of source who asks for those languages wants a
// version in lang: 1 is the most, and 0 is not at all.
func wish(source data.Card, languages recommend.Languages, lang data.Lang) (least int) {
	consider := func(place int) {
		if base(lang) != base(source.Lang) {
			place += 1000 // the own language comes first
		}
		if least == 0 || place < least {
			least = place
		}
	}
	for i, tag := range strings.Split(cmp.Or(string(languages), "own"), ",") {
		exact, specific := data.Lang(tag), strings.Contains(tag, "-")
		if tag == "own" || tag == "any" || exact == base(source.Lang) {
			exact, specific = source.Lang, true
		}
		switch {
		case specific && lang == exact:
			consider(10*i + 1)
		case base(lang) == base(exact):
			consider(10*i + 2)
		case tag == "any":
			consider(10*i + 3)
		}
	}
	return least
}

// version is what a reader of source is shown of the group of target.
func (w *world) version(source, target data.Card, languages recommend.Languages) (best data.Card, ok bool) {
	if target.Group == source.Group || target.ID == source.ID {
		return data.Card{}, false
	}
	for _, c := range w.present {
		want := wish(source, languages, c.Lang)
		if c.Group != target.Group || c.State != data.Published || c.NoLinkTo || c.PublishedAt.After(now) || want == 0 {
			continue
		}
		isTarget := func(c data.Card) int {
			if c.ID == target.ID {
				return 0
			}
			return 1
		}
		if !ok || cmp.Or(want-wish(source, languages, best.Lang), cmp.Compare(c.Lang, best.Lang), isTarget(c)-isTarget(best), cmp.Compare(c.ID, best.ID)) < 0 {
			best, ok = c, true
		}
	}
	return best, ok
}

// links is the model of a list, as its fields print.
func (w *world) links(source data.Card, q recommend.Query, threshold int) (list []string) {
	if source.State == data.Unpublished || source.NoLinks {
		return nil
	}
	if q.Raw {
		threshold = 0
	}
	rowOf := func(id data.ArticleID) int {
		return slices.IndexFunc(w.contents.Cards, func(c data.Card) bool { return c.ID == id })
	}
	group := func(id data.ArticleID) data.ArticleID { return cmp.Or(w.present[id].Group, id) }
	own := func(c data.Card) bool { return wish(source, recommend.OwnLanguage, c.Lang) > 0 }
	row := rowOf(source.ID)

	barred := map[data.ArticleID]bool{} // groups
	for _, id := range q.Exclude {
		barred[group(id)] = true
	}
	type pin struct {
		data.Override
		shown data.Card
	}
	var pins []pin
	for _, o := range w.store.overrides {
		switch {
		case q.Raw || o.Article != "*" && group(o.Article) != source.Group:
		case o.Action == data.Hide:
			barred[group(o.Target)] = true
		default:
			target := w.present[o.Target]
			shown, ok := w.version(source, target, q.Languages)
			if !ok && o.Article == source.ID && target.Group != source.Group {
				alone := source // but of the target's language
				alone.Lang = target.Lang
				shown, ok = w.version(alone, target, recommend.OwnLanguage)
			}
			if ok {
				pins = append(pins, pin{o, shown})
			}
		}
	}
	pins = slices.DeleteFunc(pins, func(p pin) bool { return barred[p.shown.Group] })
	all := slices.Clone(pins)
	pins = slices.DeleteFunc(pins, func(o pin) bool { // beaten by another pin of the same group
		return slices.ContainsFunc(all, func(p pin) bool {
			if p.shown.Group != o.shown.Group || p.ID == o.ID {
				return false
			}
			if (p.Article == "*") != (o.Article == "*") {
				return o.Article == "*"
			}
			return p.ID > o.ID
		})
	})
	slices.SortFunc(pins, func(a, b pin) int {
		return cmp.Or(min(a.Position, q.Limit)-min(b.Position, q.Limit), int(b.ID-a.ID))
	})

	type ranked struct {
		recommend.Link
		own   bool    // of the own language and the own candidates
		exact float64 // unrounded score
	}
	var algorithm []ranked
	consider := func(lists knn.Lists, scales snapshot.Scales, factor float64, across bool) {
		for _, n := range lists.Row(row) {
			candidate := w.present[w.contents.Cards[n.Row].ID]
			card, ok := w.version(source, candidate, q.Languages)
			score := scales.Of(source.Lang).Score(n.Cosine)
			if !ok || barred[card.Group] || score < threshold ||
				slices.ContainsFunc(pins, func(p pin) bool { return p.shown.Group == card.Group }) {
				continue
			}
			link := recommend.Link{Score: score, Rank: n.Cosine, Source: recommend.Algorithm, Card: card}
			if !own(card) {
				link.Source = recommend.OtherLanguage
			}
			algorithm = append(algorithm, ranked{link, own(card) && !across, min(100, factor*float64(n.Cosine))})
		}
	}
	if row >= 0 {
		consider(w.contents.Candidates, w.contents.Manifest.Scales, 100, false)
		if w.contents.Cross != nil && q.Languages != "" && q.Languages != recommend.OwnLanguage && !onlyOwn(source, q.Languages) {
			consider(w.contents.Cross.Candidates, w.contents.Manifest.CrossScales, 200, true)
		}
	}
	slices.SortFunc(algorithm, func(a, b ranked) int {
		class := func(r ranked) int {
			switch {
			case r.own:
				return 0
			case own(r.Card):
				return 1
			}
			return 2
		}
		return cmp.Or(class(a)-class(b), cmp.Compare(b.exact, a.exact), cmp.Compare(b.Rank, a.Rank),
			b.Card.PublishedAt.Compare(a.Card.PublishedAt), cmp.Compare(a.Card.ID, b.Card.ID))
	})
	seen := map[data.ArticleID]bool{}
	algorithm = slices.DeleteFunc(algorithm, func(r ranked) bool {
		again := seen[r.Card.Group]
		seen[r.Card.Group] = true
		return again
	})
	for len(list) < q.Limit && len(pins)+len(algorithm) > 0 {
		var link recommend.Link
		if len(pins) > 0 && (pins[0].Position <= len(list)+1 || len(list)+1 == q.Limit || len(algorithm) == 0) {
			link = recommend.Link{Source: recommend.Editor, Card: pins[0].shown}
			vectors, scales := w.contents.Vectors, w.contents.Manifest.Scales
			if !own(link.Card) {
				vectors, scales = embed.Dense{}, w.contents.Manifest.CrossScales
				if w.contents.Cross != nil {
					vectors = w.contents.Cross.Vectors
				}
			}
			if target := rowOf(link.Card.ID); row >= 0 && target >= 0 && vectors.Rows > 0 {
				x, y := vectors.Row(row), vectors.Row(target)
				link.Rank = float32(x[0]*y[0]) + float32(x[1]*y[1])
				link.Score = scales.Of(source.Lang).Score(link.Rank)
			}
			pins = pins[1:]
		} else {
			link = algorithm[0].Link
			algorithm = algorithm[1:]
		}
		link.Position = len(list) + 1
		list = append(list, fmt.Sprint(link))
	}
	return list
}

// onlyOwn reports whether the languages are all the source's own.
func onlyOwn(source data.Card, languages recommend.Languages) bool {
	for _, lang := range []data.Lang{"en", "zh-Hans", "fr", "und"} {
		if want := wish(source, languages, lang); want > 1000 {
			return false
		}
	}
	return true
}

// sources are the articles that a query by URL may mean, the right one first.
func (w *world) sources(url string) (found []data.Card) {
	for _, c := range w.present {
		if data.CanonicalURL(c.URL) == data.CanonicalURL(url) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b data.Card) int {
		if gone := a.State == data.Unpublished; gone != (b.State == data.Unpublished) {
			if gone {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.ID, b.ID)
	})
	return found
}

// TestRelated compares lists with the model, for random articles, changes,
// overrides and queries.
func TestRelated(t *testing.T) {
	dir, path := openDir(t)
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt)
		id := publish(t, dir, w.contents)
		threshold := rapid.SampledFrom([]int{0, 0, 40}).Draw(rt, "threshold")
		e := newEngine(t, &w.store, dir, func(o *recommend.Options) { o.Threshold = threshold })
		load(t, e)
		for range 10 {
			q := recommend.Query{
				Limit:   rapid.IntRange(1, 4).Draw(rt, "limit"),
				Exclude: rapid.SliceOfN(rapid.SampledFrom([]data.ArticleID{"a", "b", "c", "d"}), 0, 2).Draw(rt, "exclude"),
				Raw:     rapid.IntRange(0, 4).Draw(rt, "raw") == 0,
				Languages: rapid.SampledFrom([]recommend.Languages{
					"", "", "own", "any", "any", "en", "zh", "zh-Hant", "zh-Hans,en-GB", "fr,en", "own,zh-Hant", "und,zh,en",
				}).Draw(rt, "languages"),
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
	if len(base) != 22 { // 16 bytes in base64 without padding
		t.Errorf("id %q has %d characters, want 22", base, len(base))
	}
	for name, same := range map[string]recommend.Query{
		"asked again":            q,
		"by URL":                 {URL: "https://example.org/a1", Limit: 3, Exclude: q.Exclude},
		"order of the excluded":  {ID: "a1", Limit: 3, Exclude: []data.ArticleID{"y", "x"}},
		"the own language":       {ID: "a1", Limit: 3, Exclude: q.Exclude, Languages: "own"},
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
