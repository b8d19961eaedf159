package eval

import (
	"math"

	"github.com/alsolike/alsolike/eval/estimate"
)

// A listMetric is one number about the lists of a ranking: an estimate over lists
// that stand for others like them, or an exact count.
type listMetric struct {
	name    string
	lower   bool // is better
	share   bool // from 0 to 1
	refusal string
	doubts  []string

	// One of these is set. look works out of a ranking's lists whatever does not
	// depend on weights; what it returns is the number when the lists count by
	// weight, and how much each one moves it: NaN for those that have no part in it.
	look func(l *madeLists) influence

	// exact is the number where it is a count, and how many lists it is over.
	exact func(l *madeLists) (value float64, lists int)
}

// An influence is a number and how much each list moves it, by their weights.
type influence func(weight []float64) (value float64, psi []float64)

// measure is the metric of every ranking beside that of base: one measure for
// each way of averaging.
func (m listMetric) measure(s *scene, rankings []*madeLists, base *madeLists) [][]Measure {
	measures := make([][]Measure, len(rankings))
	if m.refusal != "" {
		for i, l := range rankings {
			measures[i] = []Measure{{Ranking: l.name, Metric: m.name, Level: LevelList, LowerIsBetter: m.lower, Refusal: m.refusal}}
		}
		return measures
	}
	if m.exact != nil {
		b, of := m.exact(base)
		for i, l := range rankings {
			v, lists := m.exact(l)
			measures[i] = []Measure{{
				Ranking: l.name, Metric: m.name, Level: LevelList, LowerIsBetter: m.lower, Exact: true, Doubts: m.doubts,
				Value: counted(v, lists), Baseline: counted(b, of), Delta: counted(v-b, lists),
			}}
		}
		return measures
	}
	ones := make([]float64, len(s.seeds))
	for i := range ones {
		ones[i] = 1
	}
	type way struct {
		average  string
		weight   []float64
		b        float64
		basePsi  []float64
		baseline estimate.Result
	}
	ways := []way{{average: AverageSeed, weight: ones}}
	if s.traffic != nil {
		ways = append(ways, way{average: AverageTraffic, weight: s.traffic})
	}
	ofBase := m.look(base)
	for i := range ways {
		w := &ways[i]
		w.b, w.basePsi = ofBase(w.weight)
		w.baseline = m.result(w.b, w.basePsi)
	}
	for i, l := range rankings {
		of := m.look(l)
		for _, w := range ways {
			v, psi := of(w.weight)
			measure := Measure{
				Ranking: l.name, Metric: m.name, Level: LevelList, Average: w.average, LowerIsBetter: m.lower, Doubts: m.doubts,
				Value: m.result(v, psi), Baseline: w.baseline, Delta: listDifference(v, psi, w.b, w.basePsi),
			}
			if math.IsNaN(v) || math.IsNaN(w.b) {
				measure.Refusal = "no list of " + l.name + " holds anything that " + m.name + " could be worked out from"
				if math.IsNaN(w.b) {
					measure.Refusal = "no list of " + base.name + ", the baseline, holds anything that " + m.name + " could be worked out from"
				}
			}
			measures[i] = append(measures[i], measure)
		}
	}
	return measures
}

// result is a value with its interval over the lists that have a part in it.
func (m listMetric) result(value float64, psi []float64) estimate.Result {
	kept := make([]float64, 0, len(psi))
	for _, v := range psi {
		if !math.IsNaN(v) {
			kept = append(kept, v)
		}
	}
	r := estimate.Clustered(value, kept)
	if m.share {
		return share(r)
	}
	return r
}

// listDifference is a − b over the lists that have a part in either.
func listDifference(a float64, psiA []float64, b float64, psiB []float64) estimate.Result {
	kept := make([]float64, 0, len(psiA))
	for i := range psiA {
		switch x, y := psiA[i], psiB[i]; {
		case math.IsNaN(x) && math.IsNaN(y):
		case math.IsNaN(x):
			kept = append(kept, -y)
		case math.IsNaN(y):
			kept = append(kept, x)
		default:
			kept = append(kept, x-y)
		}
	}
	return estimate.Clustered(a-b, kept)
}

// counted is an exact number over so many lists.
func counted(value float64, lists int) estimate.Result {
	return estimate.Result{Value: value, Low: value, High: value, Clusters: lists}
}

// ratio is Σ weight·num over Σ weight·den, where parts gives num and den of every
// list; a list whose den is 0 has no part in it.
func (s *scene) ratio(parts func(l *madeLists, seed int) (num, den float64)) func(*madeLists) influence {
	return func(l *madeLists) influence {
		nums, dens := make([]float64, len(s.seeds)), make([]float64, len(s.seeds))
		for i := range s.seeds {
			nums[i], dens[i] = parts(l, i)
		}
		return func(weight []float64) (float64, []float64) {
			num, den := make([]float64, len(weight)), make([]float64, len(weight))
			for i, w := range weight {
				num[i], den[i] = w*nums[i], w*dens[i]
			}
			value, psi := estimate.RatioInfluence(num, den)
			for i, d := range den {
				if d == 0 {
					psi[i] = math.NaN()
				}
			}
			return value, psi
		}
	}
}

// spread is a number that depends on how much each of n things is shown, with its
// gradient; of is the thing that an item is, −1 for none, and attention what a
// slot gives it.
func spread(n int, of []int32, attention []float64, value func([]float64) float64, gradient func([]float64) []float64) func(*madeLists) influence {
	return func(l *madeLists) influence {
		return func(weight []float64) (float64, []float64) {
			x := shownMass(l, n, of, attention, weight)
			v, slope := value(x), gradient(x)
			psi := make([]float64, len(weight))
			for i, w := range weight {
				psi[i] = math.NaN()
				if w == 0 {
					continue
				}
				for slot, item := range l.list(i) {
					if thing := of[item]; thing >= 0 {
						if math.IsNaN(psi[i]) {
							psi[i] = 0
						}
						psi[i] += w * attention[slot] * slope[thing]
					}
				}
			}
			return v, psi
		}
	}
}

// shownMass is how much each of n things is shown over all lists.
func shownMass(l *madeLists, n int, of []int32, attention, weight []float64) []float64 {
	x := make([]float64, n)
	for i, w := range weight {
		for slot, item := range l.list(i) {
			if thing := of[item]; thing >= 0 {
				x[thing] += w * attention[slot]
			}
		}
	}
	return x
}
