package clicklog

import (
	"strconv"
	"time"

	"github.com/alsolike/alsolike/data/record"
)

// A unit is what the whole numbers of a log's times count.
type unit uint8

const (
	noUnit unit = iota // the time is a text
	seconds
	milliseconds
	microseconds
)

func (u unit) String() string {
	return [...]string{"RFC 3339", "seconds", "milliseconds", "microseconds"}[u]
}

// The first number that counts milliseconds (as seconds it would be the year
// 5138), microseconds, and nothing any more.
const (
	firstMilliseconds = 100_000_000_000
	firstMicroseconds = 100_000_000_000_000
	lastMicroseconds  = 253_402_300_800_000_000 // the year 10000
)

// parseUnix reads a time since 1970 whose size tells its unit.
func parseUnix(b []byte) (t time.Time, u unit, ok bool) {
	n, err := strconv.ParseInt(string(b), 10, 64)
	switch {
	case err != nil || n <= 0 || n >= lastMicroseconds:
		return time.Time{}, noUnit, false
	case n < firstMilliseconds:
		return time.Unix(n, 0).UTC(), seconds, true
	case n < firstMicroseconds:
		return time.UnixMilli(n).UTC(), milliseconds, true
	}
	return time.UnixMicro(n).UTC(), microseconds, true
}

// parseClock reads the time of an event, none before 1970: with its zone, as RFC
// 3339 has it, a blank allowed in place of the T, or as a number since 1970.
func parseClock(b []byte) (t time.Time, u unit, ok bool) {
	if t, ok := parsePlain(b); ok {
		return t, noUnit, true
	}
	if len(b) > 0 && '0' <= b[0] && b[0] <= '9' && len(b) <= 18 {
		if t, u, ok := parseUnix(b); ok {
			return t, u, true
		}
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05Z0700"} {
		if t, err := time.Parse(layout, string(b)); err == nil && t.Unix() >= 0 && inYears(t.UTC()) {
			return t.UTC(), noUnit, true
		}
	}
	return time.Time{}, noUnit, false
}

// inYears tells whether RFC 3339 can write t.
func inYears(t time.Time) bool { return !t.IsZero() && 1 <= t.Year() && t.Year() <= 9999 }

// parsePlain reads the form in which nearly all times stand: whole seconds in UTC.
func parsePlain(b []byte) (t time.Time, ok bool) {
	const form = "2006-01-02T15:04:05Z"
	if len(b) != len(form) {
		return t, false
	}
	var n [6]int
	field := 0
	for i, c := range b {
		switch f := form[i]; {
		case '0' <= f && f <= '9':
			if c < '0' || c > '9' {
				return t, false
			}
			n[field] = n[field]*10 + int(c-'0')
		case c != f:
			return t, false
		default:
			field++
		}
	}
	year, month, day := n[0], n[1], n[2]
	if year < 1970 || month < 1 || month > 12 || day < 1 || day > 28 || n[3] > 23 || n[4] > 59 || n[5] > 59 {
		return t, false // the end of a month is left to package time
	}
	return time.Date(year, time.Month(month), day, n[3], n[4], n[5], 0, time.UTC), true
}

// parseDate reads the date of an article: with or without a time of day and zone,
// or a time since 1970.
func parseDate(b []byte) (time.Time, bool) {
	if t, _, ok := parseClock(b); ok {
		return t, true
	}
	return record.ParseTime(string(b))
}
