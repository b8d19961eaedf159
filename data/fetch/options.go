package fetch

import (
	"context"
	"log/slog"
	"net/netip"
	"time"
)

// Options of a Fetcher. The zero value is the default.
type Options struct {
	// UserAgent is what the fetcher calls itself. Its first word, up to "/", is
	// the name by which robots.txt may address it. Default: alsolike, and where
	// to read about it.
	UserAgent string
	// Delay lies between the end of one request to a host and the start of the
	// next. A longer Crawl-delay of robots.txt wins, up to a minute. Default
	// 1 s; negative: none.
	Delay time.Duration
	// Timeout bounds one request, from dialling to the last byte. Default 30 s.
	Timeout time.Duration
	// MaxBytes bounds a body, both as sent and decompressed. Default 50 MiB,
	// the most that a sitemap may have.
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
	// A longer Retry-After of the server wins, up to two minutes. Default 1 s.
	Backoff time.Duration
	// Now tells when robots.txt is to be read anew and how long to wait for a
	// date. Default time.Now.
	Now   func() time.Time
	Log   *slog.Logger // of retries; default slog.Default()
	Cache Cache        // nil: no conditional requests
}

// A Cache remembers what servers said of the pages that were taken, so that a
// page need not be sent again while it is the same.
type Cache interface {
	// Validators is what SetValidators was last told of this URL, or "", "".
	Validators(ctx context.Context, url string) (etag, lastModified string, err error)
	SetValidators(ctx context.Context, url, etag, lastModified string) error
}

func (o Options) withDefaults() Options {
	if o.UserAgent == "" {
		o.UserAgent = "alsolike (+https://github.com/alsolike/alsolike)"
	}
	if o.Delay == 0 {
		o.Delay = time.Second
	}
	o.Delay = max(o.Delay, 0)
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 50 << 20
	}
	if o.Retries == 0 {
		o.Retries = 3
	}
	o.Retries = max(o.Retries, 0)
	if o.Backoff == 0 {
		o.Backoff = time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}
