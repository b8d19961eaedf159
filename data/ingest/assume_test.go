package ingest_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/fetch"
	"github.com/alsolike/alsolike/data/ingest"
)

// said are n lines of articles in lang, as their source says.
func said(lang string, n int) (lines []string) {
	for i := range n {
		lines = append(lines, fmt.Sprintf(`{"id":"%s%d","title":"x","lang":%q}`, lang, i, lang))
	}
	return lines
}

// unsaid is a line of an article that is too short for detection.
func unsaid(id, title string) string { return fmt.Sprintf(`{"id":%q,"title":%q}`, id, title) }

// assumed imports lines and tells the languages of the articles that are not of
// said, with a star where they were assumed.
func assumed(t *testing.T, o ingest.LanguageOptions, lines ...string) string {
	t.Helper()
	store := datatest.NewStore(time.Now)
	importLines(t, store, o, ingest.Options{}, lines...)
	return languagesIn(t, store)
}

func languagesIn(t *testing.T, store interface {
	Article(context.Context, data.ArticleID) (data.Article, error)
},
) string {
	t.Helper()
	var got []string
	for _, id := range []data.ArticleID{"latin", "han", "hans", "kana", "none"} {
		a, err := store.Article(t.Context(), id)
		if err != nil {
			continue
		}
		text := string(id + " " + data.ArticleID(a.Lang))
		if a.LangConfidence == data.AssumedConfidence {
			text += "*"
		}
		got = append(got, text)
	}
	return strings.Join(got, ", ")
}

func importLines(t *testing.T, store ingest.Store, langs ingest.LanguageOptions, o ingest.Options, lines ...string) ingest.Summary {
	t.Helper()
	path := write(t, "a.jsonl", []byte(strings.Join(lines, "\n")+"\n"))
	sum, err := ingest.Import(t.Context(), []*ingest.Source{openSource(t, path, ingest.SourceOptions{Languages: newLanguages(t, langs)})}, store, o)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestAssume(t *testing.T) {
	short := []string{unsaid("latin", "Ruby Garden"), unsaid("han", "水"), unsaid("hans", "东"), unsaid("none", "17")}
	check := func(name, want string, o ingest.LanguageOptions, lines ...string) {
		t.Helper()
		lines = append(slices.Clone(short), lines...)
		if got := assumed(t, o, lines...); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
		slices.Reverse(lines)
		if got := assumed(t, o, lines...); got != want {
			t.Errorf("%s, in another order: got %s, want %s", name, got, want)
		}
	}
	const none = "latin und, han und, hans und, none und"
	any := ingest.LanguageOptions{}
	check("one language", "latin en*, han und, hans und, none und", any, said("en", 20)...)
	check("too few", none, any, said("en", 19)...)
	check("nine of ten", "latin en*, han und, hans und, none und", any, append(said("en", 18), said("de", 2)...)...)
	check("fewer", none, any, append(said("en", 17), said("de", 3)...)...)
	check("regions", "latin en-GB*, han und, hans und, none und", any, slices.Concat(said("en", 9), said("en-GB", 10), said("en-US", 2))...)
	check("simplified", "latin und, han zh-Hans*, hans zh-Hans*, none und", any, said("zh-Hans", 20)...)
	check("traditional", "latin und, han zh-Hant*, hans und, none und", any, said("zh-Hant", 20)...)
	check("both scripts", none, any, append(said("zh-Hant", 20), said("zh-Hans", 20)...)...)
	check("Japanese", "latin und, han ja*, hans ja*, none und", any, said("ja", 20)...)
	check("a default", "latin de, han de, hans de, none de", ingest.LanguageOptions{Default: "de"}, said("en", 20)...)
	check("switched off", none, ingest.LanguageOptions{Default: data.Undetermined}, said("en", 20)...)
	check("no detection", none, ingest.LanguageOptions{NoDetect: true}, said("en", 20)...)
}

// What an import assumes comes from the store too, and is the same again until
// the site's main language is another. A dry run counts the same.
func TestAssumeAgain(t *testing.T) {
	store := openStore(t, filepath.Join(t.TempDir(), "alsolike.db"))
	step := func(name, want string, changes data.Changes, languages ingest.LanguageOptions, lines ...string) {
		t.Helper()
		dry := importLines(t, store, languages, ingest.Options{DryRun: true}, lines...)
		sum := importLines(t, store, languages, ingest.Options{}, lines...)
		if diff := cmp.Diff(sum, dry); diff != "" {
			t.Errorf("%s: a dry run counts otherwise (-real +dry)\n%s", name, diff)
		}
		if got := languagesIn(t, store); got != want || sum.Changes != changes {
			t.Errorf("%s: got %s, %+v; want %s, %+v", name, got, sum.Changes, want, changes)
		}
		fresh := data.NewLangCounts()
		for a, err := range store.Articles(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(strings.Join(lines, ""), fmt.Sprintf("%q", a.ID)) {
				fresh.Add(a.Lang, a.LangConfidence, 1)
			}
		}
		if diff := cmp.Diff(fresh, sum.Languages); diff != "" {
			t.Errorf("%s: the counts are not those of the articles (-want +got)\n%s", name, diff)
		}
	}
	var any ingest.LanguageOptions
	short := unsaid("latin", "Ruby Garden")
	step("the first articles", "latin und", data.Changes{Added: 11}, any, append(said("en", 10), short)...)
	step("others", "latin und", data.Changes{Added: 10, Unchanged: 10}, any, said("en", 20)...)
	step("with a main language", "latin en*", data.Changes{Updated: 1}, any, short)
	step("again", "latin en*", data.Changes{Unchanged: 1}, any, short)
	step("another text", "latin en*", data.Changes{Updated: 1}, any, unsaid("latin", "Rose Garden"))
	step("of other letters", "latin und", data.Changes{Updated: 1}, any, unsaid("latin", "水"))
	step("back", "latin en*", data.Changes{Updated: 1}, any, short)
	step("off", "latin und", data.Changes{Updated: 1}, ingest.LanguageOptions{Default: data.Undetermined}, short)
	step("on", "latin en*", data.Changes{Updated: 1}, any, short)
	step("a second language", "latin und", data.Changes{Added: 5, Updated: 1}, any, append(said("de", 5), short)...)
	step("the source says it", "latin en", data.Changes{Updated: 1}, any, `{"id":"latin","title":"Ruby Garden","lang":"en"}`)
}

// An import that is stopped gives what it has stored its language all the same.
func TestAssumeWhenStopped(t *testing.T) {
	store := datatest.NewStore(time.Now)
	lines := append(said("en", 600), unsaid("latin", "Ruby Garden"))
	slices.Reverse(lines)
	path := write(t, "a.jsonl", []byte(strings.Join(lines, "\n")))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := ingest.Import(ctx, []*ingest.Source{openSource(t, path, ingest.SourceOptions{})}, store, ingest.Options{
		Progress: func(p ingest.Progress) {
			if p.Stored > 0 {
				cancel()
			}
		},
	})
	if got := languagesIn(t, store); err == nil || got != "latin en*" {
		t.Errorf("got %s, %v", got, err)
	}
}

// What is pushed takes the main language of what is stored.
func TestAssumePushed(t *testing.T) {
	store := datatest.NewStore(time.Now)
	push := func(o ingest.LanguageOptions, line string) data.Article {
		t.Helper()
		l := newLanguages(t, o)
		r, err := ingest.ParseArticle([]byte(line), "", l)
		articles := []data.Article{r.Article}
		if err == nil {
			err = l.Assume(t.Context(), store, articles)
		}
		if err != nil {
			t.Fatal(err)
		}
		return articles[0]
	}
	check := func(o ingest.LanguageOptions, title string, want data.Lang, confidence float64) {
		t.Helper()
		if a := push(o, unsaid("1", title)); a.Lang != want || a.LangConfidence != confidence {
			t.Errorf("%s: got %s, %v; want %s", title, a.Lang, a.LangConfidence, want)
		}
	}
	check(ingest.LanguageOptions{}, "Ruby Garden", "und", 0)
	importLines(t, store, ingest.LanguageOptions{}, ingest.Options{}, said("en", 20)...)
	check(ingest.LanguageOptions{}, "Ruby Garden", "en", data.AssumedConfidence)
	check(ingest.LanguageOptions{}, "水", "und", 0)
	check(ingest.LanguageOptions{Default: "de"}, "Ruby Garden", "de", 0)
	check(ingest.LanguageOptions{Default: data.Undetermined}, "Ruby Garden", "und", 0)
}

// An article that is met again when it is stored already has the language of the
// last record, and is counted once.
func TestAssumeOnceDuplicates(t *testing.T) {
	var content strings.Builder
	for i := range 1200 { // of the ids 0 to 99, each half loses or gains its language
		if 50 <= i && i < 100 || 1100 <= i && i < 1150 {
			fmt.Fprintln(&content, unsaid(fmt.Sprint(i%1100), "Ruby Garden"))
		} else {
			fmt.Fprintf(&content, `{"id":"%d","title":"x","lang":"en"}`+"\n", i%1100)
		}
	}
	const url = "https://a.example/a.jsonl"
	l := &library{pages: map[string]fetch.Page{url: {Body: []byte(content.String())}}}
	store := datatest.NewStore(time.Now)
	sum, err := importURLs(t, l, store, ingest.Options{}, url)
	if err != nil {
		t.Fatal(err)
	}
	want := langCounts(map[data.Lang]int{"en": 1100})
	want.Assumed["en"] = 50
	if diff := cmp.Diff(want, sum.Languages); diff != "" {
		t.Errorf("counted (-want +got)\n%s", diff)
	}
	if stored, _ := store.CountLanguages(t.Context()); cmp.Diff(want, stored) != "" {
		t.Errorf("stored %v", stored)
	}
}
