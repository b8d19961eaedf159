package ingest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/net/html/charset"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/ingest/extract"
)

// parseSitemap reads a sitemap, an index of sitemaps, a plain list of addresses,
// or a feed that serves as a sitemap. With an error come the entries before it.
func parseSitemap(content []byte) (entries []entry, isIndex bool, err error) {
	content = bytes.TrimSpace(bytes.TrimPrefix(content, []byte("\ufeff")))
	switch {
	case len(content) == 0:
		return nil, false, errors.New("the sitemap is empty")
	case content[0] != '<':
		return parseList(content)
	case declaresEntities(content):
		return nil, false, errors.New(entityReason)
	}
	switch root := localName(rootElement(content)); root {
	case "sitemapindex":
		entries, err = parseURLs(content)
		return entries, true, err
	case "urlset":
		entries, err = parseURLs(content)
		return entries, false, err
	case "rss", "rdf", "feed":
		entries, err = parseFeedEntries(content)
		return entries, false, err
	case "html", "!doctype html":
		return nil, false, errors.New("is an HTML page and no sitemap")
	default:
		return nil, false, fmt.Errorf("is no sitemap: its outermost element is %s", data.Quote(root))
	}
}

// localName is an element's name in lower case, without prefix.
func localName(name string) string {
	if _, local, found := strings.Cut(name, ":"); found {
		name = local
	}
	return strings.ToLower(name)
}

// parseList reads a list of addresses, one a line.
func parseList(content []byte) ([]entry, bool, error) {
	var entries []entry
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case !isURL(line):
			return entries, false, fmt.Errorf("is no sitemap: neither XML nor a list of addresses (%s)", data.Quote(line))
		default:
			entries = append(entries, entry{loc: line})
		}
	}
	return entries, false, nil
}

func parseFeedEntries(content []byte) ([]entry, error) {
	feed, err := parseFeed(content)
	if err != nil {
		return nil, err
	}
	var entries []entry
	for _, item := range feed.Items {
		var r Record
		r.setDates(item)
		e := entry{loc: strings.TrimSpace(item.Link), published: r.Article.PublishedAt, lastmod: r.Article.UpdatedAt}
		if e.loc != "" {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// parseURLs reads the url and sitemap elements of a sitemap.
func parseURLs(content []byte) ([]entry, error) {
	decoder := xml.NewDecoder(bytes.NewReader(xmlText(content)))
	decoder.Strict = false
	decoder.CharsetReader = charset.NewReaderLabel
	var entries []entry
	var path []string // local names of the open elements
	var e entry
	var text strings.Builder
	for {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF):
			return entries, nil
		case err != nil:
			return entries, fmt.Errorf("the sitemap is broken after %d entries: %w", len(entries), err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			const deepest = 20
			if len(path) == deepest {
				return entries, errors.New("the sitemap is broken: its elements are nested too deep")
			}
			path = append(path, strings.ToLower(t.Name.Local))
			text.Reset()
			switch {
			case len(path) == 2:
				e = entry{}
			case path[len(path)-1] == "link":
				e.addAlternate(t.Attr)
			}
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			if len(path) == 2 && e.loc != "" {
				entries = append(entries, e)
			}
			if len(path) > 2 {
				e.set(path[2:], strings.TrimSpace(text.String()))
			}
			if len(path) > 0 {
				path = path[:len(path)-1]
			}
			text.Reset()
		}
	}
}

// set notes the text of the element at path, which starts below url or sitemap.
func (e *entry) set(path []string, text string) {
	if text == "" {
		return
	}
	switch strings.Join(path, "/") {
	case "loc":
		e.loc = text
	case "lastmod":
		if t, ok := extract.ParseTime(text); ok {
			e.lastmod, e.dayOnly = t, len(text) <= len(time.DateOnly)
		}
	case "image/loc":
		e.image = first(e.image, text)
	case "news/title":
		e.title = text
	case "news/keywords":
		e.keywords = text
	case "news/publication_date":
		e.published, _ = extract.ParseTime(text)
	case "news/publication/language":
		e.lang = text
	}
}

// addAlternate notes a version in another language: xhtml:link rel=alternate.
func (e *entry) addAlternate(attributes []xml.Attr) {
	var relation, lang, address string
	for _, a := range attributes {
		switch strings.ToLower(a.Name.Local) {
		case "rel":
			relation = strings.ToLower(a.Value)
		case "hreflang":
			lang = a.Value
		case "href":
			address = strings.TrimSpace(a.Value)
		}
	}
	if l, ok := extract.ParseHreflang(lang); ok && lang != "" && relation == "alternate" && isURL(address) {
		e.alternates = append(e.alternates, extract.Alternate{Lang: l, URL: address})
	}
}
