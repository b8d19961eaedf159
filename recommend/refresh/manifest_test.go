package refresh_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/refresh"
)

func TestManifest(t *testing.T) {
	store := newStore(t)
	draft := data.Article{ID: "zz", Title: "Tenants", State: data.Unpublished}
	if _, err := store.PutArticles(t.Context(), []data.Article{draft}); err != nil {
		t.Fatal(err)
	}
	s, _ := refreshed(t, store, refresh.Options{LSA: lsa.Options{Rank: 24}, Version: "1.2.3"})
	m := s.Manifest()
	if !m.Created.Equal(now) || !m.AsOf.Equal(now) || m.Version != "1.2.3" || m.StoreRevision != 2 || m.Rank != 24 || m.Neighbours != 64 ||
		m.Counts.Articles != 193 || m.Counts.Languages["zh-Hant"] != 64 || m.Terms == 0 || m.ModelID == "" || m.Kernel == "" {
		t.Errorf("got %+v", m)
	}
	want := map[string]any{
		"lsa.rank": 24.0, "lsa.seed": 1.0, "lsa.min_df": 2.0, "lsa.max_df": 0.5, "neighbours.k": 64.0,
		"analysis.stop_words": true, "analysis.stemming": true,
		"list.variety": 0.1, "list.max_per_author": 2.0, "list.max_per_section": "any", "list.max_links_in": 60.0,
		"ranking.weights.cosine": 1.0, "ranking.weights.lexical": 0.0, "ranking.weights.title": 1.3, "ranking.weights.section": .05, "ranking.weights.tags": .2,
		"ranking.weights.author": .05, "ranking.weights.series": .5, "ranking.weights.next_part": 3.0, "ranking.weights.next_read": 50.0,
		"ranking.weights.co_read": 20.0, "ranking.weights.popularity": 12.5, "ranking.weights.age": -.5, "ranking.weights.hubness": -.1,
	}
	if diff := cmp.Diff(want, m.Config); diff != "" {
		t.Errorf("configuration (-want +got)\n%s", diff)
	}
	for _, lang := range []data.Lang{"en", "zh"} {
		if scale := m.Scales[lang]; len(scale.Quantiles) != 101 || len(scale.Cosines) != 101 || scale.Score(3, 1) != 100 || scale.Score(0, 0) != 0 {
			t.Errorf("scale of %s: got %+v", lang, scale)
		}
	}

	said, _ := refreshed(t, store, refresh.Options{K: 64, LSA: lsa.Options{Rank: 24, Seed: 1, MinDocFreq: 2, MaxDocFreq: 0.5}})
	if other := said.Manifest(); other.ConfigHash != m.ConfigHash || other.InputHash != m.InputHash || !cmp.Equal(other.Scales, m.Scales) {
		t.Error("the defaults, said aloud, give another snapshot")
	}
	draft.Body = "A change of a draft is a change of the input."
	if _, err := store.PutArticles(t.Context(), []data.Article{draft}); err != nil {
		t.Fatal(err)
	}
	changed, _ := refreshed(t, store, refresh.Options{LSA: lsa.Options{Rank: 24, Seed: 2}})
	if other := changed.Manifest(); other.InputHash == m.InputHash || other.ConfigHash == m.ConfigHash || other.StoreRevision != 3 {
		t.Error("another article and seed: hashes or revision stayed")
	}
}

// The model in the snapshot is the one that made its vectors, also where an
// article without a vector stands between them.
func TestModelFoldsIn(t *testing.T) {
	articles := datatest.Corpus(datatest.CorpusOptions{})
	articles[5].State = data.Unpublished
	store := datatest.NewStore(clock)
	if _, err := store.PutArticles(t.Context(), articles); err != nil {
		t.Fatal(err)
	}
	s, _ := refreshed(t, store, refresh.Options{})
	model, err := lsa.ReadModel(bytes.Clone(s.ModelBytes()))
	runtime.KeepAlive(s)
	if err != nil {
		t.Fatal(err)
	}
	for row := range articles {
		want := model.FoldIn(recommend.Text(&articles[row]))
		if articles[row].State == data.Unpublished {
			clear(want)
		}
		if diff := cmp.Diff(want, s.Vector(row)); diff != "" {
			t.Fatalf("%s (-model's vector +snapshot's)\n%s", articles[row].ID, diff)
		}
	}
	checkTerms(t, store, s)
}

// A lazy store makes articles as they are asked for.
type lazy struct{ articles, size int }

func (l lazy) ReadArticles(_ context.Context, f func(data.Revision, iter.Seq2[data.Article, error]) error) error {
	return f(data.Revision{}, func(yield func(data.Article, error) bool) {
		for i := range l.articles {
			words := fmt.Sprintf("rents tenants article%d ", i%7)
			a := data.Article{ID: data.ArticleID(fmt.Sprintf("%06d", i)), Title: words, Body: strings.Repeat(words, l.size/len(words))}
			if !yield(a, nil) {
				return
			}
		}
	})
}

// Cards, counts and vectors are kept of every article, but no text.
func TestHoldsNoTexts(t *testing.T) {
	store := lazy{articles: 160, size: 100 << 10}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	refreshed(t, store, refresh.Options{Progress: func(stage string, done, _ int64) {
		if stage == "count" && int(done) == store.articles {
			runtime.GC()
			runtime.ReadMemStats(&after)
		}
	}})
	if after.HeapAlloc == 0 {
		t.Fatal("the stage count never came to its end")
	}
	if grown, all := int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(store.articles*store.size); grown > all/4 {
		t.Errorf("%d bytes are held after %d were read", grown, all)
	}
}
