package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

// A problem is the body of every answer that is none: problem details of
// RFC 9457, with the parameter at fault where there is one.
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Instance  string `json:"instance,omitempty"`
	Parameter string `json:"parameter,omitempty"`
	RequestID string `json:"request_id,omitempty"`
	Present   any    `json:"present,omitempty"` // of a conflict: what is there
}

// handleError answers a request whose handler returned err. It is the one place
// that logs errors: those that are not the sender's.
func (s *Server) handleError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	p := newProblem(err, c)
	if p.Status >= http.StatusInternalServerError && !errors.Is(err, data.ErrNoSnapshot) {
		p.RequestID = requestIDOf(c)
		s.logError(c, err)
	}
	if p.Status == http.StatusServiceUnavailable {
		c.Response().Header().Set("Retry-After", "5") // seconds
	}
	switch {
	case wantsComment(c):
		err = writeComment(c, p)
	case s.editor != nil && editor.Owns(c.Request().URL.Path):
		err = s.editor.Problem(c, err, p.Status, p.Detail, p.RequestID)
	case s.magazine != nil && s.magazine.owns(c.Request().URL.Path):
		err = s.magazine.problemPage(c, p)
	default:
		err = writeJSON(c, p.Status, "application/problem+json", p)
	}
	if err != nil {
		s.logError(c, err)
	}
}

func (s *Server) logError(c echo.Context, err error) {
	if c.Request().Context().Err() != nil && errors.Is(err, context.Canceled) {
		return // the reader left; nothing is wrong
	}
	attrs := []slog.Attr{
		slog.String("method", c.Request().Method), slog.String("path", c.Request().URL.Path),
		slog.String("request_id", requestIDOf(c)), slog.Any("error", err),
	}
	if p, ok := errors.AsType[*panicError](err); ok {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	s.log.LogAttrs(c.Request().Context(), slog.LevelError, "request", attrs...)
}

// newProblem says what err means to whoever sent the request of c.
func newProblem(err error, c echo.Context) problem {
	r := c.Request()
	p := problem{Type: "about:blank", Instance: r.URL.EscapedPath()}
	invalid, isInvalid := errors.AsType[*data.InvalidError](err)
	conflict, isConflict := errors.AsType[*editor.Conflict](err)
	refused, isRefused := errors.AsType[*echo.HTTPError](err)
	switch {
	case isInvalid:
		p.Status, p.Detail, p.Parameter = http.StatusBadRequest, invalid.Error(), invalid.Field
	case isConflict:
		p.Status, p.Detail, p.Present = conflict.Status, conflict.Detail, conflict.Present
	case errors.Is(err, data.ErrNoSnapshot):
		p.Status, p.Detail = http.StatusServiceUnavailable, "no snapshot is in service yet; run `alsolike refresh` to make one"
	case errors.Is(err, data.ErrBusy):
		p.Status, p.Detail = http.StatusServiceUnavailable, "another process has been writing to the store for long; try again"
	case errors.Is(err, context.DeadlineExceeded):
		p.Status, p.Detail = http.StatusServiceUnavailable, fmt.Sprintf("there is no answer within %v; try again", answerWithin)
	case errors.Is(err, os.ErrDeadlineExceeded):
		p.Status, p.Detail = http.StatusRequestTimeout, "the body did not come in time"
	case errors.Is(err, io.ErrUnexpectedEOF):
		p.Status, p.Detail = http.StatusBadRequest, "the body ended before its time"
	case errors.Is(err, echo.ErrStatusRequestEntityTooLarge):
		p.Status, p.Detail = http.StatusRequestEntityTooLarge, "the body is over "+bodyLimit
		if editor.TakesFile(c.Path()) {
			p.Detail = "the file is over " + fileLimit + "; import it in parts"
		}
	case errors.Is(err, echo.ErrNotFound):
		p.Status, p.Detail = http.StatusNotFound, "there is nothing at this address"
	case errors.Is(err, echo.ErrMethodNotAllowed):
		p.Status, p.Detail = http.StatusMethodNotAllowed, fmt.Sprintf("%s is not possible here; use one of: %s", clip(r.Method), c.Response().Header().Get(echo.HeaderAllow))
	case isRefused && refused.Code < http.StatusInternalServerError:
		p.Status, p.Detail = refused.Code, fmt.Sprint(refused.Message)
	default:
		p.Status, p.Detail = http.StatusInternalServerError, "internal error; the server's log tells more under this request_id"
	}
	p.Title = http.StatusText(p.Status)
	return p
}

// buffers holds *bytes.Buffer for writeJSON, which runs for every list.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// writeJSON answers with v, which nobody may keep. Text stays as it is: "&" is not
// "\u0026".
func writeJSON(c echo.Context, status int, contentType string, v any) error {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("web: encode answer: %w", err)
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.Blob(status, contentType, b.Bytes())
}
