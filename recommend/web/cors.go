package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
)

// AnyOrigin lets the pages of every site read answers.
const AnyOrigin = "*"

// readerPaths are what the browsers of readers ask for, from pages of any site
// that Config.Origins allows.
var readerPaths = []string{"/v1/related", "/v1/related/batch", "/v1/fragment", "/v1/events", "/widget.js", "/widget.css"}

// ParseOrigins reads a list of origins, such as
// "https://example.org, https://www.example.org:8443": sites whose pages may read
// answers in the reader's browser. They become what browsers send. AnyOrigin
// stands alone.
func ParseOrigins(list string) ([]string, error) {
	var origins []string
	for part := range strings.SplitSeq(list, ",") {
		origin, err := parseOrigin(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		origins = append(origins, origin)
	}
	if slices.Contains(origins, AnyOrigin) && len(origins) > 1 {
		return nil, errors.New("must be * alone, or a list without it")
	}
	return origins, nil
}

func parseOrigin(s string) (string, error) {
	if s == AnyOrigin {
		return s, nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.Contains(u.Host, "*") ||
		u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("must be * or origins such as https://www.example.org; %s is none", data.Quote(s))
	}
	host := strings.ToLower(u.Host)
	if port := u.Port(); port == "" || u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		host = strings.TrimSuffix(strings.TrimSuffix(host, port), ":")
	}
	return u.Scheme + "://" + host, nil
}

// allowOrigins lets pages of the origins read the answers of readerPaths, and
// answers what browsers ask beforehand (preflight requests of CORS). No
// credentials: there are none that a reader could have.
func allowOrigins(origins []string) echo.MiddlewareFunc {
	anyOrigin := slices.Contains(origins, AnyOrigin)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r, h := c.Request(), c.Response().Header()
			if len(origins) == 0 || !slices.Contains(readerPaths, r.URL.Path) {
				return next(c)
			}
			origin := r.Header.Get(echo.HeaderOrigin)
			allowed := anyOrigin || slices.Contains(origins, origin)
			switch {
			case anyOrigin:
				h.Set(echo.HeaderAccessControlAllowOrigin, AnyOrigin)
			case allowed:
				h.Set(echo.HeaderAccessControlAllowOrigin, origin)
			}
			if !anyOrigin {
				h.Add(echo.HeaderVary, echo.HeaderOrigin)
			}
			if r.Method != http.MethodOptions || r.Header.Get(echo.HeaderAccessControlRequestMethod) == "" {
				if allowed {
					h.Set(echo.HeaderAccessControlExposeHeaders, "ETag, Retry-After, X-Request-Id")
				}
				return next(c)
			}
			if !allowed {
				return echo.NewHTTPError(http.StatusForbidden, fmt.Sprintf("pages of %s may not read answers; cors.origins lists those that may", data.Quote(clip(origin))))
			}
			h.Set(echo.HeaderAccessControlAllowMethods, "GET, HEAD, POST")
			h.Set(echo.HeaderAccessControlAllowHeaders, "Content-Type, If-None-Match, X-Request-Id")
			h.Set(echo.HeaderAccessControlMaxAge, "7200") // seconds; browsers heed no more
			return c.NoContent(http.StatusNoContent)
		}
	}
}
