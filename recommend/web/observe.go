package web

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// An AccessLog says of which requests the log holds a line at level info. At
// level debug there is one of every request, with the client's address.
type AccessLog string

// The access logs.
const (
	NoAccess     AccessLog = "off"
	AccessErrors AccessLog = "errors" // status 400 and above
	AllAccess    AccessLog = "all"
)

// ParseAccessLog reads off, errors or all.
func ParseAccessLog(s string) (AccessLog, error) {
	if a := AccessLog(s); slices.Contains([]AccessLog{NoAccess, AccessErrors, AllAccess}, a) {
		return a, nil
	}
	return "", errors.New("must be off, errors or all")
}

// observe sends the answer to an error, then counts the request and logs it.
func (s *Server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		begin := time.Now()
		if err := next(c); err != nil {
			c.Error(err)
		}
		took := time.Since(begin)
		s.metrics.request(c, took)
		s.logAccess(c, took)
		return nil
	}
}

func (s *Server) logAccess(c echo.Context, took time.Duration) {
	r, answer := c.Request(), c.Response()
	level := slog.LevelDebug
	if s.access == AllAccess || s.access == AccessErrors && answer.Status >= http.StatusBadRequest {
		level = slog.LevelInfo
	}
	if !s.log.Enabled(r.Context(), level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", clip(r.Method)), slog.String("path", clipPath(r.URL.EscapedPath())), slog.String("query", plainQuery(r.URL.RawQuery)),
		slog.String("route", c.Path()), slog.Int("status", answer.Status), slog.Int64("bytes", answer.Size),
		slog.Float64("took_ms", float64(took.Microseconds())/1000), slog.String("request_id", requestIDOf(c)),
	}
	if s.log.Enabled(r.Context(), slog.LevelDebug) {
		attrs = append(attrs, slog.String("ip", c.RealIP()))
	}
	s.log.LogAttrs(r.Context(), level, "request", attrs...)
}

// plainParameters are those whose values the log may hold. Any other may be a
// secret that somebody put into an address.
var plainParameters = []string{
	"id", "url", "from", "limit", "placement", "lang", "section", "not_section", "tag", "not_tag",
	"since", "exclude", "threshold", "fallback", "explain",
}

// plainQuery is a query as the log may hold it: short, without the values of
// parameters that are not ours, and of addresses without their own queries.
func plainQuery(raw string) string {
	const most = 500 // bytes
	var b strings.Builder
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		switch {
		case !slices.Contains(plainParameters, name):
			value = "…"
		case name == "url" || name == "from":
			address, err := url.QueryUnescape(value)
			if err != nil {
				address = "…"
			}
			if i := strings.IndexAny(address, "?#"); i >= 0 {
				address = address[:i] + "…"
			}
			if scheme, rest, found := strings.Cut(address, "://"); found { // https://name:password@host
				if i := strings.LastIndexByte(rest, '@'); i >= 0 {
					address = scheme + "://…" + rest[i:]
				}
			}
			value = address
		}
		if pair != "" {
			b.WriteString(clipPath(name) + "=" + value)
		}
		if b.Len() > most {
			return strings.ToValidUTF8(b.String()[:most], "") + "…"
		}
	}
	return b.String()
}

// clipPath is a path or a name as far as the log needs it.
func clipPath(path string) string {
	const most = 200 // bytes
	if len(path) > most {
		return strings.ToValidUTF8(path[:most], "") + "…"
	}
	return path
}
