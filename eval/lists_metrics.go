package eval

import (
	"fmt"
	"slices"

	"github.com/alsolike/alsolike/eval/metric"
)

const (
	headPart    = 0.1  // the most exposed articles, of all
	patience    = 0.9  // p of stability.rbo
	calibrating = 0.01 // α of calibration
)

// listMetrics are all measures of lists, in the order in which they are shown.
func (s *scene) listMetrics(base *madeLists) []listMetric {
	return slices.Concat(s.spreadMetrics(), s.popularityMetrics(), s.varietyMetrics(), s.freshnessMetrics(),
		s.stabilityMetrics(base), s.hygieneMetrics(), s.editorMetrics())
}

// atK is a metric's name with the length of the lists.
func (s *scene) atK(name string) string { return fmt.Sprintf("%s@%d", name, s.k) }

// spreadMetrics say how evenly articles are shown.
func (s *scene) spreadMetrics() []listMetric {
	exposure := func(name string, lower, share bool, value func([]float64) float64, gradient func([]float64) []float64) listMetric {
		return listMetric{name: s.atK(name), lower: lower, share: share, look: spread(len(s.seeds), s.seedOf, s.theta, value, gradient)}
	}
	coverage := func(l *madeLists) (float64, int) {
		shown := make([]float64, len(s.seeds))
		for _, item := range l.item {
			shown[s.seedOf[item]] = 1
		}
		return metric.Coverage(shown), len(s.seeds)
	}
	orphans := func(l *madeLists) (float64, int) {
		covered, n := coverage(l)
		return 1 - covered, n
	}
	return []listMetric{
		{name: s.atK("coverage"), exact: coverage},
		{name: s.atK("orphans"), lower: true, exact: orphans},
		{name: s.atK("most_links_in"), lower: true, exact: s.mostLinksIn},
		{name: s.atK("section_leakage"), lower: true, share: true, look: s.ratio(s.leaving)},
		exposure("gini", true, true, metric.Gini, metric.GiniGradient),
		exposure("entropy", false, false, metric.Entropy, metric.EntropyGradient),
		exposure("head_share", true, true,
			func(x []float64) float64 { return metric.HeadShare(x, headPart) },
			func(x []float64) []float64 { return metric.HeadShareGradient(x, headPart) }),
	}
}

// mostLinksIn is how many lists the article is in that is in most of them.
func (s *scene) mostLinksIn(l *madeLists) (most float64, lists int) {
	in := make([]float64, len(s.seeds))
	for _, item := range l.item {
		in[s.seedOf[item]]++
	}
	return slices.Max(in), len(s.seeds)
}

// leaving is how many links of a list lead to another section, of how many between
// articles that have one.
func (s *scene) leaving(l *madeLists, seed int) (away, known float64) {
	own := s.section[s.seeds[seed]]
	for _, item := range l.list(seed) {
		if to := s.section[item]; own >= 0 && to >= 0 {
			known++
			if to != own {
				away++
			}
		}
	}
	return away, known
}

// popularityMetrics say how well known the links are, and to what readers went on.
func (s *scene) popularityMetrics() []listMetric {
	novelty := listMetric{name: s.atK("novelty")}
	lift := listMetric{name: "popularity_lift", lower: true}
	mixed := listMetric{name: "calibration", lower: true}
	pooled := listMetric{name: "calibration.pooled", lower: true}
	surprise := listMetric{name: s.atK("serendipity"), share: true}
	if s.sameDays {
		doubt := []string{"nothing lies before the measured part of the log, so that popularity is that of the same days"}
		novelty.doubts, lift.doubts, mixed.doubts, pooled.doubts = doubt, doubt, doubt, doubt
	}

	if s.bits == nil {
		novelty.refusal, lift.refusal = noViews, noViews
	}
	novelty.look = s.ratio(s.meanOver(s.bits))
	if lift.refusal == "" && len(s.next) == 0 {
		lift.refusal = noNext
	}
	lift.look = s.ratio(s.lift)

	wanted := make([]float64, s.sections)
	for _, mix := range s.wanted {
		for i, n := range mix {
			wanted[i] += n
		}
	}
	if !slices.ContainsFunc(wanted, func(n float64) bool { return n > 0 }) {
		mixed.refusal = "no log says to which sections readers of these articles went on"
		pooled.refusal = mixed.refusal
	}
	mix := make([]float64, s.sections)
	mixed.look = s.ratio(func(l *madeLists, seed int) (float64, float64) {
		from := s.section[s.seeds[seed]]
		if from < 0 {
			return 0, 0
		}
		if s.mix(mix, l.list(seed)) == 0 || !slices.ContainsFunc(s.wanted[from], func(n float64) bool { return n > 0 }) {
			return 0, 0
		}
		return metric.Calibration(s.wanted[from], mix, calibrating), 1
	})
	pooled.look = spread(s.sections, s.section, s.evenly(),
		func(x []float64) float64 { return metric.Calibration(wanted, x, calibrating) },
		func(x []float64) []float64 { return metric.CalibrationGradient(wanted, x, calibrating) })

	switch {
	case len(s.next) == 0:
		surprise.refusal = noNext
	case len(s.obvious) == 0:
		surprise.refusal = "serendipity is beside what readers would find anyway: compare with popular-24h or popular, and with bm25 or tfidf"
	default:
		names := s.obvious[0].name
		for _, l := range s.obvious[1:] {
			names += " and " + l.name
		}
		surprise.doubts = []string{"what readers would find anyway is that of " + names}
	}
	surprise.look = s.ratio(s.surprise)
	return []listMetric{novelty, lift, mixed, pooled, surprise}
}

const (
	noViews = "no log says how often articles are read"
	noNext  = "no log says what readers of these articles read or clicked next"
)

// meanOver is the mean of of over the items of a list.
func (s *scene) meanOver(of []float64) func(l *madeLists, seed int) (float64, float64) {
	return func(l *madeLists, seed int) (float64, float64) {
		list := l.list(seed)
		if len(list) == 0 {
			return 0, 0
		}
		return mean(list, of), 1
	}
}

// lift is how much higher the links of a list stand among all articles by views
// than what readers of its article went on to.
func (s *scene) lift(l *madeLists, seed int) (float64, float64) {
	list, next := l.list(seed), s.next[s.seeds[seed]]
	if len(list) == 0 || len(next) == 0 {
		return 0, 0
	}
	return mean(list, s.percentile) - mean(next, s.percentile), 1
}

func mean(items []int32, of []float64) float64 {
	sum := 0.0
	for _, item := range items {
		sum += of[item]
	}
	return sum / float64(len(items))
}

// surprise counts what readers went on to and the list holds, and of it what no
// obvious list holds.
func (s *scene) surprise(l *madeLists, seed int) (num, den float64) {
	list := l.list(seed)
	for _, item := range s.next[s.seeds[seed]] {
		if !slices.Contains(list, item) {
			continue
		}
		den++
		if !slices.ContainsFunc(s.obvious, func(o *madeLists) bool { return slices.Contains(o.list(seed), item) }) {
			num++
		}
	}
	return num, den
}

// obviousLists are those of the most read articles, and of the plainest likeness,
// among the rankings.
func obviousLists(rankings []*madeLists) []*madeLists {
	var obvious []*madeLists
	for _, either := range [][]string{{"popular-24h", "popular"}, {"bm25", "tfidf"}} {
		for _, name := range either {
			if i := slices.IndexFunc(rankings, func(l *madeLists) bool { return l.name == name }); i >= 0 {
				obvious = append(obvious, rankings[i])
				break
			}
		}
	}
	return obvious
}

// hygieneMetrics are the shares of lists with a fault.
func (s *scene) hygieneMetrics() []listMetric {
	var metrics []listMetric
	for _, h := range hygiene {
		metrics = append(metrics, listMetric{name: h.name, lower: true, exact: s.shareWith(h.fault)})
	}
	return metrics
}

// shareWith is the share of lists with a fault.
func (s *scene) shareWith(f fault) func(l *madeLists) (float64, int) {
	return func(l *madeLists) (float64, int) {
		n := 0
		for _, found := range l.faults {
			if found&f != 0 {
				n++
			}
		}
		return float64(n) / float64(len(l.faults)), len(l.faults)
	}
}

// editorMetrics hold lists against what editors wish.
func (s *scene) editorMetrics() []listMetric {
	pins := listMetric{name: s.atK("PinRecall")}
	all := 0
	for _, wanted := range s.pins {
		all += len(wanted)
	}
	if all == 0 {
		pins.refusal = "editors set no pin in the measured part of the log"
	}
	pins.exact = func(l *madeLists) (float64, int) {
		held := int32(0)
		for _, n := range l.pinned {
			held += n
		}
		return float64(held) / float64(all), all
	}
	return []listMetric{{name: s.atK("BlockedRate"), lower: true, exact: s.shareWith(faultBlocked)}, pins}
}

// evenly gives every slot the same attention.
func (s *scene) evenly() []float64 { return slices.Repeat([]float64{1}, s.k) }
