package web

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// requestID gives every request an id, in the answer's X-Request-Id.
func requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := c.Request().Header.Get(echo.HeaderXRequestID)
		if !plainID(id) {
			id = rand.Text()
		}
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		return next(c)
	}
}

// plainID reports whether a sender's request id is fit for our log.
func plainID(id string) bool {
	const most = 64
	return id != "" && len(id) <= most && strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}

func requestIDOf(c echo.Context) string {
	return c.Response().Header().Get(echo.HeaderXRequestID)
}

// logRequests writes one line for each request at debug level, after the answer.
func (s *Server) logRequests() echo.MiddlewareFunc {
	return middleware.RequestLoggerWithConfig(middleware.RequestLoggerConfig{
		Skipper: func(c echo.Context) bool {
			return !s.log.Enabled(c.Request().Context(), slog.LevelDebug)
		},
		HandleError: true, // so that the line shows the status that was sent
		LogMethod:   true, LogURI: true, LogStatus: true, LogLatency: true, LogRemoteIP: true, LogResponseSize: true,
		LogValuesFunc: func(c echo.Context, v middleware.RequestLoggerValues) error {
			s.log.LogAttrs(c.Request().Context(), slog.LevelDebug, "request",
				slog.String("method", v.Method), slog.String("uri", v.URI), slog.Int("status", v.Status),
				slog.Duration("took", v.Latency), slog.Int64("bytes", v.ResponseSize),
				slog.String("ip", v.RemoteIP), slog.String("request_id", requestIDOf(c)))
			return nil
		},
	})
}

// A panicError is a panic of a handler, on its way to the log.
type panicError struct {
	cause error
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.cause) }

// recoverPanics turns a panic into an error like any other.
func recoverPanics() echo.MiddlewareFunc {
	return middleware.RecoverWithConfig(middleware.RecoverConfig{
		DisableStackAll:     true,
		DisableErrorHandler: true,
		LogErrorFunc: func(_ echo.Context, err error, stack []byte) error {
			return &panicError{err, stack}
		},
	})
}

// secureHeaders forbids an answer to be anything but data; pages loosen it.
func secureHeaders() echo.MiddlewareFunc {
	return middleware.SecureWithConfig(middleware.SecureConfig{
		ContentTypeNosniff:    "nosniff",
		ReferrerPolicy:        "same-origin",
		ContentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
	})
}

// limitBodies refuses what no route of ours wants to read; those that take
// articles have limits of their own.
func limitBodies() echo.MiddlewareFunc {
	return middleware.BodyLimitWithConfig(middleware.BodyLimitConfig{
		Limit:   "64K",
		Skipper: func(c echo.Context) bool { return strings.HasPrefix(c.Path(), articlesPath) },
	})
}
