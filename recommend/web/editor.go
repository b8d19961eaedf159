package web

import (
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/recommend/web/assets"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

// registerEditor serves the editors' pages, which learn from the server who asks.
func (s *Server) registerEditor(pages editor.Config, c Config) {
	pages.Log, pages.Now = c.Log, c.Now
	pages.Address = addressOf
	pages.Secure = encrypted(c.Proxies)
	pages.Stale = func() (time.Duration, bool) {
		st := s.rec.Status()
		return st.Age, s.stale(&st)
	}
	s.editor = editor.New(s.echo, pages)
}

// handleAsset serves GET /assets/NAME.
func handleAsset(c echo.Context) error {
	if !assets.Serve(c.Response(), c.Request()) {
		return echo.ErrNotFound
	}
	return nil
}
