package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/gate"
	"github.com/alsolike/alsolike/eval/pack"
	"github.com/alsolike/alsolike/eval/report"
)

// evalFlags are the flags of eval run.
type evalFlags struct {
	config, pack, reads, columns, baseline string
	candidates                             []string
	thorough, reportOnly                   bool
	keep                                   bool
	name                                   string // under which it is kept
	asJSON, comment, full                  bool
}

// An evalRun is one evaluation.
type evalRun struct {
	flags    *evalFlags
	config   *evalConfig
	mapping  clicklog.Mapping
	baseline evalCandidate // Name alone: one of the others, or production
}

// newEvalRun puts flags and configuration together.
func newEvalRun(flags *evalFlags) (*evalRun, error) {
	c, err := loadEvalConfig(flags.config)
	if err != nil {
		return nil, err
	}
	r := &evalRun{flags: flags, config: c, baseline: evalCandidate{Name: c.Baseline}}
	if flags.pack != "" {
		c.Pack, c.Log = flags.pack, nil
	}
	if flags.reads != "" {
		c.Reads = flags.reads
	}
	if c.Pack == "" && len(c.Log) == 0 && c.Reads == "" {
		return nil, usagef("--reads is missing, and so is --pack; name the log to measure with, such as --pack week.evp or --reads reads.csv")
	}
	if c.Reads != "" {
		if r.mapping, err = readsMapping(flags.columns, c.Map); err != nil {
			return nil, err
		}
	}
	if len(flags.candidates) > 0 {
		c.Candidates = nil
		for _, s := range flags.candidates {
			candidate, err := parseCandidate("--candidate", s)
			if err != nil {
				return nil, err
			}
			c.Candidates = append(c.Candidates, candidate)
		}
	}
	switch {
	case strings.Contains(flags.baseline, "="):
		if r.baseline, err = parseCandidate("--baseline", flags.baseline); err != nil {
			return nil, err
		}
	case flags.baseline != "":
		r.baseline = evalCandidate{Name: flags.baseline}
	}
	r.setDefaults()
	if _, err := c.validate(); err != nil {
		return nil, usagef("%v", err)
	}
	return r, nil
}

// setDefaults fills in what depends on the kind of log.
func (r *evalRun) setDefaults() {
	c := r.config
	if c.clicks() && c.Compare == nil {
		c.Compare = []string{"random", "popular-24h", "recent", "same-section", "tfidf", "shuffled-production"}
	}
	if !c.clicks() && c.Compare == nil {
		c.Compare = evalBaselines
	}
	if !c.clicks() && c.K == nil {
		c.K = cutoffs{10}
	}
	if c.clicks() && r.flags.config == "" {
		c.Gates = []evalGate{{Metric: "clicks", Margin: amount{text: "3%"}}}
	}
	if c.clicks() && r.baseline.Name == "" {
		r.baseline.Name = production
	}
}

// parseCandidate reads NAME=SNAPSHOT, NAME=FOLDER or NAME=FILE.
func parseCandidate(flag, s string) (evalCandidate, error) {
	name, what, ok := strings.Cut(s, "=")
	if !ok || name == "" || what == "" {
		return evalCandidate{}, usagef("%s is %q; it is NAME=SNAPSHOT, NAME=FOLDER or NAME=FILE, such as pr=published", flag, s)
	}
	c := evalCandidate{Name: name, Snapshot: what}
	if info, err := os.Stat(what); err == nil && !info.IsDir() {
		c.Snapshot, c.Ranking = "", what
	}
	return c, nil
}

// clicks reports whether there is a log of lists and clicks.
func (c *evalConfig) clicks() bool { return c.Pack != "" || len(c.Log) > 0 }

// readsMapping reads --map, or else the configuration's map.
func readsMapping(columns string, configured map[string]string) (clicklog.Mapping, error) {
	m := configured
	if columns != "" || m == nil {
		var err error
		if m, err = parseMap(columns); err != nil {
			return clicklog.Mapping{}, err
		}
	}
	fields := []string{"reader", "item", "time"}
	for field := range m {
		if !slices.Contains(fields, field) {
			return clicklog.Mapping{}, usagef("--map: unknown field %s%s; the fields of a read are reader, item and time", field, didYouMean(field, fields))
		}
	}
	mapping := clicklog.Mapping{Reader: m["reader"], Item: m["item"], Time: m["time"]}
	if mapping.Reader == "" || mapping.Item == "" {
		return mapping, usagef("--map must say which column holds the reader and which the item: --map reader=COLUMN,item=COLUMN")
	}
	return mapping, nil
}

// A measuring is what the parts of one run share.
type measuring struct {
	*evalRun
	e          *env
	p          *progress
	watch      *stages
	out        *eval.Outcome
	candidates []eval.Entry
	extra      []eval.Entry // a baseline that was named with its lists
}

// outcome reads the logs and the rankings, and measures.
func (r *evalRun) outcome(ctx context.Context, e *env) (_ *eval.Outcome, err error) {
	p, err := e.newProgress()
	if err != nil {
		return nil, err
	}
	defer p.close()
	m := &measuring{
		evalRun: r, e: e, p: p, out: &eval.Outcome{Seed: r.config.Seed, Baseline: r.baseline.Name},
		watch: p.stages(map[string]string{"log": "event", "reads": "read", "words": "article", "clicks": "list"}),
	}
	defer func() { m.watch.end(err) }()

	var log *pack.Pack
	if r.config.clicks() {
		if log, err = m.readPack(ctx); err != nil {
			return nil, err
		}
	}
	var reads *clicklog.Log
	if r.config.Reads != "" {
		if reads, err = m.readReads(ctx); err != nil {
			return nil, err
		}
	}
	if m.candidates, err = e.candidates(r.config.Candidates, m.out); err != nil {
		return nil, err
	}
	if r.baseline.Snapshot != "" || r.baseline.Ranking != "" {
		if m.extra, err = e.candidates([]evalCandidate{r.baseline}, m.out); err != nil {
			return nil, err
		}
		last := len(m.out.Rankings) - 1
		m.out.Rankings[last].Role, m.out.Inputs[len(m.out.Inputs)-1].Role = "baseline", "baseline"
	}
	if log != nil {
		if err := m.measurePack(ctx, log); err != nil {
			return nil, err
		}
	}
	if reads != nil {
		if err := m.measureReads(ctx, *reads); err != nil {
			return nil, err
		}
	}
	if !slices.ContainsFunc(m.out.Rankings, func(info eval.RankingInfo) bool { return info.Name == m.out.Baseline }) {
		return nil, usagef("baseline: no ranking is called %s%s; there are %s", m.out.Baseline, didYouMean(m.out.Baseline, m.names()), strings.Join(m.names(), ", "))
	}
	return m.out, nil
}

// names are those of all rankings.
func (m *measuring) names() (names []string) {
	for _, info := range m.out.Rankings {
		names = append(names, info.Name)
	}
	return names
}

// addBaselines notes baselines that are not known yet.
func (m *measuring) addBaselines(entries []eval.Entry) {
	for _, b := range entries {
		if !slices.Contains(m.names(), b.Name) {
			m.out.Rankings = append(m.out.Rankings, eval.RankingInfo{Name: b.Name, Role: "baseline", Note: b.Note})
		}
	}
}

// readPack opens the pack, or makes one of the log.
func (m *measuring) readPack(ctx context.Context) (*pack.Pack, error) {
	m.watch.report("log", 0, 0, 0)
	if m.config.Pack == "" {
		return m.packLog(ctx)
	}
	p, hash, err := pack.Open(m.config.Pack)
	switch {
	case errors.Is(err, os.ErrNotExist), errors.Is(err, os.ErrPermission):
		return nil, usagef("cannot read the pack %s: %v", m.config.Pack, pathReason(err))
	case err != nil:
		return nil, &exitError{exitDataUnusable, err}
	}
	m.out.Inputs = append(m.out.Inputs, eval.Input{Role: "pack", Name: filepath.Base(m.config.Pack), Hash: hash})
	m.watch.report("log", 1, 1, int64(p.Impressions.Len()))
	return p, nil
}

// packLog makes a pack of the log that the configuration names.
func (m *measuring) packLog(ctx context.Context) (*pack.Pack, error) {
	c := m.config
	run := evalPack{check: checkFlags{articles: c.Articles, format: cmp.Or(c.Format, "auto")}, depth: defaultDepth}
	for _, field := range slices.Sorted(maps.Keys(c.Fields)) {
		run.check.fields += "," + field + "=" + c.Fields[field]
	}
	run.check.fields = strings.TrimPrefix(run.check.fields, ",")
	for _, name := range slices.Sorted(maps.Keys(c.Snapshots)) {
		run.snapshots = append(run.snapshots, name+"="+c.Snapshots[name])
	}
	for _, path := range c.Log {
		hash, err := hashLog(path)
		if err != nil {
			return nil, usagef("cannot read the log %s: %v", path, pathReason(err))
		}
		m.out.Inputs = append(m.out.Inputs, eval.Input{Role: "log", Name: filepath.Base(path), Hash: hash})
	}
	return run.assemble(ctx, m.e, m.p, m.watch, c.Log)
}

// measurePack measures everything that a log of lists and clicks tells.
func (m *measuring) measurePack(ctx context.Context, p *pack.Pack) error {
	m.out.Simulated = p.Simulated
	m.out.JoinRate = knownShare(p.Checks)
	if m.out.K = longest(p); len(m.config.K) > 0 {
		m.out.K = m.config.K[0]
	}
	from, days, err := m.config.from()
	if err != nil {
		return err
	}
	if !eval.LoggedChances(p) {
		p.Impressions.P = nil // nobody else asks for it, and it is a fifth of the pack
	}
	// Most of a large pack is needed until the end; at most a quarter as much shall be
	// garbage.
	defer debug.SetGCPercent(debug.SetGCPercent(25))
	baselines := slices.Clone(m.extra)
	servedOnly := false // production is known by its clicks, not by its lists
	served, _, err := eval.Production(p)
	var unusable *eval.DataError
	switch {
	case err == nil:
		baselines = append(baselines, served)
	case errors.As(err, &unusable) && m.out.Baseline == production && eval.LoggedChances(p):
		servedOnly = true
		m.addBaselines([]eval.Entry{{Name: production, Note: "what was served, whatever drew it"}})
	case errors.As(err, &unusable) && m.out.Baseline != production:
		m.p.println("there is no production to compare with: " + err.Error())
	default:
		return fmt.Errorf("%w; or name another baseline (--baseline NAME=FILE)", err)
	}
	more, leftOut, err := m.e.packBaselines(ctx, p, served, m.config.Compare, baselineOptions{K: m.out.K, Seed: m.config.Seed, From: from})
	if err != nil {
		return err
	}
	m.tell(leftOut)
	baselines = append(baselines, more...)
	m.addBaselines(baselines)

	if err := m.measureClicks(ctx, p, baselines); err != nil {
		return err
	}
	if len(p.Reads.Item) > 0 && m.config.Reads == "" {
		truth, err := eval.PackTruth(p, eval.TruthOptions{Days: days, From: from})
		switch {
		case errors.As(err, &unusable):
			m.p.println("agreement with reading is not measured: " + err.Error())
		case err != nil:
			return err
		default:
			if err := m.measureTruth(ctx, truth, baselines, nil); err != nil {
				return err
			}
		}
	}
	if servedOnly {
		m.p.println("lists are not compared with one another: the pack does not hold those of production")
		return nil
	}
	return m.measureLists(ctx, p, baselines, from)
}

// measureLists measures the lists themselves.
func (m *measuring) measureLists(ctx context.Context, p *pack.Pack, baselines []eval.Entry, from time.Time) error {
	lists, err := eval.MeasureLists(ctx, p, m.candidates, baselines, eval.ListOptions{
		K: m.out.K, Baseline: m.out.Baseline, From: from, Theta: theta(m.out.Curve),
		Progress: func(entry string, done, total int64) { m.watch.report(entry, done, total, done) },
	})
	if err != nil {
		return err
	}
	m.out.Measures = append(m.out.Measures, lists.Measures...)
	m.out.Exposure, m.out.Changed = lists.Exposure, lists.Changed
	return nil
}

// tell prints what could not be measured, and why.
func (m *measuring) tell(reasons []string) {
	for _, reason := range reasons {
		m.p.println(reason)
	}
}

// measureClicks estimates clicks, if the log has lists at all.
func (m *measuring) measureClicks(ctx context.Context, p *pack.Pack, baselines []eval.Entry) error {
	if p.Impressions.Len() == 0 {
		m.p.println("clicks are not measured: the log holds no lists that were shown")
		return nil
	}
	m.watch.report("clicks", 0, 0, 0)
	cluster := m.config.Cluster
	if cluster == "user" {
		cluster = eval.ClusterReader
	}
	clicks, err := eval.Clicks(ctx, p, m.candidates, baselines, eval.ClickOptions{
		K: m.out.K, Cluster: cluster, Baseline: m.out.Baseline, Seed: m.config.Seed, Planned: m.config.Planned, Thorough: m.flags.thorough,
	})
	if err != nil {
		return err
	}
	m.watch.report("clicks", 1, 1, int64(p.Impressions.Len()))
	m.out.Measures = append(m.out.Measures, clicks.Measures...)
	m.out.Curve, m.out.CurveRefusal, m.out.Experiment = clicks.Curve, clicks.CurveRefusal, clicks.Experiment
	m.out.Daily, m.out.Backtest, m.out.Log = clicks.Daily, clicks.Backtest, clicks.Log
	return nil
}

// measureTruth measures agreement with reading; langOf may be nil.
func (m *measuring) measureTruth(ctx context.Context, truth *eval.Truth, baselines []eval.Entry, langOf func(data.ArticleID) string) error {
	k := []int(m.config.K)
	if len(k) == 0 {
		k = []int{m.out.K}
	}
	result, err := eval.Run(ctx, truth, m.candidates, baselines, eval.Options{
		K: k, Average: m.config.Average, Baseline: m.out.Baseline, SliceOf: langOf, SliceBy: "lang",
		Progress: func(entry string, done, total int64) { m.watch.report(entry, done, total, done) },
	})
	if err != nil {
		return err
	}
	m.out.Reading = result
	m.out.Measures = append(m.out.Measures, result.Measures()...)
	return nil
}

// longest is the length of the longest list that was shown, at most 10.
func longest(p *pack.Pack) int {
	n := 1
	for i := range p.Impressions.Len() {
		from, to := p.Impressions.Items(i)
		n = max(n, int(to-from))
	}
	if p.Impressions.Len() == 0 {
		return 10
	}
	return min(n, 10)
}

// theta is the attention that each slot gets; nil without a curve.
func theta(c *eval.PositionCurve) []float64 {
	if c == nil {
		return nil
	}
	values := make([]float64, len(c.Theta))
	for i, t := range c.Theta {
		values[i] = t.Value
	}
	return values
}

// knownShare is the share of the log's lists that are about known articles.
func knownShare(checks map[string]int) float64 {
	known := checks["impressions_valid"]
	all := known + checks["unknown_item"] + checks["unknown_seed"]
	if all == 0 {
		return 1
	}
	return float64(known) / float64(all)
}

// judged is the report of out, with the verdicts of the gates.
func (r *evalRun) judged(out *eval.Outcome) (*report.Report, []gate.Verdict) {
	verdicts := gate.Judge(out, r.config.rules)
	return report.New(out, verdicts), verdicts
}
