package ingest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/fetch"
	"github.com/alsolike/alsolike/data/ingest"
	"github.com/alsolike/alsolike/data/sqlite"
)

// A webSite answers by path and notes what it was asked. Everything has an
// ETag, as it is made of the content.
type webSite struct {
	*httptest.Server

	mu       sync.Mutex
	handlers map[string]http.HandlerFunc
	asked    []string // paths, with the status if it was not 200
}

func newWebSite(t testing.TB) *webSite {
	w := &webSite{handlers: map[string]http.HandlerFunc{}}
	w.Server = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		w.mu.Lock()
		h := w.handlers[in.URL.Path]
		w.mu.Unlock()
		if h == nil {
			h = http.NotFound
		}
		answer := httptest.NewRecorder()
		h(answer, in)
		w.mu.Lock()
		if in.URL.Path != "/robots.txt" {
			w.asked = append(w.asked, strings.TrimSuffix(fmt.Sprintf("%s %d", in.URL.Path, answer.Code), " 200"))
		}
		w.mu.Unlock()
		for name, values := range answer.Header() {
			out.Header()[name] = values
		}
		out.WriteHeader(answer.Code)
		out.Write(answer.Body.Bytes())
	}))
	t.Cleanup(w.Close)
	return w
}

// requests is what was asked since the last call, but for robots.txt, in order.
func (w *webSite) requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	asked := w.asked
	w.asked = nil
	slices.Sort(asked)
	return asked
}

func (w *webSite) handle(path string, h http.HandlerFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if h == nil {
		delete(w.handlers, path)
		return
	}
	w.handlers[path] = h
}

// serve serves content at path and answers 304 to whom has it. "SITE" in it is
// the site's address.
func (w *webSite) serve(path, contentType, content string) {
	content = strings.ReplaceAll(content, "SITE", w.URL)
	tag := fmt.Sprintf(`"%x"`, len(content)*31+strings.Count(content, "e"))
	w.handle(path, func(out http.ResponseWriter, in *http.Request) {
		out.Header().Set("Content-Type", contentType)
		out.Header().Set("ETag", tag)
		if in.Header.Get("If-None-Match") == tag {
			out.WriteHeader(http.StatusNotModified)
			return
		}
		io.WriteString(out, content)
	})
}

// page serves a page of that title at path.
func (w *webSite) page(path, title, head string) {
	w.serve(path, "text/html; charset=utf-8", webPage(title, head))
}

func webPage(title, head string) string {
	text := strings.Repeat("<p>"+title+": the council voted on Tuesday, after a long debate, to cap rents in the old harbour, where, as tenants say, prices have doubled.</p>", 6)
	return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>` + title + `</title>` + head + `</head><body><nav><a href="/">Home</a></nav><main><h1>` +
		title + `</h1>` + text + `</main><footer><a href="#">Back to top</a></footer></body></html>`
}

// id is the id of the article at path.
func (w *webSite) id(path string) data.ArticleID {
	return data.ArticleID(data.CanonicalURL(w.URL + path))
}

// An importing imports one source again and again into a store.
type importing struct {
	store   *sqlite.Store
	fetcher *fetch.Fetcher
	options ingest.SourceOptions
	mirror  bool
	refused []string
}

// newImporting imports from sites at addresses of which none but w's is reached.
func newImporting(t testing.TB, w *webSite) *importing {
	own := netip.MustParseAddrPort(w.Listener.Addr().String())
	im := &importing{store: openStore(t, filepath.Join(t.TempDir(), "alsolike.db"))}
	im.fetcher = fetch.New(fetch.Options{
		Delay: -1, Backoff: time.Millisecond, Retries: -1, Timeout: 5 * time.Second, MaxBytes: 4 << 20, Cache: im.store,
		AllowAddr: func(a netip.AddrPort) bool { return a == own }, Log: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(im.fetcher.Close)
	im.options = ingest.SourceOptions{Fetcher: im.fetcher, Known: im.store.ArticleByURL}
	return im
}

func (im *importing) run(t testing.TB, name string) ingest.Summary {
	t.Helper()
	source := openSource(t, name, im.options)
	im.refused = nil
	summary, err := ingest.Import(context.Background(), []*ingest.Source{source}, im.store, ingest.Options{
		Mirror: im.mirror, Report: func(e *ingest.RecordError) { im.refused = append(im.refused, e.Error()) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

func (im *importing) article(t *testing.T, id data.ArticleID) data.Article {
	t.Helper()
	a, err := im.store.Article(t.Context(), id)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return a
}

// refusedWith checks that a record was refused whose error holds all parts.
func (im *importing) refusedWith(t *testing.T, parts ...string) {
	t.Helper()
	if !slices.ContainsFunc(im.refused, func(e string) bool {
		return !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(e, part) })
	}) {
		t.Errorf("no record was refused with %q; there are\n%s", parts, strings.Join(im.refused, "\n"))
	}
}

func urlset(entries ...string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"
		xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">` +
		strings.Join(entries, "\n") + `</urlset>`
}

func listed(path string, more ...string) string {
	return "<url><loc>SITE" + path + "</loc>" + strings.Join(more, "") + "</url>"
}

func zipped(t *testing.T, content string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, content)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A whole site by its sitemaps, with all that can be wrong with one.
func TestSitemapOfSite(t *testing.T) {
	w := newWebSite(t)
	im := newImporting(t, w)
	w.serve("/robots.txt", "text/plain", "User-agent: *\nDisallow: /private/\nSitemap: SITE/index.xml\n")
	w.serve("/index.xml", "application/xml", `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>SITE/a.xml.gz</loc></sitemap>
		<sitemap><loc>SITE/news.xml</loc></sitemap><sitemap><loc>SITE/bomb.xml</loc></sitemap><sitemap><loc>SITE/missing.xml</loc></sitemap>
		<sitemap><loc>SITE/index.xml</loc></sitemap></sitemapindex>`)
	w.serve("/a.xml.gz", "application/gzip", zipped(t, strings.ReplaceAll(urlset(
		listed("/plain", "<lastmod>2026-05-04T10:00:00Z</lastmod>"), listed("/plain/?utm_source=map"), listed("/moved"), listed("/private/x"),
		listed("/lost"), listed("/inside"), listed("/slow"), listed("/bomb.gz"), listed("/latin"), listed("/chinese"), listed("/picture"), listed("/hidden"),
		listed("/empty"), listed("/", ""), "<url><loc>https://elsewhere.example/x</loc></url>", "<url><loc>not an address</loc></url>",
		`<url><loc>SITE/de/rents</loc><xhtml:link rel="alternate" hreflang="en" href="SITE/en/rents"/><xhtml:link rel="alternate" hreflang="de" href="SITE/de/rents"/></url>`,
	), "SITE", w.URL)))
	w.serve("/news.xml", "text/xml; charset=iso-8859-1", urlset(listed("/news", `<news:news><news:publication><news:name>Post</news:name><news:language>en</news:language></news:publication>
		<news:publication_date>2026-05-05T08:00:00+02:00</news:publication_date><news:title>News</news:title><news:keywords>rent, harbour</news:keywords></news:news>`)))
	w.serve("/bomb.xml", "application/xml", `<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><urlset><url><loc>SITE/&b;</loc></url></urlset>`)
	for _, path := range []string{"/plain", "/private/x", "/target", "/de/rents", "/news"} {
		w.page(path, "Rents at "+path, "")
	}
	w.handle("/moved", func(out http.ResponseWriter, in *http.Request) {
		http.Redirect(out, in, "/target", http.StatusMovedPermanently)
	})
	w.handle("/inside", func(out http.ResponseWriter, in *http.Request) {
		http.Redirect(out, in, "http://127.0.0.1:9/", http.StatusFound)
	})
	w.handle("/slow", func(out http.ResponseWriter, in *http.Request) {
		select {
		case <-in.Context().Done():
		case <-time.After(time.Minute):
		}
	})
	bomb := zipped(t, strings.Repeat("<p>text</p>", 1<<20))
	w.handle("/bomb.gz", func(out http.ResponseWriter, in *http.Request) {
		out.Header().Set("Content-Encoding", "gzip")
		io.WriteString(out, bomb)
	})
	latin, _ := charmap.ISO8859_1.NewEncoder().String(strings.ReplaceAll(webPage("Crédits", ""), "utf-8", "iso-8859-1"))
	w.serve("/latin", "text/html", latin)
	chinese, _ := simplifiedchinese.GBK.NewEncoder().String(strings.ReplaceAll(webPage("租金上限", ""), `lang="en"><head><meta charset="utf-8">`, `lang="zh-CN"><head>`))
	w.serve("/chinese", "text/html; charset=gb2312", chinese)
	w.serve("/picture", "image/png", "\x89PNG\r\n\x1a\n")
	w.page("/hidden", "Hidden", `<meta name="robots" content="noindex">`)
	w.serve("/empty", "text/html", "<html><body></body></html>")

	im.options.Format = ingest.Sitemap
	got := im.run(t, w.URL)
	if got.Added != 6 || got.Refused != 6 {
		t.Errorf("got %d added, %d refused; want 6, 6\n%s", got.Added, got.Refused, strings.Join(im.refused, "\n"))
	}
	for reason, want := range map[string]int{"robots.txt": 1, "page is gone": 1, "no HTML page": 1, "noindex": 1, "no article text": 1, "front page": 1, "of another site": 1} {
		if got.Skipped[reason] != want {
			t.Errorf("skipped as %q: got %d, want %d (%v)", reason, got.Skipped[reason], want, got.Skipped)
		}
	}
	im.refusedWith(t, "/bomb.xml: declares XML entities")
	im.refusedWith(t, "/missing.xml: the server answered 404")
	im.refusedWith(t, "/inside: ", "private", "--allow-private")
	im.refusedWith(t, "/slow: ", "too long")
	im.refusedWith(t, "/bomb.gz: ", "too large: it is over ")
	im.refusedWith(t, `"not an address" is no address on the web`)

	if a := im.article(t, w.id("/target")); a.URL != w.URL+"/target" || a.Title != "Rents at /target" {
		t.Errorf("redirect: got %q at %q", a.Title, a.URL)
	}
	if a := im.article(t, w.id("/latin")); a.Title != "Crédits" {
		t.Errorf("latin 1: got %q", a.Title)
	}
	if a := im.article(t, w.id("/chinese")); a.Title != "租金上限" || a.Lang != "zh-Hans" {
		t.Errorf("GB 2312: got %q in %s", a.Title, a.Lang)
	}
	if a := im.article(t, w.id("/news")); !a.PublishedAt.Equal(date(2026, 5, 5, 6)) || !slices.Equal(a.Tags, []string{"rent", "harbour"}) {
		t.Errorf("news: got %v, %q", a.PublishedAt, a.Tags)
	}
	if a := im.article(t, w.id("/plain")); !a.UpdatedAt.Equal(date(2026, 5, 4, 10)) || strings.Contains(a.Body, "Home") || strings.Contains(a.Body, "Back to top") || a.Lang != "en" {
		t.Errorf("plain: got %+v", a)
	}
	if a := im.article(t, w.id("/de/rents")); a.TranslationOf != "" { // "de" comes before "en"
		t.Errorf("the original: got a translation of %s", a.TranslationOf)
	}
	asked := w.requests()
	if slices.Contains(asked, "/private/x") || !slices.Contains(asked, "/plain") {
		t.Errorf("asked for %q", asked)
	}
}

// Only what is new or changed is fetched again, and what disappears is
// unpublished where the source is a mirror.
func TestSitemapAgain(t *testing.T) {
	w := newWebSite(t)
	im := newImporting(t, w)
	im.mirror = true
	now := date(2026, 6, 1, 0)
	im.options.Now = func() time.Time { return now }
	all := []string{
		listed("/dated", "<lastmod>2026-05-01T10:00:00Z</lastmod>"), listed("/day", "<lastmod>2026-05-01</lastmod>"),
		listed("/undated"), listed("/changes"), listed("/gone"), listed("/moved"), listed("/other-name"),
	}
	w.serve("/map.xml", "application/xml", urlset(all...))
	for _, path := range []string{"/dated", "/day", "/undated", "/changes", "/gone", "/target"} {
		w.page(path, "Rents at "+path, "")
	}
	w.page("/other-name", "Rents", `<link rel="canonical" href="/name">`)
	w.handle("/moved", func(out http.ResponseWriter, in *http.Request) {
		http.Redirect(out, in, "/target", http.StatusMovedPermanently)
	})
	if got := im.run(t, w.URL+"/map.xml"); got.Added != 7 || got.Refused != 0 {
		t.Fatalf("got %+v, %q", got, im.refused)
	}
	w.requests()

	if got := im.run(t, w.URL+"/map.xml"); got.Unchanged != 7 || got.Unpublished != 0 {
		t.Errorf("again: got %+v, %q; want 7 unchanged", got, im.refused)
	}
	want := []string{"/changes 304", "/gone 304", "/map.xml", "/moved 301", "/other-name", "/target 304", "/undated 304"}
	if got := w.requests(); !slices.Equal(got, want) {
		t.Errorf("again: asked for %q, want %q", got, want)
	}

	w.page("/changes", "Rents were changed", "")
	w.handle("/gone", nil)
	if got := im.run(t, w.URL+"/map.xml"); got.Updated != 1 || got.Unchanged != 5 || got.Unpublished != 1 || got.Skipped["page is gone"] != 1 {
		t.Errorf("after changes: got %+v, %q", got, im.refused)
	}
	if a := im.article(t, w.id("/changes")); a.Title != "Rents were changed" {
		t.Errorf("got %q", a.Title)
	}
	if a := im.article(t, w.id("/gone")); a.State != data.Unpublished {
		t.Errorf("the page that is gone is %s", a.State)
	}

	w.serve("/map.xml", "application/xml", urlset(append(all[1:], listed("/dated", "<lastmod>2026-05-20T10:00:00Z</lastmod>"))...))
	w.requests()
	w.page("/gone", "Rents at /gone", "")
	if got := im.run(t, w.URL+"/map.xml"); got.Unpublished != 0 || im.article(t, w.id("/gone")).State != data.Published {
		t.Errorf("back again: got %+v, %q", got, im.refused)
	}
	if got := w.requests(); !slices.Contains(got, "/dated 304") {
		t.Errorf("a newer lastmod: asked for %q", got)
	}

	w.serve("/map.xml", "application/xml", urlset())
	if got := im.run(t, w.URL+"/map.xml"); got.Unpublished != 0 || got.NotMirrored != 1 {
		t.Errorf("a sitemap that suddenly lists nothing: got %+v", got)
	}
}

// A page is one article, also where a feed has given it an id that is an
// address too, as WordPress does.
func TestSitemapLeavesWhatAFeedHas(t *testing.T) {
	w := newWebSite(t)
	im := newImporting(t, w)
	w.page("/a/", "Rents", "")
	w.page("/b/", "Harbour", "")
	w.serve("/feed", "application/rss+xml", `<rss version="2.0"><channel><link>SITE/</link>
		<item><title>Rents</title><link>SITE/a/</link><guid>SITE/?p=1</guid><description>`+strings.Repeat("The council voted. ", 40)+`</description></item>
		<item><title>Harbour</title><link>SITE/b/</link><guid>SITE/b/</guid><description>`+strings.Repeat("The council voted. ", 40)+`</description></item>
		</channel></rss>`)
	w.serve("/sitemap.xml", "application/xml", urlset(listed("/a/"), listed("/b/")))
	if sum := im.run(t, w.URL+"/feed"); sum.Added != 2 {
		t.Fatalf("the feed: %+v, %s", sum, im.refused)
	}
	w.requests()
	if sum := im.run(t, w.URL+"/sitemap.xml"); sum.Added != 0 || sum.Unchanged != 2 || len(im.refused) > 0 {
		t.Errorf("the sitemap: %+v, %s", sum, im.refused)
	}
	if got := w.requests(); !slices.Equal(got, []string{"/sitemap.xml"}) {
		t.Errorf("the site was asked for %s", got)
	}
	im.options.Format = ingest.Sitemap // a feed may serve as one
	if sum := im.run(t, w.URL+"/feed"); sum.Read != 0 || len(im.refused) > 0 {
		t.Errorf("the feed again, as a sitemap: %+v, %s", sum, im.refused)
	}
}

// Ctrl-C keeps what was fetched, and the next import goes on from there.
func TestSitemapResumes(t *testing.T) {
	w := newWebSite(t)
	im := newImporting(t, w)
	var entries []string
	for i := range 20 {
		path := fmt.Sprintf("/p%02d", i)
		entries = append(entries, listed(path, "<lastmod>2026-05-01T10:00:00Z</lastmod>"))
		w.page(path, "Rents at "+path, "")
	}
	w.serve("/map.xml", "application/xml", urlset(entries...))
	ctx, cancel := context.WithCancel(t.Context())
	w.handle("/p10", func(out http.ResponseWriter, _ *http.Request) {
		cancel()
		io.WriteString(out, webPage("Rents at /p10", ""))
	})
	source := openSource(t, w.URL+"/map.xml", im.options)
	if _, err := ingest.Import(ctx, []*ingest.Source{source}, im.store, ingest.Options{}); err == nil {
		t.Fatal("a cancelled import is no error")
	}
	w.requests()
	got := im.run(t, w.URL+"/map.xml")
	if got.Unchanged != 10 || got.Added != 10 {
		t.Errorf("got %+v, want 10 unchanged and 10 added", got)
	}
	if asked := w.requests(); len(asked) != 11 {
		t.Errorf("asked for %q, want the sitemap and the ten pages left", asked)
	}
}

// A site that is down is not asked for every one of its pages.
func TestSitemapOfSiteThatIsDown(t *testing.T) {
	w := newWebSite(t)
	im := newImporting(t, w)
	var entries []string
	for i := range 100 {
		path := fmt.Sprintf("/inside%d", i)
		entries = append(entries, listed(path))
		w.handle(path, func(out http.ResponseWriter, in *http.Request) {
			http.Redirect(out, in, "http://127.0.0.1:9/", http.StatusFound)
		})
	}
	w.serve("/map.xml", "application/xml", urlset(entries...))
	if got := im.run(t, w.URL+"/map.xml"); got.Refused != 11 {
		t.Errorf("got %d refused records, want 10 pages and the reason to stop", got.Refused)
	}
	im.refusedWith(t, "stopped, since 10 pages in a row could not be fetched")
}

// A sitemap may be a file, a list of addresses, or a feed.
func TestSitemapFile(t *testing.T) {
	w := newWebSite(t)
	w.page("/a", "Rents", "")
	for name, content := range map[string]string{
		"map.xml":   urlset(listed("/a")),
		"list.txt":  "SITE/a\n\nSITE/a?utm_source=x\n",
		"feed.atom": `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><link href="SITE/a"/></entry></feed>`,
	} {
		im := newImporting(t, w)
		im.options.Format = ingest.Sitemap
		path := write(t, name, []byte(strings.ReplaceAll(content, "SITE", w.URL)))
		if got := im.run(t, path); got.Added != 1 || got.Refused != 0 {
			t.Errorf("%s: got %+v, %q", name, got, im.refused)
		}
	}
	if _, err := ingest.Open(write(t, "map.xml", []byte(urlset(listed("/a")))), ingest.SourceOptions{}); err == nil || !strings.Contains(err.Error(), "nothing here fetches them") {
		t.Errorf("without a fetcher: got %v", err)
	}
	im := newImporting(t, w)
	im.options.Format = ingest.Sitemap
	for content, reason := range map[string]string{
		"":                                "the sitemap is empty",
		"some text":                       "is no sitemap: neither XML nor a list of addresses",
		webPage("Rents", ""):              "is an HTML page and no sitemap",
		"<svg></svg>":                     `is no sitemap: its outermost element is "svg"`,
		urlset(listed("/a"))[:280]:        "the sitemap is broken after",
		urlset(strings.Repeat("<a>", 30)): "nested too deep",
	} {
		im.run(t, write(t, "map.xml", []byte(content)))
		im.refusedWith(t, reason)
	}
}

// A site that answers at once: what is left is reading, extracting and storing.
func BenchmarkSitemap(b *testing.B) {
	w := newWebSite(b)
	var entries []string
	for i := range 200 {
		path := fmt.Sprintf("/p%d", i)
		entries = append(entries, listed(path))
		w.page(path, "Rents at "+path, "")
	}
	w.serve("/map.xml", "application/xml", urlset(entries...))
	read := 0
	for b.Loop() {
		im := newImporting(b, w)
		if got := im.run(b, w.URL+"/map.xml"); got.Added != 200 {
			b.Fatalf("got %+v", got)
		}
		read += 200
	}
	b.ReportMetric(float64(read)/b.Elapsed().Seconds(), "articles/s")
}
