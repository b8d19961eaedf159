package editor

import (
	"bytes"
	"mime"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data/overridecsv"
)

// TakesFile reports whether a route takes a file as its body: overrides by the ten
// thousand.
func TakesFile(path string) bool { return path == overridesImportPath || path == historyImportPath }

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
// line by line. Good lines are stored whatever becomes of the others.
func (s *Server) handleOverridesImport(c echo.Context) error {
	if _, err := parseQuery(c.Request()); err != nil {
		return err
	}
	if kind, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType)); err != nil || kind != "text/csv" {
		return echo.NewHTTPError(http.StatusUnsupportedMediaType, "send CSV, as Content-Type: text/csv")
	}
	revision, err := s.expected(c)
	if err != nil {
		return err
	}
	report, err := overridecsv.Import(c.Request().Context(), s.Overrides, c.Request().Body, "body", revision)
	if err != nil {
		return s.listChanged(c, err)
	}
	if err := s.Update(c.Request().Context()); err != nil {
		return err
	}
	answer := importResponse{report.Added, report.Unchanged, report.Refused, []importedOfFile{}}
	for _, row := range report.Rows {
		one := importedOfFile{Line: row.Line, Result: row.Outcome, ID: row.Override.ID}
		if row.Err != nil {
			one.Error = row.Err.Error()
		}
		answer.Rows = append(answer.Rows, one)
	}
	return c.JSON(http.StatusOK, answer)
}
