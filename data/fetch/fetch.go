package fetch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"time"
)

// Options of a Fetcher. The zero value is the default.
type Options struct {
	// UserAgent is what the fetcher calls itself. Its first word, up to "/", is
	// the name that robots.txt may address. Default: "alsolike" and where it
	// comes from.
	UserAgent string
	// Delay lies between the end of one request to a host and the start of the
	// next. A longer Crawl-delay of robots.txt wins, up to a minute. Default
	// 1 s; negative: none.
	Delay time.Duration
	// Timeout bounds one request, from dialling to the last byte. Default 30 s.
	Timeout time.Duration
	// MaxBytes bounds a body, as sent and decompressed. Default 50 MiB, the
	// most that a sitemap may have.
	MaxBytes int64
	// AllowPrivate lets hosts have private, loopback and link-local addresses.
	// Only then are proxies of the environment used: a proxy looks up names
	// itself, where no check sees the address.
	AllowPrivate bool
	// AllowAddr says which addresses may be reached although they are private;
	// nil: none.
	AllowAddr func(netip.AddrPort) bool
	// Retries is how often a request is repeated that failed for a reason that
	// may pass. Default 3; negative: never.
	Retries int
	// Backoff is the wait before the first retry, doubled for each further one.
	// A server's Retry-After wins, up to two minutes. Default 1 s.
	Backoff time.Duration
	Now     func() time.Time // default time.Now
	Log     *slog.Logger     // default slog.Default()
	Cache   Cache            // nil: no conditional requests
}

// A Cache holds what servers said of the pages that were taken, so that a page
// need not be sent again while it is the same.
type Cache interface {
	// Validators is what SetValidators was last told of this URL, or "", "".
	Validators(ctx context.Context, url string) (etag, lastModified string, err error)
	SetValidators(ctx context.Context, url, etag, lastModified string) error
}

// A Page is what a server answered with status 2xx, or, if NotModified, that
// it has nothing newer than what Keep was last called with.
type Page struct {
	URL          string // after redirects
	Status       int
	NotModified  bool   // then Body is empty
	ContentType  string // media type without parameters, lower case; guessed from the body if the server is silent
	Body         []byte // decompressed; text is UTF-8, whatever charset it may still name
	LastModified time.Time
	NoIndex      bool // the X-Robots-Tag header asks not to be listed; a page's own <meta> is not looked at

	etag, lastModified string
}

var (
	// ErrRobots is returned when the host's robots.txt does not allow the URL.
	ErrRobots = errors.New("robots.txt of the host does not allow it")
	// ErrTooLarge is returned when a body is larger than Options.MaxBytes.
	ErrTooLarge = errors.New("too large")
	// ErrPrivate is returned when a host, or the target of a redirect, has a
	// private, loopback or link-local address.
	ErrPrivate = errors.New("a private address, which is refused unless allowed")
)

// A StatusError is an answer whose status is neither 2xx nor a redirect.
type StatusError struct {
	Code int
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("the server answered %d %s", e.Code, http.StatusText(e.Code))
}

// Gone reports whether the server says that there is no such page, as opposed
// to being unable or unwilling to show it.
func (e *StatusError) Gone() bool {
	return e.Code == http.StatusNotFound || e.Code == http.StatusGone
}

// A Fetcher gets pages, politely and safely. Its methods may be called by any
// number of goroutines at once; those that want the same host wait for one
// another.
type Fetcher struct {
	opts Options
}

// New makes a fetcher.
func New(o Options) *Fetcher { return &Fetcher{opts: o} }

// Get fetches an http or https URL, following redirects.
//
// The error wraps ErrRobots, ErrPrivate, ErrTooLarge or a *StatusError where
// one of these is the reason, and ctx's error if that ended.
func (f *Fetcher) Get(ctx context.Context, url string) (*Page, error) {
	return nil, errors.ErrUnsupported
}

// Keep tells the cache that the content of page is stored, so that the next
// Get of it may answer NotModified. It is the caller's to call, after storing:
// a page that was fetched and then lost would otherwise never come again.
func (f *Fetcher) Keep(ctx context.Context, page *Page) error { return errors.ErrUnsupported }

// Sitemaps is the sitemaps that robots.txt of the URL's host names, in its
// order; none if it names none.
func (f *Fetcher) Sitemaps(ctx context.Context, url string) ([]string, error) {
	return nil, errors.ErrUnsupported
}
