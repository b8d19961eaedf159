package account

import (
	"slices"
	"strings"

	"github.com/alsolike/alsolike/data"
)

// A Role says what a user may do. Each may do what those before it may.
type Role string

// The roles, the least first.
const (
	Viewer Role = "viewer" // sees everything, changes nothing
	Editor Role = "editor" // changes links
	Admin  Role = "admin"  // manages users and keys
)

// Roles are all roles, the least first.
var Roles = []Role{Viewer, Editor, Admin}

// May reports whether r may do what needs the role need. What is no role may do
// nothing.
func (r Role) May(need Role) bool {
	needed := slices.Index(Roles, need)
	return needed >= 0 && slices.Index(Roles, r) >= needed
}

// ParseRole reads the name of a role.
func ParseRole(s string) (Role, error) {
	if r := Role(s); slices.Contains(Roles, r) {
		return r, nil
	}
	names := make([]string, len(Roles))
	for i, r := range Roles {
		names[i] = string(r)
	}
	return "", &data.InvalidError{Field: "role", Reason: "is " + data.Quote(s) + "; it may be " + strings.Join(names, ", ")}
}
