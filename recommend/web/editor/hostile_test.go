package editor_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/web/browsertest"
)

// evil is a text that would run a script wherever it was taken for HTML: as an element,
// in an attribute, in a script, or as an address.
const evil = `javascript:owned=1//"'></title></textarea></script><script>owned=1</script><img src=x onerror=owned=1><svg onload=owned=1>{{.CSRF}}`

// hostile is a newsroom in which everything that somebody may have written is evil, with
// the pages that show it.
func hostile(t *testing.T) (n *newsroom, pages []string) {
	t.Helper()
	id := data.ArticleID("en/" + evil)
	n = newNewsroom(t, data.Article{
		ID: id, Title: evil + " of the cranes in the harbour", Body: "Five electric cranes in the harbour load containers from ships at anchor.<script>owned=1</script>", Summary: evil,
		Lang: "en", Section: evil, Tags: []string{evil}, Authors: []string{evil}, URL: "javascript:owned=1", Image: data.Image{Src: "javascript:owned=1", Alt: evil}, Type: evil, PublishedAt: morning(),
	})
	by := data.WithAuthor(t.Context(), evil)
	_, refused, err := n.store.AddOverrides(by, []data.Override{
		{Article: cranes, Target: id, Action: data.Pin, Position: 1, Note: evil, Author: evil},
		{Article: id, Target: cranes, Action: data.Boost, Strength: 2, Note: evil, Author: evil, Placement: evil},
		{Article: data.Everywhere, Target: id, Action: data.Bury, Strength: 0.5, Note: evil, Author: evil},
	})
	for _, why := range append(refused, err) {
		if why != nil {
			t.Fatal(why)
		}
	}
	rules := []data.Rule{
		{Under: data.Condition{Selection: data.Selection{Sections: []string{evil}, Tags: []string{evil}, Authors: []string{evil}}}, MaxPerAuthor: 2, Note: evil, Author: evil},
		{Action: data.Boost, Strength: 2, Target: id, Note: evil, Author: evil},
	}
	for _, r := range rules {
		if _, err := n.store.AddRule(by, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.store.Record(by, data.HistoryEntry{Kind: data.KindSnapshot, Subject: evil, Action: "publish", Summary: evil}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := n.store.AddKey(by, `"><script>owned=1</script><img src=x onerror=owned=1>`, data.ReadEditor); err != nil {
		t.Fatal(err)
	}
	m, err := refresh.Run(t.Context(), n.store, n.dir, refresh.Options{Now: morning, Leave: true})
	if err == nil {
		err = n.dir.By(evil, evil).Leave(m.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	n.keep(t, n.now, evil, strings.ReplaceAll(passed, "No worse.", "<img src=x onerror=owned=1>"), "")
	n.update(t)
	if _, err := n.store.StartSession(t.Context(), "admin", evil); err != nil { // the name of a browser
		t.Fatal(err)
	}
	q := url.QueryEscape(evil)
	return n, []string{
		"/editor/today", "/editor/articles", "/editor/articles?q=" + q, "/editor/articles?show=" + q, "/editor/articles?show=overridden",
		cranesPath, cranesPath + "&q=" + q, "/editor/articles/article?id=" + url.QueryEscape(string(id)), "/editor/articles/article?id=" + url.QueryEscape(string(id)) + "&placement=" + q, "/editor/articles/article?id=" + q,
		"/editor/rules", "/editor/rules/new?action=boost&strength=2&note=" + q + "&target=" + url.QueryEscape(string(id)) + "&under_section=" + q + "&target_tag=" + q,
		"/editor/rules/1/edit", "/editor/rules/1/edit?tag=x&note=" + q + "&under_section=" + q, "/editor/evaluation", "/editor/evaluation?before=" + q,
		"/editor/changes", "/editor/changes?snapshot=" + q, "/editor/changes?q=" + q + "&section=" + q, "/editor/history", "/editor/history?author=" + q + "&article=" + q, "/editor/history?batch=4", "/editor/history?kind=" + q, "/editor/history?since=" + q,
		"/editor/settings", "/editor/settings/users", "/editor/settings/keys", "/editor/settings/configuration", "/editor/" + url.PathEscape(evil),
	}
}

// cells are those of a file.
func cells(t *testing.T, file string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// Whatever authors, editors, programs and files say is text on every page, and no link
// leads into a script.
func TestHostileTexts(t *testing.T) {
	n, pages := hostile(t)
	c := n.signedIn(t, account.Admin)
	c.reviewed("")
	shown := 0
	check := func(name string, res response) {
		t.Helper()
		shown += strings.Count(html.UnescapeString(res.body), evil)
		if strings.Contains(res.body, "<img src=x") || strings.Contains(res.body, "<script>owned") || strings.Contains(res.body, "<svg onload") {
			t.Errorf("%s takes a text for HTML:\n%s", name, res.body)
		}
		for _, element := range []string{"a", "form", "img", "input", "button", "area", "link", "script", "iframe"} {
			for _, attribute := range []string{"href", "src", "action", "formaction"} {
				for _, node := range all(t, res.body, element, attribute) {
					if at := attr(node, attribute); strings.HasPrefix(strings.TrimSpace(strings.ToLower(at)), "javascript:") {
						t.Errorf("%s has <%s %s=%q>", name, element, attribute, at)
					}
				}
			}
		}
		doc, err := html.Parse(strings.NewReader(res.body))
		if err != nil {
			t.Fatal(err)
		}
		for node := range doc.Descendants() {
			for _, a := range node.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" {
					t.Errorf("%s has <%s %s=%q>", name, node.Data, a.Key, a.Val)
				}
			}
			if node.Type == html.ElementNode && node.Data == "script" && attr(node, "src") == "" {
				t.Errorf("%s has a script of its own", name)
			}
		}
		if csp := res.Header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("%s: the policy is %q", name, csp)
		}
	}
	for _, page := range pages {
		check(page, c.get(page))
		check(page+" in Chinese", c.get(page, "Accept-Language", "zh-TW"))
	}
	quoted := `"` + strings.ReplaceAll(evil, `"`, `""`) + `"`
	file := fmt.Sprintf("article,target,action,note,placement\n%s,%s,hide,%s,%s\n%s,x,%s,,\n%s,en/cod-quota,hide,%s,%s\n", quoted, quoted, quoted, quoted, quoted, quoted, cranes, quoted, quoted)
	check("a look at a file", c.upload(evil+".csv", file, "do", "look"))
	done := c.upload(evil+".csv", file, "do", "import")
	check("an import", done)
	check("a bad header", c.upload("x.csv", quoted+",action\n", "do", "look"))
	if !strings.Contains(plain(done.body), "1 added 0 there already 2 refused") {
		t.Errorf("got\n%s", plain(done.body))
	}
	page := c.openArticle(cranes)
	check("a conflict", page.post("/editor/articles/article", "id", cranes, "state", evil, "do", "hide en/cod-quota", "note", evil))
	check("an unknown thing to do", page.post("/editor/articles/article", append(page.hidden("state", "id"), "do", evil)...))
	check("a form of a rule", c.post("/editor/rules", "action", evil, "note", evil, "target", evil))
	check("a user", c.post("/editor/settings/users", "name", evil, "role", evil))
	if shown < 40 {
		t.Errorf("the pages show such texts %d times only", shown)
	}

	// As JSON they are no page either.
	for _, path := range []string{"/v1/editor/overrides", "/v1/editor/history", "/v1/editor/rules", "/v1/editor/articles?q=" + url.QueryEscape(evil), "/v1/editor/" + url.PathEscape(evil)} {
		res := c.get(path)
		if kind := res.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/") || res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: a %s, %v", path, kind, res.Header)
		}
	}
	// A spreadsheet that opens what is exported runs nothing.
	for _, author := range []string{"=cmd()", "+1", "-1", "@x", "\t=1", "＝1"} {
		o := data.Override{Article: cranes, Target: "en/cod-quota", Action: data.Hide, Note: author, Author: author, Placement: author}
		if _, err := n.store.AddOverride(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"/v1/editor/overrides/export", "/v1/editor/history/export"} {
		res := c.get(path)
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/csv") || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: got %d %v", path, res.StatusCode, res.Header)
		}
		for _, row := range cells(t, res.body) {
			for _, cell := range row {
				if cell != "" && (strings.ContainsAny(cell[:1], "=+-@\t\r\n") || strings.HasPrefix(cell, "＝")) {
					t.Errorf("%s: the cell %q is a formula", path, cell)
				}
			}
		}
	}
}

// A browser that shows such pages runs nothing of it.
func TestHostileTextsInABrowser(t *testing.T) {
	n, pages := hostile(t)
	b := browsertest.Open(t, n.URL)
	b.OnEveryPage(t, `addEventListener("securitypolicyviolation", (e) => { window.blocked = e.blockedURI + " " + e.violatedDirective; })`)
	b.Do(t, widths[0].set)
	signIn(t, b, n, "admin")
	for _, page := range pages {
		b.Do(t, chromedp.Navigate(n.URL+page))
		b.Wait(t, `document.readyState === "complete" && document.querySelector("main h1") !== null && document.querySelector("[http-equiv=refresh], .busy") === null`)
		if got := browsertest.Eval[string](t, b, `[typeof owned !== "undefined" ? "a script ran" : "", window.blocked ?? "", document.querySelectorAll("main img, main svg:not(.mark), main script").length || ""].join("")`); got != "" {
			t.Errorf("%s: %s", page, got)
		}
		b.CheckFits(t)
	}
	for _, fault := range b.Faults() {
		if !strings.Contains(fault, "status of 4") && !strings.HasPrefix(fault, "request to data:image/") { // pages that there are not
			t.Error(fault)
		}
	}
}
