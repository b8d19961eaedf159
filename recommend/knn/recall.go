package knn

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/alsolike/alsolike/embed"
)

// recallDepth is the length of the lists that Recall compares.
const recallDepth = 20

// Recall is the share of the nearest rows, the first 20 of the exact lists (or the
// first o.K if that is less), that are among the first 20 of lists: over a sample of
// rows drawn by seed (0 means 200 of them), 1 if these have no neighbours at all.
// lists are of v with o; of o.Queries, if there are any, the sample is drawn.
//
// It costs an exact search for the rows of the sample: O(sample·n·dim).
func Recall(ctx context.Context, v embed.Dense, o Options, lists Lists, sample int, seed uint64) (float64, error) {
	if sample == 0 {
		sample = 200
	}
	o.Queries = draw(v.Rows, o.Queries, sample, rand.New(rand.NewPCG(seed, 0x5eca11)))
	o.K = min(o.withDefaults().K, recallDepth)
	exact, err := All(ctx, v, o)
	if err != nil {
		return 0, err
	}
	found, total := 0, 0
	for _, q := range o.Queries {
		list := lists.Row(int(q))
		list = list[:min(len(list), o.K)]
		for _, n := range exact.Row(int(q)) {
			total++
			if slices.ContainsFunc(list, func(m Neighbour) bool { return m.Row == n.Row }) {
				found++
			}
		}
	}
	if total == 0 {
		return 1, nil
	}
	return float64(found) / float64(total), nil
}

// draw is a sample of the rows (of those in from, if it is not nil), ascending.
func draw(rows int, from []int32, sample int, rng *rand.Rand) []int32 {
	total := rows
	if from != nil {
		total = len(from)
	}
	drawn := make([]int32, 0, min(sample, total))
	for i, left := 0, min(sample, total); left > 0; i++ {
		if rng.IntN(total-i) < left {
			row := int32(i)
			if from != nil {
				row = from[i]
			}
			drawn = append(drawn, row)
			left--
		}
	}
	return drawn
}
