package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/pressly/goose/v3"

	"github.com/alsolike/alsolike/data"
)

//go:embed migration/*.sql
var migrations embed.FS

// applicationID marks an SQLite file as ours; see the first migration.
const applicationID = 0x616c736f

var errOutdated = errors.New("the store was written by an older version; any command that writes, such as import, brings it up to date")

// migrate brings the tables of db up to the newest migration. Only one process
// at a time does so; another waits for it up to wait.
func migrate(ctx context.Context, db *sql.DB, lockFile string, wait time.Duration) error {
	if err := checkVersion(ctx, db); !errors.Is(err, errOutdated) {
		return err
	}
	files, err := fs.Sub(migrations, "migration")
	if err != nil {
		return err
	}
	lock := &migrationLock{flock.New(lockFile), wait}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithLocker(lock), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// checkVersion compares the tables of db with the migrations of this program:
// nil if they agree, errOutdated if some are yet to run, else why not even they
// could help.
func checkVersion(ctx context.Context, db *sql.DB) error {
	// A first migration that was cut short may leave goose's own table.
	var id, tables int
	if err := db.QueryRowContext(ctx, `SELECT application_id, (SELECT count(*) FROM sqlite_schema
		WHERE name <> 'goose_db_version' AND name NOT LIKE 'sqlite\_%' ESCAPE '\') FROM pragma_application_id`).Scan(&id, &tables); err != nil {
		return err
	}
	if id != applicationID {
		if id == 0 && tables == 0 {
			return errOutdated
		}
		return errors.New("the file is the database of another program; choose another data folder")
	}
	var version int64
	if err := db.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`).Scan(&version); err != nil {
		return err
	}
	newest, err := newestMigration()
	switch {
	case err != nil:
		return err
	case version > newest:
		return fmt.Errorf("the store was written by a newer version (its tables are version %d, this program knows %d); use a newer alsolike", version, newest)
	case version < newest:
		return errOutdated
	}
	return nil
}

// newestMigration is the number that the last migration's file name starts with.
func newestMigration() (int64, error) {
	names, err := fs.Glob(migrations, "migration/*.sql") // in order of their names
	if err != nil {
		return 0, err
	}
	number, _, _ := strings.Cut(path.Base(names[len(names)-1]), "_")
	return strconv.ParseInt(number, 10, 64)
}

// migrationLock keeps processes from migrating one store at the same time.
type migrationLock struct {
	file *flock.Flock
	wait time.Duration
}

func (l *migrationLock) Lock(ctx context.Context, _ *sql.DB) error {
	waiting, cancel := context.WithTimeout(ctx, l.wait)
	defer cancel()
	_, err := l.file.TryLockContext(waiting, 20*time.Millisecond)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return fmt.Errorf("another process has held %s for more than %v: %w", l.file.Path(), l.wait, data.ErrBusy)
	}
	return err
}

func (l *migrationLock) Unlock(context.Context, *sql.DB) error { return l.file.Unlock() }
