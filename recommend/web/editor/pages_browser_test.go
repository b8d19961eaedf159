package editor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend/web/browsertest"
)

// everyPage is what an admin may see, by the names of their pictures, in a newsroom where
// there is something on each of them.
func everyPage(t *testing.T) (n *newsroom, pages [][2]string) {
	t.Helper()
	n = attention(t)
	report, page := fullReport(t, n.refreshed(t, 1))
	n.keep(t, n.now.Add(-time.Hour), "rank 36", report, page)
	mei := data.WithAuthor(t.Context(), "mei")
	if _, _, err := n.store.AddOverrides(mei, []data.Override{
		{Article: cranes, Target: "en/cod-quota", Action: data.Hide, Author: "mei", Note: "told twice already"},
		{Article: cranes, Target: "en/sixty-seven-and-a-half", Action: data.Boost, Strength: 2.5, Author: "mei", From: n.now.AddDate(0, 0, 3)},
	}); err != nil {
		t.Fatal(err)
	}
	for _, r := range []data.Rule{
		{Under: data.Condition{Selection: data.Selection{Sections: []string{"Harbour"}}}, MaxPerAuthor: 1, Note: "as agreed", Author: "mei"},
		{Action: data.Hide, Target: "en/nineteen-seats", Author: "tomas", Until: n.now.AddDate(0, 0, 9)},
	} {
		if _, err := n.store.AddRule(mei, r); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := n.store.AddUser(t.Context(), account.User{Name: "陈晓", Role: account.Editor}, "-"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := n.store.AddKey(t.Context(), "the dashboard", data.ReadEditor); err != nil {
		t.Fatal(err)
	}
	n.update(t)
	return n, [][2]string{
		{"today", "/editor/today"},
		{"articles", "/editor/articles?q=harbour"},
		{"article", cranesPath + "&q=ships"},
		{"rules", "/editor/rules"},
		{"rules-new", "/editor/rules/new?action=boost&strength=2&under_section=Harbour&target_section=Harbour"},
		{"rules-edit", "/editor/rules/1/edit"},
		{"changes", "/editor/changes"},
		{"evaluation", "/editor/evaluation"},
		{"history", "/editor/history"},
		{"history-batch", "/editor/history?batch=7"},
		{"settings", "/editor/settings"},
		{"users", "/editor/settings/users"},
		{"keys", "/editor/settings/keys"},
		{"configuration", "/editor/settings/configuration"},
		{"not-found", "/editor/no-such-page"},
	}
}

// openPage goes to a page and waits until it is whole.
func openPage(t *testing.T, b *browsertest.Tab, address string) {
	t.Helper()
	b.Do(t, chromedp.Navigate(address))
	b.Wait(t, `document.readyState === "complete" && document.querySelector("main h1") !== null && document.querySelector("[http-equiv=refresh], .busy") === null && (location.pathname !== "/editor/changes" || document.querySelector(".before-after") !== null)`)
}

// Every page is there for everybody: wide, on a phone, at 400 %, and in the dark. By
// keyboard one comes to all that can be used, in the order in which it is read, and sees
// where one is; and whatever is to be hit is large enough for it.
func TestEveryPageInABrowser(t *testing.T) {
	n, pages := everyPage(t)
	for half := range slices.Chunk(pages, (len(pages)+2)/3) {
		b := browsertest.Open(t, n.URL)
		b.Do(t, widths[0].set)
		openPage(t, b, n.URL+"/editor/sign-in")
		if half[0] == pages[0] {
			checkTargets(t, b)
			walk(t, b)
			picture(t, b, "editor-every-sign-in")
		}
		signIn(t, b, n, "admin")
		for _, page := range half {
			b.Do(t, widths[0].set)
			openPage(t, b, n.URL+page[1])
			checkTargets(t, b)
			walk(t, b)
			if stuck := browsertest.Eval[int](t, b, `[...document.querySelectorAll("[data-sortable] > li")].filter((li) => !li.querySelector("button[data-key^=up]") || !li.querySelector("button[data-key^=down]")).length`); stuck > 0 {
				t.Errorf("%s: %d rows move by drag alone", page[1], stuck)
			}
			b.Do(t, chromedp.EmulateViewport(320, 256)) // as 1280 px at 400 %
			b.CheckFits(t)
			checkReadable(t, b)
			picture(t, b, "editor-every-"+page[0])
			b.Do(t, widths[1].set)
			checkTargets(t, b)
		}
		dark := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}
		if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: dark}); err != nil {
			t.Fatal(err)
		}
		b.Do(t, widths[0].set)
		for _, page := range half {
			openPage(t, b, n.URL+page[1])
			if light := browsertest.Eval[bool](t, b, `getComputedStyle(document.body).backgroundColor.match(/\d+/g).some((c) => c > 90)`); light {
				t.Errorf("%s is light in the dark", page[1])
			}
			b.CheckAccessible(t) // contrast, too
			b.Screenshot(t, "editor-every-"+page[0]+"-dark")
		}
		for _, fault := range b.Faults() {
			if !strings.Contains(fault, "status of 404") && !strings.HasPrefix(fault, "request to data:image/") { // the page that there is not
				t.Error(fault)
			}
		}
	}
}

// targets is what can be hit on a page and is less than 24 px high or wide, but for links
// within a sentence and the browser's own parts of a field.
const targets = `[...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")].filter((e) => {
	const box = e.getBoundingClientRect();
	if (!e.checkVisibility({visibilityProperty: true}) || box.width === 0 || box.bottom <= 0 || e.disabled) return false;
	if (e.tagName === "A" && getComputedStyle(e).display === "inline") return false;
	const label = e.closest("label")?.getBoundingClientRect() ?? box; // a click on it counts
	return Math.max(box.width, label.width) < 24 || Math.max(box.height, label.height) < 24;
}).map((e) => e.outerHTML.slice(0, 120) + " " + Math.round(100 * e.getBoundingClientRect().height) / 100 + " px high")`

func checkTargets(t *testing.T, b *browsertest.Tab) {
	t.Helper()
	if small := browsertest.Eval[[]string](t, b, targets); len(small) > 0 {
		t.Errorf("%s: %d targets of less than 24 px: %s", browsertest.Eval[string](t, b, `location.pathname`), len(small), strings.Join(small[:min(3, len(small))], "\n"))
	}
}

// checkReadable looks for text that is cut off at the sides.
func checkReadable(t *testing.T, b *browsertest.Tab) {
	t.Helper()
	for _, cut := range browsertest.Eval[[]string](t, b, `[...document.querySelectorAll("main h1, main h2, main h3, main p, main td, main dd, main button, main a, main label")].filter((e) => {
		const box = e.getBoundingClientRect();
		return e.checkVisibility() && !e.closest(".unseen, thead") && getComputedStyle(e).position !== "absolute" && box.width > 0 && (box.left < -1 || box.right > innerWidth + 1) && !e.closest("pre");
	}).map((e) => e.outerHTML.slice(0, 120))`) {
		t.Errorf("%s at 320 px: cut off: %s", browsertest.Eval[string](t, b, `location.pathname`), cut)
	}
}

// A stop is where Tab leads.
type stop struct {
	Name    string
	At      int  // in the order of the page
	Top     int  // on the page, in px
	Seen    bool // the focus shows, and what has it is in the window and not covered
	Outside bool // it is not within the page's content
}

const focusedStop = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return {Name: "", At: -1};
	const box = e.getBoundingClientRect(), style = getComputedStyle(e);
	const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 8), 0), innerWidth - 1), y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
	const hit = document.elementFromPoint(x, y), shows = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
	return {
		Name: e.name || e.innerText?.trim().slice(0, 40) || e.getAttribute("aria-label") || e.tagName,
		At: [...document.querySelectorAll("*")].indexOf(e), Top: Math.round(box.top + scrollY),
		Seen: shows && box.bottom > 0 && box.top < innerHeight && box.width > 0 && (hit === null || e.contains(hit) || hit.contains(e)),
		Outside: !e.closest("main"),
	};
})()`

// mostStops bounds how far a walk goes; a page in which one never comes to the end is a trap.
const mostStops = 250

// walk goes through a page by Tab alone.
func walk(t *testing.T, b *browsertest.Tab) {
	t.Helper()
	at := browsertest.Eval[string](t, b, `location.pathname`)
	b.Do(t, chromedp.Evaluate[chromedp.Void](`(document.activeElement?.blur(), scrollTo(0, 0))`))
	// From the beginning, wherever the page has put the focus.
	b.Do(t, chromedp.Evaluate[chromedp.Void](`(() => { const first = document.createElement("span"); first.tabIndex = -1; document.body.prepend(first); first.focus(); first.remove(); })()`))
	want := browsertest.Eval[int](t, b, `[...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")].filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.tabIndex >= 0).length`)
	var stops []stop
	for len(stops) < mostStops {
		press(t, b, "\t")
		s := browsertest.Eval[stop](t, b, focusedStop)
		if s.At < 0 || len(stops) > 0 && s.At == stops[0].At {
			break
		}
		if len(stops) > 0 && s.At == stops[len(stops)-1].At { // the parts of a date
			continue
		}
		if !s.Seen {
			t.Errorf("%s: %q has the focus, which is not to be seen", at, s.Name)
		}
		if len(stops) > 0 && s.At < stops[len(stops)-1].At {
			t.Errorf("%s: from %q Tab leads back to %q", at, stops[len(stops)-1].Name, s.Name)
		}
		stops = append(stops, s)
	}
	if len(stops) == mostStops {
		t.Errorf("%s: there is no end to it", at)
	}
	if len(stops) < want {
		names := []string{}
		for _, s := range stops {
			names = append(names, fmt.Sprintf("%q", s.Name))
		}
		t.Errorf("%s: Tab leads to %d of %d: %s", at, len(stops), want, strings.Join(names, ", "))
	}
}
