package snapshot

import "github.com/alsolike/alsolike/recommend/knn"

// A Scale turns cosines into the scores 0–100 that people see.
type Scale struct {
	Noise     float32   `json:"noise"`     // the 99th percentile of the cosines of random pairs
	Quantiles []float32 `json:"quantiles"` // 101, of the corpus's own candidate links (ranks 1–20)
}

// NewScale measures the candidate links of lists and the cosines of random pairs.
func NewScale(lists knn.Lists, random []float32) Scale { panic("soon") }

// Score is the share, in percent, of the corpus's candidate links that rank
// lower than one of this cosine; 0 below the noise.
func (s Scale) Score(cosine float32) int { panic("soon") }
