package report

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"time"

	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/gate"
)

// A figure is a chart with its legend and the table of its numbers.
type figure struct {
	ID, Title, Lead string
	Legend          []legendKey
	Chart           template.HTML
	Note            string
	Table           *figureTable
}

// A legendKey says what a line of a class stands for.
type legendKey struct{ Class, Symbol, Label string }

// A figureTable has words in the first column and numbers in the others.
type figureTable struct {
	Head []string
	Rows [][]string
}

func percent(x float64) string { return gate.Number(100*x) + " %" }

// curveFigure shows how much of the attention of the first slot the others get.
func (r *Report) curveFigure() *figure {
	f := &figure{ID: "position", Title: "How attention falls from position to position"}
	c := r.out.Curve
	if c == nil {
		if r.out.CurveRefusal == "" {
			return nil
		}
		f.Note = "This log cannot tell: " + r.out.CurveRefusal
		return f
	}
	f.Lead = "Of 100 readers who look at the first link, so many look at the others. Click rates alone mix this with which article stands where; corrected, the same article is compared at two positions."
	top := 1.0
	for i := range c.Theta {
		top = max(top, finite(c.Theta[i].High), finite(c.Naive[i]))
	}
	y, n := scale{0, min(top, 2)}, float64(len(c.Theta))
	var d drawing
	r.yAxis(&d, y, percent)
	var corrected, naive []point
	table := &figureTable{Head: []string{"position", "corrected", "95 % interval", "click rates alone"}}
	for i, theta := range c.Theta {
		x := 100 * (float64(i) + 0.5) / n
		d.text(x, 100, 0, 20, "middle", fmt.Sprint(i+1))
		corrected = append(corrected, point{x, 100 - y.at(theta.Value)})
		naive = append(naive, point{x, 100 - y.at(c.Naive[i])})
		row := []string{fmt.Sprint(i + 1), percent(theta.Value), "–", percent(c.Naive[i])}
		if theta.Low < theta.High && !math.IsInf(theta.Low, 0) {
			d.line(x, 100-y.at(theta.Low), x, 100-y.at(theta.High), "bar c1")
			row[2] = percent(theta.Low) + " to " + percent(theta.High)
		}
		table.Rows = append(table.Rows, row)
	}
	d.path(naive, "line dashed c2")
	d.path(corrected, "line c1")
	for i := range naive {
		d.shape(naive[i].x, naive[i].y, "square", "hollow c2")
		d.shape(corrected[i].x, corrected[i].y, "dot", "c1")
	}
	f.Legend = []legendKey{{"c1", "dot", "corrected, with its interval"}, {"c2", "square", "click rates alone"}}
	f.Chart = d.chart(260, "The share of attention by position, corrected and as click rates alone")
	f.Table = table
	return f
}

// yAxis draws lines and numbers of an axis that stands.
func (r *Report) yAxis(d *drawing, y scale, write func(float64) string) {
	for _, v := range y.ticks(5) {
		at := 100 - y.at(v)
		d.line(0, at, 100, at, "grid")
		d.text(0, at, -8, 4, "end", write(v))
	}
}

func finite(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}

// dailyFigure shows the clicks of every variant day by day.
func (r *Report) dailyFigure() *figure {
	if len(r.out.Daily) == 0 {
		return nil
	}
	f := &figure{
		ID: "days", Title: "Clicks per list, day by day",
		Lead: "What readers of each variant really did. A jump on one day in all variants is news or a fault; a jump in one variant alone is worth a look.",
	}
	var days, variants []string
	byDay := map[[2]string]eval.Day{}
	var all []float64
	for _, day := range r.out.Daily {
		days, variants = append(days, day.Day), append(variants, day.Variant)
		byDay[[2]string{day.Day, day.Variant}] = day
		all = append(all, day.Clicks.Value, day.Clicks.Low, day.Clicks.High)
	}
	slices.Sort(days)
	slices.Sort(variants)
	days, variants = slices.Compact(days), slices.Compact(variants)
	y := around(all...)
	y.low = max(y.low, 0)
	var d drawing
	r.yAxis(&d, y, gate.Number)
	x := func(i int) float64 { return 100 * (float64(i) + 0.5) / float64(len(days)) }
	f.Table = &figureTable{Head: []string{"day"}}
	for i, v := range variants {
		class := series(i)
		name := v
		if name == "" {
			name = "(no name)"
		}
		f.Table.Head = append(f.Table.Head, name, "lists")
		f.Legend = append(f.Legend, legendKey{class, symbol(i), name})
		var middle, upper, lower []point
		for j, day := range days {
			p := byDay[[2]string{day, v}]
			value, low, high := math.NaN(), math.NaN(), math.NaN()
			if p.N > 0 {
				value = 100 - y.at(p.Clicks.Value)
				if !math.IsInf(p.Clicks.Low, 0) {
					low, high = 100-y.at(p.Clicks.Low), 100-y.at(p.Clicks.High)
				}
			}
			middle = append(middle, point{x(j), value})
			lower, upper = append(lower, point{x(j), low}), append(upper, point{x(j), high})
		}
		d.area(upper, lower, "band "+class)
		d.path(middle, "line "+class)
		for _, p := range middle {
			if !math.IsNaN(p.y) {
				d.shape(p.x, p.y, symbol(i), "small "+class)
			}
		}
	}
	for _, j := range slices.Compact([]int{0, len(days) / 2, len(days) - 1}) {
		d.text(x(j), 100, 0, 20, "middle", shortDay(days[j]))
	}
	for _, day := range days {
		row := []string{day}
		for _, v := range variants {
			p := byDay[[2]string{day, v}]
			if p.N == 0 {
				row = append(row, "–", "0")
				continue
			}
			row = append(row, withInterval(p.Clicks, gate.Number), thousands(p.N))
		}
		f.Table.Rows = append(f.Table.Rows, row)
	}
	f.Chart = d.chart(260, "Clicks per list of every variant, day by day, with 95 % intervals")
	return f
}

// shortDay is "2 Mar" for 2026-03-02.
func shortDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("2 Jan")
}

// exposureFigure shows how evenly rankings spread their links.
func (r *Report) exposureFigure() *figure {
	if len(r.out.Exposure) == 0 {
		return nil
	}
	f := &figure{
		ID: "spread", Title: "How evenly links are spread",
		Lead:  "Articles stand from the least to the most linked. On the straight line all would be linked alike; the lower a curve sags, the more a few articles take.",
		Table: &figureTable{Head: []string{"ranking", "Gini", "least linked half", "most linked tenth", "most linked hundredth"}},
	}
	var d drawing
	r.yAxis(&d, scale{0, 1}, percent)
	for _, v := range []float64{0, 0.25, 0.5, 0.75, 1} {
		d.text(100*v, 100, 0, 20, "middle", percent(v))
	}
	d.path([]point{{0, 100}, {100, 0}}, "line thin soft")
	others := 0
	for _, e := range r.out.Exposure {
		class := r.classOf(e.Ranking)
		points := make([]point, len(e.Lorenz))
		for i, v := range e.Lorenz {
			points[i] = point{100 * float64(i) / float64(len(e.Lorenz)-1), 100 - 100*v}
		}
		d.path(points, "line "+class)
		if class != "other" {
			f.Legend = append(f.Legend, legendKey{class, "dash", e.Ranking})
		} else if others++; others == 1 {
			f.Legend = append(f.Legend, legendKey{class, "dash", "other baselines"})
		}
		if n := len(e.Lorenz) - 1; n == 100 {
			f.Table.Rows = append(f.Table.Rows, []string{e.Ranking, gate.Number(e.Gini), percent(e.Lorenz[50]), percent(1 - e.Lorenz[90]), percent(1 - e.Lorenz[99])})
		}
	}
	f.Note = "Left to right: share of articles. Upwards: share of the attention that links give them."
	f.Chart = d.chart(260, "Lorenz curves of the attention that links give to articles")
	return f
}

// weightFigures show the weights of clicks, a figure for each candidate.
func (r *Report) weightFigures() (figures []*figure) {
	for _, m := range r.mainMeasures() {
		dg := m.Diagnostics
		if dg == nil || len(dg.Histogram) == 0 {
			continue
		}
		f := &figure{
			ID: fmt.Sprintf("weights-%d", len(figures)+1), Title: "How much each click counts for " + m.Ranking,
			Lead:  "A click counts by how much more, or less, this ranking would have shown its link. Many clicks of middling weight are good; a few heavy ones make a shaky number.",
			Table: &figureTable{Head: []string{"weight", "clicks"}},
		}
		most := 1
		for _, b := range dg.Histogram {
			most = max(most, b.N)
		}
		y := scale{0, float64(most) * 1.05}
		var d drawing
		r.yAxis(&d, y, func(v float64) string { return gate.Number(v) })
		width := 100 / float64(len(dg.Histogram))
		every := max(1, len(dg.Histogram)/4)
		for i, b := range dg.Histogram {
			x, height := float64(i)*width, y.at(float64(b.N))
			d.rect(x+width*0.06, 100-height, width*0.88, height, "fill "+r.classOf(m.Ranking))
			if i%every == 0 && i+every/2 < len(dg.Histogram) {
				d.text(x, 100, 0, 20, "middle", gate.Number(b.From))
			}
			if i == len(dg.Histogram)-1 && !math.IsInf(b.To, 0) {
				d.text(100, 100, 0, 20, "middle", gate.Number(b.To))
			}
			f.Table.Rows = append(f.Table.Rows, []string{binName(b), thousands(b.N)})
		}
		f.Note = fmt.Sprintf("%s of %s count. The weighted lists tell as much as %s of equal weight (effective sample size); the heaviest carries %s of all squared weight. On links that no variant could have shown lies %s of the ranking's attention.",
			plural(dg.Clicks, "click"), plural(dg.Clusters, "reader"), gate.Number(dg.ESS), percent(dg.MaxWeightShare), percent(dg.Unsupported))
		f.Chart = d.chart(220, "Histogram of the weights of clicks")
		figures = append(figures, f)
	}
	return figures
}

func binName(b eval.Bin) string {
	if math.IsInf(b.To, 1) {
		return gate.Number(b.From) + " and more"
	}
	if math.IsInf(b.From, -1) {
		return "below " + gate.Number(b.To)
	}
	return gate.Number(b.From) + " to " + gate.Number(b.To)
}

// mainMeasures are the strongest measure of clicks of every candidate.
func (r *Report) mainMeasures() (main []*eval.Measure) {
	for _, name := range r.candidates() {
		var best *eval.Measure
		for i := range r.out.Measures {
			m := &r.out.Measures[i]
			if m.Ranking != name || m.Metric != "clicks" || m.Slice != "" {
				continue
			}
			if best == nil || best.Refusal != "" && m.Refusal == "" || m.Level == eval.LevelDrawn && (m.Refusal == "" || best.Refusal != "") {
				best = m
			}
		}
		if best != nil {
			main = append(main, best)
		}
	}
	return main
}

// series is the class of the i-th line of a figure.
func series(i int) string { return []string{"c1", "c2", "c3", "c4"}[i%4] }

// symbol is the mark of the i-th line of a figure, so that colour is not all
// that tells lines apart.
func symbol(i int) string { return []string{"dot", "square", "diamond", "triangle"}[i%4] }

// classOf is the class of a ranking, the same in every figure.
func (r *Report) classOf(name string) string {
	if name == r.out.Baseline {
		return "base"
	}
	i := slices.Index(r.candidates(), name)
	if i < 0 {
		return "other"
	}
	return series(i)
}

// bar draws an interval on a strip, with an arrow where it leaves the axis.
func (d *drawing) bar(x scale, low, high float64, class string) {
	if math.IsNaN(low) || math.IsNaN(high) || high < x.low || low > x.high {
		return
	}
	d.line(x.at(low), 50, x.at(high), 50, class)
	if !x.holds(low) {
		d.shape(0, 50, "left", class)
	}
	if !x.holds(high) {
		d.shape(100, 50, "right", class)
	}
}

// mark draws a value on a strip, as an arrow where it leaves the axis.
func (d *drawing) mark(x scale, at float64, class string) {
	switch {
	case at < x.low:
		d.shape(0, 50, "left", class)
	case at > x.high:
		d.shape(100, 50, "right", class)
	default:
		d.shape(x.at(at), 50, "dot", "mark "+class)
	}
}

// wide is the 95 % interval, NaN where it is not known.
func wide(e estimate.Result) (low, high float64) {
	if math.IsInf(e.Low, 0) || math.IsInf(e.High, 0) {
		return math.NaN(), math.NaN()
	}
	return e.Low, e.High
}
