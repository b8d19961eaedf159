package account_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

func TestRoleMay(t *testing.T) {
	for i, has := range account.Roles {
		for j, need := range account.Roles {
			if got := has.May(need); got != (i >= j) {
				t.Errorf("%s may do what needs %s: got %v", has, need, got)
			}
		}
		if has.May("") || has.May("owner") || account.Role("").May(has) || account.Role("owner").May(has) {
			t.Errorf("%s and what is no role know one another", has)
		}
	}
	if _, err := account.ParseRole("Admin"); err == nil || !strings.Contains(err.Error(), "viewer, editor, admin") {
		t.Errorf("got %v", err)
	}
}

func TestNames(t *testing.T) {
	for _, good := range []string{"mei", "陈晓", "Åsa.Öberg", "tomas+desk@example.org", "१२३", "a_b-c", strings.Repeat("a", 64)} {
		if err := account.ValidateName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", " ", "m ei", "mei\n", "mei\u200b", "<b>", "a/b", "=1+1", "a,b", `"`, "\xff", "key 1", "\u202emei", strings.Repeat("a", 65)} {
		var invalid *data.InvalidError
		if err := account.ValidateName(bad); !errors.As(err, &invalid) || invalid.Field != "name" {
			t.Errorf("%q: got %v", bad, err)
		}
	}
	for _, same := range [][2]string{{"Mei", "mei"}, {"ÅSA", "a\u030asa"}, {"ｍｅｉ", "mei"}, {" mei ", "mei"}, {"STRASSE", "straße"}} {
		if account.Canonical(same[0]) != account.Canonical(same[1]) {
			t.Errorf("%q and %q are two users", same[0], same[1])
		}
	}
}

// A name is compared the same however often it is made ready for that.
func TestCanonicalIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		if once := account.Canonical(name); account.ValidateName(name) == nil && account.Canonical(once) != once {
			t.Errorf("%q: %q, then %q", name, once, account.Canonical(once))
		}
	})
}

func TestValidatePassword(t *testing.T) {
	for _, good := range []string{"correct horse", "密码要长一点才好呀", "mei likes to ski", account.NewPassword()} {
		if err := account.ValidatePassword("mei", good); (err == nil) != (len([]rune(good)) >= account.ShortestPassword) {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "short", "aaaaaaaaaaaaaaa", "abababababab", "\xff\xfeabcdefghijk", strings.Repeat("abcdef", 40)} {
		if err := account.ValidatePassword("mei", bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if err := account.ValidatePassword("margarethe", "Margarethe1"); err == nil {
		t.Error("a password is taken that is the name")
	}
}

func TestPasswordHash(t *testing.T) {
	h := account.Hasher{Memory: 64, Passes: 1}
	one, err := h.Hash("caf\u00e9 au lait")
	if err != nil {
		t.Fatal(err)
	}
	two, err := h.Hash("caf\u00e9 au lait")
	if err != nil || one == two || !strings.HasPrefix(one, "$argon2id$v=19$m=64,t=1,p=2$") {
		t.Errorf("got %s and %s, %v", one, two, err)
	}
	for password, want := range map[string]bool{"café au lait": true, "cafe\u0301 au lait": true, "Café au lait": false, "": false, "café au lait ": false, strings.Repeat("x", 1e6): false} {
		if got, err := account.CheckPassword(password, one); err != nil || got != want {
			t.Errorf("%.20q: got %v, %v", password, got, err)
		}
	}
	if _, err := account.CheckPassword("x", "no hash"); err == nil {
		t.Error("what is no hash is checked")
	}
	if testing.Short() {
		t.Skip("-short: a hash as strong as in service")
	}
	strong, err := account.Hasher{}.Hash("correct horse")
	if err != nil || !strings.HasPrefix(strong, "$argon2id$v=19$m=65536,t=3,p=2$") {
		t.Errorf("got %s, %v", strong, err)
	}
}

func TestNewPassword(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		p := account.NewPassword()
		if seen[p] || len(p) != 23 || strings.Trim(p, "abcdefghjkmnpqrstuvwxyz123456789-") != "" {
			t.Fatalf("got %s", p)
		}
		seen[p] = true
	}
}

// The more attempts have failed, the longer is the wait, up to a quarter of an hour.
func TestLockout(t *testing.T) {
	last := time.Duration(0)
	for failures := range 1000 {
		wait := account.Lockout(failures, account.FailuresOfName)
		if wait < last || wait > 15*time.Minute || (wait > 0) != (failures >= account.FailuresOfName) {
			t.Fatalf("after %d failures: wait %v, before it was %v", failures, wait, last)
		}
		last = wait
	}
	if last != 15*time.Minute || account.Lockout(account.FailuresOfName, account.FailuresOfName) != time.Minute {
		t.Errorf("the longest wait is %v", last)
	}
}

func TestToken(t *testing.T) {
	one, hash := account.NewToken()
	two, _ := account.NewToken()
	if one == two || len(one) != 43 || string(account.HashToken(one)) != string(hash) || strings.Contains(string(hash), one) {
		t.Errorf("got %s and %s", one, two)
	}
}
