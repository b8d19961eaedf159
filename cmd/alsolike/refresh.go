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
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// snapshotFolder and refreshLock are names within the data folder.
const (
	snapshotFolder = "snapshots"
	refreshLock    = "refresh.lock"
)

func newRefreshCommand(e *env) *cobra.Command {
	var asJSON, full, forReview bool
	var limit, readsPath, columns string
	cmd := &cobra.Command{
		Use:   "refresh",
		Short: "Make a snapshot of links from all articles, and put it into service",
		Long: `Refresh makes the links of every article as one immutable snapshot, which a running
server takes into service within a second. Nothing of it is seen before it is whole:
when a refresh fails or is stopped, the snapshot before stays in service. With --review,
or where review.publish says so, it waits until somebody has looked at it: alsolike help
review.

The first one reads every article of the store, fits the model and finds each
article's nearest neighbours. Later ones go on from the published snapshot: only what
has changed is read and folded into the model, and only the lists it touches change.
The model then ages. Refresh measures how much of the newer articles it knows, fits
it anew when that is due, or with --full, and says which it did and why; so does
alsolike status. A site of up to 3,000 articles is fitted anew every time.

Articles that translate one another (translation_of) are never linked to each other,
and where enough of them do, refresh learns from them how articles of different
languages compare. It also says which articles look like translations of one another
and do not say so.

Links are ranked by how near texts and titles are, by section, tags, authors and series,
and by what readers read: by the events that alsolike serve has taken in the last 90
days, and by a log of reads that --reads names. Of near-duplicates one is linked, the
canonical one or else the newest; no article is linked from too many lists, and where
there is a place for it, every one from at least one. Refresh says how far it got.

Where the processors are short, a refresh gives way to other processes (on Linux), so
that a server beside it goes on as before.

With --memory-limit refresh holds no more memory than that: it learns the model from
as many articles as fit and folds the others in, or says at once how much it needs.

The settings lsa.rank, lsa.seed, lsa.min_df, lsa.max_df, analysis.stop_words,
analysis.stemming, neighbours.k, neighbours.method, neighbours.min_recall,
list.variety, list.max_per_author, list.max_per_section, list.max_links_in,
freshness.half_life, freshness.sections and refresh.memory_limit in alsolike.yaml, or in variables such as ALSOLIKE_LSA_RANK,
shape the snapshot.`,
		Example: `  alsolike refresh
  alsolike refresh --full
  alsolike refresh --memory-limit 2GB
  alsolike refresh --reads reads.csv --map reader=user_id,item=article_id,time=at
  ALSOLIKE_LSA_RANK=128 alsolike refresh --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			conf, err := e.loadConfig()
			if err != nil {
				return err
			}
			if limit != "" {
				if conf.MemoryLimit, err = parseBytes(limit); err != nil {
					return usagef("--memory-limit is %q; it %v", limit, err)
				}
			}
			log, err := newReadsLog(readsPath, columns)
			if err != nil {
				return err
			}
			if ownProcess {
				giveWay()
			}
			m, why, err := e.refresh(cmd.Context(), conf, full, forReview, log)
			if err != nil {
				return err
			}
			if asJSON {
				return e.writeJSON(struct {
					snapshot.Manifest
					Awaits string `json:"awaits_review,omitempty"` // why it is not in service
				}{m, why})
			}
			state := "is in service"
			if why != "" {
				state = "awaits review"
				why = fmt.Sprintf("It is not in service: %s.\nalsolike snapshot diff %s shows what would change, alsolike snapshot publish %[2]s puts it into service.\n", why, m.ID)
			}
			_, err = fmt.Fprintf(e.stdout, "Snapshot %s %s: %s (%s), %s, rank %d, made in %s with at most %s of memory.\n%s%s%s",
				m.ID, state, plural(m.Counts.Articles, "article"), languageCounts(m), plural(m.Terms, "term"), m.Rank, roundDuration(duration(m)), megabytes(m.PeakMemory),
				refreshReport(m), translationReport(m), why)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the snapshot's manifest")
	cmd.Flags().BoolVar(&full, "full", false, "read all articles and fit the model anew")
	cmd.Flags().BoolVar(&forReview, "review", false, "leave the snapshot for review, whatever review.publish says")
	cmd.Flags().StringVar(&readsPath, "reads", "", "rank by a `log` of reads, too: CSV or JSON lines, see --map")
	cmd.Flags().StringVar(&columns, "map", "", "which column or field of --reads holds what: `reader=column,item=column,time=column`")
	cmd.Flags().StringVar(&limit, "memory-limit", "", "the most memory to hold, an `amount` such as 2GB")
	return cmd
}

// refreshUnits are what stages of a refresh count, where that is not articles.
var refreshUnits = map[string]string{"decompose": "dimension", "cross decompose": "dimension"}

// refresh makes a snapshot, alone on the data folder, and puts it into service or leaves
// it for review: then why says what for. Beside the site's own events log, if not nil,
// tells what is read.
func (e *env) refresh(ctx context.Context, conf *config, full, forReview bool, log *readsLog) (m snapshot.Manifest, why string, err error) {
	if err := e.needDataDir(); err != nil {
		return m, "", err
	}
	unlock, err := e.lock(refreshLock, "a refresh")
	if err != nil {
		return m, "", err
	}
	defer unlock()
	store, err := e.openStore(ctx, false)
	if err != nil {
		return m, "", err
	}
	defer store.Close()
	dir, err := snapshot.OpenDir(e.path(snapshotFolder))
	if err != nil {
		return m, "", err
	}
	p, err := e.newProgress()
	if err != nil {
		return m, "", err
	}
	defer p.close()
	watch := p.stages(refreshUnits)
	opts := e.refreshOptions(conf)
	if opts.Ranking.Weights, err = e.rankingWeights(); err != nil {
		return m, "", err
	}
	opts.Reads = e.readSignals(conf, log, p.println)
	opts.Full, opts.Leave = full, true
	opts.Progress = func(stage string, done, total int64) { watch.report(stage, done, total, done) }
	m, err = refresh.Run(ctx, store, dir, opts)
	watch.end(err)
	if err == nil {
		why, err = e.settle(ctx, conf, store, dir, m.ID, forReview, p.println)
	}
	return m, why, e.withCure(err)
}

func (e *env) refreshOptions(conf *config) refresh.Options {
	return refresh.Options{
		LSA:       lsa.Options{Rank: conf.Rank, Seed: conf.Seed, MinDocFreq: conf.MinDocFreq, MaxDocFreq: conf.MaxDocFreq, Rules: conf.Rules},
		K:         conf.K,
		Method:    conf.Method,
		MinRecall: conf.MinRecall,
		Ranking:   conf.Ranking,

		MemoryLimit: conf.MemoryLimit,

		Version: version,
		Now:     e.now,
	}
}

// refreshReport says in words, a line each, how m was made and how well its model
// still knows the articles.
func refreshReport(m snapshot.Manifest) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n", refreshKind(m))
	if m.Refresh.Kind == snapshot.Incremental {
		fmt.Fprintf(&b, "Since the model was fitted, %s.\n", driftOf(m.Drift))
	}
	if m.Search.Method == string(refresh.Approximate) {
		fmt.Fprintf(&b, "The search for neighbours was approximate: %s.\n", recallOf(m.Search))
	}
	if m.Drift.Due != "" {
		fmt.Fprintf(&b, "A full refresh is due, and the next one will be full: %s.\n", m.Drift.Due)
	}
	fmt.Fprintf(&b, "Links: %s.\n", linksOf(m.Links))
	if m.Stories.Clusters > 0 {
		fmt.Fprintf(&b, "Near-duplicates: %s.\n", storiesOf(m.Stories))
	}
	if m.Reads != nil {
		fmt.Fprintf(&b, "Ranked by %s.\n", readsOf(m.Reads))
	}
	return b.String()
}

// refreshKind is "Went on from …: 12 articles analysed, …" or "The model was fitted anew to …, because …".
func refreshKind(m snapshot.Manifest) string {
	if m.Refresh.Kind == snapshot.Incremental {
		return fmt.Sprintf("Went on from %s: %s analysed, links looked for anew for %s",
			m.Parent, plural(m.Refresh.Analysed, "article"), count(m.Refresh.Searched))
	}
	from := "all articles"
	if m.Fit.LearntFrom < m.Fit.Articles {
		from = fmt.Sprintf("%s of %s", count(m.Fit.LearntFrom), plural(m.Fit.Articles, "article"))
	}
	return fmt.Sprintf("The model was fitted anew to %s, because %s", from, m.Refresh.Reason)
}

// driftOf is "380 articles came or changed (1.0 %); it knows 88 % of their terms (at the fit 90 %) …".
func driftOf(d snapshot.Drift) string {
	if d.Folded == 0 {
		return "no article came or changed"
	}
	return fmt.Sprintf("%s came or changed (%.1f %%); it knows %.0f %% of their terms (at the fit %.0f %%) and captures %.0f %% of their energy (at the fit %.0f %%)",
		plural(d.Folded, "article"), 100*d.Share, 100*(1-d.Unknown), 100*(1-d.UnknownAtFit), 100*d.Energy, 100*d.EnergyAtFit)
}

// recallOf is "98.6 % of the nearest articles were found, by a sample of 500".
func recallOf(s snapshot.Search) string {
	return fmt.Sprintf("%.1f %% of the nearest articles were found, by a sample of %s", 100*s.Recall, count(s.Sample))
}

// linksOf is "no article is among the first ten of more than 60 lists, and 2 of 950 articles (0.2 %) in none".
func linksOf(h rank.Health) string {
	if h.Articles == 0 {
		return "none"
	}
	all := fmt.Sprintf("and each of %s is in some", plural(h.Articles, "article"))
	if h.Orphans > 0 {
		all = fmt.Sprintf("and %s of %s (%.1f %%) in none", count(h.Orphans), plural(h.Articles, "article"), 100*h.OrphanShare)
	}
	return fmt.Sprintf("no article is among the first ten of more than %s, %s", plural(h.MostIn, "list"), all)
}

// storiesOf is "281 clusters of 600 articles, of which one each is linked; the largest has 12".
func storiesOf(s snapshot.Stories) string {
	return fmt.Sprintf("%s of %s, of which one each is linked; the largest has %s",
		plural(s.Clusters, "cluster"), plural(s.Articles, "article"), count(s.Largest))
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
