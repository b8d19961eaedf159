package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

// userState is a user as the history keeps him: without his password's hash, and without
// what signing in changes.
type userState struct {
	Name    string       `json:"name"`
	Role    account.Role `json:"role"`
	Created time.Time    `json:"created"`
}

func newUserState(u *account.User) (json.RawMessage, error) {
	if u == nil {
		return nil, nil
	}
	return json.Marshal(userState{u.Name, u.Role, u.Created})
}

// recordUser records what was done to a user; nil is none.
func (s *Store) recordUser(ctx context.Context, tx *sql.Tx, action string, before, after *account.User) error {
	about := after
	if after == nil {
		about = before
	}
	e := data.HistoryEntry{Kind: data.KindUser, Subject: about.Name, Action: action, Summary: about.Name + ", role " + string(about.Role)}
	var err error
	if e.Before, err = newUserState(before); err != nil {
		return err
	}
	if e.After, err = newUserState(after); err != nil {
		return err
	}
	_, err = s.record(ctx, tx, e)
	return err
}

// keyState is a key as the history keeps it: without its secret's hash, and without what
// using it changes.
type keyState struct {
	ID      int64        `json:"id"`
	Name    string       `json:"name"`
	Scopes  []data.Scope `json:"scopes"`
	Created time.Time    `json:"created"`
	Revoked time.Time    `json:"revoked,omitzero"`
}

// scopeNames names scopes for people.
func scopeNames(scopes []data.Scope) string {
	names := make([]string, len(scopes))
	for i, s := range scopes {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

// recordKey records that a key was added, or revoked just now.
func (s *Store) recordKey(ctx context.Context, tx *sql.Tx, action string, k *data.Key) error {
	e := data.HistoryEntry{Kind: data.KindKey, Subject: strconv.FormatInt(k.ID, 10), Action: action, Summary: "key for " + k.Name + ", " + scopeNames(k.Scopes)}
	state := keyState{k.ID, k.Name, k.Scopes, k.Created, k.Revoked}
	var err error
	if e.After, err = json.Marshal(state); err != nil {
		return err
	}
	if action == data.ActionRevoke {
		state.Revoked = time.Time{}
		if e.Before, err = json.Marshal(state); err != nil {
			return err
		}
	}
	_, err = s.record(ctx, tx, e)
	return err
}
