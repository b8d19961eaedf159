package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	if text := s.ok("status"); !strings.Contains(text, missing+" fails") || !strings.Contains(text, "no such file") {
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

func TestStatus(t *testing.T) {
	s := newShell(t)
	s.fails(1, []string{"no data folder"}, "status")
	s.ok("import", s.sampleFile())
	if got := s.ok("status"); !strings.Contains(got, "126 published") || !strings.Contains(got, "alsolike refresh") {
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
