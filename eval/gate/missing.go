package gate

import (
	"fmt"
	"math"
	"time"

	"github.com/alsolike/alsolike/eval"
)

// power is the chance with which a candidate that equals the baseline should pass.
const power = 0.8

// missing says how much more data a margin needs; see the package's decisions.
func missing(m *eval.Measure, margin, alpha float64, log *eval.LogSummary) string {
	times := m.Delta.DataNeeded(margin, alpha, power)
	if math.IsInf(times, 0) || math.IsNaN(times) {
		return "How much is missing cannot be told."
	}
	if times <= 1 {
		return "So much data would do for a candidate that equals the baseline: the truth seems to lie near the margin."
	}
	n, unit := float64(m.Delta.Clusters), "readers"
	if m.Level == eval.LevelList {
		unit = "articles with a list"
	}
	if m.Diagnostics != nil && m.Diagnostics.Clicks > 0 {
		n, unit = float64(m.Diagnostics.Clicks), "clicks"
	}
	s := fmt.Sprintf("Data missing for 80 %% power: about %s more %s", Number(roundUp(n*(times-1))), unit)
	if days := logDays(log); days > 0 && (m.Level == eval.LevelShown || m.Level == eval.LevelDrawn) {
		more := math.Ceil(days * (times - 1))
		s += fmt.Sprintf(" (%s more %s like these)", Number(more), map[bool]string{true: "day", false: "days"}[more == 1])
	}
	return s + "."
}

// roundUp leaves two significant digits, as a forecast deserves.
func roundUp(x float64) float64 {
	if x < 10 {
		return math.Ceil(x)
	}
	unit := math.Pow(10, math.Floor(math.Log10(x))-1)
	return math.Ceil(x/unit) * unit
}

// logDays is how many days the log covers, 0 if that is not known.
func logDays(log *eval.LogSummary) float64 {
	if log == nil {
		return 0
	}
	from, err1 := time.Parse(time.DateOnly, log.From)
	to, err2 := time.Parse(time.DateOnly, log.To)
	if err1 != nil || err2 != nil || to.Before(from) {
		return 0
	}
	return to.Sub(from).Hours()/24 + 1
}
