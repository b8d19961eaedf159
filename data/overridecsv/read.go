package overridecsv

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
	"github.com/alsolike/alsolike/data/spelling"
)

// A Row is one override of a file, without ID and Created.
type Row struct {
	Line int // its first, from 1
	data.Override
}

// Options say how a file is read.
type Options struct {
	File string         // what it is called in errors
	Zone *time.Location // of dates and times that say none; nil: UTC
}

// Read yields the overrides of r. Columns may stand in any order, and those that are missing are empty; a pin without a position is for the
// first, and what says nothing of enabled is. Of a row that makes no sense the error is
// a *record.Error, after which reading goes on; so is the one for a bad header, after
// which nothing follows. Any other error is r's, and the last.
func Read(r io.Reader, opts Options) iter.Seq2[Row, error] {
	zone := cmp.Or(opts.Zone, time.UTC)
	return func(yield func(Row, error) bool) {
		in := csv.NewReader(withoutMark(r))
		in.FieldsPerRecord = -1
		refuse := func(line int, reason string) bool {
			return yield(Row{}, &record.Error{File: opts.File, Line: line, Reason: reason})
		}
		header, err := in.Read()
		if err != nil && !errors.Is(err, io.EOF) {
			if _, ok := errors.AsType[*csv.ParseError](err); !ok {
				yield(Row{}, err)
				return
			}
		}
		columns, reason := columnsOf(header)
		if reason != "" {
			refuse(1, reason)
			return
		}
		for {
			row, err := in.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if bad, ok := errors.AsType[*csv.ParseError](err); ok {
				if !refuse(bad.StartLine, parseReason(bad)) {
					return
				}
				continue
			}
			if err != nil {
				yield(Row{}, err)
				return
			}
			line, _ := in.FieldPos(0)
			if len(row) != len(columns) {
				if !refuse(line, fmt.Sprintf("has %d cells, and the header %d", len(row), len(columns))) {
					return
				}
				continue
			}
			o, err := override(columns, row, zone)
			if err != nil {
				if !yield(Row{}, &record.Error{File: opts.File, Line: line, Reason: err.Error(), Err: err}) {
					return
				}
				continue
			}
			if !yield(Row{line, o}, nil) {
				return
			}
		}
	}
}

// withoutMark is r without the mark that spreadsheets put before UTF-8.
func withoutMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if mark := []byte("\ufeff"); peeks(b, mark) {
		_, _ = b.Discard(len(mark)) // which have been read
	}
	return b
}

func peeks(b *bufio.Reader, want []byte) bool {
	got, _ := b.Peek(len(want))
	return bytes.Equal(got, want)
}

// columnsOf reads the header, or says what is wrong with it.
func columnsOf(header []string) (columns []string, reason string) {
	known := Columns()
	example := "the first line is " + strings.Join(known, ",")
	if len(header) == 0 {
		return nil, "there is no header; " + example
	}
	for _, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(known, name) {
			hint := "; " + example
			if near := spelling.Nearest(name, known); near != "" {
				hint = "; did you mean " + near + "?"
			} else if strings.ContainsAny(name, ";\t") {
				hint = "; cells are separated by commas, and " + example
			}
			return nil, "there is no column " + data.Quote(name) + hint
		}
		if slices.Contains(columns, name) {
			return nil, "the column " + name + " is there twice"
		}
		columns = append(columns, name)
	}
	for _, name := range []string{"article", "action"} {
		if !slices.Contains(columns, name) {
			return nil, "the column " + name + " is missing; " + example
		}
	}
	return columns, ""
}

func parseReason(e *csv.ParseError) string {
	switch {
	case errors.Is(e.Err, csv.ErrQuote):
		return `a quoted cell does not end as it should: write " within one as ""`
	case errors.Is(e.Err, csv.ErrBareQuote):
		return `there is a " within a cell that is not in quotes`
	}
	return e.Err.Error()
}

// override reads one row.
func override(columns, row []string, zone *time.Location) (o data.Override, err error) {
	invalid := func(field, format string, args ...any) error {
		return &data.InvalidError{Field: field, Reason: fmt.Sprintf(format, args...)}
	}
	position, strength := "", ""
	for i, name := range columns {
		raw := record.UnescapeCell(row[i])
		if !utf8.ValidString(raw) {
			return o, invalid(name, "is not valid UTF-8")
		}
		cell := strings.TrimSpace(raw)
		ok := true
		switch name {
		case "article":
			o.Article = data.ArticleID(raw)
		case "target":
			o.Target = data.ArticleID(raw)
		case "action":
			o.Action = data.Action(strings.ToLower(cell))
		case "position":
			position = cell
		case "strength":
			strength = cell
		case "from":
			if cell != "" {
				o.From, ok = record.ParseTimeIn(cell, zone)
			}
		case "until":
			if cell != "" {
				o.Until, ok = record.ParseTimeIn(cell, zone)
			}
		case "lang":
			if o.Lang, err = data.ParseScope(cell); err != nil {
				return o, err
			}
		case "placement":
			o.Placement = raw
		case "note":
			o.Note = raw
		case "author":
			o.Author = raw
		case "enabled":
			switch strings.ToLower(cell) {
			case "", "true", "yes", "1":
			case "false", "no", "0":
				o.Paused = true
			default:
				return o, invalid(name, "is %s; it may be true or false", data.Quote(cell))
			}
		}
		if !ok {
			return o, invalid(name, "is %s; write a date such as 2026-12-31 or a time such as 2026-12-31T18:00:00Z", data.Quote(cell))
		}
	}
	switch {
	case position != "":
		if o.Position, err = strconv.Atoi(position); err != nil {
			return o, invalid("position", "is %s, which is no whole number", data.Quote(position))
		}
	case o.Action == data.Pin:
		o.Position = 1
	}
	switch {
	case strength != "":
		if o.Strength, err = strconv.ParseFloat(strength, 64); err != nil {
			return o, invalid("strength", "is %s, which is no number such as 2.5", data.Quote(strength))
		}
	case o.Action.Weighs():
		return o, invalid("strength", "is missing; of a boost it is 1.0 to 10.0, of a bury 0.0 to 0.9")
	}
	return o, o.Validate()
}
