package eval

import (
	"github.com/alsolike/alsolike/eval/estimate"
)

// A curve is the position curve of a log, and what every cluster and every seed
// had to do with it.
type curve struct {
	theta []float64
	fit   *estimate.Curve // without its counts; nil if the curve was given

	// Influences on ln θ, clusters × slots and seeds × slots; nil if the curve was
	// given, and so is taken as known.
	byCluster, bySeed []float64
}

// strataCounts are how often every stratum was shown and clicked at every slot.
func strataCounts(x *clickIndex) estimate.Counts {
	c := estimate.Counts{
		Slots:   x.slots,
		Shown:   make([]float64, x.strata*x.slots),
		Clicked: make([]float64, x.strata*x.slots),
	}
	x.eachShown(func(_ int, j int32, cell int) { c.Shown[cell]++ })
	for _, k := range x.clicks {
		c.Clicked[x.cell(k)]++
	}
	return c
}

// cell is the stratum and slot of a click.
func (x *clickIndex) cell(c click) int { return int(x.stratum[c.shown])*x.slots + int(c.slot) }

// eachShown calls f for every shown item that counts: of impression t, number j,
// in cell stratum·slots+slot.
func (x *clickIndex) eachShown(f func(t int, j int32, cell int)) {
	for t := range x.im.Len() {
		from, to := x.im.Items(t)
		for j := from; j < min(to, from+int32(x.slots)); j++ {
			if s := x.stratum[j]; s >= 0 {
				f(t, j, int(s)*x.slots+int(j-from))
			}
		}
	}
}

// fitCurve finds the position curve of the log. The error is an
// *estimate.NotIdentifiableError if it cannot be told.
func fitCurve(x *clickIndex) (*curve, error) {
	fit, err := estimate.FitCurve(strataCounts(x))
	if err != nil {
		return nil, err
	}
	c := &curve{
		theta:     fit.Theta,
		byCluster: make([]float64, x.clusters*x.slots),
		bySeed:    make([]float64, len(x.seeds)*x.slots),
	}
	for i := 1; i < x.slots; i++ {
		direction := make([]float64, x.slots)
		direction[i] = 1
		shown, clicked := fit.Project(direction)
		add := func(t int32, v float64) {
			c.byCluster[int(x.cluster[t])*x.slots+i] += v
			c.bySeed[int(x.seedOf[t])*x.slots+i] += v
		}
		x.eachShown(func(t int, _ int32, cell int) { add(int32(t), shown[cell]) })
		for _, k := range x.clicks {
			add(k.impression, clicked[x.cell(k)])
		}
	}
	// The counts that fit was made of are not needed any more, and large.
	c.fit = &estimate.Curve{Theta: fit.Theta, Naive: fit.Naive, Pairs: fit.Pairs}
	return c, nil
}

// addCurve adds to the clusters' parts of a sum what each has to do with it through
// the curve, if the sum has this gradient by ln θ. The sum of all stays what it is.
func addCurve(sums, byCluster, gradient []float64) {
	if byCluster == nil {
		return
	}
	slots := len(gradient)
	for c := range sums {
		for i, g := range gradient {
			sums[c] += g * byCluster[c*slots+i]
		}
	}
}

// report is the curve with its intervals.
func (c *curve) report(x *clickIndex) *PositionCurve {
	if c.fit == nil {
		out := &PositionCurve{}
		for _, v := range c.theta {
			out.Theta = append(out.Theta, estimate.Result{Value: v, Low: v, High: v})
		}
		return out
	}
	out := &PositionCurve{Naive: c.fit.Naive, Pairs: c.fit.Pairs}
	for i := range c.theta {
		psi := make([]float64, x.clusters)
		for k := range psi {
			psi[k] = c.byCluster[k*x.slots+i]
		}
		out.Theta = append(out.Theta, c.fit.Interval(i, psi))
	}
	return out
}

// A clickTable is how attractive every stratum is: clicks per unit of attention,
// drawn towards the mean of all by the weight of one click. Each half of the
// clusters is judged by the clicks of the other.
type clickTable struct {
	byHalf [2][]float64
	mean   [2]float64
}

// half is the half of a cluster.
func half(cluster int32) int { return int(cluster & 1) }

func newClickTable(x *clickIndex, theta []float64) *clickTable {
	q := &clickTable{}
	var seen [2][]float64
	for h := range q.byHalf {
		q.byHalf[h], seen[h] = make([]float64, x.strata), make([]float64, x.strata)
	}
	x.eachShown(func(t int, _ int32, cell int) {
		seen[1-half(x.cluster[t])][cell/x.slots] += theta[cell%x.slots]
	})
	for _, k := range x.clicks {
		q.byHalf[1-half(x.cluster[k.impression])][x.stratum[k.shown]]++
	}
	for h := range q.byHalf {
		clicks, all := estimate.Sum(q.byHalf[h]), estimate.Sum(seen[h])
		if clicks == 0 {
			clear(q.byHalf[h])
			continue
		}
		q.mean[h] = clicks / all
		for s := range q.byHalf[h] {
			q.byHalf[h][s] = (q.byHalf[h][s] + 1) / (seen[h][s] + 1/q.mean[h])
		}
	}
	return q
}

// of is the attractiveness of a stratum for a half; of one that was never shown
// (−1), the mean.
func (q *clickTable) of(h int, stratum int32) float64 {
	if stratum < 0 {
		return q.mean[h]
	}
	return q.byHalf[h][stratum]
}
