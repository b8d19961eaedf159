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
}

// Mean is the mean m of the clusters' values x with the interval
//
//	m ± t·s/√n,  s² = Σ(x_i − m)² / (n−1),  t the 0.975 quantile of Student's t with n−1 degrees
//
// One cluster gives a mean without bounds; none gives NaN.
func Mean(x []float64) Result {
	n := float64(len(x))
	m := Sum(x) / n
	r := Result{Value: m, Low: math.Inf(-1), High: math.Inf(1), Clusters: len(x)}
	if len(x) < 2 {
		return r
	}
	squares := make([]float64, len(x))
	for i, v := range x {
		squares[i] = (v - m) * (v - m)
	}
	s := math.Sqrt(Sum(squares) / (n - 1))
	t := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975)
	half := t * s / math.Sqrt(n)
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
	sum, carry := 0.0, 0.0
	for _, v := range x {
		t := sum + v
		if math.Abs(sum) >= math.Abs(v) {
			carry += (sum - t) + v
		} else {
			carry += (v - t) + sum
		}
		sum = t
	}
	return sum + carry
}
