package knn

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/alsolike/alsolike/embed"
)

// ApproximateFrom is the number of rows of one group from which the time of All matters:
// Approximate then takes a fifth of it, and less where there are more.
const ApproximateFrom = 150_000

// An Approximation says how Approximate searches. The zero value works.
type Approximation struct {
	Recall float64 // aimed at: the share of the nearest 20 rows that a list should hold; 0 means 0.985
	Cells  int     // into which the rows of a group are divided; 0: one for 128 rows
	Probes int     // cells nearest to a row that it is compared with; 0: as many as the aim takes, tried on a sample
	Seed   uint64  // of the samples from which the cells are learned and the probes found
}

func (a Approximation) withDefaults() Approximation {
	if a.Recall == 0 {
		a.Recall = 0.985
	}
	return a
}

func (a Approximation) validate() {
	if a.Recall < 0 || a.Recall > 1 || a.Cells < 0 || a.Probes < 0 {
		panic("knn: approximation out of range")
	}
}

const (
	cellRows      = 128  // the mean size of a cell
	mostProbes    = 32   // that are tried
	fewestRows    = 4096 // of a group to be searched by cells
	probesTriedOn = 500  // rows
)

// Approximate finds most of what All finds, in less time where there are many
// rows: see ApproximateFrom. Each cosine is that of All, and so is the order; a
// list may miss some of the nearest rows and hold the next ones instead.
//
// The rows of a group are divided into cells (k-means). Two rows are compared if one
// lies in one of the cells nearest to the other. How many these are is found by exact
// search for a sample of rows. Small groups, and those in which no number of cells up
// to 32 reaches the aim, are searched exactly.
//
// Time about O(n²/128·dim), for finding the cells of every row; memory as All and 128
// bytes a row. The result is the same for any number of workers.
func Approximate(ctx context.Context, v embed.Dense, o Options, a Approximation) (Lists, error) {
	a = a.withDefaults()
	a.validate()
	s, err := newSearch(ctx, v, o)
	if err != nil {
		return Lists{}, err
	}
	for _, j := range s.jobs(s.wanted, s.eligible) {
		if err := s.approximate(ctx, j, a); err != nil {
			return Lists{}, err
		}
		s.finish(j)
	}
	return s.sorted(ctx)
}

// approximate does a job by comparing rows of near cells.
func (s *search) approximate(ctx context.Context, j job, a Approximation) error {
	rows := union(j.queries, j.candidates)
	cells := a.Cells
	if cells == 0 {
		cells = len(rows) / cellRows
	}
	if len(rows) < fewestRows && a.Cells == 0 || len(j.queries)*len(j.candidates) < len(rows)*cells {
		return s.exact(ctx, j)
	}
	centres, err := s.q.cells(ctx, rows, min(cells, len(rows)), a.Seed, s.Workers)
	if err != nil {
		return err
	}
	count := a.Probes
	if count == 0 {
		if count, err = s.enough(ctx, j, centres, a); err != nil {
			return err
		}
	}
	if count > mostProbes && a.Probes == 0 {
		return s.exact(ctx, j)
	}
	p, err := s.probes(ctx, rows, centres, count)
	if err != nil {
		return err
	}
	return s.cellProduct(j, p).cells(ctx)
}

// probes are the cells that each row is compared with.
type probes struct {
	rows    []int32 // ascending
	count   int
	nearest []int32 // of rows[i] the nearest cells, [i*count : (i+1)*count], best first
	cells   int     // in all
}

// probes finds the count cells nearest to each of rows.
func (s *search) probes(ctx context.Context, rows []int32, centres *quantised, count int) (*probes, error) {
	p := &probes{rows: rows, cells: len(centres.scale)}
	p.count = min(count, p.cells)
	var err error
	p.nearest, err = s.q.nearestCells(ctx, rows, centres, p.count, s.Workers)
	return p, err
}

// of is the cells nearest to a row: the first is its own.
func (p *probes) of(row int32) []int32 {
	i, _ := slices.BinarySearch(p.rows, row)
	return p.nearest[i*p.count : (i+1)*p.count]
}

// enough is how many probes reach the recall that is aimed at on a sample of the
// queries, more than mostProbes if none up to that do.
func (s *search) enough(ctx context.Context, j job, centres *quantised, a Approximation) (int, error) {
	sample := draw(len(j.queries), j.queries, probesTriedOn, rand.New(rand.NewPCG(a.Seed, 0x9a3b1e)))
	exact := &search{Options: s.Options, v: s.v, q: s.q, asked: s.marks(sample)}
	exact.K, exact.Progress = min(s.K, recallDepth), nil
	exact.lists = newLists(s.v.Rows, exact.K)
	if err := exact.exact(ctx, job{queries: sample, candidates: j.candidates, oneSided: true}); err != nil {
		return 0, err
	}
	rows := slices.Clone(sample)
	for _, r := range sample {
		for _, n := range exact.lists.Row(int(r)) {
			rows = append(rows, n.Row)
		}
	}
	p, err := s.probes(ctx, union(rows, nil), centres, mostProbes)
	if err != nil {
		return 0, err
	}
	found := make([]int, p.count) // neighbours that the probe of that place finds, and no earlier one
	total := 0
	for _, r := range sample {
		for _, n := range exact.lists.Row(int(r)) {
			total++
			if i := p.finds(r, n.Row); i < p.count {
				found[i]++
			}
		}
	}
	sum := 0
	for i, n := range found {
		if sum += n; float64(sum) >= a.Recall*float64(total) {
			return i + 1, nil
		}
	}
	return mostProbes + 1, nil
}

// finds is the place of the first probe of either row that is the cell of the other,
// or count.
func (p *probes) finds(a, b int32) int {
	first := p.count
	for _, pair := range [][2][]int32{{p.of(a), p.of(b)}, {p.of(b), p.of(a)}} {
		if i := slices.Index(pair[0], pair[1][0]); i >= 0 {
			first = min(first, i)
		}
	}
	return first
}

// A cellProduct is a symmetric product with a block, or more, for each cell, of which
// only rows of near cells are compared.
type cellProduct struct {
	*product
	first []int32   // of each cell, the first block; and the end
	cell  []int32   // of each block
	out   [][]probe // of each block: what its rows look at, by block and place
	in    [][]int32 // of each cell: the positions of the rows of other cells that look at it, ascending
}

// A probe is the place of a row in its block, and a cell that it is compared with.
type probe struct{ cell, place int32 }

func (s *search) cellProduct(j job, p *probes) *cellProduct {
	own := make([]int32, len(p.rows))
	for i := range own {
		own[i] = p.nearest[i*p.count]
	}
	c := &cellProduct{first: make([]int32, 1, p.cells+1)}
	var blocks [][]int32
	for cell, members := range membersOf(p.rows, own, p.cells) {
		for _, rows := range chunks(members) {
			blocks = append(blocks, rows)
			c.cell = append(c.cell, int32(cell))
		}
		c.first = append(c.first, int32(len(blocks)))
	}
	side := newSide(s.q, blocks)
	c.product = newProduct(s, side, side, s.marks(j.queries))
	c.candidate = s.marks(j.candidates)
	c.out, c.in = make([][]probe, len(blocks)), make([][]int32, p.cells)
	for b, rows := range blocks {
		first := c.first[c.cell[b]]
		lo := first + (int32(b)-first)/seedBlocks*seedBlocks
		c.seeds[b] = [2]int{int(lo), int(min(lo+seedBlocks, c.first[c.cell[b]+1]))}
		for place, r := range rows {
			for _, cell := range p.of(r)[1:] {
				c.out[b] = append(c.out[b], probe{cell, int32(place)})
				c.in[cell] = append(c.in[cell], int32(side.starts[b]+place))
			}
		}
		slices.SortStableFunc(c.out[b], func(x, y probe) int { return int(x.cell - y.cell) })
	}
	return c
}

// cells compares the rows of each cell with one another, and with the rows of other
// cells that they look at or that look at them.
func (c *cellProduct) cells(ctx context.Context) error {
	blocks := c.queries.blocks()
	c.total.Store(int64(blocks))
	for _, seeds := range c.seeds {
		c.total.Add(int64(seeds[1] - seeds[0]))
	}
	if err := c.seed(ctx); err != nil {
		return err
	}
	return parallel(ctx, blocks, 1, c.Workers, func() func(lo, hi int) {
		w := newWorker(c.product)
		return func(b, _ int) {
			c.own(w, b)
			c.others(w, b)
			c.add(1)
		}
	})
}

// own compares block b with later ones of its cell.
func (c *cellProduct) own(w *worker, b int) {
	from, to := c.seeds[b][1], int(c.first[c.cell[b]+1])
	if from < to {
		w.load(b, nil)
	}
	for other := from; other < to; other++ {
		w.pair(other, nil)
	}
}

// others compares block b with later ones of other cells: first those of its rows that
// look at the other, then the rows of the other that look at it with the rest of its
// rows.
func (c *cellProduct) others(w *worker, b int) {
	outgoing := make(map[int][]int32) // places in b, by block
	for out := c.out[b]; len(out) > 0; {
		cell := out[0].cell
		var places []int32
		for len(out) > 0 && out[0].cell == cell {
			places, out = append(places, out[0].place), out[1:]
		}
		for other := int(c.first[cell]); other < int(c.first[cell+1]); other++ {
			if other > b {
				outgoing[other] = places
			}
		}
	}
	incoming := make(map[int][]int32) // places in the block
	in := c.in[c.cell[b]]
	in = in[sort.Search(len(in), func(i int) bool { return int(in[i]) >= c.queries.starts[b+1] }):]
	for other := b + 1; len(in) > 0; other++ {
		lo, hi := c.queries.starts[other], c.queries.starts[other+1]
		for len(in) > 0 && int(in[0]) < hi {
			incoming[other] = append(incoming[other], in[0]-int32(lo))
			in = in[1:]
		}
	}
	near := slices.AppendSeq(slices.Collect(maps.Keys(outgoing)), maps.Keys(incoming))
	slices.Sort(near)
	for _, other := range slices.Compact(near) {
		if places := outgoing[other]; places != nil {
			w.load(b, places)
			w.pair(other, nil)
		}
		if places := incoming[other]; places != nil {
			w.load(other, places)
			w.pair(b, outgoing[other])
		}
	}
}
