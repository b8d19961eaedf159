package recommend

import "time"

// Version names the state that lists are made from. Until that moment, and as long
// as the version is the same, a query gets the same list, but for what
// PopularFallback fills it with.
func (e *Engine) Version() (version uint64, until time.Time) {
	v := e.view.Load()
	if e.opts.Explore.Share == 0 {
		return v.version, v.until
	}
	slot := e.opts.Now().UnixNano() / int64(drawnFor)
	if end := time.Unix(0, (slot+1)*int64(drawnFor)); end.Before(v.until) {
		return v.version, end
	}
	return v.version, v.until
}

// nextChange is the first moment after now at which time alone may change a list of
// v: an override or a rule begins or ends, an article's date of publication comes, or an hour
// begins, from which relative dates count (Since).
func (v *view) nextChange(now time.Time) time.Time {
	next := now.Truncate(time.Hour).Add(time.Hour)
	sooner := func(t time.Time) {
		if t.After(now) && t.Before(next) {
			next = t
		}
	}
	for i := range v.overrides.all {
		sooner(v.overrides.all[i].From)
		sooner(v.overrides.all[i].Until)
	}
	for _, r := range v.overrides.rules {
		sooner(r.From)
		sooner(r.Until)
	}
	for _, row := range v.catalog.rows { // newest first
		at := v.snapshot.PublishedAt(int(row))
		if !at.After(now) {
			break
		}
		sooner(at)
	}
	for _, d := range v.liveDates { // newest first
		if !d.at.After(now) {
			break
		}
		sooner(d.at)
	}
	return next
}
