package clicklog

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
)

// oldTab stands between the parts of an impression in the first release of MIND.
const oldTab = "#TAB#"

func looksLikeMIND(line []byte) bool {
	columns := bytes.Split(line, []byte("\t"))
	return len(columns) == 3 && bytes.Contains(columns[2], []byte(oldTab)) ||
		len(columns) == 5 && isMINDTime(string(columns[2]))
}

// mindTime is in no zone that the data set names; UTC is as good as any.
const mindTime = "1/2/2006 3:04:05 PM"

func isMINDTime(s string) bool {
	_, err := time.Parse(mindTime, s)
	return err == nil
}

// mindFile reads behaviors.tsv or news.tsv of the MIND data set, which are told
// apart by their columns. Behaviors have 5: impression, reader, time, history and
// the list, each item with -1 or -0 behind it for clicked or not. The first release
// had 3: reader, history, and clicked items#TAB#others#TAB#time. The order of the
// items was shuffled before release, so that positions are unknown.
func (r *eventReader) mindFile(path string, text *source) bool {
	isFirst := r.mindFiles == 0
	for line := range record.New(path, text).Lines(maxRowBytes) {
		if r.ctx.Err() != nil {
			return false
		}
		if line.Err != nil {
			if !r.yield(nil, &Fault{File: path, Line: line.Number, Kind: FaultMalformed, Reason: line.Err.Reason}) {
				return false
			}
			continue
		}
		r.stats.Lines++
		m := mindLine{file: path, line: line.Number, seeded: r.opts.SeedFromHistory}
		columns := strings.Split(string(line.Text), "\t")
		switch n := len(columns); {
		case n == 5:
			m.behaviors(columns)
		case n == 3:
			m.oldBehaviors(columns)
		case n == 7 || n == 8:
			m.news(columns)
		default:
			m.bad(FaultMalformed, "the line has %d columns; behaviors.tsv has 5 (3 in the first release), news.tsv 8", n)
		}
		if m.isList {
			r.mindFiles = max(r.mindFiles, 1)
			if !isFirst {
				m.rename(r.mindFiles)
			}
		}
		if m.fault != nil {
			if !r.yield(nil, m.fault) {
				return false
			}
			continue
		}
		for _, e := range m.events {
			if !r.take(path, &entry{event: e, line: line.Number}) {
				return false
			}
		}
	}
	if r.mindFiles > 0 {
		r.mindFiles++
	}
	return true
}

// A mindLine is what one line holds.
type mindLine struct {
	file   string
	line   int
	seeded bool

	isList bool
	events []Event
	fault  *Fault
}

func (m *mindLine) bad(kind, format string, args ...any) {
	if m.fault == nil {
		m.fault = &Fault{File: m.file, Line: m.line, Kind: kind, Reason: fmt.Sprintf(format, args...)}
	}
}

func (m *mindLine) news(columns []string) {
	if columns[0] == "" {
		m.bad(FaultMissing, "the id of the article is missing")
		return
	}
	a := &Article{ID: data.ArticleID(columns[0]), Section: columns[1], Title: columns[3], URL: columns[5]}
	if columns[2] != "" {
		a.Tags = []string{columns[2]}
	}
	m.events = append(m.events, a)
}

func (m *mindLine) behaviors(columns []string) {
	im := m.impression(columns[0], columns[1], columns[2], columns[3])
	if columns[0] == "" {
		m.bad(FaultMissing, "the id of the impression is missing")
	}
	for _, item := range strings.Fields(columns[4]) {
		id, label, ok := cutLast(item, '-')
		if !ok || label != "0" && label != "1" {
			m.bad(FaultMissing, "item %q does not end in -1 or -0, so that nobody knows whether it was clicked; test sets come without", item)
			return
		}
		m.shown(im, id, label == "1")
	}
}

func (m *mindLine) oldBehaviors(columns []string) {
	parts := strings.Split(columns[2], oldTab)
	if len(parts) != 3 {
		m.bad(FaultMalformed, "the third column has %d parts, where clicked%sothers%stime are expected", len(parts), oldTab, oldTab)
		return
	}
	im := m.impression(fmt.Sprintf("line %d", m.line), columns[0], parts[2], columns[1])
	for i, part := range parts[:2] {
		for _, id := range strings.Fields(part) {
			m.shown(im, id, i == 0)
		}
	}
}

func (m *mindLine) impression(id, user, when, history string) *Impression {
	m.isList = true
	im := &Impression{ID: id, User: user}
	m.events = append(m.events, im)
	t, err := time.Parse(mindTime, strings.TrimSpace(when))
	if err != nil || t.Unix() < 0 {
		m.bad(FaultTime, "the time is %q; one such as 11/13/2019 8:36:57 AM is expected", when)
	}
	im.Time = t
	if read := strings.Fields(history); m.seeded && len(read) > 0 {
		im.Source = data.ArticleID(read[len(read)-1])
	}
	return im
}

func (m *mindLine) shown(im *Impression, id string, clicked bool) {
	if data.ArticleID(id) == im.Source { // a list that shows it stood somewhere else
		im.Source = ""
	}
	im.Items = append(im.Items, Shown{Item: data.ArticleID(id), P: math.NaN()})
	if clicked {
		m.events = append(m.events, &Click{Impression: im.ID, Item: data.ArticleID(id), Time: im.Time})
	}
}

// rename keeps the numbers of one file apart from those of the ones before it.
func (m *mindLine) rename(file int) {
	for _, e := range m.events {
		switch e := e.(type) {
		case *Impression:
			e.ID = fmt.Sprintf("%d/%s", file, e.ID)
		case *Click:
			e.Impression = fmt.Sprintf("%d/%s", file, e.Impression)
		}
	}
}

func cutLast(s string, sep byte) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}
