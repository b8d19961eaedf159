package lsa

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/alsolike/alsolike/embed"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

func randomBlock(random *rand.Rand, rows, columns int) embed.Dense {
	x := embed.NewDense(rows, columns)
	for i := range x.Data {
		x.Data[i] = float32(random.NormFloat64())
	}
	return x
}

// drawBlocks draws blocks of so many rows side by side, and what they are as one matrix.
func drawBlocks(t *rapid.T, random *rand.Rand, rows int) (xs []embed.Dense, all *mat.Dense) {
	widths := rapid.SliceOfN(rapid.IntRange(1, 40), 1, 4).Draw(t, "widths")
	for _, n := range widths {
		xs = append(xs, randomBlock(random, rows, n))
	}
	return xs, beside(xs)
}

func beside(xs []embed.Dense) *mat.Dense {
	all := mat.NewDense(xs[0].Rows, width(xs), nil)
	at := 0
	for _, x := range xs {
		all.Slice(0, x.Rows, at, at+x.Dim).(*mat.Dense).Copy(x)
		at += x.Dim
	}
	return all
}

func checkNear(t rapid.TB, name string, got, want mat.Matrix, tolerance float64) {
	t.Helper()
	var d mat.Dense
	d.Sub(got, want)
	if r, c := d.Dims(); r > 0 && c > 0 && mat.Max(&d) > tolerance || -mat.Min(&d) > tolerance {
		t.Errorf("%s: differs by %v", name, max(mat.Max(&d), -mat.Min(&d)))
	}
}

// Products of blocks are those of matrices, whatever their shapes are beside a tile's.
func TestBlocksEqualMatrices(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		rows := rapid.IntRange(1, 2*crossRows+50).Draw(t, "rows")
		xs, x := drawBlocks(t, random, rows)
		y := randomBlock(random, rows, rapid.IntRange(1, 70).Draw(t, "columns"))
		w := &blocks{ctx: t.Context(), workers: 2}

		var cross mat.Dense
		cross.Mul(x.T(), y)
		checkNear(t, "cross", mat.NewDense(width(xs), y.Dim, w.cross(xs, y)), &cross, 1e-5*float64(rows))

		turn := randomBlock(random, width(xs), y.Dim)
		var sum mat.Dense
		sum.Mul(x, turn)
		sum.Add(&sum, y)
		w.times([]embed.Dense{y}, xs, turn, true)
		checkNear(t, "times, added", y, &sum, 1e-3)

		narrow := randomBlock(random, width(xs), rapid.IntRange(1, width(xs)).Draw(t, "turned"))
		var turned mat.Dense
		turned.Mul(x, narrow)
		got := beside(w.turn(xs, narrow))
		checkNear(t, "turn", got.Slice(0, rows, 0, narrow.Dim), &turned, 1e-3)
	})
}

func TestSidesEqualMatrices(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		terms, texts := rapid.IntRange(1, 50).Draw(t, "terms"), rapid.IntRange(1, 50).Draw(t, "texts")
		a := sparseOfRank(random, terms, texts, 3)
		w := &blocks{ctx: t.Context(), workers: 2}
		check := func(name string, s side, a mat.Matrix) {
			rows, columns := s.dims()
			if r, c := a.Dims(); r != rows || c != columns {
				t.Fatalf("%s: got %d×%d, want %d×%d", name, rows, columns, r, c)
			}
			x := randomBlock(random, columns, rapid.IntRange(1, 40).Draw(t, "width"))
			y := embed.NewDense(rows, x.Dim)
			s.times(w, y, x)
			var want mat.Dense
			want.Mul(a, x)
			checkNear(t, name, y, &want, 1e-3)
		}
		check("columns", columns{a}, a.T())
		check("rows", w.parted(a, rapid.IntRange(1, 60).Draw(t, "part")), a)
	})
}

func TestEigenEqualsGonum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 90).Draw(t, "n")
		rank := rapid.IntRange(0, n).Draw(t, "rank")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		g := mat.NewSymDense(n, nil)
		for range rank {
			x := mat.NewVecDense(n, nil)
			for i := range n {
				if random.IntN(2) == 0 {
					x.SetVec(i, random.NormFloat64())
				}
			}
			g.SymRankOne(g, 1, x)
		}
		var want mat.EigenSym
		if !want.Factorize(g, false) {
			t.Fatal("no eigenvalues by gonum")
		}
		all := want.Values(nil)
		slices.Reverse(all)

		k := rapid.IntRange(1, n).Draw(t, "k")
		copied := mat.NewSymDense(n, nil)
		copied.CopySym(g)
		w := &blocks{ctx: t.Context(), workers: 2}
		values, vectors := w.eigen(copied, k)
		if w.err != nil {
			t.Fatal(w.err)
		}
		for i, v := range values {
			if math.Abs(v-all[i]) > 1e-12*(1+all[0]) {
				t.Errorf("value %d: got %v, want %v", i, v, all[i])
			}
		}
		checkOrthonormal(t, vectors)
		var left mat.Dense
		left.Mul(g, vectors)
		for i := range n {
			for j, v := range values {
				left.Set(i, j, left.At(i, j)-v*vectors.At(i, j))
			}
		}
		if mat.Norm(&left, 2) > 1e-5*(1e-9+all[0]) {
			t.Errorf("g·v − λ·v has norm %v, the greatest eigenvalue is %v", mat.Norm(&left, 2), all[0])
		}
	})
}
