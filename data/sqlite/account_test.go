package sqlite_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/data/sqlite"
)

func TestUsers(t *testing.T) {
	ctx := t.Context()
	s := newStore(t)
	mei, err := s.AddUser(ctx, account.User{Name: "Mei", Role: account.Admin}, "hash one")
	if err != nil {
		t.Fatal(err)
	}
	tomas, err := s.AddUser(ctx, account.User{Name: "tomas", Role: account.Viewer}, "hash two")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddUser(ctx, account.User{Name: "MEI", Role: account.Viewer}, "hash"); !errors.Is(err, account.ErrTaken) {
		t.Errorf("a name twice: got %v", err)
	}
	for name, u := range map[string]account.User{"no name": {Role: account.Admin}, "no role": {Name: "ines"}, "unknown role": {Name: "ines", Role: "boss"}} {
		var invalid *data.InvalidError
		if _, err := s.AddUser(ctx, u, "hash"); !errors.As(err, &invalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if u, hash, err := s.UserPassword(ctx, "mEI"); err != nil || hash != "hash one" || u != mei {
		t.Errorf("got %+v, %q, %v", u, hash, err)
	}
	if u, err := s.SetRole(ctx, "Tomas", account.Editor); err != nil || u.Name != "tomas" || u.Role != account.Editor {
		t.Errorf("got %+v, %v", u, err)
	}
	tomas.Role = account.Editor
	if _, err := s.SetRole(ctx, "tomas", "boss"); err == nil {
		t.Error("a role is taken that is none")
	}
	if diff := cmp.Diff([]account.User{mei, tomas}, users(t, s)); diff != "" {
		t.Error(diff)
	}
	if u, err := s.RemoveUser(ctx, "mei"); err != nil || u != mei {
		t.Errorf("got %+v, %v", u, err)
	}
	if diff := cmp.Diff([]account.User{tomas}, users(t, s)); diff != "" {
		t.Error(diff)
	}
	for what, err := range map[string]error{
		"password of": second(s.SetPassword(ctx, "mei", "x", 0)), "role of": second(s.SetRole(ctx, "mei", account.Admin)),
		"removal of": second(s.RemoveUser(ctx, "mei")), "session of": second(s.StartSession(ctx, "mei", "")), "end of": s.EndSessions(ctx, "mei", 0),
	} {
		if !errors.Is(err, data.ErrNotFound) {
			t.Errorf("%s nobody: got %v", what, err)
		}
	}
	if _, _, err := s.UserPassword(ctx, "mei"); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func users(t *testing.T, s *sqlite.Store) []account.User {
	t.Helper()
	all, err := s.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestSessions(t *testing.T) {
	ctx, clock := t.Context(), noon
	path := filepath.Join(t.TempDir(), "alsolike.db")
	s := open(t, path, sqlite.Options{Now: func() time.Time { return clock }})
	for _, name := range []string{"mei", "tomas"} {
		if _, err := s.AddUser(ctx, account.User{Name: name, Role: account.Editor}, "hash"); err != nil {
			t.Fatal(err)
		}
	}
	start := func(name string) string {
		t.Helper()
		token, err := s.StartSession(ctx, name, strings.Repeat("Firefox ü", 100))
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	first, second, other := start("mei"), start("MEI"), start("tomas")
	clock = clock.Add(90 * time.Second)
	session, err := s.SessionByToken(ctx, second)
	if err != nil || session.User.Name != "mei" || !session.LastSeen.Equal(clock.Truncate(time.Minute)) || len(session.Agent) > 300 {
		t.Errorf("got %+v, %v", session, err)
	}
	for _, wrong := range []string{"", first[1:], first + "x", string(account.HashToken(first))} {
		if _, err := s.SessionByToken(ctx, wrong); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("%q: got %v", wrong, err)
		}
	}
	if all, err := s.Sessions(ctx, "mei"); err != nil || len(all) != 2 || all[1].ID != session.ID {
		t.Errorf("got %+v, %v", all, err)
	}
	if err := s.EndSessions(ctx, "mei", session.ID); err != nil {
		t.Fatal(err)
	}
	check := func(name, token string, want error) {
		t.Helper()
		if _, err := s.SessionByToken(ctx, token); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", name, err, want)
		}
	}
	check("the first", first, data.ErrNotFound)
	check("the second", second, nil)
	check("tomas's", other, nil)
	if _, err := s.SetPassword(ctx, "mei", "other", session.ID); err != nil {
		t.Fatal(err)
	}
	check("the one that changed the password", second, nil)
	if err := s.EndSession(ctx, second); err != nil {
		t.Fatal(err)
	}
	check("the ended", second, data.ErrNotFound)
	clock = clock.Add(account.IdleFor + time.Minute)
	check("the idle", other, data.ErrNotFound)
	if all, err := s.Sessions(ctx, "tomas"); err != nil || len(all) != 0 {
		t.Errorf("got %+v, %v", all, err)
	}
	last := start("tomas")
	s.Close()
	for _, file := range []string{path, path + "-wal"} {
		if b, err := os.ReadFile(file); err == nil && bytes.Contains(b, []byte(last)) {
			t.Errorf("%s holds the token of a session", file)
		}
	}
}

// A page does not wait until another process has stored its articles.
func TestSessionDoesNotWait(t *testing.T) {
	clock := noon
	path := filepath.Join(t.TempDir(), "alsolike.db")
	s := open(t, path, sqlite.Options{Now: func() time.Time { return clock }})
	if _, err := s.AddUser(t.Context(), account.User{Name: "mei", Role: account.Editor}, "hash"); err != nil {
		t.Fatal(err)
	}
	token, err := s.StartSession(t.Context(), "mei", "")
	if err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(time.Hour)
	importing := open(t, path, sqlite.Options{})
	var took time.Duration
	_, err = importing.ChangeArticle(t.Context(), "a", func(*data.Article) (data.Article, error) {
		began := time.Now()
		session, err := s.SessionByToken(t.Context(), token)
		if took = time.Since(began); err != nil || session.User.Name != "mei" || session.LastSeen.After(noon) {
			t.Errorf("got %+v, %v", session, err)
		}
		return article("a", "one"), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if took > 5*time.Second { // of the 10 that a writer would wait
		t.Errorf("it took %v", took)
	}
	if session, err := s.SessionByToken(t.Context(), token); err != nil || !session.LastSeen.Equal(clock.Truncate(time.Minute)) {
		t.Errorf("then: got %+v, %v", session, err)
	}
}

func TestAttempts(t *testing.T) {
	ctx, clock := t.Context(), noon.Truncate(time.Second)
	s := open(t, filepath.Join(t.TempDir(), "alsolike.db"), sqlite.Options{Now: func() time.Time { return clock }})
	wait := func(name, address string) time.Duration {
		t.Helper()
		wait, err := s.CountAttempt(ctx, name, address)
		if err != nil {
			t.Fatal(err)
		}
		return wait
	}
	for i := range account.FailuresOfName {
		if got := wait("mei", fmt.Sprint("192.0.2.", i)); got != 0 {
			t.Fatalf("attempt %d has to wait %v", i, got)
		}
	}
	if got := wait("Mei", "192.0.2.99"); got != time.Minute {
		t.Errorf("got %v, want a minute", got)
	}
	if got := wait("tomas", "192.0.2.1"); got != 0 {
		t.Errorf("somebody else has to wait %v", got)
	}
	clock = clock.Add(time.Minute)
	if got := wait("mei", "192.0.2.99"); got != 0 {
		t.Errorf("after a minute: got %v", got)
	}
	if got := wait("mei", "192.0.2.99"); got != 2*time.Minute {
		t.Errorf("and then: got %v", got)
	}
	clock = clock.Add(account.ForgetFailures + time.Second)
	if got := wait("mei", "192.0.2.99"); got != 0 {
		t.Errorf("after long: got %v", got)
	}

	for i := range 3 * account.FailuresOfName { // who knows his password never waits
		if got := wait("mei", "198.51.100.1"); got != 0 {
			t.Fatalf("attempt %d has to wait %v", i, got)
		}
		if err := s.ForgetAttempt(ctx, "mei", "198.51.100.1"); err != nil {
			t.Fatal(err)
		}
	}
	for i := range account.FailuresOfAddress {
		if got := wait(fmt.Sprint("user", i), "198.51.100.1"); got != 0 {
			t.Fatalf("name %d has to wait %v", i, got)
		}
	}
	if got := wait("another", "198.51.100.1"); got != time.Minute {
		t.Errorf("an address with many names: got %v", got)
	}
	if _, err := s.AddUser(ctx, account.User{Name: "ines", Role: account.Viewer}, "hash"); err != nil {
		t.Fatal(err)
	}
	for range account.FailuresOfName {
		wait("ines", "")
	}
	if _, err := s.SetPassword(ctx, "ines", "other", 0); err != nil {
		t.Fatal(err)
	}
	if got := wait("ines", ""); got != 0 {
		t.Errorf("with a new password: got %v", got)
	}
}

// Whoever looks first at what is there and refuses it changes nothing, and the look is
// part of the change: of many who saw the same, one changes it.
func TestChecksOfAccounts(t *testing.T) {
	ctx := t.Context()
	s := newStore(t)
	mei, err := s.AddUser(ctx, account.User{Name: "mei", Role: account.Viewer}, "hash one")
	if err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	no := func(u account.User) error {
		if u != mei {
			t.Errorf("got %+v, want %+v", u, mei)
		}
		return refused
	}
	_, added := s.AddUser(ctx, account.User{Name: "ines", Role: account.Viewer}, "hash", func(all []account.User) error {
		if len(all) != 1 || all[0] != mei {
			t.Errorf("got %+v", all)
		}
		return refused
	})
	for what, err := range map[string]error{
		"add": added, "role": second(s.SetRole(ctx, "mei", account.Admin, no)), "password": second(s.SetPassword(ctx, "mei", "x", 0, no)), "remove": second(s.RemoveUser(ctx, "mei", no)),
	} {
		if !errors.Is(err, refused) {
			t.Errorf("%s: got %v", what, err)
		}
	}
	if diff := cmp.Diff([]account.User{mei}, users(t, s)); diff != "" {
		t.Error(diff)
	}
	changed, err := s.SetPassword(ctx, "mei", "hash two", 0)
	if err != nil || changed.Mark == mei.Mark || changed.Mark == "" {
		t.Errorf("another password: got %+v, %v", changed, err)
	}

	var wins atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			_, err := s.SetPassword(ctx, "mei", rand.Text(), 0, func(u account.User) error {
				if u.Mark != changed.Mark {
					return refused
				}
				return nil
			})
			switch {
			case err == nil:
				wins.Add(1)
			case !errors.Is(err, refused):
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := wins.Load(); n != 1 {
		t.Errorf("%d changed the password that all saw, want 1", n)
	}

	key, _, err := s.AddKey(ctx, "the CMS", data.WriteArticles)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.AddKeyIf(ctx, func(all []data.Key) error { return refused }, "other", data.WriteArticles); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	if _, err := s.RevokeKey(ctx, key.ID, func(k data.Key) error { return refused }); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	if keys, err := s.Keys(ctx); err != nil || len(keys) != 1 || !keys[0].Revoked.IsZero() {
		t.Errorf("got %+v, %v", keys, err)
	}
}
