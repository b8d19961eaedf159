package vec_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/alsolike/alsolike/embed/vec"
	"github.com/alsolike/alsolike/embed/vec/vectest"
)

func TestDot(t *testing.T)  { vectest.Dot(t, vec.Dot) }
func TestNorm(t *testing.T) { vectest.Norm(t, vec.Norm) }
func TestAxpy(t *testing.T) { vectest.Axpy(t, vec.Axpy) }

func TestNormalise(t *testing.T) {
	inf := float32(math.Inf(1))
	nan := float32(math.NaN())
	for _, c := range []struct {
		in, want []float32
	}{
		{[]float32{3, -4}, []float32{0.6, -0.8}},
		{[]float32{1e-40, 0}, []float32{1, 0}},
		{[]float32{2e38, 0}, []float32{1, 0}},
		{[]float32{0, 0}, []float32{0, 0}},
		{[]float32{inf, 1}, []float32{0, 0}},
		{[]float32{nan, 1}, []float32{0, 0}},
		{nil, nil},
	} {
		got := slices.Clone(c.in)
		vec.Normalise(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: got %v, want %v", c.in, got, c.want)
		}
	}
	if got := vec.Normalise([]float32{3, -4}); got != 5 {
		t.Errorf("length before: got %v, want 5", got)
	}
}

func BenchmarkDot(b *testing.B) {
	for _, n := range []int{64, 256} {
		b.Run(fmt.Sprintf("dim=%d", n), func(b *testing.B) {
			x, y := ones(n), ones(n)
			var sum float32
			for b.Loop() {
				sum += vec.Dot(x, y)
			}
			b.ReportMetric(2*float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			if sum == 0 {
				b.Fatal("sum is 0")
			}
		})
	}
}

func BenchmarkAxpy(b *testing.B) {
	for _, n := range []int{64, 256} {
		b.Run(fmt.Sprintf("dim=%d", n), func(b *testing.B) {
			x, y := ones(n), ones(n)
			for b.Loop() {
				vec.Axpy(1e-9, x, y)
			}
			b.ReportMetric(2*float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

func ones(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = 1
	}
	return v
}
