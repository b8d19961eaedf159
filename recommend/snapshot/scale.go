package snapshot

import (
	"slices"

	"github.com/alsolike/alsolike/recommend/knn"
)

// A Scale turns cosines into the scores 0–100 that people see. The zero Scale
// scores everything 0.
type Scale struct {
	// Noise is the 99th percentile of the cosines of random pairs of articles.
	Noise float32 `json:"noise"`

	// Quantiles[p], p = 0…100, is the smallest cosine c such that at least p %
	// of the corpus's candidate links (every article's ranks 1–20) have a
	// cosine of c or less; Quantiles[0] is the smallest of all. Ascending;
	// empty where there are no links.
	Quantiles []float32 `json:"quantiles"`
}

// NewScale measures the scale of a corpus by the candidate links of its
// articles and by the cosines of random pairs of articles, which it sorts.
func NewScale(lists knn.Lists, random []float32) Scale {
	const ranks = 20
	var links []float32
	for i := range lists.Len {
		list := lists.Row(i)
		for _, n := range list[:min(ranks, len(list))] {
			links = append(links, n.Cosine)
		}
	}
	var s Scale
	if len(random) > 0 {
		slices.Sort(random)
		s.Noise = percentile(random, 99)
	}
	if len(links) > 0 {
		slices.Sort(links)
		s.Quantiles = make([]float32, 101)
		for p := range s.Quantiles {
			s.Quantiles[p] = percentile(links, p)
		}
	}
	return s
}

// percentile is the smallest of the sorted values that at least p % of them do
// not exceed.
func percentile(sorted []float32, p int) float32 {
	return sorted[max(0, (p*len(sorted)+99)/100-1)]
}

// Score is the share of the corpus's candidate links that rank lower than one
// of that cosine, in whole percent rounded down: 0–100. It is 0 for a cosine
// below the noise.
func (s Scale) Score(cosine float32) int {
	if len(s.Quantiles) == 0 || cosine < s.Noise {
		return 0
	}
	lower, _ := slices.BinarySearch(s.Quantiles[1:], cosine) // how many quantiles are below it
	return lower
}
