package sqlite

import (
	"context"
	"fmt"
)

// LimitPages makes the store's disk full at n pages more than it has now; a
// negative n gives the space back.
func (s *Store) LimitPages(ctx context.Context, n int64) error {
	limit := int64(1 << 30)
	if n >= 0 {
		if err := s.write.QueryRowContext(ctx, `PRAGMA page_count`).Scan(&limit); err != nil {
			return err
		}
		limit += n
	}
	_, err := s.write.ExecContext(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, limit))
	return err
}

// HoldWriteLock keeps the write lock of the file until release is called.
func (s *Store) HoldWriteLock(ctx context.Context) (release func() error, err error) {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return tx.Rollback, nil
}

// Exec runs a statement on the writing connection.
func (s *Store) Exec(ctx context.Context, statement string) error {
	_, err := s.write.ExecContext(ctx, statement)
	return err
}
