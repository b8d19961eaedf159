package main

import (
	"bytes"
	"cmp"
	"context"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data/sample"
)

// Every address that a page of the demo names leads to a page, and every
// article has links under its heading in its own language.
func TestDemo(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var stdout bytes.Buffer
	e := &env{stdout: &stdout, stderr: &bytes.Buffer{}, now: time.Now, dataDir: t.TempDir(), logFormat: "text", logLevel: "error", progress: "none"}
	r := &running{t: t, base: "http://" + ln.Addr().String()}
	done := make(chan error, 1)
	go func() { done <- e.demo(ctx, ln) }()
	waitFor(t, "the demo is ready", func() bool { status, _ := r.get("/readyz"); return status == http.StatusOK })

	headings := map[string]string{"en": "You might also like", "zh-Hans": "你可能也喜欢", "zh-Hant": "你可能也喜歡"}
	for _, a := range sample.Articles() {
		_, body := r.get(a.URL)
		_, links, found := strings.Cut(body, headings[string(a.Lang)])
		if !found || !regexp.MustCompile(`<h3><a href="/`+string(a.Lang)+`/`).MatchString(links) {
			t.Errorf("%s: no link to %s under %q", a.URL, a.Lang, headings[string(a.Lang)])
		}
		for _, m := range regexp.MustCompile(`<h3><a href="/([^/]*)/[^"]*"( hreflang="([^"]*)")?`).FindAllStringSubmatch(links, -1) {
			if told := cmp.Or(m[3], string(a.Lang)); told != m[1] {
				t.Errorf("%s: a link to %s says %s", a.URL, m[1], told)
			}
		}
	}
	_, body := r.get("/" + demoArticle)
	for _, want := range []string{`<h3><a href="/zh-Hans/`, `hreflang="zh-Hant">`, `hreflang="en">`} {
		if _, links, _ := strings.Cut(body, headings["zh-Hans"]); !strings.Contains(links, want) {
			t.Errorf("%s: no link with %s", demoArticle, want)
		}
	}

	_, report := r.get("/evaluation")
	for _, want := range []string{"these readers do not exist", "30-dimensions", "Exactly equal to production"} {
		if !strings.Contains(report, want) {
			t.Errorf("the sample evaluation does not say %q", want)
		}
	}
	if _, again := r.get("/evaluation"); again != report {
		t.Error("the sample evaluation is another one the second time")
	}

	login := regexp.MustCompile(`name demo, password (\S+)`).FindStringSubmatch(stdout.String())
	if login == nil {
		t.Fatalf("the demo prints no login:\n%s", &stdout)
	}
	status, cookie := r.signIn("demo", login[1])
	if status != http.StatusSeeOther || cookie == "" {
		t.Errorf("signing in as printed: %d", status)
	}
	_, kept := r.getAs("Cookie", cookie, "/editor/evaluation")
	if strings.Count(kept, "The sample evaluation") != 1 || !strings.Contains(kept, "unchanged, 30-dimensions beside production") {
		t.Errorf("the sample evaluation is not on the editors' page:\n%s", kept)
	}

	seen := map[string]bool{"/en/": true}
	for queue := []string{"/en/"}; len(queue) > 0; queue = queue[1:] {
		status, body := r.get(queue[0])
		if status != http.StatusOK {
			t.Errorf("GET %s: %d", queue[0], status)
		}
		for _, address := range regexp.MustCompile(`(?:href|src)="(/[^"#]*)`).FindAllStringSubmatch(body, -1) {
			if path := strings.ReplaceAll(address[1], "&amp;", "&"); !seen[path] {
				seen[path] = true
				queue = append(queue, path)
			}
		}
	}
	if len(seen) < len(sample.Articles()) {
		t.Errorf("only %d addresses can be reached from /en/", len(seen))
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("the demo ends with %v", err)
	}
	for _, want := range []string{r.base + "/en/", r.base + "/zh-Hans/", r.base + "/zh-Hant/", r.base + "/" + demoArticle, "/v1/related?id="} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("the demo does not print %s:\n%s", want, stdout.String())
		}
	}
}

// A demo never puts its articles into somebody's site, and can be started again
// on its own folder.
func TestDemoFolder(t *testing.T) {
	s := newShell(t)
	e := &env{now: time.Now, dataDir: s.data}
	for range 2 {
		if err := e.loadSample(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s.ok("refresh")
	if got := s.ok("related", demoArticle, "--placement", demoPlacement); !strings.Contains(got, "fallback:language") {
		t.Errorf("the demo's settings do not hold; the links are\n%s", got)
	}
	site := newShell(t)
	site.ok("import", site.file("one.jsonl", goodLine))
	if err := (&env{now: time.Now, dataDir: site.data}).loadSample(t.Context()); err == nil || !strings.Contains(err.Error(), "site of its own") {
		t.Errorf("a demo on somebody's site: %v", err)
	}
	if got := strings.Count(site.ok("export", "articles"), "\n"); got != 1 {
		t.Errorf("%d articles in somebody's site, want 1", got)
	}
}

// The default address being taken is no reason to fail; one that was asked for
// is.
func TestDemoAddress(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	ln, err := demoListen(taken.Addr().String(), false)
	if err != nil {
		t.Fatalf("demoListen on a taken default: %v", err)
	}
	ln.Close()
	if _, err := demoListen(taken.Addr().String(), true); err == nil {
		t.Error("demoListen took an address that is in use")
	}
}
