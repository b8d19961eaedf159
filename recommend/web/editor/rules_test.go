package editor_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// A rule is tried, saved, moved, paused and removed by forms alone, and readers get the
// list that the preview has shown.
func TestRulesPage(t *testing.T) {
	n := newNewsroom(t)
	editor, viewer := n.signedIn(t, "editor"), n.signedIn(t, "viewer")
	if body := viewer.get("/editor/rules").body; !strings.Contains(body, "There are no rules yet") || !strings.Contains(body, `href="/editor/rules" aria-current="page"`) {
		t.Errorf("without rules:\n%s", body)
	}
	before := n.list(t, cranes)
	form := url.Values{"under_author": {"Nobody"}, "action": {"hide"}, "target": {before[0]}}
	if body := editor.get("/editor/rules/new?" + form.Encode()).body; !strings.Contains(body, "It is about 0 articles.") {
		t.Errorf("a rule for nothing:\n%s", body)
	}
	for query, want := range map[string]string{
		"note=x": "Choose what the rule does", "action=hide": "Say which article", "action=off": "Say under which articles", "action=jump&target_tag=x": "Action: “jump” is no choice",
		"only=same_section&from=2026-12-02T00:00&until=2026-12-01T00:00": "must end after", "max_age_days=x": "At most so many days old: write a whole number", "action=hide&target=nobody": "“nobody” is no article",
		"action=off&under_tag=x&max_age_days=1": "Where there are no links", "action=hide&target_tag=x&target=" + url.QueryEscape(before[0]): "not both",
	} {
		if body := editor.get("/editor/rules/new?" + query).body; !strings.Contains(body, want) || strings.Contains(body, "Save this rule") {
			t.Errorf("%s: no %q in\n%s", query, want, body)
		}
	}

	card := n.related(t, cranes).Article
	form = url.Values{"under_section": {card.Section}, "only": {"same_section"}, "max_per_author": {"1"}, "note": {"<b>as agreed</b>"}, "until": {"2099-01-01T18:30"}}
	preview := editor.get("/editor/rules/new?" + form.Encode()).body
	if !strings.Contains(preview, "until 2099-01-01 18:30 UTC") || strings.Count(preview, `class="sample`) == 0 || strings.Count(preview, `class="sample`) > 5 {
		t.Errorf("the preview:\n%s", preview)
	}
	if body := viewer.get("/editor/rules/new?" + form.Encode()).body; strings.Contains(body, "Save this rule") || !strings.Contains(body, `class="sample`) {
		t.Error("a viewer sees no preview, or may save it")
	}
	var fields []string
	for name, values := range form {
		fields = append(fields, name, values[0])
	}
	if res := viewer.post("/editor/rules", fields...); res.StatusCode != 403 {
		t.Errorf("a viewer saves a rule: %d", res.StatusCode)
	}
	if res := editor.post("/editor/rules", fields...); res.StatusCode != 303 || res.Header.Get("Location") != "/editor/rules" {
		t.Fatalf("saved: %d\n%s", res.StatusCode, res.body)
	}
	if res := editor.post("/editor/rules", "action", "hide"); !strings.HasPrefix(res.Header.Get("Location"), "/editor/rules/new?") {
		t.Errorf("half a rule is saved: %d", res.StatusCode)
	}
	if res := editor.post("/editor/rules", "action", "pin", "target", before[0], "placement", "foot"); res.StatusCode != 303 {
		t.Errorf("saved: %d\n%s", res.StatusCode, res.body)
	}
	n.update(t)
	for _, l := range n.related(t, cranes).Links {
		if l.Card.Section != card.Section {
			t.Errorf("a link of section %s", l.Card.Section)
		}
	}
	if len(n.list(t, cranes)) > 0 && !strings.Contains(preview, "<ins>") && !strings.Contains(preview, "<del>") {
		t.Errorf("the preview shows no change:\n%s", preview)
	}

	press := func(id, do, want string) {
		t.Helper()
		page := editor.get("/editor/rules").body
		row := page[strings.Index(page, `id="rule-`+id+`"`):]
		tag := attr(firstNamed(t, row, "tag"), "value")
		if res := editor.post("/editor/rules/"+id, "tag", tag, "do", do); res.StatusCode != 303 {
			t.Fatalf("%s %s: %d\n%s", do, id, res.StatusCode, res.body)
		}
		if page = editor.get("/editor/rules").body; !strings.Contains(page, want) {
			t.Errorf("%s %s: no %q in\n%s", do, id, want, page)
		}
		if res := editor.post("/editor/rules/"+id, "tag", tag, "do", do); res.StatusCode != 303 {
			t.Errorf("%s %s again: %d", do, id, res.StatusCode)
		}
		if page = editor.get("/editor/rules").body; !strings.Contains(page, "Somebody else has just changed rule "+id) {
			t.Errorf("%s %s by a page that is old is done", do, id)
		}
	}
	press("2", "up", "Rule 2 is moved up")
	press("1", "pause", `badge warn">Paused`)
	press("1", "resume", "no longer paused")
	press("1", "up", "Rule 1 is moved up")
	press("1", "down", "Rule 1 is moved down")
	press("1", "remove", "Rule 1 is removed")
	rules, err := n.store.Rules(t.Context())
	if err != nil || len(rules) != 1 || rules[0].ID != 2 || rules[0].Author != "editor" {
		t.Errorf("left: %v, %v", rules, err)
	}
	if body := viewer.get("/editor/rules").body; strings.Contains(body, `name="do"`) || !strings.Contains(body, "at position 1") {
		t.Errorf("a viewer sees:\n%s", body)
	}
}

// The page of an article tells which rules hold for its list, and of each link, shown or
// withheld, the one that acts on it.
func TestRulesOfAList(t *testing.T) {
	n := newNewsroom(t)
	c := n.signedIn(t, "viewer")
	list := n.list(t, cranes)
	section := n.related(t, cranes).Article.Section
	if page := c.openArticle(cranes).body; strings.Contains(page, "Rules for this list") {
		t.Error("rules where there are none")
	}
	for _, r := range []data.Rule{
		{Under: data.Condition{Selection: data.Selection{Sections: []string{"nowhere"}}}, MaxPerAuthor: 1},
		{Under: data.Condition{Selection: data.Selection{Sections: []string{section}}}, Action: data.Hide, Target: data.ArticleID(list[1])},
		{Action: data.Boost, Target: data.ArticleID(list[3]), Strength: 10},
		{Action: data.Pin, Target: data.ArticleID(list[4]), Position: 2},
		{MaxAgeDays: 9999, Paused: true},
		{MaxAgeDays: 9998},
	} {
		if _, err := n.store.AddRule(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	n.update(t)
	page := c.openArticle(cranes).body
	linksIn := func(n *html.Node) (ids []string) {
		for a := range n.Descendants() {
			if id, ok := strings.CutPrefix(attr(a, "href"), "/editor/rules#rule-"); ok && a.Data == "a" {
				ids = append(ids, id)
			}
		}
		return ids
	}
	for _, ol := range all(t, page, "ol", "class") {
		if strings.Contains(attr(ol, "class"), "applied") {
			if got := linksIn(ol); !slices.Equal(got, []string{"2", "3", "4", "6"}) {
				t.Errorf("the rules of the list are %v", got)
			}
			title := data.PlainText(n.related(t, data.ArticleID(list[4])).Article.Title)
			if want := "Under every article: “" + title + "” at position 2"; !strings.Contains(text(ol), want) {
				t.Errorf("no %q in %s", want, text(ol))
			}
		}
	}
	want := map[string]string{list[3]: "3", list[4]: "4"}
	for _, row := range all(t, page, "li", "data-id") {
		if got := strings.Join(linksIn(row), " "); got != want[attr(row, "data-id")] {
			t.Errorf("%s is there by rule %q, want %q", attr(row, "data-id"), got, want[attr(row, "data-id")])
		}
		delete(want, attr(row, "data-id"))
	}
	if len(want) > 0 {
		t.Errorf("not in the list: %v", want)
	}
	if withheld := page[strings.Index(page, "Left out of the list"):]; !strings.Contains(withheld, `rule-2">Rule 2</a>`) {
		t.Errorf("what rule 2 hides is told without it:\n%s", withheld)
	}
}

// related is the list that readers get under an article.
func (n *newsroom) related(t *testing.T, id data.ArticleID) recommend.List {
	t.Helper()
	list, err := n.engine.Related(t.Context(), recommend.Query{ID: id})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// update puts what was changed into service.
func (n *newsroom) update(t *testing.T) {
	t.Helper()
	if err := n.engine.Update(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// firstNamed is the first input of that name.
func firstNamed(t *testing.T, page, name string) *html.Node {
	t.Helper()
	for _, input := range all(t, page, "input", "name") {
		if attr(input, "name") == name {
			return input
		}
	}
	t.Fatalf("no field %s in\n%s", name, page)
	return nil
}

// The form suggests the names that articles have now.
func TestRuleNames(t *testing.T) {
	n := newNewsroom(t)
	c := n.signedIn(t, "editor")
	suggests := func(kind string) (names []string) {
		for _, list := range all(t, c.get("/editor/rules/new").body, "datalist", "id") {
			if attr(list, "id") == "known-"+kind {
				for o := range list.Descendants() {
					if o.Data == "option" {
						names = append(names, attr(o, "value"))
					}
				}
			}
		}
		return names
	}
	card := n.related(t, cranes).Article
	for kind, want := range map[string]string{"section": card.Section, "lang": "zh-Hant", "tag": string(card.Tags[:strings.IndexByte(string(card.Tags)+"\n", '\n')])} {
		if got := suggests(kind); !slices.Contains(got, want) || !slices.IsSorted(got) || len(got) > 200 {
			t.Errorf("of %s: got %q, want %q", kind, got, want)
		}
	}
	if _, err := n.store.PutArticles(t.Context(), []data.Article{{ID: "new", Title: "New", Section: `Arts, "Culture" <b>`, Lang: "en"}}); err != nil {
		t.Fatal(err)
	}
	n.update(t)
	n.now = n.now.Add(time.Minute)
	if got := suggests("section"); !slices.Contains(got, `Arts, "Culture" <b>`) {
		t.Errorf("a new section is not among %q", got)
	}
}

// Names are suggested as articles have them, anew a minute later at the soonest.
func TestSuggestedNames(t *testing.T) {
	n := newNewsroom(t)
	c := n.signedIn(t, "editor")
	suggested := func() bool {
		t.Helper()
		return strings.Contains(c.get("/editor/rules/new").body, `<option value="Lighthouses">`)
	}
	if suggested() {
		t.Fatal("a section is suggested that no article has")
	}
	if _, err := n.store.PutArticles(t.Context(), []data.Article{{ID: "new", Title: "A light", Body: "It turns.", Lang: "en", Section: "Lighthouses"}}); err != nil {
		t.Fatal(err)
	}
	n.update(t)
	if suggested() {
		t.Error("all articles are looked at again after one has changed")
	}
	if n.now = n.now.Add(time.Minute); !suggested() {
		t.Error("a minute later the section is not suggested")
	}
}
