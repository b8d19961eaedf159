package snapshot

import (
	"fmt"
	"time"
)

// The actions of log entries.
const (
	Publishes = "publish"
	RollsBack = "rollback"
	Holds     = "hold"
	Releases  = "release"
)

// An Entry is something that was decided, as it stands in the log.
type Entry struct {
	Time    time.Time `json:"time"`              // of which no two entries have the same
	Action  string    `json:"action"`            // such as Publishes
	ID      string    `json:"id"`                // of the snapshot
	Author  string    `json:"author,omitempty"`  // who did
	Note    string    `json:"note,omitempty"`    // why
	Itself  bool      `json:"itself,omitempty"`  // nobody did, but a policy let it
	Before  string    `json:"before,omitempty"`  // id that was in service; of Holds and Releases the state of the snapshot
	After   string    `json:"after"`             // the same, after it
	Reverts int64     `json:"reverts,omitempty"` // what the history calls the decision that it takes back; 0: none
}

// maxLog bounds how many entries are remembered: whoever keeps the history takes them
// over right after each decision.
const maxLog = 50

// Log is what was decided last, oldest first. It is written with what was decided, at
// once and as a whole: so whoever keeps a history finds in it what he has missed. What
// changed nothing is not in it.
func (d *Dir) Log() ([]Entry, error) {
	p, err := d.readPointer()
	if err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	return p.Log, nil
}

// note writes what was decided just now into the log.
func (p *pointer) note(action, id, before, after string, by Decision, reverts int64) *Entry {
	e := Entry{Time: by.Time, Action: action, ID: id, Author: by.Author, Note: by.Note, Before: before, After: after, Reverts: reverts}
	if n := len(p.Log); n > 0 && !e.Time.After(p.Log[n-1].Time) {
		e.Time = p.Log[n-1].Time.Add(time.Millisecond)
	}
	p.Log = append(p.Log, e)
	p.Log = p.Log[max(0, len(p.Log)-maxLog):]
	return &p.Log[len(p.Log)-1]
}

// Reverting is d for somebody whose decision takes another one back, which the history
// knows by that number.
func (d *Dir) Reverting(entry int64) *Dir {
	reverts := *d
	reverts.reverts = entry
	return &reverts
}
