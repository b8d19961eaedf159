package report

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/gate"
)

// The most bytes of Markdown. GitHub drops the whole summary of a step above
// 1,024 KiB, and refuses a comment above 65,536 characters.
const (
	maxSummary = 900 << 10
	maxComment = 60_000 - 1
)

// WriteMarkdown writes the report as text and tables that a terminal and the
// summary of a CI job both show well, below 900 KiB.
func (r *Report) WriteMarkdown(w io.Writer) error {
	_, err := io.WriteString(w, short(r.markdown(false), maxSummary))
	return err
}

// WriteBrief is WriteMarkdown without the tables of values: what the gates say,
// what moved, and what the data are.
func (r *Report) WriteBrief(w io.Writer) error {
	_, err := io.WriteString(w, short(r.markdown(true), maxSummary))
	return err
}

// WriteComment is WriteMarkdown below 60,000 bytes, for a comment at a pull
// request.
func (r *Report) WriteComment(w io.Writer) error {
	_, err := io.WriteString(w, short(r.markdown(false), maxComment))
	return err
}

// short cuts a text that is longer than limit bytes at the end of a line, and
// says so.
func short(s string, limit int) string {
	const note = "\n\n*The rest is left out here; the HTML and JSON reports have it.*\n"
	if len(s) <= limit {
		return s
	}
	head := s[:limit-len(note)]
	return strings.TrimRight(head[:strings.LastIndexByte(head, '\n')+1], "\n") + note
}

func (r *Report) markdown(brief bool) string {
	var b strings.Builder
	if s := r.simulated(); s != "" {
		fmt.Fprintf(&b, "> **%s**\n\n", cell(s))
	}
	if r.out.Reading != nil {
		reading{r.out.Reading}.join(&b)
	} else {
		share, of := r.joined()
		fmt.Fprintf(&b, "**%s %s**\n\n", share, of)
	}
	if len(r.verdicts) > 0 {
		r.gates(&b)
	}
	r.moves(&b)
	r.health(&b)
	if brief {
		return b.String()
	}
	if r.out.Reading != nil {
		reading{r.out.Reading}.markdown(&b)
		r.bands(&b)
	}
	r.everything(&b)
	return b.String()
}

// gates is the verdict line and the table of gates.
func (r *Report) gates(b *strings.Builder) {
	effect, sentence := r.verdict()
	fmt.Fprintf(b, "## %s %s\n\n%s\n\n", emoji(effect), headline(effect), sentence)
	rows := [][]string{{"gate", "candidate", "verdict", "difference", "why"}}
	for i := range r.verdicts {
		v := &r.verdicts[i]
		why := v.Reason
		if v.Rule.WarnOnly {
			why = "(only warns) " + why
		}
		for _, doubt := range v.Doubts {
			why += " " + doubt
		}
		rows = append(rows, []string{cell(v.Name), cell(v.Candidate), emoji(v.Effect) + " " + string(v.Word), decided(v), cell(why)})
	}
	plainTable(b, rows)
	fmt.Fprintf(b, "Differences to %s, with the interval that decides. L3 and L2 speak of clicks, L1 only of agreement with reading.\n\n", cell(r.out.Baseline))
}

func emoji(e gate.Effect) string {
	switch e {
	case gate.Passes:
		return "✅"
	case gate.Fails:
		return "❌"
	case gate.Open:
		return "❓"
	}
	return "⚠️"
}

// moves are the three measures of candidates that went furthest from the
// baseline, of those that surely moved.
func (r *Report) moves(b *strings.Builder) {
	moved := r.largestMoves(3)
	if len(moved) == 0 {
		return
	}
	b.WriteString("### Largest moves\n\n")
	for _, m := range moved {
		fmt.Fprintf(b, "- %s, %s (%s): %s, from %s to %s\n", cell(m.Ranking), m.Metric, levelName(m.Level),
			change(m), gate.Number(m.Baseline.Value), gate.Number(m.Value.Value))
	}
	b.WriteString("\n")
}

func (r *Report) largestMoves(n int) []*eval.Measure {
	size := func(m *eval.Measure) float64 { return math.Abs(m.Delta.Value) / m.Baseline.Value }
	var moved []*eval.Measure
	for _, m := range r.plainMeasures() {
		sure := m.Delta.Low > 0 || m.Delta.High < 0 || m.Exact && m.Delta.Value != 0
		likeness := strings.HasPrefix(m.Metric, "stability.") // of the baseline's lists to themselves: always 1
		if r.isCandidate(m.Ranking) && !likeness && m.Baseline.Value > 0 && sure && !math.IsNaN(m.Delta.Value) {
			moved = append(moved, m)
		}
	}
	slices.SortStableFunc(moved, func(x, y *eval.Measure) int {
		switch d := size(y) - size(x); {
		case d > 0:
			return 1
		case d < 0:
			return -1
		}
		return strings.Compare(x.Metric, y.Metric)
	})
	seen := map[[2]string]bool{} // a metric may have several averages
	moved = slices.DeleteFunc(moved, func(m *eval.Measure) bool {
		key := [2]string{m.Ranking, m.Metric}
		again := seen[key]
		seen[key] = true
		return again
	})
	return moved[:min(n, len(moved))]
}

// health is what one must know of the data.
func (r *Report) health(b *strings.Builder) {
	facts := r.facts()
	if len(facts) == 0 {
		return
	}
	b.WriteString("### Data\n\n")
	for _, f := range facts {
		fmt.Fprintf(b, "- %s\n", cell(f))
	}
	b.WriteString("\n")
}

// facts say what the log holds and whether the experiment is sound, a sentence
// each.
func (r *Report) facts() (facts []string) {
	if log := r.out.Log; log != nil {
		facts = append(facts, fmt.Sprintf("%s with %s of %s, %s to %s, over %s and %s.",
			plural(log.Impressions, "list"), plural(log.Clicks, "click"), plural(log.Readers, "reader"), log.From, log.To,
			plural(log.Articles, "article"), plural(log.Snapshots, "snapshot")))
		for _, v := range log.Variants {
			name := v.Name
			if name == "" {
				name = "(no name)"
			}
			facts = append(facts, fmt.Sprintf("Variant %s (%s): %s, %.1f %% of all; clicks per list %s.", name, v.Policy,
				plural(v.Impressions, "list"), 100*v.Share, withInterval(v.Clicks, gate.Number)))
		}
		var found []string
		for _, name := range slices.Sorted(maps.Keys(log.Checks)) {
			if n := log.Checks[name]; n > 0 && !soundCount(name) {
				found = append(found, thousands(n)+" "+name)
			}
		}
		if len(found) > 0 {
			facts = append(facts, "The check of the log found "+strings.Join(found, ", ")+".")
		}
	}
	if e := r.out.Experiment; e != nil {
		if e.Sound {
			facts = append(facts, fmt.Sprintf("Readers are split as planned (p = %s).", gate.Number(e.P)))
		} else {
			facts = append(facts, fmt.Sprintf("Readers are NOT split as planned (p = %s): nothing about clicks is judged.", gate.Number(e.P)))
		}
		if e.AA > 0 {
			facts = append(facts, fmt.Sprintf("Of random halves of the baseline's own lists, %.1f %% show no difference (93 to 97 %% should).", 100*e.AA))
		}
	}
	if r.out.Curve != nil {
		facts = append(facts, fmt.Sprintf("The position curve rests on %s that stood at two positions under one article.", plural(r.out.Curve.Pairs, "link")))
	} else if r.out.CurveRefusal != "" {
		facts = append(facts, "There is no position curve: "+r.out.CurveRefusal)
	}
	return facts
}

// bandSlice begins the slices of agreement with reading by how popular the next
// article is.
const bandSlice = "target="

// bands is agreement with reading by how popular the next article is, a row for
// each band and ranking.
func (r *Report) bands(b *strings.Builder) {
	metrics := r.out.Reading.Metrics
	rows := [][]string{append([]string{"next article, ranking"}, metrics...)}
	at := map[string][]string{}
	var order []string // of bands
	for i := range r.out.Measures {
		m := &r.out.Measures[i]
		band, ok := strings.CutPrefix(m.Slice, bandSlice)
		column := slices.Index(metrics, m.Metric)
		if m.Level != eval.LevelReads || !ok || column < 0 || m.Refusal != "" {
			continue
		}
		name := cell(band) + ", " + cell(m.Ranking)
		if at[name] == nil {
			row := append([]string{name}, slices.Repeat([]string{"–"}, len(metrics))...)
			at[name], rows = row, append(rows, row)
			if !slices.Contains(order, cell(band)) {
				order = append(order, cell(band))
			}
		}
		at[name][column+1] = fmt.Sprintf("%.4f%s", m.Value.Value, bounds(m.Value, "%.4f"))
	}
	if len(rows) == 1 {
		return
	}
	slices.SortStableFunc(rows[1:], func(x, y []string) int {
		bandX, _, _ := strings.Cut(x[0], ", ")
		bandY, _, _ := strings.Cut(y[0], ", ")
		return slices.Index(order, bandX) - slices.Index(order, bandY)
	})
	b.WriteString("\n### By how popular the next article is\n\n")
	table(b, rows)
	b.WriteString("A ranking that is good only where the next article is among the most read is a popularity effect.\n")
}

// inReading reports whether the tables of agreement with reading show m.
func (r *Report) inReading(m *eval.Measure) bool {
	return r.out.Reading != nil && m.Level == eval.LevelReads && slices.Contains(r.out.Reading.Metrics, m.Metric) &&
		(m.Slice == "" || strings.HasPrefix(m.Slice, "lang=") || strings.HasPrefix(m.Slice, bandSlice))
}

// strength orders levels: clicks above reading above the lists alone.
func strength(l eval.Level) int {
	return slices.Index([]eval.Level{eval.LevelList, eval.LevelReads, eval.LevelShown, eval.LevelDrawn}, l)
}

// soundCount reports whether a count of the check is of what is as it should be.
func soundCount(name string) bool {
	return strings.HasSuffix(name, "_valid") || strings.HasSuffix(name, "_read") || name == "readers"
}

// everything is a table of what was measured of the candidates on the whole,
// without what agreement with reading shows in tables of its own. Slices and
// baselines are in the other formats.
func (r *Report) everything(b *strings.Builder) {
	rows := [][]string{{"candidate", "metric", "level", "value", r.out.Baseline, "difference"}}
	for _, name := range r.candidates() {
		last := map[string]int{} // by metric and level, its row
		plain := r.plainMeasures()
		slices.SortStableFunc(plain, func(x, y *eval.Measure) int { return strength(y.Level) - strength(x.Level) })
		for _, m := range plain {
			if m.Ranking != name || r.inReading(m) {
				continue
			}
			row := []string{cell(name), m.Metric, string(m.Level), withInterval(m.Value, gate.Number), withInterval(m.Baseline, gate.Number), change(m)}
			key := m.Metric + " " + string(m.Level)
			if i, ok := last[key]; ok {
				rows[i] = row // of several averages the last one is preferred
				continue
			}
			last[key] = len(rows)
			rows = append(rows, row)
		}
	}
	if len(rows) == 1 {
		return
	}
	if r.out.Reading != nil {
		b.WriteString("\n")
	}
	b.WriteString("### What was measured\n\n")
	plainTable(b, rows)
	b.WriteString("Values with their 95 % intervals. What is not here was refused; parts of the log and the other rankings are in the JSON and HTML reports.\n")
}

// plainTable writes rows, the first of them the header, without padding.
func plainTable(b *strings.Builder, rows [][]string) {
	for n, row := range rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if n == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	b.WriteString("\n")
}
