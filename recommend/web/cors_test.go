package web

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

func TestParseOrigins(t *testing.T) {
	for list, want := range map[string][]string{
		"*":                   {"*"},
		"https://example.org": {"https://example.org"},
		"HTTPS://WWW.Example.org/, http://localhost:8081": {"https://www.example.org", "http://localhost:8081"},
		"https://example.org:443,http://example.org:80":   {"https://example.org", "http://example.org"},
		"https://example.org:80,http://[::1]:80":          {"https://example.org:80", "http://[::1]"},
	} {
		if got, err := ParseOrigins(list); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: got %q, %v, want %q", list, got, err, want)
		}
	}
	for _, list := range []string{
		"", ",", "example.org", "//example.org", "ftp://example.org", "https://", "https://*.example.org", "null",
		"https://example.org/news", "https://example.org?a=b", "https://example.org#a", "https://user@example.org", "https://example.org, *",
	} {
		if got, err := ParseOrigins(list); err == nil {
			t.Errorf("%q: got %q, want an error", list, got)
		}
	}
}

// Origins are what a browser sends, so reading them again changes nothing.
func FuzzParseOrigins(f *testing.F) {
	f.Add("https://example.org, http://[::1]:80")
	f.Add("HTTPS://WWW.Example.org:443/")
	f.Add("https://exa%6dple.org:")
	f.Fuzz(func(t *testing.T, list string) {
		origins, err := ParseOrigins(list)
		if err != nil {
			return
		}
		again, err := ParseOrigins(strings.Join(origins, ","))
		if err != nil || !slices.Equal(again, origins) {
			t.Errorf("%q is %q, and again %q, %v", list, origins, again, err)
		}
		for _, origin := range origins {
			if origin != AnyOrigin && (strings.Count(origin, "/") != 2 || strings.ContainsAny(origin, "*@?# ")) {
				t.Errorf("%q: %q is no origin", list, origin)
			}
		}
	})
}

// askWith sends a request with headers, given as name, value, name, value.
func askWith(h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for pair := range slices.Chunk(headers, 2) {
		r.Header.Set(pair[0], pair[1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestCORS(t *testing.T) {
	const site, stranger = "https://example.org", "https://stranger.example"
	closed, listed, open := New(Config{Recommender: newShelf()}), New(Config{Recommender: newShelf(), Origins: []string{site}}), New(Config{Recommender: newShelf(), Origins: []string{AnyOrigin}})
	for _, tc := range []struct {
		name, target, origin string
		s                    *Server
		allow, vary          string
	}{
		{"nobody is allowed", "/v1/related?id=a1", site, closed, "", ""},
		{"listed", "/v1/related?id=a1", site, listed, site, "Origin"},
		{"not listed", "/v1/related?id=a1", stranger, listed, "", "Origin"},
		{"no page", "/v1/related?id=a1", "", listed, "", "Origin"}, // a cache must not keep this for pages
		{"a file", "/v1/related?id=a1", "null", listed, "", "Origin"},
		{"any", "/v1/related?id=a1", stranger, open, "*", ""},
		{"any, no page", "/v1/related?id=a1", "", open, "*", ""},
		{"for operators", "/v1/status", site, listed, "", ""},
		{"for operators, any", "/v1/status", site, open, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var headers []string
			if tc.origin != "" {
				headers = []string{"Origin", tc.origin}
			}
			got := askWith(tc.s, http.MethodGet, tc.target, headers...)
			if got.Code != http.StatusOK {
				t.Errorf("got %d: %s", got.Code, got.Body)
			}
			if allow := got.Header().Get("Access-Control-Allow-Origin"); allow != tc.allow {
				t.Errorf("allowed: got %q, want %q", allow, tc.allow)
			}
			if vary := got.Header().Values("Vary"); slices.Contains(vary, "Origin") != (tc.vary != "") {
				t.Errorf("Vary: got %q, want it to hold %q", vary, tc.vary)
			}
			if got.Header().Get("Access-Control-Allow-Credentials") != "" {
				t.Error("credentials are allowed")
			}
		})
	}

	// A page must be able to read what is wrong.
	wrong := askWith(listed, http.MethodGet, "/v1/related?limit=0", "Origin", site)
	if checkProblem(t, wrong, http.StatusBadRequest); wrong.Header().Get("Access-Control-Allow-Origin") != site {
		t.Error("the page may not read the problem")
	}
}

func TestCORSPreflight(t *testing.T) {
	const site = "https://example.org"
	s := New(Config{Recommender: newShelf(), Origins: []string{site}})
	preflight := func(s *Server, path, origin string) *httptest.ResponseRecorder {
		return askWith(s, http.MethodOptions, path, "Origin", origin, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type")
	}
	for _, path := range []string{"/v1/related", "/v1/related/batch", "/v1/events"} {
		got := preflight(s, path, site)
		if got.Code != http.StatusNoContent || got.Body.Len() > 0 {
			t.Errorf("%s: got %d: %s", path, got.Code, got.Body)
		}
		for name, want := range map[string]string{"Allow-Origin": site, "Allow-Methods": "POST", "Allow-Headers": "Content-Type", "Max-Age": "7200"} {
			if value := got.Header().Get("Access-Control-" + name); !strings.Contains(value, want) {
				t.Errorf("%s: %s: got %q, want %q", path, name, value, want)
			}
		}
	}
	p := checkProblem(t, preflight(s, "/v1/related", "https://stranger.example"), http.StatusForbidden)
	for _, want := range []string{"https://stranger.example", "cors.origins"} {
		if !strings.Contains(p.Detail, want) {
			t.Errorf("detail %q does not name %s", p.Detail, want)
		}
	}
	for name, got := range map[string]*httptest.ResponseRecorder{
		"a path for operators": preflight(s, "/v1/status", site),
		"nobody is allowed":    preflight(newServer(newShelf()), "/v1/related", site),
		"no preflight":         askWith(s, http.MethodOptions, "/v1/related", "Origin", site),
	} {
		if methods := got.Header().Get("Access-Control-Allow-Methods"); methods != "" {
			t.Errorf("%s: %q are allowed", name, methods)
		}
	}
}
