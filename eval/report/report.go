package report

import (
	"math"

	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/estimate"
)

// Inputs says what an evaluation was made of, so that it can be repeated.
type Inputs struct {
	Reads      string            `json:"reads"`      // hash of the log
	Seed       uint64            `json:"seed"`       // of the random baseline
	Candidates map[string]string `json:"candidates"` // by name: "snapshot ID", or the hash of a ranking
}

// A Report is an evaluation ready to be rendered.
type Report struct {
	inputs Inputs
	result *eval.Result
}

// New makes the report of result.
func New(result *eval.Result, inputs Inputs) *Report { return &Report{inputs, result} }

const (
	level   = "L1"
	meaning = "agreement with reading: not a forecast of clicks"
)

// time says what the report knows of when reads happened.
func (r *Report) time() string {
	if r.result.Truth.ByTime {
		return "reads in order of time; the whole log is the truth, it is not split by time"
	}
	return "no time split: reads in the log's order, without times"
}

// rankings are the candidates, then the baselines.
func (r *Report) rankings() []eval.Ranking {
	return append(append([]eval.Ranking{}, r.result.Candidates...), r.result.Baselines...)
}

// known is x, or nil if it is infinite: a bound that is not known.
func known(x float64) *float64 {
	if math.IsInf(x, 0) {
		return nil
	}
	return &x
}

func interval(e estimate.Result) [2]*float64 { return [2]*float64{known(e.Low), known(e.High)} }
