package lsa

import (
	"math"
	"slices"
	"testing"

	"github.com/alsolike/alsolike/embed"
	"pgregory.net/rapid"
)

// Weights are those of the formula, summed in the order of the texts, and the same for
// any number of workers.
func TestEntropyWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := &embed.Sparse{Rows: rapid.IntRange(1, 20).Draw(t, "terms"), Ptr: []int{0}}
		for range rapid.IntRange(1, 30).Draw(t, "texts") {
			for i := range counts.Rows {
				if rapid.Bool().Draw(t, "held") {
					counts.Index = append(counts.Index, uint32(i))
					counts.Value = append(counts.Value, rapid.SampledFrom([]float32{1, 1, 2, 3, 0.5, 7, 1e30, math.SmallestNonzeroFloat32}).Draw(t, "count"))
				}
			}
			counts.Ptr = append(counts.Ptr, len(counts.Index))
			counts.Cols++
		}
		total, entropy, want := make([]float64, counts.Rows), make([]float64, counts.Rows), make([]float32, counts.Rows)
		for e, i := range counts.Index {
			total[i] += float64(counts.Value[e])
		}
		for e, i := range counts.Index {
			p := float64(counts.Value[e]) / total[i]
			entropy[i] -= float64(p * math.Log(p))
		}
		for i, h := range entropy {
			want[i] = float32(max(0.1, 1.1-h/math.Log(float64(counts.Cols+1))))
		}
		for _, workers := range []int{1, 2, 3, 40} {
			if got := entropyWeights(counts, workers); !slices.Equal(got, want) {
				t.Fatalf("%d workers: got %v, want %v", workers, got, want)
			}
		}
	})
}

func TestWeigh(t *testing.T) {
	for _, count := range []float32{0, 0.5, 1, 2, 3, 63, 64, 65, 1e9, math.MaxFloat32, math.SmallestNonzeroFloat32} {
		want := float32(math.Log1p(float64(count))) * 0.7
		if got := weigh(count, 0.7); got != want {
			t.Errorf("count %v: got %v, want %v", count, got, want)
		}
	}
}
