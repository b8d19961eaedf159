package editor

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/data/evaluation"
)

const (
	apiEvaluationsPath = APIPrefix + "/evaluations"
	apiEvaluationPath  = apiEvaluationsPath + "/:id"
)

func (s *Server) registerEvaluationsJSON() {
	s.handle(http.MethodGet, apiEvaluationsPath, account.Viewer, s.handleEvaluationsGet)
	s.handle(http.MethodGet, apiEvaluationPath, account.Viewer, s.handleEvaluationGet)
}

// evaluationsJSON is the answer of /v1/editor/evaluations.
type evaluationsJSON struct {
	Items []evaluationJSON `json:"items"`          // the newest first
	Next  string           `json:"next,omitempty"` // what ?before= asks the older ones with; "": there are none
}

// evaluationJSON is a run that is kept.
type evaluationJSON struct {
	ID         string               `json:"id"`
	Time       time.Time            `json:"time"`
	Name       string               `json:"name,omitempty"`
	Simulated  string               `json:"simulated,omitempty"`
	Verdict    string               `json:"verdict,omitempty"`
	Summary    string               `json:"summary,omitempty"`
	Baseline   string               `json:"baseline,omitempty"`
	Candidates []evaluatedJSON      `json:"candidates"`
	Gates      []evaluationGateJSON `json:"gates"`
	Fault      string               `json:"fault,omitempty"` // why the report cannot be read
}

type evaluatedJSON struct {
	Name     string `json:"name"`
	Snapshot string `json:"snapshot,omitempty"`
}

type evaluationGateJSON struct {
	Name      string   `json:"name"`
	Metric    string   `json:"metric"`
	Level     string   `json:"level,omitempty"`
	Slice     string   `json:"slice,omitempty"`
	Candidate string   `json:"candidate"`
	Asks      string   `json:"asks"`
	Verdict   string   `json:"verdict"`
	Effect    string   `json:"effect"`
	Decided   []string `json:"decided"`
	Reason    string   `json:"reason"`
	Doubts    []string `json:"doubts,omitempty"`
}

func newEvaluationJSON(run *evaluation.Run) evaluationJSON {
	r := &run.Report
	answer := evaluationJSON{
		ID: run.ID, Time: run.Time, Name: run.Name, Simulated: r.Simulated, Verdict: r.Verdict, Summary: r.Summary, Baseline: r.Baseline,
		Candidates: []evaluatedJSON{}, Gates: []evaluationGateJSON{},
	}
	if run.Err != nil {
		answer.Fault = run.Err.Error()
	}
	for _, one := range candidatesOf(r) {
		answer.Candidates = append(answer.Candidates, evaluatedJSON{one.Name, one.Snapshot})
	}
	for _, g := range r.Gates {
		if g.Decided == nil {
			g.Decided = []string{}
		}
		answer.Gates = append(answer.Gates, evaluationGateJSON(g))
	}
	return answer
}

// handleEvaluationsGet serves GET /v1/editor/evaluations: those that are kept, and what
// their gates say.
func (s *Server) handleEvaluationsGet(c echo.Context) error {
	values, err := parseQuery(c.Request(), "before", "limit")
	if err != nil {
		return err
	}
	limit, err := parseNumber(values, "limit", runsShown, 1, 100)
	if err != nil {
		return err
	}
	runs, more, err := s.Evaluations.Runs(values.Get("before"), int(limit))
	if err != nil {
		return err
	}
	answer := evaluationsJSON{Items: []evaluationJSON{}}
	for i := range runs {
		answer.Items = append(answer.Items, newEvaluationJSON(&runs[i]))
	}
	if more {
		answer.Next = runs[len(runs)-1].ID
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	return sendTagged(c, text)
}

// handleEvaluationGet serves GET /v1/editor/evaluations/{id}: the report as eval run has
// written it.
func (s *Server) handleEvaluationGet(c echo.Context) error {
	if _, err := parseQuery(c.Request()); err != nil {
		return err
	}
	text, err := s.Evaluations.JSON(c.Param("id"))
	if errors.Is(err, data.ErrNotFound) {
		return echo.NewHTTPError(http.StatusNotFound, "no such evaluation is kept; GET "+apiEvaluationsPath+" lists them")
	}
	if err != nil { // it was cut off, or somebody has written into it
		return &Conflict{Status: http.StatusConflict, Detail: err.Error()}
	}
	return sendTagged(c, text)
}

// sendTagged answers with JSON and its entity tag, or with 304 to whoever has it.
func sendTagged(c echo.Context, text []byte) error {
	tag := tagOf(text)
	c.Response().Header().Set("ETag", tag)
	for one := range strings.SplitSeq(strings.Join(c.Request().Header.Values("If-None-Match"), ","), ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == "*" || one == tag {
			return c.NoContent(http.StatusNotModified)
		}
	}
	return c.JSONBlob(http.StatusOK, text)
}
