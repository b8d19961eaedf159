package editor_test

import (
	"fmt"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

// With 10,000 overrides, and as many changes that made them, what is asked most.
func BenchmarkHistory(b *testing.B) {
	s := newSite(b, nil)
	articles := make([]data.Article, 1000)
	for i := range articles {
		articles[i] = data.Article{ID: data.ArticleID(fmt.Sprint("a", i)), Title: fmt.Sprint("About ", i), Body: "text", Lang: "en"}
	}
	if _, err := s.store.PutArticles(b.Context(), articles); err != nil {
		b.Fatal(err)
	}
	all := make([]data.Override, 10_000)
	for i := range all {
		all[i] = data.Override{Article: articles[i%1000].ID, Target: articles[(i/1000+i+1)%1000].ID, Action: data.Pin, Position: i%9 + 1}
	}
	for at := 0; at < len(all); { // an import, and then what fills the first pages one by one
		end := max(at+1, len(all)-150)
		if _, _, err := s.store.AddOverridesAt(b.Context(), data.AnyRevision, all[at:end]); err != nil {
			b.Fatal(err)
		}
		at = end
	}
	c := s.signedIn(b, account.Editor)
	for _, path := range []string{"/editor/history", "/editor/history?batch=4", "/editor/history?article=a7", "/editor/history?author=nobody", "/v1/editor/history?limit=100", "/v1/editor/overrides", "/v1/editor/overrides?article=a7", "/v1/editor/overrides?state=active&after=9000", "/v1/editor/overrides/77"} {
		b.Run("path="+path, func(b *testing.B) {
			for b.Loop() {
				if res := c.get(path); res.StatusCode != 200 {
					b.Fatal(res.StatusCode)
				}
			}
		})
	}
	b.Run("revert=batch", func(b *testing.B) { // there and back in turn
		change := int64(users + 1)
		for b.Loop() {
			r, err := s.store.RevertBatch(b.Context(), change)
			if err != nil || len(r.Made) < 9000 {
				b.Fatal(len(r.Made), err)
			}
			change = r.Made[0].ID
		}
	})
}
