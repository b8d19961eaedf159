package editor_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/data/evaluation"
	"github.com/alsolike/alsolike/data/sqlite"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/web"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(sampleFolder)
		os.Exit(code)
	}))
}

// cheap hashes passwords in no time.
var cheap = account.Hasher{Memory: 64, Passes: 1}

// password is that of every user of a site.
const password = "correct horse battery"

// A site is a server whose store has a user of each role, named after it.
type site struct {
	*httptest.Server
	store *sqlite.Store
	now   time.Time // of its clock, which stands still; zero: it goes
	kept  string    // the folder of its evaluations
}

// newSite starts a site; change may change its configuration, or be nil.
func newSite(t testing.TB, change func(*editor.Config)) *site {
	t.Helper()
	s := &site{now: time.Date(2026, 11, 23, 12, 0, 30, 0, time.UTC), kept: filepath.Join(t.TempDir(), evaluation.Folder)}
	now := func() time.Time {
		if s.now.IsZero() {
			return time.Now()
		}
		return s.now
	}
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "alsolike.db"), sqlite.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	s.store = store
	hash, err := cheap.Hash(password)
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range account.Roles {
		if _, err := store.AddUser(t.Context(), account.User{Name: string(role), Role: role}, hash); err != nil {
			t.Fatal(err)
		}
	}
	config := editor.Config{Accounts: store, Keys: store, Overrides: store, Rules: store, History: store, Hasher: cheap, Evaluations: evaluation.Open(s.kept)}
	if change != nil {
		change(&config)
	}
	s.Server = httptest.NewServer(web.New(web.Config{Recommender: nothing{}, Editor: &config, Log: slog.New(slog.DiscardHandler), Now: now}))
	t.Cleanup(func() { s.Close(); store.Close() })
	return s
}

// nothing is a recommender without a snapshot.
type nothing struct{}

func (nothing) Related(context.Context, recommend.Query) (recommend.List, error) {
	return recommend.List{}, data.ErrNoSnapshot
}

func (nothing) RelatedBatch(context.Context, []recommend.Query, bool) []recommend.BatchAnswer {
	return nil
}
func (nothing) Version() (uint64, time.Time) { return 0, time.Time{} }
func (nothing) Status() recommend.Status     { return recommend.Status{} }

// A client is a browser that follows no redirect.
type client struct {
	t    testing.TB
	site *site
	http.Client
}

func (s *site) newClient(t testing.TB) *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, site: s, Client: http.Client{
		Jar: jar, Transport: s.Client().Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	return c
}

// signedIn is a client in which the user of that role is signed in.
func (s *site) signedIn(t testing.TB, role account.Role) *client {
	t.Helper()
	c := s.newClient(t)
	if res := c.post("/editor/sign-in", "name", string(role), "password", password); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%s cannot sign in: %d\n%s", role, res.StatusCode, res.body)
	}
	return c
}

type response struct {
	*http.Response
	body string
}

func (c *client) do(r *http.Request) response {
	c.t.Helper()
	res, err := c.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return response{res, string(body)}
}

// request makes a request; headers are names and values in turn.
func (c *client) request(method, path, body string, headers ...string) *http.Request {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.site.URL+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func (c *client) get(path string, headers ...string) response {
	c.t.Helper()
	return c.do(c.request(http.MethodGet, path, "", headers...))
}

// post sends a form, names and values in turn, with the token of the session.
func (c *client) post(path string, fields ...string) response {
	c.t.Helper()
	form := url.Values{}
	if token := c.csrf(); token != "" {
		form.Set("csrf", token)
	}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return c.do(c.request(http.MethodPost, path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded"))
}

var csrfMeta = regexp.MustCompile(`<meta name="csrf-token" content="([^"]+)">`)

// csrf is the token that the pages of this client carry; empty before it has signed in.
func (c *client) csrf() string {
	c.t.Helper()
	if m := csrfMeta.FindStringSubmatch(c.get("/editor/no-such-page").body); m != nil {
		return m[1]
	}
	return ""
}

// session is the value of the cookie that proves the client's session.
func (c *client) session() string {
	u, err := url.Parse(c.site.URL)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, cookie := range c.Jar.Cookies(u) {
		if cookie.Name == "alsolike" {
			return cookie.Value
		}
	}
	return ""
}
