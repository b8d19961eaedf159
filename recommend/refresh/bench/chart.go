package bench

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"io"
	"math"
	"slices"
)

// The picture: two panels side by side, each with room at its right for the names of
// its lines.
const (
	chartWidth  = 1200
	chartHeight = 520
	panelWidth  = 350
	panelHeight = 380
	panelTop    = 80
	labelGap    = 15 // least distance between names
)

// palette is that of Okabe and Ito (2008), which people tell apart whatever colours
// they see; lines differ in their marks as well. Black is for the total.
var palette = []string{"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7F7F7F"}

// leastDrawn is the share of all time that a stage takes, of the largest corpus, if it
// is drawn.
const leastDrawn = .005

// A line is a stage over the sizes of the corpora.
type line struct {
	name   string
	x, y   []float64
	colour string
	mark   int
}

// slope is the power of x to which y grows from the first to the last point.
func (l *line) slope() float64 {
	last := len(l.x) - 1
	return math.Log(l.y[last]/l.y[0]) / math.Log(l.x[last]/l.x[0])
}

// WriteSVG draws time and memory of every stage over the number of articles, both
// scales logarithmic, and names each line with the power to which it grows.
func (g Growth) WriteSVG(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13" fill="#222">`+"\n", chartWidth, chartHeight)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", chartWidth, chartHeight)
	last := g[len(g)-1]
	text(&b, 20, 30, `font-size="18" font-weight="bold"`, "How a refresh grows with the number of articles")
	text(&b, 20, 52, `fill="#555"`, fmt.Sprintf("rank %d, %d neighbours, kernel %s, %s; behind each name the power of the number of articles to which it grows; stages below %.1f %% of the time are left out",
		last.Rank, last.Neighbours, last.Kernel, cores(last.Workers), 100*leastDrawn))
	seconds := func(s Stage) float64 { return s.Seconds }
	memory := func(s Stage) float64 { return float64(s.PeakBytes) }
	g.panel(&b, 70, "seconds", seconds, func(v float64) string { return fmt.Sprintf("%g", v) })
	g.panel(&b, 70+chartWidth/2, "most memory", memory, bytesLabel)
	b.WriteString("</svg>\n")
	_, err := w.Write(b.Bytes())
	return err
}

func cores(n int) string {
	if n == 1 {
		return "1 core"
	}
	return fmt.Sprintf("%d cores", n)
}

// lines are the stages, but for the quickest, as lines of a panel. A size at which a
// value is not known has no point.
func (g Growth) lines(value func(Stage) float64) []line {
	var lines []line
	largest := &g[len(g)-1]
	drawn := 0
	for _, name := range g.stages() {
		if largest.named(name).Seconds < leastDrawn*largest.Total.Seconds {
			continue
		}
		l := line{name: name, colour: palette[drawn%len(palette)], mark: drawn}
		drawn++
		if name == TotalName {
			l.colour = "#000000"
		}
		for _, r := range g {
			if v := value(r.named(name)); v > 0 && r.Articles > 0 {
				l.x, l.y = append(l.x, float64(r.Articles)), append(l.y, v)
			}
		}
		if len(l.x) > 0 {
			lines = append(lines, l)
		}
	}
	return lines
}

// An axis maps values to places, in proportion to their logarithms.
type axis struct {
	least, most float64 // logarithms to base 10
	from, to    float64 // places
}

// newAxis spans all values, and no less than three times the smallest.
func newAxis(values []float64, from, to float64) axis {
	least, most := math.Log10(slices.Min(values)), math.Log10(slices.Max(values))
	const margin = .06
	span := max(most-least, .5)
	return axis{least - margin*span, least + (1+margin)*span, from, to}
}

func (a axis) at(v float64) float64 {
	return a.from + (math.Log10(v)-a.least)/(a.most-a.least)*(a.to-a.from)
}

// ticks are the powers of ten within the axis or, if those are few, 1, 2 and 5 times
// these too.
func (a axis) ticks() []float64 {
	for _, steps := range [][]float64{{1}, {1, 2, 5}} {
		var ticks []float64
		for e := math.Floor(a.least); e <= a.most; e++ {
			for _, s := range steps {
				if t := s * math.Pow(10, e); math.Log10(t) >= a.least && math.Log10(t) <= a.most {
					ticks = append(ticks, t)
				}
			}
		}
		if len(ticks) > 2 || len(steps) > 1 {
			return ticks
		}
	}
	return nil
}

// panel draws one value of all stages at left.
func (g Growth) panel(b *bytes.Buffer, left float64, title string, value func(Stage) float64, label func(float64) string) {
	lines := g.lines(value)
	if len(lines) == 0 {
		return
	}
	var xs, ys []float64
	for _, l := range lines {
		xs, ys = append(xs, l.x...), append(ys, l.y...)
	}
	x := newAxis(xs, left, left+panelWidth)
	y := newAxis(ys, panelTop+panelHeight, panelTop)
	text(b, left, panelTop-8, `font-weight="bold"`, title)
	for _, t := range y.ticks() {
		fmt.Fprintf(b, `<path d="M%.1f %.1fh%d" stroke="#ddd"/>`+"\n", left, y.at(t), panelWidth)
		text(b, left-8, y.at(t)+4, `text-anchor="end"`, label(t))
	}
	for _, t := range x.ticks() {
		fmt.Fprintf(b, `<path d="M%.1f %dv%d" stroke="#ddd"/>`+"\n", x.at(t), panelTop, panelHeight)
		text(b, x.at(t), panelTop+panelHeight+20, `text-anchor="middle"`, thousands(t))
	}
	fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%d" height="%d" fill="none" stroke="#888"/>`+"\n", left, panelTop, panelWidth, panelHeight)
	text(b, left+panelWidth/2, panelTop+panelHeight+42, `text-anchor="middle"`, "articles")
	for i := range lines {
		lines[i].draw(b, x, y)
	}
	labels(b, lines, left+panelWidth, y)
}

// draw draws the line and a mark at every point.
func (l *line) draw(b *bytes.Buffer, x, y axis) {
	fmt.Fprintf(b, `<polyline fill="none" stroke="%s" stroke-width="%s" points="`, l.colour, map[bool]string{true: "3", false: "1.8"}[l.name == TotalName])
	for i := range l.x {
		fmt.Fprintf(b, "%.1f,%.1f ", x.at(l.x[i]), y.at(l.y[i]))
	}
	b.WriteString("\"/>\n")
	for i := range l.x {
		l.drawMark(b, x.at(l.x[i]), y.at(l.y[i]))
	}
}

// drawMark draws the line's mark around a place.
func (l *line) drawMark(b *bytes.Buffer, x, y float64) {
	switch l.mark % 4 {
	case 0:
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>`+"\n", x, y, l.colour)
	case 1:
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="8" height="8" fill="%s"/>`+"\n", x-4, y-4, l.colour)
	case 2:
		fmt.Fprintf(b, `<path d="M%.1f %.1fl5 9h-10z" fill="%s"/>`+"\n", x, y-5, l.colour)
	case 3:
		fmt.Fprintf(b, `<path d="M%.1f %.1fl5 5l-5 5l-5 -5z" fill="%s"/>`+"\n", x, y-5, l.colour)
	}
}

// labels writes the names of the lines beside their ends, apart from one another.
func labels(b *bytes.Buffer, lines []line, right float64, y axis) {
	type place struct {
		*line
		end, at float64
	}
	var places []place
	for i := range lines {
		end := y.at(lines[i].y[len(lines[i].y)-1])
		places = append(places, place{&lines[i], end, end})
	}
	slices.SortStableFunc(places, func(p, q place) int { return cmp.Compare(p.end, q.end) })
	for i := 1; i < len(places); i++ {
		places[i].at = max(places[i].at, places[i-1].at+labelGap)
	}
	lowest := float64(panelTop + panelHeight)
	for i := len(places) - 1; i >= 0; i-- { // those pushed out at the bottom go up again
		places[i].at = min(places[i].at, lowest)
		lowest = places[i].at - labelGap
	}
	for _, p := range places {
		fmt.Fprintf(b, `<path d="M%.1f %.1fL%.1f %.1f" stroke="%s" stroke-width="1"/>`+"\n", right, p.end, right+14, p.at, p.colour)
		name := p.name
		if len(p.x) > 1 {
			name += fmt.Sprintf("  %.2f", p.slope())
		}
		p.drawMark(b, right+20, p.at)
		text(b, right+30, p.at+4, "", name)
	}
}

func text(b *bytes.Buffer, x, y float64, style, content string) {
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" %s xml:space="preserve">%s</text>`+"\n", x, y, style, html.EscapeString(content))
}

// thousands is 2000 as 2 k, 1e6 as 1 M.
func thousands(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%g M", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%g k", v/1e3)
	}
	return fmt.Sprintf("%g", v)
}

func bytesLabel(v float64) string {
	switch {
	case v >= 1e9:
		return fmt.Sprintf("%g GB", v/1e9)
	case v >= 1e6:
		return fmt.Sprintf("%g MB", v/1e6)
	}
	return fmt.Sprintf("%g kB", v/1e3)
}
