package eval

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/pack"
)

// What the impressions of a log are clustered by.
const (
	ClusterReader     = "reader" // default
	ClusterSession    = "session"
	ClusterSeed       = "seed" // the article under which the list stands
	ClusterImpression = "impression"
)

// ClickOptions are the settings of Clicks. The zero value works.
type ClickOptions struct {
	K        int    // slots that count; 0, or more than the log's lists have: all
	Cluster  string // ClusterReader, …; "": ClusterReader
	Baseline string // name of the Entry that the others are compared with; "": Production
	Seed     uint64 // of what is drawn: bootstraps, halvings

	// Theta is the position curve, if it is known; nil: it is found in the log.
	Theta []float64

	// From is when rankings were made: they are judged on the lists served from that
	// hour on, while the position curve and the shares of variants come from the
	// whole log. Zero: on all.
	From time.Time

	// Planned is the planned share of every variant, by name; nil: not known.
	Planned map[string]float64

	// Thorough finds the curve again in every one of 200 bootstrap samples,
	// instead of taking its uncertainty to first order.
	Thorough bool

	Limits  estimate.Limits // zero: estimate.DefaultLimits
	Workers int             // goroutines; 0: one for every processor

	plain      bool // without a control variate
	replicates int  // of a bootstrap; 0: as resample has it
}

func (o ClickOptions) withDefaults() ClickOptions {
	if o.Cluster == "" {
		o.Cluster = ClusterReader
	}
	if o.Limits == (estimate.Limits{}) {
		o.Limits = estimate.DefaultLimits
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	return o
}

// Validate reports what is wrong with the options, as a *data.InvalidError.
func (o ClickOptions) Validate() error {
	clusters := []string{"", ClusterReader, ClusterSession, ClusterSeed, ClusterImpression}
	switch {
	case o.K < 0 || o.K > maxSlots:
		return &data.InvalidError{Field: "k", Reason: fmt.Sprintf("is %d; it may be 1 to %d", o.K, maxSlots)}
	case !slices.Contains(clusters, o.Cluster):
		return &data.InvalidError{Field: "cluster", Reason: "is " + data.Quote(o.Cluster) + "; it may be reader, session, seed or impression"}
	}
	for i, v := range o.Theta {
		if !(v > 0) {
			return &data.InvalidError{Field: "theta", Reason: fmt.Sprintf("is %v at slot %d; it must be above 0", v, i+1)}
		}
	}
	for name, share := range o.Planned {
		if !(share > 0) {
			return &data.InvalidError{Field: "planned", Reason: fmt.Sprintf("share of variant %s is %v; it must be above 0", data.Quote(name), share)}
		}
	}
	return nil
}

// A ClickResult is what a log of clicks says: the parts of an Outcome.
type ClickResult struct {
	Measures     []Measure
	Curve        *PositionCurve
	CurveRefusal string
	Experiment   *Experiment
	Daily        []Day
	Backtest     []Backtest
	Log          *LogSummary

	// Dropped counts, by ranking, what its lists lost before they were measured,
	// over all impressions.
	Dropped map[string]AsOfDropped
}

// Clicks estimates how many clicks every ranking would have collected from the
// readers of the log, and the difference to the baseline. What the log cannot
// tell is refused with the reason, in the Measure; an error is a ranking that
// fails, a baseline that is not there, or a log without impressions
// (*DataError). Equal input gives an equal result, whatever the number of workers.
func Clicks(ctx context.Context, p *pack.Pack, candidates, baselines []Entry, opts ClickOptions) (*ClickResult, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	opts = opts.withDefaults()
	if p.Impressions.Len() == 0 {
		return nil, dataErrorf("the log holds no impressions; clicks need a log of the lists that were shown")
	}
	v := newClickEval(p, opts)
	result := &ClickResult{
		CurveRefusal: v.curveRefusal,
		Log:          v.summary(),
		Daily:        v.daily(),
		Experiment:   v.soundness(),
		Dropped:      map[string]AsOfDropped{},
	}
	v.result = result
	if v.curve != nil {
		result.Curve = v.curve.report(v.x)
	}
	unsound := ""
	if !result.Experiment.Sound {
		unsound = fmt.Sprintf("the variants do not have the shares that were planned (p = %.2g): who was shown what was not left to chance", result.Experiment.P)
	}
	entries := slices.Concat(candidates, baselines)
	if v.main == nil {
		if s := v.newSlotLog(); s != nil {
			result.Curve = nil // there is but one slot
			return result, s.measure(ctx, entries, unsound)
		}
	}
	if unsound != "" {
		v.refuse(unsound)
	}
	base, err := v.findBaseline(entries)
	if err != nil {
		return nil, err
	}
	if err := v.setBaseline(ctx, base); err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for i, e := range entries {
		if names[e.Name] {
			return nil, dataErrorf("two rankings are called %s; give each a name of its own", data.Quote(e.Name))
		}
		names[e.Name] = true
		if err := v.measure(ctx, e, i < len(candidates)); err != nil {
			return nil, err
		}
	}
	if !names[base.Name] {
		if err := v.measure(ctx, base, false); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// findBaseline is the entry of that name, or production.
func (v *clickEval) findBaseline(entries []Entry) (Entry, error) {
	name := v.opts.Baseline
	for _, e := range entries {
		if name != "" && e.Name == name {
			return e, nil
		}
	}
	base, _, err := Production(v.p)
	switch {
	case name != "" && name != servedName:
	case err == nil:
		return base, nil
	case len(entries) > 0:
		// What does not need production can still be said.
		v.refuse(err.Error())
		return entries[len(entries)-1], nil
	default:
		return base, err
	}
	return Entry{}, dataErrorf("no ranking is called %s, which the others are to be compared with", data.Quote(name))
}
