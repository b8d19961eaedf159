package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/web/widget"
)

func TestFragment(t *testing.T) {
	rec := newShelf()
	rec.placements = map[string]recommend.Languages{"sidebar": recommend.AnyLanguage}
	rec.cards = append(rec.cards,
		data.Card{ID: "h1", Title: "מנופים", URL: "/h1", Lang: "he", Group: "h1", Section: "Economy", Image: data.Image{Src: "javascript:alert(1)", Alt: `"x" onerror="y"`}},
		data.Card{ID: "e1", Title: "Gruoj", URL: "javascript:alert(1)", Lang: "eo", Group: "e1", Section: "<b>"},
		data.Card{ID: "e2", Title: "Ŝipoj", URL: "/e2", Lang: "eo", Group: "e2", Section: "<b>"})
	rec.cards = append(rec.cards,
		data.Card{ID: "u1", Title: "Qu", URL: "/u1", Lang: "und", Group: "u1", Section: "?"},
		data.Card{ID: "u2", Title: "Qui", URL: "/u2", Lang: "und", Group: "u2", Section: "?"})
	s := newServer(rec)
	for _, tc := range []struct{ name, target, golden string }{
		{"in no known language", "/v1/fragment?id=u1", "fragment_undetermined.html"},
		{"by id", "/v1/fragment?id=a1", "fragment.html"},
		{"other languages", "/v1/fragment?id=a1&placement=sidebar", "fragment_languages.html"},
		{"from right to left", "/v1/fragment?id=h1&lang=any", "fragment_rtl.html"},
		{"a heading in another language", "/v1/fragment?id=e2", "fragment_heading.html"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := get(s, tc.target)
			if got.Code != http.StatusOK || got.Header().Get("Content-Type") != "text/html; charset=UTF-8" || got.Header().Get("Cache-Control") != keepAnswers[0] {
				t.Fatalf("got %d %v: %s", got.Code, got.Header(), got.Body)
			}
			checkGolden(t, tc.golden, got.Body.Bytes())
			again := httptest.NewRequest(http.MethodGet, tc.target, nil)
			again.Header.Set("If-None-Match", got.Header().Get("ETag"))
			w := httptest.NewRecorder()
			if s.ServeHTTP(w, again); w.Code != http.StatusNotModified {
				t.Errorf("who has the fragment got %d", w.Code)
			}
		})
	}
	if got := get(s, "/v1/fragment?id=a4"); got.Code != http.StatusOK || got.Body.Len() != 0 {
		t.Errorf("an empty list: got %d %q", got.Code, got.Body)
	}
}

// What the script reads of a fragment's list is what it would read of /v1/related.
func TestFragmentClaim(t *testing.T) {
	list := recommend.List{RecommendationID: "r", Snapshot: "s", Article: data.Card{ID: "a"}}
	for i, id := range []data.ArticleID{"b", `c "ü"`} {
		list.Links = append(list.Links, recommend.Link{Position: i + 1, Source: recommend.Algorithm, Card: data.Card{ID: id}})
	}
	check := func(want string) {
		t.Helper()
		got := string(appendClaim(nil, "sidebar", &list))
		if got != want || !json.Valid([]byte(got)) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	check(`{"recommendation_id":"r","snapshot":"s","article":"a","placement":"sidebar","items":[{"id":"b","source":"algorithm","position":1},{"id":"c \"ü\"","source":"algorithm","position":2}]}`)
	list.Draw = &recommend.Draw{Pool: []data.ArticleID{"b", "d"}, Logits: []float64{1.5, -2}, P: []float64{1, .25}, Keep: 1}
	check(`{"recommendation_id":"r","snapshot":"s","article":"a","placement":"sidebar","items":[{"id":"b","source":"algorithm","p":1,"position":1},{"id":"c \"ü\"","source":"algorithm","p":0.25,"position":2}],"draw":{"pool":["b","d"],"logits":[1.5,-2],"keep":1}}`)
}

// A problem is JSON for programs, and nothing that a reader of the page would see.
func TestFragmentProblems(t *testing.T) {
	s := newServer(newShelf())
	for _, tc := range []struct {
		query, detail string
		status        int
	}{
		{"id=a1&limits=5", "did you mean limit?", http.StatusBadRequest},
		{"id=a1&limit=0", "from 1 to 50", http.StatusBadRequest},
		{"id=nobody", "no article has the id", http.StatusNotFound},
		{"id=--%3E%3Cscript%3E", "no article has the id", http.StatusNotFound},
	} {
		r := httptest.NewRequest(http.MethodGet, "/v1/fragment?"+tc.query, nil)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != tc.status || w.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(w.Body.String(), tc.detail) {
			t.Errorf("%s: got %d %s", tc.query, w.Code, w.Body)
		}
		r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
		w = httptest.NewRecorder()
		s.ServeHTTP(w, r)
		body := w.Body.String()
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: a problem may be kept: %v", tc.query, w.Header())
		}
		if w.Code != tc.status || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || !strings.Contains(body, tc.detail) {
			t.Errorf("%s for a page: got %d %s", tc.query, w.Code, body)
		}
		comment, rest, _ := strings.Cut(strings.TrimPrefix(body, "<!--"), "-->")
		if rest != "\n" || strings.ContainsAny(comment, "<>") || strings.Contains(comment, "--") {
			t.Errorf("%s shows something in a page: %q", tc.query, body)
		}
	}
}

func TestWidgetFiles(t *testing.T) {
	s := New(Config{Recommender: newShelf(), Headings: widget.Headings{"en": "More of this"}})
	for path, contentType := range map[string]string{"/widget.js": "text/javascript; charset=utf-8", "/widget.css": "text/css; charset=utf-8"} {
		got := get(s, path)
		if got.Code != http.StatusOK || got.Header().Get("Content-Type") != contentType || !strings.Contains(got.Header().Get("Cache-Control"), "max-age=3600") {
			t.Errorf("%s: got %d %v", path, got.Code, got.Header())
		}
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() > 4000 {
			t.Errorf("%s is sent as %d bytes: %v", path, w.Body.Len(), w.Header())
		}
		r.Header.Set("If-None-Match", w.Header().Get("ETag"))
		w = httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != http.StatusNotModified {
			t.Errorf("%s: who has it got %d", path, w.Code)
		}
		if got := do(s, http.MethodHead, path); got.Code != http.StatusOK {
			t.Errorf("HEAD %s: got %d", path, got.Code)
		}
	}
	if !bytes.Contains(get(s, "/widget.js").Body.Bytes(), []byte("More of this")) {
		t.Error("the site's heading is not in the script")
	}
}
