package data

import (
	"errors"
	"strconv"
)

var (
	// ErrNotFound is returned when nothing of that name is known.
	ErrNotFound = errors.New("not found")
	// ErrNoSnapshot is returned when links are asked for before any snapshot
	// is in service.
	ErrNoSnapshot = errors.New("no snapshot in service")
	// ErrBusy is returned when another process holds what is needed.
	ErrBusy = errors.New("busy")
)

// An InvalidError names a field and the reason why its value cannot be taken,
// written for whoever sent it: "id is missing".
type InvalidError struct {
	Field  string
	Reason string // continues a sentence that starts with the field's name
}

func (e *InvalidError) Error() string { return e.Field + " " + e.Reason }

// Quote shows a text of somebody else's in a message: in quotes, escaped, and cut
// after 60 characters.
func Quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}
