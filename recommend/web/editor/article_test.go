package editor_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sample"
)

// An editorPage is the page about an article as a browser without script has it.
type editorPage struct {
	*client
	id, body string
}

func (c *client) openArticle(id string) *editorPage {
	c.t.Helper()
	res := c.get("/editor/articles/article?id=" + strings.ReplaceAll(id, "/", "%2F"))
	if res.StatusCode != 200 {
		c.t.Fatalf("%s: %d\n%s", id, res.StatusCode, res.body)
	}
	return &editorPage{c, id, res.body}
}

// press sends the form by the button of that label.
func (p *editorPage) press(label string, more ...string) response {
	p.t.Helper()
	i := slices.IndexFunc(all(p.t, p.body, "button", "name"), func(b *html.Node) bool { return attr(b, "aria-label") == label || text(b) == label })
	if i < 0 {
		p.t.Fatalf("no button %q", label)
	}
	fields := append(p.hidden("state", "id", "placement"), "do", attr(all(p.t, p.body, "button", "name")[i], "value"))
	return p.post("/editor/articles/article", append(fields, more...)...)
}

// hidden is the values of the hidden fields of those names.
func (p *editorPage) hidden(names ...string) (fields []string) {
	for _, name := range names {
		value := ""
		for _, input := range all(p.t, p.body, "input", "name") {
			if attr(input, "name") == name {
				value = attr(input, "value")
			}
		}
		fields = append(fields, name, value)
	}
	return fields
}

// rows are the links that the page shows, as ids.
func (p *editorPage) rows() (ids []string) {
	for _, li := range all(p.t, p.body, "li", "data-id") {
		ids = append(ids, attr(li, "data-id"))
	}
	return ids
}

const cranes = "en/harbour-cranes"

func TestArticleShowsWhatReadersGet(t *testing.T) {
	n := newNewsroom(t)
	p := n.signedIn(t, "viewer").openArticle(cranes)
	if got, want := p.rows(), n.list(t, cranes); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if buttons := all(t, p.body, "button", "value"); slices.ContainsFunc(buttons, func(b *html.Node) bool { return attr(b, "name") == "do" }) {
		t.Error("a viewer has buttons to change the list")
	}
	for _, want := range []string{"Same subject", "Without editors it would be number 1.", "<mark>", "zh-Hans", "foot", "What would come next"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	// Reasons are in the language of the interface; what the articles share is in theirs.
	p.post("/editor/language", "lang", "zh-Hans")
	if body := p.openArticle(cranes).body; !strings.Contains(body, "<p>同一主题：") || strings.Contains(body, "Same subject") {
		t.Errorf("the reasons are not in Chinese\n%s", body)
	}
	p.post("/editor/language", "lang", "en")
	if res := p.get("/editor/articles/article?id=none"); res.StatusCode != 404 {
		t.Errorf("an unknown article: %d", res.StatusCode)
	}
	if res := p.get("/editor/articles/article?placement=none&id=" + cranes); res.StatusCode != 400 {
		t.Errorf("an unknown placement: %d", res.StatusCode)
	}
	if res := p.get("/editor/articles/article?placement=foot&id=" + cranes); strings.Count(res.body, "data-id=") != 3 {
		t.Errorf("the list at the foot has %d links", strings.Count(res.body, "data-id="))
	}
	if res := p.post("/editor/articles/article", "id", cranes, "do", "off"); res.StatusCode != 403 {
		t.Errorf("a viewer changes the list: %d", res.StatusCode)
	}
}

func TestChanges(t *testing.T) {
	n := newNewsroom(t)
	c := n.signedIn(t, "editor")
	before := n.list(t, cranes)
	title := func(id string) string {
		a, err := n.store.Article(t.Context(), data.ArticleID(id))
		if err != nil {
			t.Fatal(err)
		}
		return a.Title
	}
	press := func(label string, more ...string) *editorPage {
		t.Helper()
		res := c.openArticle(cranes).press(label, more...)
		if res.StatusCode != 303 {
			t.Fatalf("%s: %d\n%s", label, res.StatusCode, res.body)
		}
		return c.openArticle(cranes)
	}
	last := func() data.Override {
		t.Helper()
		all, err := n.store.Overrides(t.Context())
		if err != nil || len(all) == 0 {
			t.Fatalf("%v, %v", all, err)
		}
		return all[len(all)-1]
	}
	undo := func() {
		t.Helper()
		if res := c.post("/editor/articles/article/undo", "id", cranes); res.StatusCode != 303 {
			t.Fatalf("undo: %d\n%s", res.StatusCode, res.body)
		}
	}
	check := func(step string, want ...string) {
		t.Helper()
		if got := n.list(t, cranes); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", step, got, want)
		}
	}
	third := fmt.Sprintf("“%s”", title(before[2]))

	p := press("Move "+third+" up", "note", "the better <one>")
	check("up", before[0], before[2], before[1], before[3], before[4])
	o := last()
	if o.Author != "editor" || o.Note != "the better <one>" || !o.Until.Equal(n.now.AddDate(0, 0, 7)) || o.Position != 2 {
		t.Errorf("the pin is %+v", o)
	}
	if !strings.Contains(p.body, "is pinned at position 2.") || !strings.Contains(p.body, "the better &lt;one&gt;") || !strings.Contains(p.body, "Undo my last change") {
		t.Errorf("the page does not say what was done:\n%s", p.body)
	}
	undo()
	check("undone", before...)
	undo()
	check("and undone in turn", before[0], before[2], before[1], before[3], before[4])
	press("Unpin " + third)
	check("unpinned", before...)

	press("Hide "+third+" here", "hold", "30d")
	if got := n.list(t, cranes); slices.Contains(got, before[2]) || len(got) != 5 {
		t.Errorf("hidden: got %v", got)
	}
	if o := last(); o.Action != data.Hide || !o.Until.Equal(n.now.AddDate(0, 0, 30)) {
		t.Errorf("the hide is %+v", o)
	}
	press("Pause: " + third + " hidden")
	check("paused", before...)
	undo()
	if got := n.list(t, cranes); slices.Contains(got, before[2]) {
		t.Errorf("no longer paused: got %v", got)
	}
	press("Remove: " + third + " hidden")
	check("removed", before...)

	press("Show no links under this article")
	check("off")
	undo()
	check("on", before...)

	// What is scheduled does not hold yet, and its seven days count from then.
	press("Move "+third+" up", "from", "2026-12-01T09:30")
	check("scheduled", before...)
	if o := last(); o.From.Format("2006-01-02 15:04") != "2026-12-01 09:30" || o.Until.Format("2006-01-02 15:04") != "2026-12-08 09:30" {
		t.Errorf("the scheduled pin is %+v", o)
	}
	undo()

	// A weight above 1 raises, one below lowers, and a new one takes the old one's place.
	i := fmt.Sprint(slices.Index(before, before[2]))
	for _, one := range []struct {
		strength string
		action   data.Action
	}{{"3.5", data.Boost}, {"0", data.Bury}} {
		p := c.openArticle(cranes)
		res := p.post("/editor/articles/article", append(p.hidden("state", "id"), "do", "weigh "+i+" "+before[2], "strength-"+i, one.strength)...)
		if o := last(); res.StatusCode != 303 || o.Action != one.action {
			t.Errorf("weight %s: %d, %+v", one.strength, res.StatusCode, o)
		}
	}
	if all, err := n.store.Overrides(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("%v, %v; want the one weight", all, err)
	}
	undo()

	for do, want := range map[string]int{
		"":                     303, // as of a form that is sent by the return key
		"dance":                422,
		"move 0 " + before[0]:  422,
		"move 1 none":          422,
		"weigh 1 " + before[0]: 422,
		"remove 77":            422,
		"hide " + cranes:       422,
	} {
		p := c.openArticle(cranes)
		if res := p.post("/editor/articles/article", append(p.hidden("state", "id"), "do", do)...); res.StatusCode != want {
			t.Errorf("%q: %d, want %d", do, res.StatusCode, want)
		}
	}
	p = c.openArticle(cranes)
	if res := p.press("Hide "+third+" here", "until", "tomorrow"); res.StatusCode != 422 {
		t.Errorf("until tomorrow: %d", res.StatusCode)
	}
}

// However links are moved, pinned or not, the list is as it was left.
func TestMove(t *testing.T) {
	n := newNewsroom(t)
	c := n.signedIn(t, "editor")
	rng := rand.New(rand.NewPCG(9, 9))
	for range 25 {
		p := c.openArticle(cranes)
		before := p.rows()
		from, to := rng.IntN(len(before)), rng.IntN(len(before))
		id := before[from]
		want := slices.Insert(slices.Delete(slices.Clone(before), from, from+1), to, id)
		res := p.post("/editor/articles/article", append(p.hidden("state", "id"), "do", fmt.Sprintf("move %d %s", to+1, id))...)
		if res.StatusCode != 303 {
			t.Fatalf("%d\n%s", res.StatusCode, res.body)
		}
		if got := n.list(t, cranes); !slices.Equal(got, want) {
			t.Fatalf("%s to %d of %v: got %v, want %v", id, to+1, before, got, want)
		}
	}
}

func TestConflict(t *testing.T) {
	n := newNewsroom(t)
	one, other := n.signedIn(t, "editor").openArticle(cranes), n.signedIn(t, "admin").openArticle(cranes)
	rows := one.rows()
	send := func(p *editorPage, do string) response {
		return p.post("/editor/articles/article", append(p.hidden("state", "id"), "do", do, "note", "mine")...)
	}
	if res := send(other, "hide "+rows[4]); res.StatusCode != 303 {
		t.Fatalf("the first change: %d", res.StatusCode)
	}
	res := send(one, "move 1 "+rows[2])
	if res.StatusCode != 409 {
		t.Fatalf("the second change: %d", res.StatusCode)
	}
	for _, want := range []string{"Somebody else has changed this list", "hidden", "by admin", "is pinned at position 1.", "Make my change all the same"} {
		if !strings.Contains(res.body, want) {
			t.Errorf("the choice has no %q", want)
		}
	}
	if got := n.list(t, cranes); got[0] != rows[0] || slices.Contains(got, rows[4]) {
		t.Errorf("before the choice: %v", got)
	}
	var fields []string
	for _, input := range all(t, res.body, "input", "name") {
		if name := attr(input, "name"); name != "csrf" && name != "next" {
			fields = append(fields, name, attr(input, "value"))
		}
	}
	if res := one.post("/editor/articles/article", fields...); res.StatusCode != 303 {
		t.Fatalf("all the same: %d\n%s", res.StatusCode, res.body)
	}
	if got := n.list(t, cranes); got[0] != rows[2] || slices.Contains(got, rows[4]) {
		t.Errorf("after the choice: %v", got)
	}
	all, err := n.store.Overrides(t.Context())
	if err != nil || len(all) != 2 || all[1].Note != "mine" {
		t.Errorf("%+v, %v", all, err)
	}
}

// A link that is no closer than chance says so, and shows no empty scale.
func TestScoreOfNone(t *testing.T) {
	n := newNewsroom(t)
	c := n.signedIn(t, "editor")
	weak := 0
	for _, a := range sample.Articles()[:20] {
		page := c.get("/editor/articles/article?id=" + url.QueryEscape(string(a.ID))).body
		weak += strings.Count(page, "hardly related")
		for _, meter := range all(t, page, "meter", "value") {
			if attr(meter, "value") == "0" {
				t.Errorf("%s: a score of 0 is shown", a.ID)
			}
		}
	}
	if weak == 0 {
		t.Error("no link is hardly related")
	}
}

func TestPicker(t *testing.T) {
	n := newNewsroom(t, data.Article{ID: "odd", Title: "Zqx by the sea", Body: "Zqx.", URL: "https://example.org/zqx", Lang: "en", PublishedAt: noonOf("2026-11-20")})
	c := n.signedIn(t, "editor")
	for _, q := range []string{"zqx", "https%3A%2F%2Fexample.org%2Fzqx%3Futm_source%3Dmail"} {
		res := c.get("/editor/articles/article?id=" + cranes + "&q=" + q)
		if !strings.Contains(res.body, `value="pin odd"`) {
			t.Errorf("%s does not find it", q)
		}
	}
	if res := c.get("/editor/articles/article?id=" + cranes + "&q=no+such+title"); !strings.Contains(res.body, "No article that could be linked is called so.") {
		t.Error("nothing says that nothing was found")
	}
	p := c.openArticle(cranes)
	if res := p.post("/editor/articles/article", append(p.hidden("state", "id"), "do", "pin odd", "position", "2")...); res.StatusCode != 303 {
		t.Errorf("pin: %d", res.StatusCode)
	}
	if got := n.list(t, cranes); got[1] != "odd" {
		t.Errorf("got %v", got)
	}
}

// What editors wish is told by the version of the link that readers of the article get.
func TestWishesInTheArticlesLanguage(t *testing.T) {
	n := newNewsroom(t)
	c := n.signedIn(t, "editor")
	to := n.list(t, cranes)[2]
	p := c.openArticle(cranes)
	if res := p.post("/editor/articles/article", append(p.hidden("state", "id", "placement"), "do", "hide "+to)...); res.StatusCode != 303 {
		t.Fatalf("%d\n%s", res.StatusCode, res.body)
	}
	translated := strings.Replace(to, "en/", "zh-Hant/", 1)
	a, err := n.store.Article(t.Context(), data.ArticleID(translated))
	if err != nil {
		t.Fatal(err)
	}
	if p = c.openArticle("zh-Hant/harbour-cranes"); !strings.Contains(p.body, "“"+a.Title+"” hidden") {
		t.Errorf("the page does not say that %q is hidden", a.Title)
	}
}
