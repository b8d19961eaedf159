package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
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

// DropTables drops every table but those of SQLite and goose.
func (s *Store) DropTables(ctx context.Context) error {
	const tables = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'goose_db_version' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`
	rows, err := s.write.QueryContext(ctx, tables)
	if err != nil {
		return err
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		names = append(names, name)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, name := range names {
		if err := s.Exec(ctx, `DROP TABLE `+name); err != nil {
			return err
		}
	}
	return nil
}

// CreateVersion makes the file of a store whose tables are of that version, and
// runs statements on it.
func CreateVersion(ctx context.Context, path string, version int64, statements ...string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer db.Close()
	files, err := fs.Sub(migrations, "migration")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	if _, err := p.UpTo(ctx, version); err != nil {
		return err
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
