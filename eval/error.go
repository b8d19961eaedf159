package eval

import (
	"fmt"
	"strconv"
)

// A DataError says why a log, a ranking or the articles cannot be evaluated,
// and what would help.
type DataError struct{ Reason string }

func (e *DataError) Error() string { return e.Reason }

func dataErrorf(format string, args ...any) error {
	return &DataError{fmt.Sprintf(format, args...)}
}

// quote shows a text of the log or of a file in a message, cut if it is long.
func quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}
