package ingest

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/fetch"
	"github.com/alsolike/alsolike/data/record"
)

// A RecordError is one record that cannot be taken: file:line: reason.
type RecordError = record.Error

// A Format is a way to write articles into a file.
type Format = record.Format

// The formats.
const (
	Auto     Format = record.Auto // told by the name, else by the content
	JSONL    Format = record.JSONL
	CSV      Format = record.CSV
	Markdown Format = "markdown" // a folder of a static site, or one file
	HTML     Format = "html"     // files, folders or URLs of pages
	Text     Format = "text"     // a folder of pages as readers copy them, or one file
	Feed     Format = "feed"     // RSS, RDF, Atom or JSON Feed
	Sitemap  Format = "sitemap"  // an index or a list of pages, which are fetched
	WXR      Format = "wxr"      // a WordPress export
)

// Formats are all formats but Auto, in the order in which they are told.
var Formats = []Format{JSONL, CSV, Markdown, HTML, Text, Feed, Sitemap, WXR}

// SourceOptions say how a source is read. The zero value is the default.
type SourceOptions struct {
	Format    Format            // "": Auto
	Map       map[string]string // field -> column of a CSV file
	Lang      data.Lang         // of articles that name none; "": as Languages tell
	Languages *Languages        // of the site; nil: any
	Section   string            // of articles that name none
	Permalink string            // of Markdown: the pattern of URLs, such as "https://a.example/:year/:title/"; see the package comment
	Now       func() time.Time  // tells what has expired; nil: time.Now
	Fetcher   Fetcher           // gets pages from the network; nil: sources of the network are refused

	// Known is the stored article of a URL, or data.ErrNotFound: what the
	// source still has and need not send again. nil: none is known.
	Known func(ctx context.Context, url string) (data.Article, error)
}

// A Fetcher gets pages from the network; a *fetch.Fetcher is one.
type Fetcher interface {
	Get(ctx context.Context, url string) (*fetch.Page, error)
	// Keep is called when the content of page is stored.
	Keep(ctx context.Context, page *fetch.Page) error
	// Sitemaps is what robots.txt of the URL's host names.
	Sitemaps(ctx context.Context, url string) ([]string, error)
}

// A Record is one record of a source.
type Record struct {
	Article   data.Article
	Err       *RecordError                    // nil: Article is valid
	Skipped   string                          // why this is no article to import, though no fault either, such as "draft"; "": it is one
	Unchanged bool                            // the source says that the article is as it was imported before; of Article, only ID is set; without one, the whole source is
	Line      int                             // of its first line, counted from 1; 0: the record is a file or page of its own
	Unknown   []string                        // names of fields that are kept out, in order
	BadDate   bool                            // a date was none
	BadLang   bool                            // the language was none
	Bytes     int64                           // of the source read so far, as it lies on disk
	Keep      func(ctx context.Context) error // called when everything up to this record is durably stored; nil: nothing to call
	Total     int64                           // that Bytes will reach, from a source that learns it only while reading; 0: Source.Size

	claim claim // what kind of statement the article's language is
}

// A Source gives articles: a file of many, a folder of files, or pages from
// the network. Every call of Records reads it anew.
type Source struct {
	name string        // as it was given to Open
	key  string        // the same for every spelling of name; see Key
	opts SourceOptions // with the format that was told
	size int64
	once bool
	page *fetch.Page // what is at name, if it was fetched already

	read func(ctx context.Context) iter.Seq[Record]
}

// An opener readies s for reading: it sets read and, where it applies, size.
// Set are name, key and opts, of a URL once, and page if what lies there was
// fetched already. It leaves no file open.
type opener func(s *Source) error

var openers map[Format]opener

func init() { // not in the declaration: openers of pages open other sources
	openers = map[Format]opener{
		JSONL:    openRecords,
		CSV:      openRecords,
		Markdown: openMarkdown,
		Text:     openText,
		WXR:      openWXR,
		HTML:     openHTML,
		Feed:     openFeed,
		Sitemap:  openSitemap,
	}
}

// Open looks at the file or folder at path: that it can be read, its format
// and, of a CSV file, that its header fits o.Map. It leaves no file open. What
// lies at a URL is looked at only when it is read.
func Open(path string, o SourceOptions) (*Source, error) {
	s := &Source{name: path, key: path, opts: o}
	if absolute, err := filepath.Abs(path); err == nil {
		s.key = absolute
	}
	if s.opts.Now == nil {
		s.opts.Now = time.Now
	}
	if o.Format == "" {
		s.opts.Format = Auto
	}
	if s.opts.Format != Auto && openers[s.opts.Format] == nil {
		return nil, fmt.Errorf("ingest: format %q is unknown; it may be auto, %s", o.Format, formatNames())
	}
	if isURL(path) {
		if err := s.openRemote(); err != nil {
			return nil, fmt.Errorf("ingest: %s: %w", path, err)
		}
		return s, nil
	}
	if scheme, _, found := strings.Cut(path, "://"); found {
		return nil, fmt.Errorf("ingest: %s: addresses that start with %s:// are not fetched, only http:// and https://", path, scheme)
	}
	if s.opts.Format == Auto {
		format, err := detect(path)
		if err != nil {
			return nil, fmt.Errorf("ingest: %w", err)
		}
		s.opts.Format = format
	}
	if len(o.Map) > 0 && s.opts.Format != CSV {
		return nil, fmt.Errorf("ingest: %s: --map names the columns of CSV files; this one is read as %s", path, s.opts.Format)
	}
	if err := openers[s.opts.Format](s); err != nil {
		return nil, fmt.Errorf("ingest: %w", err)
	}
	return s, nil
}

// Name is the source as it was given to Open.
func (s *Source) Name() string { return s.name }

// Key names the source in a store: the same for every spelling of its path.
func (s *Source) Key() string { return s.key }

// Format is how the source is read: Auto only where it takes the network to tell.
func (s *Source) Format() Format { return s.opts.Format }

// Size is how many bytes the source has on disk; 0 if only reading tells.
func (s *Source) Size() int64 { return s.size }

// Once reports whether the source may be read only once in an import, since
// every reading asks the network again.
func (s *Source) Once() bool { return s.once }

// Records reads the source from its start: good records and, in their places,
// refused ones. A source that cannot be read to its end yields a refused record
// last; one without any record yields that. It stops early when ctx ends.
func (s *Source) Records(ctx context.Context) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		empty := true
		for r := range s.read(ctx) {
			empty = false
			if ctx.Err() != nil || !yield(r) {
				return
			}
		}
		if empty && ctx.Err() == nil {
			yield(s.refused("the source holds no articles"))
		}
	}
}

// refused is a record that says why nothing more of the source can be read.
func (s *Source) refused(reason string) Record {
	return Record{Err: &RecordError{File: s.name, Reason: reason}, Bytes: s.size}
}
