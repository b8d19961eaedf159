package baseline_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/baseline"
)

// largeSite is the counts of 100,000 texts of about 120 terms, by Zipf's law.
func largeSite() *embed.Sparse {
	const texts, terms = 100_000, 80_000
	rng := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(rng, 1.1, 20, terms-1)
	s := &embed.Sparse{Rows: terms, Cols: texts, Ptr: []int{0}}
	for range texts {
		count := map[uint32]float32{}
		for range 200 {
			count[uint32(zipf.Uint64())]++
		}
		index := make([]uint32, 0, len(count))
		for term := range count {
			index = append(index, term)
		}
		slices.Sort(index)
		for _, term := range index {
			s.Index, s.Value = append(s.Index, term), append(s.Value, count[term])
		}
		s.Ptr = append(s.Ptr, len(s.Index))
	}
	return s
}

// BenchmarkRank makes one list of a large site.
func BenchmarkRank(b *testing.B) {
	counts := largeSite()
	unit := *counts
	unit.Value = slices.Clone(counts.Value)
	for row := range unit.Cols {
		_, values := unit.Col(row)
		squares := 0.0
		for _, v := range values {
			squares += float64(v) * float64(v)
		}
		for i := range values {
			values[i] /= float32(math.Sqrt(squares))
		}
	}
	for _, of := range []struct {
		name string
		rank func(row, k int) []int
	}{{"bm25", baseline.NewBM25(counts).Rank}, {"tfidf", baseline.NewTFIDF(&unit).Rank}} {
		b.Run("by="+of.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				of.rank(i*7919%100_000, 30)
			}
		})
	}
}
