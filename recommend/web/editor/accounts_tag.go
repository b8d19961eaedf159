package editor

import (
	"fmt"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

// userTag is the entity tag of a user: of what admins change, his password too, and not
// of when he was last here.
func userTag(u account.User) string {
	return tagOf(fmt.Appendf(nil, "%q %q %s %s", u.Name, u.Role, u.Created.UTC(), u.Mark))
}

// usersTag is that of the list of all users.
func usersTag(all []account.User) string {
	var tags strings.Builder
	for _, u := range all {
		tags.WriteString(userTag(u))
	}
	return tagOf([]byte(tags.String()))
}

// keyTag is the entity tag of a key, but for when it was last used.
func keyTag(k data.Key) string {
	return tagOf(fmt.Appendf(nil, "%d %q %q %s %s", k.ID, k.Name, k.Scopes, k.Created.UTC(), k.Revoked.UTC()))
}

// keysTag is that of the list of all keys.
func keysTag(all []data.Key) string {
	var tags strings.Builder
	for _, k := range all {
		tags.WriteString(keyTag(k))
	}
	return tagOf([]byte(tags.String()))
}

// sameUser refuses a user who is not what the If-Match of the request of c says.
func sameUser(c echo.Context) func(account.User) error {
	return func(u account.User) error {
		if tag := userTag(u); !matches(c.Request(), tag) {
			return changed(c, "user "+data.Quote(u.Name), tag, newUserJSON(u))
		}
		return nil
	}
}

// sameUsers refuses a list of users that is not what the If-Match says.
func sameUsers(c echo.Context) func([]account.User) error {
	return func(all []account.User) error {
		if tag := usersTag(all); !matches(c.Request(), tag) {
			return changed(c, "the list of users", tag, nil)
		}
		return nil
	}
}

// sameKey refuses a key that is not what the If-Match says.
func sameKey(c echo.Context) func(data.Key) error {
	return func(k data.Key) error {
		if tag := keyTag(k); !matches(c.Request(), tag) {
			return changed(c, fmt.Sprintf("key %d", k.ID), tag, newKeyJSON(k))
		}
		return nil
	}
}

// sameKeys refuses a list of keys that is not what the If-Match says.
func sameKeys(c echo.Context) func([]data.Key) error {
	return func(all []data.Key) error {
		if tag := keysTag(all); !matches(c.Request(), tag) {
			return changed(c, "the list of keys", tag, nil)
		}
		return nil
	}
}

// seenUser refuses a user who is not what the form of c was made from. A form without a
// tag changes him whatever he is.
func seenUser(c echo.Context) func(account.User) error {
	return func(u account.User) error {
		if seen := c.FormValue("tag"); seen != "" && seen != userTag(u) {
			return &data.ConflictError{Subject: u.Name}
		}
		return nil
	}
}

// seenKey is seenUser for a key.
func seenKey(c echo.Context) func(data.Key) error {
	return func(k data.Key) error {
		if seen := c.FormValue("tag"); seen != "" && seen != keyTag(k) {
			return &data.ConflictError{Subject: k.Name}
		}
		return nil
	}
}
