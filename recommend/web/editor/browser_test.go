package editor_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend/web/browsertest"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

// press sends keys to whatever has the focus.
func press(t *testing.T, b *browsertest.Tab, keys ...string) {
	t.Helper()
	for _, k := range keys {
		b.Do(t, chromedp.KeyEvent(k))
	}
}

// focused is the text of what has the focus, or its name.
func focused(t *testing.T, b *browsertest.Tab) string {
	t.Helper()
	return browsertest.Eval[string](t, b, `document.activeElement.name || document.activeElement.innerText.trim()`)
}

// Somebody who has no mouse signs in, gets where he wants to, and signs out.
func TestKeyboard(t *testing.T) {
	s := newSite(t, nil)
	b := browsertest.Open(t, s.URL)
	b.Do(t, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(s.URL+"/editor/settings/users"))
	b.Wait(t, `document.activeElement.name === "name"`)
	press(t, b, "admin", "\t", "wrong horse battery", "\r")
	b.Wait(t, `document.querySelector("[role=alert]") !== null`)
	b.Wait(t, `document.activeElement.name === "password"`)
	b.Faults() // the browser notes the status 422
	press(t, b, password, "\r")
	b.Wait(t, `location.pathname === "/editor/settings/users" && document.readyState === "complete"`)

	press(t, b, "\t")
	if got := focused(t, b); got != "To the content" {
		t.Errorf("the first stop is %q, want the way past the navigation", got)
	}
	if hidden := browsertest.Eval[bool](t, b, `document.activeElement.getBoundingClientRect().top < 0`); hidden {
		t.Error("the focus is not to be seen")
	}
	var order []string
	want := append([]string{"alsolike"}, browsertest.Eval[[]string](t, b, `[...document.querySelectorAll(".top nav a")].map((a) => a.innerText)`)...)
	want = append(want, "admin", "Your account", "Users", "Keys")
	for range want {
		press(t, b, "\t")
		order = append(order, focused(t, b))
		if outline := browsertest.Eval[string](t, b, `getComputedStyle(document.activeElement).outlineStyle`); outline != "solid" {
			t.Errorf("%q has the focus and shows none", order[len(order)-1])
		}
	}
	if !slices.Equal(order, want) {
		t.Errorf("the order of stops is %q, want %q", order, want)
	}
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector(".top .menu summary").focus()`))
	press(t, b, "\r")
	b.Wait(t, `document.querySelector(".top .menu").open`)
	press(t, b, "\u001b")
	b.Wait(t, `!document.querySelector(".top .menu").open && document.activeElement.matches(".top .menu summary")`)
	press(t, b, "\r", "\t", "\t", "\t", "\t")
	if got := focused(t, b); got != "Sign out" {
		t.Fatalf("the focus is on %q, want the way out", got)
	}
	press(t, b, "\r")
	b.Wait(t, `location.pathname === "/editor/sign-in"`)
	b.CheckFaults(t)
}

// Every page is usable by everybody, wide, narrow, dark and in each language.
func TestPagesInABrowser(t *testing.T) {
	s := newSite(t, func(c *editor.Config) {
		c.Settings = []editor.Setting{
			{Name: "list.max_per_author", Default: "2", Effect: "of five links that follow one another at most so many are of one author, unless more than a quarter of the articles are theirs; or any"},
			{Name: "list.threshold", Value: "73", Default: "0", Effect: "lowest score, 0 to 100, that a link may have"},
			{Name: "placements", Value: "article:\n  languages: any", Default: "none", Effect: "what the lists of a place on the site's pages have in common"},
			{Name: "refresh.every", Default: "off", Effect: "serve makes a new snapshot this often, such as 15m"},
		}
	})
	for _, name := range []string{"mei", "tomas", "陈晓"} {
		if _, err := s.store.AddUser(t.Context(), account.User{Name: name, Role: account.Editor}, "-"); err != nil {
			t.Fatal(err)
		}
	}
	for name, scope := range map[string]data.Scope{"the CMS": data.WriteArticles, "the dashboard": data.ReadEditor} {
		if _, _, err := s.store.AddKey(t.Context(), name, scope); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.store.RevokeKey(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	b := browsertest.Open(t, s.URL)
	signIn := func() {
		b.Do(t, chromedp.Navigate(s.URL+"/editor/settings"), chromedp.SendKeys(chromedp.CSS("[name=name]"), "admin"), chromedp.SendKeys(chromedp.CSS("[name=password]"), password))
		b.Follow(t, ".door .primary")
	}
	widths := []struct {
		name string
		set  chromedp.Action[chromedp.Void]
	}{
		{"1280", chromedp.EmulateViewport(1280, 900)},
		{"390", chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch)},
		{"320", chromedp.EmulateViewport(320, 256)}, // as 1280 px at 400 %
	}
	for _, width := range widths {
		b.Do(t, width.set, chromedp.Navigate(s.URL+"/editor/sign-in"))
		b.CheckAccessible(t)
		b.Screenshot(t, "editor-sign-in-"+width.name)
	}
	signIn()
	for _, width := range widths {
		for _, page := range []string{"settings", "settings/users", "settings/keys", "settings/configuration", "no-such-page"} {
			b.Do(t, width.set, chromedp.Navigate(s.URL+"/editor/"+page))
			if width.name == "320" { // the same elements as at 390
				b.CheckFits(t)
			} else {
				b.CheckAccessible(t)
			}
			b.Screenshot(t, fmt.Sprintf("editor-%s-%s", slug(page), width.name))
		}
	}
	b.Do(t, chromedp.Navigate(s.URL+"/editor/settings/keys"), chromedp.SendKeys(chromedp.CSS("[name=name]"), "a script"))
	b.Follow(t, ".form .primary")
	b.CheckAccessible(t)
	for _, width := range widths[:2] {
		b.Do(t, width.set)
		b.Screenshot(t, "editor-settings-key-added-"+width.name)
	}
	for _, width := range widths[:2] {
		b.Do(t, width.set, chromedp.Navigate(s.URL+"/editor/settings/users"), chromedp.Click(chromedp.CSS("tr:nth-child(5) .danger")))
		b.CheckAccessible(t)
		b.Screenshot(t, "editor-settings-user-remove-"+width.name)
	}
	b.Do(t, widths[0].set)
	for _, lang := range []string{"zh-Hans", "zh-Hant"} {
		b.Do(t, chromedp.Navigate(s.URL+"/editor/settings/users"), chromedp.Click(chromedp.CSS(".top .menu summary")))
		b.Follow(t, ".top .languages [lang="+lang+"]")
		if got := browsertest.Eval[string](t, b, `document.documentElement.lang + " " + location.pathname`); got != lang+" /editor/settings/users" {
			t.Errorf("the page is %s, want the same in %s", got, lang)
		}
		b.CheckFits(t)
		b.Screenshot(t, "editor-settings-users-"+lang)
		for _, width := range widths {
			b.Do(t, width.set, chromedp.Navigate(s.URL+"/editor/settings/configuration"))
			b.CheckFits(t)
			b.Screenshot(t, "editor-settings-configuration-"+lang+"-"+width.name)
		}
		b.CheckAccessible(t)
		b.Do(t, widths[0].set)
	}
	dark := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}
	if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: dark}); err != nil {
		t.Fatal(err)
	}
	b.Do(t, chromedp.Navigate(s.URL+"/editor/settings/users"))
	b.CheckAccessible(t)
	b.Screenshot(t, "editor-settings-users-dark")
	b.Faults() // the browser notes the page that there is not
}

// An admin whose page shows a user as he was changes nothing, is told so, and then can.
func TestTwoAdminsInABrowser(t *testing.T) {
	s := newSite(t, nil)
	if _, err := s.store.AddUser(t.Context(), account.User{Name: "陈晓", Role: account.Viewer}, "-"); err != nil {
		t.Fatal(err)
	}
	b := browsertest.Open(t, s.URL)
	b.Do(t, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(s.URL+"/editor/settings/users"),
		chromedp.SendKeys(chromedp.CSS("[name=name]"), "admin"), chromedp.SendKeys(chromedp.CSS("[name=password]"), password))
	b.Follow(t, ".door .primary")
	if _, err := s.store.SetRole(t.Context(), "陈晓", account.Editor); err != nil {
		t.Fatal(err)
	}
	remove := func() {
		t.Helper()
		b.Do(t, chromedp.Click(chromedp.CSS("tbody tr:last-child .danger")))
		b.Follow(t, "tbody tr:last-child .sheet .danger")
	}
	remove()
	b.Wait(t, `document.querySelector(".notice").innerText.includes("Somebody else has just changed the account of 陈晓.")`)
	if role := browsertest.Eval[string](t, b, `document.querySelector("tbody tr:last-child select").value`); role != "editor" {
		t.Errorf("the page shows the role %s", role)
	}
	b.CheckAccessible(t)
	b.Screenshot(t, "editor-settings-users-conflict")
	b.Do(t, chromedp.EmulateViewport(320, 256))
	b.CheckFits(t)
	b.Screenshot(t, "editor-settings-users-conflict-320")
	b.Do(t, chromedp.EmulateViewport(1280, 900))
	remove()
	b.Wait(t, `document.querySelector(".notice").innerText.includes("陈晓 is removed")`)
	b.CheckFaults(t)
}

// slug is a path as the name of a file.
func slug(path string) string {
	b := []byte(path)
	for i := range b {
		if b[i] == '/' {
			b[i] = '-'
		}
	}
	return string(b)
}
