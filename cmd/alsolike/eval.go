package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/report"
)

// The further exit codes of eval run. Code 1 is kept for a gate that fails, so
// that a CI job can tell a worse ranking from a run that could not be made.
const (
	exitDataUnusable = 3
	exitInconclusive = 4
	exitInternal     = 5
)

func newEvalCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "eval",
		Short: "Measure links against what readers read",
		Example: `  alsolike eval run --reads reads.csv --map reader=email,item=article_id
  alsolike eval run --pack week.evp --candidate pr=build/snapshots/20261123T200000Z-7f3a9c`,
	}
	cmd.AddCommand(newEvalRunCommand(e))
	cmd.AddCommand(newEvalTrecCommand(e))
	cmd.AddCommand(newEvalCheckCommand(e))
	cmd.AddCommand(newEvalPackCommand(e))
	cmd.AddCommand(newEvalPlanCommand(e))
	cmd.AddCommand(newEvalSimulateCommand(e))
	return cmd
}

func newEvalRunCommand(e *env) *cobra.Command {
	var (
		flags  evalFlags
		schema bool
	)
	cmd := &cobra.Command{
		Use:   "run [--pack FILE] [--reads LOG --map reader=COLUMN,item=COLUMN[,time=COLUMN]] [--config FILE]",
		Short: "Say whether a ranking is at least as good as what readers see",
		Long: `Eval run compares rankings with a baseline and says, gate by gate, whether each is
better, no worse than a margin, or worse; or that the log cannot tell.

With --pack, a file that eval pack wrote of a log of lists and clicks, it estimates
clicks: what readers would have clicked, had they been shown other lists. With --reads,
a log of what was read (CSV or JSON lines, in the order of reading or with times; gzip
is read as it is), it measures agreement with reading, which is no forecast of clicks.

Without --config it measures the published snapshot, as the engine ranks (no threshold,
no overrides), beside simple baselines; with a pack, against production, and at most 3 %
of the clicks may be lost. A configuration has the keys

  version: 1
  pack: week.evp               # or log: events/, with articles, snapshots, format, fields
  reads: reads.csv             # with map: {reader: email, item: article_id}
  as_of: auto                  # what is measured: the last 7 days, all, or from a day on
  k: 5                         # or a list: [5, 10]
  cluster: user                # what counts as one: user, session, seed or impression
  average: traffic             # or reader, or seed (each article the same)
  seed: 1                      # of everything that is drawn
  baseline: production         # or the name of another ranking
  candidates:
    - {name: pr, snapshot: published}     # or an id, or the folder of a snapshot
    - {name: other, ranking: links.tsv}   # as export related writes it, a TREC run, or
                                          # lines of {"seed": id, "items": [id, …]}
  compare: [random, popular-24h, recent, tfidf]
  gates:
    - {metric: clicks, margin: 3%, on_inconclusive: warn}   # or pass, or fail
    - {metric: coverage@5, margin: 5%, mode: warn}          # never fails
    - {metric: freshness.median_age_h, better: lower, margin: 24}
    - {metric: hygiene.short_lists, max: 0.5%}
  reports: {json: out/eval.json, md: out/eval.md, junit: out/eval.xml, html: out/eval.html}

Where the variable GITHUB_STEP_SUMMARY names a file the Markdown is added to it. With
--keep the report stays in the data folder, as evaluations/ID, where the editors' page
Evaluation shows it; whoever removes that folder removes the run.

Exit codes: 0 every gate passes, or is inconclusive where that is allowed; 1 a gate
fails; 2 wrong usage or configuration; 3 data that cannot be evaluated; 4 a gate is
inconclusive where it may not be; 5 any other failure. 3 beats 1, and 1 beats 4. The
last line of standard error says why.`,
		Example: `  alsolike eval run --pack week.evp --candidate pr=build/snapshots/20261123T200000Z-7f3a9c
  alsolike eval run --config eval.yaml --json
  alsolike eval run --config eval.yaml --keep --name "rank 36"
  alsolike eval run --reads reads.csv --map reader=email,item=article_id`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if schema {
				_, err := e.stdout.Write(report.Schema())
				return err
			}
			defer func() { err = evalError(err) }()
			if err := flags.mayKeep(e); err != nil {
				return err
			}
			run, err := newEvalRun(&flags)
			if err != nil {
				return err
			}
			out, err := run.outcome(cmd.Context(), e)
			if err != nil {
				return err
			}
			return run.publish(e, out)
		},
	}
	f := cmd.Flags()
	// This --config stands in the place of the global one, as the site's own
	// settings have no part in an evaluation.
	f.StringVar(&flags.config, "config", "", "what to measure: a YAML `file` (default: the published snapshot)")
	f.StringVar(&flags.pack, "pack", "", "the log of lists and clicks: a `file` that eval pack wrote")
	f.StringVar(&flags.reads, "reads", "", "the log of reads: a CSV or JSON lines `file`")
	f.StringVar(&flags.columns, "map", "", "which column or field of --reads holds what: `reader=column,item=column,time=column`")
	f.StringArrayVar(&flags.candidates, "candidate", nil, "measure this ranking: `name=snapshot|folder|file`; may be repeated")
	f.StringVar(&flags.baseline, "baseline", "", "compare with this ranking: a `name` such as production, or name=snapshot|folder|file")
	f.BoolVar(&flags.thorough, "thorough", false, "find the position curve again in each of 200 samples of readers; takes minutes")
	f.BoolVar(&flags.reportOnly, "report-only", false, "exit with 0 whatever the gates say")
	f.BoolVar(&flags.keep, "keep", false, "keep the report in the data folder, for the editors' page Evaluation")
	f.StringVar(&flags.name, "name", "", "of --keep: a `name` that editors will know the run by (default: what it compares)")
	f.BoolVar(&flags.asJSON, "json", false, "print the report as JSON")
	f.BoolVar(&flags.full, "full", false, "with a pack, print the tables of all values too, as reports.md has them")
	f.BoolVar(&flags.comment, "comment", false, "print Markdown below 60,000 characters, for a comment")
	f.BoolVar(&schema, "schema", false, "print the JSON Schema of the report, and nothing else")
	return cmd
}

// evalError gives err the exit code of eval run.
func evalError(err error) error {
	var exit *exitError
	var unusable *eval.DataError
	switch {
	case err == nil || errors.As(err, &exit):
		return err
	case errors.As(err, &unusable), errors.Is(err, data.ErrNoSnapshot):
		return &exitError{exitDataUnusable, err}
	case errors.Is(err, context.Canceled):
		return &exitError{exitInternal, errors.New("interrupted; nothing was measured")}
	}
	return &exitError{exitInternal, err}
}
