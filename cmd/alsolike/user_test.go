package main

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// signIn sends name and password to the server and returns the status and the cookie
// of the session, if any.
func (r *running) signIn(name, password string) (status int, cookie string) {
	r.t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.PostForm(r.base+"/editor/sign-in", url.Values{"name": {name}, "password": {password}})
	if err != nil {
		r.t.Fatal(err)
	}
	resp.Body.Close()
	cookie, _, _ = strings.Cut(resp.Header.Get("Set-Cookie"), ";")
	return resp.StatusCode, cookie
}

// me is what /v1/editor/me says to whoever sends that header.
func (r *running) me(header, value string) (status int, body string) {
	r.t.Helper()
	return r.getAs(header, value, "/v1/editor/me")
}

// getAs is get by whoever sends that header.
func (r *running) getAs(header, value, path string) (status int, body string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.base+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set(header, value)
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

// An account that was made on the command line signs in to a running server; a
// change to it holds at once.
func TestUser(t *testing.T) {
	s := withSample(t)
	r := s.startServe()
	password := strings.TrimSpace(s.ok("user", "add", "Mei", "--role", "admin"))
	if status, _ := r.signIn("mei", password+"x"); status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong password: %d", status)
	}
	status, cookie := r.signIn("mei", password)
	if status != http.StatusSeeOther || cookie == "" {
		t.Fatalf("signing in: %d, %q", status, cookie)
	}
	if status, body := r.me("Cookie", cookie); status != http.StatusOK || !strings.Contains(body, `"name":"Mei","role":"admin"`) {
		t.Errorf("me: %d %s", status, body)
	}
	if out := s.ok("user", "role", "MEI", "viewer"); out != "Mei is viewer from now on.\n" {
		t.Errorf("user role prints %q", out)
	}
	if _, body := r.me("Cookie", cookie); !strings.Contains(body, `"role":"viewer"`) {
		t.Errorf("with another role: %s", body)
	}
	var rows []userRow
	s.decode(&rows, "user", "list", "--json")
	if len(rows) != 1 || rows[0].Name != "Mei" || rows[0].LastSeen == nil || rows[0].Password != "" {
		t.Errorf("user list has %+v", rows)
	}
	file := s.file("password.txt", "drei Kraniche am Kai\r\n")
	if out := s.ok("user", "passwd", "mei", "--password-file", file); out != "" {
		t.Errorf("user passwd prints %q, though the password is known", out)
	}
	if status, _ := r.me("Cookie", cookie); status != http.StatusUnauthorized {
		t.Errorf("the session goes on with a new password: %d", status)
	}
	status, cookie = r.signIn("mei", "drei Kraniche am Kai")
	if status != http.StatusSeeOther {
		t.Errorf("signing in with the new password: %d", status)
	}
	if out := s.ok("user", "remove", "mei"); !strings.Contains(out, "removed") {
		t.Errorf("user remove prints %q", out)
	}
	if status, _ := r.me("Cookie", cookie); status != http.StatusUnauthorized {
		t.Errorf("the session goes on without a user: %d", status)
	}

	key := strings.TrimSpace(s.ok("key", "add", "the dashboard", "--scope", "editor:read"))
	if status, body := r.me("Authorization", "Bearer "+key); status != http.StatusOK || !strings.Contains(body, `"name":"key the dashboard","role":"viewer"`) {
		t.Errorf("with a key: %d %s", status, body)
	}
	s.ok("key", "revoke", "1")
	if status, _ := r.me("Authorization", "Bearer "+key); status != http.StatusUnauthorized {
		t.Errorf("with a revoked key: %d", status)
	}
	r.stop()
	if err := <-r.done; err != nil {
		t.Fatal(err)
	}
}

func TestUserRefuses(t *testing.T) {
	s := newShell(t)
	s.fails(1, []string{"there is no data folder"}, "user", "list")
	s.fails(2, []string{"name holds ' '"}, "user", "add", "m ei")
	s.fails(2, []string{`role is "boss"; it may be viewer, editor, admin`}, "user", "add", "mei", "--role", "boss")
	s.fails(2, []string{"the password has 5 characters; at least 10 are needed"}, "user", "add", "mei", "--password-file", s.file("p", "short"))
	s.fails(2, []string{"cannot read the password from"}, "user", "add", "mei", "--password-file", s.data+"/none")
	s.ok("user", "add", "mei")
	s.fails(1, []string{"there is a user MEI already"}, "user", "add", "MEI")
	s.fails(2, []string{"the role is"}, "user", "role", "mei", "boss")
	for _, args := range [][]string{{"role", "ines", "admin"}, {"passwd", "ines"}, {"remove", "ines"}} {
		s.fails(1, []string{`there is no user "ines"; alsolike user list shows them all`}, append([]string{"user"}, args...)...)
	}
	s.fails(2, []string{`scope is "editor:admin"; it may be articles:write, editor:read, editor:write`}, "key", "add", "x", "--scope", "editor:admin")
}
