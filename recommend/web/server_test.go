package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
)

func TestRoutes(t *testing.T) {
	ready, empty := newServer(newShelf()), newServer(&shelf{})
	for _, tc := range []struct {
		name, target string
		s            *Server
		status       int
	}{
		{"status", "/v1/status", ready, 200},
		{"status without snapshot", "/v1/status", empty, 200},
		{"healthy", "/healthz", ready, 200},
		{"healthy without snapshot", "/healthz?from=balancer", empty, 200},
		{"ready", "/readyz?from=balancer", ready, 200},
		{"not ready", "/readyz", empty, 503},
		{"related without snapshot", "/v1/related?id=a1", empty, 503},
		{"status with a parameter", "/v1/status?verbose=1", ready, 400},
		{"no such route", "/v1/nothing", ready, 404},
		{"no magazine", "/", ready, 404},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := get(tc.s, tc.target)
			if tc.status >= 400 {
				checkProblem(t, got, tc.status)
			} else if got.Code != tc.status {
				t.Fatalf("got %d: %s", got.Code, got.Body)
			}
			head := do(tc.s, http.MethodHead, tc.target)
			if head.Code != tc.status {
				t.Errorf("HEAD: got %d, want %d", head.Code, tc.status)
			}
		})
	}
}

func TestStatusAnswer(t *testing.T) {
	checkGolden(t, "status.json", get(newServer(newShelf()), "/v1/status").Body.Bytes())
	checkGolden(t, "status_empty.json", get(newServer(&shelf{}), "/v1/status").Body.Bytes())
}

// Each watched source is told of; where that cannot be had, the rest is.
func TestStatusOfSources(t *testing.T) {
	runs := []data.SourceRun{
		{Name: "new"},
		{Name: "good", Started: noon, Finished: noon.Add(time.Minute), Succeeded: noon.Add(time.Minute), Changes: data.Changes{Added: 1, Updated: 2, Unchanged: 3}, Unpublished: 4},
		{Name: "bad", Started: noon, Finished: noon.Add(time.Minute), Failures: 2, Problem: "the host does not answer", Refused: 5},
		{Name: "busy", Started: noon, Finished: noon.Add(-time.Hour), Succeeded: noon.Add(-time.Hour)},
	}
	conf := Config{Recommender: newShelf(), Sources: func(context.Context) ([]SourceStatus, error) {
		var all []SourceStatus
		for _, r := range runs {
			all = append(all, NewSourceStatus("https://example.org/"+r.Name, 15*time.Minute, r))
		}
		return all, nil
	}}
	checkGolden(t, "status_sources.json", get(New(conf), "/v1/status").Body.Bytes())

	conf.Sources = func(context.Context) ([]SourceStatus, error) { return nil, errors.New("the disk is gone") }
	if got := get(New(conf), "/v1/status"); got.Code != 200 || !strings.Contains(got.Body.String(), `"problem":"the disk is gone"`) {
		t.Errorf("sources fail: %d %s", got.Code, got.Body)
	}
}

func TestNoSnapshotNamesTheCure(t *testing.T) {
	got := get(newServer(&shelf{}), "/v1/related?id=a1")
	if got.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if p := checkProblem(t, got, http.StatusServiceUnavailable); !strings.Contains(p.Detail, "alsolike refresh") {
		t.Errorf("detail %q does not name the cure", p.Detail)
	}
}

func TestMethods(t *testing.T) {
	s := newServer(newShelf())
	got := do(s, http.MethodPost, "/v1/related?id=a1")
	if allow := got.Header().Get("Allow"); !strings.Contains(allow, "GET") || !strings.Contains(allow, "HEAD") {
		t.Errorf("Allow: got %q", allow)
	}
	if p := checkProblem(t, got, http.StatusMethodNotAllowed); !strings.Contains(p.Detail, "POST") || !strings.Contains(p.Detail, "GET") {
		t.Errorf("detail: got %q", p.Detail)
	}
}

func TestBodyLimit(t *testing.T) {
	w := httptest.NewRecorder()
	newServer(newShelf()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/related?id=a1", bytes.NewReader(make([]byte, 65<<10))))
	checkProblem(t, w, http.StatusRequestEntityTooLarge)
}

func TestHeaders(t *testing.T) {
	h := get(newServer(newShelf()), "/v1/status").Header()
	for name, want := range map[string]string{
		"X-Content-Type-Options":  "nosniff",
		"Referrer-Policy":         "same-origin",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestRequestID(t *testing.T) {
	s := newServer(newShelf())
	ask := func(id string) string {
		r := httptest.NewRequest(http.MethodGet, "/healthz", nil)
		if id != "" {
			r.Header.Set("X-Request-Id", id)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Header().Get("X-Request-Id")
	}
	if got := ask("proxy-1.2_3"); got != "proxy-1.2_3" {
		t.Errorf("a plain id became %q", got)
	}
	for _, id := range []string{"", "two words", "line\nbreak", strings.Repeat("x", 65), "ü"} {
		if got := ask(id); got == id || !plainID(got) {
			t.Errorf("id %q became %q", id, got)
		}
	}
	if one, other := ask(""), ask(""); one == other {
		t.Error("two requests have one id")
	}
}

// What is no fault of the sender's is a 500 that tells him nothing of the
// inside, and one line of the log that tells us everything.
func TestInternalErrors(t *testing.T) {
	for name, rec := range map[string]*shelf{
		"error":        {snapshot: "s", fail: errors.New("disk on fire at /var/lib")},
		"panic":        {snapshot: "s", panics: "disk on fire at /var/lib"},
		"panic, error": {snapshot: "s", panics: errors.New("disk on fire at /var/lib")},
	} {
		t.Run(name, func(t *testing.T) {
			for _, level := range []slog.Level{slog.LevelInfo, slog.LevelDebug} {
				var log bytes.Buffer
				s := New(Config{Recommender: rec, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: level}))})
				got := get(s, "/v1/related?id=a1")
				if strings.Contains(got.Body.String(), "fire") {
					t.Errorf("the answer shows the inside: %s", got.Body)
				}
				p := checkProblem(t, got, http.StatusInternalServerError)
				if p.RequestID == "" || p.RequestID != got.Header().Get("X-Request-Id") {
					t.Errorf("request_id: got %q", p.RequestID)
				}
				if n := strings.Count(log.String(), "level=ERROR"); n != 1 {
					t.Errorf("%v: logged %d errors:\n%s", level, n, &log)
				}
				if !strings.Contains(log.String(), "fire") || !strings.Contains(log.String(), p.RequestID) {
					t.Errorf("the log does not tell what happened:\n%s", &log)
				}
				if strings.HasPrefix(name, "panic") && !strings.Contains(log.String(), "main_test.go") {
					t.Errorf("the log does not tell where:\n%s", &log)
				}
			}
		})
	}
}

// start runs s on a port of its own. The channel gets what Run returns.
func start(t *testing.T, s *Server) (url string, stop context.CancelFunc, done <-chan error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, ln) }()
	return "http://" + ln.Addr().String(), stop, ended
}

func TestStopLetsRequestsFinish(t *testing.T) {
	rec := newShelf()
	asked, held := make(chan query), make(chan bool)
	rec.asked, rec.held = asked, held
	url, stop, done := start(t, newServer(rec))

	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	answer := make(chan error, 1)
	go func() {
		res, err := client.Get(url + "/v1/related?id=a1")
		if err == nil {
			_, err = io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode != http.StatusOK {
				err = errors.New(res.Status)
			}
		}
		answer <- err
	}()
	<-asked
	stop()
	waitRefused(t, strings.TrimPrefix(url, "http://"))
	select {
	case err := <-done:
		t.Fatalf("Run returned %v with a request running", err)
	default:
	}
	close(held)
	if err := <-answer; err != nil {
		t.Errorf("the running request: %v", err)
	}
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
}

func TestStopCutsOffWhatTakesTooLong(t *testing.T) {
	rec := newShelf()
	asked, held := make(chan query), make(chan bool)
	rec.asked, rec.held = asked, held
	s := newServer(rec)
	s.stopWithin = 10 * time.Millisecond
	url, stop, done := start(t, s)
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	answer := make(chan error, 1)
	go func() {
		_, err := client.Get(url + "/v1/related?id=a1")
		answer <- err
	}()
	<-asked
	stop()
	if err := <-done; err == nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Run: got %v", err)
	}
	if err := <-answer; err == nil {
		t.Error("the request that ran too long got an answer")
	}
	close(held)
}

func TestRunReportsABrokenListener(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	if err := newServer(newShelf()).Run(t.Context(), ln); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// waitRefused waits until nothing listens on addr.
func waitRefused(t *testing.T, addr string) {
	t.Helper()
	for range 500 {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		conn.Close()
		time.Sleep(2 * time.Millisecond)
	}
	t.Fatal("connections are still taken after the stop")
}
