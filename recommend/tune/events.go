package tune

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/recommend/reads"
)

// ErrNoPositions is returned of a log that does not tell where in a list its items
// stood.
var ErrNoPositions = errors.New("the log does not tell at which positions links were shown, so clicks cannot be corrected for them")

// ErrSamePositions is returned of a log in which links always stand at one position.
var ErrSamePositions = errors.New("every link always stood at the same position, so the log cannot tell a good link from a good position")

// FromEvents fits weights to an event log, which it reads twice. Of the lists of which
// something was followed, in order of time, the first half are only what readers read,
// the next quarter is what weights are fitted to, and the last tells whether they are
// better. Features are as of then: of reads only those before the part that a list is
// of, and of ages those at the moment when it was shown.
//
// The attention of positions is that of the log before the last part. It returns a
// *TooFewError, ErrNoPositions, ErrSamePositions, or the error of ctx.
func FromEvents(ctx context.Context, c *Corpus, events func() iter.Seq[clicklog.Event], o Options) (*Result, error) {
	all := newCollection(c, o.Since)
	if err := observeAll(ctx, events(), all.observe); err != nil {
		return nil, err
	}
	if all.unplaced > 0 && len(all.lists) == 0 {
		return nil, ErrNoPositions
	}
	clicked, half, late := all.sort()
	if clicked < leastLists {
		return nil, &TooFewError{"lists of two links or more of which one was followed", clicked, leastLists}
	}
	theta, err := all.attention(late)
	if err != nil {
		return nil, err
	}
	r := &Result{Report: Report{
		Split: "time", From: all.lists[0].at, Until: all.lists[len(all.lists)-1].at,
		Fitted: Part{From: half, Until: late}, Tested: Part{From: late},
		Attention: theta, Simulated: all.simulated,
	}}
	r.Tested.Until = r.Until
	signals := func(asOf time.Time) *reads.Collector {
		return reads.NewCollector(len(c.Cards), c.Row, reads.Options{Since: o.Since, AsOf: asOf, Theta: theta})
	}
	beforeFit, beforeTest := signals(half), signals(late)
	if err := observeAll(ctx, events(), beforeFit.Observe, beforeTest.Observe); err != nil {
		return nil, err
	}
	at := func(when time.Time) int {
		i, _ := slices.BinarySearchFunc(all.lists, when, func(l shown, t time.Time) int { return l.at.Compare(t) })
		return i
	}
	fit, err := all.examples(all.lists[at(half):at(late)], beforeFit.Signals(), theta, o)
	if err != nil {
		return nil, err
	}
	test, err := all.examples(all.lists[at(late):], beforeTest.Signals(), theta, o)
	if err != nil {
		return nil, err
	}
	return r, r.finish(fit, test, o.Seed)
}

// examples are the lists of which something was followed, with their features. Of
// items beyond the positions whose attention is known there are none.
func (x *collection) examples(lists []shown, s *reads.Signals, theta []float64, o Options) (all []List, err error) {
	scorer, err := x.c.scorer(s, o)
	if err != nil {
		return nil, err
	}
	for _, l := range lists {
		if !l.clicked {
			continue
		}
		one := List{Cluster: l.cluster}
		followed := false
		for _, p := range l.items {
			if int(p.slot) >= len(theta) {
				continue
			}
			item := Item{Values: scorer.ValuesAsOf(scorer.Article(int(l.source)), scorer.Article(int(p.row)), l.at)}
			if p.clicked {
				item.Gain, followed = gain(theta[p.slot]), true
			}
			one.Items = append(one.Items, item)
		}
		if followed && len(one.Items) > 1 {
			all = append(all, one)
		}
	}
	return all, nil
}

// attention is the position curve of the lists before a moment, over as many of the
// first positions as it can be told of.
func (x *collection) attention(before time.Time) ([]float64, error) {
	slots := 0
	for _, l := range x.lists {
		for _, p := range l.items {
			slots = max(slots, int(p.slot)+1)
		}
	}
	for {
		curve, err := estimate.FitCurve(x.counts(before, slots))
		var parts *estimate.NotIdentifiableError
		switch {
		case err == nil:
			return curve.Theta, nil
		case !errors.As(err, &parts):
			return nil, err
		}
		known := together(parts.Components)
		if known < 2 || known >= slots {
			return nil, ErrSamePositions
		}
		slots = known
	}
}

// together is how many of the first slots are in the component of the first.
func together(components [][]int) (n int) {
	for _, slots := range components {
		if !slices.Contains(slots, 1) {
			continue
		}
		for slices.Contains(slots, n+1) {
			n++
		}
	}
	return n
}

// counts are how often links were shown and followed at the first slots. A link from
// one article to another is as attractive in one slot of a widget as in another.
func (x *collection) counts(before time.Time, slots int) estimate.Counts {
	type stratum struct {
		source, row int32
		widget      uint64
	}
	number := map[stratum]int{}
	counts := estimate.Counts{Slots: slots}
	for _, l := range x.lists {
		if !l.at.Before(before) {
			break
		}
		for _, p := range l.items {
			if int(p.slot) >= slots {
				continue
			}
			key := stratum{l.source, p.row, l.widget}
			i, ok := number[key]
			if !ok {
				i = len(number)
				number[key] = i
				counts.Shown = append(counts.Shown, make([]float64, slots)...)
				counts.Clicked = append(counts.Clicked, make([]float64, slots)...)
			}
			counts.Shown[i*slots+int(p.slot)]++
			if p.clicked {
				counts.Clicked[i*slots+int(p.slot)]++
			}
		}
	}
	return counts
}
