package clicklog

import (
	"bytes"
	"fmt"
	"time"
	"unicode/utf8"
)

// A field is one that some event has.
type field uint8

const (
	fieldT field = iota
	fieldID
	fieldTime
	fieldSource
	fieldItems
	fieldSnapshot
	fieldVariant
	fieldPolicy
	fieldWidget
	fieldRequested
	fieldUser
	fieldSession
	fieldDevice
	fieldReferrer
	fieldLang
	fieldSubscriber
	fieldImpression
	fieldItem
	fieldPosition
	fieldDwell
	fieldScroll
	fieldPage
	fieldFrom
	fieldOp
	fieldUndo
	fieldUntil
	fieldPublished
	fieldUpdated
	fieldUnpublished
	fieldTitle
	fieldURL
	fieldSection
	fieldAuthor
	fieldGroup
	fieldTags
	fieldVector
	fieldSimulated
	fields
)

var fieldNames = [fields]string{
	"t", "id", "ts", "src", "items", "snap", "var", "pol", "widget", "n", "user", "sess", "dev", "ref", "lang", "sub",
	"imp", "item", "pos", "dwell_ms", "scroll", "page", "from", "op", "undo", "until", "published", "updated",
	"unpublished", "title", "url", "section", "author", "group", "tags", "vector", "simulated",
}

var fieldOf = func() map[string]field {
	of := map[string]field{
		"published_at": fieldPublished, "updated_at": fieldUpdated, "unpublished_at": fieldUnpublished,
		"authors": fieldAuthor, "translation_of": fieldGroup,
	}
	for f, name := range fieldNames {
		of[name] = field(f)
	}
	return of
}()

// An eventParser reads lines of our own log into a batch. Each worker has one.
type eventParser struct {
	scanner
	out     *batch
	strings *interner
	unknown map[string]*int // fields that no event has, and their lines

	number int // of the line
	values [fields]value
	items  []rawShown
	fault  *Fault // the first of the line
	unit   unit
}

type rawShown struct{ id, pos, p, slot value }

func newEventParser() *eventParser {
	return &eventParser{strings: newInterner(), unknown: map[string]*int{}}
}

// batch parses the lines of b.
func (p *eventParser) batch(b *batch) {
	b.reset()
	p.out = b
	rest := b.text
	for p.number = b.first; len(rest) > 0; p.number++ {
		line := rest
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			line, rest = rest[:i], rest[i+1:]
		} else {
			rest = nil
		}
		p.line(line)
	}
}

// line parses one line into an entry, if it is not blank.
func (p *eventParser) line(line []byte) {
	p.scanner = scanner{b: line}
	if p.end() {
		return
	}
	p.out.lines++
	p.fault, p.unit = nil, noUnit
	event := p.event()
	if p.fault != nil {
		event = nil
	}
	p.out.entries = append(p.out.entries, entry{event, p.fault, p.unit, p.number})
}

func (p *eventParser) event() Event {
	switch {
	case !utf8.Valid(p.b):
		p.bad(FaultMalformed, "the line is not valid UTF-8")
		return nil
	case !p.members() || !p.end():
		p.bad(FaultMalformed, "the line is no JSON object; reading stopped at byte %d of %d", p.i+1, len(p.b))
		return nil
	}
	switch t := p.text(fieldT, required); t {
	case "imp":
		return p.impression()
	case "clk":
		return p.click()
	case "view":
		return p.view()
	case "read":
		return p.reading()
	case "pv":
		return p.pageView()
	case "ovr":
		return p.override()
	case "art":
		return p.article()
	case "note":
		note := p.out.notes.next()
		*note = Note{Simulated: p.text(fieldSimulated, optional)}
		return note
	default:
		p.bad(FaultUnknownEvent, "%q is no event; there are imp, view, clk, read, pv, ovr, art and note", t)
	}
	return nil
}

// members takes the line's object: the values of known fields, the items whole.
func (p *eventParser) members() bool {
	clear(p.values[:])
	p.items = p.items[:0]
	return p.object(0, func(key value) bool {
		name := key.unescape()
		f, known := fieldOf[string(name)]
		if !known {
			p.countUnknown(name)
			_, ok := p.value(1)
			return ok
		}
		if f == fieldItems {
			p.items = p.items[:0]
			p.space()
			if p.i < len(p.b) && p.b[p.i] == '[' {
				p.values[f] = value{kind: array}
				return p.array(1, p.shown)
			}
		}
		v, ok := p.value(1)
		p.values[f] = v
		return ok
	})
}

// shown takes one of the items.
func (p *eventParser) shown() bool {
	p.space()
	if p.i < len(p.b) && p.b[p.i] != '{' {
		p.items = append(p.items, rawShown{id: value{kind: other}})
		_, ok := p.value(2)
		return ok
	}
	p.items = append(p.items, rawShown{})
	item := &p.items[len(p.items)-1]
	return p.object(2, func(key value) bool {
		v, ok := p.value(3)
		switch name := key.unescape(); string(name) {
		case "id":
			item.id = v
		case "pos":
			item.pos = v
		case "p":
			item.p = v
		case "slot", "source":
			item.slot = v
		default:
			p.countUnknown(append([]byte("items."), name...))
		}
		return ok
	})
}

// maxUnknown bounds how many names of unknown fields are kept.
const maxUnknown = 10_000

func (p *eventParser) countUnknown(name []byte) {
	n := p.unknown[string(name)]
	if n == nil {
		if len(p.unknown) == maxUnknown {
			return
		}
		n = new(int)
		p.unknown[string(name)] = n
	}
	*n++
}

// bad notes why the line is no event, unless that is known already.
func (p *eventParser) bad(kind, format string, args ...any) {
	if p.fault == nil {
		p.fault = &Fault{File: p.out.file, Line: p.number, Kind: kind, Reason: fmt.Sprintf(format, args...)}
	}
}

func (p *eventParser) wrong(f field, want string) {
	p.bad(FaultWrongType, "%s is not %s", fieldNames[f], want)
}

// need says whether an event can do without a field.
type need bool

const (
	required need = true
	optional need = false
)

func (p *eventParser) bytes(f field, need need) []byte {
	b, ok := p.values[f].id()
	switch {
	case !ok:
		p.wrong(f, "a text or number")
	case need == required && len(b) == 0:
		p.bad(FaultMissing, "%s is missing", fieldNames[f])
	}
	return b
}

// text is the text of a field that many lines share, own that of one that they
// do not.
func (p *eventParser) text(f field, need need) string { return p.strings.string(p.bytes(f, need)) }
func (p *eventParser) own(f field, need need) string  { return string(p.bytes(f, need)) }

func (p *eventParser) integer(f field) int {
	n, ok := p.values[f].integer()
	if !ok || n < 0 {
		p.wrong(f, "a whole number from 0")
	}
	return n
}

// clock is the time of the event.
func (p *eventParser) clock(f field, need need) time.Time {
	b := p.bytes(f, need)
	if len(b) == 0 {
		return time.Time{}
	}
	t, u, ok := parseClock(b)
	if !ok {
		p.bad(FaultTime, "%s is %q; a time with its zone is expected, as 2026-03-02T10:15:00Z, or whole seconds, milliseconds or microseconds since 1970", fieldNames[f], b)
	}
	p.unit = max(p.unit, u)
	return t
}
