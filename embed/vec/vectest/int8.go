package vectest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// DotInt8 tests a scalar product of bytes.
func DotInt8(t *testing.T, dot func(a, b []int8) int32) {
	each(t, func(t *testing.T, random *rand.Rand, n, off int) {
		a, _ := vector(n, off, anyInt8(random))
		b, _ := vector(n, (off*5)%9, anyInt8(random))
		want := productInt8(a, b)
		if got := dot(a, b); got != want {
			t.Errorf("offset %d: got %v, want %v", off, got, want)
		}
		for _, front := range []bool{false, true} {
			if got := dot(beside(t, a, front), beside(t, b, front)); got != want {
				t.Errorf("at the edge of memory: got %v, want %v", got, want)
			}
		}
	})
	least := slices.Repeat([]int8{-128}, 131071)
	if got, want := dot(least, least), int32(131071*128*128); got != want {
		t.Errorf("the greatest sum: got %v, want %v", got, want)
	}
	panics(t, "lengths that differ", func() { dot(make([]int8, 3), make([]int8, 4)) })
}

// TileInt8 tests a block of rows × cols of a matrix product of bytes, packed by pack.
func TileInt8(t *testing.T, rows, cols int, pack func(dst, matrix []int8, dim int, rows []int32, width int), tile func(depth int, a, b []int8, c []int32, ldc int)) {
	for _, depth := range []int{0, 4, 8, 12, 64, 256, 260} {
		for _, missing := range []int{0, 1, rows} { // rows and columns that are not there
			for _, ldc := range []int{cols, cols + 3} {
				t.Run(fmt.Sprintf("depth=%d,missing=%d,ldc=%d", depth, missing, ldc), func(t *testing.T) {
					random := rand.New(rand.NewPCG(uint64(depth), 5))
					n, m := rows-missing, cols-missing
					matrix, _ := vector((rows+cols)*depth, missing, anyInt8(random))
					order := random.Perm(rows + cols)
					a, b := make([]int32, n), make([]int32, m)
					for i := range a {
						a[i] = int32(order[i])
					}
					for j := range b {
						b[j] = int32(order[n+j])
					}
					packedA, packedB := beside(t, make([]int8, rows*depth), false), beside(t, make([]int8, cols*depth), false)
					for _, packed := range [][]int8{packedA, packedB} {
						for i := range packed {
							packed[i] = 77
						}
					}
					pack(packedA, matrix, depth, a, rows)
					pack(packedB, matrix, depth, b, cols)
					packedAs(t, packedA, matrix, depth, a, rows)

					c, intact := vector(extent(rows, ldc, cols), 1, random.Int32)
					before := slices.Clone(c)
					tile(depth, packedA, packedB, c, ldc)
					if !intact() {
						t.Error("wrote outside")
					}
					for place, got := range c {
						i, j, want := place/ldc, place%ldc, int32(0)
						switch {
						case j >= cols:
							want = before[place]
						case i < n && j < m:
							want = productInt8(matrix[int(a[i])*depth:][:depth], matrix[int(b[j])*depth:][:depth])
						}
						if got != want {
							t.Fatalf("row %d, column %d: got %v, want %v", i, j, got, want)
						}
					}
				})
			}
		}
	}
	bytes := func(n int) []int8 { return make([]int8, n) }
	sums := make([]int32, rows*cols)
	panics(t, "a too short", func() { tile(4, bytes(4*rows-1), bytes(4*cols), sums, cols) })
	panics(t, "b too short", func() { tile(4, bytes(4*rows), bytes(4*cols-1), sums, cols) })
	panics(t, "c too short", func() { tile(4, bytes(4*rows), bytes(4*cols), sums[1:], cols) })
	panics(t, "depth not a multiple of 4", func() { tile(3, bytes(4*rows), bytes(4*cols), sums, cols) })
	panics(t, "depth below 0", func() { tile(-4, bytes(4*rows), bytes(4*cols), sums, cols) })
	panics(t, "panel too short", func() { pack(bytes(15), bytes(4), 4, []int32{0}, 4) })
	panics(t, "a row that is not there", func() { pack(bytes(16), bytes(7), 4, []int32{0, 1}, 4) })
	panics(t, "a row below 0", func() { pack(bytes(16), bytes(7), 4, []int32{-1}, 4) })
	panics(t, "more rows than the panel is wide", func() { pack(bytes(16), bytes(20), 4, []int32{0, 1, 2, 3, 4}, 4) })
	panics(t, "dim not a multiple of 4", func() { pack(bytes(16), bytes(20), 3, []int32{0, 1, 2, 3}, 4) })
}

// packedAs tests a panel.
func packedAs(t *testing.T, panel, matrix []int8, dim int, rows []int32, width int) {
	t.Helper()
	for l := range dim {
		for i := range width {
			want := int8(0)
			if i < len(rows) {
				want = matrix[int(rows[i])*dim+l]
			}
			if got := panel[(l/4)*width*4+i*4+l%4]; got != want {
				t.Fatalf("packed, row %d, depth %d: got %v, want %v", i, l, got, want)
			}
		}
	}
}
