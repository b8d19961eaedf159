package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// A Page is what a server answered with status 2xx, or, if NotModified, that
// it has nothing newer than the page that Keep was last called with.
type Page struct {
	URL          string // after redirects, without fragment
	Status       int
	NotModified  bool      // then Body is empty
	ContentType  string    // media type, lower case, without parameters; guessed from the body where the server does not say
	Body         []byte    // decompressed; text is in UTF-8, whatever charset an HTML page still names
	LastModified time.Time // zero if the server does not say
	NoIndex      bool      // the X-Robots-Tag header asks not to be listed; <meta> is not looked at

	etag, lastModified string
}

// A Fetcher gets pages, politely and safely. Its methods may be called by any
// number of goroutines at once; those that want the same host wait for one
// another.
type Fetcher struct {
	opts   Options
	client http.Client
	guard  *ssrf.Guardian
	robot  string // what robots.txt may call us

	mu    sync.Mutex
	hosts map[string]*host
}

// New makes a fetcher. Close it after use.
func New(o Options) *Fetcher {
	o = o.withDefaults()
	f := &Fetcher{opts: o, guard: ssrf.New(ssrf.WithAnyPort()), robot: product(o.UserAgent), hosts: map[string]*host{}}
	transport := &http.Transport{
		DialContext:            (&net.Dialer{Timeout: o.Timeout, Control: f.checkAddress}).DialContext,
		MaxConnsPerHost:        1,
		MaxIdleConns:           16,
		IdleConnTimeout:        time.Minute,
		TLSHandshakeTimeout:    o.Timeout,
		MaxResponseHeaderBytes: 256 << 10,
		DisableCompression:     true, // body.go decompresses, within limits
		ForceAttemptHTTP2:      true,
	}
	if o.AllowPrivate {
		transport.Proxy = http.ProxyFromEnvironment
	}
	f.client = http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return f
}

// Close ends connections that nobody uses.
func (f *Fetcher) Close() { f.client.CloseIdleConnections() }

// checkAddress refuses to dial private addresses. It sees what the name was
// resolved to, so that neither a redirect nor DNS leads past it.
func (f *Fetcher) checkAddress(network, address string, c syscall.RawConn) error {
	if f.opts.AllowPrivate {
		return nil
	}
	err := f.guard.Safe(network, address, c)
	if !errors.Is(err, ssrf.ErrProhibitedIP) {
		return err
	}
	if addr, e := netip.ParseAddrPort(address); e == nil && f.opts.AllowAddr != nil && f.opts.AllowAddr(addr) {
		return nil
	}
	return ErrPrivate
}

// maxRedirects is how many redirects are followed, as browsers do more or less.
const maxRedirects = 10

// Get fetches an http or https URL, following redirects. Every step of the way
// keeps to the robots.txt and the delay of its host.
//
// The error wraps ErrRobots, ErrPrivate, ErrTooLarge, ErrTimeout or a
// *StatusError where one of these is the reason, and ctx's error if that ended.
func (f *Fetcher) Get(ctx context.Context, address string) (*Page, error) {
	page, err := f.get(ctx, address)
	if err != nil {
		if u, e := url.Parse(address); e == nil {
			address = u.Redacted()
		}
		return nil, fmt.Errorf("fetch: %s: %w", address, err)
	}
	return page, nil
}

func (f *Fetcher) get(ctx context.Context, address string) (*Page, error) {
	u, err := parse(address)
	if err != nil {
		return nil, err
	}
	for hops := range maxRedirects + 1 {
		page, next, err := f.visit(ctx, u)
		switch {
		case err != nil && hops > 0:
			return nil, fmt.Errorf("redirected to %s: %w", u.Redacted(), err)
		case err != nil || next == nil:
			return page, err
		}
		u = next
	}
	return nil, fmt.Errorf("redirects more than %d times", maxRedirects)
}

func parse(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.Unwrap(err) // the caller names the address
	}
	return u, checkURL(u)
}

func checkURL(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("is no address on the web; it should start with http:// or https://")
	case u.Hostname() == "":
		return errors.New("names no host; write it like https://example.org/page")
	}
	u.Fragment, u.RawFragment = "", ""
	return nil
}

// visit takes one step: it is a page, a redirect to another URL, or an error.
func (f *Fetcher) visit(ctx context.Context, u *url.URL) (*Page, *url.URL, error) {
	h := f.hostOf(u)
	if err := h.enter(ctx); err != nil {
		return nil, nil, err
	}
	defer h.leave()
	rules, err := f.rules(ctx, h, u)
	if err != nil {
		return nil, nil, fmt.Errorf("robots.txt, without which nothing may be fetched: %w", err)
	}
	if !rules.allow(u) {
		return nil, nil, ErrRobots
	}
	h.delay = max(f.opts.Delay, min(rules.delay, maxCrawlDelay))
	v, err := f.validators(ctx, u)
	if err != nil {
		return nil, nil, err
	}
	a, err := f.patiently(ctx, h, u, v, f.opts.MaxBytes)
	if err != nil {
		return nil, nil, err
	}
	return a.page, a.next, nil
}

// Keep tells the cache that the content of page is stored, so that the next
// Get of it may answer NotModified. It is the caller's to call, after storing:
// a page that was fetched and then lost would otherwise never come again.
func (f *Fetcher) Keep(ctx context.Context, page *Page) error {
	if f.opts.Cache == nil || page.NotModified {
		return nil
	}
	if err := f.opts.Cache.SetValidators(ctx, page.URL, page.etag, page.lastModified); err != nil {
		return fmt.Errorf("fetch: %s: %w", page.URL, err)
	}
	return nil
}

// Sitemaps is the sitemaps that robots.txt of the URL's host names, in its
// order; none if it names none.
func (f *Fetcher) Sitemaps(ctx context.Context, url string) ([]string, error) {
	u, err := parse(url)
	if err == nil {
		h := f.hostOf(u)
		if err = h.enter(ctx); err == nil {
			defer h.leave()
			var rules *robots
			if rules, err = f.rules(ctx, h, u); err == nil {
				return rules.sitemaps, nil
			}
		}
	}
	return nil, fmt.Errorf("fetch: robots.txt of %s: %w", url, err)
}

// validators is what the cache knows of u.
func (f *Fetcher) validators(ctx context.Context, u *url.URL) (v validators, err error) {
	if f.opts.Cache != nil {
		v.etag, v.lastModified, err = f.opts.Cache.Validators(ctx, u.String())
	}
	return v, err
}

type validators struct{ etag, lastModified string }
