package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

const userColumns = `account.name, account.role, account.created, account.last_seen, account.password`

// AddUser stores a new user with the present time as Created, and the hash of his
// password. It refuses an invalid one (*data.InvalidError) and a name that is taken
// (account.ErrTaken). Where one of checks refuses the users that there are, its error is
// returned and nothing stored; nobody changes them in between.
func (s *Store) AddUser(ctx context.Context, u account.User, passwordHash string, checks ...func(all []account.User) error) (account.User, error) {
	u.Created, u.Mark = s.opts.Now().Round(0).UTC(), passwordMark(passwordHash)
	err := u.Validate()
	if err == nil {
		err = s.inWrite(ctx, func(tx *sql.Tx) error {
			if err := allowAll(checks, func() ([]account.User, error) { return s.users(ctx, tx) }); err != nil {
				return err
			}
			result, err := tx.ExecContext(ctx, `INSERT INTO account (name, canonical, role, password, created, last_seen) VALUES (?,?,?,?,?,'') ON CONFLICT DO NOTHING`,
				u.Name, account.Canonical(u.Name), string(u.Role), passwordHash, formatTime(u.Created))
			if err != nil {
				return err
			}
			if n, err := result.RowsAffected(); err != nil {
				return err
			} else if n == 0 {
				return account.ErrTaken
			}
			return s.recordUser(ctx, tx, data.ActionAdd, nil, &u)
		})
	}
	if err != nil {
		return account.User{}, fmt.Errorf("sqlite: add user: %w", err)
	}
	return u, nil
}

// Users lists all users in the order in which they were added.
func (s *Store) Users(ctx context.Context) ([]account.User, error) { return s.users(ctx, s.read) }

func (s *Store) users(ctx context.Context, q querier) ([]account.User, error) {
	var all []account.User
	for u, err := range collect(ctx, s, "load users", scanUser, q, `SELECT `+userColumns+` FROM account ORDER BY id`) {
		if err != nil {
			return nil, err
		}
		all = append(all, u)
	}
	return all, nil
}

// allowAll is the first error of checks about what load finds.
func allowAll[T any](checks []func(T) error, load func() (T, error)) error {
	if len(checks) == 0 {
		return nil
	}
	present, err := load()
	if err != nil {
		return err
	}
	return allow(checks, present)
}

// allow is the first error of checks about what is there.
func allow[T any](checks []func(T) error, present T) error {
	for _, f := range checks {
		if err := f(present); err != nil {
			return err
		}
	}
	return nil
}

// UserPassword is the user of that name, in any case of its letters, with the hash
// of his password; data.ErrNotFound if there is none.
func (s *Store) UserPassword(ctx context.Context, name string) (u account.User, hash string, err error) {
	u, err = scanUserAnd(&hash)(s.read.QueryRowContext(ctx, `SELECT `+userColumns+`, password FROM account WHERE canonical = ?`, account.Canonical(name)))
	if err != nil {
		return account.User{}, "", fmt.Errorf("sqlite: load user: %w", s.explain(ctx, notFound(err)))
	}
	return u, hash, nil
}

// SetRole gives a user another role, which holds in his sessions at once, and
// returns him so; data.ErrNotFound if there is none of that name. Where one of checks
// refuses the user as he is, its error is returned and nothing changed; nobody changes
// him in between.
func (s *Store) SetRole(ctx context.Context, name string, role account.Role, checks ...func(account.User) error) (account.User, error) {
	_, err := account.ParseRole(string(role))
	var u account.User
	if err == nil {
		u, err = s.changeUser(ctx, name, data.ActionChange, checks, func(tx *sql.Tx, id int64) error {
			_, err := tx.ExecContext(ctx, `UPDATE account SET role = ? WHERE id = ?`, string(role), id)
			return err
		})
	}
	if err != nil {
		return account.User{}, fmt.Errorf("sqlite: set role: %w", err)
	}
	return u, nil
}

// SetPassword gives a user another password. All his sessions end but the one of
// the ID keep (0: none is kept), and failed attempts to sign in are forgotten;
// data.ErrNotFound if there is none of that name. For checks see SetRole.
func (s *Store) SetPassword(ctx context.Context, name, hash string, keep int64, checks ...func(account.User) error) (account.User, error) {
	subject, err := s.failureSubject(ctx, nameFailure, name)
	var u account.User
	if err == nil {
		u, err = s.changeUser(ctx, name, data.ActionPassword, checks, func(tx *sql.Tx, id int64) error {
			if _, err := tx.ExecContext(ctx, `UPDATE account SET password = ? WHERE id = ?`, hash, id); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM sign_in_failure WHERE subject = ?`, subject); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE account = ? AND id <> ?`, id, keep)
			return err
		})
	}
	if err != nil {
		return account.User{}, fmt.Errorf("sqlite: set password: %w", err)
	}
	return u, nil
}

// RemoveUser removes a user with all his sessions, and returns him; data.ErrNotFound
// if there is none of that name. For checks see SetRole.
func (s *Store) RemoveUser(ctx context.Context, name string, checks ...func(account.User) error) (u account.User, err error) {
	err = s.inWrite(ctx, func(tx *sql.Tx) error {
		var id int64
		u, err = scanUserAnd(&id)(tx.QueryRowContext(ctx, `SELECT `+userColumns+`, id FROM account WHERE canonical = ?`, account.Canonical(name)))
		if err != nil {
			return notFound(err)
		}
		if err := allow(checks, u); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE account = ?`, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM account WHERE id = ?`, id); err != nil {
			return err
		}
		return s.recordUser(ctx, tx, data.ActionRemove, &u, nil)
	})
	if err != nil {
		return account.User{}, fmt.Errorf("sqlite: remove user: %w", err)
	}
	return u, nil
}

// changeUser calls change with the row of the user of that name, if checks let it, records it as that
// action ("": not at all), and returns the user as he is then.
func (s *Store) changeUser(ctx context.Context, name, action string, checks []func(account.User) error, change func(tx *sql.Tx, id int64) error) (u account.User, err error) {
	err = s.inWrite(ctx, func(tx *sql.Tx) error {
		var id int64
		before, err := scanUserAnd(&id)(tx.QueryRowContext(ctx, `SELECT `+userColumns+`, id FROM account WHERE canonical = ?`, account.Canonical(name)))
		if err != nil {
			return notFound(err)
		}
		if err := allow(checks, before); err != nil {
			return err
		}
		if err := change(tx, id); err != nil {
			return err
		}
		if u, err = scanUser(tx.QueryRowContext(ctx, `SELECT `+userColumns+` FROM account WHERE id = ?`, id)); err != nil {
			return err
		}
		if action == "" || action == data.ActionChange && u.Role == before.Role {
			return nil
		}
		return s.recordUser(ctx, tx, action, &before, &u)
	})
	return u, err
}

func scanUser(row scanner) (account.User, error) { return scanUserAnd()(row) }

// scanUserAnd reads the columns of a user and those that follow them.
func scanUserAnd(more ...any) func(scanner) (account.User, error) {
	return func(row scanner) (account.User, error) {
		var u account.User
		var role, created, seen, hash string
		err := row.Scan(append([]any{&u.Name, &role, &created, &seen, &hash}, more...)...)
		if err != nil {
			return account.User{}, err
		}
		u.Role, u.Mark = account.Role(role), passwordMark(hash)
		if u.Created, err = parseTime(created); err != nil {
			return account.User{}, err
		}
		u.LastSeen, err = parseTime(seen)
		return u, err
	}
}

// passwordMark names a password by its hash, which is salted, without telling of either.
func passwordMark(hash string) string {
	sum := sha256.Sum256([]byte(hash))
	return hex.EncodeToString(sum[:8])
}

// notFound is data.ErrNotFound for a row that is not there, else err.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return data.ErrNotFound
	}
	return err
}
