package editor

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

const (
	apiUsersPath    = APIPrefix + "/users"
	apiKeysPath     = APIPrefix + "/keys"
	apiSettingsPath = APIPrefix + "/settings"
)

func (s *Server) registerAccountsJSON() {
	s.handle(http.MethodGet, APIPrefix+"/me", account.Viewer, s.handleMe)
	s.handle(http.MethodGet, apiSettingsPath, account.Viewer, s.handleSettingsGet)
	s.handle(http.MethodGet, apiUsersPath, account.Admin, s.handleUsersGet)
	s.handle(http.MethodPost, apiUsersPath, account.Admin, s.handleUserPost)
	s.handle(http.MethodGet, apiUsersPath+"/:name", account.Admin, s.handleUserGet)
	s.handle(http.MethodPatch, apiUsersPath+"/:name", account.Admin, s.handleUserPatch)
	s.handle(http.MethodDelete, apiUsersPath+"/:name", account.Admin, s.handleUserDelete)
	s.handle(http.MethodPost, apiUsersPath+"/:name/password", account.Admin, s.handleUserPasswordPost)
	s.handle(http.MethodGet, apiKeysPath, account.Admin, s.handleKeysGet)
	s.handle(http.MethodPost, apiKeysPath, account.Admin, s.handleKeyPost)
	s.handle(http.MethodGet, apiKeysPath+"/:id", account.Admin, s.handleKeyGet)
	s.handle(http.MethodDelete, apiKeysPath+"/:id", account.Admin, s.handleKeyDelete)
}

// meJSON is the answer of /v1/editor/me.
type meJSON struct {
	Name string       `json:"name"`
	Role account.Role `json:"role"`
	CSRF string       `json:"csrf,omitempty"` // for X-CSRF-Token; empty for a key
}

// handleMe serves GET /v1/editor/me: who asks, and what he may do.
func (s *Server) handleMe(c echo.Context) error {
	if _, err := parseQuery(c.Request()); err != nil {
		return err
	}
	v := visitorOf(c)
	me := meJSON{Name: v.user.Name, Role: v.user.Role}
	if v.token != "" {
		me.CSRF = csrfToken(v.token)
	}
	return c.JSON(http.StatusOK, me)
}

// settingJSON is a setting of /v1/editor/settings.
type settingJSON struct {
	Name    string `json:"name"`
	Value   string `json:"value,omitempty"` // absent where the default holds
	Default string `json:"default,omitempty"`
	Effect  string `json:"effect"`
}

// handleSettingsGet serves GET /v1/editor/settings.
func (s *Server) handleSettingsGet(c echo.Context) error {
	if _, err := parseQuery(c.Request()); err != nil {
		return err
	}
	all := []settingJSON{}
	for _, one := range s.Settings {
		all = append(all, settingJSON(one))
	}
	return c.JSON(http.StatusOK, map[string]any{"settings": all})
}

// userJSON is a user of /v1/editor/users.
type userJSON struct {
	Name     string       `json:"name"`
	Role     account.Role `json:"role"`
	Created  time.Time    `json:"created"`
	LastSeen *time.Time   `json:"last_seen,omitempty"`
	Password string       `json:"password,omitempty"` // where it was just made
	ETag     string       `json:"etag"`
}

func newUserJSON(u account.User) userJSON {
	return userJSON{Name: u.Name, Role: u.Role, Created: u.Created, LastSeen: timeOrNil(u.LastSeen), ETag: userTag(u)}
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// handleUsersGet serves GET /v1/editor/users.
func (s *Server) handleUsersGet(c echo.Context) error {
	if _, err := parseQuery(c.Request()); err != nil {
		return err
	}
	users, err := s.Accounts.Users(c.Request().Context())
	if err != nil {
		return err
	}
	all := []userJSON{}
	for _, u := range users {
		all = append(all, newUserJSON(u))
	}
	c.Response().Header().Set("ETag", usersTag(users))
	return c.JSON(http.StatusOK, map[string]any{"users": all})
}

// sendUser answers with u, his tag and the password that was just made, if one was.
func sendUser(c echo.Context, status int, u account.User, password string) error {
	answer := newUserJSON(u)
	answer.Password = password
	c.Response().Header().Set("ETag", answer.ETag)
	return c.JSON(status, answer)
}

// handleUserGet serves GET /v1/editor/users/{name}.
func (s *Server) handleUserGet(c echo.Context) error {
	name, err := userName(c)
	if err != nil {
		return err
	}
	u, _, err := s.Accounts.UserPassword(c.Request().Context(), name)
	if err != nil {
		return noUserError(name, err)
	}
	return sendUser(c, http.StatusOK, u, "")
}

// handleUserPost serves POST /v1/editor/users: a new user, whose password stands in
// the answer. With If-Match nobody is added unless the list is what GET has told.
func (s *Server) handleUserPost(c echo.Context) error {
	if _, err := parseQuery(c.Request()); err != nil {
		return err
	}
	var body struct{ Name, Role string }
	if err := readJSON(c, &body, []string{"name", "role"}); err != nil {
		return err
	}
	password := account.NewPassword()
	hash, err := s.hash(c, password)
	if err != nil {
		return err
	}
	u, err := s.Accounts.AddUser(c.Request().Context(), account.User{Name: body.Name, Role: account.Role(body.Role)}, hash, sameUsers(c))
	if errors.Is(err, account.ErrTaken) {
		return echo.NewHTTPError(http.StatusConflict, err.Error())
	}
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, apiUsersPath+"/"+url.PathEscape(u.Name))
	return sendUser(c, http.StatusCreated, u, password)
}

// userName is that of the user in the address of c.
func userName(c echo.Context) (string, error) {
	if _, err := parseQuery(c.Request()); err != nil {
		return "", err
	}
	name, err := url.PathUnescape(c.Param("name"))
	if err != nil {
		return "", &data.InvalidError{Field: "name", Reason: "cannot be read"}
	}
	return name, nil
}

// otherJSON is the user in the address of c, who is somebody else than who asks.
func (s *Server) otherJSON(c echo.Context) (string, error) {
	name, err := userName(c)
	if err != nil {
		return "", err
	}
	if account.Canonical(name) == account.Canonical(Who(c).Name) {
		return "", echo.NewHTTPError(http.StatusConflict, translate(english, "users.yourself"))
	}
	return name, nil
}

// noUserError is err, with words for a user that there is not.
func noUserError(name string, err error) error {
	if errors.Is(err, data.ErrNotFound) {
		return echo.NewHTTPError(http.StatusNotFound, "there is no user "+data.Quote(name))
	}
	return err
}

// handleUserPatch serves PATCH /v1/editor/users/{name}: another role.
func (s *Server) handleUserPatch(c echo.Context) error {
	name, err := s.otherJSON(c)
	if err != nil {
		return err
	}
	var body struct{ Role string }
	if err := readJSON(c, &body, []string{"role"}); err != nil {
		return err
	}
	u, err := s.Accounts.SetRole(c.Request().Context(), name, account.Role(body.Role), sameUser(c))
	if err != nil {
		return noUserError(name, err)
	}
	return sendUser(c, http.StatusOK, u, "")
}

// handleUserPasswordPost serves POST /v1/editor/users/{name}/password: a new
// password, which stands in the answer.
func (s *Server) handleUserPasswordPost(c echo.Context) error {
	name, err := s.otherJSON(c)
	if err != nil {
		return err
	}
	password := account.NewPassword()
	hash, err := s.hash(c, password)
	if err != nil {
		return err
	}
	u, err := s.Accounts.SetPassword(c.Request().Context(), name, hash, 0, sameUser(c))
	if err != nil {
		return noUserError(name, err)
	}
	return sendUser(c, http.StatusOK, u, password)
}

// handleUserDelete serves DELETE /v1/editor/users/{name}.
func (s *Server) handleUserDelete(c echo.Context) error {
	name, err := s.otherJSON(c)
	if err != nil {
		return err
	}
	if _, err := s.Accounts.RemoveUser(c.Request().Context(), name, sameUser(c)); err != nil {
		return noUserError(name, err)
	}
	return c.NoContent(http.StatusNoContent)
}

// keyJSON is a key of /v1/editor/keys.
type keyJSON struct {
	ID       int64        `json:"id"`
	Name     string       `json:"name"`
	Scopes   []data.Scope `json:"scopes"`
	Created  time.Time    `json:"created"`
	LastUsed *time.Time   `json:"last_used,omitempty"`
	Revoked  *time.Time   `json:"revoked,omitempty"`
	Key      string       `json:"key,omitempty"` // where it was just made
	ETag     string       `json:"etag"`
}

func newKeyJSON(k data.Key) keyJSON {
	return keyJSON{ID: k.ID, Name: k.Name, Scopes: k.Scopes, Created: k.Created, LastUsed: timeOrNil(k.LastUsed), Revoked: timeOrNil(k.Revoked), ETag: keyTag(k)}
}

// handleKeysGet serves GET /v1/editor/keys: all keys, revoked ones too, the newest first.
func (s *Server) handleKeysGet(c echo.Context) error {
	if _, err := parseQuery(c.Request()); err != nil {
		return err
	}
	keys, err := s.Keys.Keys(c.Request().Context())
	if err != nil {
		return err
	}
	all := []keyJSON{}
	for _, k := range slices.Backward(keys) {
		all = append(all, newKeyJSON(k))
	}
	c.Response().Header().Set("ETag", keysTag(keys))
	return c.JSON(http.StatusOK, map[string]any{"keys": all})
}

// sendKey answers with k, its tag and its secret, if it was just made.
func sendKey(c echo.Context, status int, k data.Key, secret string) error {
	answer := newKeyJSON(k)
	answer.Key = secret
	c.Response().Header().Set("ETag", answer.ETag)
	return c.JSON(status, answer)
}

// keyID is the number of the key in the address of c.
func keyID(c echo.Context) (int64, error) {
	if _, err := parseQuery(c.Request()); err != nil {
		return 0, err
	}
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return 0, &data.InvalidError{Field: "id", Reason: "is " + data.Quote(c.Param("id")) + ", which is not the number of a key"}
	}
	return id, nil
}

func noKey(id int64) error {
	return echo.NewHTTPError(http.StatusNotFound, fmt.Sprintf("there is no key %d", id))
}

// handleKeyGet serves GET /v1/editor/keys/{id}.
func (s *Server) handleKeyGet(c echo.Context) error {
	id, err := keyID(c)
	if err != nil {
		return err
	}
	keys, err := s.Keys.Keys(c.Request().Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(keys, func(k data.Key) bool { return k.ID == id })
	if i < 0 {
		return noKey(id)
	}
	return sendKey(c, http.StatusOK, keys[i], "")
}

// handleKeyPost serves POST /v1/editor/keys: a new key, which stands in the answer. With
// If-Match none is made unless the list is what GET has told.
func (s *Server) handleKeyPost(c echo.Context) error {
	if _, err := parseQuery(c.Request()); err != nil {
		return err
	}
	var body struct {
		Name   string
		Scopes []data.Scope
	}
	if err := readJSON(c, &body, []string{"name", "scopes"}); err != nil {
		return err
	}
	k, secret, err := s.Keys.AddKeyIf(c.Request().Context(), sameKeys(c), body.Name, body.Scopes...)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, apiKeysPath+"/"+strconv.FormatInt(k.ID, 10))
	return sendKey(c, http.StatusCreated, k, secret)
}

// handleKeyDelete serves DELETE /v1/editor/keys/{id}: the key is worthless from now
// on, and stays in the list.
func (s *Server) handleKeyDelete(c echo.Context) error {
	id, err := keyID(c)
	if err != nil {
		return err
	}
	k, err := s.Keys.RevokeKey(c.Request().Context(), id, sameKey(c))
	if errors.Is(err, data.ErrNotFound) {
		return noKey(id)
	}
	if err != nil {
		return err
	}
	return sendKey(c, http.StatusOK, k, "")
}
