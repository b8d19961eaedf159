package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/recommend/web"
)

// A server takes in by itself what a watched source gains and loses; a source
// that fails or is suddenly empty takes nothing away, and status says so.
func TestServeWatchesSources(t *testing.T) {
	s := newShell(t)
	file := filepath.Join(t.TempDir(), "articles.jsonl")
	write := func(lines string) {
		t.Helper()
		if err := os.WriteFile(file+".new", []byte(lines), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	missing := file + ".missing"
	s.environ = []string{
		`ALSOLIKE_SOURCES=[{name: all, source: ` + file + `, every: 1s, mirror: true}, {source: ` + missing + `, every: 1s}]`,
		"ALSOLIKE_REFRESH_EVERY=1s",
	}
	write(goodLine + otherLine)
	if err := os.Mkdir(s.data, 0o755); err != nil {
		t.Fatal(err)
	}
	r := s.startServe()
	source := func(name string) web.SourceStatus {
		t.Helper()
		var st siteStatus
		s.decode(&st, "status", "--json")
		for _, one := range st.Sources {
			if one.Name == name {
				return one
			}
		}
		t.Fatalf("status tells nothing of %s", name)
		return web.SourceStatus{}
	}
	articles := func() string {
		s.t.Helper()
		var st siteStatus
		s.decode(&st, "status", "--json")
		b, _ := json.Marshal(st.Articles)
		return string(b)
	}
	waitFor(t, "both articles are imported", func() bool { return s.run("status").code == 0 && articles() == `{"published":2}` })
	waitFor(t, "a snapshot of them is in service", func() bool { status, _ := r.get("/readyz"); return status == 200 })
	waitFor(t, "the missing source fails", func() bool { return source(missing).Failures >= 2 })
	if got := source("all"); got.State == "failing" || got.Succeeded == "" {
		t.Errorf("the good source: %+v", got)
	}
	if text := s.ok("status"); !strings.Contains(text, missing+" failed") || !strings.Contains(text, "no such file") {
		t.Errorf("status does not say what fails:\n%s", text)
	}
	if _, body := r.get("/v1/status"); !strings.Contains(body, `"sources":[{"name":"all"`) || !strings.Contains(body, `"state":"failing"`) {
		t.Errorf("/v1/status does not tell of the sources: %s", body)
	}

	write("")
	waitFor(t, "the empty source is refused", func() bool { return source("all").Failures > 0 })
	if got := articles(); got != `{"published":2}` {
		t.Errorf("an empty mirror source leaves %s", got)
	}
	write(goodLine)
	waitFor(t, "what is gone is unpublished", func() bool { return articles() == `{"published":1,"unpublished":1}` })
	waitFor(t, "the source is well again", func() bool { got := source("all"); return got.State != "failing" && got.Problem == "" })

	r.stop()
	if err := <-r.done; err != nil {
		t.Errorf("a stopped server ends with %v", err)
	}
}

// A watched feed is asked for by conditional requests. One that is gone or has
// nothing any more takes no article away.
func TestServeWatchesFeed(t *testing.T) {
	const item = `<item><guid isPermaLink="false">%d</guid><title>%s</title><description>%s</description></item>`
	page := func(items ...string) string {
		return `<rss version="2.0"><channel><title>News</title>` + strings.Join(items, "") + `</channel></rss>`
	}
	body := strings.Repeat("Rents rose by four per cent in the year. ", 30)
	var mu sync.Mutex
	feed, sent, spared := page(fmt.Sprintf(item, 1, "Rents", body), fmt.Sprintf(item, 2, "Flats", body)), 0, 0
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		tag := fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(feed)))
		switch {
		case r.URL.Path != "/feed.xml" || feed == "":
			http.NotFound(w, r)
		case r.Header.Get("If-None-Match") == tag:
			spared++
			w.WriteHeader(http.StatusNotModified)
		default:
			sent++
			w.Header().Set("ETag", tag)
			w.Header().Set("Content-Type", "application/rss+xml")
			io.WriteString(w, feed)
		}
	}))
	defer site.Close()
	change := func(to string) {
		mu.Lock()
		defer mu.Unlock()
		feed = to
	}
	counts := func() (int, int) {
		mu.Lock()
		defer mu.Unlock()
		return sent, spared
	}

	s := newShell(t)
	s.environ = []string{
		`ALSOLIKE_SOURCES=[{name: feed, source: "` + site.URL + `/feed.xml", every: 1s, mirror: true, allow_private: true}]`,
		"ALSOLIKE_FETCH_DELAY=1ms",
	}
	if err := os.Mkdir(s.data, 0o755); err != nil {
		t.Fatal(err)
	}
	r := s.startServe()
	waitFor(t, "the server lives", func() bool { status, _ := r.get("/healthz"); return status == 200 })
	status := func() siteStatus {
		var st siteStatus
		s.decode(&st, "status", "--json")
		return st
	}
	published := func() int { return status().Articles["published"] }
	waitFor(t, "the feed is imported", func() bool { return published() == 2 })
	waitFor(t, "it is asked for again, and not sent", func() bool { _, spared := counts(); return spared >= 2 })
	if sent, _ := counts(); sent != 1 {
		t.Errorf("an unchanged feed was sent %d times, want once", sent)
	}
	if got := status(); got.Sources[0].State == "failing" || got.Articles["published"] != 2 {
		t.Errorf("an unchanged feed: %+v", got)
	}
	for name, broken := range map[string]string{"gone": "", "empty": page(), "cut off": `<rss version="2.0"><channel><item><title>Re`} {
		change(broken)
		waitFor(t, "a feed that is "+name+" fails", func() bool { return status().Sources[0].Failures > 0 })
		if got := status(); got.Articles["published"] != 2 || got.Sources[0].Problem == "" {
			t.Errorf("a feed that is %s: %+v", name, got)
		}
		change(page(fmt.Sprintf(item, 1, "Rents", body), fmt.Sprintf(item, 2, "Flats", body)))
		waitFor(t, "the feed is well again", func() bool { return status().Sources[0].Failures == 0 })
	}
	change(page(fmt.Sprintf(item, 2, "Flats, empty", body)))
	waitFor(t, "what the feed has no longer is unpublished", func() bool { return published() == 1 })

	r.stop()
	if err := <-r.done; err != nil {
		t.Errorf("a stopped server ends with %v", err)
	}
}

func TestStatus(t *testing.T) {
	oneByOne(t)
	s := newShell(t)
	s.fails(1, []string{"no data folder"}, "status")
	s.ok("import", s.sampleFile())
	if got := s.ok("status"); !strings.Contains(got, fmt.Sprintf("articles   %d published\nlanguages  en ", len(sample.Articles()))) || !strings.Contains(got, "alsolike refresh") {
		t.Errorf("before a refresh:\n%s", got)
	}
	s.ok("refresh")
	if got := s.ok("status"); !strings.Contains(got, s.published()) || !strings.Contains(got, "nothing has changed since") {
		t.Errorf("after a refresh:\n%s", got)
	}
	s.ok("import", s.file("one.jsonl", goodLine))
	if got := s.ok("status"); !strings.Contains(got, "1 article changed since") {
		t.Errorf("after an import:\n%s", got)
	}
	for later, stale := range map[time.Duration]bool{23 * time.Hour: false, 25 * time.Hour: true} {
		var out bytes.Buffer
		e := &env{stdout: &out, dataDir: s.data, now: func() time.Time { return time.Now().Add(later) }}
		st, err := e.status(t.Context(), &config{Service: service{MaxAge: 24 * time.Hour}})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.showStatus(st); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(out.String(), "stale"); st.Snapshot.Stale != stale || got != stale {
			t.Errorf("%v after an import: stale %v, want %v:\n%s", later, st.Snapshot.Stale, stale, &out)
		}
	}
	s.environ = []string{`ALSOLIKE_SOURCES=[{source: feed.xml}]`}
	if got := s.ok("status"); !strings.Contains(got, "waiting") || !strings.Contains(got, "never") {
		t.Errorf("a source that never ran:\n%s", got)
	}
	if err := os.WriteFile(filepath.Join(s.data, snapshotFolder, s.published(), "cards.bin"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := s.ok("status"); !strings.Contains(got, "broken") {
		t.Errorf("a broken snapshot:\n%s", got)
	}
}

// Whatever a configuration holds, it is refused or makes sense.
func FuzzSources(f *testing.F) {
	f.Add("sources:\n  - source: a.csv\n    map: {id: nr, body: text}\n  - {source: 'https://example.org/', every: 5m, mirror: yes}\n")
	f.Add("sources: [{source: &a x, name: *a}, {source: |\n x\n}]")
	f.Add("lsa: {rank: 3}\nsources:\n  - source: !!str x\n    lang: en\n")
	f.Add("? [a]\n: b\n---\nsources: [[x]]")
	f.Fuzz(func(t *testing.T, text string) {
		c := &config{}
		if err := c.readYAML("alsolike.yaml", "folder", []byte(text)); err != nil {
			return
		}
		names := map[string]bool{}
		for _, s := range c.Sources {
			if s.Name == "" || s.Path == "" || s.Every < time.Second || names[s.Name] {
				t.Errorf("%q makes the source %+v", text, s)
			}
			names[s.Name] = true
		}
	})
}
