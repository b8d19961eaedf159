package tune

import (
	"fmt"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/reads"
)

// A Corpus is the articles that a log is about. Reads is not looked at.
type Corpus struct {
	rank.Corpus
	Row func(data.ArticleID) (int32, bool)
}

// Options are the settings of FromEvents and FromReads. The zero value works.
type Options struct {
	Since    time.Time                          // of a log with times only what is not before counts; zero: all
	HalfLife func(section string) time.Duration // as in rank.Options
	Seed     uint64                             // of the bootstrap, of what is drawn, and of splits by reader
}

// A Result is what came of fitting weights to a log.
type Result struct {
	Weights rank.Weights
	Report
}

// A Report says what weights were fitted to, and how much better they are than those
// that ship.
type Report struct {
	Comparison
	Fitted Part   `json:"fitted_to"` // by which the weights were fitted
	Tested Part   `json:"tested_on"` // by which Comparison was measured
	Split  string `json:"split"`     // "time", or "readers": that log has no times
	Seed   uint64 `json:"seed"`

	From  time.Time `json:"from,omitzero"` // first and last of the log
	Until time.Time `json:"until,omitzero"`

	Attention []float64 `json:"attention,omitempty"` // of positions, as a share of the first; of clicks
	Simulated string    `json:"simulated,omitempty"` // how the log was made up; empty: it does not say that it was
}

// A Part is a part of a log.
type Part struct {
	Lists  int       `json:"lists"` // of which something was followed
	Clicks int       `json:"clicks"`
	From   time.Time `json:"from,omitzero"`
	Until  time.Time `json:"until,omitzero"`
}

// A TooFewError is returned of a log that does not hold enough to tell.
type TooFewError struct {
	What       string // is counted
	Have, Need int
}

func (e *TooFewError) Error() string {
	return fmt.Sprintf("the log holds %d %s, and at least %d are needed", e.Have, e.What, e.Need)
}

// leastLists is how many lists of which something was followed a log must hold: a
// quarter of them, 100, tell whether the weights are better, as many as the gates of an
// evaluation want.
const leastLists = 400

// leastClusters is how many readers, or hours, an interval can be made of.
const leastClusters = 30

// finish fits weights to the first lists and measures them by the second.
func (r *Result) finish(fit, test []List, seed uint64) error {
	base := rank.DefaultWeights()
	r.Weights, r.Seed = Fit(fit, base), seed
	r.Comparison = Compare(test, base, r.Weights, seed)
	r.Fitted.Lists, r.Tested.Lists = len(fit), len(test)
	r.Fitted.Clicks, _ = gains(fit)
	r.Tested.Clicks, _ = gains(test)
	switch {
	case min(len(fit), len(test)) < leastLists/8: // clicks are far down, or on articles that are gone
		return &TooFewError{"usable lists in a part that weights are fitted to or tested on", min(len(fit), len(test)), leastLists / 8}
	case r.Clusters < leastClusters:
		return &TooFewError{"readers, or hours where readers are not told apart, in the part that weights are tested on", r.Clusters, leastClusters}
	}
	return nil
}

// scorer is the Scorer of the corpus with what readers read.
func (c *Corpus) scorer(s *reads.Signals, o Options) (*rank.Scorer, error) {
	corpus := c.Corpus
	corpus.Reads = s
	return rank.NewScorer(&corpus, rank.Options{HalfLife: o.HalfLife})
}
