package editor_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend/web/editor"
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
	if err := s.store.Record(t.Context(), data.HistoryEntry{Time: s.now, Kind: data.KindSnapshot, Subject: "published", Action: "publish", Summary: "B is in service"}); err != nil {
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
	older := regexp.MustCompile(`href="(/editor/history\?[^"#]*before=[^"#]*)"`).FindStringSubmatch(first.body)
	if older == nil || strings.Count(first.body, `<tr id="change-`) != 50 {
		t.Fatalf("got\n%s", plain(first.body))
	}
	if page := c.get(strings.ReplaceAll(older[1], "&amp;", "&")); strings.Count(page.body, `<tr id="change-`) != 14 || !strings.Contains(page.body, `href="/editor/history?author=editor"`) {
		t.Errorf("got %s\n%s", older[1], plain(page.body))
	}
}

// Of users and keys nothing can be taken back, and programs are told so.
func TestRevertible(t *testing.T) {
	s := withArticles(t)
	c := s.signedIn(t, account.Admin)
	if _, err := s.store.AddUser(t.Context(), account.User{Name: "mei", Role: account.Viewer}, "-"); err != nil {
		t.Fatal(err)
	}
	var hidden override
	c.sendJSON(201, &hidden, "POST", "/v1/editor/overrides", `{"article":"a","target":"b","action":"hide"}`)
	var list struct {
		Items []struct {
			ID         int64
			Kind       data.Kind
			Revertible bool
		}
	}
	c.sendJSON(200, &list, "GET", "/v1/editor/history", "")
	kinds := map[data.Kind]bool{}
	for _, e := range list.Items {
		kinds[e.Kind] = true
		want := 409
		if e.Revertible {
			want = 200
		}
		var answer map[string]any
		if c.sendJSON(want, &answer, "POST", fmt.Sprintf("/v1/editor/history/%d/revert", e.ID), ""); e.Revertible != (e.Kind == data.KindOverride) {
			t.Errorf("change %d of a %s is revertible: %v", e.ID, e.Kind, e.Revertible)
		}
	}
	if !kinds[data.KindUser] || !kinds[data.KindOverride] {
		t.Errorf("the history is of %v", kinds)
	}
}

// upload sends a file of overrides by the form of the page, or no file where name is
// empty; fields are names and values in turn.
func (c *client) upload(name, text string, fields ...string) response {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i, fields := 0, append(fields, "csrf", c.csrf()); i < len(fields); i += 2 {
		if err := form.WriteField(fields[i], fields[i+1]); err != nil {
			c.t.Fatal(err)
		}
	}
	if name != "" {
		part, err := form.CreateFormFile("file", name)
		if err != nil {
			c.t.Fatal(err)
		}
		fmt.Fprint(part, text)
	}
	form.Close()
	return c.do(c.request("POST", "/editor/history/import", body.String(), "Content-Type", form.FormDataContentType()))
}

func TestHistoryImport(t *testing.T) {
	s := withArticles(t)
	c := s.signedIn(t, account.Editor)
	upload := func(status int, name, text string) string {
		t.Helper()
		res := c.upload(name, text)
		if res.StatusCode != status {
			t.Fatalf("got %d, want %d\n%s", res.StatusCode, status, res.body)
		}
		return plain(res.body)
	}
	const file = "article,target,action,note\na,b,hide,<i>\na,nobody,hide,\n*,c,hid,\n"
	if got := upload(200, "mine.csv", file); !strings.Contains(got, "1 added 0 there already 2 refused") || !strings.Contains(got, "3 Refused article &#34;nobody&#34;: not found") || !strings.Contains(got, "2 Added “About B” hidden under “About A”") || !strings.Contains(got, "mine.csv") {
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

// A file is looked at first, then imported as it was seen, and taken back as a whole but
// for what somebody has changed since.
func TestImportThereAndBack(t *testing.T) {
	s := withArticles(t)
	c, mei := s.signedIn(t, account.Editor), s.signedIn(t, account.Admin)
	overrides := func() int {
		all, err := s.store.Overrides(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	field := func(page response, name string) string {
		t.Helper()
		m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page.body)
		if m == nil {
			t.Fatalf("there is no %s:\n%s", name, page.body)
		}
		return m[1]
	}
	form := func(page response) string {
		t.Helper()
		m := regexp.MustCompile(`action="(/editor/history/\d+/revert-batch)"`).FindStringSubmatch(page.body)
		if m == nil {
			t.Fatalf("nothing can be taken back:\n%s", plain(page.body))
		}
		return m[1]
	}
	const file = "article,target,action,note\r\na,b,hide,\"two\nlines\"\r\na,c,hide,<i>\r\nb,c,hide,\r\na,nobody,hide,\r\n"
	look := c.upload("mine.csv", file, "do", "look")
	for _, want := range []string{"3 to add 0 there already 1 refused", "Nothing is stored yet", "Import 3", "To add “About B” hidden under “About A”", "article &#34;nobody&#34;: not found"} {
		if !strings.Contains(plain(look.body), want) {
			t.Errorf("the page lacks %q:\n%s", want, plain(look.body))
		}
	}
	if overrides() != 0 {
		t.Fatal("a look has stored something")
	}
	done := c.post("/editor/history/import", "do", "import", "name", field(look, "name"), "text", field(look, "text"))
	if !strings.Contains(plain(done.body), "3 added 0 there already 1 refused") || overrides() != 3 {
		t.Fatalf("got\n%s", plain(done.body))
	}
	if again := c.upload("mine.csv", file, "do", "look"); !strings.Contains(plain(again.body), "0 to add 3 there already 1 refused") || !strings.Contains(plain(again.body), "nothing that could be added") {
		t.Errorf("what came back is not what was sent:\n%s", plain(again.body))
	}
	if res := c.post("/editor/history/import", "do", "import", "text", "!"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("got %d", res.StatusCode)
	}

	// In the history it is one row, which leads to all of them.
	history := c.get("/editor/history")
	if rows := strings.Count(history.body, `<tr id="change-`); rows != 1 || !strings.Contains(plain(history.body), "and 2 more at once") || !strings.Contains(plain(history.body), "Take all 3 back") {
		t.Errorf("%d rows\n%s", rows, plain(history.body))
	}
	if about := c.get("/editor/history?article=c"); strings.Count(about.body, `<tr id="change-`) != 2 || !strings.Contains(about.body, "made at once with others") {
		t.Errorf("got\n%s", plain(about.body))
	}
	link := regexp.MustCompile(`href="(/editor/history\?batch=\d+)"`).FindStringSubmatch(history.body)
	if link == nil {
		t.Fatal(plain(history.body))
	}
	if batch := c.get(link[1]); strings.Count(batch.body, `<tr id="change-`) != 3 || !strings.Contains(plain(batch.body), "3 changes that were made at once") || form(batch) != form(done) || !strings.Contains(batch.body, strings.Replace(link[1], "/editor/history", "/v1/editor/history/export", 1)) {
		t.Errorf("got\n%s", batch.body)
	}
	if viewer := s.signedIn(t, account.Viewer).get(link[1]); strings.Contains(viewer.body, "revert") {
		t.Errorf("a viewer sees\n%s", viewer.body)
	}

	var any override
	mei.sendJSON(200, &any, "PATCH", "/v1/editor/overrides/2", `{"enabled":false}`)
	back := c.post(form(done))
	for _, want := range []string{"2 taken back 1 left alone", "Override 2 admin 23 Nov 2026, 12:00 Change"} {
		if !strings.Contains(plain(back.body), want) {
			t.Errorf("the page lacks %q:\n%s", want, plain(back.body))
		}
	}
	if overrides() != 1 {
		t.Errorf("there are %d overrides", overrides())
	}
	if again := c.post(form(back)); !strings.Contains(plain(again.body), "2 taken back 0 left alone") || overrides() != 3 {
		t.Errorf("%d overrides\n%s", overrides(), plain(again.body))
	}
	// Its links lead to rows that are there, of one of a batch too.
	for _, page := range []response{back, c.get("/editor/history?author=editor")} {
		links := regexp.MustCompile(`href="(/editor/history\?[^"#]*)#(change-\d+)"`).FindAllStringSubmatch(page.body, -1)
		if len(links) == 0 {
			t.Errorf("there is no link to a change\n%s", plain(page.body))
		}
		for _, link := range links {
			at := c.get(strings.ReplaceAll(link[1], "&amp;", "&"))
			if row := regexp.MustCompile(`<tr id="(change-\d+)"`).FindStringSubmatch(at.body); row == nil || row[1] != link[2] {
				t.Errorf("%s#%s begins with %v", link[1], link[2], row)
			}
		}
	}
	if res := c.post("/editor/history/999/revert-batch"); res.StatusCode != http.StatusNotFound {
		t.Errorf("got %d", res.StatusCode)
	}

	// The same as JSON.
	var report struct {
		Added, Refused int
		Change         int64
		DryRun         bool `json:"dry_run"`
		Rows           []struct{ ID int64 }
	}
	send := func(query string) {
		t.Helper()
		report.Change, report.DryRun = 0, false
		if res := c.send("POST", "/v1/editor/overrides/import"+query, "text/csv", "article,target,action\nc,a,hide\nc,b,hide\nc,x,hide\n"); res.StatusCode != 200 || json.Unmarshal([]byte(res.body), &report) != nil {
			t.Fatalf("got %d %s", res.StatusCode, res.body)
		}
	}
	send("?dry_run=true")
	if !report.DryRun || report.Added != 2 || report.Refused != 1 || report.Change != 0 || report.Rows[0].ID != 0 || overrides() != 3 {
		t.Errorf("got %+v", report)
	}
	send("")
	if report.DryRun || report.Added != 2 || report.Change == 0 || overrides() != 5 {
		t.Errorf("got %+v", report)
	}
	var list struct{ Items []struct{ Batch int64 } }
	if c.sendJSON(200, &list, "GET", fmt.Sprintf("/v1/editor/history?batch=%d", report.Change), ""); len(list.Items) != 2 || list.Items[0].Batch != report.Change {
		t.Errorf("got %+v", list)
	}
	mei.sendJSON(200, &any, "PATCH", fmt.Sprintf("/v1/editor/overrides/%d", report.Rows[1].ID), `{"enabled":false}`)
	var reverted struct {
		Reverted, Change int64
		Left             []struct {
			Subject, Detail string
			Present         struct{ Author string }
		}
	}
	c.sendJSON(200, &reverted, "POST", fmt.Sprintf("/v1/editor/history/%d/revert-batch", report.Change), "")
	if reverted.Reverted != 1 || reverted.Change == 0 || len(reverted.Left) != 1 || reverted.Left[0].Present.Author != "admin" || !strings.Contains(reverted.Left[0].Detail, "has been changed again since") || overrides() != 4 {
		t.Errorf("got %+v", reverted)
	}
	var p problem
	if c.sendJSON(400, &p, "POST", "/v1/editor/overrides/import?dry_run=yes", "{}"); p.Parameter != "dry_run" {
		t.Errorf("got %+v", p)
	}
	c.sendJSON(404, &p, "POST", "/v1/editor/history/x/revert-batch", "")
	if err := s.store.Record(t.Context(), data.HistoryEntry{Kind: data.KindSnapshot, Subject: "published", Action: "publish"}); err != nil {
		t.Fatal(err)
	}
	c.sendJSON(409, &p, "POST", fmt.Sprintf("/v1/editor/history/%d/revert-batch", s.lastEntry(t).ID), "")
}

// A date that says no zone is one of the newsroom's, wherever it is written.
func TestDatesAreTheNewsrooms(t *testing.T) {
	taipei, err := time.LoadLocation("Asia/Taipei")
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, func(c *editor.Config) { c.Location = taipei })
	if _, err := s.store.PutArticles(t.Context(), []data.Article{{ID: "a", Title: "A", Lang: "en"}, {ID: "b", Title: "B", Lang: "en"}}); err != nil {
		t.Fatal(err)
	}
	c := s.signedIn(t, account.Editor)
	var any override
	if c.sendJSON(201, &any, "POST", "/v1/editor/overrides", `{"article":"a","target":"b","action":"hide","until":"2026-12-31"}`); any.Until != "2026-12-30T16:00:00Z" {
		t.Errorf("got %+v", any)
	}
	if c.sendJSON(200, &any, "PATCH", "/v1/editor/overrides/1", `{"until":"2026-12-31 18:30"}`); any.Until != "2026-12-31T10:30:00Z" {
		t.Errorf("got %+v", any)
	}
	if c.sendJSON(200, &any, "PATCH", "/v1/editor/overrides/1", `{"until":"2026-12-31T18:30:00Z","note":"x"}`); any.Until != "2026-12-31T18:30:00Z" {
		t.Errorf("got %+v", any)
	}
	if c.sendJSON(200, &any, "PATCH", "/v1/editor/overrides/1", `{"note":"y"}`); any.Until != "2026-12-31T18:30:00Z" {
		t.Errorf("a change of the note moves the end: %+v", any)
	}
	const header = "article,target,action,until\n"
	if res := c.send("POST", "/v1/editor/overrides/import", "text/csv", header+"b,a,hide,2026-12-31\n"); res.StatusCode != 200 {
		t.Fatal(res.body)
	}
	if res := c.upload("o.csv", header+"*,a,hide,2026-12-31\n", "do", "import"); res.StatusCode != 200 {
		t.Fatal(res.body)
	}
	if file := c.get("/v1/editor/overrides/export").body; strings.Count(file, ",2026-12-30T16:00:00Z,") != 2 {
		t.Errorf("got\n%s", file)
	}
	s.now = s.now.Add(24 * time.Hour) // 24 November, 12:00 UTC
	c.sendJSON(200, &any, "PATCH", "/v1/editor/overrides/1", `{"enabled":false}`)
	var list struct{ Items []struct{ ID int64 } }
	if c.sendJSON(200, &list, "GET", "/v1/editor/history?since=2026-11-24T19:30&until=2026-11-24T20:30", ""); len(list.Items) != 1 {
		t.Errorf("got %+v", list)
	}
}
