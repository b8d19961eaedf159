package editor

import (
	"encoding/base64"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/overridecsv"
)

// importPage is the view of import.html.
type importPage struct {
	overridecsv.Report
	File   string
	Listed []importRow // what was added and what was refused, as far as it is listed
	More   int         // rows that are not
	None   bool        // no file was chosen

	Look   bool   // nothing was stored: this is what would be
	Text   string // of a Look: the file, for the form that imports it; "" of one that is too large
	Change int64  // the first that the import made; 0: none
}

// An importRow is a row of a file.
type importRow struct {
	Line int
	What string // what it wishes
	Err  error  // why it was refused; else nil
}

const (
	rowsOfImport = 500     // how many rows of a file the page lists
	mostLook     = 5 << 20 // the largest file that its own report brings back, which makes it longer
)

// fileText is how the text of a file stands in a form: forms change ends of lines.
var fileText = base64.RawURLEncoding

// handleHistoryImport serves POST /editor/history/import: a file of overrides, and what
// becomes of each of its lines, before it is imported or as it is.
func (s *Server) handleHistoryImport(c echo.Context) error {
	name, text, err := importedText(c)
	if err != nil {
		return err
	}
	if text == "" {
		return s.pageStatus(c, http.StatusUnprocessableEntity, "import", importPage{None: true})
	}
	view := importPage{File: name, Look: c.FormValue("do") == "look"}
	view.Report, view.Change, err = s.importOverrides(c.Request().Context(), strings.NewReader(text), name, data.AnyRevision, view.Look)
	if err != nil {
		return err
	}
	if view.Look && len(text) <= mostLook {
		view.Text = fileText.EncodeToString([]byte(text))
	}
	teller := historyTeller{s, c.Request().Context(), s.words(c), map[data.ArticleID]string{}}
	for _, outcome := range []overridecsv.Outcome{overridecsv.Refused, overridecsv.Added} { // what needs an eye first
		for _, row := range view.Rows {
			switch {
			case row.Outcome != outcome:
			case len(view.Listed) == rowsOfImport:
				view.More++
			default:
				listed := importRow{Line: row.Line, Err: row.Err}
				if row.Err == nil {
					if listed.What, err = teller.sentence(&row.Override); err != nil {
						return err
					}
				}
				view.Listed = append(view.Listed, listed)
			}
		}
	}
	return s.page(c, "import", view)
}

// importedText is the file that a form brings, or has brought back from its report; the
// text is empty where there is none.
func importedText(c echo.Context) (name, text string, err error) {
	invalid := &data.InvalidError{Field: "file", Reason: "cannot be read"}
	if back := c.FormValue("text"); back != "" {
		b, err := fileText.DecodeString(back)
		if err != nil {
			return "", "", invalid
		}
		return c.FormValue("name"), string(b), nil
	}
	header, err := c.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return "", "", nil
	}
	if err != nil {
		return "", "", invalid
	}
	b, err := readFile(header)
	return header.Filename, string(b), err
}

func readFile(header *multipart.FileHeader) ([]byte, error) {
	file, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}
