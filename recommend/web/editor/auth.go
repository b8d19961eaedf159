package editor

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

// A visitor is who sends a request.
type visitor struct {
	user    account.User
	session account.Session // zero for a key
	token   string          // of the session; empty for a key
}

const visitorKey = "editor.visitor"

// Who is the user who sends the request of c, or stands for the key that comes with
// it. It is zero outside of routes that need a role.
func Who(c echo.Context) account.User {
	if v := visitorOf(c); v != nil {
		return v.user
	}
	return account.User{}
}

// visitorOf is who sends the request of c; nil if nobody has signed in.
func visitorOf(c echo.Context) *visitor {
	v, _ := c.Get(visitorKey).(*visitor)
	return v
}

// requires lets only those pass who have a role, and whose requests to change
// something come from our own pages.
func (s *Server) requires(need account.Role) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			v, err := s.identify(c)
			switch {
			case err != nil:
				return err
			case v == nil:
				return s.askToSignIn(c)
			}
			c.Set(visitorKey, v)
			if !v.user.Role.May(need) {
				return s.refuse(c, http.StatusForbidden, "problem.role", s.text(c, "role."+string(need)), s.text(c, "role."+string(v.user.Role)))
			}
			if err := s.checkOrigin(c, v); err != nil {
				return err
			}
			c.SetRequest(c.Request().WithContext(data.WithAuthor(c.Request().Context(), v.user.Name))) // for the history
			return next(c)
		}
	}
}

// identify is who sends the request of c; nil if nobody that we know.
func (s *Server) identify(c echo.Context) (*visitor, error) {
	if header := c.Request().Header.Get(echo.HeaderAuthorization); header != "" && !Owns(c.Request().URL.Path) {
		return s.identifyKey(c, header)
	}
	token := s.sessionToken(c)
	if token == "" {
		return nil, nil
	}
	session, err := s.Accounts.SessionByToken(c.Request().Context(), token)
	if errors.Is(err, data.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &visitor{session.User, session, token}, nil
}

func (s *Server) identifyKey(c echo.Context, header string) (*visitor, error) {
	kind, secret, _ := strings.Cut(header, " ")
	if !strings.EqualFold(kind, "Bearer") {
		return nil, nil
	}
	key, err := s.Keys.KeyBySecret(c.Request().Context(), strings.TrimSpace(secret))
	if errors.Is(err, data.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	switch {
	case key.May(data.WriteEditor):
		return &visitor{user: keyUser(key, account.Editor)}, nil
	case key.May(data.ReadEditor):
		return &visitor{user: keyUser(key, account.Viewer)}, nil
	}
	return nil, nil
}

// keyUser stands for a key. No user has a name with spaces.
func keyUser(k data.Key, role account.Role) account.User {
	return account.User{Name: "key " + k.Name, Role: role, Created: k.Created, LastSeen: k.LastUsed}
}

// askToSignIn answers a request that nobody we know has sent.
func (s *Server) askToSignIn(c echo.Context) error {
	r := c.Request()
	if !Owns(r.URL.Path) {
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Bearer realm="alsolike"`)
		return echo.NewHTTPError(http.StatusUnauthorized, "sign in at "+signInPath+", or send a key as `Authorization: Bearer alsolike_…`; `alsolike key add --scope editor:read` makes one")
	}
	next := Prefix
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		next = r.URL.RequestURI()
	}
	return c.Redirect(http.StatusSeeOther, signInPath+"?next="+url.QueryEscape(next))
}

// checkOrigin refuses a request to change something that another site may have made
// the reader's browser send. v is nil before somebody has signed in.
func (s *Server) checkOrigin(c echo.Context, v *visitor) error {
	r := c.Request()
	if r.Method == http.MethodGet || r.Method == http.MethodHead || v != nil && v.token == "" {
		return nil
	}
	if err := crossOrigin.Check(r); err != nil {
		return s.refuse(c, http.StatusForbidden, "problem.origin")
	}
	if v == nil {
		return nil
	}
	shown := r.Header.Get(csrfHeader)
	if shown == "" {
		shown = c.FormValue(csrfField)
	}
	if subtle.ConstantTimeCompare([]byte(shown), []byte(csrfToken(v.token))) != 1 {
		return s.refuse(c, http.StatusForbidden, "problem.csrf")
	}
	return nil
}

var crossOrigin = http.NewCrossOriginProtection()

// What a page's form and its script say that they are ours with.
const (
	csrfField  = "csrf"
	csrfHeader = "X-CSRF-Token"
)

// csrfToken is what the pages of a session carry. It tells nothing of the session's token.
func csrfToken(token string) string {
	sum := sha256.Sum256([]byte("csrf " + token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// cookieName is the name of the cookie in which a browser keeps its session.
func (s *Server) cookieName(r *http.Request) string {
	if s.Secure(r) {
		return "__Host-alsolike"
	}
	return "alsolike"
}

func (s *Server) sessionToken(c echo.Context) string {
	cookie, err := c.Cookie(s.cookieName(c.Request()))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// setSession puts a session into the browser of c; an empty token takes it out.
func (s *Server) setSession(c echo.Context, token string) {
	age := int(account.AliveFor.Seconds())
	if token == "" {
		age = -1
	}
	c.SetCookie(&http.Cookie{
		Name: s.cookieName(c.Request()), Value: token, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: s.Secure(c.Request()), SameSite: http.SameSiteLaxMode,
	})
}

// refuse is an error that says something of the translation table to the reader of c.
func (s *Server) refuse(c echo.Context, status int, key string, args ...any) error {
	return echo.NewHTTPError(status, s.text(c, key, args...))
}
