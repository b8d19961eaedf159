package editor_test

import (
	"net/url"
	"strings"
	"testing"

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
		"note=x": "Choose what the rule does", "action=hide": "Say which article", "action=off": "Say under which articles", "action=jump&target_tag=x": "it may be pin",
		"only=same_section&from=2026-12-02T00:00&until=2026-12-01T00:00": "must end after", "max_age_days=x": "whole number", "action=hide&target=nobody": "no article",
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
