package estimate

import "math"

// Monotone is Theta made to fall from slot to slot, for a column of links: ln θ
// is replaced by the closest falling sequence that starts at 0, in the sense of
// least squares with weights 1/SE² (pool adjacent violators). Widgets that are
// no column need not fall.
func (c *Curve) Monotone() []float64 {
	type pool struct {
		value, weight float64
		n             int
	}
	var pools []pool
	for i := 1; i < len(c.Theta); i++ {
		w := 1 / (c.SE[i] * c.SE[i])
		if math.IsInf(w, 0) || math.IsNaN(w) {
			w = 1
		}
		pools = append(pools, pool{math.Log(c.Theta[i]), w, 1})
		for n := len(pools) - 1; n > 0 && pools[n].value > pools[n-1].value; n-- {
			a, b := pools[n-1], pools[n]
			w := a.weight + b.weight
			pools[n-1] = pool{(a.value*a.weight + b.value*b.weight) / w, w, a.n + b.n}
			pools = pools[:n]
		}
	}
	theta := []float64{1}
	for _, p := range pools {
		for range p.n {
			theta = append(theta, math.Exp(min(p.value, 0)))
		}
	}
	return theta
}
