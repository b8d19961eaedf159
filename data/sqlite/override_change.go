package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/alsolike/alsolike/data"
)

// ChangeOverride stores what f makes of the override of that ID, or removes it where f
// returns nil, within one transaction: nobody changes it in between. It returns the
// entry of the change in the history, without an ID where nothing has changed. An error
// of f is returned and nothing stored. f must not change ID and Created.
//
// It returns data.ErrNotFound if there is no such override, or no article that f names,
// and an *data.InvalidError for an override that AddOverride would refuse.
func (s *Store) ChangeOverride(ctx context.Context, id int64, f func(old data.Override) (*data.Override, error)) (made data.HistoryEntry, err error) {
	err = s.inWrite(ctx, func(tx *sql.Tx) error {
		old, err := loadOverride(ctx, tx, id)
		if err != nil {
			return err
		}
		fresh, err := f(old)
		if err != nil {
			return err
		}
		if fresh == nil {
			if err := deleteOverride(ctx, tx, id); err != nil {
				return err
			}
		} else {
			if fresh.ID != old.ID || !fresh.Created.Equal(old.Created) {
				panic("sqlite: an override cannot change its id and when it was made")
			}
			fresh.From, fresh.Until = fresh.From.Round(0).UTC(), fresh.Until.Round(0).UTC()
			if err := fresh.Validate(); err != nil {
				return err
			}
			if *fresh == old {
				return nil
			}
			if err := checkArticles(ctx, tx, fresh.Article, fresh.Target); err != nil {
				return err
			}
			if err := insertOverride(ctx, tx, fresh); err != nil {
				return err
			}
		}
		if made, err = s.recordOverride(ctx, tx, &old, fresh); err != nil {
			return err
		}
		return countOverrides(ctx, tx)
	})
	if err != nil {
		return data.HistoryEntry{}, fmt.Errorf("sqlite: change override %d: %w", id, err)
	}
	return made, nil
}

// PauseOverride pauses the override of that ID or, with paused false, makes it hold
// again, or returns data.ErrNotFound.
func (s *Store) PauseOverride(ctx context.Context, id int64, paused bool) error {
	_, err := s.ChangeOverride(ctx, id, func(o data.Override) (*data.Override, error) {
		o.Paused = paused
		return &o, nil
	})
	return err
}

// RemoveOverride removes the override of that ID, or returns data.ErrNotFound.
func (s *Store) RemoveOverride(ctx context.Context, id int64) error {
	_, err := s.ChangeOverride(ctx, id, func(data.Override) (*data.Override, error) { return nil, nil })
	return err
}

// Override is the override of that ID, or data.ErrNotFound.
func (s *Store) Override(ctx context.Context, id int64) (data.Override, error) {
	o, err := loadOverride(ctx, s.read, id)
	if err != nil {
		return data.Override{}, fmt.Errorf("sqlite: load override %d: %w", id, s.explain(ctx, err))
	}
	return o, nil
}

// loadOverride is the override of that ID, or data.ErrNotFound.
func loadOverride(ctx context.Context, q querier, id int64) (data.Override, error) {
	o, err := scanOverride(q.QueryRowContext(ctx, `SELECT `+overrideColumns+` FROM override WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = data.ErrNotFound
	}
	return o, err
}

func deleteOverride(ctx context.Context, tx *sql.Tx, id int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM override WHERE id = ?`, id)
	return err
}

// recordOverride records that the override before became after; nil is none.
func (s *Store) recordOverride(ctx context.Context, tx *sql.Tx, before, after *data.Override) (data.HistoryEntry, error) {
	e := overrideEntry(before, after)
	if before == nil {
		e.Author = after.Author
	}
	return s.record(ctx, tx, e)
}

func overrideEntry(before, after *data.Override) data.HistoryEntry {
	e := data.HistoryEntry{Kind: data.KindOverride, Action: overrideAction(before, after), Summary: overrideSummary(before, after)}
	if before != nil {
		e.Before = before.AppendJSON(nil)
	}
	about := before
	if after != nil {
		e.After, about = after.AppendJSON(nil), after
	}
	e.Subject, e.Article, e.Target = strconv.FormatInt(about.ID, 10), about.Article, about.Target
	return e
}

func overrideAction(before, after *data.Override) string {
	switch {
	case before == nil:
		return data.ActionAdd
	case after == nil:
		return data.ActionRemove
	}
	paused := *before
	paused.Paused = after.Paused
	switch {
	case paused != *after:
		return data.ActionChange
	case after.Paused:
		return data.ActionPause
	}
	return data.ActionResume
}

// overrideSummary says what is said now, and what was before where that differs.
func overrideSummary(before, after *data.Override) string {
	switch {
	case before == nil:
		return after.Sentence()
	case after == nil:
		return before.Sentence()
	}
	summary := after.Sentence()
	if was := before.Sentence(); was != summary {
		summary += "; before, " + was
	}
	return summary
}

// presentOverride, restoreOverride and describeOverride are the restorer of overrides.

func presentOverride(ctx context.Context, tx *sql.Tx, subject string) (json.RawMessage, error) {
	id, err := strconv.ParseInt(subject, 10, 64)
	if err != nil {
		return nil, err
	}
	o, err := loadOverride(ctx, tx, id)
	if errors.Is(err, data.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return o.AppendJSON(nil), nil
}

func restoreOverride(ctx context.Context, tx *sql.Tx, subject string, state json.RawMessage) error {
	if state == nil {
		id, err := strconv.ParseInt(subject, 10, 64)
		if err != nil {
			return err
		}
		if err := deleteOverride(ctx, tx, id); err != nil {
			return err
		}
		return countOverrides(ctx, tx)
	}
	o, err := data.ParseOverrideJSON(state)
	if err != nil {
		return err
	}
	if err := insertOverride(ctx, tx, &o); err != nil {
		return err
	}
	return countOverrides(ctx, tx)
}

func describeOverride(before, after json.RawMessage) (data.HistoryEntry, error) {
	var states [2]*data.Override
	for i, text := range []json.RawMessage{before, after} {
		if text == nil {
			continue
		}
		o, err := data.ParseOverrideJSON(text)
		if err != nil {
			return data.HistoryEntry{}, err
		}
		states[i] = &o
	}
	return overrideEntry(states[0], states[1]), nil
}
