package editor_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

// done follows a form to the page that says what was done.
func (c *client) done(res response) string {
	c.t.Helper()
	if res.StatusCode != http.StatusSeeOther {
		c.t.Fatalf("%s %s: got %d\n%s", res.Request.Method, res.Request.URL.Path, res.StatusCode, res.body)
	}
	return html.UnescapeString(c.get(res.Header.Get("Location")).body)
}

// secret is what a page shows this once.
func secret(page string) string {
	if m := regexp.MustCompile(`<p class="secret"><code>([^<]*)</code>`).FindStringSubmatch(page); m != nil {
		return m[1]
	}
	return ""
}

func TestUsersPage(t *testing.T) {
	s := newSite(t, nil)
	admin := s.signedIn(t, account.Admin)
	page := admin.done(admin.post("/editor/settings/users", "name", " 陈晓 ", "role", "viewer"))
	password := secret(page)
	if password == "" || !strings.Contains(page, "陈晓 may sign in") {
		t.Fatalf("the page shows no password\n%s", page)
	}
	if again := admin.get("/editor/settings/users").body; strings.Contains(again, password) || !strings.Contains(again, "陈晓") {
		t.Error("the password is shown again, or the user is not")
	}
	c := s.newClient(t)
	if res := c.post("/editor/sign-in", "name", "陈晓", "password", password); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("the new user cannot sign in: %d", res.StatusCode)
	}
	if page := c.get("/editor/settings").body; strings.Contains(page, "/editor/settings/users") || !strings.Contains(page, "/editor/settings/configuration") {
		t.Error("a viewer is shown the way to the users, or not the way to the configuration")
	}
	if res := c.get("/editor/settings/users"); res.StatusCode != http.StatusForbidden || !strings.Contains(res.body, "needs the role Admin; yours is Viewer") {
		t.Errorf("got %d\n%s", res.StatusCode, res.body)
	}
	if page := admin.done(admin.post("/editor/settings/users/role", "name", "陈晓", "role", "admin")); !strings.Contains(page, "陈晓 has the role Admin from now on.") {
		t.Errorf("got\n%s", page)
	}
	if res := c.get("/editor/settings/users"); res.StatusCode != http.StatusOK {
		t.Errorf("as admin: got %d", res.StatusCode)
	}
	if next := secret(admin.done(admin.post("/editor/settings/users/password", "name", "陈晓"))); next == "" || next == password {
		t.Errorf("the new password is %q", next)
	}
	if res := c.get("/editor/settings"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("signed out: got %d", res.StatusCode)
	}
	if page := admin.done(admin.post("/editor/settings/users/remove", "name", "陈晓")); !strings.Contains(page, "陈晓 is removed") {
		t.Errorf("got\n%s", page)
	}
	if page := admin.done(admin.post("/editor/settings/users/remove", "name", "陈晓")); !strings.Contains(page, "There is no such user any more.") {
		t.Errorf("got\n%s", page)
	}
	for _, path := range []string{"/role", "/password", "/remove"} {
		if res := admin.post("/editor/settings/users"+path, "name", "ADMIN", "role", "viewer"); res.StatusCode != http.StatusConflict {
			t.Errorf("%s of oneself: got %d", path, res.StatusCode)
		}
	}
	for name, want := range map[string]int{"Editor": http.StatusConflict, "two words": http.StatusUnprocessableEntity, "": http.StatusUnprocessableEntity} {
		if res := admin.post("/editor/settings/users", "name", name, "role", "viewer"); res.StatusCode != want || !strings.Contains(res.body, `role="alert"`) {
			t.Errorf("%q: got %d, want %d", name, res.StatusCode, want)
		}
	}
}

func TestPasswordPage(t *testing.T) {
	s := newSite(t, nil)
	c, other := s.signedIn(t, account.Editor), s.signedIn(t, account.Editor)
	const fresh = "five electric cranes"
	for problem, form := range map[string][3]string{
		"The present password is another one.":            {"wrong horse battery", fresh, fresh},
		"The new password was not the same both times.":   {password, fresh, fresh + "!"},
		"Choose another password: at least 10 characters": {password, "short", "short"},
	} {
		res := c.post("/editor/settings/password", "present", form[0], "new", form[1], "again", form[2])
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(res.body, problem) {
			t.Errorf("%s: got %d\n%s", problem, res.StatusCode, res.body)
		}
	}
	if page := c.done(c.post("/editor/settings/password", "present", password, "new", fresh, "again", fresh)); !strings.Contains(page, "Your password is changed.") {
		t.Errorf("got\n%s", page)
	}
	if res := other.get("/editor/settings"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the other browser is still signed in: %d", res.StatusCode)
	}
	if res := s.newClient(t).post("/editor/sign-in", "name", "editor", "password", fresh); res.StatusCode != http.StatusSeeOther {
		t.Errorf("signing in with the new password: got %d", res.StatusCode)
	}
	for i := range account.FailuresOfName + 1 {
		res := c.post("/editor/settings/password", "present", fmt.Sprint("guess number ", i), "new", fresh, "again", fresh)
		if wait := strings.Contains(res.body, "too many attempts"); wait != (i == account.FailuresOfName) {
			t.Errorf("guess %d: got %d\n%s", i, res.StatusCode, res.body)
		}
	}
}

func TestSessionsOnSettings(t *testing.T) {
	s := newSite(t, nil)
	c, other := s.signedIn(t, account.Viewer), s.signedIn(t, account.Viewer)
	if page := c.get("/editor/settings").body; strings.Count(page, "<li><strong>") != 2 {
		t.Errorf("the page does not show two sessions\n%s", page)
	}
	if page := c.done(c.post("/editor/settings/sessions")); strings.Count(page, "<li><strong>") != 1 {
		t.Errorf("the page does not show one session\n%s", page)
	}
	if res := other.get("/editor/settings"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the other browser is still signed in: %d", res.StatusCode)
	}
}

func TestKeysPage(t *testing.T) {
	s := newSite(t, nil)
	admin := s.signedIn(t, account.Admin)
	key := secret(admin.done(admin.post("/editor/settings/keys", "name", "the dashboard", "scope", "editor:read")))
	program := s.newClient(t)
	if res := program.get("/v1/editor/me", "Authorization", "Bearer "+key); res.StatusCode != http.StatusOK || !strings.Contains(res.body, `"role":"viewer"`) {
		t.Errorf("with the key: got %d %s", res.StatusCode, res.body)
	}
	if page := admin.done(admin.post("/editor/settings/keys/revoke", "id", "1")); !strings.Contains(page, "The key of the dashboard is revoked.") {
		t.Errorf("got\n%s", page)
	}
	if res := program.get("/v1/editor/me", "Authorization", "Bearer "+key); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("with the revoked key: got %d", res.StatusCode)
	}
	if page := admin.done(admin.post("/editor/settings/keys/revoke", "id", "99")); !strings.Contains(page, "There is no such key.") {
		t.Errorf("got\n%s", page)
	}
	for _, form := range [][]string{{"name", "", "scope", "editor:read"}, {"name", "x", "scope", "everything"}} {
		if res := admin.post("/editor/settings/keys", form...); res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%q: got %d", form, res.StatusCode)
		}
	}
}

func TestConfigurationPage(t *testing.T) {
	s := newSite(t, func(c *editor.Config) {
		c.Settings = []editor.Setting{{Name: "list.threshold", Value: "73", Default: "0", Effect: "lowest score"}, {Name: "lsa.rank", Default: "256", Effect: "dimensions"}}
	})
	page := s.signedIn(t, account.Viewer).get("/editor/settings/configuration").body
	given, rest, ok := strings.Cut(page, `id="default"`)
	if !ok || !strings.Contains(given, "list.threshold") || !strings.Contains(given, ">73<") || strings.Contains(given, "lsa.rank") || !strings.Contains(rest, "lsa.rank") {
		t.Errorf("got\n%s", page)
	}
}

// The configuration is told in the reader's language, but for what has no texts.
func TestConfigurationInChinese(t *testing.T) {
	s := newSite(t, func(c *editor.Config) {
		c.Settings = []editor.Setting{
			{Name: "heading.fr", Value: "À lire", Default: "none", Effect: "the words over a list in that language"},
			{Name: "list.threshold", Default: "0", Effect: "lowest score, 0 to 100, that a link may have"},
			{Name: "list.max_age", Default: "off", Effect: "nothing published longer ago is linked, such as 400d or 52w, unless it is evergreen"},
			{Name: "lsa.seed", Default: "1", Effect: "another English than the texts have"},
		}
	})
	c := s.signedIn(t, account.Viewer)
	for lang, want := range map[string][]string{
		"en":      {"<span>off</span>", "<span>lowest score,", "<span>another English"},
		"zh-Hans": {"<span>该语言列表上方的标题</span>", "<span>无</span>", "<span>0</span>", "<span>链接的最低分数，0 至 100</span>", "off（关闭）", `<span lang="en">another English`},
		"zh-Hant": {"<span>連結的最低分數，0 至 100</span>", "off（關閉）"},
	} {
		c.post("/editor/language", "lang", lang)
		page := c.get("/editor/settings/configuration").body
		for _, part := range want {
			if !strings.Contains(page, part) {
				t.Errorf("%s: no %q in\n%s", lang, part, page)
			}
		}
	}
}

// The pages are in the language that the browser asks for, and in the one that is
// chosen, before and after signing in.
func TestLanguage(t *testing.T) {
	s := newSite(t, nil)
	c := s.newClient(t)
	if page := c.get("/editor/sign-in", "Accept-Language", "zh-TW").body; !strings.Contains(page, `<html lang="zh-Hant">`) || !strings.Contains(page, "登入") {
		t.Errorf("got\n%s", page)
	}
	c.post("/editor/language", "lang", "zh-Hans")
	c.post("/editor/language", "lang", "xx")
	if page := c.get("/editor/sign-in", "Accept-Language", "en").body; !strings.Contains(page, `<html lang="zh-Hans">`) {
		t.Errorf("got\n%s", page)
	}
	if res := c.post("/editor/sign-in", "name", "editor", "password", "wrong"); !strings.Contains(res.body, "用户名或密码不正确。") {
		t.Errorf("got\n%s", res.body)
	}
}
