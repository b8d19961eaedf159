package plan

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"
)

// WriteText writes the plan for people: what it rests on, the table, and what to
// do.
func (p *Plan) WriteText(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Clicks on the links a day      %s\n", number(p.ClicksPerDay))
	if p.ImpressionsPerDay > 0 {
		fmt.Fprintf(&b, "Lists shown a day              %s, with a click on every %s\n", number(p.ImpressionsPerDay), number(math.Round(p.ImpressionsPerDay/p.ClicksPerDay)))
	}
	fmt.Fprintf(&b, "What a click tells (c)         %s\n", p.Variance.text("%.2g", "assumed; --pack measures it"))
	fmt.Fprintf(&b, "Loss on a list drawn at random %s\n", p.Loss.text("%.0f %%", "assumed; --pack measures it"))
	fmt.Fprintf(&b, "\nDays of logging until a ranking as good as production passes a gate, by its margin\nand the share of lists drawn at random (%s power%s):\n\n", percent(p.Power), p.gatesText())
	p.writeTable(&b)
	fmt.Fprintf(&b, "\n%s\n", p.Recommendation())
	_, err := io.WriteString(out, b.String())
	return err
}

func (p *Plan) gatesText() string {
	if p.Gates == 1 {
		return ""
	}
	return fmt.Sprintf(" for %d gates that must all pass, so %s for each", p.Gates, percent(p.GatePower))
}

func (a Assumed) text(format, otherwise string) string {
	value := a.Value
	if strings.Contains(format, "%%") {
		value *= 100
	}
	from := otherwise
	if a.From != "" {
		from = "measured on " + a.From
	}
	return fmt.Sprintf(format+" (%s)", value, from)
}

func (p *Plan) writeTable(b *strings.Builder) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "margin\tclicks needed\t")
	for _, share := range p.Shares {
		fmt.Fprintf(w, "%s\t", percent(share))
	}
	fmt.Fprintln(w)
	for _, row := range p.Rows {
		fmt.Fprintf(w, "%s\t%s\t", percent(row.Margin), number(math.Ceil(row.Clicks)))
		for _, days := range row.Days {
			fmt.Fprintf(w, "%s\t", number(float64(days)))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, "costs of all clicks\t\t")
	for _, cost := range p.Costs {
		fmt.Fprintf(w, "%s\t", percent(cost))
	}
	fmt.Fprintln(w)
	w.Flush()
}

// Recommendation is what to do, in a few sentences.
func (p *Plan) Recommendation() string {
	s := fmt.Sprintf("Draw %s of the lists at random (%s) and log for %s: that gives the %s clicks with which a ranking as good as production is shown, in %s of cases, to be no more than %s worse. Its difference is then known to ±%s, and the drawing costs %s of all clicks while it lasts.",
		percent(p.Explore), p.Chosen, days(p.Days), number(math.Ceil(p.Needed)), percent(p.Power), percent(p.Margin), percent(p.Width), percent(p.Cost))
	if p.Days > patience {
		s += fmt.Sprintf(" Within %d days that share allows a margin of %s.", patience, percent(p.Within))
	}
	if p.Variance.From == "" {
		s += " Where the log names the snapshot of every list, the lists of all variants count, which halved the wait in simulations."
	}
	return s + fmt.Sprintf(" A live test of half the readers against the other half would take %s, for each ranking anew.", days(p.ABDays))
}

// WriteDraws writes what drawing at other temperatures costs and tells.
func WriteDraws(out io.Writer, draws []Draw) error {
	var b strings.Builder
	b.WriteString("Drawing at other temperatures than the log's:\n\n")
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "temperature\tloss on a drawn list\t95 % interval\twaiting time\t")
	for _, d := range draws {
		fmt.Fprintf(w, "× %v\t%s\t%s to %s\t× %.2g\t\n", d.Temperature, percent(d.Loss.Value), percent(d.Loss.Low), percent(d.Loss.High), d.Wait)
	}
	w.Flush()
	best := Best(draws)
	switch {
	case best.Loss.Value >= MostLoss:
		fmt.Fprintf(&b, "\nEven the coldest of these draws loses more than %s.\n", percent(MostLoss))
	case best.Temperature == 1:
		fmt.Fprintf(&b, "\nThe log's own temperature loses less than %s. Keep it.\n", percent(MostLoss))
	default:
		fmt.Fprintf(&b, "\nTimes %v is the warmest of these that loses less than %s.\n", best.Temperature, percent(MostLoss))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return number(float64(n)) + " days"
}

// percent is x with two significant digits, or whole from 10 % on.
func percent(x float64) string {
	x *= 100
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return "?"
	}
	if math.Abs(x) >= 10 {
		return strconv.FormatFloat(math.Round(x), 'f', 0, 64) + " %"
	}
	return strconv.FormatFloat(roundTo(x, 2), 'f', -1, 64) + " %"
}

// roundTo is x with so many significant digits.
func roundTo(x float64, digits int) float64 {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64)
	return rounded
}

// number is x with commas between thousands, and decimals only below 10.
func number(x float64) string {
	if x < 10 {
		return strconv.FormatFloat(roundTo(x, 2), 'f', -1, 64)
	}
	digits := strconv.FormatFloat(math.Round(x), 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
