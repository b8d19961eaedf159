package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

func post(h http.Handler, target, contentType, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// batch sends queries and returns the lists of the answer.
func batch(t *testing.T, h http.Handler, body string) []json.RawMessage {
	t.Helper()
	res := post(h, "/v1/related/batch", "application/json; charset=utf-8", body)
	if res.Code != http.StatusOK || res.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("got %d, Cache-Control %q: %s", res.Code, res.Header().Get("Cache-Control"), res.Body)
	}
	var answer struct{ Lists []json.RawMessage }
	if err := json.Unmarshal(res.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%v in %s", err, res.Body)
	}
	return answer.Lists
}

// Each list of a batch is the answer that its query gets alone, or a problem.
func TestBatchAnswersAsAlone(t *testing.T) {
	s := newServer(newShelf())
	lists := batch(t, s, `{"queries":[{"id":"a1"},{"url":"/a4","limit":3},{"id":"nobody"},{"id":"a1","limit":99},{"id":"a1","exclude":["a2","a9"],"lang":"any"}]}`)
	if len(lists) != 5 {
		t.Fatalf("got %d lists", len(lists))
	}
	for i, target := range map[int]string{0: "id=a1", 1: "url=/a4&limit=3", 4: "id=a1&exclude=a2&exclude=a9&lang=any"} {
		if want := strings.TrimSpace(get(s, "/v1/related?"+target).Body.String()); string(lists[i]) != want {
			t.Errorf("list %d: got  %s\nwant %s", i, lists[i], want)
		}
	}
	for i, want := range map[int]problem{2: {Status: 404}, 3: {Status: 400, Parameter: "limit"}} {
		var got problem
		if err := json.Unmarshal(lists[i], &got); err != nil || got.Status != want.Status || got.Parameter != want.Parameter || got.Detail == "" || got.Instance != "/v1/related/batch" {
			t.Errorf("list %d: %v, got %s", i, err, lists[i])
		}
	}
}

func TestBatchWithoutTwice(t *testing.T) {
	s := newServer(newShelf())
	for _, tc := range []struct {
		body string
		want [2]int // links
	}{
		{`{"queries":[{"id":"a1","limit":1},{"id":"a1"}],"dedupe":true}`, [2]int{1, 1}},
		{`{"queries":[{"id":"a1","limit":1},{"id":"a1"}],"dedupe":false}`, [2]int{1, 2}},
		{`{"queries":[{"id":"a1","limit":1},{"id":"a1"}]}`, [2]int{1, 2}},
	} {
		for i, raw := range batch(t, s, tc.body) {
			var list relatedResponse
			if err := json.Unmarshal(raw, &list); err != nil || len(list.Items) != tc.want[i] {
				t.Errorf("%s: list %d: %v, got %s", tc.body, i, err, raw)
			}
		}
	}
}

// The parameters of a batch may be values of JSON's own kinds, or texts as they
// stand in an address.
func TestBatchPassesQueriesOn(t *testing.T) {
	rec := newShelf()
	asked := make(chan query, 2)
	rec.asked = asked
	s := newServer(rec)
	batch(t, s, `{"queries":[
		{"id":"a1","limit":3,"threshold":0,"explain":true,"exclude":["a2","a3/ü"],"section":"Sport","not_tag":["x"],"from":"/a4","fallback":"latest"},
		{"id":"a1","limit":"3","threshold":"0","explain":"1","exclude":["a2","a3/ü"],"section":["Sport"],"not_tag":"x","from":"/a4","fallback":"latest"}]}`)
	want := query{
		ID: "a1", Limit: 3, Threshold: new(0), Explain: true, Exclude: []data.ArticleID{"a2", "a3/ü"}, FromURL: "/a4", Fallback: recommend.LatestFallback,
		Filter: recommend.Filter{Sections: []string{"Sport"}, NotTags: []string{"x"}},
	}
	for range 2 {
		if diff := cmp.Diff(want, <-asked); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestBatchRefuses(t *testing.T) {
	s := newServer(newShelf())
	many := strings.TrimSuffix(strings.Repeat(`{"id":"a1"},`, MaxBatch+1), ",")
	for _, tc := range []struct {
		name, body, parameter string
		detail                []string
	}{
		{"nothing", "", "body", []string{"no JSON"}},
		{"broken", `{"queries":[{"id":"a1"}`, "body", []string{"no JSON", "unexpected end"}},
		{"two values", `{"queries":[{"id":"a1"}]}{}`, "body", []string{"no JSON"}},
		{"deep", strings.Repeat("[", 20_000), "body", []string{"no JSON"}},
		{"a list", `[{"id":"a1"}]`, "body", []string{`{"queries"`}},
		{"null", `null`, "body", []string{`{"queries"`}},
		{"no queries", `{}`, "queries", []string{"list"}},
		{"none", `{"queries":[]}`, "queries", []string{"are 0", "1 to 50"}},
		{"too many", `{"queries":[` + many + `]}`, "queries", []string{"are 51", "1 to 50"}},
		{"an object", `{"queries":{"id":"a1"}}`, "queries", []string{"list"}},
		{"misspelt", `{"querys":[{"id":"a1"}]}`, "querys", []string{"did you mean queries?"}},
		{"dedupe in words", `{"queries":[{"id":"a1"}],"dedupe":"yes"}`, "dedupe", []string{"true or false"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := checkProblem(t, post(s, "/v1/related/batch", "application/json", tc.body), http.StatusBadRequest)
			if p.Parameter != tc.parameter {
				t.Errorf("parameter: got %q, want %q", p.Parameter, tc.parameter)
			}
			for _, want := range tc.detail {
				if !strings.Contains(p.Detail, want) {
					t.Errorf("detail %q does not say %q", p.Detail, want)
				}
			}
		})
	}
	for _, tc := range []struct{ query, parameter, detail string }{
		{`1`, "queries", "no object"},
		{`null`, "queries", "no object"},
		{`{}`, "id", "missing"},
		{`{"id":null}`, "id", "single value"},
		{`{"id":["a1"]}`, "id", "single value"},
		{`{"id":{"a":1}}`, "id", "single value"},
		{`{"id":"a1","exclude":[["a2"]]}`, "exclude", "single value"},
		{`{"id":"a1","limit":2.5}`, "limit", "whole number"},
		{`{"id":"a1","limit":true}`, "", ""}, // as good as 1
		{`{"id":"a1","limt":3}`, "limt", "did you mean limit?"},
		{`{"id":"a1","":3}`, "query", "without a name"},
	} {
		var got problem
		raw := batch(t, s, fmt.Sprintf(`{"queries":[%s]}`, tc.query))[0]
		if err := json.Unmarshal(raw, &got); err != nil || got.Parameter != tc.parameter || !strings.Contains(got.Detail, tc.detail) {
			t.Errorf("%s: %v, got %s", tc.query, err, raw)
		}
	}
	checkProblem(t, post(s, "/v1/related/batch?id=a1", "application/json", `{"queries":[{"id":"a1"}]}`), http.StatusBadRequest)
	checkProblem(t, post(s, "/v1/related/batch", "text/plain", `{"queries":[{"id":"a1"}]}`), http.StatusUnsupportedMediaType)
	checkProblem(t, post(s, "/v1/related/batch", "application/x-www-form-urlencoded", `{"queries":[{"id":"a1"}]}`), http.StatusUnsupportedMediaType)
	checkProblem(t, post(s, "/v1/related/batch", "application/json", strings.Repeat(" ", 65<<10)), http.StatusRequestEntityTooLarge)
	checkProblem(t, get(s, "/v1/related/batch"), http.StatusMethodNotAllowed)
}

// What is no fault of a query's fails the whole.
func TestBatchFailsAsAWhole(t *testing.T) {
	p := checkProblem(t, post(newServer(&shelf{}), "/v1/related/batch", "", `{"queries":[{"id":"a1"}]}`), http.StatusServiceUnavailable)
	if !strings.Contains(p.Detail, "alsolike refresh") {
		t.Errorf("got %+v", p)
	}
}

// FuzzBatch sends any body: the answer is lists or names a fault of the sender's.
func FuzzBatch(f *testing.F) {
	f.Add(`{"queries":[{"id":"a1"},{"url":"/a4","limit":3,"exclude":["a",1]}],"dedupe":true}`)
	f.Add(`{"queries":[{"id":null},{"":[]}]}`)
	s := newServer(newShelf())
	f.Fuzz(func(t *testing.T, body string) {
		switch res := post(s, "/v1/related/batch", "", body); res.Code {
		case http.StatusOK:
			var answer struct{ Lists []struct{ Status int } }
			if err := json.Unmarshal(res.Body.Bytes(), &answer); err != nil || len(answer.Lists) == 0 {
				t.Errorf("%q: %v in %s", body, err, res.Body)
			}
			for _, list := range answer.Lists {
				if list.Status >= 500 {
					t.Errorf("%q: got %s", body, res.Body)
				}
			}
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
			checkProblem(t, res, res.Code)
		default:
			t.Errorf("%q: got %d %s", body, res.Code, res.Body)
		}
	})
}
