package sqlite_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/sqlite"
)

// Both stores unpublish the same articles: those that the last source to list
// them drops.
func TestListing(t *testing.T) {
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		inFile, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "a.db"), sqlite.Options{})
		if err != nil {
			rt.Fatal(err)
		}
		defer inFile.Close()
		inMemory := datatest.NewStore(time.Now)
		source := rapid.SampledFrom([]string{"a", "b"})
		ids := rapid.SliceOfNDistinct(anyID, 0, 5, rapid.ID)
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			from, some := source.Draw(rt, "source"), ids.Draw(rt, "ids")
			var file, memory any
			switch rapid.IntRange(0, 2).Draw(rt, "step") {
			case 0:
				var articles []data.Article
				for _, id := range some {
					articles = append(articles, data.Article{ID: id, Title: "t", Lang: "en"})
				}
				file, _ = inFile.PutArticles(ctx, articles)
				memory, _ = inMemory.PutArticles(ctx, articles)
			case 1:
				if err := inFile.AddListed(ctx, from, some); err != nil {
					rt.Fatal(err)
				}
				inMemory.AddListed(ctx, from, some)
				listed, _ := inFile.Listed(ctx, from)
				twin, _ := inMemory.Listed(ctx, from)
				if !slices.Equal(listed, twin) {
					rt.Fatalf("%s lists %q, its twin %q", from, listed, twin)
				}
			case 2:
				n, err := inFile.Unlist(ctx, from, some)
				if err != nil {
					rt.Fatal(err)
				}
				twin, _ := inMemory.Unlist(ctx, from, some)
				file, memory = n, twin
			}
			if file != memory {
				rt.Fatalf("got %v, its twin %v", file, memory)
			}
			var cards, twins []data.Card
			for c := range inFile.CardsSince(ctx, 0) {
				cards = append(cards, c)
			}
			for c := range inMemory.CardsSince(ctx, 0) {
				twins = append(twins, c)
			}
			if diff := cmp.Diff(twins, cards); diff != "" {
				rt.Fatalf("(-twin +store)\n%s", diff)
			}
		}
	})
}
