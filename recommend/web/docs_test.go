package web

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/eventlog"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/reason"
	"github.com/alsolike/alsolike/recommend/web/assets"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

// A contract checks requests and answers against the document that is served.
type contract struct {
	t       *testing.T
	doc     *openapi3.T
	answers map[string]bool // that were seen: "GET /v1/related 200"
}

func newContract(t *testing.T, s *Server) *contract {
	t.Helper()
	res := get(s, "/openapi.json")
	if res.Code != http.StatusOK || res.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("got %d %s", res.Code, res.Header().Get("Content-Type"))
	}
	doc, err := openapi3.NewLoader().LoadFromData(res.Body.Bytes())
	if err == nil {
		err = doc.Validate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	plain := func(body io.Reader, _ http.Header, _ *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
		b, err := io.ReadAll(body)
		return string(b), err
	}
	for _, contentType := range []string{"text/html", "text/css", "text/javascript", "text/csv", "application/x-ndjson"} {
		openapi3filter.RegisterBodyDecoder(contentType, plain)
	}
	return &contract{t, doc, map[string]bool{}}
}

// ask sends r to s with that body, and checks the answer. It reports whether the
// contract allows the request.
func (c *contract) ask(s http.Handler, r *http.Request, body string) (res *httptest.ResponseRecorder, allowed bool) {
	c.t.Helper()
	path, params := c.match(r.URL.Path)
	item := c.doc.Paths.Value(path)
	if item == nil || item.GetOperation(r.Method) == nil {
		c.t.Fatalf("the contract has no %s %s", r.Method, path)
	}
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, QueryParams: r.URL.Query(),
		Route:   &routers.Route{Spec: c.doc, Path: path, PathItem: item, Method: r.Method, Operation: item.GetOperation(r.Method)},
		Options: &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	length := r.ContentLength
	r.Body = io.NopCloser(strings.NewReader(body))
	allowed = openapi3filter.ValidateRequest(c.t.Context(), in) == nil

	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), length
	res = httptest.NewRecorder()
	s.ServeHTTP(res, r)
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: res.Code, Header: res.Header(), Body: io.NopCloser(bytes.NewReader(res.Body.Bytes())), Options: in.Options,
	}
	if err := openapi3filter.ValidateResponse(c.t.Context(), out); err != nil {
		c.t.Errorf("%s %s: the contract does not know the answer %d %s:\n%v", r.Method, clip(r.URL.String()), res.Code, res.Body, err)
	}
	c.answers[r.Method+" "+path+" "+res.Result().Status[:3]] = true
	return res, allowed
}

// match is the path of the contract for an address, with what stands in its place.
func (c *contract) match(address string) (path string, params map[string]string) {
	if id, ok := strings.CutPrefix(address, articlesPath+"/"); ok { // which may hold slashes
		return articlesPath + "/{id}", map[string]string{"id": id}
	}
	given := strings.Split(address, "/")
	for path := range c.doc.Paths.Map() {
		parts, params := strings.Split(path, "/"), map[string]string{}
		for i, part := range parts {
			if len(parts) == len(given) && strings.HasPrefix(part, "{") {
				params[strings.Trim(part, "{}")], parts[i] = given[i], given[i]
			}
		}
		if slices.Equal(parts, given) && (len(params) == 0 || c.doc.Paths.Value(address) == nil) {
			return path, params
		}
	}
	return address, nil
}

// newWholeServer has everything that a server can have.
func newWholeServer(t *testing.T, limits Limits) *Server {
	log, err := eventlog.Open(t.TempDir(), eventlog.Options{Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	n := newNotary()
	d := &desk{Store: datatest.NewStore(time.Now), keys: map[string]data.Key{
		"alsolike_good": {ID: 1, Scopes: []data.Scope{data.WriteArticles}}, "alsolike_other": {ID: 3, Scopes: []data.Scope{"accounts:read"}},
	}}
	return New(Config{
		Recommender: n, Articles: &Articles{Store: d, Keys: d, Engine: d}, Events: &Events{Log: log, Verifier: n}, Limits: limits,
		Editor: newEditorConfig(t, newEditorStore(t)), Log: slog.New(slog.DiscardHandler),
	})
}

var parameterInPath = regexp.MustCompile(`:([a-z]+)`)

// The contract has the routes that there are, and no others.
func TestContractRoutes(t *testing.T) {
	s := newWholeServer(t, Limits{})
	c := newContract(t, s)
	served, described := map[string]bool{}, map[string]bool{}
	for _, r := range s.echo.Routes() {
		if r.Method != http.MethodHead && r.Method != "echo_route_not_found" && !editor.Owns(r.Path) && !strings.HasPrefix(r.Path, assets.Prefix) {
			served[r.Method+" "+parameterInPath.ReplaceAllString(strings.Replace(r.Path, "/*", "/{id}", 1), "{$1}")] = true
		}
	}
	for path, item := range c.doc.Paths.Map() {
		for method := range item.Operations() {
			described[method+" "+path] = true
		}
		if item.Get != nil && do(s, http.MethodHead, path).Code == http.StatusMethodNotAllowed {
			t.Errorf("there is no HEAD of %s", path)
		}
	}
	for route := range served {
		if !described[route] {
			t.Errorf("the contract lacks %s", route)
		}
	}
	for route := range described {
		if !served[route] {
			t.Errorf("the contract has %s, which is not served", route)
		}
	}
}

// The contract has the parameters that there are, within the same bounds.
func TestContractParameters(t *testing.T) {
	c := newContract(t, newWholeServer(t, Limits{}))
	schemas := c.doc.Components.Schemas
	for _, path := range []string{relatedPath, fragmentPath} {
		var names, repeated []string
		for _, p := range c.doc.Paths.Value(path).Get.Parameters {
			names = append(names, p.Value.Name)
			if schema := p.Value.Schema.Value; schema.Type.Is("array") {
				repeated = append(repeated, p.Value.Name)
				if most := int(*schema.MaxItems); p.Value.Name == "exclude" && most != mostExcluded || p.Value.Name != "exclude" && most != mostNamed {
					t.Errorf("%s: %s may be repeated %d times", path, p.Value.Name, most)
				}
			}
		}
		slices.Sort(names)
		slices.Sort(repeated)
		if !slices.Equal(names, relatedParameters) || !slices.Equal(repeated, repeatedParameters) {
			t.Errorf("%s: the contract has %q, of which %q repeat", path, names, repeated)
		}
	}
	query := schemas["Query"].Value.Properties
	if names := slices.Sorted(maps.Keys(query)); !slices.Equal(names, relatedParameters) {
		t.Errorf("queries of a batch have %q", names)
	}
	if got := int(*schemas["Batch"].Value.Properties["queries"].Value.MaxItems); got != MaxBatch {
		t.Errorf("a batch has up to %d queries", got)
	}
	if got := int(*schemas["Events"].Value.Properties["events"].Value.MaxItems); got != maxEvents {
		t.Errorf("a request has up to %d events", got)
	}
	if got := int(*query["limit"].Value.Max); got != MaxLimit {
		t.Errorf("the limit is up to %d", got)
	}
	for _, choice := range query["fallback"].Value.Enum {
		if _, err := recommend.ParseFallback(choice.(string)); err != nil {
			t.Error(err)
		}
	}
}

// Whatever is asked, the contract knows the answer; and what it forbids to ask is
// refused.
func TestContractAnswers(t *testing.T) {
	s := newWholeServer(t, Limits{})
	c := newContract(t, s)
	request := func(method, target string, headers ...string) *http.Request {
		r := httptest.NewRequest(method, target, nil)
		r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
		for pair := range slices.Chunk(headers, 2) {
			r.Header.Set(pair[0], pair[1])
		}
		return r
	}
	check := func(status int, s http.Handler, r *http.Request, body string) *httptest.ResponseRecorder {
		t.Helper()
		res, allowed := c.ask(s, r, body)
		if res.Code != status {
			t.Errorf("%s %s: got %d, want %d: %s", r.Method, clip(r.URL.String()), res.Code, status, res.Body)
		}
		if !allowed && res.Code < 400 {
			t.Errorf("%s %s %s: the contract forbids what was answered with %d", r.Method, r.URL, body, res.Code)
		}
		return res
	}
	const page = "id=a1&limit=3&placement=x&lang=any&section=Economy&section=Sport&not_section=a&tag=b&not_tag=c&since=90d&exclude=a9&from=/a&threshold=0&fallback=none&explain=1"
	empty := New(Config{Recommender: &shelf{}, Log: slog.New(slog.DiscardHandler)})
	for _, path := range []string{relatedPath, fragmentPath} {
		tag := check(200, s, request("GET", path+"?id=a1"), "").Header().Get("ETag")
		check(200, s, request("GET", path+"?"+page), "")
		check(304, s, request("GET", path+"?id=a1", "If-None-Match", tag), "")
		check(404, s, request("GET", path+"?id=nobody"), "")
		check(503, empty, request("GET", path+"?id=a1"), "")
		for _, tc := range wrong {
			r := request("GET", path)
			r.URL.RawQuery = tc.query
			check(400, s, r, "")
		}
	}
	rec := newShelf()
	full := New(Config{Recommender: full{rec}, Log: slog.New(slog.DiscardHandler)})
	check(200, full, request("GET", relatedPath+"?id=a1"), "")

	const asJSON = "application/json"
	batch := func() *http.Request { return request("POST", "/v1/related/batch", "Content-Type", asJSON) }
	const several = `{"queries":[{"id":"a1","limit":3,"exclude":["a2"],"section":"Economy","explain":true},{"url":"/a4"},{"id":"nobody"}],"dedupe":true}`
	check(200, s, batch(), several)
	check(200, full, batch(), `{"queries":[{"id":"a1"}]}`)
	c.ask(s, batch(), `{"queries":[{"id":"a1","limit":99}]}`) // answered, with a problem for a list
	for _, body := range []string{`{}`, `[]`, `{"queries":[]}`, `{"queries":[{"id":"a1"}],"dedup":true}`, `{"queries":`} {
		check(400, s, batch(), body)
	}
	check(413, s, batch(), strings.Repeat(" ", 65<<10))
	check(415, s, request("POST", "/v1/related/batch", "Content-Type", "text/plain"), `{"queries":[{"id":"a1"}]}`)
	check(503, empty, batch(), `{"queries":[{"id":"a1"}]}`)

	for _, contentType := range []string{asJSON, "text/plain;charset=UTF-8"} {
		check(202, s, request("POST", eventsPath, "Content-Type", contentType), `{"events":[{"t":"imp","view":"abcdefgh1","list":`+fixedList+`},{"t":"pv","page":"a1"},{"t":"pv","page":"nobody"},{"t":"view","view":"abcdefgh1","list":`+fixedList+`,"positions":[1]}]}`)
	}
	check(400, s, request("POST", eventsPath, "Content-Type", asJSON), `{"events":[`)
	check(413, s, request("POST", eventsPath, "Content-Type", asJSON), strings.Repeat(" ", 65<<10))
	check(415, s, request("POST", eventsPath, "Content-Type", "text/html"), `{"events":[]}`)

	good := []string{"Authorization", "Bearer alsolike_good", "Content-Type", asJSON}
	put := func(target string, headers ...string) *http.Request {
		return request("PUT", articlesPath+"/"+target, headers...)
	}
	const article = `{"title":"Cranes","body":"Five electric cranes came up the river.","lang":"en","extra":1}`
	tag := check(201, s, put("b1", good...), article).Header().Get("ETag")
	check(200, s, put("b1", append(good, "If-Match", tag)...), article)
	check(412, s, put("b1", append(good, "If-None-Match", "*")...), article)
	check(400, s, put("b1", good...), `{"title":`)
	check(401, s, put("b1", "Content-Type", asJSON), article)
	check(403, s, put("b1", "Authorization", "Bearer alsolike_other", "Content-Type", asJSON), article)
	check(415, s, put("b1", append(good, "Content-Encoding", "br")...), article)
	check(413, s, put("b1", good...), `{"body":"`+strings.Repeat("x", data.MaxArticleBytes)+`"}`)
	lines := append(slices.Clone(good[:2]), "Content-Type", "application/x-ndjson")
	check(200, s, request("POST", articlesPath, lines...), `{"id":"b2",`+article[1:]+"\n{\n")
	check(401, s, request("POST", articlesPath, lines[2:]...), `{}`)
	check(400, s, request("POST", articlesPath+"?x=1", lines...), `{}`)
	remove := func(target string, headers ...string) *http.Request {
		return request("DELETE", articlesPath+"/"+target, headers...)
	}
	check(412, s, remove("b1", "Authorization", good[1], "If-Match", `"other"`), "")
	check(204, s, remove("b1", "Authorization", good[1]), "")
	check(400, s, remove("b1?x=1", "Authorization", good[1]), "")
	check(403, s, remove("b1", "Authorization", "Bearer alsolike_other"), "")
	check(403, s, request("POST", articlesPath, "Authorization", "Bearer alsolike_other", "Content-Type", "application/x-ndjson"), `{}`)
	check(415, s, request("POST", articlesPath, append(lines, "Content-Encoding", "br")...), `{}`)
	long := request("POST", articlesPath, lines...)
	long.ContentLength = MaxBulkBytes + 1
	check(413, s, long, `{}`)
	check(404, s, remove("nobody", "Authorization", good[1]), "")
	check(401, s, remove("b1"), "")

	for _, path := range []string{"/v1/status", "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/widget.js", "/widget.css"} {
		res := check(200, s, request("GET", path), "")
		if tag := res.Header().Get("ETag"); tag != "" {
			check(304, s, request("GET", path, "If-None-Match", tag), "")
		}
	}
	check(200, empty, request("GET", "/v1/status"), "")
	check(503, empty, request("GET", "/readyz"), "")
	check(400, s, request("GET", "/v1/status?x=1"), "")

	busy, store := newDesk()
	store.fail = data.ErrBusy
	check(503, busy, put("b1", good...), article)
	check(503, busy, remove("b1", "Authorization", good[1]), "")

	slow := newWholeServer(t, Limits{PerAddress: .1, PerKey: .1})
	check(200, slow, request("GET", relatedPath+"?id=a1"), "")
	check(429, slow, request("GET", relatedPath+"?id=a1"), "")
	check(429, slow, request("GET", fragmentPath+"?id=a1"), "")
	check(429, slow, batch(), `{"queries":[{"id":"a1"}]}`)
	check(429, slow, request("POST", eventsPath, "Content-Type", asJSON), `{"events":[{"t":"pv","page":"a1"}]}`)
	check(201, slow, put("b1", good...), article)
	check(429, slow, put("b1", good...), article)
	check(429, slow, remove("b1", "Authorization", good[1]), "")
	check(429, slow, request("POST", articlesPath, lines...), `{}`)

	askEditors(c)

	for path, item := range c.doc.Paths.Map() {
		for method, op := range item.Operations() {
			for status := range op.Responses.Map() {
				if a := method + " " + path + " " + status; !c.answers[a] {
					t.Errorf("the contract has %s, which no request here is answered with", a)
				}
			}
		}
	}
}

// A full recommender has all that a list can have.
type full struct{ *shelf }

func (f full) fill(list *recommend.List) {
	list.Provisional, list.Withheld = true, map[string]int{"language": 2}
	list.Rules = []data.Rule{{ID: 3, MaxPerAuthor: 1}}
	list.Draw = &recommend.Draw{Pool: []data.ArticleID{"a2", "a3/ü"}, Logits: []float64{0, -1.5}, Keep: 1}
	for i := range list.Links {
		list.Draw.P = append(list.Draw.P, .5)
		list.Links[i].Rule = 3
		list.Links[i].Provisional, list.Links[i].Reason = true, &recommend.Reason{Text: "Same subject: cranes", Terms: []string{"cranes"}, Sentences: [2]reason.Sentence{{Text: "Five cranes."}, {Text: "Cranes again."}}}
	}
}

func (f full) Related(ctx context.Context, q query) (recommend.List, error) {
	list, err := f.shelf.Related(ctx, q)
	f.fill(&list)
	return list, err
}

func (f full) RelatedBatch(ctx context.Context, queries []query, dedupe bool) []recommend.BatchAnswer {
	answers := f.shelf.RelatedBatch(ctx, queries, dedupe)
	for i := range answers {
		f.fill(&answers[i].List)
	}
	return answers
}
