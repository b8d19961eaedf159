package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/data/record"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/pack"
	"github.com/alsolike/alsolike/eval/report"
)

// readReads reads the log of reads.
func (m *measuring) readReads(ctx context.Context) (*clicklog.Log, error) {
	path := m.config.Reads
	hash, err := hashFile(path)
	if err != nil {
		return nil, usagef("cannot read the log %s: %v", path, pathReason(err))
	}
	m.out.Inputs = append(m.out.Inputs, eval.Input{Role: report.RoleReads, Name: filepath.Base(path), Hash: hash})
	m.watch.report("reads", 0, 0, 0)
	log, err := clicklog.ReadReads(ctx, path, m.mapping)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, &exitError{exitDataUnusable, err}
	}
	m.watch.report("reads", 1, 1, int64(len(log.Reads)))
	tellBad(m.p, log.Bad)
	return &log, nil
}

// measureReads measures agreement with a log of reads.
func (m *measuring) measureReads(ctx context.Context, log clicklog.Log) error {
	from, days, err := m.config.from()
	if err != nil {
		return err
	}
	m.watch.report("articles", 0, 0, 0)
	catalogue, err := m.e.catalogue(ctx, m.config.Articles)
	if err != nil {
		return err
	}
	m.watch.report("articles", 1, 1, int64(len(catalogue)))
	lang := make(map[data.ArticleID]string, len(catalogue))
	for i := range catalogue {
		lang[data.ArticleID(catalogue[i].ID)] = catalogue[i].Lang
	}
	truth, err := eval.NewTruthOf(catalogue, evalLog(log), eval.TruthOptions{Days: days, From: from, SplitReaders: m.config.Split != ""})
	if err != nil {
		return fmt.Errorf("%s: %w", m.config.Reads, err)
	}
	more, leftOut, err := m.e.readBaselines(ctx, truth, m.config.Compare, baselineOptions{K: m.config.K[0], Seed: m.config.Seed, From: from})
	if err != nil {
		return err
	}
	m.tell(leftOut)
	baselines := append(slices.Clone(m.extra), more...)
	m.addBaselines(baselines)
	if m.out.Baseline == "" {
		m.out.Baseline = m.candidates[0].Name
		if len(baselines) > 0 {
			m.out.Baseline = baselines[0].Name
		}
	}
	err = m.measureTruth(ctx, truth, baselines, func(id data.ArticleID) string { return lang[id] })
	if err != nil || m.config.clicks() {
		return err
	}
	m.out.JoinRate, m.out.K = truth.Join.Rate(), m.config.K[0]
	if len(m.config.rules) == 0 {
		return nil
	}
	return m.measureLists(ctx, &pack.Pack{Articles: truth.Catalogue()}, baselines, from)
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
