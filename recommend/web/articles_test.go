package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
)

// A desk takes articles, and notes what the engine was told of.
type desk struct {
	*datatest.Store
	mu      sync.Mutex
	keys    map[string]data.Key
	updated []data.ArticleID
	fail    error // of Update
}

func (d *desk) KeyBySecret(_ context.Context, secret string) (data.Key, error) {
	k, ok := d.keys[secret]
	if !ok {
		return data.Key{}, data.ErrNotFound
	}
	return k, nil
}

func (d *desk) Update(_ context.Context, named ...data.ArticleID) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.updated = append(d.updated, named...)
	return d.fail
}

func newDesk() (*Server, *desk) {
	d := &desk{Store: datatest.NewStore(time.Now), keys: map[string]data.Key{
		"alsolike_good":    {ID: 1, Scopes: []data.Scope{data.WriteArticles}},
		"alsolike_revoked": {ID: 2, Scopes: []data.Scope{data.WriteArticles}, Revoked: noon},
		"alsolike_other":   {ID: 3, Scopes: []data.Scope{"accounts:read"}},
	}}
	return New(Config{
		Recommender: newShelf(), Articles: &Articles{Store: d, Keys: d, Engine: d},
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}), d
}

// push sends a request with the good key; headers are names and values in turn.
func push(h http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer alsolike_good")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func (d *desk) article(t *testing.T, id data.ArticleID) data.Article {
	t.Helper()
	a, err := d.Article(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestPush(t *testing.T) {
	s, d := newDesk()
	const body = `{"title":"Cranes","body":"<p>Harbour cranes.</p>","lang":"en","published_at":"2026-05-04","tags":["port"],"link_to":false}`
	first := push(s, "PUT", "/v1/articles/2026%2F05%2F%E6%B8%AF%20a", body)
	if first.Code != 201 || first.Body.String() != `{"id":"2026/05/港 a","result":"added"}`+"\n" {
		t.Errorf("got %d %s", first.Code, first.Body)
	}
	a := d.article(t, "2026/05/港 a")
	if a.Title != "Cranes" || a.Lang != "en" || !a.NoLinkTo || a.State != data.Published || !slices.Equal(a.Tags, []string{"port"}) {
		t.Errorf("stored %+v", a)
	}
	tag := first.Header().Get("ETag")
	again := push(s, "PUT", "/v1/articles/2026/05/%E6%B8%AF%20a", body)
	if again.Code != 200 || !strings.Contains(again.Body.String(), `"result":"unchanged"`) || again.Header().Get("ETag") != tag || len(tag) < 10 {
		t.Errorf("the same again: got %d %s with %s after %s", again.Code, again.Body, again.Header().Get("ETag"), tag)
	}
	named := push(s, "PUT", "/v1/articles/a1", `{"id":"a1","title":"One","colour":"red","updated_at":"soon","lang":"??"}`)
	if named.Code != 201 || !strings.Contains(named.Body.String(), `colour is no field`) || !strings.Contains(named.Body.String(), "date cannot be read") || !strings.Contains(named.Body.String(), "lang") {
		t.Errorf("got %d %s", named.Code, named.Body)
	}

	gone := push(s, "DELETE", "/v1/articles/a1", "")
	if gone.Code != 204 || gone.Body.Len() != 0 || d.article(t, "a1").State != data.Unpublished || d.article(t, "a1").Title != "One" {
		t.Errorf("got %d %s; the article is %+v", gone.Code, gone.Body, d.article(t, "a1"))
	}
	if twice := push(s, "DELETE", "/v1/articles/a1", ""); twice.Code != 204 {
		t.Errorf("deleted again: got %d %s", twice.Code, twice.Body)
	}
	checkProblem(t, push(s, "DELETE", "/v1/articles/unknown", ""), 404)
	if want := []data.ArticleID{"2026/05/港 a", "2026/05/港 a", "a1", "a1", "a1"}; !slices.Equal(d.updated, want) {
		t.Errorf("the engine was told of %q, want %q", d.updated, want)
	}
}

func TestPushRefuses(t *testing.T) {
	s, d := newDesk()
	const good = `{"title":"One"}`
	for _, tc := range []struct {
		name, method, target, body string
		status                     int
		detail                     string
		headers                    []string
	}{
		{"no key", "PUT", "/v1/articles/a", good, 401, "alsolike key add", []string{"Authorization", ""}},
		{"another way", "PUT", "/v1/articles/a", good, 401, "Bearer", []string{"Authorization", "Basic alsolike_good"}},
		{"unknown key", "PUT", "/v1/articles/a", good, 401, "nobody knows", []string{"Authorization", "Bearer alsolike_bad"}},
		{"revoked key", "DELETE", "/v1/articles/a", "", 401, "revoked", []string{"Authorization", "Bearer alsolike_revoked"}},
		{"another scope", "POST", "/v1/articles", good, 403, "articles:write", []string{"Authorization", "Bearer alsolike_other"}},
		{"broken JSON", "PUT", "/v1/articles/a", `{"title":`, 400, "broken JSON", nil},
		{"no text", "PUT", "/v1/articles/a", `{"body":"<p></p>"}`, 400, "holds no text", nil},
		{"wrong kind", "PUT", "/v1/articles/a", `{"title":7}`, 400, "title is a number", nil},
		{"invalid UTF-8", "PUT", "/v1/articles/a", "{\"title\":\"\xff\"}", 400, "UTF-8", nil},
		{"another id", "PUT", "/v1/articles/a", `{"id":"b","title":"One"}`, 400, `"b"`, nil},
		{"no id", "PUT", "/v1/articles/", good, 400, "id is missing", nil},
		{"control character", "PUT", "/v1/articles/a%00", good, 400, "control character", nil},
		{"long id", "PUT", "/v1/articles/" + strings.Repeat("a", 513), good, 400, "513 bytes", nil},
		{"parameter", "PUT", "/v1/articles/a?lang=en", good, 400, "lang", nil},
		{"encoded", "PUT", "/v1/articles/a", good, 415, "gzip", []string{"Content-Encoding", "gzip"}},
		{"encoded lines", "POST", "/v1/articles", good, 415, "gzip", []string{"Content-Encoding", "gzip"}},
		{"too large", "PUT", "/v1/articles/a", `{"title":"` + strings.Repeat("a", data.MaxArticleBytes) + `"}`, 413, "10 MB", nil},
		{"method", "PATCH", "/v1/articles/a", good, 405, "PUT", nil},
		{"not there", "PUT", "/v1/articles/a", good, 412, "If-Match", []string{"If-Match", "*"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := push(s, tc.method, tc.target, tc.body, tc.headers...)
			if p := checkProblem(t, got, tc.status); !strings.Contains(p.Detail, tc.detail) {
				t.Errorf("detail %q does not say %q", p.Detail, tc.detail)
			}
			if challenge := got.Header().Get("WWW-Authenticate"); (tc.status == 401) != strings.HasPrefix(challenge, "Bearer ") {
				t.Errorf("WWW-Authenticate: %q", challenge)
			}
		})
	}
	if n, _ := d.CountArticles(t.Context()); len(n) != 0 || len(d.updated) != 0 {
		t.Errorf("refused and stored all the same: %v, %v", n, d.updated)
	}
	d.fail = errors.New("the disk is gone")
	checkProblem(t, push(s, "PUT", "/v1/articles/a", good), 500)
	d.fail = data.ErrBusy
	checkProblem(t, push(s, "PUT", "/v1/articles/a", good), 503)
	checkProblem(t, push(newServer(newShelf()), "PUT", "/v1/articles/a", good), 404)
}

func TestPushPreconditions(t *testing.T) {
	s, _ := newDesk()
	check := func(name, method, body string, status int, headers ...string) string {
		t.Helper()
		got := push(s, method, "/v1/articles/a", body, headers...)
		if got.Code != status {
			t.Fatalf("%s: got %d %s, want %d", name, got.Code, got.Body, status)
		}
		return got.Header().Get("ETag")
	}
	one, two := `{"title":"One"}`, `{"title":"Two"}`
	check("must be there", "PUT", one, 412, "If-Match", "*")
	tag := check("must be new", "PUT", one, 201, "If-None-Match", "*")
	check("must be new again", "PUT", two, 412, "If-None-Match", "*")
	check("must differ", "PUT", one, 412, "If-None-Match", `"x", W/`+tag)
	check("stale", "PUT", two, 412, "If-Match", `"0123"`)
	check("weak", "PUT", two, 412, "If-Match", "W/"+tag)
	next := check("fresh", "PUT", two, 200, "If-Match", `"x", `+tag)
	check("stale delete", "DELETE", "", 412, "If-Match", tag)
	check("fresh delete", "DELETE", "", 204, "If-Match", next)
	check("a deleted one is there", "PUT", two, 412, "If-None-Match", "*")
}

func TestPushMany(t *testing.T) {
	s, d := newDesk()
	push(s, "PUT", "/v1/articles/a", `{"title":"One"}`)
	d.updated = nil
	body := strings.Join([]string{
		`{"id":"a","title":"One"}`,
		``,
		`{"id":"b","title":"Two","colour":"red"}`,
		`{"id":"b",`,
		`{"title":"Three"}`,
		`{"id":"c","title":"` + strings.Repeat("a", data.MaxArticleBytes) + `"}`,
		`{"id":"b","title":"Three","state":"unpublished"}`,
		`{"id":"d","title":"Last"}`, // without line end
	}, "\r\n")
	got := push(s, "POST", "/v1/articles", body)
	if got.Code != 200 || got.Header().Get("Content-Type") != "application/x-ndjson" {
		t.Fatalf("got %d %s", got.Code, got.Body)
	}
	want := []struct {
		line, status int
		id, rest     string
	}{
		{1, 200, "a", "unchanged"},
		{3, 201, "b", "colour"},
		{4, 400, "", "broken JSON"},
		{5, 400, "", "id is missing"},
		{6, 413, "", "10 MB"},
		{7, 200, "b", "updated"},
		{8, 201, "d", "added"},
	}
	lines := strings.Split(strings.TrimSpace(got.Body.String()), "\n")
	if len(lines) != len(want) {
		t.Fatalf("got %d lines, want %d:\n%s", len(lines), len(want), got.Body)
	}
	for i, w := range want {
		var line struct {
			Line, Status int
			ID           string
		}
		if err := json.Unmarshal([]byte(lines[i]), &line); err != nil {
			t.Fatal(err)
		}
		if line.Line != w.line || line.Status != w.status || line.ID != w.id || !strings.Contains(lines[i], w.rest) {
			t.Errorf("got %s, want %+v", lines[i], w)
		}
	}
	if d.article(t, "b").State != data.Unpublished || d.article(t, "d").Title != "Last" {
		t.Error("good lines are not stored")
	}
	if !slices.Equal(d.updated, []data.ArticleID{"a", "b", "b", "d"}) {
		t.Errorf("the engine was told of %q", d.updated)
	}
	if empty := push(s, "POST", "/v1/articles", ""); empty.Code != 200 || empty.Body.Len() != 0 {
		t.Errorf("nothing: got %d %s", empty.Code, empty.Body)
	}
	d.fail = errors.New("the disk is gone")
	if failed := push(s, "POST", "/v1/articles", `{"id":"e","title":"E"}`+"\n{}"); !strings.Contains(failed.Body.String(), `{"line":1,"status":503,`) ||
		!strings.Contains(failed.Body.String(), `{"line":2,"status":400,`) {
		t.Errorf("got %d %s", failed.Code, failed.Body)
	}
}

// Lines that are nothing take a few bytes, and the answers about them many.
func TestPushNothingAMillionTimes(t *testing.T) {
	defer func(most int) { maxAnswerBytes = most }(maxAnswerBytes)
	maxAnswerBytes = 100_000
	s, d := newDesk()
	got := push(s, "POST", "/v1/articles", `{"id":"a","title":"One"}`+strings.Repeat("\n{}", 10*batchArticles)+"\n"+`{"id":"b","title":"Last"}`)
	lines := strings.Split(strings.TrimSpace(got.Body.String()), "\n")
	last := fmt.Sprintf(`{"line":%d,"status":413,`, len(lines))
	if got.Code != 200 || len(lines) >= 10*batchArticles || !strings.HasPrefix(lines[len(lines)-1], last) {
		t.Errorf("got %d and %d lines, the last %s", got.Code, len(lines), lines[len(lines)-1])
	}
	if d.article(t, "a").Title != "One" || slices.Contains(d.updated, "b") {
		t.Errorf("stored are %q", d.updated)
	}
}

// More than a batch, sent over a real connection.
func TestPushThousands(t *testing.T) {
	s, d := newDesk()
	url, stop, served := start(t, s)
	var body bytes.Buffer
	const n = 3*batchArticles + 7
	for i := range n {
		fmt.Fprintf(&body, "{\"id\":\"%d\",\"title\":\"Title %d\"}\n", i, i)
	}
	req, err := http.NewRequest("POST", url+"/v1/articles", &body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "bearer alsolike_good")
	client := &http.Client{Transport: &http.Transport{}}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil || res.StatusCode != 200 || bytes.Count(answer, []byte(`"status":201`)) != n {
		t.Errorf("got %s, %v: %.200s", res.Status, err, answer)
	}
	if counts, _ := d.CountArticles(t.Context()); counts[data.Published] != n {
		t.Errorf("%v are stored, want %d", counts, n)
	}
	client.CloseIdleConnections()
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func FuzzPush(f *testing.F) {
	f.Add("a%2Fb", `{"title":"One","tags":["a"]}`)
	f.Add("%", "{")
	f.Add("..%2f..", "[1,2]\n{}\n")
	f.Fuzz(func(t *testing.T, id, body string) {
		r := httptest.NewRequest("PUT", "/v1/articles/a", strings.NewReader(body))
		r.URL.RawPath, r.URL.Path = "/v1/articles/"+id, "/v1/articles/"+id
		r.Header.Set("Authorization", "Bearer alsolike_good")
		s, d := newDesk()
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		var stored []data.Article
		for a := range d.Articles(t.Context()) {
			stored = append(stored, a)
		}
		switch {
		case w.Code >= 500:
			t.Errorf("got %d %s", w.Code, w.Body)
		case w.Code == 201 && (len(stored) != 1 || stored[0].Validate() != nil || w.Header().Get("ETag") != etag(&stored[0])):
			t.Errorf("answered %s, stored %+v", w.Body, stored)
		case w.Code != 201 && len(stored) != 0:
			t.Errorf("answered %d, stored %+v", w.Code, stored)
		}
		many := push(s, "POST", "/v1/articles", body)
		if lines := strings.Count(many.Body.String(), "\n"); many.Code != 200 || lines > strings.Count(body, "\n")+1 {
			t.Errorf("%d lines are answered by %d %s", strings.Count(body, "\n")+1, many.Code, many.Body)
		}
	})
}

// An article that says and tells no language takes the one that the store is in,
// and the same again changes nothing.
func TestPushTakesTheMainLanguage(t *testing.T) {
	s, d := newDesk()
	check := func(id data.ArticleID, want data.Lang) {
		t.Helper()
		if got := d.article(t, id).Lang; got != want {
			t.Errorf("%s is in %s, want %s", id, got, want)
		}
	}
	const short = `{"title":"Ruby Garden"}`
	push(s, "PUT", "/v1/articles/early", short)
	check("early", data.Undetermined)
	var known strings.Builder
	for i := range 20 {
		fmt.Fprintf(&known, `{"id":"%d","title":"x","lang":"en-GB"}`+"\n", i)
	}
	push(s, "POST", "/v1/articles", known.String())
	first := push(s, "PUT", "/v1/articles/late", short)
	check("late", "en-GB")
	again := push(s, "PUT", "/v1/articles/late", short, "If-Match", first.Header().Get("ETag"))
	if again.Code != 200 || !strings.Contains(again.Body.String(), `"unchanged"`) {
		t.Errorf("the same again: %d %s", again.Code, again.Body)
	}
	push(s, "POST", "/v1/articles", `{"id":"line","title":"Rose Garden"}`+"\n"+`{"id":"han","title":"水"}`+"\n"+`{"id":"early","title":"Ruby Garden"}`+"\n")
	check("line", "en-GB")
	check("han", data.Undetermined)
	check("early", "en-GB")
}
