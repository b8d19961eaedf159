package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/recommend"
)

// A browser is one tab that remembers what it should not have done.
type browser struct {
	context.Context
	base string // of the site under test

	mu     sync.Mutex
	faults []string // console messages and requests to other hosts
}

// openBrowser starts Chromium on a tab of its own. Without one the test is
// skipped, unless CI or ALSOLIKE_REQUIRE_BROWSER say that it must be there.
func openBrowser(t *testing.T, base string) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") == "true" || os.Getenv("ALSOLIKE_REQUIRE_BROWSER") == "1" {
			t.Fatal("no chromium, chromium-browser or google-chrome on the PATH; install one (Debian: apt-get install chromium)")
		}
		t.Skip("no chromium, chromium-browser or google-chrome on the PATH: pages are not tried in a browser")
	}
	timeout, cancelTimeout := context.WithTimeout(context.Background(), 2*time.Minute)
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("hide-scrollbars", true))
	allocator, cancelAllocator := chromedp.NewExecAllocator(timeout, opts...)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() { cancel(); cancelAllocator(); cancelTimeout() })

	b := &browser{Context: ctx, base: base}
	if err := chromedp.Listen(ctx, b.watch); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *browser) watch(event any) {
	fault := ""
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		fault = "console: " + string(e.Type)
	case *runtime.EventExceptionThrown:
		fault = "exception: " + e.ExceptionDetails.Text
	case *log.EventEntryAdded:
		fault = "browser log: " + e.Entry.Text + " " + e.Entry.URL
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, b.base+"/") {
			fault = "request to " + e.Request.URL
		}
	}
	if fault != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.faults = append(b.faults, fault)
	}
}

func (b *browser) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(b, steps...); err != nil {
		t.Fatal(err)
	}
}

// follow clicks on the first element of that selector and waits for the page.
func (b *browser) follow(t *testing.T, selector string) {
	t.Helper()
	res, err := chromedp.RunResponse(b, chromedp.Click(chromedp.CSS(selector)))
	if err != nil {
		t.Fatalf("%s: %v", selector, err)
	}
	if res.Status != 200 {
		t.Errorf("%s led to %s: %d", selector, res.URL, res.Status)
	}
}

// eval is the value of a JavaScript expression in the page.
func eval[T any](t *testing.T, b *browser, expression string) T {
	t.Helper()
	v, err := chromedp.Run(b, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// screenshot keeps a picture of the whole page if ALSOLIKE_SCREENSHOTS names a
// folder for it.
func (b *browser) screenshot(t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("ALSOLIKE_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// checkFits checks that the page is no wider than the window and that every
// picture was drawn.
func (b *browser) checkFits(t *testing.T) {
	t.Helper()
	where := eval[string](t, b, `location.pathname`)
	if over := eval[int](t, b, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		t.Errorf("%s is %d px wider than the window", where, over)
	}
	if n := eval[int](t, b, `[...document.images].filter(i => !i.complete || !i.naturalWidth).length`); n > 0 {
		t.Errorf("%s: %d pictures are not shown", where, n)
	}
	if n := eval[int](t, b, `document.images.length`); n == 0 {
		t.Errorf("%s has no pictures", where)
	}
}

// fewLinks is cards with the article id and n others that a shelf links to it.
func fewLinks(cards []data.Card, id data.ArticleID, n int) (few []data.Card) {
	source := cards[slices.IndexFunc(cards, func(c data.Card) bool { return c.ID == id })]
	few = append(few, source)
	for _, c := range cards {
		if source.MayLink(&c) && len(few) <= n {
			c.Section = source.Section
			few = append(few, c)
		}
	}
	return few
}

func TestMagazineInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	articles := sample.Articles()
	rec := &shelf{snapshot: "s1"}
	for i := range articles {
		rec.cards = append(rec.cards, articles[i].Card())
	}
	site := httptest.NewServer(New(Config{
		Recommender: rec, Magazine: &Magazine{Articles: articles, Pictures: sample.Pictures(), Placement: "article"}, Log: slog.New(slog.DiscardHandler),
	}))
	defer site.Close()
	b := openBrowser(t, site.URL)
	for _, width := range []struct {
		name string
		set  chromedp.Action[chromedp.Void]
	}{
		{"1280", chromedp.EmulateViewport(1280, 900)},
		{"390", chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch)},
	} {
		b.do(t, width.set)
		for _, lang := range []struct{ tag, heading, next string }{
			{"en", "You might also like", "zh-Hant"},
			{"zh-Hant", "你可能也喜歡", "zh-Hans"},
			{"zh-Hans", "你可能也喜欢", "en"},
		} {
			t.Run(width.name+"/"+lang.tag, func(t *testing.T) {
				b.do(t, chromedp.Navigate(site.URL+"/"+lang.tag+"/"))
				b.checkFits(t)
				b.screenshot(t, "front-"+lang.tag+"-"+width.name)

				b.do(t, chromedp.Navigate(site.URL+"/"+lang.tag+"/harbour-cranes"))
				b.checkFits(t)
				b.screenshot(t, "article-"+lang.tag+"-"+width.name)
				if got := eval[string](t, b, `document.querySelector("aside h2").innerText`); got != lang.heading {
					t.Errorf("heading of the links: got %q, want %q", got, lang.heading)
				}

				b.follow(t, "aside h3 a")
				at := eval[string](t, b, `location.pathname`)
				if !strings.HasPrefix(at, "/"+lang.tag+"/") || at == "/"+lang.tag+"/harbour-cranes" {
					t.Errorf("the first link led to %s", at)
				}
				if got := eval[string](t, b, `document.documentElement.lang`); got != lang.tag {
					t.Errorf("the linked article is in %s", got)
				}
				b.checkFits(t)

				slug := strings.TrimPrefix(at, "/"+lang.tag+"/")
				b.follow(t, `.languages a[lang="`+lang.next+`"]`)
				if got := eval[string](t, b, `location.pathname`); got != "/"+lang.next+"/"+slug {
					t.Errorf("the language bar led from %s to %s", at, got)
				}
				b.follow(t, ".story .kicker a")
				b.checkFits(t)
				b.screenshot(t, "section-"+lang.next+"-"+width.name)
			})
		}
	}
	t.Run("few links", func(t *testing.T) {
		all := rec.cards
		defer func() { rec.cards = all }()
		for _, n := range []int{1, 2, 3, 4} {
			rec.cards = fewLinks(all, "en/harbour-cranes", n)
			for _, width := range []int64{1280, 800} {
				b.do(t, chromedp.EmulateViewport(width, 900), chromedp.Navigate(site.URL+"/en/harbour-cranes"))
				b.checkFits(t)
				if got := eval[int](t, b, `document.querySelectorAll(".related .card").length`); got != n {
					t.Fatalf("%d links, want %d", got, n)
				}
				// The last card ends where the grid does, so that no hole gapes beside it.
				if gap := eval[float64](t, b, `document.querySelector(".related .grid").getBoundingClientRect().right - document.querySelector(".related .card:last-child").getBoundingClientRect().right`); n > 1 && gap > 1 {
					t.Errorf("%d links at %d px leave %v px empty", n, width, gap)
				}
			}
			b.screenshot(t, fmt.Sprintf("links-%d", n))
		}
	})
	t.Run("other languages", func(t *testing.T) {
		all := rec.cards
		defer func() { rec.cards, rec.placements = all, nil }()
		rec.placements = map[string]recommend.Languages{"article": recommend.AnyLanguage}
		rec.cards = nil
		for _, c := range all {
			if slices.Contains([]data.ArticleID{"zh-Hans/bakers-sleep-at-night", "zh-Hant/price-of-a-loaf", "en/the-mill-turns-again"}, c.ID) {
				c.Section = "bread"
				rec.cards = append(rec.cards, c)
			}
		}
		for _, width := range []int64{1280, 390} {
			b.do(t, chromedp.EmulateViewport(width, 900), chromedp.Navigate(site.URL+"/zh-Hans/bakers-sleep-at-night"))
			b.checkFits(t)
			b.screenshot(t, fmt.Sprintf("languages-%d", width))
			for lang, face := range map[string]string{"zh-Hant": "Noto Serif CJK TC", "en": "Georgia"} {
				if got := eval[string](t, b, `getComputedStyle(document.querySelector(".card[lang=`+lang+`] h3")).fontFamily`); !strings.Contains(got, face) || strings.Contains(got, "Songti SC") {
					t.Errorf("a card in %s is set in %s", lang, got)
				}
			}
		}
	})
	t.Run("dark", func(t *testing.T) {
		dark := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}
		if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: dark}); err != nil {
			t.Fatal(err)
		}
		b.do(t, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(site.URL+"/en/harbour-cranes"))
		if got := eval[float64](t, b, `Math.max(...getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number))`); got > 64 {
			t.Errorf("the paper is bright: up to %v of 255", got)
		}
		b.screenshot(t, "article-en-dark")
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, fault := range b.faults {
		t.Error(fault)
	}
}
