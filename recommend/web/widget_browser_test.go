package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/web/browsertest"
	"github.com/alsolike/alsolike/recommend/web/widget"
)

// A host is a site of somebody else, that shows our links on its pages.
type host struct {
	*httptest.Server
	mu    sync.Mutex
	pages map[string]hostPage
}

// A hostPage is one page. Its policy lets nothing in but the site's own pictures and
// styles, and what the widget needs.
type hostPage struct{ lang, style, body string }

func newHost(t *testing.T, links string) *host {
	h := &host{pages: map[string]hostPage{}}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		p, ok := h.pages[r.URL.Path]
		h.mu.Unlock()
		switch {
		case strings.HasPrefix(r.URL.Path, "/pictures/"):
			body, err := fs.ReadFile(sample.Pictures(), strings.TrimPrefix(r.URL.Path, "/pictures/"))
			if err != nil {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "image/svg+xml")
			w.Write(body)
		case r.URL.Path == "/favicon.ico":
			w.WriteHeader(http.StatusNoContent)
		case strings.HasSuffix(r.URL.Path, ".css"):
			page := h.pages[strings.TrimSuffix(r.URL.Path, ".css")]
			w.Header().Set("Content-Type", "text/css")
			fmt.Fprint(w, page.style)
		case !ok:
			fmt.Fprint(w, "<!doctype html><html lang=en><title>Another page</title><body>")
		default:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", fmt.Sprintf(
				"default-src 'none'; script-src %[1]s/widget.js; connect-src %[1]s; img-src 'self'; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'", links))
			fmt.Fprintf(w, `<!doctype html>
<html lang="%s">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A page</title>
<link rel="canonical" href="%s"><link rel="stylesheet" href="%[2]s.css"></head>
<body><main><h1>The page of a site</h1><p>Its text goes on for a while, in the words and the style of the site.</p>
%[3]s</main></body></html>`, p.lang, r.URL.Path, strings.ReplaceAll(p.body, "LINKS", links))
		}
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *host) put(path string, p hostPage) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p.lang = cmp.Or(p.lang, `en`)
	p.style = cmp.Or(p.style, `:root { color-scheme: light dark; font: 1rem/1.6 Georgia, serif } main { max-width: 60rem; margin: auto; padding: 1rem }`)
	h.pages[path] = p
}

// A claim is what an event says of its list.
type claim struct {
	RecommendationID string `json:"recommendation_id"`
	Snapshot         string `json:"snapshot"`
	Article          string `json:"article"`
	Placement        string `json:"placement"`
	Items            []struct {
		ID       string   `json:"id"`
		Position int      `json:"position"`
		Source   string   `json:"source"`
		P        *float64 `json:"p"`
	} `json:"items"`
	Draw json.RawMessage `json:"draw"`
}

// A readerEvent is what the widget tells, as far as tests look at it.
type readerEvent struct {
	T         string `json:"t"`
	View      string `json:"view"`
	List      claim  `json:"list"`
	Lang      string `json:"lang"`
	Dev       string `json:"dev"`
	Ref       string `json:"ref"`
	Positions []int  `json:"positions"`
	Item      string `json:"item"`
	Position  int    `json:"position"`
	Page      string `json:"page"`
	From      string `json:"from"`
}

// A receiver takes events in front of a server.
type receiver struct {
	http.Handler
	events  chan readerEvent
	failing atomic.Bool // all requests but for the script
	t       *testing.T
}

// drain forgets the events that came.
func (r *receiver) drain() {
	for len(r.events) > 0 {
		<-r.events
	}
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if r.failing.Load() && strings.HasPrefix(req.URL.Path, "/v1/") {
		panic(http.ErrAbortHandler)
	}
	if req.URL.Path != "/v1/events" {
		r.Handler.ServeHTTP(w, req)
		return
	}
	var batch struct{ Events []readerEvent }
	body, _ := io.ReadAll(req.Body)
	if err := json.Unmarshal(body, &batch); err != nil || req.Method != http.MethodPost || !strings.HasPrefix(req.Header.Get("Content-Type"), "text/plain") || req.Header.Get("Cookie") != "" {
		r.t.Errorf("%s with %v: %v\n%s", req.Method, req.Header, err, body)
	}
	w.WriteHeader(http.StatusAccepted)
	for _, e := range batch.Events {
		r.events <- e
	}
}

// next is the next event, which must be of that type.
func (r *receiver) next(t *testing.T, kind string) readerEvent {
	t.Helper()
	select {
	case e := <-r.events:
		if e.T != kind {
			t.Errorf("got the event %+v, want one of type %s", e, kind)
		}
		return e
	case <-time.After(20 * time.Second):
		t.Fatalf("no event %s came", kind)
		return readerEvent{}
	}
}

const (
	listThere = `!!document.querySelector(".alsolike a")`
	tagHere   = `<script async src="LINKS/widget.js"></script>`
	tagQuiet  = `<script async src="LINKS/widget.js" data-events="off"></script>`
)

func TestWidgetInABrowser(t *testing.T) {
	rec := &shelf{snapshot: "s1"}
	inside := &receiver{events: make(chan readerEvent, 100), t: t}
	links := httptest.NewServer(inside)
	defer links.Close()
	site := newHost(t, links.URL)
	articles := sample.Articles()
	for i := range articles {
		card := articles[i].Card()
		card.URL = site.URL + card.URL
		rec.cards = append(rec.cards, card)
	}
	rec.cards = append(rec.cards, data.Card{ID: "lonely", Group: "lonely", Lang: "en", URL: site.URL + "/lonely", Section: "none"})
	inside.Handler = New(Config{Recommender: rec, Events: &Events{Log: deaf{}}, Origins: []string{AnyOrigin}, Log: slog.New(slog.DiscardHandler)})
	b := browsertest.Open(t, site.URL, links.URL)
	if _, err := chromedp.Call(b, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}); err != nil {
		t.Fatal(err)
	}
	open := func(path string) chromedp.Action[chromedp.Void] { return chromedp.Navigate(site.URL + path) }

	t.Run("list", func(t *testing.T) {
		site.put("/en/harbour-cranes", hostPage{body: tagQuiet})
		for _, width := range []int64{1280, 768, 390} {
			held := make(chan bool)
			rec.held = held
			b.Do(t, chromedp.EmulateViewport(width, 900), open("/en/harbour-cranes"))
			b.Wait(t, `!!document.querySelector(".alsolike[aria-hidden=true] li")`)
			while := browsertest.Eval[float64](t, b, `document.querySelector(".alsolike").offsetHeight`)
			close(held)
			b.Wait(t, listThere)
			rec.held = nil
			b.Do(t, chromedp.ScrollIntoView(chromedp.CSS(".alsolike li:last-child")))
			b.Wait(t, `[...document.images].every(i => i.complete)`)
			checkFits(t, b)
			b.Screenshot(t, fmt.Sprintf("widget-%d", width))
			if got := browsertest.Eval[float64](t, b, `document.querySelector(".alsolike").offsetHeight`); got != while {
				t.Errorf("at %d px the list is %v high, and was %v before it came", width, got, while)
			}
			if got := browsertest.Eval[string](t, b, `document.querySelector(".alsolike h2").innerText`); got != "You might also like" {
				t.Errorf("the heading is %q", got)
			}
			checkAccessible(t, b)
			checkSameElements(t, b, links.URL+"/v1/fragment?id=en/harbour-cranes")
		}
		b.CheckFaults(t)
	})

	t.Run("events", func(t *testing.T) {
		inside.drain()
		far := `<p class="far">` + strings.Repeat("More of the text. ", 40) + `</p>`
		site.put("/en/harbour-cranes", hostPage{
			style: `.far { padding-bottom: 3000px }`,
			body:  tagHere + far + `<script async src="LINKS/widget.js" data-limit="2" data-lang="any" data-heading="Further down"></script>`,
		})
		b.Do(t, chromedp.EmulateViewport(1280, 900), open("/en/elsewhere"))
		browsertest.Eval[any](t, b, `void (location.href = "/en/harbour-cranes#part")`)
		b.Wait(t, `document.querySelectorAll(".alsolike a").length == 7`)

		opened := inside.next(t, "pv")
		if opened.Page != site.URL+"/en/harbour-cranes" || opened.From != site.URL+"/en/elsewhere" {
			t.Errorf("the page was told as %+v", opened)
		}
		shown := inside.next(t, "imp")
		want := rec.claim(t, query{ID: "en/harbour-cranes", Limit: 5})
		if diff := gocmp.Diff(want, shown.List); diff != "" {
			t.Errorf("the list that was shown (-want +got):\n%s", diff)
		}
		if len(shown.View) < 8 || shown.Dev != "desktop" || shown.Lang != "en" || shown.Ref != "internal" {
			t.Errorf("the list was told as %+v", shown)
		}
		seen := inside.next(t, "view")
		if !slices.Equal(seen.Positions, []int{1, 2, 3, 4, 5}) || seen.View != shown.View || !gocmp.Equal(seen.List, shown.List) {
			t.Errorf("the cards were told as %+v", seen)
		}

		// The second list is out of sight, and told of only once it is not.
		b.Do(t, chromedp.ScrollIntoView(chromedp.CSS(".alsolike:last-of-type")))
		shown = inside.next(t, "imp")
		if n := len(shown.List.Items); n != 2 || browsertest.Eval[string](t, b, `document.querySelector(".alsolike:last-of-type h2").innerText`) != "Further down" {
			t.Errorf("the second list has %d items", n)
		}
		inside.next(t, "view")

		want = rec.claim(t, query{ID: "en/harbour-cranes", Limit: 2, Languages: recommend.AnyLanguage})
		b.Follow(t, ".alsolike:last-of-type li:last-child a")
		clicked := inside.next(t, "clk")
		if clicked.Position != 2 || clicked.Item != want.Items[1].ID || clicked.View != shown.View || !gocmp.Equal(clicked.List, want) {
			t.Errorf("the click was told as %+v", clicked)
		}
		if at := browsertest.Eval[string](t, b, `location.pathname`); at != "/"+clicked.Item {
			t.Errorf("the click led to %s", at)
		}
		b.CheckFaults(t)
	})

	t.Run("a click at once", func(t *testing.T) {
		inside.drain()
		site.put("/en/harbour-cranes", hostPage{body: tagHere})
		b.Do(t, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch), open("/en/harbour-cranes"))
		b.Wait(t, listThere)
		browsertest.Eval[any](t, b, `document.querySelector(".alsolike a").click()`)
		if got := inside.next(t, "pv"); got.From != "direct" {
			t.Errorf("the page was told as %+v", got)
		}
		if got := inside.next(t, "imp"); got.Dev != "mobile" || got.Ref != "direct" { // an item that was followed was seen
			t.Errorf("the list was told as %+v", got)
		}
		inside.next(t, "clk")
		b.CheckFaults(t)
	})

	t.Run("readers who want no events", func(t *testing.T) {
		inside.drain()
		for name, value := range map[string]string{"globalPrivacyControl": `true`, "doNotTrack": `"1"`} {
			t.Run(name, func(t *testing.T) {
				b.OnEveryPage(t, fmt.Sprintf(`Object.defineProperty(navigator, %q, { value: %s })`, name, value))
				site.put("/en/harbour-cranes", hostPage{body: tagHere})
				b.Do(t, open("/en/harbour-cranes"))
				b.Wait(t, listThere)
				b.Follow(t, ".alsolike a")
			})
		}
		site.put("/en/harbour-cranes", hostPage{body: tagQuiet})
		b.Do(t, open("/en/harbour-cranes"))
		b.Wait(t, listThere)
		b.Follow(t, ".alsolike a")
		// What this page tells comes after all that those before it could have told.
		site.put("/en/harbour-cranes", hostPage{body: tagHere})
		b.Do(t, open("/en/harbour-cranes"))
		inside.next(t, "pv")
		inside.next(t, "imp")
		b.CheckFaults(t)
	})

	t.Run("nothing to show", func(t *testing.T) {
		for name, p := range map[string]struct{ path, body string }{
			"unknown article": {"/en/nowhere", tagQuiet},
			"no links":        {"/lonely", tagQuiet},
			"bad parameter":   {"/en/harbour-cranes", `<script async src="LINKS/widget.js" data-events="off" data-limit="500"></script>`},
		} {
			site.put(p.path, hostPage{body: p.body + `<p id="after">`})
			b.Do(t, open(p.path))
			b.Wait(t, `!document.querySelector(".alsolike")`)
			b.Screenshot(t, "widget-none-"+strings.ReplaceAll(name, " ", "-"))
		}
		inside.failing.Store(true)
		site.put("/en/harbour-cranes", hostPage{body: tagQuiet})
		b.Do(t, open("/en/harbour-cranes"))
		b.Wait(t, `!document.querySelector(".alsolike")`)
		inside.failing.Store(false)
		b.Faults() // the browser reports that requests failed
	})

	t.Run("where", func(t *testing.T) {
		// By selector, before there is such an element, and for the article of another page.
		site.put("/other", hostPage{body: `<script async src="LINKS/widget.js" data-events="off" data-target="#here" data-url="` + site.URL + `/en/harbour-cranes"></script><aside id="here"></aside>`})
		b.Do(t, open("/other"))
		b.Wait(t, `!!document.querySelector("#here > .alsolike a")`)

		// The page before this one is named to the server only where the site says so.
		asked := make(chan query, 2)
		rec.asked = asked
		site.put("/en/harbour-cranes", hostPage{body: tagQuiet + `<script async src="LINKS/widget.js" data-events="off" data-from></script>`})
		browsertest.Eval[any](t, b, `void (location.href = "/en/harbour-cranes")`)
		from := []string{(<-asked).FromURL, (<-asked).FromURL}
		rec.asked = nil
		if slices.Sort(from); from[0] != "" || from[1] != site.URL+"/other" {
			t.Errorf("the page before is told as %q", from)
		}

		// Without constructed style sheets there is a linked one, where the policy lets it in.
		b.OnEveryPage(t, `delete window.CSSStyleSheet`)
		site.put("/en/harbour-cranes", hostPage{body: tagQuiet})
		b.Do(t, open("/en/harbour-cranes"))
		b.Wait(t, `!!document.querySelector('link[href="`+links.URL+`/widget.css"]')`)
		b.Faults() // here it does not
	})

	t.Run("fragment", func(t *testing.T) {
		inside.drain()
		fragment := get(inside.Handler, "/v1/fragment?id=en/harbour-cranes&limit=3").Body.String()
		site.put("/en/harbour-cranes", hostPage{style: string(widget.Style), body: fragment + `<script async src="LINKS/widget.js" data-fragment=".alsolike"></script>`})
		b.Do(t, chromedp.EmulateViewport(1280, 900), open("/en/harbour-cranes"))
		b.Wait(t, `[...document.images].every(i => i.complete)`)
		checkFits(t, b)
		checkAccessible(t, b)
		b.Screenshot(t, "fragment-1280")
		if got := inside.next(t, "pv"); got.Page != "en/harbour-cranes" {
			t.Errorf("the page was told as %+v", got)
		}
		want := rec.claim(t, query{ID: "en/harbour-cranes", Limit: 3})
		if got := inside.next(t, "imp"); !gocmp.Equal(got.List, want) {
			t.Errorf("the list was told as %+v", got)
		}
		inside.next(t, "view")
		b.Follow(t, ".alsolike li:nth-child(2) a")
		if got := inside.next(t, "clk"); got.Position != 2 || got.Item != want.Items[1].ID {
			t.Errorf("the click was told as %+v", got)
		}
		b.CheckFaults(t)
	})

	t.Run("without script", func(t *testing.T) {
		if _, err := chromedp.Call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
			t.Fatal(err)
		}
		fragment := get(inside.Handler, "/v1/fragment?id=zh-Hant/harbour-cranes").Body.String()
		site.put("/zh-Hant/harbour-cranes", hostPage{lang: "zh-Hant", style: string(widget.Style), body: fragment})
		b.Do(t, chromedp.EmulateViewport(390, 844), open("/zh-Hant/harbour-cranes"))
		b.Screenshot(t, "fragment-without-script")
		if _, err := chromedp.Call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{}); err != nil {
			t.Fatal(err)
		}
		checkFits(t, b)
		b.Follow(t, ".alsolike a")
		b.CheckFaults(t)
	})

	t.Run("languages", func(t *testing.T) {
		all := rec.cards
		defer func() { rec.cards = all }()
		rec.cards = nil
		for _, text := range []struct {
			lang  data.Lang
			title string
		}{
			{"ar", "خمس رافعات كهربائية في الميناء"},
			{"ar", "خبز القرية يعود إلى الفرن القديم"},
			{"ar", "القطار الليلي يعود بعد عشر سنوات"},
			{"en", "Fourteen ships at anchor, and three pilots short"},
			{"zh-Hant", "滿港都是箱子，箱子裡空空如也"},
		} {
			n := len(rec.cards)
			rec.cards = append(rec.cards, data.Card{
				ID: data.ArticleID(fmt.Sprint(n)), Group: data.ArticleID(fmt.Sprint(n)), Lang: text.lang, Title: text.title, Section: "ميناء",
				URL: fmt.Sprintf("%s/%d", site.URL, n), Image: all[n].Image,
			})
		}
		site.put("/0", hostPage{lang: `ar" dir="rtl`, body: `<script async src="LINKS/widget.js" data-events="off" data-lang="any"></script>`})
		for _, width := range []int64{1280, 390} {
			b.Do(t, chromedp.EmulateViewport(width, 844, chromedp.EmulateMobile), open("/0"))
			b.Wait(t, listThere)
			b.Wait(t, `[...document.images].every(i => i.complete)`)
			checkFits(t, b)
			checkAccessible(t, b)
			b.Screenshot(t, fmt.Sprintf("widget-rtl-%d", width))
			checkSameElements(t, b, links.URL+"/v1/fragment?id=0&lang=any")
			if got := browsertest.Eval[string](t, b, `document.querySelector(".alsolike").lang + getComputedStyle(document.querySelector(".alsolike")).direction + [...document.querySelectorAll(".alsolike li")].map(e => e.lang + getComputedStyle(e.querySelector("a")).direction)`); got != "arrtlrtl,rtl,enltr,zh-Hantltr" {
				t.Errorf("languages and directions: %s", got)
			}
			if n := browsertest.Eval[int](t, b, `[...document.querySelectorAll(".alsolike li")].filter(e => e.querySelector("img").offsetLeft < e.querySelector("div").offsetLeft).length`); n > 0 {
				t.Errorf("%d pictures are not on the right", n)
			}
		}
		b.CheckFaults(t)
	})

	t.Run("odd lists", func(t *testing.T) { testOddLists(t, b, rec, site) })

	t.Run("dark", func(t *testing.T) {
		scheme := func(value string) {
			if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}}}); err != nil {
				t.Fatal(err)
			}
		}
		scheme("dark")
		defer scheme("light")
		for name, style := range map[string]string{
			"dark":       "", // the page goes by the reader
			"dark-light": `:root { color-scheme: light } body { background: #fff; color: #333 }`,
			"dark-own":   `body { background: #10151c; color: #dfe7ef; --alsolike-accent: #ffd479; --alsolike-radius: 12px }`,
		} {
			site.put("/en/harbour-cranes", hostPage{style: style, body: tagQuiet})
			b.Do(t, chromedp.EmulateViewport(768, 900), open("/en/harbour-cranes"))
			b.Wait(t, listThere)
			b.Wait(t, `[...document.images].every(i => i.complete)`)
			b.Screenshot(t, "widget-"+name)
			checkAccessible(t, b)
		}
		b.CheckFaults(t)
	})

	t.Run("a style sheet with plans for every list", func(t *testing.T) {
		site.put("/en/harbour-cranes", hostPage{
			style: `.post { width: 640px } .post ol { padding-left: 3em; list-style: decimal } .post li { margin: 2em 0; text-align: justify; line-height: 2 } .post img { display: block; margin: 2em auto; max-width: 100%; height: auto; border: 1px solid } .post h2 { font-size: 3em } .post p { margin: 2em } .post li::before { content: "→" } *, ::before { box-sizing: border-box }`,
			body:  `<div class="post">` + tagQuiet + `</div>`,
		})
		b.Do(t, chromedp.EmulateViewport(768, 900), open("/en/harbour-cranes"))
		b.Wait(t, listThere)
		b.Wait(t, `[...document.images].every(i => i.complete)`)
		b.Screenshot(t, "widget-theme")
		for property, want := range map[string]string{"margin": "0px", "lineHeight": "20.8px", "listStyleType": "none", "minHeight": "88px"} {
			if got := browsertest.Eval[string](t, b, `getComputedStyle(document.querySelector(".alsolike li")).`+property); got != want {
				t.Errorf("%s of a card is %s, want %s", property, got, want)
			}
		}
		b.CheckFaults(t)
	})
}

// Narrow columns, articles without pictures, pictures that are gone, long headlines.
func testOddLists(t *testing.T, b *browsertest.Tab, rec *shelf, site *host) {
	all := rec.cards
	defer func() { rec.cards = all }()
	rec.cards = nil
	for i, c := range []data.Card{
		{Title: "The page"},
		{Title: "Cranes"},
		{Title: "A headline of many words that goes on and on, for its writer could not stop and nobody was there to tell him so"},
		{Title: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", Image: data.Image{Src: "/pictures/ports-2.svg", Alt: "Ships"}},
		{Title: "Its picture is gone", Image: data.Image{Src: "/pictures/none.svg", Alt: "Nothing"}},
		{Image: data.Image{Src: "/pictures/ports-3.svg"}},
	} {
		c.ID, c.Group = data.ArticleID(fmt.Sprint(i)), data.ArticleID(fmt.Sprint(i))
		c.Lang, c.URL, c.Section = "en", fmt.Sprintf("%s/%d", site.URL, i), "A section with a name that is long, too"
		rec.cards = append(rec.cards, c)
	}
	site.put("/0", hostPage{
		style: `main { display: flow-root } aside { float: right; width: 200px; padding-left: 1rem }`,
		body:  `<aside>` + tagQuiet + `</aside>` + tagQuiet,
	})
	for _, width := range []int64{1280, 480} {
		b.Do(t, chromedp.EmulateViewport(width, 900, chromedp.EmulateMobile), chromedp.Navigate(site.URL+"/0"))
		b.Wait(t, `document.querySelectorAll(".alsolike a").length == 10 && document.images.length == 4`)
		b.Wait(t, `[...document.images].every(i => i.complete)`)
		b.Do(t, chromedp.KeyEvent("\t"))
		b.Screenshot(t, fmt.Sprintf("widget-odd-%d", width))
		checkFits(t, b)
		if n := browsertest.Eval[int](t, b, `[...document.querySelectorAll(".alsolike :is(a, p, img)")].filter(e => e.scrollWidth > e.closest("li").clientWidth).length`); n > 0 {
			t.Errorf("at %d px %d parts are wider than their card", width, n)
		}
		if got := browsertest.Eval[string](t, b, `getComputedStyle(document.activeElement, "::after").outlineStyle`); got != "solid" {
			t.Errorf("the card with the focus has an outline that is %s", got)
		}
	}
	b.Faults() // the browser reports that a picture is gone
}

// claim is what events say of the list that q asks for.
func (s *shelf) claim(t *testing.T, q query) (c claim) {
	t.Helper()
	list, err := s.Related(t.Context(), q)
	if err == nil {
		err = json.Unmarshal(appendClaim(nil, q.Placement, &list), &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// checkAccessible checks what a reader who does not see the page, or not well, needs.
func checkAccessible(t *testing.T, b *browsertest.Tab) {
	t.Helper()
	for name, expression := range map[string]string{
		"links without words":               `document.querySelectorAll(".alsolike a:not([href]), .alsolike a:empty").length`,
		"pictures without alternative text": `document.querySelectorAll(".alsolike img:not([alt])").length`,
		"lists without name":                `document.querySelectorAll(".alsolike:not([aria-label])").length`,
		"hidden parts":                      `document.querySelectorAll(".alsolike [aria-hidden], .alsolike[aria-hidden]").length`,
		"styles in elements":                `document.querySelectorAll(".alsolike [style], .alsolike[style]").length`,
		"small targets":                     `[...document.querySelectorAll(".alsolike li")].filter(e => e.offsetHeight < 44 || e.offsetWidth < 44).length`,
	} {
		if n := browsertest.Eval[int](t, b, expression); n > 0 {
			t.Errorf("%d %s", n, name)
		}
	}
	if got := browsertest.Eval[float64](t, b, contrast); got < 4.5 {
		t.Errorf("words have a contrast of %.2f, at least 4.5 is wanted", got)
	}
}

// contrast is the least contrast (WCAG 2) of words in the list against the page.
const contrast = `(() => {
	const paint = colours => {
		const c = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d")
		for (c.fillStyle of colours) c.fillRect(0, 0, 1, 1)
		const [r, g, b] = [...c.getImageData(0, 0, 1, 1).data].map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
		return .2126 * r + .7152 * g + .0722 * b
	}
	const canvas = matchMedia("(prefers-color-scheme: dark)").matches && getComputedStyle(document.documentElement).colorScheme.includes("dark") ? "#121212" : "#fff"
	const paper = [canvas, getComputedStyle(document.body).backgroundColor]
	return Math.min(...[...document.querySelectorAll(".alsolike :is(h2, p, a)")].map(e => {
		const [a, b] = [paint(paper), paint([...paper, getComputedStyle(e).color])].sort((a, b) => b - a)
		return (a + .05) / (b + .05)
	}))
})()`

// checkSameElements checks that the list in the page is the fragment at that address.
func checkSameElements(t *testing.T, b *browsertest.Tab, address string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	fragment, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	want, got := elements(t, string(fragment)), elements(t, browsertest.Eval[string](t, b, `document.querySelector(".alsolike").outerHTML`))
	if want != got {
		t.Errorf("the script makes\n%s\nand the fragment is\n%s", got, want)
	}
}

// elements is HTML in one spelling, without what the fragment holds for the script.
func elements(t *testing.T, text string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "data-list" })
	}
	var out strings.Builder
	if err := html.Render(&out, doc); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(out.String(), "><", ">\n<")
}
