package editor_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestSignInAndOut(t *testing.T) {
	s := newSite(t, nil)
	c := s.newClient(t)
	res := c.get("/editor/articles?q=cranes")
	if at := res.Header.Get("Location"); res.StatusCode != http.StatusNotFound && !strings.HasPrefix(at, "/editor/sign-in") {
		t.Errorf("got %d to %q", res.StatusCode, at)
	}
	res = c.get("/editor")
	if at := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || at != "/editor/sign-in?next=%2Feditor" {
		t.Errorf("without a session: got %d to %q", res.StatusCode, at)
	}
	if res := c.get("/editor/sign-in"); res.StatusCode != http.StatusOK || !strings.Contains(res.body, `autocomplete="current-password"`) {
		t.Errorf("got %d\n%s", res.StatusCode, res.body)
	}
	for _, wrong := range [][2]string{{"editor", "wrong horse battery"}, {"nobody", password}, {"", ""}, {"editor", ""}} {
		res := c.post("/editor/sign-in", "name", wrong[0], "password", wrong[1])
		if res.StatusCode != http.StatusUnprocessableEntity || c.session() != "" || !strings.Contains(res.body, "do not belong together") {
			t.Errorf("%q: got %d\n%s", wrong, res.StatusCode, res.body)
		}
	}
	res = c.post("/editor/sign-in", "name", "EDITOR", "password", password, "next", "/editor/settings?x=1")
	if at := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || at != "/editor/settings?x=1" {
		t.Errorf("got %d to %q\n%s", res.StatusCode, at, res.body)
	}
	if me := c.get("/v1/editor/me"); me.StatusCode != http.StatusOK || !strings.Contains(me.body, `"name":"editor","role":"editor"`) {
		t.Errorf("got %d %s", me.StatusCode, me.body)
	}
	old := c.session()
	if res := c.post("/editor/sign-out"); res.StatusCode != http.StatusSeeOther || c.session() != "" {
		t.Errorf("got %d, session %q", res.StatusCode, c.session())
	}
	if me := c.get("/v1/editor/me", "Cookie", "alsolike="+old); me.StatusCode != http.StatusUnauthorized {
		t.Errorf("the session goes on after signing out: %d", me.StatusCode)
	}
}
