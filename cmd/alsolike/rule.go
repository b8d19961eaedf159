package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sqlite"
)

func newRuleCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rule",
		Short: "Say something of the links under many articles at once, such as those of a section",
		Long: `A rule is an editor's wish about the links under all articles of a kind: of a section,
with a tag, by an author, in a language, of a type, published in a time, in a placement.
There it pins, hides, boosts or buries the links to one article or to all of a kind,
switches links off, or limits what they may be:

  --only same_section      or other_sections: than the article that shows them
  --max-age-days N         published no longer ago
  --max-per-section N      so many of one section
  --max-per-author N       and so many by one author

It holds at once on a running server and survives every refresh. Of several rules that
say something of one thing the first in their order counts; rule move changes it. What
an override says of one article is stronger than any rule. alsolike help rules has more.`,
		Example: `  alsolike rule add --under-section Politics --only same_section --max-per-author 1
  alsolike rule add --under-type obituary --action hide --target-type quiz
  alsolike rule list
  alsolike rule move 2 1
  alsolike rule export > rules.jsonl`,
	}
	cmd.AddCommand(
		newRuleAddCommand(e), newRuleListCommand(e), newWishRemoveCommand(e, ruleKind), newWishPauseCommand(e, ruleKind, true), newWishPauseCommand(e, ruleKind, false),
		newRuleMoveCommand(e), newRuleImportCommand(e), newRuleExportCommand(e),
	)
	return cmd
}

// ruleFlags are what rule add takes, as it is written.
type ruleFlags struct {
	rule                   data.Rule
	action, target, only   string
	langs                  []string
	from, until            string
	publishedAt, published string
}

func (f *ruleFlags) add(flags *pflag.FlagSet) {
	r := &f.rule
	flags.StringArrayVar(&r.Under.Sections, "under-section", nil, "only under articles of that section: its `name` (this and the like may be repeated)")
	flags.StringArrayVar(&r.Under.Tags, "under-tag", nil, "only under articles with that `tag`")
	flags.StringArrayVar(&r.Under.Authors, "under-author", nil, "only under articles by that author: a `name`")
	flags.StringArrayVar(&r.Under.Types, "under-type", nil, "only under articles of that `type`")
	flags.StringArrayVar(&f.langs, "under-lang", nil, "only under articles in that `language`, such as en, zh-Hant, or zh for both scripts")
	flags.StringArrayVar(&r.Under.Placements, "placement", nil, "only in lists for that place: its `name` in the configuration")
	flags.StringVar(&f.publishedAt, "published-from", "", "only under articles published then or later: a `date` or time in the newsroom's time zone")
	flags.StringVar(&f.published, "published-until", "", "only under articles published before that `date` or time")
	flags.StringVar(&f.action, "action", "", "`pin|hide|boost|bury|off`; none if the rule only limits links")
	flags.StringVar(&f.target, "target", "", "what the action is about: the `id` of the article linked to")
	flags.StringArrayVar(&r.Targets.Sections, "target-section", nil, "what the action is about, as all of that section: its `name` (this and the like may be repeated)")
	flags.StringArrayVar(&r.Targets.Tags, "target-tag", nil, "what the action is about, as all with that `tag`")
	flags.StringArrayVar(&r.Targets.Authors, "target-author", nil, "what the action is about, as all by that author: a `name`")
	flags.StringArrayVar(&r.Targets.Types, "target-type", nil, "what the action is about, as all of that `type`")
	flags.IntVar(&r.Position, "position", 0, "of a pin: 1 is the first link (default 1)")
	flags.Float64Var(&r.Strength, "strength", 0, "what multiplies the ranking score: of a boost 1.0 to 10.0, of a bury 0.0 to 0.9")
	flags.StringVar(&f.only, "only", "", "which sections links may be of: `same_section|other_sections`")
	flags.IntVar(&r.MaxAgeDays, "max-age-days", 0, "how many `days` ago links may be published at most")
	flags.IntVar(&r.MaxPerSection, "max-per-section", 0, "the most links of one section: a `number`")
	flags.IntVar(&r.MaxPerAuthor, "max-per-author", 0, "the most links by one author: a `number`")
	flags.StringVar(&f.from, "from", "", "when it begins: a `date` or time in the newsroom's time zone (default: at once)")
	flags.StringVar(&f.until, "until", "", "when it ends: a `date` or time (default: never)")
	flags.StringVar(&r.Note, "note", "", "why: a `text` for other editors")
	flags.StringVar(&r.Author, "author", "", "the `name` of who wishes it")
}

// read is the rule that the flags say, with dates in that zone.
func (f *ruleFlags) read(flags *pflag.FlagSet, zone *time.Location) (r data.Rule, err error) {
	r = f.rule
	r.Action, r.Target, r.Only = data.Action(f.action), data.ArticleID(f.target), data.SectionLimit(f.only)
	if r.Action == data.Pin && !flags.Changed("position") {
		r.Position = 1
	}
	if r.Action.Weighs() && !flags.Changed("strength") {
		return r, usagef("--strength is missing; of a boost it is 1.0 to 10.0, of a bury 0.0, the last place, to 0.9")
	}
	for _, limit := range []string{"max-age-days", "max-per-section", "max-per-author"} {
		if flags.Changed(limit) && flags.Lookup(limit).Value.String() == "0" {
			return r, usagef("--%s is 0; it must be above 0 (without it there is no limit)", limit)
		}
	}
	for _, t := range []struct {
		flag, text string
		at         *time.Time
	}{{"from", f.from, &r.From}, {"until", f.until, &r.Until}, {"published-from", f.publishedAt, &r.Under.PublishedFrom}, {"published-until", f.published, &r.Under.PublishedUntil}} {
		if *t.at, err = parseTimeIn(zone, t.flag, t.text); err != nil {
			return r, err
		}
	}
	for _, text := range f.langs {
		lang, err := data.ParseScope(text)
		if invalid, ok := errors.AsType[*data.InvalidError](err); ok {
			return r, usagef("--under-lang %s", invalid.Reason)
		}
		r.Under.Langs = append(r.Under.Langs, lang)
	}
	if err := r.Validate(); err != nil {
		text := err.Error() // in the names of fields
		flags.VisitAll(func(flag *pflag.Flag) {
			if strings.Contains(flag.Name, "-") {
				text = strings.ReplaceAll(text, strings.ReplaceAll(flag.Name, "-", "_"), flag.Name)
			}
		})
		return r, usagef("--%s", text)
	}
	return r, nil
}

func newRuleAddCommand(e *env) *cobra.Command {
	var (
		asked  ruleFlags
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Add a rule, behind all others",
		Example: `  alsolike rule add --under-section Politics --only same_section --max-per-author 1
  alsolike rule add --under-type obituary --under-tag crime --action hide --target-type quiz --note "bad taste"
  alsolike rule add --action boost --target-section Investigations --strength 1.5 --until 2026-12-31
  alsolike rule add --placement sidebar --action pin --target-tag video --position 2
  alsolike rule add --under-author "Mei Lin" --action pin --target a7 --from "2026-12-01 06:00"
  alsolike rule add --published-until 2015-01-01 --action off
  alsolike rule add --max-age-days 30 --placement frontpage`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			zone, err := e.zone()
			if err != nil {
				return err
			}
			r, err := asked.read(cmd.Flags(), zone)
			if err != nil {
				return err
			}
			store, err := e.openSite(cmd.Context(), false)
			if err != nil {
				return err
			}
			defer store.Close()
			r, err = store.AddRule(cmd.Context(), r)
			if errors.Is(err, data.ErrNotFound) {
				return fmt.Errorf("%w; alsolike export articles shows those there are", err)
			}
			if err != nil {
				return err
			}
			if err := e.warnOfRule(cmd.Context(), store, &r); err != nil {
				return err
			}
			if asJSON {
				return e.writeJSON(newRuleRow(r, e.now(), zone))
			}
			r = r.In(zone)
			_, err = fmt.Fprintf(e.stdout, "Rule %d. %s.\n", r.ID, r.Sentence())
			return err
		},
	}
	asked.add(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the rule as JSON")
	return cmd
}

// warnOfRule says what a rule does not do that its author may expect: that its end has
// passed, or that there are no articles and no placement of a name.
func (e *env) warnOfRule(ctx context.Context, store *sqlite.Store, r *data.Rule) error {
	if !r.Until.IsZero() && !e.now().Before(r.Until) {
		fmt.Fprintf(e.stderr, "Rule %d changes nothing: its end has passed.\n", r.ID)
		return nil
	}
	if err := e.warnOfPlacementNames(r.Under.Placements...); err != nil {
		return err
	}
	sections, tags, authors, types := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for card, err := range store.CardsSince(ctx, 0) {
		if err != nil {
			return err
		}
		sections[card.Section], types[card.Type] = true, true
		for tag := range card.Tags.All() {
			tags[tag] = true
		}
		for author := range card.Authors.All() {
			authors[author] = true
		}
	}
	for _, k := range []*data.Selection{&r.Under.Selection, &r.Targets} {
		for _, field := range []struct {
			is    string
			names []string
			known map[string]bool
		}{{"is of section", k.Sections, sections}, {"is tagged", k.Tags, tags}, {"is by", k.Authors, authors}, {"is of type", k.Types, types}} {
			for _, name := range field.names {
				if !field.known[name] {
					fmt.Fprintf(e.stderr, "No article %s %s%s\n", field.is, data.Quote(name), cmp.Or(didYouMean(name, slices.Sorted(maps.Keys(field.known))), "."))
				}
			}
		}
	}
	return nil
}

// A ruleRow is a rule as rule list prints it.
type ruleRow struct {
	Rule     data.Rule `json:"rule"`
	Sentence string    `json:"sentence"` // with times in the newsroom's time zone
	Active   bool      `json:"active"`
}

func newRuleRow(r data.Rule, now time.Time, zone *time.Location) ruleRow {
	row := ruleRow{Rule: r, Active: r.Active(now)}
	r = r.In(zone)
	row.Sentence = r.Sentence()
	return row
}

func newRuleListCommand(e *env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the rules in their order",
		Example: "  alsolike rule list",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			zone, err := e.zone()
			if err != nil {
				return err
			}
			store, err := e.openSite(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer store.Close()
			all, err := store.Rules(cmd.Context())
			if err != nil {
				return err
			}
			now := e.now()
			rows := []ruleRow{}
			for _, r := range all {
				rows = append(rows, newRuleRow(r, now, zone))
			}
			if asJSON {
				return e.writeJSON(rows)
			}
			if len(rows) == 0 {
				fmt.Fprintln(e.stderr, "There are no rules; alsolike rule add makes one.")
				return nil
			}
			w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "ORDER\tID\tWHAT\tSTATE\tAUTHOR\tNOTE")
			for i, row := range rows {
				r := &all[i]
				state := wishState(row.Active, r.Paused, r.From, now)
				fmt.Fprintf(w, "%d\t%d\t%s\t%s\t%s\t%s\n", r.Order, r.ID, oneLine(row.Sentence), state, cmp.Or(oneLine(r.Author), "-"), cmp.Or(oneLine(r.Note), "-"))
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newRuleMoveCommand(e *env) *cobra.Command {
	var author string
	cmd := &cobra.Command{
		Use:     "move ID ORDER",
		Short:   "Give a rule another place in the order, 1 being the first",
		Example: "  alsolike rule move 3 1",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			order, err := strconv.Atoi(args[1])
			if err != nil || order < 1 {
				return usagef("%q is no place in the order; it is a whole number from 1", args[1])
			}
			return e.changeWish(e.by(cmd.Context(), author), ruleKind, args[0], func(s *sqlite.Store, ctx context.Context, id int64) error {
				return s.MoveRule(ctx, id, order)
			}, "moved; alsolike rule list shows the order")
		},
	}
	e.authorFlag(cmd, &author)
	return cmd
}
