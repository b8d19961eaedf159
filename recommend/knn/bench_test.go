package knn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
)

// topical is n rows as LSA makes them: each is near one of 500 topics, which lie in
// 32 of the dimensions and are not equally large, with noise in all.
func topical(n, dim int, seed uint64) embed.Dense {
	const topics, latent = 500, 32
	rng := rand.New(rand.NewPCG(seed, 7))
	basis := make([]float32, latent*dim)
	for i := range basis {
		basis[i] = float32(rng.NormFloat64())
	}
	for i := range latent {
		vec.Normalise(basis[i*dim : (i+1)*dim])
	}
	combine := func(dst []float32, spread float64) {
		for l := range latent {
			vec.Axpy(float32(rng.NormFloat64()*spread/math.Sqrt(1+float64(l)/4)), basis[l*dim:(l+1)*dim], dst)
		}
	}
	centres := make([]float32, topics*dim)
	for t := range topics {
		combine(centres[t*dim:(t+1)*dim], 1)
	}
	v := embed.Dense{Rows: n, Dim: dim, Data: make([]float32, n*dim)}
	for i := range n {
		topic := int(topics * math.Pow(rng.Float64(), 1.5))
		row := v.Row(i)
		copy(row, centres[topic*dim:(topic+1)*dim])
		combine(row, 0.6)
		for k := range row {
			row[k] += float32(rng.NormFloat64() * 0.6 / math.Sqrt(float64(dim)) * 2)
		}
		vec.Normalise(row)
	}
	return v
}

// benchmarkSizes are the numbers of rows to measure; ALSOLIKE_BENCH_ROWS=100000,400000
// names others.
func benchmarkSizes() []int {
	sizes := []int{10_000}
	if names := os.Getenv("ALSOLIKE_BENCH_ROWS"); names != "" {
		sizes = nil
		for name := range strings.SplitSeq(names, ",") {
			n, err := strconv.Atoi(name)
			if err != nil {
				panic(err)
			}
			sizes = append(sizes, n)
		}
	}
	return sizes
}

func BenchmarkAll(b *testing.B) {
	const dim = 256
	for _, n := range benchmarkSizes() {
		v := topical(n, dim, 1)
		for _, k := range []int{20, 64} {
			b.Run(fmt.Sprintf("n=%d/dim=%d/k=%d/first=int8", n, dim, k), func(b *testing.B) {
				b.ReportAllocs()
				var rescored int64
				for b.Loop() {
					s, err := newSearch(b.Context(), v, Options{K: k})
					if err != nil {
						b.Fatal(err)
					}
					if _, err := s.all(b.Context()); err != nil {
						b.Fatal(err)
					}
					rescored = s.rescored.Load()
				}
				b.ReportMetric(2*float64(n)*float64(n)*dim*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
				b.ReportMetric(float64(rescored)/float64(n), "rescored/row")
			})
		}
	}
}

func BenchmarkApproximate(b *testing.B) {
	const dim, k = 256, 20
	for _, n := range benchmarkSizes() {
		v := topical(n, dim, 1)
		b.Run(fmt.Sprintf("n=%d/dim=%d/k=%d", n, dim, k), func(b *testing.B) {
			b.ReportAllocs()
			var lists Lists
			for b.Loop() {
				var err error
				if lists, err = Approximate(b.Context(), v, Options{K: k}, Approximation{}); err != nil {
					b.Fatal(err)
				}
			}
			b.StopTimer()
			recall, err := Recall(b.Context(), v, Options{K: k}, lists, 500, 1)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(recall, "recall@20")
		})
	}
}

// BenchmarkUpdate is the search after one row in a hundred has been added.
func BenchmarkUpdate(b *testing.B) {
	const dim, k = 256, 20
	for _, n := range benchmarkSizes() {
		v := topical(n, dim, 1)
		before := make([]bool, n)
		var added []int32
		for i := range n {
			if before[i] = i%100 > 0; !before[i] {
				added = append(added, int32(i))
			}
		}
		old, err := All(b.Context(), v, Options{K: k, Eligible: before})
		if err != nil {
			b.Fatal(err)
		}
		for _, row := range added {
			clear(old.Row(int(row)))
			old.Len[row] = 0
		}
		b.Run(fmt.Sprintf("n=%d/dim=%d/k=%d/added=1%%", n, dim, k), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Update(b.Context(), v, Options{K: k}, old, added); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
