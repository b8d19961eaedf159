package web_test

import (
	"context"
	"encoding/json"
	"fmt"
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
	s.restart()
	return s
}

// restart puts a new engine into service on what the old one has left.
func (s *site) restart() {
	s.t.Helper()
	log := slog.New(slog.DiscardHandler)
	var err error
	if s.engine, err = recommend.New(s.store, s.dir, recommend.Options{Secret: []byte("secret"), Log: log}); err != nil {
		s.t.Fatal(err)
	}
	if err := s.engine.Load(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	s.handler = web.New(web.Config{Recommender: s.engine, Articles: &web.Articles{Store: s.store, Keys: s.store, Engine: s.engine}, Log: log})
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

// Lists of what was pushed, and those that it entered, are the same to the byte
// after a restart: a list's id is signed over all that is in it.
func TestPushOutlivesARestart(t *testing.T) {
	corpus := datatest.Corpus(datatest.CorpusOptions{Texts: 96, Langs: []data.Lang{"en", "zh-Hans", "zh-Hant"}})
	for i := range corpus {
		corpus[i].PublishedAt = time.Time{}
	}
	s := newSite(t, corpus[:180], 16)
	answers := func() map[data.ArticleID]string {
		all := map[data.ArticleID]string{}
		for _, a := range corpus {
			w := s.do("GET", "/v1/related?limit=50&lang=any&id="+url.QueryEscape(string(a.ID)), "")
			all[a.ID] = fmt.Sprint(w.Code, w.Body)
		}
		return all
	}
	before := answers()
	rng := rand.New(rand.NewPCG(3, 3))
	for range 60 {
		a := corpus[100+rng.IntN(len(corpus)-100)] // new ones and some that the snapshot has
		switch rng.IntN(4) {
		case 0:
			a.Body += " " + corpus[rng.IntN(100)].Body
			s.put(a)
		case 1:
			s.do("DELETE", "/v1/articles/"+url.PathEscape(string(a.ID)), "")
		default:
			s.put(a)
		}
	}
	running, entered := answers(), 0
	s.restart()
	for id, answer := range answers() {
		if answer != running[id] {
			t.Errorf("%s after the restart: got %s\nwant %s", id, answer, running[id])
		}
		if answer != before[id] {
			entered++
		}
	}
	if status := s.engine.Status(); status.Provisional < 20 || entered < 40 {
		t.Errorf("%d articles are provisional and %d lists changed, too few to tell", status.Provisional, entered)
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

// A timedStore notes how long its transactions take, the disk's sync included.
type timedStore struct {
	web.ArticleStore
	took []time.Duration
}

func (s *timedStore) ChangeArticle(ctx context.Context, id data.ArticleID, f func(*data.Article) (data.Article, error)) (data.Change, error) {
	start := time.Now()
	defer func() { s.took = append(s.took, time.Since(start)) }()
	return s.ArticleStore.ChangeArticle(ctx, id, f)
}

// BenchmarkPush is from the start of a PUT of a new article to its answer, when
// its list and those that it enters are in service. Times are in milliseconds:
// put of all, store of the transaction alone, which ends with the disk's sync,
// and of the rest. A folder for temporary files in memory (TMPDIR) makes a sync
// cost nothing. The restart is that of an engine, until all that was pushed is
// folded in again.
func BenchmarkPush(b *testing.B) {
	const rank, most = 256, 1_000
	for _, n := range []int{20_000, 100_000} {
		b.Run(fmt.Sprintf("n=%d/rank=%d", n, rank), func(b *testing.B) {
			articles := news(n + most)
			s := newSite(b, articles[:n], rank)
			store := &timedStore{ArticleStore: s.store}
			s.handler = web.New(web.Config{
				Recommender: s.engine, Articles: &web.Articles{Store: store, Keys: s.store, Engine: s.engine}, Log: slog.New(slog.DiscardHandler),
			})
			pushed := articles[n:]
			b.ReportAllocs()
			var put, rest []time.Duration
			for b.Loop() {
				a := pushed[len(put)%most]
				a.Title += fmt.Sprint(" c", len(put))
				start := time.Now()
				s.put(a)
				put = append(put, time.Since(start))
				rest = append(rest, put[len(put)-1]-store.took[len(put)-1])
			}
			reportQuantiles(b, "put", put)
			reportQuantiles(b, "store", store.took)
			reportQuantiles(b, "rest", rest)
			before, start := s.engine.Status(), time.Now()
			s.restart()
			b.ReportMetric(float64(time.Since(start).Milliseconds()), "restart-ms")
			if now := s.engine.Status(); now.Provisional != before.Provisional || now.Waiting > 0 {
				b.Errorf("%d are provisional and %d wait; before it were %d", now.Provisional, now.Waiting, before.Provisional)
			}
		})
	}
}

func reportQuantiles(b *testing.B, name string, took []time.Duration) {
	slices.Sort(took)
	for _, percent := range []int{50, 99} {
		b.ReportMetric(float64(took[len(took)*percent/100].Microseconds())/1000, fmt.Sprintf("%s-p%d-ms", name, percent))
	}
}
