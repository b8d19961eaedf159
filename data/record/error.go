package record

import "fmt"

// An Error is one bad record of a file: a result of reading like the good
// ones, since reading goes on after it.
type Error struct {
	File   string // as it was named when it was opened
	Line   int    // of the record's first line, counted from 1; 0: the file as a whole
	Reason string
	Err    error // of which Reason tells; nil: there is no other
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Reason
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason)
}
