package knn

import (
	"context"

	"github.com/alsolike/alsolike/embed"
)

// A Neighbour is another row and the cosine of the angle between the two.
type Neighbour struct {
	Row    int32
	Cosine float32 // in (0, 1]
}

// Lists holds the neighbours of n rows, at most K of each.
type Lists struct {
	K    int
	Len  []int32     // n: how many neighbours row i has
	Data []Neighbour // n×K: those of row i are Data[i*K : i*K+Len[i]], best first
}

// Row is the list of row i, best first. It shares memory with l.
func (l Lists) Row(i int) []Neighbour { return l.Data[i*l.K : i*l.K+int(l.Len[i])] }

// Options say which rows may be neighbours of which. The zero value searches
// all rows for 64 neighbours each.
type Options struct {
	K        int                     // neighbours per row; 0 means 64
	Group    []uint32                // n: only rows of one group are neighbours; nil: all are of one
	Eligible []bool                  // n: whether the row may be a neighbour of others; nil: all may
	Allowed  func(from, to int) bool // false: to is never a neighbour of from; nil: all are allowed; called from several goroutines
	Rank     []uint32                // n: of equal cosines the smaller rank comes first, then the smaller row; nil: the row
	Workers  int                     // goroutines; 0 means GOMAXPROCS

	// Progress is told now and then how many of the total rows are done, by
	// one goroutine at a time; nil: nobody is told.
	Progress func(done, total int64)
}

// All finds the neighbours of every row of v.
func All(ctx context.Context, v embed.Dense, o Options) (Lists, error) { panic("soon") }

// Search finds the k rows of v nearest to query among those that keep lets pass.
func Search(v embed.Dense, query []float32, k int, keep func(row int) bool) []Neighbour { panic("soon") }
