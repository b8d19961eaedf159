package editor

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/data/evaluation"
)

// Where everything of this package stands.
const (
	Prefix    = "/editor"    // pages
	APIPrefix = "/v1/editor" // JSON
)

// Owns reports whether path is a page of this package, or would be.
func Owns(path string) bool { return path == Prefix || strings.HasPrefix(path, Prefix+"/") }

// Config is what a Server needs.
type Config struct {
	Accounts Accounts // required
	Keys     Keys     // required
	Links    *Links   // the articles and their links; nil: there are no pages about them
	Changes  *Changes // what refreshes change; nil: there is no page about it

	Evaluations *evaluation.Dir // that are kept; nil: there is no page about them

	Overrides OverrideStore // required
	Rules     RuleStore     // required
	History   History       // required

	Settings []Setting // the running configuration, in the order in which it is shown

	Location *time.Location // whose days and hours the pages show; nil: UTC
	Hasher   account.Hasher // of passwords that are set here; see CheckPassword
	Log      *slog.Logger   // default slog.Default()
	Now      func() time.Time

	// Update puts what was changed into service. Without, it is there within a second.
	Update func(context.Context) error

	// What the server around knows. Package web sets them.
	Secure  func(*http.Request) bool // whether the reader's connection is encrypted
	Address func(echo.Context) string
	Stale   func() (age time.Duration, stale bool) // of the snapshot in service
}

// Accounts keeps users and their sessions; see package sqlite for what its methods do.
type Accounts interface {
	Users(ctx context.Context) ([]account.User, error)
	UserPassword(ctx context.Context, name string) (u account.User, hash string, err error)

	CountAttempt(ctx context.Context, name, address string) (wait time.Duration, err error)
	ForgetAttempt(ctx context.Context, name, address string) error

	StartSession(ctx context.Context, name, agent string) (token string, err error)
	SessionByToken(ctx context.Context, token string) (account.Session, error)
	EndSession(ctx context.Context, token string) error
	Sessions(ctx context.Context, name string) ([]account.Session, error)
	EndSessions(ctx context.Context, name string, keep int64) error

	AddUser(ctx context.Context, u account.User, passwordHash string, checks ...func(all []account.User) error) (account.User, error)
	SetRole(ctx context.Context, name string, role account.Role, checks ...func(account.User) error) (account.User, error)
	SetPassword(ctx context.Context, name, hash string, keep int64, checks ...func(account.User) error) (account.User, error)
	RemoveUser(ctx context.Context, name string, checks ...func(account.User) error) (account.User, error)
}

// Keys knows the keys of programs.
type Keys interface {
	Keys(ctx context.Context) ([]data.Key, error)
	KeyBySecret(ctx context.Context, secret string) (data.Key, error)
	AddKeyIf(ctx context.Context, check func(all []data.Key) error, name string, scopes ...data.Scope) (k data.Key, secret string, err error)
	RevokeKey(ctx context.Context, id int64, checks ...func(data.Key) error) (data.Key, error)
}

func (c Config) withDefaults() Config {
	if c.Location == nil {
		c.Location = time.UTC
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Secure == nil {
		c.Secure = func(r *http.Request) bool { return r.TLS != nil }
	}
	if c.Address == nil {
		c.Address = echo.Context.RealIP
	}
	if c.Update == nil {
		c.Update = func(context.Context) error { return nil }
	}
	if c.Stale == nil {
		c.Stale = func() (time.Duration, bool) { return 0, false }
	}
	return c
}

// A Server answers what stands under Prefix and APIPrefix. Make it with New.
type Server struct {
	Config
	echo    *echo.Echo
	pages   map[string]account.Role // names of those in the navigation that there are, and who may see them
	notices notices
	undos   undos

	comparisons comparisons
	ruleNames   ruleNames

	hashing chan struct{}                   // as many as passwords may be hashed at once
	noUser  func() (hash string, err error) // that no password has
}

// New makes a server and adds its routes to e. It panics without what Config says is
// required.
func New(e *echo.Echo, c Config) *Server {
	if c.Accounts == nil || c.Keys == nil || c.Overrides == nil || c.Rules == nil || c.History == nil {
		panic("editor: no accounts, keys, overrides, rules or history")
	}
	s := &Server{
		Config: c.withDefaults(), echo: e, pages: map[string]account.Role{}, hashing: make(chan struct{}, 2),
		notices: notices{byToken: map[string]notice{}},
	}
	s.noUser = sync.OnceValues(func() (string, error) { return s.Hasher.Hash(account.NewPassword()) })
	s.registerSignIn()
	s.registerSettings()
	s.registerUsers()
	s.registerKeys()
	s.registerAccountsJSON()
	s.registerOverrides()
	s.registerRulesJSON()
	s.registerHistory()
	s.registerHistoryPage()
	if c.Links != nil {
		s.registerToday()
		s.registerArticles()
		s.registerArticle()
		s.registerArticlesJSON()
		s.registerClicksJSON()
		s.registerRules()
	}
	if c.Changes != nil {
		s.registerChanges()
	}
	if c.Evaluations != nil {
		s.registerEvaluations()
	}
	for _, prefix := range []string{Prefix, APIPrefix} { // only who has signed in learns what there is not
		e.RouteNotFound(prefix+"/*", func(echo.Context) error { return echo.ErrNotFound }, s.private, s.requires(account.Viewer))
	}
	return s
}

// handle adds a route for those who have a role. A page whose path is one segment
// below Prefix stands in the navigation under that name, see navigation.
func (s *Server) handle(method, path string, need account.Role, h echo.HandlerFunc) {
	s.echo.Add(method, path, h, s.private, s.requires(need))
	if method == http.MethodGet {
		s.echo.Add(http.MethodHead, path, h, s.private, s.requires(need))
		if name, ok := strings.CutPrefix(path, Prefix+"/"); ok && !strings.ContainsAny(name, "/:*") {
			s.pages[name] = need
		}
	}
}

// handleOpen adds a route for everybody.
func (s *Server) handleOpen(method, path string, h echo.HandlerFunc) {
	s.echo.Add(method, path, h, s.private)
	if method == http.MethodGet {
		s.echo.Add(http.MethodHead, path, h, s.private)
	}
}

// pagePolicy lets a page load what is ours, and nothing else.
const pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// private keeps an answer out of every cache and frame.
func (s *Server) private(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set(echo.HeaderCacheControl, "no-store")
		if Owns(c.Request().URL.Path) {
			h.Set(echo.HeaderContentSecurityPolicy, pagePolicy)
			h.Set(echo.HeaderXFrameOptions, "DENY")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
		}
		return next(c)
	}
}
