package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/gate"
)

// plural is "1 gate" or "19,043 gates".
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + one + "s"
}

// withInterval is a value with its 95 % interval, or alone where that is not
// known.
func withInterval(e estimate.Result, write func(float64) string) string {
	switch parts := intervalParts(e, write); len(parts) {
	case 0:
		return "–"
	case 1:
		return parts[0]
	default:
		return fmt.Sprintf("%s [%s, %s]", parts[0], parts[1], parts[2])
	}
}

// intervalParts is a value, and the ends of its interval where that is known; empty
// where there is no value.
func intervalParts(e estimate.Result, write func(float64) string) []string {
	switch {
	case math.IsNaN(e.Value):
		return []string{}
	case math.IsInf(e.Low, 0) || math.IsNaN(e.Low) || e.Low == e.High:
		return []string{write(e.Value)}
	}
	return []string{write(e.Value), write(e.Low), write(e.High)}
}

// change is a measure's difference as a share of the baseline's value, or as it
// is where there is no such share.
func change(m *eval.Measure) string {
	if !(m.Baseline.Value > 0) {
		return withInterval(m.Delta, gate.Signed)
	}
	return withInterval(m.Delta, func(x float64) string { return gate.Signed(100*x/m.Baseline.Value) + " %" })
}

// decided is the difference of a verdict with the interval that decides, or, for
// a limit, the value.
func decided(v *gate.Verdict) string {
	return withInterval(decider(v))
}

// decider is the number that decides, and how it is written.
func decider(v *gate.Verdict) (estimate.Result, func(float64) string) {
	switch {
	case v.Word == gate.NotMeasurable:
		return estimate.Result{Value: math.NaN()}, v.Own
	case v.Rule.Margin == nil:
		return estimate.Result{Value: v.Value, Low: v.ValueLow, High: v.ValueHigh}, v.Own
	}
	return estimate.Result{Value: v.Delta, Low: v.Low, High: v.High}, v.Difference
}

// levelName says what a level is, in a few words.
func levelName(l eval.Level) string {
	switch l {
	case eval.LevelDrawn:
		return "L3, clicks where lists were drawn at random"
	case eval.LevelShown:
		return "L2, clicks corrected for position"
	case eval.LevelReads:
		return "L1, agreement with reading"
	}
	return "the lists alone"
}

// metricName is what a metric is, in a few words an editor understands. Names
// with a cut-off are looked up without it.
func metricName(metric string) string {
	base, k, cut := strings.Cut(metric, "@")
	words, ok := metricNames[strings.ToLower(base)]
	if !ok {
		return ""
	}
	if cut {
		k, _, _ = strings.Cut(k, "/")
		return words + ", first " + k
	}
	return words
}

var metricNames = map[string]string{
	"clicks":                    "clicks per list shown",
	"clicked-lists":             "lists with a click",
	"satisfied":                 "clicks that were read",
	"attention":                 "attention its links get",
	"hr":                        "next read is in the list",
	"mrr":                       "how high the next read stands",
	"ndcg":                      "how high the next read stands, gently",
	"coverage":                  "share of articles that are linked at all",
	"gini":                      "how unevenly links are spread",
	"entropy":                   "how widely links are spread",
	"orphans":                   "share of articles that no list links to",
	"most_links_in":             "lists that link to the most linked article",
	"section_leakage":           "share of links to another section",
	"head_share":                "share of links to the most linked tenth",
	"novelty":                   "how rarely read what it links to is",
	"popularity_lift":           "how far it leans to popular articles",
	"ild":                       "how unlike the links of a list are",
	"section_entropy":           "sections mixed within a list",
	"same_section":              "links within the section",
	"calibration":               "distance from the sections readers choose",
	"calibration.pooled":        "the same, over all lists at once",
	"hygiene.unknown":           "links to no known article",
	"shown-set.auc":             "clicked above not clicked, within what was shown",
	"shown-set.mrr":             "how high clicked links stand, within what was shown",
	"shown-set.ndcg":            "the same, gently",
	"serendipity":               "hits that are not obvious",
	"freshness.median_age_h":    "median age of links, hours",
	"freshness.under_24h":       "links younger than a day",
	"freshness.under_7d":        "links younger than a week",
	"freshness.over_1y":         "links older than a year",
	"stability.rbo":             "likeness to the baseline's lists",
	"stability.jaccard":         "shared links with the baseline's lists",
	"stability.top1_changed":    "lists with another first link",
	"stability.unchanged":       "lists that stay as they are",
	"hygiene.self_links":        "links to the article itself",
	"hygiene.unpublished":       "links to what was taken down",
	"hygiene.repeated":          "links that stand twice",
	"hygiene.same_url":          "links with one address",
	"hygiene.wrong_language":    "links in another language",
	"hygiene.short_lists":       "lists with too few links",
	"hygiene.no_list":           "articles without a list",
	"hygiene.not_yet_published": "links to what did not exist yet",
	"blockedrate":               "lists with an article that editors hid",
	"pinrecall":                 "editors' pins that it finds by itself",
}
