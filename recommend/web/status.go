package web

import (
	"cmp"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

func (s *Server) registerStatus() {
	read := []string{http.MethodGet, http.MethodHead}
	s.echo.Match(read, "/v1/status", s.handleStatus)
	s.echo.Match(read, healthPath, s.handleHealth)
	s.echo.Match(read, readyPath, s.handleReady)
}

const (
	healthPath = "/healthz"
	readyPath  = "/readyz"
)

// statusResponse is the answer of /v1/status.
type statusResponse struct {
	Ready         bool              `json:"ready"`
	Snapshot      string            `json:"snapshot,omitempty"`
	Created       string            `json:"created,omitempty"` // RFC 3339, UTC
	AgeSeconds    int64             `json:"age_seconds"`
	Stale         bool              `json:"stale,omitempty"` // older than Config.MaxAge, with articles changed since
	Articles      int               `json:"articles"`
	Languages     map[data.Lang]int `json:"languages"`
	Overrides     int               `json:"overrides"`
	Provisional   int               `json:"provisional,omitempty"` // articles folded in since the snapshot
	Waiting       int               `json:"waiting,omitempty"`     // articles yet to be folded in
	StoreRevision storeRevision     `json:"store_revision"`
	Boilerplate   boilerplateCounts `json:"boilerplate"`
	Sources       []SourceStatus    `json:"sources,omitempty"`
	Events        *eventsStatus     `json:"events,omitempty"` // nil: none are taken
	Problem       string            `json:"problem,omitempty"`
}

// boilerplateCounts say how much text that recurs on many pages the snapshot
// leaves out of the comparison.
type boilerplateCounts struct {
	Blocks   int   `json:"blocks"`
	Articles int   `json:"articles"` // that held any
	Bytes    int64 `json:"bytes"`    // left out of them all
}

type storeRevision struct {
	Articles  int64 `json:"articles"`
	Overrides int64 `json:"overrides"`
}

// handleStatus serves GET /v1/status: what is in service, for whoever runs it.
func (s *Server) handleStatus(c echo.Context) error {
	if _, err := parseQuery(c.Request().URL.RawQuery, nil, nil); err != nil {
		return err
	}
	st := s.rec.Status()
	answer := statusResponse{
		Ready: st.Snapshot != "", Snapshot: st.Snapshot, AgeSeconds: int64(st.Age / time.Second),
		Articles: st.Articles, Languages: st.Languages, Overrides: st.Overrides,
		StoreRevision: storeRevision{st.StoreRevision.Articles, st.StoreRevision.Overrides},
		Boilerplate:   boilerplateCounts{st.Boilerplate.Blocks, st.Boilerplate.Articles, st.Boilerplate.Bytes},
		Provisional:   st.Provisional, Waiting: st.Waiting,
		Problem: st.Problem,
	}
	if answer.Languages == nil {
		answer.Languages = map[data.Lang]int{}
	}
	if answer.Stale = s.stale(&st); answer.Stale {
		answer.Problem = cmp.Or(answer.Problem, fmt.Sprintf("articles have changed, and the snapshot is over %v old; `alsolike refresh` makes one", s.maxAge))
	}
	answer.Created = formatTime(st.Created)
	if s.sources != nil {
		var err error
		if answer.Sources, err = s.sources(c.Request().Context()); err != nil {
			answer.Problem = cmp.Or(answer.Problem, err.Error())
		}
	}
	if s.events != nil {
		answer.Events = s.events.status()
	}
	return writeJSON(c, http.StatusOK, echo.MIMEApplicationJSON, answer)
}

// stale reports whether what is in service is too old. The snapshot of a site that
// has not changed is as good as a new one.
func (s *Server) stale(st *recommend.Status) bool {
	return s.maxAge > 0 && st.Snapshot != "" && st.Age > s.maxAge && st.Behind
}

// handleHealth serves GET /healthz: the process runs and answers.
func (s *Server) handleHealth(c echo.Context) error {
	return writeJSON(c, http.StatusOK, echo.MIMEApplicationJSON, map[string]string{"status": "ok"})
}

// handleReady serves GET /readyz: 200 once lists can be had, 503 before.
func (s *Server) handleReady(c echo.Context) error {
	snapshot := s.rec.Status().Snapshot
	if snapshot == "" {
		return data.ErrNoSnapshot
	}
	return writeJSON(c, http.StatusOK, echo.MIMEApplicationJSON, map[string]string{"status": "ready", "snapshot": snapshot})
}
