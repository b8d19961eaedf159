package report

import (
	"encoding/json"
	"io"

	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/gate"
)

// format is the version of the JSON report. Keys may be added to it; when one
// goes or changes its meaning, the number grows.
const format = 1

// reportJSON is described by schema.json.
type reportJSON struct {
	Format    int        `json:"format"`
	Simulated string     `json:"simulated,omitempty"`
	Verdict   string     `json:"verdict"`
	Summary   string     `json:"summary"`
	Gates     []gateJSON `json:"gates"`
	JoinRate  float64    `json:"join_rate"`
	*readingJSON
	K         []int                             `json:"k"`
	Baseline  string                            `json:"baseline,omitempty"`
	Metrics   map[string]map[string]float64     `json:"metrics"`   // ranking -> metric -> value
	Intervals map[string]map[string][2]*float64 `json:"intervals"` // the same -> low, high
	Rankings  []rankingJSON                     `json:"rankings"`
	Inputs    inputsJSON                        `json:"inputs"`
	Measures  []measureJSON                     `json:"measures"`

	Log          *logJSON        `json:"log,omitempty"`
	Curve        *curveJSON      `json:"position_curve,omitempty"`
	CurveRefusal string          `json:"position_curve_refusal,omitempty"`
	Experiment   *experimentJSON `json:"experiment,omitempty"`
	Daily        []dayJSON       `json:"daily,omitempty"`
	Exposure     []exposureJSON  `json:"exposure,omitempty"`
	Backtest     []backtestJSON  `json:"backtest,omitempty"`
	Changed      []changeJSON    `json:"changed,omitempty"`
}

type gateJSON struct {
	Name      string     `json:"name"`
	Metric    string     `json:"metric"`
	Level     eval.Level `json:"level"`
	Slice     string     `json:"slice"`
	Candidate string     `json:"candidate"`
	Asks      string     `json:"asks"`
	Verdict   gate.Word  `json:"verdict"`
	Effect    string     `json:"effect"`
	Delta     *float64   `json:"delta"`
	Low       *float64   `json:"low"`
	High      *float64   `json:"high"`
	Alpha     float64    `json:"alpha"`
	Margin    *float64   `json:"margin"`
	Limit     *float64   `json:"limit"`
	Value     *float64   `json:"value"`
	Baseline  *float64   `json:"baseline"`
	Decided   []string   `json:"decided"`
	Reason    string     `json:"reason"`
	Doubts    []string   `json:"doubts,omitempty"`
}

type rankingJSON struct {
	Name string `json:"name"`
	Role string `json:"role"`
	Note string `json:"note,omitempty"`
	*rankingReadingJSON
}

type inputsJSON struct {
	Reads      string            `json:"reads"`      // hash of the log of reads, empty without one
	Seed       uint64            `json:"seed"`       // of everything that is drawn
	Candidates map[string]string `json:"candidates"` // by name: "snapshot ID", or the hash of a ranking
	Files      []inputJSON       `json:"files"`      // everything
}

type inputJSON struct {
	Role string `json:"role"`
	Name string `json:"name"`
	Hash string `json:"hash"`
}

type resultJSON struct {
	Value    *float64 `json:"value"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
	SE       *float64 `json:"se"`
	Clusters int      `json:"clusters"`
}

type measureJSON struct {
	Ranking       string            `json:"ranking"`
	Metric        string            `json:"metric"`
	Level         eval.Level        `json:"level"`
	Slice         string            `json:"slice"`
	Average       string            `json:"average"`
	Estimator     string            `json:"estimator"`
	Value         *resultJSON       `json:"value"`
	Baseline      *resultJSON       `json:"baseline"`
	Delta         *resultJSON       `json:"delta"`
	LowerIsBetter bool              `json:"lower_is_better"`
	Exact         bool              `json:"exact"`
	Refusal       string            `json:"refusal,omitempty"`
	Contested     string            `json:"contested,omitempty"`
	Ungated       string            `json:"ungated,omitempty"`
	Doubts        []string          `json:"doubts,omitempty"`
	Diagnostics   *diagnosticsJSON  `json:"diagnostics,omitempty"`
	Others        []alternativeJSON `json:"others,omitempty"`
}

type diagnosticsJSON struct {
	Impressions    int       `json:"impressions"`
	Clicks         int       `json:"clicks"`
	Clusters       int       `json:"clusters"`
	ESS            *float64  `json:"ess"`
	MaxWeightShare *float64  `json:"max_weight_share"`
	MeanWeight     *float64  `json:"mean_weight"`
	MeanWeightZ    *float64  `json:"mean_weight_z"`
	Unsupported    *float64  `json:"unsupported"`
	MinPropensity  *float64  `json:"min_propensity"`
	SEBySource     *float64  `json:"se_by_source"`
	Histogram      []binJSON `json:"histogram,omitempty"`
	TopReaders     []float64 `json:"top_readers,omitempty"`
}

type binJSON struct {
	From *float64 `json:"from"`
	To   *float64 `json:"to"`
	N    int      `json:"n"`
}

type alternativeJSON struct {
	Estimator string      `json:"estimator"`
	Value     *resultJSON `json:"value"`
	Delta     *resultJSON `json:"delta"`
	Refusal   string      `json:"refusal,omitempty"`
}

// WriteJSON writes the report as one indented JSON object, in the form that
// Schema describes.
func (r *Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r.json())
}

func (r *Report) json() reportJSON {
	effect, summary := r.verdict()
	out := reportJSON{
		Format: format, Simulated: r.out.Simulated, Verdict: effectJSON(effect), Summary: summary,
		Gates: []gateJSON{}, JoinRate: r.out.JoinRate, K: []int{}, Baseline: r.out.Baseline,
		Metrics: map[string]map[string]float64{}, Intervals: map[string]map[string][2]*float64{},
		Rankings: []rankingJSON{}, Inputs: r.inputsJSON(), Measures: []measureJSON{}, CurveRefusal: r.out.CurveRefusal,
	}
	if r.out.K > 0 {
		out.K = []int{r.out.K}
	}
	for i := range r.verdicts {
		out.Gates = append(out.Gates, verdictJSON(&r.verdicts[i]))
	}
	for i, info := range r.out.Rankings {
		out.Rankings = append(out.Rankings, rankingJSON{Name: info.Name, Role: info.Role, Note: info.Note})
		out.Metrics[info.Name], out.Intervals[info.Name] = map[string]float64{}, map[string][2]*float64{}
		if of := r.readingOf(info.Name); of != nil {
			out.Rankings[i].rankingReadingJSON = &rankingReadingJSON{
				MostLinksIn: of.MostLinksIn, MostLinked: of.MostLinked, WithoutList: of.WithoutList, Dropped: droppedJSON(of.Dropped),
			}
		}
	}
	for _, m := range r.plainMeasures() {
		if of := out.Metrics[m.Ranking]; of != nil && known(m.Value.Value) != nil {
			of[m.Metric], out.Intervals[m.Ranking][m.Metric] = m.Value.Value, interval(m.Value)
		}
	}
	if r.out.Reading != nil {
		of := reading{r.out.Reading}
		out.readingJSON, out.K = of.json(), r.out.Reading.K
		for _, ranking := range of.rankings() {
			values, intervals := of.named(ranking.Values)
			for metric, v := range values {
				if out.Metrics[ranking.Name] == nil {
					continue
				}
				out.Metrics[ranking.Name][metric], out.Intervals[ranking.Name][metric] = v, intervals[metric]
			}
		}
	}
	for i := range r.out.Measures {
		out.Measures = append(out.Measures, newMeasureJSON(&r.out.Measures[i]))
	}
	r.findingsJSON(&out)
	return out
}

// readingOf is what agreement with reading says of a ranking, or nil.
func (r *Report) readingOf(name string) *eval.Ranking {
	if r.out.Reading == nil {
		return nil
	}
	all := reading{r.out.Reading}.rankings()
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	return nil
}

// plainMeasures are those that "metrics" shows: of everything rather than of a
// slice, and not refused. Of one metric at several levels the strongest comes last.
func (r *Report) plainMeasures() (plain []*eval.Measure) {
	for _, level := range []eval.Level{eval.LevelList, eval.LevelReads, eval.LevelShown, eval.LevelDrawn} {
		for _, average := range []string{"seed", "reader", "traffic", ""} {
			for i := range r.out.Measures {
				m := &r.out.Measures[i]
				if m.Level == level && m.Average == average && m.Slice == "" && m.Refusal == "" {
					plain = append(plain, m)
				}
			}
		}
	}
	return plain
}

func effectJSON(e gate.Effect) string {
	switch e {
	case "":
		return "none"
	case gate.Open:
		return "inconclusive"
	}
	return string(e)
}

func verdictJSON(v *gate.Verdict) gateJSON {
	return gateJSON{
		Name: v.Name, Metric: v.Metric, Level: v.Level, Slice: v.Slice, Candidate: v.Candidate, Asks: v.Asks(),
		Verdict: v.Word, Effect: effectJSON(v.Effect), Delta: known(v.Delta), Low: known(v.Low), High: known(v.High),
		Alpha: v.Rule.Alpha, Margin: known(v.Margin), Limit: known(v.Limit), Value: known(v.Value), Baseline: known(v.Reference),
		Decided: intervalParts(decider(v)), Reason: v.Reason, Doubts: v.Doubts,
	}
}

func (r *Report) inputsJSON() inputsJSON {
	in := inputsJSON{Reads: r.input(RoleReads).Hash, Seed: r.out.Seed, Candidates: map[string]string{}, Files: []inputJSON{}}
	for _, i := range r.out.Inputs {
		in.Files = append(in.Files, inputJSON(i))
		if i.Role == RoleCandidate {
			in.Candidates[i.Name] = i.Hash
		}
	}
	return in
}

func newResultJSON(r estimate.Result) *resultJSON {
	return &resultJSON{known(r.Value), known(r.Low), known(r.High), known(r.SE), r.Clusters}
}

// newMeasureJSON leaves out every number of a measure that is refused but those
// that say why.
func newMeasureJSON(m *eval.Measure) measureJSON {
	out := measureJSON{
		Ranking: m.Ranking, Metric: m.Metric, Level: m.Level, Slice: m.Slice, Average: m.Average, Estimator: m.Estimator,
		LowerIsBetter: m.LowerIsBetter, Exact: m.Exact, Refusal: m.Refusal, Contested: m.Contested, Ungated: m.Ungated, Doubts: m.Doubts,
	}
	if d := m.Diagnostics; d != nil {
		out.Diagnostics = &diagnosticsJSON{
			d.Impressions, d.Clicks, d.Clusters, known(d.ESS), known(d.MaxWeightShare), known(d.MeanWeight), known(d.MeanWeightZ),
			known(d.Unsupported), known(d.MinPropensity), nil, nil, d.TopReaders,
		}
		for _, b := range d.Histogram {
			out.Diagnostics.Histogram = append(out.Diagnostics.Histogram, binJSON{known(b.From), known(b.To), b.N})
		}
	}
	if m.Refusal != "" {
		return out
	}
	out.Value, out.Baseline, out.Delta = newResultJSON(m.Value), newResultJSON(m.Baseline), newResultJSON(m.Delta)
	if out.Diagnostics != nil {
		out.Diagnostics.SEBySource = known(m.Diagnostics.SEBySource)
	}
	for _, o := range m.Others {
		other := alternativeJSON{Estimator: o.Estimator, Refusal: o.Refusal}
		if o.Refusal == "" {
			other.Value, other.Delta = newResultJSON(o.Value), newResultJSON(o.Delta)
		}
		out.Others = append(out.Others, other)
	}
	return out
}
