package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"
)

// A progress shows how far long work has come: bars on a terminal, else one
// line a step, with what was done and how long it took.
type progress struct {
	w     io.Writer // where steps are told; nowhere with --progress none
	lines io.Writer // standard error
	now   func() time.Time
	bars  *mpb.Progress // nil: lines
}

// checkProgress refuses what --progress cannot be.
func (e *env) checkProgress() error {
	switch e.progress {
	case "auto", "plain", "none":
		return nil
	}
	return usagef("--progress is %q; it may be auto, plain or none", e.progress)
}

// newProgress makes the progress that --progress asks for.
func (e *env) newProgress() (*progress, error) {
	if err := e.checkProgress(); err != nil {
		return nil, err
	}
	p := &progress{w: e.stderr, lines: e.stderr, now: e.now}
	switch f, ok := e.stderr.(*os.File); {
	case e.progress == "none":
		p.w = io.Discard
	case e.progress == "auto" && ok && term.IsTerminal(int(f.Fd())):
		p.bars = mpb.New(mpb.WithOutput(f), mpb.WithWidth(barWidth), mpb.WithRefreshRate(120*time.Millisecond))
	}
	return p, nil
}

// The columns of a step: with a bar's figures they fit a terminal of 80.
const (
	nameWidth = 12
	barWidth  = 24
)

// A step is one part of the work.
type step struct {
	p     *progress
	name  string
	unit  string // what it counts, in the singular
	start time.Time
	bar   *mpb.Bar

	mu sync.Mutex // the bar is drawn beside the work
	at reading
}

// A reading is how far a step has come.
type reading struct {
	done, total int64         // by which the bar grows; total 0: nobody knows
	n           int64         // in the step's unit
	took        time.Duration // from the start of the step to this reading
}

// begin starts a step. On a terminal its bar appears at once.
func (p *progress) begin(name, unit string) *step {
	s := &step{p: p, name: name, unit: unit, start: p.now()}
	if p.bars != nil {
		s.bar = p.bars.New(0,
			mpb.BarStyle().Lbound("").Rbound("").Filler("█").Tip("█").Padding("░"),
			mpb.BarFillerMiddleware(func(bar mpb.BarFiller) mpb.BarFiller {
				return mpb.BarFillerFunc(func(w io.Writer, st decor.Statistics) error {
					if s.read().total == 0 {
						return nil
					}
					return bar.Fill(w, st)
				})
			}),
			mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Name(fmt.Sprintf("%-*s", nameWidth, name))),
			mpb.AppendDecorators(decor.Any(func(decor.Statistics) string {
				return s.read().figures(s.unit, p.now().Sub(s.start))
			})),
		)
	}
	return s
}

// set says how far the step is; of r.took it takes care itself.
func (s *step) set(r reading) {
	r.took = s.p.now().Sub(s.start)
	s.mu.Lock()
	s.at = r
	s.mu.Unlock()
	if s.bar != nil {
		s.bar.SetTotal(max(r.total, r.done+1), false) // the bar ends with end, not before
		s.bar.SetCurrent(r.done)
	}
}

func (s *step) read() reading {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

// figures says in words what a bar shows now, so long after its step began:
// share, count, rate and the time that is left, as far as they can be told.
func (r reading) figures(unit string, now time.Duration) string {
	const soon = 500 * time.Millisecond // before that, rates are guesses
	var parts []string
	if r.total > 0 {
		parts = append(parts, fmt.Sprintf("%3d%%", 100*r.done/r.total))
	}
	if r.n > 0 {
		parts = append(parts, plural(r.n, unit))
	}
	if rate := float64(r.n) / r.took.Seconds(); r.took >= soon && rate >= 1 {
		parts = append(parts, count(int64(rate))+"/s")
	}
	if r.took >= soon && r.done > 0 && r.done < r.total {
		left := time.Duration(float64(r.took)*float64(r.total-r.done)/float64(r.done)) - (now - r.took)
		if left = left.Round(time.Second); left > 0 {
			parts = append(parts, left.String()+" left")
		}
	}
	return strings.Join(parts, "  ")
}

// end finishes the step and prints its line: its name, what was done, and the
// time it took.
func (s *step) end() {
	line := fmt.Sprintf("%-*s %s in %s\n", nameWidth, s.name, plural(s.read().n, s.unit), roundDuration(s.p.now().Sub(s.start)))
	if s.p.bars == nil {
		io.WriteString(s.p.w, line)
		return
	}
	s.bar.SetTotal(-1, true)
	s.bar.Wait()
	s.p.bars.Write([]byte(line))
}

// drop ends a step that was not finished, without a line.
func (s *step) drop() {
	if s.bar != nil {
		s.bar.Abort(true)
		s.bar.Wait()
	}
}

// println writes a line of its own, above the bars.
func (p *progress) println(line string) {
	if p.bars != nil {
		p.bars.Write([]byte(line + "\n"))
		return
	}
	fmt.Fprintln(p.lines, line)
}

// A stages shows work that announces by itself which stage it is in.
type stages struct {
	p    *progress
	unit map[string]string // stage: what it counts, in the singular
	step *step
}

// stages returns a stages that calls what a stage counts by the name in unit;
// a stage without one is counted in articles.
func (p *progress) stages(unit map[string]string) *stages {
	return &stages{p: p, unit: unit}
}

// report says how far a stage is: done of total (0: nobody knows) by which its
// bar grows, and n in the stage's unit. The first report of a stage ends the
// one before.
func (s *stages) report(stage string, done, total, n int64) {
	if s.step == nil || s.step.name != stage {
		s.end(nil)
		s.step = s.p.begin(stage, cmp.Or(s.unit[stage], "article"))
	}
	s.step.set(reading{done: done, total: total, n: n})
}

// end ends the last stage. If the work failed with err, that stage was not
// finished, and nothing is said of it.
func (s *stages) end(err error) {
	switch {
	case s.step == nil:
	case err != nil:
		s.step.drop()
	default:
		s.step.end()
	}
	s.step = nil
}

// close removes what is left of the bars. It may be called more than once.
func (p *progress) close() {
	if p.bars != nil {
		p.bars.Shutdown()
	}
}

func roundDuration(d time.Duration) time.Duration {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond)
	case d < time.Minute:
		return d.Round(10 * time.Millisecond)
	}
	return d.Round(time.Second)
}

// count writes n with thousands apart: 19,043.
func count[N int | int64](n N) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural is "1 article" or "19,043 articles".
func plural[N int | int64](n N, one string) string {
	switch {
	case n == 1:
		return "1 " + one
	case strings.HasSuffix(one, "s"):
		return count(n) + " " + one + "es"
	}
	return count(n) + " " + one + "s"
}
