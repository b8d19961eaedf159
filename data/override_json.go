package data

import (
	"encoding/json"
	"time"
)

// overrideJSON is an Override as the history keeps it. A field that is added must be
// left out where it is zero, so that what was kept before still equals what is there.
type overrideJSON struct {
	ID        int64     `json:"id"`
	Article   ArticleID `json:"article"`
	Target    ArticleID `json:"target,omitempty"`
	Action    Action    `json:"action"`
	Position  int       `json:"position,omitempty"`
	Strength  float64   `json:"strength,omitempty"`
	From      time.Time `json:"from,omitzero"`
	Until     time.Time `json:"until,omitzero"`
	Lang      Lang      `json:"lang,omitempty"`
	Placement string    `json:"placement,omitempty"`
	Note      string    `json:"note,omitempty"`
	Author    string    `json:"author,omitempty"`
	Paused    bool      `json:"paused,omitempty"`
	Created   time.Time `json:"created,omitzero"`
}

// AppendJSON appends o as one JSON object, in which equal overrides are equal bytes.
func (o *Override) AppendJSON(b []byte) []byte {
	text, err := json.Marshal(overrideJSON(*o))
	if err != nil {
		panic(err) // for Validate refuses what JSON does not have
	}
	return append(b, text...)
}

// ParseOverrideJSON reads what AppendJSON has written. It does not validate.
func ParseOverrideJSON(text []byte) (Override, error) {
	var o overrideJSON
	err := json.Unmarshal(text, &o)
	return Override(o), err
}
