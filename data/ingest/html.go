package ingest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/fetch"
	"github.com/alsolike/alsolike/data/ingest/extract"
)

// openHTML opens an HTML file, a folder of such, or a page of the network.
func openHTML(s *Source) error {
	if !s.once {
		return s.openDocuments(isHTML, nil, func(r *Record, d *document) string {
			page, err := extract.HTML(d.content, "")
			if err != nil {
				return errors.Unwrap(err).Error()
			}
			r.Article.ID = d.id()
			r.Article.URL = page.CanonicalURL
			r.addPage(&page, s.opts.Languages)
			return r.finish(&s.opts)
		})
	}
	told := s.page != nil // the format, by what the page turned out to be
	s.read = func(ctx context.Context) iter.Seq[Record] {
		return func(yield func(Record) bool) {
			if told && isRoot(s.name) {
				if maps, err := s.opts.Fetcher.Sitemaps(ctx, s.name); err == nil && len(maps) > 0 {
					s.sitemapRecords(ctx, maps, nil)(yield)
					return
				}
			}
			page, err := s.fetch(ctx)
			switch {
			case ctx.Err() != nil:
			case err != nil:
				yield(s.refused(fetchReason(err)))
			case page.NotModified:
				yield(Record{Unchanged: true})
			default:
				r := s.fetchedRecord(page, s.name, nil)
				if r.Skipped != "" { // somebody named this very page
					r = s.refused(r.Skipped)
				}
				yield(r)
			}
		}
	}
	return nil
}

// Why pages are no articles, in Record.Skipped.
const (
	noText    = "no article text"
	noHTML    = "no HTML page"
	noIndex   = "noindex"
	noArticle = "no article"
	gone      = "page is gone"
	robots    = "robots.txt"
	foreign   = "of another site"
	front     = "front page"
)

// fetchedRecord makes a record of a fetched page. address is where it was
// looked for; e is what a sitemap says of it, nil if it was asked for by name.
func (s *Source) fetchedRecord(page *fetch.Page, address string, e *entry) Record {
	r := Record{Keep: func(ctx context.Context) error { return s.opts.Fetcher.Keep(ctx, page) }}
	if page.ContentType != "text/html" && page.ContentType != "application/xhtml+xml" && sniffXML(sniffable(page.Body)) != HTML {
		r.Skipped = noHTML
		return r
	}
	refuse := func(reason string) Record {
		return Record{Err: &RecordError{File: address, Reason: reason}}
	}
	if len(page.Body) > data.MaxArticleBytes {
		return refuse(fmt.Sprintf("the page is over %d MB", data.MaxArticleBytes>>20))
	}
	found, err := extract.HTML(page.Body, page.URL)
	switch {
	case e != nil && (found.NoIndex || page.NoIndex):
		r.Skipped = noIndex
		return r
	case errors.Is(err, extract.ErrNoText):
		r.Skipped = noText
		return r
	case err != nil:
		return refuse(errors.Unwrap(err).Error())
	}
	a := &r.Article
	a.URL = page.URL
	if c := found.CanonicalURL; c != "" && siteOf(c) == siteOf(page.URL) && (!isRoot(c) || isRoot(page.URL)) {
		a.URL = c
	}
	a.URL = data.WithoutTracking(a.URL)
	a.ID = data.ArticleID(data.CanonicalURL(a.URL))
	alternates := found.Alternates
	if e != nil && len(e.alternates) > 0 {
		alternates = e.alternates
	}
	a.TranslationOf = originalOf(a.ID, alternates)
	r.addPage(&found, s.opts.Languages)
	if e != nil {
		r.addEntry(e, &s.opts)
	}
	if reason := r.finish(&s.opts); reason != "" {
		return refuse(reason)
	}
	if data.CanonicalURL(a.URL) != data.CanonicalURL(page.URL) {
		r.Keep = nil // the article would not be found by this address when the page is told unchanged
	}
	return r
}

// addPage fills in what r does not have and the page says.
func (r *Record) addPage(p *extract.Page, l *Languages) {
	a := &r.Article
	a.Title = first(a.Title, p.Title)
	a.Body = first(a.Body, p.Body)
	a.Summary = first(a.Summary, p.Summary)
	a.Section = first(a.Section, p.Section)
	a.Type = first(a.Type, p.Type)
	a.CanonicalURL = first(a.CanonicalURL, p.CanonicalURL)
	if a.Lang == "" || a.Lang == data.Undetermined {
		a.Lang, r.claim = p.Lang, general
		if lang, ok := l.Alias(p.LangCode); ok {
			a.Lang = lang
		}
	}
	if a.Image.Src == "" {
		a.Image = p.Image
	}
	if len(a.Tags) == 0 {
		a.Tags = p.Tags
	}
	if len(a.Authors) == 0 {
		a.Authors = p.Authors
	}
	if a.PublishedAt.IsZero() {
		a.PublishedAt = p.PublishedAt
		r.BadDate = r.BadDate || p.BadDate
	}
	if a.UpdatedAt.IsZero() {
		a.UpdatedAt = p.UpdatedAt
	}
	r.BadLang = r.BadLang || p.BadLang && a.Lang == ""
}

// originalOf is the id that stands for the versions of an article in all
// languages, or "" if id is that itself or there are no others: the version for
// everybody else (x-default), or the first by name, so that every version comes
// to the same one. A front page, which careless templates name for all
// articles, stands for none.
func originalOf(id data.ArticleID, alternates []extract.Alternate) data.ArticleID {
	var versions []data.ArticleID
	original := data.ArticleID("")
	for _, alternate := range alternates {
		if alternate.URL == "" || isRoot(alternate.URL) && !isRoot(string(id)) {
			continue
		}
		version := data.ArticleID(data.CanonicalURL(alternate.URL))
		if data.ValidateID(version) != nil {
			continue
		}
		versions = append(versions, version)
		if alternate.Lang == data.Undetermined {
			original = version
		}
	}
	if len(versions) == 0 {
		return ""
	}
	if original == "" {
		original = slices.Min(append(versions, id))
	}
	if original == id {
		return ""
	}
	return original
}
