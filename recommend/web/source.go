package web

import (
	"time"

	"github.com/alsolike/alsolike/data"
)

// A SourceStatus is what /v1/status tells of a watched source. Times are RFC
// 3339 in UTC, and absent where there is none.
type SourceStatus struct {
	Name      string `json:"name"`
	Source    string `json:"source"` // file, folder or URL
	Every     string `json:"every"`  // such as 15m0s
	State     string `json:"state"`  // waiting, running, ok or failing
	Started   string `json:"started,omitempty"`
	Finished  string `json:"finished,omitempty"`
	Succeeded string `json:"succeeded,omitempty"` // when an import last ended without a problem
	Next      string `json:"next,omitempty"`      // absent: at once
	Failures  int    `json:"failures"`            // imports in a row that ended with a problem
	Problem   string `json:"problem,omitempty"`   // of the last of them
	Refused   int    `json:"refused"`             // records, by the last import that ended
	Added     int    `json:"added"`
	Updated   int    `json:"updated"`
	Unchanged int    `json:"unchanged"`

	Unpublished int `json:"unpublished"` // articles that the source no longer has
}

// NewSourceStatus tells of the source at path, whose imports begin every so
// often and have gone as run says.
func NewSourceStatus(path string, every time.Duration, run data.SourceRun) SourceStatus {
	return SourceStatus{
		Name: run.Name, Source: path, Every: every.String(), State: sourceState(run),
		Started: formatTime(run.Started), Finished: formatTime(run.Finished), Succeeded: formatTime(run.Succeeded),
		Next: formatTime(run.Due(every)), Failures: run.Failures, Problem: run.Problem, Refused: run.Refused,
		Added: run.Changes.Added, Updated: run.Changes.Updated, Unchanged: run.Changes.Unchanged, Unpublished: run.Unpublished,
	}
}

// sourceState sums a run up in a word. A source that failed goes on failing
// until an import succeeds, also while one runs.
func sourceState(run data.SourceRun) string {
	switch {
	case run.Failures > 0:
		return "failing"
	case run.Started.After(run.Finished):
		return "running"
	case run.Started.IsZero():
		return "waiting"
	}
	return "ok"
}

// formatTime writes t in UTC to the second; the zero time is empty.
func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
