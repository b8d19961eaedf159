package editor_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/alsolike/alsolike/data"
)

// formOf is what a browser without script sends by the form whose action begins so.
func formOf(t *testing.T, page, action string) url.Values {
	t.Helper()
	values := url.Values{}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		name := attr(n, "name")
		switch {
		case n.Type != html.ElementNode || name == "":
		case n.Data == "input" && (attr(n, "type") != "checkbox" || has(n, "checked")):
			values.Add(name, attr(n, "value"))
		case n.Data == "textarea":
			values.Add(name, strings.ReplaceAll(strings.TrimPrefix(raw(n), "\n"), "\n", "\r\n"))
		case n.Data == "select":
			chosen := ""
			for o := range n.Descendants() {
				if o.Data == "option" && has(o, "selected") {
					chosen = attr(o, "value")
				}
			}
			values.Add(name, chosen)
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child)
		}
	}
	for _, form := range all(t, page, "form", "action") {
		if strings.HasPrefix(attr(form, "action"), action) {
			walk(form)
			return values
		}
	}
	t.Fatalf("no form for %s in\n%s", action, page)
	return nil
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// raw is the text in n as it is.
func raw(n *html.Node) string {
	var b strings.Builder
	for one := range n.Descendants() {
		if one.Type == html.TextNode {
			b.WriteString(one.Data)
		}
	}
	return b.String()
}

func fieldsOf(values url.Values) (fields []string) {
	for name, all := range values {
		for _, value := range all {
			if name != "csrf" {
				fields = append(fields, name, value)
			}
		}
	}
	return fields
}

// ruleChanges are the changes of a rule in the history, the newest first.
func (n *newsroom) ruleChanges(t *testing.T, id int64) (entries []data.HistoryEntry) {
	t.Helper()
	for e, err := range n.store.History(t.Context(), data.HistoryFilter{Kind: data.KindRule, Subject: strconv.FormatInt(id, 10)}) {
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	return entries
}

// A rule is changed by forms alone: it is shown as it is, tried, and saved in one entry of
// the history; what the form does not show stays.
func TestRuleEdit(t *testing.T) {
	n := newNewsroom(t)
	editor, viewer := n.signedIn(t, "editor"), n.signedIn(t, "viewer")
	section := n.related(t, cranes).Article.Section
	r, err := n.store.AddRule(data.WithAuthor(t.Context(), "mei"), data.Rule{
		Under:  data.Condition{Selection: data.Selection{Sections: []string{section, "Arts, Culture"}}, Placements: []string{"foot", "gone"}},
		Action: data.Hide, Targets: data.Selection{Tags: []string{`"a", b`}}, MaxPerAuthor: 2, Note: "as agreed,\nwith Jo", Author: "mei", Paused: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	edit := "/editor/rules/1/edit"
	if page := editor.get("/editor/rules").body; !strings.Contains(page, `href="`+edit+`"`) {
		t.Errorf("no way to the form:\n%s", page)
	}
	if page := viewer.get("/editor/rules").body; strings.Contains(page, edit) {
		t.Error("a viewer finds the form")
	}
	page := editor.get(edit).body
	for _, want := range []string{"Edit rule 1", section + " or &#34;Arts, Culture&#34; in placement foot or gone: no links tagged &#34;a&#34;, b, at most 2 per author", "This rule is paused", "no placement “gone”", `value="Arts, Culture"`, "Save the changes"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
	if got := formOf(t, page, edit); !cmp.Equal(got["under_section"], []string{section, "Arts, Culture", ""}) || !cmp.Equal(got["placement"], []string{"foot", "gone"}) {
		t.Errorf("the form has %v", got)
	}

	// Sent as it is, nothing changes.
	same := formOf(t, page[strings.Index(page, `id="preview"`):], edit)
	if res := editor.post(edit, fieldsOf(same)...); res.StatusCode != 303 || !strings.Contains(editor.get("/editor/rules").body, "Rule 1 is as it was") {
		t.Errorf("saved as it is: %d\n%s", res.StatusCode, res.body)
	}

	// Two names are taken out and a limit is set; the preview says so, and its button saves it.
	form := formOf(t, page, edit)
	form["placement"], form["under_section"] = nil, []string{section, ""}
	form.Set("max_per_author", "1")
	form.Set("max_per_section", "x")
	if res := editor.post(edit, fieldsOf(form)...); res.StatusCode != 303 || !strings.HasPrefix(res.Header.Get("Location"), edit+"?") {
		t.Errorf("saved with a fault: %d\n%s", res.StatusCode, res.body)
	} else if page := editor.get(res.Header.Get("Location")).body; !strings.Contains(page, "Most of one section: write a whole number") || formOf(t, page, edit).Get("max_per_section") != "x" {
		t.Errorf("no word of the fault, or what was written is gone:\n%s", page)
	}
	form.Set("max_per_section", "")
	page = editor.get(edit + "?" + form.Encode()).body
	if !strings.Contains(page, "at most 1 per author") || strings.Count(page, `class="sample`) != 5 || !strings.Contains(page, "<ins>") && !strings.Contains(page, "<del>") {
		t.Errorf("the preview:\n%s", page)
	}
	if body := viewer.get(edit + "?" + form.Encode()).body; strings.Contains(body, "Save the changes") {
		t.Error("a viewer may save")
	}
	if res := viewer.post(edit, fieldsOf(form)...); res.StatusCode != 403 {
		t.Errorf("a viewer saves: %d", res.StatusCode)
	}
	if res := editor.post(edit, fieldsOf(formOf(t, page[strings.Index(page, `id="preview"`):], edit))...); res.StatusCode != 303 || res.Header.Get("Location") != "/editor/rules" {
		t.Fatalf("saved: %d\n%s", res.StatusCode, res.body)
	}
	want := r
	want.Under.Sections, want.Under.Placements, want.MaxPerAuthor = []string{section}, nil, 1
	rules, err := n.store.Rules(t.Context())
	if diff := cmp.Diff([]data.Rule{want}, rules); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if changes := n.ruleChanges(t, 1); len(changes) != 2 || changes[0].Author != "editor" || changes[0].Action != data.ActionChange {
		t.Errorf("the history has %+v", changes)
	}
	for _, path := range []string{"/editor/rules/99/edit", "/editor/rules/x/edit"} {
		if res := editor.get(path); res.StatusCode != 303 || !strings.Contains(editor.get("/editor/rules").body, "There is no rule") {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		if res := editor.get(path + "?max_per_author=1"); res.StatusCode != 303 || res.Header.Get("Location") != "/editor/rules/new?max_per_author=1" {
			t.Errorf("%s: what was written is gone: %d", path, res.StatusCode)
		}
	}
}

// Of two who change a rule the second is shown both, and may have either; so if the rule
// has been removed meanwhile. Its place in the order does not matter.
func TestRuleEditConflict(t *testing.T) {
	n := newNewsroom(t)
	one, other := n.signedIn(t, "editor"), n.signedIn(t, "admin")
	for most := range 2 {
		if _, err := n.store.AddRule(t.Context(), data.Rule{MaxPerAuthor: most + 1, Note: "first"}); err != nil {
			t.Fatal(err)
		}
	}
	const edit = "/editor/rules/1/edit"
	mine := formOf(t, one.get(edit).body, edit)
	mine.Set("max_per_author", "4")
	mine.Set("note", "mine")
	theirs := formOf(t, other.get(edit).body, edit)
	theirs.Set("max_age_days", "30")
	if res := other.post(edit, fieldsOf(theirs)...); res.StatusCode != 303 {
		t.Fatalf("the first: %d\n%s", res.StatusCode, res.body)
	}
	if err := n.store.MoveRule(t.Context(), 1, 2); err != nil {
		t.Fatal(err)
	}
	res := one.post(edit, fieldsOf(mine)...)
	for _, want := range []string{"Somebody else has changed this rule", "no link older than 30 days, at most 1 per author", "admin, 23 Nov 2026", ">first<", "Under every article: at most 4 per author", ">mine<"} {
		if !strings.Contains(res.body, want) {
			t.Errorf("no %q in\n%s", want, res.body)
		}
	}
	if res.StatusCode != 409 {
		t.Fatalf("the second: %d", res.StatusCode)
	}
	for _, a := range all(t, res.body, "a", "class") {
		if text(a) == "Go on editing mine" {
			if form := formOf(t, one.get(attr(a, "href")).body, edit); form.Get("max_per_author") != "4" || form.Get("note") != "mine" {
				t.Errorf("one goes on with %v", form)
			}
		}
	}
	if err := n.store.MoveRule(t.Context(), 1, 1); err != nil {
		t.Fatal(err)
	}
	if res := one.post(edit, fieldsOf(formOf(t, res.body, edit))...); res.StatusCode != 303 {
		t.Fatalf("all the same: %d\n%s", res.StatusCode, res.body)
	}
	rules, err := n.store.Rules(t.Context())
	if err != nil || rules[0].MaxPerAuthor != 4 || rules[0].MaxAgeDays != 0 || rules[0].Note != "mine" {
		t.Errorf("the rules are %+v, %v", rules, err)
	}

	mine = formOf(t, one.get(edit).body, edit)
	mine.Set("max_per_author", "5")
	if err := n.store.RemoveRule(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	res = one.post(edit, fieldsOf(mine)...)
	if res.StatusCode != 409 || !strings.Contains(res.body, "It is removed") {
		t.Fatalf("of a rule that is gone: %d\n%s", res.StatusCode, res.body)
	}
	if res := one.post("/editor/rules", fieldsOf(formOf(t, res.body[strings.Index(res.body, "<main"):], "/editor/rules"))...); res.StatusCode != 303 {
		t.Errorf("as a new one: %d\n%s", res.StatusCode, res.body)
	}
	if rules, err = n.store.Rules(t.Context()); err != nil || len(rules) != 2 || rules[1].MaxPerAuthor != 5 || rules[1].Note != "mine" {
		t.Errorf("the rules are %+v, %v", rules, err)
	}
	if res := one.post("/editor/rules/x/edit", fieldsOf(mine)...); res.StatusCode != 404 {
		t.Errorf("of no rule: %d", res.StatusCode)
	}
}
