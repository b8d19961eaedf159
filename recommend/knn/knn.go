package knn

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
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
	Data []Neighbour // n×K: those of row i are Data[i*K : i*K+Len[i]], best first; the rest is zero
}

// Row is the list of row i, best first. It shares memory with l.
func (l Lists) Row(i int) []Neighbour {
	return l.Data[i*l.K : i*l.K+int(l.Len[i]) : i*l.K+int(l.Len[i])]
}

func newLists(rows, k int) Lists {
	return Lists{K: k, Len: make([]int32, rows), Data: make([]Neighbour, rows*k)}
}

// Options say which rows may be neighbours of which. The zero value searches
// all rows for 64 neighbours each.
type Options struct {
	K        int      // neighbours per row; 0 means 64
	Group    []uint32 // n: neighbours are of one group; nil: all rows are of one
	Eligible []bool   // n: whether the row may be a neighbour of others; nil: all may
	Class    []uint32 // n: a list holds at most one row of a class, the best; nil: each row is a class

	// Match tells whether row to may be a neighbour of the rows of a group;
	// nil: if it is of that group. It is asked once for each group and row.
	Match func(group uint32, to int) bool

	// Allowed tells whether row to may be a neighbour of row from; nil: all
	// may. It is asked, by several goroutines at a time, only for rows that
	// would make it into the list.
	Allowed func(from, to int) bool

	Queries []int32 // the rows whose lists are wanted, ascending; those of others stay empty; nil: all are

	Rank    []uint32 // n: of equal cosines the smaller rank comes first; nil: the smaller row
	Workers int      // goroutines; 0 means GOMAXPROCS

	// Progress is told now and then how many of the total rows are done, by
	// one goroutine at a time; nil: nobody is told.
	Progress func(done, total int64)
}

func (o Options) withDefaults() Options {
	if o.K == 0 {
		o.K = 64
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	return o
}

func (o Options) validate(rows int) {
	if o.K < 0 || o.Workers < 0 {
		panic("knn: negative option")
	}
	for _, numbers := range [][]uint32{o.Group, o.Class, o.Rank} {
		if numbers != nil && len(numbers) != rows {
			panic("knn: length mismatch")
		}
	}
	if o.Eligible != nil && len(o.Eligible) != rows {
		panic("knn: length mismatch")
	}
	if o.Match != nil && o.Group == nil {
		panic("knn: a match for groups, and no groups")
	}
	for i, q := range o.Queries {
		if q < 0 || int(q) >= rows || i > 0 && q <= o.Queries[i-1] {
			panic("knn: queries out of range or not ascending")
		}
	}
}

// All finds the neighbours of every row of v: of all other rows that o lets
// pass, those with the K largest cosines, as far as these are above zero. A
// list is shorter than K only when no more rows pass.
//
// Time O(n²·dim), of which each worker does a share; memory, beside the n×K
// result, two bytes for each number of v. The result is the same for any number
// of workers.
//
// It returns an error if a value of v is not finite, and ctx.Err() soon after
// ctx has ended.
func All(ctx context.Context, v embed.Dense, o Options) (Lists, error) {
	s, err := newSearch(ctx, v, o)
	if err != nil {
		return Lists{}, err
	}
	return s.all(ctx)
}

// A search is one call of All, Approximate or Update.
type search struct {
	Options
	v        embed.Dense
	q        *quantised
	lists    Lists
	asked    []bool // whether the list of a row is wanted; nil: all are
	rescored atomic.Int64

	mu         sync.Mutex // guards what follows and calls of Progress
	done, told int64      // rows
}

func newSearch(ctx context.Context, v embed.Dense, o Options) (*search, error) {
	o = o.withDefaults()
	o.validate(v.Rows)
	if err := finite(ctx, v, o.Workers); err != nil {
		return nil, err
	}
	q, err := quantise(ctx, v, o.Workers)
	if err != nil {
		return nil, err
	}
	s := &search{Options: o, v: v, q: q, lists: newLists(v.Rows, o.K)}
	if o.Queries != nil {
		s.asked = s.marks(o.Queries)
	}
	return s, nil
}

// finite returns an error if a value of v is not.
func finite(ctx context.Context, v embed.Dense, workers int) error {
	var found atomic.Bool
	err := parallel(ctx, v.Rows, 1024, workers, func() func(lo, hi int) {
		return func(lo, hi int) {
			var sum float32
			for _, x := range v.Data[lo*v.Dim : hi*v.Dim] {
				sum += x - x // zero unless x is not finite
			}
			if sum != 0 {
				found.Store(true)
			}
		}
	})
	if err != nil || !found.Load() {
		return err
	}
	i := slices.IndexFunc(v.Data, func(x float32) bool { return x-x != 0 })
	return fmt.Errorf("knn: row %d holds %v, which is no number to compare", i/v.Dim, v.Data[i])
}

// all searches every group.
func (s *search) all(ctx context.Context) (Lists, error) {
	for _, j := range s.jobs(s.wanted, s.eligible) {
		if err := s.exact(ctx, j); err != nil {
			return Lists{}, err
		}
		s.finish(j)
	}
	return s.sorted(ctx)
}

func (s *search) group(row int32) uint32 {
	if s.Group == nil {
		return 0
	}
	return s.Group[row]
}

func (s *search) wanted(row int32) bool { return s.asked == nil || s.asked[row] }

func (s *search) eligible(row int32) bool { return s.Eligible == nil || s.Eligible[row] }

// cosine is that of two rows, to the bit the same either way.
func (s *search) cosine(a, b int32) float32 {
	return min(vec.Dot(s.v.Row(int(a)), s.v.Row(int(b))), 1)
}

// report tells how far the search is when a product has been done in part.
func (s *search) report(rows int, part float64) {
	if s.Progress == nil {
		return
	}
	total := int64(s.v.Rows)
	if s.Queries != nil {
		total = int64(len(s.Queries))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if done := min(s.done+int64(float64(rows)*part), total); done > s.told {
		s.told = done
		s.Progress(done, total)
	}
}

// finish notes that a job is done.
func (s *search) finish(j job) {
	s.report(len(j.queries), 1)
	s.mu.Lock()
	s.done += int64(len(j.queries))
	s.mu.Unlock()
}

// sorted is the lists, each in order.
func (s *search) sorted(ctx context.Context) (Lists, error) {
	err := parallel(ctx, s.v.Rows, 1024, s.Workers, func() func(lo, hi int) {
		return func(lo, hi int) {
			for i := lo; i < hi; i++ {
				slices.SortFunc(s.lists.Row(i), func(a, b Neighbour) int { return compare(a, b, s.Rank) })
			}
		}
	})
	if err != nil {
		return Lists{}, err
	}
	s.report(s.v.Rows, 1)
	return s.lists, nil
}
