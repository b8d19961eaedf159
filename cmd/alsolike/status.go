package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sqlite"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/reads"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/web"
)

func newStatusCommand(e *env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show what is stored and in service, and how the watched sources do",
		Long: `Status shows the articles of the store and their languages; the snapshot in service,
its age, and newer ones that wait for review; how well its model still knows the articles that came since, and whether a
full refresh is due; how its links spread over the articles, how many of these are
near-duplicates, and what readers' reads the links were ranked by; and for every source in alsolike.yaml when it was last imported,
what that did, and what is wrong with it if something is. It asks the data folder, so
it works beside a running server and without one.`,
		Example: `  alsolike status
  alsolike status --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conf, err := e.loadConfig()
			if err != nil {
				return err
			}
			st, err := e.status(cmd.Context(), conf)
			if err != nil {
				return err
			}
			if asJSON {
				return e.writeJSON(st)
			}
			return e.showStatus(st)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// A siteStatus is what status prints.
type siteStatus struct {
	Articles  map[data.State]int `json:"articles"`
	Languages map[data.Lang]int  `json:"languages"` // of articles, in whatever state
	Detected  map[data.Lang]int  `json:"detected"`  // of languages, what the text told
	Assumed   map[data.Lang]int  `json:"assumed"`   // of languages, what was taken for the site's main one
	Overrides int                `json:"overrides"`
	Rules     ruleCounts         `json:"rules"`
	Snapshot  *snapshotStatus    `json:"snapshot,omitempty"` // nil: none is published
	Review    []snapshotRow      `json:"review,omitempty"`   // newer than it and not in service, newest first
	Sources   []web.SourceStatus `json:"sources,omitempty"`
}

// ruleCounts are how many rules there are.
type ruleCounts struct {
	Total  int `json:"total"`
	Active int `json:"active"` // hold at present
	Paused int `json:"paused"`
}

// String tells of them; those that neither hold nor are paused begin later or have ended.
func (c ruleCounts) String() string {
	if c.Total == 0 {
		return "0"
	}
	s := fmt.Sprintf("%s; %s in force", count(c.Total), count(c.Active))
	if c.Paused > 0 {
		s += fmt.Sprintf(", %s paused", count(c.Paused))
	}
	if other := c.Total - c.Active - c.Paused; other > 0 {
		s += fmt.Sprintf(", %s scheduled or ended", count(other))
	}
	return s
}

type snapshotStatus struct {
	ID         string            `json:"id"`
	Created    time.Time         `json:"created"`
	AgeSeconds int64             `json:"age_seconds"`
	Articles   int               `json:"articles"`
	Languages  map[data.Lang]int `json:"languages"`
	Changed    int               `json:"changed_since"`   // articles, after the snapshot read the store
	Stale      bool              `json:"stale,omitempty"` // over snapshots.max_age old, with articles changed since
	Problem    string            `json:"problem,omitempty"`

	Boilerplate snapshot.Boilerplate `json:"boilerplate"`
	Fit         snapshot.Fit         `json:"fit"`
	Drift       snapshot.Drift       `json:"drift"`
	Search      snapshot.Search      `json:"search"`
	Links       rank.Health          `json:"links"`
	Stories     snapshot.Stories     `json:"stories"`
	Reads       *reads.Counts        `json:"reads,omitempty"` // nil: links are not ranked by what readers read
}

// status asks the data folder.
func (e *env) status(ctx context.Context, conf *config) (siteStatus, error) {
	var st siteStatus
	if err := e.needDataDir(); err != nil {
		return st, err
	}
	store, err := e.openStore(ctx, true)
	if errors.Is(err, fs.ErrNotExist) {
		return st, fmt.Errorf("there are no articles in %s yet; import some first (alsolike import)", e.dataDir)
	}
	if err != nil {
		return st, err
	}
	defer store.Close()
	if st.Articles, err = store.CountArticles(ctx); err != nil {
		return st, err
	}
	languages, err := store.CountLanguages(ctx)
	if err != nil {
		return st, err
	}
	st.Languages, st.Detected, st.Assumed = languages.All, languages.Detected, languages.Assumed
	overrides, err := store.Overrides(ctx)
	if err != nil {
		return st, err
	}
	st.Overrides = len(overrides)
	rules, err := store.Rules(ctx)
	if err != nil {
		return st, err
	}
	st.Rules.Total = len(rules)
	for i := range rules {
		switch r := &rules[i]; {
		case r.Paused:
			st.Rules.Paused++
		case r.Active(e.now()):
			st.Rules.Active++
		}
	}
	if st.Snapshot, err = e.snapshotStatus(ctx, store); err != nil {
		return st, err
	}
	if st.Review, err = e.reviewStatus(); err != nil {
		return st, err
	}
	if s, most := st.Snapshot, conf.Service.MaxAge; s != nil && most > 0 {
		s.Stale = e.now().Sub(s.Created) > most && s.Changed > 0
	}
	st.Sources, err = sourceStatus(ctx, store, conf)
	return st, err
}

// snapshotStatus tells of the published snapshot; nil if there is none.
func (e *env) snapshotStatus(ctx context.Context, store *sqlite.Store) (*snapshotStatus, error) {
	dir, err := snapshot.OpenDir(e.path(snapshotFolder))
	if err != nil {
		return nil, err
	}
	id, err := dir.Published()
	if err != nil || id == "" {
		return nil, err
	}
	opened, err := dir.Open(id)
	if err != nil {
		return &snapshotStatus{ID: id, Problem: err.Error()}, nil
	}
	m := opened.Manifest()
	st := &snapshotStatus{ID: id, Created: m.Created, Articles: m.Counts.Articles, Languages: m.Counts.Languages}
	st.Boilerplate, st.Fit, st.Drift, st.Search = m.Boilerplate, m.Fit, m.Drift, m.Search
	st.Links, st.Stories, st.Reads = m.Links, m.Stories, m.Reads
	st.AgeSeconds = int64(e.now().Sub(m.Created) / time.Second)
	for _, err := range store.CardsSince(ctx, m.StoreRevision) {
		if err != nil {
			return nil, err
		}
		st.Changed++
	}
	return st, nil
}

// reviewStatus tells of the snapshots that wait for review, are held or were rolled back,
// and are newer than the one in service.
func (e *env) reviewStatus() ([]snapshotRow, error) {
	dir, err := snapshot.OpenDir(e.path(snapshotFolder))
	if err != nil {
		return nil, err
	}
	all, err := dir.States()
	if err != nil {
		return nil, err
	}
	var rows []snapshotRow
	for _, info := range slices.Backward(all) {
		if info.State == snapshot.InService {
			break
		}
		if info.State == snapshot.AwaitsReview || info.State == snapshot.Held || info.State == snapshot.RolledBack {
			rows = append(rows, newSnapshotRow(info))
		}
	}
	return rows, nil
}

// sourceStatus tells of the sources in the configuration, in its order.
func sourceStatus(ctx context.Context, store *sqlite.Store, conf *config) ([]web.SourceStatus, error) {
	if len(conf.Sources) == 0 {
		return nil, nil
	}
	runs, err := store.SourceRuns(ctx)
	if err != nil {
		return nil, err
	}
	var all []web.SourceStatus
	for _, s := range conf.Sources {
		run := data.SourceRun{Name: s.Name}
		if i := slices.IndexFunc(runs, func(r data.SourceRun) bool { return r.Name == s.Name }); i >= 0 {
			run = runs[i]
		}
		all = append(all, web.NewSourceStatus(s.hide(s.Path), s.Every, run))
	}
	return all, nil
}

func (e *env) showStatus(st siteStatus) error {
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	total, states := 0, []string{}
	for _, state := range slices.Sorted(maps.Keys(st.Articles)) {
		total += st.Articles[state]
		states = append(states, fmt.Sprintf("%s %s", count(st.Articles[state]), state))
	}
	fmt.Fprintf(w, "articles\t%s\n", cmp.Or(strings.Join(states, ", "), "none"))
	if total > 0 {
		fmt.Fprintf(w, "languages\t%s\n", languagesTold(data.LangCounts{All: st.Languages, Detected: st.Detected, Assumed: st.Assumed}))
	}
	if n := st.Languages[data.Undetermined] + st.Languages[""]; n > 0 {
		fmt.Fprintf(w, "\t%s\n", undetermined(n))
	}
	fmt.Fprintf(w, "overrides\t%s\n", count(st.Overrides))
	fmt.Fprintf(w, "rules\t%s\n", st.Rules)
	if s := st.Snapshot; s == nil {
		fmt.Fprintln(w, "snapshot\tnone; alsolike refresh makes one")
	} else if s.Problem != "" {
		fmt.Fprintf(w, "snapshot\tbroken: %s\n", s.Problem)
	} else {
		fmt.Fprintf(w, "snapshot\t%s, made %s ago of %s; %s\n", s.ID, age(time.Duration(s.AgeSeconds)*time.Second), plural(s.Articles, "article"), sinceThen(s.Changed))
		if s.Stale {
			fmt.Fprintln(w, "\tstale: it is older than snapshots.max_age; alsolike refresh makes one")
		}
		fmt.Fprintf(w, "model\tfitted %s ago; since then %s\n", age(e.now().Sub(s.Fit.At)), driftOf(s.Drift))
		if s.Drift.Due != "" {
			fmt.Fprintf(w, "\ta full refresh is due, and the next one will be full: %s\n", s.Drift.Due)
		}
		fmt.Fprintf(w, "search\t%s\n", searchOf(s.Search))
		fmt.Fprintf(w, "links\t%s\n", linksOf(s.Links))
		fmt.Fprintf(w, "\t%s\n", spreadOf(s.Links))
		fmt.Fprintf(w, "near-duplicates\t%s\n", storyCount(s.Stories))
		fmt.Fprintf(w, "reads\t%s\n", readsOf(s.Reads))
		fmt.Fprintf(w, "boilerplate\t%s\n", boilerplateCount(s.Boilerplate))
	}
	for i, r := range st.Review[:min(len(st.Review), reviewsShown)] {
		fmt.Fprintf(w, "%s\t%s, made %s ago: %s\n", []string{"review", ""}[min(i, 1)], r.ID, age(e.now().Sub(r.Created)), r.stateText())
	}
	if more := len(st.Review) - reviewsShown; more > 0 {
		fmt.Fprintf(w, "\tand %s more (alsolike snapshot list)\n", count(more))
	}
	if len(st.Sources) == 0 {
		return w.Flush()
	}
	fmt.Fprintln(w, "\nSOURCE\tSTATE\tEVERY\tLAST STARTED\tNEXT\tLAST IMPORT")
	for _, s := range st.Sources {
		every, _ := time.ParseDuration(s.Every)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Name, s.State, age(every), cmp.Or(s.Started, "never"), cmp.Or(s.Next, "at once"), lastImport(s))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, s := range st.Sources {
		if s.Failures > 0 {
			fmt.Fprintf(e.stdout, "\n%s failed%s; %s:\n  %s\n", s.Name, inARow(s.Failures), lastSuccess(s), strings.ReplaceAll(s.Problem, "\n", "\n  "))
		}
	}
	return nil
}

// reviewsShown is how many snapshots that are not in service status names.
const reviewsShown = 3

func sinceThen(changed int) string {
	if changed == 0 {
		return "nothing has changed since"
	}
	return plural(changed, "article") + " changed since"
}

func lastImport(s web.SourceStatus) string {
	if s.Finished == "" {
		return ""
	}
	parts := []string{count(s.Added) + " new", count(s.Updated) + " changed", count(s.Unchanged) + " unchanged"}
	if s.Unpublished > 0 {
		parts = append(parts, count(s.Unpublished)+" unpublished")
	}
	if s.Refused > 0 {
		parts = append(parts, count(s.Refused)+" refused")
	}
	return strings.Join(parts, ", ")
}

func inARow(failures int) string {
	if failures == 1 {
		return ""
	}
	return fmt.Sprintf(" %s in a row", plural(failures, "time"))
}

func lastSuccess(s web.SourceStatus) string {
	if s.Succeeded == "" {
		return "it never went well"
	}
	return "it last went well at " + s.Succeeded
}

// age writes a duration roughly: 45s, 12m, 5h, 3d.
func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < 2*time.Hour && d != time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}
