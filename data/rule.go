package data

import (
	"cmp"
	"fmt"
	"slices"
	"time"
	"unicode"

	"github.com/alsolike/alsolike/data/spelling"
)

// A Rule is an editor's wish about the links under many articles at once: under those
// of a section, with a tag, by an author and so on. It may do something to the links to
// one article or to a selection (Action), and limit what links there are at all (Only,
// MaxAgeDays, MaxPerSection, MaxPerAuthor). It outlives every refresh and holds from
// From until Until, unless it is paused.
type Rule struct {
	ID    int64 // given by the store, counting from 1
	Order int   // given by the store: 1 is the first rule. Of several that say something of one thing the first counts

	Under Condition // where it holds

	Action   Action    // empty: the rule has limits alone
	Target   ArticleID // the article that Action is about; empty if it is about Targets, and for Off
	Targets  Selection // all of these, if Target is empty. Of a Pin: the best link to one of them
	Position int       // of a Pin: 1 is the first link; 0 for other actions
	Strength float64   // of a Boost (1.0 to 10.0) or Bury (0.0 to 0.9); 0 for other actions

	Only          SectionLimit // from which sections links may be
	MaxAgeDays    int          // links were published no longer ago, and have a date; 0: any age
	MaxPerSection int          // links of one section; 0: any number
	MaxPerAuthor  int          // links by one author; 0: any number

	From  time.Time // zero: at once
	Until time.Time // zero: for ever; the first moment at which it no longer holds

	Note    string    // why
	Author  string    // who
	Paused  bool      // does not hold for the time being
	Created time.Time // when; set by the store
}

// A Selection is all articles that are of one of the sections, have one of the tags, are by
// one of the authors, and are of one of the types; an empty list means any. Names are
// compared letter by letter.
type Selection struct {
	Sections, Tags, Authors, Types []string
}

// Empty reports whether all articles are of that kind.
func (k *Selection) Empty() bool { return len(k.Sections)+len(k.Tags)+len(k.Authors)+len(k.Types) == 0 }

// Holds reports whether the article with card c is of that kind.
func (k *Selection) Holds(c *Card) bool {
	return (len(k.Sections) == 0 || slices.Contains(k.Sections, c.Section)) && (len(k.Types) == 0 || slices.Contains(k.Types, c.Type)) &&
		(len(k.Tags) == 0 || slices.ContainsFunc(k.Tags, c.Tags.Has)) && (len(k.Authors) == 0 || slices.ContainsFunc(k.Authors, c.Authors.Has))
}

// A Condition is the lists that a rule is for. An empty field means any.
type Condition struct {
	Selection                // of the articles that show the links
	Langs          []Lang    // one of them, as ParseScope makes them
	Placements     []string  // for one of which the list is asked for
	PublishedFrom  time.Time // then or later; an article without a date is not
	PublishedUntil time.Time // before that; an article without a date is not
}

// Empty reports whether all lists are in s.
func (s *Condition) Empty() bool {
	return s.Selection.Empty() && len(s.Langs)+len(s.Placements) == 0 && s.PublishedFrom.IsZero() && s.PublishedUntil.IsZero()
}

// Holds reports whether the list under the article with card c that is asked for as
// placement is in s.
func (s *Condition) Holds(c *Card, placement string) bool {
	if !s.Selection.Holds(c) || len(s.Placements) > 0 && !slices.Contains(s.Placements, placement) {
		return false
	}
	if len(s.Langs) > 0 && !slices.Contains(s.Langs, c.Lang) && !slices.Contains(s.Langs, c.Lang.Base()) {
		return false
	}
	if s.PublishedFrom.IsZero() && s.PublishedUntil.IsZero() {
		return true
	}
	at := c.PublishedAt
	return !at.IsZero() && !at.Before(s.PublishedFrom) && (s.PublishedUntil.IsZero() || at.Before(s.PublishedUntil))
}

// A SectionLimit says from which sections links may be. An article without a section is
// under no such limit.
type SectionLimit string

// The limits by section.
const (
	AnySection    SectionLimit = ""
	SameSection   SectionLimit = "same_section"   // as the article that shows the links
	OtherSections SectionLimit = "other_sections" // than that
)

// Active reports whether r holds at time now, in the lists that it is for.
func (r *Rule) Active(now time.Time) bool {
	return !r.Paused && !now.Before(r.From) && (r.Until.IsZero() || now.Before(r.Until))
}

// Limits reports whether r limits what links there are.
func (r *Rule) Limits() bool {
	return r.Only != AnySection || r.MaxAgeDays > 0 || r.MaxPerSection > 0 || r.MaxPerAuthor > 0
}

// The most that the lists and numbers of a rule may be.
const (
	mostRuleNames = 100
	longestName   = 200    // bytes
	mostAgeDays   = 36_500 // a hundred years
	mostPerRule   = 1000
)

// Validate reports the first reason to refuse r, as an *InvalidError, or nil. Its field
// is what JSON calls it.
func (r *Rule) Validate() error {
	return cmp.Or(r.Under.validate(), r.Targets.validate("target_"), r.validateLimits(), r.validateAction(),
		validatePeriod("", r.From, r.Until), validateText("note", r.Note, longestNote), validateText("author", r.Author, longestAuthor))
}

func (s *Condition) validate() error {
	if err := cmp.Or(s.Selection.validate("under_"), validateNames("placement", s.Placements), validatePeriod("published_", s.PublishedFrom, s.PublishedUntil)); err != nil {
		return err
	}
	for _, lang := range s.Langs {
		switch canonical, err := ParseScope(string(lang)); {
		case err != nil:
			return &InvalidError{"under_lang", err.(*InvalidError).Reason}
		case canonical == "":
			return &InvalidError{"under_lang", "holds an empty language"}
		case canonical != lang:
			return &InvalidError{"under_lang", "is " + Quote(string(lang)) + ", which is written " + string(canonical)}
		}
	}
	return nil
}

func (k *Selection) validate(prefix string) error {
	return cmp.Or(validateNames(prefix+"section", k.Sections), validateNames(prefix+"tag", k.Tags),
		validateNames(prefix+"author", k.Authors), validateNames(prefix+"type", k.Types))
}

func validateNames(field string, names []string) error {
	if len(names) > mostRuleNames {
		return &InvalidError{field, fmt.Sprintf("holds more than %d names", mostRuleNames)}
	}
	for _, name := range names {
		if name == "" {
			return &InvalidError{field, "holds an empty name"}
		}
		if slices.ContainsFunc([]rune(name), unicode.IsControl) {
			return &InvalidError{field, "holds " + Quote(name) + ", with a control character"}
		}
		if err := validateText(field, name, longestName); err != nil {
			return err
		}
	}
	return nil
}

func validatePeriod(prefix string, from, until time.Time) error {
	if err := cmp.Or(validateTime(prefix+"from", from), validateTime(prefix+"until", until)); err != nil {
		return err
	}
	if !until.IsZero() && !from.Before(until) {
		return &InvalidError{prefix + "until", "must come after " + prefix + "from"}
	}
	return nil
}

func (r *Rule) validateAction() error {
	switch r.Action {
	case "":
		switch {
		case !r.Limits():
			return &InvalidError{"action", "is missing, and so are limits (only, max_age_days, max_per_section, max_per_author): the rule does nothing"}
		case r.Target != "" || !r.Targets.Empty():
			return &InvalidError{"action", "is missing: there is a target, but nothing is done to it; it may be pin, hide, boost or bury"}
		}
	case Off:
		switch {
		case r.Target != "" || !r.Targets.Empty():
			return &InvalidError{"target", "belongs to other actions: off is about all links"}
		case r.Under.Empty():
			return &InvalidError{"action", "is off, under every article; say which (a site that wants no links asks for none)"}
		case r.Limits():
			return &InvalidError{"action", "is off, which leaves no links to limit"}
		}
	default:
		if err := r.validateTarget(); err != nil {
			return err
		}
	}
	if r.Action == "" {
		switch {
		case r.Position != 0:
			return &InvalidError{"position", "belongs to pins only"}
		case r.Strength != 0:
			return &InvalidError{"strength", "belongs to boost and bury only"}
		}
		return nil
	}
	return (&Override{Action: r.Action, Position: r.Position, Strength: r.Strength}).validateAction()
}

func (r *Rule) validateTarget() error {
	switch {
	case !slices.Contains(Actions(), r.Action):
		return &InvalidError{"action", actionHint(r.Action)}
	case r.Target == "" && r.Targets.Empty():
		return &InvalidError{"target", "is missing; name an article (target), or all of a kind (target_section, target_tag, target_author, target_type)"}
	case r.Target == "":
		return nil
	case !r.Targets.Empty():
		return &InvalidError{"target", "is given beside a kind of articles; a rule is about one of both"}
	case r.Target == Everywhere:
		return &InvalidError{"target", "cannot be *"}
	}
	if err := ValidateID(r.Target); err != nil {
		return &InvalidError{"target", err.(*InvalidError).Reason}
	}
	return nil
}

func (r *Rule) validateLimits() error {
	known := []string{string(SameSection), string(OtherSections)}
	if r.Only != AnySection && !slices.Contains(known, string(r.Only)) {
		hint := "is " + Quote(string(r.Only)) + "; it may be same_section or other_sections"
		if near := spelling.Nearest(string(r.Only), known); near != "" {
			hint += "; did you mean " + near + "?"
		}
		return &InvalidError{"only", hint}
	}
	for _, limit := range []struct {
		field   string
		n, most int
	}{{"max_age_days", r.MaxAgeDays, mostAgeDays}, {"max_per_section", r.MaxPerSection, mostPerRule}, {"max_per_author", r.MaxPerAuthor, mostPerRule}} {
		if limit.n < 0 || limit.n > limit.most {
			return &InvalidError{limit.field, fmt.Sprintf("is %d; it may be 1 to %d, or 0 for no limit", limit.n, limit.most)}
		}
	}
	return nil
}
