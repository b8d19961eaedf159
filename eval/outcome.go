package eval

import (
	"github.com/alsolike/alsolike/eval/estimate"
)

// A Level says what kind of evidence a number rests on. They are never mixed.
type Level string

const (
	LevelList  Level = "list" // properties of the lists alone; readers have no part in it
	LevelReads Level = "L1"   // agreement with reading: no forecast of clicks
	LevelShown Level = "L2"   // clicks on what was shown, corrected for position; nothing was drawn at random
	LevelDrawn Level = "L3"   // clicks where a share of the lists was drawn at random with known chances
)

// A Measure is one number of one ranking, beside that of the baseline.
type Measure struct {
	Ranking   string // name of the Entry
	Metric    string // "clicks", "hr@10", "coverage@5", "stability.rbo", …
	Level     Level
	Slice     string // "" is everything; else "tail", "lang=en", "day=2026-03-02", …
	Average   string // "traffic", "reader" or "seed"; "" where there is only one way
	Estimator string // "Δ-PBM-IPS over the mixture", …; "" for plain means

	Value    estimate.Result // of the ranking
	Baseline estimate.Result // of the baseline ranking, in the same way
	Delta    estimate.Result // Value − Baseline, cluster by cluster; exactly 0 for equal lists

	LowerIsBetter bool
	Exact         bool // a count over lists: the interval is the number itself

	// Refusal says why Value, Baseline and Delta must not be shown: this log
	// cannot tell. Empty if it can.
	Refusal string

	// Contested says why no gate may call it anything but inconclusive: other
	// ways to estimate the same disagree with it. Empty if they do not.
	Contested string

	// Ungated says why no gate may judge it, though it may be shown: such as
	// reads without times. Empty if gates may.
	Ungated string

	// Doubts do not stop a verdict, but stand beside it.
	Doubts []string

	Diagnostics *Diagnostics // of weighted estimates; nil for others

	// Others are the same numbers by other estimators, to see whether the choice
	// of the estimator matters.
	Others []Alternative
}

// An Alternative is a Measure's numbers by another estimator.
type Alternative struct {
	Estimator string
	Value     estimate.Result
	Delta     estimate.Result // against the baseline of the Measure, in the same way
	Refusal   string          // why there are no numbers; empty if there are
}

// Diagnostics say how far a weighted estimate can be trusted.
type Diagnostics struct {
	Impressions    int
	Clicks         int // with a weight other than 0
	Clusters       int
	ESS            float64 // effective sample size (Σw)²/Σw²
	MaxWeightShare float64 // max w² / Σw²
	MeanWeight     float64
	MeanWeightZ    float64
	Unsupported    float64 // share of the attention on items that no variant could have shown
	MinPropensity  float64
	SEBySource     float64 // standard error of Delta clustered by the article of the list
	Histogram      []Bin   // of the weights of clicks
	TopReaders     []float64
}

// A Bin is a bar of a histogram.
type Bin struct {
	From, To float64
	N        int
}

// An Outcome is everything that an evaluation found, ready to be judged by gates
// and shown by reports.
type Outcome struct {
	Simulated string // how the log was made up; empty if it is of real readers
	Inputs    []Input
	Seed      uint64
	K         int
	Baseline  string // name of the ranking that the others are compared with
	Rankings  []RankingInfo

	// JoinRate is the share of the log's reads or impressions that are about
	// known articles, 0 to 1.
	JoinRate float64
	Log      *LogSummary // nil without an event log
	Reading  *Result     // agreement with reading; nil without reads
	Measures []Measure   // by ranking, then metric, level, slice

	Curve        *PositionCurve // nil if there is none; then CurveRefusal says why
	CurveRefusal string
	Experiment   *Experiment
	Daily        []Day
	Exposure     []Exposure
	Backtest     []Backtest
	Changed      []Change // the articles whose lists changed most
}

// An Input is something an evaluation was made of.
type Input struct{ Role, Name, Hash string }

// RankingInfo is a ranking and its part in the evaluation: "candidate" or
// "baseline".
type RankingInfo struct{ Name, Role, Note string }

// A LogSummary says what an event log holds.
type LogSummary struct {
	Impressions, Clicks, Readers, Articles, Snapshots int
	From, To                                          string // days, 2026-03-02
	ClusteredBy                                       string
	Variants                                          []Variant
	Checks                                            map[string]int
}

// A Variant is what readers of one arm of the experiment did.
type Variant struct {
	Name        string
	Policy      string // "fixed", "plackett-luce", …
	Impressions int
	Share       float64
	Clicks      estimate.Result // per impression
}

// A PositionCurve is how much of the attention of the first slot the others get.
type PositionCurve struct {
	Theta []estimate.Result // corrected; the first is 1
	Naive []float64         // plain ratios of click rates
	Pairs int               // strata seen at two slots
}

// An Experiment says whether the split of readers is sound.
type Experiment struct {
	ChiSquare, P float64 // of the counts of variants against the plan
	Planned      []float64
	Sound        bool
	AA           float64 // share of random halvings of production whose interval holds 0
}

// A Day is one point of the daily series.
type Day struct {
	Day     string
	Variant string
	Clicks  estimate.Result // per impression
	N       int
}

// Exposure is how unevenly a ranking spreads its links: point i is the share
// of exposure of the i/100 least exposed articles (a Lorenz curve of 101 points).
type Exposure struct {
	Ranking string
	Lorenz  []float64
	Gini    float64
}

// A Backtest compares an estimate with what was observed, for a ranking that was
// also served.
type Backtest struct {
	Ranking, Variant    string
	Estimated, Observed estimate.Result
}

// A Change is one article whose list changed, old and new side by side.
type Change struct {
	Source   Link
	Traffic  int // impressions or views
	RBO      float64
	Old, New []Link
	Ranking  string // the candidate
}

// A Link is an article in a list, and whether it is only on this side.
type Link struct {
	ID, Title string
	Only      bool
}
