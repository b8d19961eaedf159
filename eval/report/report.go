package report

import (
	"fmt"
	"math"

	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/gate"
)

// A Report is an evaluation ready to be rendered.
type Report struct {
	out      *eval.Outcome
	verdicts []gate.Verdict
}

// New makes the report of an outcome and of what its gates say.
func New(out *eval.Outcome, verdicts []gate.Verdict) *Report { return &Report{out, verdicts} }

// The roles of eval.Inputs that JSON has keys of their own for.
const (
	RoleReads     = "reads"
	RoleCandidate = "candidate"
)

// simulated is what every report of a made-up log says first; empty for a log of
// real readers.
func (r *Report) simulated() string {
	if r.out.Simulated == "" {
		return ""
	}
	return "Simulated readers, no real ones: " + r.out.Simulated
}

// verdict is the whole run in one word and one sentence.
func (r *Report) verdict() (effect gate.Effect, sentence string) {
	if len(r.verdicts) == 0 {
		return "", "Nothing was gated: these are numbers to look at."
	}
	s := gate.Summarise(r.verdicts)
	total := len(r.verdicts)
	switch effect = s.Effect(); effect {
	case gate.Fails:
		return effect, fmt.Sprintf("Not as good: %d of %s failed.", s.Failed, plural(total, "gate"))
	case gate.Open:
		return effect, fmt.Sprintf("Cannot be told: %d of %s must be told and could not be.", s.Open, plural(total, "gate"))
	case gate.Warns:
		warn := "warn"
		if s.Warned == 1 {
			warn = "warns"
		}
		return effect, fmt.Sprintf("Nothing failed, but %d of %s %s.", s.Warned, plural(total, "gate"), warn)
	}
	if total == 1 {
		return effect, "At least as good: the gate passed."
	}
	return effect, fmt.Sprintf("At least as good: all %d gates passed.", total)
}

// headline is the word of verdict in the language of editors.
func headline(effect gate.Effect) string {
	switch effect {
	case gate.Fails:
		return "Fail"
	case gate.Open:
		return "Inconclusive"
	case gate.Warns:
		return "Pass, with warnings"
	case gate.Passes:
		return "Pass"
	}
	return "No gates"
}

// joined is the share of the log that could be used, in words, and what it is
// the share of.
func (r *Report) joined() (share, of string) {
	share = fmt.Sprintf("%.2f %%", 100*r.out.JoinRate)
	switch {
	case r.out.Reading != nil:
		return share, "of reads join to articles with text"
	case r.out.Log != nil:
		return share, "of impressions are about known articles"
	}
	return share, "of the log is about known articles"
}

// input is the first input of that role, or empty.
func (r *Report) input(role string) eval.Input {
	for _, in := range r.out.Inputs {
		if in.Role == role {
			return in
		}
	}
	return eval.Input{}
}

// candidates are the names of the rankings that are judged.
func (r *Report) candidates() (names []string) {
	for _, ranking := range r.out.Rankings {
		if ranking.Role == "candidate" {
			names = append(names, ranking.Name)
		}
	}
	return names
}

func (r *Report) isCandidate(name string) bool {
	for _, ranking := range r.out.Rankings {
		if ranking.Name == name {
			return ranking.Role == "candidate"
		}
	}
	return false
}

// known is x, or nil if it is infinite or no number: a bound that is not known.
func known(x float64) *float64 {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return nil
	}
	return &x
}

func interval(e estimate.Result) [2]*float64 { return [2]*float64{known(e.Low), known(e.High)} }
