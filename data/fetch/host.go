package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	maxCrawlDelay = time.Minute
	maxRetryAfter = 2 * time.Minute

	robotsBytes     = 500 << 10 // what must be read at least (RFC 9309, 2.5)
	robotsRedirects = 5
	robotsFor       = 24 * time.Hour
	noRobotsFor     = time.Minute // how long a failure to read them counts
)

// A host takes one request at a time. Whoever has entered owns its fields.
type host struct {
	turn   chan struct{}
	delay  time.Duration
	next   time.Time               // the earliest next request
	robots map[string]*knownRobots // by scheme

	failures int       // in a row, for reasons that may pass
	shut     time.Time // until then it answers shutBy, as it said itself
	shutBy   error
}

type knownRobots struct {
	rules *robots
	err   error
	until time.Time
}

func (f *Fetcher) hostOf(u *url.URL) *host {
	name := strings.ToLower(u.Host)
	if port := u.Port(); port == "80" || port == "443" {
		name = strings.TrimSuffix(name, ":"+port)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	h := f.hosts[name]
	if h == nil {
		h = &host{turn: make(chan struct{}, 1), robots: map[string]*knownRobots{}}
		f.hosts[name] = h
	}
	return h
}

func (h *host) enter(ctx context.Context) error {
	select {
	case h.turn <- struct{}{}:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *host) leave() { <-h.turn }

// rules is the robots.txt that holds for u.
func (f *Fetcher) rules(ctx context.Context, h *host, u *url.URL) (*robots, error) {
	known := h.robots[u.Scheme]
	if known != nil && f.opts.Now().Before(known.until) {
		return known.rules, known.err
	}
	rules, err := f.readRobots(ctx, h, u)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	known = &knownRobots{rules, err, f.opts.Now().Add(robotsFor)}
	if err != nil {
		known.until = f.opts.Now().Add(noRobotsFor)
	}
	h.robots[u.Scheme] = known
	return rules, err
}

// readRobots asks for robots.txt. A host that has none, or hides it, allows
// everything; one that is in trouble is an error (RFC 9309, 2.3.1).
func (f *Fetcher) readRobots(ctx context.Context, h *host, page *url.URL) (*robots, error) {
	u := &url.URL{Scheme: page.Scheme, Host: page.Host, Path: "/robots.txt"}
	defer func() { h.next = time.Time{} }() // what it was asked for may follow at once
	for range robotsRedirects + 1 {
		a, err := f.patiently(ctx, h, u, validators{}, robotsBytes)
		var status *StatusError
		switch {
		case errors.As(err, &status) && status.Code < 500 && status.Code != http.StatusTooManyRequests:
			return &robots{}, nil
		case err != nil && !errors.Is(err, ErrTooLarge):
			return nil, err
		case a.next == nil:
			return parseRobots(a.page.Body, f.robot), nil
		}
		u = a.next
	}
	return &robots{}, nil
}

// maxFailures is after how many requests that failed although they were
// repeated a host gets no more repetitions, until one succeeds.
const maxFailures = 3

// patiently repeats a request, with growing pauses, while it fails for reasons
// that may pass. The host is held meanwhile: others would fare no better.
func (f *Fetcher) patiently(ctx context.Context, h *host, u *url.URL, v validators, most int64) (answer, error) {
	if f.opts.Now().Before(h.shut) {
		return answer{}, h.shutBy
	}
	retries := f.opts.Retries
	if h.failures >= maxFailures {
		retries = 0
	}
	for attempt := 0; ; attempt++ {
		if err := sleep(ctx, time.Until(h.next)); err != nil {
			return answer{}, err
		}
		a, err := f.request(ctx, u, v, most)
		h.next = time.Now().Add(h.delay)
		if ctx.Err() != nil {
			return answer{}, ctx.Err()
		}
		wait, passing := passing(err)
		if !passing {
			h.failures = 0
			return a, err
		}
		if wait > maxRetryAfter || attempt >= retries {
			h.failures++
			if attempt > 0 {
				err = fmt.Errorf("%w (tried %d times)", err, attempt+1)
			}
			if wait > maxRetryAfter {
				h.shut, h.shutBy = f.opts.Now().Add(wait), err
			}
			return answer{}, err
		}
		wait = max(wait, f.opts.Backoff<<min(attempt, 16))
		f.opts.Log.Info("will try again", "url", u.Redacted(), "in", wait, "error", err)
		if err := sleep(ctx, wait); err != nil {
			return answer{}, err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
