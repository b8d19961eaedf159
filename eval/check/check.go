package check

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/eval/pack"
)

// Options say what a log is checked against. The zero value is sound.
type Options struct {
	// Catalogue is every article of the site. If it is empty, the "art" events of
	// the log are; if there are none either, every article that the log names is
	// taken for one without dates. Born and Died are worked out here.
	Catalogue []pack.Article

	// Limits are the shares above which a finding is fatal, by its name, in place
	// of the default ones.
	Limits map[string]float64

	// Shares is the planned share of each variant; nil if there is no plan. The
	// sum need not be 1.
	Shares map[string]float64

	// FirstSeen takes the moment in which an article without a date was first
	// shown for that of its publication.
	FirstSeen bool

	SatisfiedDwell  time.Duration // reading time from which a click is satisfied; 0: 15 s
	SatisfiedScroll float64       // share of an article scrolled through from which it is; 0: a half
}

func (o Options) withDefaults() Options {
	if o.SatisfiedDwell == 0 {
		o.SatisfiedDwell = 15 * time.Second
	}
	if o.SatisfiedScroll == 0 {
		o.SatisfiedScroll = 0.5
	}
	return o
}

// A Result is what a check found.
type Result struct {
	// Counts has what was counted by name: the faults, those of documented names
	// also when there are none, what is valid, and some figures beside.
	Counts   map[string]int
	Findings []Finding // fatal ones first, then in the order of the documentation

	// Pack holds the valid impressions, clicks, page views and overrides, joined,
	// in the order of the log. Its snapshots have names and no lists yet.
	Pack *pack.Pack

	// From and To are the first and last day with a valid impression or page view,
	// as 2026-03-02; "" if there is none or the log tells no times.
	From, To string

	examples map[string][]string
}

// Fatal are the findings that make the log unusable.
func (r *Result) Fatal() []Finding {
	return slices.DeleteFunc(slices.Clone(r.Findings), func(f Finding) bool { return !f.Fatal })
}

// maxExamples bounds the examples of a finding.
const maxExamples = 5

// add counts n things that need no example.
func (r *Result) add(name string, n int) { r.Counts[name] += n }

// found counts one fault.
func (r *Result) found(name, example string) {
	r.Counts[name]++
	if list := r.examples[name]; len(list) < maxExamples && !slices.Contains(list, example) {
		r.examples[name] = append(list, example)
	}
}

// Run reads the events of a log, in whatever order they come, joins them to one
// another and to the catalogue, and counts what is wrong. Faults of a log are
// findings; an error is returned when ctx ends, or when a log is too large for the
// codes of a pack (over 2^31 items shown, 256 variants or 32,767 snapshots).
func Run(ctx context.Context, events iter.Seq2[clicklog.Event, *clicklog.Fault], opts Options) (*Result, error) {
	opts = opts.withDefaults()
	out := &Result{Counts: map[string]int{}, Pack: &pack.Pack{}, examples: map[string][]string{}}
	for _, name := range documented {
		out.Counts[name] = 0
	}
	rows := newRows(&opts, out)
	const between = 1 << 12
	n := 0
	for e, fault := range events {
		if n++; n%between == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		out.add("events_read", 1)
		if fault != nil {
			rows.fault(fault)
			continue
		}
		rows.event(e)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	j := &join{rows: rows, pack: out.Pack}
	for _, step := range []func() error{
		j.catalogue, j.impressions, j.names, j.click, j.view, j.reading, j.compact, j.suspicions, j.release, j.reads, j.overrides,
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("check: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	j.days()
	if out.Counts[impressionsValid]+len(out.Pack.Reads.Item) == 0 {
		out.found(nothingValid, "")
	}
	out.judge(&opts)
	out.Pack.Checks = maps.Clone(out.Counts)
	return out, nil
}
