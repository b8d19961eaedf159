package data

import (
	"cmp"
	"fmt"
	"time"
)

// An Action is what an override does to its target.
type Action string

// The actions of overrides.
const (
	Pin  Action = "pin"  // shows the target at a position
	Hide Action = "hide" // never shows the target
)

// Everywhere as the article of an Override makes it hold under every article.
const Everywhere ArticleID = "*"

// An Override is an editor's wish about links. It outlives every refresh and
// holds from From until Until.
type Override struct {
	ID       int64     // given by the store, counting from 1
	Article  ArticleID // the page under which it holds, or Everywhere
	Target   ArticleID // the article that it is about
	Action   Action
	Position int       // of a Pin: 1 is the first link; 0 for other actions
	From     time.Time // zero: at once
	Until    time.Time // zero: for ever; the first moment at which it no longer holds
	Note     string    // why
	Author   string    // who
	Created  time.Time // when; set by the store
}

// Active reports whether o holds at time now.
func (o *Override) Active(now time.Time) bool {
	return !now.Before(o.From) && (o.Until.IsZero() || now.Before(o.Until))
}

// Validate reports the first reason to refuse o, as an *InvalidError, or nil.
func (o *Override) Validate() error {
	if err := ValidateID(o.Article); err != nil {
		return &InvalidError{"article", err.(*InvalidError).Reason}
	}
	if err := ValidateID(o.Target); err != nil {
		return &InvalidError{"target", err.(*InvalidError).Reason}
	}
	if o.Target == Everywhere {
		return &InvalidError{"target", "cannot be * (only the article can)"}
	}
	if o.Article == o.Target {
		return &InvalidError{"target", "is the article itself, which is never linked"}
	}
	switch o.Action {
	case Pin:
		if o.Position < 1 {
			return &InvalidError{"position", fmt.Sprintf("is %d; a pin's position counts from 1", o.Position)}
		}
	case Hide:
		if o.Position != 0 {
			return &InvalidError{"position", "belongs to pins only"}
		}
	default:
		return &InvalidError{"action", "is " + Quote(string(o.Action)) + "; it may be pin or hide"}
	}
	if err := cmp.Or(validateTime("from", o.From), validateTime("until", o.Until)); err != nil {
		return err
	}
	if !o.Until.IsZero() && !o.From.Before(o.Until) {
		return &InvalidError{"until", "must come after from"}
	}
	return nil
}
