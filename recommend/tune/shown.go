package tune

import (
	"context"
	"hash/fnv"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data/clicklog"
)

// mostSlots is how many places of a list are looked at.
const mostSlots = 20

// mostLists is how many lists are kept at least, the newest, and half of the most.
const mostLists = 1 << 20

// A shown is a list that was shown.
type shown struct {
	at      time.Time
	cluster uint64
	widget  uint64
	source  int32
	items   []place
	clicked bool
}

// A place is an item of a list, without those that editors pinned and those in
// another language, of which the features say nothing.
type place struct {
	row     int32
	slot    int8 // from 0
	clicked bool
}

// A collection is the lists of an event log.
type collection struct {
	c     *Corpus
	since time.Time

	lists     []shown
	number    map[uint64]int // by hash of the list's id, where it was among all
	dropped   int            // the first so many of all are not kept
	unplaced  int            // lists that do not tell the positions of their items
	simulated string
}

func newCollection(c *Corpus, since time.Time) *collection {
	return &collection{c: c, since: since, number: map[uint64]int{}}
}

func (x *collection) observe(e clicklog.Event) {
	switch e := e.(type) {
	case *clicklog.Note:
		x.simulated = e.Simulated
	case *clicklog.Impression:
		if !e.Time.Before(x.since) {
			x.impression(e)
		}
	case *clicklog.Click:
		if i, ok := x.number[hash(e.Impression)]; ok && i >= x.dropped {
			x.click(&x.lists[i-x.dropped], e)
		}
	}
}

func (x *collection) impression(e *clicklog.Impression) {
	source, ok := x.c.Row(e.Source)
	if !ok {
		return
	}
	l := shown{at: e.Time, source: source, widget: hash(e.Widget), cluster: cluster(e)}
	for _, item := range e.Items {
		if item.Position < 1 {
			x.unplaced++
			return
		}
		row, ok := x.c.Row(item.Item)
		if !ok || row == source || item.Position > mostSlots || item.Slot == "pin" || !x.c.Cards[source].SameLanguage(&x.c.Cards[row]) {
			continue
		}
		l.items = append(l.items, place{row: row, slot: int8(item.Position - 1)})
	}
	if len(l.items) < 2 {
		return
	}
	if len(x.lists) == 2*mostLists {
		x.dropped += mostLists
		x.lists = append(x.lists[:0], x.lists[mostLists:]...)
	}
	x.number[hash(e.ID)] = x.dropped + len(x.lists)
	x.lists = append(x.lists, l)
}

func (x *collection) click(l *shown, e *clicklog.Click) {
	if row, ok := x.c.Row(e.Item); ok {
		if i := slices.IndexFunc(l.items, func(p place) bool { return p.row == row }); i >= 0 {
			l.items[i].clicked, l.clicked = true, true
		}
	}
}

// cluster is equal for lists of one reader, as far as the log tells readers apart,
// else for those of an hour, within which most visits lie.
func cluster(e *clicklog.Impression) uint64 {
	switch {
	case e.User != "":
		return hash("user " + e.User)
	case e.Session != "":
		return hash("session " + e.Session)
	}
	return hash("hour " + e.Time.Truncate(time.Hour).Format(time.RFC3339))
}

func hash(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s))
	return h.Sum64()
}

// sort brings the lists into the order of time and returns the times at which a half
// and three quarters of those of which something was followed lie before.
func (x *collection) sort() (clicked int, half, late time.Time) {
	slices.SortStableFunc(x.lists, func(a, b shown) int { return a.at.Compare(b.at) })
	var times []time.Time
	for i := range x.lists {
		if x.lists[i].clicked {
			times = append(times, x.lists[i].at)
		}
	}
	if n := len(times); n > 0 {
		half, late = times[n/2], times[n*3/4]
	}
	return len(times), half, late
}

// observeAll passes the events on to all observers.
func observeAll(ctx context.Context, events func(yield func(clicklog.Event) bool), observers ...func(clicklog.Event)) error {
	for e := range events {
		for _, observe := range observers {
			observe(e)
		}
	}
	return ctx.Err()
}
