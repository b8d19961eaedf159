package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/historycsv"
)

func newHistoryCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Who changed what, what was there before, and how to take it back",
		Long: `Every change of an override, and what is decided about snapshots, is written down as it
is made: who made it, when, what was there before and what is there after it. Nothing is
ever taken out of this history; to revert a change is a change of its own, which can be
reverted as well. Of snapshots, alsolike snapshot rollback and publish do that.

Who changes something by a command is named with --author, and else is the user of this
machine.`,
		Example: `  alsolike history list --article a1
  alsolike history revert 12
  alsolike history export --since 2026-11-01 > history.csv`,
	}
	cmd.AddCommand(newHistoryListCommand(e), newHistoryRevertCommand(e), newHistoryExportCommand(e))
	return cmd
}

// A historyFlags says which entries a command is for.
type historyFlags struct{ author, kind, article, since, until string }

func (f *historyFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.author, "author", "", "only what the one of that `name` did")
	flags.StringVar(&f.kind, "kind", "", "only changes of one kind: `override|rule|snapshot|user|key`")
	flags.StringVar(&f.article, "article", "", "only what is about the article of that `id`, as an override's article or target")
	flags.StringVar(&f.since, "since", "", "only from then on: a `date` or RFC 3339 time")
	flags.StringVar(&f.until, "until", "", "only before then: a `date` or RFC 3339 time")
}

func (f *historyFlags) filter() (filter data.HistoryFilter, err error) {
	filter = data.HistoryFilter{Author: f.author, Article: data.ArticleID(f.article)}
	if filter.Kind, err = data.ParseKind(f.kind); err != nil {
		return filter, usagef("--%v", err)
	}
	if filter.Since, err = parseTime("since", f.since); err != nil {
		return filter, err
	}
	filter.Until, err = parseTime("until", f.until)
	return filter, err
}

// A historyRow is an entry as history list and export print it as JSON.
type historyRow struct {
	ID         int64           `json:"id"`
	Time       time.Time       `json:"time"`
	Author     string          `json:"author,omitempty"`
	Kind       data.Kind       `json:"kind"`
	Subject    string          `json:"subject"`
	Article    data.ArticleID  `json:"article,omitempty"`
	Target     data.ArticleID  `json:"target,omitempty"`
	Action     string          `json:"action"`
	What       string          `json:"what,omitempty"`
	Reverts    int64           `json:"reverts,omitempty"`
	Revertible bool            `json:"revertible"`
	Before     json.RawMessage `json:"before,omitempty"`
	After      json.RawMessage `json:"after,omitempty"`
}

func newHistoryRow(e data.HistoryEntry) historyRow {
	return historyRow{
		ID: e.ID, Time: e.Time, Author: e.Author, Kind: e.Kind, Subject: e.Subject, Article: e.Article, Target: e.Target,
		Action: e.Action, What: e.Summary, Reverts: e.Reverts, Revertible: e.Last, Before: e.Before, After: e.After,
	}
}

func newHistoryListCommand(e *env) *cobra.Command {
	var (
		asked  historyFlags
		limit  int
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the changes, the newest first",
		Example: `  alsolike history list
  alsolike history list --author mei --since 2026-11-01
  alsolike history list --article a1 --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, err := asked.filter()
			if err != nil {
				return err
			}
			if limit < 1 {
				return usagef("--limit is %d; it must be 1 or more", limit)
			}
			filter.Limit = limit
			store, err := e.openSite(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer store.Close()
			rows := []historyRow{}
			for entry, err := range store.History(cmd.Context(), filter) {
				if err != nil {
					return err
				}
				rows = append(rows, newHistoryRow(entry))
			}
			if asJSON {
				return e.writeJSON(rows)
			}
			if len(rows) == 0 {
				fmt.Fprintln(e.stderr, "No such change is known.")
				return nil
			}
			w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "ID\tTIME\tAUTHOR\tSUBJECT\tACTION\tWHAT")
			for _, r := range rows {
				action := r.Action
				if r.Reverts != 0 {
					action = fmt.Sprintf("%s (reverts %d)", action, r.Reverts)
				}
				fmt.Fprintf(w, "%d\t%s\t%s\t%s %s\t%s\t%s\n", r.ID, r.Time.Format(time.RFC3339), cmp.Or(oneLine(r.Author), "-"), r.Kind, r.Subject, action, cmp.Or(oneLine(r.What), "-"))
			}
			return w.Flush()
		},
	}
	asked.register(cmd.Flags())
	cmd.Flags().IntVar(&limit, "limit", 50, "so many at most: a `number`")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, with what was there before and after")
	return cmd
}

func newHistoryRevertCommand(e *env) *cobra.Command {
	var author string
	cmd := &cobra.Command{
		Use:   "revert ID...",
		Short: "Take changes back",
		Long: `Revert makes what was changed what it was before: an override that was removed holds
again, under its old number, and one that was added is gone. That is refused where the
same override has been changed again since; revert the later change first, or name both.
Of several changes the newest is reverted first.`,
		Example: `  alsolike history revert 12
  alsolike history revert 12 13 14 --author mei`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ids, err := changeIDs(args)
			if err != nil {
				return err
			}
			store, err := e.openSite(cmd.Context(), false)
			if err != nil {
				return err
			}
			defer store.Close()
			for _, id := range ids {
				made, err := store.Revert(e.by(cmd.Context(), author), id)
				if conflict, ok := errors.AsType[*data.ConflictError](err); ok && conflict.Later != nil {
					return fmt.Errorf("change %d cannot be reverted: %w; revert that one first", id, conflict)
				} else if ok {
					return fmt.Errorf("change %d cannot be reverted: %w", id, conflict)
				}
				if invalid, ok := errors.AsType[*data.InvalidError](err); ok {
					return fmt.Errorf("change %d cannot be reverted: it %s", id, invalid.Reason)
				}
				if errors.Is(err, data.ErrNotFound) {
					return fmt.Errorf("there is no change %d; alsolike history list shows them", id)
				}
				if err != nil {
					return err
				}
				if _, err := fmt.Fprintf(e.stdout, "Change %d is reverted by change %d: %s %s is %s.\n", id, made.ID, made.Kind, made.Subject, done(made)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	e.authorFlag(cmd, &author)
	return cmd
}

// done says what reverting did: "gone (a7 is hidden under a1)".
func done(e data.HistoryEntry) string {
	did := map[string]string{
		data.ActionAdd: "back again", data.ActionRemove: "gone", data.ActionPause: "paused", data.ActionResume: "in force again", data.ActionChange: "as before", data.ActionMove: "as before",
	}[e.Action]
	return cmp.Or(did, e.Action) + " (" + oneLine(e.Summary) + ")"
}

// changeIDs reads the numbers of changes, and has the newest first.
func changeIDs(args []string) ([]int64, error) {
	ids := make([]int64, len(args))
	for i, arg := range args {
		id, err := strconv.ParseInt(arg, 10, 64)
		if err != nil {
			return nil, usagef("%q is not the number of a change; alsolike history list shows them", arg)
		}
		ids[i] = id
	}
	slices.SortFunc(ids, func(a, b int64) int { return cmp.Compare(b, a) })
	return slices.Compact(ids), nil
}

func newHistoryExportCommand(e *env) *cobra.Command {
	var (
		asked  historyFlags
		format string
	)
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the changes, the newest first, as CSV or JSON lines",
		Long: `Write the changes, the newest first: as CSV with the columns

  id,time,author,kind,subject,article,target,action,what,reverts,before,after

of which before and after are JSON, or as JSON lines. A cell of CSV that a spreadsheet
would take for a formula stands behind an apostrophe.`,
		Example: `  alsolike history export > history.csv
  alsolike history export --kind override --since 2026-11-01 --format jsonl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, err := asked.filter()
			if err != nil {
				return err
			}
			if format != "csv" && format != "jsonl" {
				return usagef("--format is %q; it may be csv or jsonl%s", format, didYouMean(format, []string{"csv", "jsonl"}))
			}
			store, err := e.openSite(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer store.Close()
			w := bufio.NewWriter(e.stdout)
			entries := store.History(cmd.Context(), filter)
			if format == "csv" {
				return errors.Join(historycsv.Write(w, entries), w.Flush())
			}
			lines := json.NewEncoder(w)
			lines.SetEscapeHTML(false)
			for entry, err := range entries {
				if err == nil {
					err = lines.Encode(newHistoryRow(entry))
				}
				if err != nil {
					return errors.Join(err, w.Flush())
				}
			}
			return w.Flush()
		},
	}
	asked.register(cmd.Flags())
	cmd.Flags().StringVar(&format, "format", "csv", "`csv|jsonl`")
	return cmd
}
