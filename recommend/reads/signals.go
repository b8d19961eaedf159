package reads

import (
	"cmp"
	"math"
	"slices"
)

// Evidence that is taken for granted before there is any, in readers of two articles
// each. See the package's decisions.
const (
	priorNext    = 40
	priorCoRead  = 30
	priorPopular = 1000
)

// Features are what readers say about a link. Each is 0 where they say nothing.
type Features struct {
	// Next is how probable it is that who reads the one reads the other near it,
	// of what readers did alone: A(i,j) / (A(i) + 40).
	Next float32

	// CoRead is the cosine of the two articles' co-reads, shrunk:
	// A(i,j) / (√(A(i)·A(j)) + 30).
	CoRead float32

	// Popular is the share of all reads that the other gets, as far as Next is not
	// known from readers: 40 / (A(i) + 40) · p(j).
	Popular float32
}

// Weights say how many units of a text score in [0, 1] a feature of 1 is worth.
type Weights struct{ Next, CoRead, Popular float32 }

// DefaultWeights are those that the package's table is measured with.
var DefaultWeights = Weights{Next: 25, CoRead: 10, Popular: 6.25}

// Of is what the features add to a text score in [0, 1]; never below zero.
func (w Weights) Of(f Features) float32 {
	return float32(w.Next*f.Next) + float32(w.CoRead*f.CoRead) + float32(w.Popular*f.Popular)
}

// A Link is another row that readers of a row read near it.
type Link struct {
	Row   int32
	Score float32 // what Next and CoRead add to a text score under DefaultWeights; above 0
}

// Signals say what readers' reading says about links between the rows of a corpus.
// They do not change, and may be used by several goroutines.
type Signals struct {
	near    [][]near  // by row: the weightiest, ascending by row
	total   []float64 // by row: A(i)
	readers []float64 // by row: r(j)
	all     float64   // their sum
	most    float64   // the greatest of them
	popular []int32   // rows, most read first
	links   int
	counts  Counts
}

// finish adds up what is near each row, and keeps what the weights make most of.
func (s *Signals) finish() {
	for i, list := range s.near {
		slices.SortFunc(list, func(a, b near) int { return cmp.Compare(a.row, b.row) })
		merged := list[:0]
		for _, x := range list {
			s.total[i] += x.weight
			if n := len(merged); n > 0 && merged[n-1].row == x.row {
				merged[n-1].weight += x.weight
				continue
			}
			merged = append(merged, x)
		}
		s.near[i] = merged
		s.counts.Pairs += len(merged)
	}
	s.counts.Pairs /= 2
	for i, list := range s.near {
		if len(list) > s.links {
			slices.SortFunc(list, func(a, b near) int {
				return cmp.Or(cmp.Compare(s.score(i, b), s.score(i, a)), cmp.Compare(a.row, b.row))
			})
			list = list[:s.links]
			slices.SortFunc(list, func(a, b near) int { return cmp.Compare(a.row, b.row) })
		}
		s.near[i] = slices.Clone(list)
	}
	for row, r := range s.readers {
		s.all += r
		s.most = max(s.most, r)
		if r > 0 {
			s.popular = append(s.popular, int32(row))
		}
	}
	slices.SortFunc(s.popular, func(a, b int32) int {
		return cmp.Or(cmp.Compare(s.readers[b], s.readers[a]), cmp.Compare(a, b))
	})
	s.popular = slices.Clone(s.popular[:min(s.links, len(s.popular))])
}

func (s *Signals) score(i int, x near) float32 {
	next, coRead := s.evidence(i, int(x.row), x.weight)
	return DefaultWeights.Of(Features{Next: next, CoRead: coRead})
}

// evidence is what a weight of rows i and j says.
func (s *Signals) evidence(i, j int, weight float64) (next, coRead float32) {
	return float32(weight / (s.total[i] + priorNext)), float32(weight / (math.Sqrt(s.total[i]*s.total[j]) + priorCoRead))
}

// Counts are what the signals were made from.
func (s *Signals) Counts() Counts { return s.counts }

// Features are what readers say about a link from row to the other. They are found
// in O(log Options.Links).
func (s *Signals) Features(row, other int32) Features {
	if row == other {
		return Features{}
	}
	f := Features{Popular: float32(priorNext / (s.total[row] + priorNext) * s.readers[other] / s.spread())}
	list := s.near[row]
	if k, ok := slices.BinarySearchFunc(list, other, func(x near, row int32) int { return cmp.Compare(x.row, row) }); ok {
		f.Next, f.CoRead = s.evidence(int(row), int(other), list[k].weight)
	}
	return f
}

// spread is all reads and those assumed of every article alike.
func (s *Signals) spread() float64 { return s.all + float64(max(len(s.readers), priorPopular)) }

// CoRead is the at most Options.Links rows that are read near row, best first; of
// equals the smaller row.
func (s *Signals) CoRead(row int32) []Link {
	list := make([]Link, len(s.near[row]))
	for k, x := range s.near[row] {
		list[k] = Link{x.row, s.score(int(row), x)}
	}
	slices.SortFunc(list, func(a, b Link) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Row, b.Row)) })
	return list
}

// Popularity is how much the row is read beside the most read one, in [0, 1): near 1
// for that one once many read it, and near 0 for all while few read anything.
func (s *Signals) Popularity(row int32) float32 {
	return float32(s.readers[row] / (s.most + priorNext))
}

// MostRead is the at most Options.Links rows that are read most, most first; of
// equals the smaller row, and none that nobody reads. It must not be changed.
func (s *Signals) MostRead() []int32 { return s.popular }
