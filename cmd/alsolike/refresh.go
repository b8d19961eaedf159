package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// snapshotFolder and refreshLock are names within the data folder.
const (
	snapshotFolder = "snapshots"
	refreshLock    = "refresh.lock"
)

func newRefreshCommand(e *env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "refresh",
		Short: "Make a snapshot of links from all articles, and publish it",
		Long: `Refresh reads every article of the store, fits the model, finds each article's
nearest neighbours and writes all of it as one immutable snapshot, which a running
server takes into service within a second. Nothing of it is seen before it is whole:
when a refresh fails or is stopped, the snapshot before stays in service.

The settings lsa.rank, lsa.seed, lsa.min_df, lsa.max_df and neighbours.k in
alsolike.yaml, or in variables such as ALSOLIKE_LSA_RANK, shape the snapshot.`,
		Example: `  alsolike refresh
  ALSOLIKE_LSA_RANK=128 alsolike refresh --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conf, err := e.loadConfig()
			if err != nil {
				return err
			}
			m, err := e.refresh(cmd.Context(), conf)
			if err != nil {
				return err
			}
			if asJSON {
				return e.writeJSON(m)
			}
			_, err = fmt.Fprintf(e.stdout, "Snapshot %s is in service: %s (%s), %s, rank %d, made in %s with at most %s of memory.\n",
				m.ID, plural(m.Counts.Articles, "article"), languageCounts(m), plural(m.Terms, "term"), m.Rank, roundDuration(duration(m)), megabytes(m.PeakMemory))
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the snapshot's manifest")
	return cmd
}

// refresh makes and publishes a snapshot, alone on the data folder.
func (e *env) refresh(ctx context.Context, conf *config) (snapshot.Manifest, error) {
	if err := e.needDataDir(); err != nil {
		return snapshot.Manifest{}, err
	}
	unlock, err := e.lock(refreshLock, "a refresh")
	if err != nil {
		return snapshot.Manifest{}, err
	}
	defer unlock()
	store, err := e.openStore(ctx, false)
	if err != nil {
		return snapshot.Manifest{}, err
	}
	defer store.Close()
	dir, err := snapshot.OpenDir(e.path(snapshotFolder))
	if err != nil {
		return snapshot.Manifest{}, err
	}
	p, err := e.newProgress()
	if err != nil {
		return snapshot.Manifest{}, err
	}
	defer p.close()
	watch := p.stages(map[string]string{"decompose": "pass"})
	opts := e.refreshOptions(conf)
	opts.Progress = func(stage string, done, total int64) { watch.report(stage, done, total, done) }
	m, err := refresh.Run(ctx, store, dir, opts)
	watch.end(err)
	return m, e.withCure(err)
}

func (e *env) refreshOptions(conf *config) refresh.Options {
	return refresh.Options{
		LSA:     lsa.Options{Rank: conf.Rank, Seed: conf.Seed, MinDocFreq: conf.MinDocFreq, MaxDocFreq: conf.MaxDocFreq},
		K:       conf.K,
		Version: version,
		Now:     e.now,
	}
}

// languageCounts is "en 24, zh-Hans 24".
func languageCounts(m snapshot.Manifest) string {
	var parts []string
	for _, lang := range slices.Sorted(maps.Keys(m.Counts.Languages)) {
		parts = append(parts, fmt.Sprintf("%s %s", lang, count(m.Counts.Languages[lang])))
	}
	return strings.Join(parts, ", ")
}

// duration is how long making a snapshot took.
func duration(m snapshot.Manifest) time.Duration {
	var sum int64
	for _, ms := range m.Timings {
		sum += ms
	}
	return time.Duration(sum) * time.Millisecond
}

func megabytes(bytes int64) string {
	return fmt.Sprintf("%s MB", count((bytes+500_000)/1_000_000))
}
