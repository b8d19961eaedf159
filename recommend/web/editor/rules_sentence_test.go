package editor

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
)

// anyNames are names as newsrooms have them.
func anyNames(most int) *rapid.Generator[[]string] {
	return rapid.SliceOfN(rapid.SampledFrom([]string{"Politics", "Arts, Culture", "住房", `"Q" & A`, "100 %d", "A|B", "x；y、z，w"}), 0, most)
}

// anyFormRule is a rule that the form may hold.
var anyFormRule = rapid.Custom(func(t *rapid.T) data.Rule {
	selection := func(label string) (k data.Selection) {
		k.Sections, k.Tags = anyNames(3).Draw(t, label+" sections"), anyNames(2).Draw(t, label+" tags")
		k.Authors, k.Types = anyNames(2).Draw(t, label+" authors"), anyNames(1).Draw(t, label+" types")
		return k
	}
	at := func(label string) time.Time {
		if !rapid.Bool().Draw(t, label) {
			return time.Time{}
		}
		return time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.Int64Range(0, 1e7).Draw(t, label+" seconds")) * time.Second)
	}
	r := data.Rule{
		Under: data.Condition{
			Selection: selection("under"), Langs: rapid.SampledFrom([][]data.Lang{nil, {"en"}, {"zh-Hant", "de"}}).Draw(t, "langs"),
			Placements: rapid.SampledFrom([][]string{nil, {"foot"}, {"foot", "side, left"}}).Draw(t, "placements"), PublishedFrom: at("published from"),
		},
		Action: rapid.SampledFrom(append(words{}.RuleActions(), "")).Draw(t, "action"),
		From:   at("from"), Note: rapid.SampledFrom([]string{"", "as agreed, with Mei"}).Draw(t, "note"),
	}
	if at := at("until"); at.After(r.From) {
		r.Until = at
	}
	if at := at("published until"); at.After(r.Under.PublishedFrom) {
		r.Under.PublishedUntil = at
	}
	switch r.Action {
	case data.Off:
	case "":
		r.MaxAgeDays = rapid.IntRange(1, 3).Draw(t, "days")
	default:
		if r.Targets = selection("target"); r.Targets.Empty() {
			r.Target = "a7"
		}
	}
	switch r.Action {
	case data.Pin:
		r.Position = rapid.IntRange(1, 100).Draw(t, "position")
	case data.Boost:
		r.Strength = rapid.Float64Range(data.LeastBoost, data.MostBoost).Draw(t, "strength")
	case data.Bury:
		r.Strength = rapid.Float64Range(data.LeastBury, data.MostBury).Draw(t, "strength")
	}
	if r.Action != data.Off {
		r.Only = rapid.SampledFrom([]data.SectionLimit{data.AnySection, data.SameSection, data.OtherSections}).Draw(t, "only")
		r.MaxPerSection, r.MaxPerAuthor = rapid.IntRange(0, 2).Draw(t, "per section"), rapid.IntRange(0, 2).Draw(t, "per author")
	}
	return r
})

// Pages say in English of every rule what commands say, and in Chinese as much.
func TestRuleSentences(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		r := anyFormRule.Draw(t, "rule")
		if r.Under.Selection.Empty() && r.Action == data.Off && r.Under.Empty() {
			return
		}
		if err := r.Validate(); err != nil {
			t.Fatal(err)
		}
		told := r.In(berlin)
		if got, want := (words{lang: english, location: berlin}).RuleSentence(r, nil), told.Sentence(); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
		for _, l := range []lang{simplified, traditional} {
			got := words{lang: l, location: berlin}.RuleSentence(r, nil)
			names := [][]string{
				r.Under.Sections, r.Under.Tags, r.Under.Authors, r.Under.Types, r.Under.Placements,
				r.Targets.Sections, r.Targets.Tags, r.Targets.Authors, r.Targets.Types,
				{string(r.Target)},
			}
			for _, list := range names {
				for _, name := range list {
					if !strings.Contains(got, name) {
						t.Fatalf("%q does not name %q", got, name)
					}
					got = strings.Replace(got, name, "", 1)
				}
			}
			if strings.Contains(got, "%!") || strings.Contains(got, "rule-says") {
				t.Fatalf("badly filled in: %q", got)
			}
			for _, code := range []string{"en", "de", "zh-Hant", "CET"} {
				got = strings.ReplaceAll(got, code, "")
			}
			if strings.ContainsFunc(got, func(r rune) bool { return r < unicode.MaxASCII && unicode.IsLetter(r) }) {
				t.Fatalf("English in %q", got)
			}
		}
	})
}

func TestRuleSentence(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	for _, c := range []struct{ rule, simplified, traditional string }{
		{
			`{"under_section":["政治"],"only":"same_section","max_per_author":1}`,
			"在栏目为“政治”的文章下方：只显示同一栏目的链接，同一作者最多 1 条", "在版面為「政治」的文章下方：只顯示同一版面的連結，同一作者最多 1 則",
		},
		{`{"max_age_days":1,"max_per_section":2}`, "在所有文章下方：不显示发布超过 1 天的链接，同一栏目最多 2 条", "在所有文章下方：不顯示發布超過 1 天的連結，同一版面最多 2 則"},
		{
			`{"under_tag":["a","b","c"],"under_author":["梅"],"under_lang":["zh","en"],"placement":["side"],"action":"off"}`,
			"在带有标签“a”、“b”或“c”且作者为“梅”且语言为 zh 或 en 的文章下方的“side”版位：不显示任何链接", "在帶有標籤「a」、「b」或「c」且作者為「梅」且語言為 zh 或 en 的文章下方的「side」版位：不顯示任何連結",
		},
		{`{"action":"hide","target_type":["quiz"],"max_age_days":30}`, "在所有文章下方：不显示类型为“quiz”的链接，不显示发布超过 30 天的链接", "在所有文章下方：不顯示類型為「quiz」的連結，不顯示發布超過 30 天的連結"},
		{`{"action":"hide","target":"a7"}`, "在所有文章下方：不显示指向《海港》的链接", "在所有文章下方：不顯示指向《海港》的連結"},
		{`{"action":"pin","target":"a8","position":2,"only":"other_sections"}`, "在所有文章下方：将 a8 固定在第 2 位，只显示其他栏目的链接", "在所有文章下方：將 a8 釘選在第 2 位，只顯示其他版面的連結"},
		{`{"action":"pin","target_section":["视频"],"position":1}`, "在所有文章下方：将栏目为“视频”的最佳链接固定在第 1 位", "在所有文章下方：將版面為「视频」的最佳連結釘選在第 1 位"},
		{
			`{"action":"boost","target_author":["梅"],"strength":2,"from":"2026-11-30T16:00:00Z"}`,
			"在所有文章下方：提升作者为“梅”的链接（强度 2.0）（自 2026年12月1日 起生效）", "在所有文章下方：提升作者為「梅」的連結（強度 2.0）（自 2026年12月1日 起生效）",
		},
		{`{"action":"hide","target":"a7","until":"2026-12-30T16:00:00Z"}`, "在所有文章下方：不显示指向《海港》的链接（在 2026年12月31日 之前有效）", "在所有文章下方：不顯示指向《海港》的連結（在 2026年12月31日 之前有效）"},
		{
			`{"under_lang":["en"],"published_from":"2025-01-01T00:00:00+08:00","action":"bury","target":"a7","strength":0,"from":"2026-11-30T16:00:00Z","until":"2026-12-31T10:30:00Z"}`,
			"在语言为 en 且自 2025年1月1日 起发布的文章下方：降低指向《海港》的链接（强度 0.0）（自 2026年12月1日 起、2026年12月31日 18:30 之前有效）",
			"在語言為 en 且自 2025年1月1日 起發布的文章下方：降低指向《海港》的連結（強度 0.0）（自 2026年12月1日 起、2026年12月31日 18:30 之前有效）",
		},
	} {
		var r data.Rule
		if err := json.Unmarshal([]byte(c.rule), &r); err != nil {
			t.Fatal(err)
		}
		for l, want := range map[lang]string{simplified: c.simplified, traditional: c.traditional} {
			if got := (words{lang: l, location: shanghai}).RuleSentence(r, map[data.ArticleID]string{"a7": "海港"}); got != want {
				t.Errorf("%s\ngot  %s\nwant %s", c.rule, got, want)
			}
		}
	}
}
