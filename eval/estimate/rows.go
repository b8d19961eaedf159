package estimate

// clusterSums adds up rows of x by cluster, numbered from 0; a nil cluster takes
// every row as one.
func clusterSums(x []float64, cluster []int32) []float64 {
	if cluster == nil {
		return x
	}
	if len(x) != len(cluster) {
		panic("estimate: length mismatch")
	}
	n := int32(0)
	for _, c := range cluster {
		n = max(n, c+1)
	}
	sums := make([]float64, n)
	for i, c := range cluster {
		sums[c] += x[i]
	}
	return sums
}

// rowInfluence is Σnum/Σden over rows and the influence of every cluster that has
// rows.
func rowInfluence(num, den []float64, cluster []int32) (value float64, psi []float64) {
	value, psi = RatioInfluence(clusterSums(num, cluster), clusterSums(den, cluster))
	if cluster == nil {
		return value, psi
	}
	present := make([]bool, len(psi))
	for _, c := range cluster {
		present[c] = true
	}
	kept := psi[:0]
	for c, v := range psi {
		if present[c] {
			kept = append(kept, v)
		}
	}
	return value, kept
}

// rowRatio is Σnum/Σden over rows, with an interval by clusters.
func rowRatio(num, den []float64, cluster []int32) Result {
	return Clustered(rowInfluence(num, den, cluster))
}

// rowMean is the mean over rows of x, with an interval by clusters.
func rowMean(x []float64, cluster []int32) Result {
	ones := make([]float64, len(x))
	for i := range ones {
		ones[i] = 1
	}
	return rowRatio(x, ones, cluster)
}
