package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/ingest"
)

func TestLanguageSettings(t *testing.T) {
	check := func(yaml string, environ []string, want ingest.LanguageOptions) {
		t.Helper()
		e := &env{configFile: newShell(t).file("a.yaml", yaml), environ: environ}
		c, err := e.loadConfig()
		if err != nil {
			t.Errorf("%s: %v", yaml, err)
			return
		}
		if diff := cmp.Diff(want, c.Languages); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", yaml, diff)
		}
	}
	full := ingest.LanguageOptions{
		NoDetect: true, Expected: []data.Lang{"en", "no", "zh-Hant"}, Default: "en", Aliases: map[string]data.Lang{"tw": "zh-Hant", "kr": "ko"},
	}
	check("languages:\n  expected: [en, no, zh_TW]\n  default: EN\n  detect: false\n  aliases:\n    tw: zh_tw\n    kr: ko\n", nil, full)
	check("languages:\n  expected:\n    - en\n    - no\n    - zh-HK\n  default: en\n  detect: false\n  aliases: tw=zh-Hant,kr=ko\n", nil, full)
	check("languages.expected: en,no,zh-Hant\nlanguages.default: en\nlanguages.detect: false\nlanguages.aliases.tw: zh-Hant\nlanguages.aliases.kr: ko\n", nil, full)
	check("lsa.seed: 1\n", []string{
		"ALSOLIKE_LANGUAGES_EXPECTED=en,nb,zh-Hant", "ALSOLIKE_LANGUAGES_DEFAULT=en", "ALSOLIKE_LANGUAGES_DETECT=false", "ALSOLIKE_LANGUAGES_ALIASES=tw=zh-Hant,kr=ko",
	}, full)
	check("languages:\n  default: und\n", nil, ingest.LanguageOptions{Default: data.Undetermined})
	check("languages:\n  expected: [zh]\n", []string{"ALSOLIKE_LANGUAGES_EXPECTED=zh,ja"}, ingest.LanguageOptions{Expected: []data.Lang{"zh-Hans", "zh-Hant", "ja"}})

	wrong := func(want, yaml string) {
		t.Helper()
		e := &env{configFile: newShell(t).file("a.yaml", yaml)}
		if _, err := e.loadConfig(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", yaml, err, want)
		}
	}
	wrong(`must be languages such as en, zh-Hans; "english" is none`, "languages:\n  expected: [en, english]\n")
	wrong("names tlh, which cannot be told by its text", "languages:\n  expected: tlh\n")
	wrong("must be a language such as en or zh-Hant", "languages:\n  default: mul\n")
	wrong("must be true or false", "languages:\n  detect: maybe\n")
	wrong("chinese must be a language", "languages:\n  aliases:\n    cn: chinese\n")
	wrong("code=language,code=language", "languages:\n  aliases: cn\n")
	wrong("did you mean languages.expected?", "languages:\n  expect: en\n")
	wrong("languages holds other keys", "languages: en\n")
}

// What import and status count is the same, as words and as numbers.
func TestLanguagesAreCounted(t *testing.T) {
	s := newShell(t)
	path := s.file("a.jsonl", `{"id":"1","body":"The first of five electric cranes came up the river on Monday.","lang":"en"}
{"id":"2","body":"Rents rose by four per cent in a year, and most in the old town."}
{"id":"3","title":"17"}
{"id":"4","title":"18","lang":"tw"}
`)
	page := s.file("page.html", `<html lang="en"><title>x</title><article><p>`+strings.Repeat("五臺電動起重機中的第一臺星期一沿河而上，碼頭工人等了它們十一年。", 5)+`</p></article></html>`)
	s.environ = []string{"ALSOLIKE_LANGUAGES_ALIASES=tw=zh-Hant"}
	const want = "en 2 (1 detected), zh-Hant 2 (1 detected), undetermined 1"
	for _, dry := range []string{"--dry-run", "--dry-run=false"} {
		out := s.ok("import", dry, path, page)
		for _, part := range []string{
			"Languages: " + want + ".\n", "1 article in no known language", "1 article said to be in a language that is never written like that",
		} {
			if !strings.Contains(out, part) {
				t.Errorf("import %s does not say %q:\n%s", dry, part, out)
			}
		}
		var got importResult
		s.decode(&got, "import", dry, "--json", path, page)
		if fmt.Sprint(got.Languages, got.Detected, got.Overruled) != "map[en:2 und:1 zh-Hant:2] map[en:1 zh-Hant:1] 1" {
			t.Errorf("got %+v", got)
		}
	}
	if out := s.ok("status"); !strings.Contains(out, "languages  "+want+"\n") || !strings.Contains(out, "1 article in no known language") {
		t.Errorf("status:\n%s", out)
	}
	var st siteStatus
	s.decode(&st, "status", "--json")
	if fmt.Sprint(st.Languages, st.Detected) != "map[en:2 und:1 zh-Hant:2] map[en:1 zh-Hant:1]" {
		t.Errorf("got %+v", st)
	}
}

// Articles that say and tell nothing take the main language, from import,
// --dry-run and status alike, and once more when they are pushed or imported again.
func TestMainLanguageIsCounted(t *testing.T) {
	s := newShell(t)
	var lines strings.Builder
	for i := range 20 {
		fmt.Fprintf(&lines, `{"id":"%d","title":"x","lang":"en"}`+"\n", i)
	}
	path := s.file("a.jsonl", `{"id":"short","title":"Ruby Garden"}`+"\n"+`{"id":"han","title":"水"}`+"\n"+lines.String())
	const want = "en 21 (1 taken for the site's main language), undetermined 1"
	for _, flag := range []string{"--dry-run", "--dry-run=false", "--dry-run=false"} {
		if out := s.ok("import", flag, path); !strings.Contains(out, "Languages: "+want+".\n") {
			t.Errorf("import %s: %s", flag, out)
		}
		var got importResult
		s.decode(&got, "import", flag, "--json", path)
		if fmt.Sprint(got.Languages, got.Detected, got.Assumed) != "map[en:21 und:1] map[] map[en:1]" {
			t.Errorf("import %s --json: %+v", flag, got)
		}
	}
	if out := s.ok("import", path); !strings.Contains(out, "Nothing changed") {
		t.Errorf("import again: %s", out)
	}
	if out := s.ok("status"); !strings.Contains(out, "languages  "+want+"\n") {
		t.Errorf("status: %s", out)
	}
	var st siteStatus
	s.decode(&st, "status", "--json")
	if fmt.Sprint(st.Languages, st.Detected, st.Assumed) != "map[en:21 und:1] map[] map[en:1]" {
		t.Errorf("status --json: %+v", st)
	}
	s.environ = []string{"ALSOLIKE_LANGUAGES_DEFAULT=und"}
	if out := s.ok("import", path); !strings.Contains(out, "Languages: en 20, undetermined 2.\n") {
		t.Errorf("switched off: %s", out)
	}
}

// Aliases hold for the language that a flag or a watched source gives.
func TestAliasOfSource(t *testing.T) {
	s := newShell(t)
	s.environ = []string{"ALSOLIKE_LANGUAGES_ALIASES=tw=zh-Hant"}
	path := s.file("a.jsonl", `{"id":"1","title":"x"}`)
	if out := s.ok("import", "--lang", "tw", path); !strings.Contains(out, "Languages: zh-Hant 1.\n") {
		t.Errorf("--lang: %s", out)
	}
	e := &env{configFile: s.file("b.yaml", "sources:\n  - source: a.jsonl\n    lang: tw\nlanguages:\n  aliases:\n    tw: zh-Hant\n")}
	c, err := e.loadConfig()
	if err != nil || c.Sources[0].Options.Lang != "zh-Hant" {
		t.Errorf("got %+v, %v", c, err)
	}
	e.configFile = s.file("c.yaml", "sources:\n  - source: a.jsonl\n    lang: chinese\n")
	if _, err := e.loadConfig(); err == nil || !strings.Contains(err.Error(), `c.yaml:3: lang is "chinese"; it must be a language`) {
		t.Errorf("got %v", err)
	}
}

// English articles that name no language. One of IBM's is a sheet of names that
// is taken for French; short reports of earnings are, too.
func TestMainLanguageOfDatasets(t *testing.T) {
	check := func(name string, articles, undetected, wrong int, args ...string) {
		t.Helper()
		s := newShell(t)
		var got, again importResult
		s.decode(&got, append([]string{"import", "--json"}, args...)...)
		s.decode(&again, append([]string{"import", "--json", "--dry-run"}, args...)...)
		if got.Languages["und"] != 0 || got.Assumed["en"] != undetected || got.Languages["en"] < articles-wrong {
			t.Errorf("%s: %v, assumed %v", name, got.Languages, got.Assumed)
		}
		if again.Unchanged != articles || again.Assumed["en"] != undetected {
			t.Errorf("%s, again: %+v", name, again)
		}
	}
	check("IBM", 1051, 25, 1, "--map", "id=article_id,title=doc_full_name,body=doc_body", dataset(t, "ibm_community", "articles_community.csv"))

	f, err := os.Open(dataset(t, "reuters21578", "articles.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(unzipped)
	if err != nil {
		t.Fatal(err)
	}
	silent := regexp.MustCompile(`, "lang": "en"`).ReplaceAllString(string(text), "")
	check("Reuters", 19043, 2501, 268, newShell(t).file("reuters.jsonl", silent))
}

// Seventeen languages, told by folders or, by the text alone, nearly the same.
func TestLanguagesOfNews(t *testing.T) {
	posts := dataset(t, "ruby_lang_news")
	said, told := newShell(t), newShell(t)
	var got importResult
	said.decode(&got, "import", "--json", posts)
	want := map[data.Lang]int{
		"bg": 29, "de": 354, "en": 513, "es": 311, "fr": 183, "id": 286, "it": 107, "ja": 510, "ko": 427, "pl": 80, "pt": 101, "ru": 192,
		"tr": 78, "uk": 513, "vi": 500, "zh-Hans": 248, "zh-Hant": 291,
	}
	if diff := cmp.Diff(want, got.Languages); diff != "" || len(got.Detected) > 0 {
		t.Errorf("detected %v (-want +got)\n%s", got.Detected, diff)
	}
	groups := map[string][]string{}
	var silent strings.Builder
	for line := range strings.SplitSeq(strings.TrimSpace(said.ok("export", "articles")), "\n") {
		var r ingest.Record
		r, err := ingest.ParseArticle([]byte(line), "", nil)
		if err != nil {
			t.Fatal(err)
		}
		if lang := string(r.Article.Lang); lang == "en" || strings.HasPrefix(lang, "zh") {
			groups[string(r.Article.Group())] = append(groups[string(r.Article.Group())], lang)
		}
		r.Article.Lang = ""
		silent.Write(ingest.AppendJSONL(nil, r.Article))
	}
	inAll := 0
	for _, langs := range groups {
		if slices.Sort(langs); slices.Equal(langs, []string{"en", "zh-Hans", "zh-Hant"}) {
			inAll++
		}
	}
	if inAll != 215 {
		t.Errorf("%d posts are in en, zh-Hans and zh-Hant, want 215", inAll)
	}

	told.environ = []string{"ALSOLIKE_LANGUAGES_EXPECTED=bg,de,en,es,fr,id,it,ja,ko,pl,pt,ru,tr,uk,vi,zh"}
	told.decode(&got, "import", "--json", told.file("silent.jsonl", silent.String()))
	off := got.Languages["und"]
	for lang, n := range want {
		off += max(0, got.Languages[lang]-n)
	}
	t.Logf("told by the text: %v; %d of 4,723 are undetermined or off", got.Languages, off)
	if off > 4723*5/100 { // 61 German posts are in English
		t.Errorf("%d of 4,723 articles are counted wrongly, want at most 5 %%: %v", off, got.Languages)
	}
}
