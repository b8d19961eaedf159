package clicklog

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// A Writer writes events as lines of our own log, which parse back to the same.
// Times are written to the nanosecond, as they are.
type Writer struct {
	w    *bufio.Writer
	line []byte
}

// NewWriter writes to w. What is written is complete after Flush.
func NewWriter(w io.Writer) *Writer { return &Writer{w: bufio.NewWriterSize(w, 64<<10)} }

// Flush writes what is still held back.
func (w *Writer) Flush() error { return w.w.Flush() }

// Write writes e as one line.
func (w *Writer) Write(e Event) error {
	line, err := AppendEvent(w.line[:0], e)
	w.line = line
	if err == nil {
		_, err = w.w.Write(line)
	}
	return err
}

// AppendEvent appends the line of e, with its end, to dst. It is an error if a
// text of e is not valid UTF-8, a number not finite, or a time outside the years
// 1 to 9999: JSON could not hold it.
func AppendEvent(dst []byte, e Event) ([]byte, error) {
	w := lineWriter{b: append(dst, '{')}
	switch e := e.(type) {
	case *Impression:
		w.text(fieldT, "imp")
		w.impression(e)
	case *View:
		w.text(fieldT, "view")
		w.text(fieldImpression, e.Impression)
		w.clock(fieldTime, e.Time)
		w.key(fieldNames[fieldPosition])
		w.b = append(w.b, '[')
		for i, p := range e.Positions {
			w.comma(i)
			w.b = strconv.AppendInt(w.b, int64(p), 10)
		}
		w.b = append(w.b, ']')
	case *Click:
		w.text(fieldT, "clk")
		w.text(fieldImpression, e.Impression)
		w.text(fieldItem, string(e.Item))
		w.integer(fieldPosition, e.Position)
		w.clock(fieldTime, e.Time)
	case *Reading:
		w.text(fieldT, "read")
		w.text(fieldImpression, e.Impression)
		w.text(fieldSession, e.Session)
		w.text(fieldItem, string(e.Item))
		w.clock(fieldTime, e.Time)
		w.integer(fieldDwell, int(e.Dwell.Milliseconds()))
		if e.Scroll != 0 {
			w.key(fieldNames[fieldScroll])
			w.float(e.Scroll)
		}
	case *PageView:
		w.text(fieldT, "pv")
		w.clock(fieldTime, e.Time)
		w.text(fieldPage, string(e.Page))
		w.text(fieldSession, e.Session)
		w.text(fieldUser, e.User)
		w.text(fieldFrom, e.From)
	case *Override:
		w.text(fieldT, "ovr")
		w.clock(fieldTime, e.Time)
		w.text(fieldSource, e.Source)
		w.text(fieldItem, string(e.Item))
		w.text(fieldOp, e.Op)
		w.integer(fieldPosition, e.Position)
		w.clock(fieldUntil, e.Until)
	case *Article:
		w.text(fieldT, "art")
		w.article(e)
	case *Note:
		w.text(fieldT, "note")
		w.text(fieldSimulated, e.Simulated)
	}
	w.b = append(w.b, '}', '\n')
	if w.err != nil {
		return dst, fmt.Errorf("clicklog: write event: %w", w.err)
	}
	return w.b, nil
}

// A lineWriter writes the members of a JSON object. What is zero is left out.
type lineWriter struct {
	b   []byte
	err error
}

func (w *lineWriter) comma(i int) {
	if i > 0 {
		w.b = append(w.b, ',')
	}
}

func (w *lineWriter) key(name string) {
	if w.b[len(w.b)-1] != '{' {
		w.b = append(w.b, ',')
	}
	w.b = append(w.b, '"')
	w.b = append(w.b, name...)
	w.b = append(w.b, '"', ':')
}

func (w *lineWriter) text(f field, s string) {
	if s != "" {
		w.key(fieldNames[f])
		w.quoted(s)
	}
}

func (w *lineWriter) quoted(s string) {
	plain := true
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain {
		w.b = append(w.b, '"')
		w.b = append(w.b, s...)
		w.b = append(w.b, '"')
		return
	}
	if !utf8.ValidString(s) {
		w.err = fmt.Errorf("%q is not valid UTF-8", s)
	}
	quoted, err := json.Marshal(s)
	if err != nil {
		w.err = err
	}
	w.b = append(w.b, quoted...)
}

func (w *lineWriter) integer(f field, n int) {
	if n != 0 {
		w.key(fieldNames[f])
		w.b = strconv.AppendInt(w.b, int64(n), 10)
	}
}

func (w *lineWriter) float(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		w.err = fmt.Errorf("%v is no number that JSON can hold", f)
	}
	w.b = strconv.AppendFloat(w.b, f, 'g', -1, 64)
}

func (w *lineWriter) clock(f field, t time.Time) {
	if t.IsZero() {
		return
	}
	if t = t.UTC(); !inYears(t) {
		w.err = fmt.Errorf("the time %v is outside the years 1 to 9999", t)
	}
	w.key(fieldNames[f])
	w.b = append(w.b, '"')
	w.b = t.AppendFormat(w.b, time.RFC3339Nano)
	w.b = append(w.b, '"')
}

func (w *lineWriter) impression(im *Impression) {
	w.text(fieldID, im.ID)
	w.clock(fieldTime, im.Time)
	w.text(fieldWidget, im.Widget)
	w.text(fieldSource, string(im.Source))
	w.text(fieldUser, im.User)
	w.text(fieldSession, im.Session)
	w.text(fieldSnapshot, im.Snapshot)
	w.text(fieldVariant, im.Variant)
	w.text(fieldDevice, im.Device)
	w.text(fieldReferrer, im.Referrer)
	w.text(fieldLang, im.Lang)
	w.text(fieldSubscriber, im.Subscriber)
	w.integer(fieldRequested, im.Requested)
	w.policy(&im.Policy)
	w.key(fieldNames[fieldItems])
	w.b = append(w.b, '[')
	for i := range im.Items {
		item := &im.Items[i]
		w.comma(i)
		w.b = append(w.b, '{')
		w.text(fieldID, string(item.Item))
		w.key("pos") // 0 too: it says that the position is not known
		w.b = strconv.AppendInt(w.b, int64(item.Position), 10)
		if !math.IsNaN(item.P) {
			w.key("p")
			w.float(item.P)
		}
		if item.Slot != "" {
			w.key("slot")
			w.quoted(item.Slot)
		}
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, ']')
}

func (w *lineWriter) policy(p *Policy) {
	if p.Kind == "" && len(p.Pool) == 0 && p.Keep == 0 {
		return
	}
	w.key(fieldNames[fieldPolicy])
	w.b = append(w.b, '{')
	if p.Kind != "" {
		w.key("kind")
		w.quoted(p.Kind)
	}
	if len(p.Pool) > 0 {
		w.key("pool")
		w.b = append(w.b, '[')
		for i, id := range p.Pool {
			w.comma(i)
			w.quoted(string(id))
		}
		w.b = append(w.b, ']')
		w.key("logits")
		w.numbers(p.Logits)
	}
	if p.Keep != 0 {
		w.key("keep")
		w.b = strconv.AppendInt(w.b, int64(p.Keep), 10)
	}
	w.b = append(w.b, '}')
}

func (w *lineWriter) numbers(list []float64) {
	w.b = append(w.b, '[')
	for i, f := range list {
		w.comma(i)
		w.float(f)
	}
	w.b = append(w.b, ']')
}

func (w *lineWriter) article(a *Article) {
	w.text(fieldID, string(a.ID))
	w.clock(fieldPublished, a.Published)
	w.clock(fieldUpdated, a.Updated)
	w.clock(fieldUnpublished, a.Unpublished)
	w.text(fieldTitle, a.Title)
	w.text(fieldURL, a.URL)
	w.text(fieldSection, a.Section)
	w.text(fieldAuthor, a.Author)
	w.text(fieldLang, a.Lang)
	w.text(fieldGroup, a.Group)
	if len(a.Tags) > 0 {
		w.key(fieldNames[fieldTags])
		w.b = append(w.b, '[')
		for i, tag := range a.Tags {
			w.comma(i)
			w.quoted(tag)
		}
		w.b = append(w.b, ']')
	}
	if len(a.Vector) > 0 {
		w.key(fieldNames[fieldVector])
		w.numbers(a.Vector)
	}
}
