package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// A small magazine: two articles of one section in every language, one that
// stands alone, and one without anything but a title and an untold language.
func newsstand() (*Magazine, *shelf) {
	var articles []data.Article
	for _, lang := range []data.Lang{"en", "zh-Hans", "zh-Hant"} {
		for i, slug := range []string{"cranes", "ships", "football"} {
			a := data.Article{
				ID: data.ArticleID(string(lang) + "/" + slug), URL: "/" + string(lang) + "/" + slug, Lang: lang,
				Title: slug + " in " + string(lang), Body: "First of " + slug + ".\n\nSecond, <b>bold</b> & \"quoted\".",
				Section: "ports " + string(lang), PublishedAt: noon.AddDate(0, 0, i),
				Tags: []string{"sea"}, Authors: []string{"Ana", "Bo"}, Image: data.Image{Src: "/pictures/" + slug + ".svg", Alt: "Picture of " + slug},
			}
			if slug == "football" {
				a.Section = "sport " + string(lang)
			}
			if lang != "en" {
				a.TranslationOf = data.ArticleID("en/" + slug)
			}
			articles = append(articles, a)
		}
	}
	articles = append(articles,
		data.Article{ID: "en/bare", URL: "/en/bare", Lang: "en", Title: "<script>alert(1)</script>"},
		data.Article{ID: "elsewhere", URL: "https://example.org/elsewhere", Lang: "en", Title: "Not of this site"})
	rec := &shelf{snapshot: "s1"}
	for i := range articles {
		rec.cards = append(rec.cards, articles[i].Card())
	}
	pictures := fstest.MapFS{"cranes.svg": {Data: []byte("<svg/>")}, "notes.txt": {Data: []byte("no")}}
	return &Magazine{Articles: articles, Pictures: pictures}, rec
}

func newMagazineServer() *Server {
	m, rec := newsstand()
	return New(Config{Recommender: rec, Magazine: m, Log: slog.New(slog.DiscardHandler)})
}

// find is every element of doc called name that has the attribute, with the
// value if that is not empty.
func find(t *testing.T, page *httptest.ResponseRecorder, name, attribute, value string) []*html.Node {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var found []*html.Node
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == name && (attribute == "" || has(n, attribute, value)) {
			found = append(found, n)
		}
	}
	return found
}

func has(n *html.Node, attribute, value string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool {
		return a.Key == attribute && (value == "" || a.Val == value)
	})
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func texts(nodes []*html.Node) []string {
	var all []string
	for _, n := range nodes {
		all = append(all, textOf(n))
	}
	return all
}

func TestRootLeadsToTheReadersLanguage(t *testing.T) {
	s := newMagazineServer()
	for header, want := range map[string]string{
		"":                              "/en/",
		"en-GB,en;q=0.9":                "/en/",
		"zh-CN,zh;q=0.9,en;q=0.8":       "/zh-Hans/",
		"zh":                            "/zh-Hans/",
		"zh-TW,zh;q=0.9":                "/zh-Hant/",
		"zh-HK":                         "/zh-Hant/",
		"fr,de;q=0.5":                   "/en/",
		"fr;q=0.9, zh-Hant;q=0.8":       "/zh-Hant/",
		"\x00 not; a=header,,,;;q=zero": "/en/",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header["Accept-Language"] = []string{header}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusFound || w.Header().Get("Location") != want || w.Header().Get("Vary") != "Accept-Language" {
			t.Errorf("%q: got %d %v, want %s", header, w.Code, w.Header(), want)
		}
	}
	if got := get(s, "/zh-Hans"); got.Code != http.StatusMovedPermanently || got.Header().Get("Location") != "/zh-Hans/" {
		t.Errorf("/zh-Hans: got %d to %q", got.Code, got.Header().Get("Location"))
	}
}

func TestArticlePage(t *testing.T) {
	s := newMagazineServer()
	for _, tc := range []struct{ lang, heading, date, authors string }{
		{"en", "You might also like", "23 November 2026", "By Ana, Bo"},
		{"zh-Hans", "你可能也喜欢", "2026年11月23日", "Ana、Bo"},
		{"zh-Hant", "你可能也喜歡", "2026年11月23日", "Ana、Bo"},
	} {
		t.Run(tc.lang, func(t *testing.T) {
			page := get(s, "/"+tc.lang+"/cranes")
			if page.Code != http.StatusOK || page.Header().Get("Content-Type") != "text/html; charset=UTF-8" {
				t.Fatalf("got %d %s", page.Code, page.Header().Get("Content-Type"))
			}
			if got := find(t, page, "html", "lang", tc.lang); len(got) != 1 {
				t.Error("the page does not say its language")
			}
			if got := texts(find(t, page, "h1", "", "")); !slices.Equal(got, []string{"cranes in " + tc.lang}) {
				t.Errorf("h1: got %q", got)
			}
			if got := find(t, page, "time", "datetime", "2026-11-23"); len(got) != 1 || textOf(got[0]) != tc.date {
				t.Errorf("date: got %q", texts(got))
			}
			if got := texts(find(t, page, "span", "class", "author")); !slices.Equal(got, []string{tc.authors}) {
				t.Errorf("authors: got %q", got)
			}
			body := find(t, page, "div", "class", "text")
			if len(body) != 1 || textOf(body[0]) != `First of cranes. Second, bold & "quoted".` {
				t.Errorf("text: got %q", texts(body))
			}
			if got := find(t, page, "img", "alt", "Picture of cranes"); len(got) != 1 {
				t.Errorf("%d pictures", len(got))
			}

			related := find(t, page, "h2", "id", "related")
			if len(related) != 1 || textOf(related[0]) != tc.heading {
				t.Fatalf("heading of the links: got %q", texts(related))
			}
			cards := find(t, page, "h3", "", "")
			if got := texts(cards); !slices.Equal(got, []string{"ships in " + tc.lang}) {
				t.Errorf("links: got %q", got)
			}
			if got := find(t, page, "a", "href", "/"+tc.lang+"/ships"); len(got) != 1 {
				t.Error("no way to the linked article")
			}
			if got := find(t, page, "a", "href", "/v1/related?id="+tc.lang+"%2Fcranes&limit=4"); len(got) != 1 {
				t.Error("no way to the JSON")
			} else if res := get(s, attr(got[0], "href")); res.Code != http.StatusOK || !strings.Contains(res.Body.String(), tc.lang+"/ships") {
				t.Errorf("the JSON: got %d %s", res.Code, res.Body)
			}

			for _, other := range []string{"en", "zh-Hans", "zh-Hant"} {
				bar := slices.DeleteFunc(find(t, page, "a", "hreflang", other), func(n *html.Node) bool { return attr(n, "href") != "/"+other+"/cranes" })
				if len(bar) != 1 || attr(bar[0], "lang") != other || has(bar[0], "aria-current", "true") != (other == tc.lang) {
					t.Errorf("language bar: %d ways to the article in %s", len(bar), other)
				}
			}
		})
	}
}

// The links of a magazine with a placement are those of that placement, and one
// to another language says so: the card is in it from its label to its date.
func TestLinksToOtherLanguages(t *testing.T) {
	m, rec := newsstand()
	for i := range rec.cards {
		rec.cards[i].Section = "ports"
	}
	rec.placements = map[string]recommend.Languages{"article": recommend.AnyLanguage}
	m.Placement = "article"
	s := New(Config{Recommender: rec, Magazine: m, Log: slog.New(slog.DiscardHandler)})
	page := get(s, "/zh-Hans/football")
	cards := find(t, page, "article", "class", "")[1:] // under the story
	want := [][]string{
		{"en", "English ports cranes in en 23 November 2026", "/en/cranes"},
		{"en", "English ports ships in en 24 November 2026", "/en/ships"},
		{"", "ports cranes in zh-Hans 2026年11月23日", "/zh-Hans/cranes"},
		{"", "ports ships in zh-Hans 2026年11月24日", "/zh-Hans/ships"},
	}
	if len(cards) != len(want) {
		t.Fatalf("%d links, want %d", len(cards), len(want))
	}
	for i, card := range cards {
		link := card.FirstChild
		for d := range card.Descendants() {
			if d.Data == "a" {
				link = d
			}
		}
		if got := []string{attr(card, "lang"), textOf(card), attr(link, "href")}; !slices.Equal(got, want[i]) || attr(link, "hreflang") != want[i][0] {
			t.Errorf("link %d: got %q to %q, want %q", i+1, got, attr(link, "hreflang"), want[i])
		}
	}
	if got := find(t, page, "a", "href", "/v1/related?id=zh-Hans%2Ffootball&limit=4&placement=article"); len(got) != 1 {
		t.Error("no way to the JSON of the same links")
	}
}

// Where articles share a picture, no two of a page show the same part of it.
func TestSharedPictures(t *testing.T) {
	m, rec := newsstand()
	for i := range m.Articles {
		m.Articles[i].Image.Src = "/pictures/cranes.svg"
		rec.cards[i] = m.Articles[i].Card()
		rec.cards[i].Section = "ports"
	}
	page := get(New(Config{Recommender: rec, Magazine: m, Log: slog.New(slog.DiscardHandler)}), "/en/cranes")
	var got []string
	for _, card := range find(t, page, "article", "class", "") {
		got = append(got, attr(card, "class"))
	}
	if want := []string{"story", "card detail-1", "card detail-2", "card detail-3", "card"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestArticleWithoutLinksHasNoHeading(t *testing.T) {
	m, rec := newsstand()
	var log bytes.Buffer
	s := New(Config{Recommender: rec, Magazine: m, Log: slog.New(slog.NewTextHandler(&log, nil))})
	check := func(name, target string, errors int) {
		t.Helper()
		log.Reset()
		page := get(s, target)
		if page.Code != http.StatusOK || len(find(t, page, "h1", "", "")) != 1 {
			t.Errorf("%s: got %d, not the article", name, page.Code)
		}
		if got := find(t, page, "h2", "id", "related"); len(got) != 0 {
			t.Errorf("%s: there is a heading", name)
		}
		if n := strings.Count(log.String(), "level=ERROR"); n != errors {
			t.Errorf("%s: logged %d errors, want %d: %s", name, n, errors, &log)
		}
	}
	check("empty list", "/en/football", 0)
	rec.cards = nil
	check("not in the snapshot", "/en/cranes", 0)
	rec.snapshot = ""
	check("no snapshot", "/en/cranes", 0)
	rec.fail = errors.New("disk on fire")
	check("broken engine", "/en/cranes", 1)
}

func TestBareArticle(t *testing.T) {
	page := get(newMagazineServer(), "/en/bare")
	if got := texts(find(t, page, "h1", "", "")); !slices.Equal(got, []string{"<script>alert(1)</script>"}) {
		t.Errorf("h1: got %q", got)
	}
	for _, name := range []string{"script", "img", "figure", "time"} {
		if got := find(t, page, name, "", ""); len(got) != 0 {
			t.Errorf("there is a %s", name)
		}
	}
	// It has no translation, so the bar leads to the other front pages and says
	// so; machines are not told that those are the same page.
	if got := find(t, page, "a", "href", "/zh-Hans/"); len(got) != 1 || attr(got[0], "title") != "没有简体版：前往首页" || attr(got[0], "class") != "missing" {
		t.Errorf("%d ways to the other language, or none that says where it leads", len(got))
	}
	if got := find(t, page, "link", "rel", "alternate"); len(got) != 0 {
		t.Errorf("%d translations are announced", len(got))
	}
	if got := find(t, get(newMagazineServer(), "/en/cranes"), "link", "rel", "alternate"); len(got) != 2 {
		t.Errorf("%d translations of a translated article are announced, want 2", len(got))
	}
}

// A section whose newest article was not translated is still the same section
// in the other languages.
func TestSectionOfAnUntranslatedArticle(t *testing.T) {
	m, rec := newsstand()
	m.Articles = append(m.Articles, data.Article{
		ID: "zh-Hans/alone", URL: "/zh-Hans/alone", Lang: "zh-Hans", Title: "alone", Section: "ports zh-Hans", PublishedAt: noon.AddDate(1, 0, 0),
	})
	s := New(Config{Recommender: rec, Magazine: m, Log: slog.New(slog.DiscardHandler)})
	page := get(s, "/zh-Hans/section/ports%20zh-Hans")
	if got := find(t, page, "a", "href", "/en/section/ports%20en"); len(got) != 1 {
		t.Error("the language bar does not lead to the same section")
	}
}

func TestFrontPage(t *testing.T) {
	s := newMagazineServer()
	for _, lang := range []string{"en", "zh-Hans", "zh-Hant"} {
		page := get(s, "/"+lang+"/")
		if page.Code != http.StatusOK || len(find(t, page, "html", "lang", lang)) != 1 {
			t.Fatalf("%s: got %d", lang, page.Code)
		}
		if lead := find(t, page, "h2", "", ""); textOf(lead[0]) != "football in "+lang {
			t.Errorf("%s: %q leads, not the newest", lang, textOf(lead[0]))
		}
		for _, slug := range []string{"football", "ships", "cranes"} {
			if got := find(t, page, "a", "href", "/"+lang+"/"+slug); len(got) != 1 {
				t.Errorf("%s: %d links to %s", lang, len(got), slug)
			}
		}
	}
	if got := find(t, get(s, "/en/"), "a", "href", "https://example.org/elsewhere"); len(got) != 0 {
		t.Error("an article of another site is on the front page")
	}
}

func TestSectionPage(t *testing.T) {
	s := newMagazineServer()
	page := get(s, "/zh-Hans/section/ports%20zh-Hans")
	if got := texts(find(t, page, "h1", "", "")); page.Code != http.StatusOK || !slices.Equal(got, []string{"ports zh-Hans"}) {
		t.Fatalf("got %d %q", page.Code, got)
	}
	if got := texts(find(t, page, "h3", "", "")); !slices.Equal(got, []string{"ships in zh-Hans", "cranes in zh-Hans"}) {
		t.Errorf("articles: got %q", got)
	}
	if got := find(t, page, "a", "href", "/en/section/ports%20en"); len(got) != 1 {
		t.Error("the language bar does not lead to the same section")
	}
	if got := find(t, page, "a", "aria-current", "page"); len(got) != 1 || textOf(got[0]) != "ports zh-Hans" {
		t.Errorf("current section: got %q", texts(got))
	}
}

func TestMissingPages(t *testing.T) {
	s := newMagazineServer()
	for target, lang := range map[string]string{
		"/en/nothing": "en", "/zh-Hans/nothing": "zh-Hans", "/zh-Hant/section/nothing": "zh-Hant", "/nothing": "zh-Hant",
		"/en/cranes/": "en", "/pictures/notes.txt": "zh-Hant", "/pictures/../html.go.svg": "zh-Hant", "/pictures/": "zh-Hant",
		"/assets/magazine.css": "zh-Hant", "/assets/": "zh-Hant",
	} {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.Header.Set("Accept-Language", "zh-TW")
		page := httptest.NewRecorder()
		s.ServeHTTP(page, r)
		if page.Code != http.StatusNotFound || len(find(t, page, "html", "lang", lang)) != 1 || len(find(t, page, "h1", "", "")) != 1 {
			t.Errorf("%s: got %d in another language than %s", target, page.Code, lang)
		}
	}
	checkProblem(t, get(s, "/v1/nothing"), http.StatusNotFound) // the API answers no page
}

func TestBrokenPage(t *testing.T) {
	m, rec := newsstand()
	rec.panics = "disk on fire"
	s := New(Config{Recommender: rec, Magazine: m, Log: slog.New(slog.DiscardHandler)})
	page := get(s, "/zh-Hant/cranes")
	if page.Code != http.StatusInternalServerError || len(find(t, page, "html", "lang", "zh-Hant")) != 1 {
		t.Fatalf("got %d", page.Code)
	}
	if body := page.Body.String(); strings.Contains(body, "fire") || !strings.Contains(body, page.Header().Get("X-Request-Id")) {
		t.Errorf("the page shows the inside, or not the id of the request:\n%s", body)
	}
}

// Whatever a page names of its own must be there, and nothing of others is named.
func TestPagesNameOnlyWhatIsThere(t *testing.T) {
	s := newMagazineServer()
	seen := map[string]bool{}
	for _, target := range []string{"/en/", "/en/cranes", "/zh-Hant/section/sport%20zh-Hant", "/en/missing"} {
		page := get(s, target)
		if got := page.Header().Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'; img-src 'self'; style-src 'self';") {
			t.Errorf("%s: Content-Security-Policy: %q", target, got)
		}
		for _, kind := range [][2]string{{"a", "href"}, {"link", "href"}, {"img", "src"}} {
			for _, n := range find(t, page, kind[0], kind[1], "") {
				to := attr(n, kind[1])
				if seen[to] || to == "#content" || strings.HasPrefix(to, "/pictures/") && to != "/pictures/cranes.svg" {
					continue
				}
				seen[to] = true
				res := get(s, to)
				if res.Code != http.StatusOK {
					t.Errorf("%s names %s: %d", target, to, res.Code)
				}
				if strings.HasPrefix(to, "/assets/") && !strings.Contains(res.Header().Get("Cache-Control"), "immutable") {
					t.Errorf("%s: Cache-Control: %q", to, res.Header().Get("Cache-Control"))
				}
			}
		}
		for _, banned := range []string{"script", "style", "iframe"} {
			if n := len(find(t, page, banned, "", "")); n > 0 {
				t.Errorf("%s has %d elements %s", target, n, banned)
			}
		}
	}
	if len(seen) < 15 {
		t.Errorf("only %d addresses seen", len(seen))
	}
}

// The evaluation has its page, and a link to it at the foot of every other.
func TestEvaluation(t *testing.T) {
	m, rec := newsstand()
	fault := errors.New("no such luck")
	m.Evaluation = func(context.Context) ([]byte, error) { return []byte("<!doctype html><p>better"), nil }
	s := New(Config{Recommender: rec, Magazine: m, Log: slog.New(slog.DiscardHandler)})
	page := get(s, "/evaluation")
	if page.Code != http.StatusOK || page.Body.String() != "<!doctype html><p>better" {
		t.Errorf("GET /evaluation: %d %s", page.Code, page.Body)
	}
	if got := page.Header().Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'; style-src 'unsafe-inline';") {
		t.Errorf("Content-Security-Policy: %q", got)
	}
	for _, path := range []string{"/en/", "/zh-Hans/cranes", "/zh-Hant/nothing"} {
		if links := find(t, get(s, path), "a", "href", "/evaluation"); len(links) != 1 || textOf(links[0]) == "" {
			t.Errorf("%s has %d links to the evaluation, want 1", path, len(links))
		}
	}

	m.Evaluation = func(context.Context) ([]byte, error) { return nil, fault }
	s = New(Config{Recommender: rec, Magazine: m, Log: slog.New(slog.DiscardHandler)})
	if page := get(s, "/evaluation"); page.Code != http.StatusInternalServerError || strings.Contains(page.Body.String(), fault.Error()) {
		t.Errorf("GET /evaluation that fails: %d %s", page.Code, page.Body)
	}
	if page := get(newMagazineServer(), "/evaluation"); page.Code != http.StatusNotFound {
		t.Errorf("GET /evaluation without one: %d", page.Code)
	}
}
