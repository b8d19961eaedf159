package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/alsolike/alsolike/eval/pack"
	"github.com/alsolike/alsolike/eval/report"
	"github.com/alsolike/alsolike/eval/simulate"
)

// demoEvaluation makes the page that shows what an evaluation looks like: the links of
// the demo against those that other settings would make, judged by readers who are made
// up. It begins at once, and keeps the run where a demo has none yet, for the editors'
// pages. The page waits for it; wait returns when nothing goes on any more, soon after
// the end of ctx.
func (e *env) demoEvaluation(ctx context.Context) (page func(context.Context) ([]byte, error), wait func()) {
	var mu sync.Mutex
	var made []byte
	page = func(context.Context) ([]byte, error) { // whoever asks may leave, and the next one has it
		mu.Lock()
		defer mu.Unlock()
		if made != nil {
			return made, nil
		}
		result, err := e.sampleEvaluation(ctx)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := result.WriteHTML(&b); err != nil {
			return nil, err
		}
		made = b.Bytes()
		if err := e.keepSample(result); err != nil {
			fmt.Fprintf(e.stderr, "the sample evaluation is not on the editors' pages: %v\n", err)
		}
		return made, nil
	}
	var begun sync.WaitGroup
	begun.Go(func() {
		if _, err := page(ctx); err != nil && ctx.Err() == nil {
			fmt.Fprintf(e.stderr, "there is no sample evaluation: %v\n", err)
		}
	})
	return page, begun.Wait
}

// keepSample keeps the sample evaluation of a demo that has kept none.
func (e *env) keepSample(result *report.Report) error {
	kept, err := e.evaluations().IDs()
	if err != nil || len(kept) > 0 {
		return err
	}
	_, err = keepEvaluation(e.evaluations(), e.now(), "The sample evaluation", result)
	return err
}

// demoGates are what the sample evaluation asks of both rankings.
const demoGates = `version: 1
compare: [random, popular-24h, recent, same-section]
gates:
  - {metric: clicks, margin: 5%}
  - {metric: coverage@5, margin: 10%}
  - {metric: hygiene.repeated, max: 0}
  - {metric: stability.rbo, min: 0.8, mode: warn}
`

// sampleEvaluation evaluates the published snapshot, and one of fewer dimensions,
// on a simulated log. It works in a folder of its own.
func (e *env) sampleEvaluation(ctx context.Context) (*report.Report, error) {
	dir, err := os.MkdirTemp("", "alsolike-demo-evaluation-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	log := filepath.Join(dir, "simulated.evp")
	if err := e.packSimulated(ctx, log); err != nil {
		return nil, fmt.Errorf("sample evaluation: %w", err)
	}
	other := *e
	other.dataDir, other.configFile = filepath.Join(dir, "site"), ""
	other.stdout, other.stderr, other.progress = io.Discard, io.Discard, "none"
	if err := other.loadSample(ctx); err != nil {
		return nil, err
	}
	conf, err := other.loadConfig()
	if err != nil {
		return nil, err
	}
	conf.Rank = 30
	m, _, err := other.refresh(ctx, conf, true, false, nil)
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "eval.yaml")
	if err := os.WriteFile(config, []byte(demoGates), 0o600); err != nil {
		return nil, err
	}
	run, err := newEvalRun(&evalFlags{config: config, pack: log, candidates: []string{
		"unchanged=" + published,
		"30-dimensions=" + other.path(snapshotFolder, m.ID),
	}})
	if err != nil {
		return nil, err
	}
	quiet := *e
	quiet.stdout, quiet.stderr, quiet.progress = io.Discard, io.Discard, "none"
	out, err := run.outcome(ctx, &quiet)
	if err != nil {
		return nil, fmt.Errorf("sample evaluation: %w", err)
	}
	result, _ := run.judged(out)
	return result, nil
}

// packSimulated writes the pack of a simulated log of the published snapshot.
func (e *env) packSimulated(ctx context.Context, path string) error {
	articles, err := e.catalogue(ctx, "")
	if err != nil {
		return err
	}
	lists, err := e.snapshotLists(articles, published)
	if err != nil {
		return err
	}
	w, err := simulate.New(articles, []pack.Snapshot{lists}, simulate.Options{Seed: 1, Impressions: 60_000, Explore: .2, Pool: 24, Overrides: 4})
	if err != nil {
		return err
	}
	return writeFile(path, func(out *bufio.Writer) error { return pack.Write(out, w.Pack(1), pack.WriteOptions{Seed: "demo"}) })
}
