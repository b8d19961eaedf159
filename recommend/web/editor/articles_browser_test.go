package editor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/web/browsertest"
)

// signIn signs a user in as he would himself.
func signIn(t *testing.T, b *browsertest.Tab, n *newsroom, user string) {
	t.Helper()
	b.Do(t, chromedp.Navigate(n.URL+"/editor/sign-in"), chromedp.SendKeys(chromedp.CSS(`[name=name]`), user), chromedp.SendKeys(chromedp.CSS(`[name=password]`), password))
	b.Follow(t, "main button.primary")
}

// shown is the ids of the links on the page.
func shown(t *testing.T, b *browsertest.Tab) []string {
	t.Helper()
	return browsertest.Eval[[]string](t, b, `[...document.querySelectorAll("ol.links > li")].map(li => li.dataset.id)`)
}

// awaitLinks waits until the page shows links in that order.
func awaitLinks(t *testing.T, b *browsertest.Tab, want ...string) {
	t.Helper()
	b.Wait(t, fmt.Sprintf(`[...document.querySelectorAll("ol.links > li")].map(li => li.dataset.id).join(" ") === %q`, strings.Join(want, " ")))
}

var widths = []struct {
	name string
	set  chromedp.Action[chromedp.Void]
}{
	{"1280", chromedp.EmulateViewport(1280, 900)},
	{"390", chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch)},
}

// picture keeps a picture of the page at both widths, at which everybody may use it.
func picture(t *testing.T, b *browsertest.Tab, name string) {
	t.Helper()
	for _, width := range widths {
		b.Do(t, width.set, chromedp.Evaluate[chromedp.Void](`scrollTo(0, 0)`)) // what stands below the head of a page is no fault of it
		b.CheckAccessible(t)
		b.Screenshot(t, name+"-"+width.name)
	}
	b.Do(t, widths[0].set)
}

const cranesPath = "/editor/articles/article?id=en%2Fharbour-cranes"

func TestArticlesInABrowser(t *testing.T) {
	n := newNewsroom(t)
	b := browsertest.Open(t, n.URL)
	b.Do(t, widths[0].set)
	signIn(t, b, n, "editor")
	before := n.list(t, cranes)

	// Found while one types, then opened by keyboard.
	b.Do(t, chromedp.Navigate(n.URL+"/editor/articles"))
	picture(t, b, "editor-articles")
	b.Do(t, chromedp.SendKeys(chromedp.CSS("#q"), "five electric cran"))
	b.Wait(t, `document.querySelectorAll("#found tbody tr").length === 1 && location.search.includes("cran")`)
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("#found a.title").focus()`))
	b.Do(t, chromedp.KeyEvent("\r"))
	b.Wait(t, `location.pathname === "/editor/articles/article" && document.readyState === "complete"`)
	if got := shown(t, b); !slices.Equal(got, before) {
		t.Fatalf("the page shows %v, readers get %v", got, before)
	}
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("details.why").open = true`))
	picture(t, b, "editor-article")
	b.Do(t, chromedp.EmulateViewport(320, 256)) // as 1280 px at 400 %
	b.CheckAccessible(t)
	b.Do(t, widths[0].set)

	// The third link goes up by keyboard, and the focus stays with it.
	b.Do(t, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`[...document.querySelectorAll("[data-key]")].find(e => e.dataset.key === "up %s").focus()`, before[2])))
	b.Do(t, chromedp.KeyEvent("\r"))
	awaitLinks(t, b, before[0], before[2], before[1], before[3], before[4])
	b.Do(t, chromedp.KeyEvent(" "))
	awaitLinks(t, b, before[2], before[0], before[1], before[3], before[4])
	if got := browsertest.Eval[string](t, b, `document.activeElement.dataset.key || document.activeElement.tagName`); !strings.HasSuffix(got, before[2]) {
		t.Errorf("the focus is on %q", got)
	}
	b.Do(t, chromedp.Click(chromedp.CSS(`[data-key=undo]`)))
	awaitLinks(t, b, before[0], before[2], before[1], before[3], before[4])

	// The last link is dragged to the top.
	drag(t, b, 4, 0)
	b.Wait(t, `document.querySelector("ol.links > li.pinned")?.dataset.id === "`+before[4]+`"`)
	awaitLinks(t, b, before[4], before[0], before[2], before[1], before[3])
	if got := n.list(t, cranes); got[0] != before[4] {
		t.Errorf("readers get %v", got)
	}

	// Hidden, and shown again.
	b.Do(t, chromedp.Click(chromedp.CSS(`ol.links > li:nth-child(2) [data-key^=hide]`)))
	b.Wait(t, `document.querySelectorAll("ol.links > li").length === 5 && document.querySelector(".notice")?.innerText.includes("hidden")`)
	if got := n.list(t, cranes); slices.Contains(got, before[0]) {
		t.Errorf("hidden, but readers get %v", got)
	}
	b.Do(t, chromedp.Click(chromedp.CSS(`[data-key=undo]`)))
	awaitLinks(t, b, before[4], before[0], before[2], before[1], before[3])

	// Scheduled by date, for a link that a search found.
	b.Do(t, chromedp.SendKeys(chromedp.CSS("#picker"), "bakers sleep"))
	b.Wait(t, `document.querySelector("#choices [data-key^=add]")?.dataset.key.includes("bakers")`)
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("[name=from]").value = "2026-12-01T08:00"; document.querySelector("[name=note]").value = "For the fair"`))
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("#choices [data-key^=add]").focus()`))
	press(t, b, "\r") // pinned by keyboard
	b.Wait(t, `[...document.querySelectorAll(".wishes .badge")].some(e => e.innerText === "scheduled")`)
	all, err := n.store.Overrides(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if o := all[len(all)-1]; o.From.Format("2006-01-02") != "2026-12-01" || o.Note != "For the fair" || o.Action != data.Pin {
		t.Errorf("the scheduled pin is %+v", o)
	}
	picture(t, b, "editor-article-scheduled")

	b.Do(t, chromedp.Click(chromedp.CSS("details.menu > summary")), chromedp.Click(chromedp.CSS(".languages [value=zh-Hant]")))
	b.Wait(t, `document.documentElement.lang === "zh-Hant"`)
	dark := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}
	if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: dark}); err != nil {
		t.Fatal(err)
	}
	b.Do(t, chromedp.Navigate(n.URL+"/editor/articles/article?id=zh-Hant%2Fharbour-cranes"))
	picture(t, b, "editor-article-dark")
	checkFaults(t, b)
}

// A change that is refused leaves the page as it was filled in, and says why.
func TestRefusedChangeInABrowser(t *testing.T) {
	n := newNewsroom(t)
	b := browsertest.Open(t, n.URL)
	b.Do(t, widths[0].set)
	signIn(t, b, n, "editor")
	b.Do(t, chromedp.Navigate(n.URL+cranesPath))
	b.Wait(t, `document.readyState === "complete" && document.documentElement.classList.contains("scripted")`)
	b.Do(t, chromedp.Evaluate[chromedp.Void](`for (const [name, value] of [["from", "2026-12-02T08:00"], ["until", "2026-12-01T08:00"], ["note", "For the fair"]]) document.querySelector(".bench [name=" + name + "]").value = value`))
	pin := `ol.links > li:nth-child(2) [data-key^=pin]`
	for range 2 { // the second message takes the place of the first
		b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector(".fault")?.classList.add("old")`))
		b.Do(t, chromedp.Click(chromedp.CSS(pin)))
		b.Wait(t, `document.querySelectorAll(".fault[role=alert]").length === 1 && document.querySelector(".fault.old") === null && document.activeElement.matches(".fault")`)
	}
	got := browsertest.Eval[[]string](t, b, `[document.querySelector(".fault").innerText, document.querySelector(".bench [name=note]").value, document.querySelector(".bench [name=until]").value, String(document.querySelector(".busy") === null)]`)
	if !strings.Contains(got[0], "The end has to come after the beginning.") || !slices.Equal(got[1:], []string{"For the fair", "2026-12-01T08:00", "true"}) {
		t.Errorf("refused, the page has %q", got)
	}
	picture(t, b, "editor-article-refused")
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector(".bench [name=until]").value = "2026-12-03T08:00"`))
	b.Do(t, chromedp.Click(chromedp.CSS(pin)))
	b.Wait(t, `document.querySelector(".notice") !== null && document.querySelector(".fault") === null`)
	for _, fault := range b.Faults() {
		if !strings.Contains(fault, "status of 422") && !strings.HasPrefix(fault, "request to data:image/") {
			t.Error(fault)
		}
	}
}

// checkFaults looks for what the pages should not have done. A browser's own picture in
// the field of a date is none, nor is that it tells its developers of a conflict.
func checkFaults(t *testing.T, b *browsertest.Tab) {
	t.Helper()
	for _, fault := range b.Faults() {
		if !strings.HasPrefix(fault, "request to data:image/") && !strings.Contains(fault, "status of 409") {
			t.Error(fault)
		}
	}
}

// drag drags a link by its handle to the place of another.
func drag(t *testing.T, b *browsertest.Tab, from, to int) {
	t.Helper()
	type point struct{ X, Y float64 }
	at := func(i int, selector string, share float64) point {
		return browsertest.Eval[point](t, b, fmt.Sprintf(`(() => {
			const box = document.querySelectorAll("ol.links > li")[%d].querySelector(%q).getBoundingClientRect();
			return {X: box.left + box.width / 2, Y: box.top + box.height * %v};
		})()`, i, selector, share))
	}
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("ol.links").scrollIntoView()`))
	start, end := at(from, ".handle", .5), at(to, ".handle", .2)
	mouse := func(kind input.DispatchMouseEventType, p point) {
		t.Helper()
		_, err := chromedp.Call(b, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: p.X, Y: p.Y, Button: "left", Buttons: 1, ClickCount: 1})
		if err != nil {
			t.Fatal(err)
		}
	}
	mouse("mouseMoved", start)
	mouse("mousePressed", start)
	for i := range 20 {
		share := float64(i+1) / 20
		mouse("mouseMoved", point{start.X, start.Y + (end.Y-start.Y)*share})
	}
	mouse("mouseReleased", end)
}

// Two editors, each in a browser of his own, change one list at the same time: nothing is
// lost, and the second is asked.
func TestConflictInABrowser(t *testing.T) {
	n := newNewsroom(t)
	one, other := browsertest.Open(t, n.URL), browsertest.Open(t, n.URL)
	before := n.list(t, cranes)
	for user, b := range map[string]*browsertest.Tab{"editor": one, "admin": other} {
		b.Do(t, widths[0].set)
		signIn(t, b, n, user)
		b.Do(t, chromedp.Navigate(n.URL+cranesPath))
		if got := shown(t, b); !slices.Equal(got, before) {
			t.Fatalf("%s sees %v, readers get %v", user, got, before)
		}
	}
	other.Do(t, chromedp.Click(chromedp.CSS(`ol.links > li:nth-child(4) [data-key^=hide]`)))
	other.Wait(t, `document.querySelector(".notice")?.innerText.includes("hidden")`)
	if got := n.list(t, cranes); slices.Contains(got, before[3]) {
		t.Fatalf("hidden, but readers get %v", got)
	}
	one.Do(t, chromedp.Click(chromedp.CSS(`ol.links > li:nth-child(3) [data-key^=up]`)))
	one.Wait(t, `document.querySelector("main h1").innerText === "Somebody else has changed this list"`)
	picture(t, one, "editor-conflict")
	one.Do(t, chromedp.Click(chromedp.CSS("form.actions .primary")))
	one.Wait(t, `document.querySelectorAll("ol.links > li").length === 5`)
	if got := n.list(t, cranes); got[1] != before[2] || slices.Contains(got, before[3]) {
		t.Errorf("readers get %v", got)
	}

	// The first sees both, and is asked in his turn when he goes on from what he saw.
	other.Do(t, chromedp.Click(chromedp.CSS(`ol.links > li:nth-child(1) [data-key^=hide]`)))
	other.Wait(t, `document.querySelector("main h1").innerText === "Somebody else has changed this list"`)
	other.Do(t, chromedp.Navigate(n.URL+cranesPath))
	if got, want := shown(t, other), n.list(t, cranes); !slices.Equal(got, want) || got[1] != before[2] {
		t.Errorf("the first sees %v, readers get %v", got, want)
	}
	all, err := n.store.Overrides(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	by := map[data.Action]string{}
	for _, o := range all {
		by[o.Action] += o.Author
	}
	if by[data.Hide] != "admin" || strings.Trim(by[data.Pin], "editor") != "" {
		t.Errorf("the overrides are %+v", all)
	}
	checkFaults(t, one)
	checkFaults(t, other)
}
