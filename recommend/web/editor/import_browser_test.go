package editor_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/web/browsertest"
)

// lists is what readers get under every article, everywhere and in a placement.
func (n *newsroom) lists(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, a := range sample.Articles() {
		for _, placement := range []string{"", "foot"} {
			list, err := n.engine.Related(t.Context(), recommend.Query{ID: a.ID, Placement: placement, Limit: 20})
			if err != nil {
				t.Fatal(err)
			}
			for i := range list.Links {
				l := &list.Links[i]
				text, err := json.Marshal([]any{a.ID, placement, i, l.Card.ID, l.Source, l.Score})
				if err != nil {
					t.Fatal(err)
				}
				all.Write(append(text, '\n'))
			}
		}
	}
	return all.String()
}

// download follows a link to a file of that name and returns its text.
func download(t *testing.T, b *browsertest.Tab, selector, name string) string {
	t.Helper()
	folder := t.TempDir()
	_, err := chromedp.Call(b, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder})
	if err != nil {
		t.Fatal(err)
	}
	b.Do(t, chromedp.Click(chromedp.CSS(selector)))
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		text, err := os.ReadFile(filepath.Join(folder, name)) // which stands empty in its place until it is whole
		if err == nil && len(text) > 0 {
			return string(text)
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come: %v", name, err)
		}
	}
}

// All overrides are exported, taken back, looked at and imported again by an editor in a
// browser: the lists of all articles are those of before, and so is what is exported.
func TestExportAndImportInABrowser(t *testing.T) {
	n := newNewsroom(t)
	bare := n.lists(t)
	before := n.list(t, cranes)
	wishes := []data.Override{
		{Article: cranes, Target: "en/nineteen-seats", Action: data.Pin, Position: 2, Note: "=1+1, \"quoted\"\nand on two lines"},
		{Article: cranes, Target: data.ArticleID(before[3]), Action: data.Pin, Position: 2, Until: n.now.AddDate(0, 0, 7)},
		{Article: cranes, Target: data.ArticleID(before[0]), Action: data.Hide, Note: "'tis"},
		{Article: data.Everywhere, Target: "en/ships-at-anchor", Action: data.Boost, Strength: 10, Lang: "en"},
		{Article: data.Everywhere, Target: "en/cod-quota", Action: data.Bury, Strength: 0},
		{Article: data.Everywhere, Target: "en/empty-containers", Action: data.Hide, Placement: "foot"},
		{Article: "en/grey-bank-turbines", Action: data.Off},
		{Article: "zh-Hant/harbour-cranes", Target: "en/sixty-seven-and-a-half", Action: data.Hide, Paused: true, Lang: "zh-Hant", Note: "繁體"},
	}
	for i := range wishes {
		wishes[i].Author = "mei"
	}
	_, refused, err := n.store.AddOverrides(t.Context(), wishes)
	if err != nil {
		t.Fatal(err)
	}
	for i, why := range refused {
		if why != nil {
			t.Fatalf("override %d: %v", i, why)
		}
	}
	n.update(t)
	want := n.lists(t)
	if want == bare {
		t.Fatal("the overrides change nothing")
	}

	b := browsertest.Open(t, n.URL)
	b.Do(t, widths[0].set)
	signIn(t, b, n, "editor")
	b.Do(t, chromedp.Navigate(n.URL+"/editor/history"))
	picture(t, b, "editor-history-batch")
	file := download(t, b, `a[href="/v1/editor/overrides/export"]`, "overrides.csv")
	if strings.Count(file, "mei,true\n") != 7 || strings.Contains(file, "\n=") || !strings.Contains(file, `"'=1+1, ""quoted""`) {
		t.Errorf("got\n%s", file)
	}

	// What was added at once is taken back with one button.
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector('#change-4 form[action$="revert-batch"] button').focus()`))
	press(t, b, "\r")
	b.Wait(t, `document.querySelector("main h1")?.innerText === "Taken back" && document.readyState === "complete"`)
	if got := browsertest.Eval[string](t, b, `document.querySelector(".head p").innerText`); got != "8 taken back 0 left alone" {
		t.Errorf("the report says %q", got)
	}
	picture(t, b, "editor-reverted-all")
	if got := n.lists(t); got != bare {
		t.Error("with all taken back the lists are not those without overrides")
	}

	path := filepath.Join(t.TempDir(), "overrides.csv")
	if err := os.WriteFile(path, []byte(file+cranes+",no-such-article,hide,,,,,,,,,\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.Follow(t, ".head a.button")
	b.Do(t, chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{path}))
	b.Follow(t, "form[enctype] [value=look]")
	if got := browsertest.Eval[string](t, b, `document.querySelector(".panel header p").innerText`); got != "8 to add 0 there already 1 refused" {
		t.Errorf("the look says %q", got)
	}
	picture(t, b, "editor-import-look")
	if got := n.lists(t); got != bare {
		t.Error("a look has changed the lists")
	}
	b.Follow(t, "form[enctype] [value=import]")
	if got := browsertest.Eval[string](t, b, `document.querySelector(".panel header p").innerText`); got != "8 added 0 there already 1 refused" {
		t.Errorf("the report says %q", got)
	}
	picture(t, b, "editor-import")
	if got := n.lists(t); got != want {
		t.Errorf("imported again, the lists are\n%s\nwant\n%s", got, want)
	}
	b.Follow(t, ".head a.button")
	if again := download(t, b, `a[href="/v1/editor/overrides/export"]`, "overrides.csv"); again != file {
		t.Errorf("exported again\n%s\nbefore\n%s", again, file)
	}

	// Somebody changes one of them; to take the import back leaves that one alone.
	all, err := n.store.Overrides(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := n.store.PauseOverride(data.WithAuthor(t.Context(), "tomas"), all[3].ID, true); err != nil {
		t.Fatal(err)
	}
	b.Do(t, chromedp.Click(chromedp.CSS(`tbody tr:first-child a[href*="batch="]`)))
	b.Wait(t, `document.querySelector("#batch")?.innerText === "8 changes that were made at once" && document.readyState === "complete"`)
	picture(t, b, "editor-history-of-batch")
	b.Follow(t, `section[aria-labelledby=batch] .danger`)
	if got := browsertest.Eval[string](t, b, `document.querySelector(".head p").innerText + " / " + document.querySelector("tbody tr").innerText.replace(/\s+/g, " ")`); !strings.HasPrefix(got, "7 taken back 1 left alone / Override 12 tomas ") {
		t.Errorf("the report says %q", got)
	}
	picture(t, b, "editor-reverted-some")
	checkFaults(t, b)
}
