package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/pack"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// An evalPack is one run of eval pack.
type evalPack struct {
	check     checkFlags
	out       string
	snapshots []string // NAME=FILE|FOLDER
	depth     int
	noVectors bool
	simulated string
	anyway    bool
	write     pack.WriteOptions
}

func newEvalPackCommand(e *env) *cobra.Command {
	var (
		run    evalPack
		show   string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "pack [LOG…] --out FILE",
		Short: "Make one file for CI from an event log, without readers' ids",
		Long: `Eval pack reads event logs, checks them as eval check does, joins them to the articles
and to the snapshots that readers were served from, and writes one file that eval run
measures rankings with. Without LOG it takes the site's own: the events folder, the
stored articles and the stored snapshots.

A pack holds no id of a reader, a session or a list, no times but hours, and its rows in
random order. Readers have numbers, so that what one reader did counts as one. Where an
article was shown fewer than --min-cell times on a day, those lists lose their hour,
device, referrer and language. What is left still tells which lists the same unknown
reader saw: keep packs where those who work on the site can reach them, and nobody else.

A snapshot is given as NAME=FILE, with the links as export related writes them or as
lines of {"seed": id, "items": [[id, score], …]}, or as NAME=FOLDER of a snapshot.

Exit codes: 0 packed, 2 wrong usage, 3 a log that cannot be evaluated, 1 any other
failure. The file is written whole or not at all.`,
		Example: `  alsolike eval pack --out week.evp
  alsolike eval pack events/2026-03-*.ndjson.gz --articles articles.ndjson \
    --snapshot monday=monday.tsv --snapshot friday=snapshots/20260306T060000Z-7f3a9c --out week.evp
  alsolike eval pack --show week.evp`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, logs []string) error {
			path := show
			switch {
			case show != "" && (run.out != "" || len(logs) > 0):
				return usagef("--show looks into a pack that there is; it takes no LOG and no --out")
			case show == "" && run.out == "":
				return usagef("--out is missing; it names the pack to write, such as --out week.evp")
			case run.depth < 1:
				return usagef("--depth is %d; it is at least 1", run.depth)
			case run.write.MinCell < 1:
				return usagef("--min-cell is %d; it is at least 1, which pools nothing", run.write.MinCell)
			case show == "":
				if err := run.pack(cmd.Context(), e, logs); err != nil {
					return err
				}
				path = run.out
			}
			s, err := summarise(path)
			if err != nil {
				return err
			}
			if asJSON {
				return e.writeJSON(s)
			}
			return s.print(e.stdout)
		},
	}
	flags := cmd.Flags()
	run.check.register(flags)
	flags.StringVar(&run.out, "out", "", "the `file` to write")
	flags.StringArrayVar(&run.snapshots, "snapshot", nil, "the links of a snapshot that the log names: `name=path`; may be repeated")
	flags.IntVar(&run.depth, "depth", defaultDepth, "how many links of an article to keep of a snapshot")
	flags.IntVar(&run.write.MinCell, "min-cell", pack.DefaultMinCell, "pool what an article has of a day if that is fewer lists than this")
	flags.BoolVar(&run.noVectors, "no-vectors", false, "leave out the articles' vectors, which only measure how alike the links of a list are")
	flags.StringVar(&run.simulated, "simulated", "", "say that the log is made up, and how: a `text` that stands beside all its numbers")
	flags.StringVar(&run.write.Seed, "seed", "", "a `text` that fixes the order of rows and readers, so that equal logs give equal files; who knows it and has the log can tell readers apart (default: drawn and thrown away)")
	flags.BoolVar(&run.anyway, "anyway", false, "pack what is sound of a log although the checks say that it cannot be used")
	flags.StringVar(&show, "show", "", "tell what is in a pack: a `file`")
	flags.BoolVar(&asJSON, "json", false, "print the summary as JSON")
	return cmd
}

// pack writes the pack.
func (r *evalPack) pack(ctx context.Context, e *env, logs []string) (err error) {
	p, err := e.newProgress()
	if err != nil {
		return err
	}
	defer p.close()
	watch := p.stages(map[string]string{"log": "event", "snapshots": "snapshot", "write": "list"})
	defer func() { watch.end(err) }()

	out, err := r.assemble(ctx, e, p, watch, logs)
	if err != nil {
		return err
	}
	n := int64(out.Impressions.Len())
	watch.report("write", 0, 0, 0)
	err = writeFile(r.out, func(w *bufio.Writer) error { return pack.Write(w, out, r.write) })
	watch.report("write", n, n, n)
	return err
}

// assemble reads and checks the logs and attaches the snapshots that they name.
func (r *evalPack) assemble(ctx context.Context, e *env, p *progress, watch *stages, logs []string) (*pack.Pack, error) {
	named, err := r.namedSnapshots()
	if err != nil {
		return nil, err
	}
	// A log of a million lists is 350 MB while it is joined, nearly all of it until
	// the end; at most half as much shall be garbage.
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	result, err := e.checkLog(ctx, logs, &r.check, func(done, total, events int64) { watch.report("log", done, total, events) })
	if err != nil {
		return nil, err
	}
	if err := unfit(result.Result); err != nil {
		watch.end(nil)
		e.tellFindings(result.Result)
		if !r.anyway {
			return nil, fmt.Errorf("%w; --anyway packs what is sound of it", err)
		}
	}
	out := result.Pack
	result = nil // and with it what only the check needs
	for i := range out.Snapshots {
		watch.report("snapshots", int64(i), int64(len(out.Snapshots)), int64(i))
		if err := r.attach(e, p, out, out.Snapshots[i].Name, named); err != nil {
			return nil, err
		}
		watch.report("snapshots", int64(i+1), int64(len(out.Snapshots)), int64(i+1))
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		return nil, usagef("--snapshot %s: the log names no such snapshot; eval pack without it tells those that are missing", name)
	}
	if err := r.vectors(e, p, out); err != nil {
		return nil, err
	}
	if r.simulated != "" {
		out.Simulated = r.simulated
	}
	return out, nil
}

// namedSnapshots are the paths of --snapshot by name.
func (r *evalPack) namedSnapshots() (map[string]string, error) {
	named := map[string]string{}
	for _, s := range r.snapshots {
		name, path, ok := strings.Cut(s, "=")
		if !ok || name == "" || path == "" {
			return nil, usagef("--snapshot is %q; it is NAME=FILE or NAME=FOLDER", s)
		}
		if _, ok := named[name]; ok {
			return nil, usagef("--snapshot names %s twice", name)
		}
		named[name] = path
	}
	return named, nil
}

// attach attaches the lists of the snapshot of that name to p, and takes it out
// of named. Of a snapshot that is nowhere it tells and goes on.
func (r *evalPack) attach(e *env, p *progress, to *pack.Pack, name string, named map[string]string) error {
	lists, err := r.lists(e, name, named[name])
	delete(named, name)
	switch {
	case err != nil:
		return err
	case lists == nil:
		p.println(fmt.Sprintf("snapshot %s is not there: lists served from it say less; give its links with --snapshot %s=FILE", name, name))
		return nil
	}
	for id, list := range lists { // those of files are as long as they like
		list.Items = list.Items[:min(r.depth, len(list.Items))]
		list.Scores = list.Scores[:min(r.depth, len(list.Scores))]
		lists[id] = list
	}
	if err := pack.Attach(to, name, lists); err != nil {
		return &exitError{exitDataUnusable, err}
	}
	return nil
}

// lists are those of the snapshot of that name: at path, or in the data folder;
// nil if it has none.
func (r *evalPack) lists(e *env, name, path string) (pack.Scored, error) {
	var s *snapshot.Snapshot
	var err error
	if path == "" {
		s, err = e.storedSnapshot(name)
	} else {
		info, statErr := os.Stat(path)
		switch {
		case statErr != nil:
			return nil, usagef("cannot read the snapshot %s: %v", path, pathReason(statErr))
		case !info.IsDir():
			return readScored(path)
		}
		s, err = openSnapshotFolder(path)
	}
	if s == nil || err != nil {
		return nil, err
	}
	return newSnapshotLists(s).scored(r.depth), nil
}

// storedSnapshot is the snapshot of that id in the data folder; nil if there is none.
func (e *env) storedSnapshot(id string) (*snapshot.Snapshot, error) {
	dir, err := snapshot.OpenDir(e.path(snapshotFolder))
	if err != nil {
		return nil, err
	}
	s, err := dir.OpenLists(id)
	if errors.Is(err, data.ErrNotFound) {
		return nil, nil
	}
	return s, err
}

// vectors gives the articles of p their vectors, from the published snapshot if
// the catalogue had none; or takes them away.
func (r *evalPack) vectors(e *env, p *progress, of *pack.Pack) error {
	some := false
	for i := range of.Articles {
		if r.noVectors {
			of.Articles[i].Vector = nil
		}
		some = some || of.Articles[i].Vector != nil
	}
	if r.noVectors || some || r.check.articles != "" {
		return nil
	}
	dir, err := snapshot.OpenDir(e.path(snapshotFolder))
	if err != nil {
		return err
	}
	s, warning, err := dir.OpenPublished()
	if errors.Is(err, data.ErrNoSnapshot) {
		return nil
	}
	if err != nil {
		return err
	}
	if warning != nil {
		p.println(warning.Error())
	}
	for i := range of.Articles {
		if row, ok := s.Row(data.ArticleID(of.Articles[i].ID)); ok {
			of.Articles[i].Vector = pack.Quantise(s.Vector(row))
		}
	}
	return nil
}
