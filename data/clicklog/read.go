package clicklog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data/record"
	"github.com/alsolike/alsolike/data/spelling"
)

// A Mapping names the columns (CSV) or fields (JSON lines) of a log of reads.
type Mapping struct {
	Reader string
	Item   string
	Time   string // "": the log has no times
}

// A Read is one article read by one reader.
type Read struct {
	Reader string
	Item   string
	Time   time.Time // in UTC; zero if no times are mapped
	Line   int       // in the log, of its first line, counted from 1
}

// A Log is what a log of reads holds.
type Log struct {
	Reads    []Read          // in order of time if times are mapped, else of the log
	Rows     int             // rows read, bad ones too
	NoReader int             // bad rows that name no reader
	NoItem   int             // bad rows that name a reader, but no item
	Bad      []*record.Error // every row that is no Read, in the order of the log
}

// maxRowBytes bounds one row of a log.
const maxRowBytes = 1 << 20

// ReadReads reads the log at path. It is an error if the file cannot be opened,
// if no row holds a read, or if m names a column that it does not have.
func ReadReads(ctx context.Context, path string, m Mapping) (Log, error) {
	log, err := readReads(ctx, path, m)
	if err != nil {
		return Log{}, fmt.Errorf("clicklog: read %s: %w", path, err)
	}
	return log, nil
}

func readReads(ctx context.Context, path string, m Mapping) (Log, error) {
	if m.Reader == "" || m.Item == "" {
		return Log{}, errors.New("the columns of reader and item must be named: --map reader=COLUMN,item=COLUMN")
	}
	format, err := record.DetectFormat(path)
	if err != nil {
		return Log{}, err
	}
	f, err := record.Open(path)
	if err != nil {
		return Log{}, err
	}
	defer f.Close()
	p := &parser{m: m, path: path, seen: map[string]bool{}}
	rows := p.jsonRows(f)
	if format == record.CSV {
		rows = p.csvRows(f)
	}
	for row := range rows {
		if err := ctx.Err(); err != nil {
			return Log{}, err
		}
		p.add(row)
	}
	if p.err != nil {
		return Log{}, p.err
	}
	if format != record.CSV {
		if err := p.checkSeen(); err != nil {
			return Log{}, err
		}
	}
	if len(p.log.Reads) == 0 {
		return Log{}, p.nothingRead()
	}
	if m.Time != "" {
		slices.SortStableFunc(p.log.Reads, func(a, b Read) int { return a.Time.Compare(b.Time) })
	}
	return p.log, nil
}

type parser struct {
	m    Mapping
	path string
	log  Log
	seen map[string]bool // names of fields of JSON rows
	err  error           // the log cannot be read at all
}

// A row is one row as the log has it, or the reason why it cannot be read.
type row struct {
	line               int
	reader, item, time string
	bad                *record.Error
}

// add counts r and makes it a Read or a bad row.
func (p *parser) add(r row) {
	p.log.Rows++
	bad := func(reason string) {
		p.log.Bad = append(p.log.Bad, &record.Error{File: p.path, Line: r.line, Reason: reason})
	}
	read := Read{Reader: r.reader, Item: r.item, Line: r.line}
	var ok bool
	switch {
	case r.bad != nil:
		p.log.Bad = append(p.log.Bad, r.bad)
		return
	case r.reader == "":
		p.log.NoReader++
		bad("the row names no reader")
		return
	case r.item == "":
		p.log.NoItem++
		bad("the row names no item")
		return
	case p.m.Time == "":
	default:
		if read.Time, ok = parseTime(r.time); !ok {
			bad(fmt.Sprintf("the time is %q; a date (RFC 3339) or Unix time is expected", r.time))
			return
		}
	}
	p.log.Reads = append(p.log.Reads, read)
}

func parseTime(s string) (time.Time, bool) {
	const (
		firstMilliseconds = 100_000_000_000 // as seconds it would be the year 5138
		last              = 253_402_300_800_000
	)
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		switch {
		case n <= 0 || n >= last:
			return time.Time{}, false
		case n >= firstMilliseconds:
			return time.UnixMilli(n).UTC(), true
		}
		return time.Unix(n, 0).UTC(), true
	}
	return record.ParseTime(s)
}

// nothingRead says why there is not a single read.
func (p *parser) nothingRead() error {
	if len(p.log.Bad) == 0 {
		return errors.New("the file holds no reads")
	}
	return fmt.Errorf("none of its %d rows is a read; the first: %w", p.log.Rows, p.log.Bad[0])
}

func (p *parser) csvRows(f *record.File) iter.Seq[row] {
	return func(yield func(row) bool) {
		var names []string
		var reader, item, when int
		for r := range f.Rows(maxRowBytes) {
			if names == nil {
				if r.Err != nil {
					p.err = fmt.Errorf("the header cannot be read: %s", r.Err.Reason)
					return
				}
				names = r.Cells
				reader, item, when = p.column(names, "reader", p.m.Reader), p.column(names, "item", p.m.Item), -1
				if p.m.Time != "" {
					when = p.column(names, "time", p.m.Time)
				}
				if p.err != nil {
					return
				}
				continue
			}
			out := row{line: r.Number, bad: r.Err}
			switch {
			case out.bad != nil:
			case len(r.Cells) != len(names):
				out.bad = &record.Error{File: p.path, Line: r.Number, Reason: fmt.Sprintf("the row has %d columns, the header %d", len(r.Cells), len(names))}
			default:
				// Cells are parts of one text of the whole row, which would live on.
				out.reader, out.item = strings.Clone(r.Cells[reader]), strings.Clone(r.Cells[item])
				if when >= 0 {
					out.time = r.Cells[when]
				}
			}
			if !yield(out) {
				return
			}
		}
	}
}

// column is where the column of that name stands; if nowhere, p.err says so.
func (p *parser) column(names []string, field, name string) int {
	i := slices.Index(names, name)
	if i < 0 && p.err == nil {
		p.err = unknownColumn(field, name, names)
	}
	return i
}

func unknownColumn(field, name string, known []string) error {
	known = slices.DeleteFunc(slices.Clone(known), func(s string) bool { return s == "" })
	if nearest := spelling.Nearest(name, known); nearest != "" {
		return fmt.Errorf("--map %s=%s: the log has no column %q; did you mean %q?", field, name, name, nearest)
	}
	return fmt.Errorf("--map %s=%s: the log has no column %q; there are %s", field, name, name, strings.Join(known, ", "))
}

func (p *parser) jsonRows(f *record.File) iter.Seq[row] {
	return func(yield func(row) bool) {
		for l := range f.Lines(maxRowBytes) {
			out := row{line: l.Number, bad: l.Err}
			if out.bad == nil {
				if reason := p.parseJSON(&out, l.Text); reason != "" {
					out.bad = &record.Error{File: p.path, Line: l.Number, Reason: reason}
				}
			}
			if !yield(out) {
				return
			}
		}
	}
}

// parseJSON reads one line into r, or says why it cannot.
func (p *parser) parseJSON(r *row, line []byte) (reason string) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(line, &object); err != nil || object == nil {
		if err == nil || json.Valid(line) {
			return "the line is no object {…}"
		}
		return fmt.Sprintf("broken JSON: %v", err)
	}
	for name := range object {
		p.seen[name] = true
	}
	for _, field := range []struct {
		name string
		to   *string
	}{{p.m.Reader, &r.reader}, {p.m.Item, &r.item}, {p.m.Time, &r.time}} {
		raw := bytes.TrimSpace(object[field.name])
		switch {
		case len(raw) == 0 || string(raw) == "null":
		case raw[0] == '"':
			if err := json.Unmarshal(raw, field.to); err != nil {
				return fmt.Sprintf("broken JSON: %v", err)
			}
		case raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9':
			*field.to = string(raw)
		default:
			return fmt.Sprintf("%s is neither text nor a number", field.name)
		}
	}
	return ""
}

// checkSeen reports a mapped field that no JSON row has.
func (p *parser) checkSeen() error {
	if len(p.seen) == 0 {
		return nil
	}
	var known []string
	for name := range p.seen {
		known = append(known, name)
	}
	slices.Sort(known)
	for _, field := range []struct{ field, name string }{{"reader", p.m.Reader}, {"item", p.m.Item}, {"time", p.m.Time}} {
		if field.name != "" && !p.seen[field.name] {
			return unknownColumn(field.field, field.name, known)
		}
	}
	return nil
}
