package editor_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

const formType = "application/x-www-form-urlencoded"

// Who signs in has a new session: one that somebody planted in his browser is worth
// nothing, and the one that he had before has ended.
func TestSessionFixation(t *testing.T) {
	s := newSite(t, nil)
	planted, err := s.store.StartSession(t.Context(), "viewer", "the attacker's")
	if err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]string{"a made-up token": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "a session of the attacker's": planted} {
		victim := s.newClient(t)
		at, _ := url.Parse(s.URL)
		victim.Jar.SetCookies(at, []*http.Cookie{{Name: "alsolike", Value: token, Path: "/"}})
		if res := victim.post("/editor/sign-in", "name", "admin", "password", password); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: got %d", name, res.StatusCode)
		}
		if victim.session() == token || !strings.Contains(victim.get("/v1/editor/me").body, `"admin"`) {
			t.Errorf("%s: the session of the victim is %s", name, victim.session())
		}
		attacker := s.newClient(t)
		if res := attacker.get("/v1/editor/me", "Cookie", "alsolike="+token); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: got %d %s", name, res.StatusCode, res.body)
		}
	}
}

// A request that changes something comes from our own pages, or nothing happens.
func TestCrossSiteRequests(t *testing.T) {
	s := newSite(t, nil)
	c := s.signedIn(t, account.Admin)
	other := s.signedIn(t, account.Editor)
	token, form := c.csrf(), "name=mallory&role=admin"
	for name, headers := range map[string][]string{
		"no token":                    {},
		"another session's token":     {"X-CSRF-Token", other.csrf()},
		"another site, by Origin":     {"X-CSRF-Token", token, "Origin", "https://evil.example"},
		"another site, by its word":   {"X-CSRF-Token", token, "Sec-Fetch-Site", "cross-site"},
		"another host of the site":    {"X-CSRF-Token", token, "Sec-Fetch-Site", "same-site"},
		"an origin of no name (null)": {"X-CSRF-Token", token, "Origin", "null"},
		"an empty token":              {"X-CSRF-Token", ""},
	} {
		res := c.do(c.request(http.MethodPost, "/editor/settings/users", form, append(headers, "Content-Type", formType)...))
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: got %d", name, res.StatusCode)
		}
	}
	for name, headers := range map[string][]string{"by Origin": {"Origin", "https://evil.example"}, "by its word": {"Sec-Fetch-Site", "cross-site"}} {
		res := s.newClient(t).do(c.request(http.MethodPost, "/editor/sign-in", "name=admin&password="+url.QueryEscape(password), append(headers, "Content-Type", formType)...))
		if res.StatusCode != http.StatusForbidden || len(res.Cookies()) > 0 {
			t.Errorf("signing in from another site, %s: got %d", name, res.StatusCode)
		}
	}
	c.get("/editor/sign-out", "Sec-Fetch-Site", "cross-site")
	if res := c.get("/v1/editor/me"); res.StatusCode != http.StatusOK {
		t.Errorf("after a link to sign out: got %d", res.StatusCode)
	}
	users, err := s.store.Users(t.Context())
	if err != nil || len(users) != len(account.Roles) {
		t.Errorf("there are %d users, %v", len(users), err)
	}
	if res := c.do(c.request(http.MethodPost, "/editor/settings/users", form+"&csrf="+token, "Content-Type", formType, "Sec-Fetch-Site", "same-origin", "Origin", s.URL)); res.StatusCode != http.StatusSeeOther {
		t.Errorf("our own page: got %d\n%s", res.StatusCode, res.body)
	}
}

// After signing in, and after a change of language, the browser stays on our pages.
func TestOpenRedirects(t *testing.T) {
	s := newSite(t, nil)
	for next, want := range map[string]string{
		"/editor/settings?tab=1":               "/editor/settings?tab=1",
		"/editor":                              "/editor",
		"":                                     "/editor",
		"https://evil.example":                 "/editor",
		"https://evil.example/editor/settings": "/editor",
		"//evil.example/editor":                "/editor",
		"/\\evil.example/editor":               "/editor",
		"/editor/../../evil":                   "/editor",
		"/editor/..//evil.example":             "/editor",
		"/editor//evil.example":                "/editor",
		"/editorial":                           "/editor",
		"/v1/related":                          "/editor",
		"javascript:alert(1)":                  "/editor",
		"data:text/html,x":                     "/editor",
		"/editor/%2e%2e/%2e%2e/x":              "/editor",
		"/editor/x\r\nSet-Cookie: a=b":         "/editor",
		"http:/editor":                         "/editor",
		"http:editor":                          "/editor",
		"/editor/sign-in?next=/editor":         "/editor",
		"/editor@evil.example":                 "/editor",
	} {
		c := s.newClient(t)
		res := c.post("/editor/sign-in", "name", "editor", "password", password, "next", next)
		if at := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || at != want {
			t.Errorf("signing in, next %q: got %d to %q, want %q", next, res.StatusCode, at, want)
		}
		if at := c.post("/editor/language", "lang", "en", "next", next).Header.Get("Location"); at != want {
			t.Errorf("language, next %q: got %q, want %q", next, at, want)
		}
		if at := c.get("/editor/sign-in?next=" + url.QueryEscape(next)).Header.Get("Location"); at != want {
			t.Errorf("signed in already, next %q: got %q, want %q", next, at, want)
		}
	}
}

// Guessing is slowed down, for names that there are and others alike; the right
// password does not help while one has to wait, and then does.
func TestBruteForce(t *testing.T) {
	s := newSite(t, nil)
	for _, name := range []string{"editor", "nobody"} {
		c := s.newClient(t)
		for i := range account.FailuresOfName {
			if res := c.post("/editor/sign-in", "name", name, "password", fmt.Sprint("guess number ", i)); res.StatusCode != http.StatusUnprocessableEntity {
				t.Fatalf("%s, guess %d: got %d", name, i, res.StatusCode)
			}
		}
		res := c.post("/editor/sign-in", "name", strings.ToUpper(name), "password", password)
		if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != "61" || c.session() != "" {
			t.Errorf("%s: got %d, Retry-After %q", name, res.StatusCode, res.Header.Get("Retry-After"))
		}
	}
	s.now = s.now.Add(2 * time.Minute)
	c := s.signedIn(t, account.Editor)
	if res := c.post("/editor/sign-out"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("got %d", res.StatusCode)
	}
	s.signedIn(t, account.Editor) // and nothing is held against him
}

// Guesses that are made at the same time count one by one.
func TestBruteForceAtOnce(t *testing.T) {
	s := newSite(t, nil)
	var tried atomic.Int64
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			c := s.newClient(t)
			res := c.do(c.request(http.MethodPost, "/editor/sign-in", "name=editor&password="+fmt.Sprint("guess+number+", i), "Content-Type", formType))
			if res.StatusCode == http.StatusUnprocessableEntity {
				tried.Add(1)
			}
		})
	}
	all.Wait()
	if tried.Load() != account.FailuresOfName {
		t.Errorf("%d guesses at once were tried, want %d", tried.Load(), account.FailuresOfName)
	}
}

// An address that tries many names has to wait too.
func TestPasswordSpraying(t *testing.T) {
	s := newSite(t, nil)
	c := s.newClient(t)
	last := 0
	for i := range account.FailuresOfAddress + 1 {
		last = c.post("/editor/sign-in", "name", fmt.Sprint("user", i), "password", "Summer2026!!").StatusCode
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("after %d names: got %d", account.FailuresOfAddress, last)
	}
}

// A session is over when nobody has used it for long, when it is old, when its user
// is gone or has a new password, and it knows at once when his role is another.
func TestSessionsEnd(t *testing.T) {
	s := newSite(t, nil)
	status := func(c *client) int { return c.get("/v1/editor/me").StatusCode }

	idle := s.signedIn(t, account.Viewer)
	s.now = s.now.Add(account.IdleFor - time.Hour)
	if got := status(idle); got != http.StatusOK {
		t.Errorf("before it is over: got %d", got)
	}
	s.now = s.now.Add(account.IdleFor + time.Hour)
	if got := status(idle); got != http.StatusUnauthorized {
		t.Errorf("idle: got %d", got)
	}

	old := s.signedIn(t, account.Viewer)
	for range 11 {
		s.now = s.now.Add(account.IdleFor - time.Hour)
		status(old)
	}
	if got := status(old); got != http.StatusUnauthorized {
		t.Errorf("old: got %d", got)
	}

	c := s.signedIn(t, account.Editor)
	if _, err := s.store.SetRole(t.Context(), "editor", account.Viewer); err != nil {
		t.Fatal(err)
	}
	if me := c.get("/v1/editor/me"); !strings.Contains(me.body, `"role":"viewer"`) {
		t.Errorf("another role: got %s", me.body)
	}
	hash, err := cheap.Hash(password)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.SetPassword(t.Context(), "editor", hash, 0); err != nil {
		t.Fatal(err)
	}
	if got := status(c); got != http.StatusUnauthorized {
		t.Errorf("a new password: got %d", got)
	}
	c = s.signedIn(t, account.Editor)
	if _, err := s.store.RemoveUser(t.Context(), "editor"); err != nil {
		t.Fatal(err)
	}
	if got := status(c); got != http.StatusUnauthorized {
		t.Errorf("removed: got %d", got)
	}
}

// The cookie is out of reach of scripts and other sites, and where the connection is
// encrypted, of connections that are not.
func TestCookie(t *testing.T) {
	s := newSite(t, nil)
	c := s.newClient(t)
	res := c.post("/editor/sign-in", "name", "editor", "password", password)
	if got := res.Header.Get("Set-Cookie"); !strings.HasPrefix(got, "alsolike=") || !strings.Contains(got, "; Path=/;") || !strings.Contains(got, "HttpOnly") || !strings.Contains(got, "SameSite=Lax") || strings.Contains(got, "Domain") {
		t.Errorf("got %q", got)
	}
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
	} {
		if got := c.get("/editor/settings").Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := c.get("/editor/settings").Header.Get("Content-Security-Policy"); strings.Contains(got, "unsafe") || !strings.Contains(got, "frame-ancestors 'none'") {
		t.Errorf("got policy %q", got)
	}
	// Nobody trusts this word but of a proxy that is known.
	forged := c.request(http.MethodPost, "/editor/sign-in", "name=editor&password="+url.QueryEscape(password), "Content-Type", formType, "X-Forwarded-Proto", "https")
	if got := c.do(forged).Header.Get("Set-Cookie"); strings.Contains(got, "Secure") {
		t.Errorf("got %q", got)
	}
}

// What somebody has written is text on every page.
func TestTextsStayTexts(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	s := newSite(t, nil)
	c := s.signedIn(t, account.Admin)
	if _, _, err := s.store.AddKey(t.Context(), evil, data.ReadEditor); err != nil {
		t.Fatal(err)
	}
	for _, res := range []response{
		s.newClient(t).post("/editor/sign-in", "name", evil, "password", evil, "next", evil),
		s.newClient(t).get("/editor/sign-in?next=" + url.QueryEscape(evil)),
		c.get("/editor/settings/keys"),
		c.post("/editor/settings/users", "name", evil, "role", "editor"),
		c.post("/editor/settings/keys/revoke", "id", evil),
		c.get("/editor/" + url.PathEscape(evil)),
	} {
		if strings.Contains(res.body, "<script>alert") || strings.Contains(res.body, "<img src=x") {
			t.Errorf("%s %s shows\n%s", res.Request.Method, res.Request.URL, res.body)
		}
	}
	c.post("/editor/settings/keys", "name", evil, "scope", "editor:read")
	if res := c.get("/editor/settings/keys"); strings.Contains(res.body, "<script>alert") || !strings.Contains(res.body, "alsolike_") {
		t.Errorf("the notice is\n%s", res.body)
	}
}
