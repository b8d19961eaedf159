package knn

import (
	"context"
	"maps"
	"slices"

	"github.com/alsolike/alsolike/embed/vec"
)

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
