package clicklog

import (
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
	"github.com/alsolike/alsolike/data/spelling"
)

// An EventMapping names the columns of an event log that is CSV, one row an item
// shown, or a page viewed where Page is named. What is "" the log does not have.
// The rows of one impression stand together.
//
// Without Impression every row is a list of its own with one slot; its position
// then becomes the widget "slot 1", "slot 2", …, since slots of such logs are
// filled apart from one another.
type EventMapping struct {
	Impression, Time, Source, Item, Position, Clicked, P, Slot string
	Snapshot, Variant, Widget, User, Session                   string
	Device, Referrer, Lang, Subscriber, Requested              string
	Viewed                                                     string // the slot was seen
	Dwell                                                      string // milliseconds read after the click

	Page, From string // of page views
}

// columns gives the place of every field by its name; some have a short one too,
// that of the events in JSON.
func (m *EventMapping) columns() map[string]*string {
	return map[string]*string{
		"impression": &m.Impression, "id": &m.Impression, "time": &m.Time, "ts": &m.Time, "source": &m.Source, "src": &m.Source,
		"item": &m.Item, "position": &m.Position, "pos": &m.Position, "clicked": &m.Clicked, "p": &m.P, "slot": &m.Slot,
		"snapshot": &m.Snapshot, "snap": &m.Snapshot, "variant": &m.Variant, "var": &m.Variant, "widget": &m.Widget,
		"user": &m.User, "session": &m.Session, "sess": &m.Session, "device": &m.Device, "dev": &m.Device,
		"referrer": &m.Referrer, "ref": &m.Referrer, "lang": &m.Lang, "subscriber": &m.Subscriber, "sub": &m.Subscriber,
		"requested": &m.Requested, "n": &m.Requested, "viewed": &m.Viewed, "dwell_ms": &m.Dwell, "page": &m.Page, "from": &m.From,
	}
}

// NewEventMapping makes a mapping of pairs of field and column.
func NewEventMapping(pairs map[string]string) (EventMapping, error) {
	var m EventMapping
	columns := m.columns()
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		to := columns[name]
		if to == nil {
			known := slices.Sorted(maps.Keys(columns))
			if nearest := spelling.Nearest(name, known); nearest != "" {
				return m, fmt.Errorf("there is no field %q; did you mean %q?", name, nearest)
			}
			return m, fmt.Errorf("there is no field %q; there are %s", name, strings.Join(known, ", "))
		}
		if *to != "" && *to != pairs[name] {
			return m, fmt.Errorf("field %s is mapped to both %q and %q", name, *to, pairs[name])
		}
		*to = pairs[name]
	}
	if (m != EventMapping{}) && m.Item == "" && m.Page == "" {
		return m, fmt.Errorf("the column of the items shown must be named: item=COLUMN (or page=COLUMN for a log of page views)")
	}
	return m, nil
}

// csvLog reads the rows of one file.
type csvLog struct {
	r       *eventReader
	path    string
	columns map[*string]int // of the fields of mapping that the file has
	mapping EventMapping
	cells   []string
	line    int
	fault   *Fault

	im     Impression // the one whose rows are being read
	first  int        // line of its first row
	unit   unit
	clicks []Click
	view   View
	reads  []Reading
}

func (r *eventReader) csvFile(path string, text *source) bool {
	c := &csvLog{r: r, path: path, mapping: r.opts.Mapping}
	fault := func(line int, kind, reason string) bool {
		return r.yield(nil, &Fault{File: path, Line: line, Kind: kind, Reason: reason})
	}
	for row := range record.New(path, text).Rows(maxRowBytes) {
		if r.ctx.Err() != nil {
			return false
		}
		if c.columns == nil {
			if row.Err != nil {
				return fault(row.Number, FaultFile, "the header cannot be read: "+row.Err.Reason)
			}
			if err := c.header(row.Cells); err != nil {
				return fault(row.Number, FaultFile, err.Error())
			}
			continue
		}
		r.stats.Lines++
		switch {
		case row.Err != nil:
			if !fault(row.Number, FaultMalformed, row.Err.Reason) {
				return false
			}
			continue
		case len(row.Cells) != len(c.cells):
			if !fault(row.Number, FaultMalformed, fmt.Sprintf("the row has %d columns, the header %d", len(row.Cells), len(c.cells))) {
				return false
			}
			continue
		}
		c.cells, c.line, c.fault = row.Cells, row.Number, nil
		if !c.row() {
			return false
		}
	}
	if c.columns == nil {
		return fault(0, FaultFile, "the file is empty; a header with the names of its columns is expected")
	}
	return c.flush()
}

// header finds the columns. Without a mapping those are taken that bear the names
// of fields.
func (c *csvLog) header(names []string) error {
	c.cells = names
	c.columns = map[*string]int{}
	fields := c.mapping.columns()
	if c.mapping == (EventMapping{}) {
		for i, name := range names {
			if to := fields[name]; to != nil && *to == "" {
				*to = name
				c.columns[to] = i
			}
		}
		if c.mapping.Item == "" && c.mapping.Page == "" {
			return fmt.Errorf("which column holds what must be said, as --map item=COLUMN,time=COLUMN,…; the columns are %s", strings.Join(names, ", "))
		}
		return nil
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		to := fields[field]
		if *to == "" {
			continue
		}
		i := slices.Index(names, *to)
		if i < 0 {
			return unknownColumn(field, *to, names)
		}
		c.columns[to] = i
	}
	return nil
}

// cell is the text of a field, which does not share memory with the row.
func (c *csvLog) cell(field *string) string {
	i, ok := c.columns[field]
	if !ok {
		return ""
	}
	return strings.Clone(c.cells[i])
}

func (c *csvLog) bad(kind, format string, args ...any) {
	if c.fault == nil {
		c.fault = &Fault{File: c.path, Line: c.line, Kind: kind, Reason: fmt.Sprintf(format, args...)}
	}
}

func (c *csvLog) need(field *string, name string) string {
	s := c.cell(field)
	if s == "" && *field != "" {
		c.bad(FaultMissing, "the %s is missing", name)
	}
	return s
}

// clock is the time of the row; without a zone it is UTC.
func (c *csvLog) clock() (time.Time, unit) {
	if c.mapping.Time == "" {
		return time.Time{}, noUnit
	}
	s := c.need(&c.mapping.Time, "time")
	t, u, ok := parseClock([]byte(s))
	if !ok {
		if t, ok = record.ParseTime(s); !ok || t.Unix() < 0 {
			c.bad(FaultTime, "the time is %q; a time such as 2026-03-02T10:15:00Z is expected, or whole seconds, milliseconds or microseconds since 1970", s)
		}
	}
	return t, u
}

func (c *csvLog) integer(field *string, name string) int {
	s := c.cell(field)
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 0 {
		c.bad(FaultWrongType, "the %s is %q; a whole number from 0 is expected", name, s)
	}
	return int(n)
}

func (c *csvLog) yes(field *string, name string) bool {
	switch s := strings.ToLower(c.cell(field)); s {
	case "", "0", "0.0", "false", "no":
	case "1", "1.0", "true", "yes":
		return true
	default:
		c.bad(FaultWrongType, "%s is %q; 1 or 0 is expected", name, s)
	}
	return false
}

// row reads one row, and reports whether to go on.
func (c *csvLog) row() bool {
	m := &c.mapping
	when, u := c.clock()
	if m.Page != "" {
		view := &PageView{
			Time: when, Page: data.ArticleID(c.need(&m.Page, "page")),
			Session: c.cell(&m.Session), User: c.cell(&m.User), From: c.cell(&m.From),
		}
		return c.r.take(c.path, &entry{event: view, fault: c.fault, unit: u, line: c.line})
	}
	id := c.need(&m.Impression, "impression")
	item := Shown{Item: data.ArticleID(c.need(&m.Item, "item")), Position: c.integer(&m.Position, "position"), P: math.NaN(), Slot: SlotOf(c.cell(&m.Slot))}
	if s := c.cell(&m.P); s != "" {
		p, err := strconv.ParseFloat(s, 64)
		if err != nil || math.IsNaN(p) || math.IsInf(p, 0) {
			c.bad(FaultWrongType, "the p is %q; a number is expected", s)
		}
		item.P = p
	}
	next := Impression{
		ID: id, Time: when, Source: data.ArticleID(c.cell(&m.Source)), Snapshot: c.cell(&m.Snapshot), Variant: c.cell(&m.Variant),
		Widget: c.cell(&m.Widget), User: c.cell(&m.User), Session: c.cell(&m.Session), Device: c.cell(&m.Device),
		Referrer: c.cell(&m.Referrer), Lang: c.cell(&m.Lang), Subscriber: c.cell(&m.Subscriber), Requested: c.integer(&m.Requested, "requested"),
	}
	if m.Position != "" && item.Position == 0 {
		c.bad(FaultMissing, "the position is missing or 0; positions count from 1")
	}
	if m.Impression == "" {
		next.ID = fmt.Sprintf("%s:%d", filepath.Base(c.path), c.line)
		if m.Position != "" {
			next.Widget = strings.TrimSpace(fmt.Sprintf("%s slot %d", next.Widget, item.Position))
			item.Position = 1
		}
	}
	clicked, viewed, dwell := c.yes(&m.Clicked, "clicked"), c.yes(&m.Viewed, "viewed"), c.integer(&m.Dwell, "dwell_ms")
	if c.fault != nil {
		return c.r.yield(nil, c.fault)
	}
	if c.first == 0 || c.im.ID != next.ID {
		if !c.flush() {
			return false
		}
		next.Items = c.im.Items[:0]
		c.im, c.first, c.unit = next, c.line, u
		c.clicks, c.reads = c.clicks[:0], c.reads[:0]
		c.view = View{Impression: next.ID, Time: when, Positions: c.view.Positions[:0]}
	}
	c.im.Items = append(c.im.Items, item)
	if viewed && item.Position > 0 {
		c.view.Positions = append(c.view.Positions, item.Position)
	}
	if clicked {
		c.clicks = append(c.clicks, Click{Impression: next.ID, Item: item.Item, Position: item.Position, Time: when})
	}
	if dwell > 0 {
		c.reads = append(c.reads, Reading{Impression: next.ID, Item: item.Item, Time: when, Dwell: time.Duration(dwell) * time.Millisecond})
	}
	return true
}

// flush yields the impression whose rows have been read.
func (c *csvLog) flush() bool {
	if c.first == 0 {
		return true
	}
	take := func(e Event) bool { return c.r.take(c.path, &entry{event: e, unit: c.unit, line: c.first}) }
	if !take(&c.im) {
		return false
	}
	if c.mapping.Viewed != "" && !take(&c.view) {
		return false
	}
	for i := range c.clicks {
		if !take(&c.clicks[i]) {
			return false
		}
	}
	for i := range c.reads {
		if !take(&c.reads[i]) {
			return false
		}
	}
	return true
}
