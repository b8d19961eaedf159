package eval

import (
	"math"
	"slices"

	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/metric"
)

// varietyMetrics say how different the links of a list are from one another and
// from the article that it stands under.
func (s *scene) varietyMetrics() []listMetric {
	ild := listMetric{name: s.atK("ild"), look: s.ratio(s.distance())}
	if s.tags == nil && s.dim == 0 {
		ild.refusal = "the articles have neither vectors nor tags"
	}
	entropyMix, sameMix := make([]float64, s.sections), make([]float64, s.sections)
	entropy := listMetric{name: "section_entropy", look: s.ratio(func(l *madeLists, seed int) (float64, float64) {
		if s.mix(entropyMix, l.list(seed)) == 0 {
			return 0, 0
		}
		return metric.Entropy(entropyMix), 1
	})}
	same := listMetric{name: "same_section", share: true, look: s.ratio(func(l *madeLists, seed int) (float64, float64) {
		section := s.section[s.seeds[seed]]
		known := s.mix(sameMix, l.list(seed))
		if section < 0 || known == 0 {
			return 0, 0
		}
		return sameMix[section] / known, 1
	})}
	if s.sections == 0 {
		entropy.refusal = "the articles have no sections"
		same.refusal = entropy.refusal
	}
	return []listMetric{ild, entropy, same}
}

// mix counts the sections of a list into counts, and how many of its items have
// one.
func (s *scene) mix(counts []float64, list []int32) (known float64) {
	clear(counts)
	for _, item := range list {
		if section := s.section[item]; section >= 0 {
			counts[section]++
			known++
		}
	}
	return known
}

// distance is how far the links of a list are from one another: by vectors where
// articles have them, else by tags.
func (s *scene) distance() func(l *madeLists, seed int) (float64, float64) {
	var sum []float64
	return func(l *madeLists, seed int) (float64, float64) {
		list := l.list(seed)
		if s.dim == 0 {
			if len(list) < 2 {
				return 0, 0
			}
			return metric.ILD(len(list), func(i, j int) float64 { return metric.JaccardDistance(s.tags[list[i]], s.tags[list[j]]) }), 1
		}
		sum = append(sum[:0], make([]float64, s.dim)...)
		n := 0
		for _, item := range list {
			if s.length[item] == 0 {
				continue
			}
			scale := 1 / s.length[item]
			for i, x := range s.articles[item].Vector[:len(sum)] {
				sum[i] += scale * float64(x)
			}
			n++
		}
		if n < 2 {
			return 0, 0
		}
		return metric.ILDOfUnits(sum, n), 1
	}
}

// freshnessMetrics say how old the links are in the moment in which lists are
// looked at.
func (s *scene) freshnessMetrics() []listMetric {
	refusal := ""
	if len(s.byAge) == 0 {
		refusal = "no article says when it was published"
	}
	metrics := []listMetric{{name: "freshness.median_age_h", lower: true, look: s.medianAge}}
	for _, part := range []struct {
		name  string
		lower bool
		is    func(hours float64) bool
	}{
		{"freshness.under_24h", false, func(h float64) bool { return h < 24 }},
		{"freshness.under_7d", false, func(h float64) bool { return h < 7*24 }},
		{"freshness.over_1y", true, func(h float64) bool { return h > 365*24 }},
	} {
		metrics = append(metrics, listMetric{name: part.name, lower: part.lower, share: true, look: s.ratio(func(l *madeLists, seed int) (num, den float64) {
			for _, item := range l.list(seed) {
				if math.IsNaN(s.age[item]) {
					continue
				}
				den++
				if part.is(s.age[item]) {
					num++
				}
			}
			return num, den
		})})
	}
	for i := range metrics {
		metrics[i].refusal = refusal
	}
	return metrics
}

// medianAge is the median age m over all slots. Its influences are those of the
// share of slots that are not older than m, by the density of ages there, which
// follows from the ages m± within which that share moves by two standard errors
// (Woodruff 1952).
func (s *scene) medianAge(l *madeLists) influence {
	return func(weight []float64) (float64, []float64) { return s.weighedMedianAge(l, weight) }
}

func (s *scene) weighedMedianAge(l *madeLists, weight []float64) (float64, []float64) {
	mass := make([]float64, len(s.articles))
	for i, w := range weight {
		for _, item := range l.list(i) {
			mass[item] += w
		}
	}
	ages, byAge := make([]float64, len(s.byAge)), make([]float64, len(s.byAge))
	for i, article := range s.byAge {
		ages[i], byAge[i] = s.age[article], mass[article]
	}
	m := metric.WeightedMedian(ages, byAge)
	num, den := make([]float64, len(weight)), make([]float64, len(weight))
	for i, w := range weight {
		for _, item := range l.list(i) {
			if math.IsNaN(s.age[item]) {
				continue
			}
			den[i] += w
			if s.age[item] <= m {
				num[i] += w
			}
		}
	}
	below, psi := estimate.RatioInfluence(num, den)
	width := 2 * estimate.Clustered(below, psi).SE
	slope := 0.0
	if width > 0 && !math.IsInf(width, 0) {
		total := estimate.Sum(byAge)
		slope = (quantile(ages, byAge, total*(0.5+width)) - quantile(ages, byAge, total*(0.5-width))) / (2 * width)
	}
	for i, d := range den {
		psi[i] *= -slope
		if d == 0 {
			psi[i] = math.NaN()
		}
	}
	return m, psi
}

// quantile is the smallest x, ascending, up to which so much weight lies.
func quantile(x, weight []float64, until float64) float64 {
	sum := 0.0
	last := 0.0
	for i, w := range weight {
		if w == 0 {
			continue
		}
		sum += w
		last = x[i]
		if sum >= until {
			break
		}
	}
	return last
}

// stabilityMetrics say how far lists are from those of the baseline. Articles
// under which neither has a list have no part in them.
func (s *scene) stabilityMetrics(base *madeLists) []listMetric {
	either := func(l *madeLists, seed int) bool { return len(l.list(seed)) > 0 || len(base.list(seed)) > 0 }
	likeness := func(name string, f func(a, b []int32) float64) listMetric {
		return listMetric{name: name, share: true, look: s.ratio(func(l *madeLists, seed int) (float64, float64) {
			if !either(l, seed) {
				return 0, 0
			}
			return f(l.list(seed), base.list(seed)), 1
		})}
	}
	count := func(name string, lower bool, f func(a, b []int32) bool) listMetric {
		return listMetric{name: name, lower: lower, exact: func(l *madeLists) (float64, int) {
			n, all := 0, 0
			for i := range s.seeds {
				if !either(l, i) {
					continue
				}
				all++
				if f(l.list(i), base.list(i)) {
					n++
				}
			}
			return float64(n) / float64(max(all, 1)), all
		}}
	}
	return []listMetric{
		likeness("stability.rbo", func(a, b []int32) float64 { return metric.RBO(a, b, patience) }),
		likeness(s.atK("stability.jaccard"), metric.Jaccard),
		count("stability.top1_changed", true, func(a, b []int32) bool { return !slices.Equal(a[:min(len(a), 1)], b[:min(len(b), 1)]) }),
		count("stability.unchanged", false, slices.Equal[[]int32]),
	}
}
