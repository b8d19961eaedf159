package eval

import (
	"hash/fnv"
	"math"
	"slices"
	"time"

	"github.com/alsolike/alsolike/eval/pack"
)

// measuredTenths is how many readers of ten are measured when readers are split.
const measuredTenths = 3

// split sets apart what is measured from what may be learned, and makes the pairs
// of the former. The visits of every reader are in order.
func (t *Truth) split(readers []*readerVisits, opts TruthOptions) error {
	first, last := int32(math.MaxInt32), int32(math.MinInt32) // hours
	if t.ByTime {
		for _, r := range readers {
			for _, v := range r.visits {
				first, last = min(first, v.hour), max(last, v.hour)
			}
		}
	}
	byTime := opts.Days > 0 || !opts.From.IsZero()
	switch {
	case byTime && !t.ByTime:
		return dataErrorf("the reads have no times, so that the end of the log cannot be told from its beginning; map time to the column with the time of a read, or let readers be split (split: readers)")
	case opts.SplitReaders && t.ByTime:
		return dataErrorf("the reads have times: split them by time, with as_of, not by reader")
	case opts.SplitReaders:
		t.Split = SplitByReader
	case byTime:
		t.Split = SplitByTime
	}
	from := int32(math.MinInt32)
	if t.Split == SplitByTime {
		from = last + 1 - 24*int32(opts.Days)
		if !opts.From.IsZero() {
			from = int32(floorDiv(opts.From.UnixNano(), int64(time.Hour)))
		}
	}
	measured := func(r *readerVisits, v visit) bool {
		switch t.Split {
		case SplitByTime:
			return v.hour >= from
		case SplitByReader:
			return readerHash(r.reader)%10 < measuredTenths
		}
		return true
	}
	t.pair(readers, measured)
	t.learn(readers, measured)
	if t.ByTime {
		for _, r := range readers {
			for _, v := range r.visits {
				t.readRows, t.readHours = append(t.readRows, v.row), append(t.readHours, v.hour)
			}
		}
		t.From, t.To = hourTime(max(from, first)), hourTime(last+1)
	}
	if len(t.pairs) == 0 && t.Split == SplitByTime {
		return dataErrorf("no reader read two different articles one after the other from %s on, which is what is measured; the log runs from %s to %s: measure more of its end (as_of)",
			day(hourTime(from)), day(hourTime(first)), day(hourTime(last)))
	}
	return nil
}

// pair makes the pairs of every reader that start at a measured visit.
func (t *Truth) pair(readers []*readerVisits, measured func(*readerVisits, visit) bool) {
	t.starts = []int{0}
	type link struct{ from, to int32 }
	for _, r := range readers {
		seen := map[link]bool{}
		for i, v := range r.visits {
			before := visit{row: v.from, hour: v.hour, moment: v.moment} // where this visit is all there is
			if i > 0 && r.visits[i-1].session == v.session {
				before = r.visits[i-1]
			}
			l := link{before.row, v.row}
			if l.from < 0 || l.from == l.to || seen[l] || !measured(r, before) || v.hour-before.hour > 1 && v.session != 0 {
				continue
			}
			seen[l] = true
			t.pairs = append(t.pairs, pair{l.from, l.to, before.hour, before.moment})
		}
		if len(t.pairs) > t.starts[len(t.starts)-1] {
			t.starts = append(t.starts, len(t.pairs))
		}
	}
}

// learn keeps the visits that are not measured, and counts what is known of how
// often articles are read.
func (t *Truth) learn(readers []*readerVisits, measured func(*readerVisits, visit) bool) {
	for _, r := range readers {
		for i := 0; i < len(r.visits); {
			to := i + 1
			for to < len(r.visits) && r.visits[to].session == r.visits[i].session {
				to++
			}
			var s Session
			for _, v := range r.visits[i:to] {
				apart := !measured(r, v)
				if apart || t.Split == NoSplit {
					t.views[v.row]++
				}
				if !apart {
					continue
				}
				s.Rows = append(s.Rows, v.row)
				if t.ByTime {
					s.Hours = append(s.Hours, v.hour)
				}
			}
			if len(s.Rows) > 0 {
				t.Before = append(t.Before, s)
			}
			i = to
		}
	}
}

// readerHash is a number for a reader's name that is the same everywhere.
func readerHash(reader string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(reader))
	return h.Sum64()
}

// numberMoments sets Born and Died of every article to the places of its times
// among all different ones, and returns the moment of a time in nanoseconds.
func numberMoments(articles []pack.Article) func(at int64) int32 {
	var times []int64
	for i := range articles {
		for _, at := range []time.Time{articles[i].Published, articles[i].Unpublished} {
			if !at.IsZero() {
				times = append(times, at.UnixNano())
			}
		}
	}
	slices.Sort(times)
	times = slices.Compact(times)
	moment := func(at int64) int32 {
		n, found := slices.BinarySearch(times, at)
		if found {
			n++
		}
		return int32(n)
	}
	for i := range articles {
		a := &articles[i]
		a.Born, a.Died = 0, pack.Never
		switch {
		case a.ID == "": // stands for articles that a log does not tell, and can be no link
			a.Born = pack.Never
		case !a.Published.IsZero():
			a.Born = moment(a.Published.UnixNano())
		}
		if !a.Unpublished.IsZero() {
			a.Died = moment(a.Unpublished.UnixNano())
		}
	}
	return moment
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func hourTime(hour int32) time.Time { return time.Unix(int64(hour)*3600, 0).UTC() }

func day(t time.Time) string { return t.Format(time.DateOnly) }
