package web

import (
	"log/slog"
	"net/http"
	"testing"

	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend/review"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

// askChanges asks for everything about what awaits review that the contract has.
func askChanges(c *contract, request func(method, target string, role account.Role) *http.Request) {
	store := newEditorStore(c.t)
	session, err := store.StartSession(c.t.Context(), string(account.Admin), "")
	if err != nil {
		c.t.Fatal(err)
	}
	config := newEditorConfig(c.t, store)
	config.Changes.Policy = review.Policy{Publish: review.Auto}
	s := New(Config{Recommender: newShelf(), Editor: config, Log: slog.New(slog.DiscardHandler)})
	csrf := csrfOf(s, session)
	ask := func(status int, method, target, body string, headers ...string) string {
		c.t.Helper()
		r := request(method, editor.APIPrefix+"/changes"+target, account.Admin)
		r.Header.Set("Cookie", "alsolike="+session)
		r.Header.Set("X-CSRF-Token", csrf)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		res, allowed := c.ask(s, r, body)
		if res.Code != status {
			c.t.Errorf("%s %s %s: got %d, want %d: %s", method, target, body, res.Code, status, res.Body)
		}
		if !allowed && res.Code < 400 {
			c.t.Errorf("%s %s %s: the contract forbids what was answered with %d", method, target, body, res.Code)
		}
		return res.Header().Get("ETag")
	}
	ask(200, "GET", "", "")
	first, second := writeSnapshot(c.t, config.Changes, 0), writeSnapshot(c.t, config.Changes, 1)
	ask(200, "GET", "/"+first, "")
	ask(404, "GET", "/none", "")
	ask(200, "POST", "/"+first+"/publish", `{"note":"the first"}`)
	seen := ask(200, "GET", "/"+second, "")
	ask(409, "POST", "/rollback", `{}`)
	ask(409, "POST", "/"+first+"/hold", `{}`)
	ask(409, "POST", "/"+first+"/release", `{}`)
	ask(200, "POST", "/"+second+"/hold", `{"note":"wait"}`, "If-Match", seen)
	for _, do := range []string{"hold", "release", "publish"} {
		ask(412, "POST", "/"+second+"/"+do, `{}`, "If-Match", seen)
		ask(404, "POST", "/none/"+do, `{}`)
	}
	ask(412, "POST", "/rollback", `{}`, "If-Match", seen)
	ask(200, "POST", "/"+second+"/release", `{}`)
	ask(409, "POST", "/"+second+"/publish", `{"except":["no-such-article"]}`)
	ask(200, "POST", "/"+second+"/publish", `{}`)
	ask(200, "GET", "/"+second, "")
	ask(200, "POST", "/rollback", `{"note":"oops"}`)
}

// writeSnapshot makes a snapshot that nobody has decided about, and returns its id.
func writeSnapshot(t *testing.T, changes *editor.Changes, number int) string {
	t.Helper()
	id, err := changes.Snapshots.Write(t.Context(), swapContents(number))
	if err != nil {
		t.Fatal(err)
	}
	return id
}
