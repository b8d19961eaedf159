package historycsv

import (
	"encoding/csv"
	"io"
	"iter"
	"strconv"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
)

// Columns are the columns of a file, in order.
func Columns() []string {
	return []string{"id", "time", "author", "kind", "subject", "article", "target", "action", "what", "reverts", "batch", "before", "after"}
}

// Write writes a header and all entries, in their order. An error is w's or theirs.
func Write(w io.Writer, entries iter.Seq2[data.HistoryEntry, error]) error {
	out := csv.NewWriter(w)
	if err := out.Write(Columns()); err != nil {
		return err
	}
	for e, err := range entries {
		if err != nil {
			return err
		}
		number := func(id int64) string {
			if id == 0 {
				return ""
			}
			return strconv.FormatInt(id, 10)
		}
		row := []string{
			strconv.FormatInt(e.ID, 10), e.Time.Format(time.RFC3339Nano), e.Author, string(e.Kind), e.Subject, string(e.Article), string(e.Target),
			e.Action, e.Summary, number(e.Reverts), number(e.Batch), string(e.Before), string(e.After),
		}
		for i := range row {
			row[i] = record.EscapeCell(row[i])
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
