package data

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Sentence says o in words, without the end of a sentence: "a7 is pinned to position 1
// under a1 until 2026-12-31T00:00:00Z".
func (o *Override) Sentence() string {
	where := "under " + string(o.Article)
	if o.Article == Everywhere {
		where = "everywhere"
	}
	var s string
	switch o.Action {
	case Pin:
		s = fmt.Sprintf("%s is pinned to position %d %s", o.Target, o.Position, where)
	case Hide:
		s = fmt.Sprintf("%s is hidden %s", o.Target, where)
	case Boost:
		s = fmt.Sprintf("%s is boosted by %s %s", o.Target, StrengthText(o.Strength), where)
	case Bury:
		s = fmt.Sprintf("%s is buried by %s %s", o.Target, StrengthText(o.Strength), where)
	case Off:
		s = fmt.Sprintf("%s shows no links", o.Article)
	}
	if o.Lang != "" {
		s += " in " + string(o.Lang)
	}
	if o.Placement != "" {
		s += " in placement " + strings.Join(strings.Fields(o.Placement), " ")
	}
	if !o.From.IsZero() {
		s += " from " + o.From.Format(time.RFC3339)
	}
	if !o.Until.IsZero() {
		s += " until " + o.Until.Format(time.RFC3339)
	}
	return s
}

// StrengthText is the strength of a boost or bury with at least one decimal.
func StrengthText(strength float64) string {
	s := strconv.FormatFloat(strength, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
