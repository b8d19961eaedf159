package plan

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/pack"
)

// A Draw is what drawing lists at a temperature costs and tells.
type Draw struct {
	Temperature float64 // times that of the log; below 1 is nearer to production
	Loss        estimate.Result
	Wait        float64 // times the waiting time at the log's temperature
}

// drawnKind is the Kind of policies that draw.
const drawnKind = "plackett-luce"

// MostLoss is the loss that a draw should stay under.
const MostLoss = .15

// temperatures are those that Draws tries.
var temperatures = []float64{.25, .5, .75, 1, 1.5, 2}

const (
	leastClicks = 100  // fewer say nothing
	mostClicks  = 3000 // more say nothing new
)

// Draws tells from the clicks on the drawn lists of a pack what drawing at other
// temperatures would lose and tell, with θ the attention of each slot. The waiting
// time is that for rankings which lack one of production's shown links.
//
// It is an error if too few lists of the pack were drawn, or have clicks.
func Draws(p *pack.Pack, theta []float64) ([]Draw, error) {
	d := drawnClicks{p: p, theta: theta, made: map[int32]*drawnPolicy{}}
	d.collect()
	if d.clicks < leastClicks {
		return nil, fmt.Errorf("the pack has %d clicks on lists drawn at random; what drawing costs can be measured from %d on", d.clicks, leastClicks)
	}
	var draws []Draw
	for t, temperature := range temperatures {
		kept := estimate.Ratio(column(d.kept, t), d.production)
		draws = append(draws, Draw{
			Temperature: temperature,
			Loss: estimate.Result{
				Value: 1 - kept.Value, Low: 1 - kept.High, High: 1 - kept.Low, SE: kept.SE, Clusters: kept.Clusters,
			},
			Wait: d.spread[t] / d.spread[slices.Index(temperatures, 1)],
		})
	}
	return draws, nil
}

// Best is the log's own draw if its loss is under MostLoss, else the warmest whose
// loss is, else the coldest.
func Best(draws []Draw) Draw {
	best := draws[0]
	for _, d := range draws {
		if d.Loss.Value < MostLoss && d.Temperature <= 1 {
			best = d
		}
	}
	return best
}

func column(rows [][]float64, i int) []float64 {
	c := make([]float64, len(rows))
	for r := range rows {
		c[r] = rows[r][i]
	}
	return c
}

// drawnClicks are sums over the clicks on drawn lists.
type drawnClicks struct {
	p     *pack.Pack
	theta []float64
	made  map[int32]*drawnPolicy

	clicks     int
	production []float64   // by reader: Σ weight of production
	kept       [][]float64 // by reader and temperature: Σ weight of the draw
	spread     []float64   // by temperature: Σ of the square of a weight difference
}

// A drawnPolicy is the attention that the items of a policy's pool get.
type drawnPolicy struct {
	place map[int32]int // of an item in the pool
	prod  []float64     // as production shows them
	drawn [][]float64   // by temperature
	apart []float64     // Σ over candidates of the square of how their attention differs from production's
}

// collect adds up the clicks. The rows of a pack stand in no order that means
// anything, so the first ones will do.
func (d *drawnClicks) collect() {
	im := &d.p.Impressions
	d.spread = make([]float64, len(temperatures))
	reader := map[int32]int{}
	for i := 0; i < im.Len() && d.clicks < mostClicks; i++ {
		from, to := im.Items(i)
		if !d.drawn(i) || int(to-from) > len(d.theta) {
			continue
		}
		for j := from; j < to; j++ {
			if im.Flags[j]&pack.Clicked == 0 {
				continue
			}
			policy := d.policy(im.Policy[i])
			item, ok := policy.place[im.Item[j]]
			if !ok {
				continue
			}
			r, ok := reader[im.Reader[i]]
			if !ok {
				r = len(reader)
				reader[im.Reader[i]] = r
				d.production = append(d.production, 0)
				d.kept = append(d.kept, make([]float64, len(temperatures)))
			}
			d.clicks++
			logged := policy.drawn[slices.Index(temperatures, 1)][item]
			d.production[r] += policy.prod[item] / logged
			for t := range temperatures {
				d.kept[r][t] += policy.drawn[t][item] / logged
				d.spread[t] += policy.apart[item] / (policy.drawn[t][item] * logged)
			}
		}
	}
}

// drawn reports whether the whole list of impression i was drawn from a pool.
func (d *drawnClicks) drawn(i int) bool {
	im := &d.p.Impressions
	if im.Policy[i] < 0 {
		return false
	}
	if p := &d.p.Policies[im.Policy[i]]; p.Kind != drawnKind || p.Keep > 0 {
		return false
	}
	from, to := im.Items(i)
	for _, f := range im.Flags[from:to] {
		if f&(pack.Pinned|pack.Filled) != 0 {
			return false
		}
	}
	return true
}

// policy is the attention under the policy of that number.
func (d *drawnClicks) policy(number int32) *drawnPolicy {
	if p, ok := d.made[number]; ok {
		return p
	}
	of := &d.p.Policies[number]
	n := len(of.Pool)
	p := &drawnPolicy{place: make(map[int32]int, n), prod: make([]float64, n), apart: make([]float64, n)}
	order := make([]int, n) // as production ranks
	for i, item := range of.Pool {
		p.place[item], order[i] = i, i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(of.Logits[b], of.Logits[a]) })
	slots := min(len(d.theta), n)
	for slot, item := range order[:slots] {
		p.prod[item] = d.theta[slot]
	}
	for without := range slots {
		for place, item := range order[:min(slots+1, n)] {
			slot := place // of the item in the list without one
			if place > without {
				slot--
			}
			var theta float64
			if place != without && slot < slots {
				theta = d.theta[slot]
			}
			p.apart[item] += math.Pow(theta-p.prod[item], 2)
		}
	}
	logits := make([]float64, n)
	for _, temperature := range temperatures {
		for i, logit := range of.Logits {
			logits[i] = logit / temperature
		}
		attention := make([]float64, n)
		for at, chance := range estimate.PlackettLuceMarginals(logits, slots) {
			attention[at%n] += d.theta[at/n] * chance
		}
		p.drawn = append(p.drawn, attention)
	}
	d.made[number] = p
	return p
}
