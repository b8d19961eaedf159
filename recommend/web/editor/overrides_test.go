package editor_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

// users is how many changes newSite makes: the users that it adds.
const users = 3

// withArticles is a site with articles a, b and c.
func withArticles(t *testing.T) *site {
	t.Helper()
	s := newSite(t, nil)
	var articles []data.Article
	for _, id := range []data.ArticleID{"a", "b", "c"} {
		articles = append(articles, data.Article{ID: id, Title: "<b>About</b> " + strings.ToUpper(string(id)), Body: "text", Lang: "en"})
	}
	if _, err := s.store.PutArticles(t.Context(), articles); err != nil {
		t.Fatal(err)
	}
	return s
}

// send sends a body of that type with the token of the session.
func (c *client) send(method, path, contentType, body string, headers ...string) response {
	c.t.Helper()
	headers = append(headers, "X-CSRF-Token", c.csrf())
	if contentType != "" {
		headers = append(headers, "Content-Type", contentType)
	}
	return c.do(c.request(method, path, body, headers...))
}

// sendJSON is send, and decodes the answer if it has that status.
func (c *client) sendJSON(status int, into any, method, path, body string, headers ...string) response {
	c.t.Helper()
	contentType := ""
	if body != "" {
		contentType = "application/json"
	}
	res := c.send(method, path, contentType, body, headers...)
	if res.StatusCode != status {
		c.t.Errorf("%s %s %s: got %d, want %d: %s", method, path, body, res.StatusCode, status, res.body)
	} else if err := json.Unmarshal([]byte(res.body), into); err != nil {
		c.t.Errorf("%s %s: %v in %s", method, path, err, res.body)
	}
	return res
}

// override is what tests look at of an answer.
type override struct {
	ID                                           int64
	Article, Target, Action, Author, State, ETag string
	What, Note, Until                            string
	Position                                     int
	Strength                                     *float64
	Enabled                                      bool
	Change                                       int64
}

type problem struct {
	Title, Detail, Parameter string
	Status                   int
	Present                  json.RawMessage
}

func TestOverridesByJSON(t *testing.T) {
	s := withArticles(t)
	c := s.signedIn(t, account.Editor)
	const path = "/v1/editor/overrides"
	var pin, boost override
	res := c.sendJSON(201, &pin, "POST", path, `{"article":"a","target":"b","action":"pin","until":"2026-12-31","note":"<why>"}`)
	if pin.ID != 1 || pin.Position != 1 || pin.Author != "editor" || !pin.Enabled || pin.State != "active" || pin.Change != users+1 || pin.Until != "2026-12-31T00:00:00Z" ||
		res.Header.Get("Location") != path+"/1" || res.Header.Get("ETag") != pin.ETag || pin.What != "b is pinned to position 1 under a until 2026-12-31T00:00:00Z" {
		t.Errorf("got %+v %v", pin, res.Header)
	}
	c.sendJSON(201, &boost, "POST", path, `{"article":"*","target":"c","action":"boost","strength":2.5,"enabled":false}`)
	if boost.State != "paused" || boost.Strength == nil || *boost.Strength != 2.5 {
		t.Errorf("got %+v", boost)
	}
	for body, want := range map[string]string{
		`{"article":"a","target":"nobody","action":"hide"}`:          `article "nobody": not found`,
		`{"article":"a","target":"b","action":"hid"}`:                "did you mean hide?",
		`{"article":"a","tarket":"b","action":"hide"}`:               "tarket is not known; did you mean target?",
		`{"article":"a","target":"b","action":"boost"}`:              "strength is missing",
		`{"article":"a","target":"b","action":7}`:                    "action is a JSON number",
		`{"article":"a","target":"b","action":"pin"} {}`:             "more than one",
		`{"article":"a","target":"b","action":"pin","until":1}`:      "until is a JSON number",
		`{"article":"a","target":"b","action":"pin","until":"soon"}`: `until is "soon"`,
		`[]`: "is a JSON array",
		`{`:  "is no JSON object",
	} {
		var p problem
		c.sendJSON(400, &p, "POST", path, body)
		if !strings.Contains(p.Detail, want) {
			t.Errorf("%s: got %q, want %q", body, p.Detail, want)
		}
	}
	if res := c.send("POST", path, "text/plain", `{}`); res.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("as text: got %d", res.StatusCode)
	}

	// What one editor has seen another has changed.
	var changed override
	c.sendJSON(200, &changed, "PATCH", path+"/1", `{"position":3,"until":null}`, "If-Match", pin.ETag)
	if changed.Position != 3 || changed.Until != "" || changed.Note != "<why>" || changed.ETag == pin.ETag || changed.Change != users+3 {
		t.Errorf("got %+v", changed)
	}
	var p problem
	res = c.sendJSON(412, &p, "PATCH", path+"/1", `{"position":2}`, "If-Match", pin.ETag)
	var present override
	if err := json.Unmarshal(p.Present, &present); err != nil || present.Position != 3 || res.Header.Get("ETag") != changed.ETag || !strings.Contains(p.Detail, "override 1 has been changed meanwhile; nothing was changed") {
		t.Errorf("got %+v, %v", p, err)
	}
	c.sendJSON(412, &p, "DELETE", path+"/1", "", "If-Match", `"x", W/`+changed.ETag)
	c.sendJSON(200, &changed, "PATCH", path+"/1", `{"enabled":false}`, "If-Match", `"x", `+changed.ETag)
	changed.Change = 0
	c.sendJSON(200, &changed, "PATCH", path+"/1", `{"enabled":false}`, "If-Match", "*")
	if changed.Change != 0 || changed.State != "paused" {
		t.Errorf("the same once more: got %+v", changed)
	}
	c.sendJSON(400, &p, "PATCH", path+"/1", `{"position":0}`)
	c.sendJSON(400, &p, "PATCH", path+"/1", `{"target":"nobody"}`)
	c.sendJSON(404, &p, "PATCH", path+"/77", `{}`)
	c.sendJSON(404, &p, "DELETE", path+"/x", "")
	c.sendJSON(404, &p, "GET", path+"/77", "")
	c.sendJSON(200, &present, "GET", path+"/1", "")
	if present.ETag != changed.ETag {
		t.Errorf("got %+v", present)
	}

	// The list, and adding to it only if it is as it was.
	var list struct {
		Items       []override
		Next, Total int64
	}
	res = c.sendJSON(200, &list, "GET", path+"?state=paused&limit=1", "")
	if len(list.Items) != 1 || list.Next != 1 || list.Total != 2 {
		t.Errorf("got %+v", list)
	}
	tag := res.Header.Get("ETag")
	c.sendJSON(200, &list, "GET", path+"?state=paused&limit=1&after=1", "")
	if len(list.Items) != 1 || list.Items[0].ID != 2 {
		t.Errorf("got %+v", list)
	}
	for query, want := range map[string]int{"": 2, "?article=a": 1, "?target=c": 1, "?action=boost&author=editor": 1, "?author=mei": 0, "?state=active": 0} {
		list.Items = nil
		if c.sendJSON(200, &list, "GET", path+query, ""); len(list.Items) != want {
			t.Errorf("%s: got %+v", query, list)
		}
	}
	for _, query := range []string{"?stat=active", "?state=activ", "?action=x", "?limit=0", "?limit=1&limit=2", "?after=x"} {
		c.sendJSON(400, &p, "GET", path+query, "")
	}
	c.sendJSON(201, &pin, "POST", path, `{"article":"a","action":"off"}`, "If-Match", tag)
	res = c.sendJSON(412, &p, "POST", path, `{"article":"b","action":"off"}`, "If-Match", tag)
	if now := res.Header.Get("ETag"); now == tag || now == "" {
		t.Errorf("got the tag %s", now)
	}
	var gone struct{ Change int64 }
	c.sendJSON(200, &gone, "DELETE", path+"/3", "", "If-Match", pin.ETag)
	if gone.Change != users+6 {
		t.Errorf("got change %d", gone.Change)
	}
	var made struct {
		ID, Reverts            int64
		Author, Action, Before string
	}
	c.sendJSON(200, &made, "POST", fmt.Sprintf("/v1/editor/history/%d/revert", gone.Change), "")
	if made.ID != gone.Change+1 || made.Reverts != gone.Change || made.Action != "add" || made.Author != "editor" {
		t.Errorf("got %+v", made)
	}
	c.sendJSON(409, &p, "POST", fmt.Sprintf("/v1/editor/history/%d/revert", users+3), "")
}

// All overrides exported and imported on another site are the same, and the report tells
// of every line.
func TestOverrideFilesByHTTP(t *testing.T) {
	one, other := withArticles(t), withArticles(t)
	c, d := one.signedIn(t, account.Editor), other.signedIn(t, account.Editor)
	var any override
	for _, body := range []string{
		`{"article":"a","target":"b","action":"pin","position":2,"note":"=1+1"}`, `{"article":"*","target":"c","action":"bury","strength":0,"lang":"zh"}`,
		`{"article":"b","action":"off","enabled":false,"placement":"@x"}`,
	} {
		c.sendJSON(201, &any, "POST", "/v1/editor/overrides", body)
	}
	file := c.get("/v1/editor/overrides/export")
	if file.Header.Get("Content-Type") != "text/csv; charset=utf-8" || file.Header.Get("Content-Disposition") != "attachment; filename=overrides.csv" || !strings.Contains(file.body, ",'=1+1,editor,true\n") {
		t.Errorf("got %v\n%s", file.Header, file.body)
	}
	var report struct {
		Added, Unchanged, Refused int
		Rows                      []struct {
			Line, ID      int
			Result, Error string
		}
	}
	upload := func(c *client, status int, body string, headers ...string) response {
		t.Helper()
		res := c.send("POST", "/v1/editor/overrides/import", "text/csv; charset=utf-8", body, headers...)
		if res.StatusCode != status {
			t.Fatalf("got %d, want %d: %s", res.StatusCode, status, res.body)
		}
		report.Rows = nil
		if status == http.StatusOK {
			if err := json.Unmarshal([]byte(res.body), &report); err != nil {
				t.Fatal(err)
			}
		}
		return res
	}
	upload(d, 200, file.body, "If-Match", d.get("/v1/editor/overrides").Header.Get("ETag"))
	if report.Added != 3 || report.Refused+report.Unchanged != 0 || len(report.Rows) != 3 || report.Rows[2].Line != 4 || report.Rows[2].ID != 3 {
		t.Errorf("got %+v", report)
	}
	if again := d.get("/v1/editor/overrides/export"); again.body != file.body {
		t.Errorf("got\n%s\nwant\n%s", again.body, file.body)
	}
	upload(d, 200, file.body+"a,x,hide,,,,,,,,,\na,c,hid,,,,,,,,,\na,c,hide,,,,,,,,,\n")
	if report.Added != 1 || report.Unchanged != 3 || report.Refused != 2 || report.Rows[3].Error != `article "x": not found` || !strings.Contains(report.Rows[4].Error, "did you mean hide?") || report.Rows[5].Result != "added" {
		t.Errorf("got %+v", report)
	}
	upload(d, 412, file.body, "If-Match", `"overrides-1"`)
	if res := d.send("POST", "/v1/editor/overrides/import", "application/json", "{}"); res.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("as JSON: got %d", res.StatusCode)
	}
	many := "article,target,action,position\n"
	for i := range 1000 {
		many += fmt.Sprintf("a,b,pin,%d\n", i+1)
	}
	upload(c, 200, many)
	if report.Added != 1000 {
		t.Errorf("got %d", report.Added)
	}
	if res := c.send("POST", "/v1/editor/overrides/import", "text/csv", strings.Repeat(" ", 9<<20)); res.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(res.body, "in parts") {
		t.Errorf("a great file: got %d %s", res.StatusCode, res.body)
	}
}

// A viewer changes nothing, and nobody sees anything without a session or a key.
func TestOverrideRoles(t *testing.T) {
	s := withArticles(t)
	editor, viewer, nobody := s.signedIn(t, account.Editor), s.signedIn(t, account.Viewer), s.newClient(t)
	var any override
	editor.sendJSON(201, &any, "POST", "/v1/editor/overrides", `{"article":"a","target":"b","action":"hide"}`)
	for _, route := range []struct {
		method, path string
		reads        bool
	}{
		{"GET", "/v1/editor/overrides", true},
		{"GET", "/v1/editor/overrides/1", true},
		{"GET", "/v1/editor/overrides/export", true},
		{"GET", "/v1/editor/history", true},
		{"GET", "/v1/editor/history/export", true},
		{"GET", "/editor/history", true},
		{"POST", "/v1/editor/overrides", false},
		{"PATCH", "/v1/editor/overrides/1", false},
		{"DELETE", "/v1/editor/overrides/1", false},
		{"POST", "/v1/editor/overrides/import", false},
		{"POST", "/v1/editor/history/1/revert", false},
		{"POST", "/editor/history/1/revert", false},
		{"POST", "/v1/editor/history/1/revert-batch", false},
		{"POST", "/editor/history/1/revert-batch", false},
		{"POST", "/editor/history/import", false},
	} {
		page := strings.HasPrefix(route.path, "/editor")
		want := http.StatusForbidden
		if route.reads {
			want = http.StatusOK
		}
		if res := viewer.send(route.method, route.path, "", ""); res.StatusCode != want {
			t.Errorf("a viewer: %s %s: got %d, want %d", route.method, route.path, res.StatusCode, want)
		}
		want = http.StatusUnauthorized
		if page {
			want = http.StatusSeeOther
		}
		if res := nobody.do(nobody.request(route.method, route.path, "")); res.StatusCode != want {
			t.Errorf("nobody: %s %s: got %d, want %d", route.method, route.path, res.StatusCode, want)
		}
		if route.reads {
			continue
		}
		if res := editor.do(editor.request(route.method, route.path, "")); res.StatusCode != http.StatusForbidden {
			t.Errorf("without the token of the session: %s %s: got %d", route.method, route.path, res.StatusCode)
		}
	}
	_, secret, err := s.store.AddKey(t.Context(), "sync", data.WriteEditor)
	if err != nil {
		t.Fatal(err)
	}
	res := nobody.do(nobody.request("PATCH", "/v1/editor/overrides/1", `{"enabled":false}`, "Authorization", "Bearer "+secret, "Content-Type", "application/json"))
	if res.StatusCode != http.StatusOK {
		t.Errorf("with a key: got %d %s", res.StatusCode, res.body)
	}
	if log := viewer.get("/v1/editor/history?author=key+sync"); !strings.Contains(log.body, `"action":"pause"`) {
		t.Errorf("got %s", log.body)
	}
}
