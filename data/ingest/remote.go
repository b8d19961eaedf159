package ingest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/fetch"
)

// isURL reports whether the name of a source is an address on the network.
func isURL(name string) bool {
	scheme, _, ok := strings.Cut(name, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// openRemote readies a source of the network. Formats that know how to go on
// from their address (HTML, feeds, sitemaps) open themselves; of the others,
// and where the format is still to be told, the page is fetched when the
// source is read.
func (s *Source) openRemote() error {
	if s.opts.Fetcher == nil {
		return errors.New("nothing here fetches pages from the network")
	}
	s.once, s.key = true, data.CanonicalURL(s.name)
	switch s.opts.Format {
	case HTML, Feed, Sitemap:
		return openers[s.opts.Format](s)
	}
	s.read = s.fetched
	return nil
}

// fetch is the page of the source, which may have been fetched to tell its format.
func (s *Source) fetch(ctx context.Context) (*fetch.Page, error) {
	if s.page != nil {
		return s.page, nil
	}
	return s.opts.Fetcher.Get(ctx, s.name)
}

// fetched fetches the source and reads it in the format it turns out to have.
func (s *Source) fetched(ctx context.Context) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		page, err := s.fetch(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			yield(s.refused(fetchReason(err)))
			return
		case page.NotModified:
			yield(Record{Unchanged: true})
			return
		}
		content := *s
		content.page = page
		if s.opts.Format == Auto {
			content.opts.Format = sniff(page.URL, page.ContentType, page.Body)
		}
		switch content.opts.Format {
		case "":
			yield(s.refused(fmt.Sprintf("the page (%s) is in no format that is known; say --format", page.ContentType)))
			return
		case HTML, Feed, Sitemap: // they keep what they have read themselves
			err = openers[content.opts.Format](&content)
		default:
			if err = openers[content.opts.Format](&content); err == nil {
				read := content.read
				content.read = func(ctx context.Context) iter.Seq[Record] {
					return keepAfter(read(ctx), func(ctx context.Context) error { return s.opts.Fetcher.Keep(ctx, page) })
				}
			}
		}
		if err != nil {
			yield(s.refused(err.Error()))
			return
		}
		content.read(ctx)(yield)
	}
}

// keepAfter lets keep be called when the last record is stored, unless one was
// refused: then the next import must see the whole again.
func keepAfter(records iter.Seq[Record], keep func(context.Context) error) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		var last *Record
		refused := false
		for r := range records {
			if last != nil && !yield(*last) {
				return
			}
			last = &r
			refused = refused || r.Err != nil
		}
		if last == nil {
			return
		}
		if !refused {
			last.Keep = keep
		}
		yield(*last)
	}
}
