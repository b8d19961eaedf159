package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/data/eventlog"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/snapshot/diff"
)

func newSnapshotDiffCommand(e *env) *cobra.Command {
	var asJSON bool
	var places, limit int
	var articles []string
	cmd := &cobra.Command{
		Use:   "diff [[A] B]",
		Short: "Show how the links of two snapshots differ",
		Long: `Diff shows what readers would notice if snapshot B took the place of A: links added and
removed, by section and language, articles that no list links to any more, those that
most lists link to, and the lists that changed, first those of the articles that were
read most in the last seven days. Overrides are not in it: they are the same under both.

Without A it is the snapshot in service, and without B the newest that waits for review.`,
		Example: `  alsolike snapshot diff
  alsolike snapshot diff 20261123T200000Z-7f3a9c --places 5 --limit 50
  alsolike snapshot diff --article news/cranes
  alsolike snapshot diff 20261123T200000Z-7f3a9c 20261124T200000Z-0b12e4 --json`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if places < 1 || limit < 0 {
				return usagef("--places and --limit count; at least 1 and 0 are expected")
			}
			conf, err := e.loadConfig()
			if err != nil {
				return err
			}
			dir, err := e.snapshots()
			if err != nil {
				return err
			}
			a, b, err := e.diffIDs(dir, args)
			if err != nil {
				return err
			}
			from, err := dir.OpenLists(a)
			if err != nil {
				return knownSnapshots(err)
			}
			to, err := dir.OpenLists(b)
			if err != nil {
				return knownSnapshots(err)
			}
			views, err := e.views(cmd.Context(), conf)
			if err != nil {
				return err
			}
			all := diff.New(from, to, diff.Options{Places: places, Most: cmp.Or(limit, -1), Views: func(id data.ArticleID) float64 { return views[id] }})
			d := all.Diff
			if len(articles) > 0 {
				if d.Lists, err = e.listsOf(all, articles); err != nil {
					return err
				}
			}
			if asJSON {
				return e.writeJSON(d)
			}
			return showDiff(e.stdout, &d)
		},
	}
	cmd.Flags().StringArrayVar(&articles, "article", nil, "the `id` of an article, of the lists only its own; may be repeated")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().IntVar(&places, "places", 10, "how many links of every list count")
	cmd.Flags().IntVar(&limit, "limit", 10, "how many articles are named in each list of them; 0: all")
	return cmd
}

// listsOf are the lists of these articles, those that change. Of the others it is told on
// standard error why they are not.
func (e *env) listsOf(d *diff.Comparison, articles []string) ([]diff.List, error) {
	lists := []diff.List{}
	for _, article := range articles {
		row, ok := d.Row(data.ArticleID(article))
		if !ok {
			return nil, fmt.Errorf("article %q is not in snapshot %s", article, d.To)
		}
		if i := slices.IndexFunc(d.Changes, func(c diff.Change) bool { return int(c.Row) == row }); i >= 0 {
			lists = append(lists, d.List(d.Changes[i]))
		} else if d.IsNew(row) {
			fmt.Fprintf(e.stderr, "Article %q is new in snapshot %s, and its list with it.\n", article, d.To)
		} else {
			fmt.Fprintf(e.stderr, "The list of article %q stays as it is.\n", article)
		}
	}
	return lists, nil
}

// diffIDs are the ids of what is compared.
func (e *env) diffIDs(dir *snapshot.Dir, args []string) (from, to string, err error) {
	if len(args) == 2 {
		return args[0], args[1], nil
	}
	if from, err = snapshotID(dir, nil); err != nil {
		return "", "", err
	}
	if len(args) == 1 {
		return from, args[0], nil
	}
	to, err = e.newest(dir, nil, snapshot.AwaitsReview, snapshot.Held)
	return from, to, err
}

// newest is the id that the arguments name, or else that of the newest snapshot in one of
// these states.
func (e *env) newest(dir *snapshot.Dir, args []string, states ...snapshot.State) (string, error) {
	if len(args) > 0 {
		return args[0], nil
	}
	all, err := dir.States()
	if err != nil {
		return "", err
	}
	for _, info := range slices.Backward(all) {
		if slices.Contains(states, info.State) {
			return info.ID, nil
		}
	}
	return "", fmt.Errorf("no snapshot %s; name one (alsolike snapshot list shows them)", stateNames(states))
}

// stateNames is "awaits review or is held".
func stateNames(states []snapshot.State) string {
	var names []string
	for _, s := range states {
		name := string(s)
		if s != snapshot.AwaitsReview {
			name = "is " + name
		}
		names = append(names, name)
	}
	return strings.Join(names, " or ")
}

// viewsBack is how far back views count.
const viewsBack = 7 * 24 * time.Hour

// views counts how often articles were read of late, by page views and by clicks on
// links to them; nothing without events.
func (e *env) views(ctx context.Context, conf *config) (map[data.ArticleID]float64, error) {
	views := map[data.ArticleID]float64{}
	since := e.now().Add(-viewsBack)
	paths, err := eventlog.Files(e.path(eventFolder), since, time.Time{})
	if conf.Events.Off || errors.Is(err, fs.ErrNotExist) {
		return views, nil
	}
	if err != nil {
		return nil, err
	}
	for event, fault := range clicklog.ReadEvents(ctx, paths, clicklog.EventOptions{Format: clicklog.Own}) {
		if fault != nil || clicklog.TimeOf(event).Before(since) {
			continue
		}
		switch event := event.(type) {
		case *clicklog.PageView:
			views[event.Page]++
		case *clicklog.Click:
			views[event.Item]++
		}
	}
	return views, ctx.Err()
}

// showDiff writes d in words.
func showDiff(out io.Writer, d *diff.Diff) error {
	fmt.Fprintf(out, "From %s to %s, by the first %s of every list:\n\n", d.From, d.To, plural(d.Places, "link"))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "articles\t%s in both, %s new, %s gone\n", count(d.Articles.Both), count(d.Articles.Added), count(d.Articles.Gone))
	fmt.Fprintf(w, "links\t%s added, %s removed, %s kept: %s change\n", count(d.Links.Added), count(d.Links.Removed), count(d.Links.Kept), percentOf(d.Share))
	fmt.Fprintf(w, "lists\t%s of %s have other links, %s the same in another order\n", count(d.Links.Changed), count(d.Links.Lists), count(d.Links.Reordered))
	fmt.Fprintf(w, "orphans\t%s that no list links to any more, %s that some list links to again\n", plural(d.NewOrphans, "article"), count(d.OrphansEnded))
	for _, a := range d.Orphaned {
		fmt.Fprintf(w, "\t%s\n", named(a))
	}
	for _, parts := range []struct {
		by  string
		all []diff.Part
	}{{"SECTION", d.Sections}, {"LANGUAGE", d.Languages}} {
		if len(parts.all) < 2 {
			continue // the whole, which was told
		}
		fmt.Fprintf(w, "\n%s\tLISTS\tCHANGED\tADDED\tREMOVED\tOVERLAP\n", parts.by)
		for _, p := range parts.all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", cmp.Or(oneLine(p.Name), "(none)"), count(p.Lists), count(p.Changed), count(p.Added), count(p.Removed), percentOf(p.Overlap()))
		}
	}
	if len(d.MostLinked) > 0 {
		fmt.Fprint(w, "\nMOST LINKED TO\tBEFORE\tAFTER\tTITLE\n")
		for _, t := range d.MostLinked {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", t.ID, count(t.Before), count(t.After), oneLine(t.Title))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, l := range d.Lists {
		fmt.Fprintf(out, "\n%s", named(l.Article))
		if l.Views > 0 {
			fmt.Fprintf(out, ", read %s times", count(int(l.Views)))
		}
		fmt.Fprint(out, "\n"+listDiff(&l))
	}
	return nil
}

// listDiff is the list as it will be, with what goes below.
func listDiff(l *diff.List) string {
	var b strings.Builder
	for i, a := range l.After {
		sign := "+"
		if was := slices.Index(l.Before, a); was == i {
			sign = " "
		} else if was >= 0 {
			sign = fmt.Sprintf("%d→", was+1)
		}
		fmt.Fprintf(&b, "  %3s %2d  %s\n", sign, i+1, named(a))
	}
	for _, a := range l.Before {
		if !slices.Contains(l.After, a) {
			fmt.Fprintf(&b, "  %3s     %s\n", "-", named(a))
		}
	}
	return b.String()
}

// named is an article's id and title.
func named(a diff.Article) string { return strings.TrimSpace(string(a.ID) + "  " + oneLine(a.Title)) }

// percentOf is "5.2 %".
func percentOf(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }
