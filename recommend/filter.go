package recommend

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/spelling"
)

// A Filter says which articles may be links. An empty field lets all pass; names
// are compared letter by letter.
type Filter struct {
	Sections    []string // one of them
	NotSections []string
	Tags        []string // at least one of them
	NotTags     []string
	Since       time.Time // published then or later; an article without a date is not
}

// empty reports whether f lets everything pass.
func (f *Filter) empty() bool {
	return len(f.Sections)+len(f.NotSections)+len(f.Tags)+len(f.NotTags) == 0 && f.Since.IsZero()
}

// passes reports whether the article may be a link.
func (f *Filter) passes(c *data.Card) bool {
	return (len(f.Sections) == 0 || slices.Contains(f.Sections, c.Section)) && !slices.Contains(f.NotSections, c.Section) &&
		(len(f.Tags) == 0 || slices.ContainsFunc(f.Tags, c.Tags.Has)) && !slices.ContainsFunc(f.NotTags, c.Tags.Has) &&
		(f.Since.IsZero() || !c.PublishedAt.IsZero() && !c.PublishedAt.Before(f.Since))
}

// A Since says from when on the links of a list are published, as ParseSince
// reads it. The empty Since means any time.
type Since string

// ParseSince reads hours, days or weeks back, such as "12h", "90d" and "4w", or a
// date, such as "2026-12-31" and "2026-12-31T18:00:00Z". What is none of these is
// a *data.InvalidError about "since".
func ParseSince(s string) (Since, error) {
	if _, ok := Since(s).from(time.Time{}); !ok {
		return "", &data.InvalidError{Field: "since", Reason: "is " + data.Quote(s) +
			"; write hours, days or weeks back as 12h, 90d or 4w, from 1 to 9999, or a date as 2026-12-31 or 2026-12-31T18:00:00Z"}
	}
	return Since(s), nil
}

// From is the moment that s means at time now. Hours count back from the beginning
// of the present hour in UTC, days and weeks from that of the present day, so that
// the same words make the same list for a while. Of the empty Since it is zero.
func (s Since) From(now time.Time) time.Time {
	at, _ := s.from(now)
	return at
}

func (s Since) from(now time.Time) (at time.Time, ok bool) {
	if n, unit := strings.TrimRight(string(s), "hdw"), strings.TrimLeft(string(s), "0123456789"); len(n)+1 == len(s) {
		count, err := strconv.Atoi(n)
		if err != nil || count < 1 || count > 9999 {
			return time.Time{}, false
		}
		now = now.UTC()
		today := now.Truncate(24 * time.Hour)
		switch unit {
		case "h":
			return now.Truncate(time.Hour).Add(-time.Duration(count) * time.Hour), true
		case "d":
			return today.AddDate(0, 0, -count), true
		case "w":
			return today.AddDate(0, 0, -7*count), true
		}
		return time.Time{}, false
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, string(s)); err == nil && t.Year() > 0 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// A Fallback is what fills a list that is shorter than its limit.
type Fallback string

// The fallbacks. Links that fill have the source "fallback:" and its name.
const (
	NoFallback      Fallback = "none"
	SectionFallback Fallback = "section" // the newest of the article's section
	LatestFallback  Fallback = "latest"  // the newest
	PopularFallback Fallback = "popular" // the most read of late, see Options.Popular
)

var fallbacks = []string{string(NoFallback), string(SectionFallback), string(LatestFallback), string(PopularFallback)}

// ParseFallback reads the name of a fallback. What is none is a
// *data.InvalidError about "fallback".
func ParseFallback(s string) (Fallback, error) {
	if slices.Contains(fallbacks, s) {
		return Fallback(s), nil
	}
	hint := ""
	if near := spelling.Nearest(s, fallbacks); near != "" {
		hint = "; did you mean " + near + "?"
	}
	return "", &data.InvalidError{Field: "fallback", Reason: fmt.Sprintf("is %s; it must be one of %s%s", data.Quote(s), strings.Join(fallbacks, ", "), hint)}
}

// source is that of links that f puts into a list.
func (f Fallback) source() Source { return Source("fallback:" + f) }

// checkThreshold refuses what is no score.
func checkThreshold(t int) error {
	if t < 0 || t > 100 {
		return &data.InvalidError{Field: "threshold", Reason: fmt.Sprintf("is %d; it may be 0 to 100", t)}
	}
	return nil
}
