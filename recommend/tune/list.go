package tune

import "github.com/alsolike/alsolike/recommend/rank"

// An Item is one link of a List.
type Item struct {
	Values rank.Values

	// Gain is how much it counts that the link was followed: one over the attention
	// that its position gets, at most mostGain. 0: it was not followed.
	Gain float64
}

// A List is links that a reader chose from.
type List struct {
	Cluster uint64 // equal for lists that may depend on each other: those of one reader
	Items   []Item
}

// mostGain bounds how much one click counts, so that no click far down, where
// attention is hardly known, outweighs all others (Joachims and others 2017 clip
// propensities likewise). It lets 1/θ of the first ten slots pass in the layouts at
// hand.
const mostGain = 10

// gain is that of a click at a position of this attention.
func gain(theta float64) float64 { return min(1/theta, mostGain) }

// gains is the number of clicks of lists, and the sum of their gains.
func gains(lists []List) (clicks int, sum float64) {
	for _, l := range lists {
		for _, item := range l.Items {
			if item.Gain > 0 {
				clicks++
				sum += item.Gain
			}
		}
	}
	return clicks, sum
}
