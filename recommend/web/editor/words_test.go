package editor

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/longbridgeapp/opencc"

	"github.com/alsolike/alsolike/recommend/review"
)

// Every text is there in each language, with the same things to fill in, and in its
// own script.
func TestTexts(t *testing.T) {
	toSimplified, err := opencc.New("t2s")
	if err != nil {
		t.Fatal(err)
	}
	verbs := regexp.MustCompile(`%[a-z]`)
	for key, text := range texts {
		one, many, plural := strings.Cut(text[english], "|")
		want := strings.Join(verbs.FindAllString(one, -1), "")
		if plural && strings.Join(verbs.FindAllString(many, -1), "") != want {
			t.Errorf("%s: %q and %q differ in what is filled in", key, one, many)
		}
		for l := range tags {
			if strings.TrimSpace(text[l]) == "" {
				t.Errorf("%s: nothing in %s", key, tags[l].name)
			}
			if got := strings.Join(verbs.FindAllString(text[l], -1), ""); l > 0 && got != want {
				t.Errorf("%s: %s fills in %s, English %s", key, tags[l].name, got, want)
			}
		}
		if simple, err := toSimplified.Convert(text[simplified]); err != nil || simple != text[simplified] {
			t.Errorf("%s: %q holds characters of 繁體", key, text[simplified])
		}
	}
}

// Each script has one word for a thing, the one that is spoken where it is read.
func TestOneWordForAThing(t *testing.T) {
	for l, others := range map[lang]map[string]string{ // what is not said, and the beginning of the keys where it is not
		simplified:  {"版面": "", "清单": "", "文件夹": "", "更新的一版": "", "为止": "rule-says"},
		traditional: {"欄目": "", "列表": "", "文件夾": "", "資料夾中": "", "更新的一版": "", "條連結": "", "為止": "rule-says", "復原": "changes.", "回滾": ""},
	} {
		for key, text := range texts {
			for other, beginning := range others {
				if strings.HasPrefix(key, beginning) && strings.Contains(text[l], other) {
					t.Errorf("%s: %q says %s", key, text[l], other)
				}
			}
		}
	}
}

// The pages use the texts that there are, and all of them.
func TestTextsAreUsed(t *testing.T) {
	used, beginnings := map[string]bool{}, map[string]bool{}
	var sources strings.Builder
	for _, pattern := range []string{"*.html", "*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "words_") {
				continue
			}
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			sources.Write(source)
			if page, ok := strings.CutSuffix(name, ".html"); ok {
				used[page+".title"] = true
			}
		}
	}
	for _, m := range regexp.MustCompile(`(?:\bT|print|\.text\(c,|T\(|refuse\(c, [a-zA-Z.]+,) ?"([a-z-]+[.-][a-z:.-]*)"`).FindAllStringSubmatch(sources.String(), -1) {
		if _, ok := texts[m[1]]; ok {
			used[m[1]] = true
		} else if strings.HasSuffix(m[1], ".") || strings.HasSuffix(m[1], "-") {
			beginnings[m[1]] = true
		} else {
			t.Errorf("there is no text %q", m[1])
		}
	}
	for key := range texts {
		if _, ok := effectTexts[key]; ok { // whether a setting needs it CheckSettings knows
			continue
		}
		ok := used[key] || strings.Contains(sources.String(), `"`+key+`"`)
		for beginning := range beginnings {
			ok = ok || strings.HasPrefix(key, beginning)
		}
		if !ok {
			t.Errorf("nothing uses the text %q", key)
		}
	}
}

// Why a refresh waits is told in the reader's language, whatever the reason.
func TestWhyNoted(t *testing.T) {
	for _, kind := range review.ReasonKinds() {
		if _, ok := texts["changes.reason-"+kind]; !ok {
			t.Errorf("there is no text for the reason %q", kind)
		}
	}
	w := words{lang: simplified, location: time.UTC}
	for note, want := range map[string]string{
		"review.publish is never":                                                                         "这里没有更新会自动上线。",
		"12.5 % of the links change, and review.max_changed is 10.0 %":                                    "因为 12.5 % 的链接有变动，超过了可自动上线的 10.0 %。",
		"it cannot be compared with the one in service: snapshot x: broken":                               "因为无法与使用中的一版比较：snapshot x: broken",
		"the gate's report /data/gate.json is not there yet":                                              "正在等待评估，报告 /data/gate.json 尚未生成。",
		"the gate's report gate.json cannot be read: unexpected end of JSON input":                        "因为无法读取评估报告 gate.json：unexpected end of JSON input",
		"the gate's report gate.json judges other snapshots":                                              "正在等待评估：报告 gate.json 针对的是其他更新。",
		`the gate "clicks: at most 3 % lost" says worse. At least 4 % is lost`:                            "因为未通过评估：“clicks: at most 3 % lost”的结论为 worse。At least 4 % is lost",
		"snapshot 20261123T200000Z-7f3a9c, newer than the one in service, is held by mei: asked the desk": "因为 2026年11月23日 20:00 的更新（晚于使用中的一版）已由 mei 暂缓：asked the desk",
		"snapshot 20261123T200000Z-7f3a9c, newer than the one in service, was rolled back":                "因为 2026年11月23日 20:00 的更新（晚于使用中的一版）已由 有人 回滚",
		"20261123T200000Z-7f3a9c was published in its place":                                              "改为发布 2026年11月23日 20:00",
		"sport under every obituary":                                                                      "sport under every obituary",
	} {
		if got := w.WhyNoted(note); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", note, got, want)
		}
	}
}

func TestT(t *testing.T) {
	for _, test := range []struct {
		want string
		lang lang
		key  string
		args []any
	}{
		{"1 minute", english, "span.minutes", []any{1}},
		{"2 minutes", english, "span.minutes", []any{2}},
		{"0 minutes", english, "span.minutes", []any{0}},
		{"2 分鐘", traditional, "span.minutes", []any{2}},
		{"no.such", english, "no.such", nil},
	} {
		if got := translate(test.lang, test.key, test.args...); got != test.want {
			t.Errorf("%s: got %q, want %q", test.key, got, test.want)
		}
	}
	w := words{lang: simplified, location: time.FixedZone("", 8*3600), now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	for got, want := range map[string]string{
		w.When(w.now): "2026年11月23日 20:00", w.Ago(w.now.Add(-50 * time.Hour)): "2 天前", w.Ago(w.now): "刚刚", w.Span(47 * time.Hour): "47 小时",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// The interface is in the language that was chosen, else in one that the browser
// prefers.
func TestLanguageOf(t *testing.T) {
	for _, test := range []struct {
		accept, cookie string
		want           lang
	}{
		{"", "", english},
		{"fr, zh-TW;q=0.5", "", traditional},
		{"zh-CN,zh;q=0.9,en;q=0.8", "", simplified},
		{"zh-HK", "", traditional},
		{"zh", "", simplified},
		{"de", "", english},
		{"zh-CN", "en", english},
		{"zh-CN", "xx", simplified},
		{strings.Repeat("a,", 10000), "", english},
	} {
		r := httptest.NewRequest("GET", "/editor", nil)
		r.Header.Set("Accept-Language", test.accept)
		r.Header.Set("Cookie", languageCookie+"="+test.cookie)
		if got := languageOf(r); got != test.want {
			t.Errorf("%q, %q: got %s, want %s", test.accept, test.cookie, tags[got].tag, tags[test.want].tag)
		}
	}
}
