package editor_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/web/browsertest"
)

// attention is a newsroom with something of all that the page Today shows.
func attention(t *testing.T) *newsroom {
	n := newNewsroom(t, data.Article{ID: "silent", Title: "Obituary", Body: "She taught music.", Lang: "en", NoLinks: true})
	add := func(o data.Override) {
		t.Helper()
		o.Action, o.Position = data.Pin, 1
		if _, err := n.store.AddOverride(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	add(data.Override{Article: cranes, Target: "en/ships-at-anchor", Until: n.now.AddDate(0, 0, 2)})
	add(data.Override{Article: cranes, Target: "en/empty-containers", Until: n.now.AddDate(0, 0, 5)})
	add(data.Override{Article: data.Everywhere, Target: "en/nineteen-seats"})
	gone, err := n.store.Article(t.Context(), "en/nineteen-seats")
	if err != nil {
		t.Fatal(err)
	}
	gone.State = data.Unpublished
	if _, err := n.store.PutArticles(t.Context(), []data.Article{gone}); err != nil {
		t.Fatal(err)
	}
	if err := n.engine.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestToday(t *testing.T) {
	n := attention(t)
	c := n.signedIn(t, "viewer")
	if at := c.get("/editor").Header.Get("Location"); at != "/editor/today" {
		t.Errorf("the first page is %q", at)
	}
	res := c.get("/editor/today")
	for _, want := range []string{
		"Fourteen ships at anchor", "ends 25 Nov 2026, 12:00", "target cannot be linked now", "Under", "Obituary", "set to show no links", "334",
		"lists follow what has changed", "new or changed",
	} {
		if !strings.Contains(res.body, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if strings.Contains(res.body, "full of boxes") {
		t.Error("a pin that holds for long is shown")
	}
	calm := newNewsroom(t).signedIn(t, "viewer").get("/editor/today")
	for _, want := range []string{"up to date", "nothing has changed", "No pin ends within three days", "Every article on the site has links."} {
		if !strings.Contains(calm.body, want) {
			t.Errorf("on a calm day the page has no %q", want)
		}
	}
}

// A pin leads to what readers of its article get, on the page Today as on that of the
// article: where the version it names is off the site, to the one in their language.
func TestPinsOfTranslations(t *testing.T) {
	n := newNewsroom(t)
	c := n.signedIn(t, "viewer")
	const simplified, traditional, article = "zh-Hans/ships-at-anchor", "zh-Hant/ships-at-anchor", "zh-Hant/harbour-cranes"
	if _, err := n.store.AddOverride(t.Context(), data.Override{Article: article, Target: "en/ships-at-anchor", Action: data.Pin, Position: 1}); err != nil {
		t.Fatal(err)
	}
	const gone = "target cannot be linked now"
	for _, step := range []struct {
		withdrawn data.ArticleID
		leads     string // "": nowhere
	}{
		{"en/ships-at-anchor", traditional},
		{traditional, simplified}, // the other script
		{simplified, ""},
	} {
		a, err := n.store.Article(t.Context(), step.withdrawn)
		if err != nil {
			t.Fatal(err)
		}
		a.State = data.Unpublished
		if _, err := n.store.PutArticles(t.Context(), []data.Article{a}); err != nil {
			t.Fatal(err)
		}
		n.update(t)
		page := c.get("/editor/articles/article?id=" + article).body
		for name, page := range map[string]string{"Today": c.get("/editor/today").body, "the article": page} {
			if got := strings.Contains(page, gone); got != (step.leads == "") {
				t.Errorf("without %s %s tells that the target is gone: %v", step.withdrawn, name, got)
			}
		}
		if list := n.list(t, article); step.leads != "" && (list[0] != step.leads) {
			t.Errorf("without %s readers get %v, want %s first", step.withdrawn, list, step.leads)
		}
	}
}

func TestTodayInABrowser(t *testing.T) {
	n := attention(t)
	b := browsertest.Open(t, n.URL)
	b.Do(t, widths[0].set)
	signIn(t, b, n, "editor")
	b.Do(t, chromedp.Navigate(n.URL+"/editor/today"))
	picture(t, b, "editor-today")
	checkFaults(t, b)
}

// Today says how much the refresh in service has changed, once that is known, and leads
// to where it is seen.
func TestTodayTellsWhatChanged(t *testing.T) {
	n := newNewsroom(t)
	c := n.signedIn(t, "viewer")
	if body := c.get("/editor/today").body; strings.Contains(body, "What changed") {
		t.Error("the first refresh has changed something")
	}
	second := n.refreshed(t, 1)
	if err := n.dir.Publish(second); err != nil {
		t.Fatal(err)
	}
	told := regexp.MustCompile(`<dt>What changed</dt><dd><a href="/editor/changes\?snapshot=` + second + `">([0-9.]+) % of the links: (\d+) added, (\d+) removed</a>`)
	var got []string
	for deadline := time.Now().Add(time.Minute); got == nil && time.Now().Before(deadline); {
		got = told.FindStringSubmatch(c.get("/editor/today").body)
	}
	if got == nil || got[1] == "0" || got[2] == "0" || !strings.Contains(c.reviewed(second).body, got[2]) {
		t.Errorf("got %q", got)
	}
}
