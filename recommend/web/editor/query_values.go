package editor

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
)

// parseNumber is a parameter as a whole number from least on; otherwise if it is empty.
func parseNumber(values url.Values, name string, otherwise, least, most int64) (int64, error) {
	text := values.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, &data.InvalidError{Field: name, Reason: fmt.Sprintf("is %s; it must be a whole number from %d to %d", data.Quote(text), least, most)}
	}
	return n, nil
}

// parseTime is a date, midnight in zone, or a time, in zone where it says none; zero if it
// is empty.
func parseTime(name, text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, ok := record.ParseTimeIn(text, zone)
	if !ok {
		return time.Time{}, &data.InvalidError{Field: name, Reason: "is " + data.Quote(text) + "; write a date such as 2026-12-31 or a time such as 2026-12-31T18:00:00Z"}
	}
	return at, nil
}

// parseBool is a parameter that is true or false; false if it is empty.
func parseBool(values url.Values, name string) (bool, error) {
	switch text := values.Get(name); text {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, &data.InvalidError{Field: name, Reason: "is " + data.Quote(text) + "; it may be true or false"}
	}
}
