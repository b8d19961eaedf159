package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/alsolike/alsolike/eval"
)

// An evalConfig says what eval run measures.
type evalConfig struct {
	Version    int             `yaml:"version"`
	K          cutoffs         `yaml:"k"`
	Seed       uint64          `yaml:"seed"`
	Candidates []evalCandidate `yaml:"candidates"`
	Compare    []string        `yaml:"compare"`
	Reports    evalReports     `yaml:"reports"`
}

// An evalCandidate is one ranking to measure: of a snapshot or of a file.
type evalCandidate struct {
	Name     string `yaml:"name"`
	Snapshot string `yaml:"snapshot"` // an id, or published
	Ranking  string `yaml:"ranking"`  // a path
}

// evalReports are the paths of report files; an empty one is not written.
type evalReports struct {
	JSON string `yaml:"json"`
	MD   string `yaml:"md"`
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

const (
	evalConfigVersion = 1
	published         = "published" // as the id of a snapshot: the one in service
)

var (
	evalKeys      = []string{"version", "k", "seed", "candidates", "name", "snapshot", "ranking", "compare", "reports", "json", "md"}
	evalBaselines = []string{"random", "popular", "tfidf"}
)

// loadEvalConfig reads the configuration at path; without one it is the
// published snapshot beside all baselines.
func loadEvalConfig(path string) (evalConfig, error) {
	c := evalConfig{
		K: cutoffs{10}, Seed: 1, Compare: evalBaselines,
		Candidates: []evalCandidate{{Name: published, Snapshot: published}},
	}
	if path == "" {
		return c, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return c, usagef("cannot read the configuration %s: %v", path, pathReason(err))
	}
	err = yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&c)
	var unknown *yaml.UnknownFieldError
	switch {
	case errors.As(err, &unknown):
		key := unknown.Token.Value
		return c, usagef("%s:%d: unknown key %s%s", path, unknown.Token.Position.Line, key, didYouMean(key, evalKeys))
	case err != nil && !errors.Is(err, io.EOF):
		return c, usagef("%s: %s", path, strings.TrimSpace(yaml.FormatError(err, false, false)))
	}
	if err := c.validate(); err != nil {
		return c, usagef("%s: %v", path, err)
	}
	return c, nil
}

func (c *evalConfig) validate() error {
	if c.Version != evalConfigVersion {
		return fmt.Errorf("version is %d; write version: %d", c.Version, evalConfigVersion)
	}
	if len(c.K) == 0 {
		return errors.New("k is empty; write k: 10, or a list")
	}
	if err := (eval.Options{K: c.K}).Validate(); err != nil {
		return err
	}
	names := map[string]bool{}
	for _, name := range c.Compare {
		if !slices.Contains(evalBaselines, name) {
			return fmt.Errorf("compare: unknown baseline %s%s; there are %s", name, didYouMean(name, evalBaselines), strings.Join(evalBaselines, ", "))
		}
		if names[name] {
			return fmt.Errorf("compare: %s stands there twice", name)
		}
		names[name] = true
	}
	if len(c.Candidates) == 0 {
		return errors.New("candidates is empty; there must be something to measure")
	}
	for i, candidate := range c.Candidates {
		switch {
		case candidate.Name == "":
			return fmt.Errorf("candidate %d has no name", i+1)
		case names[candidate.Name]:
			return fmt.Errorf("two rankings are called %s; give each candidate a name of its own", candidate.Name)
		case (candidate.Snapshot == "") == (candidate.Ranking == ""):
			return fmt.Errorf("candidate %s: name either a snapshot or a ranking", candidate.Name)
		}
		names[candidate.Name] = true
	}
	return nil
}

// compares reports whether a baseline of that name is wanted.
func (c *evalConfig) compares(name string) bool { return slices.Contains(c.Compare, name) }
