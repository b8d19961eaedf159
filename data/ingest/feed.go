package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/fetch"
	"github.com/alsolike/alsolike/data/ingest/extract"
)

// openFeed opens an RSS, RDF, Atom or JSON feed: a file or an address.
func openFeed(s *Source) error { return s.openWhole(s.feedRecords) }

// feedRecords reads the items of a feed. page is the feed as it was fetched;
// nil if it is a file, whose links are not followed.
func (s *Source) feedRecords(ctx context.Context, content []byte, page *fetch.Page) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		feed, err := parseFeed(content)
		if err != nil {
			yield(s.refused(err.Error()))
			return
		}
		f := feedReader{s: s, feed: feed, page: page, base: &url.URL{}, whole: true}
		if page != nil {
			f.resolve(page.URL)
		}
		f.resolve(feed.Link)
		for i, item := range feed.Items {
			r := f.record(ctx, item)
			f.whole = f.whole && r.Err == nil && !f.excerpt
			if i == len(feed.Items)-1 && page != nil && f.whole {
				r.Keep = both(r.Keep, func(ctx context.Context) error { return s.opts.Fetcher.Keep(ctx, page) })
			}
			if ctx.Err() != nil || !yield(r) {
				return
			}
		}
	}
}

// both calls one function after the other; the first may be nil.
func both(first, second func(context.Context) error) func(context.Context) error {
	if first == nil {
		return second
	}
	return func(ctx context.Context) error {
		if err := first(ctx); err != nil {
			return err
		}
		return second(ctx)
	}
}

// parseFeed reads a feed, or says in plain words why it is none.
func parseFeed(text []byte) (feed *gofeed.Feed, err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			feed, err = nil, fmt.Errorf("the feed is too broken to read (%v)", trouble)
		}
	}()
	text = bytes.TrimLeft(xmlText(text), " \t\r\n")
	switch {
	case len(text) == 0:
		return nil, errors.New("the feed is empty")
	case text[0] == '{':
		if text, err = plainJSONFeed(text); err != nil {
			return nil, err
		}
	case declaresEntities(text):
		return nil, errors.New(entityReason)
	default:
		if err := checkFeedRoot(text); err != nil {
			return nil, err
		}
	}
	feed, err = gofeed.NewParser().Parse(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("the feed is broken: %w", err)
	}
	return feed, nil
}

// checkFeedRoot says what XML is that is no feed.
func checkFeedRoot(text []byte) error {
	root := localName(rootElement(text))
	switch root {
	case "rss", "rdf", "feed":
		return nil
	case "opml":
		return errors.New("is OPML, a list of feeds and no feed; import the feeds that it names")
	case "html", "head", "body", "!doctype html":
		return errors.New("is an HTML page and no feed; say --format html to import the page itself")
	case "urlset", "sitemapindex":
		return errors.New("is a sitemap and no feed; say --format sitemap")
	case "":
		return errors.New("is no feed: neither RSS, RDF, Atom nor JSON Feed")
	}
	return fmt.Errorf("is no feed but XML of another kind (%s); RSS, RDF, Atom or JSON Feed is expected", data.Quote(root))
}

// plainJSONFeed is a JSON feed without what publishers write otherwise than it
// is laid down: tags as one text, ids as numbers, and RSS in JSON.
func plainJSONFeed(text []byte) ([]byte, error) {
	var feed map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&feed); err != nil {
		return nil, fmt.Errorf("the feed is broken JSON: %w", err)
	}
	if rss, ok := feed["rss"].(map[string]any); ok {
		channel, _ := rss["channel"].(map[string]any)
		feed = map[string]any{"title": channel["title"], "home_page_url": channel["link"], "language": channel["language"]}
		var items []any
		list, _ := channel["item"].([]any)
		for _, one := range list {
			if item, ok := one.(map[string]any); ok {
				items = append(items, jsonItem(item))
			}
		}
		feed["items"] = items
	}
	if _, ok := feed["items"].([]any); !ok {
		return nil, errors.New("is JSON but no feed: it has no list of items")
	}
	if version, _ := feed["version"].(string); !strings.Contains(version, "jsonfeed.org") {
		feed["version"] = "https://jsonfeed.org/version/1.1"
	}
	for _, one := range feed["items"].([]any) {
		if item, ok := one.(map[string]any); ok {
			if tags, ok := item["tags"].(string); ok {
				item["tags"] = splitList(tags, ",")
			}
			if id, ok := item["id"].(json.Number); ok {
				item["id"] = id.String()
			}
		}
	}
	return json.Marshal(feed)
}

// jsonItem is an item of RSS in JSON as JSON Feed has it.
func jsonItem(item map[string]any) map[string]any {
	id := item["guid"]
	if guid, ok := id.(map[string]any); ok {
		id = guid["#value"]
	}
	if id == nil {
		id = item["link"]
	}
	out := map[string]any{"id": id, "url": item["link"], "title": item["title"], "content_html": item["description"], "date_published": item["pubDate"]}
	for key, value := range out {
		if _, ok := value.(string); !ok {
			delete(out, key)
		}
	}
	return out
}

// A feedReader makes records of the items of one feed.
type feedReader struct {
	s     *Source
	feed  *gofeed.Feed
	page  *fetch.Page // nil: a file
	base  *url.URL    // against which links are resolved
	whole bool        // all items so far are as they should be

	excerpt bool // the item just read has only its excerpt for a body, since the page could not be had
}

// record makes a record of item.
func (f *feedReader) record(ctx context.Context, item *gofeed.Item) Record {
	r := Record{}
	a := &r.Article
	f.excerpt = false
	a.URL = data.WithoutTracking(f.absolute(item.Link))
	a.ID = data.ArticleID(strings.TrimSpace(item.GUID))
	if a.ID == "" || data.ValidateID(a.ID) != nil {
		a.ID = data.ArticleID(strings.TrimSpace(first(item.Link, a.URL)))
	}
	a.Title = item.Title
	a.Body, a.Summary = bodyOf(item)
	r.setDates(item)
	f.setOthers(&r, item)
	name := f.s.name
	if a.ID != "" {
		name += ": " + string(a.ID)
	}
	if f.page != nil && f.onSite(a.URL) {
		stored := f.s.known(ctx, a.URL)
		switch {
		case stored.ID != "" && stored.ID != a.ID, // of another source, which knows it by another name
			stored.ID != "" && isExcerpt(a.Body) && sameItem(&stored, a):
			return Record{Article: data.Article{ID: stored.ID}, Unchanged: true}
		case isExcerpt(a.Body):
			f.fill(ctx, &r, &stored)
		}
	}
	if !hasText(a.Title) && !hasText(a.Body) {
		return Record{Skipped: noText}
	}
	reason := r.finish(&f.s.opts)
	switch {
	case a.ID == "":
		reason = "the item " + data.Quote(a.Title) + " has neither a guid nor a link"
	case len(a.Body) > data.MaxArticleBytes:
		reason = fmt.Sprintf("the item is over %d MB", data.MaxArticleBytes>>20)
	}
	if reason != "" {
		r.Err = &RecordError{File: name, Reason: reason}
	}
	return r
}

// bodyOf is the full text of item, as far as the feed has it, and, beside it,
// its summary.
func bodyOf(item *gofeed.Item) (body, summary string) {
	switch {
	case item.Content == "":
		return item.Description, ""
	case item.Description == item.Content:
		return item.Content, ""
	case len(item.Description) > 2*len(item.Content): // some feeds have the two the wrong way round
		return item.Description, ""
	}
	return item.Content, item.Description
}

func (r *Record) setDates(item *gofeed.Item) {
	set := func(to *time.Time, parsed *time.Time, text string) {
		switch {
		case parsed != nil && parsed.Year() >= 1 && parsed.Year() <= 9998:
			*to = parsed.UTC()
		case text != "":
			t, ok := extract.ParseTime(text)
			*to = t
			r.BadDate = r.BadDate || !ok
		}
	}
	set(&r.Article.PublishedAt, item.PublishedParsed, item.Published)
	set(&r.Article.UpdatedAt, item.UpdatedParsed, item.Updated)
	if r.Article.PublishedAt.IsZero() {
		r.Article.PublishedAt = r.Article.UpdatedAt
	}
}

func (f *feedReader) setOthers(r *Record, item *gofeed.Item) {
	a := &r.Article
	for _, author := range item.Authors {
		if author != nil && strings.TrimSpace(author.Name) != "" { // an address alone is nobody's business
			a.Authors = append(a.Authors, strings.TrimSpace(author.Name))
		}
	}
	for _, category := range item.Categories {
		if category = strings.TrimSpace(category); category != "" {
			a.Tags = append(a.Tags, category)
		}
	}
	if item.Image != nil {
		a.Image.Src = f.absolute(item.Image.URL)
	}
	for _, e := range item.Enclosures {
		if a.Image.Src == "" && e != nil && strings.HasPrefix(e.Type, "image/") {
			a.Image.Src = f.absolute(e.URL)
		}
	}
	r.setLang(f.feed.Language, f.s.opts.Languages)
	r.claim = general
	if item.DublinCoreExt != nil && len(item.DublinCoreExt.Language) > 0 {
		r.setLang(item.DublinCoreExt.Language[0], f.s.opts.Languages)
	}
	if a.Lang == data.Undetermined {
		a.Lang = ""
	}
}

// fill replaces the excerpt that r has for a body by the text of its page.
func (f *feedReader) fill(ctx context.Context, r *Record, stored *data.Article) {
	a, excerpt := &r.Article, r.Article.Body
	useStored := func() {
		if stored.ID == a.ID && stored.Body != excerpt {
			a.Body, a.Summary = stored.Body, first(a.Summary, excerpt)
			r.addPage(pageOf(stored), f.s.opts.Languages)
		}
	}
	page, err := f.s.opts.Fetcher.Get(ctx, a.URL)
	switch status := (*fetch.StatusError)(nil); {
	case errors.Is(err, fetch.ErrRobots), errors.As(err, &status) && status.Gone():
		return // it is not to be had
	case err != nil:
		f.excerpt = true
		useStored()
		return
	case page.NotModified:
		useStored()
		return
	}
	r.Keep = func(ctx context.Context) error { return f.s.opts.Fetcher.Keep(ctx, page) }
	found, err := extract.HTML(page.Body, page.URL)
	if err != nil || len(data.PlainText(found.Body)) <= len(data.PlainText(excerpt)) {
		return
	}
	a.Body, a.Summary = found.Body, first(a.Summary, excerpt)
	r.addPage(&found, f.s.opts.Languages)
}

// pageOf is what was read from the page of a stored article, as far as it is
// still known.
func pageOf(a *data.Article) *extract.Page {
	p := &extract.Page{
		Section: a.Section, Type: a.Type, CanonicalURL: a.CanonicalURL, Image: a.Image,
		Tags: a.Tags, Authors: a.Authors, PublishedAt: a.PublishedAt, UpdatedAt: a.UpdatedAt,
	}
	if a.LangConfidence == 0 {
		p.Lang = a.Lang
	}
	return p
}

// sameItem reports whether stored was made of the item that a is of, as it
// still is, and of its page.
func sameItem(stored, a *data.Article) bool {
	return stored.State == data.Published && stored.Title == a.Title && stored.Body != a.Body && stored.Summary == first(a.Summary, a.Body) &&
		stored.PublishedAt.Equal(a.PublishedAt) && (a.UpdatedAt.IsZero() || stored.UpdatedAt.Equal(a.UpdatedAt))
}

// isExcerpt reports whether a body looks like the beginning of a longer text.
func isExcerpt(body string) bool {
	const shortest = 600 // characters of a body that is taken for whole
	text := strings.TrimSpace(data.PlainText(body))
	if utf8.RuneCountInString(text) < shortest {
		return true
	}
	text = strings.ToLower(strings.TrimRight(text, " \n\u00a0→»>)]"))
	for _, end := range []string{"…", "...", "continue reading", "read more", "read on", "weiterlesen", "lire la suite", "leer más", "阅读全文", "閱讀全文", "続きを読む"} {
		if strings.HasSuffix(text, end) {
			return true
		}
	}
	return false
}

// onSite reports whether an address is of the site that the feed is of: a feed
// of links to others brings no articles of theirs.
func (f *feedReader) onSite(address string) bool {
	return address != "" && (sameSite(address, f.page.URL) || sameSite(address, f.feed.Link))
}

// resolve makes address, which may be relative, the base of the links.
func (f *feedReader) resolve(address string) {
	if u, err := f.base.Parse(strings.TrimSpace(address)); err == nil {
		f.base = u
	}
}

// absolute resolves a link of the feed.
func (f *feedReader) absolute(link string) string {
	if link = strings.TrimSpace(link); link == "" {
		return ""
	}
	u, err := f.base.Parse(link)
	if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

func hasText(s string) bool {
	return strings.ContainsFunc(data.PlainText(s), func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
}
