package editor_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/web/browsertest"
)

// An editor looks at a refresh, publishes it but for one list, and goes back.
func TestReviewInABrowser(t *testing.T) {
	n := newNewsroom(t)
	first, err := n.dir.Published()
	if err != nil {
		t.Fatal(err)
	}
	second := n.refreshed(t, 1)
	before := n.list(t, cranes)
	b := browsertest.Open(t, n.URL)
	b.Do(t, widths[0].set)
	signIn(t, b, n, "editor")
	b.Do(t, chromedp.Navigate(n.URL+"/editor/today"))
	b.Screenshot(t, "editor-today-review")
	b.Follow(t, `a[href*="snapshot=`+second+`"]`)
	b.Wait(t, `document.querySelector(".before-after") !== null`)
	picture(t, b, "editor-changes")
	b.Do(t, chromedp.EmulateViewport(320, 256)) // as 1280 px at 400 %
	b.CheckAccessible(t)
	if wide := browsertest.Eval[bool](t, b, `document.documentElement.scrollWidth > innerWidth`); wide {
		t.Error("at 320 px the page scrolls sideways")
	}
	b.Do(t, widths[0].set)

	// Enter in the field of the note decides nothing; the button does, by keyboard.
	b.Do(t, chromedp.SendKeys(chromedp.CSS(".decide [name=note]"), "the cranes are today's story"), chromedp.KeyEvent("\r"))
	b.Wait(t, `location.hash === "#lists" && document.readyState === "complete" && document.querySelector(".decide [name=note]").value.startsWith("the cranes")`)
	if got := n.state(t, second).State; got != snapshot.AwaitsReview {
		t.Fatalf("the refresh is %s", got)
	}
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector('[name=article][value="`+cranes+`"]').focus()`), chromedp.KeyEvent(" "))
	b.Screenshot(t, "editor-changes-ticked")
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector('[value=except]').focus()`))
	press(t, b, "\r")
	b.Wait(t, `document.querySelector(".notice")?.innerText.startsWith("The refresh is published, but for 1 list")`)
	b.Wait(t, `document.querySelector(".before-after") !== null`)
	if err := n.engine.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := n.list(t, cranes); !slices.Equal(got, before) {
		t.Errorf("readers get %v, and got %v", got, before)
	}
	if got := n.engine.Status().Snapshot; got == first || got == second {
		t.Errorf("%s is in service", got)
	}
	b.Do(t, chromedp.Click(chromedp.CSS("details.why > summary")))
	picture(t, b, "editor-changes-published")
	b.Do(t, chromedp.Click(chromedp.CSS("details.why .danger")))
	b.Wait(t, `document.querySelector(".notice")?.innerText.startsWith("The links from before are in service again")`)
	if got, err := n.dir.Published(); err != nil || got != first {
		t.Errorf("%s is in service, %v", got, err)
	}
	b.Wait(t, `document.querySelector("#all") !== null`)
	b.Screenshot(t, "editor-changes-rolled-back")

	// The history takes that back, and shows what went into service by itself when asked.
	b.Do(t, chromedp.Navigate(n.URL+"/editor/history?kind=snapshot"))
	picture(t, b, "editor-history-snapshots")
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("tbody tr .small-button").focus()`))
	press(t, b, "\r")
	b.Wait(t, `document.querySelector(".notice")?.innerText.includes("is taken back")`)
	if got, err := n.dir.Published(); err != nil || got == first {
		t.Errorf("%s is in service, %v", got, err)
	}
	rows := browsertest.Eval[int](t, b, `document.querySelectorAll("table.history tbody tr").length`)
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("[name=itself]").focus()`), chromedp.KeyEvent(" "))
	b.Follow(t, ".filters .primary")
	b.Wait(t, fmt.Sprintf(`document.querySelectorAll("table.history tbody tr").length === %d`, rows+1))

	dark := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}
	if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: dark}); err != nil {
		t.Fatal(err)
	}
	b.Do(t, chromedp.Navigate(n.URL+"/editor/changes?snapshot="+second), chromedp.Click(chromedp.CSS(".top .menu summary")))
	b.Follow(t, ".top .languages [lang=zh-Hans]")
	b.Wait(t, `document.querySelector(".before-after") !== null`)
	picture(t, b, "editor-changes-dark")
	checkFaults(t, b)
}

// An editor finds lists as he types and page by page, with and without script, and what is
// ticked stays ticked.
func TestFindListsThatChangeInABrowser(t *testing.T) {
	n := newNewsroom(t)
	second := n.refreshed(t, 1)
	b := browsertest.Open(t, n.URL)
	b.Do(t, widths[0].set)
	signIn(t, b, n, "editor")
	at := func() {
		b.Wait(t, `document.readyState === "complete" && document.querySelector(".before-after") !== null`)
	}
	tick := func(nth int) string {
		t.Helper()
		return browsertest.Eval[string](t, b, fmt.Sprintf(`(() => { const box = document.querySelectorAll(".before-after [name=article]")[%d]; box.click(); return box.value })()`, nth))
	}
	ticked := func() []string {
		t.Helper()
		return browsertest.Eval[[]string](t, b, `[...document.querySelectorAll("[name=article]:checked")].map((box) => box.value).sort()`)
	}
	b.Do(t, chromedp.Navigate(n.URL+"/editor/changes?snapshot="+second))
	at()
	want := []string{tick(4)}
	b.Do(t, chromedp.Click(chromedp.CSS("#lists [name=q]")))
	for _, r := range "five electric cranes 60" {
		press(t, b, string(r))
	}
	b.Wait(t, `document.querySelector(".before-after > li")?.dataset.id === "`+cranes+`" && document.activeElement.name === "q"`)
	want = append(want, tick(0))
	slices.Sort(want)
	if got := ticked(); !slices.Equal(got, want) {
		t.Errorf("after a search %v are ticked, want %v", got, want)
	}
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("#lists").scrollIntoView()`))
	b.Screenshot(t, "editor-changes-found")
	b.Do(t, chromedp.Evaluate[chromedp.Void](`const q = document.querySelector("[name=q]"); q.value = ""; q.dispatchEvent(new Event("input", {bubbles: true}))`))
	b.Wait(t, `document.querySelectorAll(".before-after > li").length === 30`)
	b.Follow(t, "#found nav [name=from]")
	at()
	if got := ticked(); !slices.Equal(got, want) {
		t.Errorf("on the second page %v are ticked, want %v", got, want)
	}
	b.CheckAccessible(t)
	for _, width := range widths {
		b.Do(t, width.set, chromedp.Evaluate[chromedp.Void](`document.querySelector("#lists .kept").scrollIntoView({block: "center"})`))
		b.Screenshot(t, "editor-changes-second-page-"+width.name)
	}
	b.Do(t, chromedp.EmulateViewport(320, 256))
	b.CheckFits(t)
	b.Do(t, widths[0].set)
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector('[value=except]').focus()`))
	press(t, b, "\r")
	b.Wait(t, `document.querySelector(".notice")?.innerText.startsWith("The refresh is published, but for 2 lists")`)
	if hash := browsertest.Eval[string](t, b, `location.hash`); hash != "" {
		t.Errorf("the page begins at %s, where the notice is not to be seen", hash)
	}
	checkFaults(t, b)
}
