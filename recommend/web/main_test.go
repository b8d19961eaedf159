package web

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A shelf is a Recommender that links the articles of one language and section
// in the order of their ids.
type shelf struct {
	snapshot   string // "" while none is in service
	cards      []data.Card
	placements map[string]recommend.Languages
	fail       error        // what Related returns, if anything
	panics     any          // what Related panics with, if anything
	asked      chan<- query // told of every call, if not nil
	held       <-chan bool  // what Related waits for, if not nil
	steady     bool         // the cards do not change
	passing    bool         // the lists are
	version    atomic.Uint64
}

type query = recommend.Query

func (s *shelf) Related(_ context.Context, q recommend.Query) (recommend.List, error) {
	if s.asked != nil {
		s.asked <- q
	}
	if s.held != nil {
		<-s.held
	}
	switch {
	case s.panics != nil:
		panic(s.panics)
	case s.fail != nil:
		return recommend.List{}, s.fail
	case s.snapshot == "":
		return recommend.List{}, data.ErrNoSnapshot
	}
	i := slices.IndexFunc(s.cards, func(c data.Card) bool {
		return c.ID == q.ID || q.URL != "" && c.URL == q.URL
	})
	if i < 0 {
		return recommend.List{}, errors.Join(errors.New("shelf: row of article"), data.ErrNotFound)
	}
	any := cmp.Or(q.Languages, s.placements[q.Placement]) == recommend.AnyLanguage
	list := recommend.List{RecommendationID: "r1", Snapshot: s.snapshot, Article: s.cards[i], Passing: s.passing}
	for _, c := range s.cards {
		if list.Article.MayLink(&c) && (any || list.Article.SameLanguage(&c)) && c.Section == list.Article.Section && !slices.Contains(q.Exclude, c.ID) && len(list.Links) < cmp.Or(q.Limit, recommend.DefaultLimit) {
			list.Links = append(list.Links, recommend.Link{
				Position: len(list.Links) + 1, Score: 90 - len(list.Links), Rank: .5, Source: recommend.Algorithm, Card: c,
			})
		}
	}
	return list, nil
}

func (s *shelf) RelatedBatch(ctx context.Context, queries []query, dedupe bool) []recommend.BatchAnswer {
	var answers []recommend.BatchAnswer
	for _, q := range queries {
		if dedupe {
			for _, earlier := range answers {
				for _, link := range earlier.List.Links {
					q.Exclude = append(q.Exclude, link.Card.ID)
				}
			}
		}
		list, err := s.Related(ctx, q)
		answers = append(answers, recommend.BatchAnswer{List: list, Err: err})
	}
	return answers
}

func (s *shelf) Version() (uint64, time.Time) {
	if s.steady {
		return 1, time.Now().Add(time.Hour)
	}
	return 1 + s.version.Add(1), time.Now().Add(time.Hour)
}

func (s *shelf) Status() recommend.Status {
	if s.snapshot == "" {
		return recommend.Status{Problem: "no snapshot yet"}
	}
	return recommend.Status{
		Snapshot: s.snapshot, Created: noon, Age: 90 * time.Second, Articles: len(s.cards),
		Languages: map[data.Lang]int{"zh-Hans": 1, "en": len(s.cards) - 1}, StoreRevision: data.Revision{Articles: 7, Overrides: 2},
		Overrides: 1, Boilerplate: snapshot.Boilerplate{Blocks: 3, Articles: 2, Bytes: 400},
	}
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("CET", 3600))

// newShelf holds four articles in English, one of which has only a title, and
// one in Chinese.
func newShelf() *shelf {
	return &shelf{snapshot: "20261123T200000Z-7f3a9c", cards: []data.Card{
		{ID: "a1", Title: "Cranes", URL: "https://example.org/a1", Lang: "en", Group: "a1", Section: "Economy", PublishedAt: noon},
		{
			ID: "a2", Title: `Ships & "anchors" <3`, URL: "https://example.org/a2?x=1&y=2", Lang: "en", Group: "a2", Section: "Economy",
			Image: data.Image{Src: "/a2.svg", Alt: "A ship"}, PublishedAt: noon,
		},
		{ID: "a3/ü", Title: "Bare", Lang: "en", Group: "a3/ü", Section: "Economy"},
		{ID: "a4", Title: "Alone", URL: "/a4", Lang: "en", Group: "a4", Section: "Sport"},
		{ID: "z1", Title: "吊车", URL: "/z1", Lang: "zh-Hans", Group: "a1", Section: "Economy"},
	}}
}

func newServer(rec Recommender) *Server {
	return New(Config{Recommender: rec, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
}

func do(h http.Handler, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w
}

func get(h http.Handler, target string) *httptest.ResponseRecorder {
	return do(h, http.MethodGet, target)
}
