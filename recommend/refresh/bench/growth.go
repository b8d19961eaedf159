package bench

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"
)

// A Growth is a series of corpora of growing size.
type Growth []Result

// stages are the names of all stages, in the order in which they ran, and the total.
func (g Growth) stages() []string {
	seen := map[string]bool{}
	var names []string
	for _, r := range g {
		for _, s := range r.Stages {
			if !seen[s.Name] {
				seen[s.Name] = true
				names = append(names, s.Name)
			}
		}
	}
	return append(names, TotalName)
}

func (r *Result) named(name string) Stage {
	if name == TotalName {
		return r.Total
	}
	return r.Stage(name)
}

// A Factor tells how much more a stage took for one corpus than for the one before.
type Factor struct {
	Stage    string  `json:"stage"`
	From     int     `json:"from"` // articles
	To       int     `json:"to"`
	Time     float64 `json:"time"` // times as many seconds
	CPU      float64 `json:"cpu"`
	Memory   float64 `json:"memory"`   // times as much
	Exponent float64 `json:"exponent"` // of the number of articles, to which seconds of processor time grew; 0: not known
}

// Factors are those of every stage and step of g.
func (g Growth) Factors() []Factor {
	var factors []Factor
	for i := range g[1:] {
		a, b := &g[i], &g[i+1]
		for _, name := range g.stages() {
			x, y := a.named(name), b.named(name)
			f := Factor{
				Stage: name, From: a.Articles, To: b.Articles,
				Time: rate(y.Seconds, x.Seconds), CPU: rate(y.CPUSeconds, x.CPUSeconds), Memory: rate(float64(y.PeakBytes), float64(x.PeakBytes)),
			}
			if f.CPU > 0 {
				f.Exponent = math.Log(f.CPU) / math.Log(float64(b.Articles)/float64(a.Articles))
			}
			factors = append(factors, f)
		}
	}
	return factors
}

// WriteCSV writes a line for every stage of every corpus.
func (g Growth) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"articles", "words", "terms", "nonzeros", "rank", "stage", "seconds", "cpu_seconds", "peak_bytes", "gflops", "peak_share"})
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }
	for _, r := range g {
		for _, name := range g.stages() {
			s := r.named(name)
			out.Write([]string{
				strconv.Itoa(r.Articles), strconv.FormatInt(r.Words, 10), strconv.Itoa(r.Terms), strconv.FormatInt(r.NonZeros, 10), strconv.Itoa(r.Rank),
				name, number(s.Seconds), number(s.CPUSeconds), strconv.FormatInt(s.PeakBytes, 10), number(s.GFLOPs), number(s.Share),
			})
		}
	}
	out.Flush()
	return out.Error()
}
