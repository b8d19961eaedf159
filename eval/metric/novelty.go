package metric

import "math"

// SelfInformation is how little known each article is, in bits: −log2(v/Σv) with
// v its views, where an article that nobody viewed counts as viewed once. The
// novelty of a list is the mean over its items (Vargas and Castells 2011).
func SelfInformation(views []float64) []float64 {
	bits := make([]float64, len(views))
	for i, v := range views {
		bits[i] = max(v, 1)
	}
	total := sum(bits)
	for i, v := range bits {
		bits[i] = -math.Log2(v / total)
	}
	return bits
}

// Percentiles is the share of articles that are viewed less than each article,
// equally viewed ones counting half: 0 to 1.
func Percentiles(views []float64) []float64 {
	ranks := midranks(views)
	for i := range ranks {
		ranks[i] = (ranks[i] - 0.5) / float64(len(views))
	}
	return ranks
}

// Unexpectedness is 1 minus the mean similarity of an item to what is known of
// the reader, each 0 to 1. The serendipity of the recommenders library is the
// mean over items of relevance times unexpectedness.
func Unexpectedness(similarity []float64) float64 {
	return 1 - sum(similarity)/float64(len(similarity))
}
