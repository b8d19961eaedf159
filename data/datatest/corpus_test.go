package datatest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
)

func TestCorpus(t *testing.T) {
	o := datatest.CorpusOptions{Seed: 7, Texts: 40, Langs: []data.Lang{"en", "zh-Hans", "zh-Hant"}}
	articles := datatest.Corpus(o)
	if len(articles) != 120 {
		t.Fatalf("got %d articles, want 120", len(articles))
	}
	if diff := cmp.Diff(articles, datatest.Corpus(o)); diff != "" {
		t.Errorf("equal options, other articles:\n%s", diff)
	}
	if !slices.IsSortedFunc(articles, func(a, b data.Article) int { return strings.Compare(string(a.ID), string(b.ID)) }) {
		t.Error("the articles are not in id order")
	}
	bodies := map[string]bool{}
	for _, a := range articles {
		if err := a.Validate(); err != nil {
			t.Errorf("%s: %v", a.ID, err)
		}
		if strings.Contains(a.Title+a.Body, "{") {
			t.Errorf("%s: a place was left open: %s", a.ID, a.Body)
		}
		bodies[a.Body] = true
	}
	if len(bodies) != len(articles) {
		t.Errorf("got %d different bodies of %d articles", len(bodies), len(articles))
	}
	if a, b := articles[0], articles[3*datatest.Subjects]; a.Section != b.Section || a.Section == articles[3].Section {
		t.Errorf("sections %s, %s, %s; want the first two alike", a.Section, b.Section, articles[3].Section)
	}
	for i := 0; i < len(articles); i += 3 {
		if g := articles[i].Group(); articles[i+1].Group() != g || articles[i+2].Group() != g {
			t.Errorf("%s: the translations are in other groups", articles[i].ID)
		}
	}
	o.Seed = 8
	if other := datatest.Corpus(o); other[0].Body == articles[0].Body {
		t.Error("another seed gives the same text")
	}
}

// Translations say the same in as many sentences, each script in its own characters.
func TestCorpusIsParallel(t *testing.T) {
	articles := datatest.Corpus(datatest.CorpusOptions{Texts: datatest.Subjects * 4, Langs: []data.Lang{"zh-Hans", "zh-Hant"}})
	for i := 0; i < len(articles); i += 2 {
		hans, hant := articles[i], articles[i+1]
		if strings.Count(hans.Body, "。") != strings.Count(hant.Body, "。") || hans.Body == hant.Body {
			t.Errorf("%s: %q is no translation of %q", hans.ID, hant.Body, hans.Body)
		}
		if strings.ContainsAny(hant.Title+hant.Body, "对关谈钱讨论没这么") || strings.ContainsAny(hans.Title+hans.Body, "對關談錢討論沒這麼") {
			t.Errorf("%s: the scripts are mixed: %q, %q", hans.ID, hans.Body, hant.Body)
		}
	}
}
