package editor_test

import (
	"strings"
	"testing"

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

func TestTodayInABrowser(t *testing.T) {
	n := attention(t)
	b := browsertest.Open(t, n.URL)
	b.Do(t, widths[0].set)
	signIn(t, b, n, "editor")
	b.Do(t, chromedp.Navigate(n.URL+"/editor/today"))
	picture(t, b, "editor-today")
	checkFaults(t, b)
}
