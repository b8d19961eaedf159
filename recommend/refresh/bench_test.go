package refresh

import (
	"iter"
	"path/filepath"
	"slices"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sqlite"
	"github.com/alsolike/alsolike/embed/boilerplate"
	"github.com/alsolike/alsolike/embed/lsa"
)

// BenchmarkAnalyse is what a full refresh does from the store to the weighted matrix,
// of all articles of two sets: reading, finding boilerplate, leaving it out,
// hashing and counting.
func BenchmarkAnalyse(b *testing.B) {
	articles := append(readArticles(b, "reuters21578"), readArticles(b, "senate_press_2004_2005")...)
	store, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "alsolike.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	bytes := 0
	for part := range slices.Chunk(articles, 1000) {
		if _, err := store.PutArticles(b.Context(), part); err != nil {
			b.Fatal(err)
		}
		for i := range part {
			bytes += len(part[i].Title) + len(part[i].Body)
		}
	}
	n := len(articles)
	articles = nil

	opts := Options{}.withDefaults()
	b.SetBytes(int64(bytes))
	b.ReportAllocs()
	for b.Loop() {
		err := store.ReadArticles(b.Context(), func(_ data.Revision, all iter.Seq2[data.Article, error]) (err error) {
			f := new(fitted)
			twice := newReplay(all, replayBytes)
			if f.boilerplate, err = boilerplate.Find(b.Context(), pages(twice.articles, map[data.Lang]int{}, opts.Progress)); err != nil {
				return err
			}
			_, err = lsa.TFIDF(b.Context(), f.texts(twice.last, opts.Workers), opts.LSA)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "articles/s")
}
