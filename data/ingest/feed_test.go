package ingest_test

import (
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/data/ingest"
)

// Feeds as found in the wild: every well-formed one imports, every broken one
// says what is wrong.
func TestRealFeeds(t *testing.T) {
	folder := dataset(t, "real_feeds/Tests/RSParserTests/Resources")
	broken := map[string]string{
		"DaringFireball.html":        "is an HTML page and no feed",
		"Subs.opml":                  "is OPML, a list of feeds and no feed",
		"SubsNoTitleAttributes.opml": "is OPML, a list of feeds and no feed",
		"YouTubeTheVolvoRocks.html":  "is an HTML page and no feed",
		"allthis-partial.json":       "the feed is broken JSON",
		"coco.html":                  "is an HTML page and no feed",
		"furbo.html":                 "is an HTML page and no feed",
		"inessential.html":           "is an HTML page and no feed",
		"sixcolors.html":             "is an HTML page and no feed",
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) < 45 {
		t.Fatalf("got %d files, %v", len(files), err)
	}
	articles, good := 0, 0
	for _, file := range files {
		source := openSource(t, filepath.Join(folder, file.Name()), ingest.SourceOptions{Format: ingest.Feed})
		read, skipped, undated := 0, 0, 0
		var refused []string
		for r := range source.Records(t.Context()) {
			switch {
			case r.Err != nil:
				refused = append(refused, r.Err.Error())
			case r.Skipped != "":
				skipped++
			default:
				read++
				if r.Article.PublishedAt.IsZero() {
					undated++
				}
			}
		}
		if reason, ok := broken[file.Name()]; ok {
			if len(refused) != 1 || !strings.Contains(refused[0], file.Name()+": "+reason) || read > 0 {
				t.Errorf("%s: got %q and %d articles; want %q", file.Name(), refused, read, reason)
			}
			continue
		}
		if len(refused) > 0 || read+skipped == 0 || undated > 0 && file.Name() != "authors.json" {
			t.Errorf("%s: %d articles, %d skipped, %d undated, refused: %q", file.Name(), read, skipped, undated, refused)
		}
		good++
		articles += read
	}
	t.Logf("%d feeds with %d articles", good, articles)
	if articles < 900 {
		t.Errorf("got %d articles of %d feeds", articles, good)
	}
}

const rss = `<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Post</title><link>https://post.example/</link><language>zh_TW</language>%s</channel></rss>`

func feedOf(items ...string) string {
	return strings.Replace(rss, "%s", strings.Join(items, "\n"), 1)
}

func TestFeedItem(t *testing.T) {
	r := one(t, "feed.xml", feedOf(`<item><title>Rents &amp; caps</title><guid isPermaLink="false">post-7</guid><link>/2026/rents?utm_source=rss</link>
		<pubDate>Mon, 04 May 2026 12:00:00 +0200</pubDate><dc:creator>Ann Lee</dc:creator><category>rent</category><category> </category><category>harbour</category>
		<description>In short.</description><content:encoded><![CDATA[<p>They are <b>capped</b> &amp; low.</p>]]></content:encoded>
		<enclosure url="https://post.example/a.jpg" type="image/jpeg" length="1"/></item>`), ingest.SourceOptions{Section: "News"})
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	want := data.Article{
		ID: "post-7", Title: "Rents & caps", Body: "<p>They are <b>capped</b> &amp; low.</p>", Summary: "In short.", URL: "https://post.example/2026/rents",
		Lang: "zh-Hant", PublishedAt: date(2026, 5, 4, 10), Section: "News", Tags: []string{"rent", "harbour"}, Authors: []string{"Ann Lee"},
		Image: data.Image{Src: "https://post.example/a.jpg"}, State: data.Published,
	}
	if diff := cmp.Diff(want, r.Article); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	check := func(name, item string, id data.ArticleID, reason string) {
		t.Helper()
		r := one(t, "feed.xml", feedOf(item), ingest.SourceOptions{})
		switch {
		case reason != "":
			if r.Err == nil || !strings.Contains(r.Err.Error(), reason) {
				t.Errorf("%s: got %+v, want %q", name, r, reason)
			}
		case r.Err != nil || r.Article.ID != id:
			t.Errorf("%s: got %q, %v, want %q", name, r.Article.ID, r.Err, id)
		}
	}
	check("link for a guid", "<item><title>t</title><link>https://post.example/a</link></item>", "https://post.example/a", "")
	check("guid that is no id", "<item><title>t</title><guid>"+strings.Repeat("x", 600)+"</guid><link>https://post.example/a</link></item>", "https://post.example/a", "")
	check("neither", "<item><title>Rents</title></item>", "", `the item "Rents" has neither a guid nor a link`)
	check("too large", "<item><guid>1</guid><description>"+strings.Repeat("a ", 6<<20)+"</description></item>", "", "the item is over 10 MB")
	if r := one(t, "feed.xml", feedOf("<item><guid>1</guid></item>"), ingest.SourceOptions{}); r.Err != nil || r.Skipped != "no article text" {
		t.Errorf("no text: got %+v", r)
	}
	if r := one(t, "feed.xml", feedOf("<item><guid>1</guid><title>t</title><pubDate>soon</pubDate></item>"), ingest.SourceOptions{}); r.Err != nil || !r.BadDate {
		t.Errorf("no date: got %+v", r)
	}
}

func TestFeedRefused(t *testing.T) {
	check := func(content, reason string) {
		t.Helper()
		r := one(t, "feed.xml", content, ingest.SourceOptions{Format: ingest.Feed})
		if r.Err == nil || !strings.Contains(r.Err.Error(), "feed.xml: "+reason) {
			t.Errorf("%.60q: got %+v, want %q", content, r, reason)
		}
	}
	check("", "the feed is empty")
	check(feedOf(), "the source holds no articles")
	check(`<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss version="2.0"><channel><item><title>&b;</title></item></channel></rss>`,
		"declares XML entities, which are not expanded")
	check(feedOf("<item><title>t</title>")[:200], "the feed is broken")
	check("a,b\n1,2\n", "is no feed")
	check(`{"a":1}`, "is JSON but no feed")
	check(`{"version":"https://jsonfeed.org/version/1","items":[{`, "the feed is broken JSON")
	check(`<urlset></urlset>`, "is a sitemap and no feed")
	check(`<svg></svg>`, `is no feed but XML of another kind ("svg")`)
}

// A feed of excerpts is filled in from its pages; those of others are not.
func TestFeedOfExcerpts(t *testing.T) {
	w := newWebSite(t)
	im := newImporting(t, w)
	full := strings.Repeat("The whole text of this item is in the feed. ", 30)
	feed := func(excerpt string) {
		w.serve("/feed.xml", "application/rss+xml", strings.ReplaceAll(feedOf(
			`<item><title>Excerpt</title><guid>1</guid><link>SITE/1</link><pubDate>Mon, 04 May 2026 12:00:00 GMT</pubDate><description>`+excerpt+`</description></item>`,
			`<item><title>Whole</title><guid>2</guid><link>SITE/2</link><description>`+full+`</description></item>`,
			`<item><title>Link</title><guid>3</guid><link>https://elsewhere.example/3</link><description>Look here.</description></item>`,
			`<item><title>Lost</title><guid>4</guid><link>SITE/4</link><description>Its page is gone.</description></item>`,
			`<item><title>Trouble</title><guid>5</guid><link>SITE/5</link><description>Its page fails.</description></item>`,
		), "https://post.example/", "SITE/"))
	}
	feed("In short")
	w.page("/1", "Rents", `<meta property="article:section" content="Housing"><meta property="og:image" content="/1.jpg">`)
	w.handle("/5", func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(http.StatusForbidden) })
	if got := im.run(t, w.URL+"/feed.xml"); got.Added != 5 || got.Refused != 0 {
		t.Fatalf("got %+v, %q", got, im.refused)
	}
	a := im.article(t, "1")
	if a.Title != "Excerpt" || !strings.Contains(a.Body, "council voted") || a.Summary != "In short" || a.Section != "Housing" || a.Image.Src != w.URL+"/1.jpg" || a.Lang != "en" {
		t.Errorf("got %+v", a)
	}
	if a := im.article(t, "2"); a.Body != strings.TrimSpace(full) && a.Body != full {
		t.Errorf("got %q", a.Body)
	}
	if want := []string{"/1", "/4 404", "/5 403", "/feed.xml"}; !slices.Equal(w.requests(), want) {
		t.Errorf("asked for others than %q", want)
	}

	w.page("/5", "Trouble", "")
	if got := im.run(t, w.URL+"/feed.xml"); got.Updated != 1 || got.Unchanged != 4 {
		t.Errorf("again: got %+v, %q; want the page that failed", got, im.refused)
	}
	if asked := w.requests(); slices.Contains(asked, "/1") || !slices.Contains(asked, "/5") {
		t.Errorf("again: asked for %q", asked)
	}
	if got := im.run(t, w.URL+"/feed.xml"); got.Read != 0 || got.Refused != 0 {
		t.Errorf("a third time: got %+v, want nothing to do", got)
	}
	if asked := w.requests(); !slices.Equal(asked, []string{"/feed.xml 304"}) {
		t.Errorf("a third time: asked for %q", asked)
	}

	feed("In other words")
	if got := im.run(t, w.URL+"/feed.xml"); got.Updated != 1 || !strings.Contains(im.article(t, "1").Body, "council voted") || im.article(t, "1").Summary != "In other words" {
		t.Errorf("a changed excerpt: got %+v, %+v", got, im.article(t, "1"))
	}
}

// What only the page of an item says stays when the feed changed and the page did not.
func TestFeedOfUnchangedPages(t *testing.T) {
	w := newWebSite(t)
	im := newImporting(t, w)
	feed := func(excerpt string) {
		w.serve("/feed.xml", "application/rss+xml", feedOf(`<item><title>Undated</title><guid>1</guid><link>`+w.URL+`/1</link><description>`+excerpt+`</description></item>`))
	}
	w.page("/1", "Rents", `<meta property="article:published_time" content="2026-05-04"><meta property="article:section" content="Housing"><meta property="article:tag" content="rent">`+
		`<meta name="author" content="Mei Lindqvist"><meta property="og:image" content="/1.jpg">`)
	feed("In short")
	im.run(t, w.URL+"/feed.xml")
	want := im.article(t, "1")
	if want.PublishedAt.IsZero() || want.Section == "" || len(want.Tags) == 0 || len(want.Authors) == 0 || want.Image.Src == "" {
		t.Fatalf("got %+v", want)
	}
	w.requests()
	feed("In other words")
	want.Summary = "In other words"
	if got := im.run(t, w.URL+"/feed.xml"); got.Updated != 1 || !reflect.DeepEqual(im.article(t, "1"), want) {
		t.Errorf("got %+v, %+v, want %+v", got, im.article(t, "1"), want)
	}
	if asked := w.requests(); !slices.Contains(asked, "/1 304") {
		t.Errorf("asked for %q", asked)
	}
}

// A feed in a charset of its own, read from a file.
func TestFeedCharsets(t *testing.T) {
	gb, _ := simplifiedchinese.GBK.NewEncoder().String(strings.Replace(feedOf("<item><guid>1</guid><title>租金</title></item>"), `"1.0"?>`, `"1.0" encoding="gb2312"?>`, 1))
	for name, content := range map[string]string{
		"GB 2312":                    gb,
		"UTF-8 that says otherwise":  strings.Replace(feedOf("<item><guid>1</guid><title>租金</title></item>"), `"1.0"?>`, `"1.0" encoding="iso-8859-1"?>`, 1),
		"UTF-8 with byte order mark": "\ufeff" + feedOf("<item><guid>1</guid><title>租金</title></item>"),
	} {
		if r := one(t, "feed.rss", content, ingest.SourceOptions{}); r.Err != nil || r.Article.Title != "租金" {
			t.Errorf("%s: got %q, %v", name, r.Article.Title, r.Err)
		}
	}
}

func FuzzFeed(f *testing.F) {
	f.Add(feedOf("<item><guid>1</guid><title>t</title><pubDate>Mon, 04 May 2026 12:00:00 GMT</pubDate></item>"))
	f.Add(`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><entry><id>1</id><title type="html">t</title><link href="/a"/><content>c</content></entry></feed>`)
	f.Add(`{"version":"https://jsonfeed.org/version/1","items":[{"id":1,"tags":"a","content_text":"t"}]}`)
	f.Add(`{"rss":{"channel":{"item":[{"guid":{"#value":"1"},"title":"t"}]}}}`)
	f.Fuzz(func(t *testing.T, content string) {
		for _, r := range ingest.ParseFeed(t.Context(), []byte(content)) {
			if r.Err == nil && r.Skipped == "" && r.Article.Validate() != nil {
				t.Errorf("got an article that is none: %v", r.Article.Validate())
			}
		}
	})
}

func FuzzSitemap(f *testing.F) {
	f.Add(urlset(listed("/a", "<lastmod>2026-05-04</lastmod>", `<xhtml:link rel="alternate" hreflang="de" href="https://a.example/de"/>`)))
	f.Add(`<sitemapindex><sitemap><loc>x</loc></sitemap></sitemapindex>`)
	f.Add("https://a.example/1\nhttps://a.example/2\n")
	f.Add(feedOf("<item><link>https://a.example/</link></item>"))
	f.Fuzz(func(t *testing.T, content string) {
		for _, address := range ingest.ParseSitemap([]byte(content)) {
			if strings.TrimSpace(address) == "" {
				t.Error("an entry without address")
			}
		}
	})
}

func BenchmarkFeed(b *testing.B) {
	folder := dataset(b, "real_feeds/Tests/RSParserTests/Resources")
	var sources []*ingest.Source
	for _, name := range []string{"atp.rss", "russcox.atom", "rose.json", "dcrainmaker.xml", "cloudblog.rss", "DaringFireball.rss", "kc0011.rss"} {
		sources = append(sources, openSource(b, filepath.Join(folder, name), ingest.SourceOptions{Format: ingest.Feed}))
	}
	read := 0
	for b.Loop() {
		summary, err := ingest.Import(b.Context(), sources, datatest.NewStore(time.Now), ingest.Options{})
		if err != nil || summary.Refused > 0 {
			b.Fatalf("got %+v, %v", summary, err)
		}
		read += summary.Read
	}
	b.ReportMetric(float64(read)/b.Elapsed().Seconds(), "articles/s")
}
