package gate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/estimate"
)

// Judge applies every rule to every candidate that it is about, in the order of
// rules, then of candidates. Rules must be valid.
func Judge(out *eval.Outcome, rules []Rule) []Verdict {
	var verdicts []Verdict
	for _, r := range rules {
		r = r.withDefaults()
		for _, ranking := range out.Rankings {
			if ranking.Role == "candidate" && (r.Candidate == "" || r.Candidate == ranking.Name) {
				verdicts = append(verdicts, judge(out, r, ranking.Name))
			}
		}
	}
	return verdicts
}

func judge(out *eval.Outcome, r Rule, candidate string) Verdict {
	unknown := math.NaN()
	v := Verdict{
		Rule: r, Metric: r.Metric, Level: r.Level, Slice: r.Slice, Candidate: candidate, Baseline: out.Baseline,
		Delta: unknown, Low: unknown, High: unknown, Value: unknown, ValueLow: unknown, ValueHigh: unknown,
		Reference: unknown, Margin: unknown, Limit: unknown, Word: NotMeasurable,
	}
	if v.Baseline == "" {
		v.Baseline = "the baseline"
	}
	m, reason := find(out, r, candidate)
	if m != nil {
		v.Metric, v.Level = m.Metric, m.Level
		v.LowerIsBetter = m.LowerIsBetter
		if r.Better != "" {
			v.LowerIsBetter = r.Better == "lower"
		}
		reason = v.refusal(out, m)
	}
	if reason != "" {
		v.Reason = reason
	} else {
		v.measured(out, m)
	}
	v.Name = name(&v)
	v.Effect = v.effect()
	return v
}

// refusal says why no verdict can rest on m, or nothing.
func (v *Verdict) refusal(out *eval.Outcome, m *eval.Measure) string {
	clicks := m.Level == eval.LevelShown || m.Level == eval.LevelDrawn
	switch {
	case clicks && out.Experiment != nil && !out.Experiment.Sound:
		v.Fault = true
		return "The readers of the variants are not split as planned, so their clicks cannot be compared."
	case m.Refusal != "":
		return sentence(m.Refusal)
	case m.Ungated != "":
		return sentence("it is shown, but never judged: " + m.Ungated)
	case math.IsNaN(m.Value.Value):
		return "There is no value to look at."
	case v.Rule.Margin == nil:
		return ""
	case math.IsNaN(m.Delta.Value) || math.IsNaN(m.Delta.Low) || math.IsNaN(m.Delta.High):
		return "There is no difference to look at."
	case v.Rule.Margin.Percent && !(m.Baseline.Value > 0):
		return fmt.Sprintf("A margin of %s needs a baseline above 0, and that of %s is not; write a margin without a percent sign.", v.Rule.Margin, v.Baseline)
	}
	return ""
}

// measured fills in the numbers and judges them.
func (v *Verdict) measured(out *eval.Outcome, m *eval.Measure) {
	v.Measure = m
	for _, doubt := range m.Doubts {
		v.Doubts = append(v.Doubts, sentence(doubt))
	}
	v.Delta, v.Value, v.Reference = m.Delta.Value, m.Value.Value, m.Baseline.Value
	v.Low, v.High = bounds(m, m.Delta, v.Rule.Alpha)
	v.ValueLow, v.ValueHigh = bounds(m, m.Value, v.Rule.Alpha)
	switch {
	case v.Rule.Margin != nil:
		v.Margin = v.Rule.Margin.Value
		if v.Rule.Margin.Percent {
			v.Margin *= m.Baseline.Value
		}
		v.againstMargin(m, out.Log)
	case v.Rule.Max != nil:
		v.Limit = v.Rule.Max.Value
		v.againstLimit(*v.Rule.Max, true)
	default:
		v.Limit = v.Rule.Min.Value
		v.againstLimit(*v.Rule.Min, false)
	}
	if m.Contested != "" && (v.Word == Better || v.Word == NoWorse) {
		v.Reason = sentence("other ways to estimate it disagree: " + m.Contested)
		v.Word = Inconclusive
	}
}

// bounds are the ends of the interval of r, which is part of m.
func bounds(m *eval.Measure, r estimate.Result, alpha float64) (low, high float64) {
	if m.Exact || r.Low == r.Value && r.High == r.Value {
		return r.Value, r.Value
	}
	return r.Bounds(alpha)
}

// levels are those of Rule.Level "", the strongest first.
var levels = []eval.Level{eval.LevelDrawn, eval.LevelShown, eval.LevelReads, eval.LevelList}

// preference is how well an average suits a rule that wants wanted: the less, the
// better.
func preference(average, wanted string) int {
	if average == wanted && wanted != "" {
		return -1
	}
	return slices.Index([]string{"", "traffic", "reader", "seed"}, average)
}

// find is the measure that a rule is about, or the reason why there is none. Of
// several levels it is the strongest that is not refused.
func find(out *eval.Outcome, r Rule, candidate string) (*eval.Measure, string) {
	var found []*eval.Measure
	var elsewhere []string
	for i := range out.Measures {
		m := &out.Measures[i]
		if m.Ranking != candidate || m.Slice != r.Slice || !strings.EqualFold(m.Metric, r.Metric) {
			continue
		}
		if r.Level != "" && m.Level != r.Level {
			elsewhere = append(elsewhere, string(m.Level))
			continue
		}
		found = append(found, m)
	}
	if len(found) == 0 {
		switch {
		case len(elsewhere) > 0:
			return nil, fmt.Sprintf("The gate asks for level %s, and this log gives it at level %s only.", r.Level, strings.Join(slices.Compact(slices.Sorted(slices.Values(elsewhere))), " and "))
		case r.Slice != "":
			return nil, fmt.Sprintf("It was not measured for the slice %s.", r.Slice)
		}
		return nil, "It was not measured: the inputs of this run do not give it."
	}
	slices.SortStableFunc(found, func(a, b *eval.Measure) int {
		if d := btoi(a.Refusal != "") - btoi(b.Refusal != ""); d != 0 {
			return d
		}
		if d := slices.Index(levels, a.Level) - slices.Index(levels, b.Level); d != 0 {
			return d
		}
		return preference(a.Average, r.Average) - preference(b.Average, r.Average)
	})
	return found[0], ""
}

// name is what the verdict is called: "clicks (L3), tail: at most 3 % lost".
func name(v *Verdict) string {
	s := v.Metric
	if v.Level != "" && v.Level != eval.LevelList {
		s += " (" + string(v.Level) + ")"
	}
	if v.Slice != "" {
		s += ", " + v.Slice
	}
	return s + ": " + v.Asks()
}

// sentence is s with a capital letter and a full stop.
func sentence(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[size:]
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}
