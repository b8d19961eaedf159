package extract

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
)

// head is what stands in the elements of a page that hold metadata.
type head struct {
	meta      map[string][]string // name, property, itemprop or http-equiv -> contents
	ld        linkedData
	lang      string // of the html element
	h1        []string
	canonical string
	time      []string // of time elements
	alternate []Alternate
	badLang   bool
}

// readMetadata reads what doc says of itself, and the text that its JSON-LD holds.
func readMetadata(doc *html.Node, base *url.URL) (p Page, jsonBody string) {
	base = baseOf(doc, base)
	h := head{meta: map[string][]string{}}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			h.add(n, base)
		}
	}
	p = Page{
		Title:      oneLine(data.PlainText(first(h.ld.Headline, h.one("og:title", "twitter:title", "dc.title", "citation_title", "parsely-title")))),
		Summary:    oneLine(data.PlainText(first(h.one("og:description", "description", "twitter:description", "dc.description"), h.ld.Description))),
		Section:    oneLine(first(h.ld.Section, h.one("article:section", "parsely-section", "section"))),
		Type:       strings.ToLower(first(h.ld.Type, h.one("og:type"))),
		Tags:       h.tags(),
		Authors:    h.authors(),
		Alternates: h.alternate,
		BadLang:    h.badLang,
	}
	if p.Title == "" && len(h.h1) == 1 {
		p.Title = h.h1[0]
	}
	p.CanonicalURL = absolute(base, first(h.canonical, h.one("og:url"), h.ld.URL))
	p.Image.Src = absolute(base, first(h.one("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src"), h.ld.Image))
	p.Image.Alt = oneLine(h.one("og:image:alt", "twitter:image:alt"))
	for _, robots := range h.meta["robots"] {
		p.NoIndex = p.NoIndex || strings.Contains(strings.ToLower(robots), "noindex")
	}
	h.setDates(&p)
	h.setLang(&p)
	return p, h.ld.Body
}

// add notes what the element n says.
func (h *head) add(n *html.Node, base *url.URL) {
	switch n.DataAtom {
	case atom.Html:
		h.lang = first(attr(n, "lang"), attr(n, "xml:lang"))
	case atom.H1:
		if title := text(n); title != "" {
			h.h1 = append(h.h1, title)
		}
	case atom.Meta:
		h.addMeta(attr(n, "content"), attr(n, "name"), attr(n, "property"), attr(n, "itemprop"), attr(n, "http-equiv"))
	case atom.Time:
		if attr(n, "itemprop") != "" {
			h.addMeta(attr(n, "datetime"), attr(n, "itemprop"))
		}
		h.time = append(h.time, attr(n, "datetime"))
	case atom.Link:
		h.addLink(n, base)
	case atom.Script:
		if strings.HasPrefix(strings.ToLower(strings.TrimSpace(attr(n, "type"))), "application/ld+json") && n.FirstChild != nil {
			h.ld.add(n.FirstChild.Data)
		}
	}
}

func (h *head) addMeta(content string, names ...string) {
	if content = strings.TrimSpace(content); content == "" {
		return
	}
	for _, name := range names {
		if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
			h.meta[name] = append(h.meta[name], content)
		}
	}
}

func (h *head) addLink(n *html.Node, base *url.URL) {
	address := absolute(base, attr(n, "href"))
	relations := strings.Fields(strings.ToLower(attr(n, "rel")))
	switch {
	case address == "":
	case slices.Contains(relations, "canonical") && h.canonical == "":
		h.canonical = address
	case slices.Contains(relations, "alternate") && attr(n, "hreflang") != "":
		if lang, ok := ParseHreflang(attr(n, "hreflang")); ok {
			h.alternate = append(h.alternate, Alternate{lang, address})
		} else {
			h.badLang = true
		}
	}
}

// ParseHreflang reads the language of an alternate page; x-default, the page for
// everybody else, has none.
func ParseHreflang(s string) (data.Lang, bool) {
	if strings.EqualFold(strings.TrimSpace(s), "x-default") {
		return data.Undetermined, true
	}
	lang, err := data.ParseLang(s)
	return lang, err == nil
}

// one is the first content of the first name that has any.
func (h *head) one(names ...string) string {
	for _, name := range names {
		if contents := h.meta[name]; len(contents) > 0 {
			return contents[0]
		}
	}
	return ""
}

func (h *head) tags() []string {
	tags := h.ld.Keywords
	if len(tags) == 0 {
		tags = h.meta["article:tag"]
	}
	if len(tags) == 0 {
		tags = []string{h.one("news_keywords", "keywords", "parsely-tags")}
	}
	return list(tags, ",;，、")
}

func (h *head) authors() []string {
	authors := h.ld.Authors
	for _, name := range []string{"author", "dc.creator", "article:author", "citation_author", "parsely-author", "sailthru.author", "byl"} {
		if len(authors) == 0 {
			authors = slices.DeleteFunc(slices.Clone(h.meta[name]), func(s string) bool { return strings.Contains(s, "://") })
		}
	}
	for i, author := range authors {
		if before, after, ok := strings.Cut(author, " "); ok && strings.EqualFold(before, "by") {
			authors[i] = after
		}
	}
	return list(authors, ";")
}

// list parts every one of texts at the separators and drops what occurs twice.
func list(texts []string, separators string) []string {
	var parts []string
	for _, t := range texts {
		for _, part := range strings.FieldsFunc(data.PlainText(t), func(r rune) bool { return strings.ContainsRune(separators, r) }) {
			if part = oneLine(part); part != "" && !slices.Contains(parts, part) {
				parts = append(parts, part)
			}
		}
	}
	return parts
}

func (h *head) setDates(p *Page) {
	set := func(to *time.Time, texts ...string) {
		for _, s := range texts {
			if s == "" || !to.IsZero() {
				continue
			}
			t, ok := ParseTime(s)
			*to = t
			p.BadDate = p.BadDate || !ok
		}
	}
	set(&p.PublishedAt, h.ld.Published, h.one("article:published_time", "og:published_time", "datepublished", "article.published",
		"parsely-pub-date", "dc.date.issued", "dcterms.created", "dc.date", "citation_publication_date", "sailthru.date", "pubdate", "publishdate", "date"))
	set(&p.UpdatedAt, h.ld.Modified, h.one("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "lastmod", "last-modified"))
	if p.PublishedAt.IsZero() && len(h.time) > 0 {
		p.PublishedAt, _ = ParseTime(h.time[0])
	}
	p.BadDate = p.BadDate && p.PublishedAt.IsZero()
}

func (h *head) setLang(p *Page) {
	for _, s := range []string{h.lang, h.one("content-language"), h.ld.Lang, h.one("og:locale", "language", "dc.language")} {
		if s == "" {
			continue
		}
		s, _, _ = strings.Cut(s, ",")
		if p.LangCode == "" {
			p.LangCode = strings.TrimSpace(s)
		}
		lang, err := data.ParseLang(s)
		if err == nil && lang != data.Undetermined {
			p.Lang = lang
			p.BadLang = false
			return
		}
		p.BadLang = p.BadLang || err != nil
	}
}

// layouts are those that pages and feeds write besides what record.ParseTime reads.
var layouts = []string{
	"2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05.999Z0700", "2006-01-02 15:04:05 Z0700", "2006-01-02 15:04:05 -0700 MST", "2006-01-02T15:04Z0700",
	time.RFC1123Z, time.RFC1123, "Mon, 2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 MST", "Mon, 2 Jan 2006 15:04 -0700",
	"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 MST", "2 Jan 2006", "2 January 2006", "January 2, 2006", "Jan 2, 2006",
	"Monday, January 2, 2006", "January 2, 2006 15:04", "January 2, 2006 3:04 PM", "2006/1/2", "2006/1/2 15:04:05", "2006/1/2 15:04", "20060102", "20060102150405",
	"2006-01", "2006", time.ANSIC, time.UnixDate,
}

// ParseTime reads a date as pages and feeds write it; without a zone it is UTC.
// The result is in UTC.
func ParseTime(s string) (time.Time, bool) {
	s = oneLine(s)
	if t, ok := record.ParseTime(s); ok {
		return t, true
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1000 && t.Year() <= 9998 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// baseOf is the address against which the links of doc are resolved.
func baseOf(doc *html.Node, address *url.URL) *url.URL {
	for n := range doc.Descendants() {
		if n.DataAtom == atom.Base {
			if href, err := address.Parse(attr(n, "href")); err == nil {
				return href
			}
		}
	}
	return address
}

// absolute resolves address; what is no address of the web is none.
func absolute(base *url.URL, address string) string {
	u, err := base.Parse(strings.TrimSpace(address))
	if err != nil || address == "" || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// first is the first of texts that is not empty.
func first(texts ...string) string {
	for _, s := range texts {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}
