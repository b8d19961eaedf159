package editor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

const (
	overridesPath       = APIPrefix + "/overrides"
	overridePath        = overridesPath + "/:id"
	overridesExportPath = overridesPath + "/export"
	overridesImportPath = overridesPath + "/import"
)

// An OverrideStore keeps what editors wish; see package sqlite for what its methods do.
type OverrideStore interface {
	Article(ctx context.Context, id data.ArticleID) (data.Article, error)
	Revision(ctx context.Context) (data.Revision, error)
	Overrides(ctx context.Context) ([]data.Override, error)
	OverridePage(ctx context.Context, f data.OverrideFilter) (page []data.Override, total int, err error)
	Override(ctx context.Context, id int64) (data.Override, error)
	AddOverridesAt(ctx context.Context, revision int64, all []data.Override) (stored []data.Override, refused []error, err error)
	CheckOverrides(ctx context.Context, all []data.Override) (refused []error, err error)
	ChangeOverride(ctx context.Context, id int64, f func(old data.Override) (*data.Override, error)) (data.HistoryEntry, error)
}

func (s *Server) registerOverrides() {
	s.handle(http.MethodGet, overridesPath, account.Viewer, s.handleOverrides)
	s.handle(http.MethodPost, overridesPath, account.Editor, s.handleOverrideAdd)
	s.handle(http.MethodGet, overridesExportPath, account.Viewer, s.handleOverridesExport)
	s.handle(http.MethodPost, overridesImportPath, account.Editor, s.handleOverridesImport)
	s.handle(http.MethodGet, overridePath, account.Viewer, s.handleOverride)
	s.handle(http.MethodPatch, overridePath, account.Editor, s.handleOverrideChange)
	s.handle(http.MethodDelete, overridePath, account.Editor, s.handleOverrideRemove)
}

// revision is what the list of overrides is at, and its entity tag. Whatever changes
// between this and a look at the list, the tag is that of the list or of an older one.
func (s *Server) revision(ctx context.Context) (revision int64, tag string, err error) {
	r, err := s.Overrides.Revision(ctx)
	return r.Overrides, `"overrides-` + strconv.FormatInt(r.Overrides, 10) + `"`, err
}

// expected is the revision of the list of overrides that a request to change it relies
// on: any, unless it comes with If-Match.
func (s *Server) expected(c echo.Context) (int64, error) {
	revision, tag, err := s.revision(c.Request().Context())
	switch {
	case err != nil:
		return 0, err
	case !matches(c.Request(), tag):
		return 0, changed(c, "the list of overrides", tag, nil)
	case matches(c.Request(), anyTag):
		return data.AnyRevision, nil
	}
	return revision, nil
}

// listChanged is err, or says with the tag of the list that it has changed just now.
func (s *Server) listChanged(c echo.Context, err error) error {
	if _, ok := errors.AsType[*data.ConflictError](err); !ok {
		return err
	}
	_, tag, err := s.revision(c.Request().Context())
	if err != nil {
		return err
	}
	return changed(c, "the list of overrides", tag, nil)
}

// overridesResponse is the answer of /v1/editor/overrides.
type overridesResponse struct {
	Items []overrideResponse `json:"items"`
	Next  int64              `json:"next,omitempty"` // what ?after= asks the rest with; 0: there is none
	Total int                `json:"total"`          // of all that the filters let through
}

// handleOverrides serves GET /v1/editor/overrides: the overrides by their numbers, those
// that the filters let through.
func (s *Server) handleOverrides(c echo.Context) error {
	values, err := parseQuery(c.Request(), "article", "target", "action", "author", "placement", "state", "limit", "after")
	if err != nil {
		return err
	}
	limit, err := parseNumber(values, "limit", 100, 1, 1000)
	if err != nil {
		return err
	}
	after, err := parseNumber(values, "after", 0, 0, 1<<62)
	if err != nil {
		return err
	}
	if action := data.Action(values.Get("action")); action != "" && !slices.Contains(data.Actions(), action) {
		return &data.InvalidError{Field: "action", Reason: "is " + data.Quote(string(action)) + "; it may be pin, hide, boost, bury or off"}
	}
	filter := data.OverrideFilter{
		Article: data.ArticleID(values.Get("article")), Target: data.ArticleID(values.Get("target")), Action: data.Action(values.Get("action")),
		Author: values.Get("author"), Placement: values.Get("placement"), State: data.OverrideState(values.Get("state")), Now: s.Now(), After: after, Limit: int(limit) + 1,
	}
	if filter.State != "" && !slices.Contains(data.OverrideStates(), filter.State) {
		return &data.InvalidError{Field: "state", Reason: "is " + data.Quote(string(filter.State)) + "; it may be active, paused, upcoming or over"}
	}
	ctx := c.Request().Context()
	_, tag, err := s.revision(ctx)
	if err != nil {
		return err
	}
	page, total, err := s.Overrides.OverridePage(ctx, filter)
	if err != nil {
		return err
	}
	answer := overridesResponse{Items: []overrideResponse{}, Total: total}
	for _, o := range page {
		if int64(len(answer.Items)) == limit {
			answer.Next = answer.Items[limit-1].ID
			break
		}
		answer.Items = append(answer.Items, newOverrideResponse(o, filter.Now))
	}
	c.Response().Header().Set("ETag", tag)
	return c.JSON(http.StatusOK, answer)
}

// overrideID is the number of the override that a request is about.
func overrideID(c echo.Context) (int64, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return 0, noOverride(c)
	}
	return id, nil
}

func noOverride(c echo.Context) error {
	return echo.NewHTTPError(http.StatusNotFound, fmt.Sprintf("there is no override %s; GET %s lists them", data.Quote(c.Param("id")), overridesPath))
}

// handleOverride serves GET /v1/editor/overrides/{id}.
func (s *Server) handleOverride(c echo.Context) error {
	if _, err := parseQuery(c.Request()); err != nil {
		return err
	}
	id, err := overrideID(c)
	if err != nil {
		return err
	}
	o, err := s.Overrides.Override(c.Request().Context(), id)
	if errors.Is(err, data.ErrNotFound) {
		return noOverride(c)
	}
	if err != nil {
		return err
	}
	return s.sendOverride(c, http.StatusOK, o, 0)
}

// sendOverride answers with o and its tag, and with the number of the change that made
// it so, if there was one.
func (s *Server) sendOverride(c echo.Context, status int, o data.Override, change int64) error {
	answer := newOverrideResponse(o, s.Now())
	answer.Change = change
	c.Response().Header().Set("ETag", answer.ETag)
	return c.JSON(status, answer)
}

// handleOverrideAdd serves POST /v1/editor/overrides. With If-Match nothing is added
// unless the list of overrides is what GET has told.
func (s *Server) handleOverrideAdd(c echo.Context) error {
	if _, err := parseQuery(c.Request()); err != nil {
		return err
	}
	var asked overrideRequest
	if err := readJSON(c, &asked, overrideFields); err != nil {
		return err
	}
	o, err := asked.override(s.Location)
	if err != nil {
		return err
	}
	o.Author = Who(c).Name
	revision, err := s.expected(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	stored, refused, err := s.Overrides.AddOverridesAt(ctx, revision, []data.Override{o})
	if err != nil {
		return s.listChanged(c, err)
	}
	if refused[0] != nil {
		return badArticle(refused[0])
	}
	if err := s.Update(ctx); err != nil {
		return err
	}
	o = stored[0]
	change, err := s.firstChange(ctx, o.ID)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, overridesPath+"/"+strconv.FormatInt(o.ID, 10))
	return s.sendOverride(c, http.StatusCreated, o, change)
}

// firstChange is the number of the change that has added an override.
func (s *Server) firstChange(ctx context.Context, override int64) (id int64, err error) {
	for e, err := range s.History.History(ctx, data.HistoryFilter{Kind: data.KindOverride, Subject: strconv.FormatInt(override, 10)}) {
		if err != nil {
			return 0, err
		}
		id = e.ID // the newest comes first
	}
	return id, nil
}

// badArticle is err, in the sender's words where it is about an article that there is not.
func badArticle(err error) error {
	if errors.Is(err, data.ErrNotFound) {
		return echo.NewHTTPError(http.StatusBadRequest, err.Error())
	}
	return err
}

// handleOverrideChange serves PATCH /v1/editor/overrides/{id}: fields that are not in the
// body stay as they are.
func (s *Server) handleOverrideChange(c echo.Context) error {
	var fresh data.Override
	change, err := s.changeOverride(c, func(old data.Override) (*data.Override, error) {
		asked := newOverrideRequest(old)
		if err := readJSON(c, &asked, overrideFields); err != nil {
			return nil, err
		}
		var err error
		if fresh, err = asked.override(s.Location); err != nil {
			return nil, err
		}
		fresh.ID, fresh.Author, fresh.Created = old.ID, old.Author, old.Created
		return &fresh, nil
	})
	if err != nil {
		return err
	}
	return s.sendOverride(c, http.StatusOK, fresh, change)
}

// removedResponse is the answer about something that is gone.
type removedResponse struct {
	Change int64 `json:"change"` // in the history; to revert it brings the thing back
}

// handleOverrideRemove serves DELETE /v1/editor/overrides/{id}.
func (s *Server) handleOverrideRemove(c echo.Context) error {
	change, err := s.changeOverride(c, func(data.Override) (*data.Override, error) { return nil, nil })
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, removedResponse{change})
}

// changeOverride changes the override that the request of c names as f has it, if it is
// what the request's If-Match says. It returns the number of the change; 0: there was none.
func (s *Server) changeOverride(c echo.Context, f func(old data.Override) (*data.Override, error)) (change int64, err error) {
	if _, err := parseQuery(c.Request()); err != nil {
		return 0, err
	}
	id, err := overrideID(c)
	if err != nil {
		return 0, err
	}
	known := false
	e, err := s.Overrides.ChangeOverride(c.Request().Context(), id, func(old data.Override) (*data.Override, error) {
		known = true
		if present := newOverrideResponse(old, s.Now()); !matches(c.Request(), present.ETag) {
			return nil, changed(c, fmt.Sprintf("override %d", id), present.ETag, present)
		}
		return f(old)
	})
	if errors.Is(err, data.ErrNotFound) && !known {
		return 0, noOverride(c)
	}
	if err != nil {
		return 0, badArticle(err)
	}
	return e.ID, s.Update(c.Request().Context())
}
