package eval

import "fmt"

// A DataError says why a log, a ranking or the articles cannot be evaluated,
// and what would help.
type DataError struct{ Reason string }

func (e *DataError) Error() string { return e.Reason }

func dataErrorf(format string, args ...any) error {
	return &DataError{fmt.Sprintf(format, args...)}
}
