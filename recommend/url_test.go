package recommend_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// However often articles move from one URL to another, each is found by any
// spelling of the present one, and no longer by those before.
func TestURLsThatChange(t *testing.T) {
	spellings := map[string][]string{
		"":    {"", "#top"},
		"one": {"https://example.org/one", "http://example.org/one/", "https://example.org/one/amp?utm_source=x"},
		"two": {"https://example.org/two?a=1&b=2", "//EXAMPLE.org/two?b=2&a=1#c"},
	}
	spelling := func(t *rapid.T, page string) string { return rapid.SampledFrom(spellings[page]).Draw(t, "spelling") }
	anyPage := rapid.SampledFrom([]string{"", "one", "two"})
	dir, _ := openDir(t)
	inSnapshot := cards(2, "section")
	for i := range inSnapshot {
		inSnapshot[i].URL = spellings["one"][i]
	}
	publish(t, dir, ring(inSnapshot, 1, 0))
	rapid.Check(t, func(rt *rapid.T) {
		store := &memory{}
		e := newEngine(t, store, dir, nil)
		load(t, e)
		present := map[data.ArticleID]string{"a0": "one", "a1": "one"}
		rt.Repeat(map[string]func(*rapid.T){
			"move": func(rt *rapid.T) {
				store.revision.Articles++
				for range rapid.IntRange(1, 3).Draw(rt, "cards") {
					card := cards(4, "section")[rapid.IntRange(0, 3).Draw(rt, "card")]
					present[card.ID] = anyPage.Draw(rt, "page")
					card.URL = spelling(rt, present[card.ID])
					store.changes = append(store.changes, change{store.revision.Articles, card})
				}
				if err := e.Load(t.Context()); err != nil {
					rt.Fatal(err)
				}
			},
			"": func(rt *rapid.T) {
				for _, page := range []string{"one", "two"} {
					want := data.ArticleID("")
					for id, at := range present {
						if at == page && (want == "" || id < want) {
							want = id
						}
					}
					url := spelling(rt, page)
					list, err := e.Related(t.Context(), recommend.Query{URL: url})
					if list.Article.ID != want || errors.Is(err, data.ErrNotFound) != (want == "") {
						rt.Fatalf("%s is %q, %v; want %q", url, list.Article.ID, err, want)
					}
					if id, ok := e.Find(url); id != want || ok != (want != "") {
						rt.Fatalf("%s is found as %q, want %q", url, id, want)
					}
				}
			},
		})
	})
}
