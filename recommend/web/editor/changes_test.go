package editor_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/data/sqlite"
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
	if res := p.decide("except", "article", "en/no-such"); res.StatusCode != 409 || !strings.Contains(res.body, "Nothing was done: an article that is ticked has no list") {
		t.Errorf("an article that there is not: %d", res.StatusCode)
	}
	n.refreshing.Store(true)
	if res := p.decide("except", "article", cranes); res.StatusCode != 409 || !strings.Contains(res.body, "a refresh is running") || !strings.Contains(res.body, ` checked aria-label="Leave the list of`) {
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
	if e := n.lastEntry(t); e.Action != "publish" || e.Summary != "snapshot "+third+" is in service, which is "+second+" but for the list of 1 article, which stays as it was" {
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

// count is the range of lists that a page shows, and how many there are.
var count = regexp.MustCompile(`(\d+)–(\d+) of (\d+)`)

func (p *editorPage) count() (first, last, total string) {
	p.t.Helper()
	m := count.FindStringSubmatch(plain(p.body))
	if m == nil {
		return "0", "0", "0"
	}
	return m[1], m[2], m[3]
}

// found is the page about a snapshot that is asked for some lists.
func (c *client) found(id, asked string) *editorPage {
	c.t.Helper()
	res := c.get("/editor/changes?snapshot=" + id + "&" + asked)
	if res.StatusCode != 200 || res.Header.Get("Refresh") != "" {
		c.t.Fatalf("%s: %d", asked, res.StatusCode)
	}
	return &editorPage{c, id, res.body}
}

// ticked is what stays as it is, as the form of the page sends it.
func (p *editorPage) ticked() (ids []string) {
	for _, box := range all(p.t, p.body, "input", "value") {
		if attr(box, "name") == "article" && slices.ContainsFunc(box.Attr, func(a html.Attribute) bool { return a.Key == "checked" }) {
			ids = append(ids, attr(box, "value"))
		}
	}
	return ids
}

// Any list that changes is found: page by page, by section and language, and by what
// somebody types.
func TestFindListsThatChange(t *testing.T) {
	n := newNewsroom(t)
	second := n.refreshed(t, 1)
	c := n.signedIn(t, account.Viewer)
	p := c.reviewed(second)
	_, _, total := p.count()
	seen := map[string]bool{}
	for pages := 0; ; pages++ {
		if pages > 50 {
			t.Fatal("there is always a next page")
		}
		for _, id := range p.rows() {
			if seen[id] {
				t.Errorf("%s is there twice", id)
			}
			seen[id] = true
		}
		next := ""
		for _, button := range all(t, p.body, "button", "value") {
			if strings.Contains(text(button), "Next") {
				next = attr(button, "value")
			}
		}
		if next == "" {
			break
		}
		p = c.found(second, "from="+next)
	}
	if fmt.Sprint(len(seen)) != total || len(seen) <= 30 {
		t.Errorf("the pages have %d lists, want all %s", len(seen), total)
	}
	if _, last, _ := c.found(second, "from=100000").count(); last != total {
		t.Errorf("past the end the page shows lists up to %s, want up to %s", last, total)
	}
	var byLang int
	for _, lang := range []string{"en", "zh-Hans", "zh-Hant"} {
		_, _, total := c.found(second, "lang="+lang).count()
		var n int
		fmt.Sscan(total, &n)
		byLang += n
	}
	if fmt.Sprint(byLang) != total {
		t.Errorf("by language there are %d lists, want %s", byLang, total)
	}
	for asked, want := range map[string]string{
		"q=" + url.QueryEscape(cranes):                      cranes, // its id
		"q=" + url.QueryEscape("/"+cranes+"/?utm_source=x"): cranes, // pasted
		"q=" + url.QueryEscape("/en/nowhere"):               "",
		"q=FIVE+electric+cranes+60&section=Economy&lang=en": cranes,
		"q=FIVE+electric+cranes+60&section=-":               "",
		"q=FIVE+electric+cranes+60&section=No+such":         "",
		"q=no+such+title":                                   "",
	} {
		p := c.found(second, asked)
		if rows := p.rows(); want == "" && len(rows) > 0 || want != "" && (len(rows) == 0 || rows[0] != want) {
			t.Errorf("%s: got %v, want %q", asked, rows, want)
		}
		if want == "" && !strings.Contains(p.body, "No such list changes.") {
			t.Errorf("%s: the page does not say that there is none", asked)
		}
	}

	var one struct {
		Matched, Next int
		Diff          struct {
			Lists   []struct{ ID string }
			Changes json.RawMessage
		}
	}
	c.sendJSON(200, &one, "GET", "/v1/editor/changes/"+second+"?limit=7&from=5", "")
	if fmt.Sprint(one.Matched) != total || one.Next != 12 || len(one.Diff.Lists) != 7 || one.Diff.Changes != nil {
		t.Errorf("got %+v", one)
	}
	one.Next = 0
	c.sendJSON(200, &one, "GET", "/v1/editor/changes/"+second+"?q="+url.QueryEscape(cranes), "")
	if one.Matched != 1 || one.Next != 0 || one.Diff.Lists[0].ID != cranes {
		t.Errorf("got %+v", one)
	}
	var problem problem
	c.sendJSON(400, &problem, "GET", "/v1/editor/changes/"+second+"?limit=2000", "")
	c.sendJSON(400, &problem, "GET", "/v1/editor/changes/"+second+"?query=x", "")
}

// What is ticked stays so from page to page, and all of it stays as it is.
func TestTicksOnSeveralPages(t *testing.T) {
	n := newNewsroom(t)
	second := n.refreshed(t, 1)
	c := n.signedIn(t, account.Editor)
	first := c.reviewed(second)
	other := c.found(second, "from=30")
	looking := []string{"snapshot", second, "article", first.rows()[3], "article", first.rows()[4], "note", "not <these>"}
	res := c.post("/editor/changes", append(looking, "from", "30")...)
	p := &editorPage{c, second, res.body}
	if res.StatusCode != 200 || !slices.Equal(p.rows(), other.rows()) || !slices.Equal(p.ticked(), []string{first.rows()[3], first.rows()[4]}) || !strings.Contains(res.body, `value="not &lt;these&gt;"`) {
		t.Fatalf("the second page: %d, %v ticked\n%s", res.StatusCode, p.ticked(), plain(res.body))
	}
	res = c.post("/editor/changes", "snapshot", second, "article", p.ticked()[0], "article", other.rows()[0], "at", "30", "q", cranes, "from", "0")
	p.body = res.body
	if got := p.ticked(); !slices.Equal(p.rows(), []string{cranes}) || !slices.Equal(got, []string{first.rows()[3], other.rows()[0]}) {
		t.Fatalf("searched for, %v are ticked", got)
	}
	if res := c.post("/editor/changes", "snapshot", second, "q", "ships", "lang", "en", "from", "0"); res.StatusCode != 303 || res.Header.Get("Location") != "/editor/changes?lang=en&q=ships&snapshot="+second+"#lists" {
		t.Errorf("without a tick: %d to %s", res.StatusCode, res.Header.Get("Location"))
	}
	ticked := []string{}
	for _, id := range p.ticked() {
		ticked = append(ticked, "article", id)
	}
	if res := p.decide("except", append(ticked, "article", cranes)...); res.StatusCode != 303 {
		t.Fatalf("except: %d\n%s", res.StatusCode, plain(res.body))
	}
	if e := n.lastEntry(t); !strings.HasSuffix(e.Summary, "but for the lists of 3 articles, which stay as they were") {
		t.Errorf("the history says %q", e.Summary)
	}
}

// While two are being compared, nothing that was ticked and written is lost: a page that asks
// again by itself has no field to fill in, and one with ticks or a note waits to be asked.
func TestTicksWhileComparing(t *testing.T) {
	n := newNewsroom(t)
	second := n.refreshed(t, 1)
	c := n.signedIn(t, account.Editor)
	views, compared := n.changes.Views, make(chan struct{})
	n.changes.Views = func(ctx context.Context) (map[data.ArticleID]float64, error) {
		<-compared
		return views(ctx)
	}
	res := c.get("/editor/changes?snapshot=" + second)
	if res.Header.Get("Refresh") != "1" || strings.Contains(res.body, `name="note"`) || strings.Contains(res.body, `name="do"`) {
		t.Errorf("the page that asks again has fields or buttons, or does not ask (%q)\n%s", res.Header.Get("Refresh"), plain(res.body))
	}
	res = c.post("/editor/changes", "snapshot", second, "revision", "old", "article", cranes, "note", "not <these>", "q", "cranes", "lang", "en", "do", "except")
	p := &editorPage{c, second, res.body}
	if res.StatusCode != 409 || res.Header.Get("Refresh") != "" || !strings.Contains(res.body, `value="not &lt;these&gt;"`) || !strings.Contains(res.body, "Look again") {
		t.Fatalf("after a conflict: %d, Refresh %q\n%s", res.StatusCode, res.Header.Get("Refresh"), plain(res.body))
	}
	again := p.hidden("revision", "snapshot", "article", "q", "section", "lang")
	if !slices.Contains(again, cranes) {
		t.Fatalf("the tick is lost: %q", again)
	}
	close(compared)
	res = c.post("/editor/changes", append(again, "from", "0", "note", "not <these>")...)
	if p.body = res.body; !slices.Equal(p.ticked(), []string{cranes}) || !strings.Contains(res.body, `value="not &lt;these&gt;"`) || !strings.Contains(res.body, `name="q" value="cranes"`) {
		t.Errorf("then %v are ticked\n%s", p.ticked(), plain(res.body))
	}
}

// What cannot be decided is told as what it is.
func TestDecisionsThatAreRefused(t *testing.T) {
	n := newNewsroom(t)
	second := n.refreshed(t, 1)
	c := n.signedIn(t, account.Editor)
	before := n.count(t)
	p := c.reviewed(second)
	res := p.decide("release")
	if res.StatusCode != 409 || !strings.Contains(res.body, "neither held nor rolled back") || !strings.Contains(res.body, `role="alert"`) {
		t.Errorf("release: %d\n%s", res.StatusCode, plain(res.body))
	}
	if res := p.decide("rollback"); res.StatusCode != 409 || !strings.Contains(res.body, "no refresh was in service before this one") {
		t.Errorf("rollback: %d", res.StatusCode)
	}
	if res := c.post("/editor/changes", append(p.hidden("revision"), "snapshot", "20261123T200000Z-000000", "do", "publish")...); res.StatusCode != 404 {
		t.Errorf("no such snapshot: %d", res.StatusCode)
	}
	var answer problem
	c.sendJSON(409, &answer, "POST", "/v1/editor/changes/"+second+"/publish", `{"except":["nobody"]}`)
	if !strings.Contains(answer.Detail, `article "nobody" is not in snapshot`) || n.count(t) != before {
		t.Errorf("got %q, and there are %d snapshots, want %d", answer.Detail, n.count(t), before)
	}
	if err := os.Remove(filepath.Join(n.folder, second, "vectors.bin")); err != nil {
		t.Fatal(err)
	}
	c.sendJSON(500, &answer, "POST", "/v1/editor/changes/"+second+"/publish", `{}`)
	if strings.Contains(answer.Detail, "vectors.bin") || n.lastEntry(t).Kind == data.KindSnapshot {
		t.Errorf("got %q, and the history %+v", answer.Detail, n.lastEntry(t))
	}
}

// count is how many snapshots there are.
func (n *newsroom) count(t *testing.T) int {
	t.Helper()
	all, err := n.dir.States()
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// The history takes decisions back.
func TestTakeDecisionsBack(t *testing.T) {
	n := newNewsroom(t)
	first, err := n.dir.Published()
	if err != nil {
		t.Fatal(err)
	}
	second := n.refreshed(t, 1)
	c := n.signedIn(t, account.Editor)
	published := func(want string) {
		t.Helper()
		if got, err := n.dir.Published(); err != nil || got != want {
			t.Fatalf("%s is in service (%v), want %s", got, err, want)
		}
	}
	revert := func(status int, id int64) (e changed, p problem) {
		t.Helper()
		into := any(&e)
		if status != 200 {
			into = &p
		}
		c.sendJSON(status, into, "POST", fmt.Sprintf("/v1/editor/history/%d/revert", id), "")
		return e, p
	}
	var any struct{}
	c.sendJSON(200, &any, "POST", "/v1/editor/changes/"+second+"/hold", `{}`)
	held := n.lastEntry(t)
	released, _ := revert(200, held.ID)
	if released.Action != "release" || released.Reverts != held.ID || released.Author != "editor" || n.state(t, second).State != snapshot.AwaitsReview {
		t.Errorf("a hold taken back: %+v", released)
	}
	revert(200, released.ID)
	if n.state(t, second).State != snapshot.Held {
		t.Errorf("a release taken back: %s", n.state(t, second).State)
	}
	c.sendJSON(200, &any, "POST", "/v1/editor/changes/"+second+"/publish", `{"note":"all well"}`)
	publishedEntry := n.lastEntry(t)
	published(second)

	page := c.get("/editor/history?kind=snapshot")
	if !strings.Contains(page.body, fmt.Sprintf(`action="/editor/history/%d/revert"`, publishedEntry.ID)) {
		t.Errorf("the history offers no way back:\n%s", plain(page.body))
	}
	if text := plain(page.body); !strings.Contains(text, "The refresh of 23 Nov 2026, 13:00 went into service Before it 23 Nov 2026, 12:00 Note all well") || !strings.Contains(text, "Refresh "+second) {
		t.Errorf("the history says\n%s", text)
	}
	if page := c.get("/editor/history?kind=snapshot&itself=1", "Accept-Language", "zh-CN"); !strings.Contains(plain(page.body), "2026年11月23日 12:00 的更新自动上线") {
		t.Errorf("the history says\n%s", plain(page.body))
	}
	if res := c.post(fmt.Sprintf("/editor/history/%d/revert", publishedEntry.ID), "next", "/editor/history"); res.StatusCode != 303 {
		t.Errorf("got %d", res.StatusCode)
	}
	published(first)
	back := n.lastEntry(t)
	if back.Reverts != publishedEntry.ID || back.Action != "rollback" || n.state(t, second).State != snapshot.RolledBack {
		t.Errorf("a publication taken back: %+v, %s", back, n.state(t, second).State)
	}
	if _, p := revert(409, publishedEntry.ID); !strings.Contains(p.Detail, "has been changed again since") || !strings.Contains(string(p.Present), fmt.Sprintf(`"id":%d`, back.ID)) {
		t.Errorf("twice: %+v %s", p, p.Present)
	}
	again, _ := revert(200, back.ID)
	published(second)
	if again.Action != "publish" || again.Reverts != back.ID {
		t.Errorf("the rollback taken back: %+v", again)
	}
	if res := n.signedIn(t, account.Viewer).post(fmt.Sprintf("/editor/history/%d/revert", again.ID)); res.StatusCode != 403 {
		t.Errorf("a viewer: %d", res.StatusCode)
	}
}

// changed is an entry of the history as answers have it.
type changed struct {
	ID, Reverts    int64
	Action, Author string
}

// What is decided while the history cannot be written is decided all the same, and
// written with what is decided next.
func TestHistoryThatCannotBeWritten(t *testing.T) {
	n := newNewsroom(t)
	second := n.refreshed(t, 1)
	c := n.signedIn(t, account.Editor)
	n.broken.Store(true)
	if res := c.reviewed(second).decide("hold", "note", "asked the desk"); res.StatusCode != 303 || n.state(t, second).State != snapshot.Held {
		t.Fatalf("hold: %d", res.StatusCode)
	}
	if e := n.lastEntry(t); e.Kind == data.KindSnapshot {
		t.Fatalf("the history has %+v", e)
	}
	n.broken.Store(false)
	if res := c.reviewed(second).decide("release"); res.StatusCode != 303 {
		t.Fatalf("release: %d", res.StatusCode)
	}
	var got []string
	for e, err := range n.store.History(t.Context(), data.HistoryFilter{Kind: data.KindSnapshot}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e.Author+" "+e.Action)
	}
	if want := []string{"editor release", "editor hold", " publish-itself"}; !slices.Equal(got, want) {
		t.Errorf("the history has %q, want %q", got, want)
	}
}

// A frail history cannot be written at times.
type frail struct {
	*sqlite.Store
	broken *atomic.Bool
}

func (f frail) Record(ctx context.Context, entries ...data.HistoryEntry) error {
	if f.broken.Load() {
		return errors.New("the disk is full")
	}
	return f.Store.Record(ctx, entries...)
}
