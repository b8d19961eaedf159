package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

func newSnapshotCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "snapshot",
		Short: "Look at snapshots, and say which one is in service",
		Long: `Every refresh leaves an immutable snapshot. One of them is published: the one that
readers get. A running server follows within a second. Which ones go into service by
themselves, and which wait for somebody to look at them: alsolike help review.`,
		Example: `  alsolike snapshot list
  alsolike snapshot show 20261123T200000Z-7f3a9c
  alsolike snapshot diff
  alsolike snapshot rollback`,
	}
	cmd.AddCommand(
		newSnapshotListCommand(e), newSnapshotShowCommand(e), newSnapshotDiffCommand(e), newSnapshotPublishCommand(e), newSnapshotRollbackCommand(e),
		newSnapshotHoldCommand(e), newSnapshotReleaseCommand(e), newSnapshotPruneCommand(e),
	)
	return cmd
}

// snapshots opens the folder of snapshots.
func (e *env) snapshots() (*snapshot.Dir, error) {
	if err := e.needDataDir(); err != nil {
		return nil, err
	}
	return snapshot.OpenDir(e.path(snapshotFolder))
}

// A snapshotRow is one snapshot as snapshot list prints it.
type snapshotRow struct {
	ID        string         `json:"id"`
	Created   time.Time      `json:"created"`
	Articles  int            `json:"articles"`
	Rank      int            `json:"rank"`
	Published bool           `json:"published"`
	State     snapshot.State `json:"state"`
	Author    string         `json:"author,omitempty"` // who decided so
	Note      string         `json:"note,omitempty"`   // and why
	Decided   *time.Time     `json:"decided,omitempty"`
	Pruned    bool           `json:"pruned,omitempty"` // only its lists are left
	Problem   string         `json:"problem,omitempty"`
}

func newSnapshotRow(info snapshot.Info) snapshotRow {
	m := &info.Manifest
	row := snapshotRow{
		ID: info.ID, Created: m.Created, Articles: m.Counts.Articles, Rank: m.Rank, Published: info.Published, State: info.State, Pruned: !m.Pruned.IsZero(),
	}
	if info.Decision.State == info.State {
		row.Author, row.Note, row.Decided = info.Decision.Author, info.Decision.Note, timeOrNil(info.Decision.Time)
	}
	if info.Err != nil {
		row.Problem = strings.TrimPrefix(info.Err.Error(), "snapshot "+info.ID+": ")
	}
	return row
}

// stateText is the state in words: "held by mei: too many of one section".
func (r *snapshotRow) stateText() string {
	text := oneLine(snapshot.Decision{State: r.State, Author: r.Author, Note: r.Note}.String())
	if r.Pruned {
		text += "; pruned"
	}
	switch {
	case r.Problem != "" && r.Published:
		return text + ", but broken: " + r.Problem
	case r.Problem != "":
		return "broken: " + r.Problem
	}
	return text
}

func newSnapshotListCommand(e *env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the snapshots, oldest first",
		Example: "  alsolike snapshot list",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			dir, err := e.snapshots()
			if err != nil {
				return err
			}
			infos, damaged := dir.List() // which is complete even where the published one cannot be told
			rows := []snapshotRow{}
			for _, info := range infos {
				rows = append(rows, newSnapshotRow(info))
			}
			if asJSON {
				return errors.Join(e.writeJSON(rows), damaged)
			}
			if len(rows) == 0 {
				if damaged == nil {
					fmt.Fprintln(e.stderr, "There is no snapshot yet; alsolike refresh makes one.")
				}
				return damaged
			}
			w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "SNAPSHOT\tCREATED\tARTICLES\tRANK\tSTATE")
			for _, r := range rows {
				fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\n", r.ID, r.Created.Format(time.RFC3339), count(r.Articles), r.Rank, r.stateText())
			}
			return errors.Join(w.Flush(), damaged)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newSnapshotShowCommand(e *env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show [ID]",
		Short: "Show how a snapshot was made (without an id: the published one)",
		Example: `  alsolike snapshot show
  alsolike snapshot show 20261123T200000Z-7f3a9c --json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir, err := e.snapshots()
			if err != nil {
				return err
			}
			id, err := snapshotID(dir, args)
			if err != nil {
				return err
			}
			s, err := dir.OpenLists(id)
			if err != nil {
				return knownSnapshots(err)
			}
			m := *s.Manifest()
			if asJSON {
				return e.writeJSON(m)
			}
			all, err := dir.States()
			if err != nil && len(all) == 0 {
				return err
			}
			i := slices.IndexFunc(all, func(info snapshot.Info) bool { return info.ID == id })
			return e.showManifest(m, newSnapshotRow(all[i]))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the manifest as it is")
	return cmd
}

// knownSnapshots says where to look when a snapshot is not known.
func knownSnapshots(err error) error {
	if errors.Is(err, data.ErrNotFound) {
		return fmt.Errorf("%w; alsolike snapshot list shows those there are", err)
	}
	return err
}

// snapshotID is the id that the arguments name, or else the published one.
func snapshotID(dir *snapshot.Dir, args []string) (string, error) {
	if len(args) > 0 {
		return args[0], nil
	}
	id, err := dir.Published()
	if err == nil && id == "" {
		err = errNoSnapshot
	}
	return id, err
}

func (e *env) showManifest(m snapshot.Manifest, state snapshotRow) error {
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(w, name+"\t"+format+"\n", args...) }
	row("snapshot", "%s", m.ID)
	row("state", "%s", state.stateText())
	if state.Decided != nil {
		row("", "since %s", state.Decided.Format(time.RFC3339))
	}
	if x := m.Except; x != nil {
		row("except", "%s is it, but for the lists of %s, which are those of %s", x.Snapshot, plural(len(x.Articles), "article"), x.From)
		row("", "%s", chainedList(x.Articles, 10))
	}
	row("created", "%s, by alsolike %s", m.Created.Format(time.RFC3339), m.Version)
	row("articles", "%s (%s)", count(m.Counts.Articles), languageCounts(m))
	row("refresh", "%s", refreshKind(m))
	if m.Refresh.Kind == snapshot.Incremental {
		row("since the fit", "%s", driftOf(m.Drift))
	}
	if m.Drift.Due != "" {
		row("full refresh due", "%s", m.Drift.Due)
	}
	row("search", "%s", searchOf(m.Search))
	row("model", "%s, rank %d, kernel %s, id %.12s", plural(m.Terms, "term"), m.Rank, m.Kernel, m.ModelID)
	for _, key := range slices.Sorted(maps.Keys(m.Config)) {
		row(key, "%v", m.Config[key])
	}
	row("input", "%.12s (store revision %d)", m.InputHash, m.StoreRevision)
	row("translations", "%s", groupCount(m.Translations))
	if cross := m.Cross; cross != nil {
		row("across languages", "%s, rank %d, learnt from %s, id %.12s", plural(cross.Terms, "term"), cross.Rank, plural(cross.Groups, "group"), cross.ModelID)
	} else {
		row("across languages", "not compared: %s", m.Translations.NoCross)
	}
	if total := m.Translations.ChainedTotal; total > 0 {
		row("chained", "%s", chainedCount(total))
		row("", "%s", chainedList(m.Translations.Chained, 10))
	}
	if total := m.Translations.LikelyTotal; total > 0 {
		row("likely", "%s", likelyCount(total))
		for _, l := range m.Translations.Likely[:min(len(m.Translations.Likely), 10)] {
			row("", "%s", likelyPair(l))
		}
	}
	row("links", "%s", linksOf(m.Links))
	row("", "%s", spreadOf(m.Links))
	row("near-duplicates", "%s", storyCount(m.Stories))
	for _, articles := range m.Stories.Examples {
		row("", "%s", chainedList(articles, len(articles)))
	}
	row("reads", "%s", readsOf(m.Reads))
	row("boilerplate", "%s", boilerplateCount(m.Boilerplate))
	for _, example := range m.Boilerplate.Examples {
		row("", "%s × %q", count(example.Articles), example.Text)
	}
	for _, lang := range slices.Sorted(maps.Keys(m.Scales)) {
		row("noise of "+string(lang), "a cosine below %.3f scores 0", m.Scales[lang].Noise)
	}
	for _, lang := range slices.Sorted(maps.Keys(m.CrossScales)) {
		row("noise out of "+string(lang), "a cosine across languages below %.3f scores 0", m.CrossScales[lang].Noise)
	}
	for _, stage := range slices.Sorted(maps.Keys(m.Timings)) {
		row("time of "+stage, "%s", roundDuration(time.Duration(m.Timings[stage])*time.Millisecond))
	}
	row("peak memory", "%s", megabytes(m.PeakMemory))
	for _, stage := range slices.Sorted(maps.Keys(m.PeakStages)) {
		row("peak of "+stage, "%s", megabytes(m.PeakStages[stage]))
	}
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		row(name, "%s bytes, sha-256 %.12s", count(m.Files[name].Size), m.Files[name].SHA256)
	}
	return w.Flush()
}

// searchOf is "exact", or "approximate: 98.6 % of …".
func searchOf(s snapshot.Search) string {
	if s.Method != string(refresh.Approximate) {
		return s.Method
	}
	return s.Method + ": " + recallOf(s)
}

// spreadOf is "3 hubs, 12 orphans rescued, 40 links moved from an article that has enough; Gini index .31, 12 % to another section".
func spreadOf(h rank.Health) string {
	return fmt.Sprintf("%s with over five times the mean, %s rescued from having none, %s moved away where there were too many; Gini index %.2f; %.0f %% lead to another section",
		plural(h.Hubs, "article"), plural(h.Rescued, "article"), plural(h.Moved, "link"), h.Gini, 100*h.Leakage)
}

// storyCount is storiesOf, or "none".
func storyCount(s snapshot.Stories) string {
	if s.Clusters == 0 {
		return "none"
	}
	return storiesOf(s)
}

// boilerplateCount is "2,741 blocks, left out of 877 articles (706 kB)".
func boilerplateCount(b snapshot.Boilerplate) string {
	if b.Articles == 0 {
		return "none"
	}
	return fmt.Sprintf("%s, left out of %s (%s kB)", plural(b.Blocks, "block"), plural(b.Articles, "article"), count((b.Bytes+500)/1000))
}
