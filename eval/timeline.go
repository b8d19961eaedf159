package eval

import (
	"slices"

	"github.com/alsolike/alsolike/eval/pack"
)

// changes appends the times just before which what holds for item under seed may
// change.
func (s *standing) changes(dst []int64, seed, item int32) []int64 {
	for _, o := range s.byItem[item] {
		if s.concerns(o, seed) {
			dst = append(dst, timeKey(o.Hour, 0)-1)
			if o.Until != pack.Never {
				dst = append(dst, timeKey(o.Until, 0)-1)
			}
		}
	}
	return dst
}

// A timeline tells when lists under one seed change because of what exists and
// what is blocked.
type timeline struct {
	moments []int32
	times   []int64
	moment  int // of moments are behind
	time    int // of times are behind
}

// watch starts over with the articles of lists that the first k places can hold
// at any time between two moments.
func (l *timeline) watch(b *standing, articles []pack.Article, seed int32, k int, first, last int32, lists ...[]int32) {
	l.moments, l.times, l.moment, l.time = l.moments[:0], l.times[:0], 0, 0
	for _, list := range lists {
		steady := 0
		for i, item := range list {
			if steady == k {
				break
			}
			if slices.Contains(list[:i], item) {
				continue
			}
			a := &articles[item]
			before := len(l.times)
			if len(b.byItem) > 0 {
				l.times = b.changes(l.times, seed, item)
			}
			switch {
			case a.Born <= first && a.Died > last:
				if item != seed && len(l.times) == before {
					steady++
				}
			default:
				l.moments = append(l.moments, a.Born, a.Died)
			}
		}
	}
	slices.Sort(l.moments)
	slices.Sort(l.times)
}

// move goes to a time and reports whether lists may be others there.
func (l *timeline) move(hour, moment int32) bool {
	beforeMoment, beforeTime := l.moment, l.time
	if len(l.moments) > 0 {
		l.moment, _ = slices.BinarySearch(l.moments, moment+1)
	}
	if len(l.times) > 0 {
		l.time, _ = slices.BinarySearch(l.times, timeKey(hour, moment))
	}
	return l.moment != beforeMoment || l.time != beforeTime
}
