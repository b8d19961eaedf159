package main

import (
	"bufio"
	"cmp"
	"context"
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
	"github.com/alsolike/alsolike/data/sqlite"
	"github.com/alsolike/alsolike/recommend/review"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

func newHistoryCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Who changed what, what was there before, and how to take it back",
		Long: `Every change of an override, and what is decided about snapshots, is written down as it
is made: who made it, when, what was there before and what is there after it. Nothing is
ever taken out of this history; to revert a change is a change of its own, which can be
reverted as well. What went into service by itself is in it, too; --people leaves that out.
What was changed at once, as by an import, is one batch, whose number --json shows, and can
be reverted as a whole.

Who changes something by a command is named with --author, and else is the user of this
machine.`,
		Example: `  alsolike history list --article a1
  alsolike history revert 12
  alsolike history revert --batch 12
  alsolike history export --since 2026-11-01 > history.csv`,
	}
	cmd.AddCommand(newHistoryListCommand(e), newHistoryRevertCommand(e), newHistoryExportCommand(e))
	return cmd
}

// A historyFlags says which entries a command is for.
type historyFlags struct {
	author, kind, article, since, until string
	people                              bool
	batch                               int64
}

func (f *historyFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.author, "author", "", "only what the one of that `name` did")
	flags.BoolVar(&f.people, "people", false, "without what went into service by itself")
	flags.StringVar(&f.kind, "kind", "", "only changes of one kind: `override|rule|snapshot|user|key`")
	flags.StringVar(&f.article, "article", "", "only what is about the article of that `id`, as an override's article or target")
	flags.StringVar(&f.since, "since", "", "only from then on: a `date` or time in the newsroom's time zone")
	flags.StringVar(&f.until, "until", "", "only before then: a `date` or time in the newsroom's time zone")
	flags.Int64Var(&f.batch, "batch", 0, "only what was made at once with one another, as by an import: its `number`")
}

func (f *historyFlags) filter(zone *time.Location) (filter data.HistoryFilter, err error) {
	if f.batch < 0 {
		return filter, usagef("--batch is %d; it is the number of a change", f.batch)
	}
	filter = data.HistoryFilter{Author: f.author, Article: data.ArticleID(f.article), People: f.people, Batch: f.batch}
	if filter.Kind, err = data.ParseKind(f.kind); err != nil {
		return filter, usagef("--%v", err)
	}
	if filter.Since, err = parseTimeIn(zone, "since", f.since); err != nil {
		return filter, err
	}
	filter.Until, err = parseTimeIn(zone, "until", f.until)
	return filter, err
}

// historyFilter is what flags ask for, with days in the newsroom's time zone.
func (e *env) historyFilter(asked historyFlags) (data.HistoryFilter, error) {
	zone, err := e.zone()
	if err != nil {
		return data.HistoryFilter{}, err
	}
	return asked.filter(zone)
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
	Batch      int64           `json:"batch,omitempty"`
	Revertible bool            `json:"revertible"`
	Before     json.RawMessage `json:"before,omitempty"`
	After      json.RawMessage `json:"after,omitempty"`
}

func newHistoryRow(e data.HistoryEntry) historyRow {
	return historyRow{
		ID: e.ID, Time: e.Time, Author: e.Author, Kind: e.Kind, Subject: e.Subject, Article: e.Article, Target: e.Target,
		Action: e.Action, What: e.Summary, Reverts: e.Reverts, Batch: e.Batch, Revertible: e.Last, Before: e.Before, After: e.After,
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
  alsolike history list --kind snapshot --people
  alsolike history list --article a1 --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, err := e.historyFilter(asked)
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
	var (
		author string
		batch  bool
	)
	cmd := &cobra.Command{
		Use:   "revert ID...",
		Short: "Take changes back",
		Long: `Revert makes what was changed what it was before: an override that was removed holds
again, under its old number, and one that was added is gone. Of a snapshot that was put
into service the one before is there again, as after alsolike snapshot rollback; one that
was held is released. That is refused where the same has been changed again since; revert
the later change first, or name both. Of several changes the newest is reverted first.

--batch reverts what was changed at once with a change, such as all that an import has
added, in one go: all of it or, on an error, nothing. What has been changed again since
is left alone and named, and the exit code is 1.`,
		Example: `  alsolike history revert 12
  alsolike history revert 12 13 14 --author mei
  alsolike history revert --batch 12`,
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
			ctx, left := e.by(cmd.Context(), author), 0
			for _, id := range ids {
				n, err := e.revert(ctx, store, id, batch)
				if err != nil {
					return notReverted(id, err)
				}
				left += n
			}
			if left > 0 {
				return errSilent // each was named
			}
			return nil
		},
	}
	e.authorFlag(cmd, &author)
	cmd.Flags().BoolVar(&batch, "batch", false, "and all that was changed at once with it, as by an import")
	return cmd
}

// revert takes change id back, whatever it is of, and with batch all that was changed at
// once with it. It says so, and returns how many of these are left alone.
func (e *env) revert(ctx context.Context, store *sqlite.Store, id int64, batch bool) (left int, err error) {
	decision, ok, err := review.DecisionOf(ctx, store, id)
	if err != nil {
		return 0, err
	}
	var made data.HistoryEntry
	switch {
	case ok: // which stands alone
		var dir *snapshot.Dir
		if dir, err = e.snapshots(); err == nil {
			made, err = review.Revert(ctx, store, dir.By(data.AuthorOf(ctx), ""), decision)
		}
	case batch:
		r, err := store.RevertBatch(ctx, id)
		if err == nil {
			err = e.printReverted(id, r)
		}
		return len(r.Left), err
	default:
		made, err = store.Revert(ctx, id)
	}
	if err == nil {
		_, err = fmt.Fprintf(e.stdout, "Change %d is reverted by change %d: %s %s is %s.\n", id, made.ID, made.Kind, made.Subject, done(made))
	}
	return 0, err
}

// notReverted is err in the words of whoever asked to revert a change.
func notReverted(id int64, err error) error {
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
	return err
}

// printReverted tells what has become of the batch of a change, and names on standard
// error what was left alone.
func (e *env) printReverted(id int64, r data.Reverted) error {
	for _, why := range r.Left {
		fmt.Fprintf(e.stderr, "Left alone: %v.\n", why)
	}
	by := ""
	if n := len(r.Made); n == 1 {
		by = fmt.Sprintf(" (by change %d)", r.Made[0].ID)
	} else if n > 1 {
		by = fmt.Sprintf(" (by changes %d to %d)", r.Made[0].ID, r.Made[n-1].ID)
	}
	_, err := fmt.Fprintf(e.stdout, "Change %d and what was made at once with it: %s reverted%s, %s left alone.\n", id, count(len(r.Made)), by, count(len(r.Left)))
	return err
}

// firstChange is the number of the first change of a subject.
func firstChange(ctx context.Context, store *sqlite.Store, kind data.Kind, subject int64) (id int64, err error) {
	for e, err := range store.History(ctx, data.HistoryFilter{Kind: kind, Subject: strconv.FormatInt(subject, 10)}) {
		if err != nil {
			return 0, err
		}
		id = e.ID // the newest comes first
	}
	return id, nil
}

// done says what reverting did: "gone (a7 is hidden under a1)".
func done(e data.HistoryEntry) string {
	did := map[string]string{
		data.ActionAdd: "back again", data.ActionRemove: "gone", data.ActionPause: "paused", data.ActionResume: "in force again", data.ActionChange: "as before", data.ActionMove: "as before",
		snapshot.Publishes: "another one", snapshot.RollsBack: "the one before", snapshot.Holds: "held", snapshot.Releases: "released",
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

  id,time,author,kind,subject,article,target,action,what,reverts,batch,before,after

of which before and after are JSON, or as JSON lines. A cell of CSV that a spreadsheet
would take for a formula stands behind an apostrophe.`,
		Example: `  alsolike history export > history.csv
  alsolike history export --kind override --since 2026-11-01 --format jsonl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, err := e.historyFilter(asked)
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
