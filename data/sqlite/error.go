package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/alsolike/alsolike/data"
)

// code is SQLite's primary result code of err, or 0 if err is not SQLite's.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// isUnwritable reports whether err may come from a file or folder that cannot
// be written.
func isUnwritable(err error) bool {
	switch code(err) {
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return true
	}
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// explain turns SQLite's errors into ones that name cause and cure.
func (s *Store) explain(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case isUnwritable(err):
		return s.unwritable(err)
	}
	switch code(err) {
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("the disk of %s is full; free some space and repeat, nothing was half stored: %w", filepath.Dir(s.path), err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%s is damaged or is no alsolike store; put back a copy, or move it aside and import again: %w", s.path, err)
	case sqlite3.SQLITE_BUSY:
		return fmt.Errorf("another process has been writing to %s for more than %v; try again when it is done: %w", s.path, s.opts.BusyTimeout, data.ErrBusy)
	case sqlite3.SQLITE_IOERR:
		return fmt.Errorf("the disk of %s does not read or write as it should: %w", filepath.Dir(s.path), err)
	}
	return err
}

func (s *Store) unwritable(err error) error {
	return fmt.Errorf("the data folder %s cannot be written by this user; grant the right to write, or name another folder with --data: %w",
		filepath.Dir(s.path), err)
}
