package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
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
		Short: "Pin, hide, boost and bury links: an editor's wishes, which every refresh respects",
		Long: `An override is an editor's wish about the links under one article or everywhere:

  pin    shows the target at a position, whether the model proposed it or not
  hide   never shows it
  boost  multiplies its ranking score by 1.0 to 10.0, so that it rises
  bury   multiplies it by 0.0 to 0.9, so that it sinks; 0.0 is the last place
  off    shows no links at all under one article, pins neither

It holds at once on a running server, survives every refresh, and carries who made
it, when and why. Hide is stronger than pin, pin is stronger than boost and bury, and
these change the ranking only: the score that is shown stays, a link that is below the
threshold stays away, and an article that the model does not propose is not found. Of
several boosts and buries of one target the one for the article comes before those for
everywhere, else the newest counts.

What holds for one article holds for its translations: under each of them, the
target's version in the reader's language is pinned, hidden, boosted or buried. A pin
of an article in another language is shown under the article that it names, and
elsewhere where the answer may be in that language. --lang and --placement keep an
override to pages in one language, and to one place on them.`,
		Example: `  alsolike override add --article a1 --target a7 --action pin --position 1
  alsolike override add --article '*' --target a9 --action boost --strength 2.5 --until 2026-12-31
  alsolike override list
  alsolike override pause 3
  alsolike override export > overrides.csv`,
	}
	cmd.AddCommand(
		newOverrideAddCommand(e), newOverrideListCommand(e), newWishRemoveCommand(e, overrideKind),
		newWishPauseCommand(e, overrideKind, true), newWishPauseCommand(e, overrideKind, false), newOverrideImportCommand(e), newOverrideExportCommand(e),
	)
	return cmd
}

func newOverrideAddCommand(e *env) *cobra.Command {
	var (
		o                       data.Override
		article, target, action string
		from, until, lang       string
		asJSON                  bool
	)
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Pin, hide, boost or bury a link, or switch the links of an article off",
		Example: `  alsolike override add --article a1 --target a7 --action pin --position 2 --note "the explainer"
  alsolike override add --article '*' --target a9 --action hide --author mei --until 2026-12-31
  alsolike override add --article '*' --target a9 --action boost --strength 2.5 --placement sidebar
  alsolike override add --article a1 --target a4 --action bury --strength 0.5 --lang zh-Hant
  alsolike override add --article a3 --action off --note "court order"
  alsolike override add --article a1 --target a8 --action pin --from 2026-12-01T06:00:00Z`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			o.Article, o.Target, o.Action = data.ArticleID(article), data.ArticleID(target), data.Action(action)
			if o.Action == data.Pin && !cmd.Flags().Changed("position") {
				o.Position = 1
			}
			if o.Action.Weighs() && !cmd.Flags().Changed("strength") {
				return usagef("--strength is missing; of a boost it is 1.0 to 10.0, of a bury 0.0, the last place, to 0.9")
			}
			zone, err := e.zone()
			if err != nil {
				return err
			}
			if o.From, err = parseTimeIn(zone, "from", from); err != nil {
				return err
			}
			if o.Until, err = parseTimeIn(zone, "until", until); err != nil {
				return err
			}
			if o.Lang, err = data.ParseScope(lang); err != nil {
				return usagef("--%v", err)
			}
			if err := o.Validate(); err != nil {
				return usagef("--%v", err)
			}
			store, err := e.openSite(cmd.Context(), false)
			if err != nil {
				return err
			}
			defer store.Close()
			o, err = store.AddOverride(e.by(cmd.Context(), o.Author), o)
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
			_, err = fmt.Fprintf(e.stdout, "Override %d: %s.\n", o.ID, o.Sentence())
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&article, "article", "", "under which article: its `id`, or '*' for everywhere")
	flags.StringVar(&target, "target", "", "which link: the `id` of the article linked to")
	flags.StringVar(&action, "action", "", "`pin|hide|boost|bury|off`")
	flags.IntVar(&o.Position, "position", 0, "of a pin: 1 is the first link (default 1)")
	flags.Float64Var(&o.Strength, "strength", 0, "what multiplies the ranking score: of a boost 1.0 to 10.0, of a bury 0.0 to 0.9")
	flags.StringVar(&from, "from", "", "when it begins: a `date` or time in the newsroom's time zone (default: at once)")
	flags.StringVar(&until, "until", "", "when it ends: a `date` or time in the newsroom's time zone (default: never)")
	flags.StringVar(&lang, "lang", "", "only under articles in that `language`, such as en, zh-Hant, or zh for both scripts")
	flags.StringVar(&o.Placement, "placement", "", "only in lists for that place: its `name` in the configuration")
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
	if err := e.warnOfPlacements(o); err != nil {
		return err
	}
	if o.Article == data.Everywhere {
		return nil
	}
	article, err := store.Article(ctx, o.Article)
	if err != nil {
		return err
	}
	if card := article.Card(); !o.InScope(card.Lang, o.Placement) {
		fmt.Fprintf(e.stderr, "%s is in another language (%s) than %s: the override holds under its translations only.\n", o.Article, cmp.Or(card.Lang, data.Undetermined), o.Lang)
	}
	if o.Action == data.Off {
		return nil
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
	case o.Action.Weighs():
		fmt.Fprintf(e.stderr, "%s is in another language (%s) than %s (%s): it counts for its translations there, and where a list may be in that language.\n", o.Target, to.Lang, o.Article, from.Lang)
	case o.Action == data.Hide:
		fmt.Fprintf(e.stderr, "%s is in another language (%s) than %s (%s): its translations are hidden there too.\n", o.Target, to.Lang, o.Article, from.Lang)
	}
	return nil
}

// warnOfPlacements names those that the configuration does not have.
func (e *env) warnOfPlacements(all ...data.Override) error {
	var names []string
	for _, o := range all {
		names = append(names, o.Placement)
	}
	return e.warnOfPlacementNames(names...)
}

// warnOfPlacementNames is warnOfPlacements by their names, of which "" is none.
func (e *env) warnOfPlacementNames(names ...string) error {
	conf, err := e.loadConfig()
	if err != nil {
		return err
	}
	known := slices.Sorted(maps.Keys(conf.Placements))
	var told []string
	for _, name := range names {
		if name == "" || slices.Contains(known, name) || slices.Contains(told, name) {
			continue
		}
		told = append(told, name)
		fmt.Fprintf(e.stderr, "The configuration has no placement %s, so what is for it holds in no list%s\n", data.Quote(name), cmp.Or(didYouMean(name, known), "."))
	}
	return nil
}

// An overrideRow is an override as override list prints it.
type overrideRow struct {
	ID        int64          `json:"id"`
	Article   data.ArticleID `json:"article"`
	Target    data.ArticleID `json:"target,omitempty"`
	Action    data.Action    `json:"action"`
	Position  int            `json:"position,omitempty"`
	Strength  *float64       `json:"strength,omitempty"`
	From      *time.Time     `json:"from,omitempty"`
	Until     *time.Time     `json:"until,omitempty"`
	Lang      data.Lang      `json:"lang,omitempty"`
	Placement string         `json:"placement,omitempty"`
	Note      string         `json:"note,omitempty"`
	Author    string         `json:"author,omitempty"`
	Enabled   bool           `json:"enabled"`
	Created   time.Time      `json:"created"`
	Active    bool           `json:"active"`
}

func newOverrideRow(o data.Override, now time.Time) overrideRow {
	row := overrideRow{
		ID: o.ID, Article: o.Article, Target: o.Target, Action: o.Action, Position: o.Position,
		From: timeOrNil(o.From), Until: timeOrNil(o.Until), Lang: o.Lang, Placement: o.Placement, Note: o.Note, Author: o.Author,
		Enabled: !o.Paused, Created: o.Created, Active: o.Active(now),
	}
	if o.Action.Weighs() {
		row.Strength = &o.Strength
	}
	return row
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
				state := wishState(rows[i].Active, o.Paused, o.From, now)
				fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\n", o.ID, o.Sentence(), state, cmp.Or(oneLine(o.Author), "-"), cmp.Or(oneLine(o.Note), "-"))
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
