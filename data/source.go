package data

import "time"

// A SourceRun tells how importing a watched source has gone so far.
type SourceRun struct {
	Name      string    // of the source, unique within a site
	Started   time.Time // of the last import; after Finished: it still runs, or was cut off
	Finished  time.Time // of the last import that came to its end
	Succeeded time.Time // when one last ended without a problem; zero: never
	Failures  int       // how many have ended with a problem since then
	Problem   string    // of the last one that ended; "": none
	Refused   int       // records refused by the last one that ended
	Changes   Changes   // what it stored

	Unpublished int // articles that it found the source to have no longer
}

// Due is when the source is to be imported again, if every is the time from
// the start of one import to the next. It is zero, meaning at once, if no
// import has begun yet or the last one was cut off.
func (r SourceRun) Due(every time.Duration) time.Time {
	if r.Started.IsZero() || r.Started.After(r.Finished) {
		return time.Time{}
	}
	return r.Started.Add(every)
}
