package main

import (
	"bufio"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/eval/pack"
	"github.com/alsolike/alsolike/eval/simulate"
)

// writeSimulated writes the pack of a simulated log and returns where it is.
func writeSimulated(t *testing.T, opts simulate.Options) string {
	t.Helper()
	articles, snapshots := simulate.Site(100, 1)
	w, err := simulate.New(articles, snapshots, opts)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "week.evp")
	if err := writeFile(path, func(out *bufio.Writer) error { return pack.Write(out, w.Pack(1), pack.WriteOptions{}) }); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEvalPlan(t *testing.T) {
	s := newShell(t)
	got := s.ok("eval", "plan", "--clicks-per-day", "400", "--margin", "5%")
	for _, want := range []string{"0.5 (assumed", "20 % (assumed", "Draw 5 % of the lists at random", "78 days"} {
		if !strings.Contains(got, want) {
			t.Errorf("the plan does not say %q:\n%s", want, got)
		}
	}
	s.fails(exitUsage, []string{"--clicks-per-day", "--pack"}, "eval", "plan")
	s.fails(exitUsage, []string{"margin is 3; it is above 0 and below 100 %"}, "eval", "plan", "--clicks-per-day", "400", "--margin", "3")
	s.fails(exitUsage, []string{"--power", "no amount"}, "eval", "plan", "--clicks-per-day", "400", "--power", "high")
}

// A pack tells what a click tells, what drawing loses, and says that it is
// simulated.
func TestEvalPlanPack(t *testing.T) {
	oneByOne(t)
	s := newShell(t)
	path := writeSimulated(t, simulate.Options{Impressions: 40_000, Explore: .1})
	var report planReport
	s.decode(&report, "eval", "plan", "--pack", path, "--json")
	if len(report.Notes) != 1 || !strings.HasPrefix(report.Notes[0], "SIMULATED: made up by alsolike eval simulate") {
		t.Errorf("notes: %q", report.Notes)
	}
	if c := report.Variance; c.From == "" || !(c.Value > .02 && c.Value < 2) {
		t.Errorf("what a click tells is %+v", c)
	}
	if l := report.Loss; l.From != "week.evp" || !(l.Value >= 0 && l.Value < .3) {
		t.Errorf("the loss is %+v", l)
	}
	if len(report.Draws) != 6 || report.Draws[0].Loss > report.Draws[5].Loss {
		t.Errorf("draws at other temperatures: %+v", report.Draws)
	}
	if text := s.ok("eval", "plan", "--pack", path); !strings.HasPrefix(text, "SIMULATED: ") || !strings.Contains(text, "The log's own temperature loses less than 15 %. Keep it.") {
		t.Errorf("the plan is\n%s", text)
	}

	none := writeSimulated(t, simulate.Options{Impressions: 2000, Explore: -1})
	if text := s.ok("eval", "plan", "--pack", none); !strings.Contains(text, "cannot be measured on this pack") || !strings.Contains(text, "20 % (assumed") {
		t.Errorf("the plan on a pack without drawn lists is\n%s", text)
	}
}
