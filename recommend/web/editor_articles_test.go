package web

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/data/sqlite"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/clicks"
	"github.com/alsolike/alsolike/recommend/inventory"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

type noModel struct{}

func (noModel) WriteTo(io.Writer) (int64, error) { return 0, nil }

// newEditorLinks is what pages about articles need: an engine, with a snapshot of two
// articles that link to one another if one is published.
func newEditorLinks(t *testing.T, store *sqlite.Store, published bool) *editor.Links {
	t.Helper()
	dir, err := snapshot.OpenDir(filepath.Join(t.TempDir(), "snapshots"))
	if err != nil {
		t.Fatal(err)
	}
	if published {
		c := snapshot.Contents{
			Model: noModel{}, Vectors: embed.Dense{Rows: 2, Dim: 2, Data: []float32{1, 0, 0.6, 0.8}},
			Candidates: knn.Lists{K: 1, Len: []int32{1, 1}, Data: []knn.Neighbour{{Row: 1, Cosine: .6}, {Row: 0, Cosine: .6}}},
			Manifest:   snapshot.Manifest{Created: noon, Scales: snapshot.Scales{"en": {Quantiles: make([]float32, 101)}}},
		}
		for _, id := range []data.ArticleID{"a", "b"} {
			c.Cards = append(c.Cards, data.Card{ID: id, Group: id, Title: string(id), Lang: "en", State: data.Published})
		}
		id, err := dir.Write(t.Context(), c)
		if err == nil {
			err = dir.Publish(id)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	engine, err := recommend.New(store, dir, recommend.Options{Secret: []byte("s"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Load(t.Context()); published && err != nil {
		t.Fatal(err)
	}
	events := t.TempDir()
	log := `{"t":"imp","id":"one","ts":"2026-11-23T12:00:00Z","src":"a","items":[{"id":"b","pos":1}]}` + "\n" +
		`{"t":"clk","imp":"one","ts":"2026-11-23T12:00:10Z","item":"b"}` + "\n"
	if err := os.WriteFile(filepath.Join(events, "2026-11-23.ndjson"), []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	counter := clicks.New(t.Context(), events, clicks.Options{Now: func() time.Time { return noon }, Rest: time.Hour})
	if _, err := counter.Counts(); err != nil {
		t.Fatal(err)
	}
	counter.Wait()
	return &editor.Links{Engine: engine, Inventory: inventory.New(engine, inventory.Options{}), Clicks: counter}
}

// askArticles asks for everything about articles that the contract has.
func askArticles(c *contract, s *Server, request func(method, target string, role account.Role) *http.Request) {
	ask := func(status int, h http.Handler, r *http.Request) *httptest.ResponseRecorder {
		c.t.Helper()
		res, allowed := c.ask(h, r, "")
		if res.Code != status || !allowed && res.Code < 400 {
			c.t.Errorf("%s %s: got %d, want %d, allowed: %v: %s", r.Method, r.URL, res.Code, status, allowed, res.Body)
		}
		return res
	}
	const path = editor.APIPrefix + "/articles"
	ask(200, s, request("GET", path+"?q=a&show=not-linked&from=0&limit=1", account.Viewer))
	ask(200, s, request("GET", path+"?limit=1", account.Viewer))
	ask(400, s, request("GET", path+"?show=best", account.Viewer))
	ask(400, s, request("GET", path+"?limit=0", account.Viewer))
	clicked := ask(200, s, request("GET", path+"?show=most-clicked", account.Viewer))
	if body := clicked.Body.String(); !strings.Contains(body, `"clicks":{"list":{"seen":0,"clicks":0},"out":0,"in":{"seen":1,"clicks":1,"rate":1,"low":0.2`) {
		c.t.Errorf("the most clicked: %s", body)
	}

	const clicksPath = editor.APIPrefix + "/clicks"
	ask(200, s, request("GET", clicksPath+"?article=a", account.Viewer))
	ask(400, s, request("GET", clicksPath+"?article=a&placement=none", account.Viewer))
	ask(404, s, request("GET", clicksPath+"?article=none", account.Viewer))

	store := newEditorStore(c.t)
	config := newEditorConfig(c.t, store)
	config.Links = newEditorLinks(c.t, store, false)
	empty := New(Config{Recommender: newShelf(), Editor: config, Log: slog.New(slog.DiscardHandler)})
	token, err := store.StartSession(c.t.Context(), string(account.Viewer), "")
	if err != nil {
		c.t.Fatal(err)
	}
	r := request("GET", path, "")
	r.Header.Set("Cookie", "alsolike="+token)
	ask(503, empty, r)
	r = request("GET", clicksPath+"?article=a", "")
	r.Header.Set("Cookie", "alsolike="+token)
	ask(503, empty, r)
}
