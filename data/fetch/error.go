package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

var (
	// ErrRobots is returned when the host's robots.txt does not allow the URL.
	ErrRobots = errors.New("robots.txt does not allow it")
	// ErrTooLarge is returned when a body is larger than Options.MaxBytes.
	ErrTooLarge = errors.New("too large")
	// ErrPrivate is returned when a host, or one that it redirects to, has no
	// public address.
	ErrPrivate = errors.New("its address is private, which is refused unless allowed")
	// ErrTimeout is returned when a request took longer than Options.Timeout.
	ErrTimeout = errors.New("the answer took too long")
)

// A StatusError is an answer whose status is neither 2xx nor a redirect.
type StatusError struct {
	Code int

	retryAfter time.Duration // 0: the server does not say
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("the server answered %d %s", e.Code, http.StatusText(e.Code))
}

// Gone reports whether the server says that there is no such page, as opposed
// to being unable or unwilling to show it.
func (e *StatusError) Gone() bool {
	return e.Code == http.StatusNotFound || e.Code == http.StatusGone
}
