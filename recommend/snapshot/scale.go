package snapshot

import (
	"math"
	"slices"

	"github.com/alsolike/alsolike/data"
)

// Scales holds the Scale of every language, by its Base: articles are linked
// within their language only, and the cosines of one language say little about
// those of another.
type Scales map[data.Lang]Scale

// Of is the scale for links from an article in lang.
func (s Scales) Of(lang data.Lang) Scale { return s[lang.Base()] }

// A Scale turns ranking scores into the scores 0–100 that people see. The zero Scale
// scores everything 0.
type Scale struct {
	// Noise is the 99th percentile of the cosines of random pairs of articles.
	Noise float32 `json:"noise"`

	// Quantiles[p], p = 0…100, is the smallest ranking score r such that at least
	// p % of the candidate links (every article's first ScaleRanks) have one of r
	// or less; Quantiles[0] is the smallest of all. Ascending; empty where there
	// are no links.
	Quantiles []float32 `json:"quantiles"`

	// Cosines is the same of the cosines of these links; empty where they are the
	// ranking scores.
	Cosines []float32 `json:"cosines,omitempty"`
}

// ScaleRanks is how many candidates of every article a Scale is measured by.
const ScaleRanks = 20

// NewScale measures a scale by the ranking scores of candidate links and their
// cosines, nil if these are the scores, and by the cosines of random pairs of
// articles. It sorts all.
func NewScale(scores, cosines, random []float32) Scale {
	s := Scale{Quantiles: quantiles(scores), Cosines: quantiles(cosines)}
	if len(random) > 0 {
		sortFloats(random)
		s.Noise = percentile(random, 99)
	}
	return s
}

// quantiles is the percentiles from 0 to 100 of the values; nil of none.
func quantiles(values []float32) []float32 {
	if len(values) == 0 {
		return nil
	}
	sortFloats(values)
	q := make([]float32, 101)
	for p := range q {
		q[p] = percentile(values, p)
	}
	return q
}

// sortFloats sorts numbers, none of which is a NaN, by 11 bits of theirs at a time:
// those of all candidate links are many.
func sortFloats(v []float32) {
	const digit = 11
	keys, other := make([]uint32, len(v)), make([]uint32, len(v))
	for i, x := range v {
		keys[i] = orderedBits(x)
	}
	for shift := 0; shift < 32; shift += digit {
		var starts [1 << digit]int
		for _, k := range keys {
			starts[k>>shift&(1<<digit-1)]++
		}
		sum := 0
		for d, n := range starts {
			starts[d] = sum
			sum += n
		}
		for _, k := range keys {
			d := k >> shift & (1<<digit - 1)
			other[starts[d]] = k
			starts[d]++
		}
		keys, other = other, keys
	}
	for i, k := range keys {
		v[i] = fromOrderedBits(k)
	}
}

// orderedBits is a number that is the greater the greater x is.
func orderedBits(x float32) uint32 {
	bits := math.Float32bits(x)
	if bits>>31 != 0 {
		return ^bits
	}
	return bits | 1<<31
}

func fromOrderedBits(bits uint32) float32 {
	if bits>>31 != 0 {
		return math.Float32frombits(bits &^ (1 << 31))
	}
	return math.Float32frombits(^bits)
}

// percentile is the smallest of the sorted values that at least p % of them do
// not exceed.
func percentile(sorted []float32, p int) float32 {
	return sorted[max(0, (p*len(sorted)+99)/100-1)]
}

// Score is the share of the candidate links that rank lower than one of that ranking
// score, in whole percent rounded down: 0–100. It is 0 where the cosine is below the
// noise.
func (s Scale) Score(rank, cosine float32) int {
	if len(s.Quantiles) == 0 || cosine < s.Noise {
		return 0
	}
	lower, _ := slices.BinarySearch(s.Quantiles[1:], rank) // how many quantiles are below it
	return lower
}

// Rank is the ranking score that a link of that cosine may be given where nothing
// else is known of it: as large a share of the candidate links rank lower as have a
// smaller cosine.
func (s Scale) Rank(cosine float32) float32 {
	if len(s.Cosines) == 0 || len(s.Quantiles) == 0 || cosine <= 0 {
		return cosine
	}
	at, exact := slices.BinarySearch(s.Cosines, cosine)
	switch {
	case exact:
		return s.Quantiles[at]
	case at == 0:
		return s.Quantiles[0] * cosine / s.Cosines[0]
	case at == len(s.Cosines):
		return s.Quantiles[at-1] * cosine / s.Cosines[at-1]
	}
	share := (cosine - s.Cosines[at-1]) / (s.Cosines[at] - s.Cosines[at-1])
	return s.Quantiles[at-1] + share*(s.Quantiles[at]-s.Quantiles[at-1])
}
