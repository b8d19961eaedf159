package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/recommend/web/browsertest"
)

// A stranger has a folder of static pages on a server of his own, and nothing of ours
// on them but the tag of the README. His pages get their links, and what a reader does
// with them is in the event log.
func TestStranger(t *testing.T) {
	browser := browsertest.Find(t)
	t.Run("lists as they are ranked", func(t *testing.T) { testStranger(t, browser, "A") })
	t.Run("lists drawn at random", func(t *testing.T) { testStranger(t, browser, "X", "ALSOLIKE_EXPLORE_SHARE=1") })
}

// testStranger is TestStranger with further settings, by which the log names the lists
// a variant.
func testStranger(t *testing.T, browser, variant string, environ ...string) {
	folder := t.TempDir()
	site := httptest.NewServer(http.FileServer(http.Dir(folder)))
	defer site.Close()
	var articles []data.Article
	for _, a := range sample.Articles() {
		if a.Lang == "en" {
			a.URL = site.URL + strings.TrimPrefix(a.URL, "/en") + ".html"
			a.Image = data.Image{}
			articles = append(articles, a)
		}
	}

	s := newShell(t)
	s.environ = append(environ, "ALSOLIKE_CORS_ORIGINS="+site.URL)
	s.ok("import", s.file("articles.jsonl", jsonLines(articles)))
	s.ok("refresh")
	server := s.startServe()
	waitFor(t, "the server lives", func() bool { status, _ := server.get("/readyz"); return status == http.StatusOK })

	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	tag := regexp.MustCompile("(?s)## On your pages.*?```html\n(.*?)\n```").FindSubmatch(readme)
	if tag == nil {
		t.Fatal("the README shows no tag")
	}
	page := template.Must(template.New("").Parse("<!doctype html>\n<html lang=en><meta charset=utf-8><title>{{.Title}}</title><h1>{{.Title}}</h1>\n" +
		strings.ReplaceAll(string(tag[1]), "https://links.example.org", server.base) + "\n"))
	for _, a := range articles {
		f, err := os.Create(filepath.Join(folder, filepath.Base(a.URL)))
		if err == nil {
			err = page.Execute(f, a)
		}
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}

	// The browser calls itself one, as headless ones do not.
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserAgent("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"))
	allocator, cancelAllocator := chromedp.NewExecAllocator(t.Context(), opts...)
	defer cancelAllocator()
	ctx, cancel := chromedp.NewContext(allocator)
	defer cancel()

	link := chromedp.CSS(".alsolike li:nth-child(2) a")
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(site.URL+"/harbour-cranes.html"), chromedp.WaitVisible(link)); err != nil {
		t.Fatal(err)
	}
	n, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.querySelectorAll(".alsolike li a").length`))
	if err != nil || n != 5 {
		t.Fatalf("the page has %d links (%v)", n, err)
	}
	accepted := func() (n int) {
		_, body := server.get("/v1/status")
		var status struct {
			Events struct {
				Accepted int
				Refused  map[string]int
			}
		}
		if err := json.Unmarshal([]byte(body), &status); err != nil || len(status.Events.Refused) > 0 {
			t.Fatalf("the server says %s (%v)", body, err)
		}
		return status.Events.Accepted
	}
	waitFor(t, "the page, the list and its cards are told", func() bool { return accepted() == 3 })
	if resp, err := chromedp.RunResponse(ctx, chromedp.Click(link)); err != nil || resp.Status != http.StatusOK {
		t.Fatalf("the link led to %v (%v)", resp, err)
	}
	waitFor(t, "the click, and the same of the next page, are told", func() bool { return accepted() == 7 })
	cancel()
	server.stop()
	if err := <-server.done; err != nil {
		t.Fatal(err)
	}

	type event struct {
		T, ID, Src, Var, Imp, Item, Page, From string
		Pos                                    any
		Items                                  []struct{ ID string }
	}
	var log []event
	for lines := bufio.NewScanner(strings.NewReader(s.ok("export", "events"))); lines.Scan(); {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		log = append(log, e)
	}
	kinds := ""
	for _, e := range log {
		kinds += e.T + " "
	}
	if kinds != "pv imp view clk pv imp view " {
		t.Fatalf("the log holds %s", kinds)
	}
	shown, clicked, next := log[1], log[3], log[4]
	if shown.Src != "en/harbour-cranes" || shown.Var != variant || len(shown.Items) != 5 || fmt.Sprint(log[2].Pos) != "[1 2 3 4 5]" {
		t.Errorf("the list was told as %+v, %+v", shown, log[2])
	}
	if clicked.Imp != shown.ID || clicked.Item != shown.Items[1].ID || clicked.Pos != 2.0 {
		t.Errorf("the click was told as %+v", clicked)
	}
	if next.Page != clicked.Item || next.From != "en/harbour-cranes" {
		t.Errorf("the next page was told as %+v", next)
	}
	s.ok("eval", "check", filepath.Join(s.data, eventFolder))
}
