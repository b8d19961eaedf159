package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/recommend/web/openapi"
)

// registerDocs serves the contract, for programs and for people.
func (s *Server) registerDocs() {
	read := []string{http.MethodGet, http.MethodHead}
	document, page := newAnswer(jsonType, openapi.JSON), newAnswer(htmlType, openapi.Page)
	s.echo.Match(read, "/openapi.json", func(c echo.Context) error { return sendAnswer(c, document) })
	s.echo.Match(read, "/docs", func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderContentSecurityPolicy, openapi.PagePolicy)
		return sendAnswer(c, page)
	})
}
