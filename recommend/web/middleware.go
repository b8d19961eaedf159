package web

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/alsolike/alsolike/recommend/web/editor"
)

// once makes one middleware of several, the outermost first. Echo wraps the handler
// in each of them anew for every request; here they are wrapped once around
// whatever handler the router has found.
func once(all ...echo.MiddlewareFunc) echo.MiddlewareFunc {
	handler := func(c echo.Context) error { return c.Handler()(c) }
	for _, one := range slices.Backward(all) {
		handler = one(handler)
	}
	return func(echo.HandlerFunc) echo.HandlerFunc { return handler }
}

// requestID gives every request an id, in the answer's X-Request-Id.
func requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := c.Request().Header.Get(echo.HeaderXRequestID)
		if !plainID(id) {
			id = strconv.FormatUint(rand.Uint64()|1<<63, 36) // one need only differ from others
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
func secureHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h["X-Content-Type-Options"] = noSniff
		h["Content-Security-Policy"] = dataOnly
		if c.Path() != relatedPath { // a list leads nowhere by itself, and with one header more its map would grow
			h["Referrer-Policy"] = sameOrigin
		}
		return next(c)
	}
}

// Values of headers, see jsonType.
var (
	noSniff    = []string{"nosniff"}
	sameOrigin = []string{"same-origin"}
	dataOnly   = []string{"default-src 'none'; frame-ancestors 'none'"}
)

const (
	bodyLimit = "64 kB"
	fileLimit = "8 MB"
)

// limitBodies refuses what no route of ours wants to read; those that take
// articles have limits of their own.
func limitBodies() echo.MiddlewareFunc {
	limit := func(most string, skip func(path string) bool) echo.MiddlewareFunc {
		return middleware.BodyLimitWithConfig(middleware.BodyLimitConfig{
			Limit:   most,
			Skipper: func(c echo.Context) bool { return c.Request().Body == http.NoBody || skip(c.Path()) },
		})
	}
	small := limit(bodyLimit, func(path string) bool { return strings.HasPrefix(path, articlesPath) || editor.TakesFile(path) })
	large := limit(fileLimit, func(path string) bool { return !editor.TakesFile(path) })
	return func(next echo.HandlerFunc) echo.HandlerFunc { return small(large(next)) }
}

// How long a client may take to send a request, and a handler to answer it. Routes
// that take articles have limits of their own, see extend.
const (
	headerWithin = 5 * time.Second
	bodyWithin   = 10 * time.Second // the header included
	answerWithin = 10 * time.Second
	sentWithin   = 30 * time.Second // from the header on, until the client has it all
	idleWithin   = 2 * time.Minute  // between two requests of a connection
)

// limitTime ends the context of a request after answerWithin. Lists, which are made
// from memory and wait for nothing, do without its cost; a file is stored, and taken
// back, as a whole or not at all, and may be long.
func limitTime() echo.MiddlewareFunc {
	return middleware.ContextTimeoutWithConfig(middleware.ContextTimeoutConfig{
		Timeout: answerWithin,
		Skipper: func(c echo.Context) bool {
			path := c.Path()
			return path == relatedPath || path == fragmentPath || strings.HasPrefix(path, articlesPath) || editor.TakesLong(path)
		},
		ErrorHandler: func(err error, _ echo.Context) error { return err }, // newProblem knows it
	})
}
