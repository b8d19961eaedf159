package web

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/data/eventlog"
)

// A clock is a time that a test sets.
type clock struct{ time.Time }

func (c *clock) now() time.Time          { return c.Time }
func (c *clock) advance(d time.Duration) { c.Time = c.Add(d) }

func TestLimiter(t *testing.T) {
	c := &clock{noon}
	l := newLimiter(2, c.now) // and 20 at once
	pass := func(name string) (n int) {
		for l.wait(name) == 0 {
			n++
		}
		return n
	}
	check := func(what string, got, want int) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %d requests pass, want %d", what, got, want)
		}
	}
	check("at first", pass("a"), 20)
	check("another", pass("b"), 20)
	if got := l.wait("a"); got != 500*time.Millisecond {
		t.Errorf("wait %v, want 500ms", got)
	}
	c.advance(499 * time.Millisecond)
	check("too early", pass("a"), 0)
	c.advance(time.Millisecond)
	check("after the wait", pass("a"), 1)
	c.advance(5 * time.Second)
	check("after five seconds", pass("a"), 10)
	c.advance(time.Hour)
	check("after an hour", pass("a"), 20)

	c.advance(time.Hour)
	l = newLimiter(1./60, c.now) // one a minute
	check("rarer than the burst is long", pass("a"), 1)
	if got := l.wait("a"); got != time.Minute {
		t.Errorf("wait %v, want a minute", got)
	}
	l = newLimiter(0, c.now)
	if got := l.wait("a"); got != 0 {
		t.Errorf("without a limit: wait %v", got)
	}
}

// However many ask at once, no more pass.
func TestLimiterAtOnce(t *testing.T) {
	l := newLimiter(10, (&clock{noon}).now) // and 100 at once
	var passed atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				if l.wait("a") == 0 {
					passed.Add(1)
				}
			}
		})
	}
	all.Wait()
	if n := passed.Load(); n != 100 {
		t.Errorf("%d requests pass, want 100", n)
	}
}

// Memory is bounded, and who has asked of late is not forgotten.
func TestLimiterForgets(t *testing.T) {
	c := &clock{noon}
	l := newLimiter(1, c.now)
	l.most = 100
	for l.wait("busy") == 0 {
	}
	for i := range 10_000 {
		if i%90 == 0 {
			c.advance(time.Second)
			if l.wait("busy") != 0 {
				t.Fatalf("after %d others: a second's request is refused", i)
			}
			if l.wait("busy") == 0 {
				t.Fatalf("after %d others: busy begins anew", i)
			}
		}
		l.wait(fmt.Sprint(i))
	}
	if n := len(l.young) + len(l.old); n > 200 {
		t.Errorf("%d senders are kept, want at most 200", n)
	}
}

func TestAddressLimit(t *testing.T) {
	c := &clock{noon}
	proxies, err := ParseProxies("10.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	s := New(Config{Recommender: newShelf(), Proxies: proxies, Limits: Limits{PerAddress: 1}, Origins: []string{AnyOrigin}, Now: c.now})
	from := func(address, target string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.RemoteAddr = "10.0.0.1:99"
		r.Header.Set("X-Forwarded-For", address)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	const target = "/v1/related?id=a1"
	for i := range 10 {
		if got := from("2001:db8::1", target); got.Code != http.StatusOK {
			t.Fatalf("request %d: %d %s", i, got.Code, got.Body)
		}
	}
	got := from("2001:db8::1", target)
	if p := checkProblem(t, got, http.StatusTooManyRequests); !strings.Contains(p.Detail, "1 s") {
		t.Errorf("detail %q does not say when to come again", p.Detail)
	}
	if after := got.Header().Get("Retry-After"); after != "1" {
		t.Errorf("Retry-After: got %q, want 1", after)
	}
	if got.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Error("the page may not read why it is refused")
	}
	checkProblem(t, from("2001:db8::ffff", target), http.StatusTooManyRequests) // the same network
	checkProblem(t, from("2001:db8::1", "/nothing"), http.StatusTooManyRequests)
	for _, other := range []struct{ what, address, target string }{
		{"another network", "2001:db8:0:1::1", target},
		{"another address", "203.0.113.9", target},
		{"a load balancer", "2001:db8::1", "/healthz"},
		{"another load balancer", "2001:db8::1", "/readyz"},
	} {
		if got := from(other.address, other.target); got.Code != http.StatusOK {
			t.Errorf("%s: %d %s", other.what, got.Code, got.Body)
		}
	}
	c.advance(time.Second)
	if got := from("2001:db8::1", target); got.Code != http.StatusOK {
		t.Errorf("after a second: %d %s", got.Code, got.Body)
	}
}

// Reports from outside are limited; those that a proxy nobody named hands on are
// not, for they are everybody's.
func TestEventsLimitSparesProxies(t *testing.T) {
	var log bytes.Buffer
	s := New(Config{
		Recommender: newShelf(), Events: &Events{Log: deaf{}, Verifier: newNotary(), PerAddress: 2},
		Now: (&clock{noon}).now, Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	post := func(address string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/v1/events", strings.NewReader("none"))
		for pair := range slices.Chunk(headers, 2) {
			r.Header.Set(pair[0], pair[1])
		}
		r.RemoteAddr = net.JoinHostPort(address, "99")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	for _, address := range []string{"203.0.113.9", "127.0.0.1", "10.0.0.1", "fd00::1"} {
		for range 20 {
			checkProblem(t, post(address), http.StatusUnsupportedMediaType)
		}
	}
	for _, address := range []string{"127.0.0.1", "10.0.0.1", "fd00::1", "203.0.113.8"} {
		checkProblem(t, post(address), http.StatusUnsupportedMediaType)
	}
	checkProblem(t, post("203.0.113.9"), http.StatusTooManyRequests)
	if log.Len() > 0 {
		t.Errorf("the log holds\n%s", &log)
	}
	for range 3 {
		checkProblem(t, post("203.0.113.9", "X-Forwarded-For", "198.51.100.1"), http.StatusTooManyRequests)
	}
	if n := strings.Count(log.String(), "proxies.trusted"); n != 1 || strings.Contains(log.String(), "203.0.113.9") {
		t.Errorf("the log names the cure %d times, want once and no address:\n%s", n, &log)
	}
	if got := get(s, "/v1/related?id=a1"); got.Code != http.StatusOK {
		t.Errorf("links: %d %s", got.Code, got.Body)
	}
}

// deaf is a log of events that has none.
type deaf struct{}

func (deaf) Add(clicklog.Event) error { return nil }
func (deaf) Counts() eventlog.Counts  { return eventlog.Counts{} }

// twoKeys knows the keys "one" and "two".
type twoKeys struct{}

func (twoKeys) KeyBySecret(_ context.Context, secret string) (data.Key, error) {
	for i, name := range []string{"one", "two"} {
		if secret == name {
			return data.Key{ID: int64(i), Name: name, Scopes: []data.Scope{data.WriteArticles}}, nil
		}
	}
	return data.Key{}, data.ErrNotFound
}

// A key has a limit of its own, whatever others do at its address.
func TestKeyLimit(t *testing.T) {
	c := &clock{noon}
	s := New(Config{Recommender: newShelf(), Articles: &Articles{Keys: twoKeys{}}, Limits: Limits{PerAddress: 1, PerKey: 2}, Now: c.now})
	push := func(key string) *httptest.ResponseRecorder {
		return askWith(s, http.MethodPut, "/v1/articles/a1?wrong=1", "Authorization", "Bearer "+key)
	}
	for range 10 {
		checkProblem(t, push("guessed"), http.StatusUnauthorized)
	}
	checkProblem(t, push("guessed"), http.StatusTooManyRequests)
	for range 20 {
		checkProblem(t, push("one"), http.StatusBadRequest) // the key is good, the parameter is not
	}
	if p := checkProblem(t, push("one"), http.StatusTooManyRequests); !strings.Contains(p.Detail, "key") {
		t.Errorf("detail %q does not say that it is the key", p.Detail)
	}
	checkProblem(t, push("two"), http.StatusBadRequest)
}
