package lsa

import (
	"fmt"
	"math"
	"testing"
)

// Errors of the basis must not grow from block to block, however narrow these are.
func TestKrylovBasisIsOrthonormal(t *testing.T) {
	a, err := TFIDF(t.Context(), eachText(zipf(300, 60, 1)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ dims, width int }{{72, 1}, {72, 3}, {72, 32}, {a.Cols, 7}, {a.Cols, a.Cols}} {
		t.Run(fmt.Sprintf("dims=%d/width=%d", c.dims, c.width), func(t *testing.T) {
			w := &blocks{ctx: t.Context(), workers: 2}
			space := krylov{blocks: w, a: w.rowsOf(a), transposed: columns{a}}
			space.grow(c.dims, c.width, 1, func(int64, int64) {})
			if space.size != c.dims || width(space.basis) != c.dims {
				t.Fatalf("got %d dimensions, %d columns, want %d", space.size, width(space.basis), c.dims)
			}
			at := 0
			for _, x := range space.basis {
				for e, v := range w.cross(space.basis, x) {
					want := 0.0
					if e/x.Dim == at+e%x.Dim {
						want = 1
					}
					if math.Abs(v-want) > 1e-6 {
						t.Fatalf("columns %d and %d: product %v, want %v", e/x.Dim, at+e%x.Dim, v, want)
					}
				}
				at += x.Dim
			}
		})
	}
}
