package editor

import (
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
)

// A form that shows a rule, sent as it is, asks for that rule, whatever is in its names, and
// so does the same form for a new one but for what no form has.
func TestRuleFormRoundTrip(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	target := func(name string) (data.ArticleID, error) { return data.ArticleID(name), nil }
	rapid.Check(t, func(t *rapid.T) {
		want := anyFormRule.Draw(t, "rule")
		if want.Under.Empty() && want.Action == data.Off {
			return
		}
		sent := func(r *data.Rule) url.Values { // as a browser does, with all fields
			form, err := url.ParseQuery(ruleValues(r, berlin).Encode())
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range ruleFields {
				form[name] = append(form[name], " ")
			}
			return slimValues(form)
		}
		got, key, err := ruleParser{berlin, target, nil}.parse(sent(&want))
		if diff := cmp.Diff(want.Normal(), got.Normal(), equalEmpty); diff != "" || key != "" || err != nil {
			t.Fatalf("a new one: %s, %v (-want +got):\n%s", key, err, diff)
		}
		want.ID, want.Order, want.Author, want.Paused, want.Created = 3, 2, "mei", rapid.Bool().Draw(t, "paused"), time.Unix(1, 5)
		want.Under.Sections = append(want.Under.Sections, " spaces ")
		if want.Note != "" {
			want.Note = rapid.SampledFrom([]string{want.Note, "two\nlines\n", " spaces "}).Draw(t, "note")
		}
		if !want.From.IsZero() && (want.Until.IsZero() || want.Until.Sub(want.From) > time.Second) {
			want.From = want.From.Add(time.Millisecond)
		}
		got, key, err = ruleParser{berlin, target, &want}.parse(sent(&want))
		if diff := cmp.Diff(want.Normal(), got.Normal(), equalEmpty); diff != "" || key != "" || err != nil {
			t.Fatalf("an old one: %s, %v (-want +got):\n%s", key, err, diff)
		}
	})
}

// equalEmpty compares rules by what they say: no names are no names.
var equalEmpty = cmp.Transformer("rule", func(r data.Rule) string {
	text, err := r.MarshalJSON()
	if err != nil {
		panic(err)
	}
	return string(text)
})

// What is wrong with a form is said in the language of the interface.
func TestRuleFaults(t *testing.T) {
	target := func(name string) (data.ArticleID, error) {
		return "", &data.InvalidError{Field: "target", Reason: "is none"}
	}
	long := strings.Repeat("x", 201)
	for _, c := range []struct{ form, want string }{
		{"note=y", "rules-new.nothing"},
		{"action=hide", "rules-new.no-target"},
		{"action=off", "rules-new.off-everywhere"},
		{"action=off&under_tag=y&max_age_days=1", "rules-new.off-limited"},
		{"only=same_section&from=2026-12-02T00:00&until=2026-12-01T00:00", "rules-new.no-time"},
		{"only=same_section&published_from=2026-12-02&published_until=2026-12-01", "rules-new.no-published"},
		{"only=same_section&under_section=" + long, "rules-new.bad-names"},
		{"only=same_section&placement=" + long, "rules-new.bad-names"},
		{"only=same_section&under_tag=a%01", "rules-new.bad-names"},
		{"only=same_section" + strings.Repeat("&under_author=y", 101), "rules-new.bad-names"},
		{"action=hide&target_type=" + long, "rules-new.bad-names"},
		{"only=same_section&under_lang=1", "rules-new.bad-lang"},
		{"only=same_section&published_until=1", "rules-new.bad-time"},
		{"only=same_section&from=1", "rules-new.bad-time"},
		{"max_age_days=-1", "rules-new.bad-number"},
		{"max_age_days=36501", "rules-new.bad-number"},
		{"max_per_section=1001", "rules-new.bad-number"},
		{"max_per_author=1.5", "rules-new.bad-number"},
		{"action=pin&target_tag=y&position=0", "rules-new.bad-number"},
		{"action=boost&target_tag=y&strength=11", "rules-new.bad-strength"},
		{"action=bury&target_tag=y&strength=1", "rules-new.bad-strength"},
		{"action=bury&target_tag=y&strength=1,5", "rules-new.bad-strength"},
		{"action=boost&target_tag=y&strength=NaN", "rules-new.bad-strength"},
		{"only=same_section&note=" + strings.Repeat("y", 10_001), "rules-new.bad-note"},
		{"action=hide&target=1", "rules-new.bad-target"},
		{"action=1&target_tag=y", "rules-new.bad-choice"},
		{"only=1", "rules-new.bad-choice"},
	} {
		form, err := url.ParseQuery(c.form)
		if err != nil {
			t.Fatal(err)
		}
		form = slimValues(form)
		_, key, err := ruleParser{time.UTC, target, nil}.parse(form)
		if key == "" && !isInvalid(err) {
			t.Errorf("%.60s: taken, or error %v", c.form, err)
			continue
		}
		beginning, _, _ := strings.Cut(texts[c.want][simplified], "%")
		end := texts[c.want][simplified][strings.LastIndex(texts[c.want][simplified], "%")+1:]
		got := words{lang: simplified}.RuleFault(form, key, err)
		if !strings.HasPrefix(got, beginning) || len(beginning) < len(texts[c.want][simplified]) && !strings.HasSuffix(got, end[1:]) {
			t.Errorf("%.60s: got %q, want %q", c.form, got, texts[c.want][simplified])
		}
		for _, code := range []string{"en", "de", "zh-Hant", "ID", "T18"} {
			got = strings.ReplaceAll(got, code, "")
		}
		if strings.ContainsFunc(got, func(r rune) bool { return r < unicode.MaxASCII && unicode.IsLetter(r) }) {
			t.Errorf("%.60s: English in %q", c.form, got)
		}
	}
}
