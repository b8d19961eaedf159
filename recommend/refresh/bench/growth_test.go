package bench

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
)

// cubes is a growth in which "linear" takes time in proportion to the articles, and
// "square" to their square.
func cubes() Growth {
	var g Growth
	for _, n := range []int{1000, 4000, 16_000} {
		x := float64(n) / 1000
		stages := []Stage{
			{Name: "linear", Seconds: x, CPUSeconds: 2 * x, PeakBytes: 1e6},
			{Name: "square", Seconds: x * x, CPUSeconds: x * x, PeakBytes: int64(1e6 * x)},
			{Name: "a < b & c"},
		}
		total := Stage{Name: TotalName, Seconds: x + x*x, CPUSeconds: 2*x + x*x, PeakBytes: int64(1e6 * x)}
		g = append(g, Result{Articles: n, Words: int64(300 * n), Stages: stages, Total: total, Rank: 256, Neighbours: 64, Kernel: "go", Workers: 2})
	}
	return g
}

func TestFactors(t *testing.T) {
	factors := cubes().Factors()
	if len(factors) != 2*4 {
		t.Fatalf("got %d factors, want those of 4 stages and 2 steps", len(factors))
	}
	for _, f := range factors {
		if f.To != 4*f.From {
			t.Errorf("got %+v, want a step to four times as many", f)
		}
		want := map[string]Factor{"linear": {Time: 4, CPU: 4, Memory: 1, Exponent: 1}, "square": {Time: 16, CPU: 16, Memory: 4, Exponent: 2}, "a < b & c": {}}
		if w, ok := want[f.Stage]; ok && (f.Time != w.Time || f.CPU != w.CPU || f.Memory != w.Memory || math.Abs(f.Exponent-w.Exponent) > 1e-9) {
			t.Errorf("got %+v, want %+v", f, w)
		}
	}
}

func TestWriteCSV(t *testing.T) {
	var b bytes.Buffer
	if err := cubes().WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) != 1+3*4 || strings.Join(lines[2], ",") != "1000,300000,0,0,256,square,1,1,1000000,0,0" {
		t.Errorf("got %d lines, the third %q", len(lines), lines[2])
	}
}

// A picture is well-formed, names every stage with its power, and writes no name over
// another.
func TestWriteSVG(t *testing.T) {
	for name, g := range map[string]Growth{"three sizes": cubes(), "one size": cubes()[:1]} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := g.WriteSVG(&b); err != nil {
				t.Fatal(err)
			}
			all := textsOf(t, b.Bytes())
			for text := range all {
				if strings.Contains(text, "a < b") {
					t.Errorf("a stage that took no time is drawn: %q", text)
				}
			}
			power := map[bool]string{true: "  2.00"}[len(g) > 1]
			for _, want := range []string{"seconds", "most memory", "articles", "square" + power} {
				if len(all[want]) == 0 {
					t.Errorf("the picture does not say %q; it says %v", want, all)
				}
			}
			var names []place
			for text, at := range all {
				for _, stage := range []string{"linear", "square", "total"} {
					if strings.HasPrefix(text, stage) {
						names = append(names, at...)
					}
				}
			}
			if len(names) != 6 {
				t.Errorf("%d names beside 2 × 3 lines", len(names))
			}
			for i, p := range names {
				if p.x < 0 || p.x > chartWidth-80 || p.y < panelTop || p.y > panelTop+panelHeight+5 {
					t.Errorf("a name at %v", p)
				}
				for _, q := range names[:i] {
					if p.x == q.x && math.Abs(p.y-q.y) < labelGap-.2 {
						t.Errorf("names at %v and %v", p, q)
					}
				}
			}
			if strings.Contains(b.String(), "NaN") || strings.Contains(b.String(), "Inf") {
				t.Error("the picture holds no numbers")
			}
		})
	}
}

type place struct{ x, y float64 }

// textsOf is where each text of a picture stands.
func textsOf(t *testing.T, picture []byte) map[string][]place {
	t.Helper()
	found := map[string][]place{}
	var at place
	decoder := xml.NewDecoder(bytes.NewReader(picture))
	within := false
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			within = token.Name.Local == "text"
			for _, a := range token.Attr {
				switch v, err := strconv.ParseFloat(a.Value, 64); {
				case err != nil:
				case a.Name.Local == "x":
					at.x = v
				case a.Name.Local == "y":
					at.y = v
				}
			}
		case xml.EndElement:
			within = false
		case xml.CharData:
			if within {
				found[string(token)] = append(found[string(token)], at)
			}
		}
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		least, most float64
		want        string
	}{
		{1, 1000, "[1 10 100 1000]"},
		{900, 12_000, "[1000 2000 5000 10000]"},
		{30, 80, "[50]"},
	} {
		a := axis{math.Log10(c.least) - 1e-9, math.Log10(c.most) + 1e-9, 0, 100}
		var rounded []float64
		for _, v := range a.ticks() {
			rounded = append(rounded, math.Round(v))
		}
		if got := fmt.Sprint(rounded); got != c.want {
			t.Errorf("%v to %v: got %s, want %s", c.least, c.most, got, c.want)
		}
	}
}
