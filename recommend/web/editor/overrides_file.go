package editor

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data/overridecsv"
)

// TakesFile reports whether a route takes as much as a file as its body: overrides by the
// ten thousand, or the ids of as many lists that are to stay as they are.
func TakesFile(path string) bool {
	return path == overridesImportPath || path == historyImportPath || path == reviewPath || path == apiSnapshotPath+"/publish"
}

// TakesLong reports whether a route may take as long as it needs: it stores or takes back
// as much as a file holds, as a whole or not at all.
func TakesLong(path string) bool {
	return TakesFile(path) || path == historyBatchPath || path == batchRevertPath
}

const csvType = "text/csv; charset=utf-8"

// sendFile answers with a file of that name for a spreadsheet.
func sendFile(c echo.Context, name string, text []byte) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	return c.Blob(http.StatusOK, csvType, text)
}

// handleOverridesExport serves GET /v1/editor/overrides/export: all of them as CSV, which
// import takes back.
func (s *Server) handleOverridesExport(c echo.Context) error {
	if _, err := parseQuery(c.Request()); err != nil {
		return err
	}
	ctx := c.Request().Context()
	_, tag, err := s.revision(ctx)
	if err != nil {
		return err
	}
	all, err := s.Overrides.Overrides(ctx)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := overridecsv.Write(&text, all); err != nil {
		return err
	}
	c.Response().Header().Set("ETag", tag)
	return sendFile(c, "overrides.csv", text.Bytes())
}

// importResponse is the answer of /v1/editor/overrides/import.
type importResponse struct {
	Added     int              `json:"added"`
	Unchanged int              `json:"unchanged"`
	Refused   int              `json:"refused"`
	DryRun    bool             `json:"dry_run,omitempty"` // nothing was stored
	Change    int64            `json:"change,omitempty"`  // the first in the history
	Rows      []importedOfFile `json:"rows"`
}

// importedOfFile is what has become of a row.
type importedOfFile struct {
	Line   int                 `json:"line"`
	Result overridecsv.Outcome `json:"result"`
	ID     int64               `json:"id,omitempty"`    // of the override that was added
	Error  string              `json:"error,omitempty"` // why it was refused
}

// handleOverridesImport serves POST /v1/editor/overrides/import: a body of CSV, answered
// line by line. Good lines are stored whatever becomes of the others; with dry_run=true
// nothing is.
func (s *Server) handleOverridesImport(c echo.Context) error {
	values, err := parseQuery(c.Request(), "dry_run")
	if err != nil {
		return err
	}
	dryRun, err := parseBool(values, "dry_run")
	if err != nil {
		return err
	}
	if kind, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType)); err != nil || kind != "text/csv" {
		return echo.NewHTTPError(http.StatusUnsupportedMediaType, "send CSV, as Content-Type: text/csv")
	}
	revision, err := s.expected(c)
	if err != nil {
		return err
	}
	report, change, err := s.importOverrides(c.Request().Context(), c.Request().Body, "body", revision, dryRun)
	if err != nil {
		return s.listChanged(c, err)
	}
	answer := importResponse{report.Added, report.Unchanged, report.Refused, dryRun, change, []importedOfFile{}}
	for _, row := range report.Rows {
		one := importedOfFile{Line: row.Line, Result: row.Outcome, ID: row.Override.ID}
		if row.Err != nil {
			one.Error = row.Err.Error()
		}
		answer.Rows = append(answer.Rows, one)
	}
	return c.JSON(http.StatusOK, answer)
}

// importOverrides imports a file of that name into the list of overrides at a revision,
// and has the number of the first change that this made; with dryRun it only reports.
func (s *Server) importOverrides(ctx context.Context, file io.Reader, name string, revision int64, dryRun bool) (report overridecsv.Report, change int64, err error) {
	opts := overridecsv.Options{File: name, Zone: s.Location}
	if dryRun {
		report, err = overridecsv.Check(ctx, s.Overrides, file, opts)
		return report, 0, err
	}
	if report, err = overridecsv.Import(ctx, s.Overrides, file, opts, revision); err != nil {
		return report, 0, err
	}
	for _, row := range report.Rows {
		if row.Outcome == overridecsv.Added {
			if change, err = s.firstChange(ctx, row.Override.ID); err != nil {
				return report, 0, err
			}
			break
		}
	}
	return report, change, s.Update(ctx)
}
