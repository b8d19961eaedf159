package editor

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend/review"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/snapshot/diff"
)

// reviewPage is the view of changes.html.
type reviewPage struct {
	Policy    review.Policy
	Revision  string
	Current   *snapshot.Info // in service
	Previous  *snapshot.Info // that a rollback brings back; nil: none
	Waiting   *snapshot.Info // the newest that awaits review or is held
	Stop      *snapshot.Info // past which nothing goes into service by itself
	Shown     *snapshot.Info // that is looked at; nil: there is none
	From      *snapshot.Info // what it is compared with; nil: there is nothing
	All       []snapshot.Info
	MayChange bool
	Publish   bool // the one that is shown can be put into service
	Hold      bool
	Release   bool

	Diff     *diff.Comparison // nil while the two are being compared
	Fault    string           // why they cannot be
	Views    bool             // lists are by how often articles were read
	Lists    []reviewList
	Asked    listQuery      // which lists these are
	Total    int            // lists that are asked for, on all pages
	Ticked   int            // lists that are to stay as they are
	Kept     []diff.Article // whose lists these are, but for those of Lists
	Conflict bool           // what somebody else did came in between
	Refused  string         // key of why nothing was done
	Note     string         // as it was sent then
}

// Narrowed reports whether some lists are searched for.
func (v *reviewPage) Narrowed() bool { return v.Asked.Text+v.Asked.Section+v.Asked.Lang != "" }

// First is the number of the first list that is shown, from 1.
func (v *reviewPage) First() int { return v.Asked.First + 1 }

// Last is that of the last one.
func (v *reviewPage) Last() int { return v.Asked.First + len(v.Lists) }

// Before is from where the page before is; -1: there is none.
func (v *reviewPage) Before() int {
	if v.Asked.First == 0 {
		return -1
	}
	return max(0, v.Asked.First-listsShown)
}

// After is from where the next page is; -1: there is none.
func (v *reviewPage) After() int {
	if v.Last() >= v.Total {
		return -1
	}
	return v.Asked.First + listsShown
}

// A reviewList is the list of an article, before and after.
type reviewList struct {
	diff.Article
	Views  float64
	Ticked bool
	Open   bool
	Was    []reviewLink
	Will   []reviewLink
	Added  int
	Gone   int
}

// A reviewLink is a link of a list.
type reviewLink struct {
	diff.Article
	New, Gone bool
	Moved     int // the place that it had, if it has another one; 0: it has not
}

// Comparing reports that the comparison is not there yet.
func (v *reviewPage) Comparing() bool { return v.From != nil && v.Diff == nil && v.Fault == "" }

// Reloads reports whether the page asks again by itself until the comparison is there: not
// where that would lose what was ticked and written.
func (v *reviewPage) Reloads() bool {
	return v.Comparing() && v.Ticked == 0 && strings.TrimSpace(v.Note) == ""
}

// namesShown is how many articles are named that most lists link to, or none.
const namesShown = 10

// MostLinked are the articles that most lists link to.
func (v *reviewPage) MostLinked() []diff.Target {
	return v.Diff.MostLinked[:min(namesShown, len(v.Diff.MostLinked))]
}

// Orphaned are articles that no list links to any more.
func (v *reviewPage) Orphaned() []diff.Article {
	return v.Diff.Orphaned[:min(namesShown, len(v.Diff.Orphaned))]
}

// MoreOrphans is how many of these are not named.
func (v *reviewPage) MoreOrphans() int { return v.Diff.NewOrphans - len(v.Orphaned()) }

// ListsChanged is how many lists are not what they were.
func (v *reviewPage) ListsChanged() int { return v.Diff.Links.Changed + v.Diff.Links.Reordered }

// parts is links by section or by language: the first, of most lists, and the rest.
type parts struct{ First, Rest partTable }

type partTable struct {
	Name string // key of its text
	All  []diff.Part
}

// partsShown is how many sections or languages are seen at once.
const partsShown = 8

func newParts(name string, all []diff.Part) parts {
	n := min(partsShown, len(all))
	return parts{partTable{name, all[:n]}, partTable{name, all[n:]}}
}

// Sections is the links by section.
func (v *reviewPage) Sections() parts { return newParts("changes.section", v.Diff.Sections) }

// Languages is the links by language.
func (v *reviewPage) Languages() parts { return newParts("changes.language", v.Diff.Languages) }

const (
	listsShown     = 30                     // on a page
	listsOpen      = 3                      // of these
	comparisonWait = 100 * time.Millisecond // until a page says that it is not there yet
	snapshotsShown = 20                     // the newest
)

// A partChoice is the sections or languages among which one may choose.
type partChoice struct {
	Field, Any, Asked string // its name, the key of the text for all of them, and what is asked for
	Names             []string
}

func newPartChoice(field, every, asked string, all []diff.Part) partChoice {
	c := partChoice{Field: field, Any: every, Asked: asked}
	for _, p := range all {
		if p.Changed+p.Reordered > 0 || asked == cmp.Or(p.Name, nameless) {
			c.Names = append(c.Names, p.Name)
		}
	}
	return c
}

// SectionChoice is the sections in which lists change.
func (v *reviewPage) SectionChoice() partChoice {
	return newPartChoice("section", "changes.any-section", v.Asked.Section, v.Diff.Sections)
}

// LanguageChoice is the languages of articles whose lists change.
func (v *reviewPage) LanguageChoice() partChoice {
	return newPartChoice("lang", "changes.any-language", v.Asked.Lang, v.Diff.Languages)
}

// ReviewURL is the address of the page about a snapshot.
func (w words) ReviewURL(id string) string { return reviewURL(id) }

func reviewURL(id string) string {
	if id == "" {
		return reviewPath
	}
	return reviewPath + query(url.Values{"snapshot": {id}})
}

// ListName is what an article of a list is called.
func (w words) ListName(a diff.Article) string { return w.Called(data.Card{ID: a.ID, Title: a.Title}) }

// A look is what the page shows of a snapshot.
type look struct {
	id     string // of the snapshot; "": the one that the page begins with
	lists  listQuery
	ticked []data.ArticleID // lists that are to stay as they are
	note   string
	wait   time.Duration // for the comparison
}

// parseLook reads what a form or an address asks for.
func parseLook(values url.Values) look {
	l := look{id: values.Get("snapshot"), note: values.Get("note"), wait: comparisonWait}
	first, err := strconv.Atoi(cmp.Or(values.Get("from"), values.Get("at")))
	if err != nil || first < 0 || first > 1<<30 {
		first = 0
	}
	l.lists = listQuery{Text: strings.TrimSpace(values.Get("q")), Section: values.Get("section"), Lang: values.Get("lang"), First: first, Limit: listsShown}
	known := make(map[string]bool, len(values["article"]))
	for _, id := range values["article"] {
		if !known[id] {
			known[id], l.ticked = true, append(l.ticked, data.ArticleID(id))
		}
	}
	return l
}

// url is the address of what l shows, without what was ticked and written.
func (l *look) url() string {
	asked := url.Values{}
	for name, value := range map[string]string{"snapshot": l.id, "q": l.lists.Text, "section": l.lists.Section, "lang": l.lists.Lang} {
		if value != "" {
			asked.Set(name, value)
		}
	}
	if l.lists.First > 0 {
		asked.Set("from", strconv.Itoa(l.lists.First))
	}
	return reviewPath + query(asked)
}

// handleReview serves GET /editor/changes: what a refresh changes.
func (s *Server) handleReview(c echo.Context) error {
	l := parseLook(c.QueryParams())
	v, err := s.newReviewPage(c, l)
	if err != nil {
		return err
	}
	if v.Reloads() {
		c.Response().Header().Set("Refresh", "1") // the browser asks again in a second
	}
	return s.page(c, "changes", v)
}

func (s *Server) newReviewPage(c echo.Context, l look) (*reviewPage, error) {
	st, err := s.Changes.standing()
	if err != nil {
		return nil, err
	}
	v := &reviewPage{
		Policy: s.Changes.Policy, Revision: st.revision, Current: st.current, Previous: st.previous, Waiting: st.waiting, Stop: st.stop,
		All: st.all[:min(snapshotsShown, len(st.all))], MayChange: Who(c).Role.May(account.Editor), Asked: l.lists, Note: l.note,
	}
	switch v.Shown = st.find(l.id); {
	case l.id != "" && v.Shown == nil:
		return nil, echo.ErrNotFound
	case v.Shown == nil:
		v.Shown = cmp.Or(st.waiting, st.current)
	}
	if v.Shown == nil {
		return v, nil
	}
	v.Publish = v.MayChange && mayPublish(v.Shown)
	v.Hold = v.MayChange && v.Shown.State == snapshot.AwaitsReview
	v.Release = v.MayChange && (v.Shown.State == snapshot.Held || v.Shown.State == snapshot.RolledBack)
	if v.From = st.before(v.Shown); v.From == nil {
		return v, nil
	}
	compared, err := s.Changes.compare(c.Request().Context(), &s.comparisons, v.From.ID, v.Shown.ID, l.wait)
	if err != nil {
		v.Fault = err.Error()
		return v, nil
	}
	if v.Ticked = len(l.ticked); compared == nil {
		for _, id := range l.ticked {
			v.Kept = append(v.Kept, diff.Article{ID: id})
		}
		return v, nil
	}
	v.Diff, v.Views = compared.diff, compared.views
	var changes []diff.Change
	if changes, v.Total = compared.find(v.Asked); len(changes) == 0 && v.Total > 0 { // past the last page
		v.Asked.First = (v.Total - 1) / listsShown * listsShown
		changes, _ = compared.find(v.Asked)
	}
	for i, change := range changes {
		of := compared.diff.List(change)
		list := newReviewList(&of)
		list.Open = i < listsOpen && v.Asked.First == 0
		if at := slices.Index(l.ticked, list.ID); at >= 0 {
			list.Ticked, l.ticked = true, slices.Delete(l.ticked, at, at+1)
		}
		v.Lists = append(v.Lists, list)
	}
	for _, id := range l.ticked {
		article := diff.Article{ID: id}
		if row, ok := compared.diff.Row(id); ok {
			article = compared.diff.Article(row)
		}
		v.Kept = append(v.Kept, article)
	}
	return v, nil
}

func newReviewList(l *diff.List) reviewList {
	r := reviewList{Article: l.Article, Views: l.Views, Added: len(l.After) - l.Kept, Gone: len(l.Before) - l.Kept}
	for i, a := range l.After {
		link, was := reviewLink{Article: a}, slices.IndexFunc(l.Before, func(b diff.Article) bool { return a.ID == b.ID })
		switch {
		case was < 0:
			link.New = true
		case was != i:
			link.Moved = was + 1
		}
		r.Will = append(r.Will, link)
	}
	for _, a := range l.Before {
		r.Was = append(r.Was, reviewLink{Article: a, Gone: !slices.ContainsFunc(l.After, func(b diff.Article) bool { return a.ID == b.ID })})
	}
	return r
}

// verdicts are the buttons of the page, and what is said when it is done.
var verdicts = map[string]string{
	"publish": "changes.published", "except": "changes.published-except", "hold": "changes.held",
	"release": "changes.released", "rollback": "changes.rolled-back",
}

// lookWait is how long a form that only looks waits for the comparison, which its page has
// shown already.
const lookWait = 5 * time.Second

// handleReviewPost serves POST /editor/changes: the button of a form says what is decided;
// other buttons look for lists, and keep what is ticked.
func (s *Server) handleReviewPost(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest, s.text(c, "problem.request"))
	}
	l := parseLook(form)
	l.wait = lookWait
	if form.Get("do") == "" {
		if len(l.ticked) == 0 && strings.TrimSpace(l.note) == "" {
			return c.Redirect(http.StatusSeeOther, l.url()+"#lists")
		}
		return s.reviewPage(c, http.StatusOK, l, func(*reviewPage) {})
	}
	v := verdict{do: form.Get("do"), id: l.id, note: l.note, revision: form.Get("revision")}
	done, ok := verdicts[v.do]
	if !ok || v.revision == "" {
		return echo.NewHTTPError(http.StatusBadRequest, s.text(c, "problem.request"))
	}
	if v.do == "except" {
		if v.do, v.except = snapshot.Publishes, slices.Clone(l.ticked); len(l.ticked) == 0 {
			return s.seeOther(c, l.url()+"#lists", "changes.nothing-ticked")
		}
	}
	err = s.decide(c.Request().Context(), v)
	if _, changed := errors.AsType[*data.ConflictError](err); changed {
		return s.reviewPage(c, http.StatusConflict, l, func(v *reviewPage) { v.Conflict = true })
	}
	if refused, ok := errors.AsType[*refusal](err); ok {
		return s.reviewPage(c, refused.Status, l, func(v *reviewPage) { v.Refused = refused.text })
	}
	if err != nil {
		return err
	}
	next := reviewPath
	if v.do == snapshot.Holds || v.do == snapshot.Releases {
		next = reviewURL(v.id)
	}
	if len(v.except) > 0 {
		return s.seeOther(c, next, done, len(v.except))
	}
	return s.seeOther(c, next, done)
}

// reviewPage answers a form with the page, of which change says what came of it.
func (s *Server) reviewPage(c echo.Context, status int, l look, change func(*reviewPage)) error {
	view, err := s.newReviewPage(c, l)
	if err != nil {
		return err
	}
	change(view)
	if view.Reloads() {
		c.Response().Header().Set("Refresh", "1; url="+l.url())
	}
	return s.pageStatus(c, status, "changes", view)
}
