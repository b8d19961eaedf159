package editor_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/alsolike/alsolike/recommend/web/browsertest"
)

// An editor fills a rule in, sees while typing what it would do, and saves it by keyboard.
func TestRulesInABrowser(t *testing.T) {
	n := newNewsroom(t)
	b := browsertest.Open(t, n.URL)
	b.Do(t, widths[0].set)
	signIn(t, b, n, "editor")
	section := n.related(t, cranes).Article.Section

	b.Do(t, chromedp.Navigate(n.URL+"/editor/rules"))
	picture(t, b, "editor-rules-none")
	b.Do(t, chromedp.Navigate(n.URL+"/editor/rules/new"))
	b.Do(t, chromedp.SendKeys(chromedp.CSS("[name=under_section]"), section))
	b.Wait(t, `document.querySelector("#preview .fault") !== null`)
	b.Do(t, chromedp.SendKeys(chromedp.CSS("[name=max_per_author]"), "1"), chromedp.SendKeys(chromedp.CSS("[name=max_per_section]"), "1"))
	b.Wait(t, `document.querySelectorAll("#preview .sample").length > 0 && document.querySelector("#preview strong").innerText.includes("1 per section") && document.querySelector("#preview .busy") === null`)
	picture(t, b, "editor-rules-new")
	b.Do(t, widths[1].set)
	if wide := browsertest.Eval[bool](t, b, `document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollWidth > 390`); wide {
		t.Error("the form scrolls sideways on a phone")
	}
	b.Do(t, widths[0].set)
	b.Do(t, chromedp.SendKeys(chromedp.CSS("[name=note]"), "as agreed"))
	b.Do(t, chromedp.KeyEvent("\r"))
	b.Wait(t, `document.readyState === "complete" && document.querySelector("#preview input[name=note]")?.value === "as agreed"`)
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("#preview .primary").focus()`))
	b.Do(t, chromedp.KeyEvent("\r"))
	b.Wait(t, `location.pathname === "/editor/rules" && document.querySelector(".notice") !== null`)
	if got := browsertest.Eval[string](t, b, `document.querySelector("#rule-1").innerText`); !strings.Contains(got, "Under articles of section "+section+": at most 1 per section, at most 1 per author") || !strings.Contains(got, "as agreed") {
		t.Errorf("saved as %q", got)
	}
	for _, query := range []string{"action=boost&target_tag=ports&note=the+series", "placement=foot&action=hide&target_section=" + section} {
		b.Do(t, chromedp.Navigate(n.URL+"/editor/rules/new?"+query))
		b.Follow(t, "#preview .primary")
	}
	b.Follow(t, "#rule-2 [value=pause]")
	b.Follow(t, "#rule-3 [value=up]")
	picture(t, b, "editor-rules")
	b.CheckFaults(t)
}
