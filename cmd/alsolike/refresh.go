package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
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

Articles that translate one another (translation_of) are never linked to each other,
and where enough of them do, refresh learns from them how articles of different
languages compare. It also says which articles look like translations of one another
and do not say so.

The settings lsa.rank, lsa.seed, lsa.min_df, lsa.max_df, analysis.stop_words,
analysis.stemming and neighbours.k in alsolike.yaml, or in variables such as
ALSOLIKE_LSA_RANK, shape the snapshot.`,
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
			_, err = fmt.Fprintf(e.stdout, "Snapshot %s is in service: %s (%s), %s, rank %d, made in %s with at most %s of memory.\n%s",
				m.ID, plural(m.Counts.Articles, "article"), languageCounts(m), plural(m.Terms, "term"), m.Rank, roundDuration(duration(m)), megabytes(m.PeakMemory),
				translationReport(m))
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
	watch := p.stages(map[string]string{"decompose": "pass", "cross decompose": "pass"})
	opts := e.refreshOptions(conf)
	opts.Progress = func(stage string, done, total int64) { watch.report(stage, done, total, done) }
	m, err := refresh.Run(ctx, store, dir, opts)
	watch.end(err)
	return m, e.withCure(err)
}

func (e *env) refreshOptions(conf *config) refresh.Options {
	return refresh.Options{
		LSA:     lsa.Options{Rank: conf.Rank, Seed: conf.Seed, MinDocFreq: conf.MinDocFreq, MaxDocFreq: conf.MaxDocFreq, Rules: conf.Rules},
		K:       conf.K,
		Version: version,
		Now:     e.now,
	}
}

// languageCounts is "en 24, zh-Hans 24".
func languageCounts(m snapshot.Manifest) string { return byLanguage(m.Counts.Languages) }

func byLanguage(counts map[data.Lang]int) string {
	var parts []string
	for _, lang := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s %s", lang, count(counts[lang])))
	}
	return strings.Join(parts, ", ")
}

// translationReport says in words, a line each, what refresh found of
// translations; nothing of a site in one language and script.
func translationReport(m snapshot.Manifest) string {
	if len(m.Counts.Languages) < 2 {
		return ""
	}
	t := m.Translations
	var b strings.Builder
	fmt.Fprintf(&b, "Translations: %s.\n", groupCount(t))
	if t.NoCross != "" {
		fmt.Fprintf(&b, "Articles of different languages are not compared: %s.\n", t.NoCross)
	}
	if t.ChainedTotal > 0 {
		fmt.Fprintf(&b, "%s: %s.\n", chainedCount(t.ChainedTotal), chainedList(t.Chained, 5))
	}
	if t.LikelyTotal > 0 {
		const shown = 5
		fmt.Fprintf(&b, "%s (translation_of); the likeliest:\n", likelyCount(t.LikelyTotal))
		for _, l := range t.Likely[:min(len(t.Likely), shown)] {
			fmt.Fprintf(&b, "  %s\n", likelyPair(l))
		}
	}
	return b.String()
}

// groupCount is "215 groups of 645 articles (en 215, zh-Hans 215, zh-Hant 215), 12 articles without a translation (en 12)".
func groupCount(t snapshot.Translations) string {
	parts := []string{"none"}
	if t.Groups > 0 {
		parts[0] = fmt.Sprintf("%s of %s (%s)", plural(t.Groups, "group"), plural(t.Articles, "article"), byLanguage(t.Languages))
	}
	alone := 0
	for _, n := range t.Alone {
		alone += n
	}
	if alone > 0 {
		parts = append(parts, fmt.Sprintf("%s without a translation (%s)", plural(alone, "article"), byLanguage(t.Alone)))
	}
	return strings.Join(parts, ", ")
}

// chainedCount is "2 articles name a translation as their original …".
func chainedCount(n int) string {
	if n == 1 {
		return "1 article names a translation as its original (translation_of), and so is in no group with it; all versions must name the same one"
	}
	return plural(n, "article") + " name a translation as their original (translation_of), and so are in no group with it; all versions must name the same one"
}

// chainedList is "a, b, …" of some of the articles.
func chainedList(ids []data.ArticleID, most int) string {
	var names []string
	for _, id := range ids[:min(len(ids), most)] {
		names = append(names, string(id))
	}
	if len(ids) > most {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// likelyCount is "12 pairs of articles look like translations and do not say so".
func likelyCount(n int) string {
	if n == 1 {
		return "1 pair of articles looks like translations and does not say so"
	}
	return plural(n, "pair") + " of articles look like translations and do not say so"
}

// likelyPair is "zh/a ↔ en/b (.97)".
func likelyPair(l snapshot.Likely) string {
	return fmt.Sprintf("%s ↔ %s (%s)", l.A, l.B, strings.TrimPrefix(fmt.Sprintf("%.2f", l.Cosine), "0"))
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
