package inventory_test

import (
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/zipf"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/inventory"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

type noModel struct{}

func (noModel) WriteTo(io.Writer) (int64, error) { return 0, nil }

// large is an engine with n articles of made-up titles, one of ten in Chinese, each of
// which links to those after it, and with a tenth as many overrides.
func large(b *testing.B, n int) *recommend.Engine {
	const k = 20
	c := snapshot.Contents{
		Model: noModel{}, Vectors: embed.Dense{Rows: n, Dim: 4, Data: make([]float32, 4*n)},
		Candidates: knn.Lists{K: k, Len: make([]int32, n), Data: make([]knn.Neighbour, n*k)},
		Manifest:   snapshot.Manifest{Created: now, StoreRevision: 1, Scales: snapshot.Scales{"en": {Quantiles: make([]float32, 101)}}},
	}
	store := datatest.NewStore(clock)
	var articles []data.Article
	for a := range zipf.Articles(zipf.Options{Articles: n, MinWords: 1, MaxWords: 2}) {
		if len(articles)%10 == 9 {
			a.Title = fmt.Sprintf("港口%d號的吊車停了，%s", len(articles), a.Title)
		}
		a.URL = "https://www.example.org/news/" + a.Section + "/" + string(a.ID)
		articles = append(articles, a)
	}
	if _, err := store.PutArticles(b.Context(), articles); err != nil {
		b.Fatal(err)
	}
	for i := range articles {
		c.Cards = append(c.Cards, articles[i].Card())
		c.Vectors.Row(i)[i%4] = 1
		c.Candidates.Len[i] = k
		for j := range k {
			c.Candidates.Data[i*k+j] = knn.Neighbour{Row: int32((i + 1 + j*j) % n), Cosine: 1 - float32(j)/k}
		}
		if i%10 == 0 {
			o := data.Override{Article: articles[i].ID, Target: articles[(i+500)%n].ID, Action: data.Pin, Position: 2}
			if _, err := store.AddOverride(b.Context(), o); err != nil {
				b.Fatal(err)
			}
		}
	}
	dir, err := snapshot.OpenDir(filepath.Join(b.TempDir(), "snapshots"))
	if err != nil {
		b.Fatal(err)
	}
	id, err := dir.Write(b.Context(), c)
	if err == nil {
		err = dir.Publish(id)
	}
	if err != nil {
		b.Fatal(err)
	}
	engine, err := recommend.New(store, dir, recommend.Options{Secret: []byte("s"), Now: clock, Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		err = engine.Load(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
	return engine
}

// BenchmarkSearch is what an editor waits for at every letter that he types: at most
// 50 ms at 100,000 articles.
func BenchmarkSearch(b *testing.B) {
	const n = 100_000
	engine := large(b, n)
	v := inventory.New(engine, inventory.Options{})
	first := find(b, v, inventory.Query{})
	v.Wait()
	title := first.Articles[20].Card.Title
	for _, test := range []struct{ name, text string }{
		{"nothing", ""},
		{"letter", "e"},
		{"word", title[:5]},
		{"title", title},
		{"chinese", "港口的吊车"},
		{"none", "no such title"},
	} {
		b.Run(fmt.Sprintf("n=%d/typed=%s", n, test.name), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				find(b, v, inventory.Query{Text: test.text})
			}
		})
	}
	for _, show := range inventory.Shows()[1:] {
		b.Run(fmt.Sprintf("n=%d/show=%s", n, show), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				find(b, v, inventory.Query{Show: show, Clicks: func(id data.ArticleID) int { return int(id[len(id)-1] % 7) }})
			}
		})
	}
	b.Run(fmt.Sprintf("n=%d/anew", n), func(b *testing.B) { // read, and all links counted
		for b.Loop() {
			v := inventory.New(engine, inventory.Options{})
			find(b, v, inventory.Query{})
			v.Wait()
		}
	})
}
