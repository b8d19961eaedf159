package editor

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
)

// A Conflict is an error about something that is no longer as whoever sent a request
// believes it to be.
type Conflict struct {
	Status  int    // http.StatusConflict, or http.StatusPreconditionFailed
	Detail  string // what is the matter, for people
	Present any    // what is there now, as JSON; nil where the answer's ETag says enough
}

func (c *Conflict) Error() string { return c.Detail }

// tagOf is the entity tag of what text says.
func tagOf(text []byte) string {
	sum := sha256.Sum256(text)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// anyTag is the tag of nothing: that matches only what names no tag.
const anyTag = ""

// matches reports whether the If-Match of a request, if it has one, allows what has that
// entity tag to be changed.
func matches(r *http.Request, tag string) bool {
	given := r.Header.Values("If-Match")
	if len(given) == 0 {
		return true
	}
	for one := range strings.SplitSeq(strings.Join(given, ","), ",") {
		if one = strings.TrimSpace(one); one == "*" || one == tag {
			return true
		}
	}
	return false
}

// changed is the error about something of that subject whose If-Match does not hold; the
// answer to c carries the tag of what is there.
func changed(c echo.Context, subject, tag string, present any) error {
	c.Response().Header().Set("ETag", tag)
	why := data.ConflictError{Subject: subject}
	return &Conflict{http.StatusPreconditionFailed, why.Error() + "; nothing was changed: the ETag of this answer is that of what is there now", present}
}
