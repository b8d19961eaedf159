package editor

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

const keysPath = settingsPath + "/keys"

func (s *Server) registerKeys() {
	s.handle(http.MethodGet, keysPath, account.Admin, s.handleKeys)
	s.handle(http.MethodPost, keysPath, account.Admin, s.handleKeyAdd)
	s.handle(http.MethodPost, keysPath+"/revoke", account.Admin, s.handleKeyRevoke)
}

// keysPage is the view of keys.html.
type keysPage struct {
	settingsTabs
	Keys    []data.Key // the newest first
	Scopes  []data.Scope
	Name    string // of the key to add, as it was typed
	Problem string // why it was not added; empty at first
}

// Tag is what forms about a key carry, as those about a user.
func (keysPage) Tag(k data.Key) string { return keyTag(k) }

func (s *Server) keysPage(c echo.Context, status int, view keysPage) error {
	keys, err := s.Keys.Keys(c.Request().Context())
	if err != nil {
		return err
	}
	for i := len(keys) - 1; i >= 0; i-- {
		view.Keys = append(view.Keys, keys[i])
	}
	view.settingsTabs, view.Scopes = newSettingsTabs(c, "keys"), data.Scopes
	return s.pageStatus(c, status, "keys", view)
}

// handleKeys serves GET /editor/settings/keys.
func (s *Server) handleKeys(c echo.Context) error { return s.keysPage(c, http.StatusOK, keysPage{}) }

// handleKeyAdd serves POST /editor/settings/keys: a new key, shown once.
func (s *Server) handleKeyAdd(c echo.Context) error {
	name := c.FormValue("name")
	k, secret, err := s.Keys.AddKeyIf(c.Request().Context(), nil, name, data.Scope(c.FormValue("scope")))
	if invalid, ok := errors.AsType[*data.InvalidError](err); ok {
		problem := s.text(c, "keys.bad-name")
		if invalid.Field != "name" {
			problem = s.words(c).Invalid(invalid)
		}
		return s.keysPage(c, http.StatusUnprocessableEntity, keysPage{Name: name, Problem: problem})
	}
	if err != nil {
		return err
	}
	return s.showOnce(c, keysPath, secret, "keys.added", k.Name)
}

// handleKeyRevoke serves POST /editor/settings/keys/revoke.
func (s *Server) handleKeyRevoke(c echo.Context) error {
	id, err := strconv.ParseInt(c.FormValue("id"), 10, 64)
	if err != nil {
		return &data.InvalidError{Field: "id", Reason: "is not the number of a key"}
	}
	k, err := s.Keys.RevokeKey(c.Request().Context(), id, seenKey(c))
	if errors.Is(err, data.ErrNotFound) {
		return s.seeOther(c, keysPath, "keys.gone")
	}
	if conflict, ok := errors.AsType[*data.ConflictError](err); ok {
		return s.seeOther(c, keysPath, "keys.changed", conflict.Subject)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, keysPath, "keys.revoked", k.Name)
}
