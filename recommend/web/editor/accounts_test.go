package editor_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

// accountJSON is what tests look at of a user or key.
type accountJSON struct {
	Name, Role, ETag, Password, Key, Revoked string
	ID                                       int64
}

// Of two admins who have seen the same user, the second one is told what the first has
// made of him, and nothing is lost.
func TestUsersIfMatch(t *testing.T) {
	s := newSite(t, nil)
	c := s.signedIn(t, account.Admin)
	const path = "/v1/editor/users"
	var list struct{ Users []accountJSON }
	all := c.sendJSON(200, &list, "GET", path, "").Header.Get("ETag")
	var seen, got accountJSON
	res := c.sendJSON(200, &seen, "GET", path+"/EDITOR", "")
	if seen.Name != "editor" || seen.ETag == "" || res.Header.Get("ETag") != seen.ETag || list.Users[1] != seen || seen.Password != "" {
		t.Errorf("got %+v, in the list %+v", seen, list.Users)
	}
	c.sendJSON(200, &got, "PATCH", path+"/editor", `{"role":"viewer"}`, "If-Match", seen.ETag)
	if got.ETag == seen.ETag || got.Role != "viewer" {
		t.Errorf("got %+v", got)
	}
	for _, one := range [][3]string{{"PATCH", "", `{"role":"admin"}`}, {"POST", "/password", ""}, {"DELETE", "", ""}} {
		var p problem
		res := c.sendJSON(412, &p, one[0], path+"/editor"+one[1], one[2], "If-Match", seen.ETag)
		var present accountJSON
		if err := json.Unmarshal(p.Present, &present); err != nil || present != got || res.Header.Get("ETag") != got.ETag || !strings.Contains(p.Detail, `user "editor" has been changed meanwhile; nothing was changed`) {
			t.Errorf("%s: got %+v, %v", one[0], p, err)
		}
	}
	old := got.ETag
	c.sendJSON(200, &got, "POST", path+"/editor/password", "", "If-Match", old)
	if got.ETag == old || got.Password == "" {
		t.Errorf("another password: got %+v", got)
	}
	var p problem
	c.sendJSON(412, &p, "POST", path+"/editor/password", "", "If-Match", old)

	c.sendJSON(412, &p, "POST", path, `{"name":"mei","role":"viewer"}`, "If-Match", all)
	all = c.sendJSON(200, &list, "GET", path, "").Header.Get("ETag")
	res = c.sendJSON(201, &got, "POST", path, `{"name":"mei","role":"viewer"}`, "If-Match", all)
	if res.Header.Get("Location") != path+"/mei" || res.Header.Get("ETag") != got.ETag {
		t.Errorf("got %v", res.Header)
	}
	c.sendJSON(412, &p, "POST", path, `{"name":"ines","role":"viewer"}`, "If-Match", all)
	if res := c.send("DELETE", path+"/mei", "", "", "If-Match", got.ETag); res.StatusCode != http.StatusNoContent {
		t.Errorf("got %d %s", res.StatusCode, res.body)
	}
	c.sendJSON(200, &list, "GET", path, "")
	if len(list.Users) != len(account.Roles) {
		t.Errorf("got %+v", list.Users)
	}
}

// Whoever signs in changes nothing of what admins see changing.
func TestSeenIsNoChange(t *testing.T) {
	s := newSite(t, nil)
	c := s.signedIn(t, account.Admin)
	var list struct{ Users []accountJSON }
	before := c.sendJSON(200, &list, "GET", "/v1/editor/users", "").Header.Get("ETag")
	s.now = s.now.AddDate(0, 0, 1)
	s.signedIn(t, account.Editor).get("/editor/settings")
	if after := c.sendJSON(200, &list, "GET", "/v1/editor/users", "").Header.Get("ETag"); after != before {
		t.Error("the list has another tag because somebody was there")
	}
}

func TestKeysIfMatch(t *testing.T) {
	s := newSite(t, nil)
	c := s.signedIn(t, account.Admin)
	const path = "/v1/editor/keys"
	var list struct{ Keys []accountJSON }
	none := c.sendJSON(200, &list, "GET", path, "").Header.Get("ETag")
	var key, got accountJSON
	res := c.sendJSON(201, &key, "POST", path, `{"name":"the CMS","scopes":["articles:write"]}`, "If-Match", none)
	if res.Header.Get("Location") != path+"/1" || key.Key == "" || key.ETag != res.Header.Get("ETag") {
		t.Errorf("got %+v %v", key, res.Header)
	}
	var p problem
	c.sendJSON(412, &p, "POST", path, `{"name":"other","scopes":["articles:write"]}`, "If-Match", none)
	if _, err := s.store.KeyBySecret(t.Context(), key.Key); err != nil { // using it is no change
		t.Fatal(err)
	}
	c.sendJSON(200, &got, "GET", path+"/1", "")
	if got.ETag != key.ETag || got.Key != "" {
		t.Errorf("got %+v", got)
	}
	c.sendJSON(200, &got, "DELETE", path+"/1", "", "If-Match", key.ETag)
	if got.Revoked == "" || got.ETag == key.ETag {
		t.Errorf("got %+v", got)
	}
	c.sendJSON(412, &p, "DELETE", path+"/1", "", "If-Match", key.ETag)
	var present accountJSON
	if err := json.Unmarshal(p.Present, &present); err != nil || present != got {
		t.Errorf("got %s, %v", p.Present, err)
	}
	c.sendJSON(400, &p, "GET", path+"/x", "")
}

// Of many admins who change one user at once, all with the tag that they saw, one does.
func TestAdminsAtOnce(t *testing.T) {
	s := newSite(t, nil)
	u, _, err := s.store.UserPassword(t.Context(), "editor")
	if err != nil {
		t.Fatal(err)
	}
	c := s.signedIn(t, account.Admin)
	var seen accountJSON
	c.sendJSON(200, &seen, "GET", "/v1/editor/users/"+u.Name, "")
	token := c.csrf()
	const admins = 8
	var statuses [admins]int
	var all sync.WaitGroup
	for i := range admins {
		method, path, body := "PATCH", "/v1/editor/users/editor", fmt.Sprintf(`{"role":%q}`, []account.Role{account.Viewer, account.Admin}[i%2])
		if i >= admins/2 {
			method, path, body = "POST", path+"/password", ""
		}
		r := c.request(method, path, body, "Content-Type", "application/json", "If-Match", seen.ETag, "X-CSRF-Token", token)
		all.Go(func() {
			res, err := c.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			res.Body.Close()
			statuses[i] = res.StatusCode
		})
	}
	all.Wait()
	good := 0
	for _, status := range statuses {
		switch status {
		case http.StatusOK:
			good++
		case http.StatusPreconditionFailed:
		default:
			t.Errorf("got %d", status)
		}
	}
	if good != 1 {
		t.Errorf("%d admins changed the user, want 1: %v", good, statuses)
	}
}

// tagOnPage is the tag that the forms of a page carry about whoever has that value.
func tagOnPage(t *testing.T, page, field, value string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + field + `" value="` + regexp.QuoteMeta(value) + `"><input type="hidden" name="tag" value="([^"]+)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no form about %s carries a tag\n%s", value, page)
	}
	tag, err := url.PathUnescape(strings.ReplaceAll(m[1], "&#34;", `"`))
	if err != nil {
		t.Fatal(err)
	}
	return tag
}

// The forms of a page that is not up to date change nothing, and say so.
func TestFormsOfTwoAdmins(t *testing.T) {
	s := newSite(t, nil)
	one, two := s.signedIn(t, account.Admin), s.signedIn(t, account.Admin)
	two.post("/editor/language", "lang", "zh-Hans")
	users := two.get("/editor/settings/users").body
	tag := tagOnPage(t, users, "name", "editor")
	if page := one.done(one.post("/editor/settings/users/role", "name", "editor", "tag", tag, "role", "viewer")); !strings.Contains(page, "editor has the role Viewer") {
		t.Errorf("got\n%s", page)
	}
	for _, form := range []string{"role", "password", "remove"} {
		page := two.done(two.post("/editor/settings/users/"+form, "name", "editor", "tag", tag, "role", "admin"))
		if !strings.Contains(page, "editor 的账号刚被别人更改，你的操作没有执行。") {
			t.Errorf("%s: got\n%s", form, page)
		}
	}
	if u, _, err := s.store.UserPassword(t.Context(), "editor"); err != nil || u.Role != account.Viewer {
		t.Errorf("got %+v, %v", u, err)
	}
	tag = tagOnPage(t, two.get("/editor/settings/users").body, "name", "editor")
	if page := two.done(two.post("/editor/settings/users/remove", "name", "editor", "tag", tag)); !strings.Contains(page, "editor 已移除") {
		t.Errorf("got\n%s", page)
	}

	if _, _, err := s.store.AddKey(t.Context(), "the CMS", data.WriteArticles); err != nil {
		t.Fatal(err)
	}
	tag = tagOnPage(t, two.get("/editor/settings/keys").body, "id", "1")
	one.done(one.post("/editor/settings/keys/revoke", "id", "1", "tag", tag))
	if page := two.done(two.post("/editor/settings/keys/revoke", "id", "1", "tag", tag)); !strings.Contains(page, "the CMS 的密钥刚被别人吊销") {
		t.Errorf("got\n%s", page)
	}
}
