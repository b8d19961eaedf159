package eval

import (
	"math"
	"slices"
	"strconv"

	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/pack"
)

// kindDrawn is the pack.Policy.Kind of lists drawn at random.
const kindDrawn = "plackett-luce"

// A drawing is how an arm draws lists, so that they can be drawn again under
// articles and at times at which the log has none: logits are slope·score, less
// the largest, of the first pool articles that could be shown; the first keep of
// them stay where they are.
type drawing struct {
	pool, keep int
	slope      float64 // 1/temperature
	rounded    bool    // logits were logged with four decimals
}

// unit is the last place of a rounded logit.
const unit = 1e-4

// learn finds the drawing of every drawn arm from the policies that the log
// holds. An arm of which it cannot be found keeps a slope of NaN.
func (e *experiment) learn(x *clickIndex) {
	perArm := make([][]sample, len(e.arms))
	seen := make([]bool, len(x.p.Policies))
	for t := range x.im.Len() {
		p := x.im.Policy[t]
		if a := e.armOf[t]; e.arms[a].drawn && !seen[p] {
			seen[p] = true
			perArm[a] = append(perArm[a], sample{x.im.Source[t], p})
		}
	}
	for i := range e.arms {
		if a := &e.arms[i]; a.drawn {
			a.policy = learnDrawing(x.p, a.snapshot, perArm[i])
		}
	}
}

// A sample is a logged policy and the article under which it was used.
type sample struct{ source, policy int32 }

func learnDrawing(p *pack.Pack, snapshot int16, samples []sample) drawing {
	d := drawing{slope: math.NaN(), rounded: true}
	for _, s := range samples {
		policy := &p.Policies[s.policy]
		d.pool = max(d.pool, len(policy.Pool))
		d.keep = max(d.keep, policy.Keep)
		for _, v := range policy.Logits {
			if math.Abs(v/unit-math.Round(v/unit)) > 1e-7 {
				d.rounded = false
			}
		}
	}
	if !hasLists(p, snapshot) {
		return d
	}
	// Every pair of an article and the best of its pool bounds the slope.
	low, high := math.Inf(-1), math.Inf(1)
	var num, den []float64
	for _, s := range samples {
		policy := &p.Policies[s.policy]
		items, scores := p.Snapshots[snapshot].List(s.source)
		score := func(item int32) float64 {
			if i := slices.Index(items, item); i >= 0 {
				return scores[i]
			}
			return math.NaN()
		}
		if len(policy.Pool) == 0 || len(policy.Logits) != len(policy.Pool) {
			continue
		}
		bestLogit := slices.Max(policy.Logits)
		best := score(policy.Pool[slices.Index(policy.Logits, bestLogit)])
		for i, item := range policy.Pool {
			below, fall := best-score(item), bestLogit-policy.Logits[i]
			if !(below > 0) {
				continue
			}
			slack := 1e-9 * math.Max(1, math.Abs(fall))
			if d.rounded {
				slack = unit/2 + 1e-9
				if bestLogit != 0 {
					slack = unit + 1e-9
				}
			}
			low, high = max(low, (fall-slack)/below), min(high, (fall+slack)/below)
			num, den = append(num, fall*below), append(den, below*below)
		}
	}
	switch {
	case len(num) == 0:
	case low <= high:
		d.slope = shortest(low, high)
	default:
		d.slope = estimate.Sum(num) / estimate.Sum(den)
	}
	return d
}

// shortest is the number from low to high with the fewest decimals.
func shortest(low, high float64) float64 {
	for digits := range 17 {
		v, err := strconv.ParseFloat(strconv.FormatFloat((low+high)/2, 'f', digits, 64), 64)
		if err == nil && low <= v && v <= high {
			return v
		}
	}
	return (low + high) / 2
}

// logits are those of a pool with scores, best first.
func (d *drawing) logits(scores []float64) []float64 {
	out := make([]float64, len(scores))
	for i, s := range scores {
		out[i] = d.slope * (s - scores[0])
		if d.rounded {
			out[i] = math.Round(out[i]/unit) * unit
		}
	}
	return out
}

// match puts the logged logits of a policy in the order of pool. ok is false if it
// is not a policy of the same articles with these logits, up to what they have in
// common and to rounding.
func (d *drawing) match(pool []int32, logits []float64, logged *pack.Policy) (out []float64, ok bool) {
	if len(pool) != len(logged.Pool) || len(pool) != len(logged.Logits) {
		return nil, false
	}
	slack := 1e-6
	if d.rounded {
		slack = 2.1 * unit
	}
	out = make([]float64, len(pool))
	for i, item := range pool {
		at := i
		if logged.Pool[i] != item {
			if at = slices.Index(logged.Pool, item); at < 0 {
				return nil, false
			}
		}
		out[i] = logged.Logits[at]
		if !(math.Abs((logits[i]-logits[0])-(out[i]-out[0])) <= slack) {
			return nil, false
		}
	}
	return out, true
}

// hasLists reports whether the pack holds the lists of snapshot.
func hasLists(p *pack.Pack, snapshot int16) bool {
	return snapshot >= 0 && len(p.Snapshots[snapshot].Start) == len(p.Articles)+1
}
