package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/overridecsv"
)

const overrideImportHelp = `Import adds the overrides of a CSV file, or of standard input if that is named -. The
first line names the columns, in any order; article and action must be there:

  article,target,action,position,strength,from,until,lang,placement,note,author,enabled

A row that cannot be taken is named with its file, line and reason, and the others are
stored. A row that is there already, the same in every column, is left alone, so that
a file may be imported again. Import removes nothing.

A date or time that says no zone is in the newsroom's (newsroom.timezone, else UTC).
--dry-run reports and stores nothing; what was stored is taken back as a whole with
alsolike history revert --batch.

A cell that a spreadsheet would take for a formula stands behind an apostrophe in what
export writes, and loses it here.

Exit code 1 means that some row was refused.`

func newOverrideImportCommand(e *env) *cobra.Command {
	return e.importing("override", e.importOverrides, &cobra.Command{
		Use:   "import FILE.csv",
		Short: "Add the overrides of a CSV file",
		Long:  overrideImportHelp,
		Example: `  alsolike override import overrides.csv --dry-run
  alsolike override import overrides.csv
  alsolike override export | alsolike --data ../other override import -`,
		Args: cobra.ExactArgs(1),
	})
}

// importedOverrides counts the rows of a file.
type importedOverrides struct {
	Added     int   `json:"added"`
	Unchanged int   `json:"unchanged"`
	Refused   int   `json:"refused"`
	Change    int64 `json:"change,omitempty"` // the first in the history
}

// importOverrides stores what is new of a file, and names on standard error what is
// refused, in the order of its lines; with dryRun it stores nothing.
func (e *env) importOverrides(ctx context.Context, in io.Reader, file string, dryRun bool) (n importedOverrides, err error) {
	opts := overridecsv.Options{File: file}
	if opts.Zone, err = e.zone(); err != nil {
		return n, err
	}
	store, err := e.openSite(ctx, dryRun)
	if err != nil {
		return n, err
	}
	defer store.Close()
	var report overridecsv.Report
	if dryRun {
		report, err = overridecsv.Check(ctx, store, in, opts)
	} else {
		report, err = overridecsv.Import(ctx, store, in, opts, data.AnyRevision)
	}
	if err != nil {
		return n, err
	}
	n = importedOverrides{Added: report.Added, Unchanged: report.Unchanged, Refused: report.Refused}
	var added []data.Override
	for _, row := range report.Rows {
		switch {
		case row.Outcome == overridecsv.Added:
			added = append(added, row.Override)
		case errors.Is(row.Err, data.ErrNotFound):
			fmt.Fprintf(e.stderr, "%s:%d: %v; alsolike export articles shows those there are\n", file, row.Line, row.Err)
		case row.Err != nil:
			fmt.Fprintf(e.stderr, "%s:%d: %v\n", file, row.Line, row.Err)
		}
	}
	if len(added) > 0 && !dryRun {
		if n.Change, err = firstChange(ctx, store, data.KindOverride, added[0].ID); err != nil {
			return n, err
		}
	}
	return n, e.warnOfPlacements(added...)
}

func newOverrideExportCommand(e *env) *cobra.Command {
	cmd := newExportOverridesCommand(e)
	cmd.Use, cmd.Example = "export", "  alsolike override export > overrides.csv"
	return cmd
}

// newExportOverridesCommand makes export overrides, which override export is as well.
func newExportOverridesCommand(e *env) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "overrides",
		Short: "Write all overrides, the oldest first",
		Long: `Write all overrides, whether they hold at present or not, the oldest first: as CSV,
which override import takes back, with the columns

  article,target,action,position,strength,from,until,lang,placement,note,author,enabled

or as JSON lines, with what else override list --json has. A cell of CSV that a
spreadsheet would take for a formula stands behind an apostrophe, which import takes
off. Exported, imported elsewhere and exported again, they are the same file.`,
		Example: `  alsolike export overrides > overrides.csv
  alsolike export overrides --format jsonl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "csv" && format != "jsonl" {
				return usagef("--format is %q; it may be csv or jsonl%s", format, didYouMean(format, []string{"csv", "jsonl"}))
			}
			store, err := e.openSite(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer store.Close()
			all, err := store.Overrides(cmd.Context())
			if err != nil {
				return err
			}
			w := bufio.NewWriter(e.stdout)
			if format == "csv" {
				err = overridecsv.Write(w, all)
			} else {
				lines, now := json.NewEncoder(w), e.now()
				lines.SetEscapeHTML(false)
				for _, o := range all {
					err = errors.Join(err, lines.Encode(newOverrideRow(o, now)))
				}
			}
			return errors.Join(err, w.Flush())
		},
	}
	cmd.Flags().StringVar(&format, "format", "csv", "`csv|jsonl`")
	return cmd
}
