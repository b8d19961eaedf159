package sqlite

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

const sessionColumns = userColumns + `, session.id, session.created, session.last_seen, session.agent`

// StartSession signs the user of that name in and returns the token that proves it,
// of which the store keeps a hash; agent is what his browser calls itself. Sessions
// that ended by themselves are removed.
func (s *Store) StartSession(ctx context.Context, name, agent string) (token string, err error) {
	const mostAgent = 300 // bytes
	agent = strings.ToValidUTF8(agent[:min(len(agent), mostAgent)], "")
	token, hash := account.NewToken()
	now := s.opts.Now().UTC()
	_, err = s.changeUser(ctx, name, "", nil, func(tx *sql.Tx, id int64) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE last_seen < ? OR created < ?`,
			formatTime(now.Add(-account.IdleFor)), formatTime(now.Add(-account.AliveFor))); err != nil {
			return err
		}
		seen := formatTime(now.Truncate(usedEvery))
		if _, err := tx.ExecContext(ctx, `UPDATE account SET last_seen = ? WHERE id = ?`, seen, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO session (hash, account, created, last_seen, agent) VALUES (?,?,?,?,?)`,
			hash, id, formatTime(now.Truncate(time.Second)), seen, agent)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("sqlite: start session: %w", err)
	}
	return token, nil
}

// noteWithin is how long the use of a session may take to be noted.
const noteWithin = 100 * time.Millisecond

// SessionByToken is the session that a token proves, with its user as he is now, or
// data.ErrNotFound if there is none or it is over. It notes that the user was seen.
func (s *Store) SessionByToken(ctx context.Context, token string) (account.Session, error) {
	var id int64
	session, err := scanSessionAnd(&id)(s.read.QueryRowContext(ctx, `SELECT `+sessionColumns+`, account.id
		FROM session JOIN account ON account.id = session.account WHERE session.hash = ?`, account.HashToken(token)))
	now := s.opts.Now().UTC()
	if err == nil && session.Over(now) {
		err = sql.ErrNoRows
	}
	if err != nil {
		return account.Session{}, fmt.Errorf("sqlite: load session: %w", s.explain(ctx, notFound(err)))
	}
	if seen := now.Truncate(usedEvery); seen.After(session.LastSeen) {
		// No page waits for a long import; then the next request notes it.
		brief, cancel := context.WithTimeout(ctx, noteWithin)
		defer cancel()
		err = s.inWrite(brief, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(brief, `UPDATE session SET last_seen = ? WHERE id = ?`, formatTime(seen), session.ID); err != nil {
				return err
			}
			_, err := tx.ExecContext(brief, `UPDATE account SET last_seen = ? WHERE id = ?`, formatTime(seen), id)
			return err
		})
		switch {
		case err == nil:
			session.LastSeen, session.User.LastSeen = seen, seen
		case ctx.Err() != nil, brief.Err() == nil && !errors.Is(err, data.ErrBusy):
			return account.Session{}, fmt.Errorf("sqlite: note the use of a session: %w", err)
		}
	}
	return session, nil
}

// Sessions lists the sessions of the user of that name, the oldest first.
func (s *Store) Sessions(ctx context.Context, name string) ([]account.Session, error) {
	var all []account.Session
	now := s.opts.Now()
	for session, err := range collect(ctx, s, "load sessions", scanSessionAnd(), s.read, `SELECT `+sessionColumns+`
		FROM session JOIN account ON account.id = session.account WHERE account.canonical = ? ORDER BY session.id`, account.Canonical(name)) {
		if err != nil {
			return nil, err
		}
		if !session.Over(now) {
			all = append(all, session)
		}
	}
	return all, nil
}

// EndSession ends the session that a token proves, if there is one.
func (s *Store) EndSession(ctx context.Context, token string) error {
	err := s.inWrite(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE hash = ?`, account.HashToken(token))
		return err
	})
	if err != nil {
		return fmt.Errorf("sqlite: end session: %w", err)
	}
	return nil
}

// EndSessions ends the sessions of the user of that name but the one of the ID keep
// (0: none is kept).
func (s *Store) EndSessions(ctx context.Context, name string, keep int64) error {
	_, err := s.changeUser(ctx, name, "", nil, func(tx *sql.Tx, id int64) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE account = ? AND id <> ?`, id, keep)
		return err
	})
	if err != nil {
		return fmt.Errorf("sqlite: end sessions: %w", err)
	}
	return nil
}

func scanSessionAnd(more ...any) func(scanner) (account.Session, error) {
	return func(row scanner) (account.Session, error) {
		var session account.Session
		var created, seen string
		u, err := scanUserAnd(append([]any{&session.ID, &created, &seen, &session.Agent}, more...)...)(row)
		if err != nil {
			return account.Session{}, err
		}
		session.User = u
		if session.Created, err = parseTime(created); err != nil {
			return account.Session{}, err
		}
		session.LastSeen, err = parseTime(seen)
		return session, err
	}
}

// What failed attempts to sign in count for.
const (
	nameFailure    = "name"
	addressFailure = "address"
)

// mostFailures bounds the names and addresses whose failures are kept.
const mostFailures = 100_000

// CountAttempt counts an attempt to sign in under that name from that address as
// one that failed, until ForgetAttempt says otherwise: two at once count as two.
// If either has failed too often lately it counts nothing, and tells how long to
// wait. Unknown names are treated as those of users are.
func (s *Store) CountAttempt(ctx context.Context, name, address string) (wait time.Duration, err error) {
	now := s.opts.Now()
	err = s.onFailures(ctx, name, address, func(tx *sql.Tx, subject []byte, free int) error {
		var failures int
		var last int64
		err := tx.QueryRowContext(ctx, `SELECT failures, last FROM sign_in_failure WHERE subject = ? AND last > ?`,
			subject, now.Add(-account.ForgetFailures).Unix()).Scan(&failures, &last)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		wait = max(wait, time.Unix(last, 0).Add(account.Lockout(failures, free)).Sub(now))
		return err
	}, func(tx *sql.Tx, subject []byte, _ int) error {
		if wait > 0 {
			return nil
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM sign_in_failure WHERE last <= ? OR subject IN
			(SELECT subject FROM sign_in_failure ORDER BY last DESC LIMIT -1 OFFSET ?)`, now.Add(-account.ForgetFailures).Unix(), mostFailures); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sign_in_failure VALUES (?, 1, ?)
			ON CONFLICT (subject) DO UPDATE SET failures = failures + 1, last = excluded.last`, subject, now.Unix())
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sqlite: count attempt to sign in: %w", err)
	}
	return wait, nil
}

// ForgetAttempt says that the attempt which was counted last did not fail: nothing
// is held against the name any more, and this one not against the address.
func (s *Store) ForgetAttempt(ctx context.Context, name, address string) error {
	err := s.onFailures(ctx, name, address, func(tx *sql.Tx, subject []byte, free int) error {
		keep := free == account.FailuresOfAddress
		_, err := tx.ExecContext(ctx, `UPDATE sign_in_failure SET failures = CASE WHEN ? THEN max(0, failures - 1) ELSE 0 END WHERE subject = ?`, keep, subject)
		return err
	})
	if err != nil {
		return fmt.Errorf("sqlite: forget attempt to sign in: %w", err)
	}
	return nil
}

// onFailures calls each step for the name and then for the address, in one
// transaction, with how many failures of it are free.
func (s *Store) onFailures(ctx context.Context, name, address string, steps ...func(tx *sql.Tx, subject []byte, free int) error) error {
	byName, err := s.failureSubject(ctx, nameFailure, name)
	if err != nil {
		return err
	}
	byAddress, err := s.failureSubject(ctx, addressFailure, address)
	if err != nil {
		return err
	}
	return s.inWrite(ctx, func(tx *sql.Tx) error {
		for _, step := range steps {
			if err := step(tx, byName, account.FailuresOfName); err != nil {
				return err
			}
			if err := step(tx, byAddress, account.FailuresOfAddress); err != nil {
				return err
			}
		}
		return nil
	})
}

// failureSubject is under what the failures of a name or an address are kept: no
// row tells who it was.
func (s *Store) failureSubject(ctx context.Context, kind, value string) ([]byte, error) {
	if kind == nameFailure {
		value = account.Canonical(value)
	}
	secret, err := s.Secret(ctx, "sign-in failures")
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(kind + " " + value))
	return mac.Sum(nil)[:16], nil
}
