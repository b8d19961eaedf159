package knn

import (
	"context"
	"fmt"
	"maps"
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
	var bad atomic.Int64
	bad.Store(int64(v.Rows))
	err := parallel(ctx, v.Rows, 1024, workers, func() func(lo, hi int) {
		return func(lo, hi int) {
			for i := lo; i < hi; i++ {
				var sum float32
				for _, x := range v.Row(i) {
					sum += x - x // zero unless x is not finite
				}
				if sum != 0 {
					for old := bad.Load(); int64(i) < old && !bad.CompareAndSwap(old, int64(i)); old = bad.Load() {
					}
				}
			}
		}
	})
	if err != nil {
		return err
	}
	if i := int(bad.Load()); i < v.Rows {
		x := v.Row(i)[slices.IndexFunc(v.Row(i), func(x float32) bool { return x-x != 0 })]
		return fmt.Errorf("knn: row %d holds %v, which is no number to compare", i, x)
	}
	return nil
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

// A job is to find the neighbours of queries, all of one group, among candidates.
// None of them is zero.
type job struct {
	queries, candidates []int32
	oneSided            bool // the candidates that are queries may not get neighbours by this job
}

// jobs is one job for each group: for its rows that are queries, among those that are
// candidates.
func (s *search) jobs(query, candidate func(row int32) bool) []job {
	groups := map[uint32][]int32{}
	var candidates []int32 // of all groups
	for i := range int32(s.v.Rows) {
		if s.q.scale[i] == 0 {
			continue
		}
		groups[s.group(i)] = append(groups[s.group(i)], i)
		if s.Match != nil && candidate(i) {
			candidates = append(candidates, i)
		}
	}
	var jobs []job
	for _, g := range slices.Sorted(maps.Keys(groups)) {
		var j job
		for _, r := range groups[g] {
			if query(r) {
				j.queries = append(j.queries, r)
			}
			if s.Match == nil && candidate(r) {
				j.candidates = append(j.candidates, r)
			}
		}
		for _, r := range candidates {
			if s.Match(g, int(r)) {
				j.candidates = append(j.candidates, r)
			}
		}
		if len(j.queries) > 0 && len(j.candidates) > 0 {
			jobs = append(jobs, j)
		}
	}
	return jobs
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

// exact does a job by comparing all pairs.
func (s *search) exact(ctx context.Context, j job) error {
	p, err := s.product(ctx, j)
	if err != nil {
		return err
	}
	return p.all(ctx)
}

// product arranges the rows of a job: on one side, if that is less work.
func (s *search) product(ctx context.Context, j job) (*product, error) {
	both := union(j.queries, j.candidates)
	if j.oneSided || s.Match != nil || len(both)*len(both)/2 > len(j.queries)*len(j.candidates) {
		return newProduct(s, newSide(s.q, chunks(j.queries)), newSide(s.q, chunks(j.candidates)), nil), nil
	}
	ordered, err := s.q.order(ctx, both, s.Workers)
	if err != nil {
		return nil, err
	}
	side := newSide(s.q, chunks(ordered))
	p := newProduct(s, side, side, s.asked)
	if len(j.candidates) < len(both) {
		p.candidate = s.marks(j.candidates)
	}
	return p, nil
}

// marks sets the places of rows.
func (s *search) marks(rows []int32) []bool {
	marks := make([]bool, s.v.Rows)
	for _, r := range rows {
		marks[r] = true
	}
	return marks
}

// chunks cuts rows into blocks that fill whole panels.
func chunks(rows []int32) [][]int32 {
	_, width := vec.TileInt8Size()
	return slices.Collect(slices.Chunk(rows, max(1, blockRows/width)*width))
}

// union merges two ascending lists of rows.
func union(a, b []int32) []int32 {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
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

// take puts n into the list of row, which is a heap until all is done, if it is good
// enough, and returns the least cosine that the list takes now.
func (s *search) take(row int32, n Neighbour) float32 {
	list := s.lists.Row(int(row))
	if len(list) == s.K && worse(n, list[0], s.Rank) || s.Allowed != nil && !s.Allowed(int(row), int(n.Row)) {
		return s.lists.lowest(int(row))
	}
	if i := s.sameClass(list, n.Row); i < 0 {
		list = s.lists.Data[int(row)*s.K : (int(row)+1)*s.K]
		s.lists.Len[row] = int32(len(push(list[:s.lists.Len[row]], s.K, n, s.Rank)))
	} else if worse(list[i], n, s.Rank) {
		list[i] = n
		sink(list, i, s.Rank)
	}
	return s.lists.lowest(int(row))
}

// sameClass is the place in list of the row that is of the class of row, or -1.
func (s *search) sameClass(list []Neighbour, row int32) int {
	if s.Class == nil {
		return -1
	}
	return slices.IndexFunc(list, func(n Neighbour) bool { return s.Class[n.Row] == s.Class[row] })
}

// lowest is the least cosine with which a row may get into the list of row i, a heap.
func (l Lists) lowest(i int) float32 { return lowest(l.Row(i), l.K) }
