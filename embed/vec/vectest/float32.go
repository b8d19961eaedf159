package vectest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Dot tests a scalar product, against a sum in float64.
func Dot(t *testing.T, dot func(a, b []float32) float32) {
	each(t, func(t *testing.T, random *rand.Rand, n, off int) {
		a, _ := vector(n, off, normal(random))
		b, _ := vector(n, (off*5)%9, normal(random))
		want, size := product(a, b)
		got := dot(a, b)
		if !near(got, want, n, size) {
			t.Errorf("offset %d: got %v, want %v", off, got, want)
		}
		if !same(dot(b, a), got) {
			t.Errorf("offset %d: not symmetric", off)
		}
		elsewhere, _ := vector(n, off+1, normal(random))
		copy(elsewhere, a)
		if !same(dot(elsewhere, b), got) {
			t.Errorf("offset %d: differs when the vector lies elsewhere", off)
		}
		if off == 0 {
			for _, front := range []bool{false, true} {
				if !same(dot(beside(t, a, front), beside(t, b, front)), got) {
					t.Errorf("differs at the edge of memory")
				}
			}
			unusual(t, a, b, dot)
		}
	})
	panics(t, "lengths that differ", func() { dot(make([]float32, 3), make([]float32, 4)) })
}

// unusual tests sums with infinities and with what is not a number, at every place.
func unusual(t *testing.T, a, b []float32, dot func(a, b []float32) float32) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for i := range a {
		x, y := slices.Clone(a), slices.Clone(b)
		x[i], y[i] = inf, -2
		if got := dot(x, y); got != -inf {
			t.Fatalf("infinity times -2 at %d: got %v", i, got)
		}
		y[i] = 0
		if got := dot(x, y); got == got {
			t.Fatalf("infinity times 0 at %d: got %v", i, got)
		}
		x[i] = nan
		if got := dot(x, y); got == got {
			t.Fatalf("NaN at %d: got %v", i, got)
		}
	}
}

// Dots tests the scalar products of a vector with the rows of a matrix: they are to
// have the bits of dot.
func Dots(t *testing.T, dots func(out, query, rows []float32), dot func(a, b []float32) float32) {
	each(t, func(t *testing.T, random *rand.Rand, d, rows int) {
		query, _ := vector(d, rows, normal(random))
		matrix, _ := vector(rows*d, (rows*5)%9, normal(random))
		out, intact := vector(rows, 1, normal(random))
		check := func(out, query, matrix []float32) {
			dots(out, query, matrix)
			for i, got := range out {
				if want := dot(query, matrix[i*d:][:d]); !same(got, want) {
					t.Errorf("row %d of %d: got %v, want %v", i, rows, got, want)
				}
			}
		}
		check(out, query, matrix)
		if !intact() {
			t.Errorf("%d rows: wrote outside", rows)
		}
		check(beside(t, out, false), beside(t, query, false), beside(t, matrix, false))
	})
	panics(t, "lengths that differ", func() { dots(make([]float32, 2), make([]float32, 3), make([]float32, 7)) })
}

// Norm tests a Euclidean length.
func Norm(t *testing.T, norm func(a []float32) float32) {
	each(t, func(t *testing.T, random *rand.Rand, n, off int) {
		a, _ := vector(n, off, normal(random))
		var want float64
		for _, v := range a {
			want = math.Hypot(want, float64(v))
		}
		if got := norm(a); !near(got, want, 1, want) {
			t.Errorf("offset %d: got %v, want %v", off, got, want)
		}
	})
	for _, v := range []float32{1e-30, 1e30} { // the squares leave float32's range
		if got, want := norm([]float32{3 * v, 4 * v}), 5*float64(v); !near(got, want, 1, want) {
			t.Errorf("of numbers like %v: got %v, want %v", v, got, want)
		}
	}
}

// Axpy tests y += alpha·x.
func Axpy(t *testing.T, axpy func(alpha float32, x, y []float32)) {
	each(t, func(t *testing.T, random *rand.Rand, n, off int) {
		x, _ := vector(n, (off*5)%9, normal(random))
		y, intact := vector(n, off, normal(random))
		for _, alpha := range []float32{0, 1, -0.3} {
			before := slices.Clone(y)
			axpy(alpha, x, y)
			for i, got := range y {
				want := float64(before[i]) + float64(alpha)*float64(x[i])
				if size := math.Abs(float64(before[i])) + math.Abs(float64(alpha)*float64(x[i])); !near(got, want, 1, size) {
					t.Fatalf("offset %d, alpha %v, number %d: got %v, want %v", off, alpha, i, got, want)
				}
			}
			if off == 0 {
				edge := beside(t, before, alpha == 1)
				axpy(alpha, beside(t, x, alpha == 1), edge)
				if !slices.EqualFunc(edge, y, same) {
					t.Errorf("alpha %v: differs at the edge of memory", alpha)
				}
			}
		}
		if !intact() {
			t.Errorf("offset %d: wrote outside", off)
		}
	})
	inf := float32(math.Inf(1))
	if y := []float32{1}; axpyOne(axpy, 0, inf, y) == y[0] {
		t.Errorf("0 times infinity: got %v", y[0])
	}
	panics(t, "lengths that differ", func() { axpy(1, make([]float32, 3), make([]float32, 4)) })
}

func axpyOne(axpy func(alpha float32, x, y []float32), alpha, x float32, y []float32) float32 {
	axpy(alpha, []float32{x}, y)
	return y[0]
}

// Combine tests a sparse combination of rows.
func Combine(t *testing.T, combine func(dst, x []float32, index []uint32, value []float32)) {
	const rows = 12
	for _, d := range append(lengths(), 95, 96, 97, 271, 272, 320, 321, 400) {
		t.Run(fmt.Sprintf("d=%d", d), func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(d), 2))
			for off, entries := range []int{0, 1, 2, 7, 8, 9, 30} {
				x, _ := vector(rows*d, off, normal(random))
				value, _ := vector(entries, off, normal(random))
				index := make([]uint32, entries)
				for e := range index {
					index[e] = uint32(random.IntN(rows))
				}
				dst, intact := vector(d, off, normal(random))
				combine(dst, x, index, value)
				if !intact() {
					t.Errorf("%d entries: wrote outside", entries)
				}
				combination(t, dst, x, index, value)

				edge := beside(t, dst, false)
				combine(edge, beside(t, x, false), beside(t, index, false), beside(t, value, false))
				if !slices.EqualFunc(edge, dst, same) {
					t.Errorf("%d entries: differs at the edge of memory", entries)
				}
				columnAlone(t, combine, dst, x, index, value)
			}
		})
	}
	for _, index := range [][]uint32{{2}, {0, 1, 2, 0}, {math.MaxUint32}} {
		for _, d := range []int{1, 3, 100, 400} {
			panics(t, fmt.Sprintf("index %v of 2 rows of %d", index, d), func() {
				combine(make([]float32, d), make([]float32, 3*d-1), index, make([]float32, len(index)))
			})
		}
	}
	panics(t, "index and value of lengths that differ", func() { combine(make([]float32, 1), make([]float32, 1), []uint32{0}, nil) })
}

// combination tests dst against sums in float64.
func combination(t *testing.T, dst, x []float32, index []uint32, value []float32) {
	t.Helper()
	for j, got := range dst {
		column := make([]float32, len(index))
		for e, i := range index {
			column[e] = x[int(i)*len(dst)+j]
		}
		if want, size := product(column, value); !near(got, want, len(index), size) {
			t.Fatalf("%d entries, column %d: got %v, want %v", len(index), j, got, want)
		}
	}
}

// columnAlone tests that the last column has the same bits when it is the only one.
func columnAlone(t *testing.T, combine func(dst, x []float32, index []uint32, value []float32), dst, x []float32, index []uint32, value []float32) {
	t.Helper()
	d := len(dst)
	if d == 0 {
		return
	}
	var column []float32
	for i := d - 1; i < len(x); i += d {
		column = append(column, x[i])
	}
	alone := make([]float32, 1)
	combine(alone, column, index, value)
	if !same(alone[0], dst[d-1]) {
		t.Errorf("%d entries, last column: %v, but alone %v", len(index), dst[d-1], alone[0])
	}
}

// A TileFunc is vec.Tile.
type TileFunc func(depth int, a []float32, lda int, b []float32, ldb int, c []float32, ldc int)

// Tile tests a block of rows × cols of a matrix product.
func Tile(t *testing.T, rows, cols int, tile TileFunc) {
	for _, depth := range []int{0, 1, 2, 3, 7, 64, 65, 257} {
		for _, more := range []int{0, 1, 5} { // columns of a, b and c beyond the tile
			t.Run(fmt.Sprintf("depth=%d,more=%d", depth, more), func(t *testing.T) {
				random := rand.New(rand.NewPCG(uint64(depth), 3))
				lda, ldb, ldc := rows+more, cols+2*more, cols+3*more
				for _, draw := range []func() float32{normal(random), small(random)} {
					a, _ := vector(extent(depth, lda, rows), more, draw)
					b, _ := vector(extent(depth, ldb, cols), 2*more, draw)
					c, intact := vector(extent(rows, ldc, cols), more, draw)
					before := slices.Clone(c)
					tile(depth, a, lda, b, ldb, c, ldc)
					block(t, depth, a, lda, b, ldb, before, c, ldc, cols)
					if !intact() {
						t.Error("wrote outside")
					}
					edge := beside(t, before, false)
					tile(depth, beside(t, a, false), lda, beside(t, b, false), ldb, edge, ldc)
					if !slices.EqualFunc(edge, c, same) {
						t.Error("differs at the edge of memory")
					}
				}
			})
		}
	}
	alike(t, rows, cols, tile)
	floats := func(n int) []float32 { return make([]float32, n) }
	panics(t, "a too short", func() { tile(2, floats(2*rows-1), rows, floats(2*cols), cols, floats(rows*cols), cols) })
	panics(t, "b too short", func() { tile(2, floats(2*rows), rows, floats(2*cols-1), cols, floats(rows*cols), cols) })
	panics(t, "c too short", func() { tile(2, floats(2*rows), rows, floats(2*cols), cols, floats(rows*cols-1), cols) })
	panics(t, "depth below 0", func() { tile(-1, floats(2*rows), rows, floats(2*cols), cols, floats(rows*cols), cols) })
	panics(t, "stride below 0", func() { tile(2, floats(2*rows), -1, floats(2*cols), cols, floats(rows*cols), cols) })
}

// extent is how many numbers hold rows of the given width, stride apart.
func extent(rows, stride, width int) int {
	if rows == 0 {
		return 0
	}
	return (rows-1)*stride + width
}

// block tests every number of c, those between the tile's rows too.
func block(t *testing.T, depth int, a []float32, lda int, b []float32, ldb int, before, c []float32, ldc, cols int) {
	t.Helper()
	for place, got := range c {
		i, j := place/ldc, place%ldc
		if j >= cols {
			if got != before[place] {
				t.Fatalf("row %d: wrote to column %d", i, j)
			}
			continue
		}
		x, y := []float32{1}, []float32{before[place]}
		for l := range depth {
			x, y = append(x, a[l*lda+i]), append(y, b[l*ldb+j])
		}
		if want, size := product(x, y); !near(got, want, depth+1, size) {
			t.Fatalf("row %d, column %d: got %v, want %v", i, j, got, want)
		}
	}
}

// alike tests that all rows and columns of a tile are summed in the same order, and
// that they are added to c only then.
func alike(t *testing.T, rows, cols int, tile TileFunc) {
	t.Helper()
	const depth = 100
	random := rand.New(rand.NewPCG(1, 4))
	draw := normal(random)
	var a, b []float32
	for range depth {
		a = append(a, slices.Repeat([]float32{draw()}, rows)...)
		b = append(b, slices.Repeat([]float32{draw()}, cols)...)
	}
	c, sum := make([]float32, rows*cols), make([]float32, rows*cols)
	tile(depth, a, rows, b, cols, sum, cols)
	for i := range c {
		c[i] = 1e6
	}
	tile(depth, a, rows, b, cols, c, cols)
	for place := range c {
		if !same(sum[place], sum[0]) {
			t.Fatalf("equal rows and columns, place %d: %v, but first %v", place, sum[place], sum[0])
		}
		if want := 1e6 + sum[0]; !same(c[place], want) {
			t.Fatalf("added to 1e6, place %d: got %v, want %v", place, c[place], want)
		}
	}
}
