package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/data/record"
	"github.com/alsolike/alsolike/data/sqlite"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/report"
	"github.com/alsolike/alsolike/recommend"
)

// The further exit codes of eval run. Code 1 is kept for a gate that fails, so
// that a CI job can tell a worse ranking from a run that could not be made.
const (
	exitDataUnusable = 3
	exitInternal     = 5
)

func newEvalCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "eval",
		Short:   "Measure links against what readers read",
		Example: "  alsolike eval run --reads reads.csv --map reader=email,item=article_id",
	}
	cmd.AddCommand(newEvalRunCommand(e))
	return cmd
}

func newEvalRunCommand(e *env) *cobra.Command {
	var (
		run     evalRun
		config  string
		columns string
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "run --reads LOG --map reader=COLUMN,item=COLUMN[,time=COLUMN]",
		Short: "Measure rankings against a log of reads, beside simple baselines",
		Long: `Eval run asks how often the links under an article hold what its readers read next.
The log is CSV or JSON lines, one read a line, in the order of reading or with times;
gzip is read as it is. Without --config it measures the published snapshot, as the
engine ranks (no threshold, no overrides), beside three baselines. A configuration
has the keys

  version: 1
  k: 10                        # or a list: [5, 10]
  seed: 1                      # of the random baseline
  candidates:
    - {name: now, snapshot: published}
    - {name: other, ranking: links.tsv}   # as export related writes it, or lines
                                          # of {"seed": id, "items": [id, …]}
  compare: [random, popular, tfidf]
  reports: {json: out/eval.json, md: out/eval.md}

This is agreement with reading, not a forecast of clicks.

Exit codes: 0 measured, 2 wrong usage or configuration, 3 data that cannot be
evaluated, 5 any other failure.`,
		Example: `  alsolike eval run --reads reads.csv --map reader=email,item=article_id
  alsolike eval run --config eval.yaml --reads reads.ndjson.gz --map reader=session,item=page,time=ts --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			defer func() { err = evalError(err) }()
			if run.reads == "" {
				return usagef("--reads is missing; it names the log, such as --reads reads.csv")
			}
			if run.mapping, err = readsMapping(columns); err != nil {
				return err
			}
			if run.config, err = loadEvalConfig(config); err != nil {
				return err
			}
			result, err := run.measure(cmd.Context(), e)
			if err != nil {
				return err
			}
			if err := run.config.Reports.write(result); err != nil {
				return err
			}
			if asJSON {
				return result.WriteJSON(e.stdout)
			}
			return result.WriteMarkdown(e.stdout)
		},
	}
	flags := cmd.Flags()
	// This --config stands in the place of the global one, as the site's own
	// settings have no part in an evaluation.
	flags.StringVar(&config, "config", "", "what to measure: a YAML `file` (default: the published snapshot)")
	flags.StringVar(&run.reads, "reads", "", "the log of reads: a CSV or JSON lines `file`")
	flags.StringVar(&columns, "map", "", "which column or field holds what: `reader=column,item=column,time=column`")
	flags.BoolVar(&asJSON, "json", false, "print the report as JSON")
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

// readsMapping reads --map.
func readsMapping(columns string) (clicklog.Mapping, error) {
	m, err := parseMap(columns)
	if err != nil {
		return clicklog.Mapping{}, err
	}
	fields := []string{"reader", "item", "time"}
	mapping := clicklog.Mapping{Reader: m["reader"], Item: m["item"], Time: m["time"]}
	for _, field := range fields {
		delete(m, field)
	}
	for field := range m {
		return mapping, usagef("--map: unknown field %s%s; the fields of a read are reader, item and time", field, didYouMean(field, fields))
	}
	if mapping.Reader == "" || mapping.Item == "" {
		return mapping, usagef("--map must say which column holds the reader and which the item: --map reader=COLUMN,item=COLUMN")
	}
	return mapping, nil
}

// An evalRun is one evaluation.
type evalRun struct {
	config  evalConfig
	reads   string
	mapping clicklog.Mapping
}

// measure reads log, articles and candidates, and measures them.
func (r *evalRun) measure(ctx context.Context, e *env) (_ *report.Report, err error) {
	p, err := e.newProgress()
	if err != nil {
		return nil, err
	}
	defer p.close()
	watch := p.stages(map[string]string{"log": "read", "words": "article"})
	defer func() { watch.end(err) }()
	inputs := report.Inputs{Seed: r.config.Seed, Candidates: map[string]string{}}

	if inputs.Reads, err = hashFile(r.reads); err != nil {
		return nil, usagef("cannot read the log %s: %v", r.reads, pathReason(err))
	}
	watch.report("log", 0, 0, 0)
	log, err := clicklog.ReadReads(ctx, r.reads, r.mapping)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, &exitError{exitDataUnusable, err}
	}
	watch.report("log", 1, 1, int64(len(log.Reads)))
	tellBad(p, log.Bad)

	candidates, err := e.candidates(r.config.Candidates, inputs.Candidates)
	if err != nil {
		return nil, err
	}
	articles, words, err := e.articles(ctx, r.config.compares("tfidf"), func(done int64) { watch.report("words", done, 0, done) })
	if err != nil {
		return nil, err
	}
	truth, err := eval.NewTruth(articles.ids, evalLog(log))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.reads, err)
	}
	baselines := r.baselines(truth, words)
	result, err := eval.Run(ctx, truth, candidates, baselines, eval.Options{
		K:        r.config.K,
		SliceOf:  func(id data.ArticleID) string { return string(articles.lang[id]) },
		Progress: func(entry string, done, total int64) { watch.report(entry, done, total, done) },
	})
	if err != nil {
		return nil, err
	}
	return report.New(result, inputs), nil
}

// evalLog is log as eval wants it.
func evalLog(log clicklog.Log) eval.Log {
	reads := func(yield func(eval.Read) bool) {
		for _, read := range log.Reads {
			if !yield(eval.Read{Reader: read.Reader, Item: read.Item, Time: read.Time}) {
				return
			}
		}
	}
	return eval.Log{Reads: reads, WithoutReader: log.NoReader, Unreadable: len(log.Bad) - log.NoReader}
}

// tellBad names the first rows of a log that could not be used; the report
// counts them all.
func tellBad(p *progress, bad []*record.Error) {
	const most = 5
	for _, b := range bad[:min(most, len(bad))] {
		p.println(b.Error())
	}
	if more := len(bad) - most; more > 0 {
		p.println(fmt.Sprintf("… and %s like these", plural(more, "row")))
	}
}

// storedArticles are all articles with text, which is all that the store takes.
type storedArticles struct {
	ids  []data.ArticleID // ascending
	lang map[data.ArticleID]data.Lang
}

// articles reads the articles and, if wanted, their weighted words: a column for
// each.
func (e *env) articles(ctx context.Context, wantWords bool, progress func(done int64)) (storedArticles, *embed.Sparse, error) {
	articles := storedArticles{lang: map[data.ArticleID]data.Lang{}}
	if err := e.needDataDir(); err != nil {
		return articles, nil, &exitError{exitDataUnusable, err}
	}
	store, err := e.openStore(ctx, true)
	if errors.Is(err, os.ErrNotExist) {
		return articles, nil, &exitError{exitDataUnusable, err}
	}
	if err != nil {
		return articles, nil, err
	}
	defer store.Close()
	texts := articles.read(ctx, store, progress)
	if wantWords {
		words, err := lsa.TFIDF(ctx, texts, lsa.Options{})
		if err != nil && !errors.Is(err, lsa.ErrEmptyCorpus) {
			return articles, nil, err
		}
		return articles, words, nil
	}
	for _, err := range texts {
		if err != nil {
			return articles, nil, err
		}
	}
	return articles, nil, nil
}

// read yields the text of every article of the store, and notes the article.
func (s *storedArticles) read(ctx context.Context, store *sqlite.Store, progress func(done int64)) iter.Seq2[embed.Text, error] {
	return func(yield func(embed.Text, error) bool) {
		for a, err := range store.Articles(ctx) {
			if err != nil {
				yield(embed.Text{}, err)
				return
			}
			s.ids = append(s.ids, a.ID)
			s.lang[a.ID] = a.Lang
			progress(int64(len(s.ids)))
			if !yield(recommend.Text(&a), nil) {
				return
			}
		}
	}
}

// write writes the reports that are asked for.
func (r evalReports) write(result *report.Report) error {
	for _, to := range []struct {
		path  string
		write func(io.Writer) error
	}{{r.JSON, result.WriteJSON}, {r.MD, result.WriteMarkdown}} {
		if to.path == "" {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(to.path), 0o755); err != nil {
			return fmt.Errorf("cannot write %s: %w", to.path, pathReason(err))
		}
		if err := writeFile(to.path, func(w *bufio.Writer) error { return to.write(w) }); err != nil {
			return err
		}
	}
	return nil
}

// hashFile is the sha-256 of a file's bytes.
func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}
