package recommend_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
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

// passes is the model of a filter.
func passes(f recommend.Filter, c data.Card) bool {
	has := func(tag string) bool { return slices.Contains(strings.Split(string(c.Tags), "\n"), tag) }
	switch {
	case len(f.Sections) > 0 && !slices.Contains(f.Sections, c.Section), slices.Contains(f.NotSections, c.Section):
		return false
	case len(f.Tags) > 0 && !slices.ContainsFunc(f.Tags, has), slices.ContainsFunc(f.NotTags, has):
		return false
	}
	return f.Since.IsZero() || !c.PublishedAt.Before(f.Since)
}

// mostRead is what Options.Popular says in tests.
var mostRead = []data.ArticleID{"f", "zz", "b", "a", "f", "h"}

// fill is the model of a fallback: what it has, best first, some of it twice.
func (w *world) fill(source data.Card, q recommend.Query) (cards []data.Card) {
	switch q.Fallback {
	case recommend.PopularFallback:
		for _, id := range mostRead {
			if target, ok := w.present[id]; ok {
				if card, ok := w.version(source, target, q.Languages); ok && passes(q.Filter, card) {
					cards = append(cards, card)
				}
			}
		}
		return cards
	case recommend.SectionFallback, recommend.LatestFallback:
	default:
		return nil
	}
	for _, card := range w.present {
		shown, ok := w.version(source, card, q.Languages)
		if !ok || shown.ID != card.ID || !passes(q.Filter, card) ||
			q.Fallback == recommend.SectionFallback && (card.Section != source.Section || source.Section == "") {
			continue
		}
		cards = append(cards, card)
	}
	// The languages that are named, the article's first, and then all others.
	order := func(c data.Card) int {
		best := 1000
		for i, tag := range strings.Split(cmp.Or(string(q.Languages), "own"), ",") {
			lang := base(data.Lang(tag))
			if primary, _, ok := strings.Cut(tag, "-"); ok {
				lang = data.Lang(primary)
			}
			if tag == "own" || tag == "any" {
				lang = base(source.Lang)
			}
			if base(c.Lang) == lang {
				if lang == base(source.Lang) {
					i = -1
				}
				best = min(best, i)
			}
		}
		return best
	}
	slices.SortFunc(cards, func(a, b data.Card) int {
		return cmp.Or(order(a)-order(b), b.PublishedAt.Compare(a.PublishedAt), cmp.Compare(a.ID, b.ID))
	})
	return cards
}

// drawTruth draws a world whose candidates are the nearest in truth, k of them at
// most, and the same with all of them: with these the model says what is true of
// all articles. What changes since the snapshot are cards alone.
func drawTruth(t *rapid.T) (w, all *world) {
	w = &world{old: map[data.ArticleID]data.Card{}, present: map[data.ArticleID]data.Card{}}
	w.store.revision = data.Revision{Articles: 2, Overrides: 1}
	versions := map[string]bool{} // of a group, in a language
	traits := func(c *data.Card) {
		c.Section = rapid.SampledFrom([]string{"", "city", "city", "sport"}).Draw(t, "section")
		c.Tags = rapid.SampledFrom([]data.TagList{"", "rent", "rent\nbus", "bus\nrent control", "bus\nbus"}).Draw(t, "tags")
		c.Authors = drawAuthors(t)
		c.PublishedAt = rapid.SampledFrom([]time.Time{{}, now.AddDate(0, 0, -3), now.AddDate(0, 0, -2), now.AddDate(0, 0, -1), now.AddDate(0, 0, 1)}).Draw(t, "day")
		c.State = rapid.SampledFrom([]data.State{data.Published, data.Published, data.Published, data.Published, data.Hidden, data.Unpublished}).Draw(t, "state")
		c.NoLinkTo = rapid.IntRange(0, 7).Draw(t, "no link to") == 0
	}
	for _, id := range []data.ArticleID{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		card := data.Card{ID: id, URL: "/" + string(id), Group: id, Lang: "en"}
		if rapid.IntRange(0, 2).Draw(t, "plain") == 0 {
			card.Lang = rapid.SampledFrom([]data.Lang{"en-GB", "zh-Hans", "zh-Hant", "fr"}).Draw(t, "lang")
			card.Group = rapid.SampledFrom([]data.ArticleID{id, "a", "b"}).Draw(t, "group")
		}
		if version := string(card.Group + "/" + data.ArticleID(card.Lang)); versions[version] {
			card.Group = id
		}
		versions[string(card.Group+"/"+data.ArticleID(card.Lang))] = true
		traits(&card)
		inSnapshot := rapid.IntRange(0, 7).Draw(t, "in snapshot") > 0
		if inSnapshot {
			w.old[id] = card
		}
		if !inSnapshot || rapid.IntRange(0, 3).Draw(t, "changed") == 0 {
			traits(&card)
			w.store.changes = append(w.store.changes, change{2, card})
		}
		w.present[id] = card
	}
	known := slices.Sorted(maps.Keys(w.present))
	n := len(w.old)
	k := rapid.SampledFrom([]int{1, 2, 4, n}).Draw(t, "k")
	actions := []data.Action{data.Pin, data.Hide}
	if k == n { // else more candidates are known than are looked at for what is boosted
		actions = append(actions, data.Boost, data.Bury, data.Off)
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "overrides") {
		o := data.Override{ID: int64(i + 1), Article: rapid.SampledFrom(append(known, "*", "*", "*", "*", "*")).Draw(t, "article"), Target: rapid.SampledFrom(known).Draw(t, "target")}
		drawAction(t, &o, actions...)
		w.store.overrides = append(w.store.overrides, o)
	}
	w.store.rules = drawRules(t, known, k == n, true)
	vectors := func() embed.Dense {
		v := embed.Dense{Rows: n, Dim: 2, Data: make([]float32, 2*n)}
		for i := range n {
			copy(v.Row(i), rapid.SampledFrom([][]float32{{1, 0}, {0, 1}, {0.6, 0.8}, {0.8, 0.6}, {0.28, 0.96}, {-1, 0}, {0, 0}}).Draw(t, "vector"))
		}
		return v
	}
	w.contents = snapshot.Contents{
		Model: noModel{}, Vectors: vectors(), Manifest: snapshot.Manifest{Created: now, StoreRevision: 1, Scales: linear()},
	}
	for _, id := range slices.Sorted(maps.Keys(w.old)) {
		w.contents.Cards = append(w.contents.Cards, w.old[id])
	}
	if n > 0 && rapid.Bool().Draw(t, "across languages") {
		w.contents.Cross = &snapshot.Cross{Model: noModel{}, Vectors: vectors()}
		w.contents.Manifest.Cross, w.contents.Manifest.CrossScales = new(snapshot.CrossSpace), linear()
		for _, scale := range w.contents.Manifest.CrossScales { // twice the score of a cosine
			for p := range scale.Quantiles {
				scale.Quantiles[p] = float32(p) / 200
			}
		}
	}
	every := *w
	all = &every
	w.nearest(k, true)
	if all.contents.Cross != nil {
		all.contents.Cross = new(*w.contents.Cross)
	}
	all.nearest(n, false)
	return w, all
}

// nearest makes the candidates of w: the k nearest, with once one of a group.
func (w *world) nearest(k int, once bool) {
	cards := w.contents.Cards
	lists := func(vectors embed.Dense, may func(from, to *data.Card) bool) knn.Lists {
		lists := knn.Lists{K: k, Len: make([]int32, len(cards)), Data: make([]knn.Neighbour, k*len(cards))}
		for from := range cards {
			list := knn.Search(vectors, vectors.Row(from), len(cards), func(to int) bool {
				return cards[from].MayLink(&cards[to]) && may(&cards[from], &cards[to]) && cards[to].State == data.Published && !cards[to].NoLinkTo
			})
			seen := map[data.ArticleID]bool{}
			list = slices.DeleteFunc(list, func(n knn.Neighbour) bool {
				again := seen[cards[n.Row].Group]
				seen[cards[n.Row].Group] = true
				return n.Cosine <= 0 || once && again
			})
			lists.Len[from] = int32(copy(lists.Data[from*k:(from+1)*k], list))
		}
		return lists
	}
	w.contents.Candidates = lists(w.contents.Vectors, (*data.Card).SameLanguage)
	if cross := w.contents.Cross; cross != nil {
		cross.Candidates = lists(cross.Vectors, func(from, to *data.Card) bool {
			return !slices.ContainsFunc(cards, func(c data.Card) bool {
				return c.Group == to.Group && c.SameLanguage(from) && c.State != data.Unpublished
			})
		})
	}
}

func drawQuery(t *rapid.T) recommend.Query {
	some := func(name string, of ...string) []string {
		return rapid.SliceOfN(rapid.SampledFrom(of), 0, 1).Draw(t, name)
	}
	q := recommend.Query{
		ID:        rapid.SampledFrom([]data.ArticleID{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "z"}).Draw(t, "id"),
		Limit:     rapid.IntRange(1, 6).Draw(t, "limit"),
		Exclude:   rapid.SliceOfN(rapid.SampledFrom([]data.ArticleID{"a", "b", "c", "d"}), 0, 2).Draw(t, "exclude"),
		From:      rapid.SampledFrom([]data.ArticleID{"", "", "a", "c", "zz"}).Draw(t, "from"),
		Raw:       rapid.IntRange(0, 7).Draw(t, "raw") == 0,
		Languages: rapid.SampledFrom([]recommend.Languages{"", "", "own", "any", "zh-Hant", "fr,en", "own,zh-Hant", "zh,en"}).Draw(t, "languages"),
		Fallback:  rapid.SampledFrom([]recommend.Fallback{"", "none", "section", "latest", "popular"}).Draw(t, "fallback"),
		Placement: rapid.SampledFrom([]string{"", "", "side", "top"}).Draw(t, "placement"),
	}
	if rapid.Bool().Draw(t, "threshold") {
		q.Threshold = new(rapid.SampledFrom([]int{0, 61, 97}).Draw(t, "score"))
	}
	if rapid.IntRange(0, 3).Draw(t, "filtered") > 0 {
		q.Filter = recommend.Filter{
			Sections: some("sections", "city", "sport", "world"), NotSections: some("no sections", "city", "world"),
			Tags: some("tags", "rent", "bus", "rent control", "none"), NotTags: some("no tags", "rent", "none"),
			Since: rapid.SampledFrom([]time.Time{{}, {}, now.AddDate(0, 0, -2), now.AddDate(0, 0, -1)}).Draw(t, "since"),
		}
	}
	return q
}

// TestFiltered compares lists with what all articles give, whatever the filter, the
// threshold and the fallback, though the snapshot knows few candidates of each.
func TestFiltered(t *testing.T) {
	dir, path := openDir(t)
	rapid.Check(t, func(rt *rapid.T) {
		w, all := drawTruth(rt)
		id := publish(t, dir, w.contents)
		e := newEngine(t, &w.store, dir, func(o *recommend.Options) {
			o.Popular, o.Placements = func() []data.ArticleID { return mostRead }, placements
		})
		load(t, e)
		counts := map[data.Lang]int{} // for readers of an article that is not known
		for _, c := range w.old {
			counts[base(c.Lang)] += 100
			counts[c.Lang]++
		}
		for range 20 {
			q := drawQuery(rt)
			list, err := e.Related(context.Background(), q)
			source, known := w.present[q.ID]
			if !known {
				if fallback := cmp.Or(q.Fallback, recommend.NoFallback); fallback == recommend.NoFallback {
					if !errors.Is(err, data.ErrNotFound) {
						rt.Fatalf("%+v: got error %v, want %v", q, err, data.ErrNotFound)
					}
					continue
				}
				var langs []data.Lang
				for _, c := range w.old {
					langs = append(langs, c.Lang)
				}
				slices.SortFunc(langs, func(a, b data.Lang) int {
					return cmp.Or(counts[base(b)]/100-counts[base(a)]/100, counts[b]%100-counts[a]%100, cmp.Compare(a, b))
				})
				if len(langs) > 0 {
					source.Lang = langs[0]
				}
			}
			if err != nil || list.Article != w.present[q.ID] {
				rt.Fatalf("%+v: got the list of %+v, %v", q, list.Article, err)
			}
			threshold := 0
			if q.Threshold != nil {
				threshold = *q.Threshold
			}
			limits := w.ruling(source, q).limits(source)
			model := w // without a filter the candidates are all that is looked at
			if !slices.Equal([]int{0, 0, 0, 0}, []int{len(q.Filter.Sections), len(q.Filter.NotSections), len(q.Filter.Tags), len(q.Filter.NotTags)}) || !q.Filter.Since.IsZero() ||
				!slices.Equal([]int{0, 0}, []int{len(limits.Sections), len(limits.NotSections)}) || !limits.Since.IsZero() {
				model = all
			}
			var got []string
			for _, link := range list.Links {
				got = append(got, fmt.Sprint(link))
			}
			if want := model.links(source, q, threshold); !slices.Equal(got, want) {
				rt.Fatalf("%+v (k=%d):\ngot  %q\nwant %q", q, w.contents.Candidates.K, got, want)
			}
		}
		if err := os.RemoveAll(filepath.Join(path, id)); err != nil {
			rt.Fatal(err)
		}
	})
}
