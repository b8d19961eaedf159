package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/alsolike/alsolike/data/fetch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A site answers by path, and knows what it was asked.
type site struct {
	*httptest.Server

	mu       sync.Mutex
	handlers map[string]http.HandlerFunc
	asked    []string
}

func newSite(t testing.TB) *site {
	s := &site{handlers: map[string]http.HandlerFunc{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.URL.Path)
		h := s.handlers[r.URL.Path]
		s.mu.Unlock()
		if h != nil {
			h(w, r)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// requests is what the site was asked since the last call.
func (s *site) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

func (s *site) handle(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handlers[path] = h
}

func (s *site) text(path, body string) {
	s.handle(path, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
}

func newFetcher(t testing.TB, o fetch.Options) *fetch.Fetcher {
	if o.Delay == 0 {
		o.Delay = -1
	}
	if o.Backoff == 0 {
		o.Backoff = time.Millisecond
	}
	if o.AllowAddr == nil {
		o.AllowPrivate = true
	}
	o.Log = slog.New(slog.DiscardHandler)
	f := fetch.New(o)
	t.Cleanup(f.Close)
	return f
}

func get(t testing.TB, f *fetch.Fetcher, url string) *fetch.Page {
	t.Helper()
	page, err := f.Get(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func checkError(t *testing.T, err, want error, parts ...string) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

func TestGet(t *testing.T) {
	s := newSite(t)
	var agent string
	s.handle("/a", func(w http.ResponseWriter, r *http.Request) {
		agent = r.Header.Get("User-Agent")
		w.Header().Set("Content-Type", "text/HTML; charset=utf-8")
		w.Header().Set("Last-Modified", "Wed, 21 Oct 2026 07:28:00 GMT")
		fmt.Fprint(w, "<p>Rents rose.")
	})
	p := get(t, newFetcher(t, fetch.Options{}), s.URL+"/a?b=c#d")
	if p.URL != s.URL+"/a?b=c" || p.Status != 200 || p.ContentType != "text/html" || string(p.Body) != "<p>Rents rose." || p.NotModified || p.NoIndex {
		t.Errorf("got %+v with body %q", p, p.Body)
	}
	if want := time.Date(2026, 10, 21, 7, 28, 0, 0, time.UTC); !p.LastModified.Equal(want) {
		t.Errorf("last modified %v, want %v", p.LastModified, want)
	}
	if !strings.HasPrefix(agent, "alsolike ") {
		t.Errorf("the fetcher calls itself %q", agent)
	}
}

func TestGetNoAddress(t *testing.T) {
	f := newFetcher(t, fetch.Options{})
	if _, err := f.Get(context.Background(), "http:///a"); err == nil || !strings.Contains(err.Error(), "names no host") {
		t.Errorf("got %v, want an error about the host", err)
	}
	for _, url := range []string{"", "/a", "ftp://example.org/a", "http:///a", "http://exa mple.org/", "file:///etc/passwd", "mailto:a@example.org"} {
		if _, err := f.Get(context.Background(), url); err == nil || !strings.Contains(err.Error(), url) {
			t.Errorf("Get(%q): got %v, want an error that names it", url, err)
		}
	}
}

func TestStatus(t *testing.T) {
	s := newSite(t)
	s.handle("/gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	s.handle("/secret", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	f := newFetcher(t, fetch.Options{})
	for path, gone := range map[string]bool{"/none": true, "/gone": true, "/secret": false} {
		_, err := f.Get(context.Background(), s.URL+path)
		var status *fetch.StatusError
		if !errors.As(err, &status) || status.Gone() != gone {
			t.Errorf("%s: got %v, want a StatusError with Gone() = %v", path, err, gone)
		}
	}
	if got, want := s.requests(), 4; len(got) != want {
		t.Errorf("asked for %q; want robots.txt and each page once", got)
	}
}

func TestRobots(t *testing.T) {
	s := newSite(t)
	s.text("/robots.txt", "User-agent: *\nDisallow: /\n\nUser-agent: alsolike\nDisallow: /private/\nAllow: /private/but/\nSitemap: "+"https://example.org/s.xml\n")
	for _, path := range []string{"/a", "/private/a", "/private/but/a"} {
		s.text(path, "text")
	}
	s.handle("/leads/in", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/private/a", http.StatusFound) })
	f := newFetcher(t, fetch.Options{})
	get(t, f, s.URL+"/a")
	get(t, f, s.URL+"/private/but/a")
	for _, path := range []string{"/private/a", "/leads/in"} {
		_, err := f.Get(context.Background(), s.URL+path)
		checkError(t, err, fetch.ErrRobots, s.URL+path)
	}
	if got, want := s.requests(), []string{"/robots.txt", "/a", "/private/but/a", "/leads/in"}; !slices.Equal(got, want) {
		t.Errorf("asked for %q, want %q", got, want)
	}
	if maps, err := f.Sitemaps(context.Background(), s.URL+"/x"); err != nil || !slices.Equal(maps, []string{"https://example.org/s.xml"}) {
		t.Errorf("got sitemaps %q, %v", maps, err)
	}
	_, err := newFetcher(t, fetch.Options{UserAgent: "Other/1.0"}).Get(context.Background(), s.URL+"/a")
	checkError(t, err, fetch.ErrRobots)
}

func TestRobotsInTrouble(t *testing.T) {
	s := newSite(t)
	status := http.StatusServiceUnavailable
	s.handle("/robots.txt", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	s.text("/a", "text")
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	f := newFetcher(t, fetch.Options{Retries: 1, Now: func() time.Time { return now }})
	var trouble *fetch.StatusError
	for range 2 {
		if _, err := f.Get(context.Background(), s.URL+"/a"); !errors.As(err, &trouble) || !strings.Contains(err.Error(), "robots.txt") {
			t.Fatalf("got %v, want that robots.txt cannot be read", err)
		}
	}
	if got := s.requests(); len(got) != 2 { // and none for the second page
		t.Errorf("asked for %q", got)
	}
	status = http.StatusForbidden // hidden: allows everything
	now = now.Add(time.Minute)
	get(t, f, s.URL+"/a")
	get(t, f, s.URL+"/a")
	if got, want := s.requests(), []string{"/robots.txt", "/a", "/a"}; !slices.Equal(got, want) {
		t.Errorf("asked for %q, want %q", got, want)
	}
}

func TestOneRequestAtATime(t *testing.T) {
	const delay = 30 * time.Millisecond
	s := newSite(t)
	var inside, most atomic.Int32
	var mu sync.Mutex
	var starts, ends []time.Time
	s.handle("/a", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		starts = append(starts, time.Now())
		mu.Unlock()
		most.Store(max(most.Load(), inside.Add(1)))
		time.Sleep(5 * time.Millisecond)
		inside.Add(-1)
		mu.Lock()
		ends = append(ends, time.Now())
		mu.Unlock()
	})
	f := newFetcher(t, fetch.Options{Delay: delay})
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if _, err := f.Get(context.Background(), s.URL+"/a"); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if most.Load() != 1 {
		t.Errorf("%d requests at a time", most.Load())
	}
	for i := 1; i < len(starts); i++ {
		// The server notes the end a little before the fetcher does.
		if pause := starts[i].Sub(ends[i-1]); pause < delay {
			t.Errorf("request %d came %v after the one before, want %v", i, pause, delay)
		}
	}
}

func TestCrawlDelayWins(t *testing.T) {
	s := newSite(t)
	s.text("/robots.txt", "User-agent: *\nCrawl-delay: 0.2\n")
	s.text("/a", "text")
	f := newFetcher(t, fetch.Options{Delay: time.Millisecond})
	get(t, f, s.URL+"/a")
	start := time.Now()
	get(t, f, s.URL+"/a")
	if pause := time.Since(start); pause < 190*time.Millisecond {
		t.Errorf("paused %v, want the 0.2 s that robots.txt asks for", pause)
	}
}

// A cache in memory.
type cache map[string][2]string

func (c cache) Validators(_ context.Context, url string) (string, string, error) {
	return c[url][0], c[url][1], nil
}

func (c cache) SetValidators(_ context.Context, url, etag, lastModified string) error {
	c[url] = [2]string{etag, lastModified}
	return nil
}

func TestConditionalRequests(t *testing.T) {
	s := newSite(t)
	etag := `"1"`
	s.handle("/a", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, "text "+etag)
	})
	s.handle("/dated", func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "a.html", time.Date(2026, 10, 21, 7, 28, 0, 0, time.UTC), strings.NewReader("text"))
	})
	s.handle("/old", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/a", http.StatusMovedPermanently)
	})
	f := newFetcher(t, fetch.Options{Cache: cache{}})
	for _, path := range []string{"/old", "/dated"} {
		get(t, f, s.URL+path)
		page := get(t, f, s.URL+path) // what was not kept comes again
		if page.NotModified {
			t.Fatalf("%s: not modified, although it was never kept", path)
		}
		if err := f.Keep(context.Background(), page); err != nil {
			t.Fatal(err)
		}
		if page = get(t, f, s.URL+path); !page.NotModified || page.Status != 304 || len(page.Body) != 0 {
			t.Errorf("%s: got %+v, want that it is not modified", path, page)
		}
		if err := f.Keep(context.Background(), page); err != nil {
			t.Fatal(err)
		}
		if page = get(t, f, s.URL+path); !page.NotModified {
			t.Errorf("%s: keeping what was not modified forgets it", path)
		}
	}
	etag = `"2"`
	if page := get(t, f, s.URL+"/a"); page.NotModified || string(page.Body) != `text "2"` {
		t.Errorf("got %+v, want the page that has changed", page)
	}
}

func TestRetries(t *testing.T) {
	s := newSite(t)
	fails := map[string]http.HandlerFunc{
		"/busy": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
		"/down": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
		"/cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "half")
		},
		"/drop": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"/slow": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"/drip": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				fmt.Fprint(w, "x")
				w.(http.Flusher).Flush()
				time.Sleep(10 * time.Millisecond)
			}
		},
	}
	f := newFetcher(t, fetch.Options{Retries: 2, Timeout: 600 * time.Millisecond})
	for path, fail := range fails {
		var left atomic.Int32
		left.Store(2)
		s.handle(path, func(w http.ResponseWriter, r *http.Request) {
			if left.Add(-1) >= 0 {
				fail(w, r)
				return
			}
			fmt.Fprint(w, "whole")
		})
		if page := get(t, f, s.URL+path); string(page.Body) != "whole" {
			t.Errorf("%s: got %q", path, page.Body)
		}
		left.Store(100)
		_, err := f.Get(context.Background(), s.URL+path)
		if err == nil || !strings.Contains(err.Error(), "3 times") {
			t.Errorf("%s: got %v, want an error after three times", path, err)
		}
		if slow := path == "/slow" || path == "/drip"; slow != errors.Is(err, fetch.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: got %v, want ErrTimeout = %v and not the context's error", path, err, slow)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	s := newSite(t)
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	after := "1"
	count := 0
	s.handle("/a", func(w http.ResponseWriter, _ *http.Request) {
		if count++; count == 1 {
			w.Header().Set("Retry-After", after)
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	f := newFetcher(t, fetch.Options{Now: func() time.Time { return now }})
	for _, after = range []string{"1", now.Add(time.Second).Format(http.TimeFormat)} {
		count = 0
		start := time.Now()
		get(t, f, s.URL+"/a")
		if pause := time.Since(start); pause < time.Second {
			t.Errorf("Retry-After %s: came back after %v, want 1 s", after, pause)
		}
	}
	after, count = "3600", 0
	for range 2 {
		if _, err := f.Get(context.Background(), s.URL+"/a"); err == nil || count != 1 {
			t.Errorf("Retry-After of an hour: got %v after %d requests, want an error at once and no other request", err, count)
		}
	}
	now = now.Add(time.Hour)
	get(t, f, s.URL+"/a")
}

func TestBrokenHostGetsNoRetries(t *testing.T) {
	s := newSite(t)
	var broken atomic.Bool
	s.handle("/a", func(w http.ResponseWriter, _ *http.Request) {
		if broken.Load() {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	f := newFetcher(t, fetch.Options{Retries: 2})
	for _, want := range []int{3, 3, 3, 1, 1} {
		broken.Store(true)
		f.Get(context.Background(), s.URL+"/a")
		if asked := slices.DeleteFunc(s.requests(), func(path string) bool { return path != "/a" }); len(asked) != want {
			t.Errorf("asked %d times, want %d", len(asked), want)
		}
	}
	broken.Store(false)
	get(t, f, s.URL+"/a")
	broken.Store(true)
	s.requests()
	f.Get(context.Background(), s.URL+"/a")
	if asked := s.requests(); len(asked) != 3 {
		t.Errorf("asked %d times after a success, want 3", len(asked))
	}
}

func TestCancel(t *testing.T) {
	s := newSite(t)
	ctx, cancel := context.WithCancel(context.Background())
	s.handle("/a", func(w http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	f := newFetcher(t, fetch.Options{})
	_, err := f.Get(ctx, s.URL+"/a")
	checkError(t, err, context.Canceled)
	s.text("/b", "text")
	get(t, f, s.URL+"/b") // the host is free again
}

func TestPrivateAddresses(t *testing.T) {
	target := newSite(t)
	target.text("/robots.txt", "")
	target.text("/a", "secret")
	s := newSite(t)
	_, port, _ := strings.Cut(strings.TrimPrefix(target.URL, "http://"), ":")
	paths := map[string]string{
		"/ip": target.URL + "/a", "/name": "http://localhost:" + port + "/a", "/number": "http://2130706433:" + port + "/a",
		"/mapped": "http://[::ffff:127.0.0.1]:" + port + "/a", "/six": "http://[::1]:" + port + "/a",
		"/link-local": "http://169.254.169.254/latest/meta-data/", "/lan": "http://192.168.0.1/", "/zero": "http://0.0.0.0:" + port + "/a",
	}
	for path, to := range paths {
		s.handle(path, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
	}
	s.handle("/robots.txt", func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
	only := netip.MustParseAddrPort(strings.TrimPrefix(s.URL, "http://"))
	f := newFetcher(t, fetch.Options{AllowAddr: func(a netip.AddrPort) bool { return a == only }, Retries: -1})
	for path := range paths {
		_, err := f.Get(context.Background(), s.URL+path)
		if path == "/number" && err != nil && !errors.Is(err, fetch.ErrPrivate) {
			continue // a resolver may not take it for an address at all
		}
		checkError(t, err, fetch.ErrPrivate, s.URL+path)
	}
	_, err := f.Get(context.Background(), target.URL+"/a")
	checkError(t, err, fetch.ErrPrivate)
	if asked := target.requests(); len(asked) > 0 {
		t.Errorf("the private site was asked for %q", asked)
	}

	s.handle("/robots.txt", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, target.URL+"/robots.txt", http.StatusFound)
	})
	f = newFetcher(t, fetch.Options{AllowAddr: func(a netip.AddrPort) bool { return a == only }})
	_, err = f.Get(context.Background(), s.URL+"/ip")
	checkError(t, err, fetch.ErrPrivate, "robots.txt")
}

func TestRedirects(t *testing.T) {
	s, other := newSite(t), newSite(t)
	s.handle("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	s.handle("/file", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
	})
	s.handle("/there", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/back", http.StatusSeeOther)
	})
	other.handle("/back", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.URL+"/a#b", http.StatusPermanentRedirect)
	})
	s.text("/a", "text")
	f := newFetcher(t, fetch.Options{})
	if page := get(t, f, s.URL+"/there"); page.URL != s.URL+"/a" || string(page.Body) != "text" {
		t.Errorf("got %+v", page)
	}
	if _, err := f.Get(context.Background(), s.URL+"/loop"); err == nil || !strings.Contains(err.Error(), "more than 10 times") {
		t.Errorf("got %v, want that it redirects too often", err)
	}
	if _, err := f.Get(context.Background(), s.URL+"/file"); err == nil || !strings.Contains(err.Error(), `"file:///etc/passwd"`) {
		t.Errorf("got %v, want that it redirects off the web", err)
	}
}

func zip(t testing.TB, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSizes(t *testing.T) {
	const most = 1 << 20
	s := newSite(t)
	send := func(path string, body []byte, headers ...string) {
		s.handle(path, func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.Write(body)
		})
	}
	full := []byte(strings.Repeat("text ", most/5+1))[:most]
	bomb := zip(t, make([]byte, 16*most))
	send("/full", full)
	send("/over", append(bytes.Clone(full), 'x'))
	send("/zipped", zip(t, full), "Content-Encoding", "gzip")
	send("/file.gz", zip(t, []byte("<?xml version='1.0'?><a/>")), "Content-Type", "application/gzip")
	send("/twice.gz", zip(t, zip(t, []byte("text"))), "Content-Encoding", "gzip")
	send("/bomb", bomb, "Content-Encoding", "gzip")
	send("/bomb.gz", bomb)
	send("/nested.gz", zip(t, bomb), "Content-Encoding", "gzip")
	send("/broken", []byte("no gzip"), "Content-Encoding", "gzip")
	send("/strange", []byte("?"), "Content-Encoding", "br")
	f := newFetcher(t, fetch.Options{MaxBytes: most, Retries: -1})
	for path, want := range map[string]string{"/full": string(full), "/zipped": string(full), "/file.gz": "<?xml version='1.0'?><a/>", "/twice.gz": "text"} {
		if page := get(t, f, s.URL+path); string(page.Body) != want {
			t.Errorf("%s: got %d bytes, want %d", path, len(page.Body), len(want))
		}
	}
	if page := get(t, f, s.URL+"/file.gz"); page.ContentType != "text/xml" {
		t.Errorf("the content of a gzip file is %q, want text/xml", page.ContentType)
	}
	for _, path := range []string{"/over", "/bomb", "/bomb.gz", "/nested.gz"} {
		_, err := f.Get(context.Background(), s.URL+path)
		checkError(t, err, fetch.ErrTooLarge, path, fmt.Sprintf("over %d MB", most>>20))
	}
	for _, path := range []string{"/broken", "/strange"} {
		if _, err := f.Get(context.Background(), s.URL+path); err == nil || !strings.Contains(err.Error(), "compress") {
			t.Errorf("%s: got %v, want an error about its compression", path, err)
		}
	}
}

func TestNoIndex(t *testing.T) {
	s := newSite(t)
	for header, want := range map[string]bool{
		"noindex": true, "NoArchive, NOINDEX": true, "none": true, "alsolike: noindex": true, "max-snippet: 20, noindex": true,
		"": false, "noarchive": false, "otherbot: noindex": false, "otherbot: noarchive, noindex": false,
	} {
		s.handle("/a", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Robots-Tag", header) })
		if got := get(t, newFetcher(t, fetch.Options{}), s.URL+"/a").NoIndex; got != want {
			t.Errorf("X-Robots-Tag %q: got %v, want %v", header, got, want)
		}
	}
}

func BenchmarkGet(b *testing.B) {
	s := newSite(b)
	body := strings.Repeat("<p>Rents rose again in the city, and nobody knows why.</p>\n", 500)
	s.handle("/a", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, body)
	})
	f := newFetcher(b, fetch.Options{})
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		get(b, f, s.URL+"/a")
	}
}
