package metric

import (
	"cmp"
	"math"
	"slices"
)

// Coverage is the share of the articles with any exposure. exposure[i] is what
// article i gets over all lists, 0 included: how often it is linked, or how much
// attention its links get.
func Coverage(exposure []float64) float64 {
	shown := 0
	for _, x := range exposure {
		if x > 0 {
			shown++
		}
	}
	return float64(shown) / float64(len(exposure))
}

// Gini says how unevenly exposure is spread: 0 if all N articles get the same,
// (N−1)/N if one gets everything, NaN if there is none,
//
//	Gini = Σ_j (2j − N − 1)·x_(j) / (N·Σ x),  x ascending, j from 1
//
// as RecBole has it. Times N/(N−1) it is the form that reaches 1. Elliot prints
// 1 − Gini under the same name.
func Gini(exposure []float64) float64 {
	x := sorted(exposure)
	n := float64(len(x))
	num := make([]float64, len(x))
	for j, v := range x {
		num[j] = (2*float64(j+1) - n - 1) * v
	}
	return sum(num) / (n * sum(x))
}

// GiniGradient is how much Gini moves by one more unit of exposure of each
// article,
//
//	∂Gini/∂x_i = ((2r_i − N − 1)/N − Gini) / Σ x
//
// with r_i the place of article i among the ascending exposures; equal ones share
// the mean of their places.
func GiniGradient(exposure []float64) []float64 {
	n, total, gini := float64(len(exposure)), sum(exposure), Gini(exposure)
	gradient := midranks(exposure)
	for i, r := range gradient {
		gradient[i] = ((2*r-n-1)/n - gini) / total
	}
	return gradient
}

// Entropy is how spread out x is, in bits: −Σ p log2 p with p = x/Σx over what is
// above 0. 2^Entropy is the number of articles that would give the same when all
// got equally much; Entropy/log2 N is at most 1. The recommenders library calls
// it distributional coverage; RecBole's value is divided by the number of articles
// shown, which is not done here. It is NaN if nothing is above 0.
func Entropy(x []float64) float64 {
	total := sum(x)
	parts := make([]float64, 0, len(x))
	for _, v := range x {
		if v > 0 {
			p := v / total
			parts = append(parts, -p*math.Log2(p))
		}
	}
	if len(parts) == 0 {
		return math.NaN()
	}
	return sum(parts)
}

// EntropyGradient is how much Entropy moves by one more unit of each x:
//
//	∂Entropy/∂x_i = −(log2 p_i + Entropy) / Σ x
//
// and 0 where x_i is 0, where no derivative exists.
func EntropyGradient(x []float64) []float64 {
	total, entropy := sum(x), Entropy(x)
	gradient := make([]float64, len(x))
	for i, v := range x {
		if v > 0 {
			gradient[i] = -(math.Log2(v/total) + entropy) / total
		}
	}
	return gradient
}

// HeadShare is the share of exposure that the most exposed articles get, head
// being their share of all articles; at least one article counts, and fractions
// are rounded up. It is NaN without any exposure.
func HeadShare(exposure []float64, head float64) float64 {
	x := sorted(exposure)
	return sum(x[len(x)-headSize(len(x), head):]) / sum(x)
}

// HeadShareGradient is how much HeadShare moves by one more unit of each exposure:
// ([article i is in the head] − HeadShare) / Σ x. Articles as exposed as the last
// of the head count by the share of them that it holds.
func HeadShareGradient(exposure []float64, head float64) []float64 {
	x := sorted(exposure)
	n := headSize(len(x), head)
	last := x[len(x)-n]
	above, equal := 0, 0
	for _, v := range x {
		switch {
		case v > last:
			above++
		case v == last:
			equal++
		}
	}
	total, share := sum(exposure), HeadShare(exposure, head)
	gradient := make([]float64, len(exposure))
	for i, v := range exposure {
		in := 0.0
		switch {
		case v > last:
			in = 1
		case v == last:
			in = float64(n-above) / float64(equal)
		}
		gradient[i] = (in - share) / total
	}
	return gradient
}

func headSize(n int, head float64) int {
	// The little less keeps 0.1·30 at 3, though it is more in binary.
	return min(n, max(1, int(math.Ceil(head*float64(n)-1e-9))))
}

// Lorenz is the curve of exposure: point i of points is the share of all exposure
// that the least exposed i/(points−1) of the articles get, from 0 to 1, with a
// straight line between articles. It is nil without any exposure.
func Lorenz(exposure []float64, points int) []float64 {
	total := sum(exposure)
	if !(total > 0) {
		return nil
	}
	x := sorted(exposure)
	curve := make([]float64, points)
	below, j := 0.0, 0 // the sum of the j least exposed
	for i := range curve {
		at := float64(i) * float64(len(x)) / float64(points-1)
		for ; j < len(x) && float64(j+1) <= at; j++ {
			below += x[j]
		}
		curve[i] = below
		if j < len(x) {
			curve[i] += (at - float64(j)) * x[j]
		}
		curve[i] = min(1, curve[i]/total)
	}
	curve[points-1] = 1
	return curve
}

// midranks is the place of every x in ascending order, from 1; equal ones share
// the mean of their places.
func midranks(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	ranks := make([]float64, len(x))
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && x[order[to]] == x[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			ranks[i] = float64(from+to+1) / 2
		}
		from = to
	}
	return ranks
}

func sorted(x []float64) []float64 {
	x = slices.Clone(x)
	slices.Sort(x)
	return x
}

// sum is the sum of x with the rounding error carried along (Neumaier 1974).
func sum(x []float64) float64 {
	total, carry := 0.0, 0.0
	for _, v := range x {
		t := total + v
		if math.Abs(total) >= math.Abs(v) {
			carry += (total - t) + v
		} else {
			carry += (v - t) + total
		}
		total = t
	}
	return total + carry
}
