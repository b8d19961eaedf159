package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
)

const secretBytes = 32

// Secret is the store's secret of that name: 32 random bytes, made when it is
// first asked for and the same ever after, in every process.
func (s *Store) Secret(ctx context.Context, name string) ([]byte, error) {
	const load = `SELECT value FROM secret WHERE name = ?`
	var secret []byte
	err := s.read.QueryRowContext(ctx, load, name).Scan(&secret)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("sqlite: load secret %q: %w", name, s.explain(ctx, err))
	}
	if err != nil {
		err = s.inWrite(ctx, func(tx *sql.Tx) error {
			fresh := make([]byte, secretBytes)
			rand.Read(fresh) // never fails
			if _, err := tx.ExecContext(ctx, `INSERT INTO secret VALUES (?, ?) ON CONFLICT DO NOTHING`, name, fresh); err != nil {
				return err
			}
			return tx.QueryRowContext(ctx, load, name).Scan(&secret)
		})
	}
	if err != nil {
		return nil, fmt.Errorf("sqlite: make secret %q: %w", name, err)
	}
	return secret, nil
}
