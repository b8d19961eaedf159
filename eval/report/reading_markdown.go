package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/estimate"
)

// A reading renders agreement with reading.
type reading struct{ result *eval.Result }

const (
	level   = "L1"
	meaning = "agreement with reading: not a forecast of clicks"
)

// time says what the report knows of when reads happened, and which were measured.
func (r reading) time() string {
	truth := r.result.Truth
	switch {
	case truth.Split == eval.SplitByReader:
		return "no time split: three readers of ten are measured, and the others are what baselines learn from"
	case truth.Split == eval.SplitByTime:
		return fmt.Sprintf("measured from %s to %s; what was read before is what baselines learn from", truth.From.UTC().Format(time.DateOnly), truth.To.UTC().Format(time.DateOnly))
	case truth.ByTime:
		return "reads in order of time; the whole log is the truth, it is not split by time"
	}
	return "no time split: reads in the log's order, without times"
}

// rankings are the candidates, then the baselines.
func (r reading) rankings() []eval.Ranking {
	return append(append([]eval.Ranking{}, r.result.Candidates...), r.result.Baselines...)
}

// markdown writes everything but the share of reads that join.
func (r reading) markdown(b *strings.Builder) {
	r.about(b)
	r.values(b)
	r.languages(b)
	r.differences(b)
	r.dropped(b)
}

// join is the share of reads that join, and what became of the others.
func (r reading) join(b *strings.Builder) {
	j := r.result.Truth.Join
	fmt.Fprintf(b, "**%.2f %% of reads join to articles with text** (%s of %s; %s of something else, %s without a reader, %s unreadable).",
		100*j.Rate(), thousands(j.Joined), thousands(j.Reads), thousands(j.WithoutArticle), thousands(j.WithoutReader), thousands(j.Unreadable))
	if j.AsNumber > 0 {
		fmt.Fprintf(b, " Joined as numbers only (as \"1430.0\" to \"1430\"): %s.", thousands(j.AsNumber))
	}
	b.WriteString("\n\n")
}

func (r reading) about(b *strings.Builder) {
	truth := r.result.Truth
	j := truth.Join
	fmt.Fprintf(b, "## Agreement with reading (%s)\n\nLevel %s is %s.\n\n", level, level, meaning)
	fmt.Fprintf(b, "%s reads of %s readers give %s pairs of %s readers over %s articles; %s.\n\n",
		thousands(j.Joined), thousands(truth.Readers), thousands(truth.Pairs()), thousands(truth.ReadersWithPairs()),
		thousands(len(truth.Articles)), r.time())
}

func (r reading) values(b *strings.Builder) {
	header := []string{"ranking"}
	header = append(header, r.result.Metrics...)
	rows := [][]string{append(header, "most links in", "without list")}
	var notes []string
	for i, ranking := range r.rankings() {
		name := cell(ranking.Name)
		if i < len(r.result.Candidates) {
			name = "**" + name + "**"
		}
		if ranking.Note != "" {
			notes = append(notes, fmt.Sprintf("%s: %s", cell(ranking.Name), ranking.Note))
		}
		row := []string{name}
		for _, v := range ranking.Values {
			row = append(row, fmt.Sprintf("%.4f%s", v.Value, bounds(v, "%.4f")))
		}
		rows = append(rows, append(row, thousands(ranking.MostLinksIn), thousands(ranking.WithoutList)))
	}
	table(b, rows)
	b.WriteString("Mean over readers with its 95 % interval. Most links in: over the first 10 of every list.\n")
	for _, note := range notes {
		fmt.Fprintf(b, "%s.\n", note)
	}
}

// languages is the same by the language of the article that a list stands under,
// where there are several.
func (r reading) languages(b *strings.Builder) {
	if len(r.result.Slices) < 2 {
		return
	}
	rows := [][]string{append([]string{"language, ranking"}, append(slices.Clone(r.result.Metrics), "readers", "pairs", "articles", "without list")...)}
	for s, slice := range r.result.Slices {
		for _, ranking := range r.rankings() {
			row := []string{cell(slice.Name + ", " + ranking.Name)}
			for m := range r.result.Metrics {
				value := "–"
				if part := ranking.Slices[s]; len(part.Values) > 0 {
					value = fmt.Sprintf("%.4f%s", part.Values[m].Value, bounds(part.Values[m], "%.4f"))
				}
				row = append(row, value)
			}
			rows = append(rows, append(row, thousands(slice.Readers), thousands(slice.Pairs), thousands(slice.Articles), thousands(ranking.Slices[s].WithoutList)))
		}
	}
	b.WriteString("\n### By language of the article read first\n\n")
	table(b, rows)
	b.WriteString("Pairs that start in a language, whatever they lead to. Slices are not tested against one another.\n")
}

func (r reading) differences(b *strings.Builder) {
	if len(r.result.Differences) == 0 {
		return
	}
	rows := [][]string{append([]string{"candidate − baseline"}, r.result.Metrics...)}
	for _, d := range r.result.Differences {
		row := []string{cell(d.Candidate) + " − " + cell(d.Baseline)}
		for _, v := range d.Values {
			row = append(row, fmt.Sprintf("%+.4f%s", v.Value, bounds(v, "%+.4f")))
		}
		rows = append(rows, row)
	}
	b.WriteString("\n### Differences, reader by reader\n\n")
	table(b, rows)
	b.WriteString("An interval that holds 0 does not tell the two apart.\n")
}

// dropped names the rankings whose lists held what cannot be measured.
func (r reading) dropped(b *strings.Builder) {
	first := true
	for _, ranking := range r.rankings() {
		d := ranking.Dropped
		if d.Unknown+d.Itself+d.Repeated == 0 {
			continue
		}
		if first {
			b.WriteString("\n### Dropped from lists before measuring\n\n")
			first = false
		}
		fmt.Fprintf(b, "- %s: %s links to no article with text, %s to the article itself, %s repeated\n",
			cell(ranking.Name), thousands(d.Unknown), thousands(d.Itself), thousands(d.Repeated))
	}
}

// table writes rows, the first of them the header, with columns made even: the
// first to the left, the others to the right.
func table(b *strings.Builder, rows [][]string) {
	width := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, text := range row {
			width[i] = max(width[i], len([]rune(text)))
		}
	}
	for n, row := range rows {
		for i, text := range row {
			pad := strings.Repeat(" ", width[i]-len([]rune(text)))
			if i == 0 {
				b.WriteString("| " + text + pad + " |")
			} else {
				b.WriteString(" " + pad + text + " |")
			}
		}
		b.WriteString("\n")
		if n > 0 {
			continue
		}
		for i := range row {
			if i == 0 {
				b.WriteString("|" + strings.Repeat("-", width[i]+2) + "|")
			} else {
				b.WriteString(strings.Repeat("-", width[i]+1) + ":|")
			}
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

// bounds is the interval of e, or nothing if it is not known.
func bounds(e estimate.Result, format string) string {
	if math.IsInf(e.Low, 0) {
		return ""
	}
	return fmt.Sprintf(" ["+format+", "+format+"]", e.Low, e.High)
}

// cell makes s safe inside a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "\r", " ").Replace(s)
}

// thousands writes n as 19,043.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
