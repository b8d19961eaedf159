package editor

import (
	"errors"
	"net/http"

	"github.com/alsolike/alsolike/data"
)

// Invalid says why something cannot be taken, a line of a file above all. In English that
// is what err says itself; in other languages it is what its field may hold.
func (w words) Invalid(err error) string {
	if w.lang == english {
		return err.Error()
	}
	invalid, isInvalid := errors.AsType[*data.InvalidError](err)
	switch {
	case isInvalid:
		if _, ok := texts["invalid."+invalid.Field]; ok {
			return w.T("invalid.of", invalid.Field, w.T("invalid."+invalid.Field))
		}
		return w.T("invalid.value", invalid.Field)
	case errors.Is(err, data.ErrNotFound):
		return w.T("invalid.no-article")
	}
	return w.T("invalid.line")
}

// why says what is the matter with a request that is answered with err and that status;
// detail says so in English, or in the reader's language where refuse made err.
func (w words) why(err error, status int, detail string) string {
	_, isInvalid := errors.AsType[*data.InvalidError](err)
	switch {
	case w.lang == english:
		return detail
	case isInvalid:
		return w.Invalid(err)
	case status == http.StatusMethodNotAllowed:
		return w.T("problem.method")
	case status == http.StatusRequestTimeout:
		return w.T("problem.slow")
	case status == http.StatusRequestEntityTooLarge:
		return w.T("problem.large")
	case status == http.StatusTooManyRequests:
		return w.T("problem.many")
	}
	return detail
}
