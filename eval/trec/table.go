package trec

import (
	"math"
	"slices"

	"github.com/alsolike/alsolike/eval/metric"
)

// table is every measure of a version, in the order in which they are printed.
func table(version int) []measure {
	deep := []float64{5, 10, 15, 20, 30, 100, 200, 500, 1000}
	recalls := []float64{0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1}
	need := neededAt(version)
	dcg := &params{} // dcg, ideal_dcg and ndcg have one set of gains
	all := []measure{
		{name: "runid", by: &params{}, print: textSum},
		count("num_q", func(*topic) int { return 1 }).prints(wholeSum, queries),
		count("num_ret", (*topic).retrieved),
		count("num_rel", func(t *topic) int { return t.relevant }).prints(whole, relevant),
		count("num_rel_ret", func(t *topic) int { return t.found }),
		one("map", averagePrecision),
		one("gm_map", logOf(averagePrecision)).prints(summary, geometric),
		one("Rprec", func(t *topic) float64 { return metric.RPrec(t.hits, t.relevant) }),
		one("bpref", bpref),
		one("recip_rank", func(t *topic) float64 { return metric.RR(t.hits, t.retrieved()) }),
		along("iprec_at_recall", recalls, func(t *topic, recall float64) float64 {
			return interpolated(t, need(t, recall))
		}),
		at("P", deep, func(t *topic, k int) float64 { return metric.P(t.hits, k) }),
		{name: "relstring", takes: numbers, by: &params{numbers: []float64{10}}, print: textQuery, text: relString},
		at("recall", deep, func(t *topic, k int) float64 { return metric.R(t.hits, t.relevant, k) }),
		one("infAP", func(t *topic) float64 { return metric.InfAP(t.hits, t.relevant) }),
		one("gm_bpref", logOf(bpref)).prints(summary, geometric),
		along("Rprec_mult", []float64{0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2}, func(t *topic, times float64) float64 {
			return metric.P(t.hits, max(0, int(times*float64(t.relevant)+0.9)))
		}),
		with("utility", []float64{1, -1, 0, 0}, func(t *topic, w []float64) float64 {
			return metric.Utility(t.retrieved(), t.found, t.relevant, t.opts.Collection, [4]float64(w))
		}),
		with("11pt_avg", recalls, func(t *topic, recalls []float64) float64 { return elevenPoint(t, recalls, need) }),
		one("binG", binG),
		gained("G", &params{}, (*worth).g),
		gained("dcg", dcg, (*worth).dcg).from(10),
		gained("ideal_dcg", dcg, (*worth).idealDCG).from(10),
		gained("ndcg", dcg, (*worth).ndcg),
		gained("ndcg_rel", &params{}, (*worth).ndcgRel),
		gained("Rndcg", &params{}, (*worth).rndcg),
		at("ndcg_cut", deep, func(t *topic, k int) float64 { return metric.NDCG(t.grades, t.ideal, k) }),
		at("map_cut", deep, func(t *topic, k int) float64 { return metric.AP(t.hits, t.relevant, k) }),
		at("relative_P", deep, func(t *topic, k int) float64 {
			return metric.R(t.hits, min(k, t.relevant), k)
		}),
		at("success", []float64{1, 5, 10}, func(t *topic, k int) float64 { return metric.HR(t.hits, k) }),
		one("set_P", setP),
		one("set_relative_P", func(t *topic) float64 {
			return metric.R(t.hits, min(t.retrieved(), t.relevant), t.retrieved())
		}),
		one("set_recall", setRecall),
		one("set_map", func(t *topic) float64 {
			if t.retrieved() == 0 || t.relevant == 0 {
				return 0
			}
			return float64(t.found) * float64(t.found) / (float64(t.retrieved()) * float64(t.relevant))
		}),
		with("set_F", []float64{1}, func(t *topic, x []float64) float64 { return metric.F(setP(t), setRecall(t), x[0]) }),
		count("num_nonrel_judged_ret", func(t *topic) int {
			judged := 0
			for _, g := range t.grades {
				if g >= 0 {
					judged++
				}
			}
			return judged - t.found
		}),
		one("yaap", func(t *topic) float64 {
			sum := metric.AP(t.hits, 1, t.retrieved())
			return math.Log((1 + sum) / (1 + float64(t.relevant) - sum))
		}),
		{name: "rbp", takes: gains, by: &params{}, since: 10, values: rbp},
		{name: "rbp_resid", takes: gains, by: &params{}, since: 10, values: rbpResidual},
		at("unj", []float64{5, 10, 20}, func(t *topic, k int) float64 {
			unjudged := 0
			for _, g := range t.grades[:min(k, len(t.grades))] {
				if g < 0 {
					unjudged++
				}
			}
			return float64(unjudged) / float64(k)
		}).from(10),
	}
	return slices.DeleteFunc(all, func(m measure) bool { return m.since > version })
}

// nicknames stand for several measures at once.
var nicknames = map[string]string{
	"official": "runid num_q num_ret num_rel num_rel_ret map gm_map Rprec bpref recip_rank iprec_at_recall P",
	"set": "runid num_q num_ret num_rel num_rel_ret utility set_P set_recall set_relative_P " +
		"set_map set_F",
	"all_trec": "runid num_q num_ret num_rel num_rel_ret map gm_map Rprec bpref recip_rank " +
		"iprec_at_recall P relstring recall unj rbp rbp_resid infAP gm_bpref utility 11pt_avg " +
		"ndcg relative_P Rprec_mult success map_cut ndcg_cut ndcg_rel Rndcg binG G set_P " +
		"set_recall set_relative_P set_map set_F num_nonrel_judged_ret",
}

// logOf is the logarithm of a measure, but of no less than 0.00001.
func logOf(f func(*topic) float64) func(*topic) float64 {
	return func(t *topic) float64 { return math.Log(max(f(t), leastOfGeometricMean)) }
}

const leastOfGeometricMean = 0.00001

func averagePrecision(t *topic) float64 { return metric.AP(t.hits, t.relevant, t.retrieved()) }

func bpref(t *topic) float64 { return metric.BPref(t.hits, t.relevant, t.irrelevant) }

func setP(t *topic) float64 { return metric.P(t.hits, t.retrieved()) }

func setRecall(t *topic) float64 { return metric.R(t.hits, t.relevant, t.retrieved()) }

// neededAt is how many relevant documents a point of recall needs. The version
// before 10 adds 0.9 and cuts, which lets rounding of the product decide.
func neededAt(version int) func(t *topic, recall float64) int {
	if version < 10 {
		return func(t *topic, recall float64) int { return int(recall*float64(t.relevant) + 0.9) }
	}
	return func(t *topic, recall float64) int { return int(math.Round(recall * float64(t.relevant))) }
}

// interpolated is the highest precision once need relevant documents are
// found; of no list at all it is not a number, as in trec_eval.
func interpolated(t *topic, need int) float64 {
	if t.retrieved() == 0 && need <= 0 {
		return math.NaN()
	}
	return metric.IPrec(t.hits, need)
}

// elevenPoint is the mean of the interpolated precision at points of recall,
// made from the last point to the first. A point above the one behind it gets,
// with all before it, the highest precision: the points are meant to rise.
func elevenPoint(t *topic, recalls []float64, need func(*topic, float64) int) float64 {
	last := len(recalls) - 1
	for last >= 0 && need(t, recalls[last]) > t.found {
		last--
	}
	sum, reached := 0.0, t.found
	for _, recall := range slices.Backward(recalls[:last+1]) {
		n := need(t, recall)
		if n > reached {
			n = 0
		}
		reached = n
		sum += interpolated(t, n)
	}
	return sum / float64(len(recalls))
}

// relString is the grades of the first documents, a byte each: a digit, > above
// 9, - for one that was not to be judged, . for one left out of the sample.
func relString(t *topic, p *params) string {
	n := max(0, min(int(p.numbers[0]), t.retrieved()))
	text := make([]byte, n)
	for i, g := range t.grades[:n] {
		switch {
		case g == metric.Unjudged:
			text[i] = '-'
		case g < 0:
			text[i] = '.'
		case g > 9:
			text[i] = '>'
		default:
			text[i] = '0' + byte(g)
		}
	}
	return "'" + string(text) + "'"
}

// binG is Σ 1/log2(2 + irrelevant documents above) over the relevant ones, by
// how many there are.
func binG(t *topic) float64 {
	sum, found := 0.0, 0
	for i, g := range t.hits {
		if g > 0 {
			found++
			sum += 1 / math.Log2(float64(3+i-found))
		}
	}
	if found == 0 {
		return 0
	}
	return sum / float64(t.relevant)
}
