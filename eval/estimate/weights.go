package estimate

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Diagnostics say how far an estimate made of weights can be trusted. NaN is "not
// known" and breaks no limit.
type Diagnostics struct {
	N              int     // impressions
	Clusters       int     // readers
	Clicks         float64 // with a weight other than 0
	ESS            float64 // effective sample size (Σw)²/Σw²: so many equal weights would tell as much
	MaxWeight      float64
	MaxWeightShare float64 // max w² / Σw²
	MeanWeight     float64
	MeanWeightZ    float64 // (MeanWeight − its expectation) / its clustered standard error
	Unsupported    float64 // share of the attention on items that could not have been shown
	MinPropensity  float64 // smallest chance with which something was shown
	CalibrationZ   float64 // (estimate of what is served − what was observed) / standard error
}

// Diagnose looks at the weights w of impressions, whose mean is expected to be
// mean if the logged chances are right (NaN: unknown). cluster numbers the readers from
// 0; nil takes every impression as one. Clicks, Unsupported, MinPropensity and
// CalibrationZ are left as NaN for the caller to fill in.
func Diagnose(w []float64, cluster []int32, mean float64) Diagnostics {
	d := Diagnostics{
		N: len(w), Clicks: math.NaN(), Unsupported: math.NaN(),
		MinPropensity: math.NaN(), CalibrationZ: math.NaN(), MeanWeightZ: math.NaN(),
	}
	var s squares
	for _, v := range w {
		s.add(v)
		d.MaxWeight = max(d.MaxWeight, v)
	}
	if s.sum() > 0 {
		total := Sum(w)
		d.ESS, d.MaxWeightShare = total*total/s.sum(), s.dominance()
	}
	r := rowMean(w, cluster)
	d.Clusters, d.MeanWeight = r.Clusters, r.Value
	if r.SE > 0 && !math.IsInf(r.SE, 0) {
		d.MeanWeightZ = (r.Value - mean) / r.SE
	} else if r.Value == mean {
		d.MeanWeightZ = 0
	}
	return d
}

// Limits are the bounds beyond which an estimate made of weights is not shown. A
// limit of 0 is not applied.
type Limits struct {
	ESS            float64 // at least
	ESSShare       float64 // of the impressions, at least
	MaxWeightShare float64 // at most
	MeanWeightZ    float64 // at most, either way
	Unsupported    float64 // at most
	Clicks         float64 // at least
	Clusters       int     // at least
	MinPropensity  float64 // at least
	CalibrationZ   float64 // at most, either way
}

// DefaultLimits are those of the gates.
var DefaultLimits = Limits{
	ESS: 100, ESSShare: 0.01, MaxWeightShare: 0.10, MeanWeightZ: 4, Unsupported: 0.10,
	Clicks: 100, Clusters: 50, MinPropensity: 1e-4, CalibrationZ: 3,
}

// Refusals are the limits that d breaks, each in a sentence with the figure and
// the limit, the most telling first; none if the estimate may be shown.
func (l Limits) Refusals(d Diagnostics) []string {
	var broken []string
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			broken = append(broken, fmt.Sprintf(format, args...))
		}
	}
	// A comparison with NaN is false, so what is not known breaks nothing.
	refuse(l.Unsupported > 0 && d.Unsupported > l.Unsupported,
		"%s of the attention would go to links that readers could not have been shown (limit %s): the log says nothing about them",
		percent(d.Unsupported), percent(l.Unsupported))
	refuse(d.ESS < l.ESSShare*float64(d.N),
		"effective sample size %s of %s is below %s: a handful of impressions decides this number",
		grouped(d.ESS), grouped(float64(d.N)), percent(l.ESSShare))
	refuse(d.ESS >= l.ESSShare*float64(d.N) && d.ESS < l.ESS,
		"effective sample size %s of %s is below %s: a handful of impressions decides this number",
		grouped(d.ESS), grouped(float64(d.N)), grouped(l.ESS))
	refuse(l.MaxWeightShare > 0 && d.MaxWeightShare > l.MaxWeightShare,
		"one impression holds %s of the squared weights (limit %s): it alone decides this number",
		percent(d.MaxWeightShare), percent(l.MaxWeightShare))
	refuse(d.MinPropensity < l.MinPropensity,
		"something was shown with a chance of only %.2g (limit %.2g): its weight drowns the rest", d.MinPropensity, l.MinPropensity)
	refuse(l.MeanWeightZ > 0 && math.Abs(d.MeanWeightZ) > l.MeanWeightZ,
		"the mean weight %.3g is %.1f standard errors from what it must be (limit %.1f): the logged chances are wrong",
		d.MeanWeight, math.Abs(d.MeanWeightZ), l.MeanWeightZ)
	refuse(l.CalibrationZ > 0 && math.Abs(d.CalibrationZ) > l.CalibrationZ,
		"for the links that readers saw, the estimate is %.1f standard errors from what they clicked (limit %.1f): the method does not fit this site",
		math.Abs(d.CalibrationZ), l.CalibrationZ)
	refuse(d.Clicks < l.Clicks,
		"%s clicks tell about these links (limit %s): collect more", grouped(d.Clicks), grouped(l.Clicks))
	refuse(d.Clusters < l.Clusters,
		"%s readers (limit %s): collect more", grouped(float64(d.Clusters)), grouped(float64(l.Clusters)))
	return broken
}

// Refusal is the two most telling of Refusals in one line, and how many more there
// are; empty if the estimate may be shown.
func (l Limits) Refusal(d Diagnostics) string {
	const told = 2
	broken := l.Refusals(d)
	if more := len(broken) - told; more > 0 {
		broken = append(broken[:told], fmt.Sprintf("%d more of the limits broken", more))
	}
	return strings.Join(broken, "; ")
}

// percent is a share in percent, with two significant digits below 10 %.
func percent(share float64) string {
	p := share * 100
	if math.Abs(p) < 10 {
		return strconv.FormatFloat(p, 'g', 2, 64) + " %"
	}
	return strconv.FormatFloat(p, 'f', 0, 64) + " %"
}

// grouped is a number rounded to a whole one, its thousands parted by commas.
func grouped(v float64) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if v < 0 {
		s = "-" + s
	}
	return s
}
