package review

import (
	"context"
	"encoding/json"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A Decision is what somebody did to a snapshot, for the history.
type Decision struct {
	Action  string // such as "publish"
	ID      string // of the snapshot
	Summary string // in a sentence without its end
}

// A Recorder writes the history; see package sqlite.
type Recorder interface {
	Record(ctx context.Context, e data.HistoryEntry) (data.HistoryEntry, error)
}

// A Stock is which snapshot is in service, and the states of all.
type Stock struct {
	published string
	states    map[string]snapshot.State
}

// TakeStock looks at dir before something is decided.
func TakeStock(dir *snapshot.Dir) (Stock, error) {
	s := Stock{states: map[string]snapshot.State{}}
	all, err := dir.States()
	for _, info := range all {
		s.states[info.ID] = info.State
		if info.Published {
			s.published = info.ID
		}
	}
	if len(all) > 0 {
		err = nil // that it cannot be told which one is published is what publishing mends
	}
	return s, err
}

// Record writes d, which was decided since s was taken, into the history: which snapshot
// was in service and which one is, or else the states of the snapshot. What changed nothing
// is not in it. It is called after the decision: a crash between the two loses a line of
// the history, and never leaves one of something that was not done.
func (s Stock) Record(ctx context.Context, history Recorder, dir *snapshot.Dir, d Decision, note string) error {
	now, err := TakeStock(dir)
	if err != nil {
		return err
	}
	entry := data.HistoryEntry{Kind: data.KindSnapshot, Subject: "published", Action: d.Action, Summary: d.Summary}
	from, to := s.published, now.published
	if from == to {
		entry.Subject, from, to = d.ID, string(s.states[d.ID]), string(now.states[d.ID])
	}
	if from == to {
		return nil
	}
	if note != "" {
		entry.Summary += ": " + note
	}
	entry.Before, entry.After = quoted(from), quoted(to)
	_, err = history.Record(ctx, entry)
	return err
}

// quoted is s as JSON; nil where it is empty.
func quoted(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string is always JSON
	}
	return b
}
