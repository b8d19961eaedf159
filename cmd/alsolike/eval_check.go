package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/eval/check"
)

func newEvalCheckCommand(e *env) *cobra.Command {
	var (
		log    checkFlags
		dryRun bool
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "check [LOG…]",
		Short: "Look for what is wrong with a log of lists and clicks",
		Long: `Eval check reads logs of lists shown and clicks made, joins them to one another and
to the articles, and tells what is wrong: how often, how much that is, examples, and
what to do about it. A log is a file or a folder of files; gzip and zstd are read as
they are. Without LOG it is the folder events of the site, without --articles the
catalogue is that of the site, where there is one, or the "art" events of the log.

Formats (--format), told by each file's first line unless given:
  ndjson  one event a line: imp, view, clk, read, pv, ovr, art
  ubi     OpenSearch User Behavior Insights, one event or query a line
  csv     one row an item shown (or a page viewed); --map says which column holds what:
          impression, time, source, item, position, clicked, p, slot, snapshot, variant,
          widget, user, session, device, referrer, lang, subscriber, requested, viewed,
          dwell_ms; or page, time, session, user, from. Without impression every row is a
          list of its own with one slot. Times without a zone are UTC.
  mind    behaviors.tsv and news.tsv of MIND; it tells no positions

Exit codes: 0 fit for an evaluation, 2 wrong usage, 3 not fit, since a finding is
fatal: its share is above its limit (1 %, or --limit NAME=SHARE).`,
		Example: `  alsolike eval check events/ --articles articles.ndjson
  alsolike eval check shop.csv.gz --map impression=list,time=ts,item=sku,position=slot,clicked=click --dry-run
  alsolike eval check MIND/behaviors.tsv MIND/news.tsv --limit item_not_yet_published=0.05 --json`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if dryRun {
				return e.printMapped(cmd.Context(), paths, &log)
			}
			p, err := e.newProgress()
			if err != nil {
				return err
			}
			defer p.close()
			watch := p.stages(map[string]string{"check": "event"})
			result, err := e.checkLog(cmd.Context(), paths, &log, func(done, total, events int64) { watch.report("check", done, total, events) })
			watch.end(err)
			if err != nil {
				return err
			}
			write := writeCheck
			if asJSON {
				write = writeCheckJSON
			}
			w := bufio.NewWriter(e.stdout)
			if err := errors.Join(write(w, result), w.Flush()); err != nil {
				return err
			}
			return unfit(result.Result)
		},
	}
	flags := cmd.Flags()
	log.register(flags)
	flags.BoolVar(&dryRun, "dry-run", false, "only print the first ten events, as they are understood")
	flags.BoolVar(&asJSON, "json", false, "print counts and findings as JSON")
	return cmd
}

// checkFlags say where the articles of an event log are, how to read the log, and
// what to make of it.
type checkFlags struct {
	articles  string
	format    string
	fields    string            // as of --map
	shares    map[string]string // planned, by variant
	limits    map[string]string
	seeded    bool
	firstSeen bool
}

func (f *checkFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.articles, "articles", "", "the catalogue: a JSON lines `file` with id, published, unpublished, section, …")
	flags.StringVar(&f.format, "format", "auto", "`auto|ndjson|ubi|csv|mind`")
	flags.StringVar(&f.fields, "map", "", "which column of a CSV log holds what: `field=column,…`")
	flags.StringToStringVar(&f.shares, "shares", nil, "planned share of each variant, to be compared with the log: `A=0.9,B=0.1`")
	flags.StringToStringVar(&f.limits, "limit", nil, "share above which a finding is fatal: `name=share,…`")
	flags.BoolVar(&f.seeded, "seed-from-history", false, "MIND: take the last article of a reader's history for the one under which a list stood")
	flags.BoolVar(&f.firstSeen, "published-first-seen", false, "take the moment in which an article without a date was first shown for its publication")
}

// eventOptions and checkOptions read the flags.
func (f *checkFlags) eventOptions() (opts clicklog.EventOptions, err error) {
	opts.Format, opts.SeedFromHistory = clicklog.Format(f.format), f.seeded
	if f.format != "" && !slices.Contains(clicklog.Formats, opts.Format) {
		return opts, usagef("--format is %q; it may be auto, ndjson, ubi, csv or mind", f.format)
	}
	pairs, err := parseMap(f.fields)
	if err != nil {
		return opts, err
	}
	if opts.Mapping, err = clicklog.NewEventMapping(pairs); err != nil {
		return opts, usagef("--map: %v", err)
	}
	return opts, nil
}

func (f *checkFlags) checkOptions() (check.Options, error) {
	opts := check.Options{FirstSeen: f.firstSeen}
	var err error
	if opts.Shares, err = parseShares("--shares", f.shares); err != nil {
		return opts, err
	}
	if opts.Limits, err = parseShares("--limit", f.limits); err != nil {
		return opts, err
	}
	for name := range opts.Limits {
		if !slices.Contains(check.Names(), name) {
			return opts, usagef("--limit: there is no finding %q%s", name, didYouMean(name, check.Names()))
		}
	}
	return opts, nil
}

func parseShares(flag string, pairs map[string]string) (map[string]float64, error) {
	shares := map[string]float64{}
	for name, s := range pairs {
		share, err := parseShare(s)
		if err != nil {
			return nil, usagef("%s: %s=%s is no share; write one such as 0.05 or 5%%", flag, name, s)
		}
		shares[name] = share
	}
	return shares, nil
}

// A checkedLog is a log that was read, and what reading it came upon.
type checkedLog struct {
	*check.Result
	stats     clicklog.Stats
	catalogue string // in words
}

// logPaths are the logs to read: those that are named, else the events of the site.
func (e *env) logPaths(paths []string) ([]string, error) {
	if len(paths) > 0 {
		return paths, nil
	}
	events := e.path(eventFolder)
	if info, err := os.Stat(events); err != nil || !info.IsDir() {
		return nil, usagef("no log is named, and the site at %s has no folder events; name one: alsolike eval check LOG", e.dataDir)
	}
	return []string{events}, nil
}

// checkLog reads and checks the logs at paths, which may be none for those of the
// site. Report is called with the bytes read, of how many, and the events in them.
func (e *env) checkLog(ctx context.Context, paths []string, f *checkFlags, report func(done, total, events int64)) (*checkedLog, error) {
	read, err := f.eventOptions()
	if err != nil {
		return nil, err
	}
	opts, err := f.checkOptions()
	if err != nil {
		return nil, err
	}
	if paths, err = e.logPaths(paths); err != nil {
		return nil, err
	}
	log := &checkedLog{catalogue: "the events of the log"}
	isMIND := clicklog.DetectEvents(paths, read) == clicklog.MIND
	opts.FirstSeen = opts.FirstSeen || isMIND // which tells no dates at all
	switch {
	case f.articles != "":
		opts.Catalogue, err = e.catalogue(ctx, f.articles)
		log.catalogue = f.articles
	case !isMIND && e.hasStore():
		opts.Catalogue, err = e.catalogue(ctx, "")
		log.catalogue = "the site at " + e.dataDir
	}
	if err != nil {
		return nil, err
	}
	// A million lists are 350 MB while they are joined, nearly all of it until the
	// end; at most a quarter as much shall be garbage.
	defer debug.SetGCPercent(debug.SetGCPercent(25))
	var events atomic.Int64
	report(0, 0, 0)
	read.Progress = func(done, total int64) { report(done, total, events.Load()) }
	read.Stats = &log.stats
	log.Result, err = check.Run(ctx, counted(clicklog.ReadEvents(ctx, paths, read), &events), opts)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, &exitError{exitDataUnusable, err}
	}
	report(1, 1, events.Load())
	return log, nil
}

// hasStore reports whether the data folder holds a site.
func (e *env) hasStore() bool {
	_, err := os.Stat(e.path(storeFile))
	return err == nil
}

func counted(events iter.Seq2[clicklog.Event, *clicklog.Fault], n *atomic.Int64) iter.Seq2[clicklog.Event, *clicklog.Fault] {
	return func(yield func(clicklog.Event, *clicklog.Fault) bool) {
		for e, fault := range events {
			n.Add(1)
			if !yield(e, fault) {
				return
			}
		}
	}
}

// unfit is the error of a log with fatal findings.
func unfit(r *check.Result) error {
	fatal := r.Fatal()
	if len(fatal) == 0 {
		return nil
	}
	names := make([]string, len(fatal))
	for i, f := range fatal {
		names[i] = f.Name
	}
	return &exitError{exitDataUnusable, fmt.Errorf("the log is not fit for an evaluation: %s", strings.Join(names, ", "))}
}

// printMapped prints the first events of a log as lines of our own format.
func (e *env) printMapped(ctx context.Context, paths []string, f *checkFlags) error {
	const most = 10
	opts, err := f.eventOptions()
	if err != nil {
		return err
	}
	if paths, err = e.logPaths(paths); err != nil {
		return err
	}
	n := 0
	var line []byte
	for event, fault := range clicklog.ReadEvents(ctx, paths, opts) {
		if n == most {
			break
		}
		n++
		if fault != nil {
			fmt.Fprintf(e.stderr, "%v\n", fault)
			continue
		}
		if line, err = clicklog.AppendEvent(line[:0], event); err != nil {
			return err
		}
		if _, err := e.stdout.Write(line); err != nil {
			return err
		}
	}
	return ctx.Err()
}
