package data

import "time"

// An OverrideState says whether an override holds, or why not.
type OverrideState string

// The states of overrides.
const (
	OverrideActive   OverrideState = "active"
	OverridePaused   OverrideState = "paused"
	OverrideUpcoming OverrideState = "upcoming" // it has not begun
	OverrideOver     OverrideState = "over"     // it has ended
)

// OverrideStates are all of them.
func OverrideStates() []OverrideState {
	return []OverrideState{OverrideActive, OverridePaused, OverrideUpcoming, OverrideOver}
}

// State is that of o at time now.
func (o *Override) State(now time.Time) OverrideState {
	switch {
	case o.Active(now):
		return OverrideActive
	case o.Paused:
		return OverridePaused
	case now.Before(o.From):
		return OverrideUpcoming
	}
	return OverrideOver
}

// An OverrideFilter says which overrides are asked for. The zero value is all of them.
type OverrideFilter struct {
	Article, Target   ArticleID
	Action            Action
	Author, Placement string
	State             OverrideState // at Now
	Now               time.Time

	After int64 // with a higher ID
	Limit int   // so many at most; 0: any number
}

// Matches reports whether f lets o through, wherever its page begins.
func (f *OverrideFilter) Matches(o *Override) bool {
	return (f.Article == "" || f.Article == o.Article) && (f.Target == "" || f.Target == o.Target) && (f.Action == "" || f.Action == o.Action) &&
		(f.Author == "" || f.Author == o.Author) && (f.Placement == "" || f.Placement == o.Placement) && (f.State == "" || f.State == o.State(f.Now))
}
