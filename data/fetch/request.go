package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// An answer is a page, or where to find it instead.
type answer struct {
	page *Page
	next *url.URL
}

// request sends one request. With ErrTooLarge comes what was read until then.
func (f *Fetcher) request(ctx context.Context, u *url.URL, v validators, most int64) (answer, error) {
	timed, cancel := context.WithTimeout(ctx, f.opts.Timeout)
	defer cancel()
	a, err := f.exchange(timed, u, v, most)
	if err != nil && ctx.Err() == nil && timed.Err() != nil {
		err = ErrTimeout // not ctx's error: that has not ended
	}
	return a, err
}

func (f *Fetcher) exchange(ctx context.Context, u *url.URL, v validators, most int64) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("User-Agent", f.opts.UserAgent)
	r.Header.Set("Accept-Encoding", "gzip")
	if v.etag != "" {
		r.Header.Set("If-None-Match", v.etag)
	}
	if v.lastModified != "" {
		r.Header.Set("If-Modified-Since", v.lastModified)
	}
	res, err := f.client.Do(r)
	if err != nil {
		return answer{}, errors.Unwrap(err) // of a *url.Error: Get names the URL
	}
	defer res.Body.Close()
	location := res.Header.Get("Location")
	switch {
	case res.StatusCode == http.StatusNotModified && v != validators{}:
		return answer{page: &Page{URL: u.String(), Status: res.StatusCode, NotModified: true}}, nil
	case res.StatusCode/100 == 3 && location != "":
		io.CopyN(io.Discard, res.Body, 16<<10) // so that the connection lives on
		next, err := u.Parse(location)
		if err == nil {
			err = checkURL(next)
		}
		if err != nil {
			return answer{}, fmt.Errorf("redirects to %q: %w", location, err)
		}
		return answer{next: next}, nil
	case res.StatusCode/100 != 2:
		io.CopyN(io.Discard, res.Body, 16<<10)
		return answer{}, &StatusError{Code: res.StatusCode, retryAfter: f.retryAfter(res.Header)}
	}
	page, err := f.page(u, res, most)
	if errors.Is(err, ErrTooLarge) {
		err = fmt.Errorf("%w: it is over %d MB", ErrTooLarge, most>>20)
	}
	return answer{page: page}, err
}

// page is the page that res brings.
func (f *Fetcher) page(u *url.URL, res *http.Response, most int64) (*Page, error) {
	p := &Page{
		URL: u.String(), Status: res.StatusCode, NoIndex: noIndex(res.Header.Values("X-Robots-Tag"), f.robot),
		etag: res.Header.Get("ETag"), lastModified: res.Header.Get("Last-Modified"),
	}
	if at, err := http.ParseTime(p.lastModified); err == nil {
		p.LastModified = at
	}
	body, unzipped, err := readBody(res, most)
	if err != nil && !errors.Is(err, ErrTooLarge) {
		return nil, err
	}
	contentType, parameters, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if unzipped || contentType == "" || contentType == "application/octet-stream" {
		contentType, _, _ = mime.ParseMediaType(http.DetectContentType(body))
	}
	p.ContentType, p.Body = contentType, body
	if isText(contentType) {
		p.Body = toUTF8(body, parameters["charset"])
	}
	return p, err
}

// noIndex reads X-Robots-Tag headers: directives, perhaps after a robot's name.
func noIndex(headers []string, robot string) bool {
	for _, header := range headers {
		for directive := range strings.SplitSeq(strings.ToLower(header), ",") {
			if name, rest, found := strings.Cut(directive, ":"); found {
				name = strings.TrimSpace(name)
				if strings.HasPrefix(name, "max-") || name == "unavailable_after" {
					continue
				}
				if name != robot {
					break // all that follows is for another one
				}
				directive = rest
			}
			switch strings.TrimSpace(directive) {
			case "noindex", "none":
				return true
			}
		}
	}
	return false
}

func (f *Fetcher) retryAfter(h http.Header) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(f.opts.Now()))
	}
	return 0
}

// passing reports whether a request that ended with err is worth repeating, and
// what pause the server asks for.
func passing(err error) (wait time.Duration, ok bool) {
	var status *StatusError
	if errors.As(err, &status) {
		switch status.Code {
		case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusInternalServerError,
			http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return status.retryAfter, true
		}
		return 0, false
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return 0, dns.IsTemporary || dns.IsTimeout
	}
	var network net.Error
	return 0, errors.Is(err, ErrTimeout) || errors.As(err, &network) && network.Timeout() ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EPIPE)
}
