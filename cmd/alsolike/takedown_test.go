package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sample"
)

// An asking is a way to ask for a list in which an article may stand.
type asking struct {
	method, target, body string
	plain                bool // as it is, not compressed
}

// askings are the ways to ask for lists of an article.
func askings(id data.ArticleID) []asking {
	all := []asking{{"POST", "/v1/related/batch", fmt.Sprintf(`{"queries":[{"id":%q,"limit":50},{"id":%[1]q,"lang":"any","fallback":"latest","limit":50}]}`, id), false}}
	for _, more := range []string{
		"", "&limit=50", "&lang=any&limit=50", "&limit=50&fallback=section", "&limit=50&fallback=latest", "&threshold=100&limit=50&fallback=section",
		"&limit=50&section=Economy", "&limit=50&since=2000-01-01", "&limit=50&explain=1",
	} {
		query := "?id=" + string(id) + more
		all = append(all, asking{"GET", "/v1/related" + query, "", false}, asking{"GET", "/v1/related" + query, "", true}, asking{"GET", "/v1/fragment" + query, "", false})
	}
	return all
}

// ask sends an asking whose sender has the answer of that tag, if it is not empty.
func (r *running) ask(ctx context.Context, a asking, known string) (status int, tag, body string, err error) {
	req, err := http.NewRequestWithContext(ctx, a.method, r.base+a.target, strings.NewReader(a.body))
	if err != nil {
		return 0, "", "", err
	}
	if known != "" {
		req.Header.Set("If-None-Match", known)
	}
	if a.plain { // otherwise the client asks for gzip and unpacks it
		req.Header.Set("Accept-Encoding", "identity")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header.Get("ETag"), string(text), err
}

// shows reports whether an answer holds a link to that URL.
func shows(body, url string) bool {
	return strings.Contains(body, `"url":"`+url+`"`) || strings.Contains(body, `href="`+url+`"`)
}

// What is taken down is in no answer that is asked for afterwards, whatever the
// asker has kept, and however busy the server is.
func TestTakeDown(t *testing.T) {
	const reader, victim, url = "en/harbour-cranes", "en/ships-at-anchor", "/en/ships-at-anchor"
	s := withSample(t)
	key := strings.TrimSpace(s.ok("key", "add", "cms"))
	r := s.startServe()
	push := func(method, body string) {
		t.Helper()
		req, err := http.NewRequest(method, r.base+"/v1/articles/"+victim, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+key)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode/100 != 2 {
			t.Fatalf("%s: %s", method, resp.Status)
		}
	}
	all := askings(reader)
	tags := make([]string, len(all))
	check := func(when string, want bool) {
		t.Helper()
		for i, a := range all {
			status, tag, body, err := r.ask(t.Context(), a, tags[i])
			if err != nil || status != http.StatusOK || shows(body, url) != want {
				t.Errorf("%s: %s %s: %d, %v; shows it: %v, want %v", when, a.method, a.target, status, err, shows(body, url), want)
			}
			if a.method == "GET" && (tag == "" || tag == tags[i]) {
				t.Errorf("%s: %s: the tag is %q as before", when, a.target, tag)
			}
			tags[i] = tag
		}
	}
	check("at first", true)
	for i, a := range all {
		if status, _, _, err := r.ask(t.Context(), a, tags[i]); a.method == "GET" && (err != nil || status != http.StatusNotModified) {
			t.Errorf("nothing has changed: %s: %d, %v", a.target, status, err)
		}
	}

	// Readers ask all the while: what they ask for after the article is gone does
	// not show it.
	var changes, asked atomic.Int64 // after an odd number of changes it is gone
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for n := range 4 {
		readers.Go(func() {
			for i := n; ctx.Err() == nil; i++ {
				a, before := all[i%len(all)], changes.Load()
				_, _, body, err := r.ask(ctx, a, "")
				if ctx.Err() != nil {
					return
				}
				if err != nil || before%2 == 1 && changes.Load() == before && shows(body, url) {
					t.Errorf("a reader afterwards: %s: %v, shows it", a.target, err)
					return
				}
				asked.Add(1)
			}
		})
	}
	article := jsonLines([]data.Article{find(t, victim)})
	for range 10 {
		push(http.MethodDelete, "")
		changes.Add(1)
		check("taken down", false)
		status, _, body, err := r.ask(t.Context(), asking{"GET", "/v1/related?id=" + victim, "", true}, "")
		if err != nil || status != http.StatusOK || !strings.Contains(body, `"items":[]`) {
			t.Errorf("its own list: %d, %v: %s", status, err, body)
		}
		changes.Add(1)
		push(http.MethodPut, article)
		check("back again", true)
	}
	stop()
	readers.Wait()
	if asked.Load() == 0 {
		t.Error("no reader asked")
	}

	// An editor hides it: another process does, so it takes a moment; but then it is
	// gone from all answers at once.
	s.ok("override", "add", "--article", reader, "--target", victim, "--action", "hide")
	waitFor(t, "it is hidden", func() bool { _, body := r.get(all[1].target); return !shows(body, url) })
	check("hidden", false)
	s.ok("override", "remove", "1")
	waitFor(t, "it is shown", func() bool { _, body := r.get(all[1].target); return shows(body, url) })
	check("shown again", true)

	push(http.MethodDelete, "")
	s.ok("refresh")
	fresh := s.published()
	waitFor(t, "the new snapshot is in service", func() bool { return r.related(all[1].target).Snapshot == fresh })
	check("in a new snapshot", false)
}

// find is an article of the sample.
func find(t *testing.T, id data.ArticleID) data.Article {
	t.Helper()
	for _, a := range sample.Articles() {
		if a.ID == id {
			return a
		}
	}
	t.Fatalf("no article %s", id)
	return data.Article{}
}
