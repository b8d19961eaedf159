package estimate

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Clustered is the estimate value with the interval that follows from the
// influence ψ_c of every cluster on it: by how much value would have been lower
// without what is special about cluster c, to first order, so that Σψ_c = 0.
//
//	SE² = G/(G−1) · Σ ψ_c²  (CR1),  value ± t·SE,  t the 0.975 quantile of Student's t with G−1 degrees
//
// A difference has the difference of the influences.
func Clustered(value float64, psi []float64) Result {
	var s squares
	for _, v := range psi {
		s.add(v)
	}
	return s.clustered(value)
}

// clustered is Clustered, s being the influences.
func (s *squares) clustered(value float64) Result {
	r := Result{Value: value, Low: math.Inf(-1), High: math.Inf(1), Clusters: s.n, SE: math.Inf(1)}
	if s.n < 2 || math.IsNaN(value) {
		return r
	}
	g := float64(s.n)
	r.Dominance = s.dominance()
	r.SE = math.Sqrt(g / (g - 1) * s.sum())
	half := distuv.StudentsT{Sigma: 1, Nu: g - 1}.Quantile(0.975) * r.SE
	r.Low, r.High = value-half, value+half
	return r
}

// Ratio is R = Σnum/Σden over clusters, as clicks per impression, with the
// interval of Clustered for
//
//	ψ_c = (num_c − R·den_c) / Σden
//
// Clusters with neither num nor den are not counted; without any den the value
// is NaN. It panics if num and den differ in length.
func Ratio(num, den []float64) Result {
	value, total := ratio(num, den)
	var s squares
	for i := range num {
		if num[i] != 0 || den[i] != 0 {
			s.add(influence(num[i], den[i], value, total))
		}
	}
	return s.clustered(value)
}

// RatioInfluence is R = Σnum/Σden and the influence of every cluster on it, also
// of those that have neither num nor den (0): to be added to other influences on
// the same number before Clustered is called.
func RatioInfluence(num, den []float64) (value float64, psi []float64) {
	value, total := ratio(num, den)
	psi = make([]float64, len(num))
	for i := range psi {
		psi[i] = influence(num[i], den[i], value, total)
	}
	return value, psi
}

// ratio is Σnum/Σden, and Σden.
func ratio(num, den []float64) (value, total float64) {
	if len(num) != len(den) {
		panic("estimate: length mismatch")
	}
	total = Sum(den)
	value = Sum(num) / total
	if total == 0 {
		value = math.NaN()
	}
	return value, total
}

// influence is that of a cluster on a ratio.
func influence(num, den, value, total float64) float64 { return (num - value*den) / total }

// RatioDifference is (Σa − Σb)/Σden over clusters, subtracted within every
// cluster first: exactly 0, with no width, for equal a and b. With b as den it is
// the difference relative to b.
func RatioDifference(a, b, den []float64) Result {
	if len(a) != len(b) {
		panic("estimate: length mismatch")
	}
	d := make([]float64, len(a))
	for i := range a {
		d[i] = a[i] - b[i]
	}
	return Ratio(d, den)
}

// Wider is r, or other if its standard error is more than a fifth larger: of two
// ways to form clusters (by reader, by article) the one that admits more doubt.
// Both must be of the same Value. Another of fewer than two clusters tells nothing.
func (r Result) Wider(other Result) Result {
	if other.Clusters >= 2 && other.SE > 1.2*r.SE {
		return other
	}
	return r
}

// PAbove is the one-sided p-value against "the truth is at most limit": with
// −margin as limit, that of a test of non-inferiority. It is 1 if nothing is known.
func (r Result) PAbove(limit float64) float64 {
	switch {
	case r.Clusters < 2 || math.IsInf(r.SE, 0) || math.IsNaN(r.Value):
		return 1
	case r.SE == 0 && r.Value > limit:
		return 0
	case r.SE == 0:
		return 1
	}
	return distuv.StudentsT{Sigma: 1, Nu: float64(r.Clusters - 1)}.Survival((r.Value - limit) / r.SE)
}
