package review

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A Recorder writes the history; see package sqlite.
type Recorder interface {
	Record(ctx context.Context, entries ...data.HistoryEntry) error
}

// A History is a Recorder that can be read.
type History interface {
	Recorder
	History(ctx context.Context, f data.HistoryFilter) iter.Seq2[data.HistoryEntry, error]
}

// Record writes what was decided about snapshots into the history, as far as it is not
// there yet. It is called after every decision, and by whoever may find what a crash
// between the two has kept out: the log of dir has what was decided, and is replaced
// together with what is in service.
func Record(ctx context.Context, history Recorder, dir *snapshot.Dir) error {
	log, err := dir.Log()
	if err != nil || len(log) == 0 {
		return err
	}
	entries := make([]data.HistoryEntry, len(log))
	for i := range log {
		entries[i] = newEntry(dir, &log[i])
	}
	return history.Record(ctx, entries...)
}

// PublishedSubject is the subject of entries of the history that tell which snapshot was
// in service before and after. Of others it is the snapshot, whose states they tell.
const PublishedSubject = "published"

// newEntry is what the history says of an entry of the log.
func newEntry(dir *snapshot.Dir, e *snapshot.Entry) data.HistoryEntry {
	h := data.HistoryEntry{
		Time: e.Time, Author: clip(e.Author, 200), Kind: data.KindSnapshot, Subject: PublishedSubject, Action: e.Action, Summary: Sentence(dir, e.Action, e.ID),
		Before: quoted(e.Before), After: quoted(e.After), Reverts: e.Reverts,
	}
	note := clip(strings.Join(strings.Fields(e.Note), " "), 10_000)
	switch {
	case e.Itself:
		h.Action = data.ActionPublishItself
		h.Summary += " by itself"
		if note != "" {
			h.Summary += ", since " + note
		}
	case note != "":
		h.Summary += ": " + note
	}
	if e.Action == snapshot.Holds || e.Action == snapshot.Releases {
		h.Subject = e.ID
	}
	return h
}

// Sentence says what was decided about a snapshot, without the end of a sentence.
func Sentence(dir *snapshot.Dir, action, id string) string {
	s := "snapshot " + id + " is "
	switch action {
	case snapshot.Holds:
		return s + "held"
	case snapshot.Releases:
		return s + "released"
	case snapshot.RollsBack:
		return s + "in service again"
	}
	s += "in service"
	if m, err := dir.Manifest(id); err == nil && m.Except != nil { // it may be gone since
		lists := "the list of 1 article, which stays as it was"
		if n := len(m.Except.Articles); n > 1 {
			lists = fmt.Sprintf("the lists of %d articles, which stay as they were", n)
		}
		s += ", which is " + m.Except.Snapshot + " but for " + lists
	}
	return s
}

// DecisionOf is the entry of that number if it tells of a decision about snapshots, which
// Revert takes back.
func DecisionOf(ctx context.Context, history History, id int64) (e data.HistoryEntry, ok bool, err error) {
	for e, err := range history.History(ctx, data.HistoryFilter{Kind: data.KindSnapshot, Before: id + 1, Limit: 1}) {
		return e, err == nil && e.ID == id, err
	}
	return e, false, nil
}

// Revert takes back what entry e of the history tells of, in the name that dir was given
// (Dir.By): what was in service before is in service again, what was held is released, and
// the reverse. It returns the entry that this is; a *data.ConflictError where something else was decided since, and a
// *data.InvalidError where there is no way back.
func Revert(ctx context.Context, history History, dir *snapshot.Dir, e data.HistoryEntry) (made data.HistoryEntry, err error) {
	if err := Record(ctx, history, dir); err != nil { // of others, whose decisions may stand in between
		return made, err
	}
	err = revert(dir, e)
	conflict, changed := errors.AsType[*data.ConflictError](err)
	if err != nil && !changed {
		return made, err
	}
	if !changed {
		if err := Record(context.WithoutCancel(ctx), history, dir); err != nil { // it is done, whoever has left
			return made, fmt.Errorf("what change %d has decided is taken back, but that is not in the history yet, where the next decision or a server puts it: %w", e.ID, err)
		}
	}
	for last, err := range history.History(ctx, data.HistoryFilter{Kind: e.Kind, Subject: e.Subject, Limit: 1}) {
		if err != nil {
			return made, err
		}
		made = last
	}
	if changed && made.ID > e.ID {
		conflict.Later = &made
	}
	return made, err
}

func revert(dir *snapshot.Dir, e data.HistoryEntry) error {
	seen, err := dir.Revision()
	if err != nil {
		return err
	}
	dir = dir.If(seen).Reverting(e.ID)
	before, after := unquoted(e.Before), unquoted(e.After)
	if e.Subject == PublishedSubject {
		err = revertPublished(dir, before, after)
	} else {
		err = revertState(dir, e.Subject, snapshot.State(before), snapshot.State(after))
	}
	switch {
	case errors.Is(err, data.ErrNotFound):
		return noWayBack("is of a snapshot that is not kept any more")
	case errors.Is(err, snapshot.ErrPruned):
		return noWayBack("leads back to a snapshot of which only the lists are kept, so that it cannot be published any more")
	case errors.Is(err, snapshot.ErrInService), errors.Is(err, snapshot.ErrNotHeld):
		return noWayBack("cannot be taken back: " + err.Error())
	}
	return err
}

func revertPublished(dir *snapshot.Dir, before, after string) error {
	now, err := dir.Published()
	if err != nil {
		return err
	}
	if now != after {
		return &data.ConflictError{Subject: "what is in service"}
	}
	if before == "" {
		return noWayBack("put the first snapshot into service, before which there was none")
	}
	previous, err := dir.Previous()
	if err != nil {
		return err
	}
	if previous == before {
		_, err = dir.Rollback()
		return err
	}
	return dir.Publish(before)
}

func revertState(dir *snapshot.Dir, id string, before, after snapshot.State) error {
	switch {
	case before == snapshot.RolledBack && after == snapshot.Held:
		return noWayBack("held what was rolled back; release it to let refreshes go on")
	case before == snapshot.RolledBack:
		return noWayBack("let refreshes go on after a rollback; hold the newest to stop them again")
	}
	all, err := dir.States()
	if err != nil {
		return err
	}
	for _, info := range all {
		switch {
		case info.ID != id:
		case info.State != after:
			return &data.ConflictError{Subject: "snapshot " + id}
		case before == snapshot.Held:
			return dir.Hold(id)
		default:
			return dir.Release(id)
		}
	}
	return data.ErrNotFound
}

func noWayBack(why string) error { return &data.InvalidError{Field: "change", Reason: why} }

// clip is s, of at most so many bytes, and valid.
func clip(s string, most int) string {
	if len(s) > most {
		s = s[:most-len("…")]
		s = strings.ToValidUTF8(s, "") + "…"
	}
	return strings.ToValidUTF8(s, "�")
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

// unquoted is the string that quoted made b of.
func unquoted(b json.RawMessage) (s string) {
	if b == nil || json.Unmarshal(b, &s) != nil {
		return ""
	}
	return s
}
