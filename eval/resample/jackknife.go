package resample

import "math"

// jackknifeGroups is how many groups the clusters are left out in, at most. The
// acceleration of groups estimates that of clusters.
const jackknifeGroups = 200

// Jackknife is statistic without one cluster at a time; of more than 200
// clusters, without one of 200 groups at a time. See Do for statistic.
func Jackknife(clusters int, statistic func(weight []float64) float64) []float64 {
	groups := min(clusters, jackknifeGroups)
	values := make([]float64, groups)
	weight := make([]float64, clusters)
	for g := range groups {
		for c := range weight {
			weight[c] = 1
			if c%groups == g {
				weight[c] = 0
			}
		}
		values[g] = statistic(weight)
	}
	return values
}

// JackknifeSE is the standard error by the values of Jackknife:
// √((G−1)/G · Σ(v − mean)²).
func JackknifeSE(values []float64) float64 {
	n := float64(len(values))
	mean := sum(values) / n
	squares := 0.0
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	return math.Sqrt((n - 1) / n * squares)
}

// acceleration is Σd³/(6·(Σd²)^1.5) with d = mean − value of the jackknife; values
// that are NaN are left out.
func acceleration(values []float64) float64 {
	total, n := 0.0, 0.0
	for _, v := range values {
		if !math.IsNaN(v) {
			total += v
			n++
		}
	}
	mean, largest := total/n, 0.0
	for _, v := range values {
		if d := math.Abs(mean - v); d > largest {
			largest = d
		}
	}
	if largest == 0 || math.IsInf(largest, 0) {
		return 0
	}
	squares, cubes := 0.0, 0.0
	for _, v := range values {
		if d := (mean - v) / largest; !math.IsNaN(d) { // of one size, so that no power is beyond all numbers
			squares += d * d
			cubes += d * d * d
		}
	}
	return cubes / (6 * math.Pow(squares, 1.5))
}
