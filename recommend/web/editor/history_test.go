package editor_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

func TestHistoryByJSON(t *testing.T) {
	s := withArticles(t)
	c := s.signedIn(t, account.Editor)
	var any override
	c.sendJSON(201, &any, "POST", "/v1/editor/overrides", `{"article":"a","target":"b","action":"hide"}`)
	s.now = s.now.Add(48 * time.Hour)
	c.sendJSON(200, &any, "PATCH", "/v1/editor/overrides/1", `{"enabled":false}`)
	c.sendJSON(201, &any, "POST", "/v1/editor/overrides", `{"article":"*","target":"c","action":"hide","note":"=x"}`)
	for query, want := range map[string]string{
		"":                      "6 5 4",
		"?limit=2":              "6 5, then 5",
		"?limit=2&before=5":     "4",
		"?author=editor":        "6 5 4",
		"?author=mei":           "",
		"?kind=rule":            "",
		"?article=b":            "5 4",
		"?article=c":            "6",
		"?since=2026-11-24":     "6 5",
		"?until=2026-11-24":     "4",
		"?kind=override&before": "6 5 4",
		"?kind=user":            "",
	} {
		var list struct {
			Items []struct {
				ID     int64
				Author string
			}
			Next int64
		}
		c.sendJSON(200, &list, "GET", "/v1/editor/history"+query, "")
		var got []string
		for _, item := range list.Items {
			got = append(got, fmt.Sprint(item.ID))
		}
		text := strings.Join(got, " ")
		if list.Next != 0 {
			text += fmt.Sprintf(", then %d", list.Next)
		}
		if text != want {
			t.Errorf("%s: got %q, want %q", query, text, want)
		}
	}
	var p problem
	for query, want := range map[string]string{"?kind=pin": `kind is "pin"`, "?since=soon": `since is "soon"`, "?limit=2000": "limit is", "?autor=x": "did you mean author?", "?before=-1": "before is"} {
		if c.sendJSON(400, &p, "GET", "/v1/editor/history"+query, ""); !strings.Contains(p.Detail, want) {
			t.Errorf("%s: got %s", query, p.Detail)
		}
	}
	file := c.get("/v1/editor/history/export?article=c")
	if file.Header.Get("Content-Disposition") != "attachment; filename=history.csv" || strings.Count(file.body, "\n") != 2 || !strings.HasPrefix(file.body, "id,time,author,") {
		t.Errorf("got %v\n%s", file.Header, file.body)
	}
	if c.sendJSON(409, &p, "POST", "/v1/editor/history/4/revert", ""); !strings.Contains(p.Detail, "change 4 cannot be reverted: override 1 has been changed again since, on 2026-11-25 12:00 UTC by editor (change 5)") || !strings.Contains(string(p.Present), `"id":5`) {
		t.Errorf("got %+v %s", p, p.Present)
	}
	c.sendJSON(404, &p, "POST", "/v1/editor/history/99/revert", "")
	c.sendJSON(404, &p, "POST", "/v1/editor/history/x/revert", "")
	c.sendJSON(400, &p, "POST", "/v1/editor/history/5/revert?x=1", "")
	if _, err := s.store.Record(t.Context(), data.HistoryEntry{Kind: data.KindSnapshot, Subject: "published", Action: "publish", Summary: "B is in service"}); err != nil {
		t.Fatal(err)
	}
	if c.sendJSON(409, &p, "POST", "/v1/editor/history/7/revert", ""); !strings.Contains(p.Detail, "is of a snapshot, which cannot be reverted here") {
		t.Errorf("got %+v", p)
	}
	admin := s.signedIn(t, account.Admin)
	if users := admin.get("/v1/editor/history?kind=user"); strings.Count(users.body, `"action":"add"`) != 3 || strings.Contains(users.body, "argon2") {
		t.Errorf("an admin sees %s", users.body)
	}
}

var tag = regexp.MustCompile(`<[^>]*>`)

// plain is the text of a page.
func plain(page string) string {
	return strings.Join(strings.Fields(tag.ReplaceAllString(page, " ")), " ")
}

func TestHistoryPage(t *testing.T) {
	s := withArticles(t)
	c := s.signedIn(t, account.Editor)
	if page := c.get("/editor/history"); page.StatusCode != http.StatusOK || !strings.Contains(page.body, "Nothing has been changed yet") || !strings.Contains(page.body, `<a href="/editor/history" aria-current="page">History</a>`) {
		t.Errorf("got %d\n%s", page.StatusCode, page.body)
	}
	var any override
	c.sendJSON(201, &any, "POST", "/v1/editor/overrides", `{"article":"a","target":"b","action":"pin","note":"<script>alert(1)</script>"}`)
	c.sendJSON(200, &any, "PATCH", "/v1/editor/overrides/1", `{"position":3,"until":"2026-12-31"}`)
	page := c.get("/editor/history")
	for _, want := range []string{"“About B” pinned to position 1 under “About A”", "Note &lt;script&gt;", "Change 5 · Override 1", "Ends – → 31 Dec 2026, 00:00", "Before “About B” pinned to position 1 under “About A”"} {
		if !strings.Contains(plain(page.body), want) {
			t.Errorf("the page lacks %q:\n%s", want, plain(page.body))
		}
	}
	if strings.Count(page.body, "/revert\"") != 1 || strings.Contains(page.body, "<script>alert") {
		t.Errorf("got\n%s", page.body)
	}
	if page := c.get("/editor/history", "Accept-Language", "zh-TW"); !strings.Contains(page.body, "《About B》在《About A》下方固定在第 3 位") {
		t.Errorf("got\n%s", plain(page.body))
	}
	if page := s.signedIn(t, account.Viewer).get("/editor/history"); strings.Contains(page.body, "/revert\"") || strings.Contains(page.body, "history/import") || !strings.Contains(page.body, "About B") {
		t.Errorf("a viewer sees\n%s", page.body)
	}

	notice := func(res response, want string) {
		t.Helper()
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/editor/history?kind=override" {
			t.Fatalf("got %d %s\n%s", res.StatusCode, res.Header.Get("Location"), res.body)
		}
		if page := c.get(res.Header.Get("Location")); !strings.Contains(plain(page.body), want) {
			t.Errorf("the page lacks %q:\n%s", want, plain(page.body))
		}
	}
	const next = "/editor/history?kind=override"
	notice(c.post("/editor/history/4/revert", "next", next), "Change 4 was not taken back: editor has changed the same again since, on 23 Nov 2026, 12:00. Take change 5 back first.")
	notice(c.post("/editor/history/5/revert", "next", next), "Change 5 is taken back (as change 6, which can be taken back too).")
	if res := c.post("/editor/history/4/revert", "next", "https://evil.example/"); res.Header.Get("Location") != "/editor" {
		t.Errorf("sent to %s", res.Header.Get("Location"))
	}
	if all, err := s.store.Overrides(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("got %+v, %v", all, err)
	}
	if res := c.post("/editor/history/99/revert"); res.StatusCode != http.StatusNotFound {
		t.Errorf("got %d", res.StatusCode)
	}

	for query, want := range map[string]int{"?author=nobody": 0, "?kind=override&since=2026-11-23&until=2026-11-23": 4, "?until=2026-11-22": 0, "?article=b": 4, "?before=6": 2} {
		if page := c.get("/editor/history" + query); strings.Count(page.body, `<tr id="change-`) != want {
			t.Errorf("%s: got\n%s", query, plain(page.body))
		}
	}
	if page := c.get("/editor/history?kind=pin"); page.StatusCode != http.StatusBadRequest {
		t.Errorf("got %d", page.StatusCode)
	}
	for range 30 {
		c.sendJSON(200, &any, "POST", "/v1/editor/history/7/revert", "")
		c.sendJSON(200, &any, "POST", "/v1/editor/history/4/revert", "")
	}
	first := c.get("/editor/history?author=editor")
	older := regexp.MustCompile(`href="(/editor/history\?[^"]*before=[^"]*)"`).FindStringSubmatch(first.body)
	if older == nil || strings.Count(first.body, `<tr id="change-`) != 50 {
		t.Fatalf("got\n%s", plain(first.body))
	}
	if page := c.get(strings.ReplaceAll(older[1], "&amp;", "&")); strings.Count(page.body, `<tr id="change-`) != 14 || !strings.Contains(page.body, `href="/editor/history?author=editor"`) {
		t.Errorf("got %s\n%s", older[1], plain(page.body))
	}
}

func TestHistoryImport(t *testing.T) {
	s := withArticles(t)
	c := s.signedIn(t, account.Editor)
	upload := func(status int, name, text string) string {
		t.Helper()
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		if err := form.WriteField("csrf", c.csrf()); err != nil {
			t.Fatal(err)
		}
		if name != "" {
			part, err := form.CreateFormFile("file", name)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(part, text)
		}
		form.Close()
		res := c.do(c.request("POST", "/editor/history/import", body.String(), "Content-Type", form.FormDataContentType()))
		if res.StatusCode != status {
			t.Fatalf("got %d, want %d\n%s", res.StatusCode, status, res.body)
		}
		return plain(res.body)
	}
	const file = "article,target,action,note\na,b,hide,<i>\na,nobody,hide,\n*,c,hid,\n"
	if got := upload(200, "mine.csv", file); !strings.Contains(got, "1 added 0 there already 2 refused") || !strings.Contains(got, "3 Refused article &#34;nobody&#34;: not found") || !strings.Contains(got, "2 Added b is hidden under a") || !strings.Contains(got, "mine.csv") {
		t.Errorf("got %s", got)
	}
	if got := upload(200, "mine.csv", file); !strings.Contains(got, "0 added 1 there already 2 refused") {
		t.Errorf("got %s", got)
	}
	if got := upload(422, "", ""); !strings.Contains(got, "No file was chosen") {
		t.Errorf("got %s", got)
	}
	if got := upload(200, "<b>.csv", "x"); !strings.Contains(got, "&lt;b&gt;.csv") || !strings.Contains(got, "there is no column") {
		t.Errorf("got %s", got)
	}
	if log := c.get("/v1/editor/history"); !strings.Contains(log.body, `"author":"editor"`) {
		t.Errorf("got %s", log.body)
	}
}
