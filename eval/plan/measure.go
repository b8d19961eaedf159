package plan

import (
	"fmt"
	"slices"

	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/pack"
)

// A Count is what a pack holds.
type Count struct {
	Days                       int // from the first to the last
	Impressions, Clicks, Drawn int // Drawn are the clicks on lists drawn at random
}

// Traffic counts what a pack holds.
func Traffic(p *pack.Pack) Count {
	im := &p.Impressions
	if im.Len() == 0 {
		return Count{}
	}
	const day = 24
	c := Count{Days: int(slices.Max(im.Hour)/day-slices.Min(im.Hour)/day) + 1, Impressions: im.Len()}
	for i := range im.Len() {
		drawn := im.Policy[i] >= 0 && p.Policies[im.Policy[i]].Kind == drawnKind
		from, to := im.Items(i)
		for _, f := range im.Flags[from:to] {
			if f&pack.Clicked == 0 {
				continue
			}
			c.Clicks++
			if drawn {
				c.Drawn++
			}
		}
	}
	return c
}

// ClicksPerDay is the mean over the days.
func (c Count) ClicksPerDay() float64 { return float64(c.Clicks) / float64(c.Days) }

// ImpressionsPerDay is the mean over the days.
func (c Count) ImpressionsPerDay() float64 { return float64(c.Impressions) / float64(c.Days) }

// Variance is c of the estimates of clicks among measures, from a log with so
// many clicks on drawn lists,
//
//	c = (SE of the difference / baseline)² · clicks
//
// of the ranking in the middle, if there are several. It is an error if no
// difference could be measured, or if all are of equal lists.
func Variance(measures []eval.Measure, clicks int) (Assumed, error) {
	var found []Assumed
	refusal := "no ranking in it differs from production"
	for _, m := range measures {
		if m.Metric != "clicks" || m.Slice != "" || m.Level != eval.LevelDrawn {
			continue
		}
		if m.Refusal != "" {
			refusal = m.Refusal
			continue
		}
		if m.Delta.SE == 0 || m.Baseline.Value == 0 {
			continue // the lists of production itself
		}
		relative := m.Delta.SE / m.Baseline.Value
		found = append(found, Assumed{relative * relative * float64(clicks), m.Ranking})
	}
	if len(found) == 0 {
		return Assumed{}, fmt.Errorf("%s", refusal)
	}
	slices.SortStableFunc(found, func(a, b Assumed) int {
		switch {
		case a.Value < b.Value:
			return -1
		case a.Value > b.Value:
			return 1
		}
		return 0
	})
	return found[(len(found)-1)/2], nil
}
