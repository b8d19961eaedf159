package gate

import "slices"

// A Summary counts verdicts by what they do to the run.
type Summary struct{ Passed, Warned, Failed, Open int }

// Summarise counts verdicts.
func Summarise(verdicts []Verdict) (s Summary) {
	for i := range verdicts {
		switch verdicts[i].Effect {
		case Passes:
			s.Passed++
		case Warns:
			s.Warned++
		case Fails:
			s.Failed++
		case Open:
			s.Open++
		}
	}
	return s
}

// Effect is that of all verdicts together: the gravest.
func (s Summary) Effect() Effect {
	switch {
	case s.Failed > 0:
		return Fails
	case s.Open > 0:
		return Open
	case s.Warned > 0:
		return Warns
	}
	return Passes
}

// metrics are the names of what a rule can be about; those with a cut-off stand
// with @k.
var metrics = []string{
	"clicks", "clicked-lists", "satisfied", "attention@k",
	"hr@k", "mrr@k", "ndcg@k", "hr@k/n^0.5", "mrr@k/n^0.5", "ndcg@k/n^0.5", "hr@k/n^1", "mrr@k/n^1", "ndcg@k/n^1",
	"coverage@k", "orphans@k", "most_links_in@k", "section_leakage@k", "gini@k", "entropy@k", "head_share@k", "novelty@k", "popularity_lift", "ild@k",
	"section_entropy", "same_section", "calibration", "calibration.pooled", "serendipity@k",
	"freshness.median_age_h", "freshness.under_24h", "freshness.under_7d", "freshness.over_1y",
	"stability.rbo", "stability.jaccard@k", "stability.top1_changed", "stability.unchanged",
	"hygiene.self_links", "hygiene.unpublished", "hygiene.repeated", "hygiene.same_url", "hygiene.wrong_language",
	"hygiene.short_lists", "hygiene.no_list", "hygiene.unknown", "hygiene.not_yet_published",
	"BlockedRate@k", "PinRecall@k",
}

// Metrics are the names of what a rule can be about; those with a cut-off stand
// with @k.
func Metrics() []string { return slices.Clone(metrics) }
