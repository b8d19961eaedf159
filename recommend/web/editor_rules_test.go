package web

import (
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

// askRules asks for everything about rules that the contract has.
func askRules(c *contract, s *Server, request func(method, target string, role account.Role) *http.Request) {
	ask := func(status int, method, target, body string, headers ...string) *httptest.ResponseRecorder {
		c.t.Helper()
		r := request(method, editor.APIPrefix+"/rules"+target, account.Admin)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		res, allowed := c.ask(s, r, body)
		if res.Code != status || !allowed && res.Code < 400 {
			c.t.Errorf("%s %s %s: got %d, want %d, allowed: %v: %s", method, target, body, res.Code, status, allowed, res.Body)
		}
		return res
	}
	none := ask(200, "GET", "", "").Header().Get("ETag")
	ask(201, "POST", "", `{"under_section":["city"],"under_tag":["t"],"under_author":["Mei"],"under_type":["quiz"],"under_lang":["en"],"placement":["x"],"published_from":"2020-01-01T00:00:00Z","published_until":"2099-01-01T00:00:00Z","only":"same_section","max_age_days":3,"max_per_section":2,"max_per_author":1,"from":"2026-01-01T00:00:00Z","until":"2099-01-01T00:00:00Z","note":"y"}`)
	ask(412, "POST", "", `{"max_age_days":1}`, "If-Match", none)
	one := ask(200, "GET", "", "").Header().Get("ETag")
	boost := ask(201, "POST", "", `{"action":"boost","target_section":["city"],"target_tag":["t"],"target_author":["Mei"],"target_type":["quiz"],"strength":2}`, "If-Match", one)
	pin := ask(201, "POST", "", `{"action":"pin","target":"b"}`)
	if pin.Header().Get("Location") != editor.APIPrefix+"/rules/3" {
		c.t.Errorf("a new rule is at %q", pin.Header().Get("Location"))
	}
	ask(400, "POST", "", `{"action":"pin","target":"nobody"}`)
	ask(400, "POST", "", `{"action":"hide","targte":"b"}`)
	ask(400, "POST", "", `{"only":"same_section","order":1}`)
	ask(400, "POST", "", `{"only":"same_section","author":"mei"}`)
	ask(200, "GET", "/2", "")
	ask(404, "GET", "/99", "")
	tag := boost.Header().Get("ETag")
	ask(200, "PATCH", "/2", `{"strength":3,"order":1,"paused":true,"note":null}`, "If-Match", tag)
	ask(412, "PATCH", "/2", `{"strength":4}`, "If-Match", tag)
	ask(412, "DELETE", "/2", "", "If-Match", tag)
	ask(400, "PATCH", "/2", `{"strength":11}`)
	ask(404, "PATCH", "/99", `{}`)
	moved := ask(200, "GET", "", "").Header().Get("ETag")
	ask(200, "PATCH", "/2", `{"order":3}`)
	ask(412, "POST", "", `{"max_age_days":1}`, "If-Match", moved)
	ask(200, "PATCH", "/2", `{"order":1}`)
	if again := ask(200, "GET", "", "").Header().Get("ETag"); again != moved || moved == one || one == none {
		c.t.Errorf("the list of rules has the tags %s, %s, %s and %s", none, one, moved, again)
	}
	ask(200, "PATCH", "/1", `{"only":null}`)
	if list := ask(200, "GET", "", "").Body.String(); !inOrder(list, `"id":2,"order":1`, `"strength":3`, `"state":"paused"`, `"id":1,"order":2`, `"id":3,"order":3`) {
		c.t.Errorf("the rules are %s", list)
	}
	ask(200, "DELETE", "/2", "")
	ask(404, "DELETE", "/2", "")
}

// inOrder reports whether the parts are in text, one behind the other.
func inOrder(text string, parts ...string) bool {
	for _, part := range parts {
		_, rest, ok := strings.Cut(text, part)
		if !ok {
			return false
		}
		text = rest
	}
	return true
}
