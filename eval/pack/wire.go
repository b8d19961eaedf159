package pack

import (
	"encoding/binary"
	"errors"
	"math"
	"time"
)

// A writer appends values to b.
type writer struct{ b []byte }

func (w *writer) byte(v byte) { w.b = append(w.b, v) }
func (w *writer) bool(v bool) {
	if v {
		w.byte(1)
	} else {
		w.byte(0)
	}
}
func (w *writer) varint(v int64)  { w.b = binary.AppendVarint(w.b, v) }
func (w *writer) count(n int)     { w.b = binary.AppendUvarint(w.b, uint64(n)) }
func (w *writer) float(v float64) { w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(v)) }
func (w *writer) string(v string) { w.count(len(v)); w.b = append(w.b, v...) }
func (w *writer) strings(v []string) {
	w.count(len(v))
	for _, s := range v {
		w.string(s)
	}
}

// time writes t to the nanosecond: seconds since 1970 and nanoseconds.
func (w *writer) time(t time.Time) {
	w.varint(t.Unix())
	w.count(t.Nanosecond())
}

// A reader takes values from the front of b. After the first that is not there,
// err says so and all further ones are zero.
type reader struct {
	b   []byte
	err error
}

var errEnd = errors.New("ends early")

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.b = nil
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.fail(errEnd)
		return 0
	}
	v := r.b[0]
	r.b = r.b[1:]
	return v
}

func (r *reader) bool() bool {
	v := r.byte()
	if v > 1 {
		r.fail(errors.New("has a yes or no that is neither"))
	}
	return v == 1
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.fail(errEnd)
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count is a number of things that take at least each bytes of what is left.
func (r *reader) count(each int) int {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > uint64(len(r.b)-n)/uint64(each) {
		r.fail(errEnd)
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

// number is one from 0 to most.
func (r *reader) number(most int) int {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > uint64(most) {
		r.fail(errors.New("has a number that is too large"))
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

func (r *reader) float() float64 {
	if len(r.b) < 8 {
		r.fail(errEnd)
		return 0
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(r.b))
	r.b = r.b[8:]
	return v
}

// bytes is a part of b itself.
func (r *reader) bytes() []byte {
	n := r.count(1)
	v := r.b[:n]
	r.b = r.b[n:]
	return v
}

func (r *reader) string() string { return string(r.bytes()) }

func (r *reader) strings() []string {
	n := r.count(1)
	if n == 0 {
		return nil
	}
	v := make([]string, n)
	for i := range v {
		v[i] = r.string()
	}
	return v
}

func (r *reader) time() time.Time {
	seconds, nanos := r.varint(), r.number(1e9-1)
	if r.err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, int64(nanos)).UTC()
}

// end is the error of r, or that something is left.
func (r *reader) end() error {
	if r.err == nil && len(r.b) > 0 {
		return errors.New("is longer than it should be")
	}
	return r.err
}

func (r *reader) int32() int32 {
	v := r.varint()
	if int64(int32(v)) != v {
		r.fail(errors.New("has a number that is too large"))
	}
	return int32(v)
}
