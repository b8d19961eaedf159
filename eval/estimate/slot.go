package estimate

// Estimators of what a policy π would collect in one slot, from a log whose items
// were drawn with known chances μ. All take one row an impression: the weight
// w = π/μ of the item shown, the reward r (1 for a click), and the number of the
// cluster, from 0 (nil: every row is one). Intervals are those of Clustered. They
// panic if the slices differ in length.

// Replay is the mean reward of the rows where the policy chooses what was shown.
// It assumes that items were drawn uniformly, and is biased otherwise.
//
// Li, Chu, Langford, Wang (2011).
func Replay(chosen []bool, r []float64, cluster []int32) Result {
	match := make([]float64, len(chosen))
	for i, c := range chosen {
		if c {
			match[i] = 1
		}
	}
	return SNIPS(match, r, cluster)
}

// IPS is mean(w·r): unbiased, but of high variance where weights are large. The
// difference of two policies has the difference of their weights.
func IPS(w, r []float64, cluster []int32) Result {
	return rowMean(product(w, r), cluster)
}

// SNIPS is Σw·r/Σw: a little biased, and steadier than IPS.
//
// Swaminathan and Joachims (2015).
func SNIPS(w, r []float64, cluster []int32) Result {
	return rowRatio(product(w, r), w, cluster)
}

// SNIPSDifference is SNIPS with weights a minus SNIPS with weights b, with the
// interval of the difference of their influences: exactly 0 for equal weights.
func SNIPSDifference(a, b, r []float64, cluster []int32) Result {
	valueA, psiA := rowInfluence(product(a, r), a, cluster)
	valueB, psiB := rowInfluence(product(b, r), b, cluster)
	psi := make([]float64, len(psiA))
	for i := range psi {
		psi[i] = psiA[i] - psiB[i]
	}
	return Clustered(valueA-valueB, psi)
}

// BetaIPS is mean(w·r − β(w − expected)), IPS with the weight as control variate,
// whose mean is expected (1; 0 for a difference of weights), and
// β = Cov(w·r, w)/Var(w) over rows. Its error is no larger than that of SNIPS in
// large logs.
//
// Jeunen and Gupta (2026).
func BetaIPS(w, r []float64, expected float64, cluster []int32) (result Result, beta float64) {
	wr := product(w, r)
	n := float64(len(w))
	meanW, meanWR := Sum(w)/n, Sum(wr)/n
	cov, variance := make([]float64, len(w)), make([]float64, len(w))
	for i, v := range w {
		cov[i] = (wr[i] - meanWR) * (v - meanW)
		variance[i] = (v - meanW) * (v - meanW)
	}
	if below := Sum(variance); below > 0 {
		beta = Sum(cov) / below
	}
	x := make([]float64, len(w))
	for i, v := range w {
		x[i] = wr[i] - beta*(v-expected)
	}
	return rowMean(x, cluster), beta
}

// DR is mean(v + w·(r − q)), where a model of rewards expects q of the item shown
// and v = Σ_a π(a)·q(a) of the policy: right if the chances or the model are. With
// w = 0 it is the direct method, which rests on the model alone.
//
// Dudík and others (2014).
func DR(w, r, q, v []float64, cluster []int32) Result {
	if len(r) != len(q) || len(r) != len(v) {
		panic("estimate: length mismatch")
	}
	rest := make([]float64, len(r))
	for i := range r {
		rest[i] = r[i] - q[i]
	}
	x := product(w, rest)
	for i := range x {
		x[i] += v[i]
	}
	return rowMean(x, cluster)
}

func product(a, b []float64) []float64 {
	if len(a) != len(b) {
		panic("estimate: length mismatch")
	}
	x := make([]float64, len(a))
	for i := range a {
		x[i] = a[i] * b[i]
	}
	return x
}
