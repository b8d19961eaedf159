package gate

import (
	"fmt"
	"math"

	"github.com/alsolike/alsolike/eval"
)

// A Word is what a gate says of a candidate.
type Word string

// The words, of which every verdict is one.
const (
	Better        Word = "better"
	NoWorse       Word = "no worse"
	Worse         Word = "worse"
	Inconclusive  Word = "inconclusive"
	NotMeasurable Word = "not measurable"
)

// An Effect is what a verdict does to the run.
type Effect string

// The effects. Open is a verdict that tells nothing where the rule wants to be
// told.
const (
	Passes Effect = "pass"
	Warns  Effect = "warn"
	Fails  Effect = "fail"
	Open   Effect = "open"
)

// A Verdict is one rule applied to one candidate. All its numbers are NaN if the
// word is NotMeasurable.
type Verdict struct {
	Name      string
	Rule      Rule
	Metric    string
	Level     eval.Level
	Slice     string
	Candidate string
	Baseline  string

	Word   Word
	Effect Effect
	Reason string // plain sentences
	Doubts []string

	// Fault: the data are wrong rather than too few.
	Fault bool

	Measure *eval.Measure // that it rests on; nil if nothing can be measured

	Delta, Low, High float64 // candidate − baseline, and its interval at the rule's alpha
	Value            float64 // the candidate's own
	ValueLow         float64
	ValueHigh        float64
	Reference        float64 // the baseline's own
	Margin           float64 // in the unit of Delta; NaN for a limit
	Limit            float64 // in the unit of Value; NaN for a margin
	LowerIsBetter    bool
}

// Relative reports whether differences are shown as shares of the baseline's value.
func (v *Verdict) Relative() bool { return v.Rule.Margin != nil && v.Rule.Margin.Percent }

// Difference writes a difference in the unit of the rule: "+1.2 %" of the
// baseline's value, or "−14".
func (v *Verdict) Difference(x float64) string {
	if v.Relative() {
		return Signed(100*x/v.Reference) + " %"
	}
	return Signed(x)
}

// Own writes a value of the candidate itself in the unit of the limit: "0.5 %" or
// "0.75".
func (v *Verdict) Own(x float64) string {
	limit := v.Rule.Max
	if limit == nil {
		limit = v.Rule.Min
	}
	return Amount{x, limit != nil && limit.Percent}.String()
}

// amount is Difference of the size of x, without its sign.
func (v *Verdict) amount(x float64) string {
	if v.Relative() {
		return Number(100*math.Abs(x)/v.Reference) + " %"
	}
	return Number(math.Abs(x))
}

// span is the size of a difference in words: "12" if near and far are one, else
// "at least 12" and the like, or "between 10 and 14".
func (v *Verdict) span(near, far float64, words string) string {
	switch {
	case near == far:
		return v.amount(near)
	case words == "between":
		return "between " + v.amount(near) + " and " + v.amount(far)
	}
	return words + " " + v.amount(near)
}

// Asks is what the rule asks for, in words: "at most 3 % lost".
func (v *Verdict) Asks() string {
	r := &v.Rule
	switch {
	case r.Margin != nil && v.LowerIsBetter:
		return "at most " + r.Margin.String() + " added"
	case r.Margin != nil:
		return "at most " + r.Margin.String() + " lost"
	case r.Max != nil:
		return "at most " + r.Max.String()
	default:
		return "at least " + r.Min.String()
	}
}

// word is the table of the package's documentation, for an interval that is
// turned so that more is better. A detail tells apart what shares a word.
func word(low, high, margin float64) (w Word, detail string) {
	switch {
	case low > 0:
		return Better, ""
	case low > -margin && high < 0:
		return NoWorse, "slightly worse"
	case low > -margin:
		return NoWorse, ""
	case high < -margin:
		return Worse, ""
	case high < 0:
		return Worse, "size unclear"
	}
	return Inconclusive, ""
}

// againstMargin gives the word and the reason of a rule with a margin.
func (v *Verdict) againstMargin(m *eval.Measure, log *eval.LogSummary) {
	low, high := v.Low, v.High
	if v.LowerIsBetter {
		low, high = -high, -low
	}
	w, detail := word(low, high, v.Margin)
	v.Word = w
	allowed := v.Rule.Margin.String()
	worse := "lost"
	if v.LowerIsBetter {
		worse = "added"
	}
	switch {
	case low == 0 && high == 0:
		v.Reason = "Exactly equal to " + v.Baseline + "."
	case w == Better && v.Level == eval.LevelReads:
		v.Word = NoWorse // a guardrail praises nobody
		v.Reason = "Agrees with reading more than " + v.Baseline + " does. That says nothing of clicks, so it is no more than no worse."
	case w == Better:
		v.Reason = fmt.Sprintf("Better than %s, by %s.", v.Baseline, v.span(low, high, "at least"))
	case detail == "slightly worse":
		v.Reason = fmt.Sprintf("Slightly worse, within the margin: %s is %s, and %s is allowed.", v.span(high, low, "between"), worse, allowed)
	case w == NoWorse && low >= 0:
		v.Reason = fmt.Sprintf("No worse: nothing is %s, and %s is allowed.", worse, allowed)
	case w == NoWorse:
		v.Reason = fmt.Sprintf("No worse: %s is %s, and %s is allowed.", v.span(low, high, "at most"), worse, allowed)
	case detail == "size unclear":
		v.Reason = fmt.Sprintf("Worse, though by how much is unclear: %s is %s, and %s is allowed.", v.span(high, low, "between"), worse, allowed)
	case w == Worse:
		v.Reason = fmt.Sprintf("Worse: %s is %s, and %s is allowed.", v.span(high, low, "at least"), worse, allowed)
	case math.IsInf(low, 0) || math.IsInf(high, 0):
		v.Reason = "There are too few readers to know how sure the difference is."
	default:
		v.Reason = fmt.Sprintf("Undecided: the difference lies between %s and %s, and it is allowed that %s is %s. %s",
			v.Difference(v.Low), v.Difference(v.High), allowed, worse, missing(m, v.Margin, v.Rule.Alpha, log))
	}
}

// againstLimit gives the word and the reason of a rule with a limit.
func (v *Verdict) againstLimit(limit Amount, isMax bool) {
	low, high, bound, side := v.ValueLow, v.ValueHigh, v.Limit, "at most"
	if !isMax {
		low, high, bound, side = -high, -low, -bound, "at least"
	}
	value := v.Own(v.Value)
	if v.ValueLow != v.ValueHigh {
		value += fmt.Sprintf(" (between %s and %s)", v.Own(v.ValueLow), v.Own(v.ValueHigh))
	}
	switch {
	case high <= bound:
		v.Word, v.Reason = NoWorse, fmt.Sprintf("Keeps the limit: %s, where %s %s is allowed.", value, side, limit)
	case low > bound:
		v.Word, v.Reason = Worse, fmt.Sprintf("Beyond the limit: %s, where %s %s is allowed.", value, side, limit)
	default:
		v.Word, v.Reason = Inconclusive, fmt.Sprintf("Undecided: %s, where %s %s is allowed.", value, side, limit)
	}
}

// effect is what the word does to the run.
func (v *Verdict) effect() Effect {
	switch {
	case v.Word == Better || v.Word == NoWorse:
		return Passes
	case v.Word != Worse && v.Rule.OnInconclusive == Pass:
		return Passes
	case v.Rule.WarnOnly:
		return Warns
	case v.Word == Worse:
		return Fails
	case v.Rule.OnInconclusive == Fail:
		return Open
	}
	return Warns
}
