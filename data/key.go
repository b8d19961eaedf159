package data

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A Scope is something that the bearer of a key may do.
type Scope string

// The scopes.
const (
	WriteArticles Scope = "articles:write" // puts articles and takes them off the site
	ReadEditor    Scope = "editor:read"    // reads under /v1/editor what a viewer may
	WriteEditor   Scope = "editor:write"   // and changes there what an editor may
)

// Scopes are all scopes that there are.
var Scopes = []Scope{WriteArticles, ReadEditor, WriteEditor}

// A Key lets a program write by HTTP. What the program sends is a secret that
// only it knows: the store keeps its hash.
type Key struct {
	ID       int64  // given by the store, counting from 1
	Name     string // who uses it, for people
	Scopes   []Scope
	Created  time.Time // set by the store
	LastUsed time.Time // to the minute; zero: never
	Revoked  time.Time // zero: the key holds
}

// May reports whether k holds and has the scope.
func (k *Key) May(s Scope) bool { return k.Revoked.IsZero() && slices.Contains(k.Scopes, s) }

// Validate reports the first reason to refuse k, as an *InvalidError, or nil.
func (k *Key) Validate() error {
	const most = 100 // bytes
	switch {
	case strings.TrimSpace(k.Name) == "":
		return &InvalidError{"name", "is missing; say who will use the key"}
	case len(k.Name) > most:
		return &InvalidError{"name", fmt.Sprintf("is %d bytes long; at most %d are allowed", len(k.Name), most)}
	case !utf8.ValidString(k.Name) || strings.ContainsFunc(k.Name, unicode.IsControl):
		return &InvalidError{"name", "holds a control character or is not valid UTF-8"}
	case len(k.Scopes) == 0:
		return &InvalidError{"scope", "is missing"}
	}
	for _, s := range k.Scopes {
		if !slices.Contains(Scopes, s) {
			return &InvalidError{"scope", fmt.Sprintf("is %s; it may be %s", Quote(string(s)), joinScopes(Scopes))}
		}
	}
	return nil
}

func joinScopes(scopes []Scope) string {
	names := make([]string, len(scopes))
	for i, s := range scopes {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}
