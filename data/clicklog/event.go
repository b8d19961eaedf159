package clicklog

import (
	"fmt"
	"time"

	"github.com/alsolike/alsolike/data"
)

// An Event is one line of an event log: an *Impression, *View, *Click, *Reading,
// *PageView, *Override, *Article or *Note. A reader of events uses the events and their
// slices again for later ones, so copy those that you keep; texts may be kept.
type Event interface{ event() }

// An Impression is a list that was served: "t":"imp".
type Impression struct {
	ID     string         // names this serving alone
	Time   time.Time      // in UTC, as all times here
	Source data.ArticleID // the article under which the list stood; "" if the log cannot tell
	Items  []Shown        // as shown

	Snapshot   string // immutable snapshot it was served from
	Variant    string // arm of the experiment
	Widget     string // placement
	User       string // pseudonym, only used to tell readers apart
	Session    string
	Device     string
	Referrer   string // home, section, search, social, internal, direct, other
	Lang       string
	Subscriber string // "yes" or "no"

	Requested int // slots asked for; 0 if not told
	Policy    Policy
}

// A Shown is one item of a list.
type Shown struct {
	Item     data.ArticleID
	Position int     // from 1; 0: the log does not tell positions, and the order means nothing
	P        float64 // chance of this item at its slot, given those above; NaN if not logged
	Slot     string  // "alg", "pin" or "fill"; "" if not told
}

// A Policy says how a list was drawn. Its zero value is "not told".
type Policy struct {
	Kind   string // "fixed", "plackett-luce", …
	Pool   []data.ArticleID
	Logits []float64 // of the items of Pool
	Keep   int       // top slots left as they were
}

// A View says which slots of a list were at least half visible for a second:
// "t":"view".
type View struct {
	Impression string
	Time       time.Time
	Positions  []int
}

// A Click is an item of a list that was followed: "t":"clk".
type Click struct {
	Impression string
	Item       data.ArticleID
	Position   int // 0 if not told
	Time       time.Time
}

// A Reading is how long and how far an article was read after a click or in a
// session: "t":"read".
type Reading struct {
	Impression string // "" if the log names the session
	Session    string
	Item       data.ArticleID
	Time       time.Time     // zero if not told
	Dwell      time.Duration // whole milliseconds
	Scroll     float64       // share of the article scrolled through, 0 to 1
}

// A PageView is one article opened: "t":"pv".
type PageView struct {
	Time    time.Time
	Page    data.ArticleID
	Session string
	User    string
	From    string // id of the article before it, or a class of referrer
}

// An Override is what an editor did: "t":"ovr".
type Override struct {
	Time     time.Time
	Source   string // id of an article, a section, or "*"
	Item     data.ArticleID
	Op       string    // pin, block, unpin, unblock, boost, bury
	Position int       // of a pin; 0 if not told
	Until    time.Time // zero: it does not end
}

// An Article is an entry of the catalogue: "t":"art".
type Article struct {
	ID          data.ArticleID
	Published   time.Time // zero if not known
	Updated     time.Time
	Unpublished time.Time // zero if it still stands
	Title       string
	URL         string
	Section     string
	Author      string
	Lang        string
	Group       string // id shared by translations of one text
	Tags        []string
	Vector      []float64
}

// A Note is about the log itself: "t":"note".
type Note struct {
	Simulated string // how the log was made up; whatever shows numbers from it shows this too
}

func (*Impression) event() {}
func (*View) event()       {}
func (*Click) event()      {}
func (*Reading) event()    {}
func (*PageView) event()   {}
func (*Override) event()   {}
func (*Article) event()    {}
func (*Note) event()       {}

// TimeOf is when e happened; zero if it does not tell.
func TimeOf(e Event) time.Time {
	switch e := e.(type) {
	case *Impression:
		return e.Time
	case *View:
		return e.Time
	case *Click:
		return e.Time
	case *Reading:
		return e.Time
	case *PageView:
		return e.Time
	case *Override:
		return e.Time
	}
	return time.Time{}
}

// A Fault is a line of an event log that is no event.
type Fault struct {
	File   string
	Line   int // counted from 1; 0: the file as a whole
	Kind   string
	Reason string
}

// Kinds of Fault.
const (
	FaultMalformed    = "malformed_json"         // the line is no JSON object, or the row no row
	FaultMissing      = "missing_required_field" // a field that this event cannot do without
	FaultWrongType    = "wrong_type"             // a field that holds something else than it should
	FaultUnknownEvent = "unknown_event_type"
	FaultTime         = "bad_timestamp"
	FaultMixedUnits   = "mixed_time_units" // seconds here, milliseconds there
	FaultFile         = "unreadable_file"  // a file that cannot be opened or read to its end
)

func (f *Fault) Error() string {
	if f.Line == 0 {
		return f.File + ": " + f.Reason
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Reason)
}
