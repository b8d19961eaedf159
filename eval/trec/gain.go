package trec

import (
	"cmp"
	"math"
	"slices"

	"github.com/alsolike/alsolike/eval/metric"
)

// worth is what the documents of a topic are worth: those of the list, and
// those of the best list there could be, as far as they are worth something.
type worth struct {
	got, ideal []float64
	relevant   int
}

// A level is what one grade is worth.
type level struct {
	grade, documents int
	gain             float64
}

// worthOf gives each grade its gain: the grade itself, or what the parameters say.
func worthOf(t *topic, p *params) *worth {
	levels := levelsOf(t, p)
	w := &worth{got: make([]float64, t.retrieved()), relevant: t.relevant}
	for i, g := range t.grades {
		w.got[i] = gainOf(levels, g)
	}
	for i, l := range slices.Backward(levels) {
		if l.gain <= 0 && (l.documents > 0 || i == len(levels)-1) {
			break
		}
		for range l.documents {
			w.ideal = append(w.ideal, l.gain)
		}
	}
	return w
}

// levelsOf is the grades from 0 to the highest judged and those that the
// parameters name, sorted by gain.
func levelsOf(t *topic, p *params) []level {
	levels := slices.Clone(p.levels)
	for grade, documents := range t.levels {
		i := slices.IndexFunc(p.levels, func(l level) bool { return l.grade == grade })
		if i < 0 {
			levels = append(levels, level{grade, documents, float64(grade)})
		} else {
			levels[i].documents = documents
		}
	}
	mergeSort(levels)
	return levels
}

func gainOf(levels []level, grade float64) float64 {
	for _, l := range levels {
		if float64(l.grade) == grade {
			return l.gain
		}
	}
	return 0
}

// mergeSort sorts by gain as the sort of C does under trec_eval, which compares
// the whole part of the difference: gains less than 1 apart are equal to it, so
// that the order of gains that are no whole numbers hangs on the algorithm.
func mergeSort(levels []level) {
	if len(levels) < 2 {
		return
	}
	half := len(levels) / 2
	low, high := slices.Clone(levels[:half]), slices.Clone(levels[half:])
	mergeSort(low)
	mergeSort(high)
	for i := range levels {
		if len(high) == 0 || len(low) > 0 && cmp.Compare(int(low[0].gain-high[0].gain), 0) <= 0 {
			levels[i], low = low[0], low[1:]
		} else {
			levels[i], high = high[0], high[1:]
		}
	}
}

// discounted is the sum of gains, each by the discount of its rank.
func discounted(gains []float64) float64 {
	sum := 0.0
	for i, g := range gains {
		sum += g / metric.Discount(i+1)
	}
	return sum
}

func (w *worth) dcg() float64      { return discounted(w.got) }
func (w *worth) idealDCG() float64 { return discounted(w.ideal) }

func (w *worth) ndcg() float64 {
	ideal := w.idealDCG()
	if ideal <= 0 {
		return 0
	}
	return w.dcg() / ideal
}

// ndcgRel is the mean of nDCG at the ranks of the documents that are worth
// something, and at the end for those not in the list.
func (w *worth) ndcgRel() float64 {
	sum, got, ideal := 0.0, 0.0, 0.0
	found := 0
	for i, g := range w.got {
		got += g / metric.Discount(i+1)
		if i < len(w.ideal) {
			ideal += w.ideal[i] / metric.Discount(i+1)
		}
		if g > 0 {
			sum += got / ideal
			found++
		}
	}
	sum += float64(len(w.ideal)-found) * got / w.idealDCG()
	if !(sum > 0) {
		return 0
	}
	return sum / float64(len(w.ideal))
}

// rndcg is the mean of nDCG at the ranks where the gain of the best list falls,
// and at the end of the list.
func (w *worth) rndcg() float64 {
	if w.relevant == 0 {
		return 0
	}
	sum, got, ideal := 0.0, 0.0, 0.0
	steps := 0
	for i := range max(len(w.ideal)+1, len(w.got)) {
		if i > 0 && i <= len(w.ideal) && (i == len(w.ideal) || w.ideal[i] != w.ideal[i-1]) {
			sum += got / ideal
			steps++
		}
		if i < len(w.got) {
			got += w.got[i] / metric.Discount(i+1)
		}
		if i < len(w.ideal) {
			ideal += w.ideal[i] / metric.Discount(i+1)
		}
	}
	if len(w.got) > len(w.ideal)+1 && ideal > 0 {
		sum += got / ideal
		steps++
	}
	return sum / float64(steps)
}

// g is Σ gain/log2(2 + what the best list had gained more by then), where every
// rank of the best list counts at least 1, by the gain of the best list.
func (w *worth) g() float64 {
	sum, cost, gained := 0.0, 0.0, 0.0
	for i, g := range w.got {
		gained += g
		if i < len(w.ideal) {
			cost += max(w.ideal[i], 1)
		} else {
			cost++
		}
		if g != 0 {
			sum += g / math.Log2(2+cost-gained)
		}
	}
	best := 0.0
	for _, g := range w.ideal {
		best += g
	}
	if best <= 0 {
		return 0
	}
	return sum / best
}

// rbp is the rank-biased precision with p = 0.9 unless the parameters say p=…
// Where a gain lies outside 0 to 1, all are brought into it.
func rbp(t *topic, p *params, out []float64) {
	levels := levelsOf(t, p)
	low, high := 0.0, 0.0
	for _, l := range levels {
		low, high = min(low, l.gain), max(high, l.gain)
	}
	if low < 0 || high > 1 {
		for i := range levels {
			levels[i].gain = (levels[i].gain - low) / (high - low)
		}
	}
	got := make([]float64, t.retrieved())
	for i, g := range t.grades {
		got[i] = gainOf(levels, g)
	}
	out[0] = metric.RBP(got, p.persistence())
}

// rbpResidual is 0 where every document of the list is judged, as in trec_eval.
func rbpResidual(t *topic, p *params, out []float64) {
	if slices.ContainsFunc(t.grades, func(g float64) bool { return g < 0 }) {
		out[0] = metric.RBPResidual(t.grades, p.persistence())
	}
}
