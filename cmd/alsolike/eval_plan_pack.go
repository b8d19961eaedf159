package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/pack"
	"github.com/alsolike/alsolike/eval/plan"
)

// planMeasured is what a pack tells of drawing, and sentences on what it does not
// tell.
type planMeasured struct {
	draws []plan.Draw
	notes []string
}

func (m *planMeasured) notef(format string, args ...any) {
	m.notes = append(m.notes, fmt.Sprintf(format, args...))
}

// measurePlan fills opts with what the pack at path tells. What it cannot tell
// stays as it is.
func measurePlan(ctx context.Context, path string, opts *plan.Options) (m planMeasured, err error) {
	p, _, err := pack.Open(path)
	if err != nil {
		return m, err
	}
	if p.Simulated != "" {
		m.notef("SIMULATED: %s.", p.Simulated)
	}
	traffic := plan.Traffic(p)
	if traffic.Clicks == 0 {
		return m, fmt.Errorf("%s holds no clicks on lists that readers saw", path)
	}
	opts.ClicksPerDay, opts.ImpressionsPerDay = traffic.ClicksPerDay(), traffic.ImpressionsPerDay()
	result, err := eval.Clicks(ctx, p, neighbours(p), nil, eval.ClickOptions{})
	if err != nil {
		return m, err
	}
	if result.Curve == nil {
		m.notef("Nothing else can be measured on this pack: %s.", result.CurveRefusal)
		return m, nil
	}
	name := filepath.Base(path)
	if opts.Variance, err = plan.Variance(result.Measures, traffic.Drawn); err != nil {
		m.notef("What a click tells cannot be measured on this pack: %v.", err)
	} else {
		opts.Variance.From = name + ": " + opts.Variance.From
	}
	theta := make([]float64, len(result.Curve.Theta))
	for i, slot := range result.Curve.Theta {
		theta[i] = slot.Value
	}
	if m.draws, err = plan.Draws(p, theta); err != nil {
		m.notef("What drawing costs cannot be measured on this pack: %v.", err)
		return m, nil
	}
	own := slices.IndexFunc(m.draws, func(d plan.Draw) bool { return d.Temperature == 1 })
	opts.Loss = plan.Assumed{Value: max(0, m.draws[own].Loss.Value), From: name}
	return m, nil
}

// neighbours are rankings near production's, whose difference to it is to be
// told: the snapshots of the pack, or if there is only one, its lists without
// their second link.
func neighbours(p *pack.Pack) []eval.Entry {
	var entries []eval.Entry
	for i := range p.Snapshots {
		if lists := packLists(p, i); len(lists) > 0 {
			entries = append(entries, eval.Entry{Name: "snapshot " + p.Snapshots[i].Name, Ranker: lists})
		}
	}
	if len(entries) == 1 {
		lists := eval.Lists{}
		for seed, list := range entries[0].Ranker.(eval.Lists) {
			lists[seed] = slices.Delete(slices.Clone(list), min(1, len(list)), min(2, len(list)))
		}
		entries[0] = eval.Entry{Name: "production without its second links", Ranker: lists}
	}
	return entries
}

// packLists is snapshot i of a pack as a ranking.
func packLists(p *pack.Pack, i int) eval.Lists {
	lists := eval.Lists{}
	for a := range p.Articles {
		if len(p.Snapshots[i].Start) == 0 {
			break // the log names it, and it was not attached
		}
		items, _ := p.Snapshots[i].List(int32(a))
		for _, item := range items {
			seed := data.ArticleID(p.Articles[a].ID)
			lists[seed] = append(lists[seed], data.ArticleID(p.Articles[item].ID))
		}
	}
	return lists
}
