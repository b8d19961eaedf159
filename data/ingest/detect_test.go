package ingest_test

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data/ingest"
)

func TestSniff(t *testing.T) {
	check := func(name, contentType, start string, want ingest.Format) {
		t.Helper()
		if got := ingest.Sniff(name, contentType, []byte(start)); got != want {
			t.Errorf("%s, %s, %.30q: got %q, want %q", name, contentType, start, got, want)
		}
	}
	const rss, urls = `<?xml version="1.0"?><!-- a --><rss version="2.0">`, `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`
	check("a.jsonl", "", "a,b", ingest.JSONL)
	check("a.NDJSON.gz", "", "", ingest.JSONL)
	check("a.json", "", "", ingest.JSONL)
	check("a.json", "", `{"version": "https://jsonfeed.org/version/1.1"}`, ingest.Feed)
	check("a.json", "", `{"version":"https:\/\/jsonfeed.org\/version\/1"}`, ingest.Feed)
	check("a.json", "", "{\n \"rss\": {", ingest.Feed)
	check("a.json", "", `{"id":"1"}`+"\n", ingest.JSONL)
	check("a.json", "", "{ \n \"id\": 1\n}", "")
	check("a.json", "", "\ufeff[\n{\"id\":1}\n]", "")
	check("https://a.example/all", "application/json", "[\n{}\n]", "")
	check("a.csv", "", "{", ingest.CSV)
	check("a.csv.gz", "", "", ingest.CSV)
	check("plain", "", "\n {\"id\"", ingest.JSONL)
	check("plain", "", "id,title\n1,a\n", ingest.CSV)
	check("plain", "", "", ingest.JSONL)
	check("plain", "", "Once upon a time", "")
	check("plain", "", "---\r\ntitle: x\r\n---\r\n", ingest.Markdown)
	check("a.MD", "", "<p>", ingest.Markdown)
	check("a.html.gz", "", "", ingest.HTML)
	check("a.txt", "", "a, b", ingest.Text)
	check("a.txt", "", urls, ingest.Sitemap)
	check("a.xml", "", rss, ingest.Feed)
	check("a.xml", "", export(), ingest.WXR)
	check("a.xml", "", "\ufeff\n"+urls, ingest.Sitemap)
	check("a.xml", "", `<!DOCTYPE x [<!ENTITY a "b">]><sitemapindex>`, ingest.Sitemap)
	check("a.xml", "", `<atom:feed xmlns:atom="x">`, ingest.Feed)
	check("a.xml", "", `<rdf:RDF>`, ingest.Feed)
	check("a.xml", "", "\xff\xfe<\x00f\x00e\x00e\x00d\x00>\x00", ingest.Feed)
	check("a.xml", "", `<opml>`, "")
	check("a.xml", "", `<!-- never closed`, "")
	check("a.opml", "", `<?xml version="1.0"?><opml><a,b>`, "")
	check("https://a.example/feed?format=a.csv", "application/xml; charset=utf-8", rss, ingest.Feed)
	check("https://a.example/", "text/html; charset=x", "words", ingest.HTML)
	check("https://a.example/", "text/plain", "<!doctype html><p>", ingest.HTML)
	check("https://a.example/a.csv?b#c", "", "x", ingest.CSV)
	check("https://a.example/x", "application/feed+json", "{", ingest.Feed)
	check("https://a.example/x", "image/png", "\x89PNG", "")
}

func TestDetect(t *testing.T) {
	check := func(path string, want ingest.Format) {
		t.Helper()
		source, err := ingest.Open(path, ingest.SourceOptions{})
		switch {
		case want == "" && (err == nil || !strings.Contains(err.Error(), path)):
			t.Errorf("got %v", err)
		case want != "" && (err != nil || source.Format() != want):
			t.Errorf("got %v, %v; want %s", source, err, want)
		}
	}
	check(folder(t, map[string]string{"a.md": "", "b.html": "", "c/d.html": "", "robots.txt": ""}), ingest.Markdown)
	check(folder(t, map[string]string{"README.md": "", "b.html": "", "c.html": "", "d.html": ""}), ingest.HTML)
	check(folder(t, map[string]string{"a.txt": "", "b.txt": "", "c.html": "", ".git/a.md": "", "node_modules/b.md": ""}), ingest.Text)
	check(folder(t, map[string]string{"a.csv": "", "b.jsonl": ""}), "")
	check(t.TempDir(), "")
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write([]byte(export(wxrPost)))
	w.Close()
	check(write(t, "backup.gz", packed.Bytes()), ingest.WXR)
	check(write(t, "prose", []byte("Once upon a time")), "")
	if _, err := ingest.Open(write(t, "list.json", []byte("[\n{\"id\":\"1\"}\n]")), ingest.SourceOptions{}); err == nil || !strings.Contains(err.Error(), "one object {…} a line") {
		t.Errorf("a list over many lines: got %v", err)
	}
}

// No start of a file panics, and what a format is told by stays so with blanks before it.
func FuzzSniff(f *testing.F) {
	f.Add("<!DOCTYPE x [<!ENTITY a \"b\">]><urlset>")
	f.Add("<a:feed>")
	f.Fuzz(func(t *testing.T, start string) {
		if strings.HasPrefix(start, "\xff\xfe") || strings.HasPrefix(start, "\xfe\xff") || strings.HasPrefix(start, "\ufeff") || len(start) > 1000 {
			return
		}
		if got, again := ingest.Sniff("x", "", []byte(start)), ingest.Sniff("x", "", []byte("\n \t"+start)); got != again {
			t.Errorf("%q: got %q, after blanks %q", start, got, again)
		}
	})
}
