package record

import (
	"strings"
	"time"
)

var layouts = []string{
	time.RFC3339Nano, // takes any fraction of a second
	time.DateOnly,
	time.DateTime,
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04",
	"2006-01-02T15:04",
	"2006-01-02T15:04Z07:00",
}

// ParseTime reads a date, or a date with a time of day, as RFC 3339 and
// databases write them; without a zone it is UTC. The result is in UTC.
func ParseTime(s string) (t time.Time, ok bool) { return ParseTimeIn(s, time.UTC) }

// ParseTimeIn is ParseTime but that what is without a zone is in that one. The result is
// in UTC.
func ParseTimeIn(s string, zone *time.Location) (t time.Time, ok bool) {
	s = strings.TrimSpace(s)
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			t = t.UTC()
			if t.IsZero() || t.Year() < 1 || t.Year() > 9999 {
				break // RFC 3339 could not write it
			}
			return t, true
		}
	}
	return time.Time{}, false
}
