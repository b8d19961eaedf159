package vec_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/alsolike/alsolike/embed/vec"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// Every benchmark reports operations a second, a multiplication and an addition
// counted as two, and runs with each kernel that the machine has; the limit is
// BenchmarkPeak.

func BenchmarkPeak(b *testing.B) {
	eachBenchmark(b, func(b *testing.B) {
		best := 0.0
		for b.Loop() {
			best = max(best, vec.MeasurePeak(0))
		}
		b.ReportMetric(best/1e9, "GFLOP/s")
	})
}

func BenchmarkTile(b *testing.B) {
	for _, depth := range []int{64, 256} {
		b.Run(fmt.Sprintf("depth=%d", depth), func(b *testing.B) {
			eachBenchmark(b, func(b *testing.B) {
				rows, cols := vec.TileSize()
				x, y, c := ones(depth*rows), ones(depth*cols), ones(rows*cols)
				for b.Loop() {
					vec.Tile(depth, x, rows, y, cols, c, cols)
				}
				operations(b, rows*cols*depth, "GFLOP/s")
			})
		})
	}
}

// BenchmarkTiles multiplies matrices of which only a panel is in the first cache.
func BenchmarkTiles(b *testing.B) {
	const depth, n = 256, 256
	b.Run("kernel=gonum", func(b *testing.B) {
		x := blas32.General{Rows: n, Cols: depth, Stride: depth, Data: ones(n * depth)}
		y := blas32.General{Rows: depth, Cols: n, Stride: n, Data: ones(n * depth)}
		c := blas32.General{Rows: n, Cols: n, Stride: n, Data: ones(n * n)}
		for b.Loop() {
			blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, x, y, 0, c)
		}
		operations(b, n*n*depth, "GFLOP/s")
	})
	eachBenchmark(b, func(b *testing.B) {
		rows, cols := vec.TileSize()
		down, across := n/rows, n/cols
		x, y, c := ones(depth*n), ones(depth*n), ones(n*n)
		for b.Loop() {
			for j := range across {
				for i := range down {
					vec.Tile(depth, x[i*rows*depth:], rows, y[j*cols*depth:], cols, c[i*rows*n+j*cols:], n)
				}
			}
		}
		operations(b, down*rows*across*cols*depth, "GFLOP/s")
	})
}

// BenchmarkGram multiplies a tall matrix's transpose with it, in place: whole tiles,
// of 128 rows at a time.
func BenchmarkGram(b *testing.B) {
	const depth, n = 128, 272
	eachBenchmark(b, func(b *testing.B) {
		rows, cols := vec.TileSize()
		down, across := n/rows, n/cols
		x, c := ones(depth*n), make([]float32, n*n)
		for b.Loop() {
			for j := range across {
				for i := range down {
					vec.Tile(depth, x[i*rows:], n, x[j*cols:], n, c[i*rows*n+j*cols:], n)
				}
			}
		}
		operations(b, down*rows*across*cols*depth, "GFLOP/s")
	})
}

// BenchmarkTileInt8 multiplies a block of rows by another, a strip of tiles at a time.
func BenchmarkTileInt8(b *testing.B) {
	const depth, n = 256, 256
	eachBenchmark(b, func(b *testing.B) {
		rows, cols := vec.TileInt8Size()
		down, across := n/rows, n/cols
		x, y, c := make([]int8, depth*n), make([]int8, depth*n), make([]int32, rows*n)
		for b.Loop() {
			for i := range down {
				for j := range across {
					vec.TileInt8(depth, x[i*rows*depth:], y[j*cols*depth:], c[j*cols:], n)
				}
			}
		}
		operations(b, down*rows*across*cols*depth, "Gop/s")
	})
}

func BenchmarkCombine(b *testing.B) {
	for _, d := range []int{64, 256, 272} {
		for _, rows := range []int{1000, 50_000} {
			b.Run(fmt.Sprintf("d=%d/rows=%d", d, rows), func(b *testing.B) {
				const entries = 100
				random := rand.New(rand.NewPCG(1, 1))
				x := ones(rows * d)
				index, value := make([]uint32, 1<<14+entries), ones(entries)
				for e := range index {
					index[e] = uint32(random.IntN(rows))
				}
				dst := make([]float32, d)
				bench := func(name string, combine func(dst, x []float32, index []uint32, value []float32)) {
					b.Run("kernel="+name, func(b *testing.B) {
						b.SetBytes(int64(4 * d * entries))
						at := 0
						for b.Loop() {
							combine(dst, x, index[at:at+entries], value)
							at = (at + entries) % (1 << 14)
						}
						operations(b, d*entries, "GFLOP/s")
					})
				}
				bench("gonum", func(dst, x []float32, index []uint32, value []float32) {
					clear(dst)
					for e, i := range index {
						blas32.Axpy(value[e], blasVector(x[int(i)*d:][:d]), blasVector(dst))
					}
				})
				for _, name := range vec.Kernels() {
					defer vec.Use(name)()
					bench(name, vec.Combine)
				}
			})
		}
	}
}

func BenchmarkDot(b *testing.B) {
	for _, n := range []int{64, 256} {
		b.Run(fmt.Sprintf("dim=%d", n), func(b *testing.B) {
			x, y := ones(n), ones(n)
			eachBenchmark(b, func(b *testing.B) {
				for b.Loop() {
					vec.Dot(x, y)
				}
				operations(b, n, "GFLOP/s")
			})
		})
	}
}

// BenchmarkDots scans rows that lie in the second cache, or in memory.
func BenchmarkDots(b *testing.B) {
	const d = 256
	for _, rows := range []int{1000, 200_000} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			query, matrix, out := ones(d), ones(rows*d), make([]float32, rows)
			bench := func(name string, dots func()) {
				b.Run("kernel="+name, func(b *testing.B) {
					b.SetBytes(int64(4 * d * rows))
					for b.Loop() {
						dots()
					}
					operations(b, d*rows, "GFLOP/s")
				})
			}
			bench("gonum", func() {
				blas32.Gemv(blas.NoTrans, 1, blas32.General{Rows: rows, Cols: d, Stride: d, Data: matrix}, blasVector(query), 0, blasVector(out))
			})
			for _, name := range vec.Kernels() {
				defer vec.Use(name)()
				bench(name, func() { vec.Dots(out, query, matrix) })
			}
		})
	}
}

func BenchmarkQuantiseInt8(b *testing.B) {
	x, dst := ones(256), make([]int8, 256)
	eachBenchmark(b, func(b *testing.B) {
		b.SetBytes(int64(4 * len(x)))
		for b.Loop() {
			vec.QuantiseInt8(dst, x)
		}
	})
}

func BenchmarkAxpy(b *testing.B) {
	for _, n := range []int{64, 256} {
		b.Run(fmt.Sprintf("dim=%d", n), func(b *testing.B) {
			x, y := ones(n), ones(n)
			b.Run("kernel=gonum", func(b *testing.B) {
				for b.Loop() {
					blas32.Axpy(1e-9, blasVector(x), blasVector(y))
				}
				operations(b, n, "GFLOP/s")
			})
			eachBenchmark(b, func(b *testing.B) {
				for b.Loop() {
					vec.Axpy(1e-9, x, y)
				}
				operations(b, n, "GFLOP/s")
			})
		})
	}
}

func BenchmarkAtLeast(b *testing.B) {
	for _, hits := range []int{0, 1, 10} {
		b.Run(fmt.Sprintf("hits=%d%%", hits), func(b *testing.B) {
			random := rand.New(rand.NewPCG(1, 1))
			s, dst := make([]float32, 4096), make([]int32, 4096)
			for i := range s {
				s[i] = random.Float32()
			}
			least := 1 - float32(hits)/100
			eachBenchmark(b, func(b *testing.B) {
				for b.Loop() {
					vec.AtLeast(dst, s, least)
				}
				b.ReportMetric(float64(len(s))*float64(b.N)/b.Elapsed().Seconds()/1e9, "G/s")
			})
		})
	}
}

func BenchmarkSelectInt8(b *testing.B) {
	const rows, cols = 12, 512
	for _, hits := range []int{0, 1} {
		b.Run(fmt.Sprintf("hits=%d%%", hits), func(b *testing.B) {
			random := rand.New(rand.NewPCG(1, 1))
			sums, dst := make([]int32, rows*cols), make([]int32, rows*cols)
			for i := range sums {
				sums[i] = random.Int32N(100)
			}
			row, col := ones(rows), ones(cols)
			least := make([]float32, cols)
			for j := range least {
				least[j] = float32(102 - hits)
			}
			eachBenchmark(b, func(b *testing.B) {
				for b.Loop() {
					vec.SelectInt8(dst, sums, cols, rows, cols, row, row, least[:rows], col, col, least)
				}
				b.ReportMetric(float64(len(sums))*float64(b.N)/b.Elapsed().Seconds()/1e9, "G/s")
			})
		})
	}
}

// eachBenchmark runs f with each kernel that the machine has.
func eachBenchmark(b *testing.B, f func(b *testing.B)) {
	b.Helper()
	for _, name := range vec.Kernels() {
		b.Run("kernel="+name, func(b *testing.B) {
			defer vec.Use(name)()
			f(b)
		})
	}
}

// operations reports n multiplications and as many additions in each round.
func operations(b *testing.B, n int, unit string) {
	b.ReportMetric(2*float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, unit)
}

func blasVector(a []float32) blas32.Vector {
	return blas32.Vector{N: len(a), Inc: 1, Data: a}
}

func ones(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = 1
	}
	return v
}
