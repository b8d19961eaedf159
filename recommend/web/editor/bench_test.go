package editor_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/inventory"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

// A still store has overrides, and no article has changed since the snapshot.
type still struct{ overrides []data.Override }

func (s *still) Revision(context.Context) (data.Revision, error) {
	return data.Revision{Articles: 1, Overrides: 1}, nil
}
func (s *still) Overrides(context.Context) ([]data.Override, error) { return s.overrides, nil }
func (s *still) Rules(context.Context) ([]data.Rule, error)         { return nil, nil }

func (s *still) CardsSince(context.Context, int64) iter.Seq2[data.Card, error] {
	return func(func(data.Card, error) bool) {}
}

func (s *still) Article(_ context.Context, id data.ArticleID) (data.Article, error) {
	return data.Article{}, data.ErrNotFound
}

type noModel struct{}

func (noModel) WriteTo(io.Writer) (int64, error) { return 0, nil }

// BenchmarkPages is what a server takes for a page at 100,000 articles and 10,000
// overrides, a hundred of them for every article: at most 150 ms.
func BenchmarkPages(b *testing.B) {
	const n, k = 100_000, 64
	scale := snapshot.Scale{Quantiles: make([]float32, 101)}
	for p := range scale.Quantiles {
		scale.Quantiles[p] = float32(p) / 100
	}
	c := snapshot.Contents{
		Model: noModel{}, Vectors: embed.Dense{Rows: n, Dim: 4, Data: make([]float32, 4*n)},
		Candidates: knn.Lists{K: k, Len: make([]int32, n), Data: make([]knn.Neighbour, n*k)},
		Manifest:   snapshot.Manifest{Created: noonOf("2026-11-23"), StoreRevision: 1, Scales: snapshot.Scales{"en": scale}},
	}
	store := &still{}
	for i := range n {
		id := data.ArticleID(fmt.Sprintf("a%06d", i))
		c.Cards = append(c.Cards, data.Card{
			ID: id, Group: id, Title: fmt.Sprintf("Article %d of the cranes in the harbour and of bread", i), URL: "https://www.example.org/" + string(id),
			Lang: "en", State: data.Published, PublishedAt: noonOf("2026-11-22").AddDate(0, 0, -i%4000), Section: "City",
		})
		c.Vectors.Row(i)[i%4] = 1
		c.Candidates.Len[i] = k
		for j := range k {
			c.Candidates.Data[i*k+j] = knn.Neighbour{Row: int32((i + 1 + j*j) % n), Cosine: 1 - float32(j)/k}
		}
		if i%10 == 0 {
			o := data.Override{ID: int64(i + 1), Article: id, Target: data.ArticleID(fmt.Sprintf("a%06d", (i+500)%n)), Action: data.Pin, Position: 2}
			if i%1000 == 0 {
				o.Article, o.Action, o.Position, o.Strength = data.Everywhere, data.Boost, 0, 2
			}
			store.overrides = append(store.overrides, o)
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
	engine, err := recommend.New(store, dir, recommend.Options{Secret: []byte("s"), Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		err = engine.Load(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
	articles := inventory.New(engine, inventory.Options{})
	site := newSite(b, func(c *editor.Config) { c.Links = &editor.Links{Engine: engine, Inventory: articles} })
	client := site.signedIn(b, account.Editor)
	client.get("/editor/articles")
	articles.Wait()
	for _, page := range []struct{ name, path string }{
		{"articles", "/editor/articles"},
		{"articles/found", "/editor/articles?q=cranes+99"},
		{"articles/most-linked", "/editor/articles?show=most-linked"},
		{"articles/overridden", "/editor/articles?show=overridden"},
		{"article", "/editor/articles/article?id=a000010"},
		{"article/picked", "/editor/articles/article?id=a000010&q=bread+7"},
	} {
		b.Run(fmt.Sprintf("n=%d/page=%s", n, page.name), func(b *testing.B) {
			for b.Loop() {
				if res := client.get(page.path); res.StatusCode != http.StatusOK || !strings.Contains(res.body, "Article ") {
					b.Fatalf("%d\n%s", res.StatusCode, res.body)
				}
			}
		})
	}
}

// BenchmarkReview is what a server takes for the page about a refresh of 100,000 articles,
// a tenth of whose links change: the first time, when the two are compared, and later.
func BenchmarkReview(b *testing.B) {
	const n, k = 100_000, 10
	dir, err := snapshot.OpenDir(filepath.Join(b.TempDir(), "snapshots"))
	if err != nil {
		b.Fatal(err)
	}
	var ids []string
	for version := range 2 {
		c := snapshot.Contents{
			Model: noModel{}, Vectors: embed.NewDense(n, 1), Candidates: knn.Lists{K: k, Len: make([]int32, n), Data: make([]knn.Neighbour, n*k)},
			Manifest: snapshot.Manifest{Created: noonOf("2026-11-23").AddDate(0, 0, version)},
		}
		for i := range n {
			id := data.ArticleID(fmt.Sprintf("a%06d", i))
			c.Cards = append(c.Cards, data.Card{ID: id, Group: id, Title: fmt.Sprintf("Article %d of the cranes in the harbour", i), Lang: "en", State: data.Published, Section: fmt.Sprint("Section ", i%30)})
			c.Candidates.Len[i] = k
			for j := range k {
				to := i + 1 + j*j
				if j == i%k {
					to += 7 * version
				}
				c.Candidates.Data[i*k+j] = knn.Neighbour{Row: int32(to % n), Cosine: 1 - float32(j)/k}
			}
		}
		id, err := dir.Write(b.Context(), c)
		if err != nil {
			b.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := dir.Publish(ids[0]); err != nil {
		b.Fatal(err)
	}
	site := newSite(b, func(c *editor.Config) { c.Changes = &editor.Changes{Snapshots: dir} })
	client := site.signedIn(b, account.Editor)
	b.Run(fmt.Sprintf("n=%d/page=compared", n), func(b *testing.B) {
		client.reviewed("")
		for b.Loop() {
			if page := client.get("/editor/changes"); !strings.Contains(page.body, "100000 lists change") {
				b.Fatal(page.body)
			}
		}
	})
	b.Run(fmt.Sprintf("n=%d/page=first", n), func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			site := newSite(b, func(c *editor.Config) { c.Changes = &editor.Changes{Snapshots: dir} })
			client := site.signedIn(b, account.Editor)
			b.StartTimer()
			client.reviewed("")
		}
	})
}
