package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/gate"
)

// An evalConfig says what eval run measures, on which data, and what it asks for.
type evalConfig struct {
	Version int `yaml:"version"`

	// The data: a pack, or a log of events, or a log of reads, or reads beside
	// one of the others.
	Pack      string             `yaml:"pack"`
	Log       oneOrMore          `yaml:"log"`
	Articles  string             `yaml:"articles"`
	Snapshots map[string]string  `yaml:"snapshots"` // by the log's name: a file of lists
	Format    string             `yaml:"format"`
	Fields    map[string]string  `yaml:"fields"`
	Planned   map[string]float64 `yaml:"planned"` // the planned share of every variant
	Reads     string             `yaml:"reads"`
	Map       map[string]string  `yaml:"map"` // column of reader, item, time

	AsOf       string          `yaml:"as_of"` // auto, all, or a day
	Split      string          `yaml:"split"` // readers
	K          cutoffs         `yaml:"k"`
	Cluster    string          `yaml:"cluster"`
	Average    string          `yaml:"average"`
	Seed       uint64          `yaml:"seed"`
	Baseline   string          `yaml:"baseline"`
	Candidates []evalCandidate `yaml:"candidates"`
	Compare    []string        `yaml:"compare"`
	Gates      []evalGate      `yaml:"gates"`
	Reports    evalReports     `yaml:"reports"`

	rules []gate.Rule // of Gates
}

// An evalCandidate is one ranking to measure: of a snapshot or of a file.
type evalCandidate struct {
	Name     string `yaml:"name"`
	Snapshot string `yaml:"snapshot"` // an id, a folder, or published
	Ranking  string `yaml:"ranking"`  // a path
}

// An evalGate is a gate.Rule as YAML has it.
type evalGate struct {
	Metric       string     `yaml:"metric"`
	Level        eval.Level `yaml:"level"`
	Slice        string     `yaml:"slice"`
	Average      string     `yaml:"average"`
	Candidate    string     `yaml:"candidate"`
	Margin       amount     `yaml:"margin"`
	Max          amount     `yaml:"max"`
	Min          amount     `yaml:"min"`
	Better       string     `yaml:"better"`
	Inconclusive string     `yaml:"on_inconclusive"`
	Mode         string     `yaml:"mode"`
	Alpha        float64    `yaml:"alpha"`
}

// evalReports are the paths of report files; an empty one is not written.
type evalReports struct {
	JSON  string `yaml:"json"`
	MD    string `yaml:"md"`
	JUnit string `yaml:"junit"`
	HTML  string `yaml:"html"`
}

// cutoffs are written as one number or as a list.
type cutoffs []int

func (c *cutoffs) UnmarshalYAML(text []byte) error {
	var one int
	if err := yaml.Unmarshal(text, &one); err == nil {
		*c = cutoffs{one}
		return nil
	}
	return yaml.Unmarshal(text, (*[]int)(c))
}

// oneOrMore are written as one word or as a list.
type oneOrMore []string

func (o *oneOrMore) UnmarshalYAML(text []byte) error {
	var one string
	if err := yaml.Unmarshal(text, &one); err == nil {
		*o = oneOrMore{one}
		return nil
	}
	return yaml.Unmarshal(text, (*[]string)(o))
}

// amount is a number or a percentage, as it is written.
type amount struct {
	text string
	*gate.Amount
}

func (a *amount) UnmarshalYAML(text []byte) error {
	a.text = strings.Trim(strings.TrimSpace(string(text)), `"'`)
	return nil
}

// rule is the gate as package gate has it.
func (g *evalGate) rule() (gate.Rule, error) {
	r := gate.Rule{
		Metric: g.Metric, Level: g.Level, Slice: g.Slice, Average: g.Average, Candidate: g.Candidate,
		Better: g.Better, OnInconclusive: gate.Policy(g.Inconclusive), Alpha: g.Alpha,
	}
	for _, a := range []struct {
		name string
		from *amount
		to   **gate.Amount
	}{{"margin", &g.Margin, &r.Margin}, {"max", &g.Max, &r.Max}, {"min", &g.Min, &r.Min}} {
		if a.from.text == "" {
			continue
		}
		parsed, err := gate.ParseAmount(a.from.text)
		if err != nil {
			return r, fmt.Errorf("%s: %w", a.name, err)
		}
		*a.to = &parsed
	}
	switch g.Mode {
	case "", "fail":
	case "warn":
		r.WarnOnly = true
	default:
		return r, fmt.Errorf("mode is %s; it may be warn, for a gate that is new, or left out", g.Mode)
	}
	return r, r.Validate()
}

const (
	evalConfigVersion = 1
	published         = "published"  // as the id of a snapshot: the one in service
	production        = "production" // as a baseline: what most readers of the log saw
)

var (
	evalBaselines = []string{"random", "popular", "tfidf"}
	clusters      = []string{"user", eval.ClusterReader, eval.ClusterSession, eval.ClusterSeed, eval.ClusterImpression}
	averages      = []string{eval.AverageTraffic, eval.AverageReader, eval.AverageSeed}
)

// loadEvalConfig reads the configuration at path; without one it is the
// published snapshot beside simple baselines.
func loadEvalConfig(path string) (*evalConfig, error) {
	c := &evalConfig{Version: evalConfigVersion, Seed: 1, Candidates: []evalCandidate{{Name: published, Snapshot: published}}}
	if path == "" {
		return c, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, usagef("cannot read the configuration %s: %v", path, pathReason(err))
	}
	c.Version = 0
	file, err := readStrict(path, text, c)
	if err != nil {
		return nil, err
	}
	if at, err := c.validate(); err != nil {
		return nil, usagef("%s: %v", place(path, file, at), err)
	}
	return c, nil
}

// validate reports what is wrong, and at which YAML path.
func (c *evalConfig) validate() (at string, err error) {
	if c.Version != evalConfigVersion {
		return "$.version", fmt.Errorf("version is %d; write version: %d", c.Version, evalConfigVersion)
	}
	if c.K != nil && len(c.K) == 0 {
		return "$.k", errors.New("k is empty; write k: 10, or a list")
	}
	if err := (eval.Options{K: c.K}).Validate(); err != nil {
		return "$.k", err
	}
	if c.Pack != "" && len(c.Log) > 0 {
		return "$.log", errors.New("log and pack stand side by side; a pack is made of a log, so name one of them")
	}
	for _, choice := range []struct {
		key, is string
		of      []string
	}{{"cluster", c.Cluster, clusters}, {"average", c.Average, averages}, {"split", c.Split, []string{"readers"}}} {
		if choice.is != "" && !slices.Contains(choice.of, choice.is) {
			return "$." + choice.key, fmt.Errorf("%s is %s%s; it may be %s", choice.key, choice.is, didYouMean(choice.is, choice.of), strings.Join(choice.of, ", "))
		}
	}
	if _, _, err := c.from(); err != nil {
		return "$.as_of", err
	}
	if at, err := c.validateNames(); err != nil {
		return at, err
	}
	return c.validateGates()
}

// from is the moment at which the measured part of the log begins: zero and 0
// days for the default, -1 days for all of it.
func (c *evalConfig) from() (from time.Time, days int, err error) {
	switch c.AsOf {
	case "":
		return from, 0, nil
	case "auto":
		return from, 7, nil
	case "all":
		return from, -1, nil
	}
	if from, err = time.Parse(time.DateOnly, c.AsOf); err != nil {
		return from, 0, fmt.Errorf("as_of is %s; it may be auto (the last 7 days), all, or a day such as 2026-03-09", c.AsOf)
	}
	return from, 0, nil
}

func (c *evalConfig) validateNames() (at string, err error) {
	names := map[string]bool{}
	for i, name := range c.Compare {
		at := fmt.Sprintf("$.compare[%d]", i)
		if !slices.Contains(packBaselineNames, name) {
			return at, fmt.Errorf("compare: unknown baseline %s%s; there are %s", name, didYouMean(name, packBaselineNames), strings.Join(packBaselineNames, ", "))
		}
		if names[name] {
			return at, fmt.Errorf("compare: %s stands there twice", name)
		}
		names[name] = true
	}
	if len(c.Candidates) == 0 {
		return "$.candidates", errors.New("candidates is empty; there must be something to measure")
	}
	for i, candidate := range c.Candidates {
		at := fmt.Sprintf("$.candidates[%d]", i)
		switch {
		case candidate.Name == "":
			return at, fmt.Errorf("candidate %d has no name", i+1)
		case names[candidate.Name] || candidate.Name == production:
			return at, fmt.Errorf("two rankings are called %s; give each candidate a name of its own", candidate.Name)
		case (candidate.Snapshot == "") == (candidate.Ranking == ""):
			return at, fmt.Errorf("candidate %s: name either a snapshot or a ranking", candidate.Name)
		}
		names[candidate.Name] = true
	}
	return "", nil
}

func (c *evalConfig) validateGates() (at string, err error) {
	var names []string
	for _, candidate := range c.Candidates {
		names = append(names, candidate.Name)
	}
	c.rules = nil
	for i := range c.Gates {
		at := fmt.Sprintf("$.gates[%d]", i)
		r, err := c.Gates[i].rule()
		if err != nil {
			return at, fmt.Errorf("gate %d: %w", i+1, err)
		}
		if r.Average == "" {
			r.Average = c.Average
		}
		if err := checkMetric(r.Metric, c.K); err != nil {
			return at, fmt.Errorf("gate %d: %w", i+1, err)
		}
		if r.Candidate != "" && !slices.Contains(names, r.Candidate) {
			return at, fmt.Errorf("gate %d: no candidate is called %s%s", i+1, r.Candidate, didYouMean(r.Candidate, names))
		}
		c.rules = append(c.rules, r)
	}
	return "", nil
}

// checkMetric refuses a metric that nothing measures, or not at this cut-off; k
// is nil where the log decides.
func checkMetric(name string, k []int) error {
	base, cut, hasCut := strings.Cut(name, "@")
	var known []string
	for _, m := range gate.Metrics() {
		mBase, mCut, mHas := strings.Cut(m, "@")
		if len(k) > 0 {
			m = strings.Replace(m, "@k", fmt.Sprintf("@%d", k[0]), 1)
		}
		known = append(known, m)
		if !strings.EqualFold(mBase, base) {
			continue
		}
		if mHas != hasCut {
			return fmt.Errorf("unknown metric %s; did you mean %s?", name, m)
		}
		if !hasCut {
			return nil
		}
		var n int
		rest := strings.TrimLeft(cut, "0123456789")
		if rest != strings.TrimPrefix(mCut, "k") {
			continue
		}
		if _, err := fmt.Sscan(strings.TrimSuffix(cut, rest), &n); err != nil {
			return fmt.Errorf("metric %s needs a number after the @, such as %s", name, m)
		}
		of := k // agreement with reading has every cut-off, all else the first
		if !slices.Contains([]string{"hr", "mrr", "ndcg"}, strings.ToLower(base)) {
			of = k[:min(1, len(k))]
		}
		if len(k) > 0 && !slices.Contains(of, n) {
			return fmt.Errorf("metric %s is measured at k %s only, and not at %d; change k", name, strings.Trim(fmt.Sprint(of), "[]"), n)
		}
		return nil
	}
	return fmt.Errorf("unknown metric %s%s; there are %s", name, didYouMean(name, known), strings.Join(known, ", "))
}
