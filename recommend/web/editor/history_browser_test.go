package editor_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend/web/browsertest"
)

// An editor sees who changed what, takes a change back, and takes all overrides to
// another site in a file, where they are the same.
func TestHistoryInABrowser(t *testing.T) {
	one, other := changedSite(t), changedSite(t)
	file := filepath.Join(t.TempDir(), "overrides.csv")
	want := one.signedIn(t, account.Viewer).get("/v1/editor/overrides/export").body
	if err := os.WriteFile(file, []byte(want+"harbour-cranes,no-such-article,hide,,,,,,,,,\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	all, err := other.store.Overrides(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		if err := other.store.RemoveOverride(data.WithAuthor(t.Context(), "tomas"), o.ID); err != nil {
			t.Fatal(err)
		}
	}

	b := browsertest.Open(t, other.URL, one.URL)
	b.Do(t, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(other.URL+"/editor/history"),
		chromedp.SendKeys(chromedp.CSS("[name=name]"), "editor"), chromedp.SendKeys(chromedp.CSS("[name=password]"), password))
	b.Follow(t, ".door .primary")
	b.Do(t, chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{file}))
	b.Follow(t, "form[enctype] [value=import]")
	b.CheckAccessible(t)
	b.Screenshot(t, "editor-history-import-1280")
	if got := browsertest.Eval[string](t, b, `document.querySelector(".panel header p").innerText`); got != fmt.Sprintf("%d added 0 there already 1 refused", len(all)) {
		t.Errorf("the report says %q", got)
	}
	b.Do(t, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile))
	b.CheckAccessible(t)
	b.Screenshot(t, "editor-history-import-390")
	if got := other.signedIn(t, account.Viewer).get("/v1/editor/overrides/export").body; got != want {
		t.Errorf("imported they are\n%s\nwant\n%s", got, want)
	}

	views := []struct {
		name string
		set  chromedp.Action[chromedp.Void]
	}{
		{"1280", chromedp.EmulateViewport(1280, 900)},
		{"390", chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch)},
		{"320", chromedp.EmulateViewport(320, 256)}, // as 1280 px at 400 %
	}
	for _, view := range views {
		b.Do(t, view.set, chromedp.Navigate(other.URL+"/editor/history"))
		b.CheckAccessible(t)
		b.Screenshot(t, "editor-history-"+view.name)
		if wide := browsertest.Eval[bool](t, b, `document.documentElement.scrollWidth > innerWidth`); wide {
			t.Errorf("at %s px the page scrolls sideways", view.name)
		}
	}
	b.Do(t, views[0].set, chromedp.Navigate(other.URL+"/editor/history?kind=rule"))
	picture(t, b, "editor-history-none")

	b.Do(t, chromedp.Navigate(one.URL+"/editor/history"), chromedp.SendKeys(chromedp.CSS("[name=name]"), "editor"), chromedp.SendKeys(chromedp.CSS("[name=password]"), password))
	b.Follow(t, ".door .primary")
	before := browsertest.Eval[string](t, b, `document.querySelector("tbody tr").id`)
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("tbody button").focus()`))
	press(t, b, "\r")
	b.Wait(t, `document.querySelector(".notice") !== null`)
	if got := browsertest.Eval[string](t, b, `document.querySelector(".notice").innerText`); !strings.HasPrefix(got, "Change "+strings.TrimPrefix(before, "change-")+" is taken back") {
		t.Errorf("after taking %s back the page says %q", before, got)
	}
	picture(t, b, "editor-history-reverted")

	dark := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}
	if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: dark}); err != nil {
		t.Fatal(err)
	}
	b.Do(t, chromedp.Click(chromedp.CSS(".top .menu summary")))
	b.Follow(t, ".top .languages [lang=zh-Hant]")
	b.CheckAccessible(t)
	b.Screenshot(t, "editor-history-zh-Hant-dark")
	b.CheckFaults(t)
}

// changedSite is a site whose editors have changed this and that.
func changedSite(t *testing.T) *site {
	t.Helper()
	s := newSite(t, nil)
	articles := map[data.ArticleID]string{
		"harbour-cranes": "Five electric cranes", "ships-at-anchor": "Fourteen ships at anchor, and three pilots short",
		"grey-bank-turbines": "First turbines on Grey Bank feed power into the grid", "sixty-seven": "Sixty-seven and a half: a vote on when work ends", "zh": "灰滩首批风机并网发电",
	}
	for id, title := range articles {
		if _, err := s.store.PutArticles(t.Context(), []data.Article{{ID: id, Title: title, Lang: "en"}}); err != nil {
			t.Fatal(err)
		}
	}
	mei, tomas := data.WithAuthor(t.Context(), "mei"), data.WithAuthor(t.Context(), "tomas")
	for _, o := range []data.Override{
		{Article: "harbour-cranes", Target: "grey-bank-turbines", Action: data.Pin, Position: 1, Note: "shipped from there", Author: "mei", Until: s.now.AddDate(0, 0, 7)},
		{Article: data.Everywhere, Target: "sixty-seven", Action: data.Hide, Author: "mei", Note: `=HYPERLINK("x")`},
		{Article: "ships-at-anchor", Target: "harbour-cranes", Action: data.Boost, Strength: 2.5, Author: "mei", Lang: "en"},
		{Article: "zh", Action: data.Off, Author: "mei", Placement: "sidebar"},
	} {
		if _, _, err := s.store.AddOverridesAt(mei, data.AnyRevision, []data.Override{o}); err != nil {
			t.Fatal(err)
		}
		s.now = s.now.Add(17 * time.Minute)
	}
	if err := s.store.PauseOverride(tomas, 2, true); err != nil {
		t.Fatal(err)
	}
	s.now = s.now.Add(26 * time.Hour)
	if _, err := s.store.ChangeOverride(tomas, 1, func(o data.Override) (*data.Override, error) {
		o.Position, o.Until, o.Note = 3, time.Time{}, "the explainer"
		return &o, nil
	}); err != nil {
		t.Fatal(err)
	}
	return s
}
