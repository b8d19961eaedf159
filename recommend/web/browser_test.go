package web

import (
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/web/browsertest"
)

// checkFits checks that the page is no wider than the window and that every
// picture was drawn.
func checkFits(t *testing.T, b *browsertest.Tab) {
	t.Helper()
	where := browsertest.Eval[string](t, b, `location.pathname`)
	if over := browsertest.Eval[int](t, b, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		t.Errorf("%s is %d px wider than the window", where, over)
	}
	if n := browsertest.Eval[int](t, b, `[...document.images].filter(i => !i.complete || !i.naturalWidth).length`); n > 0 {
		t.Errorf("%s: %d pictures are not shown", where, n)
	}
	if n := browsertest.Eval[int](t, b, `document.images.length`); n == 0 {
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
	articles := sample.Articles()
	rec := &shelf{snapshot: "s1"}
	for i := range articles {
		rec.cards = append(rec.cards, articles[i].Card())
	}
	site := httptest.NewServer(New(Config{
		Recommender: rec, Magazine: &Magazine{Articles: articles, Pictures: sample.Pictures(), Placement: "article"}, Log: slog.New(slog.DiscardHandler),
	}))
	defer site.Close()
	b := browsertest.Open(t, site.URL)
	for _, width := range []struct {
		name string
		set  chromedp.Action[chromedp.Void]
	}{
		{"1280", chromedp.EmulateViewport(1280, 900)},
		{"390", chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch)},
	} {
		b.Do(t, width.set)
		for _, lang := range []struct{ tag, heading, next string }{
			{"en", "You might also like", "zh-Hant"},
			{"zh-Hant", "你可能也喜歡", "zh-Hans"},
			{"zh-Hans", "你可能也喜欢", "en"},
		} {
			t.Run(width.name+"/"+lang.tag, func(t *testing.T) {
				b.Do(t, chromedp.Navigate(site.URL+"/"+lang.tag+"/"))
				checkFits(t, b)
				b.Screenshot(t, "front-"+lang.tag+"-"+width.name)

				b.Do(t, chromedp.Navigate(site.URL+"/"+lang.tag+"/harbour-cranes"))
				checkFits(t, b)
				b.Screenshot(t, "article-"+lang.tag+"-"+width.name)
				if got := browsertest.Eval[string](t, b, `document.querySelector("aside h2").innerText`); got != lang.heading {
					t.Errorf("heading of the links: got %q, want %q", got, lang.heading)
				}

				b.Follow(t, "aside h3 a")
				at := browsertest.Eval[string](t, b, `location.pathname`)
				if !strings.HasPrefix(at, "/"+lang.tag+"/") || at == "/"+lang.tag+"/harbour-cranes" {
					t.Errorf("the first link led to %s", at)
				}
				if got := browsertest.Eval[string](t, b, `document.documentElement.lang`); got != lang.tag {
					t.Errorf("the linked article is in %s", got)
				}
				checkFits(t, b)

				slug := strings.TrimPrefix(at, "/"+lang.tag+"/")
				b.Follow(t, `.languages a[lang="`+lang.next+`"]`)
				if got := browsertest.Eval[string](t, b, `location.pathname`); got != "/"+lang.next+"/"+slug {
					t.Errorf("the language bar led from %s to %s", at, got)
				}
				b.Follow(t, ".story .kicker a")
				checkFits(t, b)
				b.Screenshot(t, "section-"+lang.next+"-"+width.name)
			})
		}
	}
	t.Run("few links", func(t *testing.T) {
		all := rec.cards
		defer func() { rec.cards = all }()
		for _, n := range []int{1, 2, 3, 4} {
			rec.cards = fewLinks(all, "en/harbour-cranes", n)
			for _, width := range []int64{1280, 800} {
				b.Do(t, chromedp.EmulateViewport(width, 900), chromedp.Navigate(site.URL+"/en/harbour-cranes"))
				checkFits(t, b)
				if got := browsertest.Eval[int](t, b, `document.querySelectorAll(".related .card").length`); got != n {
					t.Fatalf("%d links, want %d", got, n)
				}
				// The last card ends where the grid does, so that no hole gapes beside it.
				if gap := browsertest.Eval[float64](t, b, `document.querySelector(".related .grid").getBoundingClientRect().right - document.querySelector(".related .card:last-child").getBoundingClientRect().right`); n > 1 && gap > 1 {
					t.Errorf("%d links at %d px leave %v px empty", n, width, gap)
				}
			}
			b.Screenshot(t, fmt.Sprintf("links-%d", n))
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
			b.Do(t, chromedp.EmulateViewport(width, 900), chromedp.Navigate(site.URL+"/zh-Hans/bakers-sleep-at-night"))
			checkFits(t, b)
			b.Screenshot(t, fmt.Sprintf("languages-%d", width))
			for lang, face := range map[string]string{"zh-Hant": "Noto Serif CJK TC", "en": "Georgia"} {
				if got := browsertest.Eval[string](t, b, `getComputedStyle(document.querySelector(".card[lang=`+lang+`] h3")).fontFamily`); !strings.Contains(got, face) || strings.Contains(got, "Songti SC") {
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
		b.Do(t, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(site.URL+"/en/harbour-cranes"))
		if got := browsertest.Eval[float64](t, b, `Math.max(...getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number))`); got > 64 {
			t.Errorf("the paper is bright: up to %v of 255", got)
		}
		b.Screenshot(t, "article-en-dark")
	})
	b.CheckFaults(t)
}
