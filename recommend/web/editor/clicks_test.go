package editor_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/recommend/clicks"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

// countClicks makes a log in which readers saw the list of cranes 340 times: its first
// link was followed 12 times, its second once of 20 times that it was on the screen, the third never,
// and the last two nobody saw.
func (n *newsroom) countClicks(t *testing.T) {
	t.Helper()
	links := n.list(t, cranes)
	var log []byte
	add := func(e clicklog.Event) {
		t.Helper()
		var err error
		if log, err = clicklog.AppendEvent(log, e); err != nil {
			t.Fatal(err)
		}
	}
	at := morning().Add(-time.Hour)
	for i := range 340 {
		id := fmt.Sprint("list", i)
		imp := &clicklog.Impression{ID: id, Time: at, Source: cranes}
		for j, link := range links {
			imp.Items = append(imp.Items, clicklog.Shown{Item: data.ArticleID(link), Position: j + 1, P: 1})
		}
		add(imp)
		positions := []int{1}
		if i < 20 {
			positions = []int{1, 2, 3}
		}
		add(&clicklog.View{Impression: id, Time: at, Positions: positions})
		if i < 12 {
			add(&clicklog.Click{Impression: id, Item: data.ArticleID(links[0]), Position: 1, Time: at})
		}
		if i == 0 {
			add(&clicklog.Click{Impression: id, Item: data.ArticleID(links[1]), Position: 2, Time: at})
		}
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, at.Format(time.DateOnly)+".ndjson"), log, 0o600); err != nil {
		t.Fatal(err)
	}
	counter := clicks.New(t.Context(), folder, clicks.Options{Now: morning, Rest: time.Hour})
	if _, err := counter.Counts(); err != nil {
		t.Fatal(err)
	}
	counter.Wait()
	n.links.Clicks = counter
}

func TestClicks(t *testing.T) {
	n := newNewsroom(t)
	c := n.signedIn(t, "viewer")
	for _, path := range []string{"/editor/articles", cranesPath, "/v1/editor/articles"} {
		if res := c.get(path); res.StatusCode != 200 || strings.Contains(strings.ToLower(res.body), "clicks") {
			t.Errorf("%s tells of clicks that nobody counts: %d\n%s", path, res.StatusCode, res.body)
		}
	}
	for path, want := range map[string]int{"/editor/articles?show=most-clicked": 400, "/v1/editor/articles?show=most-clicked": 400, "/v1/editor/clicks?article=" + cranes: 404} {
		if res := c.get(path); res.StatusCode != want {
			t.Errorf("%s where nobody counts: got %d, want %d", path, res.StatusCode, want)
		}
	}
	n.countClicks(t)
	links := n.list(t, cranes)

	res := c.get(cranesPath)
	var said []string
	for _, span := range all(t, res.body, "span", "class") {
		if attr(span, "class") == "clicks" || attr(span, "class") == "clicks soft" {
			said = append(said, text(span))
		}
	}
	want := []string{
		"12 clicks in the 340 times that it was seen: 3.5 percent, between 2.0 and 6.1 followed 12 of 340 times · 3.5 % (2.0–6.1 %)",
		"1 click in the 20 times that it was seen: 5.0 percent, between 0.9 and 23.6 followed 1 of 20 times · 5.0 % (0.9–23.6 %)",
		"0 clicks in the 20 times that it was seen: 0.0 percent, between 0.0 and 16.1 followed 0 of 20 times · 0.0 % (0.0–16.1 %)",
		"not seen yet", "not seen yet",
	}
	if strings.Join(said, "\n") != strings.Join(want, "\n") {
		t.Errorf("the links say\n%s\nwant\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
	}
	for _, part := range []string{
		"A link was followed in 12 of 340 lists that readers saw: 3.5 % (2.0–6.1 %).", "13 clicks in all.", "0 clicks to it",
		"Clicks of the last 30 days, as of 23 Nov 2026, 12:00.", "which end at 10 %",
		// Of a bar from 3 to 61 for 0 to 10 %.
		`<line class="range" x1="14.8" x2="38.2" y1="6" y2="6"/><circle cx="23.5"`,
		`<line class="range" x1="8.2" x2="61.0" y1="6" y2="6"/><circle cx="32.0"`,
	} {
		if !strings.Contains(res.body, part) {
			t.Errorf("the page does not have %q", part)
		}
	}
	if res := c.get("/editor/articles/article?id=en%2Fcod-quota"); !strings.Contains(res.body, "No reader has seen this list so far.") {
		t.Error("a list that nobody saw")
	}
	if res := c.get(cranesPath, "Accept-Language", "zh-CN"); !strings.Contains(res.body, "点击 12 / 340 次 · 3.5%（2.0–6.1%）") {
		t.Error("no Chinese where it is asked for")
	}

	res = c.get("/editor/articles?show=most-clicked")
	var titles []string
	for _, a := range all(t, res.body, "a", "class") {
		if attr(a, "class") == "title" {
			titles = append(titles, strings.TrimPrefix(attr(a, "href"), "/editor/articles/article?id="))
		}
	}
	if got, want := strings.Join(titles, " "), strings.ReplaceAll(links[0]+" "+links[1], "/", "%2F"); got != want {
		t.Errorf("the most clicked are %s, want %s", got, want)
	}
	if !strings.Contains(res.body, `data-label="Clicks to it">12</td>`) || !strings.Contains(res.body, `aria-current="true">Most clicked`) {
		t.Errorf("the most clicked:\n%s", res.body)
	}
	if res := c.get("/editor/articles?q=five+electric"); !strings.Contains(res.body, `data-label="Clicks on its links">13</td>`) {
		t.Errorf("the clicks on its links:\n%s", res.body)
	}
}

func TestClicksJSON(t *testing.T) {
	n := newNewsroom(t)
	n.countClicks(t)
	c := n.signedIn(t, "viewer")
	var got struct {
		Since, Counted string
		Links          []struct{ Clicks json.RawMessage }
		Clicks         json.RawMessage
	}
	res := c.get("/v1/editor/clicks?article=" + cranes)
	if err := json.Unmarshal([]byte(res.body), &got); err != nil || len(got.Links) != 5 {
		t.Fatalf("%v: %s", err, res.body)
	}
	check := func(name, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	const first = `{"seen":340,"clicks":12,"rate":0.035294,"low":0.020303,"high":0.060669}`
	check("the days", got.Since+" "+got.Counted, "2026-10-25T00:00:00Z 2026-11-23T12:00:30Z")
	check("the article", string(got.Clicks), `{"list":`+first+`,"out":13,"in":{"seen":0,"clicks":0}}`)
	check("the first link", string(got.Links[0].Clicks), first)
	check("the last link", string(got.Links[4].Clicks), `{"seen":0,"clicks":0}`)
	res = c.get("/v1/editor/articles?show=most-clicked&limit=1")
	if !strings.HasSuffix(res.body, `"overrides":0,"clicks":{"list":{"seen":0,"clicks":0},"out":0,"in":`+first+`}}],"total":2,"next":1,"counted":"2026-11-23T12:00:30Z","clicks":{"since":"2026-10-25T00:00:00Z","counted":"2026-11-23T12:00:30Z"}}`+"\n") {
		t.Errorf("the most clicked: %s", res.body)
	}
}

// A failing counter has no counts yet, or cannot make new ones.
type failing struct{ err error }

func (f failing) Counts() (*clicks.Counts, error) { return nil, f.err }

var _ editor.Clicks = failing{}

func TestClicksAreNotThereYet(t *testing.T) {
	n := newNewsroom(t)
	c := n.signedIn(t, "viewer")
	for want, counter := range map[string]failing{
		"Clicks are being counted; reload in a moment.":                      {},
		"Clicks cannot be counted at present: the event log cannot be read.": {errors.New("no disk")},
	} {
		n.links.Clicks = counter
		for _, path := range []string{"/editor/articles", "/editor/articles?show=most-clicked", cranesPath} {
			if res := c.get(path); res.StatusCode != 200 || !strings.Contains(res.body, want) {
				t.Errorf("%s does not say %q: %d\n%s", path, want, res.StatusCode, res.body)
			}
		}
		for _, path := range []string{"/v1/editor/articles?show=most-clicked", "/v1/editor/clicks?article=" + cranes} {
			if res := c.get(path); res.StatusCode != 200 || strings.Contains(res.body, `"seen"`) {
				t.Errorf("%s: %d %s", path, res.StatusCode, res.body)
			}
		}
	}
}
