package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/alsolike/alsolike/data"
)

const historyColumns = `id, time, author, kind, subject, article, target, action, summary, before, after, reverts, batch`

// entryTime is how the time of an entry is written, so that times are in order as texts.
const entryTime = "2006-01-02T15:04:05.000000000Z"

// A restorer reads and writes the subjects of one kind, so that changes of them can be
// reverted. All but describe work within the transaction of the revert.
type restorer struct {
	// present is the subject as it is; nil if there is none.
	present func(ctx context.Context, tx *sql.Tx, subject string) (json.RawMessage, error)
	// restore makes the subject what state says, or removes it where that is nil.
	restore func(ctx context.Context, tx *sql.Tx, subject string, state json.RawMessage) error
	// leaving is what the history keeps of a subject that is about to be removed.
	leaving func(ctx context.Context, tx *sql.Tx, subject string) (json.RawMessage, error)
	// describe is the entry of a change between two states, nil is none, without what
	// Store.record adds.
	describe func(before, after json.RawMessage) (data.HistoryEntry, error)
}

// restorers are those of every kind that the store itself holds.
var restorers = map[data.Kind]restorer{
	data.KindOverride: {presentOverride, restoreOverride, presentOverride, describeOverride},
	data.KindRule:     {presentRule, restoreRule, leavingRule, describeRule},
}

// record writes e into the history, within the transaction that makes the change. The
// time is the store's, and so is an author that e does not name (data.WithAuthor).
func (s *Store) record(ctx context.Context, tx *sql.Tx, e data.HistoryEntry) (data.HistoryEntry, error) {
	e.Time = s.opts.Now().Round(0).UTC()
	if author := data.AuthorOf(ctx); author != "" {
		e.Author = author
	}
	return s.insertEntry(ctx, tx, e)
}

func (s *Store) insertEntry(ctx context.Context, tx *sql.Tx, e data.HistoryEntry) (data.HistoryEntry, error) {
	if err := e.Validate(); err != nil {
		return e, err
	}
	e.Batch = batchOf(ctx)
	result, err := tx.ExecContext(ctx, `INSERT INTO history (time, author, kind, subject, article, target, action, summary, before, after, reverts, batch)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?)`, e.Time.Format(entryTime), e.Author, string(e.Kind), e.Subject, string(e.Article), string(e.Target),
		e.Action, e.Summary, string(e.Before), string(e.After), e.Reverts, e.Batch)
	if err == nil {
		e.ID, err = result.LastInsertId()
	}
	e.Last = true
	return e, err
}

// recordedBack is how far back Record looks among the entries of a subject.
const recordedBack = 200

// Record writes changes into the history that were made outside of the store, such as of
// the snapshot in service: those of the entries that it does not have yet, in their order
// and as they are, with their own times and authors. So whoever is not sure whether one was
// recorded records it again. Two entries about a subject of one time are taken for the
// same; at most a hundred are recorded at a time.
func (s *Store) Record(ctx context.Context, entries ...data.HistoryEntry) error {
	err := s.inWrite(ctx, func(tx *sql.Tx) error {
		known := map[string]map[string]bool{} // times by subject
		for _, e := range entries {
			e.Time = e.Time.Round(0).UTC()
			at, times := e.Time.Format(entryTime), known[string(e.Kind)+" "+e.Subject]
			if times == nil {
				var err error
				if times, err = lastTimes(ctx, tx, e.Kind, e.Subject); err != nil {
					return err
				}
				known[string(e.Kind)+" "+e.Subject] = times
			}
			if times[at] {
				continue
			}
			if _, err := s.insertEntry(ctx, tx, e); err != nil {
				return fmt.Errorf("a change of %s %s: %w", e.Kind, e.Subject, err)
			}
			times[at] = true
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sqlite: record: %w", err)
	}
	return nil
}

// lastTimes are the times of the last entries about a subject, as they are stored.
func lastTimes(ctx context.Context, tx *sql.Tx, kind data.Kind, subject string) (map[string]bool, error) {
	rows, err := tx.QueryContext(ctx, `SELECT time FROM history WHERE kind = ? AND subject = ? ORDER BY id DESC LIMIT ?`, string(kind), subject, recordedBack)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	times := map[string]bool{}
	for rows.Next() {
		var at string
		if err := rows.Scan(&at); err != nil {
			return nil, err
		}
		times[at] = true
	}
	return times, rows.Err()
}

// History yields the entries that f asks for, the newest first.
func (s *Store) History(ctx context.Context, f data.HistoryFilter) iter.Seq2[data.HistoryEntry, error] {
	where, args := []string{"1"}, []any{}
	and := func(condition string, values ...any) {
		where, args = append(where, condition), append(args, values...)
	}
	if f.Author != "" {
		and("author = ?", f.Author)
	}
	if f.Kind != "" {
		and("kind = ?", string(f.Kind))
	}
	for _, kind := range f.Without {
		and("kind <> ?", string(kind))
	}
	if f.People {
		and("action <> ?", data.ActionPublishItself)
	}
	if f.Subject != "" {
		and("subject = ?", f.Subject)
	}
	if f.Article != "" {
		and("(article = ? OR target = ?)", string(f.Article), string(f.Article))
	}
	if !f.Since.IsZero() {
		and("time >= ?", f.Since.UTC().Format(entryTime))
	}
	if !f.Until.IsZero() {
		and("time < ?", f.Until.UTC().Format(entryTime))
	}
	if f.Batch > 0 {
		and("batch = ? AND batch <> 0", f.Batch) // which the index is about
	}
	size := "0"
	if f.Heads {
		and("(batch = 0 OR batch = id)")
		size = `iif(h.batch = 0, 0, (SELECT count(*) FROM history b WHERE b.batch = h.batch AND b.batch <> 0))`
	}
	if f.Before > 0 {
		and("id < ?", f.Before)
	}
	limit := -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	query := `SELECT ` + historyColumns + `, after = (SELECT l.after FROM history l WHERE l.kind = h.kind AND l.subject = h.subject ORDER BY l.id DESC LIMIT 1), ` + size + `
		FROM history h WHERE ` + strings.Join(where, " AND ") + ` ORDER BY id DESC LIMIT ?`
	return collect(ctx, s, "load the history", scanEntry, s.read, query, append(args, limit)...)
}

func scanEntry(row scanner) (data.HistoryEntry, error) {
	var e data.HistoryEntry
	var at, before, after string
	err := row.Scan(&e.ID, &at, &e.Author, &e.Kind, &e.Subject, &e.Article, &e.Target, &e.Action, &e.Summary, &before, &after, &e.Reverts, &e.Batch, &e.Last, &e.BatchSize)
	if err != nil {
		return data.HistoryEntry{}, err
	}
	if before != "" {
		e.Before = json.RawMessage(before)
	}
	if after != "" {
		e.After = json.RawMessage(after)
	}
	e.Time, err = parseTime(at)
	return e, err
}

// Revert makes the subject of the entry of that ID what it was before, and records it
// as a change of its own, which it returns. It returns data.ErrNotFound for an unknown
// entry, a *data.ConflictError if the subject is no longer as the entry has left it, and
// a *data.InvalidError about a kind that the store does not hold.
func (s *Store) Revert(ctx context.Context, id int64) (made data.HistoryEntry, err error) {
	err = s.inWrite(ctx, func(tx *sql.Tx) error {
		e, err := loadEntry(ctx, tx, id)
		if err == nil {
			made, err = s.revert(ctx, tx, e)
		}
		return err
	})
	if err != nil {
		return data.HistoryEntry{}, fmt.Errorf("sqlite: revert change %d: %w", id, err)
	}
	return made, nil
}

// loadEntry is the entry of that ID, or data.ErrNotFound.
func loadEntry(ctx context.Context, tx *sql.Tx, id int64) (data.HistoryEntry, error) {
	e, err := scanEntry(tx.QueryRowContext(ctx, `SELECT `+historyColumns+`, 0, 0 FROM history WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = data.ErrNotFound
	}
	return e, err
}

// revert reverts e, within a transaction.
func (s *Store) revert(ctx context.Context, tx *sql.Tx, e data.HistoryEntry) (data.HistoryEntry, error) {
	kind, ok := restorers[e.Kind]
	if !ok {
		return e, &data.InvalidError{Field: "change", Reason: fmt.Sprintf("is of a %s, which cannot be reverted here", e.Kind)}
	}
	present, err := kind.present(ctx, tx, e.Subject)
	if err != nil {
		return e, err
	}
	if !bytes.Equal(present, e.After) {
		return e, conflict(ctx, tx, e)
	}
	if e.Before == nil {
		if present, err = kind.leaving(ctx, tx, e.Subject); err != nil {
			return e, err
		}
	}
	if err := kind.restore(ctx, tx, e.Subject, e.Before); err != nil {
		return e, err
	}
	r, err := kind.describe(present, e.Before)
	if err != nil {
		return e, err
	}
	r.Reverts = e.ID
	return s.record(ctx, tx, r)
}

// conflict is why e cannot be reverted: the newest later change of its subject.
func conflict(ctx context.Context, tx *sql.Tx, e data.HistoryEntry) error {
	why := &data.ConflictError{Subject: string(e.Kind) + " " + e.Subject}
	later, err := scanEntry(tx.QueryRowContext(ctx, `SELECT `+historyColumns+`, 1, 0 FROM history
		WHERE kind = ? AND subject = ? AND id > ? ORDER BY id DESC LIMIT 1`, string(e.Kind), e.Subject, e.ID))
	switch {
	case err == nil:
		why.Later = &later
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	return why
}
