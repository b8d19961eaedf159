package account

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"github.com/alsolike/alsolike/data"
)

// The length of a password, in characters.
const (
	ShortestPassword = 10
	longestPassword  = 200
)

// ValidatePassword reports why password must not be that of the user of that name,
// as a *data.InvalidError, or nil.
func ValidatePassword(name, password string) error {
	refuse := func(format string, args ...any) error {
		return &data.InvalidError{Field: "password", Reason: fmt.Sprintf(format, args...)}
	}
	different := map[rune]bool{}
	for _, r := range password {
		different[r] = true
	}
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return refuse("is not valid UTF-8")
	case n < ShortestPassword:
		return refuse("has %d characters; at least %d are needed", n, ShortestPassword)
	case n > longestPassword:
		return refuse("has %d characters; at most %d are allowed", n, longestPassword)
	case len(different) < 5:
		return refuse("repeats the same few characters")
	case strings.Contains(Canonical(password), Canonical(name)) && 2*utf8.RuneCountInString(name) > n:
		return refuse("is little more than the name")
	}
	return nil
}

// NewPassword makes a random password of 100 bits that can be read out over a phone.
func NewPassword() string {
	var random [13]byte
	rand.Read(random[:]) // never fails
	letters := base32.NewEncoding("abcdefghjkmnpqrstuvwxyz123456789").EncodeToString(random[:])[:20]
	return letters[:5] + "-" + letters[5:10] + "-" + letters[10:15] + "-" + letters[15:]
}

// A Hasher makes hashes of passwords. The zero value makes those that the package's
// documentation tells of; a smaller one is for tests.
type Hasher struct {
	Memory uint32 // KiB; 0: 64 MiB
	Passes uint32 // 0: 3
}

// Hash is the argon2id hash of a password, with its salt and parameters.
func (h Hasher) Hash(password string) (string, error) {
	p := argon2id.Params{Memory: 64 * 1024, Iterations: 3, Parallelism: 2, SaltLength: 16, KeyLength: 32}
	if h.Memory > 0 {
		p.Memory = h.Memory
	}
	if h.Passes > 0 {
		p.Iterations = h.Passes
	}
	hash, err := argon2id.CreateHash(norm.NFKC.String(password), &p)
	if err != nil {
		return "", fmt.Errorf("account: hash password: %w", err)
	}
	return hash, nil
}

// CheckPassword reports whether hash is one of password. It takes as long whether
// or not it is; a password that nobody can have is not looked at.
func CheckPassword(password, hash string) (bool, error) {
	if len(password) > utf8.UTFMax*longestPassword {
		return false, nil
	}
	match, err := argon2id.ComparePasswordAndHash(norm.NFKC.String(password), hash)
	if err != nil {
		return false, fmt.Errorf("account: check password: %w", err)
	}
	return match, nil
}
