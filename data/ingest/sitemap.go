package ingest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/fetch"
	"github.com/alsolike/alsolike/data/ingest/extract"
)

// openSitemap opens a sitemap or an index of such: a file or an address. The
// address of a site stands for the sitemaps that its robots.txt names or, if it
// names none, for /sitemap.xml.
func openSitemap(s *Source) error {
	if s.opts.Fetcher == nil {
		return fmt.Errorf("%s: a sitemap only lists pages, and nothing here fetches them", s.name)
	}
	s.once = true
	if !isURL(s.name) {
		return s.openWhole(func(ctx context.Context, content []byte, _ *fetch.Page) iter.Seq[Record] {
			return s.sitemapRecords(ctx, []string{s.name}, content)
		})
	}
	s.read = func(ctx context.Context) iter.Seq[Record] {
		if s.page != nil {
			return s.sitemapRecords(ctx, []string{s.page.URL}, s.page.Body)
		}
		maps := []string{s.name}
		if isRoot(s.name) {
			var err error
			if maps, err = s.opts.Fetcher.Sitemaps(ctx, s.name); err != nil {
				return func(yield func(Record) bool) { yield(s.refused(fetchReason(err))) }
			}
			if len(maps) == 0 {
				maps = []string{strings.TrimRight(s.name, "/") + "/sitemap.xml"}
			}
		}
		return s.sitemapRecords(ctx, maps, nil)
	}
	return nil
}

const (
	maxSitemaps = 10_000 // that one source may have
	maxNesting  = 3      // of an index in an index; the protocol allows none
	maxFailures = 10     // pages in a row that cannot be fetched before the rest is left
)

// sitemapRecords walks the sitemaps at addresses, and those they name, and
// fetches the pages that are new or changed. content is the first one's, if it
// was read already.
func (s *Source) sitemapRecords(ctx context.Context, addresses []string, content []byte) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		w := sitemapWalk{s: s, maps: map[string]bool{}, pages: map[string]bool{}, yield: yield}
		for _, address := range addresses {
			if !w.walk(ctx, address, content, 0) {
				return
			}
			content = nil
		}
	}
}

// A sitemapWalk is one reading of a source of sitemaps.
type sitemapWalk struct {
	s        *Source
	maps     map[string]bool // addresses of sitemaps that were read
	pages    map[string]bool // canonical URLs of pages that were looked at
	failures int             // pages in a row that could not be fetched
	yield    func(Record) bool
}

// walk reads the sitemap at address and reports whether to go on.
func (w *sitemapWalk) walk(ctx context.Context, address string, content []byte, depth int) bool {
	if w.maps[address] {
		return true
	}
	w.maps[address] = true
	refuse := func(reason string) bool {
		return w.yield(Record{Err: &RecordError{File: address, Reason: reason}})
	}
	if depth > maxNesting || len(w.maps) > maxSitemaps {
		return refuse(fmt.Sprintf("is left out: more than %d sitemaps, or %d indexes in one another", maxSitemaps, maxNesting))
	}
	if content == nil {
		page, err := w.s.opts.Fetcher.Get(ctx, address)
		switch {
		case ctx.Err() != nil:
			return false
		case err != nil:
			return refuse(fetchReason(err))
		case page.NotModified: // since another import took it, as a feed
			return w.yield(Record{Unchanged: true})
		}
		content = page.Body
	}
	entries, isIndex, err := parseSitemap(content)
	for i := range entries {
		if ctx.Err() != nil {
			return false
		}
		e := &entries[i]
		if isIndex {
			if !w.walk(ctx, e.loc, nil, depth+1) {
				return false
			}
			continue
		}
		if r, ok := w.record(ctx, e); ok && !w.yield(r) {
			return false
		}
		if w.failures >= maxFailures {
			return refuse(fmt.Sprintf("stopped, since %d pages in a row could not be fetched; import it again later", maxFailures)) && false
		}
	}
	return err == nil || refuse(err.Error())
}

// record makes a record of a page that a sitemap lists, unless it was listed
// before.
func (w *sitemapWalk) record(ctx context.Context, e *entry) (r Record, ok bool) {
	s := w.s
	canonical := data.CanonicalURL(e.loc)
	switch {
	case w.pages[canonical]:
		return Record{}, false
	case !isURL(e.loc):
		return Record{Err: &RecordError{File: s.name, Reason: data.Quote(e.loc) + " is no address on the web"}}, true
	case isURL(s.name) && !sameSite(e.loc, s.name):
		return Record{Skipped: foreign}, true
	case isRoot(e.loc):
		return Record{Skipped: front}, true
	}
	w.pages[canonical] = true
	known := s.known(ctx, e.loc)
	switch {
	case known.ID == "":
	case string(known.ID) != canonical, // of another source, which knows it by another name, as a feed by its guid
		known.State == data.Published && e.unchangedSince(known.UpdatedAt, s.opts.Now()):
		return Record{Article: data.Article{ID: known.ID}, Unchanged: true}, true
	}
	page, err := s.opts.Fetcher.Get(ctx, e.loc)
	switch status := (*fetch.StatusError)(nil); {
	case err == nil && page.NotModified:
		w.failures = 0
		if known.ID == "" { // the page of a redirect
			known = s.known(ctx, page.URL)
		}
		return unmodified(known), true
	case err == nil:
		w.failures = 0
		return s.fetchedRecord(page, e.loc, e), true
	case errors.Is(err, fetch.ErrRobots):
		return Record{Skipped: robots}, true
	case errors.As(err, &status):
		w.failures = 0
		if status.Gone() {
			return Record{Skipped: gone}, true
		}
	default:
		w.failures++
	}
	return Record{Err: &RecordError{File: e.loc, Reason: fetchReason(err)}}, true
}

// unmodified is the record of a page that its server says is as it was when it
// was stored. known is its article; without an id it was none then and is none now.
func unmodified(known data.Article) Record {
	switch {
	case known.ID == "":
		return Record{Skipped: noArticle}
	case known.State == data.Unpublished: // it was gone meanwhile
		known.State = data.Published
		return Record{Article: known}
	}
	return Record{Article: data.Article{ID: known.ID}, Unchanged: true}
}

// An entry is what a sitemap says of one page, or an index of one sitemap.
type entry struct {
	loc        string
	lastmod    time.Time // zero if it does not say
	dayOnly    bool      // lastmod has no time of day
	title      string    // this and the next three: of a news sitemap
	lang       string
	keywords   string
	published  time.Time
	image      string
	alternates []extract.Alternate
}

// unchangedSince reports whether the page is surely as it was at that time. A
// day may have had changes before and after; a day long past has not.
func (e *entry) unchangedSince(t, now time.Time) bool {
	const settled = 48 * time.Hour // until that day is over everywhere
	return !e.lastmod.IsZero() && !e.lastmod.After(t) && (!e.dayOnly || now.Sub(e.lastmod) > settled)
}

// addEntry fills in what a sitemap says of a page and the page itself does not.
func (r *Record) addEntry(e *entry, o *SourceOptions) {
	a := &r.Article
	a.Title = first(a.Title, e.title)
	if a.Lang == "" && e.lang != "" {
		r.setLang(e.lang, o.Languages)
	}
	if len(a.Tags) == 0 {
		a.Tags = splitList(e.keywords, ",")
	}
	if a.PublishedAt.IsZero() {
		a.PublishedAt = e.published
	}
	if a.Image.Src == "" {
		a.Image.Src = e.image
	}
	if e.lastmod.After(a.UpdatedAt) && !e.lastmod.After(o.Now()) { // so that it is not fetched again for that
		a.UpdatedAt = e.lastmod
	}
}
