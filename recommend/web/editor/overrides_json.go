package editor

import (
	"time"

	"github.com/alsolike/alsolike/data"
)

// overrideStates are data.OverrideStates as texts.
var overrideStates = []string{string(data.OverrideActive), string(data.OverridePaused), string(data.OverrideUpcoming), string(data.OverrideOver)}

// overrideState is that of o at time now, one of overrideStates.
func overrideState(o *data.Override, now time.Time) string { return string(o.State(now)) }

// overrideResponse is an override as answers have it.
type overrideResponse struct {
	ID        int64              `json:"id"`
	Article   data.ArticleID     `json:"article"`
	Target    data.ArticleID     `json:"target,omitempty"`
	Action    data.Action        `json:"action"`
	Position  int                `json:"position,omitempty"`
	Strength  *float64           `json:"strength,omitempty"`
	From      time.Time          `json:"from,omitzero"`
	Until     time.Time          `json:"until,omitzero"`
	Lang      data.Lang          `json:"lang,omitempty"`
	Placement string             `json:"placement,omitempty"`
	Note      string             `json:"note,omitempty"`
	Enabled   bool               `json:"enabled"`
	Author    string             `json:"author,omitempty"`
	Created   time.Time          `json:"created"`
	State     data.OverrideState `json:"state"`
	What      string             `json:"what"` // in words
	ETag      string             `json:"etag"`
	Change    int64              `json:"change,omitempty"` // in the history, that the request has made
}

func newOverrideResponse(o data.Override, now time.Time) overrideResponse {
	r := overrideResponse{
		ID: o.ID, Article: o.Article, Target: o.Target, Action: o.Action, Position: o.Position, From: o.From, Until: o.Until,
		Lang: o.Lang, Placement: o.Placement, Note: o.Note, Enabled: !o.Paused, Author: o.Author, Created: o.Created,
		State: o.State(now), What: o.Sentence(), ETag: tagOf(o.AppendJSON(nil)),
	}
	if o.Action.Weighs() {
		r.Strength = &o.Strength
	}
	return r
}

// overrideFields are the names of what an overrideRequest holds.
var overrideFields = []string{"article", "target", "action", "position", "strength", "from", "until", "lang", "placement", "note", "enabled"}

// overrideRequest is an override as requests have it: without what the server adds.
type overrideRequest struct {
	Article   data.ArticleID `json:"article"`
	Target    data.ArticleID `json:"target"`
	Action    data.Action    `json:"action"`
	Position  *int           `json:"position"`
	Strength  *float64       `json:"strength"`
	From      *string        `json:"from"`
	Until     *string        `json:"until"`
	Lang      string         `json:"lang"`
	Placement string         `json:"placement"`
	Note      string         `json:"note"`
	Enabled   *bool          `json:"enabled"`
}

// newOverrideRequest asks for o as it is.
func newOverrideRequest(o data.Override) overrideRequest {
	enabled := !o.Paused
	r := overrideRequest{
		Article: o.Article, Target: o.Target, Action: o.Action, From: timeText(o.From), Until: timeText(o.Until),
		Lang: string(o.Lang), Placement: o.Placement, Note: o.Note, Enabled: &enabled,
	}
	if o.Action == data.Pin {
		r.Position = &o.Position
	}
	if o.Action.Weighs() {
		r.Strength = &o.Strength
	}
	return r
}

func timeText(at time.Time) *string {
	if at.IsZero() {
		return nil
	}
	text := at.Format(time.RFC3339Nano)
	return &text
}

// override is what r asks for, with dates in zone where they say no other, or a
// *data.InvalidError.
func (r *overrideRequest) override(zone *time.Location) (o data.Override, err error) {
	o = data.Override{
		Article: r.Article, Target: r.Target, Action: r.Action, Placement: r.Placement, Note: r.Note, Paused: r.Enabled != nil && !*r.Enabled,
	}
	if o.Lang, err = data.ParseScope(r.Lang); err != nil {
		return o, err
	}
	for _, one := range []struct {
		name string
		text *string
		into *time.Time
	}{{"from", r.From, &o.From}, {"until", r.Until, &o.Until}} {
		if one.text == nil {
			continue
		}
		if *one.into, err = parseTime(one.name, *one.text, zone); err != nil {
			return o, err
		}
	}
	switch {
	case r.Position != nil:
		o.Position = *r.Position
	case o.Action == data.Pin:
		o.Position = 1
	}
	switch {
	case r.Strength != nil:
		o.Strength = *r.Strength
	case o.Action.Weighs():
		return o, &data.InvalidError{Field: "strength", Reason: "is missing; of a boost it is 1.0 to 10.0, of a bury 0.0, the last place, to 0.9"}
	}
	return o, o.Validate()
}
