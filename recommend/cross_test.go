package recommend_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/crosslang"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// An article that is pushed in one language finds what stands in others only,
// by the cross-language space of the snapshot, as a plain search there has it.
func TestFoldInAcrossLanguages(t *testing.T) {
	const k = 6
	store := datatest.NewStore(time.Now)
	put := func(articles ...data.Article) {
		t.Helper()
		if _, err := store.PutArticles(t.Context(), articles); err != nil {
			t.Fatal(err)
		}
	}
	corpus := datatest.Corpus(datatest.CorpusOptions{Texts: 48, Langs: []data.Lang{"en", "zh-Hans", "zh-Hant"}})
	var fresh []data.Article // the English of texts whose Chinese is known
	for _, a := range corpus {
		if a.Lang == "en" && a.ID >= "0036" {
			a.ID = "new-" + a.ID // no translation of theirs, as far as is known
			fresh = append(fresh, a)
		} else {
			put(a)
		}
	}
	contents, _ := fitted(t, store, 10)
	n := len(contents.Cards)
	groups := map[data.ArticleID]int{}
	model, vectors, err := crosslang.Fit(t.Context(), func(yield func(crosslang.Doc, error) bool) {
		for a := range store.Articles(t.Context()) {
			group := a.Card().Group
			if _, ok := groups[group]; !ok {
				groups[group] = len(groups)
			}
			if !yield(crosslang.Doc{Group: groups[group], Text: recommend.Text(&a)}, nil) {
				return
			}
		}
	}, crosslang.Options{})
	if err != nil {
		t.Fatal(err)
	}
	contents.Cross = &snapshot.Cross{
		Vectors: vectors, Model: model, Candidates: knn.Lists{K: k, Len: make([]int32, n), Data: make([]knn.Neighbour, n*k)},
	}
	contents.Manifest.Cross, contents.Manifest.CrossScales = new(snapshot.CrossSpace), linear()
	dir, _ := openDir(t)
	publish(t, dir, contents)
	put(fresh...)
	e := newEngine(t, store, dir, nil)
	load(t, e)

	right := 0
	for _, a := range fresh {
		card := a.Card()
		want := nearest(contents, &card, vectors, model.FoldIn(recommend.Text(&a)), k, func(to *data.Card) bool {
			return !slices.ContainsFunc(contents.Cards, func(c data.Card) bool { return c.Group == to.Group && c.SameLanguage(&card) })
		})
		list := related(t, e, recommend.Query{ID: a.ID, Limit: 100, Languages: "any"})
		var got []recommend.Link
		for _, l := range list.Links {
			if l.Source == recommend.OtherLanguage {
				got = append(got, l)
			}
		}
		if len(got) != len(want) || len(want) == 0 || !list.Provisional {
			t.Fatalf("%s: %d links in other languages, want %d; provisional %v", a.ID, len(got), len(want), list.Provisional)
		}
		for i, l := range got {
			if to := contents.Cards[want[i].Row]; l.Card.Group != to.Group || l.Card.Lang != "zh-Hans" || l.Rank != want[i].Cosine {
				t.Errorf("%s: link %d in other languages is %s (%v), want the group %s (%v)", a.ID, i+1, l.Card.ID, l.Rank, to.Group, want[i].Cosine)
			}
		}
		original := strings.TrimPrefix(string(a.ID), "new-")
		if string(got[0].Card.Group) == original {
			right++
		}
		back := related(t, e, recommend.Query{ID: data.ArticleID(original + "-zh-Hans"), Limit: 100, Languages: "en"})
		if strings.Contains(ids(back), "new-") {
			t.Errorf("%s has a guest of another language: %s", back.Article.ID, ids(back))
		}
		pin := data.Override{Article: a.ID, Target: data.ArticleID(original + "-zh-Hant"), Action: data.Pin, Position: 1}
		if _, err := store.AddOverride(t.Context(), pin); err != nil {
			t.Fatal(err)
		}
		load(t, e)
		pinned := related(t, e, recommend.Query{ID: a.ID}).Links[0]
		cosine := knn.Cosine(model.FoldIn(recommend.Text(&a)), rowOf(contents, vectors, pin.Target))
		if pinned.Card.ID != pin.Target || pinned.Rank != cosine || pinned.Source != recommend.Editor {
			t.Errorf("%s: pinned %s (%v) by %s, want %s (%v)", a.ID, pinned.Card.ID, pinned.Rank, pinned.Source, pin.Target, cosine)
		}
	}
	if right < len(fresh)*3/4 {
		t.Errorf("of %d articles only %d find their own translation first", len(fresh), right)
	}
}

func rowOf(c snapshot.Contents, vectors embed.Dense, id data.ArticleID) []float32 {
	return vectors.Row(slices.IndexFunc(c.Cards, func(card data.Card) bool { return card.ID == id }))
}
