package editor_test

import (
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
	b.Do(t, chromedp.Navigate(n.URL+"/editor/history?kind=snapshot"))
	b.Screenshot(t, "editor-history-snapshots")

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
