package snapshot

import (
	"slices"

	"github.com/alsolike/alsolike/data"
)

// Scales holds the Scale of every language, by its Base: articles are linked
// within their language only, and the cosines of one language say little about
// those of another.
type Scales map[data.Lang]Scale

// Of is the scale for links from an article in lang.
func (s Scales) Of(lang data.Lang) Scale { return s[lang.Base()] }

// A Scale turns cosines into the scores 0–100 that people see. The zero Scale
// scores everything 0.
type Scale struct {
	// Noise is the 99th percentile of the cosines of random pairs of articles.
	Noise float32 `json:"noise"`

	// Quantiles[p], p = 0…100, is the smallest cosine c such that at least p %
	// of the candidate links (every article's first ScaleRanks) have a cosine
	// of c or less; Quantiles[0] is the smallest of all. Ascending; empty
	// where there are no links.
	Quantiles []float32 `json:"quantiles"`
}

// ScaleRanks is how many candidates of every article a Scale is measured by.
const ScaleRanks = 20

// NewScale measures a scale by the cosines of candidate links and of random
// pairs of articles. It sorts both.
func NewScale(links, random []float32) Scale {
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

// Score is the share of the candidate links that rank lower than one
// of that cosine, in whole percent rounded down: 0–100. It is 0 for a cosine
// below the noise.
func (s Scale) Score(cosine float32) int {
	if len(s.Quantiles) == 0 || cosine < s.Noise {
		return 0
	}
	lower, _ := slices.BinarySearch(s.Quantiles[1:], cosine) // how many quantiles are below it
	return lower
}
