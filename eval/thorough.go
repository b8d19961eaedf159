package eval

import (
	"math"
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/resample"
)

// refits is how many bootstrap samples the curve is found again in.
const refits = 200

// A refit is a bootstrap sample of clusters and the position curve found in it.
type refit struct {
	weight []uint8 // by cluster: how often it is in the sample
	theta  []float64
}

// findRefits draws the samples. Those that cannot tell the curve are left out.
func (v *clickEval) findRefits() {
	all := make([]*refit, refits)
	v.parallel(refits, func(i int) {
		x := v.x
		r := &refit{weight: make([]uint8, x.clusters)}
		for c := range r.weight {
			r.weight[c] = uint8(resample.PoissonWeight(v.opts.Seed, i, c))
		}
		counts := estimate.Counts{Slots: x.slots, Shown: make([]float64, x.strata*x.slots), Clicked: make([]float64, x.strata*x.slots)}
		x.eachShown(func(t int, _ int32, cell int) { counts.Shown[cell] += float64(r.weight[x.cluster[t]]) })
		for _, k := range x.clicks {
			counts.Clicked[x.cell(k)] += float64(r.weight[x.cluster[k.impression]])
		}
		if fit, err := estimate.FitCurve(counts); err == nil {
			r.theta = fit.Theta
			all[i] = r
		}
	})
	for _, r := range all {
		if r != nil {
			v.refits = append(v.refits, r)
		}
	}
}

// parallel calls f for 0 to n−1 from several goroutines.
func (v *clickEval) parallel(n int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range v.opts.Workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}

// again makes the estimates of c again in every sample, with its curve, and puts
// their standard deviation in the place of the standard errors by cluster.
func (v *clickEval) again(c *comparison, m *mixture, w, base *weighed, reward, n []float64) {
	if len(v.refits) < refits/2 || w == nil {
		return
	}
	control := [2][]float64{v.control(w).cluster, v.control(base).cluster}
	values := [3][]float64{make([]float64, len(v.refits)), make([]float64, len(v.refits)), make([]float64, len(v.refits))}
	v.parallel(len(v.refits), func(i int) {
		r := v.refits[i]
		var total float64
		var sum [2]float64
		for cluster, k := range r.weight {
			total += float64(k) * n[cluster]
			for side := range sum {
				sum[side] -= float64(k) * c.beta * control[side][cluster]
			}
		}
		for side, w := range []*weighed{w, base} {
			for j, k := range v.x.clicks {
				if times := r.weight[v.x.cluster[k.impression]]; times > 0 && w.weight[j] > 0 {
					sum[side] += float64(times) * reward[j] * v.reweigh(m, w, j, r.theta)
				}
			}
		}
		values[0][i], values[1][i], values[2][i] = sum[0]/total, sum[1]/total, (sum[0]-sum[1])/total
	})
	for i, e := range []*estimated{&c.value, &c.baseline, &c.delta} {
		e.result = byReplicates(e.result, values[i])
		if i == 2 && e.bySource > 1.2*e.result.SE {
			e.result = withSE(e.result, e.bySource)
		}
		e.thorough = true
	}
}

// reweigh is the weight of click number j with another curve.
func (v *clickEval) reweigh(m *mixture, w *weighed, j int, theta []float64) float64 {
	k := v.x.clicks[j]
	f := &m.contexts[m.of[k.impression]]
	at := int(m.at[k.shown])
	seen := 0.0
	for slot, p := range f.chance[at*m.slots : (at+1)*m.slots] {
		seen += theta[slot] * p
	}
	return theta[w.slot[j]] / seen
}

// byReplicates is r with the standard deviation of replicates as its standard error.
func byReplicates(r estimate.Result, replicates []float64) estimate.Result {
	n := float64(len(replicates))
	mean := estimate.Sum(replicates) / n
	squares := make([]float64, len(replicates))
	for i, x := range replicates {
		squares[i] = (x - mean) * (x - mean)
	}
	return withSE(r, math.Sqrt(estimate.Sum(squares)/(n-1)))
}

// withSE is r with another standard error and Student's interval of it.
func withSE(r estimate.Result, se float64) estimate.Result {
	r.SE = se
	if r.Clusters < 2 {
		return r
	}
	half := distuv.StudentsT{Sigma: 1, Nu: float64(r.Clusters - 1)}.Quantile(0.975) * se
	r.Low, r.High = r.Value-half, r.Value+half
	return r
}
