package editor

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data/account"
)

const (
	settingsPath      = Prefix + "/settings"
	passwordPath      = settingsPath + "/password"
	sessionsPath      = settingsPath + "/sessions"
	configurationPath = settingsPath + "/configuration"
)

func (s *Server) registerSettings() {
	s.handle(http.MethodGet, settingsPath, account.Viewer, s.handleSettings)
	s.handle(http.MethodPost, passwordPath, account.Viewer, s.handlePassword)
	s.handle(http.MethodPost, sessionsPath, account.Viewer, s.handleSessionsEnd)
	s.handle(http.MethodGet, configurationPath, account.Viewer, s.handleConfiguration)
}

// settingsTabs are the pages that Settings consists of.
type settingsTabs struct {
	Tab  string // the one that is shown
	Tabs []settingsTab
}

type settingsTab struct{ Name, URL string }

// newSettingsTabs are those that whoever sends the request of c may see.
func newSettingsTabs(c echo.Context, tab string) settingsTabs {
	tabs := []settingsTab{{"account", settingsPath}}
	if Who(c).Role.May(account.Admin) {
		tabs = append(tabs, settingsTab{"users", usersPath}, settingsTab{"keys", keysPath})
	}
	return settingsTabs{tab, append(tabs, settingsTab{"configuration", configurationPath})}
}

// settingsPage is the view of settings.html.
type settingsPage struct {
	settingsTabs
	Current  int64 // ID of the session that asks
	Sessions []account.Session
	Problem  string // why the password was not changed; empty at first
	Shortest int    // characters of a password
}

func (s *Server) settingsPage(c echo.Context, problem string) (settingsPage, error) {
	v := visitorOf(c)
	sessions, err := s.Accounts.Sessions(c.Request().Context(), v.user.Name)
	return settingsPage{newSettingsTabs(c, "account"), v.session.ID, sessions, problem, account.ShortestPassword}, err
}

// Browser is what a browser and its system are called, as far as a session's agent
// tells; else the agent itself.
func (settingsPage) Browser(agent string) string {
	first := func(names ...[2]string) string {
		for _, n := range names {
			if strings.Contains(agent, n[0]) {
				return n[1]
			}
		}
		return ""
	}
	browser := first([2]string{"Edg/", "Edge"}, [2]string{"OPR/", "Opera"}, [2]string{"Firefox/", "Firefox"}, [2]string{"Chrome/", "Chrome"}, [2]string{"Safari/", "Safari"})
	system := first([2]string{"Android", "Android"}, [2]string{"iPhone", "iPhone"}, [2]string{"iPad", "iPad"}, [2]string{"Windows", "Windows"}, [2]string{"Mac OS X", "macOS"}, [2]string{"Linux", "Linux"})
	switch {
	case browser == "":
		return agent
	case system == "":
		return browser
	}
	return browser + " · " + system
}

// handleSettings serves GET /editor/settings: the reader's own account.
func (s *Server) handleSettings(c echo.Context) error {
	view, err := s.settingsPage(c, "")
	if err != nil {
		return err
	}
	return s.page(c, "settings", view)
}

// handlePassword serves POST /editor/settings/password. Whoever finds a browser
// where somebody is signed in does not know his password, so it has to be shown; and
// guessing it counts like guessing it at the sign-in.
func (s *Server) handlePassword(c echo.Context) error {
	v, ctx := visitorOf(c), c.Request().Context()
	problem := ""
	wait, err := s.Accounts.CountAttempt(ctx, v.user.Name, s.Address(c))
	if err != nil {
		return err
	}
	password := c.FormValue("new")
	if wait > 0 {
		problem = s.waitText(c, wait)
	} else {
		good, err := s.checkPassword(c, v.user.Name, c.FormValue("present"))
		switch {
		case err != nil:
			return err
		case !good:
			problem = s.text(c, "settings.present-wrong")
		case password != c.FormValue("again"):
			problem = s.text(c, "settings.differ")
		case account.ValidatePassword(v.user.Name, password) != nil:
			problem = s.text(c, "settings.weak", account.ShortestPassword)
		}
		if good {
			if err := s.Accounts.ForgetAttempt(ctx, v.user.Name, s.Address(c)); err != nil {
				return err
			}
		}
	}
	if problem != "" {
		view, err := s.settingsPage(c, problem)
		if err != nil {
			return err
		}
		return s.pageStatus(c, http.StatusUnprocessableEntity, "settings", view)
	}
	hash, err := s.hash(c, password)
	if err != nil {
		return err
	}
	if _, err := s.Accounts.SetPassword(ctx, v.user.Name, hash, v.session.ID); err != nil {
		return err
	}
	return s.seeOther(c, settingsPath, "settings.password-set")
}

// handleSessionsEnd serves POST /editor/settings/sessions: all sessions of the
// reader end but this one.
func (s *Server) handleSessionsEnd(c echo.Context) error {
	v := visitorOf(c)
	if err := s.Accounts.EndSessions(c.Request().Context(), v.user.Name, v.session.ID); err != nil {
		return err
	}
	return s.seeOther(c, settingsPath, "settings.sessions-ended")
}

// configurationPage is the view of configuration.html.
type configurationPage struct {
	settingsTabs
	Given   []Setting // what somebody has set
	Default []Setting // the others
}

// handleConfiguration serves GET /editor/settings/configuration.
func (s *Server) handleConfiguration(c echo.Context) error {
	view := configurationPage{settingsTabs: newSettingsTabs(c, "configuration")}
	for _, one := range s.Settings {
		if one.Value != "" {
			view.Given = append(view.Given, one)
		} else {
			view.Default = append(view.Default, one)
		}
	}
	return s.page(c, "configuration", view)
}
