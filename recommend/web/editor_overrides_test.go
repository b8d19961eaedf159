package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/data/sqlite"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

// askOverrides asks for everything about overrides and the history that the contract has.
func askOverrides(c *contract, s *Server, request func(method, target string, role account.Role) *http.Request) {
	ask := func(status int, method, target, body string, headers ...string) *httptest.ResponseRecorder {
		c.t.Helper()
		r := request(method, editor.APIPrefix+target, account.Admin)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		res, allowed := c.ask(s, r, body)
		if res.Code != status {
			c.t.Errorf("%s %s %s: got %d, want %d: %s", method, target, body, res.Code, status, res.Body)
		}
		if !allowed && res.Code < 400 {
			c.t.Errorf("%s %s %s: the contract forbids what was answered with %d", method, target, body, res.Code)
		}
		return res
	}
	ask(201, "POST", "/overrides", `{"article":"a","target":"b","action":"pin","position":2,"from":"2026-01-01","until":"2099-01-01","lang":"en","placement":"x","note":"y","enabled":true}`)
	boost := ask(201, "POST", "/overrides", `{"article":"*","target":"b","action":"boost","strength":2.5,"until":null}`)
	tag := boost.Header().Get("ETag")
	var made struct{ Change int }
	if err := json.Unmarshal(boost.Body.Bytes(), &made); err != nil {
		c.t.Fatal(err)
	}
	ask(400, "POST", "/overrides", `{"article":"*","target":"b","action":"boots"}`)
	ask(412, "POST", "/overrides", `{"article":"a","action":"off"}`, "If-Match", `"x"`)
	ask(200, "GET", "/overrides", "")
	ask(200, "GET", "/overrides?article=*&target=b&action=boost&author=admin&state=active&limit=1&after=1", "")
	ask(200, "GET", "/overrides/2", "")
	ask(404, "GET", "/overrides/99", "")
	ask(200, "PATCH", "/overrides/2", `{"strength":3}`, "If-Match", tag)
	ask(412, "PATCH", "/overrides/2", `{"strength":4}`, "If-Match", tag)
	ask(404, "PATCH", "/overrides/99", `{}`)
	ask(400, "PATCH", "/overrides/2", `{"strength":11}`)
	ask(412, "DELETE", "/overrides/2", "", "If-Match", tag)
	ask(200, "DELETE", "/overrides/2", "") // two changes later
	ask(404, "DELETE", "/overrides/2", "")
	file := ask(200, "GET", "/overrides/export", "").Body.String()
	ask(200, "POST", "/overrides/import", file+"a,nobody,hide,,,,,,,,,\na,b,hide,,,,,,,,,\n", "Content-Type", "text/csv")
	ask(200, "POST", "/overrides/import?dry_run=true", file+"a,b,hide,1,,,,,,,,\n*,a,hide,,,,,,,,,\n", "Content-Type", "text/csv")
	ask(400, "POST", "/overrides/import?dry_run=perhaps", file, "Content-Type", "text/csv")
	ask(412, "POST", "/overrides/import", file, "Content-Type", "text/csv", "If-Match", `"x"`)
	ask(200, "GET", "/history?author=admin&kind=override&article=b&since=2026-01-01&until=2099-01-01&limit=2&before=99", "")
	ask(200, "GET", "/history", "")
	ask(200, "GET", "/history/export?author=admin&kind=override&article=b&since=2026-01-01&until=2099-01-01", "")
	ask(409, "POST", fmt.Sprintf("/history/%d/revert", made.Change), "")
	ask(200, "POST", fmt.Sprintf("/history/%d/revert", made.Change+2), "")
	ask(404, "POST", "/history/99/revert", "")
	var imported struct{ Change int }
	if err := json.Unmarshal(ask(200, "POST", "/overrides/import", "article,target,action\na,b,hide\nb,a,hide\n", "Content-Type", "text/csv").Body.Bytes(), &imported); err != nil {
		c.t.Fatal(err)
	}
	ask(200, "GET", fmt.Sprintf("/history?batch=%d", imported.Change), "")
	ask(200, "GET", fmt.Sprintf("/history/export?batch=%d", imported.Change), "")
	ask(200, "POST", fmt.Sprintf("/history/%d/revert-batch", imported.Change), "")
	ask(200, "POST", fmt.Sprintf("/history/%d/revert-batch", imported.Change), "") // all is left alone
	ask(404, "POST", "/history/99999/revert-batch", "")
	ask(409, "POST", "/history/1/revert-batch", "") // a user was added
}

// addArticles gives a store the articles a and b.
func addArticles(t *testing.T, store *sqlite.Store) {
	t.Helper()
	if _, err := store.PutArticles(t.Context(), []data.Article{{ID: "a", Title: "A", Lang: "en"}, {ID: "b", Title: "B", Lang: "en"}}); err != nil {
		t.Fatal(err)
	}
}
