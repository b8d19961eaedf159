package ingest_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/ingest"
)

func TestHTMLFromNetwork(t *testing.T) {
	w := newWebSite(t)
	im := newImporting(t, w)
	w.page("/a", "Rents", `<link rel="canonical" href="/b"><link rel="alternate" hreflang="x-default" href="/en/a"><link rel="alternate" hreflang="en" href="/b">`)
	w.page("/front", "Rents", `<link rel="canonical" href="/"><link rel="alternate" hreflang="x-default" href="/">`)
	w.serve("/empty", "text/html", "<html></html>")
	check := func(path string, id data.ArticleID, translationOf data.ArticleID) {
		t.Helper()
		if got := im.run(t, w.URL+path); got.Added != 1 {
			t.Errorf("%s: got %+v, %q", path, got, im.refused)
			return
		}
		if a := im.article(t, id); a.TranslationOf != translationOf {
			t.Errorf("%s: is a translation of %q, want %q", path, a.TranslationOf, translationOf)
		}
	}
	check("/a", w.id("/b"), w.id("/en/a"))
	check("/front", w.id("/front"), "") // a careless template's canonical address
	im.options.Format = ingest.HTML
	im.run(t, w.URL+"/empty")
	im.refusedWith(t, "/empty: no article text")
	im.run(t, w.URL+"/nowhere")
	im.refusedWith(t, "/nowhere: the server answered 404 Not Found: there is no such page")
	if got := im.run(t, w.URL+"/front"); got.Refused != 0 || got.Read != 0 {
		t.Errorf("again: got %+v, want nothing to do", got)
	}

	// The address of a whole site is read by its sitemaps.
	w.serve("/robots.txt", "text/plain", "Sitemap: SITE/map.xml")
	w.serve("/map.xml", "application/xml", urlset(listed("/front"), listed("/new")))
	w.page("/", "The Harbour Post", "")
	w.page("/new", "New", "")
	im.options.Format = ingest.Auto
	im.fetcher = nil
	other := newImporting(t, w)
	if got := other.run(t, w.URL+"/"); got.Added != 2 || got.Refused != 0 {
		t.Errorf("site: got %+v, %q; want the 2 pages of its sitemap", got, other.refused)
	}
}

func TestHTMLFolder(t *testing.T) {
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "2026"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"index.html":      webPage("Front", ""),
		"2026/rents.htm":  webPage("Rents", `<link rel="canonical" href="https://post.example/2026/rents"><meta property="article:published_time" content="2026-05-04">`),
		"2026/empty.html": "<html></html>",
		"style.css":       "p {}",
	} {
		if err := os.WriteFile(filepath.Join(folder, filepath.FromSlash(name)), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	source := openSource(t, folder, ingest.SourceOptions{Section: "Post"})
	var ids []data.ArticleID
	for r := range source.Records(t.Context()) {
		switch {
		case r.Err != nil:
			if !strings.HasSuffix(r.Err.Error(), "empty.html: the page holds no article text") {
				t.Error(r.Err)
			}
		default:
			ids = append(ids, r.Article.ID)
			if r.Article.ID == "2026/rents" && (r.Article.URL != "https://post.example/2026/rents" || r.Article.Section != "Post" || !r.Article.PublishedAt.Equal(date(2026, 5, 4, 0))) {
				t.Errorf("got %+v", r.Article)
			}
		}
	}
	if want := []data.ArticleID{"2026/rents", "index"}; source.Format() != ingest.HTML || !slices.Equal(ids, want) {
		t.Errorf("got %q as %s, want %q", ids, source.Format(), want)
	}
}

// The saved pages of the article extraction benchmark.
func BenchmarkHTMLFolder(b *testing.B) {
	folder := dataset(b, "article_extraction_benchmark/html")
	source := openSource(b, folder, ingest.SourceOptions{Format: ingest.HTML})
	read := 0
	for b.Loop() {
		summary, err := ingest.Import(b.Context(), []*ingest.Source{source}, datatest.NewStore(time.Now), ingest.Options{})
		if err != nil || summary.Added != 181 {
			b.Fatalf("got %+v, %v", summary, err)
		}
		read += summary.Read
	}
	b.ReportMetric(float64(read)/b.Elapsed().Seconds(), "articles/s")
}
