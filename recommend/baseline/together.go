package baseline

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Together lists the rows that are read in the same sessions.
type Together struct {
	sessions [][]int32
	weight   []float64
	of       [][]int32 // by row: its sessions
	norm     []float64 // by row: the sum of their weights
	shrink   float64
	rooms    sync.Pool // of *[]float64, the scores of one row, 0 between lists
}

// NewTogether ranks n rows by the cosine of their sessions,
//
//	cosine(i, j) = Σ_{s ∋ i,j} w_s / (√(Σ_{s ∋ i} w_s · Σ_{s ∋ j} w_s) + shrink)
//
// which shrink keeps from being high by the chance of a single session. Rows that
// stand in a session twice count once; weight[s], such as 2^(−age/half-life), is
// how much session s counts.
func NewTogether(n int, sessions [][]int32, weight []float64, shrink float64) *Together {
	t := &Together{sessions: make([][]int32, len(sessions)), weight: weight, of: make([][]int32, n), norm: make([]float64, n), shrink: shrink}
	t.rooms.New = func() any { room := make([]float64, n); return &room }
	for s, rows := range sessions {
		rows = slices.Compact(slices.Sorted(slices.Values(rows)))
		t.sessions[s] = rows
		for _, row := range rows {
			t.of[row] = append(t.of[row], int32(s))
			t.norm[row] += weight[s]
		}
	}
	return t
}

// Rank is the at most k rows of the highest cosine with row; rows that were never
// read with it are not listed. It is safe for use by several goroutines.
func (t *Together) Rank(row, k int) []int {
	room := t.rooms.Get().(*[]float64)
	defer t.rooms.Put(room)
	score := *room
	var others []int
	for _, s := range t.of[row] {
		for _, other := range t.sessions[s] {
			if int(other) == row {
				continue
			}
			if score[other] == 0 {
				others = append(others, int(other))
			}
			score[other] += t.weight[s]
		}
	}
	for _, other := range others {
		score[other] /= math.Sqrt(t.norm[row]*t.norm[other]) + t.shrink
	}
	slices.SortFunc(others, func(a, b int) int {
		return cmp.Or(cmp.Compare(score[b], score[a]), cmp.Compare(a, b))
	})
	for _, other := range others {
		score[other] = 0
	}
	return others[:min(k, len(others))]
}
