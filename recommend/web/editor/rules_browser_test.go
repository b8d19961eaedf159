package editor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/alsolike/alsolike/data"
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

// Nobody saves a rule other than the one that he sees: while the preview is behind what is
// typed it cannot be used, and where it cannot be had the page loads anew.
func TestRulePreviewBehindInABrowser(t *testing.T) {
	n := newNewsroom(t)
	b := browsertest.Open(t, n.URL)
	b.Do(t, widths[0].set)
	signIn(t, b, n, "editor")
	b.Do(t, chromedp.Navigate(n.URL+"/editor/rules/new?action=hide&target=en/nineteen-seats"))
	b.Wait(t, `document.readyState === "complete" && document.querySelector("#preview form") !== null`)
	b.Do(t, chromedp.Evaluate[chromedp.Void](`window.fetch = () => new Promise((_, reject) => { window.fail = () => reject(new TypeError("offline")) })`))
	b.Do(t, chromedp.SendKeys(chromedp.CSS("[name=note]"), "as agreed"))
	b.Wait(t, `window.fail !== undefined`)
	if browsertest.Eval[bool](t, b, `(() => { const save = document.querySelector("#preview .primary"); save.focus(); return document.activeElement === save })()`) {
		t.Error("what was typed before can be saved")
	}
	b.Do(t, chromedp.Evaluate[chromedp.Void](`fail()`))
	b.Wait(t, `window.fail === undefined && document.readyState === "complete" && document.querySelector("#preview input[name=note]")?.value === "as agreed"`)
	b.Follow(t, "#preview .primary")
	b.Wait(t, `location.pathname === "/editor/rules" && document.querySelector("#rule-1")?.innerText.includes("as agreed")`)
	checkFaults(t, b)
}

// An editor changes a rule by keyboard: a name with a comma stays one, there is room for one
// more, and the preview follows. Then somebody else is faster.
func TestRuleEditInABrowser(t *testing.T) {
	n := newNewsroom(t)
	section := n.related(t, cranes).Article.Section
	for _, r := range []data.Rule{
		{Under: data.Condition{Selection: data.Selection{Sections: []string{"Arts, Culture"}}}, MaxPerAuthor: 2, Note: "as agreed"},
		{Under: data.Condition{Placements: []string{"foot"}}, Only: data.OtherSections, Paused: true},
	} {
		if _, err := n.store.AddRule(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	b := browsertest.Open(t, n.URL)
	b.Do(t, widths[0].set)
	signIn(t, b, n, "editor")
	b.Do(t, chromedp.Navigate(n.URL+"/editor/rules"))
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("#rule-1 a[href$=edit]").focus()`))
	press(t, b, "\r")
	b.Wait(t, `location.pathname === "/editor/rules/1/edit" && document.readyState === "complete"`)
	if got := browsertest.Eval[[]string](t, b, `[...document.querySelectorAll(".names > [name=under_section]")].map(one => one.value)`); !slices.Equal(got, []string{"Arts, Culture", ""}) {
		t.Errorf("the sections are %q", got)
	}
	if !browsertest.Eval[bool](t, b, fmt.Sprintf(`[...document.querySelector("[name=under_section]").list.options].some(one => one.value === %q)`, section)) {
		t.Errorf("%s is not suggested", section)
	}
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("[name=under_section]").focus()`))
	press(t, b, "\t")
	for _, letter := range section {
		press(t, b, string(letter))
	}
	b.Wait(t, `document.querySelectorAll(".names > [name=under_section]").length === 3`)
	press(t, b, "\u001b", "\t") // past the suggestions
	if got := browsertest.Eval[bool](t, b, `document.activeElement.matches(".names > [name=under_section]") && document.activeElement.value === ""`); !got {
		t.Error("the focus does not go to the field for one more name")
	}
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("[name=max_per_author]").select()`))
	press(t, b, "1")
	b.Wait(t, fmt.Sprintf(`document.querySelector("#preview strong")?.innerText === %q && document.querySelector("#preview .busy") === null && document.querySelectorAll("#preview .sample").length === 5`, `Under articles of section "Arts, Culture" or `+section+": at most 1 per author"))
	picture(t, b, "editor-rules-edit")
	b.Do(t, chromedp.EmulateViewport(320, 256)) // as 1280 px at 400 %
	b.CheckFits(t)
	b.Do(t, widths[0].set)

	other := n.signedIn(t, "admin")
	theirs := formOf(t, other.get("/editor/rules/1/edit").body, "/editor/rules/1/edit")
	theirs.Set("max_age_days", "30")
	if res := other.post("/editor/rules/1/edit", fieldsOf(theirs)...); res.StatusCode != 303 {
		t.Fatalf("somebody else: %d", res.StatusCode)
	}
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("#preview .primary").focus()`))
	press(t, b, "\r")
	b.Wait(t, `document.querySelector("h1").innerText === "Somebody else has changed this rule"`)
	picture(t, b, "editor-rules-conflict")
	b.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("main .primary").focus()`))
	press(t, b, "\r")
	b.Wait(t, `location.pathname === "/editor/rules" && document.querySelector(".notice")?.innerText.includes("Rule 1 is changed")`)
	rules, err := n.store.Rules(t.Context())
	if err != nil || rules[0].MaxPerAuthor != 1 || rules[0].MaxAgeDays != 0 || !slices.Equal(rules[0].Under.Sections, []string{"Arts, Culture", section}) || rules[0].Note != "as agreed" {
		t.Errorf("the rule is %+v, %v", rules, err)
	}

	b.Do(t, chromedp.Navigate(n.URL+"/editor/rules/2/edit"), chromedp.Click(chromedp.CSS("details.menu > summary")))
	b.Follow(t, ".languages [value=zh-Hans]")
	b.Do(t, chromedp.Navigate(n.URL+"/editor/rules/2/edit"))
	if got := browsertest.Eval[string](t, b, `document.querySelector("#preview strong").innerText`); got != "在所有文章下方的“foot”版位：只显示其他栏目的链接" {
		t.Errorf("the rule is told as %q", got)
	}
	picture(t, b, "editor-rules-edit-zh-Hans")
	b.Do(t, chromedp.Navigate(n.URL+"/editor/rules"))
	picture(t, b, "editor-rules-zh-Hans")

	// The list of an article says which rules hold for it, and its link leads to them.
	if _, err := n.store.AddRule(t.Context(), data.Rule{Action: data.Pin, Target: data.ArticleID(n.list(t, cranes)[3]), Position: 1, Note: "for the fair"}); err != nil {
		t.Fatal(err)
	}
	n.update(t)
	b.Do(t, chromedp.Navigate(n.URL+cranesPath), chromedp.Click(chromedp.CSS("ol.links > li:first-child summary")))
	picture(t, b, "editor-article-rules")
	b.Follow(t, "ol.links > li:first-child .why a[href*=rule-]")
	b.Wait(t, `location.hash === "#rule-3" && document.querySelector("#rule-3:target") !== null`)
	checkFaults(t, b)
}
