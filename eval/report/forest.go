package report

import (
	"fmt"
	"html/template"
	"math"

	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/gate"
)

// A forest is a table whose rows each hold an interval drawn on a common axis.
type forest struct {
	ID, Title, Lead string
	Axis            template.HTML
	Head            []string // of the columns after the drawing
	Rows            []forestRow
	Note            string
	Legend          []legendKey
}

type forestRow struct {
	Label, Detail string
	Strip         template.HTML
	Cells         []string
	Verdict       gate.Word // "" without a gate
}

// gateForest draws every gate with a margin on one axis, in units of its own
// margin and turned so that right is good.
func (r *Report) gateForest() *forest {
	f := &forest{
		ID: "differences", Title: "The differences, and what is allowed",
		Lead: "Each line is what the true difference may be. Left of the dashed line more is lost than the gate allows; right of the solid one nothing is lost at all. Every gate is drawn in units of its own margin.",
		Head: []string{"difference", "95 % interval"},
	}
	turned := func(v *gate.Verdict, x float64) float64 {
		if v.LowerIsBetter {
			return -x / v.Margin
		}
		return x / v.Margin
	}
	values := []float64{-1.8, 1.2}
	for i := range r.verdicts {
		v := &r.verdicts[i]
		if v.Rule.Margin != nil && v.Word != gate.NotMeasurable {
			values = append(values, turned(v, v.Low), turned(v, v.High))
		}
	}
	x := around(values...)
	x.low, x.high = max(x.low, -5), min(x.high, 5)
	for i := range r.verdicts {
		v := &r.verdicts[i]
		if v.Rule.Margin == nil {
			continue
		}
		var d drawing
		d.rect(x.at(-1), 0, 100-x.at(-1), 100, "allowed")
		d.line(x.at(-1), 0, x.at(-1), 100, "margin")
		d.line(x.at(0), 0, x.at(0), 100, "zero")
		row := forestRow{Label: v.Name, Detail: v.Candidate, Verdict: v.Word, Cells: []string{"not measurable", "–"}}
		if v.Word == gate.NotMeasurable {
			d.text(x.at(0), 50, 10, 4, "start", "this log cannot tell")
		} else {
			row.Cells = []string{v.Difference(v.Delta), "–"}
			if low, high := wide(v.Measure.Delta); !math.IsNaN(low) && low < high && v.Low < v.High {
				row.Cells[1] = v.Difference(low) + " to " + v.Difference(high)
				if v.LowerIsBetter {
					low, high = high, low
				}
				d.bar(x, turned(v, low), turned(v, high), "bar wide "+wordClass(v.Word))
			}
			low, high := turned(v, v.Low), turned(v, v.High)
			if v.LowerIsBetter {
				low, high = high, low
			}
			if !math.IsInf(low, 0) && !math.IsInf(high, 0) {
				d.line(x.at(low), 50, x.at(high), 50, "bar decides "+wordClass(v.Word))
			}
			d.mark(x, turned(v, v.Delta), wordClass(v.Word))
		}
		row.Strip = d.strip(fmt.Sprintf("%s, %s: %s", v.Name, v.Candidate, v.Word))
		f.Rows = append(f.Rows, row)
	}
	if len(f.Rows) == 0 {
		return nil
	}
	var axis drawing
	axis.text(x.at(-1), 50, -6, 4, "end", "← too much lost")
	axis.text(x.at(0), 50, 6, 4, "start", "gained →")
	f.Axis = axis.strip("axis: left is a loss, right a gain")
	f.Legend = []legendKey{{"allowed", "block", "allowed"}, {"ink", "thick", "the interval that decides (each end wrong in 5 of 100 logs)"}, {"ink", "thin", "95 % interval"}}
	return f
}

func wordClass(w gate.Word) string {
	switch w {
	case gate.Better:
		return "better"
	case gate.NoWorse:
		return "same"
	case gate.Worse:
		return "worse"
	case gate.Inconclusive:
		return "open"
	case gate.NotMeasurable:
		return "none"
	}
	return "ink"
}

// sliceForest draws the difference in clicks for parts of the log.
func (r *Report) sliceForest() *forest {
	f := &forest{
		ID: "slices", Title: "Clicks by part of the log",
		Lead: "The difference to " + r.out.Baseline + " for parts of the log, as shares of the baseline's clicks. With many parts, one or two stand out by chance: look here for ideas, not for proof.",
		Head: []string{"difference", "95 % interval"},
	}
	var chosen []*eval.Measure
	var values []float64
	refused := 0
	for _, main := range r.mainMeasures() {
		sliced := false
		for i := range r.out.Measures {
			m := &r.out.Measures[i]
			if m.Ranking != main.Ranking || m.Metric != main.Metric || m.Level != main.Level || m.Average != main.Average || m.Slice == "" {
				continue
			}
			if m.Refusal != "" {
				refused++
				continue
			}
			if !sliced {
				chosen, sliced = append(chosen, main), true
			}
			chosen = append(chosen, m)
		}
	}
	if len(chosen) == 0 {
		return nil
	}
	if refused > 0 {
		f.Note = fmt.Sprintf("Left out, as this log cannot tell: %s.", plural(refused, "part"))
	}
	relative := func(m *eval.Measure, v float64) float64 { return v / m.Baseline.Value }
	for _, m := range chosen {
		if low, high := wide(m.Delta); m.Refusal == "" && m.Baseline.Value > 0 {
			values = append(values, relative(m, m.Delta.Value), relative(m, low), relative(m, high))
		}
	}
	x := around(append(values, 0, 0.01, -0.01)...)
	x.low, x.high = max(x.low, -0.6), min(x.high, 0.6)
	for _, m := range chosen {
		row := forestRow{Label: m.Slice, Detail: m.Ranking, Cells: []string{"not measurable", "–"}}
		if m.Slice == "" {
			row.Label = "everything"
		}
		var d drawing
		d.line(x.at(0), 0, x.at(0), 100, "zero")
		if m.Refusal == "" && m.Baseline.Value > 0 {
			row.Cells[0] = gate.Signed(100*relative(m, m.Delta.Value)) + " %"
			if low, high := wide(m.Delta); !math.IsNaN(low) && low < high {
				low, high = relative(m, low), relative(m, high)
				row.Cells[1] = gate.Signed(100*low) + " % to " + gate.Signed(100*high) + " %"
				d.bar(x, low, high, "bar decides "+r.classOf(m.Ranking))
			}
			d.mark(x, relative(m, m.Delta.Value), r.classOf(m.Ranking))
		} else {
			d.text(x.at(0), 50, 10, 4, "start", "this log cannot tell")
		}
		row.Strip = d.strip(row.Label + ", " + m.Ranking)
		f.Rows = append(f.Rows, row)
	}
	var axis drawing
	for _, v := range x.ticks(4) {
		axis.text(x.at(v), 50, 0, 4, "middle", gate.Signed(100*v)+" %")
	}
	f.Axis = axis.strip("axis: difference as a share of the baseline's clicks")
	return f
}

// backtestForest sets what was estimated beside what readers did.
func (r *Report) backtestForest() *forest {
	if len(r.out.Backtest) == 0 {
		return nil
	}
	f := &forest{
		ID: "backtest", Title: "Would we have been right?",
		Lead: "Rankings that readers did see: what this method says of them from everybody else's clicks, beside what their own readers did.",
		Head: []string{"estimated", "observed"},
		Legend: []legendKey{
			{"c1", "dot", "estimated"},
			{"c2", "square", "observed"},
		},
	}
	var values []float64
	for _, b := range r.out.Backtest {
		values = append(values, b.Estimated.Value, b.Estimated.Low, b.Estimated.High, b.Observed.Value, b.Observed.Low, b.Observed.High)
	}
	x := around(values...)
	for _, b := range r.out.Backtest {
		var d drawing
		for _, half := range []struct {
			y             float64
			class, symbol string
			low, at, high float64
		}{
			{33, "c1", "dot", b.Estimated.Low, b.Estimated.Value, b.Estimated.High},
			{67, "c2", "square", b.Observed.Low, b.Observed.Value, b.Observed.High},
		} {
			if !math.IsInf(half.low, 0) && !math.IsInf(half.high, 0) {
				d.line(x.at(half.low), half.y, x.at(half.high), half.y, "bar "+half.class)
			}
			d.shape(x.at(half.at), half.y, half.symbol, half.class)
		}
		row := forestRow{Label: b.Ranking, Cells: []string{withInterval(b.Estimated, gate.Number), withInterval(b.Observed, gate.Number)}}
		if b.Variant != b.Ranking {
			row.Detail = "variant " + b.Variant
		}
		row.Strip = d.strip(b.Ranking + ": estimated and observed clicks per list")
		f.Rows = append(f.Rows, row)
	}
	var axis drawing
	for _, v := range x.ticks(4) {
		axis.text(x.at(v), 50, 0, 4, "middle", gate.Number(v))
	}
	f.Axis = axis.strip("axis: clicks per list")
	return f
}
