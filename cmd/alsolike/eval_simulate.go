package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/eval/gate"
	"github.com/alsolike/alsolike/eval/pack"
	"github.com/alsolike/alsolike/eval/simulate"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

func newEvalSimulateCommand(e *env) *cobra.Command {
	var (
		s                  evalSimulate
		explore, clickRate string
		asJSON             bool
	)
	cmd := &cobra.Command{
		Use:   "simulate --out DIR|FILE",
		Short: "Make up a log of readers who do not exist, to try evaluation with",
		Long: `Eval simulate makes up an event log for the articles and snapshots of the data folder,
so that you can try eval check, pack and run before you have a log of your own. Its
readers do not exist. It says nothing about your links: how attractive a link is was
drawn at random. The log says so in its first line, and everything made from it
repeats it.

Most lists are the published snapshot's (variant A), a tenth those of the snapshot
before it, if there is one (variant B), and a share is drawn at random from the top of
the published one (variant X). Whether a reader clicks depends on the slot and on how
attractive the link is, and on nothing else.

As the readers are made up, the truth is known: --truth says how many clicks the
lists of a ranking would get from them, which is what eval run has to find.`,
		Example: `  alsolike eval simulate --out log
  alsolike eval simulate --out log.ndjson.gz --days 28 --impressions 100000 --explore 10%
  alsolike eval simulate --truth published --truth links.tsv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if s.out == "" && len(s.truth) == 0 {
				return usagef("say where the log goes, with --out, such as --out log")
			}
			for _, amount := range []struct {
				flag, text string
				to         *float64
			}{{"explore", explore, &s.opts.Explore}, {"click-rate", clickRate, &s.opts.ClickRate}} {
				a, err := gate.ParseAmount(amount.text)
				if err != nil {
					return usagef("--%s: %v", amount.flag, err)
				}
				*amount.to = a.Value
			}
			if s.opts.Explore == 0 {
				s.opts.Explore = -1 // none
			}
			report, err := s.run(cmd.Context(), e)
			var invalid *data.InvalidError
			if errors.As(err, &invalid) {
				return usagef("%v", invalid)
			}
			if err != nil {
				return err
			}
			if asJSON {
				return e.writeJSON(report)
			}
			return report.write(e.stdout)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&s.out, "out", "", "where the log goes: a `file` (.ndjson or .ndjson.gz), or a folder that gets a file for each day")
	flags.IntVar(&s.opts.Impressions, "impressions", 20_000, "how many lists readers see")
	flags.IntVar(&s.opts.Days, "days", 14, "over how many days")
	flags.StringVar(&explore, "explore", "5%", "`share` of the lists drawn at random; 0 for none")
	flags.StringVar(&clickRate, "click-rate", "12%", "clicks on a list of the published snapshot")
	flags.IntVar(&s.opts.Overrides, "overrides", 0, "links that editors pin or block meanwhile")
	flags.Uint64Var(&s.opts.Seed, "seed", 1, "of all that is drawn; the same seed gives the same log")
	flags.StringArrayVar(&s.snapshots, "snapshot", nil, "`id` of the snapshot that readers see, then of that of variant B (default: the published one and the one before)")
	flags.StringArrayVar(&s.truth, "truth", nil, "say what the lists of this `ranking` would get: a snapshot's id, published, or a file as export related writes it")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// An evalSimulate is one log to make up.
type evalSimulate struct {
	out              string
	snapshots, truth []string
	opts             simulate.Options
}

// A simulateReport says what was made up.
type simulateReport struct {
	Simulated   string            `json:"simulated"`
	Out         string            `json:"out,omitempty"`
	Impressions int               `json:"impressions,omitempty"`
	Clicks      int               `json:"clicks,omitempty"`
	Readers     int               `json:"readers,omitempty"`
	From        string            `json:"from"`
	To          string            `json:"to"`
	Variants    []simulateVariant `json:"variants,omitempty"`
	Truth       []simulateTruth   `json:"truth"`
}

// A simulateVariant is what the readers of one variant did.
type simulateVariant struct {
	Name     string `json:"name"`
	Snapshot string `json:"snapshot"`
	Drawn    bool   `json:"drawn"`
	Lists    int    `json:"lists"`
	Clicks   int    `json:"clicks"`
}

// A simulateTruth is how many clicks a list of a ranking gets, on the mean.
type simulateTruth struct {
	Ranking  string  `json:"ranking"`
	Clicks   float64 `json:"clicks_per_list"`
	Relative float64 `json:"relative"` // to the first snapshot
}

func (s *evalSimulate) run(ctx context.Context, e *env) (*simulateReport, error) {
	if err := e.needDataDir(); err != nil {
		return nil, err
	}
	articles, err := e.catalogue(ctx, "")
	if err != nil {
		return nil, err
	}
	snapshots, err := s.openSnapshots(e, articles)
	if err != nil {
		return nil, err
	}
	w, err := simulate.New(articles, snapshots, s.opts)
	if err != nil {
		return nil, err
	}
	from, to := w.Days()
	report := &simulateReport{
		Simulated: w.Label(s.opts.Seed), Out: s.out,
		From: from.Format(time.DateOnly), To: to.Format(time.DateOnly),
	}
	truths, err := s.rankings(e, articles)
	if err != nil {
		return nil, err
	}
	first := w.Clicks(snapshots[0])
	for _, lists := range append(snapshots[:len(snapshots):len(snapshots)], truths...) {
		clicks := w.Clicks(lists)
		report.Truth = append(report.Truth, simulateTruth{lists.Name, clicks, clicks/first - 1})
	}
	if s.out == "" {
		return report, nil
	}
	log := logWriter{path: s.out, note: &clicklog.Note{Simulated: report.Simulated}}
	if err := log.begin(); err != nil {
		return nil, err
	}
	return report, log.write(ctx, w.Events(s.opts.Seed), report)
}

// openSnapshots are the lists of the snapshots that readers see.
func (s *evalSimulate) openSnapshots(e *env, articles []pack.Article) ([]pack.Snapshot, error) {
	ids := s.snapshots
	if ids == nil {
		dir, err := e.snapshots()
		if err != nil {
			return nil, err
		}
		if ids, err = publishedAndBefore(dir); err != nil {
			return nil, err
		}
	}
	if len(ids) > 2 {
		return nil, usagef("--snapshot is given %d times; there are two variants with lists of their own", len(ids))
	}
	var lists []pack.Snapshot
	for _, id := range ids {
		one, err := e.snapshotLists(articles, id)
		if err != nil {
			return nil, err
		}
		lists = append(lists, one)
	}
	return lists, nil
}

// publishedAndBefore are the ids of the published snapshot and of the newest sound
// one made before it, if there is one.
func publishedAndBefore(dir *snapshot.Dir) ([]string, error) {
	now, err := snapshotID(dir, nil)
	if err != nil {
		return nil, err
	}
	ids := []string{now}
	infos, err := dir.List() // the oldest first
	before := ""
	for _, info := range infos {
		if info.ID == now {
			break
		}
		if info.Err == nil {
			before = info.ID
		}
	}
	if before != "" {
		ids = append(ids, before)
	}
	return ids, err
}

// snapshotLists is the snapshot of that id, over articles.
func (e *env) snapshotLists(articles []pack.Article, id string) (pack.Snapshot, error) {
	s, err := e.openSnapshot(id)
	if err != nil {
		return pack.Snapshot{}, err
	}
	return attached(articles, s.ID(), newSnapshotLists(s).scored(defaultDepth))
}

// attached is lists over articles.
func attached(articles []pack.Article, name string, lists pack.Scored) (pack.Snapshot, error) {
	p := &pack.Pack{Articles: articles, Snapshots: []pack.Snapshot{{Name: name}}}
	err := pack.Attach(p, name, lists)
	return p.Snapshots[0], err
}

// rankings are the lists whose truth is asked for.
func (s *evalSimulate) rankings(e *env, articles []pack.Article) ([]pack.Snapshot, error) {
	var all []pack.Snapshot
	for _, name := range s.truth {
		var lists pack.Snapshot
		_, err := os.Stat(name)
		if err == nil {
			var scored pack.Scored
			if scored, err = readScored(name); err != nil {
				return nil, err
			}
			lists, err = attached(articles, name, scored)
		} else {
			lists, err = e.snapshotLists(articles, name)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, lists)
	}
	return all, nil
}

// A logWriter writes a log into one file, or into a folder with a file for each
// day. Every file begins with the note.
type logWriter struct {
	path string
	note *clicklog.Note

	day    string
	file   *os.File
	zip    *gzip.Writer
	events *clicklog.Writer
}

// begin looks whether there is room for the log.
func (l *logWriter) begin() error {
	info, err := os.Stat(l.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return err
	case !info.IsDir():
		return usagef("there is a file %s already; name another with --out", l.path)
	default:
		if files, err := os.ReadDir(l.path); err != nil || len(files) > 0 {
			return usagef("the folder %s holds files already; name another with --out", l.path)
		}
	}
	if l.single() {
		return l.open(l.path)
	}
	return os.MkdirAll(l.path, 0o755)
}

// single reports whether the log is one file.
func (l *logWriter) single() bool {
	name := strings.TrimSuffix(l.path, ".gz")
	return strings.HasSuffix(name, ".ndjson") || strings.HasSuffix(name, ".jsonl")
}

func (l *logWriter) open(path string) (err error) {
	if l.file, err = os.Create(path); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, pathReason(err))
	}
	var to io.Writer = l.file
	if strings.HasSuffix(path, ".gz") {
		l.zip = gzip.NewWriter(l.file)
		to = l.zip
	}
	l.events = clicklog.NewWriter(to)
	return l.events.Write(l.note)
}

func (l *logWriter) close() error {
	if l.file == nil {
		return nil
	}
	err := l.events.Flush()
	if l.zip != nil {
		err = errors.Join(err, l.zip.Close())
	}
	err = errors.Join(err, l.file.Close())
	l.file, l.zip = nil, nil
	return err
}

// write writes the events and counts them into report. A list and what its reader
// did with it stand in the file of the day on which it was shown.
func (l *logWriter) write(ctx context.Context, events iter.Seq[clicklog.Event], report *simulateReport) (err error) {
	defer func() { err = errors.Join(err, l.close()) }()
	readers, variants, variantOf := map[string]bool{}, map[string]*simulateVariant{}, map[string]string{}
	day := report.From
	for event := range events {
		switch event := event.(type) {
		case *clicklog.Note:
			continue // every file begins with it
		case *clicklog.Impression:
			if err := ctx.Err(); err != nil {
				return err
			}
			day = event.Time.Format(time.DateOnly)
			v, ok := variants[event.Variant]
			if !ok {
				v = &simulateVariant{Name: event.Variant, Snapshot: event.Snapshot, Drawn: event.Policy.Kind != "fixed"}
				variants[event.Variant] = v
			}
			v.Lists++
			report.Impressions++
			readers[event.User] = true
			clear(variantOf)
			variantOf[event.ID] = event.Variant
		case *clicklog.Click:
			variants[variantOf[event.Impression]].Clicks++
			report.Clicks++
		}
		if !l.single() && l.day != day {
			if err := l.close(); err != nil {
				return err
			}
			if err := l.open(filepath.Join(l.path, day+".ndjson")); err != nil {
				return err
			}
			l.day = day
		}
		if err := l.events.Write(event); err != nil {
			return err
		}
	}
	report.Readers = len(readers)
	for _, name := range slices.Sorted(maps.Keys(variants)) {
		report.Variants = append(report.Variants, *variants[name])
	}
	return nil
}

// write prints the report for people.
func (r *simulateReport) write(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "SIMULATED: %s.\n\n", r.Simulated)
	if r.Out != "" {
		fmt.Fprintf(&b, "Wrote to %s what %s saw from %s to %s: %s and %s.\n\n", r.Out, plural(r.Readers, "reader"), r.From, r.To, plural(r.Impressions, "list"), plural(r.Clicks, "click"))
		w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "VARIANT\tLISTS\tCLICKS\tA LIST\tWHAT IT SHOWS")
		for _, v := range r.Variants {
			shows := "snapshot " + v.Snapshot
			if v.Drawn {
				shows = "drawn at random from the top of snapshot " + v.Snapshot
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%.4f\t%s\n", v.Name, count(v.Lists), count(v.Clicks), float64(v.Clicks)/float64(v.Lists), shows)
		}
		w.Flush()
		b.WriteString("\n")
	}
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TRUTH\tCLICKS A LIST\tAGAINST THE FIRST")
	for _, t := range r.Truth {
		fmt.Fprintf(w, "%s\t%.4f\t%+.1f %%\n", t.Ranking, t.Clicks, 100*t.Relative)
	}
	w.Flush()
	_, err := io.WriteString(out, b.String())
	return err
}
