package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
	"github.com/alsolike/alsolike/data/sqlite"
)

func newOverrideCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "override",
		Short: "Pin and hide links: an editor's wishes, which every refresh respects",
		Long: `An override pins a link to a position or hides it, under one article or everywhere.
It holds at once on a running server, survives every refresh, and carries who made
it, when and why. Hide is stronger than pin, and pin is stronger than any score.

What holds for one article holds for its translations: under each of them, the
target's version in the reader's language is pinned or hidden. A pin of an article
in another language is shown under the article that it names, and elsewhere where
the answer may be in that language.`,
		Example: `  alsolike override add --article a1 --target a7 --action pin --position 1
  alsolike override list
  alsolike override remove 3`,
	}
	cmd.AddCommand(newOverrideAddCommand(e), newOverrideListCommand(e), newOverrideRemoveCommand(e))
	return cmd
}

func newOverrideAddCommand(e *env) *cobra.Command {
	var (
		o                       data.Override
		article, target, action string
		from, until             string
		asJSON                  bool
	)
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Pin or hide a link",
		Example: `  alsolike override add --article a1 --target a7 --action pin --position 2 --note "the explainer"
  alsolike override add --article '*' --target a9 --action hide --author mei --until 2026-12-31
  alsolike override add --article a1 --target a8 --action pin --from 2026-12-01T06:00:00Z`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			o.Article, o.Target, o.Action = data.ArticleID(article), data.ArticleID(target), data.Action(action)
			if o.Action == data.Pin && !cmd.Flags().Changed("position") {
				o.Position = 1
			}
			if o.From, err = parseTime("from", from); err != nil {
				return err
			}
			if o.Until, err = parseTime("until", until); err != nil {
				return err
			}
			if err := o.Validate(); err != nil {
				return usagef("--%v", err)
			}
			store, err := e.openSite(cmd.Context(), false)
			if err != nil {
				return err
			}
			defer store.Close()
			o, err = store.AddOverride(cmd.Context(), o)
			if errors.Is(err, data.ErrNotFound) {
				return fmt.Errorf("%w; alsolike export articles shows those there are", err)
			}
			if err != nil {
				return err
			}
			if err := e.warn(cmd.Context(), store, o); err != nil {
				return err
			}
			if asJSON {
				return e.writeJSON(newOverrideRow(o, e.now()))
			}
			_, err = fmt.Fprintf(e.stdout, "Override %d: %s.\n", o.ID, sentence(o))
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&article, "article", "", "under which article: its `id`, or '*' for everywhere")
	flags.StringVar(&target, "target", "", "which link: the `id` of the article linked to")
	flags.StringVar(&action, "action", "", "`pin|hide`")
	flags.IntVar(&o.Position, "position", 0, "of a pin: 1 is the first link (default 1)")
	flags.StringVar(&from, "from", "", "when it begins: a `date` or RFC 3339 time (default: at once)")
	flags.StringVar(&until, "until", "", "when it ends: a `date` or RFC 3339 time (default: never)")
	flags.StringVar(&o.Note, "note", "", "why: a `text` for other editors")
	flags.StringVar(&o.Author, "author", "", "the `name` of who wishes it")
	flags.BoolVar(&asJSON, "json", false, "print the override as JSON")
	return cmd
}

// parseTime reads a date (midnight UTC) or a time as articles have them; an
// empty one is the zero time.
func parseTime(flag, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, ok := record.ParseTime(s); ok {
		return t, nil
	}
	return time.Time{}, usagef("--%s is %q; write a date such as 2026-12-31 or a time such as 2026-12-31T18:00:00Z", flag, s)
}

// warn says what an override does not do that its author may expect: that it
// will never change a list, or that its target is in another language.
func (e *env) warn(ctx context.Context, store *sqlite.Store, o data.Override) error {
	if !o.Until.IsZero() && !e.now().Before(o.Until) {
		fmt.Fprintf(e.stderr, "Override %d changes nothing: its end has passed.\n", o.ID)
		return nil
	}
	if o.Article == data.Everywhere {
		return nil
	}
	article, err := store.Article(ctx, o.Article)
	if err != nil {
		return err
	}
	target, err := store.Article(ctx, o.Target)
	if err != nil {
		return err
	}
	from, to := article.Card(), target.Card()
	switch {
	case !from.MayLink(&to):
		fmt.Fprintf(e.stderr, "Override %d changes nothing: %s and %s are translations of one another, and those are never linked.\n", o.ID, o.Target, o.Article)
	case from.SameLanguage(&to):
	case o.Action == data.Pin:
		fmt.Fprintf(e.stderr, "%s is in another language (%s) than %s (%s): readers get its version in their language, if there is one, else that article itself.\n",
			o.Target, to.Lang, o.Article, from.Lang)
	case o.Action == data.Hide:
		fmt.Fprintf(e.stderr, "%s is in another language (%s) than %s (%s): its translations are hidden there too.\n", o.Target, to.Lang, o.Article, from.Lang)
	}
	return nil
}

// sentence says an override in words.
func sentence(o data.Override) string {
	where := "under " + string(o.Article)
	if o.Article == data.Everywhere {
		where = "everywhere"
	}
	var s string
	switch o.Action {
	case data.Pin:
		s = fmt.Sprintf("%s is pinned to position %d %s", o.Target, o.Position, where)
	case data.Hide:
		s = fmt.Sprintf("%s is hidden %s", o.Target, where)
	}
	if !o.From.IsZero() {
		s += " from " + o.From.Format(time.RFC3339)
	}
	if !o.Until.IsZero() {
		s += " until " + o.Until.Format(time.RFC3339)
	}
	return s
}

// An overrideRow is an override as override list prints it.
type overrideRow struct {
	ID       int64          `json:"id"`
	Article  data.ArticleID `json:"article"`
	Target   data.ArticleID `json:"target"`
	Action   data.Action    `json:"action"`
	Position int            `json:"position,omitempty"`
	From     *time.Time     `json:"from,omitempty"`
	Until    *time.Time     `json:"until,omitempty"`
	Note     string         `json:"note,omitempty"`
	Author   string         `json:"author,omitempty"`
	Created  time.Time      `json:"created"`
	Active   bool           `json:"active"`
}

func newOverrideRow(o data.Override, now time.Time) overrideRow {
	return overrideRow{
		ID: o.ID, Article: o.Article, Target: o.Target, Action: o.Action, Position: o.Position,
		From: timeOrNil(o.From), Until: timeOrNil(o.Until), Note: o.Note, Author: o.Author, Created: o.Created, Active: o.Active(now),
	}
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func newOverrideListCommand(e *env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the overrides",
		Example: "  alsolike override list",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			store, err := e.openSite(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer store.Close()
			overrides, err := store.Overrides(cmd.Context())
			if err != nil {
				return err
			}
			now := e.now()
			rows := []overrideRow{}
			for _, o := range overrides {
				rows = append(rows, newOverrideRow(o, now))
			}
			if asJSON {
				return e.writeJSON(rows)
			}
			if len(rows) == 0 {
				fmt.Fprintln(e.stderr, "There are no overrides; alsolike override add makes one.")
				return nil
			}
			w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "ID\tWHAT\tSTATE\tAUTHOR\tNOTE")
			for i, o := range overrides {
				state := "active"
				switch {
				case !rows[i].Active && now.Before(o.From):
					state = "not yet"
				case !rows[i].Active:
					state = "over"
				}
				fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", o.ID, sentence(o), state, cmp.Or(oneLine(o.Author), "-"), cmp.Or(oneLine(o.Note), "-"))
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newOverrideRemoveCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:     "remove ID",
		Short:   "Remove an override",
		Example: "  alsolike override remove 3",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return usagef("%q is not the number of an override; alsolike override list shows them", args[0])
			}
			store, err := e.openSite(cmd.Context(), false)
			if err != nil {
				return err
			}
			defer store.Close()
			if err := store.RemoveOverride(cmd.Context(), id); errors.Is(err, data.ErrNotFound) {
				return fmt.Errorf("there is no override %d; alsolike override list shows them all", id)
			} else if err != nil {
				return err
			}
			_, err = fmt.Fprintf(e.stdout, "Override %d is removed.\n", id)
			return err
		},
	}
}
