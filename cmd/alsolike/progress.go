package main

import (
	"fmt"
	"io"
	"os"
	"strings"
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

// newProgress makes the progress that --progress asks for.
func (e *env) newProgress() (*progress, error) {
	p := &progress{w: e.stderr, lines: e.stderr, now: e.now}
	switch e.progress {
	case "auto":
		if f, ok := e.stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
			p.bars = mpb.New(mpb.WithOutput(f), mpb.WithWidth(40), mpb.WithRefreshRate(120*time.Millisecond))
		}
	case "plain":
	case "none":
		p.w = io.Discard
	default:
		return nil, usagef("--progress is %q; it may be auto, plain or none", e.progress)
	}
	return p, nil
}

// A step is one part of the work.
type step struct {
	p     *progress
	name  string
	start time.Time
	bar   *mpb.Bar
}

// begin starts a step. On a terminal its bar appears at once.
func (p *progress) begin(name string) *step {
	s := &step{p: p, name: name, start: p.now()}
	if p.bars != nil {
		s.bar = p.bars.New(0,
			mpb.BarStyle().Lbound("").Rbound("").Filler("█").Tip("█").Padding("░"),
			mpb.BarRemoveOnComplete(),
			mpb.PrependDecorators(decor.Name(name, decor.WC{W: 22, C: decor.DindentRight})),
			mpb.AppendDecorators(
				decor.NewPercentage("%d"), decor.Name("  "),
				decor.AverageSpeed(nil, "%.0f/s"), decor.Name("  "),
				decor.AverageETA(decor.ET_STYLE_GO, decor.WCSyncSpace), decor.Name(" left"),
			))
	}
	return s
}

// set says that done of total are finished, in whatever unit.
func (s *step) set(done, total int64) {
	if s.bar != nil {
		s.bar.SetTotal(max(total, done+1), false) // the bar ends with end, not before
		s.bar.SetCurrent(done)
	}
}

// end finishes the step and prints its line: its name, what was done, and the
// time it took.
func (s *step) end(format string, args ...any) {
	line := fmt.Sprintf("%-12s %s in %s\n", s.name, fmt.Sprintf(format, args...), roundDuration(s.p.now().Sub(s.start)))
	if s.p.bars == nil {
		io.WriteString(s.p.w, line)
		return
	}
	s.bar.SetTotal(-1, true)
	s.bar.Wait()
	s.p.bars.Write([]byte(line))
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
	done int64 // in the unit of the stage
}

// stages returns a stages that calls what a stage counts by the name in unit;
// a stage without one is counted in articles.
func (p *progress) stages(unit map[string]string) *stages {
	return &stages{p: p, unit: unit}
}

// report says how far a stage is: done of total by which its bar grows, and n
// in the stage's unit. The first report of a stage ends the one before.
func (s *stages) report(stage string, done, total, n int64) {
	if s.step == nil || s.step.name != stage {
		s.end()
		s.step = s.p.begin(stage)
	}
	s.done = n
	s.step.set(done, total)
}

// end ends the last stage.
func (s *stages) end() {
	if s.step == nil {
		return
	}
	unit, ok := s.unit[s.step.name]
	if !ok {
		unit = "article"
	}
	s.step.end("%s", plural(s.done, unit))
	s.step, s.done = nil, 0
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
