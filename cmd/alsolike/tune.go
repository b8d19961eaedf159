package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/data/eventlog"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/tune"
)

func newTuneCommand(e *env) *cobra.Command {
	var (
		t             tuning
		since         string
		columns       string
		reset, asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "tune",
		Short: "Fit the weights of the ranking to what readers followed",
		Long: `Tune fits the weights by which links are ranked to the event log of this site: which of
the links that readers were shown they followed, corrected for the attention that each
position gets. It looks at the log in order of time. Its first half says what readers
read, the next quarter is what the weights are fitted to, and with the last quarter it
measures whether they are better than those that ship. Only then, and only if that is
beyond what chance does, it writes weights.json into the data folder, where the next
refresh finds it; else it says so, and the exit code is 1.

With --reads it takes a log of another system that says who read what: what a reader
read next counts as followed. Without times in it, readers are split instead of time.

Alsolike help ranking says what the features mean.`,
		Example: `  alsolike tune
  alsolike tune --dry-run
  alsolike tune --since 2026-09-01 --json
  alsolike tune --reads reads.csv --map reader=email,item=article_id,time=at
  alsolike tune --reset`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if reset {
				for _, flag := range []string{"reads", "map", "since", "dry-run", "json", "seed"} {
					if cmd.Flags().Changed(flag) {
						return usagef("--reset takes no other flag, and --%s is given", flag)
					}
				}
				return e.reset()
			}
			if t.options.Since, err = parseTime("since", since); err != nil {
				return err
			}
			switch {
			case t.reads != "":
				if t.mapping, err = readsMapping(columns, nil); err != nil {
					return err
				}
			case columns != "":
				return usagef("--map tells the columns of the log of --reads, which is not given")
			}
			return t.run(cmd.Context(), e, asJSON)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&t.reads, "reads", "", "fit to this log of reads, a `file` of CSV or JSON lines, instead of the event log")
	flags.StringVar(&columns, "map", "", "which column or field of --reads holds what: `reader=column,item=column,time=column`")
	flags.StringVar(&since, "since", "", "only what was shown or read from then on: a `date` (UTC) or RFC 3339 time")
	flags.BoolVar(&t.dry, "dry-run", false, "fit and measure, and write nothing")
	flags.BoolVar(&reset, "reset", false, "go back to the weights that ship: remove weights.json")
	flags.Uint64Var(&t.options.Seed, "seed", 1, "of all that is drawn; the same seed gives the same weights")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (e *env) reset() error {
	if err := e.needDataDir(); err != nil {
		return err
	}
	there, err := e.resetWeights()
	if err != nil {
		return err
	}
	said := "The weights that ship are in force already."
	if there {
		said = "The fitted weights are removed; from the next refresh on links are ranked by those that ship."
	}
	_, err = fmt.Fprintln(e.stdout, said)
	return err
}

// A tuning is one run of tune.
type tuning struct {
	reads   string
	mapping clicklog.Mapping
	dry     bool
	options tune.Options
}

func (t *tuning) run(ctx context.Context, e *env, asJSON bool) error {
	if err := e.needDataDir(); err != nil {
		return err
	}
	p, err := e.newProgress()
	if err != nil {
		return err
	}
	defer p.close()
	found, err := t.fit(ctx, e, p)
	if err != nil {
		return err
	}
	p.close()
	better := found.Fitted.Better()
	if better && !t.dry {
		if err := e.writeWeights(found); err != nil {
			return err
		}
	}
	if asJSON {
		err = e.writeJSON(found)
	} else {
		err = t.write(e.stdout, found)
	}
	if err != nil || better {
		return err
	}
	return fmt.Errorf("the fitted weights are not better than those that ship beyond what chance does (the interval is not above 0); nothing was written%s", e.inForce())
}

// inForce says which weights stay, if they are not those that ship.
func (e *env) inForce() string {
	if before, err := e.tunedWeights(); before != nil && err == nil {
		return fmt.Sprintf(", and the weights fitted on %s stay in force", before.Fitted.Time.Format(time.DateOnly))
	}
	return ""
}

// fit fits weights to the log, with the articles of the published snapshot.
func (t *tuning) fit(ctx context.Context, e *env, p *progress) (*tunedWeights, error) {
	conf, err := e.loadConfig()
	if err != nil {
		return nil, err
	}
	t.options.HalfLife = conf.Ranking.HalfLifeOf
	dir, err := e.snapshots()
	if err != nil {
		return nil, err
	}
	id, err := snapshotID(dir, nil)
	if err != nil {
		return nil, err
	}
	s, err := dir.Open(id)
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(s)
	watch := p.stages(map[string]string{"events": "event", "reads": "read"})
	watch.report("articles", 0, 0, 0)
	corpus, err := tuneCorpus(ctx, s)
	if err != nil {
		watch.end(err)
		return nil, err
	}
	watch.report("articles", 1, 1, int64(s.Len()))
	found := &tunedWeights{Fitted: fittedTo{Time: e.now().UTC().Truncate(time.Second), Snapshot: id, Log: eventFolder}}
	var result *tune.Result
	if t.reads == "" {
		result, err = t.fitEvents(ctx, e, watch, corpus)
	} else {
		found.Fitted.Log = filepath.Base(t.reads)
		result, err = t.fitReads(ctx, watch, corpus)
	}
	watch.end(err)
	if err != nil {
		return nil, t.explain(err)
	}
	found.Weights, found.Fitted.Report = &result.Weights, result.Report
	return found, nil
}

func (t *tuning) fitEvents(ctx context.Context, e *env, watch *stages, corpus *tune.Corpus) (*tune.Result, error) {
	paths, err := eventlog.Files(e.path(eventFolder), t.options.Since, time.Time{})
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(paths) == 0 {
		return nil, fmt.Errorf("there are no events in %s to fit weights to; alsolike serve takes them, and --reads names a log of another system", e.dataDir)
	}
	if err != nil {
		return nil, err
	}
	faults, first := 0, error(nil)
	events := func() iter.Seq[clicklog.Event] {
		return func(yield func(clicklog.Event) bool) {
			faults = 0
			var n atomic.Int64 // read beside the loop
			opts := clicklog.EventOptions{Format: clicklog.Own, Progress: func(done, total int64) { watch.report("events", done, total, n.Load()) }}
			for event, fault := range clicklog.ReadEvents(ctx, paths, opts) {
				if fault != nil {
					if faults++; first == nil {
						first = fault
					}
					continue
				}
				n.Add(1)
				if !yield(event) {
					return
				}
			}
		}
	}
	result, err := tune.FromEvents(ctx, corpus, events, t.options)
	if faults > 0 && ctx.Err() == nil {
		watch.p.println(fmt.Sprintf("%s of the event log could not be read, the first being %v", plural(faults, "line"), first))
	}
	return result, err
}

func (t *tuning) fitReads(ctx context.Context, watch *stages, corpus *tune.Corpus) (*tune.Result, error) {
	watch.report("reads", 0, 0, 0)
	log, err := clicklog.ReadReads(ctx, t.reads, t.mapping)
	if err != nil {
		return nil, err
	}
	watch.report("reads", 1, 1, int64(len(log.Reads)))
	tellBad(watch.p, log.Bad)
	return tune.FromReads(ctx, corpus, log, t.options)
}

// explain adds to an error what can be done about it.
func (t *tuning) explain(err error) error {
	var few *tune.TooFewError
	switch {
	case errors.As(err, &few) && !t.options.Since.IsZero():
		return fmt.Errorf("%w to fit weights and tell whether they are better; let --since go further back, or wait", err)
	case errors.As(err, &few):
		return fmt.Errorf("%w to fit weights and tell whether they are better; until there are, the weights that ship are the better choice", err)
	case errors.Is(err, tune.ErrSamePositions):
		return fmt.Errorf(`%w; draw a share of the lists at random with explore.share (see "alsolike help evaluation"), or wait until further refreshes have moved links`, err)
	}
	return err
}

// write prints what was found, for people.
func (t *tuning) write(out io.Writer, found *tunedWeights) error {
	f := &found.Fitted
	var b strings.Builder
	if f.Simulated != "" {
		fmt.Fprintf(&b, "SIMULATED: %s.\n\n", f.Simulated)
	}
	days := func(p tune.Part) string {
		if p.From.IsZero() {
			return ""
		}
		return fmt.Sprintf(", %s to %s", p.From.Format(time.DateOnly), p.Until.Format(time.DateOnly))
	}
	fmt.Fprintf(&b, "Fitted to %s%s; tested on %s%s.\n", plural(f.Report.Fitted.Clicks, "click"), days(f.Report.Fitted), plural(f.Tested.Clicks, "click"), days(f.Tested))
	if f.Split != "time" {
		b.WriteString("No time split: the log has no times, so readers were split instead.\n")
	}
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nFEATURE\tSHIPPED\tFITTED")
	shipped := rank.DefaultWeights()
	for _, k := range rank.Kinds() {
		fmt.Fprintf(w, "%v\t%.4g\t%.4g\n", k, shipped[k], found.Weights[k])
	}
	w.Flush()
	fmt.Fprintf(&b, "\nA link that was followed stands above %.1f %% of the other links by the shipped weights,\nand above %.1f %% by the fitted ones: %+.1f points (95 %% interval %+.1f to %+.1f).\n",
		100*f.Before, 100*f.After, 100*f.Difference, 100*f.Interval[0], 100*f.Interval[1])
	switch {
	case !f.Better():
	case t.dry:
		b.WriteString("They are better; without --dry-run they would be written.\n")
	default:
		fmt.Fprintf(&b, "Wrote %s; the next alsolike refresh ranks by it.\n", weightsFile)
	}
	_, err := io.WriteString(out, b.String())
	return err
}
