package main

import (
	"bytes"
	"context"
	"flag"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/alsolike/alsolike/data/sample"
)

var updateDocs = flag.Bool("update", false, "write into README.md and docs/*.md what their commands print")

// What the README shows of the command line is what the command line prints.
func TestReadme(t *testing.T) {
	oneByOne(t)
	path, err := filepath.Abs("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := newConsole(t)
	if err := os.WriteFile("articles.jsonl", []byte(jsonLines(sample.Articles())), 0o644); err != nil {
		t.Fatal(err)
	}
	printed := c.runAll(string(readme))
	if *updateDocs {
		if err := os.WriteFile(path, []byte(printed), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if c.commands < 5 {
		t.Errorf("found %d commands in the README, want at least 5", c.commands)
	}
}

// The same holds for the pages of help. Each part of a page, from one heading
// to the next, is tried in a folder of its own.
func TestDocs(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: every command of every page takes its time")
	}
	folder, err := filepath.Abs("docs")
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range topics() {
		var page strings.Builder
		for _, part := range parts(topicText(topic.name)) {
			heading, _, _ := strings.Cut(part, "\n")
			t.Run(topic.name+"/"+heading, func(t *testing.T) {
				c := newConsole(t)
				part = c.runAll(part)
				if heading == "## The whole way, on the sample site" { // which leaves all files that the workflows need
					c.runWorkflows(topicText(topic.name))
				}
			})
			page.WriteString(part)
		}
		if *updateDocs {
			if err := os.WriteFile(filepath.Join(folder, topic.name+".md"), []byte(page.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// runWorkflows reads the workflows that a page shows, in YAML, and runs their
// commands of alsolike.
func (c *console) runWorkflows(page string) {
	c.t.Helper()
	commands := 0
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(page, -1) {
		var workflow any
		if err := yaml.Unmarshal([]byte(block[1]), &workflow); err != nil {
			c.t.Errorf("%v in\n%s", err, block[1])
		}
		for _, line := range scriptLines(workflow) {
			if !strings.HasPrefix(line, "alsolike ") {
				continue
			}
			commands++
			var stdout, stderr bytes.Buffer
			if code := run(c.t.Context(), append(splitWords(c.t, line)[1:], "--progress", "none"), &stdout, &stderr, c.environ); code != 0 {
				c.t.Errorf("%s: exit code %d\n%s", line, code, &stderr)
			}
		}
	}
	if commands < 6 {
		c.t.Errorf("the workflows run %d commands of alsolike, want at least 6", commands)
	}
	for _, report := range []string{"out/eval.html", "out/eval.xml"} {
		if _, err := os.Stat(report); err != nil {
			c.t.Errorf("the workflows keep a report that is not there: %v", err)
		}
	}
}

// scriptLines are all lines of all texts of a YAML document, in order.
func scriptLines(node any) (lines []string) {
	switch node := node.(type) {
	case string:
		lines = strings.Split(node, "\n")
	case []any:
		for _, item := range node {
			lines = append(lines, scriptLines(item)...)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(node)) {
			lines = append(lines, scriptLines(node[key])...)
		}
	}
	return lines
}

// parts is the page from one heading to the next; what a command prints may hold
// headings of its own.
func parts(page string) []string {
	all, quoted := []string{""}, false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "```") {
			quoted = !quoted
		}
		if strings.HasPrefix(line, "## ") && !quoted {
			all = append(all, "")
		}
		all[len(all)-1] += line
	}
	return all
}

// The page on articles shows every format there is.
func TestHelpTopics(t *testing.T) {
	s := newShell(t)
	page := s.ok("help", "articles")
	if got := s.ok("help", "languages"); !strings.Contains(got, "## Translations") || !strings.Contains(got, "placements:") {
		t.Errorf("help languages:\n%s", got)
	}
	if got := s.ok("help", "events"); !strings.Contains(got, "sendBeacon") || !strings.Contains(got, "events.retention") {
		t.Errorf("help events:\n%s", got)
	}
	if got := s.ok("help", "evaluation"); !strings.Contains(got, "## What the numbers mean") || !strings.Contains(got, ".github/workflows/evaluation.yml") {
		t.Errorf("help evaluation:\n%s", got)
	}
	for _, want := range []string{"## JSON lines", "## CSV", "## Markdown", "## HTML", "## Text", "## Feeds", "## Sitemaps", "## WordPress", "## Push", "## Languages", "help languages", "sources:"} {
		if !strings.Contains(page, want) {
			t.Errorf("help articles does not hold %q", want)
		}
	}
	if got := s.ok("help", "overrides"); !strings.Contains(got, "## What is stronger") || !strings.Contains(got, "boost") {
		t.Errorf("help overrides:\n%s", got)
	}
	if got := s.ok("help", "review"); !strings.Contains(got, "snapshot diff") || !strings.Contains(got, "max_changed") {
		t.Errorf("help review:\n%s", got)
	}
	if got := s.ok("help", "operation"); !strings.Contains(got, "proxies.trusted") || !strings.Contains(got, "alsolike_http_requests_total") {
		t.Errorf("help operation:\n%s", got)
	}
	if got := s.ok("help", "help"); !strings.Contains(got, "Bring your articles") {
		t.Errorf("help help does not list the topics:\n%s", got)
	}
	if got := s.ok("help", "override", "add"); !strings.Contains(got, "--strength") || !strings.Contains(got, "--position") {
		t.Errorf("help override add:\n%s", got)
	}
	if got := s.ok("help"); !strings.Contains(got, "import") {
		t.Errorf("help:\n%s", got)
	}
	s.fails(2, []string{"artcles", "did you mean articles?"}, "help", "artcles")
	s.fails(2, []string{"artcles"}, "help", "export", "artcles")
}

// example is the site that documents speak of; in tests a local server is it.
const example = "https://example.org"

// A console runs the commands of a document in a folder of its own. It knows
// alsolike, and of what a shell has, just what documents use:
//
//	cat FILE            the text below is that file, which is written
//	curl URL            the text below is that page of example, which is served from now on
//	curl … localhost    a request to the server that was started with
//	alsolike serve &
//	alsolike demo --data ./alsolike-data &
//	NAME=$(alsolike …)  the output is kept for $NAME
//	alsolike … > FILE   the output is kept in that file
type console struct {
	t        *testing.T
	site     *httptest.Server
	pages    map[string]string // by path
	server   *running
	environ  []string
	values   map[string]string // of variables
	commands int
}

func newConsole(t *testing.T) *console {
	t.Chdir(t.TempDir())
	c := &console{t: t, pages: map[string]string{}, values: map[string]string{}, environ: []string{"ALSOLIKE_FETCH_DELAY=1ms"}}
	c.site = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := c.pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, filepath.Base(r.URL.Path), time.Unix(1e9, 0), strings.NewReader(page))
	}))
	t.Cleanup(c.site.Close)
	return c
}

// runAll runs what the document's console blocks show and compares what that
// prints. It returns the document with what was printed.
func (c *console) runAll(document string) string {
	c.t.Helper()
	return regexp.MustCompile("(?s)```console\n.*?```").ReplaceAllStringFunc(document, func(block string) string {
		inner := strings.TrimSuffix(strings.TrimPrefix(block, "```console"), "```")
		printed := "```console"
		for _, part := range strings.Split(inner, "\n$ ")[1:] {
			command, want, _ := strings.Cut(part, "\n")
			want = strings.Trim(want, "\n")
			got := c.try(command, want)
			if begin, ok := strings.CutSuffix("\n"+want, "\n…"); ok { // the document shows the beginning
				lines := strings.SplitAfterN(got, "\n", strings.Count(begin, "\n")+1)
				got = strings.Join(lines[:min(len(lines), strings.Count(begin, "\n"))], "") + "…"
			}
			same := unvarying
			if strings.HasPrefix(command, "alsolike eval ") && !*updateDocs {
				same = shape
			}
			if same(got) != same(want) {
				if !*updateDocs {
					c.t.Errorf("%s prints\n%s\nand the document says\n%s", command, got, want)
				}
				want = got
			}
			printed += "\n$ " + command
			if want != "" {
				printed += "\n" + want
			}
		}
		return printed + "\n```"
	})
}

// try runs one command and returns what it prints. below is what the document
// shows under it.
func (c *console) try(command, below string) string {
	c.t.Helper()
	c.commands++
	for name, value := range c.values {
		command = strings.ReplaceAll(command, "$"+name, value)
	}
	if name, inner, ok := strings.Cut(command, "=$("); ok {
		c.values[name] = c.alsolike(strings.TrimSuffix(inner, ")"))
		return ""
	}
	if inner, file, ok := strings.Cut(command, " > "); ok {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			c.t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(c.alsolike(inner)+"\n"), 0o644); err != nil {
			c.t.Fatal(err)
		}
		return ""
	}
	args := splitWords(c.t, command)
	switch {
	case args[0] == "cat":
		if err := os.MkdirAll(filepath.Dir(args[1]), 0o755); err != nil {
			c.t.Fatal(err)
		}
		text := below
		if filepath.Ext(args[1]) == ".yaml" { // the server that stands in for example is on this machine
			text = strings.ReplaceAll(text, "source: "+example, "allow_private: true\n    source: "+example)
		}
		if err := os.WriteFile(args[1], []byte(c.local(text)+"\n"), 0o644); err != nil {
			c.t.Fatal(err)
		}
		return below
	case args[0] == "curl" && len(args) == 2 && strings.HasPrefix(args[1], example):
		c.pages[strings.TrimPrefix(args[1], example)] = c.local(below)
		return below
	case args[0] == "curl":
		return c.curl(args[1:])
	case command == "alsolike serve &":
		c.serve()
		return ""
	case command == "alsolike demo --data ./alsolike-data &":
		c.demo()
		return ""
	case command == "alsolike status", command == "alsolike export events": // tell of what goes on beside them
		var got string
		waitFor(c.t, "what the document shows of "+command, func() bool {
			got = c.alsolike(command)
			if *updateDocs {
				return got != "" && !regexp.MustCompile(`(waiting|running)  `).MatchString(got)
			}
			return unvarying(got) == unvarying(below)
		})
		return got
	}
	return c.alsolike(command)
}

// local is text that speaks of the local server instead of example; public is
// the reverse.
func (c *console) local(text string) string { return strings.ReplaceAll(text, example, c.site.URL) }

func (c *console) public(text string) string {
	return strings.NewReplacer(c.site.URL, example, strings.Replace(c.site.URL, "http:", "https:", 1), example).Replace(text)
}

// alsolike runs a command line of alsolike and returns what it prints, and what
// it says on standard error if it does not succeed.
func (c *console) alsolike(command string) string {
	c.t.Helper()
	args := splitWords(c.t, c.local(command))
	if args[0] != "alsolike" {
		c.t.Fatalf("the document runs %q, which cannot be tried here", command)
	}
	if args[1] == "import" {
		args = append(args, "--allow-private")
	}
	var stdout, stderr bytes.Buffer
	if code := run(c.t.Context(), append(args[1:], "--progress", "none"), &stdout, &stderr, c.environ); code != 0 {
		return strings.Trim(c.public(stderr.String()+stdout.String()), "\n")
	}
	return strings.Trim(c.public(stdout.String()), "\n")
}

// serve starts a server on the data folder, until the test ends.
func (c *console) serve() {
	s := &shell{t: c.t, data: "./alsolike-data", environ: c.environ}
	c.server = s.startServe()
	waitFor(c.t, "the server lives", func() bool { status, _ := c.server.get("/healthz"); return status == http.StatusOK })
	c.t.Cleanup(func() {
		c.server.stop()
		if err := <-c.server.done; err != nil {
			c.t.Error(err)
		}
	})
}

// demo starts the demo, until the test ends.
func (c *console) demo() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(c.t.Context())
	e := &env{stdout: io.Discard, stderr: io.Discard, now: time.Now, dataDir: "./alsolike-data", logFormat: "text", logLevel: "error", progress: "none"}
	c.server = &running{t: c.t, base: "http://" + ln.Addr().String()}
	done := make(chan error, 1)
	go func() { done <- e.demo(ctx, ln) }()
	waitFor(c.t, "the demo is ready", func() bool { status, _ := c.server.get("/readyz"); return status == http.StatusOK })
	c.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			c.t.Error(err)
		}
	})
}

// curl sends a request to the server and returns the body of the answer.
func (c *console) curl(args []string) string {
	c.t.Helper()
	method, body, header, target := http.MethodGet, []byte(nil), http.Header{}, ""
	for i := 0; i < len(args); i++ {
		switch args[i] {
		case "-X":
			i++
			method = args[i]
		case "-H":
			i++
			name, value, _ := strings.Cut(args[i], ": ")
			header.Set(name, value)
		case "--data-binary":
			i++
			var err error
			if body, err = os.ReadFile(strings.TrimPrefix(args[i], "@")); err != nil {
				c.t.Fatal(err)
			}
		default:
			target = strings.Replace(args[i], "http://localhost:8080", c.server.base, 1)
		}
	}
	if body != nil && method == http.MethodGet {
		method = http.MethodPost
	}
	ctx, cancel := context.WithTimeout(c.t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header = header
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return strings.TrimSpace(c.public(string(answer)))
}

// splitWords splits a command line as a shell does, as far as documents go.
func splitWords(t *testing.T, line string) []string {
	t.Helper()
	var words []string
	for _, m := range regexp.MustCompile(`'([^']*)'|"([^"]*)"|(\S+)`).FindAllStringSubmatch(line, -1) {
		words = append(words, m[1]+m[2]+m[3])
	}
	return words
}

// shape is output without its numbers. Those of an evaluation hang on the last
// digits of cosines, which differ from one kind of processor to another: draws go
// by them.
func shape(s string) string {
	s = regexp.MustCompile(`sha256:[0-9a-f]+`).ReplaceAllString(unvarying(s), "HASH")
	s = regexp.MustCompile(`[-−+]?[0-9][0-9,.]*`).ReplaceAllString(s, "N")
	return regexp.MustCompile(`[ -]+`).ReplaceAllString(s, " ")
}

// unvarying is output without what differs from run to run.
func unvarying(s string) string {
	for _, r := range []struct{ pattern, with string }{
		{`\d{8}T\d{6}Z-[0-9a-f]{6}`, "SNAPSHOT"},
		{`made in [0-9.msµ]+`, "made in TIME"},
		{`made [0-9]+s ago`, "made TIME ago"},
		{`at most [0-9,]+ MB`, "at most MEMORY"},
		{`(ok|failing)  +(\w+)  +[0-9TZ:-]+  +[0-9TZ:-]+  `, "$1 $2 TIMES "},     // of a source in status
		{`(?m)^(\d+  +)[0-9-]+T[0-9:]+Z  `, "$1 TIME  "},                         // of a change in history list
		{`(?m)^(\w+  +(?:viewer|editor|admin)  +)\d{4}-\d\d-\d\d  `, "$1 DAY  "}, // of a user in user list
		{`"ts":"[^"]*"`, `"ts":"TIME"`},
		{`"recommendation_id":"[^"]*"`, `"recommendation_id":"ID"`},
	} {
		s = regexp.MustCompile(r.pattern).ReplaceAllString(s, r.with)
	}
	return strings.TrimSpace(s)
}
