package estimate

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Result is an estimate with its 95 % interval.
type Result struct {
	Value     float64
	Low, High float64 // -Inf and +Inf when there are too few clusters to know
	Clusters  int
	SE        float64 // standard error, clustered; +Inf when there are too few clusters to know

	// Below and Above are by how much Low and High were moved outwards, beyond
	// sampling error, for what no amount of such data would tell; see Widened.
	Below, Above float64

	// Dominance is the share that the largest cluster has in SE², 0 to 1. Above
	// 0.05, or with fewer than 50 clusters, Student's t is a rough guess and a
	// bootstrap better.
	Dominance float64
}

// Bounds are the ends of an interval for Value, each of which is wrong in alpha of
// all logs: Value ± t·SE with t the 1−alpha quantile of Student's t with
// Clusters−1 degrees. Where Low and High are not symmetric (a bootstrap made
// them), each half keeps its share; Below and Above are the same for any alpha.
func (r Result) Bounds(alpha float64) (low, high float64) {
	if r.Clusters < 2 {
		return math.Inf(-1), math.Inf(1)
	}
	t := distuv.StudentsT{Sigma: 1, Nu: float64(r.Clusters - 1)}
	scale := t.Quantile(1-alpha) / t.Quantile(0.975)
	return r.Value - scale*(r.Value-r.Below-r.Low) - r.Below, r.Value + scale*(r.High-r.Above-r.Value) + r.Above
}

// Widened is r with Low and High moved outwards by below and above, since the
// truth may lie so far from what Value estimates.
func (r Result) Widened(below, above float64) Result {
	r.Low, r.High = r.Low-below, r.High+above
	r.Below, r.Above = r.Below+below, r.Above+above
	return r
}

// Mean is the mean m of the clusters' values x with the interval
//
//	m ± t·s/√n,  s² = Σ(x_i − m)² / (n−1),  t the 0.975 quantile of Student's t with n−1 degrees
//
// One cluster gives a mean without bounds; none gives NaN.
func Mean(x []float64) Result {
	n := float64(len(x))
	m := Sum(x) / n
	r := Result{Value: m, Low: math.Inf(-1), High: math.Inf(1), Clusters: len(x), SE: math.Inf(1)}
	if len(x) < 2 {
		return r
	}
	var off squares
	for _, v := range x {
		off.add(v - m)
	}
	r.Dominance = off.dominance()
	s := math.Sqrt(off.sum() / (n - 1))
	t := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975)
	r.SE = s / math.Sqrt(n)
	half := t * r.SE
	r.Low, r.High = m-half, m+half
	return r
}

// Difference is the Mean of a−b, cluster by cluster. It panics if a and b
// differ in length.
func Difference(a, b []float64) Result {
	if len(a) != len(b) {
		panic("estimate: length mismatch")
	}
	d := make([]float64, len(a))
	for i := range a {
		d[i] = a[i] - b[i]
	}
	return Mean(d)
}

// Sum is the sum of x with the rounding error carried along (Neumaier 1974).
func Sum(x []float64) float64 {
	var s adder
	for _, v := range x {
		s.add(v)
	}
	return s.sum()
}

// An adder adds up as Sum does.
type adder struct{ total, carry float64 }

func (s *adder) add(v float64) {
	t := s.total + v
	if math.Abs(s.total) >= math.Abs(v) {
		s.carry += (s.total - t) + v
	} else {
		s.carry += (v - t) + s.total
	}
	s.total = t
}

func (s *adder) sum() float64 { return s.total + s.carry }

// squares are those of some numbers.
type squares struct {
	adder
	largest float64
	n       int
}

func (s *squares) add(v float64) {
	square := float64(v * v) // rounded, so that no processor fuses it with the sum
	s.largest = max(s.largest, square)
	s.adder.add(square)
	s.n++
}

// dominance is the share that the largest has in the sum.
func (s *squares) dominance() float64 {
	if s.sum() > 0 {
		return s.largest / s.sum()
	}
	return 0
}
