package data

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alsolike/alsolike/data/spelling"
)

// An Action is what an override does to its target.
type Action string

// The actions of overrides.
const (
	Pin   Action = "pin"   // shows the target at a position
	Hide  Action = "hide"  // never shows the target
	Boost Action = "boost" // multiplies the target's ranking score, so that it rises
	Bury  Action = "bury"  // the same, so that it sinks
	Off   Action = "off"   // shows no links at all under the article; there is no target
)

// Actions are all of them.
func Actions() []Action { return []Action{Pin, Hide, Boost, Bury, Off} }

// Weighs reports whether overrides with that action have a Strength.
func (a Action) Weighs() bool { return a == Boost || a == Bury }

// The strengths that overrides may have.
const (
	LeastBoost, MostBoost = 1.0, 10.0
	LeastBury, MostBury   = 0.0, 0.9
)

// Everywhere as the article of an Override makes it hold under every article.
const Everywhere ArticleID = "*"

// An Override is an editor's wish about links. It outlives every refresh and
// holds from From until Until, unless it is paused. With Lang or Placement it
// holds in some lists only.
type Override struct {
	ID       int64     // given by the store, counting from 1
	Article  ArticleID // the page under which it holds, or Everywhere
	Target   ArticleID // the article that it is about; "" for Off
	Action   Action
	Position int       // of a Pin: 1 is the first link; 0 for other actions
	Strength float64   // of a Boost (1.0 to 10.0) or Bury (0.0 to 0.9); 0 for other actions
	From     time.Time // zero: at once
	Until    time.Time // zero: for ever; the first moment at which it no longer holds

	// Lang is the language of the pages under which it holds, as ParseScope makes it:
	// "zh" is Chinese in either script, "zh-Hant" the one. "" is every language.
	Lang      Lang
	Placement string // for which lists are asked; "" is every placement, and none

	Note    string    // why
	Author  string    // who
	Paused  bool      // does not hold for the time being
	Created time.Time // when; set by the store
}

// Active reports whether o holds at time now, in the lists that it is for.
func (o *Override) Active(now time.Time) bool {
	return !o.Paused && !now.Before(o.From) && (o.Until.IsZero() || now.Before(o.Until))
}

// InScope reports whether o is for lists under an article in lang that are asked for
// as placement.
func (o *Override) InScope(lang Lang, placement string) bool {
	return (o.Placement == "" || o.Placement == placement) && (o.Lang == "" || o.Lang == lang || o.Lang == lang.Base())
}

// ParseScope reads the language that an override is for: a tag as ParseLang has it,
// but that a language alone means all its scripts and regions, so "zh" stays as it is.
func ParseScope(s string) (Lang, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", nil
	}
	lang, err := ParseLang(s)
	if err == nil && strings.EqualFold(s, string(lang.Base())) {
		lang = lang.Base()
	}
	return lang, err
}

// The longest texts that an override may carry, in bytes.
const (
	longestNote      = 10_000
	longestAuthor    = 200
	longestPlacement = 200
)

// Validate reports the first reason to refuse o, as an *InvalidError, or nil.
func (o *Override) Validate() error {
	if err := ValidateID(o.Article); err != nil {
		return &InvalidError{"article", err.(*InvalidError).Reason}
	}
	return cmp.Or(o.validateTarget(), o.validateAction(), validatePeriod("", o.From, o.Until), o.validateScope(),
		validateText("note", o.Note, longestNote), validateText("author", o.Author, longestAuthor))
}

func (o *Override) validateTarget() error {
	if o.Action == Off {
		switch {
		case o.Target != "":
			return &InvalidError{"target", "belongs to other actions: off is about all links of its article"}
		case o.Article == Everywhere:
			return &InvalidError{"article", "is *; off is for one article (a site that wants no links asks for none)"}
		}
		return nil
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
	return nil
}

func (o *Override) validateAction() error {
	switch o.Action {
	case Pin:
		if o.Position < 1 {
			return &InvalidError{"position", fmt.Sprintf("is %d; a pin's position counts from 1", o.Position)}
		}
	case Boost:
		if !(o.Strength >= LeastBoost && o.Strength <= MostBoost) {
			return &InvalidError{"strength", fmt.Sprintf("is %v; of a boost it is 1.0 to 10.0", o.Strength)}
		}
	case Bury:
		if !(o.Strength >= LeastBury && o.Strength <= MostBury) {
			return &InvalidError{"strength", fmt.Sprintf("is %v; of a bury it is 0.0, the last place, to 0.9", o.Strength)}
		}
	case Hide, Off:
	default:
		return &InvalidError{"action", actionHint(o.Action)}
	}
	if o.Action != Pin && o.Position != 0 {
		return &InvalidError{"position", "belongs to pins only"}
	}
	if !o.Action.Weighs() && o.Strength != 0 {
		return &InvalidError{"strength", "belongs to boost and bury only"}
	}
	return nil
}

// actionHint says what to do about an action that there is not.
func actionHint(a Action) string {
	names := make([]string, len(Actions()))
	for i, known := range Actions() {
		names[i] = string(known)
	}
	hint := "is " + Quote(string(a)) + "; it may be pin, hide, boost, bury or off"
	if near := spelling.Nearest(string(a), names); near != "" {
		hint += "; did you mean " + near + "?"
	}
	return hint
}

func (o *Override) validateScope() error {
	if lang, err := ParseScope(string(o.Lang)); err != nil {
		return err
	} else if lang != o.Lang {
		return &InvalidError{"lang", "is " + Quote(string(o.Lang)) + ", which is written " + string(lang)}
	}
	return validateText("placement", o.Placement, longestPlacement)
}

func validateText(field, s string, most int) error {
	switch {
	case len(s) > most:
		return &InvalidError{field, fmt.Sprintf("is longer than %d bytes", most)}
	case !utf8.ValidString(s):
		return &InvalidError{field, "is not valid UTF-8"}
	}
	return nil
}
