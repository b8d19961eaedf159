package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sample"
)

// A running is a server within this process.
type running struct {
	t      *testing.T
	base   string
	stop   context.CancelFunc
	done   chan error
	stderr *bytes.Buffer
}

// startServe serves the shell's data folder until the test ends.
func (s *shell) startServe() *running {
	s.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(s.t.Context())
	r := &running{t: s.t, base: "http://" + ln.Addr().String(), stop: stop, done: make(chan error, 1), stderr: &bytes.Buffer{}}
	e := &env{stdout: io.Discard, stderr: r.stderr, environ: s.environ, now: time.Now, dataDir: s.data, logFormat: "text", logLevel: "error", progress: "none"}
	go func() { r.done <- serveFolder(ctx, e, ln) }()
	s.t.Cleanup(func() { stop() })
	return r
}

func serveFolder(ctx context.Context, e *env, ln net.Listener) error {
	conf, err := e.loadConfig()
	if err != nil {
		return err
	}
	return e.serve(ctx, ln, conf, nil)
}

// get asks the server and returns the status and the body.
func (r *running) get(path string) (int, string) {
	r.t.Helper()
	resp, err := http.Get(r.base + path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func (r *running) related(path string) answer {
	r.t.Helper()
	status, body := r.get(path)
	if status != http.StatusOK {
		r.t.Fatalf("GET %s: %d %s", path, status, body)
	}
	var a answer
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		r.t.Fatalf("GET %s: %v", path, err)
	}
	return a
}

// What other processes do to the data folder is in service within a second,
// without a restart.
func TestServeFollows(t *testing.T) {
	s := withSample(t)
	r := s.startServe()
	const path = "/v1/related?url=/en/harbour-cranes"
	before := r.related(path)
	if before.Snapshot != s.published() || len(before.Items) == 0 {
		t.Fatalf("answer %+v", before)
	}
	within := func(what string, holds func(answer) bool) {
		t.Helper()
		deadline := time.Now().Add(time.Second)
		for {
			if holds(r.related(path)) {
				return
			}
			if time.Now().After(deadline) {
				t.Errorf("not within a second: %s", what)
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	first := before.Items[0].ID

	s.ok("override", "add", "--article", "en/harbour-cranes", "--target", string(first), "--action", "hide")
	within("the hidden article is gone", func(a answer) bool { return a.Items[0].ID != first })
	s.ok("override", "remove", "1")
	within("and back again", func(a answer) bool { return a.Items[0].ID == first })

	for _, a := range sample.Articles() {
		if a.ID == first {
			a.State = data.Unpublished
			s.ok("import", s.file("one.jsonl", jsonLines([]data.Article{a})))
		}
	}
	within("the unpublished article is gone", func(a answer) bool { return a.Items[0].ID != first })

	s.ok("refresh")
	fresh := s.published()
	within("the new snapshot", func(a answer) bool { return a.Snapshot == fresh })
	if status, body := r.get("/v1/related?id=" + string(first)); status != http.StatusOK || !strings.Contains(body, `"items":[]`) {
		t.Errorf("an unpublished article after a refresh: %d %s, want 200 and no links", status, body)
	}
	s.ok("snapshot", "rollback")
	within("the old snapshot", func(a answer) bool { return a.Snapshot == before.Snapshot })

	r.stop()
	if err := <-r.done; err != nil {
		t.Errorf("a stopped server ends with %v", err)
	}
}

// With refresh.every set, a server makes its first snapshot at once and takes
// in new articles by itself.
func TestServeRefreshes(t *testing.T) {
	s := newShell(t)
	s.environ = []string{"ALSOLIKE_REFRESH_EVERY=1s"}
	s.ok("import", s.sampleFile())
	r := s.startServe()
	waitFor(t, "the first snapshot is in service", func() bool { status, _ := r.get("/readyz"); return status == http.StatusOK })
	s.ok("import", s.file("one.jsonl", `{"id":"en/new","lang":"en","title":"Harbour cranes return","body":"The harbour cranes of Marrow Bay port return after repairs on the quay."}`))
	waitFor(t, "the new article has links of a new snapshot", func() bool {
		status, body := r.get("/v1/related?id=en/new")
		return status == http.StatusOK && strings.Contains(body, `"position":1`) && !strings.Contains(body, "provisional")
	})
	id := r.related("/v1/related?id=en/new").Snapshot
	time.Sleep(2500 * time.Millisecond)
	if again := r.related("/v1/related?id=en/new").Snapshot; again != id {
		t.Errorf("a new snapshot %s although no article changed since %s", again, id)
	}
}

// What the configuration says of requests holds for the server.
func TestServeSettings(t *testing.T) {
	s := withSample(t)
	s.environ = []string{
		"ALSOLIKE_CORS_ORIGINS=https://www.example.org,https://m.example.org", "ALSOLIKE_PROXIES_TRUSTED=127.0.0.1/32",
		"ALSOLIKE_LIMITS_PER_ADDRESS=0.001", "ALSOLIKE_LIMITS_PER_KEY=0.001", "ALSOLIKE_LOG_ACCESS=errors", "ALSOLIKE_SNAPSHOTS_MAX_AGE=1s",
	}
	key := strings.TrimSpace(s.ok("key", "add", "cms"))
	s.ok("import", s.file("one.jsonl", goodLine)) // articles have changed since the snapshot
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var log bytes.Buffer
	e := &env{stdout: io.Discard, stderr: &log, environ: s.environ, now: time.Now, dataDir: s.data, logFormat: "json", logLevel: "info", progress: "none"}
	done := make(chan error, 1)
	go func() { done <- serveFolder(ctx, e, ln) }()
	ask := func(method, target, from string, header ...string) (*http.Response, string) {
		t.Helper()
		req, err := http.NewRequest(method, "http://"+ln.Addr().String()+target, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Forwarded-For", from)
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp, string(body)
	}
	waitFor(t, "the server is ready", func() bool { resp, _ := ask("GET", "/readyz", ""); return resp.StatusCode == http.StatusOK })

	const target = "/v1/related?url=/en/harbour-cranes"
	resp, _ := ask("GET", target, "203.0.113.1", "Origin", "https://m.example.org")
	if allowed := resp.Header.Get("Access-Control-Allow-Origin"); resp.StatusCode != http.StatusOK || allowed != "https://m.example.org" {
		t.Errorf("a page: %s, allowed is %q", resp.Status, allowed)
	}
	if resp, _ = ask("GET", target, "203.0.113.1"); resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
		t.Errorf("a second request of that address: %s", resp.Status)
	}
	if resp, _ = ask("GET", target+"&limit=1", "203.0.113.2"); resp.StatusCode != http.StatusOK {
		t.Errorf("another address: %s", resp.Status)
	}
	for i, want := range []int{http.StatusNoContent, http.StatusTooManyRequests} {
		if resp, _ = ask("DELETE", "/v1/articles/en/cod-quota", "203.0.113.1", "Authorization", "Bearer "+key); resp.StatusCode != want {
			t.Errorf("push %d: %s, want %d", i, resp.Status, want)
		}
	}
	n := 0
	waitFor(t, "the snapshot is stale", func() bool {
		n++
		_, body := ask("GET", "/v1/status", fmt.Sprintf("2001:db8:%x::1", n)) // each has a request
		return strings.Contains(body, `"stale":true`)
	})
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	lines := 0
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, `"msg":"request"`) && strings.Contains(line, `"status":429`) {
			lines++
		} else if strings.Contains(line, `"status":20`) || strings.Contains(line, "203.0.113") {
			t.Errorf("the log holds %s", line)
		}
	}
	if lines != 2 {
		t.Errorf("of two refused requests the log holds %d:\n%s", lines, &log)
	}
}

func TestServeWithoutSnapshot(t *testing.T) {
	s := newShell(t)
	s.ok("import", s.sampleFile())
	r := s.startServe()
	waitFor(t, "the server lives", func() bool { status, _ := r.get("/healthz"); return status == http.StatusOK })
	if status, _ := r.get("/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("/readyz: %d, want 503", status)
	}
	if status, body := r.get("/v1/related?id=en/harbour-cranes"); status != http.StatusServiceUnavailable || !strings.Contains(body, "alsolike refresh") {
		t.Errorf("/v1/related: %d %s", status, body)
	}
	s.ok("refresh")
	waitFor(t, "the snapshot is in service", func() bool { status, _ := r.get("/readyz"); return status == http.StatusOK })
}
