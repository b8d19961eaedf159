package tune

import (
	"github.com/alsolike/alsolike/eval/resample"
	"github.com/alsolike/alsolike/recommend/rank"
)

// A Comparison is how well two sets of weights order lists that neither was fitted to.
// Accuracy is of pairs: the share of the other links of a list that stand below one
// that was followed, a mean over clicks, each weighted by its Gain; equals count half.
// 0.5 is what chance gives.
type Comparison struct {
	Before     float64    `json:"before"` // of the first weights
	After      float64    `json:"after"`
	Difference float64    `json:"difference"`
	Interval   [2]float64 `json:"interval"` // of 95 % of the difference, by a bootstrap of clusters
	Clicks     int        `json:"clicks"`
	Clusters   int        `json:"clusters"`
}

// Better reports whether the second weights are better beyond what chance does.
func (c *Comparison) Better() bool { return c.Interval[0] > 0 }

// Compare measures both weights on lists. The same seed gives the same interval.
func Compare(lists []List, before, after rank.Weights, seed uint64) Comparison {
	var c Comparison
	of := map[uint64]int{}
	var first, second, difference, all []float64 // by cluster
	for _, l := range lists {
		clicks, sum := gains([]List{l})
		if clicks == 0 {
			continue
		}
		i, ok := of[l.Cluster]
		if !ok {
			i = len(all)
			of[l.Cluster] = i
			first, second, difference, all = append(first, 0), append(second, 0), append(difference, 0), append(all, 0)
		}
		a, b := accuracy(l.Items, &before), accuracy(l.Items, &after)
		first[i] += a
		second[i] += b
		difference[i] += b - a
		all[i] += sum
		c.Clicks += clicks
	}
	c.Clusters = len(all)
	if c.Clusters == 0 {
		return c
	}
	total := 0.0
	for i := range all {
		c.Before += first[i]
		c.After += second[i]
		c.Difference += difference[i]
		total += all[i]
	}
	c.Before, c.After, c.Difference = c.Before/total, c.After/total, c.Difference/total
	c.Interval[0], c.Interval[1] = resample.Ratio(difference, all, resample.Options{Seed: seed}).Interval(.025)
	return c
}

// accuracy is that of one list, summed over its clicks by their gains.
func accuracy(items []Item, w *rank.Weights) (sum float64) {
	scores := make([]float32, len(items))
	for i := range items {
		scores[i] = w.Score(&items[i].Values)
	}
	for i, item := range items {
		if item.Gain == 0 {
			continue
		}
		below := 0.0
		for j, score := range scores {
			switch {
			case score < scores[i]:
				below++
			case score == scores[i] && j != i:
				below += .5
			}
		}
		sum += item.Gain * below / float64(max(1, len(items)-1))
	}
	return sum
}
