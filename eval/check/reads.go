package check

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/eval/pack"
)

// maxDwellSeconds is where reading times are cut off.
const maxDwellSeconds = 600

// reading joins what was read to the clicks that led there: those of the impression
// that it names, or the last one of its session on that article, before it.
func (j *join) reading() error {
	type place struct{ session, item int32 }
	type shown struct {
		when int64
		at   int32
	}
	clicked := map[place][]shown{}
	bySession := false
	for i := range int32(j.readings.n) {
		bySession = bySession || j.readings.at(i).impression < 0
	}
	for l := range j.validLists() {
		if !bySession || l.session < 0 {
			continue
		}
		for at := l.start; at < l.end; at++ {
			if *j.flags.at(at)&pack.Clicked != 0 {
				key := place{l.session, *j.item.at(at)}
				clicked[key] = append(clicked[key], shown{l.when, at})
			}
		}
	}
	for i := range int32(j.readings.n) {
		r := j.readings.at(i)
		at := int32(-1)
		if r.impression >= 0 {
			if row := j.row[r.impression]; row >= 0 && j.valid[row] >= 0 {
				at = j.shownAt(j.lists.at(row), r.item)
			}
		} else {
			latest := int64(math.MinInt64)
			for _, s := range clicked[place{r.session, r.item}] {
				if (r.when == noTime || s.when <= r.when) && s.when >= latest {
					latest, at = s.when, s.at
				}
			}
		}
		if at < 0 || *j.flags.at(at)&pack.Clicked == 0 {
			j.out.add("reads_without_click", 1)
			continue
		}
		if r.dwell >= j.opts.SatisfiedDwell || r.scroll >= j.opts.SatisfiedScroll {
			*j.flags.at(at) |= pack.Satisfied
		}
		if j.dwell == nil {
			j.dwell = make([]uint16, j.item.n)
		}
		j.dwell[at] = max(j.dwell[at], uint16(min(r.dwell/time.Second, maxDwellSeconds)))
	}
	return nil
}

// The sessions of page views (see the package's decisions).
const (
	silence       = 30 * time.Minute
	longSession   = 100
	burst         = 10
	burstDuration = burst * time.Second
)

// reads makes the page views of articles into reads of readers, in sessions, without
// reloads and without bots.
func (j *join) reads() error {
	// Page views that name nobody are readers of their own, after all others.
	nobody := int32(j.users.len() + j.sessions.len() + j.lists.n)
	var order []int32 // of those of articles
	reader := make([]int32, j.pages.n)
	for i := range int32(j.pages.n) {
		p := j.pages.at(i)
		j.out.add("pageviews_read", 1)
		if j.article[p.item] < 0 {
			j.out.found(pageUnknown, j.articles.name(p.item))
			continue
		}
		order = append(order, i)
		switch {
		case p.user >= 0:
			reader[i] = p.user
		case p.session >= 0:
			reader[i] = int32(j.users.len()) + p.session
		default:
			reader[i] = nobody
			nobody++
		}
	}
	if len(order) == 0 {
		return nil
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(reader[a], reader[b]), cmp.Compare(j.pages.at(a).session, j.pages.at(b).session), cmp.Compare(j.pages.at(a).when, j.pages.at(b).when))
	})
	var kept []read
	next := int32(j.sessions.len() + j.lists.n) // free number of a session
	taken := make([]bool, j.sessions.len())
	for from := 0; from < len(order); {
		to := from + 1
		for ; to < len(order); to++ {
			a, b := order[to-1], order[to]
			if reader[a] != reader[b] || !sameSession(j.pages.at(a), j.pages.at(b)) {
				break
			}
		}
		human := j.human(order[from:to])
		number := next
		if s := j.pages.at(order[from]).session; s >= 0 && !taken[s] {
			number, taken[s] = s, true
		} else {
			next++
		}
		for _, i := range human {
			kept = append(kept, read{j.pages.at(i), reader[i], number})
		}
		from = to
	}
	slices.SortStableFunc(kept, func(a, b read) int {
		return cmp.Or(cmp.Compare(a.reader, b.reader), cmp.Compare(a.page.when, b.page.when))
	})
	n := len(kept)
	j.pack.Reads = pack.Reads{
		Reader: make([]int32, 0, n), Session: make([]int32, 0, n), Item: make([]int32, 0, n),
		Hour: make([]int32, 0, n), Moment: make([]int32, 0, n), From: make([]int32, 0, n),
	}
	for i := range kept {
		j.addRead(&kept[i])
	}
	j.out.add("pageviews_valid", len(kept))
	return nil
}

// A read is a page view that counts.
type read struct {
	page            *page
	reader, session int32
}

func (j *join) addRead(r *read) {
	to := &j.pack.Reads
	from := int32(-1)
	if r.page.from >= 0 {
		from = j.article[r.page.from]
	}
	to.Reader, to.Session = append(to.Reader, r.reader), append(to.Session, r.session)
	to.Item, to.From = append(to.Item, j.article[r.page.item]), append(to.From, from)
	to.Hour, to.Moment = append(to.Hour, hour(r.page.when)), append(to.Moment, j.moment(r.page.when))
}

// sameSession reports whether two page views of a reader, one after the other, are
// of one visit.
func sameSession(a, b *page) bool {
	return a.session == b.session && b.when-a.when <= silence.Microseconds()
}

// human are the page views of a session that count: without reloads, and none of
// a bot.
func (j *join) human(session []int32) (kept []int32) {
	last := map[int32]int64{} // when each article was opened last
	for _, i := range session {
		p := j.pages.at(i)
		t, again := last[p.item]
		last[p.item] = p.when
		if again && p.when != noTime && p.when-t <= silence.Microseconds() {
			j.out.add("pageviews_folded", 1)
			continue
		}
		kept = append(kept, i)
	}
	if j.isBot(kept) {
		j.out.add("bot_sessions", 1)
		j.out.add("pageviews_of_bots", len(kept))
		return nil
	}
	return kept
}

// isBot reports whether a session is no human's.
func (j *join) isBot(order []int32) bool {
	if len(order) > longSession {
		return true
	}
	for i := burst - 1; i < len(order); i++ {
		first, last := j.pages.at(order[i-burst+1]).when, j.pages.at(order[i]).when
		if first != noTime && last-first < burstDuration.Microseconds() {
			return true
		}
	}
	return false
}

// overrides takes what editors did, in order of time.
func (j *join) overrides() error {
	sections := map[string]bool{}
	for i := range j.pack.Articles {
		sections[j.pack.Articles[i].Section] = true
	}
	slices.SortStableFunc(j.edits, func(a, b clicklog.Override) int { return a.Time.Compare(b.Time) })
	for i := range j.edits {
		e := &j.edits[i]
		o := pack.Override{
			Op: e.Op, Source: -1, Position: e.Position, Item: -1,
			Moment: j.moment(micros(e.Time)), Hour: hour(micros(e.Time)), Until: pack.Never,
		}
		switch o.Op { // an article turned off is not shown either
		case "off":
			o.Op = "block"
		case "unoff":
			o.Op = "unblock"
		}
		place := func(id string) int32 {
			if code, ok := j.articles.find(id); ok {
				return j.article[code]
			}
			return -1
		}
		o.Item = place(string(e.Item))
		known := o.Item >= 0
		if o.Source = place(e.Source); o.Source < 0 && e.Source != "*" {
			o.Section = e.Source
			known = known && sections[e.Source]
		}
		if !known {
			j.out.found(overrideUnknown, e.Source+" "+string(e.Item))
			continue
		}
		if !e.Until.IsZero() {
			o.Until = hour(micros(e.Until))
		}
		j.pack.Overrides = append(j.pack.Overrides, o)
	}
	return nil
}
