package editor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/data/historycsv"
	"github.com/alsolike/alsolike/recommend/review"
)

const (
	changesPath       = APIPrefix + "/history"
	changesExportPath = changesPath + "/export"
	changeRevertPath  = changesPath + "/:id/revert"
	batchRevertPath   = changesPath + "/:id/revert-batch"
)

// History keeps who changed what; see package sqlite for what its methods do.
type History interface {
	History(ctx context.Context, f data.HistoryFilter) iter.Seq2[data.HistoryEntry, error]
	Revert(ctx context.Context, id int64) (data.HistoryEntry, error)
	RevertBatch(ctx context.Context, id int64) (data.Reverted, error)
	Record(ctx context.Context, entries ...data.HistoryEntry) error
}

func (s *Server) registerHistory() {
	s.handle(http.MethodGet, changesPath, account.Viewer, s.handleChanges)
	s.handle(http.MethodGet, changesExportPath, account.Viewer, s.handleChangesExport)
	s.handle(http.MethodPost, changeRevertPath, account.Editor, s.handleChangeRevert)
	s.handle(http.MethodPost, batchRevertPath, account.Editor, s.handleBatchRevert)
}

// changesResponse is the answer of /v1/editor/history.
type changesResponse struct {
	Items []changeResponse `json:"items"`
	Next  int64            `json:"next,omitempty"` // what ?before= asks the older ones with; 0: there are none
}

// changeResponse is an entry of the history as answers have it.
type changeResponse struct {
	ID         int64           `json:"id"`
	Time       time.Time       `json:"time"`
	Author     string          `json:"author,omitempty"`
	Kind       data.Kind       `json:"kind"`
	Subject    string          `json:"subject"`
	Article    data.ArticleID  `json:"article,omitempty"`
	Target     data.ArticleID  `json:"target,omitempty"`
	Action     string          `json:"action"`
	What       string          `json:"what,omitempty"`
	Reverts    int64           `json:"reverts,omitempty"`
	Batch      int64           `json:"batch,omitempty"` // of those that were made at once
	Revertible bool            `json:"revertible"`
	Before     json.RawMessage `json:"before,omitempty"`
	After      json.RawMessage `json:"after,omitempty"`
}

func newChangeResponse(e data.HistoryEntry) changeResponse {
	return changeResponse{
		ID: e.ID, Time: e.Time, Author: e.Author, Kind: e.Kind, Subject: e.Subject, Article: e.Article, Target: e.Target,
		Action: e.Action, What: e.Summary, Reverts: e.Reverts, Batch: e.Batch, Revertible: e.Last && (slices.Contains(revertible, e.Kind) || decisionRevertible(e)), Before: e.Before, After: e.After,
	}
}

// adminKinds are what only admins learn of, as nobody else sees users and keys.
var adminKinds = []data.Kind{data.KindUser, data.KindKey}

// parseFilter reads which entries are asked for, of those that whoever sends the request of
// c may see; days begin in zone.
func parseFilter(c echo.Context, values url.Values, zone *time.Location) (f data.HistoryFilter, err error) {
	f = data.HistoryFilter{Author: values.Get("author"), Article: data.ArticleID(values.Get("article"))}
	if !Who(c).Role.May(account.Admin) {
		f.Without = adminKinds
	}
	if f.Kind, err = data.ParseKind(values.Get("kind")); err != nil {
		return f, err
	}
	switch values.Get("by") {
	case "":
	case "people":
		f.People = true
	default:
		return f, &data.InvalidError{Field: "by", Reason: "is " + data.Quote(values.Get("by")) + "; it may be people"}
	}
	if f.Since, err = parseTime("since", values.Get("since"), zone); err != nil {
		return f, err
	}
	if f.Until, err = parseTime("until", values.Get("until"), zone); err != nil {
		return f, err
	}
	if f.Batch, err = parseNumber(values, "batch", 0, 0, 1<<62); err != nil {
		return f, err
	}
	f.Before, err = parseNumber(values, "before", 0, 0, 1<<62)
	return f, err
}

// handleChanges serves GET /v1/editor/history: the changes, the newest first.
func (s *Server) handleChanges(c echo.Context) error {
	values, err := parseQuery(c.Request(), "author", "by", "kind", "article", "since", "until", "batch", "before", "limit")
	if err != nil {
		return err
	}
	filter, err := parseFilter(c, values, s.Location)
	if err != nil {
		return err
	}
	limit, err := parseNumber(values, "limit", 100, 1, 1000)
	if err != nil {
		return err
	}
	entries, older, err := s.entries(c, filter, int(limit))
	if err != nil {
		return err
	}
	answer := changesResponse{Items: []changeResponse{}, Next: older}
	for _, e := range entries {
		answer.Items = append(answer.Items, newChangeResponse(e))
	}
	return c.JSON(http.StatusOK, answer)
}

// entries are up to limit of those that f asks for, and before which entry the older ones
// are; 0: there are none.
func (s *Server) entries(c echo.Context, f data.HistoryFilter, limit int) (entries []data.HistoryEntry, older int64, err error) {
	f.Limit = limit + 1
	for e, err := range s.History.History(c.Request().Context(), f) {
		if err != nil {
			return nil, 0, err
		}
		if len(entries) == limit {
			return entries, entries[limit-1].ID, nil
		}
		entries = append(entries, e)
	}
	return entries, 0, nil
}

// handleChangesExport serves GET /v1/editor/history/export: all changes that the filters
// let through, as CSV.
func (s *Server) handleChangesExport(c echo.Context) error {
	values, err := parseQuery(c.Request(), "author", "by", "kind", "article", "since", "until", "batch")
	if err != nil {
		return err
	}
	filter, err := parseFilter(c, values, s.Location)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := historycsv.Write(&text, s.History.History(c.Request().Context(), filter)); err != nil {
		return err
	}
	return sendFile(c, "history.csv", text.Bytes())
}

// handleChangeRevert serves POST /v1/editor/history/{id}/revert, and answers with the
// change that this is.
func (s *Server) handleChangeRevert(c echo.Context) error {
	if _, err := parseQuery(c.Request()); err != nil {
		return err
	}
	made, err := s.revert(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newChangeResponse(made))
}

// revert takes the change back that the request of c names.
func (s *Server) revert(c echo.Context) (data.HistoryEntry, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return data.HistoryEntry{}, noChange(c)
	}
	made, err := s.takeBack(c.Request().Context(), id)
	if later, ok := errors.AsType[*data.ConflictError](err); ok {
		why := &Conflict{Status: http.StatusConflict, Detail: fmt.Sprintf("change %d cannot be reverted: %v", id, later)}
		if later.Later != nil {
			why.Present = newChangeResponse(*later.Later)
		}
		return made, why
	}
	if err != nil {
		return made, notReverted(c, err)
	}
	return made, s.Update(c.Request().Context())
}

// takeBack takes change id back, whatever it is of.
func (s *Server) takeBack(ctx context.Context, id int64) (data.HistoryEntry, error) {
	if s.Changes != nil {
		e, ok, err := review.DecisionOf(ctx, s.History, id)
		if err != nil {
			return e, err
		}
		if ok {
			return review.Revert(ctx, s.History, s.Changes.Snapshots.By(data.AuthorOf(ctx), ""), e)
		}
	}
	return s.History.Revert(ctx, id)
}

// notReverted is why the change that the request of c names cannot be reverted.
func notReverted(c echo.Context, err error) error {
	if errors.Is(err, data.ErrNotFound) {
		return noChange(c)
	}
	if invalid, ok := errors.AsType[*data.InvalidError](err); ok {
		return &Conflict{Status: http.StatusConflict, Detail: fmt.Sprintf("change %s %s", c.Param("id"), invalid.Reason)}
	}
	return err
}

// revertedResponse is the answer about a batch that was taken back.
type revertedResponse struct {
	Reverted int            `json:"reverted"`
	Change   int64          `json:"change,omitempty"` // the first of those that this made, a batch of their own
	Left     []leftResponse `json:"left"`             // what was left alone
}

// leftResponse is what was left alone, for it has been changed since.
type leftResponse struct {
	Subject string          `json:"subject"`
	Detail  string          `json:"detail"`
	Present *changeResponse `json:"present,omitempty"` // the change since
}

// handleBatchRevert serves POST /v1/editor/history/{id}/revert-batch: what was changed at
// once with that change is taken back.
func (s *Server) handleBatchRevert(c echo.Context) error {
	if _, err := parseQuery(c.Request()); err != nil {
		return err
	}
	r, err := s.revertBatch(c)
	if err != nil {
		return err
	}
	answer := revertedResponse{Reverted: len(r.Made), Left: []leftResponse{}}
	if len(r.Made) > 0 {
		answer.Change = r.Made[0].ID
	}
	for _, why := range r.Left {
		left := leftResponse{Subject: why.Subject, Detail: why.Error()}
		if why.Later != nil {
			left.Present = new(newChangeResponse(*why.Later))
		}
		answer.Left = append(answer.Left, left)
	}
	return c.JSON(http.StatusOK, answer)
}

// revertBatch takes back what was changed at once with the change that the request of c
// names.
func (s *Server) revertBatch(c echo.Context) (data.Reverted, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return data.Reverted{}, noChange(c)
	}
	r, err := s.History.RevertBatch(c.Request().Context(), id)
	if err != nil {
		return r, notReverted(c, err)
	}
	return r, s.Update(c.Request().Context())
}

func noChange(c echo.Context) error {
	return echo.NewHTTPError(http.StatusNotFound, fmt.Sprintf("there is no change %s; GET %s lists them", data.Quote(c.Param("id")), changesPath))
}
