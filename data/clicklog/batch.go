package clicklog

import (
	"hash/maphash"
)

// A batch is a run of whole lines of one file and, once parsed, what they hold.
// It and its events are used again for later lines.
type batch struct {
	file  string
	text  []byte
	first int // number of the first line
	lines int // that are not blank

	entries []entry

	impressions pool[Impression]
	views       pool[View]
	clicks      pool[Click]
	readings    pool[Reading]
	pageViews   pool[PageView]
	overrides   pool[Override]
	articles    pool[Article]
	notes       pool[Note]
}

// An entry is one event, or the fault in its place.
type entry struct {
	event Event
	fault *Fault
	unit  unit // of the event's time
	line  int
}

func (b *batch) reset() {
	b.lines = 0
	b.entries = b.entries[:0]
	b.impressions.n, b.views.n, b.clicks.n, b.readings.n = 0, 0, 0, 0
	b.pageViews.n, b.overrides.n, b.articles.n, b.notes.n = 0, 0, 0, 0
}

// A pool lends out Ts and takes all of them back at once.
type pool[T any] struct {
	all []*T
	n   int
}

// next lends a T as it was given back.
func (p *pool[T]) next() *T {
	if p.n == len(p.all) {
		p.all = append(p.all, new(T))
	}
	p.n++
	return p.all[p.n-1]
}

// An interner makes strings of bytes, and mostly the same one for the same bytes.
type interner struct {
	seed maphash.Seed
	seen [1 << 14]string
}

func newInterner() *interner { return &interner{seed: maphash.MakeSeed()} }

func (in *interner) string(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	s := &in.seen[maphash.Bytes(in.seed, b)%uint64(len(in.seen))]
	if *s != string(b) {
		*s = string(b)
	}
	return *s
}
