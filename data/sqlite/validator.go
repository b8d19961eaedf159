package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Validators is what SetValidators was last told of the page at url, or "", "".
func (s *Store) Validators(ctx context.Context, url string) (etag, lastModified string, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT etag, last_modified FROM validator WHERE url = ?`, url).Scan(&etag, &lastModified)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", "", fmt.Errorf("sqlite: load what the server said of %s: %w", url, s.explain(ctx, err))
	}
	return etag, lastModified, nil
}

// SetValidators remembers the ETag and Last-Modified that came with the page at
// url. Two empty ones forget it.
func (s *Store) SetValidators(ctx context.Context, url, etag, lastModified string) error {
	err := s.inWrite(ctx, func(tx *sql.Tx) error {
		if etag == "" && lastModified == "" {
			_, err := tx.ExecContext(ctx, `DELETE FROM validator WHERE url = ?`, url)
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO validator VALUES (?, ?, ?)
			ON CONFLICT (url) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified`, url, etag, lastModified)
		return err
	})
	if err != nil {
		return fmt.Errorf("sqlite: remember what the server said of %s: %w", url, err)
	}
	return nil
}
