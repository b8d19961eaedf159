package sqlite

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
)

// keyPrefix starts every secret, so that scanners of repositories and logs can
// tell one that leaked.
const keyPrefix = "alsolike_"

const keyColumns = `id, name, scopes, created, last_used, revoked`

// usedEvery is how exactly the store knows when a key was last used: a write
// for every request would cost a sync of the disk.
const usedEvery = time.Minute

// AddKey stores a new key of that name and those scopes, and returns it with
// its secret. Nobody can ask for the secret again: the store keeps its hash
// alone, and that suffices unsalted, for a secret is 32 random bytes.
func (s *Store) AddKey(ctx context.Context, name string, scopes ...data.Scope) (k data.Key, secret string, err error) {
	return s.AddKeyIf(ctx, nil, name, scopes...)
}

// AddKeyIf is AddKey, unless check (nil: there is none) refuses the keys that there are:
// then its error is returned and nothing stored. Nobody changes them in between.
func (s *Store) AddKeyIf(ctx context.Context, check func(all []data.Key) error, name string, scopes ...data.Scope) (k data.Key, secret string, err error) {
	k = data.Key{Name: name, Scopes: scopes, Created: s.opts.Now().Round(0).UTC()}
	if err := k.Validate(); err != nil {
		return data.Key{}, "", fmt.Errorf("sqlite: add key: %w", err)
	}
	random := make([]byte, secretBytes)
	rand.Read(random) // never fails
	secret = keyPrefix + base64.RawURLEncoding.EncodeToString(random)
	err = s.inWrite(ctx, func(tx *sql.Tx) error {
		if check != nil {
			all, err := s.keys(ctx, tx)
			if err != nil {
				return err
			}
			if err := check(all); err != nil {
				return err
			}
		}
		hash := sha256.Sum256([]byte(secret))
		result, err := tx.ExecContext(ctx, `INSERT INTO key (hash, name, scopes, created, last_used, revoked) VALUES (?,?,?,?,'','')`,
			hash[:], k.Name, formatScopes(k.Scopes), formatTime(k.Created))
		if err == nil {
			k.ID, err = result.LastInsertId()
		}
		if err != nil {
			return err
		}
		return s.recordKey(ctx, tx, data.ActionAdd, &k)
	})
	if err != nil {
		return data.Key{}, "", fmt.Errorf("sqlite: add key: %w", err)
	}
	return k, secret, nil
}

// Keys lists all keys by ID, the oldest first, revoked ones too.
func (s *Store) Keys(ctx context.Context) ([]data.Key, error) { return s.keys(ctx, s.read) }

func (s *Store) keys(ctx context.Context, q querier) ([]data.Key, error) {
	var all []data.Key
	for k, err := range collect(ctx, s, "load keys", scanKey, q, `SELECT `+keyColumns+` FROM key ORDER BY id`) {
		if err != nil {
			return nil, err
		}
		all = append(all, k)
	}
	return all, nil
}

// KeyBySecret is the key of that secret, revoked or not, or data.ErrNotFound.
// It notes that the key was used, unless it is revoked.
func (s *Store) KeyBySecret(ctx context.Context, secret string) (data.Key, error) {
	if !strings.HasPrefix(secret, keyPrefix) {
		return data.Key{}, fmt.Errorf("sqlite: load key: %w", data.ErrNotFound)
	}
	hash := sha256.Sum256([]byte(secret))
	k, err := scanKey(s.read.QueryRowContext(ctx, `SELECT `+keyColumns+` FROM key WHERE hash = ?`, hash[:]))
	if errors.Is(err, sql.ErrNoRows) {
		err = data.ErrNotFound
	}
	if err != nil {
		return data.Key{}, fmt.Errorf("sqlite: load key: %w", s.explain(ctx, err))
	}
	now := s.opts.Now().Truncate(usedEvery).UTC()
	if !k.Revoked.IsZero() || !now.After(k.LastUsed) {
		return k, nil
	}
	err = s.inWrite(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE key SET last_used = ? WHERE id = ?`, formatTime(now), k.ID)
		return err
	})
	if err != nil {
		return data.Key{}, fmt.Errorf("sqlite: note the use of key %d: %w", k.ID, err)
	}
	k.LastUsed = now
	return k, nil
}

// RevokeKey makes a key worthless from now on and returns it. One that is
// revoked already stays as it is; of an unknown one it returns data.ErrNotFound. Where
// one of checks refuses the key as it is, its error is returned and nothing changed;
// nobody changes it in between.
func (s *Store) RevokeKey(ctx context.Context, id int64, checks ...func(data.Key) error) (k data.Key, err error) {
	err = s.inWrite(ctx, func(tx *sql.Tx) error {
		k, err = scanKey(tx.QueryRowContext(ctx, `SELECT `+keyColumns+` FROM key WHERE id = ?`, id))
		if err != nil {
			return notFound(err)
		}
		if err := allow(checks, k); err != nil || !k.Revoked.IsZero() {
			return err
		}
		k.Revoked = s.opts.Now().Round(0).UTC()
		if _, err := tx.ExecContext(ctx, `UPDATE key SET revoked = ? WHERE id = ?`, formatTime(k.Revoked), id); err != nil {
			return err
		}
		return s.recordKey(ctx, tx, data.ActionRevoke, &k)
	})
	if err != nil {
		return data.Key{}, fmt.Errorf("sqlite: revoke key %d: %w", id, err)
	}
	return k, nil
}

func scanKey(row scanner) (data.Key, error) {
	var k data.Key
	var scopes, created, used, revoked string
	if err := row.Scan(&k.ID, &k.Name, &scopes, &created, &used, &revoked); err != nil {
		return data.Key{}, err
	}
	list, err := parseList(scopes)
	if err != nil {
		return data.Key{}, err
	}
	for _, s := range list {
		k.Scopes = append(k.Scopes, data.Scope(s))
	}
	if k.Created, err = parseTime(created); err != nil {
		return data.Key{}, err
	}
	if k.LastUsed, err = parseTime(used); err != nil {
		return data.Key{}, err
	}
	k.Revoked, err = parseTime(revoked)
	return k, err
}

func formatScopes(scopes []data.Scope) string {
	list := make([]string, len(scopes))
	for i, s := range scopes {
		list[i] = string(s)
	}
	return formatList(list)
}
