package report

import (
	"html/template"
	"math"
	"strconv"
	"strings"
)

// A drawing is the inside of an SVG element. Places are percentages of its
// width and height from the upper left corner, so that a figure fits a phone as
// it fits a desk, while letters, dots and lines keep their size.
type drawing struct{ b strings.Builder }

// pct writes a place.
func pct(x float64) string {
	return strconv.FormatFloat(math.Round(x*100)/100+0, 'f', -1, 64)
}

func (d *drawing) write(parts ...string) {
	for _, p := range parts {
		d.b.WriteString(p)
	}
}

func (d *drawing) line(x1, y1, x2, y2 float64, class string) {
	d.write(`<line x1="`, pct(x1), `%" y1="`, pct(y1), `%" x2="`, pct(x2), `%" y2="`, pct(y2), `%" class="`, class, `"/>`)
}

func (d *drawing) rect(x, y, width, height float64, class string) {
	d.write(`<rect x="`, pct(x), `%" y="`, pct(y), `%" width="`, pct(width), `%" height="`, pct(height), `%" class="`, class, `"/>`)
}

// shape puts one of the symbols that the page defines at a place.
func (d *drawing) shape(x, y float64, symbol, class string) {
	d.write(`<svg x="`, pct(x), `%" y="`, pct(y), `%" overflow="visible"><use href="#`, symbol, `" class="`, class, `"/></svg>`)
}

// text writes words at a place, moved by dx and dy pixels.
func (d *drawing) text(x, y float64, dx, dy int, anchor, words string) {
	d.write(`<text x="`, pct(x), `%" y="`, pct(y), `%" dx="`, strconv.Itoa(dx), `" dy="`, strconv.Itoa(dy), `" text-anchor="`, anchor, `">`,
		template.HTMLEscapeString(words), `</text>`)
}

// A point is a place in percent; a NaN breaks the line there.
type point struct{ x, y float64 }

// path draws a line through points.
func (d *drawing) path(points []point, class string) {
	var p strings.Builder
	pen := "M"
	for _, at := range points {
		if math.IsNaN(at.y) {
			pen = "M"
			continue
		}
		p.WriteString(pen + pct(at.x) + " " + pct(at.y))
		pen = "L"
	}
	d.stretched(p.String(), class)
}

// area fills what lies between two lines with the same number of points. Where
// either is not known it has a gap.
func (d *drawing) area(upper, lower []point, class string) {
	var p strings.Builder
	for i := 0; i < len(upper); {
		end := i
		for end < len(upper) && !math.IsNaN(upper[end].y) && !math.IsNaN(lower[end].y) {
			end++
		}
		if end-i > 1 {
			pen := "M"
			for _, at := range upper[i:end] {
				p.WriteString(pen + pct(at.x) + " " + pct(at.y))
				pen = "L"
			}
			for j := end - 1; j >= i; j-- {
				p.WriteString("L" + pct(lower[j].x) + " " + pct(lower[j].y))
			}
			p.WriteString("Z")
		}
		i = end + 1
	}
	d.stretched(p.String(), class)
}

// stretched draws a path in percent over the whole drawing.
func (d *drawing) stretched(path, class string) {
	if path != "" {
		d.write(`<svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%" overflow="visible"><path d="`, path, `" class="`, class, `"/></svg>`)
	}
}

// chart is the drawing as a figure with room for its axes; the description is
// read out where it cannot be seen.
func (d *drawing) chart(height int, description string) template.HTML {
	return template.HTML(`<div class="plot"><svg role="img" width="100%" height="` + strconv.Itoa(height) + `"><title>` +
		template.HTMLEscapeString(description) + `</title>` + d.b.String() + `</svg></div>`)
}

// strip is the drawing as a cell of a table.
func (d *drawing) strip(description string) template.HTML {
	return template.HTML(`<svg role="img" width="100%" height="36"><title>` + template.HTMLEscapeString(description) + `</title>` + d.b.String() + `</svg>`)
}

// A scale turns values into percent of an axis.
type scale struct{ low, high float64 }

// at is the place of v, within the axis.
func (s scale) at(v float64) float64 {
	return min(max(100*(v-s.low)/(s.high-s.low), 0), 100)
}

// holds reports whether v lies on the axis.
func (s scale) holds(v float64) bool { return v >= s.low && v <= s.high }

// ticks are about n round numbers on the axis.
func (s scale) ticks(n int) (at []float64) {
	step := math.Pow(10, math.Floor(math.Log10((s.high-s.low)/float64(n))))
	for _, f := range []float64{1, 2, 5, 10} {
		if (s.high-s.low)/(f*step) <= float64(n) {
			step *= f
			break
		}
	}
	for i := math.Ceil(s.low/step - 1e-9); i*step <= s.high+step*1e-9; i++ {
		at = append(at, i*step+0)
	}
	return at
}

// around is the axis that holds all values that are known, with some air. It
// starts at 0 if the values come near it.
func around(values ...float64) scale {
	s := scale{math.Inf(1), math.Inf(-1)}
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			s.low, s.high = min(s.low, v), max(s.high, v)
		}
	}
	if s.low > s.high {
		return scale{0, 1}
	}
	if s.low == s.high {
		s.low, s.high = s.low-max(math.Abs(s.low), 1)/2, s.high+max(math.Abs(s.high), 1)/2
	}
	air := (s.high - s.low) * 0.06
	if s.low >= 0 && s.low < 0.4*s.high {
		return scale{0, s.high + air}
	}
	return scale{s.low - air, s.high + air}
}
