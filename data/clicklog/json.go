package clicklog

import (
	"encoding/json"
	"math"
	"strconv"
)

// A kind is what a JSON value is.
type kind uint8

const (
	absent kind = iota // or null
	text
	escaped // a text with backslashes in it
	number
	other // true, false
	array
	object
)

// A value is a part of a line: of a text what stands between its quotes, else all
// of it.
type value struct {
	b    []byte
	kind kind
}

// scanner goes through one line of JSON as RFC 8259 has it, in one pass and
// without making anything; it accepts what json.Valid accepts.
type scanner struct {
	b []byte
	i int
}

// maxDepth is how deep encoding/json lets values be nested.
const maxDepth = 10000

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\r', '\n':
			s.i++
		default:
			return
		}
	}
}

// next skips white space and takes c, if it is what comes next.
func (s *scanner) next(c byte) bool {
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	s.space()
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

// end reports whether nothing but white space is left.
func (s *scanner) end() bool {
	s.space()
	return s.i == len(s.b)
}

// str takes a text whose first quote has been taken.
func (s *scanner) str() (v value, ok bool) {
	start := s.i
	v.kind = text
	for i := s.i; i < len(s.b); i++ {
		switch c := s.b[i]; {
		case c == '"':
			s.i = i + 1
			v.b = s.b[start:i]
			return v, true
		case c == '\\':
			v.kind = escaped
			i++
			if i >= len(s.b) {
				return v, false
			}
			switch s.b[i] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				if i+4 >= len(s.b) || !isHex(s.b[i+1]) || !isHex(s.b[i+2]) || !isHex(s.b[i+3]) || !isHex(s.b[i+4]) {
					return v, false
				}
				i += 4
			default:
				return v, false
			}
		case c < ' ':
			return v, false
		}
	}
	return v, false
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// number takes a number.
func (s *scanner) number() (v value, ok bool) {
	start := s.i
	if s.i < len(s.b) && s.b[s.i] == '-' {
		s.i++
	}
	digits := s.digits()
	if digits == 0 || digits > 1 && s.b[s.i-digits] == '0' {
		return v, false
	}
	if s.i < len(s.b) && s.b[s.i] == '.' {
		s.i++
		if s.digits() == 0 {
			return v, false
		}
	}
	if s.i < len(s.b) && (s.b[s.i] == 'e' || s.b[s.i] == 'E') {
		s.i++
		if s.i < len(s.b) && (s.b[s.i] == '+' || s.b[s.i] == '-') {
			s.i++
		}
		if s.digits() == 0 {
			return v, false
		}
	}
	return value{s.b[start:s.i], number}, true
}

func (s *scanner) digits() (n int) {
	for s.i < len(s.b) && '0' <= s.b[s.i] && s.b[s.i] <= '9' {
		s.i++
		n++
	}
	return n
}

// value takes a whole value, at that depth.
func (s *scanner) value(depth int) (v value, ok bool) {
	s.space()
	if s.i >= len(s.b) || depth > maxDepth {
		return v, false
	}
	start := s.i
	switch c := s.b[s.i]; c {
	case '"':
		s.i++
		return s.str()
	case '{':
		ok = s.object(depth, func(value) bool { _, ok := s.value(depth + 1); return ok })
		return value{s.b[start:s.i], object}, ok
	case '[':
		ok = s.array(depth, func() bool { _, ok := s.value(depth + 1); return ok })
		return value{s.b[start:s.i], array}, ok
	case 't':
		return s.word("true", other)
	case 'f':
		return s.word("false", other)
	case 'n':
		return s.word("null", absent)
	}
	return s.number()
}

func (s *scanner) word(w string, k kind) (v value, ok bool) {
	if len(s.b)-s.i < len(w) || string(s.b[s.i:s.i+len(w)]) != w {
		return v, false
	}
	s.i += len(w)
	return value{s.b[s.i-len(w) : s.i], k}, true
}

// object takes an object at that depth. Member is called with each key and takes
// the value that comes next, at depth+1.
func (s *scanner) object(depth int, member func(key value) bool) bool {
	if depth >= maxDepth || !s.next('{') {
		return false
	}
	if s.next('}') {
		return true
	}
	for {
		if !s.next('"') {
			return false
		}
		key, ok := s.str()
		if !ok || !s.next(':') {
			return false
		}
		if !member(key) {
			return false
		}
		switch {
		case s.next(','):
		case s.next('}'):
			return true
		default:
			return false
		}
	}
}

// array takes an array at that depth. Element takes the value that comes next, at
// depth+1.
func (s *scanner) array(depth int, element func() bool) bool {
	if depth >= maxDepth || !s.next('[') {
		return false
	}
	if s.next(']') {
		return true
	}
	for {
		if !element() {
			return false
		}
		switch {
		case s.next(','):
		case s.next(']'):
			return true
		default:
			return false
		}
	}
}

// unescape is the text of v, which may share memory with the line.
func (v value) unescape() []byte {
	if v.kind != escaped {
		return v.b
	}
	quoted := make([]byte, 0, len(v.b)+2)
	quoted = append(quoted, '"')
	quoted = append(quoted, v.b...)
	quoted = append(quoted, '"')
	var s string
	if err := json.Unmarshal(quoted, &s); err != nil {
		panic("clicklog: a text that was scanned cannot be read") // str has seen to it
	}
	return []byte(s)
}

// id is the text of v, or the digits of a number as they stand in the log.
func (v value) id() (id []byte, ok bool) {
	switch v.kind {
	case text, number:
		return v.b, true
	case escaped:
		return v.unescape(), true
	case absent:
		return nil, true
	}
	return nil, false
}

// float is the number v; not a number, if v is absent.
func (v value) float() (f float64, ok bool) {
	switch v.kind {
	case absent:
		return math.NaN(), true
	case number:
		if f, ok := simpleFloat(v.b); ok {
			return f, true
		}
		f, err := strconv.ParseFloat(string(v.b), 64)
		return f, err == nil
	}
	return 0, false
}

// simpleFloat reads plain decimals of at most 15 digits, of which both the digits
// and the power of ten are exact in a float64, so that their quotient is rounded
// once, as strconv does it.
func simpleFloat(b []byte) (f float64, ok bool) {
	if len(b) > 16 {
		return 0, false
	}
	var n uint64
	digits, point := 0, -1
	for i, c := range b {
		switch {
		case '0' <= c && c <= '9':
			n = n*10 + uint64(c-'0')
			digits++
		case c == '.' && i > 0:
			point = digits
		default:
			return 0, false
		}
	}
	if digits == 0 || digits > 15 {
		return 0, false
	}
	if point < 0 {
		return float64(n), true
	}
	return float64(n) / powers[digits-point], true
}

var powers = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// integer is the whole number v; 0, if v is absent.
func (v value) integer() (n int, ok bool) {
	if v.kind == absent {
		return 0, true
	}
	f, ok := v.float()
	if !ok || f != math.Trunc(f) || math.Abs(f) > 1<<31-1 {
		return 0, false
	}
	return int(f), true
}
