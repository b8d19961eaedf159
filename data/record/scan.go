package record

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"unicode/utf8"
)

// A Line is one line that is not blank, or an error in its place.
type Line struct {
	Number int    // counted from 1
	Text   []byte // without line end; only until the next line is asked for
	Err    *Error // nil: Text is valid UTF-8
}

// A Row is one record of a CSV file, or an error in its place.
type Row struct {
	Number int // of its first line, counted from 1
	Cells  []string
	Err    *Error // nil: Cells are valid UTF-8
}

// Lines yields the lines of f. One longer than limit bytes is an error and never
// in memory as a whole. An error of reading is the last thing it yields.
func (f *File) Lines(limit int) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		for f.scan(limit, nil, yield) {
		}
	}
}

// Rows yields the records of f, which is CSV, the header among them, as Lines
// does lines.
func (f *File) Rows(limit int) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		var q quotes
		for f.scan(limit, &q, func(l Line) bool {
			row := Row{Number: l.Number, Err: l.Err}
			if row.Err == nil {
				var reason string
				if row.Cells, reason = splitRow(l.Text); reason != "" {
					row.Err = &Error{File: f.name, Line: l.Number, Reason: reason}
				}
			}
			return yield(row)
		}) {
		}
	}
}

// scan yields the next record: a line or, with q, as many as its quotes span.
// It reports whether there is more to come.
func (f *File) scan(limit int, q *quotes, yield func(Line) bool) (more bool) {
	text, first, tooLong, err := f.next(limit, q)
	bad := func(reason string) bool {
		return yield(Line{Number: first, Err: &Error{File: f.name, Line: first, Reason: reason}})
	}
	if err != nil && !errors.Is(err, io.EOF) {
		bad(ReadingReason(err))
		return false
	}
	end := err != nil
	more = true
	switch {
	case q != nil && *q == quoted:
		more = bad("a quoted field of this record never closes, so that nothing from here to the end of the file could be read")
	case tooLong:
		more = bad(fmt.Sprintf("the record is over %d MB", limit>>20))
	case len(bytes.TrimSpace(text)) == 0:
	case !utf8.Valid(text):
		more = bad(fmt.Sprintf("the record is not valid UTF-8 (byte %d of it)", invalidAt(text)+1))
	default:
		more = yield(Line{Number: first, Text: text})
	}
	return more && !end
}

// next reads one record without its line end. first is its first line. What
// goes beyond limit bytes is read but not kept.
func (f *File) next(limit int, q *quotes) (text []byte, first int, tooLong bool, err error) {
	first = f.line + 1
	text = f.record[:0]
	defer func() { f.record = text[:0] }()
	if q != nil {
		*q = fieldStart
	}
	for {
		piece, err := f.text.ReadSlice('\n')
		lineEnd := len(piece) > 0 && piece[len(piece)-1] == '\n'
		if lineEnd {
			f.line++
		}
		if q != nil {
			q.feed(piece)
		}
		if tooLong = tooLong || len(text)+len(bytes.TrimRight(piece, "\r\n")) > limit; tooLong {
			text = text[:0]
		} else {
			text = append(text, piece...)
		}
		recordEnd := lineEnd && (q == nil || *q != quoted)
		if recordEnd || err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if err == nil && q != nil {
				*q = fieldStart
			}
			return bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r")), first, tooLong, err
		}
	}
}

// quotes tells where in a CSV record a reader is.
type quotes uint8

const (
	fieldStart quotes = iota
	unquoted
	quoted
	quoteSeen // inside a quoted field, after a quote: its end or half of a double one
)

func (q *quotes) feed(piece []byte) {
	for i := 0; i < len(piece); i++ {
		if *q == quoted { // by far most of the text
			skip := bytes.IndexByte(piece[i:], '"')
			if skip < 0 {
				return
			}
			i += skip
			*q = quoteSeen
			continue
		}
		switch c := piece[i]; {
		case c == ',':
			*q = fieldStart
		case c == '"' && *q != unquoted:
			*q = quoted
		case c == '\r' || c == '\n':
		default:
			*q = unquoted
		}
	}
}

// splitRow splits one record into its cells, or says why it cannot.
func splitRow(text []byte) (cells []string, reason string) {
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	cells, err := r.Read()
	switch {
	case errors.Is(err, csv.ErrBareQuote):
		return nil, `a quote stands inside a field that does not start with one; quote the whole field and double the quotes in it`
	case errors.Is(err, csv.ErrQuote):
		return nil, `a quote inside a quoted field is not doubled`
	case err != nil:
		return nil, err.Error()
	}
	return cells, ""
}

// invalidAt is where the first invalid byte of text stands.
func invalidAt(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(text)
}
