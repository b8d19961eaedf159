package clicklog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
)

// A ubiLine is an event or a query of User Behavior Insights 1.x.
type ubiLine struct {
	Action    scalar `json:"action_name"`
	Query     scalar `json:"query_id"`
	UserQuery scalar `json:"user_query"`
	Client    scalar `json:"client_id"`
	Session   scalar `json:"session_id"`
	Timestamp scalar `json:"timestamp"`

	Hits            []scalar      `json:"query_response_hit_ids"`
	Attributes      ubiAttributes `json:"event_attributes"`
	QueryAttributes ubiAttributes `json:"query_attributes"`
}

// ubiAttributes are those of an event, with what a site adds of its own so that a
// list can be evaluated.
type ubiAttributes struct {
	Object struct {
		ID scalar `json:"object_id"`
	} `json:"object"`
	Position struct {
		Ordinal *int `json:"ordinal"`
	} `json:"position"`
	Source   scalar   `json:"source"` // the article under which the list stands
	Snapshot scalar   `json:"snapshot"`
	Variant  scalar   `json:"variant"`
	Widget   scalar   `json:"widget"`
	P        *float64 `json:"p"`
	Dwell    int      `json:"dwell_ms"`
}

// A scalar is a text, or the digits of a number as they stand in the log.
type scalar string

func (s *scalar) UnmarshalJSON(b []byte) error {
	switch {
	case string(b) == "null":
	case b[0] == '"':
		return json.Unmarshal(b, (*string)(s))
	case b[0] == '-' || '0' <= b[0] && b[0] <= '9':
		*s = scalar(b)
	default:
		return fmt.Errorf("%s is neither a text nor a number", b)
	}
	return nil
}

// A ubiLog gathers lists, whose items are told in events of their own, so that
// nothing of it can be yielded before all files have been read.
type ubiLog struct {
	lists  map[string]*ubiList // by query
	order  []*ubiList
	others []Event
	zero   bool // some position is 0: they count from 0
}

type ubiList struct {
	Impression
	hits []data.ArticleID
}

func (u *ubiLog) list(query string) *ubiList {
	list := u.lists[query]
	if list == nil {
		list = &ubiList{Impression: Impression{ID: query}}
		u.lists[query] = list
		u.order = append(u.order, list)
	}
	return list
}

func (r *eventReader) ubiFile(path string, text *source) bool {
	if r.ubi == nil {
		r.ubi = &ubiLog{lists: map[string]*ubiList{}}
	}
	for line := range record.New(path, text).Lines(maxRowBytes) {
		if r.ctx.Err() != nil {
			return false
		}
		fault := func(kind, format string, args ...any) *Fault {
			return &Fault{File: path, Line: line.Number, Kind: kind, Reason: fmt.Sprintf(format, args...)}
		}
		var l ubiLine
		var f *Fault
		r.stats.Lines++
		if line.Err != nil {
			f = fault(FaultMalformed, "%s", line.Err.Reason)
		} else if err := json.Unmarshal(line.Text, &l); err != nil {
			f = fault(FaultMalformed, "%v", err)
			if json.Valid(line.Text) {
				f.Kind = FaultWrongType
			}
		} else {
			f = r.ubi.add(r, &l, line.Number, fault)
		}
		if f != nil && !r.yield(nil, f) {
			return false
		}
	}
	return true
}

// add notes what one line says.
func (u *ubiLog) add(r *eventReader, l *ubiLine, line int, fault func(kind, format string, args ...any) *Fault) *Fault {
	when, unit, ok := parseClock([]byte(l.Timestamp))
	switch {
	case l.Timestamp == "":
		return fault(FaultMissing, "timestamp is missing")
	case !ok:
		return fault(FaultTime, "timestamp is %q; a time with its zone is expected, or one since 1970", l.Timestamp)
	case unit != noUnit && r.unit != noUnit && unit != r.unit:
		return fault(FaultMixedUnits, "timestamp counts %s, but others of this file %s; write one of them throughout", unit, r.unit)
	case unit != noUnit:
		r.unit = unit
	}
	r.stats.Units[unit.String()]++
	if o, dwell := l.Attributes.Position.Ordinal, l.Attributes.Dwell; o != nil && (*o < 0 || *o >= math.MaxInt32) || dwell < 0 || dwell > math.MaxInt32 {
		return fault(FaultWrongType, "a position or dwell_ms is not a whole number from 0")
	}
	object, position := data.ArticleID(l.Attributes.Object.ID), unknownOrdinal
	if o := l.Attributes.Position.Ordinal; o != nil {
		position = *o
		u.zero = u.zero || position == 0
	}
	action := strings.ToLower(string(l.Action))
	isQuery := action == "" && (l.Hits != nil || l.UserQuery != "")
	isPage := action == "page_view" || action == "pageview"
	if !isPage && l.Query == "" {
		return fault(FaultMissing, "query_id is missing")
	}
	if !isQuery && object == "" {
		return fault(FaultMissing, "event_attributes.object.object_id is missing")
	}
	switch {
	case isQuery:
		list := u.list(string(l.Query))
		list.about(l, &l.QueryAttributes)
		list.Time = when
		for _, hit := range l.Hits {
			list.hits = append(list.hits, data.ArticleID(hit))
		}
	case strings.HasSuffix(action, "impression"):
		list := u.list(string(l.Query))
		list.about(l, &l.Attributes)
		if list.Time.IsZero() {
			list.Time = when
		}
		item := Shown{Item: object, Position: position, P: math.NaN()}
		if l.Attributes.P != nil {
			item.P = *l.Attributes.P
		}
		same := func(s Shown) bool { return s.Item == item.Item && s.Position == item.Position }
		if !slices.ContainsFunc(list.Items, same) { // a list drawn twice tells its items twice
			list.Items = append(list.Items, item)
		}
	case strings.HasSuffix(action, "click") || action == "click_through":
		u.others = append(u.others, &Click{Impression: string(l.Query), Item: object, Position: position, Time: when})
	case isPage:
		u.others = append(u.others, &PageView{
			Time: when, Page: object, Session: string(l.Session), User: string(l.Client), From: string(l.Attributes.Source),
		})
	case action == "dwell":
		u.others = append(u.others, &Reading{
			Impression: string(l.Query), Item: object, Time: when, Dwell: time.Duration(l.Attributes.Dwell) * time.Millisecond,
		})
	default:
		return fault(FaultUnknownEvent, "action_name %q is none of impression, click, page_view and dwell", l.Action)
	}
	return nil
}

// unknownOrdinal marks an event that does not tell the position.
const unknownOrdinal = -1

// about notes what a line says of the whole list.
func (list *ubiList) about(l *ubiLine, a *ubiAttributes) {
	set := func(to *string, s scalar) {
		if *to == "" {
			*to = string(s)
		}
	}
	set(&list.User, l.Client)
	set(&list.Session, l.Session)
	set(&list.Snapshot, a.Snapshot)
	set(&list.Variant, a.Variant)
	set(&list.Widget, a.Widget)
	set((*string)(&list.Source), cmp.Or(a.Source, l.UserQuery))
}

// flush yields everything: lists in the order in which they were first heard of,
// then what readers did.
func (u *ubiLog) flush(r *eventReader) {
	shift := 0
	if u.zero {
		shift = 1
	}
	position := func(ordinal int) int {
		if ordinal == unknownOrdinal {
			return 0
		}
		return ordinal + shift
	}
	for _, list := range u.order {
		for i := range list.Items {
			list.Items[i].Position = position(list.Items[i].Position)
		}
		if len(list.Items) == 0 { // nobody says what was on the screen, so all that was found is taken
			for i, hit := range list.hits {
				list.Items = append(list.Items, Shown{Item: hit, Position: i + 1, P: math.NaN()})
			}
		}
		slices.SortStableFunc(list.Items, func(a, b Shown) int { return cmp.Compare(a.Position, b.Position) })
		if !r.yield(&list.Impression, nil) {
			return
		}
	}
	for _, e := range u.others {
		if click, ok := e.(*Click); ok {
			click.Position = position(click.Position)
		}
		if !r.yield(e, nil) {
			return
		}
	}
}
