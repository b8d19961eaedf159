package editor

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

const (
	signInPath  = Prefix + "/sign-in"
	signOutPath = Prefix + "/sign-out"
)

func (s *Server) registerSignIn() {
	s.handleOpen(http.MethodGet, signInPath, s.handleSignInPage)
	s.handleOpen(http.MethodPost, signInPath, s.handleSignIn)
	s.handle(http.MethodPost, signOutPath, account.Viewer, s.handleSignOut)
	s.handleOpen(http.MethodPost, languagePath, s.handleLanguage)
	s.handle(http.MethodGet, Prefix, account.Viewer, s.handleHome)
}

// signInPage is the view of sign-in.html.
type signInPage struct {
	Name    string // as it was typed
	Next    string // where to go then
	Problem string // empty at first
	Nobody  bool   // there are no users yet
}

// handleSignInPage serves GET /editor/sign-in.
func (s *Server) handleSignInPage(c echo.Context) error {
	next := localPath(c.QueryParam("next"))
	v, err := s.identify(c)
	if err != nil {
		return err
	}
	if v != nil {
		return c.Redirect(http.StatusSeeOther, next)
	}
	users, err := s.Accounts.Users(c.Request().Context())
	if err != nil {
		return err
	}
	return s.page(c, "sign-in", signInPage{Next: next, Nobody: len(users) == 0})
}

// handleSignIn serves POST /editor/sign-in.
func (s *Server) handleSignIn(c echo.Context) error {
	if err := s.checkOrigin(c, nil); err != nil {
		return err
	}
	ctx, address := c.Request().Context(), s.Address(c)
	view := signInPage{Name: strings.TrimSpace(c.FormValue("name")), Next: localPath(c.FormValue("next"))}
	wait, err := s.Accounts.CountAttempt(ctx, view.Name, address)
	if err != nil {
		return err
	}
	if wait > 0 {
		c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(wait/time.Second)+1))
		view.Problem = s.waitText(c, wait)
		return s.pageStatus(c, http.StatusTooManyRequests, "sign-in", view)
	}
	good, err := s.checkPassword(c, view.Name, c.FormValue("password"))
	if err != nil {
		return err
	}
	if !good {
		s.Log.Warn("an attempt to sign in failed", "request_id", c.Response().Header().Get(echo.HeaderXRequestID))
		view.Problem = s.text(c, "sign-in.wrong")
		return s.pageStatus(c, http.StatusUnprocessableEntity, "sign-in", view)
	}
	if err := s.Accounts.ForgetAttempt(ctx, view.Name, address); err != nil {
		return err
	}
	if old := s.sessionToken(c); old != "" {
		if err := s.Accounts.EndSession(ctx, old); err != nil {
			return err
		}
	}
	token, err := s.Accounts.StartSession(ctx, view.Name, c.Request().UserAgent())
	if err != nil {
		return err
	}
	s.setSession(c, token)
	return c.Redirect(http.StatusSeeOther, view.Next)
}

// checkPassword reports whether the user of that name has that password. It takes
// as long for a name that nobody has.
func (s *Server) checkPassword(c echo.Context, name, password string) (bool, error) {
	ctx := c.Request().Context()
	done, err := s.mayHash(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	_, hash, err := s.Accounts.UserPassword(ctx, name)
	switch {
	case errors.Is(err, data.ErrNotFound):
		if hash, err = s.noUser(); err != nil {
			return false, err
		}
	case err != nil:
		return false, err
	}
	return account.CheckPassword(password, hash)
}

// hash is the hash of a new password.
func (s *Server) hash(c echo.Context, password string) (string, error) {
	done, err := s.mayHash(c.Request().Context())
	if err != nil {
		return "", err
	}
	defer done()
	return s.Hasher.Hash(password)
}

// mayHash waits until there is memory to hash a password, which done gives back.
func (s *Server) mayHash(ctx context.Context) (done func(), err error) {
	select {
	case s.hashing <- struct{}{}:
		return func() { <-s.hashing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// waitText says how long to wait after too many failed attempts.
func (s *Server) waitText(c echo.Context, wait time.Duration) string {
	return s.text(c, "sign-in.wait", int(wait/time.Minute)+1)
}

// handleSignOut serves POST /editor/sign-out.
func (s *Server) handleSignOut(c echo.Context) error {
	if err := s.Accounts.EndSession(c.Request().Context(), visitorOf(c).token); err != nil {
		return err
	}
	s.setSession(c, "")
	return c.Redirect(http.StatusSeeOther, signInPath)
}

// handleHome serves GET /editor: the first page there is.
func (s *Server) handleHome(c echo.Context) error {
	for _, link := range s.navigation(c) {
		return c.Redirect(http.StatusSeeOther, link.URL)
	}
	return echo.ErrNotFound
}

// localPath is an address that a reader may be sent to: next if it is one of our
// pages, else the first of them.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || u.Opaque != "" || strings.ContainsAny(next, "\\\r\n\t") ||
		!Owns(u.Path) || path.Clean(u.Path) != u.Path || u.Path == signInPath {
		return Prefix
	}
	return u.RequestURI()
}
