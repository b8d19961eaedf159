package editor

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

const (
	historyPath       = Prefix + "/history"
	historyRevertPath = historyPath + "/:id/revert"
	historyBatchPath  = historyPath + "/:id/revert-batch"
	historyImportPath = historyPath + "/import"
)

func (s *Server) registerHistoryPage() {
	s.handle(http.MethodGet, historyPath, account.Viewer, s.handleHistory)
	s.handle(http.MethodPost, historyRevertPath, account.Editor, s.handleHistoryRevert)
	s.handle(http.MethodPost, historyBatchPath, account.Editor, s.handleHistoryBatch)
	s.handle(http.MethodPost, historyImportPath, account.Editor, s.handleHistoryImport)
}

// historyPage is the view of history.html.
type historyPage struct {
	Author, Article, Since, Until string // as they were asked for
	Kind                          data.Kind
	Filtered                      bool
	Itself                        bool // with what refreshes published by themselves
	Kinds                         []data.Kind
	Rows                          []historyRow
	First, Older                  string // addresses; empty where there are no newer or older rows
	Export                        string // the address of what is shown, as CSV
	Batch                         int64  // whose changes alone are shown; 0: of all
	BatchSize                     int    // how many there are of it
	MayChange                     bool
}

// A historyRow is one change.
type historyRow struct {
	data.HistoryEntry
	What       string
	Details    []historyDetail
	Revertible bool
	Reverted   string // address of the change that it takes back; "": it takes none back
	More       int    // changes that were made at once with it and are not shown
}

// ChangeURL is the address of a change on the page History, where it is the first row.
func (w words) ChangeURL(e *data.HistoryEntry) string {
	asked := url.Values{"before": {strconv.FormatInt(e.ID+1, 10)}}
	if e.Batch > 0 {
		asked.Set("batch", strconv.FormatInt(e.Batch, 10))
	}
	if e.Action == data.ActionPublishItself {
		asked.Set("itself", "1")
	}
	return fmt.Sprintf("%s%s#change-%d", historyPath, query(asked), e.ID)
}

// A historyDetail is a field of what was changed.
type historyDetail struct {
	Name, Before, After string
	Changed             bool // there is a value before, which may be empty
}

// rowsOfHistory is how many rows the page shows.
const rowsOfHistory = 50

// handleHistory serves GET /editor/history: who changed what, the newest first.
func (s *Server) handleHistory(c echo.Context) error {
	values := c.QueryParams()
	filter, err := parseFilter(c, values, s.Location)
	if err != nil {
		return err
	}
	if day, err := time.ParseInLocation(time.DateOnly, values.Get("until"), s.Location); err == nil {
		filter.Until = day.AddDate(0, 0, 1) // that day is part of it
	}
	filter.People = values.Get("itself") == ""
	filter.Heads = filter.Batch == 0 && filter.Article == "" // whoever looks for an article sees what is about it
	entries, older, err := s.entries(c, filter, rowsOfHistory)
	if err != nil {
		return err
	}
	view := historyPage{
		Itself: !filter.People,
		Author: filter.Author, Article: string(filter.Article), Since: values.Get("since"), Until: values.Get("until"), Kind: filter.Kind,
		Kinds: slices.DeleteFunc(data.Kinds(), func(kind data.Kind) bool { return slices.Contains(filter.Without, kind) }), MayChange: Who(c).Role.May(account.Editor), Export: changesExportPath + query(filterQuery(filter)), Batch: filter.Batch,
	}
	if filter.Batch > 0 {
		of, _, err := s.entries(c, data.HistoryFilter{Batch: filter.Batch, Without: filter.Without, Heads: true}, 1)
		if err != nil {
			return err
		}
		for _, head := range of {
			view.BatchSize = head.BatchSize
		}
	}
	asked := url.Values{}
	for _, name := range []string{"author", "kind", "article", "since", "until", "batch", "itself"} {
		if value := values.Get(name); value != "" {
			asked.Set(name, value)
			view.Filtered = true
		}
	}
	if filter.Before > 0 {
		view.First = historyPath + query(asked)
	}
	if older > 0 {
		asked.Set("before", strconv.FormatInt(older, 10))
		view.Older = historyPath + query(asked)
	}
	teller := historyTeller{s, c.Request().Context(), s.words(c), map[data.ArticleID]string{}}
	for _, e := range entries {
		row, err := teller.row(e)
		if err != nil {
			return err
		}
		if e.Reverts > 0 {
			reverted, _, err := s.entries(c, data.HistoryFilter{Before: e.Reverts + 1}, 1)
			if err != nil {
				return err
			}
			for i := range reverted {
				row.Reverted = teller.ChangeURL(&reverted[i])
			}
		}
		view.Rows = append(view.Rows, row)
	}
	return s.page(c, "history", view)
}

// filterQuery asks for what f lets through, but for where the page begins.
func filterQuery(f data.HistoryFilter) url.Values {
	asked := url.Values{}
	set := func(name, value string) {
		if value != "" {
			asked.Set(name, value)
		}
	}
	set("author", f.Author)
	if f.People {
		set("by", "people")
	}
	set("kind", string(f.Kind))
	set("article", string(f.Article))
	if f.Batch > 0 {
		set("batch", strconv.FormatInt(f.Batch, 10))
	}
	if !f.Since.IsZero() {
		set("since", f.Since.UTC().Format(time.RFC3339))
	}
	if !f.Until.IsZero() {
		set("until", f.Until.UTC().Format(time.RFC3339))
	}
	return asked
}

// query is values behind a question mark, or nothing.
func query(values url.Values) string {
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

// handleHistoryRevert serves POST /editor/history/{id}/revert.
func (s *Server) handleHistoryRevert(c echo.Context) error {
	back := localPath(c.FormValue("next"))
	made, err := s.revert(c)
	if conflict, ok := errors.AsType[*Conflict](err); ok {
		later, ok := conflict.Present.(changeResponse)
		if !ok {
			return s.seeOther(c, back, "history.fixed", c.Param("id"))
		}
		return s.seeOther(c, back, "history.refused", c.Param("id"), cmp.Or(later.Author, s.text(c, "history.somebody")), s.words(c).When(later.Time), later.ID)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, back, "history.reverted", made.Reverts, made.ID)
}

// revertedPage is the view of reverted.html: what has become of a batch that was to be
// taken back.
type revertedPage struct {
	Made, LeftAlone int
	Change          int64                 // the first that this made
	Left            []*data.ConflictError // as far as they are listed
	More            int                   // that are not
}

// handleHistoryBatch serves POST /editor/history/{id}/revert-batch.
func (s *Server) handleHistoryBatch(c echo.Context) error {
	r, err := s.revertBatch(c)
	if _, ok := errors.AsType[*Conflict](err); ok {
		return s.seeOther(c, historyPath, "history.fixed", c.Param("id"))
	}
	if err != nil {
		return err
	}
	view := revertedPage{Made: len(r.Made), LeftAlone: len(r.Left), Left: r.Left[:min(len(r.Left), rowsOfImport)]}
	view.More = len(r.Left) - len(view.Left)
	if view.Made > 0 {
		view.Change = r.Made[0].ID
	}
	return s.page(c, "reverted", view)
}

// A historyTeller says in a reader's language what was changed.
type historyTeller struct {
	s *Server
	context.Context
	words
	titles map[data.ArticleID]string // that were asked for already
}

func (t *historyTeller) row(e data.HistoryEntry) (historyRow, error) {
	row := historyRow{HistoryEntry: e, What: e.Summary, Revertible: e.Last && (slices.Contains(revertible, e.Kind) || t.s.Changes != nil && decisionRevertible(e)), More: max(e.BatchSize-1, 0)}
	switch e.Kind {
	case data.KindOverride:
	case data.KindSnapshot:
		if told, ok := t.decision(e); ok {
			row.HistoryEntry, row.What, row.Details = told.HistoryEntry, told.What, told.Details
		}
		return row, nil
	case data.KindUser, data.KindKey:
		row.What = t.account(e)
		return row, nil
	case data.KindRule:
		return row, t.rule(&row)
	default:
		return row, nil
	}
	var before, after *data.Override
	for _, state := range []struct {
		text []byte
		into **data.Override
	}{{e.Before, &before}, {e.After, &after}} {
		if state.text == nil {
			continue
		}
		o, err := data.ParseOverrideJSON(state.text)
		if err != nil {
			return row, err
		}
		*state.into = &o
	}
	about := after
	if about == nil {
		about = before
	}
	var err error
	if row.What, err = t.sentence(about); err == nil {
		row.Details, err = t.details(e.Action, before, after, about)
	}
	return row, err
}

// account says which user or key an entry is about.
func (t *historyTeller) account(e data.HistoryEntry) string {
	state := e.After
	if state == nil {
		state = e.Before
	}
	var about struct {
		Name   string
		Role   string
		Scopes []string
	}
	switch err := json.Unmarshal(state, &about); {
	case err != nil || about.Name == "":
		return e.Summary
	case e.Kind == data.KindKey:
		return t.T("history.key", about.Name, strings.Join(about.Scopes, ", "))
	}
	return t.T("history.user", about.Name, t.T("role."+about.Role))
}

// revertible are the kinds whose changes can be reverted here.
var revertible = []data.Kind{data.KindOverride, data.KindRule}

// Subject is what an entry is about, such as "override 3", in words.
func (w words) Subject(subject string) string {
	kind, number, _ := strings.Cut(subject, " ")
	if _, ok := texts["history.kind-"+kind]; !ok {
		return subject
	}
	return w.T("history.kind-"+kind) + " " + number
}

// ActionName is what an entry did, in a word.
func (w words) ActionName(action string) string {
	if _, ok := texts["history.is-"+action]; ok {
		return w.T("history.is-" + action)
	}
	return action
}

// sentence says what o wishes.
func (t *historyTeller) sentence(o *data.Override) (string, error) {
	where := t.T("history.everywhere")
	if o.Article != data.Everywhere {
		title, err := t.title(o.Article)
		if err != nil {
			return "", err
		}
		where = t.T("history.under", title)
	}
	if o.Action == data.Off {
		return t.T("history.off", where), nil
	}
	target, err := t.title(o.Target)
	if err != nil {
		return "", err
	}
	switch {
	case o.Action == data.Pin:
		return t.T("history.pin", target, where, o.Position), nil
	case o.Action.Weighs():
		return t.T("history."+string(o.Action), target, where, strconv.FormatFloat(o.Strength, 'f', -1, 64)), nil
	}
	return t.T("history.hide", target, where), nil
}

// title is that of an article, or the id of one that has none.
func (t *historyTeller) title(id data.ArticleID) (string, error) {
	if title, ok := t.titles[id]; ok {
		return title, nil
	}
	a, err := t.s.Overrides.Article(t, id)
	if err != nil && !errors.Is(err, data.ErrNotFound) {
		return "", err
	}
	title := data.PlainText(a.Title)
	if title == "" {
		title = string(id)
	}
	t.titles[id] = title
	return title, nil
}

// details are the fields that a change is about, or those that the sentence about an
// override does not say.
func (t *historyTeller) details(action string, before, after, about *data.Override) ([]historyDetail, error) {
	var all []historyDetail
	if action != data.ActionChange {
		for _, name := range []string{"from", "until", "lang", "placement", "note"} {
			if value := t.field(about, name); value != "" {
				all = append(all, historyDetail{Name: t.T("history." + name), After: value})
			}
		}
		return all, nil
	}
	was, err := t.sentence(before)
	if err != nil {
		return nil, err
	}
	is, err := t.sentence(after)
	if err != nil {
		return nil, err
	}
	if was != is {
		all = append(all, historyDetail{Name: t.T("history.before"), After: was})
	}
	for _, name := range []string{"from", "until", "lang", "placement", "note", "author", "paused"} {
		if was, is := t.field(before, name), t.field(after, name); was != is {
			all = append(all, historyDetail{t.T("history." + name), was, is, true})
		}
	}
	return all, nil
}

// field is a field of o in words; empty where it says nothing.
func (t *historyTeller) field(o *data.Override, name string) string {
	when := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return t.When(at)
	}
	switch name {
	case "from":
		return when(o.From)
	case "until":
		return when(o.Until)
	case "lang":
		return string(o.Lang)
	case "placement":
		return o.Placement
	case "note":
		return o.Note
	case "author":
		return o.Author
	case "paused":
		if o.Paused {
			return t.T("history.yes")
		}
	}
	return ""
}
