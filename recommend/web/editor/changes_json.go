package editor

import (
	"cmp"
	"context"
	"errors"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/recommend/review"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/snapshot/diff"
)

const (
	apiReviewPath   = APIPrefix + "/changes"
	apiRollbackPath = apiReviewPath + "/rollback"
	apiSnapshotPath = apiReviewPath + "/:id"
)

func (s *Server) registerChangesJSON() {
	s.handle(http.MethodGet, apiReviewPath, account.Viewer, s.handleReviewsGet)
	s.handle(http.MethodGet, apiSnapshotPath, account.Viewer, s.handleReviewGet)
	s.handle(http.MethodPost, apiRollbackPath, account.Editor, s.decideJSON(snapshot.RollsBack))
	for _, do := range []string{snapshot.Publishes, snapshot.Holds, snapshot.Releases} {
		s.handle(http.MethodPost, apiSnapshotPath+"/"+do, account.Editor, s.decideJSON(do))
	}
}

// reviewsJSON is the answer of /v1/editor/changes.
type reviewsJSON struct {
	Policy   policyJSON     `json:"policy"`
	Current  string         `json:"in_service,omitempty"`
	Previous string         `json:"previous,omitempty"` // that a rollback would publish
	Waiting  string         `json:"waiting,omitempty"`  // the newest that awaits review or is held
	Items    []snapshotJSON `json:"items"`              // the newest first
}

// policyJSON says when a refresh goes into service by itself.
type policyJSON struct {
	Publish    review.Rule `json:"publish"`
	MaxChanged *float64    `json:"max_changed,omitempty"`
	Gate       bool        `json:"gate"` // the report of an evaluation must let it pass
	What       string      `json:"what"` // in words
	Stopped    string      `json:"stopped_by,omitempty"`
}

// snapshotJSON is a snapshot as answers have it.
type snapshotJSON struct {
	ID       string         `json:"id"`
	Created  time.Time      `json:"created,omitzero"`
	Articles int            `json:"articles"`
	State    snapshot.State `json:"state"`
	Author   string         `json:"author,omitempty"` // of the last decision
	Decided  time.Time      `json:"decided,omitzero"`
	Note     string         `json:"note,omitempty"`
	Pruned   bool           `json:"pruned"` // only its lists are left, which cannot be published
}

func newSnapshotJSON(info *snapshot.Info) snapshotJSON {
	return snapshotJSON{
		ID: info.ID, Created: info.Manifest.Created, Articles: info.Manifest.Counts.Articles, State: info.State, Author: info.Decision.Author,
		Decided: info.Decision.Time, Note: info.Decision.Note, Pruned: !info.Manifest.Pruned.IsZero(),
	}
}

// reviews answers with how all snapshots stand.
func (s *Server) reviews(c echo.Context) (*reviewsJSON, error) {
	st, err := s.Changes.standing()
	if err != nil {
		return nil, err
	}
	p := s.Changes.Policy
	answer := &reviewsJSON{
		Policy: policyJSON{Publish: cmp.Or(p.Publish, review.Always), Gate: p.Publish == review.Auto && p.Gate != "", What: words{}.PolicySentence(p)},
		Items:  []snapshotJSON{},
	}
	if p.Publish == review.Auto {
		most := math.Round(p.Most()*1e6) / 1e6
		answer.Policy.MaxChanged = &most
	}
	for _, one := range []struct {
		info *snapshot.Info
		into *string
	}{{st.current, &answer.Current}, {st.previous, &answer.Previous}, {st.waiting, &answer.Waiting}, {st.stop, &answer.Policy.Stopped}} {
		if one.info != nil {
			*one.into = one.info.ID
		}
	}
	for i := range st.all {
		answer.Items = append(answer.Items, newSnapshotJSON(&st.all[i]))
	}
	c.Response().Header().Set("ETag", `"`+st.revision+`"`)
	return answer, nil
}

// handleReviewsGet serves GET /v1/editor/changes: the snapshots, and what is decided about
// them.
func (s *Server) handleReviewsGet(c echo.Context) error {
	if _, err := parseQuery(c.Request()); err != nil {
		return err
	}
	answer, err := s.reviews(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, answer)
}

// reviewJSON is the answer of /v1/editor/changes/{id}.
type reviewJSON struct {
	snapshotJSON
	Diff    *diff.Diff `json:"diff,omitempty"`    // absent where there is nothing to compare with
	Matched *int       `json:"matched,omitempty"` // lists that are asked for, of which Diff has some
	Next    int        `json:"next,omitempty"`    // what ?from= asks for more of them with; 0: there are none
	Fault   string     `json:"fault,omitempty"`   // why it cannot be compared
}

// handleReviewGet serves GET /v1/editor/changes/{id}: what a snapshot changes, against the
// one in service, or of that one against the one before.
func (s *Server) handleReviewGet(c echo.Context) error {
	values, err := parseQuery(c.Request(), "q", "section", "lang", "from", "limit")
	if err != nil {
		return err
	}
	first, err := parseNumber(values, "from", 0, 0, 1<<30)
	if err != nil {
		return err
	}
	limit, err := parseNumber(values, "limit", 200, 0, 1000)
	if err != nil {
		return err
	}
	st, err := s.Changes.standing()
	if err != nil {
		return err
	}
	info := st.find(c.Param("id"))
	if info == nil {
		return errNoSnapshot
	}
	answer := reviewJSON{snapshotJSON: newSnapshotJSON(info)}
	if from := st.before(info); from != nil {
		compared, err := s.Changes.compare(c.Request().Context(), &s.comparisons, from.ID, info.ID, time.Minute)
		switch {
		case c.Request().Context().Err() != nil:
			return err
		case err != nil:
			answer.Fault = err.Error()
		case compared == nil:
			return context.DeadlineExceeded
		default:
			d := compared.diff.Diff
			changes, matched := compared.find(listQuery{Text: strings.TrimSpace(values.Get("q")), Section: values.Get("section"), Lang: values.Get("lang"), First: int(first), Limit: int(limit)})
			d.Lists = make([]diff.List, len(changes))
			for i, change := range changes {
				d.Lists[i] = compared.diff.List(change)
			}
			answer.Diff, answer.Matched = &d, &matched
			if next := int(first) + len(changes); next < matched && len(changes) > 0 {
				answer.Next = next
			}
		}
	}
	c.Response().Header().Set("ETag", `"`+st.revision+`"`)
	return c.JSON(http.StatusOK, answer)
}

// decideJSON serves a decision: POST /v1/editor/changes/{id}/publish and its like.
func (s *Server) decideJSON(do string) echo.HandlerFunc {
	known := []string{"note"}
	if do == snapshot.Publishes {
		known = append(known, "except")
	}
	return func(c echo.Context) error {
		if _, err := parseQuery(c.Request()); err != nil {
			return err
		}
		v := verdict{do: do, id: c.Param("id")}
		var err error
		if do == snapshot.Publishes {
			body := struct {
				Note   *string           `json:"note"`
				Except *[]data.ArticleID `json:"except"`
			}{&v.note, &v.except}
			err = readJSON(c, &body, known)
		} else {
			body := struct {
				Note *string `json:"note"`
			}{&v.note}
			err = readJSON(c, &body, known)
		}
		if err != nil {
			return err
		}
		revision, err := s.Changes.Snapshots.Revision()
		if err != nil {
			return err
		}
		if c.Request().Header.Get("If-Match") != "" {
			if !matches(c.Request(), `"`+revision+`"`) {
				return s.decidedMeanwhile(c)
			}
			if strings.TrimSpace(c.Request().Header.Get("If-Match")) != "*" {
				v.revision = revision
			}
		}
		err = s.decide(c.Request().Context(), v)
		if _, ok := errors.AsType[*data.ConflictError](err); ok {
			return s.decidedMeanwhile(c)
		}
		if err != nil {
			return err
		}
		answer, err := s.reviews(c)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, answer)
	}
}

// decidedMeanwhile is the error about an If-Match that does not hold.
func (s *Server) decidedMeanwhile(c echo.Context) error {
	present, err := s.reviews(c)
	if err != nil {
		return err
	}
	return changed(c, "what is in service, or waits,", c.Response().Header().Get("ETag"), present)
}
