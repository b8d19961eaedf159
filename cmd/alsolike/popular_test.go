package main

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/alsolike/alsolike/data"
)

// What readers open is what a list is filled with that asks for what is popular, also
// after a restart.
func TestPopular(t *testing.T) {
	oneByOne(t)
	s := withSample(t)
	r := s.startServe()
	const path = "/v1/related?id=en/harbour-cranes&threshold=100&fallback=popular&limit=3"
	filled := func() []data.ArticleID {
		t.Helper()
		_, body := r.get(path)
		var a answer
		if err := json.Unmarshal([]byte(body), &a); err != nil {
			t.Fatal(err)
		}
		ids := []data.ArticleID{}
		for _, item := range a.Items {
			if item.Source == "fallback:popular" {
				ids = append(ids, item.ID)
			}
		}
		return ids
	}
	if got := filled(); len(got) > 0 {
		t.Errorf("filled with %q before anything was read", got)
	}
	for _, page := range []string{"en/cod-quota", "en/cod-quota", "en/book-boat", "zh-Hans/cod-quota", "en/harbour-cranes", "en/harbour-cranes"} {
		if got := r.report(`{"t":"pv","page":"` + page + `","from":"search"}`); got.Accepted != 1 {
			t.Fatalf("%s: %+v", page, got)
		}
	}
	// In the article's language, and not the article itself.
	want := []data.ArticleID{"en/cod-quota", "en/book-boat"}
	waitFor(t, "the list is filled with what was read", func() bool { return slices.Equal(filled(), want) })
	r.end()
	r = s.startServe()
	waitFor(t, "the list is filled after a restart", func() bool { return slices.Equal(filled(), want) })
}
