package web

import (
	"encoding/json"
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// checkGolden compares got with testdata/NAME.
func checkGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got; rewrite with -update):\n%s", file, diff)
	}
}

func TestRelatedAnswers(t *testing.T) {
	s := newServer(newShelf())
	for _, tc := range []struct{ name, target, golden string }{
		{"by id", "/v1/related?id=a1", "related.json"},
		{"by url", "/v1/related?url=https%3A%2F%2Fexample.org%2Fa1", "related.json"},
		{"limit", "/v1/related?id=a1&limit=1", "related_limit.json"},
		{"exclude", "/v1/related?id=a1&exclude=a3%2F%C3%BC&exclude=a9", "related_limit.json"},
		{"empty", "/v1/related?id=a4", "related_empty.json"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := get(s, tc.target)
			if got.Code != http.StatusOK || got.Header().Get("Content-Type") != "application/json" {
				t.Fatalf("got %d %s: %s", got.Code, got.Header().Get("Content-Type"), got.Body)
			}
			checkGolden(t, tc.golden, got.Body.Bytes())
			if again := get(s, tc.target); again.Body.String() != got.Body.String() {
				t.Error("the same request got other bytes")
			}
		})
	}
}

// Every way to ask wrongly, with the parameter that the answer must name and
// words that its detail must hold.
var wrong = []struct {
	name, query, parameter string
	detail                 []string
}{
	{"nothing", "", "id", []string{"missing", "id or by url"}},
	{"empty id", "id=", "id", []string{"missing"}},
	{"id of a space is sound, of a newline not", "id=a%0Ab", "id", []string{"control character"}},
	{"id too long", "id=" + strings.Repeat("x", 513), "id", []string{"513", "512"}},
	{"id no UTF-8", "id=%ff", "id", []string{"UTF-8"}},
	{"id twice", "id=a1&id=a2", "id", []string{"2 times", "once"}},
	{"empty url", "url=", "url", []string{"missing"}},
	{"url too long", "url=" + strings.Repeat("x", 2049), "url", []string{"2049", "2048"}},
	{"url no UTF-8", "url=%C3%28", "url", []string{"UTF-8"}},
	{"url with a tab", "url=%09", "url", []string{"control character"}},
	{"id and url", "id=a1&url=/a1", "url", []string{"one of them"}},
	{"limit negative", "id=a1&limit=-1", "limit", []string{`"-1"`, "from 1 to 50"}},
	{"limit zero", "id=a1&limit=0", "limit", []string{`"0"`, "from 1 to 50"}},
	{"limit 51", "id=a1&limit=51", "limit", []string{`"51"`, "from 1 to 50"}},
	{"limit 999", "id=a1&limit=999", "limit", []string{`"999"`, "from 1 to 50"}},
	{"limit beyond int", "id=a1&limit=99999999999999999999", "limit", []string{"from 1 to 50"}},
	{"limit in words", "id=a1&limit=abc", "limit", []string{`"abc"`, "from 1 to 50"}},
	{"limit with exponent", "id=a1&limit=1e3", "limit", []string{`"1e3"`, "from 1 to 50"}},
	{"limit broken", "id=a1&limit=2.5", "limit", []string{"whole number"}},
	{"limit empty", "id=a1&limit=", "limit", []string{`""`, "from 1 to 50"}},
	{"limit twice", "id=a1&limit=1&limit=1", "limit", []string{"2 times"}},
	{"exclude empty", "id=a1&exclude=a2&exclude=", "exclude", []string{"missing"}},
	{"exclude no UTF-8", "id=a1&exclude=%ff", "exclude", []string{"UTF-8"}},
	{"no language", "id=a1&lang=english", "lang", []string{`"english"`, "own, any", "zh-Hant"}},
	{"no language of several", "id=a1&lang=en,??", "lang", []string{`"en,??"`, `"??"`}},
	{"a language misspelt", "id=a1&lang=anny", "lang", []string{"did you mean any?"}},
	{"any among others", "id=a1&lang=en,any", "lang", []string{`"en,any"`, "alone"}},
	{"a comma too many", "id=a1&lang=en,", "lang", []string{"missing"}},
	{"lang empty", "id=a1&lang=", "lang", []string{"missing", "own, any"}},
	{"lang no UTF-8", "id=a1&lang=%ff", "lang", []string{"own, any"}},
	{"lang twice", "id=a1&lang=en&lang=fr", "lang", []string{"2 times"}},
	{"lang too long", "id=a1&lang=" + strings.Repeat("qaa-", 500), "lang", []string{"qaa-qaa", "no language"}},
	{"languages without number", "id=a1&lang=" + manyLanguages(), "lang", []string{"20", "any"}},
	{"placement empty", "id=a1&placement=", "placement", []string{"missing"}},
	{"placement twice", "id=a1&placement=a&placement=b", "placement", []string{"2 times"}},
	{"misspelt", "id=a1&limt=3", "limt", []string{"did you mean limit?"}},
	{"wrong case", "ID=a1", "ID", []string{"did you mean id?"}},
	{"far from all", "id=a1&recommendations=3", "recommendations", []string{"exclude, explain, fallback, from", "url"}},
	{"from empty", "id=a1&from=", "from", []string{"missing"}},
	{"from too long an id", "id=a1&from=" + strings.Repeat("x", 513), "from", []string{"513", "512"}},
	{"from too long an address", "id=a1&from=/" + strings.Repeat("x", 2048), "from", []string{"2049", "2048"}},
	{"from no UTF-8", "id=a1&from=/%ff", "from", []string{"UTF-8"}},
	{"from twice", "id=a1&from=a&from=b", "from", []string{"2 times"}},
	{"threshold 101", "id=a1&threshold=101", "threshold", []string{`"101"`, "from 0 to 100"}},
	{"threshold negative", "id=a1&threshold=-1", "threshold", []string{"from 0 to 100"}},
	{"threshold in words", "id=a1&threshold=high", "threshold", []string{"whole number"}},
	{"threshold broken", "id=a1&threshold=0.5", "threshold", []string{"whole number"}},
	{"threshold empty", "id=a1&threshold=", "threshold", []string{`""`}},
	{"since in words", "id=a1&since=yesterday", "since", []string{`"yesterday"`, "90d", "2026-12-31"}},
	{"since without unit", "id=a1&since=90", "since", []string{"90d"}},
	{"since without number", "id=a1&since=d", "since", []string{"90d"}},
	{"since in minutes", "id=a1&since=90m", "since", []string{"12h"}},
	{"since of nothing", "id=a1&since=0d", "since", []string{"from 1"}},
	{"since negative", "id=a1&since=-1d", "since", []string{"from 1"}},
	{"since too far", "id=a1&since=10000d", "since", []string{"9999"}},
	{"since beyond int", "id=a1&since=99999999999999999999d", "since", []string{"9999"}},
	{"since of two units", "id=a1&since=1wd", "since", []string{"4w"}},
	{"since no date", "id=a1&since=2026-02-30", "since", []string{"2026-02-30"}},
	{"since by another order", "id=a1&since=31.12.2026", "since", []string{"2026-12-31"}},
	{"since empty", "id=a1&since=", "since", []string{`""`}},
	{"fallback unknown", "id=a1&fallback=newest", "fallback", []string{`"newest"`, "none, section, latest, popular"}},
	{"fallback misspelt", "id=a1&fallback=latst", "fallback", []string{"did you mean latest?"}},
	{"fallback in capitals", "id=a1&fallback=LATEST", "fallback", []string{"did you mean latest?"}},
	{"fallback empty", "id=a1&fallback=", "fallback", []string{"one of"}},
	{"fallback twice", "id=a1&fallback=none&fallback=latest", "fallback", []string{"2 times"}},
	{"explain in words", "id=a1&explain=yes", "explain", []string{`"yes"`, "from 0 to 1"}},
	{"explain empty", "id=a1&explain=", "explain", []string{"from 0 to 1"}},
	{"section empty", "id=a1&section=Sport&section=", "section", []string{"missing"}},
	{"section too long", "id=a1&section=" + strings.Repeat("x", 513), "section", []string{"513", "512"}},
	{"section with a newline", "id=a1&section=a%0Ab", "section", []string{"control character"}},
	{"sections without number", "id=a1" + strings.Repeat("&section=a", 21), "section", []string{"21 times", "20"}},
	{"not_section empty", "id=a1&not_section=", "not_section", []string{"missing"}},
	{"tag no UTF-8", "id=a1&tag=%ff", "tag", []string{"UTF-8"}},
	{"tags without number", "id=a1" + strings.Repeat("&tag=a", 21), "tag", []string{"21 times", "20"}},
	{"not_tag with a tab", "id=a1&not_tag=%09", "not_tag", []string{"control character"}},
	{"exclude without end", "id=a1" + strings.Repeat("&exclude=a", 201), "exclude", []string{"201 times", "200"}},
	{"several unknown: the first by name", "id=a1&zzzzzz=1&aaaaaa=1", "aaaaaa", []string{"not known"}},
	{"unknown no UTF-8", "id=a1&%ff=1", "\ufffd", []string{"not known"}},
	{"unknown and long", "id=a1&" + strings.Repeat("y", 5000) + "=1", strings.Repeat("y", 60) + "…", []string{"not known"}},
	{"no name", "id=a1&=1", "query", []string{"without a name"}},
	{"percent sign", "id=%zz", "query", []string{"%zz"}},
	{"semicolon", "id=a1;limit=2", "query", []string{"semicolon"}},
}

// manyLanguages is 26 of them.
func manyLanguages() string {
	var tags []string
	for letter := 'a'; letter <= 'z'; letter++ {
		tags = append(tags, "qa"+string(letter))
	}
	return strings.Join(tags, ",")
}

func TestRelatedRefuses(t *testing.T) {
	rec := newShelf()
	asked := make(chan query, 1)
	rec.asked = asked
	s := newServer(rec)
	for _, tc := range wrong {
		t.Run(tc.name, func(t *testing.T) {
			got := get(s, "/v1/related?"+tc.query)
			p := checkProblem(t, got, http.StatusBadRequest)
			if p.Parameter != tc.parameter {
				t.Errorf("parameter: got %q, want %q", p.Parameter, tc.parameter)
			}
			for _, want := range append(tc.detail, tc.parameter) {
				if !strings.Contains(p.Detail, want) {
					t.Errorf("detail %q does not say %q", p.Detail, want)
				}
			}
			if len(p.Detail) > 400 {
				t.Errorf("detail is %d bytes long", len(p.Detail))
			}
			select {
			case q := <-asked:
				t.Errorf("the recommender was asked for %+v", q)
			default:
			}
		})
	}
}

// checkProblem checks that got is problem details of that status.
func checkProblem(t *testing.T, got *httptest.ResponseRecorder, status int) problem {
	t.Helper()
	if got.Code != status {
		t.Fatalf("got %d, want %d: %s", got.Code, status, got.Body)
	}
	if ct := got.Header().Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("Content-Type: got %q", ct)
	}
	var p problem
	dec := json.NewDecoder(got.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		t.Fatal(err)
	}
	if p.Type != "about:blank" || p.Title != http.StatusText(status) || p.Status != status || p.Detail == "" || p.Instance == "" {
		t.Errorf("incomplete problem: %+v", p)
	}
	return p
}

func TestRelatedUnknownArticle(t *testing.T) {
	s := newServer(newShelf())
	for target, name := range map[string]string{
		"/v1/related?id=nobody":         `id "nobody"`,
		"/v1/related?url=%2Fnowhere":    `url "/nowhere"`,
		"/v1/related?id=%22%3Cb%3E%26+": `id "\"<b>& "`,
	} {
		p := checkProblem(t, get(s, target), http.StatusNotFound)
		if !strings.Contains(p.Detail, name) || !strings.Contains(p.Detail, "alsolike import") {
			t.Errorf("%s: detail %q names neither %s nor the cure", target, p.Detail, name)
		}
		if strings.Contains(p.Detail, "shelf") {
			t.Errorf("%s: detail %q shows the inside", target, p.Detail)
		}
	}
}

func TestRelatedPassesTheQueryOn(t *testing.T) {
	rec := newShelf()
	asked := make(chan query, 1)
	rec.asked = asked
	s := New(Config{Recommender: rec, Now: func() time.Time { return noon.Add(30 * time.Minute) }, Log: slog.New(slog.DiscardHandler)})
	check := func(target string, want query) {
		t.Helper()
		get(s, target)
		if diff := cmp.Diff(want, <-asked); diff != "" {
			t.Errorf("%s (-want +got):\n%s", target, diff)
		}
	}
	check("/v1/related?id=a1", query{ID: "a1"})
	check("/v1/related?id=en/a+b%2F%E6%B8%AF", query{ID: "en/a b/港"})
	check("/v1/related?limit=50&url=/x%3Fa%3D1", query{URL: "/x?a=1", Limit: 50})
	check("/v1/related?id=a1&lang=any", query{ID: "a1", Languages: "any"})
	check("/v1/related?id=a1&lang=zh_TW,%20EN", query{ID: "a1", Languages: "zh-Hant,en"})
	check("/v1/related?id=a1&placement=sidebar", query{ID: "a1", Placement: "sidebar"})
	check("/v1/related?id=a1&placement=sidebar&lang=own", query{ID: "a1", Placement: "sidebar", Languages: "own"})
	check("/v1/related?exclude=b&id=a1&exclude=a", query{ID: "a1", Exclude: []data.ArticleID{"b", "a"}})
	check("/v1/related?id=a1&from=a2", query{ID: "a1", From: "a2"})
	check("/v1/related?id=a1&from=https://example.org/a2", query{ID: "a1", FromURL: "https://example.org/a2"})
	check("/v1/related?id=a1&from=/a2", query{ID: "a1", FromURL: "/a2"})
	check("/v1/related?id=a1&threshold=0", query{ID: "a1", Threshold: new(0)})
	check("/v1/related?id=a1&threshold=100&fallback=section", query{ID: "a1", Threshold: new(100), Fallback: recommend.SectionFallback})
	check("/v1/related?id=a1&explain=1&fallback=none", query{ID: "a1", Explain: true, Fallback: recommend.NoFallback})
	check("/v1/related?id=a1&explain=0", query{ID: "a1"})
	check("/v1/related?id=a1&section=Sport&section=A,+B&not_section=Old&tag=x&tag=y&not_tag=z", query{ID: "a1", Filter: recommend.Filter{
		Sections: []string{"Sport", "A, B"}, NotSections: []string{"Old"}, Tags: []string{"x", "y"}, NotTags: []string{"z"},
	}})
	for since, want := range map[string]string{ // it is Monday, 23 November 2026, 11:00 UTC and half an hour
		"12h": "2026-11-22T23:00:00Z", "1d": "2026-11-22T00:00:00Z", "90d": "2026-08-25T00:00:00Z", "4w": "2026-10-26T00:00:00Z",
		"2026-03-01": "2026-03-01T00:00:00Z", "2026-03-01T12:00:00%2B02:00": "2026-03-01T10:00:00Z",
	} {
		moment, err := time.Parse(time.RFC3339, want)
		if err != nil {
			t.Fatal(err)
		}
		check("/v1/related?id=a1&since="+since, query{ID: "a1", Filter: recommend.Filter{Since: moment}})
	}
}

// Who asks for a placement that is not known is told, as the engine tells it.
func TestRelatedUnknownPlacement(t *testing.T) {
	rec := newShelf()
	rec.fail = &data.InvalidError{Field: "placement", Reason: `is "sidebr", which is not known; did you mean sidebar?`}
	p := checkProblem(t, get(newServer(rec), "/v1/related?id=a1&placement=sidebr"), http.StatusBadRequest)
	if p.Parameter != "placement" || !strings.Contains(p.Detail, "did you mean sidebar?") {
		t.Errorf("got %+v", p)
	}
}

// FuzzRelated sends any query: the answer is a list or names a fault of the
// sender's, never one of ours.
func FuzzRelated(f *testing.F) {
	for _, tc := range wrong {
		f.Add(tc.query)
	}
	f.Add("id=a1&limit=3&exclude=a2")
	f.Add("id=a1&lang=en,zh-Hant,own&placement=sidebar")
	f.Add("id=a1&from=/x&since=4w&section=a&not_tag=b&threshold=7&fallback=latest&explain=1")
	s := newServer(newShelf())
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest(http.MethodGet, "/v1/related", nil)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		switch w.Code {
		case http.StatusOK:
			if v, err := url.ParseQuery(query); err != nil || v.Has("id") == v.Has("url") {
				t.Errorf("%q was taken", query)
			}
		case http.StatusBadRequest, http.StatusNotFound:
			p := checkProblem(t, w, w.Code)
			if w.Code == http.StatusBadRequest && p.Parameter == "" {
				t.Errorf("%q: no parameter named: %s", query, p.Detail)
			}
		default:
			t.Errorf("%q: got %d %s", query, w.Code, w.Body)
		}
	})
}
