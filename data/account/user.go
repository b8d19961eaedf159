package account

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/alsolike/alsolike/data"
)

// A User is somebody who signs in.
type User struct {
	Name     string // as it was first written; unique by Canonical
	Role     Role
	Created  time.Time // set by the store
	LastSeen time.Time // to the minute; zero: never
	Mark     string    // of his password, another one for another; set by the store
}

// ErrTaken is returned when somebody else has the name that a new user should have.
var ErrTaken = errors.New("there is a user of that name")

// mostName is how many bytes a name may have.
const mostName = 64

// Canonical is a name as it is compared: "Mei" and "mei" are one user.
func Canonical(name string) string {
	return cases.Fold().String(norm.NFKC.String(strings.TrimSpace(name)))
}

// ValidateName reports the first reason to refuse a name for a user, as a
// *data.InvalidError, or nil. A name is letters and digits of any script and
// ". _ - @ +", so that it reads well in a note of who changed what.
func ValidateName(name string) error {
	refuse := func(format string, args ...any) error {
		return &data.InvalidError{Field: "name", Reason: fmt.Sprintf(format, args...)}
	}
	switch {
	case name == "":
		return refuse("is missing")
	case len(name) > mostName:
		return refuse("is %d bytes long; at most %d are allowed", len(name), mostName)
	case !utf8.ValidString(name):
		return refuse("is not valid UTF-8")
	}
	for _, r := range name {
		if !unicode.In(r, unicode.L, unicode.M, unicode.Nd) && !strings.ContainsRune("._-@+", r) {
			return refuse("holds %q; it may hold letters, digits and . _ - @ +", r)
		}
	}
	return nil
}

// Validate reports the first reason to refuse u, as a *data.InvalidError, or nil.
func (u *User) Validate() error {
	if err := ValidateName(u.Name); err != nil {
		return err
	}
	_, err := ParseRole(string(u.Role))
	return err
}
