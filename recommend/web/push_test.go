package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/ingest"
	"github.com/alsolike/alsolike/data/sqlite"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/web"
)

// A site is a server on a store of its own, with a snapshot in service.
type site struct {
	t       testing.TB
	store   *sqlite.Store
	dir     *snapshot.Dir
	engine  *recommend.Engine
	handler http.Handler
	secret  string
}

func newSite(t testing.TB, articles []data.Article, rank int) *site {
	t.Helper()
	ctx, folder := context.Background(), t.TempDir()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	store, err := sqlite.Open(ctx, filepath.Join(folder, "alsolike.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	for batch := range slices.Chunk(articles, 500) {
		if _, err := store.PutArticles(ctx, batch); err != nil {
			t.Fatal(err)
		}
	}
	s := &site{t: t, store: store}
	if _, s.secret, err = store.AddKey(ctx, "test", data.WriteArticles); err != nil {
		t.Fatal(err)
	}
	if s.dir, err = snapshot.OpenDir(filepath.Join(folder, "snapshots")); err != nil {
		t.Fatal(err)
	}
	s.refresh(rank)
	if s.engine, err = recommend.New(store, s.dir, recommend.Options{Secret: []byte("secret"), Log: log}); err != nil {
		t.Fatal(err)
	}
	if err := s.engine.Load(ctx); err != nil {
		t.Fatal(err)
	}
	s.handler = web.New(web.Config{Recommender: s.engine, Articles: &web.Articles{Store: store, Keys: store, Engine: s.engine}, Log: log})
	return s
}

func (s *site) refresh(rank int) {
	s.t.Helper()
	if _, err := refresh.Run(context.Background(), s.store, s.dir, refresh.Options{LSA: lsa.Options{Rank: rank}}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) do(method, target, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+s.secret)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// put pushes an article.
func (s *site) put(a data.Article) {
	s.t.Helper()
	if w := s.do("PUT", "/v1/articles/"+url.PathEscape(string(a.ID)), string(ingest.AppendJSONL(nil, a))); w.Code != 200 && w.Code != 201 {
		s.t.Errorf("PUT %s: %d %s", a.ID, w.Code, w.Body)
	}
}

// A links is an answer of /v1/related.
type links struct {
	Article struct {
		ID          data.ArticleID
		Provisional bool
	}
	Items []struct {
		ID          data.ArticleID
		Provisional bool
	}
}

func (l *links) place(id data.ArticleID) int {
	for i := range l.Items {
		if l.Items[i].ID == id {
			return i
		}
	}
	return -1
}

func (s *site) related(id data.ArticleID) links {
	s.t.Helper()
	w := s.do("GET", "/v1/related?limit=50&id="+url.QueryEscape(string(id)), "")
	var l links
	if err := json.Unmarshal(w.Body.Bytes(), &l); w.Code != 200 || err != nil {
		s.t.Errorf("related %s: %d %s", id, w.Code, w.Body)
	}
	return l
}

// Every answer after a PUT or DELETE follows from it, until a refresh makes the
// provisional final.
func TestPushIsVisibleAtOnce(t *testing.T) {
	corpus := datatest.Corpus(datatest.CorpusOptions{Texts: 64})
	for i := range corpus {
		corpus[i].ID = "2026/" + corpus[i].ID
		corpus[i].PublishedAt = time.Time{}
	}
	s := newSite(t, corpus[:60], 16)
	fresh := corpus[60]
	s.put(fresh)
	own := s.related(fresh.ID)
	if !own.Article.Provisional || len(own.Items) < 5 {
		t.Fatalf("the list of a new article is %+v", own)
	}
	neighbour := own.Items[0].ID
	list := s.related(neighbour)
	if at := list.place(fresh.ID); at < 0 || !list.Items[at].Provisional || list.Article.Provisional {
		t.Errorf("the list of its neighbour is %+v", list)
	}

	s.refresh(16)
	if err := s.engine.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if own := s.related(fresh.ID); own.Article.Provisional || len(own.Items) < 5 || slices.ContainsFunc(own.Items, func(i struct {
		ID          data.ArticleID
		Provisional bool
	},
	) bool {
		return i.Provisional
	}) {
		t.Errorf("after a refresh: %+v", own)
	}

	if w := s.do("DELETE", "/v1/articles/"+url.PathEscape(string(fresh.ID)), ""); w.Code != 204 {
		t.Errorf("DELETE: %d %s", w.Code, w.Body)
	}
	for _, a := range corpus[:60] {
		if list := s.related(a.ID); list.place(fresh.ID) >= 0 {
			t.Errorf("a deleted article is in the list of %s", a.ID)
		}
	}
	if own := s.related(fresh.ID); len(own.Items) != 0 {
		t.Errorf("a deleted article shows %+v", own)
	}
}

// Many push and ask at the same time; whoever pushed sees it at once.
func TestPushAndAsk(t *testing.T) {
	corpus := datatest.Corpus(datatest.CorpusOptions{Texts: 64})
	for i := range corpus {
		corpus[i].PublishedAt = time.Time{}
	}
	s := newSite(t, corpus[:40], 16)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var watching, pushing sync.WaitGroup
	watching.Go(func() { _ = s.engine.Watch(ctx) })
	for w := range 2 {
		watching.Go(func() {
			for i := w; ctx.Err() == nil; i++ {
				list := s.related(corpus[i%40].ID)
				if list.place(list.Article.ID) >= 0 {
					t.Errorf("%s links to itself", list.Article.ID)
				}
			}
		})
	}
	for w := range 4 {
		pushing.Go(func() {
			rng := rand.New(rand.NewPCG(1, uint64(w)))
			for range 15 {
				a := corpus[40+w*6+rng.IntN(6)] // of this writer alone
				if rng.IntN(3) > 0 {
					s.put(a)
					list := s.related(a.ID)
					if !list.Article.Provisional || len(list.Items) == 0 {
						t.Errorf("put %s and got %+v", a.ID, list)
					}
				} else if w := s.do("DELETE", "/v1/articles/"+string(a.ID), ""); w.Code == 204 {
					if list := s.related(a.ID); len(list.Items) > 0 {
						t.Errorf("deleted %s and got %+v", a.ID, list)
					}
					for i := range 40 {
						if list := s.related(corpus[i].ID); list.place(a.ID) >= 0 {
							t.Errorf("deleted %s is in the list of %s", a.ID, corpus[i].ID)
						}
					}
				} else if w.Code != 404 {
					t.Errorf("DELETE %s: %d %s", a.ID, w.Code, w.Body)
				}
			}
		})
	}
	pushing.Wait()
	cancel()
	watching.Wait()
}

// news makes articles of some 250 words each, about subjects of their own words.
func news(n int) []data.Article {
	const subjects, words = 400, 60
	articles := make([]data.Article, n)
	for i := range articles {
		rng := rand.New(rand.NewPCG(7, uint64(i)))
		var body strings.Builder
		subject := rng.IntN(subjects)
		for range 250 {
			if rng.IntN(3) == 0 {
				fmt.Fprintf(&body, "w%dx%d ", subject, int(float64(words)*rng.Float64()*rng.Float64()))
			} else {
				fmt.Fprintf(&body, "c%d ", int(20_000*rng.Float64()*rng.Float64()*rng.Float64()))
			}
		}
		articles[i] = data.Article{
			ID: data.ArticleID(fmt.Sprintf("a%06d", i)), Title: fmt.Sprintf("w%dx1 w%dx2 c%d", subject, subject, i), Body: body.String(),
			Lang: "en", State: data.Published,
		}
	}
	return articles
}

// BenchmarkPush is from the start of a PUT of a new article to the end of the
// answer that shows its list, in milliseconds, beside what the disk's sync of
// such a PUT alone takes.
func BenchmarkPush(b *testing.B) {
	const n, rank, most = 20_000, 256, 2_000
	articles := news(n + most)
	s := newSite(b, articles[:n], rank)
	b.Run(fmt.Sprintf("n=%d/rank=%d", n, rank), func(b *testing.B) {
		var took []time.Duration
		next := articles[n:]
		for b.Loop() {
			a := next[len(took)%most]
			a.Title += fmt.Sprint(" c", len(took))
			start := time.Now()
			s.put(a)
			if list := s.related(a.ID); !list.Article.Provisional || len(list.Items) == 0 {
				b.Fatalf("put %s and got %+v", a.ID, list)
			}
			took = append(took, time.Since(start))
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	})
	b.Run("stored-only", func(b *testing.B) {
		i := 0
		for b.Loop() {
			a := articles[i%n]
			a.Title += fmt.Sprint(" c", i)
			if _, err := s.store.PutArticles(b.Context(), []data.Article{a}); err != nil {
				b.Fatal(err)
			}
			i++
		}
	})
}
