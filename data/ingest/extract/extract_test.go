package extract_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/ingest/extract"
)

// prose is a paragraph that a reading library takes for one of an article.
const prose = `<p>The council voted on Tuesday to cap rents in the old harbour, where, as tenants say, prices have doubled within a decade, and to
	build four hundred homes on the site of the closed shipyard, which has stood empty, apart from two workshops, since the last owner left.</p>`

func page(head, body string) string {
	return `<!DOCTYPE html><html lang="en-GB"><head><title>Rents are capped - The Harbour Post</title>` + head + `</head><body>` + body + `</body></html>`
}

func extractText(t *testing.T, html string) string {
	t.Helper()
	p, err := extract.HTML([]byte(html), "https://post.example/2026/rents")
	if err != nil {
		t.Fatal(err)
	}
	return data.PlainText(p.Body)
}

// What surrounds an article is no part of it.
func TestFurniture(t *testing.T) {
	text := extractText(t, page("", `
		<nav><a href="/">Home</a> <a href="/news">News</a></nav>
		<div class="langbar"><a href="/en">English</a> <a href="/zh-hans">简体</a> <a href="/zh-hant">繁體</a></div>
		<main><article><h1>Rents are capped</h1><p class="byline">By Ann Lee</p>`+prose+`
		<figure><img src="/a.jpg"><figcaption>The harbour at dusk</figcaption></figure>`+prose+`
		<p><strong>Related:</strong> <a href="/x">What the shipyard was</a></p>`+prose+`
		<p>Readers may also <a href="/law">look up the law</a> that the council cites, which the state passed in spring.</p>
		<h2>The next step</h2>`+prose+`
		<div class="share-bar"><a href="#f">Facebook</a> <a href="#t">Post it</a></div>
		<h3>You might also like</h3><ul><li><a href="/b">Ferries run late</a></li><li><a href="/c">Ports grow</a></li></ul>
		<p><a href="#top">Back to Top</a></p></article></main><footer>All rights reserved</footer>`))
	for _, kept := range []string{"cap rents", "look up the law", "The next step"} {
		if !strings.Contains(text, kept) {
			t.Errorf("%q is lost", kept)
		}
	}
	for _, dropped := range []string{
		"Home", "简体", "Ann Lee", "dusk", "Related", "shipyard was", "Facebook", "also like", "Ferries", "Ports grow", "Top", "rights", "Rents are capped",
	} {
		if strings.Contains(text, dropped) {
			t.Errorf("%q is kept:\n%s", dropped, text)
		}
	}
	if strings.Count(text, "\n") < 4 || strings.Contains(text, "  ") {
		t.Errorf("paragraphs are not one to a line:\n%s", text)
	}
}

// A template that marks its whole article with a word of furniture is believed
// by nobody.
func TestArticleMarkedAsFurniture(t *testing.T) {
	text := extractText(t, page("", `<main><div class="article-author-comments related-content">`+strings.Repeat(prose, 4)+`</div></main>`))
	if strings.Count(text, "cap rents") != 4 {
		t.Errorf("got %q", text)
	}
}

func TestMetadata(t *testing.T) {
	const og = `<meta property="og:title" content="Rents &amp;amp; caps"><meta property="og:image" content="/harbour.jpg">
		<meta property="og:image:alt" content="The harbour"><meta name="description" content="Four hundred homes.">
		<meta property="article:published_time" content="2026-05-04T10:00:00+02:00"><meta property="article:modified_time" content="2026-05-05">
		<meta property="article:section" content="Housing"><meta property="article:tag" content="rent"><meta property="article:tag" content="harbour">
		<meta name="author" content="By Ann Lee"><meta property="og:type" content="article">
		<link rel="canonical" href="/2026/rents/"><link rel="alternate" hreflang="zh-TW" href="/zh-tw/rents"><link rel="alternate" hreflang="x-default" href="/rents">
		<meta name="robots" content="NOINDEX, follow">`
	want := extract.Page{
		Title: "Rents & caps", Summary: "Four hundred homes.", CanonicalURL: "https://post.example/2026/rents/", Lang: "en-GB", LangCode: "en-GB",
		PublishedAt: time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC), UpdatedAt: time.Date(2026, 5, 5, 0, 0, 0, 0, time.UTC),
		Section: "Housing", Tags: []string{"rent", "harbour"}, Authors: []string{"Ann Lee"},
		Image: data.Image{Src: "https://post.example/harbour.jpg", Alt: "The harbour"}, Type: "article", NoIndex: true,
		Alternates: []extract.Alternate{{Lang: "zh-Hant", URL: "https://post.example/zh-tw/rents"}, {Lang: data.Undetermined, URL: "https://post.example/rents"}},
	}
	check := func(name, head string, change func(*extract.Page)) {
		t.Helper()
		got, err := extract.HTML([]byte(page(head, prose+prose)), "https://post.example/2026/rents?utm_source=x")
		if err != nil {
			t.Fatal(err)
		}
		got.Body = ""
		want := want
		change(&want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
	check("OpenGraph", og, func(*extract.Page) {})
	check("JSON-LD first", og+`<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"Post"},
		{"@type":["NewsArticle"],"headline":"Rents capped","datePublished":"2026-05-03T10:00:00Z","author":[{"@type":"Person","name":"Ann Lee"},{"name":"王小明"}],
		"articleSection":["City"],"keywords":"rent, caps","inLanguage":"fr"}]}</script>`, func(p *extract.Page) {
		p.Title, p.Section, p.Type = "Rents capped", "City", "newsarticle"
		p.PublishedAt = time.Date(2026, 5, 3, 10, 0, 0, 0, time.UTC)
		p.Tags, p.Authors = []string{"rent", "caps"}, []string{"Ann Lee", "王小明"}
	})
	check("broken JSON-LD", og+`<script type="application/ld+json">{"@type":"NewsArticle","headline":</script>`, func(*extract.Page) {})
	check("line breaks in JSON-LD", og+"<script type=\"application/ld+json\">{\"@type\":\"Article\",\"headline\":\"Rents\ncapped\"};</script>", func(p *extract.Page) {
		p.Title, p.Type = "Rents capped", "article"
	})
	check("bad dates", strings.NewReplacer("2026-05-04T10:00:00+02:00", "soon").Replace(og), func(p *extract.Page) {
		p.PublishedAt, p.BadDate = time.Time{}, true
	})
	check("base", `<base href="https://cdn.example/x/">`+og, func(p *extract.Page) {
		p.CanonicalURL, p.Image.Src = "https://cdn.example/2026/rents/", "https://cdn.example/harbour.jpg"
		p.Alternates = []extract.Alternate{{Lang: "zh-Hant", URL: "https://cdn.example/zh-tw/rents"}, {Lang: data.Undetermined, URL: "https://cdn.example/rents"}}
	})
}

func TestTitleAndLanguage(t *testing.T) {
	check := func(name, html, title string, lang data.Lang, badLang bool) {
		t.Helper()
		p, err := extract.HTML([]byte(html), "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if p.Title != title || p.Lang != lang || p.BadLang != badLang {
			t.Errorf("%s: got %q in %q (bad %v), want %q in %q", name, p.Title, p.Lang, p.BadLang, title, lang)
		}
	}
	check("h1", page("", "<h1>Rents <em>are</em> capped</h1>"+prose), "Rents are capped", "en-GB", false)
	check("no head", "<h1>Rents</h1>"+prose, "Rents", "", false)
	check("locale", `<meta property="og:locale" content="zh_TW"><h1>Rents</h1>`+prose, "Rents", "zh-Hant", false)
	check("no language", `<html lang="$LANG"><h1>Rents</h1>`+prose, "Rents", "", true)
	check("two of them", `<html lang="$LANG"><meta http-equiv="content-language" content="de, en"><h1>Rents</h1>`+prose, "Rents", "de", false)
}

func TestCharsets(t *testing.T) {
	latin, _ := charmap.Windows1252.NewEncoder().String(page(`<meta charset="iso-8859-1">`, `<h1>Crédits «été»</h1>`+prose))
	sjis, _ := japanese.ShiftJIS.NewEncoder().String(page(`<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">`, `<h1>家賃の上限</h1>`+prose))
	check := func(name, html, title string) {
		t.Helper()
		p, err := extract.HTML([]byte(html), "")
		if err != nil || p.Title != title || !utf8.ValidString(p.Body) {
			t.Errorf("%s: got %q, %v; want %q", name, p.Title, err, title)
		}
	}
	check("latin 1", latin, "Crédits «été»")
	check("Shift JIS", sjis, "家賃の上限")
	check("UTF-8 that says otherwise", page(`<meta charset="iso-8859-1">`, `<h1>Crédits «été»</h1>`+prose), "Crédits «été»")
	check("byte order mark", "\ufeff"+page("", `<h1>Été</h1>`+prose), "Été")
	check("invalid", page(`<meta charset="utf-8">`, "<h1>A\xffB</h1>"+prose), "A\ufffdB")
}

func TestNoArticle(t *testing.T) {
	for _, html := range []string{"", " ", "<html></html>", "<p></p>", "<script>var a = 1</script>", `<nav><a href="/">Home</a></nav>`} {
		if p, err := extract.HTML([]byte(html), ""); !errors.Is(err, extract.ErrNoText) {
			t.Errorf("%q: got %+v, %v; want ErrNoText", html, p, err)
		}
	}
	p, err := extract.HTML([]byte(page(`<meta property="og:title" content="Rents">`, "")), "")
	if !errors.Is(err, extract.ErrNoText) || p.Title != "Rents" {
		t.Errorf("got %+v, %v; want what the metadata say beside ErrNoText", p, err)
	}
	p, err = extract.HTML([]byte(page(`<script type="application/ld+json">{"@type":"Article","articleBody":"It is capped."}</script>`, "")), "")
	if err != nil || p.Body != "It is capped." {
		t.Errorf("got %+v, %v; want the body of the JSON-LD", p, err)
	}
}

// Text that shows markup stays text when the body is read as HTML.
func TestMarkupInText(t *testing.T) {
	text := extractText(t, page("", prose+"<p>Write &lt;b&gt;bold&lt;/b&gt; &amp;amp; be bold, as the old manual, which few have read, puts it.</p>"+prose))
	if !strings.Contains(text, "Write <b>bold</b> &amp; be bold") {
		t.Errorf("got %q", text)
	}
}

// Pages made to be hard are read, or refused, in the time that their size allows.
func TestHostilePages(t *testing.T) {
	for name, html := range map[string]string{
		"deep":       strings.Repeat("<div>", 200_000) + prose,
		"deep text":  strings.Repeat("<b><p>a, b, c ", 20_000),
		"wide":       strings.Repeat("<p>a, b, c", 400_000),
		"links":      strings.Repeat(`<a href="x">y</a>`, 100_000),
		"attributes": "<p " + strings.Repeat("a=b ", 200_000) + ">" + prose,
		"ld":         `<script type="application/ld+json">` + strings.Repeat("[", 100_000) + `</script>` + prose,
		"tables":     strings.Repeat("<table><tr><td>", 20_000) + prose,
	} {
		start := time.Now()
		_, err := extract.HTML([]byte(html), "https://post.example/")
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%s: took %v", name, took)
		} else {
			t.Logf("%s: %v, %v", name, took, err)
		}
	}
}

func TestParseTime(t *testing.T) {
	check := func(s string, want time.Time) {
		t.Helper()
		if got, ok := extract.ParseTime(s); ok == want.IsZero() || !got.Equal(want) {
			t.Errorf("%q: got %v, want %v", s, got, want)
		}
	}
	noon := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	check("2026-05-04T12:00:00Z", noon)
	check("2026-05-04T14:00:00+0200", noon)
	check("Mon, 04 May 2026 12:00:00 GMT", noon)
	check("Mon, 4 May 2026 14:00:00 +0200", noon)
	check("May 4, 2026", noon.Truncate(24*time.Hour))
	check("2026/05/04", noon.Truncate(24*time.Hour))
	check("yesterday", time.Time{})
	check("0001-01-01T00:00:00Z", time.Time{})
}

func FuzzHTML(f *testing.F) {
	f.Add(page(`<meta name="author" content="A"><link rel="canonical" href="/x">`, prose+`<h3>Related</h3><ul><li><a>x</a></ul>`))
	f.Add(page(`<script type="application/ld+json">[{"@type":"Article","author":[{"name":[]}]}]</script><base href="::">`, prose))
	f.Add("<table><p>a<svg><title>x</title></svg><template><p>y</template>" + prose)
	f.Fuzz(func(t *testing.T, html string) {
		p, err := extract.HTML([]byte(html), "https://post.example/")
		if err == nil && strings.TrimSpace(p.Body) == "" {
			t.Error("a page without text is no error")
		}
		if !utf8.ValidString(p.Body) || !utf8.ValidString(p.Title) {
			t.Error("text is not valid UTF-8")
		}
		again, err2 := extract.HTML([]byte(html), "https://post.example/")
		if diff := cmp.Diff(p, again); diff != "" || (err == nil) != (err2 == nil) {
			t.Errorf("read twice, it differs:\n%s", diff)
		}
	})
}

func FuzzParseTime(f *testing.F) {
	f.Add("Mon, 4 May 2026 14:00:00 +0200")
	f.Add("2026/5/4 12:00")
	f.Fuzz(func(t *testing.T, s string) {
		date, ok := extract.ParseTime(s)
		if !ok {
			return
		}
		if again, ok := extract.ParseTime(date.Format(time.RFC3339Nano)); !ok || !again.Equal(date) || date.Location() != time.UTC {
			t.Errorf("%q is %v, and again %v", s, date, again)
		}
	})
}

func ExampleHTML() {
	p, err := extract.HTML([]byte(`<html lang="de"><head><link rel="canonical" href="/mieten"></head><body>
		<nav><a href="/">Start</a></nav><main><h1>Die Mieten steigen</h1>
		<p>In der Altstadt, so das Amt, kosten Wohnungen im Mittel ein Zehntel mehr als vor einem Jahr.</p>
		<p><a href="#oben">Nach oben</a></p></main></body></html>`), "https://post.example/a")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Lang, p.CanonicalURL)
	fmt.Println(p.Title)
	fmt.Println(p.Body)
	// Output:
	// de https://post.example/mieten
	// Die Mieten steigen
	// In der Altstadt, so das Amt, kosten Wohnungen im Mittel ein Zehntel mehr als vor einem Jahr.
}
