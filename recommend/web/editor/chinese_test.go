package editor_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/recommend/web/browsertest"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

// saidIn are the attributes of which people read the values.
var saidIn = []string{"aria-label", "title", "placeholder", "alt", "data-label"}

// english lists what people read in Latin letters on a page which is in another
// language. What is marked as being in a
// language of its own, code, and what two texts share is passed over; names are what
// may be read everywhere, and literals, as files have them, may stand within sentences.
func english(t *testing.T, page string, names names) (found []string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	look := func(text string) {
		rest := names.long.Replace(snapshotID.ReplaceAllString(sharedWords.ReplaceAllString(text, ""), ""))
		if han.MatchString(rest) {
			rest = literals.ReplaceAllString(rest, "")
		}
		rest = names.short.Replace(rest)
		if latinWord.MatchString(rest) {
			found = append(found, strings.Join(strings.Fields(text), " "))
		}
	}
	own := attr(all(t, page, "html", "lang")[0], "lang")
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			lang := attr(n, "lang")
			if slices.Contains([]string{"script", "style", "code", "pre", "blockquote"}, n.Data) || lang != "" && lang != own ||
				slices.Contains([]string{"terms", "rows settings"}, attr(n, "class")) { // for the latter see CheckSettings
				return
			}
			for _, name := range saidIn {
				look(attr(n, name))
			}
		}
		if n.Type == html.TextNode {
			look(n.Data)
		}
		for child := range n.ChildNodes() {
			walk(child)
		}
	}
	walk(doc)
	return found
}

var (
	snapshotID = regexp.MustCompile(`[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}`)
	han        = regexp.MustCompile(`\p{Han}`)
	latinWord  = regexp.MustCompile(`[A-Za-z]{2,}`)
	literals   = regexp.MustCompile(`\b(articles:write|editor:(read|write)|article|target|action|position|strength|from|until|lang|placement|note|author|enabled|pin|hide|boost|bury|off|true|false|` +
		`override|rule|snapshot|user|key|role|scope|id|since|before|kind|show|viewer|editor|admin|zh-Han[st]|pt-BR)\b`)
	sharedWords = regexp.MustCompile(`(同一主[题題]|相[关關]主[题題])：[^；]*`) // the terms of a reason are as the article has them
)

// names take out of a text what somebody wrote: the long ones first, in which there may be
// words that are something else elsewhere.
type names struct{ long, short *strings.Replacer }

// namesIn are those of a newsroom, and some more.
func namesIn(more ...string) names {
	list := slices.Concat(more, []string{
		"alsolike.yaml", "alsolike", "CSV", "ID", "UTC", "Go-http-client/1.1", "English", "viewer", "editor", "admin", "foot",
	})
	for _, a := range sample.Articles() {
		list = append(list, data.PlainText(a.Title), string(a.ID), a.Section, string(a.Lang))
		list = append(list, a.Authors...)
		list = append(list, a.Tags...)
	}
	slices.SortStableFunc(list, func(a, b string) int { return len(b) - len(a) })
	var long, short []string
	for _, name := range list {
		switch {
		case name == "":
		case strings.ContainsAny(name, " /"):
			long = append(long, name, "")
		default:
			short = append(short, name, "")
		}
	}
	return names{strings.NewReplacer(long...), strings.NewReplacer(short...)}
}

// importFile sends a file by the form of the page History.
func (c *client) importFile(name, content string) response {
	c.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("csrf", c.csrf()); err != nil {
		c.t.Fatal(err)
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := part.Write([]byte(content)); err != nil {
		c.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		c.t.Fatal(err)
	}
	return c.do(c.request(http.MethodPost, "/editor/history/import", body.String(), "Content-Type", form.FormDataContentType()))
}

// Whoever reads the pages in Chinese meets no English on them, but for what somebody has
// written: not where something is wrong either.
func TestNoEnglishOnChinesePages(t *testing.T) {
	for _, lang := range []string{"zh-Hans", "zh-Hant"} {
		t.Run(lang, func(t *testing.T) { walkChinesePages(t, lang) })
	}
}

func walkChinesePages(t *testing.T, lang string) {
	n := attention(t)
	c := n.signedIn(t, account.Admin)
	c.post("/editor/language", "lang", lang)
	names := namesIn("Obituary", "silent", "overrides.csv", "bad.csv", "the CMS", "mei", "Zoë", "note of mei", "soon", "much", "one", "crane", "nowhere", "Five electric cranes <1.", "en/more-1-", "Harbour")
	check := func(what string, res response, status int) {
		t.Helper()
		if res.StatusCode != status {
			t.Errorf("%s: got %d, want %d\n%s", what, res.StatusCode, status, res.body)
			return
		}
		if !strings.Contains(res.body, `<html lang="`+lang+`"`) {
			t.Errorf("%s is not in %s", what, lang)
		}
		for _, one := range english(t, res.body, names) {
			t.Errorf("%s says %q", what, one)
		}
	}
	page := func(path string) { t.Helper(); check(path, c.get(path), http.StatusOK) }
	// does is a form that does something, and the page after it.
	does := func(path string, fields ...string) {
		t.Helper()
		res := c.post(path, fields...)
		if res.StatusCode != http.StatusSeeOther {
			t.Errorf("%s %q: got %d\n%s", path, fields, res.StatusCode, res.body)
			return
		}
		at := res.Header.Get("Location")
		check(path+" "+strings.Join(fields, " "), c.get(at), http.StatusOK)
	}
	refuses := func(status int, path string, fields ...string) {
		t.Helper()
		check(path+" "+strings.Join(fields, " "), c.post(path, fields...), status)
	}

	check("clicks that nobody counts", c.get("/editor/articles?show=most-clicked"), http.StatusBadRequest)

	// Users, keys and one's own account.
	does("/editor/settings/users", "name", "mei", "role", "viewer")
	does("/editor/settings/users/role", "name", "mei", "role", "editor")
	does("/editor/settings/users/role", "name", "mei", "role", "viewer", "tag", "old")
	does("/editor/settings/users/password", "name", "mei")
	does("/editor/settings/users/remove", "name", "mei")
	does("/editor/settings/users/remove", "name", "mei")
	refuses(http.StatusUnprocessableEntity, "/editor/settings/users", "name", "two words", "role", "viewer")
	refuses(http.StatusUnprocessableEntity, "/editor/settings/users", "name", "mei", "role", "boss")
	refuses(http.StatusConflict, "/editor/settings/users", "name", "Editor", "role", "viewer")
	refuses(http.StatusConflict, "/editor/settings/users/remove", "name", "admin")
	refuses(http.StatusBadRequest, "/editor/settings/users/role", "name", "editor", "role", "boss")
	does("/editor/settings/keys", "name", "the CMS", "scope", "articles:write")
	does("/editor/settings/keys/revoke", "id", "1", "tag", "old")
	does("/editor/settings/keys/revoke", "id", "1")
	does("/editor/settings/keys/revoke", "id", "99")
	refuses(http.StatusUnprocessableEntity, "/editor/settings/keys", "name", "", "scope", "articles:write")
	refuses(http.StatusUnprocessableEntity, "/editor/settings/keys", "name", "the CMS", "scope", "everything")
	refuses(http.StatusBadRequest, "/editor/settings/keys/revoke", "id", "x")
	for _, form := range [][3]string{{"wrong horse battery", "a", "a"}, {password, "five electric cranes", "other"}, {password, "short", "short"}} {
		refuses(http.StatusUnprocessableEntity, "/editor/settings/password", "present", form[0], "new", form[1], "again", form[2])
	}
	does("/editor/settings/sessions")

	// An article's list, and all that may be wrong with a change to it.
	article := "/editor/articles/article"
	act := func(do string, more ...string) {
		t.Helper()
		p := c.openArticle(cranes)
		does(article, append(append(p.hidden("state", "id"), "do", do), more...)...)
	}
	fails := func(do string, more ...string) {
		t.Helper()
		p := c.openArticle(cranes)
		refuses(http.StatusUnprocessableEntity, article, append(append(p.hidden("state", "id"), "do", do), more...)...)
	}
	old := c.openArticle(cranes).hidden("state", "id")
	act("move 2 en/ships-at-anchor", "note", "note of mei")
	act("pin en/sixty-seven-and-a-half", "position", "1", "from", "2030-01-01T10:00", "hold", "1d")
	act("hide en/empty-containers")
	act("hide-everywhere en/a-bench-for-grandmothers")
	act("weigh 1 en/ships-at-anchor", "strength-1", "2.5", "only", "foot")
	act("weigh 1 en/ships-at-anchor", "strength-1", "0.5")
	check("a change that comes too late", c.post(article, append(old, "do", "hide en/ships-at-anchor")...), http.StatusConflict)
	fails("pin en/ships-at-anchor", "position", "0")
	fails("pin en/ships-at-anchor", "position", "one")
	fails("weigh 1 en/ships-at-anchor", "strength-1", "much")
	fails("weigh 1 en/ships-at-anchor", "strength-1", "11")
	fails("weigh 1 en/ships-at-anchor", "strength-1", "0.95")
	fails("hide " + cranes)
	fails("hide nobody")
	fails("hide en/ships-at-anchor", "from", "2030-01-02T10:00", "until", "2030-01-01T10:00")
	fails("hide en/ships-at-anchor", "from", "soon")
	fails("hide en/ships-at-anchor", "hold", "9d")
	fails("hide en/ships-at-anchor", "note", strings.Repeat("note of mei", 1000))
	fails("hide en/ships-at-anchor", "only", "nowhere")
	fails("remove 999")
	fails("dance")
	does(article+"/undo", "id", cranes)
	act("off")
	page(article + "?id=" + cranes)
	page(article + "?id=" + cranes + "&q=crane&placement=foot")
	page(article + "?id=silent")
	page(article + "?id=en/nineteen-seats")
	check("no such place", c.get(article+"?id="+cranes+"&placement=nowhere"), http.StatusBadRequest)
	check("no such article", c.get(article+"?id=nobody"), http.StatusNotFound)

	// Overrides by file, and the history of all that.
	check("a file", c.importFile("overrides.csv", "article,target,action,position,strength,from,until,lang,placement,note,author,enabled\n"+
		"nobody,en/ships-at-anchor,hide,,,,,,,,,\n"+
		cranes+",en/ships-at-anchor,boost,,11,,,,,,,\n"+cranes+",en/ships-at-anchor,pin,0,,,,,,,,\n"+cranes+",,hide,,,,,,,,,\n"+
		cranes+",en/ships-at-anchor,dance,,,,,,,,,\n"+cranes+",en/ships-at-anchor,hide,,,soon,,,,,,\n"+cranes+",en/ships-at-anchor,hide,,,2030-01-02,2030-01-01,,,,,\n"+
		cranes+",en/ships-at-anchor,hide,,,,,klingon!,,,,\n"+cranes+",en/ships-at-anchor,hide,,,,,,,,,maybe\n"+cranes+",en/ships-at-anchor\n"+
		cranes+",\"en\"ships,hide\n"), http.StatusOK)
	check("a file without a header", c.importFile("bad.csv", "a,b\nc,d\n"), http.StatusOK)
	check("no file", c.importFile("overrides.csv", ""), http.StatusUnprocessableEntity)
	page("/editor/history")
	page("/editor/history?kind=user")
	page("/editor/history?kind=override&author=admin&article=nothing")
	for _, query := range []string{"?since=soon", "?until=soon", "?kind=dance", "?before=x"} {
		check("/editor/history"+query, c.get("/editor/history"+query), http.StatusBadRequest)
	}
	refuses(http.StatusNotFound, "/editor/history/999/revert")

	page("/editor/articles")
	page("/editor/articles?q=nothing-like-it")
	for _, show := range []string{"no-links", "not-linked", "most-linked", "overridden", "duplicates", "series", "provisional"} {
		page("/editor/articles?show=" + show)
	}
	check("no such filter", c.get("/editor/articles?show=dance"), http.StatusBadRequest)

	// What a refresh changes.
	id := n.refreshed(t, 1)
	page("/editor/today")
	c.reviewed(id)
	page("/editor/changes?snapshot=" + id)
	for _, do := range []string{"hold", "release", "except", "publish", "rollback"} {
		p := c.reviewed("")
		does("/editor/changes", append(p.hidden("revision", "snapshot"), "do", do)...)
	}
	p := c.reviewed(id)
	refuses(http.StatusBadRequest, "/editor/changes", append(p.hidden("revision", "snapshot"), "do", "dance")...)
	refuses(http.StatusConflict, "/editor/changes", "revision", "old", "snapshot", id, "do", "publish")
	check("no such refresh", c.get("/editor/changes?snapshot=nothing"), http.StatusNotFound)
	page("/editor/changes")
	page("/editor/history?kind=snapshot")

	for _, a := range all(t, c.get("/editor/today").body, "a", "href") { // the navigation
		if path := attr(a, "href"); strings.HasPrefix(path, "/editor/") && !strings.Contains(path, "?") {
			page(path)
		}
	}
	page("/editor/settings/users")
	page("/editor/settings/keys")
	page("/editor/settings/configuration")
	page("/editor/rules/new")
	check("no such page", c.get("/editor/nothing"), http.StatusNotFound)
	check("no such method", c.post("/editor/today"), http.StatusNotFound)
	check("without a token", c.do(c.request(http.MethodPost, "/editor/settings/sessions", "")), http.StatusForbidden)
	check("from elsewhere", c.do(c.request(http.MethodPost, "/editor/settings/sessions", "", "Sec-Fetch-Site", "cross-site")), http.StatusForbidden)
	check("too long", c.do(c.request(http.MethodPost, "/editor/settings/sessions", strings.Repeat("x", 100<<10), "Content-Type", "application/x-www-form-urlencoded")), http.StatusRequestEntityTooLarge)

	viewer := n.signedIn(t, account.Viewer)
	viewer.post("/editor/language", "lang", lang)
	check("what a viewer may not", viewer.post("/editor/settings/users", "name", "mei"), http.StatusForbidden)
	stranger := n.newClient(t)
	stranger.post("/editor/language", "lang", lang)
	check("signing in", stranger.get("/editor/sign-in"), http.StatusOK)
	for range account.FailuresOfName {
		check("a wrong password", stranger.post("/editor/sign-in", "name", "editor", "password", "wrong"), http.StatusUnprocessableEntity)
	}
	check("too many of them", stranger.post("/editor/sign-in", "name", "editor", "password", "wrong"), http.StatusTooManyRequests)

	empty := newSite(t, func(c *editor.Config) { c.Links, c.Changes = n.links, nil })
	e := empty.signedIn(t, account.Admin)
	e.post("/editor/language", "lang", lang)
	check("a history of nothing", e.get("/editor/history?author=nobody"), http.StatusOK)
}

// What was done to users and keys is told in Chinese by what was there before and after, and a file's errors by the fields that they are about.
func TestChineseSentences(t *testing.T) {
	n := newNewsroom(t)
	c := n.signedIn(t, account.Admin)
	c.post("/editor/settings/users/role", "name", "viewer", "role", "editor")
	c.post("/editor/settings/keys", "name", "the CMS", "scope", "editor:read")
	for _, note := range []string{"as agreed", "for the fair"} {
		if _, err := n.store.AddRule(t.Context(), data.Rule{Action: data.Hide, Target: cranes, Note: note}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := n.store.ChangeRule(t.Context(), 1, func(r data.Rule) (*data.Rule, error) {
		r.MaxPerAuthor, r.Note = 1, ""
		return &r, nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := n.store.MoveRule(t.Context(), 2, 1); err != nil {
		t.Fatal(err)
	}
	c.post("/editor/language", "lang", "zh-Hans")
	page := c.get("/editor/history").body
	var rows []string
	for _, row := range all(t, page, "tr", "id") {
		rows = append(rows, text(row))
	}
	for _, want := range [][]string{
		{"新增", "密钥", "the CMS"},
		{"修改 viewer，角色：编辑"},
		{"新增 在所有文章下方：不显示指向《Five electric cranes", "备注", "for the fair"},
		{"修改 在所有文章下方", "同一作者最多 1 条", "之前在所有文章下方：不显示指向《Five electric cranes", "as agreed"},
		{"移动 规则顺序：2, 1"},
		{"新增 admin，角色：管理员"},
	} {
		if !slices.ContainsFunc(rows, func(row string) bool {
			return !slices.ContainsFunc(want, func(part string) bool { return !strings.Contains(row, part) })
		}) {
			t.Errorf("no row says %q: %q", want, rows)
		}
	}
	report := c.importFile("bad.csv", "article,target,action,strength\n"+cranes+",en/ships-at-anchor,boost,11\nnobody,en/ships-at-anchor,hide,\n"+cranes+"\n").body
	for _, want := range []string{"strength：boost 为 1 至 10", "没有这篇文章。", "格式有误"} {
		if !strings.Contains(report, want) {
			t.Errorf("the report has no %q\n%s", want, report)
		}
	}
	c.post("/editor/language", "lang", "en")
	if page := c.get("/editor/history").body; !strings.Contains(page, "viewer, role Editor") {
		t.Errorf("in English the history does not say so\n%s", page)
	}
}

// The history and the report of a file fit and are accessible in Chinese.
func TestChineseInABrowser(t *testing.T) {
	n := newNewsroom(t)
	id := n.refreshed(t, 1)
	if res := n.signedIn(t, account.Editor).reviewed(id).decide("publish", "note", "looked at it"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("got %d\n%s", res.StatusCode, res.body)
	}
	file := filepath.Join(t.TempDir(), "overrides.csv")
	if err := os.WriteFile(file, []byte("article,target,action,strength\n"+cranes+",en/ships-at-anchor,boost,11\nnobody,en/ships-at-anchor,hide,\n"+cranes+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := browsertest.Open(t, n.URL)
	b.Do(t, widths[0].set, chromedp.Navigate(n.URL+"/editor/sign-in"))
	b.Follow(t, ".languages [lang=zh-Hans]")
	signIn(t, b, n, "admin")
	b.Do(t, chromedp.Navigate(n.URL+"/editor/history"))
	picture(t, b, "editor-history-zh-Hans")
	b.Do(t, chromedp.EmulateViewport(320, 256)) // as 1280 px at 400 %
	b.CheckFits(t)
	b.Do(t, widths[0].set, chromedp.SetUploadFiles(chromedp.CSS("[name=file]"), []string{file}))
	b.Follow(t, "[action='/editor/history/import'] .primary")
	b.Wait(t, `document.body.innerText.includes("strength：boost 为 1 至 10")`)
	picture(t, b, "editor-import-zh-Hans")
	b.Do(t, chromedp.EmulateViewport(320, 256))
	b.CheckFits(t)
	checkFaults(t, b)
}

// What is wrong with a refresh is for whoever runs the server, in his words.
func TestTroubleOnTheChinesePage(t *testing.T) {
	n := newNewsroom(t)
	c := n.signedIn(t, account.Viewer)
	id := n.refreshed(t, 1)
	if err := n.dir.Publish(id); err != nil {
		t.Fatal(err)
	}
	damaged, err := filepath.Glob(filepath.Join(n.folder, id, "*.bin"))
	if err != nil || len(damaged) == 0 {
		t.Fatalf("%v, %v", damaged, err)
	}
	if err := os.Truncate(damaged[0], 0); err != nil {
		t.Fatal(err)
	}
	if err := n.engine.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.post("/editor/language", "lang", "zh-Hans")
	page := c.get("/editor/today").body
	if !strings.Contains(page, `请将以下信息转告服务器管理员： <code lang="en">`) || !strings.Contains(page, id) {
		t.Errorf("the page does not tell of the damage\n%s", page)
	}
	for _, one := range english(t, page, namesIn()) {
		t.Errorf("the page says %q", one)
	}
}

// What a change to a list may not be is said before anything is stored.
func TestBadChangesOfAList(t *testing.T) {
	n := newNewsroom(t)
	c := n.signedIn(t, account.Editor)
	for want, fields := range map[string][]string{
		"“11” is no weight; write 1 to 10":         {"do", "weigh 1 en/ships-at-anchor", "strength-1", "11"},
		"“0.95” is no weight":                      {"do", "weigh 1 en/ships-at-anchor", "strength-1", "0.95"},
		"“NaN” is no weight":                       {"do", "weigh 1 en/ships-at-anchor", "strength-1", "NaN"},
		"The end has to come after the beginning.": {"do", "hide en/ships-at-anchor", "from", "2030-01-02T10:00", "until", "2030-01-02T10:00"},
		"There is no place called “nowhere”.":      {"do", "hide en/ships-at-anchor", "only", "nowhere"},
		"target is the article itself":             {"do", "hide " + cranes},
		"note is longer than 10000 bytes":          {"do", "hide en/ships-at-anchor", "note", strings.Repeat("why ", 3000)},
	} {
		p := c.openArticle(cranes)
		res := p.post("/editor/articles/article", append(p.hidden("state", "id"), fields...)...)
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(res.body, want) {
			t.Errorf("%s: got %d\n%s", want, res.StatusCode, res.body)
		}
	}
	if all, err := n.store.Overrides(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("stored are %v, %v", all, err)
	}
}
