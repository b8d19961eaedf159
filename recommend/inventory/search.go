package inventory

import (
	"cmp"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
)

// search is the articles of one page, and how many there are on all.
func search(s *stand, w wishes, c *counts, q *Query, now time.Time) (ids []data.ArticleID, total int) {
	t, most := newTyped(q.Text), q.First+q.Limit
	if q.Show == MostClicked {
		return mostClicked(s, &t, q)
	}
	var found [fits][]data.ArticleID
	all := s.all()
	if q.Show == MostLinked {
		all = s.of(c.mostLinked())
	}
	for b, i := range all {
		e := &b.entries[i]
		if q.Show != All && !shows(q.Show, e, w, c, now) {
			continue
		}
		fit := b.fit(i, &t, len(found[atWords]) < most && q.Show != MostLinked)
		if fit == not {
			continue
		}
		if q.Show == MostLinked {
			fit = anywhere
		}
		if total++; len(found[fit]) < most {
			found[fit] = append(found[fit], e.id)
		}
	}
	ids = slices.Concat(found[:]...)
	ids = ids[min(q.First, len(ids)):]
	return ids[:min(q.Limit, len(ids))], total
}

// mostClicked is search for MostClicked.
func mostClicked(s *stand, t *typed, q *Query) (ids []data.ArticleID, total int) {
	type clicked struct {
		id     data.ArticleID
		clicks int
	}
	var found []clicked
	if q.Clicks != nil {
		for b, i := range s.all() {
			if b.fit(i, t, false) == not {
				continue
			}
			if n := q.Clicks(b.entries[i].id); n > 0 {
				found = append(found, clicked{b.entries[i].id, n})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b clicked) int { return cmp.Compare(b.clicks, a.clicks) })
	for _, one := range found[min(q.First, len(found)):min(q.First+q.Limit, len(found))] {
		ids = append(ids, one.id)
	}
	return ids, len(found)
}

// shows reports whether an article is among those chosen.
func shows(show Show, e *entry, w wishes, c *counts, now time.Time) bool {
	switch show {
	case Overridden:
		return w.groups[e.group] > 0
	case Duplicates:
		return e.twins
	case OfSeries:
		return e.series
	case Provisional:
		return e.provisional
	case MostLinked:
		return true // as all that are looked at
	}
	in, out, counted := c.of(e.id)
	if show == NoLinks {
		return counted && out == 0 && e.onSite
	}
	return counted && in == 0 && e.linkable && !e.published.After(now)
}
