package ingest_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/ingest"
)

// The news of Ruby in 17 languages.
func TestImportRubyNews(t *testing.T) {
	path := dataset(t, "ruby_lang_news")
	store := openStore(t, filepath.Join(t.TempDir(), "alsolike.db"))
	source := openSource(t, path, ingest.SourceOptions{Permalink: "https://www.ruby-lang.org/:lang/:section/:year/:month/:day/:title/"})
	if source.Format() != ingest.Markdown {
		t.Fatalf("the format is told to be %s", source.Format())
	}
	got, err := ingest.Import(context.Background(), []*ingest.Source{source}, store, ingest.Options{})
	if err != nil || got.Added != 4723 || got.Read != 4723 || got.BadDates > 0 || got.BadLangs > 0 {
		t.Errorf("got %+v, %v; want 4723 articles", got, err)
	}
	if len(got.Languages) != 17 || got.Languages["zh-Hans"] == 0 || got.Languages["zh-Hant"] == 0 {
		t.Errorf("got languages %v, want 17", got.Languages)
	}
	groups := map[data.ArticleID]map[data.Lang]bool{}
	dated := 0
	for a, err := range store.Articles(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if groups[a.Group()] == nil {
			groups[a.Group()] = map[data.Lang]bool{}
		}
		groups[a.Group()][a.Lang] = true
		if !a.PublishedAt.IsZero() {
			dated++
		}
		if !strings.HasPrefix(a.URL, "https://www.ruby-lang.org/"+strings.ToLower(string(a.ID[:2]))) || a.Section != "news" {
			t.Errorf("%s: got URL %q, section %q", a.ID, a.URL, a.Section)
		}
		if text := data.PlainText(a.Body); strings.Contains(text, "{%") || strings.Contains(text, "{{") && !strings.Contains(text, "}}}") {
			t.Errorf("%s: a template is left in %.200q", a.ID, text[strings.Index(text, "{"):])
		}
	}
	if dated != 4723 {
		t.Errorf("got %d with a date, want all", dated)
	}
	all := 0
	for _, langs := range groups {
		if langs["en"] && langs["zh-Hans"] && langs["zh-Hant"] {
			all++
		}
	}
	if all != 215 {
		t.Errorf("got %d posts in en, zh-Hans and zh-Hant, want 215", all)
	}
}
