package overridecsv

import (
	"cmp"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
)

// Columns are the columns of a file, in order.
func Columns() []string {
	return []string{"article", "target", "action", "position", "strength", "from", "until", "lang", "placement", "note", "author", "enabled"}
}

// Write writes a header and all overrides, the oldest first. An error is w's.
func Write(w io.Writer, all []data.Override) error {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b data.Override) int { return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID)) })
	out := csv.NewWriter(w)
	if err := out.Write(Columns()); err != nil {
		return err
	}
	for i := range all {
		if err := out.Write(cells(&all[i])); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

var oneKindOfLine = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func cells(o *data.Override) []string {
	row := []string{
		string(o.Article), string(o.Target), string(o.Action), "", "", timeText(o.From), timeText(o.Until),
		string(o.Lang), o.Placement, o.Note, o.Author, strconv.FormatBool(!o.Paused),
	}
	if o.Action == data.Pin {
		row[3] = strconv.Itoa(o.Position)
	}
	if o.Action.Weighs() {
		row[4] = strconv.FormatFloat(o.Strength, 'f', -1, 64)
	}
	for i := range row {
		row[i] = record.EscapeCell(oneKindOfLine.Replace(row[i]))
	}
	return row
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
