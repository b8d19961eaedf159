package editor

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

const usersPath = settingsPath + "/users"

func (s *Server) registerUsers() {
	s.handle(http.MethodGet, usersPath, account.Admin, s.handleUsers)
	s.handle(http.MethodPost, usersPath, account.Admin, s.handleUserAdd)
	s.handle(http.MethodPost, usersPath+"/role", account.Admin, s.handleUserRole)
	s.handle(http.MethodPost, usersPath+"/password", account.Admin, s.handleUserPassword)
	s.handle(http.MethodPost, usersPath+"/remove", account.Admin, s.handleUserRemove)
}

// usersPage is the view of users.html.
type usersPage struct {
	settingsTabs
	Me      string
	Users   []account.User
	Roles   []account.Role
	Name    string // of the user to add, as it was typed
	Role    account.Role
	Problem string // why he was not added; empty at first
}

// Tag is what forms about a user carry, so that of two admins the second one looks again.
func (usersPage) Tag(u account.User) string { return userTag(u) }

func (s *Server) usersPage(c echo.Context, status int, view usersPage) error {
	users, err := s.Accounts.Users(c.Request().Context())
	if err != nil {
		return err
	}
	view.settingsTabs, view.Users, view.Roles, view.Me = newSettingsTabs(c, "users"), users, account.Roles, Who(c).Name
	return s.pageStatus(c, status, "users", view)
}

// handleUsers serves GET /editor/settings/users.
func (s *Server) handleUsers(c echo.Context) error {
	return s.usersPage(c, http.StatusOK, usersPage{Role: account.Editor})
}

// handleUserAdd serves POST /editor/settings/users: a new user, with a password that
// is shown once.
func (s *Server) handleUserAdd(c echo.Context) error {
	u := account.User{Name: strings.TrimSpace(c.FormValue("name")), Role: account.Role(c.FormValue("role"))}
	password := account.NewPassword()
	hash, err := s.hash(c, password)
	if err != nil {
		return err
	}
	u, err = s.Accounts.AddUser(c.Request().Context(), u, hash)
	refused := usersPage{Name: c.FormValue("name"), Role: account.Role(c.FormValue("role"))}
	if invalid, ok := errors.AsType[*data.InvalidError](err); ok {
		if refused.Problem = s.text(c, "users.bad-name"); invalid.Field != "name" {
			refused.Problem = s.words(c).Invalid(invalid)
		}
		return s.usersPage(c, http.StatusUnprocessableEntity, refused)
	}
	if errors.Is(err, account.ErrTaken) {
		refused.Problem = s.text(c, "users.taken")
		return s.usersPage(c, http.StatusConflict, refused)
	}
	if err != nil {
		return err
	}
	return s.showOnce(c, usersPath, password, "users.added", u.Name)
}

// other is the user whom a form names. An admin does not change his own account this way:
// he could shut himself out.
func (s *Server) other(c echo.Context) (string, error) {
	name := c.FormValue("name")
	if account.Canonical(name) == account.Canonical(Who(c).Name) {
		return "", s.refuse(c, http.StatusConflict, "users.yourself")
	}
	return name, nil
}

// changed ends a change of a user.
func (s *Server) changed(c echo.Context, err error, key string, args ...any) error {
	conflict, isConflict := errors.AsType[*data.ConflictError](err)
	switch {
	case isConflict:
		return s.seeOther(c, usersPath, "users.changed", conflict.Subject)
	case errors.Is(err, data.ErrNotFound):
		return s.seeOther(c, usersPath, "users.gone")
	case err != nil:
		return err
	}
	return s.seeOther(c, usersPath, key, args...)
}

// handleUserRole serves POST /editor/settings/users/role.
func (s *Server) handleUserRole(c echo.Context) error {
	name, err := s.other(c)
	if err != nil {
		return err
	}
	role, err := account.ParseRole(c.FormValue("role"))
	if err != nil {
		return err
	}
	u, err := s.Accounts.SetRole(c.Request().Context(), name, role, seenUser(c))
	return s.changed(c, err, "users.role-set", u.Name, s.text(c, "role."+string(role)))
}

// handleUserPassword serves POST /editor/settings/users/password: a new password,
// shown once, for somebody who has lost his.
func (s *Server) handleUserPassword(c echo.Context) error {
	name, err := s.other(c)
	if err != nil {
		return err
	}
	password := account.NewPassword()
	hash, err := s.hash(c, password)
	if err != nil {
		return err
	}
	u, err := s.Accounts.SetPassword(c.Request().Context(), name, hash, 0, seenUser(c))
	if err != nil {
		return s.changed(c, err, "")
	}
	return s.showOnce(c, usersPath, password, "users.password-set", u.Name)
}

// handleUserRemove serves POST /editor/settings/users/remove.
func (s *Server) handleUserRemove(c echo.Context) error {
	name, err := s.other(c)
	if err != nil {
		return err
	}
	u, err := s.Accounts.RemoveUser(c.Request().Context(), name, seenUser(c))
	return s.changed(c, err, "users.removed", u.Name)
}
