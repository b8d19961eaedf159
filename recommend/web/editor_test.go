package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/data/evaluation"
	"github.com/alsolike/alsolike/data/sqlite"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

// openRoutes are those of the editors' side that need nobody to have signed in.
var openRoutes = []string{"GET /editor/sign-in", "HEAD /editor/sign-in", "POST /editor/sign-in", "POST /editor/language"}

// adminRoutes begin the addresses that are for admins alone.
var adminRoutes = []string{"/editor/settings/users", "/editor/settings/keys", "/v1/editor/users", "/v1/editor/keys"}

// leastRole is who may use a route. A route that changes something is at least for
// editors, but for what everybody does to his own account.
func leastRole(method, path string) account.Role {
	own := []string{"/editor/sign-out", "/editor/settings/password", "/editor/settings/sessions"}
	switch {
	case slices.ContainsFunc(adminRoutes, func(prefix string) bool { return strings.HasPrefix(path, prefix) }):
		return account.Admin
	case method == http.MethodGet || method == http.MethodHead || slices.Contains(own, path):
		return account.Viewer
	}
	return account.Editor
}

// newEditorStore is a store with a user of each role, named after it.
func newEditorStore(t *testing.T) *sqlite.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "alsolike.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	hash, err := account.Hasher{Memory: 64, Passes: 1}.Hash("correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range account.Roles {
		if _, err := store.AddUser(t.Context(), account.User{Name: string(role), Role: role}, hash); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

// newEditorServer is a server with a session of a user of each role and a key of each
// scope.
func newEditorServer(t *testing.T, limits Limits) (s *Server, sessions map[account.Role]string, keys map[data.Scope]string) {
	t.Helper()
	store := newEditorStore(t)
	addArticles(t, store)
	sessions, keys = map[account.Role]string{}, map[data.Scope]string{}
	var err error
	for _, role := range account.Roles {
		if sessions[role], err = store.StartSession(t.Context(), string(role), ""); err != nil {
			t.Fatal(err)
		}
	}
	for _, scope := range data.Scopes {
		if _, keys[scope], err = store.AddKey(t.Context(), string(scope), scope); err != nil {
			t.Fatal(err)
		}
	}
	return New(Config{
		Recommender: newShelf(), Editor: newEditorConfig(t, store), Log: slog.New(slog.DiscardHandler), Limits: limits,
		Proxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, // httptest asks from there
	}), sessions, keys
}

// newEditorConfig is the whole of the editors' side.
func newEditorConfig(t *testing.T, store *sqlite.Store) *editor.Config {
	t.Helper()
	dir, err := snapshot.OpenDir(filepath.Join(t.TempDir(), "snapshots"))
	if err != nil {
		t.Fatal(err)
	}
	return &editor.Config{
		Evaluations: evaluation.Open(filepath.Join(t.TempDir(), evaluation.Folder)),

		Changes:  &editor.Changes{Snapshots: dir, Lock: func() (func(), error) { return func() {}, nil }},
		Accounts: store, Keys: store, Overrides: store, Rules: store, History: store, Hasher: account.Hasher{Memory: 64, Passes: 1},
		Links:    newEditorLinks(t, store, true),
		Settings: []editor.Setting{{Name: "list.threshold", Value: "73", Default: "0", Effect: "lowest score, 0 to 100, that a link may have"}},
	}
}

// csrfOf is what requests of a session have to bring along.
func csrfOf(s *Server, session string) string {
	r := httptest.NewRequest(http.MethodGet, "/v1/editor/me", nil)
	r.AddCookie(&http.Cookie{Name: "alsolike", Value: session})
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	_, rest, _ := strings.Cut(w.Body.String(), `"csrf":"`)
	csrf, _, _ := strings.Cut(rest, `"`)
	return csrf
}

// askEditors asks for everything under /v1/editor that the contract has.
func askEditors(c *contract) {
	t := c.t
	s, sessions, _ := newEditorServer(t, Limits{})
	slow, slowSessions, _ := newEditorServer(t, Limits{PerAddress: .001})
	csrf := csrfOf(s, sessions[account.Admin])
	request := func(method, target string, role account.Role) *http.Request {
		r := httptest.NewRequest(method, target, nil)
		r.Header.Set("Content-Type", "application/json")
		if role != "" {
			r.Header.Set("Cookie", "alsolike="+sessions[role])
			r.Header.Set("X-CSRF-Token", csrf)
		}
		return r
	}
	check := func(status int, h http.Handler, r *http.Request, body string) {
		t.Helper()
		res, allowed := c.ask(h, r, body)
		if res.Code != status {
			t.Errorf("%s %s %s: got %d, want %d: %s", r.Method, r.URL, body, res.Code, status, res.Body)
		}
		if !allowed && res.Code < 400 {
			t.Errorf("%s %s %s: the contract forbids what was answered with %d", r.Method, r.URL, body, res.Code)
		}
	}
	admin := func(status int, method, target, body string) {
		t.Helper()
		check(status, s, request(method, editor.APIPrefix+target, account.Admin), body)
	}
	admin(200, "GET", "/me", "")
	admin(200, "GET", "/settings", "")
	admin(201, "POST", "/users", `{"name":"mei","role":"editor"}`)
	admin(409, "POST", "/users", `{"name":"Mei","role":"editor"}`)
	admin(400, "POST", "/users", `{"name":"m i","role":"editor"}`)
	admin(400, "POST", "/users", `{"name":"ines","role":"boss"}`)
	admin(400, "POST", "/users", `{"nam":"ines"}`)
	admin(200, "GET", "/users", "")
	admin(200, "GET", "/users/mei", "")
	admin(404, "GET", "/users/nobody", "")
	stale := func(method, target, body string) {
		t.Helper()
		r := request(method, editor.APIPrefix+target, account.Admin)
		r.Header.Set("If-Match", `"stale"`)
		check(412, s, r, body)
	}
	stale("POST", "/users", `{"name":"ines","role":"editor"}`)
	stale("PATCH", "/users/mei", `{"role":"viewer"}`)
	stale("POST", "/users/mei/password", "")
	stale("DELETE", "/users/mei", "")
	admin(200, "PATCH", "/users/mei", `{"role":"viewer"}`)
	admin(200, "POST", "/users/mei/password", "")
	admin(204, "DELETE", "/users/mei", "")
	for _, other := range []struct{ method, path, body string }{{"PATCH", "", `{"role":"viewer"}`}, {"POST", "/password", ""}, {"DELETE", "", ""}} {
		admin(404, other.method, "/users/mei"+other.path, other.body)
		admin(409, other.method, "/users/ADMIN"+other.path, other.body)
	}
	admin(201, "POST", "/keys", `{"name":"the CMS","scopes":["articles:write"]}`)
	admin(400, "POST", "/keys", `{"name":"the CMS","scopes":["everything"]}`)
	admin(200, "GET", "/keys", "")
	admin(200, "GET", "/keys/1", "")
	admin(404, "GET", "/keys/99", "")
	stale("POST", "/keys", `{"name":"the CMS","scopes":["articles:write"]}`)
	stale("DELETE", "/keys/1", "")
	admin(200, "DELETE", "/keys/1", "")
	admin(404, "DELETE", "/keys/99", "")
	askOverrides(c, s, request)
	askRules(c, s, request)
	askArticles(c, s, request)
	askChanges(c, request)
	askEvaluations(c, request)

	for path, item := range c.doc.Paths.Map() {
		if !strings.HasPrefix(path, editor.APIPrefix) {
			continue
		}
		at := strings.NewReplacer("{name}", "mei", "{id}", "1").Replace(path)
		for method, op := range item.Operations() {
			body := ""
			if op.RequestBody != nil {
				body = "{}"
				r := request(method, at, account.Admin)
				r.Header.Set("Content-Type", "text/plain")
				check(415, s, r, body)
				long := 65 << 10
				r = request(method, at, account.Admin)
				if op.RequestBody.Value.Content["text/csv"] != nil { // a file
					long = 9 << 20
					r.Header.Set("Content-Type", "text/csv")
				}
				if strings.HasSuffix(path, "/publish") { // the ids of as many articles
					long = 9 << 20
				}
				check(413, s, r, strings.Repeat(" ", long))
			}
			check(401, s, request(method, at, ""), body)
			if op.Responses.Value("403") != nil {
				check(403, s, request(method, at, account.Viewer), body)
			}
			check(400, s, request(method, at+"?x=1", account.Admin), body)
			for wait := true; wait; {
				r := request(method, at, "")
				r.Header.Set("Cookie", "alsolike="+slowSessions[account.Admin])
				res, _ := c.ask(slow, r, body)
				wait = res.Code != http.StatusTooManyRequests
			}
		}
	}
}

// Every route of the editors' side is closed to strangers and to roles below the one
// that it needs, by session and by key; one that changes something, also to requests
// without the token of our pages.
func TestEditorRoutes(t *testing.T) {
	s, sessions, keys := newEditorServer(t, Limits{})
	ask := func(method, path string, headers ...string) int {
		r := httptest.NewRequestWithContext(context.WithoutCancel(t.Context()), method, path, http.NoBody)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code == http.StatusSeeOther && strings.HasPrefix(w.Header().Get("Location"), "/editor/sign-in?next=") {
			return http.StatusUnauthorized
		}
		return w.Code
	}
	token := func(role account.Role) string { return csrfOf(s, sessions[role]) }
	routes := 0
	for _, r := range s.echo.Routes() {
		isPage, isCall := editor.Owns(r.Path), strings.HasPrefix(r.Path, editor.APIPrefix)
		if !isPage && !isCall || slices.Contains(openRoutes, r.Method+" "+r.Path) || r.Path == "/editor/sign-out" {
			continue
		}
		routes++
		method, path := r.Method, strings.NewReplacer("/:id", "/1", "/:name", "/nobody", "/*", "/no-such-thing").Replace(r.Path)
		if method == "echo_route_not_found" {
			method = http.MethodGet
		}
		changes := method != http.MethodGet && method != http.MethodHead
		if got := ask(method, path); got != http.StatusUnauthorized {
			t.Errorf("%s %s, a stranger: got %d", method, path, got)
		}
		if got := ask(method, path, "Cookie", "alsolike=AAAA"); got != http.StatusUnauthorized {
			t.Errorf("%s %s, a made-up session: got %d", method, path, got)
		}
		if got := ask(method, path, "Cookie", "alsolike="+sessions[account.Admin], "X-Forwarded-Proto", "https"); got != http.StatusUnauthorized {
			t.Errorf("%s %s, the cookie of a plain connection in an encrypted one: got %d", method, path, got)
		}
		need := leastRole(method, r.Path)
		for _, role := range account.Roles {
			got := ask(method, path, "Cookie", "alsolike="+sessions[role], "X-CSRF-Token", token(role))
			refused := got == http.StatusForbidden || got == http.StatusUnauthorized
			if refused == role.May(need) {
				t.Errorf("%s %s as %s: got %d, and it is for %s", method, path, role, got, need)
			}
			if changes {
				if got := ask(method, path, "Cookie", "alsolike="+sessions[role]); got != http.StatusForbidden {
					t.Errorf("%s %s as %s without the token of our pages: got %d", method, path, role, got)
				}
				if got := ask(method, path, "Cookie", "alsolike="+sessions[role], "X-CSRF-Token", token(role), "Origin", "https://evil.example"); got != http.StatusForbidden {
					t.Errorf("%s %s as %s from another site: got %d", method, path, role, got)
				}
			}
		}
		for _, scope := range data.Scopes {
			role := map[data.Scope]account.Role{data.ReadEditor: account.Viewer, data.WriteEditor: account.Editor}[scope]
			got := ask(method, path, "Authorization", "Bearer "+keys[scope])
			refused := got == http.StatusForbidden || got == http.StatusUnauthorized
			if refused != (isPage || !role.May(need)) {
				t.Errorf("%s %s with a key for %s: got %d, and it is for %s", method, path, scope, got, need)
			}
		}
	}
	if routes < 20 {
		t.Errorf("tried %d routes", routes)
	}
}

// Behind a proxy that does TLS the cookie is for encrypted connections alone.
func TestSecureCookie(t *testing.T) {
	s, _, _ := newEditorServer(t, Limits{})
	form := url.Values{"name": {"admin"}, "password": {"correct horse battery"}}
	for from, secure := range map[string]bool{"192.0.2.1:1234": true, "198.51.100.1:1234": false} {
		r := httptest.NewRequest(http.MethodPost, "/editor/sign-in", strings.NewReader(form.Encode()))
		r.RemoteAddr = from
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Forwarded-Proto", "https")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		cookie := w.Header().Get("Set-Cookie")
		if got := strings.HasPrefix(cookie, "__Host-alsolike=") && strings.Contains(cookie, "; Secure"); got != secure || w.Code != http.StatusSeeOther {
			t.Errorf("from %s: got %d, %q", from, w.Code, cookie)
		}
	}
}

// The head of every page says so when the links are old.
func TestEditorsAreToldOfOldLinks(t *testing.T) {
	store := newEditorStore(t)
	session, err := store.StartSession(t.Context(), "viewer", "")
	if err != nil {
		t.Fatal(err)
	}
	for age, want := range map[time.Duration]bool{time.Minute: true, time.Hour: false} {
		s := New(Config{Recommender: behind{newShelf()}, Editor: newEditorConfig(t, store), Log: slog.New(slog.DiscardHandler), MaxAge: age})
		r := httptest.NewRequest(http.MethodGet, "/editor/settings", nil)
		r.AddCookie(&http.Cookie{Name: "alsolike", Value: session})
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if got := strings.Contains(w.Body.String(), "The links are 1 minute old, and articles have changed since."); got != want {
			t.Errorf("snapshots.max_age %v: got %v\n%s", age, got, w.Body)
		}
	}
}
