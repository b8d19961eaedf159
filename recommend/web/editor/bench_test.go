package editor_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/clicks"
	"github.com/alsolike/alsolike/recommend/inventory"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

// A still store has overrides, and no article has changed since the snapshot.
type still struct {
	overrides []data.Override
	rules     []data.Rule
}

func (s *still) Revision(context.Context) (data.Revision, error) {
	return data.Revision{Articles: 1, Overrides: int64(1 + len(s.rules))}, nil
}
func (s *still) Overrides(context.Context) ([]data.Override, error) { return s.overrides, nil }
func (s *still) Rules(context.Context) ([]data.Rule, error)         { return s.rules, nil }

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
	const n, k, dim = 100_000, 64, 64
	random := rand.New(rand.NewPCG(1, 2))
	scale := snapshot.Scale{Quantiles: make([]float32, 101)}
	for p := range scale.Quantiles {
		scale.Quantiles[p] = float32(p) / 100
	}
	c := snapshot.Contents{
		Model: noModel{}, Vectors: embed.NewDense(n, dim),
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
		if i%5000 == 7 {
			c.Cards[i].Section = "Harbour"
		}
		c.Cards[i].Tags, c.Cards[i].Authors = data.TagList(fmt.Sprintf("tag %d\ntag %d", i%997, i%13)), data.TagList(fmt.Sprint("Author ", i%300))
		for j := range dim {
			c.Vectors.Row(i)[j] = float32(random.NormFloat64())
		}
		vec.Normalise(c.Vectors.Row(i))
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
	counter := clicks.New(b.Context(), clickLog(b, n), clicks.Options{Now: func() time.Time { return noonOf("2026-11-23") }, Rest: time.Hour})
	site := newSite(b, func(c *editor.Config) {
		c.Links = &editor.Links{Engine: engine, Inventory: articles, Clicks: counter}
	})
	site.now = time.Time{} // a clock that goes, for what a page does about being late
	client := site.signedIn(b, account.Editor)
	client.get("/editor/articles")
	articles.Wait()
	counter.Wait()
	type page struct{ name, path string }
	measure := func(page page) {
		has := "Article "
		if strings.HasPrefix(page.name, "today") {
			has = "<dd>100000</dd>"
		}
		b.Run(fmt.Sprintf("n=%d/page=%s", n, page.name), func(b *testing.B) {
			for b.Loop() {
				if res := client.get(page.path); res.StatusCode != http.StatusOK || !strings.Contains(res.body, has) {
					b.Fatalf("%d\n%s", res.StatusCode, res.body)
				}
			}
		})
	}
	for _, page := range []page{
		{"today", "/editor/today"},
		{"articles", "/editor/articles"},
		{"articles/found", "/editor/articles?q=cranes+99"},
		{"articles/most-linked", "/editor/articles?show=most-linked"},
		{"articles/most-clicked", "/editor/articles?show=most-clicked"},
		{"articles/overridden", "/editor/articles?show=overridden"},
		{"article", "/editor/articles/article?id=a000010"},
		{"article/picked", "/editor/articles/article?id=a000010&q=bread+7"},
		{"rules/of=tiny", "/editor/rules/new?under_section=Harbour&max_per_author=1"},
		{"rules/of=tiny/own", "/editor/rules/new?under_section=Harbour&only=same_section"},
		{"rules/of=all", "/editor/rules/new?max_per_author=1"},
		{"rules/of=all/others", "/editor/rules/new?only=other_sections"},
		{"rules/of=all/same", "/editor/rules/new?action=boost&target_section=Nothing"},
	} {
		measure(page)
	}
	// Under a rule for which every list looks at all articles.
	r, err := site.store.AddRule(b.Context(), data.Rule{Only: data.OtherSections})
	if err != nil {
		b.Fatal(err)
	}
	store.rules = []data.Rule{r}
	if err := engine.Update(b.Context()); err != nil {
		b.Fatal(err)
	}
	for _, page := range []page{
		{"rules/edit=none", "/editor/rules/1/edit"},
		{"rules/edit=little", "/editor/rules/1/edit?tag=x&only=other_sections&max_per_author=100"},
		{"rules/edit=all", "/editor/rules/1/edit?tag=x&only=same_section"},
	} {
		measure(page)
	}
}

// clickLog is a log of lists of n articles, each of which was seen, and some of whose links
// were followed.
func clickLog(b *testing.B, n int) (folder string) {
	var log []byte
	name := func(i int) data.ArticleID { return data.ArticleID(fmt.Sprintf("a%06d", i%n)) }
	at := noonOf("2026-11-22")
	add := func(e clicklog.Event) {
		var err error
		if log, err = clicklog.AppendEvent(log, e); err != nil {
			b.Fatal(err)
		}
	}
	for i := range n {
		imp := &clicklog.Impression{ID: fmt.Sprint("list", i), Time: at, Source: name(i)}
		for j := range 5 {
			imp.Items = append(imp.Items, clicklog.Shown{Item: name(i + 1 + j*j), Position: j + 1, P: 1})
		}
		add(imp)
		if i%3 == 0 {
			add(&clicklog.Click{Impression: imp.ID, Item: imp.Items[i%5].Item, Time: at})
		}
	}
	folder = b.TempDir()
	if err := os.WriteFile(filepath.Join(folder, at.Format(time.DateOnly)+".ndjson"), log, 0o600); err != nil {
		b.Fatal(err)
	}
	return folder
}

// BenchmarkReview is what a server takes for the page about a refresh of 100,000 articles,
// a tenth of whose links change: the first time, when the two are compared, and later; as
// somebody types what he looks for, and with a thousand lists ticked. A comparison stays in
// memory: MB is how much of it.
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
	before := heap()
	client.reviewed("")
	kept := heap() - before
	b.Run(fmt.Sprintf("n=%d/page=compared", n), func(b *testing.B) {
		defer b.ReportMetric(float64(kept)/1e6, "MB")
		for b.Loop() {
			if page := client.get("/editor/changes"); !strings.Contains(page.body, "100000 lists change") {
				b.Fatal(page.body)
			}
		}
	})
	asked := "/editor/changes?snapshot=" + ids[1]
	for _, page := range []struct{ name, path, has string }{
		{"page=far", asked + "&from=99000", "99001–99030 of 100000"},
		{"page=section", asked + "&section=Section+7", "of 3334"},
		{"typed=letter", asked + "&q=e", "of 100000"},
		{"typed=word", asked + "&q=cranes", "of 100000"},
		{"typed=title", asked + "&q=Article+4711+of", "4711 of the cranes"},
		{"typed=none", asked + "&q=no+such+title", "No such list"},
		{"json=word", "/v1/editor/changes/" + ids[1] + "?q=cranes&limit=30", `"matched":100000`},
	} {
		b.Run(fmt.Sprintf("n=%d/%s", n, page.name), func(b *testing.B) {
			for b.Loop() {
				if got := client.get(page.path); !strings.Contains(got.body, page.has) {
					b.Fatal(got.body)
				}
			}
		})
	}
	b.Run(fmt.Sprintf("n=%d/ticked=1000", n), func(b *testing.B) {
		form := url.Values{"csrf": {client.csrf()}, "snapshot": {ids[1]}, "q": {"cranes"}}
		for i := range 1000 {
			form.Add("article", fmt.Sprintf("a%06d", 50*i))
		}
		for b.Loop() {
			res := client.do(client.request(http.MethodPost, "/editor/changes", form.Encode(), "Content-Type", "application/x-www-form-urlencoded"))
			if res.StatusCode != http.StatusOK || strings.Count(res.body, " checked") < 1000 {
				b.Fatal(res.StatusCode)
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

// heap is how many bytes are in use.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what has a cleanup goes with the second one
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
