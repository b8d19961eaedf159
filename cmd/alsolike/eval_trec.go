package main

import (
	"errors"
	"fmt"
	"iter"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/eval/trec"
)

// exitTrecUsage is trec_eval's exit code for wrong flags and unknown measures.
const exitTrecUsage = 1

func newEvalTrecCommand(e *env) *cobra.Command {
	opts := trec.Defaults()
	var (
		compat, format string
		asJSON         bool
	)
	cmd := &cobra.Command{
		Use:   "trec [flags] QRELS RUN",
		Short: "Score a run against judgements, as trec_eval does",
		Long: `Eval trec prints what trec_eval prints, to the byte, with its flags and exit codes.
QRELS has lines of "query 0 document grade", RUN lines of "query Q0 document rank
score name"; a RUN of - is read from standard input. Documents are ranked by score,
among equal scores by id, later ids first.

-m takes a measure, with parameters behind a dot, or official, all_trec or set for
many at once. A score that is no number is an error here, which trec_eval reads as 0;
--lenient does as trec_eval.

With --format mind the files are those of the MIND competition, TRUTH and PREDICTION:
"impression [0,1,0]" with the clicks, and "impression [2,1,3]" with the ranks. It prints
AUC, MRR-mind (the mean of 1/rank over all clicks, which MIND calls MRR), nDCG@5 and
nDCG@10 with the gains 2^grade - 1.

Exit codes: 0 printed, 1 wrong flags or unknown measure, 2 a file that cannot be read
or a wrong parameter, 4 a judged query without results, or a document twice, 7 no
query in common, 5 any other failure.`,
		Example: `  alsolike eval trec qrels.txt run.txt
  alsolike eval trec -q -m ndcg_cut.5,10 -m recip_rank qrels.txt run.txt
  alsolike eval trec -m all_trec -c -l2 --compat trec_eval-9 qrels.txt run.txt
  alsolike eval trec --format mind truth.txt prediction.txt`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return &exitError{exitTrecUsage, fmt.Errorf("two files are needed, the judgements and the run; usage: %s", cmd.UseLine())}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			versions := map[string]int{"trec_eval-10": 10, "trec_eval-9": 9}
			if opts.Version = versions[compat]; opts.Version == 0 {
				return &exitError{exitTrecUsage, fmt.Errorf("--compat is %q; it may be trec_eval-10 or trec_eval-9", compat)}
			}
			if opts.Level < 0 || opts.MaxRetrieved < 0 || opts.Digits < 0 {
				return &exitError{exitTrecUsage, errors.New("-l, -M and --digits take no number below 0")}
			}
			evaluate := map[string]func(string, string, trec.Options) iter.Seq2[*trec.Scores, error]{"trec": trec.Evaluate, "mind": trec.MIND}[format]
			if evaluate == nil {
				return &exitError{exitTrecUsage, fmt.Errorf("--format is %q; it may be trec or mind", format)}
			}
			print := trec.Print
			if asJSON {
				print = trec.PrintJSON
			}
			return e.trecError(print(e.stdout, evaluate(args[0], args[1], opts), opts))
		},
	}
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &exitError{exitTrecUsage, flagError(cmd, err)}
	})
	flags := cmd.Flags()
	flags.StringArrayVarP(&opts.Measures, "measure", "m", nil, "a `measure`[.parameters] to print; may be repeated (default official)")
	flags.BoolVarP(&opts.PerQuery, "query_eval_wanted", "q", false, "print each query too")
	flags.BoolVarP(&opts.NoSummary, "nosummary", "n", false, "do not print the summary over all queries")
	flags.BoolVarP(&opts.Complete, "complete_rel_info_wanted", "c", false, "judged queries without results count as 0")
	flags.IntVarP(&opts.Level, "level_for_rel", "l", opts.Level, "relevant from this `grade` on")
	flags.BoolVarP(&opts.JudgedOnly, "Judged_docs_only", "J", false, "take documents that are not judged out of the run")
	flags.IntVarP(&opts.MaxRetrieved, "Max_retrieved_per_topic", "M", opts.MaxRetrieved, "look at the first `number` of documents of each query")
	flags.IntVarP(&opts.Collection, "Number_docs_in_coll", "N", 0, "the `number` of documents in the collection, for utility")
	flags.StringVar(&compat, "compat", "trec_eval-10", "which version to agree with: `trec_eval-10|trec_eval-9`")
	flags.IntVar(&opts.Digits, "digits", 0, "print so many significant `digits`; 17 is all there are (default four behind the point)")
	flags.BoolVar(&opts.Lenient, "lenient", false, "read what is no number as 0, as trec_eval does")
	flags.StringVar(&format, "format", "trec", "what the files hold: `trec|mind`")
	flags.BoolVar(&asJSON, "json", false, "print JSON: {\"all\": {measure: value}, \"queries\": {query: {measure: value}}}")
	return cmd
}

// trecError prints what trec_eval would, and leaves the cure to the caller.
func (e *env) trecError(err error) error {
	if err == nil {
		return nil
	}
	var known *trec.Error
	if !errors.As(err, &known) {
		return &exitError{exitInternal, err}
	}
	fmt.Fprintln(e.stderr, known.Message)
	return &exitError{known.Exit, errors.New(known.Cure)}
}
