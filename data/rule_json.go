package data

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data/spelling"
)

// A ruleJSON is a Rule as JSON has it: an object without what is empty.
type ruleJSON struct {
	ID             int64        `json:"id,omitzero"`
	Order          int          `json:"order,omitzero"`
	UnderSection   []string     `json:"under_section,omitempty"`
	UnderTag       []string     `json:"under_tag,omitempty"`
	UnderAuthor    []string     `json:"under_author,omitempty"`
	UnderType      []string     `json:"under_type,omitempty"`
	UnderLang      []Lang       `json:"under_lang,omitempty"`
	Placement      []string     `json:"placement,omitempty"`
	PublishedFrom  time.Time    `json:"published_from,omitzero"`
	PublishedUntil time.Time    `json:"published_until,omitzero"`
	Action         Action       `json:"action,omitzero"`
	Target         ArticleID    `json:"target,omitzero"`
	TargetSection  []string     `json:"target_section,omitempty"`
	TargetTag      []string     `json:"target_tag,omitempty"`
	TargetAuthor   []string     `json:"target_author,omitempty"`
	TargetType     []string     `json:"target_type,omitempty"`
	Position       int          `json:"position,omitzero"`
	Strength       *float64     `json:"strength,omitzero"` // which of a bury may be 0
	Only           SectionLimit `json:"only,omitzero"`
	MaxAgeDays     int          `json:"max_age_days,omitzero"`
	MaxPerSection  int          `json:"max_per_section,omitzero"`
	MaxPerAuthor   int          `json:"max_per_author,omitzero"`
	From           time.Time    `json:"from,omitzero"`
	Until          time.Time    `json:"until,omitzero"`
	Note           string       `json:"note,omitzero"`
	Author         string       `json:"author,omitzero"`
	Paused         bool         `json:"paused,omitzero"`
	Created        time.Time    `json:"created,omitzero"`
}

// ruleFields are the names of all fields of a ruleJSON.
var ruleFields = func() (names []string) {
	t := reflect.TypeFor[ruleJSON]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}()

// MarshalJSON writes r as an object without what is empty.
func (r Rule) MarshalJSON() ([]byte, error) {
	u, t := &r.Under, &r.Targets
	j := ruleJSON{
		r.ID, r.Order, u.Sections, u.Tags, u.Authors, u.Types, u.Langs, u.Placements, u.PublishedFrom, u.PublishedUntil,
		r.Action, r.Target, t.Sections, t.Tags, t.Authors, t.Types, r.Position, nil,
		r.Only, r.MaxAgeDays, r.MaxPerSection, r.MaxPerAuthor, r.From, r.Until, r.Note, r.Author, r.Paused, r.Created,
	}
	if r.Action.Weighs() {
		j.Strength = &r.Strength
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // whoever encodes the rule decides
	if err := enc.Encode(j); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// UnmarshalJSON reads what MarshalJSON writes. A field that it does not know, or that
// holds what it may not, is an *InvalidError; whether the rule makes sense Validate says.
func (r *Rule) UnmarshalJSON(b []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil {
		return &InvalidError{"rule", "is no JSON object"}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if slices.Contains(ruleFields, name) {
			continue
		}
		hint := ""
		if near := spelling.Nearest(name, ruleFields); near != "" {
			hint = "; did you mean " + near + "?"
		}
		return &InvalidError{"rule", "has no field " + Quote(name) + hint}
	}
	var j ruleJSON
	if err := json.Unmarshal(b, &j); err != nil {
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return &InvalidError{wrong.Field, fmt.Sprintf("is a %s; it must be %s", wrong.Value, jsonType(wrong.Type))}
		}
		return &InvalidError{"rule", "holds what is no time; write one as 2026-12-31T18:00:00Z"}
	}
	*r = Rule{
		ID: j.ID, Order: j.Order,
		Under: Condition{
			Selection: Selection{j.UnderSection, j.UnderTag, j.UnderAuthor, j.UnderType}, Langs: j.UnderLang, Placements: j.Placement,
			PublishedFrom: j.PublishedFrom, PublishedUntil: j.PublishedUntil,
		},
		Action: j.Action, Target: j.Target, Targets: Selection{j.TargetSection, j.TargetTag, j.TargetAuthor, j.TargetType}, Position: j.Position,
		Only: j.Only, MaxAgeDays: j.MaxAgeDays, MaxPerSection: j.MaxPerSection, MaxPerAuthor: j.MaxPerAuthor,
		From: j.From, Until: j.Until, Note: j.Note, Author: j.Author, Paused: j.Paused, Created: j.Created,
	}
	switch {
	case j.Strength != nil:
		r.Strength = *j.Strength
	case r.Action.Weighs():
		return &InvalidError{"strength", "is missing; of a boost it is 1.0 to 10.0, of a bury 0.0, the last place, to 0.9"}
	}
	return nil
}

// jsonType says what JSON calls a value of type t.
func jsonType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "a list of texts"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "true or false"
	}
	return "a text"
}
