package editor_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// refreshed makes a snapshot with some more articles, which waits for review, and
// returns its id.
func (n *newsroom) refreshed(t *testing.T, number int) string {
	t.Helper()
	for i := range 4 {
		id := data.ArticleID(fmt.Sprintf("en/more-%d-%d", number, i))
		a := data.Article{
			ID: id, Title: fmt.Sprintf("Five electric cranes <%d.%d>", number, i), Lang: "en", Section: "Harbour", PublishedAt: n.now.AddDate(0, 0, -1),
			Body: "The electric cranes at the harbour load containers from ships at anchor, and the crane drivers train in the harbour.",
		}
		if _, err := n.store.PutArticles(t.Context(), []data.Article{a}); err != nil {
			t.Fatal(err)
		}
	}
	made := func() time.Time { return n.now.Add(time.Duration(number) * time.Hour) }
	m, err := refresh.Run(t.Context(), n.store, n.dir, refresh.Options{Now: made, Leave: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.dir.By("", "12.5 % of the links change, and review.max_changed is 10.0 %").Leave(m.ID); err != nil {
		t.Fatal(err)
	}
	return m.ID
}

// reviewed is the page about a snapshot as a browser without script has it; "": the one
// that the page begins with.
func (c *client) reviewed(id string) *editorPage {
	c.t.Helper()
	path := "/editor/changes"
	if id != "" {
		path += "?snapshot=" + id
	}
	for range 100 {
		res := c.get(path)
		if res.StatusCode != 200 {
			c.t.Fatalf("%s: %d\n%s", path, res.StatusCode, res.body)
		}
		if res.Header.Get("Refresh") == "" {
			return &editorPage{c, id, res.body}
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.t.Fatal("the two are being compared for ever")
	return nil
}

// decide sends the form of the page by a button.
func (p *editorPage) decide(do string, more ...string) response {
	p.t.Helper()
	return p.post("/editor/changes", append(append(p.hidden("revision", "snapshot"), "do", do), more...)...)
}

func (p *editorPage) buttons() (dos []string) {
	for _, b := range all(p.t, p.body, "button", "value") {
		if attr(b, "name") == "do" {
			dos = append(dos, attr(b, "value"))
		}
	}
	return dos
}

func (n *newsroom) state(t *testing.T, id string) snapshot.Info {
	t.Helper()
	states, err := n.dir.States()
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range states {
		if info.ID == id {
			return info
		}
	}
	t.Fatalf("there is no snapshot %s", id)
	return snapshot.Info{}
}

// lastEntry is the last of the history.
func (s *site) lastEntry(t *testing.T) data.HistoryEntry {
	t.Helper()
	for e, err := range s.store.History(t.Context(), data.HistoryFilter{Limit: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	return data.HistoryEntry{}
}

func TestReview(t *testing.T) {
	n := newNewsroom(t)
	first, err := n.dir.Published()
	if err != nil {
		t.Fatal(err)
	}
	c := n.signedIn(t, account.Editor)
	calm := c.reviewed("")
	for _, want := range []string{"Nothing awaits review.", "at most 10 % of its links change", "There is nothing to compare it with", `<a href="/editor/changes" aria-current="page">Changes</a>`} {
		if !strings.Contains(calm.body, want) {
			t.Errorf("without anything to review the page has no %q", want)
		}
	}
	if got := calm.buttons(); len(got) > 0 || strings.Contains(c.get("/editor/today").body, "To be reviewed") {
		t.Errorf("without anything to review there are the buttons %v", got)
	}

	second := n.refreshed(t, 1)
	before := n.list(t, cranes)
	if today := c.get("/editor/today"); !strings.Contains(today.body, "To be reviewed") || !strings.Contains(today.body, "snapshot="+second) {
		t.Errorf("Today does not say what awaits review:\n%s", plain(today.body))
	}
	viewer := n.signedIn(t, account.Viewer).reviewed("")
	if got := viewer.buttons(); len(got) > 0 {
		t.Errorf("a viewer has the buttons %v", got)
	}
	if res := viewer.decide("publish"); res.StatusCode != 403 {
		t.Errorf("a viewer publishes: %d", res.StatusCode)
	}
	p := c.reviewed("")
	if got, want := p.buttons(), []string{"publish", "hold", "except"}; !slices.Equal(got, want) {
		t.Errorf("the buttons are %v, want %v", got, want)
	}
	for _, want := range []string{"It waits because 12.5 % of the links change", "4 new articles", "read 1200 times", "Five electric cranes &lt;1.0&gt;", "awaits review", "By section"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if rows := p.rows(); len(rows) < 2 || rows[0] != cranes {
		t.Errorf("the lists are those of %v", rows)
	}

	// Held, and let go.
	if res := p.decide("hold", "note", "asked the\r\ndesk"); res.StatusCode != 303 {
		t.Fatalf("hold: %d\n%s", res.StatusCode, res.body)
	}
	if e := n.lastEntry(t); e.Author != "editor" || e.Action != "hold" || e.Kind != data.KindSnapshot || e.Summary != "snapshot "+second+" is held: asked the desk" {
		t.Errorf("the history says %+v", e)
	}
	// The page of before has not seen that.
	late := p.decide("publish", "article", cranes, "note", "quick <i>")
	if late.StatusCode != 409 || !strings.Contains(late.body, "Nothing was done") || !strings.Contains(late.body, `value="quick &lt;i&gt;"`) {
		t.Errorf("too late: %d\n%s", late.StatusCode, plain(late.body))
	}
	if !strings.Contains(late.body, ` checked aria-label="Leave the list of`) {
		t.Error("the tick is lost")
	}
	p = c.reviewed("")
	if got, want := p.buttons(), []string{"publish", "release", "except"}; !slices.Equal(got, want) || !strings.Contains(p.body, "At present no refresh goes into service by itself") {
		t.Errorf("held, the buttons are %v, want %v", got, want)
	}
	if res := p.decide("release"); res.StatusCode != 303 || n.state(t, second).State != snapshot.AwaitsReview {
		t.Errorf("release: %d, %s", res.StatusCode, n.state(t, second).State)
	}

	// Published but for one list, and back.
	p = c.reviewed("")
	if res := p.decide("except"); res.StatusCode != 303 || n.state(t, second).State != snapshot.AwaitsReview {
		t.Errorf("without a tick: %d", res.StatusCode)
	}
	if res := p.decide("except", "article", "en/no-such"); res.StatusCode != 409 {
		t.Errorf("an article that there is not: %d", res.StatusCode)
	}
	n.refreshing.Store(true)
	if res := p.decide("except", "article", cranes); res.StatusCode != 409 || !strings.Contains(res.body, "a refresh is running") {
		t.Errorf("while a refresh runs: %d", res.StatusCode)
	}
	n.refreshing.Store(false)
	if res := p.decide("except", "article", cranes); res.StatusCode != 303 {
		t.Fatalf("except: %d\n%s", res.StatusCode, res.body)
	}
	third, err := n.dir.Published()
	if err != nil || third == first || third == second {
		t.Fatalf("%s is in service, %v", third, err)
	}
	if err := n.engine.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := n.list(t, cranes); !slices.Equal(got, before) {
		t.Errorf("the list that was to stay is %v, was %v", got, before)
	}
	if e := n.lastEntry(t); e.Action != "publish" || e.Summary != "snapshot "+third+" is in service, which is "+second+" but for the lists of 1 article, which stay as they were" {
		t.Errorf("the history says %+v", e)
	}
	p = c.reviewed(third)
	if !slices.Contains(p.buttons(), "rollback") || !strings.Contains(p.body, "These links took the place of those of") {
		t.Errorf("the page about what is in service has %v", p.buttons())
	}
	if res := p.decide("rollback"); res.StatusCode != 303 || n.state(t, first).State != snapshot.InService || n.state(t, third).State != snapshot.RolledBack {
		t.Errorf("rollback: %d", res.StatusCode)
	}
	if e := n.lastEntry(t); e.Action != "rollback" || e.Author != "editor" || string(e.After) != `"`+first+`"` {
		t.Errorf("the history says %+v", e)
	}
	for _, bad := range [][]string{{"do", "burn"}, {"do", "publish", "revision", ""}} {
		if res := c.post("/editor/changes", append([]string{"snapshot", second}, bad...)...); res.StatusCode != 400 {
			t.Errorf("%v: got %d", bad, res.StatusCode)
		}
	}
	if res := c.get("/editor/changes?snapshot=../../etc"); res.StatusCode != 404 {
		t.Errorf("no snapshot: %d", res.StatusCode)
	}
	if page := c.get("/editor/changes?snapshot="+second, "Accept-Language", "zh-TW"); !strings.Contains(page.body, "待審閱") {
		t.Errorf("got\n%s", plain(page.body))
	}
	if strings.Contains(c.get("/editor/history").body, "history.is-") {
		t.Error("the history names no action")
	}
}

func TestReviewByJSON(t *testing.T) {
	n := newNewsroom(t)
	first, err := n.dir.Published()
	if err != nil {
		t.Fatal(err)
	}
	second := n.refreshed(t, 1)
	c := n.signedIn(t, account.Editor)
	type standing struct {
		InService string `json:"in_service"`
		Waiting   string
		Previous  string
		Policy    struct {
			Publish    string
			MaxChanged float64 `json:"max_changed"`
			StoppedBy  string  `json:"stopped_by"`
		}
		Items []struct{ ID, State, Author, Note string }
	}
	var now standing
	res := c.sendJSON(200, &now, "GET", "/v1/editor/changes", "")
	if now.InService != first || now.Waiting != second || now.Policy.Publish != "auto" || now.Policy.MaxChanged != .1 || len(now.Items) != 2 || now.Items[0].ID != second {
		t.Errorf("got %+v", now)
	}
	seen := res.Header.Get("ETag")
	var one struct {
		State string
		Diff  struct {
			From, To string
			Lists    []json.RawMessage
		}
	}
	if c.sendJSON(200, &one, "GET", "/v1/editor/changes/"+second, ""); one.State != "awaits review" || one.Diff.From != first || one.Diff.To != second || len(one.Diff.Lists) == 0 {
		t.Errorf("got %+v", one)
	}
	c.sendJSON(200, &one, "GET", "/v1/editor/changes/"+second, "")
	if got := n.compared.Load(); got != 1 {
		t.Errorf("compared %d times", got)
	}
	c.sendJSON(200, &now, "POST", "/v1/editor/changes/"+second+"/hold", `{"note":"wait"}`, "If-Match", seen)
	if now.Items[0].State != "held" || now.Items[0].Author != "editor" || now.Items[0].Note != "wait" || now.Policy.StoppedBy != second {
		t.Errorf("got %+v", now)
	}
	var p problem
	if c.sendJSON(412, &p, "POST", "/v1/editor/changes/"+second+"/publish", `{}`, "If-Match", seen); !strings.Contains(string(p.Present), `"state":"held"`) {
		t.Errorf("got %+v %s", p, p.Present)
	}
	c.sendJSON(409, &p, "POST", "/v1/editor/changes/"+first+"/hold", `{}`)
	c.sendJSON(409, &p, "POST", "/v1/editor/changes/"+first+"/release", `{}`)
	c.sendJSON(409, &p, "POST", "/v1/editor/changes/rollback", `{}`)
	c.sendJSON(404, &p, "POST", "/v1/editor/changes/20261123T200000Z-000000/publish", `{}`)
	c.sendJSON(404, &p, "GET", "/v1/editor/changes/20261123T200000Z-000000", "")
	c.sendJSON(400, &p, "POST", "/v1/editor/changes/"+second+"/hold", `{"except":["a"]}`)
	c.sendJSON(400, &p, "POST", "/v1/editor/changes/"+second+"/publish", `{"note":"`+strings.Repeat("x", 3000)+`"}`)
	c.sendJSON(200, &now, "POST", "/v1/editor/changes/"+second+"/release", `{}`)
	c.sendJSON(200, &now, "POST", "/v1/editor/changes/"+second+"/publish", `{"except":["`+cranes+`"]}`, "If-Match", "*")
	if now.InService == second || now.Previous != first || len(now.Items) != 3 {
		t.Errorf("got %+v", now)
	}
	c.sendJSON(200, &now, "POST", "/v1/editor/changes/rollback", `{"note":"oops"}`)
	if now.InService != first {
		t.Errorf("got %+v", now)
	}
	if res := n.signedIn(t, account.Viewer).get("/v1/editor/changes"); res.StatusCode != 200 {
		t.Errorf("a viewer gets %d", res.StatusCode)
	}
}
