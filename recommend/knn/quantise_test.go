package knn

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/vec"
)

// The product of two rows lies within both their slacks of the estimate, whatever the
// rows look like, and the slack of rows of length 1 is small.
func TestSlack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const n = 12
		dim := rapid.IntRange(1, 300).Draw(t, "dim")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		longest := rapid.SampledFrom([]float32{1, 1, 1e-3, 50}).Draw(t, "longest")
		v := embed.Dense{Rows: n, Dim: dim, Data: make([]float32, n*dim)}
		for i := range n {
			row := v.Row(i)
			decay := rng.Float64() * 3 // from even rows to rows of one great number
			for k := range row {
				row[k] = float32(rng.NormFloat64() * math.Pow(float64(k+1), -decay))
			}
			vec.Normalise(row)
			for k := range row {
				row[k] *= longest
			}
			if i == 5 {
				copy(row, v.Row(4))
			}
		}
		clear(v.Row(7))
		q, err := quantise(t.Context(), v, 1)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			for j := range n {
				p := vec.DotInt8(q.data[i*q.depth:(i+1)*q.depth], q.data[j*q.depth:(j+1)*q.depth])
				estimate, dot := float32(p)*q.scale[j]*q.scale[i], vec.Dot(v.Row(i), v.Row(j))
				if slack := q.slack[i] + q.slack[j]; estimate+slack < dot || estimate-slack > dot {
					t.Fatalf("rows %d and %d: estimate %v, slack %v, product %v", i, j, estimate, slack, dot)
				}
			}
			if bound := 0.02 * longest * longest; dim >= 16 && q.slack[i] > bound {
				t.Errorf("row %d: slack %v, above %v", i, q.slack[i], bound)
			}
		}
	})
}

// A rotation keeps lengths and angles, and spreads a single number over all.
func TestRotation(t *testing.T) {
	for _, dim := range []int{0, 1, 2, 3, 16, 100, 256, 300} {
		r := newRotation(dim)
		rng := rand.New(rand.NewPCG(uint64(dim), 0))
		x, y, one := make([]float32, dim), make([]float32, dim), make([]float32, dim)
		for i := range dim {
			x[i], y[i] = float32(rng.NormFloat64()), float32(rng.NormFloat64())
		}
		vec.Normalise(x)
		vec.Normalise(y)
		tx, ty := make([]float32, dim), make([]float32, dim)
		r.apply(tx, x)
		r.apply(ty, y)
		if got, want := vec.Dot(tx, ty), vec.Dot(x, y); math.Abs(float64(got-want)) > 1e-5 {
			t.Errorf("dim %d: product %v after, %v before", dim, got, want)
		}
		if got, want := vec.Norm(tx), vec.Norm(x); math.Abs(float64(got-want)) > 1e-5 {
			t.Errorf("dim %d: length %v after, %v before", dim, got, want)
		}
		if dim < 16 {
			continue
		}
		one[dim/3] = 1
		r.apply(tx, one)
		for _, a := range tx {
			if math.Abs(float64(a)) > 0.75 {
				t.Errorf("dim %d: one number became %v", dim, tx)
				break
			}
		}
	}
}

// largest finds the number that sorting would put there.
func TestLargest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float32Range(-3, 3), 1, 60).Draw(t, "x")
		if rapid.Bool().Draw(t, "few distinct") {
			for i := range x {
				x[i] = float32(math.Round(float64(x[i])))
			}
		}
		k := rapid.IntRange(1, 70).Draw(t, "k")
		above, atLeast := 0, 0
		got := largest(append([]float32(nil), x...), k)
		for _, a := range x {
			if a > got {
				above++
			}
			if a >= got {
				atLeast++
			}
		}
		if k = min(k, len(x)); above >= k || atLeast < k {
			t.Fatalf("of %v: got %v, above which are %d", x, got, above)
		}
	})
}
