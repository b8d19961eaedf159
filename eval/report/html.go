package report

import (
	"bytes"
	"embed"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/gate"
)

//go:embed html
var files embed.FS

var page = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"thousands": thousands,
	"mark":      wordClass,
	"pair":      func(of any, simulated string) pairView { return pairView{of, simulated} },
	"style":     func() template.CSS { return template.CSS(mustRead("html/page.css")) },
}).ParseFS(files, "html/*.html"))

func mustRead(name string) string {
	text, err := files.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(text)
}

// maxChanged is how many changed lists a page shows.
const maxChanged = 20

type pageView struct {
	Simulated  string
	Title      string
	Headline   string
	Sentence   string
	EffectName string
	JoinShare  string
	JoinOf     string
	Baseline   string
	Candidates []string
	Gates      []gateView
	Forests    []*forest
	Figures    []*figure
	Weights    []*figure
	Slices     *forest
	Backtest   *forest
	Levels     []levelView
	Reading    *readingView
	Changed    []changeView
	Facts      []string
	Inputs     []eval.Input
	Seed       uint64
	Clicks     bool // something is said of clicks
	Reads      bool // something is said of agreement with reading
}

// A pairView is a figure and whether its readers are simulated.
type pairView struct {
	Of        any
	Simulated string
}

type gateView struct {
	gate.Verdict
	Decided string
	What    string
}

// A levelView is the table of one level: a row for each metric, a column for
// each ranking.
type levelView struct {
	Name, Lead string
	Rankings   []string
	Rows       []metricRow
	Refusals   []string
}

type metricRow struct {
	Metric, What string
	Cells        []metricCell
}

// A metricCell is one value. Its Note is the number of a refusal, from 1.
type metricCell struct {
	Value, Change string
	Note          int
	Base          bool
}

type readingView struct {
	About   string
	Metrics []string
	Rows    []readingRow
}

type readingRow struct {
	Name, Note  string
	Values      []string
	MostLinksIn string
	WithoutList string
}

type changeView struct {
	eval.Change
	Likeness string
}

// WriteHTML writes the report as one page that needs nothing beside itself: no
// script, no font, no picture from elsewhere.
func (r *Report) WriteHTML(w io.Writer) error {
	var b bytes.Buffer
	if err := page.Execute(&b, r.view()); err != nil {
		return err
	}
	// A number and its percent sign stand on one line.
	_, err := w.Write(bytes.ReplaceAll(b.Bytes(), []byte(" %"), []byte("\u00a0%")))
	return err
}

func (r *Report) view() pageView {
	effect, sentence := r.verdict()
	v := pageView{
		Simulated: r.simulated(), Headline: headline(effect), Sentence: sentence, EffectName: effectJSON(effect),
		Baseline: r.out.Baseline, Candidates: r.candidates(),
		Slices: r.sliceForest(), Backtest: r.backtestForest(), Weights: r.weightFigures(),
		Reading: r.readingView(), Facts: r.facts(), Inputs: r.out.Inputs, Seed: r.out.Seed,
	}
	v.JoinShare, v.JoinOf = r.joined()
	v.Title = "Evaluation of " + strings.Join(v.Candidates, ", ")
	for i := range r.verdicts {
		verdict := r.verdicts[i]
		v.Gates = append(v.Gates, gateView{verdict, decided(&verdict), metricName(verdict.Metric)})
	}
	if f := r.gateForest(); f != nil {
		v.Forests = append(v.Forests, f)
	}
	for _, f := range []*figure{r.curveFigure(), r.dailyFigure(), r.exposureFigure()} {
		if f != nil {
			v.Figures = append(v.Figures, f)
		}
	}
	for _, l := range []struct {
		level eval.Level
		lead  string
	}{
		{eval.LevelDrawn, "A share of the lists was drawn at random with known chances, so that clicks can be re-weighted to what a ranking would have shown."},
		{eval.LevelShown, "Clicks on what the variants showed, corrected for position. Nothing was drawn at random, so links that were never shown cannot be judged."},
		{eval.LevelReads, "How often the next article that a reader read is in the list. This is no forecast of clicks."},
		{eval.LevelList, "What can be said of the lists by looking at them alone. Readers have no part in it."},
	} {
		table := r.levelView(l.level)
		if table == nil {
			continue
		}
		table.Lead = l.lead
		v.Levels = append(v.Levels, *table)
		v.Clicks = v.Clicks || l.level == eval.LevelDrawn || l.level == eval.LevelShown
		v.Reads = v.Reads || l.level == eval.LevelReads
	}
	v.Reads = v.Reads || v.Reading != nil
	for _, c := range r.out.Changed[:min(len(r.out.Changed), maxChanged)] {
		v.Changed = append(v.Changed, changeView{c, gate.Number(c.RBO)})
	}
	return v
}

// levelView is the table of the measures of a level, of everything rather than of
// slices; nil if there are none.
func (r *Report) levelView(level eval.Level) *levelView {
	view := &levelView{Name: levelName(level)}
	type key struct{ metric, average string }
	var keys []key
	cells := map[key]map[string]*eval.Measure{}
	for i := range r.out.Measures {
		m := &r.out.Measures[i]
		if m.Level != level || m.Slice != "" {
			continue
		}
		k := key{m.Metric, m.Average}
		if cells[k] == nil {
			cells[k] = map[string]*eval.Measure{}
			keys = append(keys, k)
		}
		cells[k][m.Ranking] = m
		if !slices.Contains(view.Rankings, m.Ranking) {
			view.Rankings = append(view.Rankings, m.Ranking)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	for _, k := range keys {
		row := metricRow{Metric: k.metric, What: metricName(k.metric)}
		if k.average != "" {
			row.Metric += ", by " + map[string]string{"seed": "article"}[k.average] + map[string]string{"traffic": "traffic", "reader": "reader"}[k.average]
		}
		for _, name := range view.Rankings {
			m := cells[k][name]
			cell := metricCell{Value: "–", Base: name == r.out.Baseline}
			switch {
			case m == nil:
			case m.Refusal != "":
				cell.Value, cell.Note = "not measurable", view.refusal(m.Refusal)
			default:
				cell.Value = gate.Number(m.Value.Value)
				if name != r.out.Baseline && m.Delta.Value != 0 {
					cell.Change = change(m)
				} else if name != r.out.Baseline {
					cell.Change = "equal"
				}
			}
			row.Cells = append(row.Cells, cell)
		}
		view.Rows = append(view.Rows, row)
	}
	return view
}

// refusal is the number of a refusal below the table.
func (v *levelView) refusal(reason string) int {
	if i := slices.Index(v.Refusals, reason); i >= 0 {
		return i + 1
	}
	v.Refusals = append(v.Refusals, reason)
	return len(v.Refusals)
}

// readingView is agreement with reading as the log of reads gives it.
func (r *Report) readingView() *readingView {
	if r.out.Reading == nil {
		return nil
	}
	of := reading{r.out.Reading}
	truth := r.out.Reading.Truth
	view := &readingView{Metrics: r.out.Reading.Metrics, About: strings.Join([]string{
		plural(truth.Join.Joined, "read") + " of " + plural(truth.Readers, "reader") + " give " + plural(truth.Pairs(), "pair") +
			" of " + plural(truth.ReadersWithPairs(), "reader"), of.time(),
	}, "; ") + "."}
	for _, ranking := range of.rankings() {
		row := readingRow{Name: ranking.Name, Note: ranking.Note, MostLinksIn: thousands(ranking.MostLinksIn), WithoutList: thousands(ranking.WithoutList)}
		for _, value := range ranking.Values {
			row.Values = append(row.Values, withInterval(value, gate.Number))
		}
		view.Rows = append(view.Rows, row)
	}
	return view
}
