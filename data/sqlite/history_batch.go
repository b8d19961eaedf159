package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/alsolike/alsolike/data"
)

type batchKey struct{}

// withBatch is ctx for changes of one transaction that belong together, where there are
// several: their entries in the history have one number.
func withBatch(ctx context.Context, tx *sql.Tx, changes int) (context.Context, error) {
	if changes < 2 {
		return ctx, nil
	}
	var next int64 // for entries are never removed
	err := tx.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) + 1 FROM history`).Scan(&next)
	return context.WithValue(ctx, batchKey{}, next), err
}

func batchOf(ctx context.Context) int64 {
	batch, _ := ctx.Value(batchKey{}).(int64)
	return batch
}

// RevertBatch reverts what was changed at once with the entry of that ID, or the entry
// where it stands alone, the newest first and in one transaction; the entries of that are
// a batch of their own. What is no longer as its entry has left it is left alone, and told
// of. It returns data.ErrNotFound for an unknown entry, and a *data.InvalidError about a
// kind that the store does not hold.
func (s *Store) RevertBatch(ctx context.Context, id int64) (r data.Reverted, err error) {
	err = s.inWrite(ctx, func(tx *sql.Tx) error {
		r = data.Reverted{}
		e, err := loadEntry(ctx, tx, id)
		if err != nil {
			return err
		}
		entries := []data.HistoryEntry{e}
		if e.Batch != 0 {
			entries = entries[:0]
			for e, err := range collect(ctx, s, "load a batch", scanEntry, tx, `SELECT `+historyColumns+`, 0, 0 FROM history WHERE batch = ? AND batch <> 0 ORDER BY id DESC`, e.Batch) {
				if err != nil {
					return err
				}
				entries = append(entries, e)
			}
		}
		if ctx, err = withBatch(ctx, tx, len(entries)); err != nil {
			return err
		}
		for _, e := range entries {
			made, err := s.revert(ctx, tx, e)
			if later, ok := errors.AsType[*data.ConflictError](err); ok {
				r.Left = append(r.Left, later)
				continue
			}
			if err != nil {
				return err
			}
			r.Made = append(r.Made, made)
		}
		return nil
	})
	if err != nil {
		return data.Reverted{}, fmt.Errorf("sqlite: revert the batch of change %d: %w", id, err)
	}
	return r, nil
}
