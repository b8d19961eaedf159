package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the database/sql driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Options change how a store is opened. The zero value is the default.
type Options struct {
	// ReadOnly opens an existing store for reading alone: nothing is created,
	// and an older store is not brought up to date.
	ReadOnly bool
	// BusyTimeout is how long a write waits for another process's; 0: 10 s.
	BusyTimeout time.Duration
	// Now is the clock that stamps overrides, rules and the history; nil: time.Now.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	if o.BusyTimeout == 0 {
		o.BusyTimeout = 10 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// readers bounds the connections that read at the same time.
const readers = 8

// A Store is one SQLite file. Its methods may be called by any number of
// goroutines at once.
type Store struct {
	path     string
	readOnly bool
	opts     Options
	write    *sql.DB // at most one connection; nil if readOnly
	read     *sql.DB
	file     fs.FileInfo // of the file as it was opened
}

// Open opens the store at path. Unless o.ReadOnly is set it creates folder and
// file where they are missing and brings an older store up to date; if it may
// not write there but the file exists, it opens it for reading alone, and
// methods that write return an error which names the folder.
//
// It is an error if the file is missing (fs.ErrNotExist) and cannot be made, is
// damaged, belongs to another program, or was written by a newer version.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	s := &Store{path: abs, readOnly: o.ReadOnly, opts: o.withDefaults()}
	if !s.readOnly {
		err := s.openWriter(ctx)
		switch {
		case err == nil:
		case isUnwritable(err) && s.exists():
			s.readOnly = true
		default:
			return nil, fmt.Errorf("sqlite: open %s: %w", path, s.explain(ctx, err))
		}
	}
	if err := s.openReader(ctx); err != nil {
		s.Close()
		return nil, fmt.Errorf("sqlite: open %s: %w", path, s.explain(ctx, err))
	}
	if s.file, err = os.Stat(s.path); err != nil {
		s.Close()
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	return s, nil
}

// openWriter opens the writing connection and brings the tables up to date.
func (s *Store) openWriter(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o755); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", s.dsn(url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)"},
	}))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	// SQLite does not wait, but is busy at once, where several begin a new file's log
	// at the same time.
	until := time.Now().Add(s.opts.BusyTimeout)
	err = migrate(ctx, db, s.path+".lock", s.opts.BusyTimeout)
	for code(err) == sqlite3.SQLITE_BUSY && time.Now().Before(until) && ctx.Err() == nil {
		time.Sleep(20 * time.Millisecond)
		err = migrate(ctx, db, s.path+".lock", s.opts.BusyTimeout)
	}
	if err != nil {
		db.Close()
		return err
	}
	s.write = db
	return nil
}

// openReader opens the pool of reading connections and checks what they read.
func (s *Store) openReader(ctx context.Context) error {
	if !s.exists() {
		return fmt.Errorf("there is no store yet; import some articles first: %w", fs.ErrNotExist)
	}
	pragmas := url.Values{"_pragma": {"query_only(1)"}}
	if s.readOnly {
		pragmas.Set("mode", "ro")
	}
	err := s.tryReader(ctx, pragmas)
	if s.readOnly && isUnwritable(err) && !s.hasLog() {
		pragmas.Set("immutable", "1")
		err = s.tryReader(ctx, pragmas)
	}
	return err
}

func (s *Store) tryReader(ctx context.Context, parameters url.Values) error {
	db, err := sql.Open("sqlite", s.dsn(parameters))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	if err := checkVersion(ctx, db); err != nil {
		db.Close()
		return err
	}
	s.read = db
	return nil
}

func (s *Store) dsn(parameters url.Values) string {
	parameters.Set("_busy_timeout", fmt.Sprint(s.opts.BusyTimeout.Milliseconds()))
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(s.path), RawQuery: parameters.Encode()}
	return u.String()
}

func (s *Store) exists() bool {
	_, err := os.Stat(s.path)
	return err == nil
}

// hasLog reports whether a writer's log lies beside the file: part of the
// store is in it.
func (s *Store) hasLog() bool {
	info, err := os.Stat(s.path + "-wal")
	return err == nil && info.Size() > 0
}

// checkFile returns an error if the file that is open no longer lies at the
// store's path: others would write to another one, and nobody here see it.
func (s *Store) checkFile() error {
	file, err := os.Stat(s.path)
	if err == nil && os.SameFile(file, s.file) {
		return nil
	}
	return fmt.Errorf("%s was deleted or replaced while it was open; restart this process to open it anew", s.path)
}

// ReadOnly reports whether the store is open for reading alone.
func (s *Store) ReadOnly() bool { return s.readOnly }

// Close ends all connections.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// inWrite calls f inside one write transaction and commits it, synced to disk,
// if f returns nil; otherwise nothing of it stays.
func (s *Store) inWrite(ctx context.Context, f func(*sql.Tx) error) error {
	if s.readOnly {
		return s.unwritable(fs.ErrPermission)
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return s.explain(ctx, err)
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return s.explain(ctx, err)
	}
	return s.explain(ctx, tx.Commit())
}
