package ingest_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/ingest"
)

const (
	english     = "The first of five electric cranes came up the river on Monday, and all five are to lift by autumn."
	german      = "Der erste von fünf elektrischen Kränen kam am Montag den Fluss herauf, und im Herbst sollen alle fünf heben."
	simplified  = "五台电动起重机中的第一台星期一沿河而上，到秋天五台都要开始工作。码头工人等了它们十一年，旧的柴油起重机将在年底报废。"
	traditional = "五臺電動起重機中的第一臺星期一沿河而上，到秋天五臺都要開始工作。碼頭工人等了它們十一年，舊的柴油起重機將在年底報廢。"
)

// languagesOf imports a file or folder and tells the language of every article,
// with a star where the text told it.
func languagesOf(t *testing.T, path string, o ingest.SourceOptions, langs ingest.LanguageOptions) (map[data.ArticleID]string, ingest.Summary) {
	t.Helper()
	var err error
	if o.Languages, err = ingest.NewLanguages(langs); err != nil {
		t.Fatal(err)
	}
	store := datatest.NewStore(time.Now)
	sum, err := ingest.Import(t.Context(), []*ingest.Source{openSource(t, path, o)}, store, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[data.ArticleID]string{}
	counts := data.NewLangCounts()
	for a := range store.Articles(t.Context()) {
		got[a.ID] = string(a.Lang)
		counts.Add(a.Lang, a.LangConfidence, 1)
		if a.LangConfidence > 0 {
			got[a.ID] += "*"
		}
	}
	if diff := cmp.Diff(counts, sum.Languages); diff != "" {
		t.Errorf("the counts are not those of the articles: %s", diff)
	}
	return got, sum
}

func TestLanguageOfRecords(t *testing.T) {
	path := write(t, "a.jsonl", fmt.Appendf(nil, `{"id":"en","body":%q}
{"id":"de","title":"Five cranes","body":%q}
{"id":"hans","title":"x","summary":%q}
{"id":"hant","body":"<p>%s</p>"}
{"id":"said","body":%q,"lang":"fr"}
{"id":"said in vain","body":%q,"lang":"??"}
{"id":"said und","body":%q,"lang":"und"}
{"id":"zh","body":%q,"lang":"zh"}
{"id":"zh of English","body":%q,"lang":"zh"}
{"id":"zh-CN","body":%q,"lang":"zh-CN"}
{"id":"tw","body":%q,"lang":"TW"}
{"id":"short","title":"Cranes"}
`, english, german, simplified, traditional, english, english, german, traditional, english, traditional, traditional))
	check := func(name string, o ingest.SourceOptions, langs ingest.LanguageOptions, want map[data.ArticleID]string) {
		t.Helper()
		got, sum := languagesOf(t, path, o, langs)
		if diff := cmp.Diff(want, got); diff != "" || sum.BadLangs != 1 || sum.Overruled != 0 {
			t.Errorf("%s: %+v (-want +got)\n%s", name, sum, diff)
		}
	}
	check("nothing said", ingest.SourceOptions{}, ingest.LanguageOptions{}, map[data.ArticleID]string{
		"en": "en*", "de": "de*", "hans": "zh-Hans*", "hant": "zh-Hant*", "said": "fr", "said in vain": "en*", "said und": "de*",
		"zh": "zh-Hant*", "zh of English": "zh-Hans", "zh-CN": "zh-Hans", "tw": "tw", "short": "und",
	})
	check("off", ingest.SourceOptions{}, ingest.LanguageOptions{NoDetect: true, Default: "en"}, map[data.ArticleID]string{
		"en": "en", "de": "en", "hans": "en", "hant": "en", "said": "fr", "said in vain": "en", "said und": "en",
		"zh": "zh-Hans", "zh of English": "zh-Hans", "zh-CN": "zh-Hans", "tw": "tw", "short": "en",
	})
	check("site in two languages", ingest.SourceOptions{}, ingest.LanguageOptions{
		Expected: []data.Lang{"en-GB", "zh-Hant"}, Default: "zh-Hant", Aliases: map[string]data.Lang{"tw": "zh-Hant", "zh": "zh-Hans"},
	}, map[data.ArticleID]string{
		"en": "en-GB*", "de": "en-GB*", "hans": "zh-Hant*", "hant": "zh-Hant*", "said": "fr", "said in vain": "en-GB*", "said und": "en-GB*",
		"zh": "zh-Hans", "zh of English": "zh-Hans", "zh-CN": "zh-Hans", "tw": "zh-Hant", "short": "zh-Hant",
	})
	check("--lang", ingest.SourceOptions{Lang: "nl"}, ingest.LanguageOptions{}, map[data.ArticleID]string{
		"en": "nl", "de": "nl", "hans": "nl", "hant": "nl", "said": "fr", "said in vain": "en*", "said und": "de*",
		"zh": "zh-Hant*", "zh of English": "zh-Hans", "zh-CN": "zh-Hans", "tw": "tw", "short": "nl",
	})
}

// What a page's template, a feed or an export says for all alike gives way to
// the characters of the text.
func TestLanguageOfSites(t *testing.T) {
	pages := map[string]string{}
	page := func(name, lang, text string) {
		pages[name+".html"] = fmt.Sprintf("<!doctype html><html%s><head><title>%s</title></head><body><article><p>%s</p></article></body></html>", lang, name, text+text+text)
	}
	page("silent", ``, german)
	page("right", ` lang="zh-TW"`, traditional)
	page("default", ` lang="en-US"`, traditional)
	page("other script", ` lang="zh-CN"`, traditional)
	page("bare", ` lang="zh"`, traditional)
	page("same letters", ` lang="en"`, german)
	page("alias", ` lang="tw"`, english)
	page("alias of the site's own", ` lang="chinese-t"`, english)
	aliases := map[string]data.Lang{"tw": "en-GB", "Chinese_T": "en-AU"}
	got, sum := languagesOf(t, folder(t, pages), ingest.SourceOptions{}, ingest.LanguageOptions{Aliases: aliases})
	want := map[data.ArticleID]string{
		"silent": "de*", "right": "zh-Hant", "default": "zh-Hant*", "other script": "zh-Hant*", "bare": "zh-Hant*", "same letters": "en",
		"alias": "en-GB", "alias of the site's own": "en-AU",
	}
	if diff := cmp.Diff(want, got); diff != "" || sum.Overruled != 3 || sum.BadLangs != 0 {
		t.Errorf("pages: %+v (-want +got)\n%s", sum, diff)
	}

	feed := write(t, "feed.xml", []byte(`<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>t</title><language>en-us</language>
		<item><guid>1</guid><title>t</title><description>`+simplified+`</description></item>
		<item><guid>2</guid><title>t</title><description>`+english+`</description></item>
		<item><guid>3</guid><title>t</title><description>`+simplified+`</description><dc:language>ja</dc:language></item></channel></rss>`))
	got, sum = languagesOf(t, feed, ingest.SourceOptions{}, ingest.LanguageOptions{})
	if diff := cmp.Diff(map[data.ArticleID]string{"1": "zh-Hans*", "2": "en-US", "3": "ja"}, got); diff != "" || sum.Overruled != 1 {
		t.Errorf("feed: %+v (-want +got)\n%s", sum, diff)
	}
}

// Folders, in whatever spelling, say the language of what is in them, and the
// page of one name is one article in several languages and scripts.
func TestLanguageOfFolders(t *testing.T) {
	site := folder(t, map[string]string{
		"en/cranes.md": english, "zh_tw/cranes.md": english, "zh-Hans/cranes.md": simplified, "zh/rents.md": traditional, "ja_JP.UTF-8/rents.md": "text",
		"kr/cranes.md": "text", "zh_Hant_HK/rents.md": traditional,
	})
	got, _ := languagesOf(t, site, ingest.SourceOptions{}, ingest.LanguageOptions{Aliases: map[string]data.Lang{"kr": "ko"}})
	want := map[data.ArticleID]string{
		"en/cranes": "en", "zh_tw/cranes": "zh-Hant", "zh-Hans/cranes": "zh-Hans", "zh/rents": "zh-Hant*", "kr/cranes": "ko", "zh_Hant_HK/rents": "zh-Hant",
		"ja_JP.UTF-8/rents": "und",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	groups := map[data.ArticleID]data.ArticleID{}
	for id, a := range readFolder(t, map[string]string{
		"tw/cranes.md": "text", "hk/cranes.md": "text", "cn/cranes.md": "text", "english/cranes.md": "text", "english/rents.md": "text",
	}, ingest.SourceOptions{Languages: newLanguages(t, ingest.LanguageOptions{Aliases: map[string]data.Lang{"english": "en", "tw": "zh-Hant"}})}) {
		groups[data.ArticleID(id)] = a.Group()
	}
	if diff := cmp.Diff(map[data.ArticleID]data.ArticleID{
		"tw/cranes": "english/cranes", "hk/cranes": "english/cranes", "cn/cranes": "english/cranes", "english/cranes": "english/cranes", "english/rents": "english/rents",
	}, groups); diff != "" {
		t.Errorf("groups (-want +got)\n%s", diff)
	}
}

func newLanguages(t *testing.T, o ingest.LanguageOptions) *ingest.Languages {
	t.Helper()
	l, err := ingest.NewLanguages(o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLanguageOfPushed(t *testing.T) {
	check := func(text string, l *ingest.Languages, want data.Lang, told bool) {
		t.Helper()
		r, err := ingest.ParseArticle([]byte(text), "1", l)
		if err != nil || r.Article.Lang != want || r.Article.LangConfidence > 0 != told {
			t.Errorf("%s: got %s (%v), %v; want %s", text, r.Article.Lang, r.Article.LangConfidence, err, want)
		}
	}
	check(`{"title":"`+german+`"}`, nil, "de", true)
	check(`{"title":"`+german+`","lang":"de-AT"}`, nil, "de-AT", false)
	check(`{"title":"`+german+`"}`, newLanguages(t, ingest.LanguageOptions{NoDetect: true}), "und", false)
	check(`{"title":"t","lang":"tw"}`, newLanguages(t, ingest.LanguageOptions{Aliases: map[string]data.Lang{"TW": "zh-Hant"}}), "zh-Hant", false)

	if _, err := ingest.NewLanguages(ingest.LanguageOptions{Expected: []data.Lang{"tlh"}}); err == nil {
		t.Error("no error for a language that nobody can tell")
	}
}

// Importing again what the text told changes nothing; a source that comes to
// name the language changes the article.
func TestLanguageAgain(t *testing.T) {
	dir := t.TempDir()
	store := openStore(t, filepath.Join(dir, "alsolike.db"))
	run := func(line string, want data.Changes) {
		t.Helper()
		sum, err := importFiles(t, store, ingest.Options{}, write(t, "a.jsonl", []byte(line)))
		if err != nil || sum.Changes != want {
			t.Errorf("%s: got %+v, %v", line, sum.Changes, err)
		}
	}
	silent := `{"id":"1","body":"` + german + `"}`
	run(silent, data.Changes{Added: 1})
	run(silent, data.Changes{Unchanged: 1})
	a, err := store.Article(t.Context(), "1")
	if err != nil || a.Lang != "de" || a.LangConfidence < 0.5 {
		t.Errorf("got %+v, %v", a, err)
	}
	run(string(ingest.AppendJSONL(nil, a)), data.Changes{Unchanged: 1})
	run(`{"id":"1","lang":"de","body":"`+german+`"}`, data.Changes{Updated: 1})
	if a, _ := store.Article(t.Context(), "1"); a.Lang != "de" || a.LangConfidence != 0 {
		t.Errorf("got %+v", a)
	}
}
