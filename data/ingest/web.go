package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/fetch"
	"github.com/alsolike/alsolike/data/record"
)

// maxFile bounds a feed or sitemap, in bytes: the most that a sitemap may have.
const maxFile = 50 << 20

// openWhole opens a source that is one document, a file or a page: records
// gets its content, with the page if it was fetched.
func (s *Source) openWhole(records func(ctx context.Context, content []byte, page *fetch.Page) iter.Seq[Record]) error {
	if !isURL(s.name) {
		f, err := record.Open(s.name)
		if err != nil {
			return err
		}
		s.size = f.Info().Size()
		f.Close()
	}
	s.read = func(ctx context.Context) iter.Seq[Record] {
		return func(yield func(Record) bool) {
			content, page, err := s.whole(ctx)
			switch {
			case ctx.Err() != nil:
			case err != nil:
				yield(s.refused(fetchReason(err)))
			case page != nil && page.NotModified:
				yield(Record{Unchanged: true})
			default:
				records(ctx, content, page)(func(r Record) bool {
					r.Bytes = s.size
					return yield(r)
				})
			}
		}
	}
	return nil
}

// whole is the content of a source, with the page that it is of; nil: a file.
func (s *Source) whole(ctx context.Context) ([]byte, *fetch.Page, error) {
	if isURL(s.name) {
		page, err := s.fetch(ctx)
		if err != nil {
			return nil, nil, err
		}
		return page.Body, page, nil
	}
	f, err := record.Open(s.name)
	if err != nil {
		return nil, nil, errors.Unwrap(err)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f.Text(), maxFile+1))
	switch {
	case err != nil:
		return nil, nil, errors.New(record.ReadingReason(err))
	case len(content) > maxFile:
		return nil, nil, fmt.Errorf("it is over %d MB", maxFile>>20)
	}
	return content, nil, nil
}

// known is the stored article of an address, or none.
func (s *Source) known(ctx context.Context, address string) data.Article {
	if s.opts.Known == nil {
		return data.Article{}
	}
	a, err := s.opts.Known(ctx, address)
	if err != nil {
		return data.Article{}
	}
	return a
}

// fetchReason says why an address could not be fetched, without naming it: the
// record does.
func fetchReason(err error) string {
	reason := err.Error()
	var status *fetch.StatusError
	if errors.As(err, &status) && status.Gone() {
		return status.Error() + ": there is no such page"
	}
	if errors.Is(err, fetch.ErrPrivate) {
		reason += " (--allow-private; of a watched source, allow_private: true)"
	}
	if rest, found := strings.CutPrefix(reason, "fetch: "); found {
		if _, why, found := strings.Cut(rest, ": "); found {
			return why
		}
	}
	return reason
}

// isRoot reports whether an address is that of a site as a whole.
func isRoot(address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == ""
}

// sameSite reports whether two addresses are of one host, or one is of a
// subdomain of the other's.
func sameSite(a, b string) bool {
	x, y := siteOf(a), siteOf(b)
	return x != "" && y != "" && (x == y || strings.HasSuffix(x, "."+y) || strings.HasSuffix(y, "."+x))
}

// siteOf is the host of an address, without "www.".
func siteOf(address string) string {
	u, err := url.Parse(data.CanonicalURL(address))
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Host, "www.")
}

var (
	xmlEncoding = regexp.MustCompile(`^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']`)
	xmlEntity   = regexp.MustCompile(`(?i)<!ENTITY\b`)
)

const entityReason = "declares XML entities, which are not expanded; remove its document type"

// xmlText is XML whose declaration names the charset that it is in: where the
// bytes are UTF-8 beyond ASCII that, whatever it says.
func xmlText(text []byte) []byte {
	at := xmlEncoding.FindSubmatchIndex(text[:min(len(text), 1024)])
	isASCII := !slices.ContainsFunc(text, func(c byte) bool { return c >= utf8.RuneSelf })
	if at == nil || isASCII || !utf8.Valid(text) {
		return text
	}
	return slices.Concat(text[:at[2]], []byte("UTF-8"), text[at[3]:])
}

// declaresEntities reports whether the head of XML declares entities, which can
// make any size of text out of a few bytes.
func declaresEntities(text []byte) bool {
	root := rootElement(text)
	if at := bytes.Index(text, []byte("<"+root)); root != "" && at >= 0 {
		text = text[:at]
	}
	return xmlEntity.Match(text)
}

// first is the first of texts that is not blank.
func first(texts ...string) string {
	for _, s := range texts {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}
