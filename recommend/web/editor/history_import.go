package editor

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/overridecsv"
)

// importPage is the view of import.html.
type importPage struct {
	overridecsv.Report
	File   string
	Listed []overridecsv.Imported // what was added and what was refused, as far as it is listed
	More   int                    // rows that are not
	None   bool                   // no file was chosen
}

// rowsOfImport is how many rows of a file the page lists.
const rowsOfImport = 500

// handleHistoryImport serves POST /editor/history/import: a file of overrides, and what
// has become of each of its lines.
func (s *Server) handleHistoryImport(c echo.Context) error {
	file, err := c.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || err == nil && file.Size == 0 {
		return s.pageStatus(c, http.StatusUnprocessableEntity, "import", importPage{None: true})
	}
	if err != nil {
		return &data.InvalidError{Field: "file", Reason: "cannot be read"}
	}
	body, err := file.Open()
	if err != nil {
		return err
	}
	defer body.Close()
	report, err := overridecsv.Import(c.Request().Context(), s.Overrides, body, file.Filename, data.AnyRevision)
	if err != nil {
		return err
	}
	if err := s.Update(c.Request().Context()); err != nil {
		return err
	}
	view := importPage{Report: report, File: file.Filename}
	for _, outcome := range []overridecsv.Outcome{overridecsv.Refused, overridecsv.Added} { // what needs an eye first
		for _, row := range report.Rows {
			switch {
			case row.Outcome != outcome:
			case len(view.Listed) < rowsOfImport:
				view.Listed = append(view.Listed, row)
			default:
				view.More++
			}
		}
	}
	return s.page(c, "import", view)
}
