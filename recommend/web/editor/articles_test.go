package editor_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/data/sqlite"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/inventory"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/review"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

// A newsroom is a site with the articles of the sample site, and links among them.
type newsroom struct {
	*site
	engine  *recommend.Engine
	links   *editor.Links
	changes *editor.Changes
	dir     *snapshot.Dir

	folder string // of the snapshots

	broken     atomic.Bool  // the history cannot be written
	compared   atomic.Int32 // pairs of snapshots
	refreshing atomic.Bool  // somebody makes a snapshot
}

// sampleFolder is where sampleSnapshots has put them, if it was called. TestMain removes
// it.
var sampleFolder string

// sampleSnapshots is a folder with a snapshot of the sample site, as the first revision
// of a store has it.
var sampleSnapshots = sync.OnceValues(func() (path string, err error) {
	if path, err = os.MkdirTemp("", "alsolike-editor-test"); err != nil {
		return "", err
	}
	sampleFolder = path
	store := datatest.NewStore(morning)
	if _, err := store.PutArticles(context.Background(), sample.Articles()); err != nil {
		return path, err
	}
	dir, err := snapshot.OpenDir(path)
	if err == nil {
		_, err = refresh.Run(context.Background(), store, dir, refresh.Options{Now: morning})
	}
	return path, err
})

// morning is when newsrooms are open.
func morning() time.Time { return time.Date(2026, 11, 23, 12, 0, 30, 0, time.UTC) }

// newNewsroom makes one in which more articles have come since the last refresh.
func newNewsroom(t *testing.T, more ...data.Article) *newsroom {
	t.Helper()
	path, err := sampleSnapshots()
	if err != nil {
		t.Fatal(err)
	}
	n := &newsroom{}
	n.site = newSite(t, func(c *editor.Config) {
		store := c.Accounts.(*sqlite.Store)
		for _, articles := range [][]data.Article{sample.Articles(), more} {
			if _, err := store.PutArticles(t.Context(), articles); err != nil {
				t.Fatal(err)
			}
		}
		own := filepath.Join(t.TempDir(), "snapshots")
		if err := os.CopyFS(own, os.DirFS(path)); err != nil {
			t.Fatal(err)
		}
		dir, err := snapshot.OpenDir(own)
		if err == nil {
			n.engine, err = recommend.New(store, dir, recommend.Options{
				Secret: []byte("s"), Now: morning, Log: slog.New(slog.DiscardHandler), Placements: map[string]recommend.Placement{"foot": {Count: 3}},
			})
		}
		if err == nil {
			err = n.engine.Load(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		n.links = &editor.Links{
			Engine: n.engine, Inventory: inventory.New(n.engine, inventory.Options{Now: morning, Aside: time.Hour}), Placements: []string{"foot"},
		}
		c.Links, n.dir, n.folder, c.History = n.links, dir, own, frail{store, &n.broken}
		c.Settings = []editor.Setting{
			{Name: "list.threshold", Value: "73", Default: "0", Effect: "lowest score, 0 to 100, that a link may have"},
			{Name: "refresh.every", Default: "off", Effect: "serve makes a new snapshot this often, such as 15m"},
		}
		c.Update = func(ctx context.Context) error { return n.engine.Update(ctx) }
		c.Changes = &editor.Changes{
			Snapshots: dir, Policy: review.Policy{Publish: review.Auto},
			Lock: func() (func(), error) {
				if n.refreshing.Load() {
					return nil, data.ErrBusy
				}
				return func() {}, nil
			},
			Views: func(context.Context) (map[data.ArticleID]float64, error) {
				n.compared.Add(1)
				return map[data.ArticleID]float64{cranes: 1200}, nil
			},
		}
		n.changes = c.Changes
	})
	return n
}

// list is what readers get under an article.
func (n *newsroom) list(t *testing.T, id data.ArticleID) (ids []string) {
	t.Helper()
	list, err := n.engine.Related(context.Background(), recommend.Query{ID: id})
	if err != nil {
		t.Fatal(err)
	}
	for i := range list.Links {
		ids = append(ids, string(list.Links[i].Card.ID))
	}
	return ids
}

// all is the nodes of a page with that element and, if it is not empty, that attribute.
func all(t testing.TB, page, element, attribute string) (nodes []*html.Node) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for node := range doc.Descendants() {
		if node.Type == html.ElementNode && node.Data == element && (attribute == "" || attr(node, attribute) != "") {
			nodes = append(nodes, node)
		}
	}
	return nodes
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// text is what is written in a node.
func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestArticles(t *testing.T) {
	n := newNewsroom(t, data.Article{ID: "x/ü <b>", Title: `<script>alert(1)</script> "Cranes"`, Body: "Cranes.", Lang: "en", State: data.Unpublished})
	c := n.signedIn(t, "viewer")
	titles := func(path string) (found []string) {
		t.Helper()
		res := c.get(path)
		if res.StatusCode != 200 {
			t.Fatalf("%s: %d\n%s", path, res.StatusCode, res.body)
		}
		for _, a := range all(t, res.body, "a", "class") {
			if attr(a, "class") == "title" {
				found = append(found, text(a))
			}
		}
		return found
	}
	if got := titles("/editor/articles"); len(got) != inventory.DefaultLimit {
		t.Errorf("%d articles, want %d", len(got), inventory.DefaultLimit)
	}
	if got := titles("/editor/articles?q=cranes"); len(got) == 0 || !strings.Contains(strings.ToLower(strings.Join(got, " ")), "cranes") {
		t.Errorf("cranes: got %q", got)
	}
	if got := titles("/editor/articles?q=no+such+title"); len(got) != 0 {
		t.Errorf("nothing of the kind: got %q", got)
	}
	if got := titles("/editor/articles?show=most-linked&from=50"); len(got) != inventory.DefaultLimit {
		t.Errorf("the second page has %d", len(got))
	}
	res := c.get("/editor/articles?q=x/%C3%BC")
	if strings.Contains(res.body, "<script>alert") || !strings.Contains(res.body, "Not linked: off the site") || !strings.Contains(res.body, "Shows no links: off the site") {
		t.Errorf("the article off the site:\n%s", res.body)
	}
	for _, a := range all(t, res.body, "a", "class") {
		if attr(a, "class") != "title" {
			continue
		}
		if res := c.get(attr(a, "href")); res.StatusCode != 200 {
			t.Errorf("%s: %d", attr(a, "href"), res.StatusCode)
		}
	}
	if res := c.get("/v1/editor/articles?q=x/%C3%BC&limit=1"); !strings.Contains(res.body, `"id":"x/ü \u003cb\u003e"`) || !strings.Contains(res.body, `"no_links":[{"code":"unpublished","text":"off the site"}]`) || !strings.Contains(res.body, `"total":1,`) {
		t.Errorf("as JSON: %s", res.body)
	}
	if res := c.get("/v1/editor/articles?from=330"); !strings.Contains(res.body, `"links":5,`) || strings.Contains(res.body, `"next"`) {
		t.Errorf("the last page as JSON: %s", res.body)
	}
	if res := c.get("/editor/articles?show=best"); res.StatusCode != 400 || !strings.Contains(res.body, "most-linked") {
		t.Errorf("an unknown choice: %d\n%s", res.StatusCode, res.body)
	}
	if res := c.get("/editor/articles?q=cranes", "Accept-Language", "zh-TW"); !strings.Contains(res.body, "尋找") {
		t.Error("no Chinese where it is asked for")
	}
}

func TestNothingYet(t *testing.T) {
	s := newSite(t, func(c *editor.Config) {
		dir, err := snapshot.OpenDir(filepath.Join(t.TempDir(), "snapshots"))
		if err != nil {
			t.Fatal(err)
		}
		store := c.Accounts.(*sqlite.Store)
		engine, err := recommend.New(store, dir, recommend.Options{Secret: []byte("s"), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		c.Links = &editor.Links{Engine: engine, Inventory: inventory.New(engine, inventory.Options{})}
	})
	c := s.signedIn(t, "editor")
	for _, path := range []string{"/editor/articles", "/editor/articles/article?id=a"} {
		if res := c.get(path); res.StatusCode != 200 || !strings.Contains(res.body, "No links yet") {
			t.Errorf("%s: %d\n%s", path, res.StatusCode, res.body)
		}
	}
}

func noonOf(day string) time.Time {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return at.Add(12 * time.Hour)
}
