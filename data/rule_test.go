package data_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
)

// anyRule draws rules, about half of which make sense.
var anyRule = rapid.Custom(func(t *rapid.T) data.Rule {
	names := func(label string) []string {
		if rapid.Bool().Draw(t, "any "+label) {
			return nil
		}
		return rapid.SliceOfN(rapid.SampledFrom([]string{"Politics", "住房", `a "b"`, "<i>", "c, d"}), 1, 3).Draw(t, label)
	}
	at := rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "none") {
			return time.Time{}
		}
		return time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "seconds"), 0).UTC()
	})
	number := rapid.SampledFrom([]int{0, 0, 1, 7})
	rule := data.Rule{
		ID: rapid.Int64Range(0, 3).Draw(t, "id"), Order: number.Draw(t, "order"),
		Under: data.Condition{
			Selection: data.Selection{Sections: names("sections"), Tags: names("tags"), Authors: names("authors"), Types: names("types")},
			Langs:     rapid.SampledFrom([][]data.Lang{nil, {"en"}, {"zh", "fr"}}).Draw(t, "langs"), Placements: names("placements"),
			PublishedFrom: at.Draw(t, "published from"), PublishedUntil: at.Draw(t, "published until"),
		},
		Action: rapid.SampledFrom(append(data.Actions(), "")).Draw(t, "action"),
		Only:   rapid.SampledFrom([]data.SectionLimit{data.AnySection, data.SameSection, data.OtherSections}).Draw(t, "only"), MaxAgeDays: number.Draw(t, "age"),
		MaxPerSection: number.Draw(t, "per section"), MaxPerAuthor: number.Draw(t, "per author"),
		From: at.Draw(t, "from"), Until: at.Draw(t, "until"), Created: at.Draw(t, "created"),
		Note: rapid.String().Draw(t, "note"), Author: rapid.String().Draw(t, "author"), Paused: rapid.Bool().Draw(t, "paused"),
	}
	switch rule.Action {
	case data.Pin:
		rule.Position = 1 + number.Draw(t, "position")
	case data.Boost:
		rule.Strength = rapid.Float64Range(1, 10).Draw(t, "strength")
	case data.Bury:
		rule.Strength = rapid.SampledFrom([]float64{0, 0.5}).Draw(t, "strength")
	}
	if rule.Target = rapid.SampledFrom([]data.ArticleID{"", "a7"}).Draw(t, "target"); rule.Target == "" {
		rule.Targets = data.Selection{Sections: names("target sections"), Tags: names("target tags"), Authors: names("target authors"), Types: names("target types")}
	}
	return rule
})

// A rule is the same after JSON, and its text names all that it holds.
func TestRuleJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := anyRule.Draw(t, "rule")
		b, err := json.Marshal(rule)
		if err != nil {
			t.Fatal(err)
		}
		var again data.Rule
		if err := json.Unmarshal(b, &again); err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		if diff := cmp.Diff(rule, again); diff != "" {
			t.Fatalf("(-before +after):\n%s\n%s", diff, b)
		}
		if rule.Validate() != nil {
			return
		}
		sentence := rule.Sentence()
		names := [][]string{
			rule.Under.Sections, rule.Under.Tags, rule.Under.Authors, rule.Under.Types, rule.Under.Placements,
			rule.Targets.Sections, rule.Targets.Tags, rule.Targets.Authors, rule.Targets.Types,
			{string(rule.Target)},
		}
		for _, list := range names {
			for _, name := range list {
				if !strings.Contains(sentence, name) {
					t.Fatalf("%q does not name %q", sentence, name)
				}
			}
		}
	})
}

func FuzzRuleJSON(f *testing.F) {
	f.Add([]byte(`{"under_section":["Politics"],"only":"same_section","max_per_author":1}`))
	f.Add([]byte(`{"under_lang":["zh"],"action":"bury","strength":0,"target_type":["quiz"],"until":"2026-12-31T00:00:00+01:00"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var rule data.Rule
		if err := json.Unmarshal(b, &rule); err != nil || rule.Validate() != nil {
			return
		}
		text, err := json.Marshal(rule)
		if err != nil {
			t.Fatalf("%v of %s", err, b)
		}
		var again data.Rule
		if err := json.Unmarshal(text, &again); err != nil || again.Validate() != nil {
			t.Fatalf("%v, %v of %s", err, again.Validate(), text)
		}
		if second, err := json.Marshal(again); err != nil || string(second) != string(text) {
			t.Fatalf("%v\n%s\n%s", err, text, second)
		}
		if rule.Sentence() == "" {
			t.Fatal("no sentence")
		}
	})
}

func TestRuleSentence(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	for _, c := range []struct{ rule, want string }{
		{`{"under_section":["politics"],"only":"same_section","max_per_author":1}`, "Under articles of section politics: only links of the same section, at most 1 per author"},
		{`{"max_age_days":1,"max_per_section":2}`, "Under every article: no link older than a day, at most 2 per section"},
		{`{"under_tag":["a","b","c"],"under_author":["Mei"],"under_lang":["zh","en"],"placement":["side"],"action":"off"}`, "Under articles tagged a, b or c by Mei in zh or en in placement side: no links at all"},
		{`{"under_type":["obituary"],"action":"hide","target_type":["quiz"],"target_tag":["fun"]}`, "Under articles of type obituary: no links tagged fun of type quiz"},
		{`{"under_section":["Arts, Culture"],"max_per_author":1}`, "Under articles of section Arts, Culture: at most 1 per author"},
		{`{"under_section":["Arts, Culture","City"],"max_per_author":1}`, `Under articles of section "Arts, Culture" or City: at most 1 per author`},
		{`{"action":"hide","target":"a7"}`, "Under every article: no links to a7"},
		{`{"action":"pin","target":"a7","position":2,"only":"other_sections","max_age_days":30}`, "Under every article: a7 at position 2, only links of other sections, no link older than 30 days"},
		{`{"action":"pin","target_section":["Video"],"position":1}`, "Under every article: the best link of section Video at position 1"},
		{`{"action":"boost","target_author":["Mei"],"strength":2}`, "Under every article: the links by Mei boosted by 2.0"},
		{
			`{"action":"bury","target":"a7","strength":0,"from":"2026-11-30T23:00:00Z","until":"2026-12-31T17:30:00Z","published_until":"2025-12-31T23:00:00Z"}`,
			"Under every article published before 2026-01-01: the links to a7 buried by 0.0 (from 2026-12-01 until 2026-12-31 18:30 CET)",
		},
	} {
		var rule data.Rule
		if err := json.Unmarshal([]byte(c.rule), &rule); err != nil {
			t.Fatal(err)
		}
		if err := rule.Validate(); err != nil {
			t.Errorf("%s: %v", c.rule, err)
		}
		if rule = rule.In(berlin); rule.Sentence() != c.want {
			t.Errorf("got  %s\nwant %s", rule.Sentence(), c.want)
		}
	}
}

func TestRuleRefusals(t *testing.T) {
	for _, c := range []struct{ rule, want string }{
		{`[]`, "rule is no JSON object"},
		{`{"title":"a","id":"b","body":"c"}`, `rule has no field "body"`}, // the first of several, always
		{`{"under_sektion":["a"]}`, `rule has no field "under_sektion"; did you mean under_section?`},
		{`{"under_section":"a"}`, "under_section is a string; it must be a list of texts"},
		{`{"max_per_author":1.5}`, "max_per_author is a number 1.5; it must be a whole number"},
		{`{"from":"soon"}`, "rule holds what is no time"},
		{`{"action":"boost","target":"a"}`, "strength is missing"},
		{`{}`, "action is missing, and so are limits"},
		{`{"under_section":["a"]}`, "action is missing, and so are limits"},
		{`{"only":"same_section","target":"a"}`, "action is missing: there is a target"},
		{`{"only":"same"}`, `only is "same"; it may be same_section or other_sections`},
		{`{"only":"same_sections"}`, "did you mean same_section?"},
		{`{"action":"pin","position":1}`, "target is missing; name an article"},
		{`{"action":"pin","target":"a"}`, "position is 0"},
		{`{"action":"pin","target":"*","position":1}`, "target cannot be *"},
		{`{"action":"pin","target":"a","target_tag":["b"],"position":1}`, "target is given beside a kind"},
		{`{"action":"hyde","target":"a"}`, "did you mean hide?"},
		{`{"action":"off"}`, "action is off, under every article"},
		{`{"action":"off","placement":["side"],"max_per_author":1}`, "action is off, which leaves no links to limit"},
		{`{"action":"off","placement":["side"],"target":"a"}`, "target belongs to other actions"},
		{`{"action":"off","placement":["side"],"position":1}`, "position belongs to pins only"},
		{`{"only":"same_section","strength":1}`, "strength belongs to boost and bury only"},
		{`{"action":"boost","target":"a","strength":11}`, "strength is 11"},
		{`{"max_per_author":-1}`, "max_per_author is -1; it may be 1 to 1000, or 0 for no limit"},
		{`{"max_age_days":36501}`, "max_age_days is 36501"},
		{`{"under_section":[""],"max_age_days":1}`, "under_section holds an empty name"},
		{`{"target_tag":["a\nb"],"action":"hide"}`, "target_tag holds \"a\\nb\", with a control character"},
		{`{"under_lang":["klingon"],"max_age_days":1}`, `under_lang is "klingon"`},
		{`{"under_lang":["EN"],"max_age_days":1}`, `under_lang is "EN", which is written en`},
		{`{"max_age_days":1,"from":"2026-01-02T00:00:00Z","until":"2026-01-02T00:00:00Z"}`, "until must come after from"},
		{`{"max_age_days":1,"published_from":"2026-01-02T00:00:00Z","published_until":"2026-01-01T00:00:00Z"}`, "published_until must come after published_from"},
	} {
		var rule data.Rule
		err := json.Unmarshal([]byte(c.rule), &rule)
		if err == nil {
			err = rule.Validate()
		}
		if _, ok := errors.AsType[*data.InvalidError](err); !ok || !strings.HasPrefix(err.Error(), c.want) && !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %s", c.rule, err, c.want)
		}
	}
}

func TestConditionHolds(t *testing.T) {
	card := data.Card{
		ID: "a", Section: "Politics", Tags: "tax\nbudget", Authors: "Mei\nJo", Type: "news", Lang: "zh-Hant",
		PublishedAt: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
	}
	undated := card
	undated.PublishedAt = time.Time{}
	for _, c := range []struct {
		rule                string
		placement           string
		want, wantOfUndated bool
	}{
		{`{}`, "", true, true},
		{`{"under_section":["Sport","Politics"],"under_tag":["budget"],"under_author":["Jo"],"under_type":["news"],"under_lang":["zh"]}`, "", true, true},
		{`{"under_section":["Sport"]}`, "", false, false},
		{`{"under_tag":["bud"]}`, "", false, false},
		{`{"under_tag":["tax"],"under_type":["quiz"]}`, "", false, false},
		{`{"under_lang":["en","zh-Hans"]}`, "", false, false},
		{`{"under_lang":["zh-Hant"]}`, "", true, true},
		{`{"placement":["side","top"]}`, "top", true, true},
		{`{"placement":["side","top"]}`, "", false, false},
		{`{"published_from":"2026-03-01T12:00:00Z"}`, "", true, false},
		{`{"published_from":"2026-03-01T12:00:01Z"}`, "", false, false},
		{`{"published_until":"2026-03-01T12:00:00Z"}`, "", false, false},
		{`{"published_until":"2026-03-01T12:00:01Z"}`, "", true, false},
	} {
		var rule data.Rule
		if err := json.Unmarshal([]byte(c.rule), &rule); err != nil {
			t.Fatal(err)
		}
		if got := rule.Under.Holds(&card, c.placement); got != c.want {
			t.Errorf("%s holds: %v", c.rule, got)
		}
		if got := rule.Under.Holds(&undated, c.placement); got != c.wantOfUndated {
			t.Errorf("%s holds without a date: %v", c.rule, got)
		}
	}
}
