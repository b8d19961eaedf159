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
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/data/historycsv"
)

const (
	changesPath       = APIPrefix + "/history"
	changesExportPath = changesPath + "/export"
	changeRevertPath  = changesPath + "/:id/revert"
)

// History keeps who changed what; see package sqlite for what its methods do.
type History interface {
	History(ctx context.Context, f data.HistoryFilter) iter.Seq2[data.HistoryEntry, error]
	Revert(ctx context.Context, id int64) (data.HistoryEntry, error)
	Record(ctx context.Context, e data.HistoryEntry) (data.HistoryEntry, error)
}

func (s *Server) registerHistory() {
	s.handle(http.MethodGet, changesPath, account.Viewer, s.handleChanges)
	s.handle(http.MethodGet, changesExportPath, account.Viewer, s.handleChangesExport)
	s.handle(http.MethodPost, changeRevertPath, account.Editor, s.handleChangeRevert)
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
	Revertible bool            `json:"revertible"`
	Before     json.RawMessage `json:"before,omitempty"`
	After      json.RawMessage `json:"after,omitempty"`
}

func newChangeResponse(e data.HistoryEntry) changeResponse {
	return changeResponse{
		ID: e.ID, Time: e.Time, Author: e.Author, Kind: e.Kind, Subject: e.Subject, Article: e.Article, Target: e.Target,
		Action: e.Action, What: e.Summary, Reverts: e.Reverts, Revertible: e.Last, Before: e.Before, After: e.After,
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
	if f.Since, err = parseTime("since", values.Get("since"), zone); err != nil {
		return f, err
	}
	if f.Until, err = parseTime("until", values.Get("until"), zone); err != nil {
		return f, err
	}
	f.Before, err = parseNumber(values, "before", 0, 0, 1<<62)
	return f, err
}

// handleChanges serves GET /v1/editor/history: the changes, the newest first.
func (s *Server) handleChanges(c echo.Context) error {
	values, err := parseQuery(c.Request(), "author", "kind", "article", "since", "until", "before", "limit")
	if err != nil {
		return err
	}
	filter, err := parseFilter(c, values, time.UTC)
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
	values, err := parseQuery(c.Request(), "author", "kind", "article", "since", "until")
	if err != nil {
		return err
	}
	filter, err := parseFilter(c, values, time.UTC)
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
	made, err := s.History.Revert(c.Request().Context(), id)
	if errors.Is(err, data.ErrNotFound) {
		return made, noChange(c)
	}
	if later, ok := errors.AsType[*data.ConflictError](err); ok {
		why := &Conflict{Status: http.StatusConflict, Detail: fmt.Sprintf("change %d cannot be reverted: %v", id, later)}
		if later.Later != nil {
			why.Present = newChangeResponse(*later.Later)
		}
		return made, why
	}
	if invalid, ok := errors.AsType[*data.InvalidError](err); ok {
		return made, &Conflict{Status: http.StatusConflict, Detail: fmt.Sprintf("change %d %s", id, invalid.Reason)}
	}
	if err != nil {
		return made, err
	}
	return made, s.Update(c.Request().Context())
}

func noChange(c echo.Context) error {
	return echo.NewHTTPError(http.StatusNotFound, fmt.Sprintf("there is no change %s; GET %s lists them", data.Quote(c.Param("id")), changesPath))
}
