package crosslang

import (
	"context"

	"github.com/alsolike/alsolike/embed"
)

// A Pair is two texts that are likely translations of one another.
type Pair struct {
	A, B   int // rows; A < B
	Cosine float32
	Margin float32 // by which Cosine exceeds that of the next best text of either side
}

// Likely returns the pairs of texts that are likely translations of one another and are
// not known to be. vectors, group and lang have one row for each text: group is as in
// Doc, and lang tells apart what a group holds one version of, such as "en", "zh-Hans"
// and "zh-Hant".
func Likely(ctx context.Context, vectors embed.Dense, group []int, lang []string, workers int) ([]Pair, error) {
	return nil, nil
}
