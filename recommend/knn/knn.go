package knn

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

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

// The blocks: queryBlock rows look at candidateBlock others at a time, and the
// product is computed tileRows rows at once into a tile of
// tileRows×candidateBlock cosines (48 kB). Tiles are small enough for gonum not
// to start goroutines of its own.
const (
	queryBlock     = 256
	candidateBlock = 192
	tileRows       = 64
)

// All finds the neighbours of every row of v: of all other rows that o lets
// pass, those with the K largest cosines, as far as these are above zero. A
// list is shorter than K only when no more rows pass.
//
// Time O(n²·dim), of which each worker does a share; memory, beside the n×K
// result, O(n) and (queryBlock + candidateBlock)·dim for each worker. The
// result is the same for any number of workers.
//
// It returns an error if a value of v is not finite, and ctx.Err() soon after
// ctx has ended.
func All(ctx context.Context, v embed.Dense, o Options) (Lists, error) {
	o = o.withDefaults()
	o.validate(v.Rows)
	for i, x := range v.Data {
		if d := float64(x); math.IsNaN(d) || math.IsInf(d, 0) {
			return Lists{}, fmt.Errorf("knn: row %d holds %v, which is no number to compare", i/v.Dim, x)
		}
	}
	s := search{
		Options: o, v: v,
		lists: Lists{K: o.K, Len: make([]int32, v.Rows), Data: make([]Neighbour, v.Rows*o.K)},
	}
	tasks := s.split()
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range min(o.Workers, len(tasks)) {
		group.Go(func() error {
			w := newWorker(&s)
			for {
				i := int(next.Add(1)) - 1
				if i >= len(tasks) {
					return nil
				}
				if err := w.do(ctx, tasks[i]); err != nil {
					return err
				}
				s.report(len(tasks[i].queries))
			}
		})
	}
	if err := group.Wait(); err != nil {
		return Lists{}, err
	}
	return s.lists, nil
}

// A search is one call of All. Tasks write to disjoint rows of lists.
type search struct {
	Options
	v     embed.Dense
	lists Lists

	mu   sync.Mutex // guards done and calls of Progress
	done int64
}

// A task is to find the neighbours of queries, all of one group, among candidates.
type task struct{ queries, candidates []int32 }

// split divides the rows into tasks of at most queryBlock queries.
func (s *search) split() []task {
	all := make([]int32, s.v.Rows)
	for i := range all {
		all[i] = int32(i)
	}
	rows := slices.Clone(all)
	if s.Queries != nil {
		rows = slices.Clone(s.Queries)
	}
	if s.Group != nil {
		slices.SortStableFunc(rows, func(a, b int32) int { return int(s.Group[a]) - int(s.Group[b]) })
	}
	var tasks []task
	for len(rows) > 0 {
		members := rows
		if s.Group != nil {
			if i := slices.IndexFunc(rows, func(r int32) bool { return s.Group[r] != s.Group[rows[0]] }); i >= 0 {
				members = rows[:i]
			}
		}
		rows = rows[len(members):]
		candidates := members
		if s.Queries != nil {
			candidates = all
			if s.Group != nil && s.Match == nil {
				group := s.Group[members[0]]
				candidates = slices.DeleteFunc(slices.Clone(all), func(r int32) bool { return s.Group[r] != group })
			}
		}
		if s.Match != nil {
			group := s.Group[members[0]]
			candidates = slices.DeleteFunc(slices.Clone(all), func(r int32) bool { return !s.Match(group, int(r)) })
		}
		if s.Eligible != nil {
			candidates = slices.DeleteFunc(slices.Clone(candidates), func(r int32) bool { return !s.Eligible[r] })
		}
		for queries := range slices.Chunk(members, queryBlock) {
			tasks = append(tasks, task{queries, candidates})
		}
	}
	return tasks
}

func (s *search) report(rows int) {
	if s.Progress == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done += int64(rows)
	total := s.v.Rows
	if s.Queries != nil {
		total = len(s.Queries)
	}
	s.Progress(s.done, int64(total))
}

// A worker has the memory for one task at a time.
type worker struct {
	*search
	queries []float32 // queryBlock × dim
	panel   []float32 // dim × candidateBlock: the candidates, transposed
	tile    []float32 // tileRows × candidateBlock: their cosines
}

func newWorker(s *search) *worker {
	return &worker{
		search:  s,
		queries: make([]float32, queryBlock*s.v.Dim),
		panel:   make([]float32, s.v.Dim*candidateBlock),
		tile:    make([]float32, tileRows*candidateBlock),
	}
}

func (w *worker) do(ctx context.Context, t task) error {
	dim := w.v.Dim
	for i, q := range t.queries {
		copy(w.queries[i*dim:], w.v.Row(int(q)))
	}
	for candidates := range slices.Chunk(t.candidates, candidateBlock) {
		if err := ctx.Err(); err != nil {
			return err
		}
		for j, c := range candidates {
			copy(w.panel[j*dim:], w.v.Row(int(c)))
		}
		for lo := 0; lo < len(t.queries); lo += tileRows {
			hi := min(lo+tileRows, len(t.queries))
			w.multiply(lo, hi, len(candidates))
			for i, q := range t.queries[lo:hi] {
				w.take(q, candidates, w.tile[i*candidateBlock:])
			}
		}
	}
	for _, q := range t.queries {
		list := w.lists.Row(int(q))
		slices.SortFunc(list, func(a, b Neighbour) int { return compare(a, b, w.Rank) })
	}
	return nil
}

// multiply fills the tile with the cosines of queries lo to hi of the block
// and the candidates of the panel.
func (w *worker) multiply(lo, hi, candidates int) {
	dim := w.v.Dim
	if dim == 0 {
		return // the tile stays zero
	}
	for i := lo; i < hi; i++ {
		vec.Dots(w.tile[(i-lo)*candidateBlock:][:candidates], w.queries[i*dim:(i+1)*dim], w.panel[:candidates*dim])
	}
}

// take puts those candidates that are good enough into the list of row q,
// which is a heap until the task is done.
func (w *worker) take(q int32, candidates []int32, cosines []float32) {
	length := &w.lists.Len[q]
	list := w.lists.Data[int(q)*w.K : (int(q)+1)*w.K]
	least := lowest(list[:*length], w.K)
	for j, c := range candidates {
		cosine := cosines[j]
		if !(cosine >= least) || c == q {
			continue
		}
		n := Neighbour{c, min(cosine, 1)}
		if int(*length) == w.K && compare(n, list[0], w.Rank) > 0 || w.Allowed != nil && !w.Allowed(int(q), int(c)) {
			continue
		}
		if i := w.sameClass(list[:*length], c); i < 0 {
			*length = int32(len(push(list[:*length], w.K, n, w.Rank)))
		} else if compare(n, list[i], w.Rank) < 0 {
			list[i] = n
			sink(list[:*length], i, w.Rank)
		}
		least = lowest(list[:*length], w.K)
	}
}

// sameClass is the place in list of the row that is of the class of row c, or -1.
func (w *worker) sameClass(list []Neighbour, c int32) int {
	if w.Class == nil {
		return -1
	}
	return slices.IndexFunc(list, func(n Neighbour) bool { return w.Class[n.Row] == w.Class[c] })
}
