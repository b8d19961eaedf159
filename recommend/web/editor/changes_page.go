package editor

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
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

	Diff     *diff.Diff // nil while the two are being compared
	Fault    string     // why they cannot be
	Views    bool       // lists are by how often articles were read
	Lists    []reviewList
	More     string // the address where more lists are; "" where there are none
	Conflict bool   // what somebody else did came in between
	Note     string // as it was sent then
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

// MostLists is how many lists can be shown at most.
func (v *reviewPage) MostLists() int { return len(v.Diff.Lists) }

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
	listsShown     = 30                     // at first
	listsOpen      = 3                      // of these
	comparisonWait = 100 * time.Millisecond // until a page says that it is not there yet
	snapshotsShown = 20                     // the newest
)

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

// handleReview serves GET /editor/changes: what a refresh changes.
func (s *Server) handleReview(c echo.Context) error {
	v, err := s.newReviewPage(c, c.QueryParam("snapshot"), c.QueryParam("lists") == "all", nil)
	if err != nil {
		return err
	}
	if v.Comparing() {
		c.Response().Header().Set("Refresh", "1") // the browser asks again in a second
	}
	return s.page(c, "changes", v)
}

func (s *Server) newReviewPage(c echo.Context, id string, all bool, ticked []data.ArticleID) (*reviewPage, error) {
	st, err := s.Changes.standing()
	if err != nil {
		return nil, err
	}
	v := &reviewPage{
		Policy: s.Changes.Policy, Revision: st.revision, Current: st.current, Previous: st.previous, Waiting: st.waiting, Stop: st.stop,
		All: st.all[:min(snapshotsShown, len(st.all))], MayChange: Who(c).Role.May(account.Editor),
	}
	switch v.Shown = st.find(id); {
	case id != "" && v.Shown == nil:
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
	compared, err := s.Changes.compare(c.Request().Context(), &s.comparisons, v.From.ID, v.Shown.ID, comparisonWait)
	if err != nil {
		v.Fault = err.Error()
		return v, nil
	}
	if compared == nil {
		return v, nil
	}
	v.Diff, v.Views = &compared.diff, compared.views
	lists := v.Diff.Lists
	if !all && len(lists) > listsShown {
		v.More = reviewPath + query(url.Values{"snapshot": {v.Shown.ID}, "lists": {"all"}}) + "#lists"
		lists = lists[:listsShown]
	}
	for i := range lists {
		list := newReviewList(&lists[i])
		list.Ticked, list.Open = slices.Contains(ticked, list.ID), i < listsOpen
		v.Lists = append(v.Lists, list)
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

// handleReviewPost serves POST /editor/changes: the button of a form says what is decided.
func (s *Server) handleReviewPost(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest, s.text(c, "problem.request"))
	}
	v := verdict{do: form.Get("do"), id: form.Get("snapshot"), note: form.Get("note"), revision: form.Get("revision")}
	done, ok := verdicts[v.do]
	if !ok || v.revision == "" {
		return echo.NewHTTPError(http.StatusBadRequest, s.text(c, "problem.request"))
	}
	ticked := make([]data.ArticleID, 0, len(form["article"]))
	for _, id := range form["article"] {
		ticked = append(ticked, data.ArticleID(id))
	}
	if v.do == "except" {
		if v.do, v.except = "publish", ticked; len(ticked) == 0 {
			return s.seeOther(c, reviewURL(v.id)+"#lists", "changes.nothing-ticked")
		}
	}
	err = s.decide(c.Request().Context(), v)
	if _, changed := errors.AsType[*data.ConflictError](err); changed {
		view, err := s.newReviewPage(c, v.id, len(ticked) > 0, ticked)
		if err != nil {
			return err
		}
		view.Conflict, view.Note = true, v.note
		return s.pageStatus(c, http.StatusConflict, "changes", view)
	}
	if err != nil {
		return err
	}
	next := reviewPath
	if v.do == "hold" || v.do == "release" {
		next = reviewURL(v.id)
	}
	if len(v.except) > 0 {
		return s.seeOther(c, next, done, len(v.except))
	}
	return s.seeOther(c, next, done)
}
