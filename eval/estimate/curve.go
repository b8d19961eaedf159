package estimate

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// Counts are how often each stratum was shown and clicked at each slot. A stratum
// is an item under one article (and in one widget): something as attractive in
// one slot as in another. Stratum s at slot k (from 0) is number s·Slots+k.
type Counts struct {
	Slots          int
	Shown, Clicked []float64
}

// A Curve is θ, how much of the attention of the first slot the others get.
type Curve struct {
	Theta []float64 // Theta[0] is 1

	// SE are standard errors of ln θ as if every shown item were independent of
	// every other. Readers are not: an interval for readers comes from Project.
	SE []float64

	Naive []float64 // click rates relative to that of the first slot: mixes the slot with what stands there

	// Rho[k][j] is the Mantel-Haenszel ratio of the attention of slot k to that
	// of slot j, Var[k][j] the variance of its logarithm; NaN where no stratum
	// tells. Rho[k][k] is 1, Var[k][k] is 0.
	Rho, Var [][]float64

	Pairs int // strata shown at two slots or more

	counts Counts
	solve  *mat.Dense // slots × pairs of slots: ln θ = solve · ln ρ
}

// A NotIdentifiableError says that the log cannot tell the attention of some
// slots from what stands in them.
type NotIdentifiableError struct {
	Components [][]int // slots from 1 that can be compared with each other
}

func (e *NotIdentifiableError) Error() string {
	var groups []string
	for _, c := range e.Components {
		word := "slot"
		if len(c) > 1 {
			word = "slots"
		}
		groups = append(groups, word+" "+strings.Trim(fmt.Sprint(c), "[]"))
	}
	return "the position curve cannot be told from this log: no article was shown often enough, with clicks, " +
		"in slots of different groups (" + strings.Join(groups, "; ") +
		"). Log a second ranking, or draw a small share of the lists at random"
}

// pairs calls f for every pair of slots k < j, numbered p.
func pairs(slots int, f func(p, k, j int)) {
	p := 0
	for k := range slots {
		for j := k + 1; j < slots; j++ {
			f(p, k, j)
			p++
		}
	}
}

// FitCurve finds the position curve from strata that were shown at several slots.
// For slots k and j, with n1 and n0 impressions and c1 and c0 clicks of a stratum
// there and N = n1+n0,
//
//	ρ_kj        = A/B,  A = Σ c1·n0/N,  B = Σ c0·n1/N
//	var ln ρ_kj = Σ [(c1+c0)·n1·n0 − c1·c0·N]/N² / (A·B)
//
// and ln θ is the weighted least squares solution of ln ρ_kj = ln θ_k − ln θ_j
// over all pairs with a finite variance, with weights 1/variance and θ_1 = 1.
// Slots that such pairs do not connect give a *NotIdentifiableError. Time
// O(strata·slots²).
//
// Mantel and Haenszel (1959); Greenland and Robins (1985).
func FitCurve(c Counts) (*Curve, error) {
	k := c.Slots
	if k < 1 || len(c.Shown) != len(c.Clicked) || len(c.Shown)%k != 0 {
		panic("estimate: length mismatch")
	}
	curve := &Curve{counts: c, Naive: naiveCurve(c), Rho: square(k, 1), Var: square(k, 0)}
	n := k * (k - 1) / 2
	a, b, v := make([]float64, n), make([]float64, n), make([]float64, n)
	for s := 0; s < len(c.Shown); s += k {
		shown, clicked := c.Shown[s:s+k], c.Clicked[s:s+k]
		at := 0
		for _, m := range shown {
			if m > 0 {
				at++
			}
		}
		if at < 2 {
			continue
		}
		curve.Pairs++
		pairs(k, func(p, k, j int) {
			n1, n0, c1, c0 := shown[k], shown[j], clicked[k], clicked[j]
			if n1 == 0 || n0 == 0 || c1+c0 == 0 {
				return
			}
			both := n1 + n0
			a[p] += c1 * n0 / both
			b[p] += c0 * n1 / both
			v[p] += ((c1+c0)*n1*n0 - c1*c0*both) / (both * both)
		})
	}
	graph := newComponents(k)
	weight := make([]float64, n)
	pairs(k, func(p, k, j int) {
		variance := v[p] / (a[p] * b[p])
		if !(a[p] > 0 && b[p] > 0 && variance > 0) {
			return
		}
		weight[p] = 1 / variance
		curve.Rho[k][j], curve.Rho[j][k] = a[p]/b[p], b[p]/a[p]
		curve.Var[k][j], curve.Var[j][k] = variance, variance
		graph.join(k, j)
	})
	if groups := graph.groups(); len(groups) > 1 {
		return nil, &NotIdentifiableError{Components: groups}
	}
	if err := curve.leastSquares(weight); err != nil {
		return nil, err
	}
	curve.SE = curve.independentSE()
	return curve, nil
}

// leastSquares fills Theta and solve = L⁻¹·Dᵀ·W, where D is pairs × slots with +1
// for the first slot of a pair and −1 for the second, W holds the weights, and
// L = Dᵀ·W·D; all without the first slot.
func (c *Curve) leastSquares(weight []float64) error {
	k := c.counts.Slots
	c.solve = mat.NewDense(k, max(1, len(weight)), nil)
	c.Theta = make([]float64, k)
	c.Theta[0] = 1
	if k == 1 {
		return nil
	}
	l := mat.NewSymDense(k-1, nil)
	right := mat.NewDense(k-1, len(weight), nil)
	pairs(k, func(p, i, j int) {
		w := weight[p]
		if i > 0 {
			l.SetSym(i-1, i-1, l.At(i-1, i-1)+w)
			l.SetSym(i-1, j-1, -w)
			right.Set(i-1, p, w)
		}
		l.SetSym(j-1, j-1, l.At(j-1, j-1)+w)
		right.Set(j-1, p, -w)
	})
	var chol mat.Cholesky
	var x mat.Dense
	if !chol.Factorize(l) {
		return fmt.Errorf("estimate: position curve: %w", mat.Condition(math.Inf(1)))
	}
	if err := chol.SolveTo(&x, right); err != nil {
		return fmt.Errorf("estimate: position curve: %w", err)
	}
	for i := 1; i < k; i++ {
		terms := make([]float64, 0, len(weight))
		pairs(k, func(p, a, b int) {
			if weight[p] > 0 {
				c.solve.Set(i, p, x.At(i-1, p))
				terms = append(terms, x.At(i-1, p)*math.Log(c.Rho[a][b]))
			}
		})
		c.Theta[i] = math.Exp(Sum(terms))
	}
	return nil
}

// Project is the influence of one shown item on the number Σ_i direction_i·ln θ_i:
// shown[s·Slots+k] for an item of stratum s shown at slot k, and clicked[…] more
// if it was clicked. Added up over what a cluster was shown they are its
// influence, for Clustered. The weights of the pairs are taken as fixed. Time
// O(strata·slots²).
func (c *Curve) Project(direction []float64) (shown, clicked []float64) {
	k := c.counts.Slots
	if len(direction) != k {
		panic("estimate: length mismatch")
	}
	n := k * (k - 1) / 2
	onA, onB := make([]float64, n), make([]float64, n) // d/dA and −d/dB
	pairs(k, func(p, i, j int) {
		if math.IsNaN(c.Rho[i][j]) {
			return
		}
		for at, d := range direction {
			onA[p] += d * c.solve.At(at, p)
		}
	})
	a, b := c.sums()
	for p, v := range onA {
		if v != 0 {
			onA[p], onB[p] = v/a[p], v/b[p]
		}
	}
	shown, clicked = make([]float64, len(c.counts.Shown)), make([]float64, len(c.counts.Shown))
	for s := 0; s < len(shown); s += k {
		ns, cs := c.counts.Shown[s:s+k], c.counts.Clicked[s:s+k]
		ds, dc := shown[s:s+k], clicked[s:s+k]
		pairs(k, func(p, k, j int) {
			n1, n0, c1, c0 := ns[k], ns[j], cs[k], cs[j]
			if n1 == 0 || n0 == 0 || onA[p] == 0 {
				return
			}
			both := n1 + n0
			// A = c1·n0/N and B = c0·n1/N, differentiated by n1, n0, c1, c0.
			ds[k] += (-onA[p]*c1 - onB[p]*c0) * n0 / (both * both)
			ds[j] += (onA[p]*c1 + onB[p]*c0) * n1 / (both * both)
			dc[k] += onA[p] * n0 / both
			dc[j] -= onB[p] * n1 / both
		})
	}
	return shown, clicked
}

// sums are A and B of FitCurve for every pair of slots.
func (c *Curve) sums() (a, b []float64) {
	k := c.counts.Slots
	n := k * (k - 1) / 2
	a, b = make([]float64, n), make([]float64, n)
	for s := 0; s < len(c.counts.Shown); s += k {
		ns, cs := c.counts.Shown[s:s+k], c.counts.Clicked[s:s+k]
		pairs(k, func(p, k, j int) {
			if both := ns[k] + ns[j]; ns[k] > 0 && ns[j] > 0 {
				a[p] += cs[k] * ns[j] / both
				b[p] += cs[j] * ns[k] / both
			}
		})
	}
	return a, b
}

// independentSE is the standard error of every ln θ if each shown item is a
// cluster of its own.
func (c *Curve) independentSE() []float64 {
	k := c.counts.Slots
	se := make([]float64, k)
	for i := 1; i < k; i++ {
		direction := make([]float64, k)
		direction[i] = 1
		shown, clicked := c.Project(direction)
		squares := make([]float64, len(shown))
		for cell, d := range shown {
			n, r := c.counts.Shown[cell], c.counts.Clicked[cell]
			both := d + clicked[cell]
			squares[cell] = (n-r)*d*d + r*both*both
		}
		se[i] = math.Sqrt(Sum(squares))
	}
	return se
}

// Interval is the position curve with intervals by the clusters' influences psi
// on ln θ of slot i, added up from Project: θ·exp(±t·SE) with the SE of
// Clustered. SE in the Result is that of θ itself.
func (c *Curve) Interval(i int, psi []float64) Result {
	r := Clustered(math.Log(c.Theta[i]), psi)
	r.Value, r.Low, r.High = c.Theta[i], math.Exp(r.Low), math.Exp(r.High)
	r.SE *= c.Theta[i]
	return r
}

// naiveCurve is the click rate at each slot over that at the first.
func naiveCurve(c Counts) []float64 {
	rate := make([]float64, c.Slots)
	for k := range rate {
		shown, clicked := 0.0, 0.0
		for s := k; s < len(c.Shown); s += c.Slots {
			shown += c.Shown[s]
			clicked += c.Clicked[s]
		}
		rate[k] = clicked / shown
	}
	for k := len(rate) - 1; k >= 0; k-- {
		rate[k] /= rate[0]
	}
	return rate
}

// square is a k × k table of NaN with the value diagonal on its diagonal.
func square(k int, diagonal float64) [][]float64 {
	t := make([][]float64, k)
	for i := range t {
		t[i] = make([]float64, k)
		for j := range t[i] {
			t[i][j] = math.NaN()
		}
		t[i][i] = diagonal
	}
	return t
}
