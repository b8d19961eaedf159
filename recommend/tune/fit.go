package tune

import (
	"math"

	"github.com/alsolike/alsolike/recommend/rank"
)

const kinds = len(rank.Weights{})

// A vector has a number for each kind of feature.
type vector [kinds]float64

// A problem is what Fit minimises: over v, the factors by which the weights differ
// from the shipped ones w,
//
//	L(v) = Σ over clicks i of gain_i/mean · mean over others j of the list of ln(1 + exp(−τ·(s_i − s_j)))  +  ½·Σ_k (v_k − 1)²/σ_k²
//	s = Σ_k v_k·w_k·x_k
//
// where τ is the one that makes L least at v = 1.
type problem struct {
	lists []List
	base  rank.Weights
	scale float64 // 1 / mean gain
	tau   float64
	prior vector      // 1/σ²
	seen  [kinds]bool // features in which links of a list differ
}

// usual is by how much the difference that a feature makes between two links of a list,
// in the root of the mean square and as a logarithm of odds, is off as it ships: with a
// chance of two thirds by less. So σ² = 1 + (usual/that difference)²: the weight of a
// feature that matters may well be twice as large, and that of one which matters little
// may be many times what it is before it matters.
const usual = 0.25

// leastCosine is the least factor of the cosine, by which all others are divided in the
// end.
const leastCosine = 0.5

// most is how many times what it ships as, or 1, a weight may be, beside 1 of the cosine:
// in lists that were shown features differ less than among all candidates, so that what
// looks harmless there may outweigh all else.
const most = 20

func least(k int) float64 {
	if rank.Kind(k) == rank.Cosine {
		return leastCosine
	}
	return 0
}

// Fit finds the weights that put what was followed above what was not, in the sense
// of a logistic loss of pairs with inverse propensities (Joachims, Swaminathan and
// Schnabel 2017): that of a click is divided by the attention its position gets, and
// compared with all other links of its list. The further they are from base, the
// more the log has to say for them. No weight changes its sign, one of 0 stays 0, and
// that of the cosine, which must be above 0 in base, stays what it is: only ratios
// matter to an order. So does one of a feature in which links of a list never differ.
//
// The loss is convex; it is minimised by projected Newton steps (Bertsekas 1982).
// Time O(clicks·links·kinds²). Equal lists give equal weights.
func Fit(lists []List, base rank.Weights) rank.Weights {
	clicks, sum := gains(lists)
	if clicks == 0 {
		return base
	}
	p := &problem{lists: lists, base: base, scale: float64(clicks) / sum}
	p.tau = p.temperature()
	p.weighPrior()
	v := p.minimise()
	fitted := base
	for k := range fitted {
		if !p.seen[k] {
			continue
		}
		fitted[k] = 0 // not −0
		if v[k] > 0 {
			bound := most * max(1, math.Abs(float64(base[k])))
			fitted[k] = float32(min(max(float64(base[k])*v[k]/v[rank.Cosine], -bound), bound))
		}
	}
	return fitted
}

// temperature is the τ of the least loss at v = 1, by bisection over its logarithm.
func (p *problem) temperature() float64 {
	var ones vector
	for k := range ones {
		ones[k] = 1
	}
	low, high := math.Log(0.1), math.Log(100)
	for range 30 {
		p.tau = math.Exp((low + high) / 2)
		_, gradient, _ := p.at(&ones, true)
		slope := 0.0 // by ln τ
		for _, g := range gradient {
			slope += g
		}
		if slope > 0 {
			high = (low + high) / 2
		} else {
			low = (low + high) / 2
		}
	}
	return math.Exp((low + high) / 2)
}

// weighPrior finds σ by the differences that the features make in the lists.
func (p *problem) weighPrior() {
	var squares vector
	pairs := 0.0
	for _, list := range p.lists {
		for i := range list.Items {
			for j := range i {
				pairs++
				for k := range squares {
					d := p.tau * float64(p.base[k]) * float64(list.Items[i].Values[k]-list.Items[j].Values[k])
					squares[k] += float64(d * d)
				}
			}
		}
	}
	for k, square := range squares {
		p.prior[k] = 1
		if p.seen[k] = square > 0; p.seen[k] {
			p.prior[k] = 1 / (1 + usual*usual*pairs/square)
		}
	}
}

// at is the loss at v with its gradient and, if derivatives are asked for, its
// Hessian. Products are rounded before they are added, so that machines which could
// do both at once do as the others.
func (p *problem) at(v *vector, derivatives bool) (loss float64, gradient vector, hessian [kinds]vector) {
	var z []vector // of every link what its features contribute, times τ
	var s []float64
	for _, list := range p.lists {
		z, s = z[:0], s[:0]
		for _, item := range list.Items {
			var one vector
			score := 0.0
			for k, x := range item.Values {
				one[k] = p.tau * float64(p.base[k]) * float64(x)
				score += float64(v[k] * one[k])
			}
			z, s = append(z, one), append(s, score)
		}
		for i, item := range list.Items {
			if item.Gain == 0 {
				continue
			}
			each := p.scale * item.Gain / float64(max(1, len(list.Items)-1))
			for j := range list.Items {
				if j == i {
					continue
				}
				margin := s[i] - s[j]
				loss += float64(each * softplus(-margin))
				if !derivatives {
					continue
				}
				miss := 1 / (1 + math.Exp(margin))
				slope, curve := each*miss, each*miss*(1-miss)
				var d vector
				for k := range d {
					d[k] = z[i][k] - z[j][k]
					gradient[k] -= float64(slope * d[k])
				}
				for k := range d {
					if d[k] == 0 {
						continue
					}
					c := curve * d[k]
					for l := range k + 1 {
						hessian[k][l] += float64(c * d[l])
					}
				}
			}
		}
	}
	for k := range v {
		away := v[k] - 1
		loss += float64(p.prior[k] * away * away / 2)
		gradient[k] += float64(p.prior[k] * away)
		hessian[k][k] += p.prior[k]
		for l := range k {
			hessian[l][k] = hessian[k][l]
		}
	}
	return loss, gradient, hessian
}

// softplus is ln(1 + eˣ).
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// minimise finds the v of the least loss among those within their bounds.
func (p *problem) minimise() vector {
	const (
		steps   = 100
		enough  = 1e-9 // of a step
		halves  = 40
		decline = 1e-4 // of what the gradient promises, that a step must bring (Armijo)
	)
	var v vector
	for k := range v {
		v[k] = 1
	}
	for range steps {
		loss, gradient, hessian := p.at(&v, true)
		free := [kinds]bool{} // not held at its bound
		for k := range v {
			free[k] = v[k] > least(k) || gradient[k] < 0
		}
		direction := solve(&hessian, &gradient, &free)
		moved := 0.0
		for half := range halves {
			length := math.Ldexp(1, -half)
			next, promise := v, 0.0
			for k := range next {
				if free[k] {
					next[k] = max(least(k), v[k]-float64(length*direction[k]))
					promise += float64(gradient[k] * (v[k] - next[k]))
				}
			}
			if got, _, _ := p.at(&next, false); got <= loss-float64(decline*promise) {
				for k := range v {
					moved = max(moved, math.Abs(next[k]-v[k]))
				}
				v = next
				break
			}
		}
		if moved < enough {
			break
		}
	}
	return v
}

// solve is the x with H·x = g among the free ones, 0 for the others, by Cholesky's
// decomposition. H is positive definite: it holds the prior.
func solve(h *[kinds]vector, g *vector, free *[kinds]bool) (x vector) {
	var l [kinds]vector
	for i := range kinds {
		if !free[i] {
			continue
		}
		x[i] = g[i]
		for j := range i + 1 {
			if !free[j] {
				continue
			}
			sum := h[i][j]
			for k := range j {
				sum -= float64(l[i][k] * l[j][k])
			}
			if i == j {
				l[i][i] = math.Sqrt(sum)
			} else {
				l[i][j] = sum / l[j][j]
				x[i] -= float64(l[i][j] * x[j])
			}
		}
		x[i] /= l[i][i]
	}
	for i := kinds - 1; i >= 0; i-- {
		if !free[i] {
			continue
		}
		for k := i + 1; k < kinds; k++ {
			x[i] -= float64(l[k][i] * x[k])
		}
		x[i] /= l[i][i]
	}
	return x
}
