package report_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/alsolike/alsolike/eval/report"
	"github.com/alsolike/alsolike/recommend/web/browsertest"
)

// brightness is the greatest part of the paper's colour, 0 to 255.
const brightness = `Math.max(...getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number))`

// At either width, on bright and dark screens and on paper the page fits, asks for
// nothing and complains of nothing.
func TestPageInABrowser(t *testing.T) {
	html := render(t, richReport(t), (*report.Report).WriteHTML)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/favicon.ico" {
			return
		}
		if r.URL.Path != "/" {
			t.Errorf("the page asks for %s", r.URL)
		}
		w.Write(html)
	}))
	defer site.Close()
	b := browsertest.Open(t, site.URL)
	for _, view := range []struct {
		name   string
		set    chromedp.Action[chromedp.Void]
		scheme string
		media  string
	}{
		{"1280-light", chromedp.EmulateViewport(1280, 900), "light", ""},
		{"390-light", chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch), "light", ""},
		{"1280-dark", chromedp.EmulateViewport(1280, 900), "dark", ""},
		{"390-dark", chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch), "dark", ""},
		{"paper", chromedp.EmulateViewport(794, 1123), "dark", "print"},
	} {
		features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: view.scheme}}
		if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: view.media, Features: features}); err != nil {
			t.Fatal(err)
		}
		b.Do(t, view.set, chromedp.Navigate(site.URL+"/"))
		if over := browsertest.Eval[int](t, b, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			t.Errorf("%s: the page is %d px wider than the window", view.name, over)
		}
		if bright := browsertest.Eval[float64](t, b, brightness); (bright > 128) != (view.scheme == "light" || view.media == "print") {
			t.Errorf("%s: the paper's colour reaches %v of 255", view.name, bright)
		}
		// What a figure points at must be there, and letters must be legible.
		if n := browsertest.Eval[int](t, b, `[...document.querySelectorAll("use, nav a")].filter(u => !document.querySelector(u.getAttribute("href"))).length`); n > 0 {
			t.Errorf("%s: %d references lead nowhere", view.name, n)
		}
		if size := browsertest.Eval[float64](t, b, `Math.min(...[...document.querySelectorAll("svg text")].map(e => e.getBoundingClientRect().height))`); size < 9 {
			t.Errorf("%s: letters in figures are %v px high", view.name, size)
		}
		if closed := browsertest.Eval[int](t, b, `[...document.querySelectorAll("details table")].filter(e => !e.checkVisibility({contentVisibilityAuto: true, opacityProperty: true, visibilityProperty: true})).length`); (closed == 0) != (view.media == "print") {
			t.Errorf("%s: %d tables of figures are folded", view.name, closed)
		}
		b.Screenshot(t, "report-"+view.name)
	}
	printed, err := chromedp.Call(b, page.PrintToPDF, page.PrintToPDFParams{})
	if err != nil {
		t.Fatal(err)
	}
	browsertest.Keep(t, "report.pdf", printed.Data)
	b.CheckFaults(t)
}
