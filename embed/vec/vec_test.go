package vec_test

import (
	"math"
	"slices"
	"testing"

	"github.com/alsolike/alsolike/embed/vec"
	"github.com/alsolike/alsolike/embed/vec/vectest"
)

func TestNorm(t *testing.T) { vectest.Norm(t, vec.Norm) }

func TestDot(t *testing.T) {
	eachKernel(t, func(t *testing.T) { vectest.Dot(t, vec.Dot) })
}

func TestDots(t *testing.T) {
	eachKernel(t, func(t *testing.T) { vectest.Dots(t, vec.Dots, vec.Dot) })
}

func TestAxpy(t *testing.T) {
	eachKernel(t, func(t *testing.T) { vectest.Axpy(t, vec.Axpy) })
}

func TestCombine(t *testing.T) {
	eachKernel(t, func(t *testing.T) { vectest.Combine(t, vec.Combine) })
}

func TestTile(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		rows, cols := vec.TileSize()
		vectest.Tile(t, rows, cols, vec.Tile)
	})
}

func TestDotInt8(t *testing.T) {
	eachKernel(t, func(t *testing.T) { vectest.DotInt8(t, vec.DotInt8) })
}

func TestTileInt8(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		rows, cols := vec.TileInt8Size()
		vectest.TileInt8(t, rows, cols, vec.PackInt8, vec.TileInt8)
	})
}

func TestAtLeast(t *testing.T) {
	eachKernel(t, func(t *testing.T) { vectest.AtLeast(t, vec.AtLeast) })
}

func TestSelectInt8(t *testing.T) {
	eachKernel(t, func(t *testing.T) { vectest.SelectInt8(t, vec.SelectInt8) })
}

func TestQuantiseInt8(t *testing.T) {
	eachKernel(t, func(t *testing.T) { vectest.QuantiseInt8(t, vec.QuantiseInt8) })
}

func TestMeasurePeak(t *testing.T) {
	eachKernel(t, func(t *testing.T) {
		if got := vec.MeasurePeak(0); !(got > 1e7 && got < 1e13) {
			t.Errorf("got %v operations a second", got)
		}
	})
}

// eachKernel runs f with each kernel that the machine has.
func eachKernel(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	for _, name := range vec.Kernels() {
		t.Run("kernel="+name, func(t *testing.T) {
			defer vec.Use(name)()
			f(t)
		})
	}
}

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
