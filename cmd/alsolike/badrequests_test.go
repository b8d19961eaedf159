package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// A badRequest is one that must be refused, and how.
type badRequest struct {
	method, target string
	contentType    string
	body           string
	status         int
	parameter      string // that the problem names; "": none is at fault
}

// refused sends r and checks the answer.
func (r *running) refused(t *testing.T, bad badRequest) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), bad.method, r.base+bad.target, strings.NewReader(bad.body))
	if err != nil {
		t.Fatal(err)
	}
	if bad.contentType != "" {
		req.Header.Set("Content-Type", bad.contentType)
	}
	what := fmt.Sprintf("%s %.80s %.60q", bad.method, bad.target, bad.body)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
	if kind := resp.Header.Get("Content-Type"); resp.StatusCode != bad.status || kind != "application/problem+json" || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: got %s, %s, Cache-Control %q, want %d: %s", what, resp.Status, kind, resp.Header.Get("Cache-Control"), bad.status, body)
		return
	}
	checkProblemText(t, what, body, bad.status, bad.parameter)
	if bad.status == http.StatusMethodNotAllowed && resp.Header.Get("Allow") == "" {
		t.Errorf("%s: no Allow", what)
	}
}

func checkProblemText(t *testing.T, what string, text []byte, status int, parameter string) {
	t.Helper()
	var p struct {
		Type, Title, Detail, Instance, Parameter string
		Status                                   int
	}
	if err := json.Unmarshal(text, &p); err != nil {
		t.Errorf("%s: %v: %s", what, err, text)
		return
	}
	if p.Status != status || p.Title != http.StatusText(status) || p.Parameter != parameter || p.Instance == "" || !strings.Contains(p.Detail, parameter) || p.Detail == "" {
		t.Errorf("%s: got %+v, want %d about %q", what, p, status, parameter)
	}
	if len(p.Detail) > 500 {
		t.Errorf("%s: a detail of %d bytes", what, len(p.Detail))
	}
}

// wrongLines are no value of any parameter that is a line of text.
var wrongLines = []string{"", strings.Repeat("x", 4096), "\x00", "a\nb", "\r", "\t", "a\x7f", "\xff", "\xc3(", "\u0085"}

// wrongValues are ten values of each parameter of a list that make no sense.
var wrongValues = map[string][]string{
	"id": wrongLines, "url": wrongLines, "from": wrongLines, "exclude": wrongLines, "placement": wrongLines,
	"section": wrongLines, "not_section": wrongLines, "tag": wrongLines, "not_tag": wrongLines,
	"limit":     {"", "0", "51", "-1", "1.5", "five", "1e1", "0x5", " 5", "99999999999999999999"},
	"threshold": {"", "-1", "101", "50%", "0.5", "NaN", "Inf", "high", "1e1", "9999999999999999999999"},
	"lang":      {"", ",", "en,", ",en", "any,en", "english", "e", "12", "en gb", "\x00"},
	"since":     {"", "90", "0d", "-1d", "10000d", "90y", "yesterday", "2026-13-01", "2026-02-30", "d"},
	"fallback":  {"", "all", "sections", "LATEST", "none,latest", "true", "0", "popular ", "\x00", "fallback:latest"},
	"explain":   {"", "2", "true", "yes", "on", "-1", "10", "1.0", "no", "\x00"},
}

// listTarget asks path for a list with one more parameter.
func listTarget(path, name, value string) string {
	values := url.Values{name: {value}}
	if name != "id" && name != "url" {
		values.Set("id", "en/harbour-cranes")
	}
	return path + "?" + values.Encode()
}

// Whatever is wrong with a request, its sender is told, and nobody else notices.
func TestBadRequests(t *testing.T) {
	s := withSample(t)
	r := s.startServe()
	const good = "/v1/related?url=/en/harbour-cranes"
	r.related(good)

	// Somebody reads all the while, and slow clients hold connections.
	_, want := r.get(good)
	stop, read := make(chan struct{}), 0
	var readers sync.WaitGroup
	readers.Go(func() {
		for ; ; read++ {
			select {
			case <-stop:
				if read >= 10 {
					return
				}
			default:
			}
			resp, err := http.Get(r.base + good)
			if err != nil {
				t.Errorf("a reader meanwhile: %v", err)
				return
			}
			got, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil || resp.StatusCode != http.StatusOK || string(got) != want {
				t.Errorf("a reader meanwhile: %s, %v: %s", resp.Status, err, got)
				return
			}
			time.Sleep(time.Millisecond)
		}
	})
	var slow []net.Conn
	for range 200 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(r.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		slow = append(slow, conn)
		if _, err := io.WriteString(conn, "GET "+good+" HTTP/1.1\r\nHost: localhost\r\nX-Slow: "); err != nil {
			t.Fatal(err)
		}
	}

	t.Run("values", func(t *testing.T) {
		for name, values := range wrongValues {
			if len(values) < 10 {
				t.Errorf("%s: %d values", name, len(values))
			}
			for _, value := range values {
				for _, path := range []string{"/v1/related", "/v1/fragment"} {
					r.refused(t, badRequest{"GET", listTarget(path, name, value), "", "", 400, name})
				}
			}
		}
	})
	t.Run("values of a batch", func(t *testing.T) { r.refusedInBatch(t) })
	t.Run("parameters", func(t *testing.T) {
		for _, path := range []string{"/v1/related", "/v1/fragment"} {
			for _, bad := range []struct{ query, parameter string }{
				{"", "id"},
				{"id=a&id=b", "id"},
				{"id=a&url=/b", "url"},
				{"id=a&limit=1&limit=2", "limit"},
				{"id=a&lmit=5", "lmit"},
				{"id=a&ID=b", "ID"},
				{"id=a&%00=1", "\x00"},
				{"id=a&=1", "query"},
				{"id=%zz", "query"},
				{"id=a;limit=5", "query"},
				{"id=a&placement=nowhere", "placement"},
				{"id=a" + strings.Repeat("&exclude=b", 201), "exclude"},
				{"id=a" + strings.Repeat("&tag=b", 21), "tag"},
			} {
				r.refused(t, badRequest{"GET", path + "?" + bad.query, "", "", 400, bad.parameter})
			}
			r.refused(t, badRequest{"GET", path + "?id=nobody", "", "", 404, ""})
			r.refused(t, badRequest{"GET", path + "?url=/nowhere", "", "", 404, ""})
		}
		for _, path := range []string{"/v1/status", "/v1/related/batch", "/v1/events"} {
			method := "GET"
			if path != "/v1/status" {
				method = "POST"
			}
			r.refused(t, badRequest{method, path + "?verbose=1", "application/json", "{}", 400, "verbose"})
		}
	})
	t.Run("methods", func(t *testing.T) {
		for path, allowed := range map[string]string{
			"/v1/related?id=a": "GET HEAD", "/v1/fragment?id=a": "GET HEAD", "/v1/status": "GET HEAD", "/healthz": "GET HEAD", "/readyz": "GET HEAD",
			"/metrics": "GET HEAD", "/widget.js": "GET HEAD", "/widget.css": "GET HEAD", "/openapi.json": "GET HEAD", "/docs": "GET HEAD", "/v1/related/batch": "POST", "/v1/events": "POST", "/v1/articles": "POST",
			"/v1/articles/a": "PUT DELETE",
		} {
			for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW", "get"} {
				if !strings.Contains(allowed, method) {
					r.refused(t, badRequest{method, path, "application/json", "{}", 405, ""})
				}
			}
		}
		for _, path := range []string{"/", "/v1", "/v1/", "/v1/related/", "/v2/related", "/v1/Related", "/.env", "/v1/related/../../etc/passwd", "/%00"} {
			r.refused(t, badRequest{"GET", path, "", "", 404, ""})
		}
	})
	t.Run("bodies", func(t *testing.T) {
		const batch, events = "/v1/related/batch", "/v1/events"
		for _, body := range []string{"", "{", "[]", "null", `{"queries":`, `{'queries':[]}`, "\xff\xfe", `{"queries":[]} {}`, strings.Repeat("[", 10_000), "id=a"} {
			r.refused(t, badRequest{"POST", batch, "application/json", body, 400, "body"})
		}
		for _, body := range []string{"", "{", `"text"`, "17", `{"events":`, `{'events':[]}`, "\xff\xfe", `{"events":[]} {}`, strings.Repeat("[", 10_000), "t=imp"} {
			r.refused(t, badRequest{"POST", events, "text/plain", body, 400, "body"})
		}
		for _, body := range []string{`{"queries":[]}`, `{"queries":{}}`, `{"queries":17}`, `{"queries":[` + strings.Repeat(`{"id":"a"},`, 50) + `{"id":"a"}]}`} {
			r.refused(t, badRequest{"POST", batch, "application/json", body, 400, "queries"})
		}
		r.refused(t, badRequest{"POST", batch, "application/json", `{"queries":[{"id":"a"}],"dedupe":"yes"}`, 400, "dedupe"})
		r.refused(t, badRequest{"POST", batch, "application/json", `{"queries":[{"id":"a"}],"dedup":true}`, 400, "dedup"})
		for _, body := range []string{`{"events":[]}`, `{"events":[` + strings.Repeat(`{},`, 100) + `{}]}`} {
			r.refused(t, badRequest{"POST", events, "text/plain", body, 400, "events"})
		}
		for _, path := range []string{batch, events} {
			for _, kind := range []string{"text/html", "application/x-www-form-urlencoded", "multipart/form-data", "image/png", "application/xml", "json", "/", "text/plain; charset=\"", "application/json+x", "*/*"} {
				r.refused(t, badRequest{"POST", path, kind, "{}", 415, ""})
			}
			r.refused(t, badRequest{"POST", path, "application/json", strings.Repeat(" ", 65<<10), 413, ""})
		}
		r.refused(t, badRequest{"PUT", "/v1/articles/a", "application/json", "{}", 401, ""})
	})
	close(stop)
	readers.Wait()
	for _, conn := range slow {
		conn.Close()
	}
	r.stop()
	if err := <-r.done; err != nil {
		t.Error(err)
	}
	if r.stderr.Len() > 0 {
		t.Errorf("the log holds\n%s", r.stderr)
	}
}

// refusedInBatch asks for all wrong values at once, beside a good one, which has its list.
func (r *running) refusedInBatch(t *testing.T) {
	t.Helper()
	for name, values := range wrongValues {
		queries := []any{map[string]any{"id": "en/harbour-cranes"}}
		for _, value := range values {
			query := map[string]any{"id": "en/harbour-cranes", name: value}
			if name == "url" {
				delete(query, "id")
			}
			queries = append(queries, query)
		}
		body, err := json.Marshal(map[string]any{"queries": queries})
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.Post(r.base+"/v1/related/batch", "application/json", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		var answer struct{ Lists []json.RawMessage }
		err = json.NewDecoder(resp.Body).Decode(&answer)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || len(answer.Lists) != len(queries) {
			t.Fatalf("%s: %s, %v, %d lists", name, resp.Status, err, len(answer.Lists))
		}
		if !bytes.Contains(answer.Lists[0], []byte(`"position":1`)) {
			t.Errorf("%s: the good query has no list: %s", name, answer.Lists[0])
		}
		for i, text := range answer.Lists[1:] {
			if values[i] == "\xff" || values[i] == "\xc3(" {
				continue // JSON cannot say it
			}
			checkProblemText(t, fmt.Sprintf("%s %.20q", name, values[i]), text, http.StatusBadRequest, name)
		}
	}
}
