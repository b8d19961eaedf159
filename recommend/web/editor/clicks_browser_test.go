package editor_test

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/alsolike/alsolike/recommend/web/browsertest"
)

func TestClicksInABrowser(t *testing.T) {
	n := newNewsroom(t)
	n.countClicks(t)
	b := browsertest.Open(t, n.URL)
	b.Do(t, widths[0].set)
	signIn(t, b, n, "editor")
	narrow := func() {
		t.Helper()
		b.Do(t, chromedp.EmulateViewport(320, 256)) // as 1280 px at 400 %
		b.CheckAccessible(t)
		b.Do(t, widths[0].set)
	}
	b.Do(t, chromedp.Navigate(n.URL+"/editor/articles"))
	b.Follow(t, `.choices [href*="most-clicked"]`)
	b.Wait(t, `document.querySelectorAll("#found tbody tr").length === 2`)
	picture(t, b, "editor-articles-clicks")
	narrow()
	b.Do(t, chromedp.Navigate(n.URL+cranesPath))
	b.Wait(t, `document.querySelectorAll(".clicks svg").length === 3`)
	type bar struct{ From, At, To, Width float64 }
	got := browsertest.Eval[bar](t, b, `(() => {
		const box = (s) => document.querySelector(".clicks svg " + s).getBoundingClientRect();
		const svg = document.querySelector(".clicks svg").getBoundingClientRect(), dot = box("circle");
		return {From: box(".range").left - svg.left, At: dot.left + dot.width / 2 - svg.left, To: box(".range").right - svg.left, Width: svg.width};
	})()`)
	if !(got.From < got.At && got.At < got.To && got.To < got.Width) || got.Width != 64 {
		t.Errorf("the bar of the first link is drawn at %+v", got)
	}
	picture(t, b, "editor-article-clicks")
	narrow()
	b.Do(t, chromedp.Click(chromedp.CSS("details.menu > summary")), chromedp.Click(chromedp.CSS(".languages [value=zh-Hant]")))
	b.Wait(t, `document.documentElement.lang === "zh-Hant"`)
	dark := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}
	if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: dark}); err != nil {
		t.Fatal(err)
	}
	b.Do(t, chromedp.Navigate(n.URL+cranesPath))
	picture(t, b, "editor-article-clicks-dark")
	checkFaults(t, b)
}
