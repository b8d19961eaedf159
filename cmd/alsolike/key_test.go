package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data/sample"
)

// push sends a request with a key and returns the status and the body.
func (r *running) push(method, path, key, body string) (int, string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.base+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

// A CMS with a key pushes an article, which is in answers at once and still is
// after a restart; a revoked key pushes nothing.
func TestKeyPush(t *testing.T) {
	s := withSample(t)
	key := strings.TrimSpace(s.ok("key", "add", "the CMS"))
	if !strings.HasPrefix(key, "alsolike_") || strings.ContainsAny(key, " \n") {
		t.Fatalf("key add prints %q", key)
	}
	r := s.startServe()
	const path, related = "/v1/articles/en%2Fnew", "/v1/related?id=en/new"
	var body string
	for _, a := range sample.Articles() {
		if a.ID == "en/harbour-cranes" {
			body = `{"title":"New","lang":"en","body":"` + strings.NewReplacer("\"", "", "\n", " ").Replace(a.Body) + `"}`
		}
	}
	if status, answer := r.push("PUT", path, key, body); status != http.StatusCreated {
		t.Fatalf("PUT: %d %s", status, answer)
	}
	status, first := r.get(related)
	if status != http.StatusOK || !strings.Contains(first, `"article":{"id":"en/new","lang":"en","provisional":true}`) || !strings.Contains(first, `"position":1`) {
		t.Errorf("the list of a new article: %d %s", status, first)
	}
	if status, answer := r.get("/v1/status"); status != http.StatusOK || !strings.Contains(answer, `"provisional":1`) {
		t.Errorf("/v1/status: %d %s", status, answer)
	}
	r.stop()
	if err := <-r.done; err != nil {
		t.Fatal(err)
	}

	r = s.startServe()
	waitFor(t, "the server lives", func() bool { status, _ := r.get("/readyz"); return status == http.StatusOK })
	if _, again := r.get(related); again != first {
		t.Errorf("after a restart:\n%s, before:\n%s", again, first)
	}
	if out := s.ok("related", "en/new", "--json"); !strings.Contains(out, `"provisional": true`) {
		t.Errorf("alsolike related says %s", out)
	}
	if status, answer := r.push("DELETE", path, key, ""); status != http.StatusNoContent {
		t.Errorf("DELETE: %d %s", status, answer)
	}

	var keys []keyRow
	s.decode(&keys, "key", "list", "--json")
	if len(keys) != 1 || keys[0].Name != "the CMS" || keys[0].LastUsed == nil || keys[0].Revoked != nil || keys[0].Key != "" {
		t.Errorf("key list has %+v", keys)
	}
	if out := s.ok("key", "revoke", "1"); !strings.Contains(out, "revoked") {
		t.Errorf("key revoke says %q", out)
	}
	if status, answer := r.push("PUT", path, key, body); status != http.StatusUnauthorized || !strings.Contains(answer, "revoked") {
		t.Errorf("with a revoked key: %d %s", status, answer)
	}
	if out := s.ok("key", "list"); !strings.Contains(out, "revoked") || strings.Contains(out, key) {
		t.Errorf("key list says\n%s", out)
	}
}

func TestKeyRefuses(t *testing.T) {
	s := newShell(t)
	s.fails(1, []string{"data folder"}, "key", "list")
	s.fails(2, []string{"name is missing"}, "key", "add", " ")
	s.fails(2, []string{"articles:write"}, "key", "add", "a", "--scope", "all")
	s.fails(2, nil, "key", "add")
	var made keyRow
	s.decode(&made, "key", "add", "a", "--json") // a site may start with a key
	if made.ID != 1 || !strings.HasPrefix(made.Key, "alsolike_") {
		t.Errorf("got %+v", made)
	}
	s.fails(1, []string{"no key 7"}, "key", "revoke", "7")
	s.fails(2, []string{"number of a key"}, "key", "revoke", "a")
}
