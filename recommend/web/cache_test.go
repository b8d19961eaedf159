package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
)

// getWith sends a GET with headers, each "Name: value".
func getWith(h http.Handler, target string, headers ...string) *httptest.ResponseRecorder {
	r, w := httptest.NewRequest(http.MethodGet, target, nil), httptest.NewRecorder()
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Add(name, value)
	}
	h.ServeHTTP(w, r)
	return w
}

// long is a shelf whose answers are worth compressing.
func long() *shelf {
	rec := newShelf()
	for i := range rec.cards {
		rec.cards[i].Title += strings.Repeat(" and what came of it", 40)
	}
	return rec
}

func TestRelatedMayBeKept(t *testing.T) {
	s := newServer(newShelf())
	first := get(s, "/v1/related?id=a1")
	tag := first.Header().Get("ETag")
	if len(tag) < 10 || tag[0] != '"' || tag[len(tag)-1] != '"' {
		t.Fatalf("ETag: got %s", tag)
	}
	check := func(res *httptest.ResponseRecorder, status int) {
		t.Helper()
		if res.Code != status {
			t.Errorf("got %d, want %d", res.Code, status)
		}
		for name, want := range map[string]string{
			"ETag": tag, "Vary": "Accept-Encoding",
			"Cache-Control": "public, max-age=30, s-maxage=30, stale-if-error=86400",
		} {
			if got := res.Header().Values(name); !slices.Equal(got, []string{want}) {
				t.Errorf("%d: %s: got %q, want %q", status, name, got, want)
			}
		}
		if status == http.StatusNotModified && (res.Body.Len() > 0 || res.Header().Get("Content-Type") != "") {
			t.Errorf("304 with a body: %q", res.Body)
		}
	}
	check(first, 200)
	check(get(s, "/v1/related?limit=5&id=a1"), 200) // the same list has the same tag
	check(getWith(s, "/v1/related?id=a1", "If-None-Match: "+tag), 304)
	check(getWith(s, "/v1/related?id=a1", `If-None-Match: "other", W/`+tag), 304)
	check(getWith(s, "/v1/related?id=a1", `If-None-Match: "other"`, "If-None-Match: "+tag), 304)
	check(getWith(s, "/v1/related?id=a1", "If-None-Match: *"), 304)
	check(getWith(s, "/v1/related?id=a1", `If-None-Match: "other"`), 200)
	if got := get(s, "/v1/related?id=a1&limit=1").Header().Get("ETag"); got == tag {
		t.Error("another list has the same tag")
	}
	if head := do(s, http.MethodHead, "/v1/related?id=a1"); head.Header().Get("ETag") != tag || head.Header().Get("Content-Length") != first.Header().Get("Content-Length") {
		t.Errorf("HEAD: got %v", head.Header())
	}
}

// A new snapshot, an article taken down, and a title that was mended each change
// the tag with the next request.
func TestTagFollowsTheList(t *testing.T) {
	rec := newShelf()
	s := newServer(rec)
	before := get(s, "/v1/related?id=a1").Header().Get("ETag")
	changed := func(what string) {
		t.Helper()
		res := getWith(s, "/v1/related?id=a1", "If-None-Match: "+before)
		if tag := res.Header().Get("ETag"); res.Code != http.StatusOK || tag == before {
			t.Errorf("%s: got %d with %s, as before", what, res.Code, tag)
		} else {
			before = tag
		}
	}
	rec.cards[1].Title = "Ships"
	changed("title")
	rec.cards = slices.DeleteFunc(rec.cards, func(c data.Card) bool { return c.ID == "a2" })
	changed("article")
	rec.snapshot = "20261124T200000Z-7f3a9c"
	changed("snapshot")
}

func TestErrorsAreNotKept(t *testing.T) {
	s := newServer(newShelf())
	for _, target := range []string{"/v1/related?id=a1&limit=0", "/v1/related?id=nobody", "/v1/nothing", "/v1/status"} {
		h := get(s, target).Header()
		if got := h.Get("Cache-Control"); got != "no-store" || h.Get("ETag") != "" {
			t.Errorf("%s: Cache-Control %q, ETag %q", target, got, h.Get("ETag"))
		}
	}
}

// Answers are compressed for those who say that they can read it, and then have
// a tag of their own, for they are other bytes.
func TestGzip(t *testing.T) {
	s := newServer(long())
	plain := get(s, "/v1/related?id=a1")
	for _, accepts := range []string{"gzip", "br, gzip;q=0.8", "GZIP", "deflate,gzip ; q=1.0"} {
		res := getWith(s, "/v1/related?id=a1", "Accept-Encoding: "+accepts)
		if got := res.Header().Get("Content-Encoding"); got != "gzip" {
			t.Errorf("%s: Content-Encoding %q", accepts, got)
			continue
		}
		if tag := res.Header().Get("ETag"); tag == plain.Header().Get("ETag") {
			t.Errorf("two encodings have the tag %s", tag)
		} else if again := getWith(s, "/v1/related?id=a1", "Accept-Encoding: gzip", "If-None-Match: "+tag); again.Code != 304 || again.Header().Get("Content-Encoding") != "" {
			t.Errorf("asked for %s again: %d %v", tag, again.Code, again.Header())
		}
		if got := res.Header().Get("Content-Length"); got != strconv.Itoa(res.Body.Len()) || res.Body.Len() > plain.Body.Len()/2 {
			t.Errorf("Content-Length %s of %d bytes, %d plain", got, res.Body.Len(), plain.Body.Len())
		}
		z, err := gzip.NewReader(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(z); err != nil || string(body) != plain.Body.String() {
			t.Errorf("%s: %v, or another body", accepts, err)
		}
	}
	for _, accepts := range []string{"", "br", "gzip;q=0", "gzip; q=0.0", "gzipped", "identity"} {
		res := getWith(s, "/v1/related?id=a1", "Accept-Encoding: "+accepts)
		if res.Header().Get("Content-Encoding") != "" || res.Header().Get("ETag") != plain.Header().Get("ETag") || res.Body.String() != plain.Body.String() {
			t.Errorf("%q: got %v", accepts, res.Header())
		}
		if res.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: Vary %q", accepts, res.Header().Get("Vary"))
		}
	}
	if short := getWith(newServer(newShelf()), "/v1/related?id=a1", "Accept-Encoding: gzip"); short.Header().Get("Content-Encoding") != "" {
		t.Errorf("%d bytes were compressed", short.Body.Len())
	}
}
