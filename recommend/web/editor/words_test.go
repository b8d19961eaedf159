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
		ok := used[key] || strings.Contains(sources.String(), `"`+key+`"`)
		for beginning := range beginnings {
			ok = ok || strings.HasPrefix(key, beginning)
		}
		if !ok {
			t.Errorf("nothing uses the text %q", key)
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
